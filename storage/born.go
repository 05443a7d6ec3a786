package storage

import (
	"context"
	"encoding/binary"
	"slices"
	"sort"

	"tagd/storage/bitmap"
	"tagd/storage/kv"
	"tagd/storage/page"
	"tagd/storage/table"
)

// bornCol stands for the versions of rows where a column ID is due: the version
// that made a row what it is, which every change of the row changes. It is a
// column that no definition has: a page of runs (page.Born) that is written
// whenever patches are folded, and the patches after it, which say by their
// version and offsets what has changed since. So a small commit writes nothing
// for it.
const bornCol = 0xFFFFFFFE

// bornRun is a run of rows of one version; it ends before offset end.
type bornRun struct {
	end uint32
	ver uint64
}

// encodeBorn is the body of a page.Born: for every run its length and its version
// less that of the run before (zigzag), as varints.
func encodeBorn(runs []bornRun) []byte {
	var b []byte
	last := bornRun{}
	for _, r := range runs {
		b = binary.AppendUvarint(b, uint64(r.end-last.end))
		b = binary.AppendVarint(b, int64(r.ver-last.ver))
		last = r
	}
	return b
}

// decodeBorn reads what encodeBorn has written, of at most n rows.
func decodeBorn(b []byte, n uint32) ([]bornRun, error) {
	var runs []bornRun
	last := bornRun{}
	for len(b) > 0 {
		size, k := binary.Uvarint(b)
		if k <= 0 || size == 0 || size > uint64(n-last.end) {
			return nil, errVector
		}
		diff, m := binary.Varint(b[k:])
		if m <= 0 {
			return nil, errVector
		}
		last = bornRun{last.end + uint32(size), last.ver + uint64(diff)}
		runs, b = append(runs, last), b[k+m:]
	}
	return runs, nil
}

// addRun appends rows up to end to runs.
func addRun(runs []bornRun, end uint32, ver uint64) []bornRun {
	k := len(runs) - 1
	switch {
	case k >= 0 && runs[k].end >= end, k < 0 && end == 0:
		return runs
	case k >= 0 && runs[k].ver == ver:
		runs[k].end = end
		return runs
	}
	return append(runs, bornRun{end, ver})
}

// putRuns lays ascending spans of rows of one version over runs.
func putRuns(runs []bornRun, spans []span, ver uint64) []bornRun {
	var out []bornRun
	at := uint32(0) // rows below are in out
	upTo := func(end uint32) {
		for len(runs) > 0 && at < end {
			out = addRun(out, min(end, runs[0].end), runs[0].ver)
			at = min(end, runs[0].end)
			if runs[0].end <= end {
				runs = runs[1:]
			}
		}
		if at < end { // rows of which nothing was known
			out, at = addRun(out, end, 0), end
		}
	}
	for _, s := range spans {
		upTo(s.lo)
		for len(runs) > 0 && runs[0].end <= s.hi {
			runs = runs[1:]
		}
		out, at = addRun(out, s.hi, ver), max(at, s.hi)
	}
	for _, r := range runs {
		out = addRun(out, r.end, r.ver)
	}
	return out
}

// span is rows [lo, hi).
type span struct{ lo, hi uint32 }

// changed are the rows that a patch appends or gives values to.
func (p *patch) changed() []span {
	var out []span
	if p.rows > 0 {
		out = append(out, span{p.first, p.first + p.rows})
	}
	var seen []uint32 // a statement that changes several columns has the same rows in each
	for i := range p.cols {
		offs := p.cols[i].offs
		if slices.Equal(offs, seen) {
			continue
		}
		seen = offs
		for _, o := range offs {
			if k := len(out) - 1; k >= 0 && out[k].hi == o {
				out[k].hi++
			} else {
				out = append(out, span{o, o + 1})
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].lo < out[j].lo })
	kept := out[:0]
	for _, s := range out {
		if k := len(kept) - 1; k >= 0 && kept[k].hi >= s.lo {
			kept[k].hi = max(kept[k].hi, s.hi)
		} else {
			kept = append(kept, s)
		}
	}
	return kept
}

