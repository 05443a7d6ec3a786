package kernel

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// array is ARRAY[...]: row i's elements are the i-th values of all arguments.
func (ev *Evaluator) array(x *plan.Array, b *vec.Batch) (*vec.Vector, error) {
	elems := make([]*vec.Vector, len(x.Elems))
	n := 1
	for i, e := range x.Elems {
		v, err := ev.Eval(e, b)
		if err != nil {
			return nil, err
		}
		elems[i] = v
		if !v.Const {
			n = b.N
		}
	}
	if len(elems) > 0 && x.Elems[0].Type().Array {
		return arrayOfArrays(x, elems, n, b.N)
	}
	child := vec.NewBuilder(x.T.Elem(), n*len(elems))
	off := make([]int32, n+1)
	for r := 0; r < n; r++ {
		for _, v := range elems {
			child.AppendFrom(v, r)
		}
		off[r+1] = int32((r + 1) * len(elems))
	}
	out := &vec.Vector{Type: x.T, N: b.N, Off: off, Child: child.Finish()}
	out.Const = n != b.N || n == 1
	return out, nil
}

// arrayOfArrays joins arrays of one shape to arrays of one dimension more.
func arrayOfArrays(x *plan.Array, elems []*vec.Vector, n, rows int) (*vec.Vector, error) {
	out := vec.NewBuilder(x.T, n)
	for r := range n {
		d, err := joinArrays(x, elems, r)
		if err != nil {
			return nil, err
		}
		out.Append(d)
	}
	v := out.Finish()
	v.Const = n != rows || n == 1
	v.N = rows
	return v, nil
}

// joinArrays is the nested case of ExecEvalArrayExpr: NULL and empty arrays are
// all right only if all are.
func joinArrays(x *plan.Array, elems []*vec.Vector, r int) (vec.Datum, error) {
	var length, lower []int32
	empty := false
	b := vec.NewBuilder(x.T.Elem(), 0)
	for _, v := range elems {
		d := v.Get(r)
		if d.Null || d.A == nil || d.A.N == 0 {
			empty = true
			continue
		}
		l, low := d.Dims.Of(d.A.N)
		if length == nil {
			length, lower = l, low
		} else if !slices.Equal(length, l) || !slices.Equal(lower, low) {
			return vec.Datum{}, errUneven()
		}
		b.AppendVector(d.A)
	}
	switch {
	case length == nil:
		return vec.Datum{A: b.Finish()}, nil
	case empty:
		return vec.Datum{}, errUneven()
	case len(length) == vec.MaxDims:
		return vec.Datum{}, sqlerr.New(pgerrcode.ProgramLimitExceeded, "number of array dimensions (%d) exceeds the maximum allowed (%d)", len(length)+1, vec.MaxDims)
	}
	length, lower = append([]int32{int32(len(elems))}, length...), append([]int32{1}, lower...)
	return vec.Datum{A: b.Finish(), Dims: vec.ShapeOf(length, lower)}, nil
}

func errUneven() error {
	return sqlerr.New(pgerrcode.ArraySubscriptError, "multidimensional arrays must have array expressions with matching dimensions")
}
