package bind

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// setFunc is a bound call of a set-returning function. In a select list its
// columns are the placeholders srfBase+first and on, and level is how many such
// calls are nested in it.
type setFunc struct {
	name  string
	f     *fn.SetFunc
	args  []plan.Expr
	cols  []fn.SetCol
	off   int
	first int
	level int
}

// oneValue is a scalar function as a set-returning one: a row with its value.
var oneValue = &fn.SetFunc{Name: "value", Args: []types.Type{types.Of(types.Any)}, Scalar: true,
	Rows: func(_ *fn.Ctx, args []vec.Datum, _ []types.Type, emit func([]vec.Datum) error) error {
		return emit(args[:1])
	}}

// funcRef appends the columns of functions to the rows of in, whose names are
// those of sc.
func (b *binder) funcRef(sc *scope, in plan.Node, r *ast.FuncRef, left bool) (*fromItem, error) {
	fs := *sc
	fs.what, fs.sel = "functions in FROM", nil
	calls, err := b.refCalls(&fs, r)
	if err != nil {
		return nil, err
	}
	name := r.Alias.Name
	if name == "" {
		name = calls[0].name
	}
	var cols []plan.Field
	for _, c := range calls {
		for _, k := range c.cols {
			if k.Name == "" {
				k.Name = c.name
			}
			if c.f.Scalar && len(calls) == 1 && r.Alias.Name != "" {
				k.Name = r.Alias.Name // a function's only column goes by the alias
			}
			cols = append(cols, plan.Field{Name: k.Name, Type: k.Type})
		}
	}
	if r.Ordinality {
		cols = append(cols, plan.Field{Name: "ordinality", Type: tInt8})
	}
	shown := cols
	whole := make([]bool, len(cols)) // the values of functions that return a composite type
	at := 0
	for _, c := range calls {
		if len(c.cols) == 1 {
			whole[at] = c.cols[0].Type.IsComposite() && (c.f.Scalar || len(r.Alias.Defs) == 0)
		}
		at += len(c.cols)
	}
	composite := slices.Contains(whole, true)
	if composite {
		shown = attributes(cols, whole)
	}
	if len(r.Alias.Columns) > len(shown) {
		return nil, tooManyAliases("table", name, len(shown), len(r.Alias.Columns))
	}
	for i, c := range r.Alias.Columns {
		shown[i].Name = c
	}
	out := &rel{name: name, base: len(in.Schema()), cols: shown, scalar: len(cols) == 1 && !r.Ordinality && len(r.Alias.Defs) == 0}
	sc.lv.rels = append(sc.lv.rels, out)
	node := setNode(in, calls, cols, r.Ordinality, left)
	if composite {
		for _, c := range cols {
			b.useType(c.Type)
		}
		node = spread(node, out.base, cols, whole, shown)
		if out.scalar {
			out.scalar, out.rowOf = false, cols[0].Type
		}
	}
	return &fromItem{node, []*rel{out}, out}, nil
}

// attributes are the columns of functions in FROM: of a composite value its
// attributes.
func attributes(cols []plan.Field, whole []bool) (out []plan.Field) {
	for i, c := range cols {
		if !whole[i] {
			out = append(out, c)
			continue
		}
		for _, a := range c.Type.Ext.Def().Attrs {
			out = append(out, plan.Field{Name: a.Name, Type: a.Type})
		}
	}
	return out
}

// spread puts the attributes of composite values in the place of those of cols, the
// columns of in from base on, that are whole; shown are the columns then.
func spread(in plan.Node, base int, cols []plan.Field, whole []bool, shown []plan.Field) plan.Node {
	p := &plan.Project{Input: in}
	fields := in.Schema()
	for i, f := range fields[:base] {
		p.Exprs = append(p.Exprs, plan.NewCol(i, f.Name, f.Type))
	}
	for i, c := range cols {
		x := plan.NewCol(base+i, c.Name, c.Type)
		if !whole[i] {
			p.Exprs = append(p.Exprs, x)
			continue
		}
		for k, a := range c.Type.Ext.Def().Attrs {
			p.Exprs = append(p.Exprs, plan.NewFieldOf(x, k, a.Name, a.Type))
		}
	}
	p.Fields = append(append([]plan.Field(nil), fields[:base]...), shown...)
	return p
}

// refCalls binds the functions of a FROM item.
func (b *binder) refCalls(fs *scope, r *ast.FuncRef) ([]setFunc, error) {
	var calls []setFunc
	for _, f := range r.Funcs {
		e, ok := f.(*ast.Func)
		name := ""
		if ok {
			name = funcName(e)
		}
		switch {
		case ok && name == "unnest" && len(e.Args) > 1:
			// unnest(a, b) is unnest(a) beside unnest(b).
			for _, a := range e.Args {
				one := *e
				one.Args = []ast.Expr{a}
				c, err := b.setFunc(fs, &one, name)
				if err != nil {
					return nil, err
				}
				calls = append(calls, c)
			}
		case ok && !e.Special && isSRF(name):
			c, err := b.setFunc(fs, e, name)
			if err != nil {
				return nil, err
			}
			calls = append(calls, c)
		default:
			x, err := b.expr(fs, f)
			if err != nil {
				return nil, err
			}
			if x, err = b.decided(x, start(f)); err != nil {
				return nil, err
			}
			calls = append(calls, setFunc{name: b.resultName(f), f: oneValue, args: []plan.Expr{x}, cols: []fn.SetCol{{Type: x.Type()}}, off: f.Pos()})
		}
	}
	return calls, b.columnDefs(r, calls)
}

