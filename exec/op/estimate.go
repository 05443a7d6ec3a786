package op

import (
	"tagd/planner/plan"
)

// estimate guesses the rows of a plan from what the snapshot knows when it is
// opened; it only decides between ways that answer the same.
func (q *Query) estimate(n plan.Node) float64 {
	switch n := n.(type) {
	case *plan.OneRow:
		return 1
	case *plan.Values:
		return float64(len(n.Rows))
	case *plan.Scan:
		return q.estimateScan(n)
	case *plan.CodeAgg:
		return 1000
	case *plan.Filter:
		return q.estimate(n.Input) / 3
	case *plan.Agg:
		if len(n.Keys) == 0 {
			return 1
		}
		return q.estimate(n.Input) / 4
	case *plan.Distinct:
		return q.estimate(n.Input) / 2
	case *plan.Limit:
		e := q.estimate(n.Input)
		if c, ok := n.Count.(*plan.Const); ok && !c.V.Null {
			return min(e, float64(c.V.I))
		}
		return e
	case *plan.SetOp:
		return q.estimate(n.L) + q.estimate(n.R)
	case *plan.Join:
		l, r := q.estimate(n.L), q.estimate(n.R)
		switch {
		case n.Kind >= plan.JoinSemi:
			return l / 2
		case len(n.Keys) == 0:
			return l * r
		}
		return max(l, r)
	case *plan.Apply:
		return q.estimate(n.L)
	case *plan.Unnest, *plan.FuncScan, *plan.Series:
		return 4 * q.estimate(n.Children()[0])
	case *plan.With:
		return q.estimate(n.Input)
	case *plan.CTEScan, *plan.WorkScan, *plan.CatalogScan, *plan.Recursive:
		return 1000
	}
	if c := n.Children(); len(c) == 1 {
		return q.estimate(c[0])
	}
	return 1000
}

func (q *Query) estimateScan(n *plan.Scan) float64 {
	t, ok := q.Snap.Table(n.Table.Path())
	if !ok {
		return 0
	}
	rows := float64(t.Rows())
	switch {
	case n.Where == nil && n.Set == nil:
		return rows
	case n.EstRows >= 0:
		return min(rows, n.EstRows)
	}
	return rows / 3
}
