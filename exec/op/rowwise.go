package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/vec"
)

// PostgreSQL computes one row after the other, and clients see it: the rows before
// one that fails have been sent, a LIMIT that they fill never meets the error, and
// what has effects has them row by row. Batches are computed column by column; what
// stands here makes up for that where it shows.

// untilError narrows down a failure of eval over b: it returns how many rows come
// before the first that fails, and that row's error. eval must have no effects; an
// end of ctx is not the fault of a row.
func untilError(ctx context.Context, b *vec.Batch, err error, eval func(*vec.Batch) error) (int, error) {
	lo, hi := 0, b.N
	for hi-lo > 1 && ctx.Err() == nil {
		mid := lo + (hi-lo)/2
		if e := eval(slice(b, lo, mid)); e != nil {
			hi, err = mid, e
		} else {
			lo = mid
		}
	}
	if ctx.Err() != nil {
		return 0, err
	}
	if e := eval(slice(b, lo, hi)); e != nil {
		err = e
	}
	return lo, err
}

// order is how the rows of a batch must be computed.
type order uint8

const (
	anyOrder order = iota
	// inRows is row by row: expressions draw on the same sequence or random numbers.
	inRows
	// oneByOne is inRows, and the statement may end or wait at each row.
	oneByOne
)

// orderOf finds the order that the effects of expressions ask for.
func orderOf(exprs []plan.Expr) order {
	for _, e := range exprs {
		switch e.(type) {
		case *plan.Const, *plan.Col:
		default:
			return orderOfAll(exprs)
		}
	}
	return anyOrder
}

// orderOfAll is orderOf where expressions may have effects.
func orderOfAll(exprs []plan.Expr) order {
	var d draws
	for _, e := range exprs {
		plan.Walk(e, d.see)
	}
	switch {
	case d.stops:
		return oneByOne
	case d.random > 1, d.sequences > 1 && d.mixed:
		return inRows
	}
	return anyOrder
}

// draws are the volatile calls whose order shows.
type draws struct {
	stops             bool
	random, sequences int
	mixed             bool // two of the sequences may be the same one
	last              int64
}

func (d *draws) see(e plan.Expr) bool {
	c, ok := e.(*plan.Call)
	if !ok || c.F.Volatility != fn.Volatile {
		return true
	}
	switch c.F.Name {
	case "pg_sleep", "pg_cancel_backend", "pg_terminate_backend":
		d.stops = true
	case "random", "setseed":
		d.random++
	case "nextval", "currval", "lastval", "setval":
		var k *plan.Const
		if len(c.Args) > 0 && c.F.Name == "nextval" {
			k, _ = c.Args[0].(*plan.Const)
		}
		// Beyond two sequences a comparison with the last one is not enough.
		d.mixed = d.mixed || k == nil || d.sequences > 1 || d.sequences == 1 && k.V.I == d.last
		if k != nil {
			d.last = k.V.I
		}
		d.sequences++
	}
	return true
}
