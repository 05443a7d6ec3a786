package storage

import (
	"context"
	"encoding/binary"
	"math/bits"
	"slices"
	"sort"
	"sync"

	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
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

// freshKeyset is the sorted keys that no run holds.
type freshKeyset struct {
	mu    sync.Mutex
	ready bool
	es    []entry
}

// freshEntries returns the fresh keys of a table, reading them when first asked.
func (r *reader) freshEntries(t *tableState) ([]entry, error) {
	f := t.fresh
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ready {
		return f.es, nil
	}
	var es []entry
	for i, s := range t.segs {
		lo := int(max(s.Asc, s.Idx))
		if lo >= int(s.N) || s.Live == 0 {
			continue
		}
		buf, err := r.merge(t, i, t.def.Key)
		if err != nil {
			return nil, err
		}
		es = appendEntries(es, buf.vector(), lo, int(s.N), i)
	}
	f.es, f.ready = sortEntries(es), true
	return f.es, nil
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

// candidates appends the live rows that may have the given hashes; skip[i] leaves
// key i out. It is quickest if the hashes ascend.
func (r *reader) candidates(ctx context.Context, t *tableState, hs []uint64, skip func(i int) bool, dst []candidate) ([]candidate, error) {
	add := func(i int, ord uint32) {
		if int(ord/bitmap.SegmentRows) < len(t.segs) {
			dst = append(dst, candidate{ord, int32(i)})
		}
	}
	fresh, err := r.freshEntries(t)
	if err != nil {
		return nil, err
	}
	for i, h := range hs {
		if skip != nil && skip(i) || len(fresh) == 0 {
			continue
		}
		j := sort.Search(len(fresh), func(j int) bool { return fresh[j].h >= h })
		for ; j < len(fresh) && fresh[j].h == h; j++ {
			add(i, fresh[j].ord)
		}
	}
	for k := len(t.runs) - 1; k >= 0; k-- {
		rr, err := r.openRun(t.def.ID, t.runs[k])
		if err != nil {
			return nil, place(t, t.def.Key, int(segRun), err)
		}
		for i, h := range hs {
			if i&4095 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if skip != nil && skip(i) {
				continue
			}
			if err := rr.find(h, func(ord uint32) { add(i, ord) }); err != nil {
				return nil, place(t, t.def.Key, int(segRun), err)
			}
		}
	}
	if t.def.Columns[t.def.Key].Type.Phys() == types.PhysInt {
		if err := r.ascCandidates(t, hs, skip, add); err != nil {
			return nil, err
		}
	}
	return r.onlyLive(t, dst)
}

// ascCandidates looks hashes up in the segments with ascending keys.
func (r *reader) ascCandidates(t *tableState, hs []uint64, skip func(i int) bool, add func(i int, ord uint32)) error {
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
		if skip != nil && skip(i) {
			continue
		}
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
	memo := map[int][]uint64{}
	out := cs[:0]
	for _, c := range cs {
		seg, off := int(c.ord/bitmap.SegmentRows), c.ord%bitmap.SegmentRows
		words, ok := memo[seg]
		if !ok {
			var err error
			if words, err = r.live(t, seg); err != nil {
				return nil, err
			}
			memo[seg] = words
		}
		if words == nil || int(off>>6) < len(words) && words[off>>6]>>(off&63)&1 != 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

// lookup implements table.Table's Lookup.
func (r *reader) lookup(ctx context.Context, t *tableState, keys *vec.Vector, ords []int64) error {
	for i := range ords {
		ords[i] = -1
	}
	if t.def.Key < 0 || t.rows == 0 {
		return ctx.Err()
	}
	hs := keyHashes(make([]uint64, 0, keys.N), keys, 0, keys.N)
	cs, err := r.candidates(ctx, t, hs, keys.IsNull, nil)
	if err != nil {
		return err
	}
	if t.def.Columns[t.def.Key].Type.Phys() == types.PhysInt {
		for _, c := range cs {
			ords[c.i] = int64(c.ord)
		}
		return nil
	}
	return r.keysOf(t, cs, func(c candidate, key vec.Datum) {
		if key.S == keys.Get(int(c.i)).S {
			ords[c.i] = int64(c.ord)
		}
	})
}

// keysOf calls fn with the stored key of each candidate's row. cs is sorted by
// row on return.
func (r *reader) keysOf(t *tableState, cs []candidate, fn func(c candidate, key vec.Datum)) error {
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
		v, err := s.Gather(t.def.Key, offs)
		if err != nil {
			return err
		}
		for j := range offs {
			fn(cs[lo+j], v.Get(j))
		}
		s.Close()
		lo = hi
	}
	return nil
}
