package rule

import (
	"slices"

	"tagd/planner/plan"
)

// orderTerms puts the terms of conditions in the order in which PostgreSQL asks for
// them: the cheaper first, else as written (order_qual_clauses of createplan.c). It is
// seen where a term fails for rows that another one excludes, as in x / y > 1 AND
// y <> 0.
func orderTerms(n plan.Node) plan.Node {
	n = withChildren(n, orderTerms)
	switch n := n.(type) {
	case *plan.Filter:
		if x := cheapFirst(n.Cond); x != n.Cond {
			c := *n
			c.Cond = x
			return &c
		}
	case *plan.Scan:
		if x := cheapFirst(n.Where); x != n.Where {
			c := *n
			c.Where = x
			return &c
		}
	case *plan.Join:
		if x := cheapFirst(n.Cond); x != n.Cond {
			c := *n
			c.Cond = x
			return &c
		}
	}
	return n
}

// cheapFirst sorts the terms of a condition by their cost.
func cheapFirst(x plan.Expr) plan.Expr {
	and, ok := x.(*plan.And)
	if !ok || !slices.ContainsFunc(and.Args, mayFail) {
		return x
	}
	byCost := func(a, b plan.Expr) int { return termCost(a) - termCost(b) }
	if slices.IsSortedFunc(and.Args, byCost) {
		return x
	}
	args := slices.Clone(and.Args)
	slices.SortStableFunc(args, byCost)
	return plan.NewAnd(args...)
}

// tame are the operators and functions of which a condition can be made that fails
// for no value.
var tame = map[string]bool{"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true, "~~": true, "!~~": true, "@>": true, "<@": true,
	"&&": true, "cardinality": true, "lower": true, "upper": true, "length": true}

// mayFail reports whether a term may fail, so that its place is seen.
func mayFail(x plan.Expr) bool {
	fails := false
	plan.Walk(x, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Call:
			fails = fails || !tame[e.F.Name]
		case *plan.SubPlan:
			fails = true
		}
		return !fails
	})
	return fails
}

// termCost is the cost of a condition as PostgreSQL has it, in halves of a call of an
// operator or function, of which nearly all are of one price (cost_qual_eval_walker).
func termCost(x plan.Expr) int {
	cost := 0
	plan.Walk(x, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Call:
			cost += 2
		case *plan.In:
			cost += len(e.List)
		case *plan.AnyAll:
			cost += 10 // an array of unknown length counts as ten
		case *plan.SubPlan:
			cost += 1 << 20
		}
		return true
	})
	return cost
}
