package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// newDirectAgg opens an aggregation without keys right over a scan as counts of
// row sets and sums of value slices; nil when the plan or the forms do not fit.
func (q *Query) newDirectAgg(n *plan.Agg) (Cursor, error) {
	s, ok := n.Input.(*plan.Scan)
	if !ok || len(n.Keys) > 0 || len(n.Sets) != 1 || len(n.Sets[0]) > 0 || s.Where != nil && s.Set == nil {
		return nil, nil
	}
	src, err := q.source(s)
	if err != nil {
		return nil, err
	}
	calls, ok, err := q.intCalls(src, n.Aggs)
	if err != nil || !ok {
		return nil, err
	}
	for _, c := range calls {
		if c.kind == intPercentile { // a crosstab of one cell
			c, err := q.tryCodeAgg(&plan.CodeAgg{Scan: s, Agg: n, Fallback: n})
			if c != nil {
				q.note(n, "Counted from codes")
			}
			return c, err
		}
	}
	q.note(n, "Counted from pages")
	return &directAgg{q: q, n: n, src: src, calls: calls}, nil
}

type directAgg struct {
	q     *Query
	n     *plan.Agg
	src   *source
	calls []intCall
	done  bool
}

func (d *directAgg) Next(ctx context.Context) (*vec.Batch, error) {
	if d.done {
		return nil, nil
	}
	d.done = true
	parts := make([][]table.IntSum, d.src.workers())
	for i := range parts {
		parts[i] = make([]table.IntSum, len(d.calls))
	}
	d.src.begin()
	err := parallel(ctx, len(parts), func(ctx context.Context, w int) error {
		for i := w; i < d.src.t.Segments(); i += len(parts) {
			if ctx.Err() != nil {
				return ctxErr(ctx)
			}
			if err := d.segment(ctx, i, parts[w]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, p := range parts[1:] {
		for i := range p {
			addSums(&parts[0][i], p[i])
		}
	}
	out := &vec.Batch{N: 1}
	for i, c := range d.calls {
		v, err := c.value(parts[0][i])
		if err != nil {
			return nil, err
		}
		out.Cols = append(out.Cols, vec.NewConst(c.ret, v, 1))
	}
	out.Cols = append(out.Cols, groupingCols(d.n, nil, 1)...)
	return out, nil
}

// segment adds segment i to sums. Row sets are built only for sums; counts come
// without one.
func (d *directAgg) segment(ctx context.Context, i int, sums []table.IntSum) error {
	seg, err := d.src.t.Segment(i)
	if err != nil {
		return err
	}
	defer seg.Close()
	if err := d.src.note(ctx, seg); err != nil {
		return err
	}
	base := d.src.rows
	if base == nil {
		base = allRows
	}
	var baseSet *bitmap.Set // of base, built when first needed
	counted := map[*table.Rows]int64{}
	for j, c := range d.calls {
		rows := base
		if c.rows != nil {
			rows = and(base, c.rows)
		}
		if c.kind == intCount {
			key := c.rows
			n, ok := counted[key]
			if !ok {
				if n, err = seg.Count(ctx, rows); err != nil {
					return err
				}
				counted[key] = n
			}
			sums[j].Count += n
			continue
		}
		var set *bitmap.Set
		switch {
		case c.rows == nil && base.Op == table.OpAll: // nil set: all live rows
		case c.rows == nil && baseSet != nil:
			set = baseSet
		default:
			set = &bitmap.Set{}
			if err := seg.Eval(ctx, rows, set); err != nil {
				return err
			}
			if c.rows == nil {
				baseSet = set
			}
		}
		part, err := seg.Sum(ctx, c.col, set)
		if err != nil {
			return err
		}
		addSums(&sums[j], part)
	}
	return nil
}

func (d *directAgg) Close() { d.done = true }
