package rule

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
)

// Bounds of crosstabs that are counted by code: the values of one integer key
// (DESIGN.md's limit of dictionaries) and the cells of all keys together.
const (
	maxKeyRange = 1 << 16
	maxCells    = 1 << 24
)

// codeAgg finds aggregations and DISTINCTs over a scan whose keys are functions
// of codes.
func (r *rewriter) codeAgg(n plan.Node) plan.Node {
	n = withChildren(n, r.codeAgg)
	switch c := n.(type) {
	case *plan.Agg:
		if m := r.tryCode(c, c); m != nil {
			return m
		}
	case *plan.Distinct:
		p, ok := c.Input.(*plan.Project)
		if !ok || c.On != nil {
			return n
		}
		a := &plan.Agg{Input: p.Input, Keys: p.Exprs, Sets: [][]int{nil}}
		for i := range p.Exprs {
			a.Sets[0] = append(a.Sets[0], i)
		}
		a.Fields = p.Fields
		if m := r.tryCode(a, c); m != nil {
			return m
		}
	}
	return n
}

func (r *rewriter) tryCode(a *plan.Agg, fallback plan.Node) plan.Node {
	if len(a.Keys) == 0 {
		return nil
	}
	in := a.Input
	elem, set := -1, -1
	if u, ok := in.(*plan.Unnest); ok {
		c, isCol := u.Args[0].(*plan.Col)
		if len(u.Args) != 1 || u.Ordinality || u.Left || !isCol {
			return nil
		}
		in, elem, set = u.Input, len(u.Input.Schema()), c.Idx
	}
	sc, ok := in.(*plan.Scan)
	if !ok || sc.Where != nil && sc.Set == nil {
		return nil
	}
	stats := r.cat.Stats(sc.Table)
	if stats == nil {
		return nil
	}
	out := &plan.CodeAgg{Scan: sc, Fallback: fallback, Agg: a}
	out.Fields = fallback.Schema()
	sizes, unnests := make([]int, len(a.Keys)), false
	for i, k := range a.Keys {
		key, size, ok := codeKey(k, sc, stats, elem, set)
		if !ok {
			return nil
		}
		unnests = unnests || key.Unnest
		sizes[i] = size
		out.Keys = append(out.Keys, key)
	}
	if elem >= 0 && !unnests {
		return nil
	}
	for _, s := range a.Sets {
		cells, seen := 1.0, map[int]bool{}
		for _, k := range s {
			if !seen[out.Keys[k].Col] {
				seen[out.Keys[k].Col] = true
				cells *= float64(sizes[k])
			}
		}
		if cells > maxCells {
			return nil
		}
	}
	return out
}

// codeKey turns a key expression into one over a single column's codes.
func codeKey(k plan.Expr, sc *plan.Scan, stats plan.Stats, elem, set int) (plan.CodeKey, int, bool) {
	none := plan.CodeKey{}
	cols := plan.Columns(k)
	if len(cols) != 1 || plan.Volatility(k) == fn.Volatile {
		return none, 0, false
	}
	i, unnest := cols[0], cols[0] == elem
	if unnest {
		i = set
	}
	if i >= len(sc.Cols) || sc.Cols[i] < 0 {
		return none, 0, false
	}
	col := sc.Cols[i]
	x := plan.MapCols(k, func(c *plan.Col) plan.Expr { return plan.NewCol(0, c.Name, c.T) })
	size := 0
	switch {
	case unnest != stats.IsSet(col):
		return none, 0, false
	case stats.Codes(col) > 0:
		size = stats.Codes(col)
	case !unnest:
		lo, hi, ok := stats.Range(col)
		if !ok {
			return none, 0, false
		}
		// A function of a wide column may have few results: the executor looks.
		size = 1
		if uint64(hi)-uint64(lo) < maxKeyRange {
			size = int(hi-lo) + 2
		} else if _, bare := k.(*plan.Col); bare {
			return none, 0, false
		}
	}
	if unnest {
		size = max(size, 1)
	}
	return plan.CodeKey{Col: col, X: x, Unnest: unnest}, size, true
}
