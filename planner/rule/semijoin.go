package rule

import (
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
)

// semiJoins turns conditions EXISTS (...), NOT EXISTS, x IN (query) and NOT IN
// into joins, where only their being true counts. It works on plans as bound,
// before anything has been pushed.
func semiJoins(n plan.Node) plan.Node {
	f, ok := n.(*plan.Filter)
	if !ok {
		return plan.MapNode(n, semiJoins, nil)
	}
	in := semiJoins(f.Input)
	var stay []plan.Expr
	var joins []func(plan.Node) plan.Node
	for _, c := range conjuncts(f.Cond) {
		if j := asJoin(c, len(in.Schema())); j != nil {
			joins = append(joins, j)
		} else {
			stay = append(stay, c)
		}
	}
	if len(joins) == 0 {
		if in == f.Input {
			return f
		}
		return filtered(in, stay)
	}
	in = filtered(in, stay)
	for _, j := range joins {
		in = j(in)
	}
	return in
}

// asJoin reads a condition over w columns as a join with what it asks; nil if it
// is none.
func asJoin(c plan.Expr, w int) func(plan.Node) plan.Node {
	negate := false
	for {
		not, ok := c.(*plan.Not)
		if !ok {
			break
		}
		c, negate = not.X, !negate
	}
	s, ok := c.(*plan.SubPlan)
	if !ok || plan.Volatility(s) == fn.Volatile {
		return nil
	}
	for _, a := range s.Args {
		if hasSubPlan(a) {
			return nil
		}
	}
	switch {
	case s.Kind == ast.SubExists:
		return existsJoin(s, negate, w)
	case s.Kind == ast.SubAny && !negate:
		return inJoin(s, w)
	case s.Kind == ast.SubAny && negate:
		return notInJoin(s, w)
	}
	return nil
}

func join(kind plan.JoinKind, l, r plan.Node, cond plan.Expr) plan.Node {
	j := &plan.Join{Kind: kind, L: l, R: r, Cond: cond}
	j.Fields = l.Schema()
	return j
}

// pulled is a subquery taken apart: rows without reference to the outer query,
// the conditions that have such references as conditions of a join, and the
// output columns as expressions over the join.
type pulled struct {
	rows  plan.Node
	conds []plan.Expr
	out   []plan.Expr
}

// pullUp takes a subquery apart for a join whose left input has w columns. keep
// asks for the output columns; without it only the number of rows counts, none or
// some.
func pullUp(s *plan.SubPlan, w int, keep bool) (*pulled, bool) {
	n := s.Plan
	var out []plan.Expr
	for {
		switch c := n.(type) {
		case *plan.Sort:
			n = c.Input
			continue
		case *plan.Limit:
			if k, ok := constant(c.Count); keep || !ok || k < 1 || c.Offset != nil {
				break
			}
			n = c.Input
			continue
		case *plan.Distinct:
			if c.On != nil && keep {
				break
			}
			n = c.Input
			continue
		case *plan.Project:
			if out != nil || keep && plan.UsesArgs(onlyExprs(c)) {
				break
			}
			out = c.Exprs
			n = c.Input
			continue
		}
		break
	}
	p := &pulled{}
	f, ok := n.(*plan.Filter)
	var local []plan.Expr
	if ok {
		n = f.Input
		for _, c := range conjuncts(f.Cond) {
			if !hasArg(c) {
				local = append(local, c)
				continue
			}
			if hasSubPlan(c) {
				return nil, false
			}
			p.conds = append(p.conds, outward(c, s.Args, w))
		}
	}
	if plan.UsesArgs(n) || !mayPull(n) {
		return nil, false
	}
	p.rows = filtered(n, local)
	if keep {
		if out == nil {
			for i, f := range n.Schema() {
				out = append(out, plan.NewCol(i, f.Name, f.Type))
			}
		}
		for _, x := range out {
			p.out = append(p.out, moveRight(x, w))
		}
	}
	return p, true
}

