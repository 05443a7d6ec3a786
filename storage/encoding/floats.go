package encoding

import (
	"math"

	"tagd/storage/bitmap"
	"tagd/storage/simd"
)

// Floats is doubles: as they are, or, when a segment has few distinct ones (a
// score of four decimals, a rate), as a table and lanes of one or two bytes.
//
//	u32 n | u32 nulls | u32 distinct, 0: none | u32 lane bytes, 1 or 2
//	null bitmap, ceil(n/64) words, if there are nulls
//	distinct 0: n x f64; else distinct x f64, then n lanes
type Floats struct {
	n, nullCount int
	nulls        []uint64
	vals         []uint64 // by row, or by lane value
	lanes        []byte
	wide         bool // two bytes a lane
}

// maxFloatTable is the number of distinct values up to which a table pays.
const maxFloatTable = 1 << 16

// PutFloats appends the body; nulls may be nil.
func PutFloats(dst []byte, vals []float64, nulls []uint64) []byte {
	table, lanes := floatTable(vals)
	width := 0
	if table != nil {
		width = 1
		if len(table) > 256 {
			width = 2
		}
	}
	k := countNulls(nulls, len(vals))
	for _, x := range []int{len(vals), k, len(table), width} {
		dst = le.AppendUint32(dst, uint32(x))
	}
	if k > 0 {
		dst = putNulls(dst, nulls, len(vals))
	}
	if table == nil {
		for _, f := range vals {
			dst = le.AppendUint64(dst, math.Float64bits(f))
		}
		return dst
	}
	dst = putWords(dst, table)
	for _, x := range lanes {
		if width == 1 {
			dst = append(dst, byte(x))
		} else {
			dst = le.AppendUint16(dst, x)
		}
	}
	return dst
}

// floatTable numbers the distinct bit patterns in the order they come; nil if
// they are too many to save anything.
func floatTable(vals []float64) (table []uint64, lanes []uint16) {
	seen := make(map[uint64]uint16)
	lanes = make([]uint16, len(vals))
	for i, f := range vals {
		b := math.Float64bits(f)
		x, ok := seen[b]
		if !ok {
			if len(table) == maxFloatTable || len(table) > 1024 && len(table) > len(vals)/4 {
				return nil, nil
			}
			x = uint16(len(table))
			seen[b] = x
			table = append(table, b)
		}
		lanes[i] = x
	}
	return table, lanes
}

// ParseFloats checks a body.
func ParseFloats(b []byte) (*Floats, error) {
	if len(b) < 16 {
		return nil, Corrupt("floats page is too short")
	}
	f := &Floats{n: int(le.Uint32(b)), nullCount: int(le.Uint32(b[4:]))}
	distinct, width := int(le.Uint32(b[8:])), int(le.Uint32(b[12:]))
	b = b[16:]
	w := 0
	if f.nullCount > 0 {
		w = 8 * nullWords(f.n)
	}
	rest := 8 * f.n
	if distinct > 0 {
		rest = 8*distinct + width*f.n
	}
	if f.n > MaxRows || f.nullCount > f.n || distinct > maxFloatTable || distinct > 0 && width != 1 && width != 2 || len(b) != w+rest {
		return nil, Corrupt("floats page has %d bytes for %d rows, %d distinct", len(b), f.n, distinct)
	}
	if w > 0 {
		f.nulls = words(b[:w])
	}
	b = b[w:]
	if distinct == 0 {
		f.vals = words(b)
		return f, nil
	}
	f.vals, f.lanes, f.wide = words(b[:8*distinct]), b[8*distinct:], width == 2
	return f, nil
}

// Check makes sure that every lane names an entry of the table; without it such
// a lane reads as NaN.
func (f *Floats) Check() error {
	for i := range f.n {
		if f.lanes == nil {
			return nil
		}
		if x := f.lane(i); x >= len(f.vals) {
			return Corrupt("floats page has entry %d of %d in row %d", x, len(f.vals), i)
		}
	}
	return nil
}

func (f *Floats) lane(i int) int {
	if f.wide {
		return int(le.Uint16(f.lanes[2*i:]))
	}
	return int(f.lanes[i])
}

// N is the number of rows.
func (f *Floats) N() int { return f.n }

// Nulls is the null bitmap, nil if there are none.
func (f *Floats) Nulls() []uint64 { return f.nulls }

// IsNull reports whether row i is NULL.
func (f *Floats) IsNull(i int) bool { return isNull(f.nulls, i) }

// At is value i.
func (f *Floats) At(i int) float64 {
	if f.lanes != nil {
		if i = f.lane(i); i >= len(f.vals) {
			return math.NaN()
		}
	}
	return math.Float64frombits(f.vals[i])
}

// InRange is the entries of the table for which in holds, for Scan; nil if there
// is no table.
func (f *Floats) InRange(in func(float64) bool) []uint64 {
	if f.lanes == nil {
		return nil
	}
	set := make([]uint64, max(nullWords(len(f.vals)), 4))
	for i, x := range f.vals {
		if in(math.Float64frombits(x)) {
			set[i>>6] |= 1 << (i & 63)
		}
	}
	return set
}

// Scan ors into w, of bitmap.BlockWords words, the rows of block b, NULLs among
// them, whose entries are in set.
func (f *Floats) Scan(b int, set, w []uint64) {
	lo := b * bitmap.BlockRows
	n := max(0, min(bitmap.BlockRows, f.n-lo))
	switch {
	case n == 0:
	case f.wide:
		simd.In16(halves(f.lanes[2*lo:2*(lo+n)]), set, w)
	default:
		simd.In8(f.lanes[lo:lo+n], (*[4]uint64)(set), w)
	}
}
