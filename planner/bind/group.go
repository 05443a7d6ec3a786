package bind

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// maxGroupingSets is the bound of Postgres's parse_agg.c for expanded sets.
const maxGroupingSets = 4096

func (b *binder) groupBy(sc *scope, s *ast.Select) error {
	sel := sc.sel
	sel.grouped = len(s.GroupBy) > 0 || sel.having != nil || len(sel.aggs) > 0 || len(sel.groupings) > 0
	if len(s.GroupBy) == 0 {
		sel.sets = [][]int{{}}
		return nil
	}
	sets := [][]int{{}}
	for _, g := range s.GroupBy {
		alts, err := b.groupItem(sc, g)
		if err != nil {
			return err
		}
		var next [][]int
		for _, a := range sets {
			for _, c := range alts {
				next = append(next, union(a, c))
			}
		}
		if len(next) > maxGroupingSets {
			return sqlerr.At(g.Pos(), pgerrcode.StatementTooComplex, "too many grouping sets present (maximum %d)", maxGroupingSets)
		}
		sets = next
	}
	if s.GroupDistinct {
		sets = distinctSets(sets)
	}
	sel.sets = sets
	return nil
}

func union(a, c []int) []int {
	out := append([]int{}, a...)
	for _, k := range c {
		if !containsInt(out, k) {
			out = append(out, k)
		}
	}
	return out
}

func containsInt(l []int, k int) bool {
	for _, x := range l {
		if x == k {
			return true
		}
	}
	return false
}

func distinctSets(sets [][]int) [][]int {
	var out [][]int
	for _, s := range sets {
		dup := false
		for _, o := range out {
			dup = dup || len(o) == len(s) && len(union(o, s)) == len(o)
		}
		if !dup {
			out = append(out, s)
		}
	}
	return out
}

// groupItem returns the grouping sets that one item stands for.
func (b *binder) groupItem(sc *scope, g ast.GroupItem) ([][]int, error) {
	switch g.Kind {
	case ast.GroupExpr:
		k, err := b.groupKey(sc, g.X)
		if err != nil {
			return nil, err
		}
		return [][]int{{k}}, nil
	case ast.GroupList:
		var all []int
		for _, c := range g.Sub {
			s, err := b.groupItem(sc, c)
			if err != nil {
				return nil, err
			}
			all = union(all, s[0])
		}
		return [][]int{all}, nil
	case ast.GroupSets:
		var out [][]int
		for _, c := range g.Sub {
			s, err := b.groupItem(sc, c)
			if err != nil {
				return nil, err
			}
			out = append(out, s...)
		}
		return out, nil
	}
	parts := make([][]int, len(g.Sub))
	for i, c := range g.Sub {
		s, err := b.groupItem(sc, c)
		if err != nil {
			return nil, err
		}
		parts[i] = s[0]
	}
	if g.Kind == ast.GroupRollup {
		return rollup(parts), nil
	}
	if len(parts) > 12 {
		return nil, sqlerr.At(g.Pos(), pgerrcode.TooManyColumns, "CUBE is limited to 12 elements")
	}
	return cube(parts), nil
}

func rollup(parts [][]int) [][]int {
	var out [][]int
	for n := len(parts); n >= 0; n-- {
		var s []int
		for _, p := range parts[:n] {
			s = union(s, p)
		}
		out = append(out, s)
	}
	return out
}

func cube(parts [][]int) [][]int {
	var out [][]int
	for m := 1<<len(parts) - 1; m >= 0; m-- {
		var s []int
		for i, p := range parts {
			if m>>(len(parts)-1-i)&1 == 1 {
				s = union(s, p)
			}
		}
		out = append(out, s)
	}
	return out
}