// onlyExprs is a projection without its input.
func onlyExprs(p *plan.Project) plan.Node {
	c := *p
	c.Input = &plan.OneRow{}
	return &c
}

// mayPull holds back what counts or cuts rows: its correlated conditions are not
// those of a join.
func mayPull(n plan.Node) bool {
	switch n.(type) {
	case *plan.Limit, *plan.Agg, *plan.Window:
		return false
	}
	return true
}

// outward writes a condition inside a subquery as one of the join: its columns
// are the right input's, its arguments what they stand for.
func outward(c plan.Expr, args []plan.Expr, w int) plan.Expr {
	out, _ := plan.Rewrite(c, func(x plan.Expr) (plan.Expr, error) {
		switch x := x.(type) {
		case *plan.Col:
			return plan.NewCol(x.Idx+w, x.Name, x.T), nil
		case *plan.Arg:
			return args[x.N], nil
		}
		return nil, nil
	})
	return out
}

func existsJoin(s *plan.SubPlan, negate bool, w int) func(plan.Node) plan.Node {
	p, ok := pullUp(s, w, false)
	if !ok || len(p.conds) == 0 {
		return nil // one that does not depend on the row is asked once
	}
	kind := plan.JoinSemi
	if negate {
		kind = plan.JoinAnti
	}
	return func(in plan.Node) plan.Node {
		return join(kind, in, semiJoins(p.rows), plan.NewAnd(p.conds...))
	}
}

// test is the comparison of a quantified subquery over the join.
func test(s *plan.SubPlan, right func(int) plan.Expr) plan.Expr {
	k := len(s.Left)
	return plan.MapCols(s.Test, func(c *plan.Col) plan.Expr {
		if c.Idx < k {
			return s.Left[c.Idx]
		}
		return right(c.Idx - k)
	})
}

func hasLeftSubPlan(s *plan.SubPlan) bool {
	for _, l := range s.Left {
		if hasSubPlan(l) {
			return true
		}
	}
	return false
}

func inJoin(s *plan.SubPlan, w int) func(plan.Node) plan.Node {
	if hasLeftSubPlan(s) {
		return nil
	}
	if !correlated(s) {
		cond := wholeTest(s, w)
		return func(in plan.Node) plan.Node { return join(plan.JoinSemi, in, semiJoins(s.Plan), cond) }
	}
	p, ok := pullUp(s, w, true)
	if !ok {
		return nil
	}
	cond := plan.NewAnd(append(p.conds, test(s, func(i int) plan.Expr { return p.out[i] }))...)
	return func(in plan.Node) plan.Node { return join(plan.JoinSemi, in, semiJoins(p.rows), cond) }
}

func correlated(s *plan.SubPlan) bool { return len(s.Args) > 0 && plan.UsesArgs(s.Plan) }

// wholeTest is the test of an uncorrelated subquery whose columns follow the w
// of the outer side.
func wholeTest(s *plan.SubPlan, w int) plan.Expr {
	return test(s, func(i int) plan.Expr {
		f := s.Plan.Schema()[i]
		return plan.NewCol(w+i, f.Name, f.Type)
	})
}

// notInJoin is NOT IN: the comparison may be NULL, which turns rows away; the
// conditions that select the rows may not and are asked to be true.
func notInJoin(s *plan.SubPlan, w int) func(plan.Node) plan.Node {
	if hasLeftSubPlan(s) {
		return nil
	}
	if !correlated(s) {
		cond := wholeTest(s, w)
		return func(in plan.Node) plan.Node { return join(plan.JoinAntiNull, in, semiJoins(s.Plan), cond) }
	}
	p, ok := pullUp(s, w, true)
	if !ok {
		return nil
	}
	conds := []plan.Expr{test(s, func(i int) plan.Expr { return p.out[i] })}
	for _, c := range p.conds {
		conds = append(conds, plan.NewIs(c, plan.IsTrue, false))
	}
	return func(in plan.Node) plan.Node {
		return join(plan.JoinAntiNull, in, semiJoins(p.rows), plan.NewAnd(conds...))
	}
}
