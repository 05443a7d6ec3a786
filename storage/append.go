package storage

import (
	"context"
	"runtime"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/kv"
	"tagd/storage/page"
	"tagd/storage/segment"
	"tagd/storage/table"
)

// appender collects the rows that a Write appends to a table, a segment at a
// time. A full segment is encoded by other goroutines while the next one fills.
type appender struct {
	w     *write
	d     *draft
	seg   int // the segment being filled
	start int // rows that it had before
	n     int // rows in cols
	cols  []*colBuf
	inUse []*colBuf // buffers of the segment being encoded
	spare []*colBuf // buffers that are free
	hash  []uint64

	busy   sync.WaitGroup
	built  []builtCol // results of the segment being encoded
	bseg   int
	bstart int // rows that it had before
	bn     int
	bad    error
	badMu  sync.Mutex
}

type builtCol struct {
	form  table.Form
	stats segment.Stats
	kinds []page.Kind
	bytes int64
}

// Append implements table.Write.
func (w *write) Append(ctx context.Context, name string, b *vec.Batch) error {
	d, err := w.table(name)
	if err != nil {
		return err
	}
	if len(b.Cols) != len(d.t.def.Columns) {
		return sqlerr.New(pgerrcode.InternalError, "append to %q: batch has %d columns, the table %d", name, len(b.Cols), len(d.t.def.Columns))
	}
	if d.app == nil {
		d.app = &appender{w: w, d: d, seg: -1, bseg: -1}
		for _, ix := range d.t.indexes() {
			d.keys = append(d.keys, &draftIndex{u: ix.u})
		}
	}
	return w.fail(d.app.append(ctx, b))
}

