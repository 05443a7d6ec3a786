package storage

import (
	"context"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/kv"
)

// unchecked reports whether the draft has appended rows whose keys are yet to be
// compared with all others.
func (d *draft) unchecked() bool { return len(d.entries) > 0 }

// checkKeys finds keys that are there already or twice in the Write. The
// appended rows are in pages or in the draft's patches; those whose keys ascend
// above all others need no check.
func (w *write) checkKeys(ctx context.Context, d *draft) error {
	if len(d.entries) == 0 || d.t.def.Key < 0 {
		return nil
	}
	d.entries = sortEntries(d.entries)
	es := d.entries
	exact := d.t.def.Columns[d.t.def.Key].Type.Phys() == types.PhysInt
	var pairs []candidate // ord: a row of the Write; i: an entry with the same hash
	for i := 1; i < len(es); i++ {
		for j := i - 1; j >= 0 && es[j].h == es[i].h; j-- {
			if exact {
				return w.duplicate(d, es[i].ord)
			}
			pairs = append(pairs, candidate{es[j].ord, int32(i)})
		}
	}
	hs := make([]uint64, len(es))
	for i := range es {
		hs[i] = es[i].h
	}
	if d.base != nil && d.base.def.Key >= 0 {
		// Fresh keys are those of the base; the draft shares them.
		if _, err := w.r.freshEntries(d.base); err != nil {
			return err
		}
	}
	cs, err := w.r.candidates(ctx, d.t, hs, nil, pairs)
	if err != nil || len(cs) == 0 {
		return err
	}
	if exact {
		return w.duplicate(d, es[cs[0].i].ord)
	}
	return w.compareKeys(d, cs)
}

// compareKeys compares the stored keys of rows whose hashes meet.
func (w *write) compareKeys(d *draft, cs []candidate) error {
	mine := make([]candidate, len(cs))
	for k, c := range cs {
		mine[k] = candidate{d.entries[c.i].ord, int32(k)}
	}
	keys := make([]string, len(cs))
	err := w.r.keysOf(d.t, mine, func(c candidate, key vec.Datum) { keys[c.i] = key.S })
	if err != nil {
		return err
	}
	other := make([]candidate, len(cs))
	for k, c := range cs {
		other[k] = candidate{c.ord, int32(k)}
	}
	dup := int64(-1)
	err = w.r.keysOf(d.t, other, func(c candidate, key vec.Datum) {
		if key.S == keys[c.i] && dup < 0 {
			dup = int64(c.ord)
		}
	})
	if err != nil || dup < 0 {
		return err
	}
	return w.duplicate(d, uint32(dup))
}

// duplicate is the error for the key of a row.
func (w *write) duplicate(d *draft, ord uint32) error {
	def := d.t.def
	col := &def.Columns[def.Key]
	e := sqlerr.New(pgerrcode.UniqueViolation, "duplicate key value violates unique constraint \"%s\"", def.KeyName)
	e.Table, e.Constraint = def.Name, def.KeyName
	err := w.r.keysOf(d.t, []candidate{{ord, 0}}, func(_ candidate, key vec.Datum) {
		e.Detail = "Key (" + col.Name + ")=(" + string(vec.AppendDatumText(nil, col.Type, key, types.ISO)) + ") already exists."
	})
	if err != nil {
		return err
	}
	return e
}

// indexKeys puts the keys that are not ascending into a run, or keeps them fresh
// if they are few.
func (w *write) indexKeys(d *draft) error {
	t := d.t
	if t.def.Key < 0 || len(d.entries) == 0 {
		return nil
	}
	var fresh []entry
	if d.base != nil && d.base.def.Key >= 0 {
		var err error
		if fresh, err = w.r.freshEntries(d.base); err != nil {
			return err
		}
	}
	all := mergeEntries(fresh, d.entries) // checkKeys has sorted them
	if len(all) <= freshKeys {
		t.fresh = &freshKeyset{ready: true, es: all}
		return nil
	}
	w.addRun(d, all)
	for i, s := range t.segs {
		if max(s.Asc, s.Idx) < s.N {
			d.seg(i).Idx = s.N
		}
	}
	t.fresh = &freshKeyset{ready: true}
	return nil
}

// addRun writes sorted entries as a run of the table.
func (w *write) addRun(d *draft, es []entry) {
	run := writeRun(d.t.def.ID, w.ver, d.nextRun, es, func(key, value []byte) { w.out.put(kv.Pages, key, value) })
	d.nextRun += run.Chunks + 1
	d.t.runs = append(d.t.runs, run)
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
