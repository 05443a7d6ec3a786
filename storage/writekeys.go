package storage

import (
	"context"
	"slices"
	"sort"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// draftIndex is what a step adds to one index.
type draftIndex struct {
	u       int // as index.u
	entries []entry
}

// unchecked reports whether the draft has appended rows whose keys are yet to be
// compared with all others.
func (d *draft) unchecked() bool {
	return slices.ContainsFunc(d.keys, func(k *draftIndex) bool { return len(k.entries) > 0 })
}

// appendRange is a run of appended rows: from ordinal first on, the row'th and
// following ones that the step has appended.
type appendRange struct {
	first uint32
	row   int64
}

// rowOf is which of the rows that the step has appended has an ordinal.
func (d *draft) rowOf(ord uint32) int64 {
	i := sort.Search(len(d.ranges), func(i int) bool { return d.ranges[i].first > ord }) - 1
	if i < 0 {
		return -1
	}
	return d.ranges[i].row + int64(ord-d.ranges[i].first)
}

// Appended implements table.Write.
func (w *write) Appended(name string, ords []int64) error {
	d, err := w.table(name)
	if err != nil {
		return err
	}
	row := d.appended - int64(len(ords))
	i := sort.Search(len(d.ranges), func(i int) bool { return d.ranges[i].row > row }) - 1
	if i < 0 {
		return sqlerr.New(pgerrcode.InternalError, "the step has appended %d rows to %q", d.appended, name)
	}
	for k := range ords {
		for i+1 < len(d.ranges) && d.ranges[i+1].row <= row {
			i++
		}
		ords[k] = int64(d.ranges[i].first) + row - d.ranges[i].row
		row++
	}
	return nil
}

// checkKeys finds the first appended row whose key is there already. The rows are
// in pages or in the draft's patches; those whose keys ascend above all others
// need no check.
func (w *write) checkKeys(ctx context.Context, d *draft, k *draftIndex) error {
	if len(k.entries) == 0 {
		return nil
	}
	k.entries = sortEntries(k.entries)
	ix := d.t.index(k.u)
	bad, err := w.r.firstTwice(d.t, ix, k.entries)
	if err != nil {
		return err
	}
	hs := make([]uint64, len(k.entries))
	for i := range hs {
		hs[i] = k.entries[i].h
	}
	if d.base != nil && ix.fresh == d.base.freshOf(ix) {
		// Fresh keys are those of the base; the draft shares them.
		if _, err := w.r.freshEntries(d.base, ix); err != nil {
			return err
		}
	}
	cs, err := w.r.candidates(ctx, d.t, ix, hs)
	if err != nil {
		return err
	}
	if err := w.firstMet(d.t, ix, k.entries, cs, &bad); err != nil {
		return err
	}
	if bad < 0 {
		return nil
	}
	return w.duplicate(d, ix, uint32(bad))
}

// freshOf is the set of fresh keys that the state has for an index, nil if it has
// no such index.
func (t *tableState) freshOf(ix *index) *freshKeyset {
	if ix.u < 0 {
		return t.fresh
	}
	if s := t.uniq[ix.id]; s != nil {
		return s.fresh
	}
	return nil
}

// firstTwice returns the first row whose key an earlier row among sorted entries
// has, too; -1: none.
func (r *reader) firstTwice(t *tableState, ix *index, es []entry) (int64, error) {
	bad := int64(-1)
	var same []candidate // rows whose hash another has
	for i := range es {
		if i > 0 && es[i-1].h == es[i].h {
			if ix.exact && (bad < 0 || int64(es[i].ord) < bad) {
				bad = int64(es[i].ord)
			}
			if len(same) == 0 || same[len(same)-1].i != int32(i-1) {
				same = append(same, candidate{es[i-1].ord, int32(i - 1)})
			}
			same = append(same, candidate{es[i].ord, int32(i)})
		}
	}
	if ix.exact || len(same) == 0 {
		return bad, nil
	}
	seen := map[string]bool{}
	err := r.keysOf(t, ix, same, func(c candidate, vals []*vec.Vector, j int) {
		key, _ := table.AppendKey(nil, vals, j)
		if seen[string(key)] && bad < 0 { // rows come in order
			bad = int64(c.ord)
		}
		seen[string(key)] = true
	})
	return bad, err
}

// firstMet lowers bad to the first row of entries whose key a candidate has.
func (w *write) firstMet(t *tableState, ix *index, es []entry, cs []candidate, bad *int64) error {
	meets := func(i int32) {
		if o := int64(es[i].ord); *bad < 0 || o < *bad {
			*bad = o
		}
	}
	if ix.exact {
		for _, c := range cs {
			meets(c.i)
		}
		return nil
	}
	if len(cs) == 0 {
		return nil
	}
	mine := make([]candidate, len(cs))
	for k, c := range cs {
		mine[k] = candidate{es[c.i].ord, c.i}
	}
	keys := map[int32]string{}
	err := w.r.keysOf(t, ix, mine, func(c candidate, vals []*vec.Vector, j int) {
		key, _ := table.AppendKey(nil, vals, j)
		keys[c.i] = string(key)
	})
	if err != nil {
		return err
	}
	return w.r.keysOf(t, ix, cs, func(c candidate, vals []*vec.Vector, j int) {
		if key, _ := table.AppendKey(nil, vals, j); string(key) == keys[c.i] {
			meets(c.i)
		}
	})
}

// duplicate is the error for the key of a row that the step has appended.
func (w *write) duplicate(d *draft, ix *index, ord uint32) error {
	e := table.Duplicate(d.t.def, ix.u)
	err := w.r.keysOf(d.t, ix, []candidate{{ord, 0}}, func(_ candidate, vals []*vec.Vector, j int) {
		e.Detail = table.DuplicateDetail(w.r.keyNames(d.t, ix), vals, j)
	})
	if err != nil {
		return err
	}
	return e.WithCause(&table.RowError{Table: d.t.def.Path(), Row: d.rowOf(ord)})
}

// indexKeys puts the keys that are not ascending into a run, or keeps them fresh
// if they are few. checkKeys has sorted them.
func (w *write) indexKeys(d *draft, k *draftIndex) error {
	if len(k.entries) == 0 {
		return nil
	}
	ix := d.t.index(k.u)
	fresh, err := w.r.freshEntries(d.t, ix)
	if err != nil {
		return err
	}
	all := mergeEntries(fresh, k.entries)
	w.putEntries(d, ix, all)
	return nil
}

// putEntries makes sorted entries the ones of an index that are not in its runs
// yet: a new run, or fresh ones.
func (w *write) putEntries(d *draft, ix *index, all []entry) {
	if len(all) <= freshKeys {
		ix.fresh = &freshKeyset{ready: true, es: all}
		d.t.setIndex(ix)
		return
	}
	ix.runs = append(slices.Clone(ix.runs), w.newRun(d, all))
	ix.fresh = &freshKeyset{ready: true}
	if ix.u >= 0 {
		ix.idx = make([]uint32, len(d.t.segs))
		for i, s := range d.t.segs {
			ix.idx[i] = s.N
		}
	}
	d.t.setIndex(ix)
	for i := 0; ix.u < 0 && i < len(d.t.segs); i++ {
		if s := d.t.segs[i]; max(s.Asc, s.Idx) < s.N {
			d.seg(i).Idx = s.N
		}
	}
}

// newRun writes sorted entries as a run of the table.
func (w *write) newRun(d *draft, es []entry) *keyRun {
	run := writeRun(d.t.def.ID, w.ver, d.nextRun, es, func(key, value []byte) { w.out.put(spaceOf(false), key, value) })
	d.nextRun += run.Chunks + 1
	return run
}

// buildIndex makes an index over the rows that the table has.
func (w *write) buildIndex(ctx context.Context, d *draft, u int) error {
	ix := d.t.index(u)
	var es []entry
	for i, s := range d.t.segs {
		if s.Live == 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		n := len(es)
		var err error
		if es, err = w.r.segmentEntries(es, d.t, ix, i, 0); err != nil {
			return err
		}
		part, err := w.r.liveEntries(d.t, es[n:])
		if err != nil {
			return err
		}
		es = es[:n+len(part)]
	}
	es = sortEntries(es)
	bad, err := w.r.firstTwice(d.t, ix, es)
	if err != nil {
		return err
	}
	if bad >= 0 {
		return w.notUnique(d, ix, uint32(bad))
	}
	w.putEntries(d, ix, es)
	return nil
}

// notUnique is the error for rows that a new constraint forbids.
func (w *write) notUnique(d *draft, ix *index, ord uint32) error {
	e := sqlerr.New(pgerrcode.UniqueViolation, "could not create unique index \"%s\"", ix.name)
	e.Object, e.Table, e.Constraint = d.t.def.OID, d.t.def.Name, ix.name
	err := w.r.keysOf(d.t, ix, []candidate{{ord, 0}}, func(_ candidate, vals []*vec.Vector, j int) {
		e.Detail = table.KeyText(w.r.keyNames(d.t, ix), vals, j) + " is duplicated."
	})
	if err != nil {
		return err
	}
	return e
}

// mergeEntries merges two sorted lists into a new one; it may return b if a is
// empty.
func mergeEntries(a, b []entry) []entry {
	if len(a) == 0 {
		return b
	}
	out := make([]entry, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if b[0].h < a[0].h || b[0].h == a[0].h && b[0].ord < a[0].ord {
			out, b = append(out, b[0]), b[1:]
		} else {
			out, a = append(out, a[0]), a[1:]
		}
	}
	return append(append(out, a...), b...)
}

// noKey is the error of a NULL in a primary key.
func noKey(def *types.Table, col int) error {
	c := &def.Columns[col]
	e := sqlerr.New(pgerrcode.NotNullViolation, "null value in column \"%s\" of relation \"%s\" violates not-null constraint", c.Name, def.Name)
	e.Object, e.Table, e.Column = def.OID, def.Name, c.Name
	return e
}

// uniqueEntries takes note of the keys that rows [lo, hi) of a batch have in the
// indexes of constraints; the first of them gets ordinal first.
func (w *write) uniqueEntries(d *draft, b *vec.Batch, lo, hi int, first uint32) (err error) {
	cols := make([]*vec.Vector, 0, 4)
	for _, k := range d.keys {
		if k.u < 0 {
			continue
		}
		cols = cols[:0]
		for _, c := range d.t.def.Uniques[k.u].Cols {
			cols = append(cols, b.Cols[c])
		}
		if k.entries, err = w.r.entries(k.entries, d.t, d.t.index(k.u), cols, lo, hi, first); err != nil {
			return err
		}
	}
	return nil
}

// firstOrdinal is the ordinal of an offset.
func firstOrdinal(seg int, off uint32) uint32 { return uint32(seg)*bitmap.SegmentRows + off }
