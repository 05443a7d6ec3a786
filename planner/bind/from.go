package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// fromItem is a bound entry of FROM: a plan, the names that it brings, and its
// columns as a join over it sees them.
type fromItem struct {
	node plan.Node
	rels []*rel
	out  *rel
}

// from binds the FROM list: its rows are the product of the entries.
func (b *binder) from(sc *scope, refs []ast.TableRef) (plan.Node, error) {
	var node plan.Node
	for i, r := range refs {
		if i == 0 {
			it, err := b.item(sc.beside(nil), r)
			if err != nil {
				return nil, err
			}
			node, sc.rels = it.node, it.rels
			continue
		}
		it, err := b.joined(sc, node, r, plan.JoinInner)
		if err != nil {
			return nil, err
		}
		if err := conflict(sc.rels, it.rels); err != nil {
			return nil, err
		}
		node, sc.rels = it.node, append(sc.rels, it.rels...)
	}
	if node == nil {
		return &plan.OneRow{}, nil
	}
	return node, nil
}

// beside is the scope that an entry to the right of s is bound in. With a frame
// it may refer to s, otherwise it is as if s had nothing.
func (s *scope) beside(f *frame) *scope {
	out := &scope{lv: s.lv, frame: s.frame, hide: s.hide}
	if f != nil {
		out.frame, out.hide = f, nil
	}
	return out
}

// joined binds r to the right of node, whose names are those of sc, and joins
// the two without condition. The result's names are those of r alone, over the
// columns of the join.
func (b *binder) joined(sc *scope, node plan.Node, r ast.TableRef, kind plan.JoinKind) (*fromItem, error) {
	w := len(node.Schema())
	r = viewRef(r)
	if f, ok := r.(*ast.FuncRef); ok && kind == plan.JoinInner {
		return b.funcRef(sc, node, f, false)
	}
	var f *frame
	if lateral(r) {
		outer := *sc
		outer.what = "FROM"
		f = &frame{outer: &outer, lateral: true, bad: kind == plan.JoinRight || kind == plan.JoinFull}
	}
	it, err := b.item(sc.beside(f), r)
	if err != nil {
		return nil, err
	}
	it.node = combine(kind, node, it.node, f)
	it.shift(w)
	return it, nil
}

// lateral reports whether an entry may refer to what stands left of it.
func lateral(r ast.TableRef) bool {
	switch r := r.(type) {
	case *ast.Derived:
		return r.Lateral
	case *ast.FuncRef:
		return true
	case *ast.Join:
		return lateral(r.L) || lateral(r.R)
	}
	return false
}

// combine joins two inputs, row by row where the right one takes columns of the
// left one.
func combine(kind plan.JoinKind, l, r plan.Node, f *frame) plan.Node {
	fields := append(append([]plan.Field(nil), l.Schema()...), r.Schema()...)
	dependent := false
	if f != nil {
		for _, a := range f.args {
			dependent = dependent || len(plan.Columns(a)) > 0
		}
	}
	if dependent {
		n := &plan.Apply{Kind: kind, L: l, R: r, Args: f.args}
		n.Fields = fields
		return n
	}
	if f != nil && len(f.args) > 0 {
		r = plan.MapArgs(r, func(a *plan.Arg) plan.Expr { return f.args[a.N] })
	}
	n := &plan.Join{Kind: kind, L: l, R: r}
	n.Fields = fields
	return n
}

// shift moves an item w columns to the right.
func (it *fromItem) shift(w int) {
	rels := append(append([]*rel(nil), it.rels...), it.out)
	for i, r := range rels {
		if contains(rels[:i], r) {
			continue
		}
		r.base += w
		for j, x := range r.xs {
			r.xs[j] = plan.MapCols(x, func(c *plan.Col) plan.Expr { return plan.NewCol(c.Idx+w, c.Name, c.T) })
		}
	}
}

func contains(list []*rel, r *rel) bool {
	for _, x := range list {
		if x == r {
			return true
		}
	}
	return false
}

// conflict is the error of a name that stands twice in FROM; equally named tables
// of two schemas are none as long as both go without alias.
func conflict(l, r []*rel) error {
	for _, x := range r {
		for _, y := range l {
			if x.name == y.name && !x.nameHidden && !y.nameHidden && x.name != "" {
				return sqlerr.New(pgerrcode.DuplicateAlias, "table name \"%s\" specified more than once", x.name)
			}
		}
	}
	return nil
}

