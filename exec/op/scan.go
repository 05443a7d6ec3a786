package op

import (
	"context"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/exec/stats"
	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// source is a scan made ready: what to read of which rows. It does not change and is
// shared by the workers of a statement.
type source struct {
	q     *Query
	n     *plan.Scan
	t     table.Table
	rows  *table.Rows // nil: all live rows
	where plan.Expr   // left to check row by row; nil: nothing
	need  []int       // table columns that are read for output or where
	count *stats.Scan // of the table, nil: nobody counts, or the rows come by key
	begun atomic.Bool // the scan has been counted
}

// source makes a scan ready that reads all segments.
func (q *Query) source(n *plan.Scan) (*source, error) {
	s, err := q.lookedUp(n)
	if err == nil && q.Host != nil && !byOffsets(s.rows) {
		s.count = q.Host.Counted(n.Table, false)
	}
	return s, err
}

// begin counts the scan, once: it may have been made ready for an operator that
// then could not be used.
func (s *source) begin() {
	if s.count != nil && s.begun.CompareAndSwap(false, true) {
		s.count.Scans.Add(1)
	}
}

// byOffsets reports a row set that is made of rows which an index has found.
func byOffsets(r *table.Rows) bool {
	switch {
	case r == nil:
		return false
	case r.Op == table.OpLeaf:
		return r.Leaf.Kind == table.LeafOffsets
	}
	return r.Op == table.OpAnd && slices.ContainsFunc(r.Args, byOffsets)
}

// read counts n rows as read by the scan.
func (s *source) read(n int) {
	if s.count != nil {
		s.count.Returned.Add(int64(n))
	}
}

// found counts a search for keys in the index of a table's primary key that gave
// rows with the ordinals, -1 for none.
func (q *Query) found(t table.Table, ords []int64) {
	if q.Host == nil {
		return
	}
	n := int64(0)
	for _, o := range ords {
		if o >= 0 {
			n++
		}
	}
	c := q.Host.Counted(t.Def(), true)
	c.Scans.Add(int64(len(ords)))
	c.Returned.Add(n)
	c.Fetched.Add(n)
}

// lookedUp makes a scan ready whose rows are looked up by their ordinals.
func (q *Query) lookedUp(n *plan.Scan) (*source, error) {
	t, ok := q.Snap.Table(n.Table.Path())
	if !ok {
		return nil, sqlerr.New(pgerrcode.UndefinedTable, "relation \"%s\" does not exist", n.Table.Name)
	}
	if n.Table.Kind == types.KindUnfilled {
		return nil, sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, "materialized view \"%s\" has not been populated", n.Table.Name).
			WithHint("Use the REFRESH MATERIALIZED VIEW command.")
	}
	s := &source{q: q, n: n, t: t}
	if n.Set != nil && !q.NoBitmaps {
		r, err := q.rowSet(t, n.Set)
		if err != nil {
			return nil, err
		}
		s.rows = r
		if q.Stats != nil {
			q.note(n, "Row set: "+describe(r, t.Def()))
		}
	} else {
		s.where = n.Where
	}
	for _, c := range n.Cols {
		if c >= 0 {
			s.need = addSorted(s.need, c)
		}
	}
	if s.where != nil {
		for _, c := range exprCols(s.where) {
			s.need = addSorted(s.need, c)
		}
	}
	return s, nil
}

// segment evaluates the row set of segment i. The caller closes the segment.
func (s *source) segment(ctx context.Context, i int, set *bitmap.Set) (table.Segment, error) {
	seg, err := s.t.Segment(i)
	if err != nil {
		return nil, err
	}
	rows := s.rows
	if rows == nil {
		rows = allRows
	}
	if err := seg.Eval(ctx, rows, set); err != nil {
		seg.Close()
		return nil, err
	}
	return seg, nil
}

// note counts the rows of a segment that is answered without making them, for
// the statistics and for EXPLAIN ANALYZE.
func (s *source) note(ctx context.Context, seg table.Segment) error {
	s.read(seg.Live())
	if s.q.Stats == nil {
		return nil
	}
	rows := s.rows
	if rows == nil {
		rows = allRows
	}
	n, err := seg.Count(ctx, rows)
	s.q.countRows(s.n, int(n))
	return err
}

