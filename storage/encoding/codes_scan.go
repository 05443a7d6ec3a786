package encoding

import "tagd/storage/bitmap"

// LUT is a set of codes made ready for Scan.
type LUT struct {
	bits  []uint64 // by code, 65536 bits
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
	copy(l.bits, set)
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
			scan16(halves(c.lanes[2*lo:2*(lo+n)]), (*[1024]uint64)(l.bits), w)
		}
	case 8:
		scan8(c.lanes[min(lo, len(c.lanes)):][:n], &l.bytes, w)
	default:
		per := 8 / c.bits
		if n > 0 {
			scanPacked(c.lanes[lo/per:lo/per+(n+per-1)/per], per, &l.bytes, w)
		}
	}
	bitmap.ClearFrom(w, n)
}

func scan16(codes []uint16, set *[1024]uint64, w []uint64) {
	for i := 0; len(codes) > 0; i++ {
		k := min(64, len(codes))
		x := uint64(0)
		for j, c := range codes[:k] {
			x |= (set[c>>6] >> (c & 63) & 1) << (j & 63)
		}
		w[i] |= x
		codes = codes[k:]
	}
}

func scan8(codes []byte, lut *[256]uint8, w []uint64) {
	i := 0
	for ; len(codes) >= 64; i++ {
		b := (*[64]byte)(codes)
		x := uint64(0)
		for j := 0; j < 64; j += 8 {
			y := uint64(lut[b[j]]) | uint64(lut[b[j+1]])<<1 | uint64(lut[b[j+2]])<<2 | uint64(lut[b[j+3]])<<3 |
				uint64(lut[b[j+4]])<<4 | uint64(lut[b[j+5]])<<5 | uint64(lut[b[j+6]])<<6 | uint64(lut[b[j+7]])<<7
			x |= y << (j & 63)
		}
		w[i] |= x
		codes = codes[64:]
	}
	for j, c := range codes {
		w[i] |= uint64(lut[c]) << j
	}
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
