package encoding

// Codes is the dictionary code of each row in lanes of equal width.
//
//	u32 n | u8 bits (0, 2, 4, 8, 16) | 3 zero | u64 constant code (bits 0) | lanes, row 0 in the lowest bits
//
// Lanes are padded with zeros to 8 bytes.
type Codes struct {
	n, bits int
	konst   uint16
	lanes   []byte
}

// PutCodes appends the body; codes fit 16 bits.
func PutCodes(dst []byte, codes []uint32) []byte {
	hi, same := uint32(0), true
	for _, c := range codes {
		hi = max(hi, c)
		same = same && c == codes[0]
	}
	width := 16
	switch {
	case same:
		width = 0
	case hi < 4:
		width = 2
	case hi < 16:
		width = 4
	case hi < 256:
		width = 8
	}
	dst = le.AppendUint32(dst, uint32(len(codes)))
	dst = append(dst, byte(width), 0, 0, 0)
	if width == 0 {
		k := uint64(0)
		if len(codes) > 0 {
			k = uint64(codes[0])
		}
		return le.AppendUint64(dst, k)
	}
	dst = le.AppendUint64(dst, 0)
	at := len(dst)
	switch width {
	case 16:
		for _, c := range codes {
			dst = append(dst, byte(c), byte(c>>8))
		}
	case 8:
		for _, c := range codes {
			dst = append(dst, byte(c))
		}
	default:
		dst = append(dst, make([]byte, (len(codes)*width+7)/8)...)
		out := dst[at:]
		per := 8 / width
		for i, c := range codes {
			out[i/per] |= byte(c) << (i % per * width)
		}
	}
	return pad8(dst, at)
}

// ParseCodes checks a body.
func ParseCodes(b []byte) (*Codes, error) {
	if len(b) < 16 {
		return nil, Corrupt("codes page is too short")
	}
	c := &Codes{n: int(le.Uint32(b)), bits: int(b[4]), konst: uint16(le.Uint64(b[8:])), lanes: b[16:]}
	switch c.bits {
	case 0, 2, 4, 8, 16:
	default:
		return nil, Corrupt("codes page has lanes of %d bits", c.bits)
	}
	if want := (c.n*c.bits + 63) / 64 * 8; c.n > MaxRows || len(c.lanes) != want {
		return nil, Corrupt("codes page has %d bytes for %d rows of %d bits", len(c.lanes), c.n, c.bits)
	}
	return c, nil
}

// N is the number of rows.
func (c *Codes) N() int { return c.n }

// Bits is the width of a lane.
func (c *Codes) Bits() int { return c.bits }

// At is the code of row i, in [0, N).
func (c *Codes) At(i int) uint16 {
	switch c.bits {
	case 16:
		return le.Uint16(c.lanes[2*i:])
	case 8:
		return uint16(c.lanes[i])
	case 4:
		return uint16(c.lanes[i>>1] >> (i & 1 * 4) & 15)
	case 2:
		return uint16(c.lanes[i>>2] >> (i & 3 * 2) & 3)
	}
	return c.konst
}
