package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// selectState collects what a select's expressions need below the projection.
type selectState struct {
	targets      []target
	order        []orderKey
	on           []int // DISTINCT ON, as targets
	aggs         []plan.AggCall
	groupings    [][]plan.Expr
	groupingOffs []int
	srfs         []setFunc
	grouped      bool
	keys         []plan.Expr
	sets         [][]int
	having       plan.Expr
}

// addAgg returns the placeholder of an aggregate; equal calls share one.
func (st *selectState) addAgg(call plan.AggCall, ret types.Type, name string) plan.Expr {
	for i, o := range st.aggs {
		if sameAgg(o, call) {
			return plan.NewCol(aggBase+i, name, ret)
		}
	}
	st.aggs = append(st.aggs, call)
	return plan.NewCol(aggBase+len(st.aggs)-1, name, ret)
}

func sameAgg(a, b plan.AggCall) bool {
	if a.F != b.F || a.Distinct != b.Distinct || len(a.Args) != len(b.Args) || len(a.OrderBy) != len(b.OrderBy) ||
		!equalAll(a.Args, b.Args) || (a.Filter == nil) != (b.Filter == nil) || a.Filter != nil && !plan.Equal(a.Filter, b.Filter) {
		return false
	}
	for i, k := range a.OrderBy {
		o := b.OrderBy[i]
		if k.Desc != o.Desc || k.NullsFirst != o.NullsFirst || !plan.Equal(k.X, o.X) {
			return false
		}
	}
	return true
}

// target is one output column of a select; junk ones serve ORDER BY and DISTINCT
// ON only.
type target struct {
	x    plan.Expr
	name string
	off  int
	junk bool
}

// orderKey is a bound ORDER BY item: a position in the targets.
type orderKey struct {
	target     int
	desc       bool
	nullsFirst bool
}

// query binds a query expression; keep leaves columns of untyped literals
// undecided (for INSERT, whose columns decide).
func (b *binder) query(s *ast.Select, keep bool) (plan.Node, error) {
	b.depth += 10
	defer func() { b.depth -= 10 }()
	if b.depth > maxDepth {
		return nil, sqlerr.New(pgerrcode.StatementTooComplex, "stack depth limit exceeded")
	}
	switch {
	case s.Locking:
		return nil, sqlerr.Unsupported(s.Pos(), "SELECT FOR UPDATE/SHARE is not supported")
	case len(s.Windows) > 0:
		return nil, sqlerr.Unsupported(s.Pos(), "window functions are not supported")
	case s.WithTies:
		return nil, sqlerr.Unsupported(s.Pos(), "FETCH FIRST ... WITH TIES is not supported")
	}
	saved := b.ctes
	defer func() { b.ctes = saved }()
	if err := b.with(s.With, s.Recursive); err != nil {
		return nil, err
	}
	switch {
	case s.SetOp != ast.NoSetOp:
		return b.setOp(s, keep)
	case s.Values != nil:
		return b.valuesQuery(s, keep)
	}
	return b.plainSelect(s, keep)
}

func (b *binder) plainSelect(s *ast.Select, keep bool) (plan.Node, error) {
	sel := &selectState{}
	sc := &scope{sel: sel}
	node, err := b.from(sc, s.From)
	if err != nil {
		return nil, err
	}
	if s.Where != nil {
		if node, err = b.where(sc, node, s.Where); err != nil {
			return nil, err
		}
	}
	if err := b.outputs(sc, s, keep); err != nil {
		return nil, err
	}
	if node, err = b.aggregateNode(sc, node); err != nil {
		return nil, err
	}
	if len(sel.srfs) > 0 {
		w := len(node.Schema())
		if node, err = srfPlan(sel.srfs, node); err != nil {
			return nil, err
		}
		for i := range sel.targets {
			sel.targets[i].x = shiftSRF(sel.targets[i].x, w)
		}
	}
	return b.shape(s, project(node, sel.targets), sel)
}

// outputs binds everything of a select that is computed from its rows.
func (b *binder) outputs(sc *scope, s *ast.Select, keep bool) error {
	sel := sc.sel
	items := *sc
	items.srf = true
	if err := b.items(&items, s.Items); err != nil {
		return err
	}
	if s.Having != nil {
		x, err := b.expr(sc, s.Having)
		if err != nil {
			return err
		}
		if sel.having, err = b.cond(x, "HAVING", start(s.Having)); err != nil {
			return err
		}
	}
	if err := b.orderBy(sc, s.OrderBy); err != nil {
		return err
	}
	if err := b.distinct(sc, s); err != nil {
		return err
	}
	if err := b.groupBy(sc, s); err != nil {
		return err
	}
	if !keep || s.Distinct || len(s.DistinctOn) > 0 {
		return b.decideTargets(sel)
	}
	return nil
}

// decideTargets turns output columns that are still untyped into text.
func (b *binder) decideTargets(sel *selectState) error {
	for i := range sel.targets {
		if _, err := b.decidedTarget(sel, i); err != nil {
			return err
		}
	}
	return nil
}