// item binds one entry.
func (b *binder) item(sc *scope, r ast.TableRef) (*fromItem, error) {
	b.depth += 5
	defer func() { b.depth -= 5 }()
	if b.depth > maxDepth {
		return nil, sqlerr.New(pgerrcode.StatementTooComplex, "stack depth limit exceeded")
	}
	switch r := viewRef(r).(type) {
	case *ast.TableName:
		return b.tableItem(sc, r)
	case *ast.Derived:
		if r.Alias.Name == "" {
			what, hint := "subquery", "(SELECT ...)"
			if r.Query.Values != nil {
				what, hint = "VALUES", "(VALUES ...)"
			}
			return nil, sqlerr.At(r.Pos(), pgerrcode.SyntaxError, "%s in FROM must have an alias", what).WithHint("For example, FROM %s [AS] foo.", hint)
		}
		w := where{lv: sc.lv, frame: sc.frame, hide: sc.hide, nested: true}
		if !r.Lateral {
			w.hide = sc.lv
		}
		n, err := b.query(r.Query, w)
		if err != nil {
			return nil, err
		}
		return b.relItem(sc, n, r.Alias, "", nil)
	case *ast.FuncRef:
		return b.funcRef(sc, &plan.OneRow{}, r, false)
	case *ast.Join:
		return b.join(sc, r)
	}
	return nil, sqlerr.Unsupported(r.Pos(), "this FROM item is not supported")
}

func (b *binder) tableItem(sc *scope, r *ast.TableName) (*fromItem, error) {
	if r.AsOf != nil {
		return nil, sqlerr.Unsupported(r.Pos(), "AS OF TIMESTAMP is not supported")
	}
	n, table, oid, err := b.relation(r)
	if err != nil {
		return nil, err
	}
	if r.Sample != nil {
		if n, err = b.sample(sc, n, table, r.Sample); err != nil {
			return nil, err
		}
	}
	it, err := b.relItem(sc, n, r.Alias, r.Name.Name, table)
	if err == nil {
		it.out.oid = oid
	}
	return it, err
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

// relItem names a plan and its columns.
func (b *binder) relItem(sc *scope, n plan.Node, alias ast.Alias, name string, table *types.Table) (*fromItem, error) {
	cols := append([]plan.Field(nil), n.Schema()...)
	ord := table != nil && b.ordinals
	if ord {
		cols = cols[:len(cols)-1]
	}
	if alias.Name != "" {
		name = alias.Name
	}
	if len(alias.Columns) > len(cols) {
		return nil, tooManyAliases("table", name, len(cols), len(alias.Columns))
	}
	for i, c := range alias.Columns {
		cols[i].Name = c
	}
	r := &rel{name: name, cols: cols, table: table, ord: ord}
	if p, ok := top(n).(*plan.Project); ok {
		for i, e := range p.Exprs {
			if row := b.rowOf(e); row != nil && i < len(cols) {
				r.shapes = append(make([]*plan.Row, 0, len(cols)), r.shapes...)
				r.shapes = append(r.shapes[:len(r.shapes)], make([]*plan.Row, i+1-len(r.shapes))...)
				r.shapes[i] = row
			}
		}
	}
	sc.lv.rels = append(sc.lv.rels, r)
	return &fromItem{n, []*rel{r}, r}, nil
}

func tooManyAliases(what, name string, have, given int) error {
	return sqlerr.New(pgerrcode.InvalidColumnReference, "%s \"%s\" has %d columns available but %d columns specified", what, name, have, given)
}

// sample binds TABLESAMPLE.
func (b *binder) sample(sc *scope, in plan.Node, table *types.Table, s *ast.Sample) (plan.Node, error) {
	if table == nil {
		return nil, sqlerr.At(s.Pos(), pgerrcode.WrongObjectType, "TABLESAMPLE clause can only be applied to tables and materialized views")
	}
	if s.Method != "bernoulli" && s.Method != "system" {
		return nil, sqlerr.At(s.Pos(), pgerrcode.UndefinedObject, "tablesample method %s does not exist", s.Method)
	}
	if len(s.Args) != 1 {
		return nil, sqlerr.At(s.Pos(), pgerrcode.InvalidTablesampleArgument, "tablesample method %s requires 1 argument, not %d", s.Method, len(s.Args))
	}
	n := &plan.Sample{Input: in, System: s.Method == "system"}
	n.Fields = in.Schema()
	as := sc.beside(nil)
	as.what = "FROM"
	number := func(e ast.Expr, t types.Type) (plan.Expr, error) {
		x, err := b.expr(as, e)
		if err != nil {
			return nil, err
		}
		return b.mustAssign(x, t, "TABLESAMPLE", start(e))
	}
	var err error
	if n.Percent, err = number(s.Args[0], types.Of(types.Float4)); err != nil {
		return nil, err
	}
	if s.Repeatable != nil {
		if n.Seed, err = number(s.Repeatable, types.Of(types.Float8)); err != nil {
			return nil, err
		}
	}
	return n, nil
}
