package spill

import (
	"encoding/binary"
	"math"
	"math/big"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// A column is a kind byte, then by kind:
//
//	kindNil    nothing: the column is not there
//	kindFlat   type number, values
//	kindConst  type number, values of one row, shown for all
//	kindDict   dictionary number, then a code (4 bytes) for each row
//
// Values are a byte that is 1 if there are NULLs, then their bits in bytes, then
// by physical class: 8 bytes each for integers and floats; lengths as uvarints
// and then all bytes for strings; form, scale and coefficient for decimals; 16
// bytes for intervals; for arrays the lengths, then the elements as a column of
// their own, then the shapes; for records a number of their shape and each field
// as a column of one row.
const (
	kindNil byte = iota
	kindFlat
	kindConst
	kindDict
)

// refs are the parts of batches that stay in memory.
type refs struct {
	types []types.Type
	dicts []*vec.Vector
	descs []*vec.RecordDesc
}

// maxDicts and maxDict bound the dictionaries that are kept; rows of others are
// written as values.
const (
	maxDicts = 256
	maxDict  = 1 << 17
)

func (r *refs) typeNo(t types.Type) uint64 {
	for i, have := range r.types {
		if have == t {
			return uint64(i)
		}
	}
	r.types = append(r.types, t)
	return uint64(len(r.types) - 1)
}

func (r *refs) dictNo(d *vec.Vector) (int, bool) {
	for i := len(r.dicts) - 1; i >= 0; i-- {
		if r.dicts[i] == d {
			return i, true
		}
	}
	if len(r.dicts) >= maxDicts || d.N > maxDict {
		return 0, false
	}
	r.dicts = append(r.dicts, d)
	return len(r.dicts) - 1, true
}

func (r *refs) descNo(d *vec.RecordDesc) uint64 {
	for i := len(r.descs) - 1; i >= 0; i-- {
		if r.descs[i] == d {
			return uint64(i)
		}
	}
	r.descs = append(r.descs, d)
	return uint64(len(r.descs) - 1)
}

func (r *refs) appendBatch(dst []byte, b *vec.Batch) []byte {
	dst = binary.AppendUvarint(dst, uint64(b.N))
	dst = binary.AppendUvarint(dst, uint64(len(b.Cols)))
	for _, c := range b.Cols {
		dst = r.appendColumn(dst, c)
	}
	return dst
}

func (r *refs) appendColumn(dst []byte, v *vec.Vector) []byte {
	switch {
	case v == nil:
		return append(dst, kindNil)
	case v.Dict != nil:
		if no, ok := r.dictNo(v.Dict); ok {
			dst = binary.AppendUvarint(append(dst, kindDict), uint64(no))
			for _, c := range v.Codes[:v.N] {
				dst = binary.LittleEndian.AppendUint32(dst, c)
			}
			return dst
		}
		v = v.Flat()
	case v.Const:
		dst = binary.AppendUvarint(append(dst, kindConst), r.typeNo(v.Type))
		return r.appendValues(dst, v.Slice(0, 1).Flat())
	}
	dst = binary.AppendUvarint(append(dst, kindFlat), r.typeNo(v.Type))
	return r.appendValues(dst, v)
}

// appendValues writes a flat vector.
func (r *refs) appendValues(dst []byte, v *vec.Vector) []byte {
	le := binary.LittleEndian
	if v.HasNulls() {
		dst = append(dst, 1)
		for i := 0; i < v.N; i += 8 {
			dst = append(dst, byte(v.Nulls[i>>6]>>(i&63)))
		}
	} else {
		dst = append(dst, 0)
	}
	switch v.Type.Phys() {
	case types.PhysInt:
		for _, x := range v.I64[:v.N] {
			dst = le.AppendUint64(dst, uint64(x))
		}
	case types.PhysFloat:
		for _, x := range v.F64[:v.N] {
			dst = le.AppendUint64(dst, math.Float64bits(x))
		}
	case types.PhysStr:
		for _, s := range v.Str[:v.N] {
			dst = binary.AppendUvarint(dst, uint64(len(s)))
		}
		for _, s := range v.Str[:v.N] {
			dst = append(dst, s...)
		}
	case types.PhysDec:
		for _, d := range v.Dec[:v.N] {
			dst = appendDecimal(dst, d)
		}
	case types.PhysIvl:
		for _, x := range v.Ivl[:v.N] {
			dst = le.AppendUint64(dst, uint64(x.Micros))
			dst = le.AppendUint32(dst, uint32(x.Days))
			dst = le.AppendUint32(dst, uint32(x.Months))
		}
	case types.PhysArr:
		return r.appendArrays(dst, v)
	case types.PhysRec:
		return r.appendRecords(dst, v)
	}
	return dst
}

func appendDecimal(dst []byte, d types.Decimal) []byte {
	form := byte(d.Form)
	if d.Big == nil {
		dst = binary.AppendUvarint(append(dst, form), uint64(uint32(d.Scale)))
		return binary.AppendVarint(dst, d.Coef)
	}
	form |= 1 << 4
	if d.Big.Sign() < 0 {
		form |= 1 << 5
	}
	dst = binary.AppendUvarint(append(dst, form), uint64(uint32(d.Scale)))
	data := d.Big.Bytes()
	dst = binary.AppendUvarint(dst, uint64(len(data)))
	return append(dst, data...)
}

func (r *refs) appendArrays(dst []byte, v *vec.Vector) []byte {
	for i := range v.N {
		dst = binary.AppendUvarint(dst, uint64(v.Off[i+1]-v.Off[i]))
	}
	lo, hi := 0, 0
	if v.N > 0 {
		lo, hi = int(v.Off[0]), int(v.Off[v.N])
	}
	dst = binary.AppendUvarint(dst, uint64(hi-lo))
	dst = r.appendColumn(dst, v.Child.Slice(lo, hi))
	if v.Dims == nil {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	for _, d := range v.Dims[:v.N] {
		if d == nil {
			dst = append(dst, 0)
			continue
		}
		dst = binary.AppendUvarint(dst, uint64(len(d.Len)))
		for k := range d.Len {
			dst = binary.AppendVarint(dst, int64(d.Len[k]))
			dst = binary.AppendVarint(dst, int64(d.Lower[k]))
		}
	}
	return dst
}

func (r *refs) appendRecords(dst []byte, v *vec.Vector) []byte {
	for i, rec := range v.Rec[:v.N] {
		if v.IsNull(i) || rec == nil {
			dst = append(dst, 0)
			continue
		}
		dst = binary.AppendUvarint(append(dst, 1), r.descNo(rec.RecordDesc))
		for k, d := range rec.Fields {
			dst = r.appendColumn(dst, vec.NewConst(rec.Types[k], d, 1))
		}
	}
	return dst
}

// decoder reads a payload; after the first fault everything is zero.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) take(n int) []byte {
	if d.bad || n < 0 || n > len(d.b) {
		d.bad = true
		return nil
	}
	out := d.b[:n]
	d.b = d.b[n:]
	return out
}

func (d *decoder) byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) uvarint() uint64 {
	x, n := binary.Uvarint(d.b)
	if n <= 0 || d.bad {
		d.bad = true
		return 0
	}
	d.b = d.b[n:]
	return x
}

