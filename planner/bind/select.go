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
	targets []target
	order   []orderKey
	on      []int // DISTINCT ON, as targets
	// late are targets that are computed over the sorted and limited rows; postpone.go.
	late         map[int]plan.Expr
	aggs         []plan.AggCall
	aggOffs      []int // their places
	aggOff       int   // of the first aggregate, -1: none
	groupings    [][]plan.Expr
	groupingOffs []int
	srfs         []setFunc
	srfCols      int
	wins         []*window
	winCols      int
	named        map[string]*window
	grouped      bool
	sub          bool // a query inside the statement's
	selfRef      bool // FROM has the working table of a recursive query
	keys         []plan.Expr
	sets         [][]int
	having       plan.Expr
}

// addAgg returns the placeholder of an aggregate; equal calls share one.
func (st *selectState) addAgg(call plan.AggCall, ret types.Type, name string, off int) plan.Expr {
	for i, o := range st.aggs {
		if sameAgg(o, call) {
			return plan.NewCol(aggBase+i, name, ret)
		}
	}
	st.aggs, st.aggOffs = append(st.aggs, call), append(st.aggOffs, off)
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
	of   plan.ColumnUse // the relation of a system column
}

// orderKey is a bound ORDER BY item: a position in the targets.
type orderKey struct {
	target     int
	desc       bool
	nullsFirst bool
}

// query binds a query expression.
func (b *binder) query(s *ast.Select, w where) (plan.Node, error) {
	b.depth += 10
	defer func() { b.depth -= 10 }()
	if b.depth > maxDepth {
		return nil, sqlerr.New(pgerrcode.StatementTooComplex, "stack depth limit exceeded")
	}
	if err := b.locking(s); err != nil {
		return nil, err
	}
	saved := b.ctes
	defer func() { b.ctes = saved }()
	with, err := b.with(s.With, s.Recursive, w)
	if err != nil {
		return nil, err
	}
	w.nested, w.sub = true, w.nested
	var n plan.Node
	switch {
	case s.SetOp != ast.NoSetOp:
		n, err = b.setOp(s, w)
	case s.Values != nil:
		n, err = b.valuesQuery(s, w)
	default:
		n, err = b.plainSelect(s, w)
	}
	if err != nil {
		return nil, err
	}
	return with.over(n), nil
}

func (b *binder) plainSelect(s *ast.Select, w where) (plan.Node, error) {
	sel := &selectState{aggOff: -1, sub: w.sub}
	sc := w.scope()
	sc.sel = sel
	before := b.selfReads
	node, err := b.from(sc, s.From)
	if err != nil {
		return nil, err
	}
	sel.selfRef = b.selfReads > before
	b.selfReads = before
	if s.Where != nil {
		if node, err = b.where(sc, node, s.Where); err != nil {
			return nil, err
		}
	}
	if err := b.outputs(sc, s, w.keep); err != nil {
		return nil, err
	}
	if sel.selfRef && sel.aggOff >= 0 {
		return nil, sqlerr.At(sel.aggOff, pgerrcode.InvalidRecursion, "aggregate functions are not allowed in a recursive query's recursive term")
	}
	if err := b.lockRows(sc, s); err != nil {
		return nil, err
	}
	if node, err = b.aggregateNode(sc, node); err != nil {
		return nil, err
	}
	node = b.afterGrouping(sel, node)
	sel.postpone(s)
	return b.shape(sc, s, project(node, sel.targets), sel)
}

// afterGrouping computes window functions and then set-returning calls.
func (b *binder) afterGrouping(sel *selectState, node plan.Node) plan.Node {
	if len(sel.wins) > 0 {
		var move func(plan.Expr) plan.Expr
		node, move = windowNodes(sel, node)
		for i := range sel.targets {
			sel.targets[i].x = b.moved(sel.targets[i].x, move)
		}
		for i := range sel.srfs {
			args := append([]plan.Expr(nil), sel.srfs[i].args...)
			for j := range args {
				args[j] = move(args[j])
			}
			sel.srfs[i].args = args
		}
	}
	if len(sel.srfs) > 0 {
		var move func(plan.Expr) plan.Expr
		node, move = srfPlan(sel, node)
		for i := range sel.targets {
			sel.targets[i].x = b.moved(sel.targets[i].x, move)
		}
	}
	return node
}

// moved rewrites an expression and keeps what is known of its fields.
func (b *binder) moved(x plan.Expr, move func(plan.Expr) plan.Expr) plan.Expr {
	y := move(x)
	if y != x {
		b.keepShape(y, x)
	}
	return y
}

