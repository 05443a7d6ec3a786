package storage

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/kv"
	"tagd/storage/page"
	"tagd/storage/segment"
	"tagd/storage/table"
)

// updateBytes is how much of buffered updates a Write holds before it turns the
// large ones into pages.
const updateBytes = 128 << 20

// bySegment calls fn for each run of ordinals in one segment; ords[lo:hi] are in
// segment seg.
func (d *draft) bySegment(ords []int64, fn func(seg, lo, hi int) error) error {
	for lo := 0; lo < len(ords); {
		seg := int(ords[lo] / bitmap.SegmentRows)
		hi := lo
		for ; hi < len(ords) && int(ords[hi]/bitmap.SegmentRows) == seg; hi++ {
			if hi > 0 && ords[hi] <= ords[hi-1] {
				return sqlerr.New(pgerrcode.InternalError, "row ordinals do not ascend")
			}
		}
		if ords[lo] < 0 || d.base == nil || seg >= len(d.base.segs) || ords[hi-1]%bitmap.SegmentRows >= int64(d.base.segs[seg].N) {
			return sqlerr.New(pgerrcode.InternalError, "table \"%s\" has no row %d", d.t.def.Name, ords[hi-1])
		}
		if err := fn(seg, lo, hi); err != nil {
			return err
		}
		lo = hi
	}
	return nil
}

