package op

import (
	"context"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// unnest gives each input row once per element of its arrays. Rows are made in
// steps: an input batch whose arrays hold many elements gives several batches.
type unnest struct {
	q  *Query
	in Cursor
	n  *plan.Unnest

	b      *vec.Batch // current input, nil: fetch
	arrays []*vec.Vector
	row    int // next input row
}

func (u *unnest) Next(ctx context.Context) (*vec.Batch, error) {
	for {
		if u.b == nil {
			b, err := u.in.Next(ctx)
			if b == nil || err != nil {
				return nil, err
			}
			u.b, u.row, u.arrays = b, 0, nil
			for _, e := range u.n.Args {
				v, err := kernel.Eval(u.q.Fn, e, b)
				if err != nil {
					return nil, err
				}
				u.arrays = append(u.arrays, v.Flat())
			}
		}
		if out := u.step(); out != nil {
			return out, nil
		}
		if ctx.Err() != nil {
			return nil, ctxErr(ctx)
		}
	}
}

// step makes a batch from the next input rows; nil when they have no elements.
func (u *unnest) step() *vec.Batch {
	var rows []int32
	elems := make([][]int32, len(u.arrays))
	ord := vec.New(types.Of(types.Int8), 0)
	var absent []int32 // output rows of a LEFT JOIN without elements
	for u.row < u.b.N && len(rows) < vec.MaxBatch {
		r := u.row
		u.row++
		n := 0
		for _, a := range u.arrays {
			if !a.IsNull(r) {
				n = max(n, int(a.Off[r+1]-a.Off[r]))
			}
		}
		if n == 0 && u.n.Left {
			absent = append(absent, int32(len(rows)))
			rows = append(rows, int32(r))
			ord.I64 = append(ord.I64, 0)
			for i := range elems {
				elems[i] = append(elems[i], -1)
			}
		}
		for k := range n {
			rows = append(rows, int32(r))
			ord.I64 = append(ord.I64, int64(k+1))
		}
		for i, a := range u.arrays {
			have := 0
			if !a.IsNull(r) {
				have = int(a.Off[r+1] - a.Off[r])
			}
			for k := range n {
				x := int32(-1)
				if k < have {
					x = a.Off[r] + int32(k)
				}
				elems[i] = append(elems[i], x)
			}
		}
	}
	b := u.b
	if u.row >= u.b.N {
		u.b = nil
	}
	if len(rows) == 0 {
		return nil
	}
	out := gather(b, rows)
	for i, a := range u.arrays {
		child := a.Child
		if child == nil {
			child = vec.New(a.Type.Elem(), 0)
		}
		out.Cols = append(out.Cols, child.Gather(elems[i]))
	}
	if u.n.Ordinality {
		ord.N = len(ord.I64)
		for _, x := range absent {
			ord.SetNull(int(x))
		}
		out.Cols = append(out.Cols, ord)
	}
	return out
}

func (u *unnest) Close() { u.in.Close() }
