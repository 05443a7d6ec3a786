package kernel

import (
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
	var full []vec.Datum
	for _, v := range elems {
		if d := v.Get(r); !d.Null && d.A != nil && d.A.N > 0 {
			full = append(full, d)
		}
	}
	if len(full) == 0 {
		return vec.Datum{A: vec.New(x.T.Elem(), 0)}, nil
	}
	if n := full[0].Dims.N(); n == vec.MaxDims {
		return vec.Datum{}, sqlerr.New(pgerrcode.ProgramLimitExceeded, "number of array dimensions (%d) exceeds the maximum allowed (%d)", n+1, vec.MaxDims)
	}
	d, ok := vec.JoinArrays(x.T.Elem(), full)
	if !ok || len(full) < len(elems) {
		return d, sqlerr.New(pgerrcode.ArraySubscriptError, "multidimensional arrays must have array expressions with matching dimensions")
	}
	return d, nil
}
