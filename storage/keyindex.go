package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/bits"
	"slices"
	"sort"
	"sync"

	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// hashBytes is the hash of a text or uuid key. It is stored: never change it.
// Mixing by 64x64->128 bit multiplication as in wyhash
// (github.com/wangyi-fudan/wyhash), of which the constants are.
func hashBytes(s string) uint64 {
	const k0, k1, k2 = 0xa0761d6478bd642f, 0xe7037ed1a0b428db, 0x8ebc6af09c88c6e3
	h := uint64(len(s)) ^ k0
	b := []byte(s)
	for len(b) >= 8 {
		h = mix(h^k1, binary.LittleEndian.Uint64(b)^k2)
		b = b[8:]
	}
	var t uint64
	for i, c := range b {
		t |= uint64(c) << (8 * i)
	}
	return mix(h^k2, t^k1)
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// index is one key index of a table in one state: of the primary key, or of a
// UNIQUE constraint.
type index struct {
	u     int    // position in Uniques, -1: the primary key
	id    uint32 // of the constraint, 0: the primary key
	name  string
	cols  []int
	exact bool // the hash is the value
	nulls bool // NULL is a value like others
	comp  bool // the keys are computed from cols
	runs  []*keyRun
	fresh *freshKeyset
	idx   []uint32 // by segment, of a constraint: keys of rows below are in runs
}

// uniqueState is the stored part of a constraint's index in one state. Immutable.
type uniqueState struct {
	runs  []*keyRun
	fresh *freshKeyset
	idx   []uint32 // by segment; segments past the end: 0
}

// index returns the index of the primary key (-1) or of constraint u.
func (t *tableState) index(u int) *index {
	if u < 0 {
		k := t.def.Key
		return &index{u: u, name: t.def.KeyName, cols: []int{k}, exact: t.def.Columns[k].Type.Phys() == types.PhysInt, runs: t.runs, fresh: t.fresh}
	}
	c := &t.def.Uniques[u]
	ix := &index{u: u, id: c.ID, name: c.Name, cols: c.Cols, nulls: c.NullsSame, fresh: &freshKeyset{ready: true}}
	ix.comp = c.Computed()
	ix.exact = len(c.Cols) == 1 && !c.NullsSame && !ix.comp && t.def.Columns[c.Cols[0]].Type.Phys() == types.PhysInt
	if s := t.uniq[c.ID]; s != nil {
		ix.runs, ix.fresh, ix.idx = s.runs, s.fresh, s.idx
	}
	return ix
}

// indexes returns all indexes of a table, the primary key's first.
func (t *tableState) indexes() []*index {
	var out []*index
	if t.def.Key >= 0 {
		out = append(out, t.index(-1))
	}
	for u := range t.def.Uniques {
		if t.def.Uniques[u].Deferrable {
			continue // the executor's to enforce
		}
		out = append(out, t.index(u))
	}
	return out
}

// from is the first row of a segment whose key may be fresh.
func (ix *index) from(t *tableState, seg int) int {
	if ix.u < 0 {
		return int(max(t.segs[seg].Asc, t.segs[seg].Idx))
	}
	if seg < len(ix.idx) {
		return int(ix.idx[seg])
	}
	return 0
}

// setIndex makes an index part of a draft's state.
func (t *tableState) setIndex(ix *index) {
	if ix.u < 0 {
		t.runs, t.fresh = ix.runs, ix.fresh
		return
	}
	t.uniq[ix.id] = &uniqueState{ix.runs, ix.fresh, ix.idx}
}

// keyHashes appends the hashes of keys [lo, hi) of a vector; a NULL key gives 0.
func keyHashes(dst []uint64, v *vec.Vector, lo, hi int) []uint64 {
	text := v.Type.Phys() == types.PhysStr
	for i := lo; i < hi; i++ {
		switch d := v.Get(i); {
		case d.Null:
			dst = append(dst, 0)
		case text:
			dst = append(dst, hashBytes(d.S))
		default:
			dst = append(dst, uint64(d.I))
		}
	}
	return dst
}

// entries appends the entries of rows [lo, hi) of the index's keys, whose ordinals
// count from first; rows that are not compared, and those not in, have none. It is
// what the index of a constraint has of them.
func (ix *index) entries(es []entry, cols []*vec.Vector, in []bool, lo, hi int, first uint32) []entry {
	var key []byte
	for i := lo; i < hi; i++ {
		if in != nil && !in[i] {
			continue
		}
		ord := first + uint32(i-lo)
		if ix.exact {
			if d := cols[0].Get(i); !d.Null {
				es = append(es, entry{uint64(d.I), ord})
			}
			continue
		}
		var null bool
		if key, null = table.AppendKey(key[:0], cols, i); !null || ix.nulls {
			es = append(es, entry{hashBytes(string(key)), ord})
		}
	}
	return es
}

// freshKeyset is the sorted keys that no run holds.
type freshKeyset struct {
	mu    sync.Mutex
	ready bool
	es    []entry
}

// freshEntries returns the fresh keys of an index, reading them when first asked.
func (r *reader) freshEntries(t *tableState, ix *index) ([]entry, error) {
	f := ix.fresh
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ready {
		return f.es, nil
	}
	var es []entry
	for i, s := range t.segs {
		lo := ix.from(t, i)
		if lo >= int(s.N) || s.Live == 0 {
			continue
		}
		var err error
		if es, err = r.segmentEntries(es, t, ix, i, lo); err != nil {
			return nil, err
		}
	}
	f.es, f.ready = sortEntries(es), true
	return f.es, nil
}

// segmentEntries appends the entries of a segment's rows from lo on.
func (r *reader) segmentEntries(es []entry, t *tableState, ix *index, seg, lo int) ([]entry, error) {
	var cols []*vec.Vector
	for _, c := range ix.cols {
		buf, err := r.merge(t, seg, c)
		if err != nil {
			return nil, err
		}
		cols = append(cols, buf.vector())
	}
	n := int(t.segs[seg].N)
	if ix.u < 0 {
		return appendEntries(es, cols[0], lo, n, seg), nil
	}
	return r.entries(es, t, ix, cols, lo, n, uint32(seg)*bitmap.SegmentRows+uint32(lo))
}

// appendEntries appends entries for rows [lo, hi) of a segment's key column.
func appendEntries(es []entry, v *vec.Vector, lo, hi, seg int) []entry {
	hs := keyHashes(nil, v, lo, hi)
	for j, h := range hs {
		es = append(es, entry{h, uint32(seg)*bitmap.SegmentRows + uint32(lo+j)})
	}
	return es
}

// ascKeys returns the first Asc keys of a segment.
func (r *reader) ascKeys(t *tableState, seg int) ([]int64, error) {
	s := t.segs[seg]
	cs := s.col(t.def.Columns[t.def.Key].ID)
	load := func() (any, int64, error) {
		buf, err := r.merge(t, seg, t.def.Key)
		if err != nil {
			return nil, 0, err
		}
		return buf.ints, int64(len(buf.ints)) * 8, nil
	}
	v, err := r.cached(cacheKey{t.def.ID, uint32(seg), cs.ID, cacheAsc, cs.version()}, load)
	if err != nil {
		return nil, err
	}
	return v.([]int64), nil
}

// live returns the live rows of a segment as words; nil: all.
func (r *reader) live(t *tableState, seg int) ([]uint64, error) {
	s := t.segs[seg]
	if s.presentVersion() == 0 {
		return nil, nil
	}
	load := func() (any, int64, error) {
		w, err := r.liveWords(t, seg)
		return w, int64(len(w)) * 8, err
	}
	v, err := r.cached(cacheKey{t.def.ID, uint32(seg), s.N, cacheLive, s.presentVersion()}, load)
	if err != nil {
		return nil, err
	}
	return v.([]uint64), nil
}

// candidate says that key i may be the one of row ord.
type candidate struct {
	ord uint32
	i   int32
}

// candidates returns the live rows that may have the given hashes. It is quickest if
// the hashes ascend.
func (r *reader) candidates(ctx context.Context, t *tableState, ix *index, hs []uint64) ([]candidate, error) {
	dst := make([]candidate, 0, len(hs))
	add := func(i int, ord uint32) {
		if int(ord/bitmap.SegmentRows) < len(t.segs) {
			dst = append(dst, candidate{ord, int32(i)})
		}
	}
	fresh, err := r.freshEntries(t, ix)
	if err != nil {
		return nil, err
	}
	for i, h := range hs {
		if len(fresh) == 0 {
			break
		}
		j := sort.Search(len(fresh), func(j int) bool { return fresh[j].h >= h })
		for ; j < len(fresh) && fresh[j].h == h; j++ {
			add(i, fresh[j].ord)
		}
	}
	for k := len(ix.runs) - 1; k >= 0; k-- {
		rr, err := r.openRun(t.def.ID, ix.runs[k])
		if err != nil {
			return nil, place(t, ix.cols[0], int(segRun), err)
		}
		for i, h := range hs {
			if i&4095 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err := rr.find(h, func(ord uint32) { add(i, ord) }); err != nil {
				return nil, place(t, ix.cols[0], int(segRun), err)
			}
		}
	}
	if ix.u < 0 && ix.exact {
		if err := r.ascCandidates(t, hs, add); err != nil {
			return nil, err
		}
	}
	return r.onlyLive(t, dst)
}

// ascCandidates looks hashes up in the segments with ascending keys.
func (r *reader) ascCandidates(t *tableState, hs []uint64, add func(i int, ord uint32)) error {
	var asc []int
	for i, s := range t.segs {
		if s.Asc > 0 && s.Live > 0 {
			asc = append(asc, i)
		}
	}
	if len(asc) == 0 {
		return nil
	}
	memo := map[int][]int64{}
	for i, h := range hs {
		k := int64(h)
		p := sort.Search(len(asc), func(p int) bool { return t.segs[asc[p]].AscMax >= k })
		if p == len(asc) || t.segs[asc[p]].AscMin > k {
			continue
		}
		at := asc[p]
		keys, ok := memo[at]
		if !ok {
			var err error
			if keys, err = r.ascKeys(t, at); err != nil {
				return err
			}
			memo[at] = keys
		}
		n := min(int(t.segs[at].Asc), len(keys))
		if off, ok := slices.BinarySearch(keys[:n], k); ok {
			add(i, uint32(at)*bitmap.SegmentRows+uint32(off))
		}
	}
	return nil
}

// onlyLive drops candidates whose row is deleted.
func (r *reader) onlyLive(t *tableState, cs []candidate) ([]candidate, error) {
	memo, known := make([][]uint64, len(t.segs)), make([]bool, len(t.segs))
	out := cs[:0]
	for _, c := range cs {
		seg, off := int(c.ord/bitmap.SegmentRows), c.ord%bitmap.SegmentRows
		if !known[seg] {
			var err error
			if memo[seg], err = r.live(t, seg); err != nil {
				return nil, err
			}
			known[seg] = true
		}
		words := memo[seg]
		if words == nil || int(off>>6) < len(words) && words[off>>6]>>(off&63)&1 != 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

// lookup implements table.Table's Lookup and LookupUnique.
func (r *reader) lookup(ctx context.Context, t *tableState, ix *index, keys []*vec.Vector, ords []int64) error {
	for i := range ords {
		ords[i] = -1
	}
	if t.rows == 0 {
		return ctx.Err()
	}
	keys, in, err := r.computed(t, ix, keys, len(ords))
	if err != nil {
		return err
	}
	es := sortEntries(ix.wanted(keys, in)) // neighbours are in the same chunk of a run
	hs := make([]uint64, len(es))
	for i := range es {
		hs[i] = es[i].h
	}
	cs, err := r.candidates(ctx, t, ix, hs)
	if err != nil {
		return err
	}
	if ix.exact {
		for _, c := range cs {
			ords[es[c.i].ord] = int64(c.ord)
		}
		return nil
	}
	var a, b []byte
	return r.keysOf(t, ix, cs, func(c candidate, stored []*vec.Vector, j int) {
		i := es[c.i].ord
		a, _ = table.AppendKey(a[:0], keys, int(i))
		if b, _ = table.AppendKey(b[:0], stored, j); bytes.Equal(a, b) {
			ords[i] = int64(c.ord)
		}
	})
}

// wanted are the hashes of keys that are looked up, each with its place among them;
// keys that no row can have are left out.
func (ix *index) wanted(keys []*vec.Vector, in []bool) []entry {
	if ix.u >= 0 {
		return ix.entries(make([]entry, 0, keys[0].N), keys, in, 0, keys[0].N, 0)
	}
	es := make([]entry, 0, keys[0].N)
	for i := range keys[0].N {
		switch d := keys[0].Get(i); {
		case d.Null:
		case ix.exact:
			es = append(es, entry{uint64(d.I), uint32(i)})
		default:
			es = append(es, entry{hashBytes(d.S), uint32(i)})
		}
	}
	return es
}

// keysOf calls fn with the stored key of each candidate's row: row j of vals. cs
// is sorted by row on return.
func (r *reader) keysOf(t *tableState, ix *index, cs []candidate, fn func(c candidate, vals []*vec.Vector, j int)) error {
	slices.SortFunc(cs, func(a, b candidate) int { return int(int64(a.ord) - int64(b.ord)) })
	var offs []uint32
	for lo := 0; lo < len(cs); {
		seg := int(cs[lo].ord / bitmap.SegmentRows)
		hi := lo
		offs = offs[:0]
		for ; hi < len(cs) && int(cs[hi].ord/bitmap.SegmentRows) == seg; hi++ {
			offs = append(offs, cs[hi].ord%bitmap.SegmentRows)
		}
		s, err := r.segment(t, seg)
		if err != nil {
			return err
		}
		vals := make([]*vec.Vector, len(ix.cols))
		for k, col := range ix.cols {
			if vals[k], err = s.Gather(col, offs); err != nil {
				s.Close()
				return err
			}
		}
		s.Close()
		if vals, _, err = r.computed(t, ix, vals, len(offs)); err != nil {
			return err
		}
		for j := range offs {
			fn(cs[lo+j], vals, j)
		}
		lo = hi
	}
	return nil
}