// outputs binds everything of a select that is computed from its rows.
func (b *binder) outputs(sc *scope, s *ast.Select, keep bool) error {
	sel := sc.sel
	if err := b.namedWindows(sc, s.Windows); err != nil {
		return err
	}
	items := *sc
	items.srf, items.win = true, true
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
	if err := b.collateOutputs(sel); err != nil {
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
func (b *binder) shape(sc *scope, s *ast.Select, node plan.Node, sel *selectState) (plan.Node, error) {
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
	node, err := b.limit(sc, node, s, sel.order)
	if err != nil {
		return nil, err
	}
	shown := len(sel.targets)
	for shown > 0 && sel.targets[shown-1].junk {
		shown--
	}
	if shown == len(sel.targets) && len(sel.late) == 0 {
		return node, nil
	}
	var ts []target
	for i, f := range node.Schema()[:shown] {
		t := target{x: plan.NewCol(i, f.Name, f.Type), name: f.Name}
		if x := sel.late[i]; x != nil {
			t.x = x
		}
		ts = append(ts, t)
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

func (b *binder) limit(sc *scope, in plan.Node, s *ast.Select, order []orderKey) (plan.Node, error) {
	if s.WithTies && s.Limit == nil {
		return nil, sqlerr.New(pgerrcode.InvalidRowCountInLimitClause, "row count cannot be null in FETCH FIRST ... WITH TIES clause")
	}
	if s.Limit == nil && s.Offset == nil {
		return in, nil
	}
	offset, err := b.limitExpr(sc, s.Offset, "OFFSET")
	if err != nil {
		return nil, err
	}
	count, err := b.limitExpr(sc, s.Limit, "LIMIT")
	if err != nil {
		return nil, err
	}
	if isNull(count) {
		count = nil
	}
	n := &plan.Limit{Input: in, Count: count, Offset: offset}
	n.Fields = in.Schema()
	if s.WithTies {
		for _, k := range order {
			n.Ties = append(n.Ties, k.target)
		}
	}
	return n, nil
}

func filter(in plan.Node, cond plan.Expr) plan.Node {
	n := &plan.Filter{Input: in, Cond: cond}
	n.Fields = in.Schema()
	return n
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
		if f, ok := it.X.(*ast.Field); ok && f.Star {
			more, err := b.allFields(sc, f)
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
			name = b.resultName(it.X)
		}
		sel.targets = append(sel.targets, target{x: x, name: name, off: start(it.X), of: b.system[x]})
	}
	return nil
}

func (b *binder) star(sc *scope, c *ast.Column) ([]target, error) {
	if len(c.Parts) > 0 {
		return b.relStar(sc, c)
	}
	if len(sc.rels) == 0 {
		return nil, sqlerr.At(c.Pos(), pgerrcode.SyntaxError, "SELECT * with no tables specified is not valid")
	}
	var out []target
	for _, r := range sc.rels {
		if r.colsHidden {
			continue
		}
		for i := range r.cols {
			out = append(out, target{x: b.col(r, i, c.Pos()), name: r.cols[i].Name, off: c.Pos()})
		}
	}
	return out, nil
}

// relStar is t.*; t may be of a query around.
func (b *binder) relStar(sc *scope, c *ast.Column) ([]target, error) {
	c, err := b.withoutDB(c)
	if err != nil {
		return nil, err
	}
	name := c.Parts[len(c.Parts)-1]
	var found *rel
	if _, err := lookup(sc, name, c.Pos(), func(s *scope) (plan.Expr, error) {
		found = s.rel(name)
		if found == nil || len(found.cols) == 0 {
			return nil, nil
		}
		return b.col(found, 0, c.Pos()), nil
	}); err != nil {
		return nil, err
	}
	if found == nil {
		return nil, sc.noRel(name, c.Pos())
	}
	var out []target
	for i, f := range found.cols {
		x, err := lookup(sc, name, c.Pos(), func(s *scope) (plan.Expr, error) {
			if s.rel(name) != found {
				return nil, nil
			}
			return b.col(found, i, c.Pos()), nil
		})
		if err != nil {
			return nil, err
		}
		out = append(out, target{x: x, name: f.Name, off: c.Pos()})
	}
	return out, nil
}

// project computes the targets.
func project(node plan.Node, targets []target) plan.Node {
	in := node.Schema()
	p := &plan.Project{Input: node}
	for _, t := range targets {
		f := plan.Field{Name: t.name, Type: t.x.Type(), TableOID: t.of.OID, Attr: t.of.Attr}
		if c, ok := t.x.(*plan.Col); ok && c.Idx < len(in) {
			f.TableOID, f.Attr = in[c.Idx].TableOID, in[c.Idx].Attr
		}
		p.Exprs = append(p.Exprs, t.x)
		p.Fields = append(p.Fields, f)
	}
	return p
}