// scan feeds the rows of segment i to emit, in batches of at most MaxBatch.
func (s *source) scan(ctx context.Context, i int, set *bitmap.Set, emit func(*vec.Batch) error) error {
	seg, err := s.segment(ctx, i, set)
	if err != nil {
		return err
	}
	defer seg.Close()
	rows := 0
	for _, n := range set.Card {
		rows += int(n)
	}
	if s.rows != nil {
		s.read(seg.Live())
	}
	offs := make([]uint32, 0, min(rows, vec.MaxBatch))
	for b := range set.Card {
		if set.Card[b] == 0 {
			continue
		}
		lo := b * bitmap.BlockWords
		for w, x := range set.Words[lo : lo+bitmap.BlockWords] {
			for x != 0 {
				offs = append(offs, uint32((lo+w)<<6+bits.TrailingZeros64(x)))
				x &= x - 1
			}
			if len(offs) > vec.MaxBatch-64 {
				if err := s.part(ctx, seg, offs, emit); err != nil {
					return err
				}
				offs = offs[:0]
			}
		}
	}
	if len(offs) > 0 {
		return s.part(ctx, seg, offs, emit)
	}
	return nil
}

// part is batch for a scan in order: without a row set, all rows count as read.
func (s *source) part(ctx context.Context, seg table.Segment, offs []uint32, emit func(*vec.Batch) error) error {
	if s.rows == nil {
		s.read(len(offs))
	}
	return s.batch(ctx, seg, offs, emit)
}

// batch gathers the columns at offs.
func (s *source) batch(ctx context.Context, seg table.Segment, offs []uint32, emit func(*vec.Batch) error) error {
	out, _, err := s.fetch(ctx, seg, offs)
	if out == nil || err != nil {
		return err
	}
	return emit(out)
}

// fetch gathers the scan's columns at offs, where the condition that is left to
// check holds; idx says which of offs those are (nil: all), out nil that none is.
func (s *source) fetch(ctx context.Context, seg table.Segment, offs []uint32) (out *vec.Batch, idx []int32, err error) {
	if ctx.Err() != nil {
		return nil, nil, ctxErr(ctx)
	}
	width := 0
	if len(s.need) > 0 {
		width = s.need[len(s.need)-1] + 1
	}
	raw := &vec.Batch{N: len(offs), Cols: make([]*vec.Vector, width)}
	if s.where != nil {
		if err := s.columns(seg, exprCols(s.where), offs, raw); err != nil {
			return nil, nil, err
		}
		if idx, err = kernel.Select(s.q.Fn, s.where, raw, nil); err != nil || len(idx) == 0 {
			return nil, nil, err
		}
		if len(idx) < len(offs) {
			kept := make([]uint32, len(idx))
			for i, x := range idx {
				kept[i] = offs[x]
			}
			offs = kept
			raw = &vec.Batch{N: len(offs), Cols: make([]*vec.Vector, width)}
		} else {
			idx = nil
		}
	}
	if err := s.columns(seg, s.need, offs, raw); err != nil {
		return nil, nil, err
	}
	out = &vec.Batch{N: len(offs), Cols: make([]*vec.Vector, len(s.n.Cols))}
	for i, c := range s.n.Cols {
		if c >= 0 {
			out.Cols[i] = raw.Cols[c]
			continue
		}
		v := vec.New(types.Of(types.Int8), len(offs))
		base := int64(seg.Index()) * bitmap.SegmentRows
		for j, o := range offs {
			v.I64[j] = base + int64(o)
		}
		out.Cols[i] = v
	}
	return out, idx, nil
}

// columns gathers those that raw does not have yet.
func (s *source) columns(seg table.Segment, cols []int, offs []uint32, raw *vec.Batch) error {
	for _, c := range cols {
		if raw.Cols[c] != nil {
			continue
		}
		v, err := seg.Gather(c, offs)
		if err != nil {
			return err
		}
		raw.Cols[c] = v
	}
	return nil
}

