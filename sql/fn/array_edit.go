package fn

import (
	"math"
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	likeSecond := likeArg(1)
	op("||", tArr, tArr, tArr, rowsOf(false, likeArg(0), arrayCat), nullable, compatible)
	op("||", tArr, tElem, tArr, rowsOf(false, likeArg(0), func(r row) (vec.Datum, error) { return push(r, 0, 1, false) }), nullable, compatible)
	op("||", tElem, tArr, tArr, rowsOf(false, likeSecond, func(r row) (vec.Datum, error) { return push(r, 1, 0, true) }), nullable, compatible)
	def("array_cat", ts{tArr, tArr}, tArr, rowsOf(false, likeArg(0), arrayCat), nullable, compatible)
	def("array_append", ts{tArr, tElem}, tArr, rowsOf(false, likeArg(0), func(r row) (vec.Datum, error) { return push(r, 0, 1, false) }), nullable, compatible)
	def("array_prepend", ts{tElem, tArr}, tArr, rowsOf(false, likeSecond, func(r row) (vec.Datum, error) { return push(r, 1, 0, true) }), nullable, compatible)
	def("array_remove", ts{tArr, tElem}, tArr, rowsOf(false, likeArg(0), arrayRemove), nullable, compatible)
	def("array_replace", ts{tArr, tElem, tElem}, tArr, rowsOf(false, likeArg(0), arrayReplace), nullable, compatible)
	def("array_position", ts{tArr, tElem}, tI4, rowsN(tI4, arrayPosition), nullable, compatible)
	def("array_position", ts{tArr, tElem, tI4}, tI4, rowsN(tI4, arrayPosition), nullable, compatible)
	def("array_positions", ts{tArr, tElem}, tI4s, rowsN(tI4s, arrayPositions), nullable, compatible)
	def("trim_array", ts{tArr, tI4}, tArr, rowsOf(true, likeArg(0), trimArray))
	fill := rowsOf(false, func(a []*vec.Vector) types.Type { return a[0].Type.Base().ArrayOf() }, arrayFill)
	def("array_fill", ts{tElem, tI4s}, tArr, fill, nullable)
	def("array_fill", ts{tElem, tI4s, tI4s}, tArr, fill, nullable)
}

// dims are the lengths and lower bounds of array k.
func (r row) dims(k int) (length, lower []int32) {
	_, lo, hi := r.arr(k)
	if hi == lo && r.t(k).IsVector() {
		return []int32{0}, []int32{0} // an empty vector still has its dimension
	}
	return r.args[k].DimsAt(r.i).Of(hi - lo)
}

// elems copies array k of a row into a builder.
func (r row) elems(k, extra int) *vec.Builder {
	v, lo, hi := r.arr(k)
	b := vec.NewBuilder(r.t(k).Elem(), hi-lo+extra)
	for i := lo; i < hi; i++ {
		b.AppendFrom(v, i)
	}
	return b
}

// shaped is an array of these elements and this shape; no elements, no shape.
func shaped(b *vec.Builder, length, lower []int32) (vec.Datum, error) {
	d := dA(b.Finish())
	if d.A.N > 0 {
		d.Dims = vec.ShapeOf(length, lower)
	}
	return d, nil
}

// appendArg adds argument k as an element.
func appendArg(b *vec.Builder, r row, k int) {
	if r.null(k) {
		b.AppendNull()
		return
	}
	b.Append(r.get(k))
}

// arrayCat is array_cat: arrays of the same dimensions end to end, or an array
// and a slice of one dimension less.
func arrayCat(r row) (vec.Datum, error) {
	switch {
	case r.null(0) && r.null(1):
		return null, nil
	case r.null(0):
		return r.get(1), nil
	case r.null(1):
		return r.get(0), nil
	}
	al, ab := r.dims(0)
	bl, bb := r.dims(1)
	switch {
	case len(bl) == 0:
		return r.get(0), nil
	case len(al) == 0:
		return r.get(1), nil
	}
	length, lower, err := catShape(al, ab, bl, bb)
	if err != nil {
		return null, err
	}
	v, lo, hi := r.arr(1)
	b := r.elems(0, hi-lo)
	for i := lo; i < hi; i++ {
		b.AppendFrom(v, i)
	}
	return shaped(b, length, lower)
}

