package fn

import (
	"strconv"
	"sync"

	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	def("cardinality", ts{tArr}, tI4, cardinality)
	def("array_length", ts{tArr, tI4}, tI4, dimImpl(func(n, _ int32) int32 { return n }))
	def("array_lower", ts{tArr, tI4}, tI4, dimImpl(func(_, lower int32) int32 { return lower }))
	def("array_upper", ts{tArr, tI4}, tI4, dimImpl(func(n, lower int32) int32 { return lower + n - 1 }))
	def("array_ndims", ts{tArr}, tI4, rows(tI4, func(r row) (vec.Datum, error) {
		length, _ := r.dims(0)
		if len(length) == 0 {
			return null, nil
		}
		return dI(int64(len(length))), nil
	}))
	def("array_dims", ts{tArr}, tText, rows(tText, func(r row) (vec.Datum, error) {
		length, lower := r.dims(0)
		if len(length) == 0 {
			return null, nil
		}
		var b []byte
		for i, l := range lower {
			b = strconv.AppendInt(append(b, '['), int64(l), 10)
			b = append(strconv.AppendInt(append(b, ':'), int64(l)+int64(length[i])-1, 10), ']')
		}
		return dS(string(b)), nil
	}))
}

func cardinality(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
	m := span(args, n)
	out := vec.New(tI4, m)
	off := args[0].Off
	for i := range out.I64 {
		out.I64[i] = int64(off[i+1] - off[i])
	}
	return finish(out, m, n), nil
}

// dimImpl makes a function of one dimension of an array; NULL if there is none.
func dimImpl(f func(n, lower int32) int32) impl {
	return rows(tI4, func(r row) (vec.Datum, error) {
		length, lower := r.dims(0)
		d := r.int(1)
		if d < 1 || d > int64(len(length)) {
			return null, nil
		}
		return dI(int64(f(length[d-1], lower[d-1]))), nil
	})
}

// Subscript is array[i][j]...: the element, or NULL when there is none or when
// the array has another number of dimensions. The binder calls it.
var Subscript = &Func{Name: "[]", Args: []types.Type{tArr, tI4}, Ret: tElem, Strict: true, Variadic: true,
	Impl: rowsOf(true, func(a []*vec.Vector) types.Type { return a[0].Type.Elem() }, func(r row) (vec.Datum, error) {
		length, lower := r.dims(0)
		if len(length) != r.n()-1 {
			return null, nil
		}
		v, lo, _ := r.arr(0)
		at := int64(0)
		for k := range length {
			i := r.int(k+1) - int64(lower[k])
			if i < 0 || i >= int64(length[k]) {
				return null, nil
			}
			at = at*int64(length[k]) + i
		}
		return v.Get(lo + int(at)), nil
	})}

var sliceFuncs sync.Map // omitted bounds -> *Func

// Slice is array[lo:hi][lo:hi]...; given has an entry for every lower and upper
// bound in turn, which is false where the bound was left out and a NULL stands
// for it. A bound that is NULL though given makes a NULL.
func Slice(given []bool) *Func {
	key := ""
	for _, g := range given {
		key += strconv.FormatBool(g)
	}
	if f, ok := sliceFuncs.Load(key); ok {
		return f.(*Func)
	}
	f, _ := sliceFuncs.LoadOrStore(key, &Func{Name: "[:]", Args: []types.Type{tArr, tI4, tI4}, Ret: tArr, Variadic: true,
		Impl: rowsOf(false, func(a []*vec.Vector) types.Type { return a[0].Type.Elem().ArrayOf() }, func(r row) (vec.Datum, error) { return slice(r, given) })})
	return f.(*Func)
}

// slice is array_get_slice.
func slice(r row, given []bool) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	for k, g := range given {
		if g && r.null(k+1) {
			return null, nil
		}
	}
	length, lower := r.dims(0)
	empty := dA(vec.New(r.t(0).Elem(), 0))
	if len(length) < len(given)/2 || len(length) == 0 {
		return empty, nil
	}
	from, size := make([]int64, len(length)), make([]int32, len(length))
	for k := range length {
		lo, hi := int64(lower[k]), int64(lower[k])+int64(length[k])-1
		first := lo
		if 2*k < len(given) && given[2*k] {
			lo = max(lo, r.int(2*k+1))
		}
		if 2*k+1 < len(given) && given[2*k+1] {
			hi = min(hi, r.int(2*k+2))
		}
		if lo > hi {
			return empty, nil
		}
		from[k], size[k] = lo-first, int32(hi-lo+1)
	}
	v, at, _ := r.arr(0)
	b := vec.NewBuilder(r.t(0).Elem(), 0)
	copySlice(b, v, int64(at), length, from, size)
	return shaped(b, size, ones(len(size)))
}

// copySlice appends the chosen part of the array whose first element is at.
func copySlice(b *vec.Builder, v *vec.Vector, at int64, length []int32, from []int64, size []int32) {
	if len(length) == 0 {
		b.AppendFrom(v, int(at))
		return
	}
	step := int64(1)
	for _, l := range length[1:] {
		step *= int64(l)
	}
	for i := range int64(size[0]) {
		copySlice(b, v, at+(from[0]+i)*step, length[1:], from[1:], size[1:])
	}
}
