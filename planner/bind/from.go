package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// cte is a WITH query in sight; each use binds its text anew.
type cte struct {
	up    *cte
	name  string
	query *ast.Select
	cols  []string
}

func (b *binder) with(list []ast.CTE, recursive bool) error {
	for _, c := range list {
		q, ok := c.Query.(*ast.Select)
		if !ok {
			return sqlerr.Unsupported(c.Pos(), "data-modifying statements in WITH are not supported")
		}
		if recursive {
			return sqlerr.Unsupported(c.Pos(), "WITH RECURSIVE is not supported")
		}
		// A query that nobody uses must be right all the same.
		if _, err := b.query(q, false); err != nil {
			return err
		}
		b.ctes = &cte{b.ctes, c.Name, q, c.Columns}
	}
	return nil
}

// from binds the FROM list: one relation, and functions of its columns.
func (b *binder) from(sc *scope, refs []ast.TableRef) (plan.Node, error) {
	var node plan.Node = &plan.OneRow{}
	var err error
	for _, r := range refs {
		if node, err = b.ref(sc, node, r); err != nil {
			return nil, err
		}
	}
	return node, nil
}

// ref joins one entry to the input so far.
func (b *binder) ref(sc *scope, in plan.Node, r ast.TableRef) (plan.Node, error) {
	switch r := r.(type) {
	case *ast.TableName:
		if r.AsOf != nil {
			return nil, sqlerr.Unsupported(r.Pos(), "AS OF TIMESTAMP is not supported")
		}
		if r.Sample != nil {
			return nil, sqlerr.Unsupported(r.Sample.Pos(), "TABLESAMPLE is not supported")
		}
		n, table, err := b.relation(r)
		if err != nil {
			return nil, err
		}
		return b.add(sc, in, n, r.Alias, r.Name.Name, table, r.Pos())
	case *ast.Derived:
		n, err := b.query(r.Query, false)
		if err != nil {
			return nil, err
		}
		return b.add(sc, in, n, r.Alias, "", nil, r.Pos())
	case *ast.FuncRef:
		return b.funcRef(sc, in, r, false)
	case *ast.Join:
		return b.join(sc, in, r)
	}
	return nil, sqlerr.Unsupported(r.Pos(), "this FROM item is not supported")
}

// join handles the joins whose right side is a function of the left one.
func (b *binder) join(sc *scope, in plan.Node, j *ast.Join) (plan.Node, error) {
	f, ok := j.R.(*ast.FuncRef)
	if !ok || j.Natural || len(j.Using) > 0 || j.Alias.Name != "" {
		return nil, sqlerr.Unsupported(j.Pos(), "joins between tables are not supported").
			WithHint("A join with unnest(column) is; to combine two tables of the same users, load them as columns of one table.")
	}
	node, err := b.ref(sc, in, j.L)
	if err != nil {
		return nil, err
	}
	left := j.Kind == ast.LeftJoin
	if !left && j.Kind != ast.CrossJoin && j.Kind != ast.Inner {
		return nil, sqlerr.Unsupported(j.Pos(), "this kind of join is not supported")
	}
	if left && !isTrue(j.On) {
		return nil, sqlerr.Unsupported(j.Pos(), "a left join with a condition other than true is not supported")
	}
	if node, err = b.funcRef(sc, node, f, left); err != nil {
		return nil, err
	}
	if j.On == nil || left {
		return node, nil
	}
	js := *sc
	js.what = "JOIN conditions"
	x, err := b.expr(&js, j.On)
	if err != nil {
		return nil, err
	}
	if x, err = b.cond(x, "JOIN/ON", start(j.On)); err != nil {
		return nil, err
	}
	return filter(node, x), nil
}

func isTrue(e ast.Expr) bool {
	l, ok := e.(*ast.Literal)
	return ok && l.Kind == ast.LitBool && l.Text == "true"
}

// relation finds a name: a WITH query, a stored table or a catalog relation.
func (b *binder) relation(r *ast.TableName) (plan.Node, *types.Table, error) {
	if r.Name.Schema == "" {
		for c := b.ctes; c != nil; c = c.up {
			if c.name == r.Name.Name {
				return b.useCTE(c)
			}
		}
	}
	if t, st := b.cat.Table(r.Name.Schema, r.Name.Name); t != nil {
		b.use(t)
		n := ScanAll(t)
		n.EstRows = float64(st.Rows())
		if r.Alias.Name != "" {
			n.Alias = r.Alias.Name
		}
		return n, t, nil
	}
	if schema, fields := b.cat.Virtual(r.Name.Schema, r.Name.Name); fields != nil {
		n := &plan.CatalogScan{Schema_: schema, Name: r.Name.Name}
		n.Fields = fields
		return n, nil, nil
	}
	e := noRelation(r.Name).(*sqlerr.Error)
	return nil, nil, e.AtIfNone(r.Pos())
}

func (b *binder) useCTE(c *cte) (plan.Node, *types.Table, error) {
	saved := b.ctes
	b.ctes = c.up
	defer func() { b.ctes = saved }()
	n, err := b.query(c.query, false)
	if err != nil {
		return nil, nil, err
	}
	if len(c.cols) > len(n.Schema()) {
		return nil, nil, sqlerr.At(c.query.Pos(), pgerrcode.InvalidColumnReference, "WITH query \"%s\" has %d columns available but %d columns specified", c.name, len(n.Schema()), len(c.cols))
	}
	return renamed(n, c.cols), nil, nil
}

