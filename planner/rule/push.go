package rule

import (
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
)

// push moves conditions towards the scans and merges projections.
func (r *rewriter) push(n plan.Node) plan.Node {
	if f, ok := n.(*plan.Filter); ok {
		if m, ok := r.pushFilter(f); ok {
			return r.push(m)
		}
	}
	if j, ok := n.(*plan.Join); ok {
		n = r.joinConds(j)
	}
	n = withChildren(n, r.push)
	switch c := n.(type) {
	case *plan.Project:
		return mergeProject(c)
	case *plan.Agg:
		return mergeAgg(c)
	}
	return n
}

// never reports whether a condition is the constant false or NULL, or one of its
// conjuncts is.
func never(e plan.Expr) bool {
	if e == nil {
		return false
	}
	for _, c := range conjuncts(e) {
		if k, ok := c.(*plan.Const); ok && (k.V.Null || k.V.I == 0) {
			return true
		}
	}
	return false
}

// empty has the columns of n and no rows.
func empty(n plan.Node) plan.Node {
	v := &plan.Values{}
	v.Fields = n.Schema()
	return v
}

// dependsOnRow reports whether e has a subquery that is asked for each row.
func dependsOnRow(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		s, is := x.(*plan.SubPlan)
		found = found || is && (len(s.Args) > 0 || s.Kind == ast.SubAny || s.Kind == ast.SubAll)
		return !found
	})
	return found
}

// mergeProjects only merges projections: no condition may be moved any more.
func mergeProjects(n plan.Node) plan.Node {
	n = withChildren(n, mergeProjects)
	if p, ok := n.(*plan.Project); ok {
		return mergeProject(p)
	}
	return n
}

func conjuncts(e plan.Expr) []plan.Expr {
	if a, ok := e.(*plan.And); ok {
		return a.Args
	}
	return []plan.Expr{e}
}

// pushFilter moves the conjuncts that can go below the filter's input; ok is
// false if none can.
func (r *rewriter) pushFilter(f *plan.Filter) (plan.Node, bool) {
	if in, ok := f.Input.(*plan.Filter); ok {
		g := &plan.Filter{Input: in.Input, Cond: plan.NewAnd(in.Cond, f.Cond)}
		g.Fields = f.Fields
		return g, true
	}
	if _, scan := f.Input.(*plan.Scan); !scan && never(f.Cond) {
		return empty(f.Input), true
	}
	switch in := f.Input.(type) {
	case *plan.Join:
		return pushJoin(f, in)
	case *plan.Apply:
		return pushApply(f, in)
	}
	var down, stay []plan.Expr
	to := r.below(f.Input)
	for _, c := range conjuncts(f.Cond) {
		if k, ok := c.(*plan.Const); ok && !k.V.Null && k.V.I != 0 {
			continue
		}
		if to != nil && plan.Volatility(c) < fn.Volatile {
			if m := to(c); m != nil {
				down = append(down, m)
				continue
			}
		}
		stay = append(stay, c)
	}
	if len(stay) == 0 && len(down) == 0 {
		return f.Input, true
	}
	if len(down) == 0 {
		return f, false
	}
	n := r.over(f.Input, plan.NewAnd(down...))
	if len(stay) > 0 {
		g := &plan.Filter{Input: n, Cond: plan.NewAnd(stay...)}
		g.Fields = n.Schema()
		n = g
	}
	return n, true
}

// below returns how a condition over n's output reads below n; it returns nil
// for conditions that must stay above.
func (r *rewriter) below(n plan.Node) func(plan.Expr) plan.Expr {
	switch n := n.(type) {
	case *plan.Scan:
		return func(e plan.Expr) plan.Expr {
			if dependsOnRow(e) {
				return nil
			}
			return remap(e, func(i int) plan.Expr {
				t := n.Cols[i]
				if t < 0 {
					return nil
				}
				return plan.NewCol(t, n.Table.Columns[t].Name, n.Table.Columns[t].Type)
			})
		}
	case *plan.Sort, *plan.With, *plan.SetOp:
		return func(e plan.Expr) plan.Expr { return e }
	case *plan.Window:
		return partitionOnly(n)
	case *plan.FuncScan:
		if n.Left {
			return nil
		}
		return inputOnly(len(n.Input.Schema()))
	case *plan.Distinct:
		if n.On == nil {
			return func(e plan.Expr) plan.Expr { return e }
		}
	case *plan.Unnest:
		return inputOnly(len(n.Input.Schema()))
	case *plan.Series:
		return inputOnly(len(n.Input.Schema()))
	case *plan.Project:
		return func(e plan.Expr) plan.Expr {
			return remap(e, func(i int) plan.Expr {
				if plan.Volatility(n.Exprs[i]) == fn.Volatile {
					return nil
				}
				return n.Exprs[i]
			})
		}
	case *plan.Agg:
		if len(n.Sets) != 1 || len(n.Keys) == 0 {
			return nil
		}
		return func(e plan.Expr) plan.Expr {
			if len(plan.Columns(e)) == 0 {
				return nil
			}
			return remap(e, func(i int) plan.Expr {
				if i >= len(n.Keys) || plan.Volatility(n.Keys[i]) == fn.Volatile {
					return nil
				}
				return n.Keys[i]
			})
		}
	}
	return nil
}

