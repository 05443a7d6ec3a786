package rule

import (
	"tagd/planner/plan"
	"tagd/sql/types"
)

// Guesses for conditions that statistics say nothing about, as in Postgres's
// selfuncs.h (DEFAULT_INEQ_SEL, DEFAULT_EQ_SEL's spirit, DEFAULT_UNK_SEL).
const (
	guessRange = 1.0 / 3
	guessEqual = 0.005
	guessNull  = 0.005
	guessSet   = 0.1
)

type estimator struct {
	table *types.Table
	stats plan.Stats
	rows  float64
}

// fraction is the share of rows in a set, operands taken as independent.
func fraction(s *plan.RowSet) float64 {
	switch s.Op {
	case plan.RowsNone:
		return 0
	case plan.RowsLeaf:
		return s.Leaf.Est
	case plan.RowsAnd:
		f := 1.0
		for _, a := range s.Args {
			f *= fraction(a)
		}
		return f
	case plan.RowsOr:
		f := 1.0
		for _, a := range s.Args {
			f *= 1 - fraction(a)
		}
		return 1 - f
	}
	return 1
}

func (e *estimator) estimate(x plan.Expr, want bool) float64 {
	f := min(max(e.share(x), 0), 1)
	if !want {
		return 1 - f
	}
	return f
}

func (e *estimator) share(x plan.Expr) float64 {
	switch x := x.(type) {
	case *plan.And:
		if lo, hi, ok := e.bounds(x); ok {
			return max(0, hi-lo)
		}
		f := 1.0
		for _, a := range x.Args {
			f *= e.share(a)
		}
		return f
	case *plan.Or:
		f := 1.0
		for _, a := range x.Args {
			f *= 1 - e.share(a)
		}
		return 1 - f
	case *plan.Not:
		return 1 - e.share(x.X)
	case *plan.IsTest:
		f := guessNull
		if x.What == plan.IsTrue || x.What == plan.IsFalse {
			f = 0.5
		}
		if x.Negate {
			return 1 - f
		}
		return f
	case *plan.In:
		f := float64(len(x.List)) * e.equal(x.X)
		if x.Negate {
			return 1 - f
		}
		return f
	case *plan.AnyAll:
		return guessSet
	case *plan.Col:
		return 0.5
	case *plan.Call:
		return e.call(x)
	}
	return guessRange
}

func (e *estimator) call(x *plan.Call) float64 {
	if len(x.Args) != 2 {
		return guessRange
	}
	switch x.F.Name {
	case "=":
		if c, ok := x.Args[0].(*plan.Const); ok && !c.V.Null {
			return e.equal(x.Args[1])
		}
		return e.equal(x.Args[0])
	case "<>":
		return 1 - e.equal(x.Args[0])
	case "<", "<=", ">", ">=":
		if lo, hi, ok := e.side(x); ok {
			return max(0, hi-lo)
		}
	case "@>", "&&", "<@":
		return guessSet
	}
	return guessRange
}

// equal is the share of one value of x.
func (e *estimator) equal(x plan.Expr) float64 {
	cols := plan.Columns(x)
	if len(cols) != 1 || e.stats == nil || cols[0] >= len(e.table.Columns) {
		return guessEqual
	}
	if cols[0] == e.table.Key && e.rows > 0 {
		return 1 / e.rows
	}
	if n := e.stats.Codes(cols[0]); n > 1 {
		return 1 / float64(n-1)
	}
	if lo, hi, ok := e.stats.Range(cols[0]); ok {
		return 1 / (float64(hi) - float64(lo) + 1)
	}
	return guessEqual
}

// side places a comparison of an integer column with a constant in [0, 1].
func (e *estimator) side(x *plan.Call) (lo, hi float64, ok bool) {
	c, isCol := x.Args[0].(*plan.Col)
	k, isConst := x.Args[1].(*plan.Const)
	if !isCol || !isConst || k.V.Null || e.stats == nil || !k.T.Same(c.T) || c.T.Phys() != types.PhysInt {
		return 0, 0, false
	}
	first, last, ok := e.stats.Range(c.Idx)
	if !ok {
		return 0, 0, false
	}
	width := float64(last) - float64(first) + 1
	at := (float64(k.V.I) - float64(first)) / width
	switch x.F.Name {
	case "<":
		return 0, clip(at), true
	case "<=":
		return 0, clip(at + 1/width), true
	case ">":
		return clip(at + 1/width), 1, true
	case ">=":
		return clip(at), 1, true
	}
	return 0, 0, false
}

func clip(f float64) float64 { return min(max(f, 0), 1) }

// bounds joins the comparisons of a range.
func (e *estimator) bounds(x *plan.And) (lo, hi float64, ok bool) {
	lo, hi = 0, 1
	for _, a := range x.Args {
		c, is := a.(*plan.Call)
		if !is || len(c.Args) != 2 {
			return 0, 0, false
		}
		l, h, ok := e.side(c)
		if !ok {
			return 0, 0, false
		}
		lo, hi = max(lo, l), min(hi, h)
	}
	return lo, hi, true
}
