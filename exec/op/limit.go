package op

import (
	"context"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// limit skips and cuts; it closes its input as soon as it has enough.
type limit struct {
	in         Cursor
	skip, left int64 // left -1: no limit
}

func newLimit(q *Query, in Cursor, n *plan.Limit) (Cursor, error) {
	l := &limit{in: in, left: -1}
	// nodeLimit.c, recompute_limits: NULL means no limit and no offset.
	if n.Offset != nil {
		d, err := kernel.EvalDatum(q.Fn, n.Offset)
		if err != nil {
			return nil, err
		}
		if !d.Null {
			if d.I < 0 {
				return nil, sqlerr.New(pgerrcode.InvalidRowCountInResultOffsetClause, "OFFSET must not be negative")
			}
			l.skip = d.I
		}
	}
	if n.Count != nil {
		d, err := kernel.EvalDatum(q.Fn, n.Count)
		if err != nil {
			return nil, err
		}
		if !d.Null {
			if d.I < 0 {
				return nil, sqlerr.New(pgerrcode.InvalidRowCountInLimitClause, "LIMIT must not be negative")
			}
			l.left = d.I
		}
	}
	return l, nil
}

func (l *limit) Next(ctx context.Context) (*vec.Batch, error) {
	for l.left != 0 {
		b, err := l.in.Next(ctx)
		if b == nil || err != nil {
			return nil, err
		}
		if l.skip >= int64(b.N) {
			l.skip -= int64(b.N)
			continue
		}
		lo, hi := int(l.skip), b.N
		l.skip = 0
		if l.left >= 0 && int64(hi-lo) > l.left {
			hi = lo + int(l.left)
		}
		if l.left > 0 {
			l.left -= int64(hi - lo)
		}
		return slice(b, lo, hi), nil
	}
	l.in.Close()
	return nil, nil
}

func (l *limit) Close() { l.in.Close() }