// partitionOnly lets conditions through that decide about whole partitions.
func partitionOnly(n *plan.Window) func(plan.Expr) plan.Expr {
	keys := map[int]bool{}
	for _, p := range n.Partition {
		if c, ok := p.(*plan.Col); ok {
			keys[c.Idx] = true
		}
	}
	return func(e plan.Expr) plan.Expr {
		cols := plan.Columns(e)
		for _, c := range cols {
			if !keys[c] {
				return nil
			}
		}
		if len(cols) == 0 {
			return nil
		}
		return e
	}
}

func inputOnly(w int) func(plan.Expr) plan.Expr {
	return func(e plan.Expr) plan.Expr {
		for _, c := range plan.Columns(e) {
			if c >= w {
				return nil
			}
		}
		return e
	}
}

// remap replaces columns; nil if one has no replacement.
func remap(e plan.Expr, f func(int) plan.Expr) plan.Expr {
	ok := true
	out := plan.MapCols(e, func(c *plan.Col) plan.Expr {
		x := f(c.Idx)
		if x == nil {
			ok = false
			return c
		}
		return x
	})
	if !ok {
		return nil
	}
	return out
}

// over puts a condition below n (see below).
func (r *rewriter) over(n plan.Node, cond plan.Expr) plan.Node {
	if sc, ok := n.(*plan.Scan); ok {
		c := *sc
		c.Where = plan.NewAnd(sc.Where, cond)
		return &c
	}
	if w, ok := n.(*plan.With); ok {
		c := *w
		c.Input = filtered(w.Input, []plan.Expr{cond})
		return &c
	}
	return withChildren(n, func(in plan.Node) plan.Node {
		f := &plan.Filter{Input: in, Cond: cond}
		f.Fields = in.Schema()
		return f
	})
}

// mergeProject joins two projections where no computation is done twice.
func mergeProject(p *plan.Project) plan.Node {
	in, ok := p.Input.(*plan.Project)
	if !ok {
		return p
	}
	uses := make([]int, len(in.Exprs))
	for _, e := range p.Exprs {
		plan.Walk(e, func(x plan.Expr) bool {
			if c, ok := x.(*plan.Col); ok {
				uses[c.Idx]++
			}
			return true
		})
	}
	for i, e := range in.Exprs {
		if plan.Volatility(e) == fn.Volatile || uses[i] > 1 && len(plan.Operands(e)) > 0 {
			return p
		}
	}
	c := *p
	c.Input = in.Input
	c.Exprs = make([]plan.Expr, len(p.Exprs))
	for i, e := range p.Exprs {
		c.Exprs[i] = through(in, e)
	}
	return &c
}

func through(in *plan.Project, e plan.Expr) plan.Expr {
	return plan.MapCols(e, func(c *plan.Col) plan.Expr { return in.Exprs[c.Idx] })
}

// mergeAgg takes a projection below an aggregation into its expressions, so that
// keys of derived tables can be counted by code.
func mergeAgg(a *plan.Agg) plan.Node {
	in, ok := a.Input.(*plan.Project)
	if !ok {
		return a
	}
	for _, e := range in.Exprs {
		if plan.Volatility(e) == fn.Volatile {
			return a
		}
	}
	c := *a
	c.Input = in.Input
	mapAgg(&c, func(e plan.Expr) plan.Expr { return through(in, e) })
	return &c
}

// mapAgg replaces every expression of a, which must be a copy.
func mapAgg(a *plan.Agg, f func(plan.Expr) plan.Expr) {
	list := func(es []plan.Expr) []plan.Expr {
		out := make([]plan.Expr, len(es))
		for i, e := range es {
			out[i] = f(e)
		}
		return out
	}
	a.Keys = list(a.Keys)
	a.Aggs = append([]plan.AggCall(nil), a.Aggs...)
	for i := range a.Aggs {
		g := &a.Aggs[i]
		g.Args = list(g.Args)
		if g.Filter != nil {
			g.Filter = f(g.Filter)
		}
		g.OrderBy = append([]plan.SortExpr(nil), g.OrderBy...)
		for j := range g.OrderBy {
			g.OrderBy[j].X = f(g.OrderBy[j].X)
		}
	}
}
