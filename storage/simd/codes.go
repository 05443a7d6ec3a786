package simd

import (
	"encoding/binary"
	"math/bits"
)

var le = binary.LittleEndian

// Index turns lanes of width bits (2, 4, 8 or 16, the first in the lowest bits)
// into dst[i] = lane i * mult, or adds that to dst, and returns the largest lane.
// Products wrap at 16 bits: the caller sees to it that codes and mult are small.
// lanes holds at least len(dst) of them.
func Index(dst []uint16, lanes []byte, width int, mult uint16, add bool) uint16 {
	hi := uint16(0)
	if k := len(dst) &^ 31; On && k > 0 {
		_ = lanes[k*width/8-1]
		var top [32]uint16
		a := 0
		if add {
			a = 1
		}
		indexVec(&dst[0], &lanes[0], k, width, int(mult), a, &top)
		for _, x := range top {
			hi = max(hi, x)
		}
		dst, lanes = dst[k:], lanes[k*width/8:]
	}
	for i := range dst {
		c := lane(lanes, width, i)
		hi = max(hi, c)
		x := c * mult
		if add {
			x += dst[i]
		}
		dst[i] = x
	}
	return hi
}

func lane(lanes []byte, width, i int) uint16 {
	switch width {
	case 16:
		return le.Uint16(lanes[2*i:])
	case 8:
		return uint16(lanes[i])
	case 4:
		return uint16(lanes[i>>1] >> (i & 1 * 4) & 15)
	}
	return uint16(lanes[i>>2] >> (i & 3 * 2) & 3)
}

// Place turns values into cell[i] = code * mult, or adds that to cell: the code
// of a value is its distance to base, 0 if that is not below size. Products wrap
// at 16 bits. len(cell) >= len(vals).
func Place(cell []uint16, vals []int64, base int64, size uint64, mult uint16, add bool) {
	cell = cell[:len(vals)]
	at := 0
	if k := len(vals) &^ 7; On && k > 0 {
		a := 0
		if add {
			a = 1
		}
		placeVec(&cell[0], &vals[0], k, uint64(base), size, int(mult), a)
		at = k
	}
	for i := at; i < len(vals); i++ {
		code := uint64(vals[i]) - uint64(base)
		if code >= size {
			code = 0
		}
		x := uint16(code) * mult
		if add {
			x += cell[i]
		}
		cell[i] = x
	}
}

// Compress writes the elements of src whose bit is set in mask to dst, which is
// as long as src, in order, and returns how many. What is behind them in dst is
// of any value afterwards. Bits at len(src) and above are not looked at.
func Compress(dst, src []uint16, mask []uint64) int {
	n, at := 0, 0
	dst = dst[:len(src)]
	if k := len(src) &^ 63; On && k > 0 {
		_ = mask[k/64-1]
		n, at = compressVec(&dst[0], &src[0], &mask[0], k), k
	}
	for ; at < len(src); at += 64 {
		x := mask[at>>6]
		if left := len(src) - at; left < 64 {
			x &= 1<<left - 1
		}
		for ; x != 0; x &= x - 1 {
			dst[n] = src[at+bits.TrailingZeros64(x)]
			n++
		}
	}
	return n
}

// In8 ors into w the positions of the codes that are in set (bit c%64 of word
// c/64); w has room for len(codes) bits.
func In8(codes []byte, set *[4]uint64, w []uint64) {
	if k := len(codes) &^ 63; On && k > 0 {
		_ = w[k/64-1]
		in8Vec(&codes[0], set, &w[0], k)
		codes, w = codes[k:], w[k/64:]
	}
	for i, c := range codes {
		w[i>>6] |= (set[c>>6] >> (c & 63) & 1) << (i & 63)
	}
}

// In16 is In8 for codes of 16 bits. Codes of 1024 and above are looked up one
// by one: set is then longer than 16 words, and at most 1024. A code behind the
// end of set is not in it.
func In16(codes []uint16, set []uint64, w []uint64) {
	if k := len(codes) &^ 63; On && k > 0 && len(set) <= 16 {
		var small [16]uint64
		copy(small[:], set)
		_ = w[k/64-1]
		in16Vec(&codes[0], &small, &w[0], k)
		codes, w = codes[k:], w[k/64:]
	}
	for i, c := range codes {
		if int(c>>6) < len(set) {
			w[i>>6] |= (set[c>>6] >> (c & 63) & 1) << (i & 63)
		}
	}
}