func catShape(al, ab, bl, bb []int32) (length, lower []int32, err error) {
	bad := func(detail string, args ...any) error {
		return sqlerr.New(pgerrcode.ArraySubscriptError, "cannot concatenate incompatible arrays").WithDetail(detail, args...)
	}
	switch len(al) - len(bl) {
	case 0:
		length, lower = slices.Clone(al), slices.Clone(ab)
		length[0] += bl[0]
		if !slices.Equal(al[1:], bl[1:]) || !slices.Equal(ab[1:], bb[1:]) {
			return nil, nil, bad("Arrays with differing element dimensions are not compatible for concatenation.")
		}
		return length, lower, nil
	case 1:
	case -1:
		al, ab, bl, bb = bl, bb, al, ab
	default:
		return nil, nil, bad("Arrays of %d and %d dimensions are not compatible for concatenation.", len(al), len(bl))
	}
	if !slices.Equal(al[1:], bl) || !slices.Equal(ab[1:], bb) {
		return nil, nil, bad("Arrays with differing dimensions are not compatible for concatenation.")
	}
	length = slices.Clone(al)
	length[0]++
	return length, ab, nil
}

// push appends or prepends argument el to array arr; a NULL array is empty.
func push(r row, arr, el int, front bool) (vec.Datum, error) {
	b := vec.NewBuilder(r.t(arr).Elem(), 4)
	lower := []int32{1}
	if front {
		appendArg(b, r, el)
	}
	if !r.null(arr) {
		length, low := r.dims(arr)
		if len(length) > 1 {
			return null, sqlerr.New(pgerrcode.DataException, "argument must be empty or one-dimensional array")
		}
		if len(length) == 1 {
			lower = low
		}
		v, lo, hi := r.arr(arr)
		for i := lo; i < hi; i++ {
			b.AppendFrom(v, i)
		}
	}
	if !front {
		appendArg(b, r, el)
	}
	return shaped(b, []int32{int32(b.Len())}, lower)
}

// same reports whether element i of v is not distinct from argument k.
func (r row) same(v *vec.Vector, i, k int) bool {
	if v.IsNull(i) || r.null(k) {
		return v.IsNull(i) == r.null(k)
	}
	return vec.CompareAt(v, i, r.args[k], r.i) == 0
}

func arrayRemove(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	length, lower := r.dims(0)
	if len(length) > 1 {
		return null, notByUs("removing elements from multidimensional arrays is not supported")
	}
	v, lo, hi := r.arr(0)
	b := vec.NewBuilder(r.t(0).Elem(), hi-lo)
	for i := lo; i < hi; i++ {
		if !r.same(v, i, 1) {
			b.AppendFrom(v, i)
		}
	}
	return shaped(b, []int32{int32(b.Len())}, lower)
}

func arrayReplace(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	v, lo, hi := r.arr(0)
	b := vec.NewBuilder(r.t(0).Elem(), hi-lo)
	for i := lo; i < hi; i++ {
		if r.same(v, i, 1) {
			appendArg(b, r, 2)
		} else {
			b.AppendFrom(v, i)
		}
	}
	length, lower := r.dims(0)
	return shaped(b, length, lower)
}

// searched returns the lower bound of array 0, which is searched for elements.
func (r row) searched() (int64, error) {
	length, lower := r.dims(0)
	if len(length) > 1 {
		return 0, notByUs("searching for elements in multidimensional arrays is not supported")
	}
	if len(lower) == 0 {
		return 1, nil
	}
	return int64(lower[0]), nil
}

