package storage

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sort"

	"tagd/storage/kv"
	"tagd/storage/page"
)

// The key index finds the row of a key. Three places together hold every key:
//
//   - The first Asc rows of a segment have ascending integer keys, above those
//     of all earlier segments: the column itself is the index.
//   - Key runs: (hash, ordinal) sorted by hash, written once, in chunks.
//   - Fresh rows: at most freshKeys of them, sorted in memory, read from the
//     column when first needed.
//
// The hash of an integer is its bits, so it is exact; text and uuid keys are
// compared with the stored ones where the hash meets. Deleted rows stay in runs
// and are passed over by the present bitmap.

// entry is one key of the index.
type entry struct {
	h   uint64
	ord uint32
}

// keyRun is a sorted run of entries in the file. Immutable.
type keyRun struct {
	Ver    uint64 `json:"v"`
	First  uint32 `json:"first"` // number of its first chunk; the fences are the page after the last
	Chunks uint32 `json:"chunks"`
	N      int64  `json:"n"`
	Bytes  int64  `json:"b"`
}

// chunkEntries is the size of a chunk: a lookup reads one, 192 KB.
const chunkEntries = 1 << 14

// The body of a chunk: hashes, n times u64, then ordinals, n times u32, little
// endian. The fences are u64: the first hash of each chunk.
func appendChunk(p []byte, es []entry) []byte {
	for i := range es {
		p = binary.LittleEndian.AppendUint64(p, es[i].h)
	}
	for i := range es {
		p = binary.LittleEndian.AppendUint32(p, es[i].ord)
	}
	return p
}

// chunk is the body of a chunk.
type chunk []byte

func (c chunk) n() int            { return len(c) / 12 }
func (c chunk) hash(i int) uint64 { return binary.LittleEndian.Uint64(c[8*i:]) }
func (c chunk) ord(i int) uint32  { return binary.LittleEndian.Uint32(c[8*c.n()+4*i:]) }

// search returns the first position whose hash is at least h.
func (c chunk) search(h uint64) int {
	return sort.Search(c.n(), func(i int) bool { return c.hash(i) >= h })
}

// writeRun makes the pages of a run of sorted entries and hands them to put.
func writeRun(tab uint32, ver uint64, first uint32, es []entry, put func(key, value []byte)) *keyRun {
	run := &keyRun{Ver: ver, First: first, N: int64(len(es))}
	fences := page.Frame(8 * (len(es)/chunkEntries + 1))
	for lo := 0; lo < len(es); lo += chunkEntries {
		part := es[lo:min(lo+chunkEntries, len(es))]
		p := page.Finish(page.Keys, appendChunk(page.Frame(12*len(part)), part))
		fences = binary.LittleEndian.AppendUint64(fences, part[0].h)
		put(pageKey(tab, segRun, first+run.Chunks, page.Keys, ver), p)
		run.Chunks++
		run.Bytes += int64(len(p))
	}
	fences = page.Finish(page.Keys, fences)
	run.Bytes += int64(len(fences))
	put(pageKey(tab, segRun, first+run.Chunks, page.Keys, ver), fences)
	return run
}

// runReader looks hashes up in one run. It keeps the chunk it read last, so
// ascending hashes read each chunk once.
type runReader struct {
	r      *reader
	tab    uint32
	run    *keyRun
	fences []byte
	at     int // number of the chunk in cur, -1: none
	cur    chunk
}

func (r *reader) openRun(tab uint32, run *keyRun) (*runReader, error) {
	f, err := r.body(kv.Pages, tab, segRun, run.First+run.Chunks, page.Keys, run.Ver)
	if err != nil || len(f) != 8*int(run.Chunks) {
		return nil, keyFault(err)
	}
	return &runReader{r: r, tab: tab, run: run, fences: f, at: -1}, nil
}

func keyFault(err error) error {
	if err == nil {
		err = errVector
	}
	return err
}

func (rr *runReader) load(i int) (chunk, error) {
	if i == rr.at {
		return rr.cur, nil
	}
	b, err := rr.r.body(kv.Pages, rr.tab, segRun, rr.run.First+uint32(i), page.Keys, rr.run.Ver)
	if err != nil || len(b) == 0 || len(b)%12 != 0 {
		return nil, keyFault(err)
	}
	rr.at, rr.cur = i, b
	return rr.cur, nil
}

// find calls fn with the ordinal of every entry with the hash.
func (rr *runReader) find(h uint64, fn func(ord uint32)) error {
	n := len(rr.fences) / 8
	// The last chunk that starts below h may hold h, and so may those that start
	// with it.
	i := sort.Search(n, func(i int) bool { return binary.LittleEndian.Uint64(rr.fences[8*i:]) >= h })
	for i = max(i-1, 0); i < n && binary.LittleEndian.Uint64(rr.fences[8*i:]) <= h; i++ {
		c, err := rr.load(i)
		if err != nil {
			return err
		}
		for j := c.search(h); j < c.n() && c.hash(j) == h; j++ {
			fn(c.ord(j))
		}
	}
	return nil
}

// all appends every entry of the run.
func (rr *runReader) all(dst []entry) ([]entry, error) {
	for i := range int(rr.run.Chunks) {
		c, err := rr.load(i)
		if err != nil {
			return dst, err
		}
		for j := range c.n() {
			dst = append(dst, entry{c.hash(j), c.ord(j)})
		}
	}
	return dst, nil
}

// sortEntries sorts by hash, then ordinal. Large inputs go through a radix sort
// over the bytes of the hash, least significant first: 10M entries in a third of
// the time that comparing takes.
func sortEntries(es []entry) []entry {
	if len(es) < 1<<14 {
		slices.SortFunc(es, func(a, b entry) int {
			return cmp.Or(cmp.Compare(a.h, b.h), cmp.Compare(a.ord, b.ord))
		})
		return es
	}
	// Entries come by ascending ordinal, and the sort is stable.
	tmp := make([]entry, len(es))
	var counts [6][1 << 11]uint32
	for i := range es {
		h := es[i].h
		for d := range counts {
			counts[d][h>>(11*d)&0x7ff]++
		}
	}
	for d := range counts {
		c := &counts[d]
		if c[es[0].h>>(11*d)&0x7ff] == uint32(len(es)) {
			continue // all the same here
		}
		sum := uint32(0)
		for i := range c {
			c[i], sum = sum, sum+c[i]
		}
		for i := range es {
			k := es[i].h >> (11 * d) & 0x7ff
			tmp[c[k]] = es[i]
			c[k]++
		}
		es, tmp = tmp, es
	}
	return es
}