// groupKey binds one key: a position, an input column, an output name, or an
// expression over the input.
func (b *binder) groupKey(sc *scope, e ast.Expr) (int, error) {
	sel := sc.sel
	x, err := b.groupExpr(sc, e)
	if err != nil {
		return 0, err
	}
	var bad *plan.Col
	plan.Walk(x, func(y plan.Expr) bool {
		if c, ok := y.(*plan.Col); ok && c.Idx >= aggBase && (c.Idx < srfBase || c.Idx >= winBase) {
			bad = c
		}
		return true
	})
	if bad != nil {
		off := start(e)
		for _, t := range sel.targets {
			if t.x == x {
				off = t.off
			}
		}
		if bad.Idx >= winBase {
			return 0, sqlerr.At(off, pgerrcode.WindowingError, "window functions are not allowed in GROUP BY")
		}
		return 0, sqlerr.At(off, pgerrcode.GroupingError, "aggregate functions are not allowed in GROUP BY")
	}
	if x, err = b.decided(x, start(e)); err != nil {
		return 0, err
	}
	if err := equatable(x.Type(), start(e)); err != nil {
		return 0, err
	}
	for i, k := range sel.keys {
		if plan.Equal(k, x) {
			return i, nil
		}
	}
	if c, ok := x.(*plan.Col); ok && c.T.Array && !c.T.IsVector() && c.Idx < aggBase {
		b.notice("grouping by set column \"" + c.Name + "\" compares whole sets; to count each value write FROM ..., unnest(" +
			plan.QuoteIdent(c.Name) + ") AS v ... GROUP BY v")
	}
	sel.keys = append(sel.keys, x)
	return len(sel.keys) - 1, nil
}

func (b *binder) groupExpr(sc *scope, e ast.Expr) (plan.Expr, error) {
	sel := sc.sel
	in := *sc
	in.what, in.srf = "GROUP BY", true
	if l, ok := e.(*ast.Literal); ok {
		i, err := position(sel, l, "GROUP BY")
		if err != nil {
			return nil, err
		}
		return b.decidedTarget(sel, i)
	}
	if c, ok := e.(*ast.Column); ok && !c.Star && len(c.Parts) == 1 && !sc.has(c.Parts[0]) {
		i, err := byName(sel, c.Parts[0], c.Pos(), "GROUP BY")
		if err != nil {
			return nil, err
		}
		if i >= 0 {
			return b.decidedTarget(sel, i)
		}
	}
	before := len(sel.srfs)
	x, err := b.expr(&in, e)
	if err != nil {
		return nil, err
	}
	return sel.reuseSRFs(x, before), nil
}

func (b *binder) decidedTarget(sel *selectState, i int) (plan.Expr, error) {
	t := &sel.targets[i]
	x, err := b.decided(t.x, t.off)
	if err == nil {
		t.x = x
	}
	return x, err
}

func (s *scope) has(name string) bool {
	for _, r := range s.rels {
		for i := range r.cols {
			if r.cols[i].Name == name && !r.colsHidden {
				return true
			}
		}
	}
	return false
}

// grouper moves expressions from the input's columns to those of an Agg.
type grouper struct {
	b   *binder
	sc  *scope
	agg *plan.Agg
}

func (b *binder) aggregateNode(sc *scope, in plan.Node) (plan.Node, error) {
	sel := sc.sel
	if !sel.grouped {
		return in, nil
	}
	in, err := b.groupedSRF(sel, in)
	if err != nil {
		return nil, err
	}
	a := &plan.Agg{Input: in, Keys: sel.keys, Sets: sel.sets, Aggs: sel.aggs}
	g := &grouper{b, sc, a}
	for i, args := range sel.groupings {
		mask := []int{}
		for _, x := range args {
			k := g.key(x)
			if k < 0 {
				return nil, sqlerr.At(sel.groupingOffs[i], pgerrcode.GroupingError, "arguments to GROUPING must be grouping expressions of the associated query level")
			}
			mask = append(mask, k)
		}
		a.Grouping = append(a.Grouping, mask)
	}
	if err := g.dependent(sel); err != nil {
		return nil, err
	}
	if err := g.directArgs(); err != nil {
		return nil, err
	}
	taken := map[int]bool{} // keys that are constants
	for i := range sel.targets {
		t := &sel.targets[i]
		if k := g.key(t.x); isConst(t.x) && k >= 0 && !taken[k] && !g.inAll(k) {
			// The constant that is grouped by is NULL in the sets without it; another
			// like it stays what it is.
			t.x, taken[k] = plan.NewCol(k, t.name, t.x.Type()), true
			continue
		}
		if t.x, err = g.move(t.x); err != nil {
			return nil, err
		}
	}
	if err := g.calls(sel); err != nil {
		return nil, err
	}
	having, err := g.move(sel.having)
	if err != nil {
		return nil, err
	}
	a.Fields = aggFields(a, in.Schema())
	var n plan.Node = a
	if having != nil {
		n = filter(n, having)
	}
	return n, nil
}