func arrayPosition(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	first, err := r.searched()
	if err != nil {
		return null, err
	}
	v, lo, hi := r.arr(0)
	start := first
	if r.n() > 2 {
		if r.null(2) {
			return null, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "initial position must not be null")
		}
		start = max(first, r.int(2))
	}
	for i := int64(lo) + start - first; i < int64(hi); i++ {
		if r.same(v, int(i), 1) {
			return dI(i - int64(lo) + first), nil
		}
	}
	return null, nil
}

func arrayPositions(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	first, err := r.searched()
	if err != nil {
		return null, err
	}
	v, lo, hi := r.arr(0)
	b := vec.NewBuilder(tI4, 0)
	for i := lo; i < hi; i++ {
		if r.same(v, i, 1) {
			b.Append(dI(int64(i-lo) + first))
		}
	}
	return done(b)
}

func trimArray(r row) (vec.Datum, error) {
	length, _ := r.dims(0)
	size := int64(0)
	if len(length) > 0 {
		size = int64(length[0])
	}
	n := r.int(1)
	if n < 0 || n > size {
		return null, sqlerr.New(pgerrcode.ArraySubscriptError, "number of elements to trim must be between 0 and %d", size)
	}
	if n == size {
		return dA(vec.New(r.t(0).Elem(), 0)), nil
	}
	v, lo, hi := r.arr(0)
	b := vec.NewBuilder(r.t(0).Elem(), hi-lo)
	for i := lo; i < lo+(hi-lo)/int(size)*int(size-n); i++ {
		b.AppendFrom(v, i)
	}
	length = slices.Clone(length)
	length[0] = int32(size - n)
	return shaped(b, length, ones(len(length)))
}

func ones(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

// maxFill bounds the elements of array_fill, which makes much from little.
const maxFill = 1 << 24

// arrayFill is array_fill(element, lengths [, lower bounds]).
func arrayFill(r row) (vec.Datum, error) {
	var lists [2][]int32
	for k := 1; k < r.n(); k++ {
		if r.null(k) {
			return null, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "dimension array or low bound array cannot be null")
		}
		if length, _ := r.dims(k); len(length) > 1 {
			return null, sqlerr.New(pgerrcode.ArraySubscriptError, "wrong number of array subscripts").WithDetail("Dimension array must be one dimensional.")
		}
		v, lo, hi := r.arr(k)
		for i := lo; i < hi; i++ {
			if v.IsNull(i) {
				return null, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "dimension values cannot be null")
			}
			lists[k-1] = append(lists[k-1], int32(v.Get(i).I))
		}
	}
	length, lower := lists[0], lists[1]
	switch {
	case len(length) > vec.MaxDims:
		return null, sqlerr.New(pgerrcode.ProgramLimitExceeded, "number of array dimensions (%d) exceeds the maximum allowed (%d)", len(length), vec.MaxDims)
	case r.n() < 3:
		lower = ones(len(length))
	case len(lower) != len(length):
		return null, sqlerr.New(pgerrcode.ArraySubscriptError, "wrong number of array subscripts").
			WithDetail("Low bound array has different size than dimensions array.")
	}
	total := int64(1)
	for _, l := range length {
		if total *= int64(l); l < 0 || total > maxFill {
			return null, sqlerr.New(pgerrcode.ProgramLimitExceeded, "array size exceeds the maximum allowed (%d)", 134217727) // MaxArraySize
		}
	}
	for i, l := range length {
		if int64(l)+int64(lower[i]) > math.MaxInt32 {
			return null, sqlerr.New(pgerrcode.ProgramLimitExceeded, "array lower bound is too large: %d", lower[i])
		}
	}
	if len(length) == 0 || total == 0 {
		return dA(vec.New(r.t(0).Base(), 0)), nil
	}
	d := null
	if !r.null(0) {
		d = r.get(0)
	}
	return vec.Datum{A: vec.NewConst(r.t(0).Base(), d, int(total)).Flat(), Dims: vec.ShapeOf(length, lower)}, nil
}