// Update implements table.Write.
func (w *write) Update(ctx context.Context, name string, ords []int64, cols []int, b *vec.Batch) error {
	d, err := w.table(name)
	if err != nil {
		return err
	}
	for _, ix := range d.t.indexes() {
		for _, c := range ix.cols {
			if slices.Contains(cols, c) {
				return sqlerr.New(pgerrcode.InternalError, "update of %q: a key is changed in place", name)
			}
		}
	}
	if b.N != len(ords) || len(b.Cols) != len(cols) {
		return sqlerr.New(pgerrcode.InternalError, "update of %q: shape of the batch", name)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err = d.bySegment(ords, func(seg, lo, hi int) error {
		for j, col := range cols {
			if err := d.update(seg, col, ords[lo:hi], b.Cols[j], lo, hi); err != nil {
				return err
			}
			d.bytes += int64(hi-lo) * 16
		}
		return nil
	})
	if err == nil && d.bytes > updateBytes {
		d.bytes = 0
		err = w.foldLarge(ctx, d)
	}
	return w.fail(err)
}

// update buffers the new values of one column of one segment.
func (d *draft) update(seg, col int, ords []int64, v *vec.Vector, lo, hi int) error {
	def := &d.t.def.Columns[col]
	p := d.patch(seg)
	first := uint32(ords[0] % bitmap.SegmentRows)
	var pc *patchCol
	for i := len(p.cols) - 1; i >= 0; i-- {
		if c := &p.cols[i]; c.id == def.ID && c.offs != nil {
			if c.offs[len(c.offs)-1] < first {
				pc = c
			}
			break // an earlier one must not get later values
		}
	}
	if pc == nil {
		var dc *dict
		if dv := d.t.dict(col); dv != nil {
			dc = dv.d
		}
		p.cols = append(p.cols, patchCol{id: def.ID, buf: newColBuf(def.Type, d.t.form(col), dc)})
		pc = &p.cols[len(p.cols)-1]
	}
	for _, o := range ords {
		pc.offs = append(pc.offs, uint32(o%bitmap.SegmentRows))
	}
	if err := pc.buf.appendVec(v, lo, hi); err != nil {
		return err
	}
	if pc.buf.form == table.FormPlain && d.t.form(col) != table.FormPlain {
		d.t.plain[def.ID] = true
	}
	return nil
}

// Delete implements table.Write.
func (w *write) Delete(ctx context.Context, name string, ords []int64) error {
	d, err := w.table(name)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return w.fail(d.bySegment(ords, func(seg, lo, hi int) error {
		p := d.patch(seg)
		for _, o := range ords[lo:hi] {
			p.dels = append(p.dels, uint32(o%bitmap.SegmentRows))
		}
		return nil
	}))
}

// register enters the Write's patches into the records of their segments, as
// they are now. It may be called again after more changes.
func (w *write) register(d *draft) error {
	d.growDicts()
	for seg, p := range d.patches {
		s := d.seg(seg)
		ref := patchRef{Ver: w.ver, Rows: p.rows}
		for i := range p.cols {
			c := &p.cols[i]
			cs := s.colMut(c.id)
			cs.widen(c.buf.bounds())
			cs.Last = w.ver
			if c.offs != nil && !slices.Contains(ref.Cols, c.id) {
				ref.Cols = append(ref.Cols, c.id)
			}
		}
		if p.rows > 0 {
			ref.Upto = d.t.def.NextCol
			ref.Cols = nil
		}
		slices.Sort(p.dels)
		p.dels = slices.Compact(p.dels)
		ref.Dels = uint32(len(p.dels))
		if ref.Dels > 0 {
			s.LastDel = w.ver
		}
		if n := len(s.Patches); n > 0 && s.Patches[n-1].Ver == w.ver {
			s.Patches[n-1] = ref
		} else {
			s.Patches = append(s.Patches, ref)
		}
		if ref.Dels > 0 {
			words, err := w.r.liveWords(d.t, seg)
			if err != nil {
				return err
			}
			s.Live = uint32(bitmap.Count(words))
		}
	}
	return nil
}

// growDicts makes the draft see the codes that it has given out: its own pages
// have them.
func (d *draft) growDicts() {
	for id, v := range d.t.dicts {
		if v.d.len() != v.n {
			d.t.dicts[id] = v.d.view()
		}
	}
}

// foldTask is a column of a segment whose patches go into base pages.
type foldTask struct{ seg, col int }

// foldLarge makes base pages of the updates that touch much of a segment.
func (w *write) foldLarge(ctx context.Context, d *draft) error {
	if d.app != nil {
		if err := d.app.wait(); err != nil {
			return err
		}
	}
	if err := w.register(d); err != nil {
		return err
	}
	var tasks []foldTask
	for seg, p := range d.patches {
		s := d.t.segs[seg]
		all := len(s.Patches) > maxPatches
		for col := range d.t.def.Columns {
			id := d.t.def.Columns[col].ID
			n := 0
			for i := range p.cols {
				if p.cols[i].id == id && p.cols[i].offs != nil {
					n += len(p.cols[i].offs)
				}
			}
			cs := s.col(id)
			if n > 0 && (cs.Ver == w.ver || n > patchRows && n*patchShare > int(s.N)) || all && cs.Last > cs.Ver {
				tasks = append(tasks, foldTask{seg, col})
			}
		}
	}
	return w.fold(ctx, d, tasks)
}

// fold makes base pages of columns, patches applied.
func (w *write) fold(ctx context.Context, d *draft, tasks []foldTask) error {
	if len(tasks) == 0 {
		return nil
	}
	results := make([]builtCol, len(tasks))
	err := parallel(ctx, len(tasks), func(i int) error {
		t := tasks[i]
		if err := w.out.err(); err != nil {
			return err
		}
		buf, err := w.r.merge(d.t, t.seg, t.col)
		if err == nil {
			results[i], err = w.buildPages(d.t.def, t.seg, t.col, buf)
		}
		return place(d.t, t.col, t.seg, err)
	})
	if err != nil {
		return err
	}
	for i, t := range tasks {
		if i == 0 || tasks[i-1].seg != t.seg {
			if err := w.foldBorn(d, t.seg, span{}); err != nil {
				return err
			}
		}
		s := d.seg(t.seg)
		id := d.t.def.Columns[t.col].ID
		w.setBase(s, id, int(s.N), &results[i])
		if p := d.patches[t.seg]; p != nil {
			p.cols = slices.DeleteFunc(p.cols, func(c patchCol) bool { return c.id == id })
		}
	}
	return nil
}

// foldPresent writes a present page of a segment.
func (w *write) foldPresent(d *draft, seg int) error {
	words, err := w.r.liveWords(d.t, seg)
	if err != nil {
		return err
	}
	s := d.seg(seg)
	b := segment.BuildPresent(int(s.N), words)
	w.out.put(kv.Pages, pageKey(d.t.def.ID, uint32(seg), presentCol, page.Present, w.ver), b)
	s.Present, s.PresentB = w.ver, int64(len(b))
	if p := d.patches[seg]; p != nil {
		p.dels = nil
	}
	return nil
}

// empty forgets everything of a segment without a live row but the fact.
func (d *draft) empty(seg int) {
	s := d.seg(seg)
	s.Cols, s.Patches, s.Asc, s.Idx = nil, nil, 0, s.N
	delete(d.patches, seg)
}

// parallel calls fn(0..n-1) on as many goroutines as there are processors and
// returns the first error; after one, or the end of ctx, no more are started.
func parallel(ctx context.Context, n int, fn func(i int) error) error {
	var mu sync.Mutex
	var first error
	next := 0
	take := func() int {
		mu.Lock()
		defer mu.Unlock()
		if err := ctx.Err(); err != nil && first == nil {
			first = err
		}
		if first != nil || next == n {
			return -1
		}
		next++
		return next - 1
	}
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := take(); i >= 0; i = take() {
				if err := safely(func() error { return fn(i) }); err != nil {
					mu.Lock()
					if first == nil {
						first = err
					}
					mu.Unlock()
				}
			}
		}()
	}
	wg.Wait()
	return first
}
