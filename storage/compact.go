package storage

import (
	"context"
	"sort"

	"tagd/storage/bitmap"
)

// foldBytes is the size of patches above which compaction folds a segment,
// however few there are.
const foldBytes = 4 << 20

// kindCompact is the kind of versions that change nothing that a reader sees.
const kindCompact = "compact"

// mergeEntriesMax bounds a merge of key runs: it is done in memory, at 32 bytes
// an entry.
const mergeEntriesMax = 24 << 20

// Compact folds all patches into base pages and merges key runs.
func (db *DB) Compact(ctx context.Context) error {
	if err := db.compact(ctx, 1); err != nil {
		return err
	}
	db.collect()
	return nil
}

// compact folds the segments that have at least minPatches patches, and merges
// the runs of tables with many. Each segment is a version of its own, so that
// writers wait for one segment at most.
func (db *DB) compact(ctx context.Context, minPatches int) error {
	for _, def := range db.current().defs {
		for {
			done, err := db.compactOne(ctx, def.Path(), minPatches)
			if err != nil {
				return err
			}
			if done {
				break
			}
		}
	}
	return nil
}

// due says what of a table compaction would work on: a segment, or -1, and the
// index whose runs to merge, or nil.
func (t *tableState) due(minPatches int) (seg int, merge *index) {
	seg = -1
	for i, s := range t.segs {
		var size int64
		for k := range s.Patches {
			size += s.Patches[k].Bytes
		}
		if s.err == nil && (len(s.Patches) >= minPatches || size > foldBytes) {
			seg = i
			break
		}
	}
	most := maxRuns
	if minPatches == 1 {
		most = 1
	}
	for _, ix := range t.indexes() {
		if len(ix.runs) > most {
			return seg, ix
		}
	}
	return seg, nil
}

// compactOne does one piece of work; done: there was none.
func (db *DB) compactOne(ctx context.Context, name string, minPatches int) (done bool, err error) {
	t := db.current().tables[name]
	if t == nil {
		return true, nil
	}
	if seg, merge := t.due(minPatches); seg < 0 && merge == nil {
		return true, nil
	}
	if db.claimed(t.def.ID) {
		return true, nil // its turn comes when that Write has ended
	}
	w, err := db.begin(ctx, kindCompact)
	if err != nil {
		return false, err
	}
	defer w.Abort()
	if t = w.st.tables[name]; t == nil || db.claimed(t.def.ID) {
		return true, nil
	}
	d, err := w.table(name)
	if err != nil {
		return false, err
	}
	seg, merge := d.t.due(minPatches)
	merged := false
	if seg >= 0 {
		if err := w.foldSegment(ctx, d, seg); err != nil {
			return false, err
		}
	} else if merge != nil {
		if merged, err = w.mergeRuns(d, merge); err != nil || !merged {
			return true, err
		}
	} else {
		return true, nil
	}
	return false, w.Commit(ctx)
}

// foldSegment folds every patch of a segment.
func (w *write) foldSegment(ctx context.Context, d *draft, seg int) error {
	var tasks []foldTask
	s := d.seg(seg)
	for col := range d.t.def.Columns {
		if cs := s.col(d.t.def.Columns[col].ID); cs.Last > cs.Ver {
			tasks = append(tasks, foldTask{seg, col})
		}
	}
	if err := w.fold(ctx, d, tasks); err != nil {
		return err
	}
	if s.LastDel > s.Present {
		if err := w.foldPresent(d, seg); err != nil {
			return err
		}
	}
	d.dropPatches(seg)
	return nil
}

// mergeRuns merges the smallest runs of an index into one, without the rows that
// are deleted; false if they are too large to.
func (w *write) mergeRuns(d *draft, ix *index) (bool, error) {
	runs := append([]*keyRun(nil), ix.runs...)
	sort.Slice(runs, func(i, j int) bool { return runs[i].N < runs[j].N })
	n, total := 0, int64(0)
	for n < len(runs) && total+runs[n].N <= mergeEntriesMax {
		total += runs[n].N
		n++
	}
	if n < 2 {
		return false, nil
	}
	all := make([]entry, 0, total)
	out := map[*keyRun]bool{}
	for _, run := range runs[:n] {
		out[run] = true
		rr, err := w.r.openRun(d.t.def.ID, run)
		if err == nil {
			all, err = rr.all(all)
		}
		if err != nil {
			return false, place(d.t, ix.cols[0], int(run.First), err)
		}
	}
	all, err := w.r.liveEntries(d.t, all)
	if err != nil {
		return false, err
	}
	kept := ix.runs[:0:0]
	for _, run := range ix.runs {
		if !out[run] {
			kept = append(kept, run)
		}
	}
	if len(all) > 0 {
		kept = append(kept, w.newRun(d, sortEntries(all)))
	}
	ix.runs = kept
	d.t.setIndex(ix)
	return true, nil
}

// liveEntries drops entries of deleted rows, in place.
func (r *reader) liveEntries(t *tableState, es []entry) ([]entry, error) {
	memo := make([][]uint64, len(t.segs))
	for i := range memo {
		w, err := r.live(t, i)
		if err != nil {
			return nil, err
		}
		memo[i] = w
	}
	out := es[:0]
	for _, e := range es {
		seg, off := int(e.ord/bitmap.SegmentRows), e.ord%bitmap.SegmentRows
		if seg < len(memo) && (memo[seg] == nil || memo[seg][off>>6]>>(off&63)&1 != 0) {
			out = append(out, e)
		}
	}
	return out, nil
}