// shape puts DISTINCT, ORDER BY and LIMIT over the projected targets and drops
// the junk ones.
func (b *binder) shape(s *ast.Select, node plan.Node, sel *selectState) (plan.Node, error) {
	switch {
	case len(sel.on) > 0:
		node = sortNode(node, sel.order)
		d := &plan.Distinct{Input: node, On: sel.on}
		d.Fields = node.Schema()
		node = d
	case s.Distinct:
		d := &plan.Distinct{Input: node}
		d.Fields = node.Schema()
		node = sortNode(d, sel.order)
	default:
		node = sortNode(node, sel.order)
	}
	node, err := b.limit(node, s)
	if err != nil {
		return nil, err
	}
	shown := len(sel.targets)
	for shown > 0 && sel.targets[shown-1].junk {
		shown--
	}
	if shown == len(sel.targets) {
		return node, nil
	}
	var ts []target
	for i, f := range node.Schema()[:shown] {
		ts = append(ts, target{x: plan.NewCol(i, f.Name, f.Type), name: f.Name})
	}
	return project(node, ts), nil
}

func sortNode(in plan.Node, order []orderKey) plan.Node {
	if len(order) == 0 {
		return in
	}
	n := &plan.Sort{Input: in}
	n.Fields = in.Schema()
	for _, k := range order {
		n.Keys = append(n.Keys, plan.SortKey{Col: k.target, Desc: k.desc, NullsFirst: k.nullsFirst})
	}
	return n
}

func (b *binder) limit(in plan.Node, s *ast.Select) (plan.Node, error) {
	if s.Limit == nil && s.Offset == nil {
		return in, nil
	}
	count, err := b.limitExpr(s.Limit, "LIMIT")
	if err != nil {
		return nil, err
	}
	offset, err := b.limitExpr(s.Offset, "OFFSET")
	if err != nil {
		return nil, err
	}
	n := &plan.Limit{Input: in, Count: count, Offset: offset}
	n.Fields = in.Schema()
	return n, nil
}

func filter(in plan.Node, cond plan.Expr) plan.Node {
	n := &plan.Filter{Input: in, Cond: cond}
	n.Fields = in.Schema()
	return n
}

// srfPlan appends the elements of the select list's set-returning calls.
func srfPlan(srfs []setFunc, in plan.Node) (plan.Node, error) {
	var cols []plan.Field
	for _, c := range srfs {
		cols = append(cols, plan.Field{Name: c.name, Type: c.ret})
	}
	return setNode(in, srfs, cols, false, false, srfs[0].off)
}

// shiftSRF points placeholders of set-returning calls at the columns that
// srfPlan has appended to an input of w columns.
func shiftSRF(e plan.Expr, w int) plan.Expr {
	if e == nil {
		return nil
	}
	return plan.MapCols(e, func(c *plan.Col) plan.Expr {
		if c.Idx >= srfBase {
			return plan.NewCol(w+c.Idx-srfBase, c.Name, c.T)
		}
		return c
	})
}

// where puts a condition over an input.
func (b *binder) where(sc *scope, node plan.Node, e ast.Expr) (plan.Node, error) {
	ws := *sc
	ws.what = "WHERE"
	x, err := b.expr(&ws, e)
	if err != nil {
		return nil, err
	}
	if x, err = b.cond(x, "WHERE", start(e)); err != nil {
		return nil, err
	}
	return filter(node, x), nil
}

// items binds a select list and expands its stars.
func (b *binder) items(sc *scope, items []ast.Item) error {
	sel := sc.sel
	for _, it := range items {
		if c, ok := it.X.(*ast.Column); ok && c.Star {
			more, err := b.star(sc, c)
			if err != nil {
				return err
			}
			sel.targets = append(sel.targets, more...)
			continue
		}
		x, err := b.expr(sc, it.X)
		if err != nil {
			return err
		}
		name := it.As
		if name == "" {
			name = resultName(it.X)
		}
		sel.targets = append(sel.targets, target{x: x, name: name, off: start(it.X)})
	}
	return nil
}

func (b *binder) star(sc *scope, c *ast.Column) ([]target, error) {
	rels := sc.rels
	if len(c.Parts) > 0 {
		name := c.Parts[len(c.Parts)-1]
		r := sc.rel(name)
		if r == nil {
			return nil, sc.noRel(name, c.Pos())
		}
		rels = []*rel{r}
	}
	if len(rels) == 0 {
		return nil, sqlerr.At(c.Pos(), pgerrcode.SyntaxError, "SELECT * with no tables specified is not valid")
	}
	var out []target
	for _, r := range rels {
		for i := range r.cols {
			out = append(out, target{x: b.col(sc, r, i, c.Pos()), name: r.cols[i].Name, off: c.Pos()})
		}
	}
	return out, nil
}

// project computes the targets.
func project(node plan.Node, targets []target) plan.Node {
	in := node.Schema()
	p := &plan.Project{Input: node}
	for _, t := range targets {
		f := plan.Field{Name: t.name, Type: t.x.Type()}
		if c, ok := t.x.(*plan.Col); ok && c.Idx < len(in) {
			f.TableOID, f.Attr = in[c.Idx].TableOID, in[c.Idx].Attr
		}
		p.Exprs = append(p.Exprs, t.x)
		p.Fields = append(p.Fields, f)
	}
	return p
}
