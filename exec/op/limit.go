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
	// ties are the columns that decide which rows after the last one pass; last is
	// that row once it has come.
	ties []int
	last *vec.Batch
}

func newLimit(q *Query, in Cursor, n *plan.Limit) (Cursor, error) {
	l := &limit{in: in, left: -1, ties: n.Ties}
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
		if l.left == 0 && l.ties != nil && hi > lo {
			l.last = gather(b, []int32{int32(hi - 1)})
			for hi < b.N && l.tied(b, hi) {
				hi++
			}
			if hi < b.N {
				l.last = nil
			}
		}
		return slice(b, lo, hi), nil
	}
	if l.last != nil {
		return l.nextTies(ctx)
	}
	l.in.Close()
	return nil, nil
}

// nextTies passes the rows of further batches that are equal to the last one.
func (l *limit) nextTies(ctx context.Context) (*vec.Batch, error) {
	b, err := l.in.Next(ctx)
	if b == nil || err != nil {
		l.last = nil
		return nil, err
	}
	hi := 0
	for hi < b.N && l.tied(b, hi) {
		hi++
	}
	if hi < b.N {
		l.last = nil
	}
	if hi == 0 {
		l.in.Close()
		return nil, nil
	}
	return slice(b, 0, hi), nil
}

// tied reports whether a row is equal to the last one by the order.
func (l *limit) tied(b *vec.Batch, row int) bool {
	for _, c := range l.ties {
		v, w := b.Cols[c], l.last.Cols[c]
		if v.IsNull(row) != w.IsNull(0) || !v.IsNull(row) && vec.CompareAt(v, row, w, 0) != 0 {
			return false
		}
	}
	return true
}

func (l *limit) Close() { l.in.Close() }
