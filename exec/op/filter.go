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
	fail error // of the row after those that were returned last
}

func (f *filter) Next(ctx context.Context) (*vec.Batch, error) {
	for {
		if f.fail != nil {
			return nil, f.fail
		}
		b, err := f.in.Next(ctx)
		if b == nil || err != nil {
			return nil, err
		}
		idx, err := kernel.Select(f.q.Fn, f.cond, b, nil)
		if err != nil {
			if b, idx, err = f.before(ctx, b, err); err != nil {
				return nil, err
			}
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

// before returns the rows of b before the one that fails, if it can be told, and
// which of them pass.
func (f *filter) before(ctx context.Context, b *vec.Batch, err error) (*vec.Batch, []int32, error) {
	if volatile(f.cond) {
		return nil, nil, err
	}
	n, err := untilError(ctx, b, err, func(b *vec.Batch) error {
		_, err := kernel.Select(f.q.Fn, f.cond, b, nil)
		return err
	})
	if n == 0 {
		return nil, nil, err
	}
	f.fail = err
	b = slice(b, 0, n)
	idx, err := kernel.Select(f.q.Fn, f.cond, b, nil)
	return b, idx, err
}

func (f *filter) Close() { f.in.Close() }
