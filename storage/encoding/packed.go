package encoding

import (
	"math/bits"

	"tagd/storage/simd"
)

// Packed is integers in blocks of 512 rows, each at the width that its range
// needs, plus the bounds of each block.
//
//	u32 n | u32 nulls | u64 divisor
//	blocks x { i64 min | i64 max | u32 offset in the data | u8 bits | u8 some null | u16 zero }
//	null bitmap, ceil(n/64) words, if there are nulls
//	data: value i of a block is min + divisor * (bits i*w.. of the block); 8 zeros at the end
//
// Arithmetic wraps, so the whole range of int64 is served. A block without
// values has min > max. Widths are 0 to 56, and 64: any field can then be cut
// out of one unaligned word. The divisor is the common one of all distances
// from the block minimum: whole seconds in microseconds cost no bits.
type Packed struct {
	n, nullCount int
	div          uint64
	dir          []byte
	nulls        []uint64
	data         []byte
}

// PackRows is the rows of a block of Packed and of a group of Slices.
const PackRows = 512

const packDir = 24

// PutPacked appends the body; nulls may be nil.
func PutPacked(dst []byte, vals []int64, nulls []uint64) []byte {
	n := len(vals)
	nullCount := countNulls(nulls, n)
	blocks := (n + PackRows - 1) / PackRows
	mins, maxs := make([]int64, blocks), make([]int64, blocks)
	div := uint64(0)
	for b := range blocks {
		mins[b], maxs[b], div = surveyBlock(vals, nulls, b, div)
	}
	if div == 0 {
		div = 1
	}
	dst = le.AppendUint32(dst, uint32(n))
	dst = le.AppendUint32(dst, uint32(nullCount))
	dst = le.AppendUint64(dst, div)
	off := uint64(0)
	for b := range blocks {
		w := widthOf(mins[b], maxs[b], div)
		dst = le.AppendUint64(dst, uint64(mins[b]))
		dst = le.AppendUint64(dst, uint64(maxs[b]))
		dst = le.AppendUint32(dst, uint32(off/8))
		dst = append(dst, byte(w), 0, 0, 0)
		off += uint64(w) * PackRows / 8
	}
	if nullCount > 0 {
		dst = putNulls(dst, nulls, n)
	}
	at := len(dst)
	dst = append(dst, make([]byte, off+8)...)
	out := dst[at:]
	for b := range blocks {
		w := widthOf(mins[b], maxs[b], div)
		if w > 0 {
			packBlock(out, vals, nulls, b, mins[b], div, uint(w))
		}
		out = out[w*PackRows/8:]
	}
	return dst
}

func isNull(nulls []uint64, i int) bool { return nulls != nil && nulls[i>>6]>>(i&63)&1 != 0 }

func countNulls(nulls []uint64, n int) int {
	k := 0
	if nulls == nil {
		return 0
	}
	for i := 0; i < n; i += 64 {
		x := nulls[i>>6]
		if n-i < 64 {
			x &= 1<<(n-i) - 1
		}
		k += bits.OnesCount64(x)
	}
	return k
}

func putNulls(dst []byte, nulls []uint64, n int) []byte {
	for i := 0; i < n; i += 64 {
		x := nulls[i>>6]
		if n-i < 64 {
			x &= 1<<(n-i) - 1
		}
		dst = le.AppendUint64(dst, x)
	}
	return dst
}

