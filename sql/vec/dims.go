package vec

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// MaxDims is MAXDIM of array.h.
const MaxDims = 6

// ArrayDims is the shape of an array that is not a plain list: the length and
// the lower bound of each dimension, the outermost first. Shapes are immutable
// and may be shared. A nil *ArrayDims is one dimension that begins at 1.
type ArrayDims struct{ Len, Lower []int32 }

// ShapeOf returns the shape as it is kept: nil for what a nil one describes.
func ShapeOf(length, lower []int32) *ArrayDims {
	if len(length) == 0 || len(length) == 1 && lower[0] == 1 {
		return nil
	}
	return &ArrayDims{length, lower}
}

// Of returns the lengths and lower bounds of an array of n elements; there are
// none for an empty array.
func (d *ArrayDims) Of(n int) (length, lower []int32) {
	switch {
	case n == 0:
		return nil, nil
	case d == nil:
		return []int32{int32(n)}, []int32{1}
	}
	return d.Len, d.Lower
}

// N is the number of dimensions of an array that is not empty.
func (d *ArrayDims) N() int {
	if d == nil {
		return 1
	}
	return len(d.Len)
}

// Fits reports whether d can be the shape of n elements.
func (d *ArrayDims) Fits(n int64) bool {
	total := int64(1)
	for _, l := range d.Len {
		if l <= 0 || total > maxElems {
			return false
		}
		total *= int64(l)
	}
	return len(d.Len) > 0 && len(d.Len) <= MaxDims && total == n
}

// dims returns the shape of physical value j of an array vector.
func (v *Vector) dims(j int) *ArrayDims {
	if v.Dims == nil {
		return nil
	}
	return v.Dims[j]
}

// DimsAt returns the shape of array i of a vector of any encoding.
func (v *Vector) DimsAt(i int) *ArrayDims {
	p, j := v.at(i)
	return p.dims(j)
}

// compareDims orders the shapes of arrays with equal elements (array_cmp).
func compareDims(a, b *ArrayDims) int {
	if a == b {
		return 0
	}
	if c := cmp.Compare(a.N(), b.N()); c != 0 {
		return c
	}
	one := func(list []int32, i int, none int32) int32 {
		if list == nil {
			return none
		}
		return list[i]
	}
	get := func(d *ArrayDims) (length, lower []int32) {
		if d == nil {
			return nil, nil
		}
		return d.Len, d.Lower
	}
	al, ab := get(a)
	bl, bb := get(b)
	if al != nil && bl != nil {
		for i := range al {
			if c := cmp.Compare(al[i], bl[i]); c != 0 {
				return c
			}
		}
	}
	for i := range a.N() {
		if c := cmp.Compare(one(ab, i, 1), one(bb, i, 1)); c != 0 {
			return c
		}
	}
	return 0
}

// appendBounds writes [lo:hi]...= in front of an array with a lower bound other
// than 1.
func (d *ArrayDims) appendBounds(dst []byte) []byte {
	plain := true
	for _, l := range d.Lower {
		plain = plain && l == 1
	}
	if plain {
		return dst
	}
	for i, l := range d.Lower {
		dst = strconv.AppendInt(append(dst, '['), int64(l), 10)
		dst = strconv.AppendInt(append(dst, ':'), int64(l)+int64(d.Len[i])-1, 10)
		dst = append(dst, ']')
	}
	return append(dst, '=')
}

// errTooManyDims is what more than MaxDims dimensions give.
func errTooManyDims(n int) *sqlerr.Error {
	return sqlerr.New(pgerrcode.ProgramLimitExceeded, "number of array dimensions (%d) exceeds the maximum allowed (%d)", n, MaxDims)
}

// JoinArrays makes an array of one dimension more of arrays that are not empty;
// ok is false if their shapes differ. el is the element type.
func JoinArrays(el types.Type, arrays []Datum) (d Datum, ok bool) {
	length, lower := arrays[0].Dims.Of(arrays[0].A.N)
	b := NewBuilder(el, arrays[0].A.N*len(arrays))
	for _, a := range arrays {
		l, low := a.Dims.Of(a.A.N)
		if !slices.Equal(length, l) || !slices.Equal(lower, low) {
			return d, false
		}
		b.AppendVector(a.A)
	}
	length, lower = append([]int32{int32(len(arrays))}, length...), append([]int32{1}, lower...)
	return Datum{A: b.Finish(), Dims: ShapeOf(length, lower)}, true
}
