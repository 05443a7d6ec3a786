package fn

import (
	"strconv"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/jsonb"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// AssignElement is the array after array[i][j]... = value: its arguments are the
// array, the value and the subscripts. A NULL array is an empty one. The binder
// calls it.
var AssignElement = &Func{Name: "[]=", Args: []types.Type{tArr, tElem, tI4}, Ret: tArr, Variadic: true,
	Impl: rowsOf(false, likeArg(0), assignElement)}

func errSubscript(code, format string, args ...any) *sqlerr.Error {
	return sqlerr.New(code, format, args...)
}

// shapeOf are the dimensions of argument 0, none of NULL.
func shapeOf(r row) (length, lower []int32) {
	if r.null(0) {
		return nil, nil
	}
	return r.dims(0)
}

// assignElement is array_set_element.
func assignElement(r row) (vec.Datum, error) {
	at := make([]int64, r.n()-2)
	for k := range at {
		if r.null(k + 2) {
			return null, errSubscript(pgerrcode.NullValueNotAllowedDataException, "array subscript in assignment must not be null")
		}
		at[k] = r.int(k + 2)
	}
	length, lower := shapeOf(r)
	switch {
	case len(length) == 0:
		b := vec.NewBuilder(r.t(0).Elem(), 1)
		appendArg(b, r, 1)
		low := make([]int32, len(at))
		for k := range at {
			low[k] = int32(at[k])
		}
		return shaped(b, ones(len(at)), low)
	case len(length) != len(at):
		return null, errSubscript(pgerrcode.ArraySubscriptError, "wrong number of array subscripts")
	case len(at) == 1:
		return assignAt(r, at[0], length[0], lower[0])
	}
	pos := int64(0)
	for k := range at {
		i := at[k] - int64(lower[k])
		if i < 0 || i >= int64(length[k]) {
			return null, errSubscript(pgerrcode.ArraySubscriptError, "array subscript out of range")
		}
		pos = pos*int64(length[k]) + i
	}
	v, lo, hi := r.arr(0)
	b := vec.NewBuilder(r.t(0).Elem(), hi-lo)
	for i := lo; i < hi; i++ {
		if int64(i-lo) == pos {
			appendArg(b, r, 1)
		} else {
			b.AppendFrom(v, i)
		}
	}
	return shaped(b, length, lower)
}

// assignAt sets element i of an array of one dimension, which grows to hold it.
func assignAt(r row, i int64, length, lower int32) (vec.Datum, error) {
	first, end := min(i, int64(lower)), max(i+1, int64(lower)+int64(length))
	if err := roomForElems(end - first); err != nil {
		return null, err
	}
	v, lo, _ := r.arr(0)
	b := vec.NewBuilder(r.t(0).Elem(), int(end-first))
	for k := first; k < end; k++ {
		switch at := k - int64(lower); {
		case k == i:
			appendArg(b, r, 1)
		case at < 0 || at >= int64(length):
			b.AppendNull()
		default:
			b.AppendFrom(v, lo+int(at))
		}
	}
	return shaped(b, []int32{int32(end - first)}, []int32{int32(first)})
}

// roomForElems refuses arrays of more elements than PostgreSQL's have.
func roomForElems(n int64) error {
	if n > maxFill {
		return errSubscript(pgerrcode.ProgramLimitExceeded, "array size exceeds the maximum allowed (%d)", 134217727) // MaxArraySize
	}
	return nil
}

var assignSliceFuncs sync.Map // given bounds -> *Func

// AssignSlice is the array after array[lo:hi]... = values: its arguments are the
// array, the values and, as for Slice, the bounds.
func AssignSlice(given []bool) *Func {
	key := ""
	for _, g := range given {
		key += strconv.FormatBool(g)
	}
	if f, ok := assignSliceFuncs.Load(key); ok {
		return f.(*Func)
	}
	f, _ := assignSliceFuncs.LoadOrStore(key, &Func{Name: "[:]=", Args: []types.Type{tArr, tArr, tI4, tI4}, Ret: tArr, Variadic: true,
		Impl: rowsOf(false, likeArg(0), func(r row) (vec.Datum, error) { return assignSlice(r, given) })})
	return f.(*Func)
}

// assignSlice is array_set_slice.
func assignSlice(r row, given []bool) (vec.Datum, error) {
	for k, g := range given {
		if g && r.null(k+2) {
			return null, errSubscript(pgerrcode.NullValueNotAllowedDataException, "array subscript in assignment must not be null")
		}
	}
	length, lower := shapeOf(r)
	switch {
	case r.null(1):
		return r.get(0), nil
	case len(length) == 0:
		return newSlice(r, given)
	case len(length) < len(given)/2:
		return null, errSubscript(pgerrcode.ArraySubscriptError, "wrong number of array subscripts")
	}
	lo, hi := make([]int64, len(length)), make([]int64, len(length))
	for k := range length {
		lo[k], hi[k] = int64(lower[k]), int64(lower[k])+int64(length[k])-1
		first, last := lo[k], hi[k]
		if 2*k < len(given) && given[2*k] {
			lo[k] = r.int(2*k + 2)
		}
		if 2*k+1 < len(given) && given[2*k+1] {
			hi[k] = r.int(2*k + 3)
		}
		if lo[k] > hi[k] {
			return null, errSubscript(pgerrcode.ArraySubscriptError, "upper bound cannot be less than lower bound")
		}
		if len(length) > 1 && (lo[k] < first || hi[k] > last) {
			return null, errSubscript(pgerrcode.ArraySubscriptError, "array subscript out of range")
		}
	}
	return writeOver(r, length, lower, lo, hi)
}

// newSlice makes an array of the values given, in the bounds of the slice.
func newSlice(r row, given []bool) (vec.Datum, error) {
	n := len(given) / 2
	size, low, total := make([]int32, n), make([]int32, n), int64(1)
	for k := range n {
		if !given[2*k] || !given[2*k+1] {
			return null, errSubscript(pgerrcode.ArraySubscriptError, "array slice subscript must provide both boundaries").
				WithDetail("When assigning to a slice of an empty array value, slice boundaries must be fully specified.")
		}
		lo, hi := r.int(2*k+2), r.int(2*k+3)
		if lo > hi {
			return null, errSubscript(pgerrcode.ArraySubscriptError, "upper bound cannot be less than lower bound")
		}
		if total *= hi - lo + 1; roomForElems(total) != nil {
			return null, roomForElems(total)
		}
		size[k], low[k] = int32(hi-lo+1), int32(lo)
	}
	v, from, to := r.arr(1)
	if int64(to-from) < total {
		return null, errSubscript(pgerrcode.ArraySubscriptError, "source array too small")
	}
	b := vec.NewBuilder(r.t(0).Elem(), int(total))
	for i := range int(total) {
		b.AppendFrom(v, from+i)
	}
	return shaped(b, size, low)
}

// writeOver writes the values of argument 1 over the part lo..hi of argument 0; an
// array of one dimension grows to hold it.
func writeOver(r row, length, lower []int32, lo, hi []int64) (vec.Datum, error) {
	total, low := make([]int32, len(length)), make([]int32, len(length))
	size, span := int64(1), int64(1)
	for k := range length {
		first, last := min(lo[k], int64(lower[k])), max(hi[k], int64(lower[k])+int64(length[k])-1)
		if size *= last - first + 1; roomForElems(size) != nil {
			return null, roomForElems(size)
		}
		total[k], low[k], span = int32(last-first+1), int32(first), span*(hi[k]-lo[k]+1)
	}
	src, from, to := r.arr(1)
	if span > int64(to-from) {
		return null, errSubscript(pgerrcode.ArraySubscriptError, "source array too small")
	}
	old, base, _ := r.arr(0)
	b := vec.NewBuilder(r.t(0).Elem(), int(size))
	at := make([]int64, len(length)) // the subscripts of element i
	for i := range size {
		inside, was := true, int64(0)
		for k, rest := len(length)-1, i; k >= 0; k-- {
			at[k] = int64(low[k]) + rest%int64(total[k])
			rest /= int64(total[k])
			inside = inside && at[k] >= lo[k] && at[k] <= hi[k]
		}
		for k := range at {
			o := at[k] - int64(lower[k])
			if o < 0 || o >= int64(length[k]) {
				was = -1
				break
			}
			was = was*int64(length[k]) + o
		}
		switch {
		case inside:
			b.AppendFrom(src, from)
			from++
		case was < 0:
			b.AppendNull()
		default:
			b.AppendFrom(old, base+int(was))
		}
	}
	return shaped(b, total, low)
}

// AssignJSON is the jsonb after jsonb[key]... = value: its arguments are the jsonb,
// the value, the path as a text array and whether the first step is an integer,
// which decides what a NULL jsonb begins as. The binder calls it.
var AssignJSON = &Func{Name: "jsonb_assign", Args: []types.Type{tJSONB, tJSONB, tTexts, tBool}, Ret: tJSONB,
	Impl: rowsN(tJSONB, assignJSON)}

func assignJSON(r row) (vec.Datum, error) {
	path, err := r.path(2)
	if err != nil {
		return null, err
	}
	for _, p := range path {
		if p == nil {
			return null, errSubscript(pgerrcode.NullValueNotAllowedDataException, "jsonb subscript in assignment must not be null")
		}
	}
	x, old := jsonb.Value{}, jsonb.ObjectOf(nil)
	if r.int(3) != 0 {
		old = jsonb.ArrayOf(nil)
	}
	if !r.null(1) {
		if x, err = r.json(1); err != nil {
			return null, err
		}
	}
	if !r.null(0) {
		if old, err = r.json(0); err != nil {
			return null, err
		}
	}
	out, err := jsonb.Assign(&old, path, &x)
	return dJ(out), err
}