func (a *appender) append(ctx context.Context, b *vec.Batch) error {
	for lo := 0; lo < b.N; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if a.seg < 0 {
			if err := a.open(); err != nil {
				return err
			}
		}
		hi := min(b.N, lo+bitmap.SegmentRows-a.start-a.n)
		if err := a.keys(b, lo, hi); err != nil {
			return err
		}
		long := false
		for i, c := range a.cols {
			if err := c.appendVec(b.Cols[i], lo, hi); err != nil {
				return err
			}
			long = long || len(c.text) > maxText
		}
		a.n += hi - lo
		a.d.appended += int64(hi - lo)
		lo = hi
		if a.start+a.n == bitmap.SegmentRows || long {
			if err := a.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// open chooses the segment to fill: the last one if it has room and few rows.
func (a *appender) open() error {
	t := a.d.t
	a.seg, a.start, a.n = len(t.segs), 0, 0
	if k := len(t.segs) - 1; k >= 0 && t.segs[k].N < tailFull && !a.d.rewrit[k] {
		a.seg, a.start = k, int(t.segs[k].N)
	} else {
		if int64(len(t.segs)+1)*bitmap.SegmentRows > maxOrdinals {
			return sqlerr.New(pgerrcode.ProgramLimitExceeded, "table \"%s\" is full: %d rows were ever put into it", t.def.Name, maxOrdinals)
		}
		t.segs = append(t.segs, &segState{})
		a.d.own[a.seg] = true
	}
	a.d.ranges = append(a.d.ranges, appendRange{firstOrdinal(a.seg, uint32(a.start)), a.d.appended})
	bufs := a.spare
	a.spare = nil
	if bufs == nil {
		bufs = make([]*colBuf, len(t.def.Columns))
	}
	for i := range bufs {
		form := t.form(i)
		if bufs[i] != nil && bufs[i].form == form {
			bufs[i].reset()
			continue
		}
		var dc *dict
		if v := t.dict(i); v != nil {
			dc = v.d
		}
		bufs[i] = newColBuf(t.def.Columns[i].Type, form, dc)
	}
	a.cols = bufs
	return nil
}

// keys takes note of the keys of rows that are about to be appended: while they
// ascend above all others the column is its own index.
func (a *appender) keys(b *vec.Batch, lo, hi int) error {
	d := a.d
	if len(d.t.def.Uniques) > 0 {
		if err := a.w.uniqueEntries(d, b, lo, hi, firstOrdinal(a.seg, uint32(a.start+a.n))); err != nil {
			return err
		}
	}
	k := d.t.def.Key
	if k < 0 {
		return nil
	}
	s := d.seg(a.seg)
	v := b.Cols[k]
	col := &d.t.def.Columns[k]
	for i := lo; v.HasNulls() && i < hi; i++ {
		if v.IsNull(i) {
			return noKey(d.t.def, k)
		}
	}
	a.hash = keyHashes(a.hash[:0], v, lo, hi)
	first := uint32(a.start + a.n)
	ints := col.Type.Phys() == types.PhysInt
	for j, h := range a.hash {
		key, off := int64(h), first+uint32(j)
		if ints && (!d.hasKey || key > d.maxKey) {
			d.hasKey, d.maxKey = true, key
			if s.Asc == off {
				if off == 0 {
					s.AscMin = key
				}
				s.Asc, s.AscMax = off+1, key
				continue
			}
		}
		d.keys[0].entries = append(d.keys[0].entries, entry{h, firstOrdinal(a.seg, off)})
	}
	return nil
}

// flush writes the collected rows as base pages, in the background: the pages of
// a segment that had rows before are made anew.
func (a *appender) flush() error {
	if err := a.wait(); err != nil || a.n == 0 {
		return err
	}
	d := a.d
	mixed, err := a.mixed()
	if err != nil {
		return err
	}
	s := d.seg(a.seg)
	old := *s // as merge must see it
	oldSegs := d.t.segs
	rows := uint32(a.start + a.n)
	a.bseg, a.bstart, a.bn = a.seg, a.start, int(rows)
	a.built = make([]builtCol, len(a.cols))
	a.inUse = a.cols
	view := d.t.clone() // the encoders read it while the draft goes on
	if a.start > 0 {
		view.segs = append(append(view.segs[:0:0], oldSegs[:a.seg]...), &old)
	}
	sem := make(chan struct{}, runtime.GOMAXPROCS(0))
	a.busy.Add(len(a.cols))
	for i, c := range a.cols {
		go func() {
			defer a.busy.Done()
			sem <- struct{}{}
			defer func() { <-sem }()
			if err := safely(func() error { return a.encode(view, i, c, mixed) }); err != nil {
				a.badMu.Lock()
				a.bad = err
				a.badMu.Unlock()
			}
		}()
	}
	if mixed {
		a.busy.Wait() // they read the draft
	}
	s.N, s.Live = rows, s.Live+uint32(a.n)
	for i, c := range a.cols {
		if c.form == table.FormPlain && d.t.form(i) != table.FormPlain {
			d.t.plain[d.t.def.Columns[i].ID] = true
		}
	}
	d.rewrit[a.seg] = true
	a.seg, a.cols, a.n = -1, nil, 0
	return nil
}

// mixed reports whether the Write has changed older rows of the segment, too;
// the old rows are then read as the Write sees them.
func (a *appender) mixed() (bool, error) {
	if a.start == 0 || a.d.patches[a.seg] == nil {
		return false, nil
	}
	return true, a.w.register(a.d)
}

// encode makes the pages of column i; view is the table before the rows.
func (a *appender) encode(view *tableState, i int, c *colBuf, mixed bool) error {
	if a.w.out.err() != nil {
		return nil // the disk is full: wait will say so
	}
	src := c
	if a.bstart > 0 { // not the record's count: flush has raised it by now
		r := &reader{db: a.w.db, out: a.w.out}
		if mixed {
			r = a.w.r
		}
		old, err := r.merge(view, a.bseg, i)
		if err != nil {
			return err
		}
		src = newColBuf(c.t, old.form, c.dict)
		src.ro = true
		if err := src.appendBuf(old, 0, old.n); err != nil {
			return err
		}
		if err := src.appendBuf(c, 0, c.n); err != nil {
			return err
		}
	}
	res, err := a.w.buildPages(view.def, a.bseg, i, src)
	a.built[i] = res
	return err
}

// buildPages encodes a column of a segment and puts its pages out.
func (w *write) buildPages(def *types.Table, seg, col int, c *colBuf) (builtCol, error) {
	pages, stats, err := segment.Build(*c.input(col == def.Key))
	if err != nil {
		return builtCol{}, err
	}
	res := builtCol{form: c.form, stats: stats}
	for k, p := range pages {
		if len(p) > 0 {
			res.kinds = append(res.kinds, page.Kind(k))
			res.bytes += int64(len(p))
			w.out.put(kv.Pages, pageKey(def.ID, uint32(seg), def.Columns[col].ID, page.Kind(k), w.ver), p)
		}
	}
	return res, nil
}

// setBase enters new base pages of n rows into a segment's record.
func (w *write) setBase(s *segState, id uint32, n int, b *builtCol) {
	c := s.colMut(id)
	*c = colState{ID: id, Ver: w.ver, N: uint32(n), Form: b.form, Kinds: b.kinds, Bytes: b.bytes}
	if b.form == table.FormInt && b.stats.Nulls < b.stats.N {
		c.Has, c.Min, c.Max = true, b.stats.Min, b.stats.Max
	}
}

// wait waits for the segment being encoded and enters its pages.
func (a *appender) wait() error {
	a.busy.Wait()
	if err := a.w.out.err(); err != nil {
		return err
	}
	if a.bad != nil {
		return a.bad
	}
	if a.bseg < 0 {
		return nil
	}
	s := a.d.seg(a.bseg)
	for i := range a.built {
		a.w.setBase(s, a.d.t.def.Columns[i].ID, a.bn, &a.built[i])
	}
	if err := a.w.foldBorn(a.d, a.bseg, span{uint32(a.bstart), uint32(a.bn)}); err != nil {
		return err
	}
	a.d.dropPatches(a.bseg)
	a.bseg, a.built = -1, nil
	a.spare, a.inUse = a.inUse, nil
	return nil
}

// stop waits for the goroutines of a Write that is given up.
func (a *appender) stop() { a.busy.Wait() }

// finish writes what is left: few rows as a patch, many as base pages.
func (a *appender) finish() error {
	if err := a.wait(); err != nil || a.n == 0 {
		return err
	}
	t := a.d.t
	if a.n > patchRows || a.n*len(a.cols) > 1<<20 {
		if err := a.flush(); err != nil {
			return err
		}
		return a.wait()
	}
	s := a.d.seg(a.seg)
	p := a.d.patch(a.seg)
	p.first, p.rows = uint32(a.start), uint32(a.n)
	for i, c := range a.cols {
		id := t.def.Columns[i].ID
		if c.form == table.FormPlain && t.form(i) != table.FormPlain {
			t.plain[id] = true
		}
		p.cols = append(p.cols, patchCol{id: id, buf: c})
		cs := s.colMut(id)
		cs.Last = a.w.ver
		cs.widen(c.bounds())
	}
	s.N, s.Live = s.N+uint32(a.n), s.Live+uint32(a.n)
	a.seg, a.cols, a.n = -1, nil, 0
	return nil
}

// bounds are those of the non-null values of a FormInt buffer.
func (c *colBuf) bounds() (has bool, lo, hi int64) {
	if c.form != table.FormInt {
		return false, 0, 0
	}
	for i, v := range c.ints {
		if c.isNull(i) {
			continue
		}
		if !has {
			has, lo, hi = true, v, v
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	return has, lo, hi
}
