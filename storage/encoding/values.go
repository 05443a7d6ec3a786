package encoding

import (
	"math"
	"math/big"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// PutVector appends the values of a vector, of any type, as bytes:
//
//	u32 n | u8 class | u8 1: there are nulls | u8 1: there are shapes | 0 | null bitmap, ceil(n/64) words, if so
//	ints, floats: 8 bytes each | strings: u32 end of each, bytes | numerics: u8 form, u32 scale, u32 length and sign
//	bit, magnitude | intervals: u32 months, u32 days, u64 micros | records: as strings, see AppendRecord |
//	arrays: u32 end of each, the elements as a vector,
//	and if there are shapes, u8 dimensions of each (0: a list), u32 length and u32 lower bound of each of these
//
// Dictionary and constant vectors are written flat.
func PutVector(dst []byte, v *vec.Vector) []byte {
	dst = le.AppendUint32(dst, uint32(v.N))
	ix := indexer{v: v}
	phys := v.Type.Phys()
	some := byte(0)
	for i := range v.N {
		if ix.null(i) {
			some = 1
			break
		}
	}
	shapes := byte(0)
	for i := 0; phys == types.PhysArr && i < v.N; i++ {
		if w, k := ix.at(i); w.Dims != nil && w.Dims[k] != nil {
			shapes = 1
		}
	}
	dst = append(dst, byte(phys), some, shapes, 0)
	if some != 0 {
		nulls := make([]uint64, nullWords(v.N))
		for i := range v.N {
			if ix.null(i) {
				nulls[i>>6] |= 1 << (i & 63)
			}
		}
		dst = putWords(dst, nulls)
	}
	switch phys {
	case types.PhysInt:
		for i := range v.N {
			w, k := ix.at(i)
			dst = le.AppendUint64(dst, uint64(w.I64[k]))
		}
	case types.PhysFloat:
		for i := range v.N {
			w, k := ix.at(i)
			dst = le.AppendUint64(dst, math.Float64bits(w.F64[k]))
		}
	case types.PhysStr:
		dst = putStrings(dst, v.N, ix)
	case types.PhysDec:
		for i := range v.N {
			w, k := ix.at(i)
			dst = putDecimal(dst, w.Dec[k])
		}
	case types.PhysIvl:
		for i := range v.N {
			w, k := ix.at(i)
			x := w.Ivl[k]
			dst = le.AppendUint32(le.AppendUint32(dst, uint32(x.Months)), uint32(x.Days))
			dst = le.AppendUint64(dst, uint64(x.Micros))
		}
	case types.PhysRec:
		dst = putRecords(dst, v.N, ix)
	case types.PhysArr:
		if dst = putArrays(dst, v.N, ix); shapes != 0 {
			dst = putShapes(dst, v.N, ix)
		}
	}
	return dst
}

func putShapes(dst []byte, n int, ix indexer) []byte {
	for i := range n {
		w, k := ix.at(i)
		if w.Dims == nil || w.Dims[k] == nil {
			dst = append(dst, 0)
			continue
		}
		d := w.Dims[k]
		dst = append(dst, byte(len(d.Len)))
		for j := range d.Len {
			dst = le.AppendUint32(le.AppendUint32(dst, uint32(d.Len[j])), uint32(d.Lower[j]))
		}
	}
	return dst
}

// parseShapes reads the shapes of the arrays of v.
func parseShapes(v *vec.Vector, b []byte) ([]byte, error) {
	v.Dims = make([]*vec.ArrayDims, v.N)
	for i := range v.Dims {
		if len(b) < 1 || len(b) < 1+8*int(b[0]) || b[0] > vec.MaxDims {
			return nil, Corrupt("shapes of arrays are cut short")
		}
		n := int(b[0])
		b = b[1:]
		if n == 0 {
			continue
		}
		d := &vec.ArrayDims{Len: make([]int32, n), Lower: make([]int32, n)}
		for j := range n {
			d.Len[j], d.Lower[j] = int32(le.Uint32(b[8*j:])), int32(le.Uint32(b[8*j+4:]))
		}
		b = b[8*n:]
		if !d.Fits(int64(v.Off[i+1] - v.Off[i])) {
			return nil, Corrupt("array of %d elements has another shape", v.Off[i+1]-v.Off[i])
		}
		v.Dims[i] = d
	}
	return b, nil
}

// indexer finds a vector's physical values.
type indexer struct{ v *vec.Vector }

func (x indexer) at(i int) (*vec.Vector, int) {
	switch {
	case x.v.Dict != nil:
		return x.v.Dict, int(x.v.Codes[i])
	case x.v.Const:
		return x.v, 0
	}
	return x.v, i
}

func (x indexer) null(i int) bool {
	w, k := x.at(i)
	return isNull(w.Nulls, k)
}

func putStrings(dst []byte, n int, ix indexer) []byte {
	end := uint32(0)
	for i := range n {
		if !ix.null(i) {
			w, k := ix.at(i)
			end += uint32(len(w.Str[k]))
		}
		dst = le.AppendUint32(dst, end)
	}
	for i := range n {
		if !ix.null(i) {
			w, k := ix.at(i)
			dst = append(dst, w.Str[k]...)
		}
	}
	return dst
}

func putArrays(dst []byte, n int, ix indexer) []byte {
	var child *vec.Vector
	end := uint32(0)
	var sel []int32
	for i := range n {
		if !ix.null(i) {
			w, k := ix.at(i)
			if w.Child != nil {
				child = w.Child
			}
			for e := w.Off[k]; e < w.Off[k+1]; e++ {
				sel = append(sel, e)
				end++
			}
		}
		dst = le.AppendUint32(dst, end)
	}
	if child == nil {
		return PutVector(dst, &vec.Vector{Type: ix.v.Type.Elem()})
	}
	flat := &vec.Vector{Type: ix.v.Type.Elem(), N: len(sel), Dict: child, Codes: make([]uint32, len(sel))}
	for i, e := range sel {
		flat.Codes[i] = uint32(e)
	}
	if child.Dict != nil || child.Const { // a dictionary may not lie over another
		in := indexer{child}
		for i, e := range sel {
			w, k := in.at(int(e))
			flat.Dict, flat.Codes[i] = w, uint32(k)
		}
	}
	return PutVector(dst, flat)
}

func putDecimal(dst []byte, d types.Decimal) []byte {
	dst = append(dst, byte(d.Form))
	dst = le.AppendUint32(dst, uint32(d.Scale))
	b := d.Big
	if b == nil {
		b = big.NewInt(d.Coef)
	}
	m := b.Bytes()
	k := uint32(len(m))
	if b.Sign() < 0 {
		k |= 1 << 31
	}
	return append(le.AppendUint32(dst, k), m...)
}

// ParseVector reads a vector that PutVector wrote as type t and returns the rest
// of b. The vector is flat and owns its memory.
func ParseVector(t types.Type, b []byte) (*vec.Vector, []byte, error) {
	return parseVector(t, b, 0)
}

func parseVector(t types.Type, b []byte, depth int) (*vec.Vector, []byte, error) {
	if len(b) < 8 || depth > 1 {
		return nil, nil, Corrupt("values are cut short")
	}
	n, some, shapes := int(le.Uint32(b)), b[5] != 0, b[6] != 0
	if types.Phys(b[4]) != t.Phys() {
		return nil, nil, Corrupt("values of class %d where %s is expected", b[4], t)
	}
	b = b[8:]
	v := &vec.Vector{Type: t, N: n}
	if some {
		if len(b)/8 < nullWords(n) {
			return nil, nil, Corrupt("values are cut short")
		}
		v.Nulls = append([]uint64(nil), words(b[:8*nullWords(n)])...)
		b = b[8*nullWords(n):]
	}
	v, b, err := parseBody(v, b, depth)
	if err == nil && shapes {
		if v.Off == nil {
			return nil, nil, Corrupt("values of type %s have shapes", t)
		}
		b, err = parseShapes(v, b)
	}
	return v, b, err
}

func parseBody(v *vec.Vector, b []byte, depth int) (*vec.Vector, []byte, error) {
	n := v.N
	// 4 bytes is the least that any value takes: nothing is allocated for a count
	// that the bytes cannot hold.
	if need := map[types.Phys]int{types.PhysInt: 8, types.PhysFloat: 8, types.PhysIvl: 16, types.PhysDec: 9}[v.Type.Phys()]; len(b)/max(need, 4) < n {
		return nil, nil, Corrupt("values are cut short")
	}
	switch v.Type.Phys() {
	case types.PhysInt:
		v.I64 = make([]int64, n)
		for i := range v.I64 {
			v.I64[i] = int64(le.Uint64(b[8*i:]))
		}
		return v, b[8*n:], nil
	case types.PhysFloat:
		v.F64 = make([]float64, n)
		for i := range v.F64 {
			v.F64[i] = math.Float64frombits(le.Uint64(b[8*i:]))
		}
		return v, b[8*n:], nil
	case types.PhysIvl:
		v.Ivl = make([]types.IntervalValue, n)
		for i := range v.Ivl {
			e := b[16*i:]
			v.Ivl[i] = types.IntervalValue{Months: int32(le.Uint32(e)), Days: int32(le.Uint32(e[4:])), Micros: int64(le.Uint64(e[8:]))}
		}
		return v, b[16*n:], nil
	case types.PhysStr:
		return parseStrings(v, b)
	case types.PhysDec:
		return parseDecimals(v, b)
	case types.PhysRec:
		return parseRecords(v, b)
	case types.PhysArr:
		return parseArrays(v, b, depth)
	}
	return nil, nil, Corrupt("values of type %s", v.Type)
}

// ends checks n ascending u32 and returns the last.
func ends(b []byte, n int) (uint32, error) {
	at := uint32(0)
	for i := range n {
		e := le.Uint32(b[4*i:])
		if e < at {
			return 0, Corrupt("values have descending ends")
		}
		at = e
	}
	return at, nil
}

func parseStrings(v *vec.Vector, b []byte) (*vec.Vector, []byte, error) {
	n := v.N
	total, err := ends(b, n)
	if err != nil || uint64(len(b)) < 4*uint64(n)+uint64(total) {
		return nil, nil, Corrupt("strings are cut short")
	}
	text := string(b[4*n : 4*n+int(total)])
	v.Str = make([]string, n)
	at := uint32(0)
	for i := range v.Str {
		e := le.Uint32(b[4*i:])
		v.Str[i], at = text[at:e], e
	}
	return v, b[4*n+int(total):], nil
}

func parseDecimals(v *vec.Vector, b []byte) (*vec.Vector, []byte, error) {
	v.Dec = make([]types.Decimal, v.N)
	for i := range v.Dec {
		if len(b) < 9 {
			return nil, nil, Corrupt("numerics are cut short")
		}
		form, scale, k := types.DecimalForm(b[0]), int32(le.Uint32(b[1:])), le.Uint32(b[5:])
		b = b[9:]
		m := k &^ (1 << 31)
		if uint64(m) > uint64(len(b)) || form > types.NegInfinity || scale < 0 || scale > 16383 {
			return nil, nil, Corrupt("numeric of form %d, scale %d, %d bytes", form, scale, m)
		}
		x := new(big.Int).SetBytes(b[:m])
		if k>>31 != 0 {
			x.Neg(x)
		}
		b = b[m:]
		d := types.BigDecimal(x, scale)
		d.Form = form
		v.Dec[i] = d
	}
	return v, b, nil
}

func parseArrays(v *vec.Vector, b []byte, depth int) (*vec.Vector, []byte, error) {
	n := v.N
	total, err := ends(b, n)
	if err != nil || total > math.MaxInt32 {
		return nil, nil, Corrupt("arrays of %d elements", total)
	}
	v.Off = make([]int32, n+1)
	for i := range n {
		v.Off[i+1] = int32(le.Uint32(b[4*i:]))
	}
	child, rest, err := parseVector(v.Type.Elem(), b[4*n:], depth+1)
	if err != nil {
		return nil, nil, err
	}
	if child.N != int(total) {
		return nil, nil, Corrupt("arrays of %d elements have %d", total, child.N)
	}
	v.Child = child
	return v, rest, nil
}
