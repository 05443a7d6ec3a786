package encoding

import (
	"tagd/storage/bitmap"
	"tagd/storage/simd"
)

// LUT is a set of codes made ready for Scan.
type LUT struct {
	bits  []uint64 // by code, 65536 bits
	used  int      // words of bits up to the last code in the set
	bytes [256]uint8
	width int
}

// NewLUT prepares the codes in set (bit c of word c/64) for scans of c. l is
// reused if not nil.
func (c *Codes) NewLUT(l *LUT, set []uint64) *LUT {
	if l == nil {
		l = &LUT{}
	}
	if l.bits == nil {
		l.bits = make([]uint64, 1024)
	}
	clear(l.bits)
	l.used = copy(l.bits, set)
	for l.used > 0 && l.bits[l.used-1] == 0 {
		l.used--
	}
	l.width = c.bits
	w := min(c.bits, 8)
	if w == 0 {
		return l
	}
	for x := range l.bytes {
		l.bytes[x] = 0
		for j := 0; j < 8/w; j++ {
			k := x >> (j * w) & (1<<w - 1)
			l.bytes[x] |= uint8(l.bits[k>>6]>>(k&63)&1) << j
		}
	}
	return l
}

// Scan ors into w, of bitmap.BlockWords words, the rows of block b whose codes
// are in l.
func (c *Codes) Scan(b int, l *LUT, w []uint64) {
	lo := b * bitmap.BlockRows
	n := max(0, min(bitmap.BlockRows, c.n-lo))
	switch c.bits {
	case 0:
		if l.bits[c.konst>>6]>>(c.konst&63)&1 != 0 {
			bitmap.FillRange(w, 0, n)
		}
		return
	case 16:
		if n > 0 {
			simd.In16(halves(c.lanes[2*lo:2*(lo+n)]), l.bits[:l.used], w)
		}
	case 8:
		simd.In8(c.lanes[min(lo, len(c.lanes)):][:n], (*[4]uint64)(l.bits), w)
	default:
		per := 8 / c.bits
		if n > 0 {
			scanPacked(c.lanes[lo/per:lo/per+(n+per-1)/per], per, &l.bytes, w)
		}
	}
	bitmap.ClearFrom(w, n)
}

// scanPacked scans lanes of which a byte holds per; lut gives per bits.
func scanPacked(lanes []byte, per int, lut *[256]uint8, w []uint64) {
	step := 64 / per // bytes that fill a word
	for i := 0; len(lanes) > 0; i++ {
		k := min(step, len(lanes))
		x := uint64(0)
		for j, c := range lanes[:k] {
			x |= uint64(lut[c]) << (j * per & 63)
		}
		w[i] |= x
		lanes = lanes[k:]
	}
}
