package encoding

import "tagd/storage/bitmap"

// Inverted is the rows of each code of a column, by block.
//
//	u32 codes | u32 blocks | u32 containers | u32 zero
//	u32 start[codes+1]: code c has containers start[c]..start[c+1], pad to 8
//	containers x { u32 offset in the data | u16 rows-1 | u8 block | u8 layout }, by code, then block
//	data: layout 0 array u16 | 1 words (aligned to 8) | 2 u16 runs, then runs { u16 first, u16 more }
type Inverted struct {
	codes, blocks int
	starts        []byte
	ents          []byte
	data          []byte
}

// MaxInverted is the number of codes up to which a column gets an Inverted
// page; with more, arrays of a handful of rows cost more than a code scan.
const MaxInverted = 4096

const (
	layArray = 0
	layWords = 1
	layRuns  = 2
)

// ParseInverted checks the fixed parts of a body.
func ParseInverted(b []byte) (*Inverted, error) {
	if len(b) < 16 {
		return nil, Corrupt("inverted page is too short")
	}
	codes, blocks, n := uint64(le.Uint32(b)), le.Uint32(b[4:]), uint64(le.Uint32(b[8:]))
	if codes > 1<<16 || blocks > bitmap.SegBlocks || n > codes*uint64(blocks) {
		return nil, Corrupt("inverted page has %d codes, %d blocks, %d containers", codes, blocks, n)
	}
	head := 16 + (4*(codes+1)+7)&^7
	if head+8*n > uint64(len(b)) {
		return nil, Corrupt("inverted page has %d bytes for %d codes and %d containers", len(b), codes, n)
	}
	return &Inverted{codes: int(codes), blocks: int(blocks), starts: b[16 : 16+4*(codes+1)],
		ents: b[head : head+8*n], data: b[head+8*n:]}, nil
}

// Codes is the number of codes that the page knows.
func (v *Inverted) Codes() int { return v.codes }

// span returns code c's entries.
func (v *Inverted) span(c int) ([]byte, error) {
	if c < 0 || c >= v.codes {
		return nil, nil
	}
	lo, hi := uint64(le.Uint32(v.starts[4*c:])), uint64(le.Uint32(v.starts[4*c+4:]))
	if lo > hi || 8*hi > uint64(len(v.ents)) || hi-lo > uint64(v.blocks) {
		return nil, Corrupt("inverted page has containers %d-%d for code %d", lo, hi, c)
	}
	return v.ents[8*lo : 8*hi], nil
}

// Card is the number of rows of code c, dead ones included.
func (v *Inverted) Card(c int) (int, error) {
	e, err := v.span(c)
	n := 0
	for ; len(e) >= 8; e = e[8:] {
		n += int(le.Uint16(e[4:])) + 1
	}
	return n, err
}

// Find sets out to the container of code c in block b; false if it has no rows
// there.
func (v *Inverted) Find(c, b int, out *bitmap.Container) (bool, error) {
	e, err := v.span(c)
	if err != nil {
		return false, err
	}
	if i := 8 * b; i < len(e) && int(e[i+6]) == b { // no block is missing: the usual case
		return true, v.open(e[i:i+8], out)
	}
	for ; len(e) >= 8; e = e[8:] {
		if int(e[6]) == b {
			return true, v.open(e[:8], out)
		}
	}
	return false, nil
}

// CardIn is the number of rows of code c in block b.
func (v *Inverted) CardIn(c, b int) (int, error) {
	e, err := v.span(c)
	if i := 8 * b; i < len(e) && int(e[i+6]) == b {
		return int(le.Uint16(e[i+4:])) + 1, err
	}
	for ; len(e) >= 8; e = e[8:] {
		if int(e[6]) == b {
			return int(le.Uint16(e[4:])) + 1, err
		}
	}
	return 0, err
}

func (v *Inverted) open(e []byte, out *bitmap.Container) error {
	off, card := uint64(le.Uint32(e)), int(le.Uint16(e[4:]))+1
	out.W, out.A, out.Runs, out.Card = nil, nil, false, card
	if off > uint64(len(v.data)) {
		return Corrupt("inverted page has a container at %d", off)
	}
	d := v.data[off:]
	size := 2 * card
	switch e[7] {
	case layArray:
	case layWords:
		size = 8 * bitmap.BlockWords
	case layRuns:
		if len(d) < 2 {
			return Corrupt("inverted page has a container at %d", off)
		}
		size = 4 * int(le.Uint16(d))
		d = d[2:]
		out.Runs = true
	default:
		return Corrupt("inverted page has a container of layout %d", e[7])
	}
	if size > len(d) {
		return Corrupt("inverted page has a container past its end")
	}
	if e[7] == layWords {
		out.W = words(d[:size])
	} else {
		out.A = halves(d[:size])
	}
	return nil
}

// Layouts counts the arrays, bitmaps and run lists of code c, opening each.
func (v *Inverted) Layouts(c int) (arrays, bitmaps, runs int, err error) {
	e, err := v.span(c)
	var x bitmap.Container
	for ; err == nil && len(e) >= 8; e = e[8:] {
		err = v.open(e[:8], &x)
		switch e[7] {
		case layArray:
			arrays++
		case layWords:
			bitmaps++
		default:
			runs++
		}
	}
	return arrays, bitmaps, runs, err
}
