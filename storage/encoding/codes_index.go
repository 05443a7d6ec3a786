package encoding

import "tagd/storage/simd"

// BadIndex is or-ed into the result of Index when a code is out of range.
const BadIndex = 1 << 31

// Index gives rows [lo, lo+len(dst)) their place along one dimension of a
// crosstab: code * mult, added to dst when add is set, for codes below k. The
// result has bit 31 set if a code was not; dst is then useless. lo is a
// multiple of 64; k*mult is below 2^31.
func (c *Codes) Index(lo int, dst []uint32, k, mult int, add bool) uint32 {
	m := uint32(mult)
	if c.bits == 16 {
		return index16(halves(c.lanes[2*lo:2*(lo+len(dst))]), dst, uint32(k), m, add)
	}
	var lut [256]uint32
	for i := range 1 << c.bits {
		code := uint32(i)
		if c.bits == 0 {
			code = uint32(c.konst)
		}
		if lut[i] = code * m; code >= uint32(k) {
			lut[i] = BadIndex
		}
	}
	if !add {
		clear(dst)
	}
	switch c.bits {
	case 8:
		return index8(c.lanes[lo:lo+len(dst)], dst, &lut)
	case 4:
		return index4(c.lanes[lo/2:], dst, &lut)
	case 2:
		return index2(c.lanes[lo/4:], dst, &lut)
	}
	for i := range dst {
		dst[i] += lut[0]
	}
	return lut[0]
}

// Index16 is Index in 16 bits: code * mult of rows [lo, lo+len(dst)), added to
// dst when add is set. It returns the largest code; dst is useless if that times
// mult does not fit. lo is a multiple of 64.
func (c *Codes) Index16(lo int, dst []uint16, mult uint16, add bool) uint16 {
	if c.bits > 0 {
		return simd.Index(dst, c.lanes[lo*c.bits/8:], c.bits, mult, add)
	}
	for i := range dst {
		if !add {
			dst[i] = 0
		}
		dst[i] += c.konst * mult
	}
	return c.konst
}

func index16(lane []uint16, dst []uint32, k, m uint32, add bool) uint32 {
	hi := uint32(0)
	dst = dst[:len(lane)]
	if add {
		for i, c := range lane {
			hi = max(hi, uint32(c))
			dst[i] += uint32(c) * m
		}
	} else {
		for i, c := range lane {
			hi = max(hi, uint32(c))
			dst[i] = uint32(c) * m
		}
	}
	if len(lane) > 0 && hi >= k {
		return BadIndex
	}
	return 0
}

func index8(lane []byte, dst []uint32, lut *[256]uint32) uint32 {
	bad := uint32(0)
	dst = dst[:len(lane)]
	for i, c := range lane {
		x := lut[c]
		bad |= x
		dst[i] += x
	}
	return bad
}

func index4(lanes []byte, dst []uint32, lut *[256]uint32) uint32 {
	bad := uint32(0)
	for ; len(dst) >= 2; dst, lanes = dst[2:], lanes[1:] {
		c := lanes[0]
		x, y := lut[c&15], lut[c>>4]
		bad |= x | y
		dst[0] += x
		dst[1] += y
	}
	if len(dst) > 0 {
		x := lut[lanes[0]&15]
		bad |= x
		dst[0] += x
	}
	return bad
}

func index2(lanes []byte, dst []uint32, lut *[256]uint32) uint32 {
	bad := uint32(0)
	for ; len(dst) >= 4; dst, lanes = dst[4:], lanes[1:] {
		c := lanes[0]
		x, y, z, w := lut[c&3], lut[c>>2&3], lut[c>>4&3], lut[c>>6]
		bad |= x | y | z | w
		dst[0] += x
		dst[1] += y
		dst[2] += z
		dst[3] += w
	}
	for i := range dst {
		x := lut[lanes[0]>>(2*i)&3]
		bad |= x
		dst[i] += x
	}
	return bad
}
