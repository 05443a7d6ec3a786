package encoding

import (
	"math/bits"

	"tagd/storage/bitmap"
	"tagd/storage/simd"
)

// Slices is bit-sliced integers: value = min + divisor * sum of bit k << k, in
// groups of 512 rows, each group's slices together: slice k of the group is 8
// words. After O'Neil and Quass, "Improved query performance with variant
// indexes" (1997).
//
//	u32 n | u8 bits | 3 zero | i64 min | u64 divisor
//	groups x { 8 words: rows with a value | bits x 8 words, lowest first }
type Slices struct {
	n, bits int
	min     int64
	div     uint64
	w       []uint64
}

// MaxSliceBits is the widest column that gets Slices: wider ones cost as much
// as reading the values.
const MaxSliceBits = 40

func sliceRange(vals []int64, nulls []uint64) (lo int64, div uint64, w int) {
	lo, hi := int64(1<<63-1), int64(-1<<63)
	for i, x := range vals {
		if nulls == nil || !isNull(nulls, i) {
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	if lo > hi {
		return 0, 1, 0
	}
	for i, x := range vals {
		if isNull(nulls, i) {
			continue
		}
		d := uint64(x) - uint64(lo)
		if div == 0 {
			div = d
		} else if d%div != 0 {
			if div = gcd(div, d); div == 1 {
				break
			}
		}
	}
	if div == 0 {
		div = 1
	}
	return lo, div, bits.Len64((uint64(hi) - uint64(lo)) / div)
}

// SliceBits is the number of slices that the values need.
func SliceBits(vals []int64, nulls []uint64) int {
	_, _, w := sliceRange(vals, nulls)
	return w
}

// PutSlices appends the body; nulls may be nil.
func PutSlices(dst []byte, vals []int64, nulls []uint64) []byte {
	lo, div, w := sliceRange(vals, nulls)
	dst = le.AppendUint32(dst, uint32(len(vals)))
	dst = append(dst, byte(w), 0, 0, 0)
	dst = le.AppendUint64(dst, uint64(lo))
	dst = le.AppendUint64(dst, div)
	group := make([]uint64, 8*(w+1))
	var m [64]uint64
	for first := 0; first < len(vals); first += PackRows {
		clear(group)
		for j := 0; j < 8; j++ {
			at := first + 64*j
			if at >= len(vals) {
				break
			}
			end := min(at+64, len(vals))
			clear(m[:])
			var some uint64
			for i := at; i < end; i++ {
				if nulls != nil && isNull(nulls, i) {
					continue
				}
				some |= 1 << (i - at)
				x := uint64(vals[i]) - uint64(lo)
				if div != 1 {
					x /= div
				}
				m[i-at] = x
			}
			transpose(&m)
			group[j] = some
			for k := range w {
				group[8*(k+1)+j] = m[k]
			}
		}
		dst = putWords(dst, group)
	}
	return dst
}

// transpose turns rows into columns: bit j of word i becomes bit i of word j.
// Warren, Hacker's Delight, 7-3, in 64-bit form.
func transpose(a *[64]uint64) {
	m := uint64(0x00000000ffffffff)
	for j := 32; j != 0; j, m = j>>1, m^m<<(j>>1) {
		for k := 0; k < 64; k = (k + j + 1) &^ j {
			t := (a[k]>>j ^ a[k+j]) & m
			a[k+j] ^= t
			a[k] ^= t << j
		}
	}
}

// ParseSlices checks a body.
func ParseSlices(b []byte) (*Slices, error) {
	if len(b) < 24 {
		return nil, Corrupt("slices page is too short")
	}
	s := &Slices{n: int(le.Uint32(b)), bits: int(b[4]), min: int64(le.Uint64(b[8:])), div: le.Uint64(b[16:])}
	groups := (s.n + PackRows - 1) / PackRows
	if s.n > MaxRows || s.bits > 64 || s.div == 0 || len(b)-24 != groups*(s.bits+1)*64 {
		return nil, Corrupt("slices page has %d bytes for %d rows of %d bits", len(b), s.n, s.bits)
	}
	s.w = words(b[24:])
	return s, nil
}

// N is the number of rows.
func (s *Slices) N() int { return s.n }

// groupsPerBlock is the number of groups of a block.
const groupsPerBlock = bitmap.BlockRows / PackRows

// bounds turns [lo, hi] into stored numbers; ok is false if nothing can be in.
func (s *Slices) bounds(lo, hi int64) (ulo, uhi uint64, ok bool) {
	top := ^uint64(0)
	if s.bits < 64 {
		top = 1<<s.bits - 1
	}
	if lo > hi || hi < s.min {
		return 0, 0, false
	}
	if lo > s.min {
		d := uint64(lo) - uint64(s.min)
		ulo = d / s.div
		if d%s.div != 0 {
			ulo++
		}
	}
	uhi = min((uint64(hi)-uint64(s.min))/s.div, top)
	return ulo, uhi, ulo <= uhi
}

// Range ors into w, of bitmap.BlockWords words, the rows of block b with a value
// in [lo, hi].
func (s *Slices) Range(b int, lo, hi int64, w []uint64) {
	ulo, uhi, ok := s.bounds(lo, hi)
	if !ok {
		return
	}
	if at := b * groupsPerBlock * 8 * (s.bits + 1); at < len(s.w) {
		simd.Between(s.w[at:], s.bits, ulo, uhi, w)
	}
}

// Sum adds up the values of block b in the rows of w (nil: all): count, and the
// 128-bit sum of the stored numbers, to which the caller adds with Scale.
func (s *Slices) Sum(b int, w []uint64) (count int, hi, lo uint64) {
	step := 8 * (s.bits + 1)
	first := b * groupsPerBlock
	var n [64]int
	for g := first; g < first+groupsPerBlock && g*step < len(s.w); g++ {
		group := s.w[g*step : (g+1)*step]
		r := *(*[8]uint64)(group)
		if w != nil {
			f := (*[8]uint64)(w[8*(g-first):])
			var any uint64
			for i := range r {
				r[i] &= f[i]
				any |= r[i]
			}
			if any == 0 {
				continue
			}
		}
		for i := range r {
			count += bits.OnesCount64(r[i])
		}
		for k := range s.bits {
			x := (*[8]uint64)(group[8*(k+1):])
			n[k] += bits.OnesCount64(x[0]&r[0]) + bits.OnesCount64(x[1]&r[1]) + bits.OnesCount64(x[2]&r[2]) +
				bits.OnesCount64(x[3]&r[3]) + bits.OnesCount64(x[4]&r[4]) + bits.OnesCount64(x[5]&r[5]) +
				bits.OnesCount64(x[6]&r[6]) + bits.OnesCount64(x[7]&r[7])
		}
	}
	for k := range s.bits {
		h, l := bits.Mul64(uint64(n[k]), 1<<k)
		var c uint64
		lo, c = bits.Add64(lo, l, 0)
		hi += h + c
	}
	return count, hi, lo
}

// Base returns the minimum and divisor that Sum's numbers are relative to.
func (s *Slices) Base() (min int64, div uint64) { return s.min, s.div }

// Bits is the number of slices.
func (s *Slices) Bits() int { return s.bits }