// renamed gives the first columns other names.
func renamed(n plan.Node, names []string) plan.Node {
	if len(names) == 0 {
		return n
	}
	var ts []target
	for i, f := range n.Schema() {
		name := f.Name
		if i < len(names) {
			name = names[i]
		}
		ts = append(ts, target{x: plan.NewCol(i, name, f.Type), name: name, off: -1})
	}
	return project(n, ts)
}

// ScanAll reads all columns of a table.
func ScanAll(t *types.Table) *plan.Scan {
	sc := &plan.Scan{Table: t, Alias: t.Name, EstRows: -1}
	for i, c := range t.Columns {
		sc.Cols = append(sc.Cols, i)
		sc.Fields = append(sc.Fields, plan.Field{Name: c.Name, Type: c.Type, TableOID: t.OID, Attr: int16(i + 1)})
	}
	return sc
}

// add puts a relation beside an input that has no rows of its own yet.
func (b *binder) add(sc *scope, in, n plan.Node, alias ast.Alias, name string, table *types.Table, off int) (plan.Node, error) {
	if _, ok := in.(*plan.OneRow); !ok {
		return nil, sqlerr.Unsupported(off, "joins between tables are not supported")
	}
	cols := append([]plan.Field(nil), n.Schema()...)
	if len(alias.Columns) > len(cols) {
		return nil, sqlerr.New(pgerrcode.InvalidColumnReference, "table \"%s\" has %d columns available but %d columns specified", alias.Name, len(cols), len(alias.Columns))
	}
	for i, c := range alias.Columns {
		cols[i].Name = c
	}
	if alias.Name != "" {
		name = alias.Name
	}
	sc.rels = append(sc.rels, &rel{name: name, cols: cols, table: table})
	return n, nil
}

// funcRef appends the columns of set-returning functions to the input.
func (b *binder) funcRef(sc *scope, in plan.Node, r *ast.FuncRef, left bool) (plan.Node, error) {
	calls, err := b.refCalls(sc, r)
	if err != nil {
		return nil, err
	}
	name := r.Alias.Name
	if name == "" {
		name = calls[0].name
	}
	if sc.rel(name) != nil {
		return nil, sqlerr.New(pgerrcode.DuplicateAlias, "table name \"%s\" specified more than once", name)
	}
	var cols []plan.Field
	for i, c := range calls {
		col := c.name
		if len(calls) == 1 && r.Alias.Name != "" {
			col = r.Alias.Name // a function's only column goes by the alias
		}
		if i < len(r.Alias.Columns) {
			col = r.Alias.Columns[i]
		}
		cols = append(cols, plan.Field{Name: col, Type: c.ret})
	}
	if r.Ordinality {
		col := "ordinality"
		if len(r.Alias.Columns) > len(calls) {
			col = r.Alias.Columns[len(calls)]
		}
		cols = append(cols, plan.Field{Name: col, Type: tInt8})
	}
	if len(r.Alias.Columns) > len(cols) {
		return nil, sqlerr.New(pgerrcode.InvalidColumnReference, "table \"%s\" has %d columns available but %d columns specified", name, len(cols), len(r.Alias.Columns))
	}
	base := len(in.Schema())
	sc.rels = append(sc.rels, &rel{name: name, base: base, cols: cols})
	return setNode(in, calls, cols, r.Ordinality, left, r.Pos())
}

// refCalls binds the functions of a FROM item.
func (b *binder) refCalls(sc *scope, r *ast.FuncRef) ([]setFunc, error) {
	var calls []setFunc
	fs := *sc
	fs.what = "functions in FROM"
	for _, f := range r.Funcs {
		e, ok := f.(*ast.Func)
		if !ok || !isSRF(e.Name[len(e.Name)-1]) {
			return nil, sqlerr.Unsupported(f.Pos(), "this function in FROM is not supported").
				WithHint("unnest(array) and generate_series(from, to [, step]) are.")
		}
		if e.Name[len(e.Name)-1] == "unnest" && len(e.Args) > 1 {
			// unnest(a, b) is unnest(a) beside unnest(b).
			for _, a := range e.Args {
				one := *e
				one.Args = []ast.Expr{a}
				c, err := b.setFunc(&fs, &one, "unnest")
				if err != nil {
					return nil, err
				}
				calls = append(calls, c)
			}
			continue
		}
		c, err := b.setFunc(&fs, e, e.Name[len(e.Name)-1])
		if err != nil {
			return nil, err
		}
		calls = append(calls, c)
	}
	return calls, nil
}

// setNode appends the elements of calls to an input.
func setNode(in plan.Node, calls []setFunc, cols []plan.Field, ordinality, left bool, off int) (plan.Node, error) {
	fields := append(append([]plan.Field(nil), in.Schema()...), cols...)
	if calls[0].name == "generate_series" {
		if len(calls) > 1 || left {
			return nil, sqlerr.Unsupported(off, "generate_series beside other functions is not supported")
		}
		n := &plan.Series{Input: in, Args: calls[0].args, Ordinality: ordinality}
		n.Fields = fields
		return n, nil
	}
	n := &plan.Unnest{Input: in, Ordinality: ordinality, Left: left}
	for _, c := range calls {
		if c.name != "unnest" {
			return nil, sqlerr.Unsupported(off, "generate_series beside other functions is not supported")
		}
		n.Args = append(n.Args, c.args[0])
	}
	n.Fields = fields
	return n, nil
}