func (d *decoder) varint() int64 {
	x, n := binary.Varint(d.b)
	if n <= 0 || d.bad {
		d.bad = true
		return 0
	}
	d.b = d.b[n:]
	return x
}

// count is a number of things of which each takes at least size bytes.
func (d *decoder) count(size int) int {
	n := d.uvarint()
	if size > 0 && n > uint64(len(d.b)/size) {
		d.bad = true
		return 0
	}
	return int(n)
}

func (r *refs) batch(data []byte) (*vec.Batch, error) {
	d := &decoder{b: data}
	n := d.uvarint()
	rows, cols := int(n), d.count(1)
	if n > math.MaxInt32 {
		return nil, damaged()
	}
	b := &vec.Batch{N: rows, Cols: make([]*vec.Vector, cols)}
	for i := range b.Cols {
		b.Cols[i] = r.column(d, rows)
	}
	if d.bad || len(d.b) > 0 {
		return nil, damaged()
	}
	return b, nil
}

func (r *refs) column(d *decoder, rows int) *vec.Vector {
	switch kind := d.byte(); kind {
	case kindNil:
		return nil
	case kindFlat, kindConst:
		no := d.uvarint()
		if d.bad || no >= uint64(len(r.types)) {
			break
		}
		if kind == kindFlat {
			return r.values(d, r.types[no], rows)
		}
		v := r.values(d, r.types[no], 1)
		v.Const, v.N = true, rows
		return v
	case kindDict:
		no := d.uvarint()
		data := d.take(rows * 4)
		if d.bad || no >= uint64(len(r.dicts)) {
			break
		}
		codes := make([]uint32, rows)
		dict := r.dicts[no]
		for i := range codes {
			if codes[i] = binary.LittleEndian.Uint32(data[i*4:]); int(codes[i]) >= dict.N {
				d.bad = true
				codes[i] = 0
			}
		}
		return vec.NewDict(dict, codes)
	}
	d.bad = true
	return &vec.Vector{}
}