// calls moves the arguments of set-returning and window functions.
func (g *grouper) calls(sel *selectState) (err error) {
	list := func(es []plan.Expr) []plan.Expr {
		out := append([]plan.Expr(nil), es...)
		for i := range out {
			if err == nil && out[i] != nil {
				out[i], err = g.move(out[i])
			}
		}
		return out
	}
	for i := range sel.srfs {
		sel.srfs[i].args = list(sel.srfs[i].args)
	}
	for _, w := range sel.wins {
		w.partition = list(w.partition)
		w.order = append([]plan.SortExpr(nil), w.order...)
		for i := range w.order {
			w.order[i].X = list([]plan.Expr{w.order[i].X})[0]
		}
		for i := range w.calls {
			c := &w.calls[i]
			c.Args, c.Filter = list(c.Args), list([]plan.Expr{c.Filter})[0]
			c.Frame.Start.Offset, c.Frame.End.Offset = list([]plan.Expr{c.Frame.Start.Offset})[0], list([]plan.Expr{c.Frame.End.Offset})[0]
		}
	}
	return err
}

func aggFields(a *plan.Agg, in []plan.Field) []plan.Field {
	var f []plan.Field
	for _, k := range a.Keys {
		fl := plan.Field{Type: k.Type()}
		if c, ok := k.(*plan.Col); ok && c.Idx < len(in) {
			fl = in[c.Idx]
		}
		if fl.Name == "" {
			fl.Name = plan.String(k)
		}
		f = append(f, fl)
	}
	for _, c := range a.Aggs {
		f = append(f, plan.Field{Name: c.F.Name, Type: c.Ret})
	}
	for range a.Grouping {
		f = append(f, plan.Field{Name: "grouping", Type: tInt4})
	}
	return f
}

// groupedSRF computes set-returning calls below the grouping where a key needs
// them; the others wait.
func (b *binder) groupedSRF(sel *selectState, in plan.Node) (plan.Node, error) {
	below := make([]bool, len(sel.srfs))
	var need func(x plan.Expr)
	need = func(x plan.Expr) {
		for _, c := range plan.Columns(x) {
			for i := range sel.srfs {
				s := &sel.srfs[i]
				if c < srfBase+s.first || c >= srfBase+s.first+len(s.cols) || below[i] {
					continue
				}
				below[i] = true
				for _, a := range s.args {
					need(a)
				}
			}
		}
	}
	for _, k := range sel.keys {
		need(k)
	}
	first, later := selectState{}, []setFunc(nil)
	for i, s := range sel.srfs {
		if below[i] {
			first.srfs = append(first.srfs, s)
		} else {
			later = append(later, s)
		}
	}
	if len(first.srfs) == 0 {
		return in, nil
	}
	n, move := srfPlan(&first, in)
	for i := range sel.keys {
		sel.keys[i] = move(sel.keys[i])
	}
	for i := range sel.targets {
		sel.targets[i].x = b.moved(sel.targets[i].x, move)
	}
	sel.having = move(sel.having)
	for i := range later {
		args := make([]plan.Expr, len(later[i].args))
		for j, a := range later[i].args {
			args[j] = move(a)
		}
		later[i].args = args
	}
	sel.srfs = later
	return n, nil
}

// dependent adds the columns that a grouped primary key determines as keys.
func (g *grouper) dependent(sel *selectState) error {
	for _, r := range g.sc.rels {
		if r.xs != nil || r.table == nil || r.table.Key < 0 || !g.inAll(g.key(plan.NewCol(r.base+r.table.Key, "", r.cols[r.table.Key].Type))) {
			continue
		}
		add := func(e plan.Expr) {
			plan.Walk(e, func(x plan.Expr) bool {
				if g.key(x) >= 0 {
					return false
				}
				if c, ok := x.(*plan.Col); ok && c.Idx >= r.base && c.Idx < r.base+len(r.cols) {
					g.agg.Keys = append(g.agg.Keys, c)
					sets := make([][]int, len(g.agg.Sets))
					for i, set := range g.agg.Sets {
						sets[i] = append(slices.Clone(set), len(g.agg.Keys)-1)
					}
					g.agg.Sets = sets
				}
				return true
			})
		}
		for _, t := range sel.targets {
			add(t.x)
		}
		add(sel.having)
		for _, f := range sel.srfs {
			for _, a := range f.args {
				add(a)
			}
		}
		for _, w := range sel.wins {
			for _, x := range w.exprs() {
				add(x)
			}
		}
	}
	return nil
}

