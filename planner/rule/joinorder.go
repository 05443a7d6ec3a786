package rule

import (
	"tagd/planner/plan"
	"tagd/sql/ast"
)

// estimate guesses the rows that a plan gives.
func estimate(n plan.Node) float64 {
	switch n := n.(type) {
	case *plan.Scan:
		if n.EstRows < 0 {
			return 1000
		}
		return n.EstRows
	case *plan.OneRow:
		return 1
	case *plan.Values:
		return float64(len(n.Rows))
	case *plan.Filter:
		return max(1, estimate(n.Input)*guessRange)
	case *plan.Agg:
		if len(n.Keys) == 0 {
			return 1
		}
		return max(1, estimate(n.Input)/10)
	case *plan.CodeAgg:
		return 1000
	case *plan.Distinct:
		return max(1, estimate(n.Input)/10)
	case *plan.Limit:
		if k, ok := constant(n.Count); ok && n.Count != nil {
			return min(float64(k), estimate(n.Input))
		}
	case *plan.Unnest, *plan.Series, *plan.FuncScan:
		return 10 * estimate(n.Children()[0])
	case *plan.SetOp:
		if n.Op == ast.Union {
			return estimate(n.L) + estimate(n.R)
		}
		return estimate(n.L)
	case *plan.Join:
		return joinRows(n)
	case *plan.CTEScan, *plan.WorkScan, *plan.CatalogScan:
		return 1000
	}
	if k := n.Children(); len(k) > 0 {
		return estimate(k[len(k)-1])
	}
	return 1000
}

func joinRows(j *plan.Join) float64 {
	l, r := estimate(j.L), estimate(j.R)
	switch {
	case leftOnly(j.Kind):
		return max(1, l/2)
	case len(j.Keys) == 0 && j.Cond == nil:
		return l * r
	case len(j.Keys) == 0:
		return max(1, l*r*guessRange)
	}
	// A key is taken for unique on the larger side.
	return max(1, min(l, r), l*r/max(l, r, 1))
}

// buildSides puts the smaller input of each join on the right, where the table
// of keys is built.
func (r *rewriter) buildSides(n plan.Node) plan.Node {
	n = plan.MapNode(n, r.buildSides, nil)
	j, ok := n.(*plan.Join)
	if !ok || leftOnly(j.Kind) || len(j.Keys) == 0 || estimate(j.R) <= estimate(j.L) {
		return n
	}
	c := *j
	c.L, c.R = j.R, j.L
	switch j.Kind {
	case plan.JoinLeft:
		c.Kind = plan.JoinRight
	case plan.JoinRight:
		c.Kind = plan.JoinLeft
	}
	lw, rw := len(j.L.Schema()), len(j.R.Schema())
	at := make([]int, lw+rw)
	for i := range at {
		if i < lw {
			at[i] = rw + i
		} else {
			at[i] = i - lw
		}
	}
	c.Keys = nil
	for _, k := range j.Keys {
		c.Keys = append(c.Keys, plan.JoinKey{L: k.R, R: k.L, NullEq: k.NullEq})
	}
	c.Cond = moved(j.Cond, at)
	c.Fields = append(append([]plan.Field(nil), j.R.Schema()...), j.L.Schema()...)
	p := &plan.Project{Input: &c}
	for i, f := range j.Fields {
		p.Exprs = append(p.Exprs, plan.NewCol(at[i], f.Name, f.Type))
	}
	p.Fields = j.Fields
	return p
}
