package encoding

import "math"

// Floats is raw doubles.
//
//	u32 n | u32 nulls | null bitmap, ceil(n/64) words, if there are nulls | n x f64
type Floats struct {
	n, nullCount int
	nulls        []uint64
	vals         []uint64
}

// PutFloats appends the body; nulls may be nil.
func PutFloats(dst []byte, vals []float64, nulls []uint64) []byte {
	k := countNulls(nulls, len(vals))
	dst = le.AppendUint32(dst, uint32(len(vals)))
	dst = le.AppendUint32(dst, uint32(k))
	if k > 0 {
		dst = putNulls(dst, nulls, len(vals))
	}
	for _, f := range vals {
		dst = le.AppendUint64(dst, math.Float64bits(f))
	}
	return dst
}

// ParseFloats checks a body.
func ParseFloats(b []byte) (*Floats, error) {
	if len(b) < 8 {
		return nil, Corrupt("floats page is too short")
	}
	f := &Floats{n: int(le.Uint32(b)), nullCount: int(le.Uint32(b[4:]))}
	b = b[8:]
	w := 0
	if f.nullCount > 0 {
		w = 8 * nullWords(f.n)
	}
	if f.n > MaxRows || f.nullCount > f.n || len(b) != w+8*f.n {
		return nil, Corrupt("floats page has %d bytes for %d rows", len(b), f.n)
	}
	if w > 0 {
		f.nulls = words(b[:w])
	}
	f.vals = words(b[w:])
	return f, nil
}

// N is the number of rows.
func (f *Floats) N() int { return f.n }

// Nulls is the null bitmap, nil if there are none.
func (f *Floats) Nulls() []uint64 { return f.nulls }

// IsNull reports whether row i is NULL.
func (f *Floats) IsNull(i int) bool { return isNull(f.nulls, i) }

// At is value i.
func (f *Floats) At(i int) float64 { return math.Float64frombits(f.vals[i]) }
