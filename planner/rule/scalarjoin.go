package rule

import (
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/vec"
)

// groupable are the aggregates that a correlated scalar subquery is grouped for;
// the value tells what they give without rows: true for 0, otherwise NULL.
var groupable = map[string]bool{"count": true, "sum": false, "min": false, "max": false, "avg": false,
	"bool_and": false, "bool_or": false, "every": false}

// scalarJoins computes correlated scalar aggregates, as in
// (SELECT max(x) FROM t WHERE t.k = outer.k), for all keys at once: a left join
// with the aggregates grouped by the key. It works on plans as bound.
func scalarJoins(n plan.Node) plan.Node {
	n = plan.MapNode(n, scalarJoins, nil)
	switch c := n.(type) {
	case *plan.Project:
		d := *c
		d.Exprs = append([]plan.Expr(nil), c.Exprs...)
		for i, e := range d.Exprs {
			d.Exprs[i], d.Input = joinScalars(e, d.Input)
		}
		if d.Input != c.Input {
			return &d
		}
	case *plan.Filter:
		cond, in := joinScalars(c.Cond, c.Input)
		if in != c.Input {
			return firstColumns(filtered(in, []plan.Expr{cond}), c.Fields)
		}
	}
	return n
}

// firstColumns is n with its first columns only.
func firstColumns(n plan.Node, f []plan.Field) plan.Node {
	p := &plan.Project{Input: n}
	for i, c := range f {
		p.Exprs = append(p.Exprs, plan.NewCol(i, c.Name, c.Type))
	}
	p.Fields = f
	return p
}

// joinScalars replaces the subqueries in e by columns of a join with in.
func joinScalars(e plan.Expr, in plan.Node) (plan.Expr, plan.Node) {
	out, _ := plan.Rewrite(e, func(x plan.Expr) (plan.Expr, error) {
		switch x := x.(type) {
		case *plan.Case, *plan.Coalesce:
			return x, nil // what they do not reach must not be computed
		case *plan.SubPlan:
			if y, j := joinScalar(x, in); j != nil {
				in = j
				return y, nil
			}
			return x, nil
		}
		return nil, nil
	})
	return out, in
}

// joinScalar joins one subquery; nil if it is of another form.
func joinScalar(s *plan.SubPlan, in plan.Node) (plan.Expr, plan.Node) {
	if s.Kind != ast.SubScalar || len(s.Args) == 0 || plan.Volatility(s) == fn.Volatile {
		return nil, nil
	}
	for _, a := range s.Args {
		if hasSubPlan(a) {
			return nil, nil
		}
	}
	top, ok := s.Plan.(*plan.Project)
	if !ok || len(top.Exprs) != 1 || hasArg(top.Exprs[0]) || hasSubPlan(top.Exprs[0]) {
		return nil, nil
	}
	agg, ok := top.Input.(*plan.Agg)
	if !ok || len(agg.Keys) > 0 || len(agg.Grouping) > 0 || len(agg.Sets) != 1 || !simpleAggs(agg) {
		return nil, nil
	}
	f, ok := agg.Input.(*plan.Filter)
	if !ok || plan.UsesArgs(f.Input) {
		return nil, nil
	}
	w := len(in.Schema())
	var local []plan.Expr
	var keys []plan.JoinKey
	for _, c := range conjuncts(f.Cond) {
		if !hasArg(c) {
			local = append(local, c)
			continue
		}
		k, ok := joinKey(outward(c, s.Args, w), w)
		if !ok || hasSubPlan(c) {
			return nil, nil
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, nil
	}
	return grouped(top.Exprs[0], agg, semiJoins(filtered(f.Input, local)), keys, in)
}

func simpleAggs(a *plan.Agg) bool {
	for _, c := range a.Aggs {
		if _, ok := groupable[c.F.Name]; !ok || c.Filter != nil && (hasArg(c.Filter) || hasSubPlan(c.Filter)) || len(c.OrderBy) > 0 {
			return false
		}
		for _, x := range c.Args {
			if _, ok := x.(*plan.Col); !ok {
				return false
			}
		}
	}
	return true
}

// grouped joins in with the aggregates of rows by the right sides of keys, and
// returns the value x of the aggregates over that join.
func grouped(x plan.Expr, a *plan.Agg, rows plan.Node, keys []plan.JoinKey, in plan.Node) (plan.Expr, plan.Node) {
	w := len(in.Schema())
	g := &plan.Agg{Input: rows, Aggs: a.Aggs, Sets: [][]int{{}}}
	j := &plan.Join{Kind: plan.JoinLeft, L: in, R: g}
	for i, k := range keys {
		g.Keys = append(g.Keys, k.R)
		g.Sets[0] = append(g.Sets[0], i)
		g.Fields = append(g.Fields, plan.Field{Name: plan.String(k.R), Type: k.R.Type()})
		j.Keys = append(j.Keys, plan.JoinKey{L: k.L, R: plan.NewCol(i, plan.String(k.R), k.R.Type())})
	}
	g.Fields = append(g.Fields, a.Fields...)
	j.Fields = append(append([]plan.Field(nil), in.Schema()...), g.Fields...)
	counts := false
	for _, c := range a.Aggs {
		counts = counts || groupable[c.F.Name]
	}
	there := plan.MapCols(x, func(c *plan.Col) plan.Expr { return plan.NewCol(w+len(keys)+c.Idx, c.Name, c.T) })
	if _, plain := x.(*plan.Col); plain && !counts {
		return there, j
	}
	none := plan.MapCols(x, func(c *plan.Col) plan.Expr {
		return plan.NewConst(c.T, vec.Datum{Null: !groupable[a.Aggs[c.Idx].F.Name]})
	})
	found := plan.NewIs(plan.NewCol(w, "", keys[0].R.Type()), plan.IsNull, true)
	return plan.NewCase(x.Type(), []plan.When{{Cond: found, Then: there}}, none), j
}
