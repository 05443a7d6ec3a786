package encoding

import (
	"sort"

	"tagd/storage/bitmap"
)

// Present is the live rows of a segment.
//
//	u32 n | u32 live | u32 runs, or 0xffffffff for words | u32 zero | runs: u32 first, u32 past the last ... | or words
type Present struct {
	n, live int
	runs    []byte
	w       []uint64
}

const presentWords = 1<<32 - 1

// PutPresent appends the body for n rows, of which words has the live ones.
func PutPresent(dst []byte, n int, w []uint64) []byte {
	live, runs := 0, []uint32(nil)
	for o := 0; o < n; {
		if w[o>>6]>>(o&63)&1 == 0 {
			o++
			continue
		}
		first := o
		for o < n && w[o>>6]>>(o&63)&1 != 0 {
			o++
		}
		runs = append(runs, uint32(first), uint32(o))
		live += o - first
	}
	dst = le.AppendUint32(dst, uint32(n))
	dst = le.AppendUint32(dst, uint32(live))
	if len(runs)*4 < nullWords(n)*8 {
		dst = le.AppendUint32(dst, uint32(len(runs)/2))
		dst = le.AppendUint32(dst, 0)
		for _, r := range runs {
			dst = le.AppendUint32(dst, r)
		}
		return dst
	}
	dst = le.AppendUint32(dst, presentWords)
	dst = le.AppendUint32(dst, 0)
	for i := range nullWords(n) {
		x := w[i]
		if n-i*64 < 64 {
			x &= 1<<(n-i*64) - 1
		}
		dst = le.AppendUint64(dst, x)
	}
	return dst
}

// ParsePresent checks a body.
func ParsePresent(b []byte) (*Present, error) {
	if len(b) < 16 {
		return nil, Corrupt("present page is too short")
	}
	p := &Present{n: int(le.Uint32(b)), live: int(le.Uint32(b[4:]))}
	k := le.Uint32(b[8:])
	b = b[16:]
	if p.n > MaxRows || p.live > p.n {
		return nil, Corrupt("present page has %d of %d rows", p.live, p.n)
	}
	got := 0
	if k == presentWords {
		if len(b) != nullWords(p.n)*8 {
			return nil, Corrupt("present page has %d bytes for %d rows", len(b), p.n)
		}
		p.w = words(b)
		got = bitmap.CountRange(p.w, 0, p.n)
	} else {
		if uint64(len(b)) != 8*uint64(k) {
			return nil, Corrupt("present page has %d bytes for %d runs", len(b), k)
		}
		p.runs = b
		at := uint32(0)
		for i := 0; i < len(b); i += 8 {
			lo, hi := le.Uint32(b[i:]), le.Uint32(b[i+4:])
			if lo < at || hi <= lo || hi > uint32(p.n) {
				return nil, Corrupt("present page has run %d-%d", lo, hi)
			}
			got, at = got+int(hi-lo), hi
		}
	}
	if got != p.live {
		return nil, Corrupt("present page has %d live rows, its head says %d", got, p.live)
	}
	return p, nil
}

// N is the number of ordinals.
func (p *Present) N() int { return p.n }

// Live is the number of live ones.
func (p *Present) Live() int { return p.live }

// Block ors block b into w, len bitmap.BlockWords.
func (p *Present) Block(b int, w []uint64) error {
	if p.w != nil {
		lo := b * bitmap.BlockWords
		if lo >= len(p.w) {
			return nil
		}
		for i, x := range p.w[lo:min(len(p.w), lo+bitmap.BlockWords)] {
			w[i] |= x
		}
		if rest := p.n - b*bitmap.BlockRows; rest < bitmap.BlockRows {
			bitmap.ClearFrom(w, rest)
		}
		return nil
	}
	lo, hi := b*bitmap.BlockRows, (b+1)*bitmap.BlockRows
	i := sort.Search(len(p.runs)/8, func(i int) bool { return int(le.Uint32(p.runs[8*i+4:])) > lo })
	for ; i < len(p.runs)/8; i++ {
		f, e := int(le.Uint32(p.runs[8*i:])), int(le.Uint32(p.runs[8*i+4:]))
		if f >= hi {
			break
		}
		bitmap.FillRange(w, max(f, lo)-lo, min(e, hi)-lo)
	}
	return nil
}
