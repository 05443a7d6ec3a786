package op

import (
	"context"
	"math"

	"tagd/planner/plan"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// newCodeAgg counts codes where the forms still allow it, and runs the fallback
// plan otherwise.
func (q *Query) newCodeAgg(n *plan.CodeAgg) (Cursor, error) {
	if !q.NoBitmaps {
		c, err := q.tryCodeAgg(n)
		if c != nil || err != nil {
			return c, err
		}
	}
	q.note(n, "Fallback")
	return q.open(n.Fallback)
}

// maxCells bounds the cells of a crosstab, and cellBudget the bytes of all its
// arrays over all workers.
const (
	maxCells   = 1 << 24
	cellBudget = 256 << 20
)

// codeAgg is a crosstab over codes: one cell per combination of the dimensions'
// codes, one set of arrays per worker, folded into groups at the end.
type codeAgg struct {
	q       *Query
	n       *plan.CodeAgg
	src     *source
	dims    []codeDim
	keys    []codeKey
	calls   []codeCall
	feeds   []feed
	cells   int
	product float64 // of the keys' codes
	blocks  bool    // cells are filled block by block
	mem     held
	out     *listCursor
}

// codeCall is an aggregate and the feed that it is made of, -1: the cell's rows.
type codeCall struct {
	intCall
	feed int
}

// feed is what is collected by cell: the rows of a row set, or a column's values
// in them.
type feed struct {
	col    int         // -1: rows are counted
	rows   *table.Rows // nil: all of the scan's
	bounds bool        // minimum and maximum are wanted
	ranks  bool        // values at given places of the order are wanted
	lo     int64       // ranks: least value
	shift  uint        // ranks: values are first told apart by the bits from here
}

func (q *Query) tryCodeAgg(n *plan.CodeAgg) (Cursor, error) {
	if n.Scan.Where != nil && n.Scan.Set == nil {
		return nil, nil
	}
	c, err := q.prepareCodes(n)
	if err != nil {
		return nil, err
	}
	if len(n.Agg.Sets) > 1 && (c == nil || c.cells > fewCells) {
		if s, err := q.codeSets(n, c); s != nil || err != nil {
			q.note(n, "Counted from codes, set by set")
			return s, err
		}
	}
	if c == nil {
		return nil, nil
	}
	q.note(n, "Counted from codes")
	return c, nil
}

// prepareCodes makes the aggregation over all grouping sets at once; nil if the
// forms do not allow it or the cells are too many.
func (q *Query) prepareCodes(n *plan.CodeAgg) (*codeAgg, error) {
	src, err := q.source(n.Scan)
	if err != nil {
		return nil, err
	}
	c := &codeAgg{q: q, n: n, src: src, cells: 1, product: 1, mem: held{acc: q.Mem}}
	if !c.addKeys(n.Keys) {
		return nil, nil
	}
	for d, m := len(c.dims)-1, 1; d >= 0; d-- {
		c.dims[d].mult = m
		m *= c.dims[d].size
	}
	calls, ok, err := q.intCalls(src, n.Agg.Aggs)
	if err != nil || !ok {
		return nil, err
	}
	if !c.addCalls(calls) || !c.fits() {
		return nil, nil
	}
	return c, nil
}

// addCalls makes the feeds; calls over the same column and rows share one.
func (c *codeAgg) addCalls(calls []intCall) bool {
	for _, call := range calls {
		f := -1
		if call.kind != intCount || call.rows != nil {
			f = c.feedOf(call.col, call.rows)
		}
		c.calls = append(c.calls, codeCall{call, f})
		if f < 0 || call.col < 0 {
			continue
		}
		c.blocks = true
		fd := &c.feeds[f]
		lo, hi, _ := c.src.t.Range(call.col)
		switch call.kind {
		case intMin, intMax:
			fd.bounds = true
		case intPercentile:
			if c.cells > maxRankCells || uint64(hi)-uint64(lo) >= 1<<62 {
				return false
			}
			fd.ranks, fd.lo = true, lo
			for (uint64(hi)-uint64(lo))>>fd.shift >= uint64(c.rankBuckets()) {
				fd.shift++
			}
		default:
			// A cell's sum must fit an int64 whatever the rows are.
			bound := math.Max(math.Abs(float64(lo)), math.Abs(float64(hi)))
			if bound*float64(c.src.t.Rows()+1) > 1<<62 {
				return false
			}
		}
	}
	return true
}

func (c *codeAgg) feedOf(col int, rows *table.Rows) int {
	for i, f := range c.feeds {
		if f.col == col && f.rows == rows {
			return i
		}
	}
	c.feeds = append(c.feeds, feed{col: col, rows: rows})
	return len(c.feeds) - 1
}

// fits checks forms that cannot be mixed and the memory of the arrays.
func (c *codeAgg) fits() bool {
	sets, ints := 0, 0
	for _, d := range c.dims {
		switch d.form {
		case table.FormSet:
			sets++
		case table.FormInt:
			ints++
		}
	}
	if sets > 1 || sets > 0 && (ints > 0 || c.blocks) {
		return false
	}
	c.blocks = c.blocks || ints > 0
	return c.partBytes()*int64(c.src.workers()) <= cellBudget
}

// partBytes is the memory of one worker's arrays.
func (c *codeAgg) partBytes() int64 {
	per := int64(8)
	for _, f := range c.feeds {
		switch {
		case f.col < 0:
			per += 8
		default:
			per += 32
		}
		if f.ranks {
			per += 4 * int64(c.rankBuckets())
		}
	}
	return per * int64(c.cells)
}

// cellPart is one worker's arrays.
type cellPart struct {
	base  []int64 // rows by cell
	feeds []feedPart
}

// feedPart is one feed by cell: count alone for rows.
type feedPart struct {
	count []int64
	sums  []cellSum
	ranks []uint32 // ranks: by cell, then bucket
}

// cellSum is a cell's values. min is above max as long as there are none.
type cellSum struct {
	count, sum, min, max int64
}

func (c *codeAgg) newPart() *cellPart {
	p := &cellPart{base: make([]int64, c.cells), feeds: make([]feedPart, len(c.feeds))}
	for i, f := range c.feeds {
		if f.col < 0 {
			p.feeds[i].count = make([]int64, c.cells)
			continue
		}
		p.feeds[i].sums = make([]cellSum, c.cells)
		for x := range p.feeds[i].sums {
			s := &p.feeds[i].sums[x]
			s.min, s.max = math.MaxInt64, math.MinInt64
		}
		if f.ranks {
			p.feeds[i].ranks = make([]uint32, c.cells*c.rankBuckets())
		}
	}
	return p
}

func (c *codeAgg) Next(ctx context.Context) (*vec.Batch, error) {
	if c.out == nil {
		part, err := c.run(ctx)
		if err != nil {
			return nil, err
		}
		c.out = &listCursor{}
		sets := make([]*foldGroups, len(c.n.Agg.Sets))
		for i, set := range c.n.Agg.Sets {
			sets[i] = c.fold(part, set)
		}
		if err := c.findRanks(ctx, part, sets); err != nil {
			return nil, err
		}
		for _, f := range sets {
			b, err := c.rows(f)
			if err != nil {
				return nil, err
			}
			c.out.batches = append(c.out.batches, cut(b)...)
		}
	}
	return c.out.Next(ctx)
}

func (c *codeAgg) Close() {
	c.out = &listCursor{}
	c.mem.free()
}

func (c *codeAgg) run(ctx context.Context) (*cellPart, error) {
	parts := make([]*cellPart, c.src.workers())
	if err := c.mem.set(c.partBytes() * int64(len(parts))); err != nil {
		return nil, err
	}
	for i := range parts {
		parts[i] = c.newPart()
	}
	err := c.src.each(ctx, func(ctx context.Context, w, i int, set *bitmap.Set) error {
		return c.segment(ctx, i, set, parts[w])
	})
	if err != nil {
		return nil, err
	}
	for _, p := range parts[1:] {
		parts[0].merge(p)
	}
	return parts[0], nil
}

// segment adds one segment to p.
func (c *codeAgg) segment(ctx context.Context, i int, set *bitmap.Set, p *cellPart) error {
	seg, err := c.src.t.Segment(i)
	if err != nil {
		return err
	}
	defer seg.Close()
	if err := c.src.note(ctx, seg); err != nil {
		return err
	}
	base, subs, err := c.rowSets(ctx, seg, set)
	if err != nil {
		return err
	}
	if c.blocks {
		return c.byBlock(ctx, seg, base, subs, p)
	}
	cols := make([]int, len(c.dims))
	for d := range c.dims {
		cols[d] = c.dims[d].col
	}
	if err := seg.CountCodes(ctx, cols, base, p.base); err != nil {
		return err
	}
	for j, f := range c.feeds {
		if f.rows == nil {
			continue
		}
		if err := seg.CountCodes(ctx, cols, subs[j], p.feeds[j].count); err != nil {
			return err
		}
	}
	return nil
}

// rowSets evaluates the rows of the scan and of each feed.
func (c *codeAgg) rowSets(ctx context.Context, seg table.Segment, set *bitmap.Set) (base *bitmap.Set, subs []*bitmap.Set, err error) {
	if base, err = c.rowsOf(ctx, seg, nil, set); err != nil {
		return nil, nil, err
	}
	subs = make([]*bitmap.Set, len(c.feeds))
	for j, f := range c.feeds {
		if f.rows == nil {
			subs[j] = base
			continue
		}
		if subs[j], err = c.rowsOf(ctx, seg, f.rows, &bitmap.Set{}); err != nil {
			return nil, nil, err
		}
	}
	return base, subs, nil
}

// rowsOf evaluates the scan's rows and extra; nil where that is all live rows
// and the store counts codes (blocks want the set itself).
func (c *codeAgg) rowsOf(ctx context.Context, seg table.Segment, extra *table.Rows, set *bitmap.Set) (*bitmap.Set, error) {
	rows := c.src.rows
	if rows == nil {
		rows = allRows
	}
	if extra != nil {
		rows = and(rows, extra)
	}
	if rows.Op == table.OpAll && !c.blocks {
		return nil, nil
	}
	return set, seg.Eval(ctx, rows, set)
}

// merge adds the arrays of o.
func (p *cellPart) merge(o *cellPart) {
	addTo(p.base, o.base)
	for i := range p.feeds {
		a, b := &p.feeds[i], &o.feeds[i]
		addTo(a.count, b.count)
		addTo(a.ranks, b.ranks)
		for x := range a.sums {
			s, t := &a.sums[x], &b.sums[x]
			s.count, s.sum = s.count+t.count, s.sum+t.sum
			s.min, s.max = min(s.min, t.min), max(s.max, t.max)
		}
	}
}

func addTo[T int64 | uint32](dst, src []T) {
	for i, x := range src {
		dst[i] += x
	}
}
