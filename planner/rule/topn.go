package rule

import (
	"math"

	"tagd/planner/plan"
)

// topN tells a Sort below a constant Limit how many rows are wanted.
func (r *rewriter) topN(n plan.Node) plan.Node {
	n = withChildren(n, r.topN)
	l, ok := n.(*plan.Limit)
	if !ok || l.Count == nil || l.Ties != nil {
		return n
	}
	keep, ok := constant(l.Count)
	if !ok || keep <= 0 {
		return n
	}
	if l.Offset != nil {
		skip, ok := constant(l.Offset)
		if !ok || skip < 0 || keep > math.MaxInt64-skip {
			return n
		}
		keep += skip
	}
	c := *l
	c.Input = limited(l.Input, keep)
	return &c
}

func constant(e plan.Expr) (int64, bool) {
	c, ok := e.(*plan.Const)
	if !ok || c.V.Null {
		return 0, false
	}
	return c.V.I, true
}

func limited(n plan.Node, keep int64) plan.Node {
	switch n := n.(type) {
	case *plan.Sort:
		c := *n
		if c.Limit == 0 || keep < c.Limit {
			c.Limit = keep
		}
		return &c
	case *plan.Project:
		c := *n
		c.Input = limited(n.Input, keep)
		return &c
	}
	return n
}
