package storage

import (
	"encoding/binary"
	"errors"
	"math"

	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/encoding"
)

// shaped marks the number of dimensions in front of an array; no length has it.
const shaped = 1 << 40

var errVector = errors.New("stored values are damaged")

// appendVector appends rows lo..hi of a vector of any encoding, for patches and
// dictionary chunks:
//
//	n uvarint | has nulls u8 | [null bits, (n+7)/8 B] | the values that are not NULL
//
// integers are zigzag varints, floats 8 bytes, strings and records (see
// encoding.AppendRecord) a uvarint length and the bytes, decimals their text as a string, intervals three varints, arrays a
// vector of their elements after a uvarint length in elements each. An array
// that is not a plain list has before it a uvarint shaped|dimensions and a
// uvarint length and varint lower bound of each.
func appendVector(dst []byte, v *vec.Vector, lo, hi int) []byte {
	dst = binary.AppendUvarint(dst, uint64(hi-lo))
	bits := make([]byte, (hi-lo+7)/8)
	has := byte(0)
	for i := lo; i < hi; i++ {
		if v.IsNull(i) {
			bits[(i-lo)>>3] |= 1 << ((i - lo) & 7)
			has = 1
		}
	}
	dst = append(dst, has)
	if has != 0 {
		dst = append(dst, bits...)
	}
	for i := lo; i < hi; i++ {
		if bits[(i-lo)>>3]>>((i-lo)&7)&1 == 0 {
			dst = appendDatum(dst, v.Type, v.Get(i))
		}
	}
	return dst
}

func appendDatum(dst []byte, t types.Type, d vec.Datum) []byte {
	switch t.Phys() {
	case types.PhysInt:
		return binary.AppendVarint(dst, d.I)
	case types.PhysFloat:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(d.F))
	case types.PhysStr:
		return append(binary.AppendUvarint(dst, uint64(len(d.S))), d.S...)
	case types.PhysDec:
		s := d.D.Append(nil)
		return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
	case types.PhysIvl:
		dst = binary.AppendVarint(dst, int64(d.V.Months))
		dst = binary.AppendVarint(dst, int64(d.V.Days))
		return binary.AppendVarint(dst, d.V.Micros)
	case types.PhysRec:
		b := encoding.AppendRecord(nil, t, d.R)
		return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
	}
	n := 0
	if d.A != nil {
		n = d.A.N
	}
	if n == 0 {
		return binary.AppendUvarint(dst, 0)
	}
	if d.Dims != nil {
		dst = binary.AppendUvarint(dst, shaped|uint64(len(d.Dims.Len)))
		for i, l := range d.Dims.Len {
			dst = binary.AppendVarint(binary.AppendUvarint(dst, uint64(l)), int64(d.Dims.Lower[i]))
		}
	}
	return appendVector(dst, d.A, 0, n) // begins with its length
}

// vecReader takes stored values apart; bad turns true at the first fault and
// everything after is empty.
type vecReader struct {
	b   []byte
	bad bool
}

func (r *vecReader) fail() { r.b, r.bad = nil, true }

func (r *vecReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *vecReader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *vecReader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	p := r.b[:n]
	r.b = r.b[n:]
	return p
}

// vector reads what appendVector wrote; the strings are copies.
func (r *vecReader) vector(t types.Type) *vec.Vector {
	n := r.uvarint()
	// A NULL costs a bit and any value at least a byte: more rows than eight
	// times the bytes that are left cannot be.
	if n > 8*uint64(len(r.b)) {
		r.fail()
		return vec.NewBuilder(t, 0).Finish()
	}
	return r.rows(t, int(n))
}

// rows reads the rest of a vector whose length has been read.
func (r *vecReader) rows(t types.Type, n int) *vec.Vector {
	b := vec.NewBuilder(t, n)
	var nulls []byte
	if h := r.take(1); len(h) == 1 && h[0] != 0 {
		nulls = r.take(uint64(n+7) / 8)
	}
	for i := 0; i < n && !r.bad; i++ {
		if nulls != nil && nulls[i>>3]>>(i&7)&1 != 0 {
			b.AppendNull()
			continue
		}
		b.Append(r.datum(t))
	}
	return b.Finish()
}

func (r *vecReader) datum(t types.Type) vec.Datum {
	var d vec.Datum
	switch t.Phys() {
	case types.PhysInt:
		d.I = r.varint()
	case types.PhysFloat:
		if p := r.take(8); p != nil {
			d.F = math.Float64frombits(binary.LittleEndian.Uint64(p))
		}
	case types.PhysStr:
		d.S = string(r.take(r.uvarint()))
	case types.PhysDec:
		dec, err := types.ParseDecimal(string(r.take(r.uvarint())))
		if err != nil {
			r.fail()
		}
		d.D = dec
	case types.PhysIvl:
		d.V.Months, d.V.Days, d.V.Micros = int32(r.varint()), int32(r.varint()), r.varint()
	case types.PhysRec:
		var err error
		if d.R, err = encoding.ParseRecord(t, vec.DescOf(t), r.take(r.uvarint())); err != nil {
			r.fail()
		}
	case types.PhysArr:
		n := r.uvarint()
		if n&^7 == shaped {
			d.Dims = r.shape(int(n & 7))
			n = r.uvarint()
		}
		if n > 8*uint64(len(r.b)) {
			r.fail()
		} else if n > 0 {
			d.A = r.rows(t.Elem(), int(n))
		}
		if d.Dims != nil && !d.Dims.Fits(int64(n)) {
			r.fail()
			d.Dims = nil
		}
	default:
		r.fail()
	}
	return d
}

func (r *vecReader) shape(n int) *vec.ArrayDims {
	d := &vec.ArrayDims{Len: make([]int32, n), Lower: make([]int32, n)}
	for i := range n {
		d.Len[i], d.Lower[i] = int32(r.uvarint()), int32(r.varint())
	}
	return d
}

// decodeVector reads a whole value of appendVector.
func decodeVector(t types.Type, b []byte) (*vec.Vector, error) {
	r := vecReader{b: b}
	v := r.vector(t)
	if r.bad || len(r.b) != 0 {
		return nil, errVector
	}
	return v, nil
}