// columnDefs checks and applies a column definition list.
func (b *binder) columnDefs(r *ast.FuncRef, calls []setFunc) error {
	defs := r.Alias.Defs
	for i := range calls {
		c := &calls[i]
		record := len(c.cols) == 0
		switch {
		case record && len(defs) == 0:
			return sqlerr.At(c.off, pgerrcode.SyntaxError, "a column definition list is required for functions returning \"record\"")
		case !record && len(defs) > 0 && !c.f.Scalar:
			return sqlerr.At(defs[0].Pos(), pgerrcode.SyntaxError, "a column definition list is redundant for a function with OUT parameters")
		case !record && len(defs) > 0:
			return sqlerr.At(defs[0].Pos(), pgerrcode.SyntaxError, "a column definition list is only allowed for functions returning \"record\"")
		case record:
			for _, d := range defs {
				t, err := b.typeName(d.Type)
				if err != nil {
					return err
				}
				c.cols = append(c.cols, fn.SetCol{Name: d.Name, Type: t})
			}
			if c.f.Record != nil {
				bound := *c.f
				bound.Cols, bound.Rows = c.cols, c.f.Record(c.cols)
				c.f = &bound
			}
		}
	}
	return nil
}

func isSRF(name string) bool { return fn.IsSetFunc(name) }

// setFunc binds a call of a set-returning function.
func (b *binder) setFunc(s *scope, e *ast.Func, name string) (setFunc, error) {
	call := setFunc{name: e.Name[len(e.Name)-1], off: e.Pos()}
	if fn.Params(name) == nil {
		if err := noNames(e); err != nil {
			return call, err
		}
	}
	switch {
	case e.Star:
		return call, sqlerr.At(e.Pos(), pgerrcode.WrongObjectType, "%s(*) specified, but %s is not an aggregate function", name, name)
	case e.Distinct:
		return call, sqlerr.At(e.Pos(), pgerrcode.WrongObjectType, "DISTINCT specified, but %s is not an aggregate function", name)
	case e.WithinGroup:
		return call, sqlerr.At(e.Pos(), pgerrcode.WrongObjectType, "WITHIN GROUP specified, but %s is not an aggregate function", name)
	case len(e.OrderBy) > 0:
		return call, sqlerr.At(e.Pos(), pgerrcode.WrongObjectType, "ORDER BY specified, but %s is not an aggregate function", name)
	case e.Filter != nil:
		return call, sqlerr.At(e.Pos(), pgerrcode.WrongObjectType, "FILTER specified, but %s is not an aggregate function", name)
	case e.Over != nil:
		return call, sqlerr.At(e.Pos(), pgerrcode.WrongObjectType, "OVER specified, but %s is not a window function nor an aggregate function", name)
	case e.Variadic:
		return call, sqlerr.Unsupported(e.Pos(), "VARIADIC arguments are not supported")
	}
	args, offs, err := b.funcArgs(s, e)
	if err != nil {
		return call, err
	}
	if e.ArgNames != nil {
		if args, offs, err = b.namedArgs(e, name, args, offs); err != nil {
			return call, err
		}
	}
	f, to, cols, err := fn.ResolveSetFunc(name, typesOf(args), e.Pos())
	if err != nil {
		return call, err
	}
	if err := b.args(args, to, offs); err != nil {
		return call, err
	}
	call.f, call.args, call.cols = f, args, cols
	return call, nil
}

// setNode appends the rows of calls to those of an input. Elements of arrays and
// one series have nodes of their own, which are faster.
func setNode(in plan.Node, calls []setFunc, cols []plan.Field, ordinality, left bool) plan.Node {
	fields := append(append([]plan.Field(nil), in.Schema()...), cols...)
	arrays := true
	for _, c := range calls {
		arrays = arrays && c.name == "unnest" && len(c.args) == 1 && c.args[0].Type().Array
	}
	switch {
	case arrays:
		n := &plan.Unnest{Input: in, Ordinality: ordinality, Left: left}
		for _, c := range calls {
			n.Args = append(n.Args, c.args[0])
		}
		n.Fields = fields
		return n
	case len(calls) == 1 && calls[0].name == "generate_series" && !left:
		n := &plan.Series{Input: in, Args: calls[0].args, Ordinality: ordinality}
		n.Fields = fields
		return n
	case len(calls) == 1 && calls[0].f == oneValue && !ordinality:
		// One value for each row is an expression.
		p := &plan.Project{Input: in}
		for i, f := range in.Schema() {
			p.Exprs = append(p.Exprs, plan.NewCol(i, f.Name, f.Type))
		}
		p.Exprs = append(p.Exprs, calls[0].args[0])
		p.Fields = fields
		return p
	}
	n := &plan.FuncScan{Input: in, Ordinality: ordinality, Left: left}
	for _, c := range calls {
		n.Calls = append(n.Calls, plan.SetCall{F: c.f, Args: c.args, Width: len(c.cols), Off: c.off})
	}
	n.Fields = fields
	return n
}