// surveyBlock finds the bounds of block b and the divisor so far (0: none yet).
func surveyBlock(vals []int64, nulls []uint64, b int, div uint64) (lo, hi int64, d uint64) {
	lo, hi, d = 1<<63-1, -1<<63, div
	first, end := b*PackRows, min((b+1)*PackRows, len(vals))
	for i := first; i < end; i++ {
		if nulls == nil || !isNull(nulls, i) {
			lo, hi = min(lo, vals[i]), max(hi, vals[i])
		}
	}
	if d == 1 {
		return lo, hi, 1
	}
	for i := first; i < end; i++ {
		if isNull(nulls, i) {
			continue
		}
		x := uint64(vals[i]) - uint64(lo)
		if d == 0 {
			d = x
			continue
		}
		if x%d != 0 {
			if d = gcd(d, x); d == 1 {
				break
			}
		}
	}
	return lo, hi, d
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func widthOf(lo, hi int64, div uint64) int {
	if lo >= hi {
		return 0
	}
	w := bits.Len64((uint64(hi) - uint64(lo)) / div)
	if w > 56 {
		return 64
	}
	return w
}

func packBlock(out []byte, vals []int64, nulls []uint64, b int, lo int64, div uint64, w uint) {
	first, end := b*PackRows, min((b+1)*PackRows, len(vals))
	for i := first; i < end; i++ {
		if nulls != nil && isNull(nulls, i) {
			continue
		}
		x := uint64(vals[i]) - uint64(lo)
		if div != 1 {
			x /= div
		}
		bit := uint(i-first) * w
		p := out[bit>>3:]
		le.PutUint64(p, le.Uint64(p)|x<<(bit&7))
	}
}

// ParsePacked checks a body, its directory included.
func ParsePacked(b []byte) (*Packed, error) {
	if len(b) < 16 {
		return nil, Corrupt("packed page is too short")
	}
	p := &Packed{n: int(le.Uint32(b)), nullCount: int(le.Uint32(b[4:])), div: le.Uint64(b[8:])}
	if p.n > MaxRows || p.nullCount > p.n || p.div == 0 {
		return nil, Corrupt("packed page has %d rows, %d nulls, divisor %d", p.n, p.nullCount, p.div)
	}
	b = b[16:]
	dir, nulls := p.blocks()*packDir, 0
	if p.nullCount > 0 {
		nulls = 8 * nullWords(p.n)
	}
	if len(b) < dir+nulls+8 {
		return nil, Corrupt("packed page has %d bytes for %d rows", len(b), p.n)
	}
	p.dir, p.data = b[:dir], b[dir+nulls:]
	if nulls > 0 {
		p.nulls = words(b[dir : dir+nulls])
	}
	for k := range p.blocks() {
		e := p.dir[k*packDir:]
		w := int(e[20])
		if w > 56 && w != 64 || 8*uint64(le.Uint32(e[16:]))+uint64(w)*PackRows/8+8 > uint64(len(p.data)) {
			return nil, Corrupt("packed page has block %d of %d bits at %d", k, w, le.Uint32(e[16:]))
		}
	}
	return p, nil
}

func (p *Packed) blocks() int { return (p.n + PackRows - 1) / PackRows }

// N is the number of rows.
func (p *Packed) N() int { return p.n }

// NullCount is the number of NULLs.
func (p *Packed) NullCount() int { return p.nullCount }

// Nulls is the null bitmap, ceil(N/64) words; nil if there are none.
func (p *Packed) Nulls() []uint64 { return p.nulls }

// IsNull reports whether row i is NULL.
func (p *Packed) IsNull(i int) bool { return isNull(p.nulls, i) }

// Bounds are those of block k's values; lo > hi if it has none.
func (p *Packed) Bounds(k int) (lo, hi int64) {
	e := p.dir[k*packDir:]
	return int64(le.Uint64(e)), int64(le.Uint64(e[8:]))
}

func (p *Packed) block(k int) (lo uint64, w uint, data []byte) {
	e := p.dir[k*packDir:]
	return le.Uint64(e), uint(e[20]), p.data[8*uint64(le.Uint32(e[16:])):]
}

// At is value i; whatever stands under a NULL.
func (p *Packed) At(i int) int64 {
	lo, w, d := p.block(i / PackRows)
	bit := uint(i%PackRows) * w
	x := le.Uint64(d[bit>>3:]) >> (bit & 7)
	if w < 64 {
		x &= 1<<w - 1
	}
	return int64(lo + x*p.div)
}

// Block writes the values of block k (512 rows) to dst and returns how many.
// Entries under NULLs are 0.
func (p *Packed) Block(k int, dst []int64) int {
	n := p.Raw(k, dst)
	if p.nulls != nil {
		for j := 0; j < n; j += 64 {
			for x := p.nulls[(k*PackRows+j)>>6]; x != 0; x &= x - 1 {
				if i := j + bits.TrailingZeros64(x); i < n {
					dst[i] = 0
				}
			}
		}
	}
	return n
}

// Raw is Block with whatever stands under NULLs.
func (p *Packed) Raw(k int, dst []int64) int {
	n := min(PackRows, p.n-k*PackRows)
	dst = dst[:n]
	lo, w, d := p.block(k)
	switch {
	case w == 0:
		for i := range dst {
			dst[i] = int64(lo)
		}
	case w == 64:
		for i := range dst {
			dst[i] = int64(lo + le.Uint64(d[8*i:])*p.div)
		}
	default:
		simd.Unpack(dst, d[:w*PackRows/8+8], w, lo, p.div)
	}
	return n
}

// Bits is the width of block k's fields.
func (p *Packed) Bits(k int) int { return int(p.dir[k*packDir+20]) }

// Divisor is what divides every distance from a block's minimum.
func (p *Packed) Divisor() uint64 { return p.div }
