package op

import (
	"context"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/vec"
)

// filter keeps the rows for which a condition is true.
type filter struct {
	q    *Query
	in   Cursor
	cond plan.Expr
}

func (f *filter) Next(ctx context.Context) (*vec.Batch, error) {
	for {
		b, err := f.in.Next(ctx)
		if b == nil || err != nil {
			return nil, err
		}
		idx, err := kernel.Select(f.q.Fn, f.cond, b, nil)
		if err != nil {
			return nil, err
		}
		switch len(idx) {
		case 0:
			if ctx.Err() != nil {
				return nil, ctxErr(ctx)
			}
		case b.N:
			return b, nil
		default:
			return gather(b, idx), nil
		}
	}
}

func (f *filter) Close() { f.in.Close() }
