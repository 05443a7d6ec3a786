package bitmap

import (
	"math/bits"

	"tagd/storage/simd"
)

// Count returns the number of set bits.
func Count(w []uint64) int { return simd.Count(w) }

// AndInto does a &= b and returns the count of a; len(b) >= len(a), here and
// below.
func AndInto(a, b []uint64) int { return simd.And(a, b) }

// OrInto does a |= b and returns the count of a.
func OrInto(a, b []uint64) int { return simd.Or(a, b) }

// AndNotInto does a &^= b and returns the count of a.
func AndNotInto(a, b []uint64) int { return simd.AndNot(a, b) }

// AndCount returns the count of a & b.
func AndCount(a, b []uint64) int { return simd.AndCount(a, b) }

// Any reports whether a bit is set.
func Any(w []uint64) bool {
	for _, x := range w {
		if x != 0 {
			return true
		}
	}
	return false
}

// Each calls f with the position of every set bit, ascending.
func Each(w []uint64, f func(i int)) {
	for k, x := range w {
		for ; x != 0; x &= x - 1 {
			f(k<<6 + bits.TrailingZeros64(x))
		}
	}
}

// FillRange sets bits [lo, hi).
func FillRange(w []uint64, lo, hi int) {
	if lo >= hi {
		return
	}
	i, j := lo>>6, (hi-1)>>6
	first, last := ^uint64(0)<<(lo&63), ^uint64(0)>>(63-(hi-1)&63)
	if i == j {
		w[i] |= first & last
		return
	}
	w[i] |= first
	for k := i + 1; k < j; k++ {
		w[k] = ^uint64(0)
	}
	w[j] |= last
}

// ClearFrom clears the bits at n and above.
func ClearFrom(w []uint64, n int) {
	i := n >> 6
	if i >= len(w) {
		return
	}
	w[i] &= 1<<(n&63) - 1
	clear(w[i+1:])
}

// AppendOffsets appends the positions of the bits of w in [lo, hi) to dst.
func AppendOffsets(dst []uint32, w []uint64, lo, hi int) []uint32 {
	if lo >= hi {
		return dst
	}
	i, j := lo>>6, (hi-1)>>6
	for k := i; k <= j; k++ {
		x := w[k]
		if k == i {
			x &= ^uint64(0) << (lo & 63)
		}
		if k == j {
			x &= ^uint64(0) >> (63 - (hi-1)&63)
		}
		for base := uint32(k << 6); x != 0; x &= x - 1 {
			dst = append(dst, base+uint32(bits.TrailingZeros64(x)))
		}
	}
	return dst
}

// CountRange returns the number of bits set in [lo, hi).
func CountRange(w []uint64, lo, hi int) int {
	if lo >= hi {
		return 0
	}
	i, j := lo>>6, (hi-1)>>6
	first, last := ^uint64(0)<<(lo&63), ^uint64(0)>>(63-(hi-1)&63)
	if i == j {
		return bits.OnesCount64(w[i] & first & last)
	}
	return bits.OnesCount64(w[i]&first) + Count(w[i+1:j]) + bits.OnesCount64(w[j]&last)
}