// inAll reports whether a key is in every grouping set.
func (g *grouper) inAll(key int) bool {
	for _, set := range g.agg.Sets {
		if !slices.Contains(set, key) {
			return false
		}
	}
	return key >= 0
}

// directArgs holds that direct arguments of ordered-set aggregates have one value
// in each group.
func (g *grouper) directArgs() error {
	for _, a := range g.agg.Aggs {
		if !a.F.Ordered {
			continue
		}
		for _, x := range a.Args {
			if _, err := g.rewrite(x, false); err != nil {
				e := *sqlerr.From(err)
				return e.WithDetail("Direct arguments of an ordered-set aggregate must use only grouped columns.")
			}
		}
	}
	return nil
}

func (g *grouper) key(e plan.Expr) int {
	for i, k := range g.agg.Keys {
		if plan.Equal(k, e) {
			return i
		}
	}
	return -1
}

// move rewrites e over the output of the Agg; a column that is neither grouped
// nor aggregated is 42803.
func (g *grouper) move(e plan.Expr) (plan.Expr, error) {
	out, err := g.rewrite(e, false)
	if err == nil && out != e && e != nil {
		g.b.keepShape(out, e)
	}
	return out, err
}

// rewrite is move; in the arguments of a subquery only columns are looked for
// among the keys, as in Postgres.
func (g *grouper) rewrite(e plan.Expr, inSub bool) (plan.Expr, error) {
	a := g.agg
	return plan.Rewrite(e, func(x plan.Expr) (plan.Expr, error) {
		if _, ok := x.(*plan.Const); ok {
			return x, nil
		}
		if sub, ok := x.(*plan.SubPlan); ok && g.key(x) < 0 {
			return g.subPlan(sub, inSub)
		}
		if k := g.key(x); k >= 0 {
			name := ""
			if c, ok := x.(*plan.Col); ok {
				name = c.Name
			} else {
				name = plan.String(x)
			}
			return plan.NewCol(k, name, x.Type()), nil
		}
		c, ok := x.(*plan.Col)
		if !ok {
			return nil, nil
		}
		switch {
		case c.Idx >= srfBase: // or a window function
			return c, nil
		case c.Idx >= groupingBase:
			return plan.NewCol(len(a.Keys)+len(a.Aggs)+c.Idx-groupingBase, c.Name, c.T), nil
		case c.Idx >= aggBase:
			return plan.NewCol(len(a.Keys)+c.Idx-aggBase, c.Name, c.T), nil
		}
		off, known := g.b.at[c]
		if !known {
			off = -1
		}
		if inSub {
			return nil, sqlerr.At(off, pgerrcode.GroupingError, "subquery uses ungrouped column \"%s\" from outer query", g.qualified(c))
		}
		return nil, sqlerr.At(off, pgerrcode.GroupingError,
			"column \"%s\" must appear in the GROUP BY clause or be used in an aggregate function", g.qualified(c))
	})
}

// subPlan moves what a subquery takes from the query.
func (g *grouper) subPlan(sub *plan.SubPlan, inSub bool) (plan.Expr, error) {
	c := *sub
	c.Left, c.Args = append([]plan.Expr(nil), sub.Left...), append([]plan.Expr(nil), sub.Args...)
	var err error
	for i, x := range c.Left {
		if c.Left[i], err = g.rewrite(x, inSub); err != nil {
			return nil, err
		}
	}
	for i, x := range c.Args {
		if c.Args[i], err = g.rewrite(x, true); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

func (g *grouper) qualified(c *plan.Col) string {
	for _, r := range g.sc.rels {
		if r.xs == nil && c.Idx >= r.base && c.Idx < r.base+len(r.cols) {
			return r.name + "." + r.cols[c.Idx-r.base].Name
		}
	}
	return c.Name
}