// each runs f for every segment, worker w taking segments w, w+workers, ...: the
// order in which a worker sees rows does not depend on timing.
func (s *source) each(ctx context.Context, f func(ctx context.Context, worker, seg int, set *bitmap.Set) error) error {
	s.begin()
	return parallel(ctx, s.workers(), func(ctx context.Context, w int) error {
		set := &bitmap.Set{}
		for i := w; i < s.t.Segments(); i += s.workers() {
			if ctx.Err() != nil {
				return ctxErr(ctx)
			}
			if err := f(ctx, w, i, set); err != nil {
				return err
			}
		}
		return nil
	})
}

// workers is how many goroutines the scan is worth.
func (s *source) workers() int { return max(1, min(s.q.Workers, s.t.Segments())) }

// parallel runs f for workers 0..n-1 and returns the first error; the others'
// context ends then. One worker runs on the caller's goroutine.
func parallel(ctx context.Context, n int, f func(ctx context.Context, worker int) error) error {
	if n == 1 {
		return f(ctx, 0)
	}
	do := func(ctx context.Context, w int) error { return sqlerr.Safely(func() error { return f(ctx, w) }) }
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var once sync.Once
	var first error
	var wg sync.WaitGroup
	for w := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := do(ctx, w); err != nil {
				once.Do(func() { first = err; cancel() })
			}
		}()
	}
	wg.Wait()
	return first
}

// newScan opens a scan as a cursor. Segments are read ahead by the workers into
// one bounded queue per segment in flight, so that an ordered scan is parallel
// too; one worker, or one segment, still reads ahead by a batch or two.
func (q *Query) newScan(n *plan.Scan) (Cursor, error) {
	s, err := q.source(n)
	if err != nil {
		return nil, err
	}
	if c := s.byOrdinal(); c != nil {
		return c, nil
	}
	return &scanCursor{s: s}, nil
}

// item is a batch, an error, or the end of a segment (both nil).
type item struct {
	b   *vec.Batch
	err error
}

type scanCursor struct {
	s      *source
	queues []chan item // by segment
	seg    int         // the one that is given out
	cancel context.CancelFunc
	wg     sync.WaitGroup
	next   atomic.Int64
	done   bool
}

// queueLen is how many batches a worker may be ahead within a segment.
const queueLen = 4

func (c *scanCursor) start() {
	c.s.begin()
	n := c.s.t.Segments()
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	c.queues = make([]chan item, n)
	for i := range c.queues {
		c.queues[i] = make(chan item, queueLen)
	}
	for range c.s.workers() {
		c.wg.Add(1)
		go func() {
			defer c.wg.Done()
			set := &bitmap.Set{}
			for {
				i := int(c.next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				c.work(ctx, i, set)
			}
		}()
	}
}

// work sends segment i to its queue and ends it.
func (c *scanCursor) work(ctx context.Context, i int, set *bitmap.Set) {
	out := c.queues[i]
	send := func(it item) error {
		select {
		case out <- it:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := sqlerr.Safely(func() error {
		return c.s.scan(ctx, i, set, func(b *vec.Batch) error { return send(item{b: b}) })
	})
	_ = send(item{err: err})
}

func (c *scanCursor) Next(ctx context.Context) (*vec.Batch, error) {
	if c.done {
		return nil, nil
	}
	if ctx.Err() != nil {
		return nil, ctxErr(ctx)
	}
	if c.queues == nil {
		c.start()
	}
	for c.seg < len(c.queues) {
		select {
		case it := <-c.queues[c.seg]:
			if it.err != nil {
				c.Close()
				return nil, it.err
			}
			if it.b != nil {
				return it.b, nil
			}
			c.seg++
		case <-ctx.Done():
			return nil, ctxErr(ctx)
		}
	}
	c.Close()
	return nil, nil
}

// Close stops the workers and waits for them.
func (c *scanCursor) Close() {
	c.done = true
	if c.cancel != nil {
		c.cancel()
		c.wg.Wait()
	}
}