func (r *refs) values(d *decoder, t types.Type, n int) *vec.Vector {
	v := &vec.Vector{Type: t, N: n}
	if d.byte() == 1 {
		bits := d.take((n + 7) / 8)
		v.Nulls = make([]uint64, (len(bits)+7)/8)
		for i, x := range bits {
			v.Nulls[i>>3] |= uint64(x) << (i & 7 * 8)
		}
	}
	switch t.Phys() {
	case types.PhysInt:
		data := d.take(n * 8)
		v.I64 = make([]int64, len(data)/8)
		for i := range v.I64 {
			v.I64[i] = int64(binary.LittleEndian.Uint64(data[i*8:]))
		}
	case types.PhysFloat:
		data := d.take(n * 8)
		v.F64 = make([]float64, len(data)/8)
		for i := range v.F64 {
			v.F64[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[i*8:]))
		}
	case types.PhysStr:
		v.Str = d.strings(n)
	case types.PhysDec:
		for i := 0; i < n && !d.bad; i++ {
			v.Dec = append(v.Dec, d.decimal())
		}
	case types.PhysIvl:
		data := d.take(n * 16)
		v.Ivl = make([]types.IntervalValue, len(data)/16)
		for i := range v.Ivl {
			x := data[i*16:]
			v.Ivl[i] = types.IntervalValue{Micros: int64(binary.LittleEndian.Uint64(x)),
				Days: int32(binary.LittleEndian.Uint32(x[8:])), Months: int32(binary.LittleEndian.Uint32(x[12:]))}
		}
	case types.PhysArr:
		r.arrays(d, v)
	case types.PhysRec:
		r.records(d, v)
	}
	return v
}

func (d *decoder) strings(n int) []string {
	if n > len(d.b) { // a length takes a byte at least
		d.bad = true
		return nil
	}
	lens := make([]int, n)
	total := 0
	for i := range lens {
		lens[i] = d.count(0)
		if total += lens[i]; total < 0 || total > len(d.b) {
			d.bad = true
			return nil
		}
	}
	all := string(d.take(total))
	if d.bad {
		return nil
	}
	out := make([]string, n)
	for i, k := range lens {
		out[i], all = all[:k], all[k:]
	}
	return out
}

func (d *decoder) decimal() types.Decimal {
	form := d.byte()
	x := types.Decimal{Form: types.DecimalForm(form & 0xf), Scale: int32(d.uvarint())}
	if form>>4&1 == 0 {
		x.Coef = d.varint()
		return x
	}
	x.Big = new(big.Int).SetBytes(d.take(d.count(1)))
	if form>>5&1 != 0 {
		x.Big.Neg(x.Big)
	}
	return x
}

func (r *refs) arrays(d *decoder, v *vec.Vector) {
	if v.N > len(d.b) {
		d.bad = true
		return
	}
	v.Off = make([]int32, v.N+1)
	for i := range v.N {
		v.Off[i+1] = v.Off[i] + int32(d.uvarint())
	}
	n := int(d.uvarint())
	if n != int(v.Off[v.N]) {
		d.bad = true
		return
	}
	v.Child = r.column(d, n)
	d.bad = d.bad || v.Child == nil
	if d.byte() == 0 {
		return
	}
	for i := 0; i < v.N && !d.bad; i++ {
		k := d.count(2)
		if k == 0 {
			v.Dims = append(v.Dims, nil)
			continue
		}
		s := &vec.ArrayDims{Len: make([]int32, k), Lower: make([]int32, k)}
		for j := range k {
			s.Len[j], s.Lower[j] = int32(d.varint()), int32(d.varint())
		}
		v.Dims = append(v.Dims, s)
	}
}

func (r *refs) records(d *decoder, v *vec.Vector) {
	for i := 0; i < v.N && !d.bad; i++ {
		if d.byte() == 0 {
			v.Rec = append(v.Rec, nil)
			continue
		}
		no := d.uvarint()
		if no >= uint64(len(r.descs)) {
			d.bad = true
			return
		}
		rec := &vec.Record{RecordDesc: r.descs[no], Fields: make([]vec.Datum, len(r.descs[no].Types))}
		for k := range rec.Fields {
			c := r.column(d, 1)
			if d.bad = d.bad || c == nil; !d.bad {
				rec.Fields[k] = c.Get(0)
			}
		}
		v.Rec = append(v.Rec, rec)
	}
}