// born returns the versions of a segment's rows.
func (r *reader) born(t *tableState, seg int) ([]bornRun, error) {
	s := t.segs[seg]
	if s.err != nil {
		return nil, place(t, -1, seg, s.err)
	}
	cs := s.col(bornCol)
	ver := cs.Ver
	for i := range s.Patches {
		if p := &s.Patches[i]; p.touches() {
			ver = max(ver, p.Ver)
		}
	}
	v, err := r.cached(cacheKey{t.def.ID, uint32(seg), bornCol, cacheBorn, ver}, func() (any, int64, error) {
		runs, err := r.mergeBorn(t, seg, cs.Ver)
		return runs, int64(cap(runs))*16 + 200, err
	})
	if err != nil {
		return nil, place(t, -1, seg, err)
	}
	return v.([]bornRun), nil
}

// mergeBorn reads the page of version base, 0: there is none, and puts the patches
// after it over it.
func (r *reader) mergeBorn(t *tableState, seg int, base uint64) (runs []bornRun, err error) {
	s := t.segs[seg]
	if base != 0 {
		b, err := r.body(kv.Pages, t.def.ID, uint32(seg), bornCol, page.Born, base)
		if err == nil {
			runs, err = decodeBorn(b, s.N)
		}
		if err != nil {
			return nil, err
		}
	}
	for i := range s.Patches {
		ref := &s.Patches[i]
		if ref.Ver < base || ref.Ver == base && ref.Ver != r.own || !ref.touches() {
			continue
		}
		p, err := r.patch(t, seg, -1, ref)
		if err != nil {
			return nil, err
		}
		spans := p.changed()
		if n := len(spans); n > 0 && spans[n-1].hi > s.N {
			return nil, errVector
		}
		runs = putRuns(runs, spans, ref.Ver)
	}
	return runs, nil
}

// foldBorn writes the versions of a segment's rows as a page, before patches that
// they are known by are folded; own are rows of the Write that no patch tells of.
func (w *write) foldBorn(d *draft, seg int, own span) error {
	s := d.seg(seg)
	runs, err := w.r.mergeBorn(d.t, seg, s.col(bornCol).Ver)
	if err != nil {
		return place(d.t, -1, seg, err)
	}
	if p := d.patches[seg]; p != nil {
		runs = putRuns(runs, p.changed(), w.ver)
	}
	if own.lo < own.hi {
		runs = putRuns(runs, []span{own}, w.ver)
	}
	b := page.Seal(page.Born, encodeBorn(runs))
	w.out.put(kv.Pages, pageKey(d.t.def.ID, uint32(seg), bornCol, page.Born, w.ver), b)
	*s.colMut(bornCol) = colState{ID: bornCol, Ver: w.ver, N: s.N, Form: table.FormPlain, Kinds: []page.Kind{page.Born}, Bytes: int64(len(b))}
	return nil
}

// touches reports whether a patch changes rows or adds some.
func (p *patchRef) touches() bool { return p.Rows > 0 || len(p.Cols) > 0 }

// RowVersions implements table.Table.
func (v *tableView) RowVersions(ctx context.Context, ords []int64, vers []uint64) error {
	at, runs := -1, []bornRun(nil)
	for i, o := range ords {
		seg, off := int(o/bitmap.SegmentRows), uint32(o%bitmap.SegmentRows)
		vers[i] = 0
		if o < 0 || seg >= len(v.t.segs) {
			continue
		}
		if seg != at {
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			if runs, err = v.r.born(v.t, seg); err != nil {
				return err
			}
			at = seg
		}
		if k := sort.Search(len(runs), func(k int) bool { return runs[k].end > off }); k < len(runs) {
			vers[i] = runs[k].ver
		}
	}
	return nil
}

// needsBorn reports whether the versions of rows are known by a patch only.
func (s *segState) needsBorn(p *patchRef) bool {
	return p.touches() && s.col(bornCol).Ver < p.Ver
}
