package fn

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	agg("array_agg", ts{tArr}, tArr, func(_ *Ctx, args []types.Type, ret types.Type) Acc {
		return &arraysAgg{k: newCollect(args[0]), ret: ret}
	}).Strict = false
}

// arraysAgg is array_agg of arrays: one array with one more dimension.
type arraysAgg struct {
	k   *collect
	ret types.Type
}

func (a *arraysAgg) Add(groups []uint32, _ int, args []*vec.Vector, rows int) error {
	for i := range rows {
		if args[0].IsNull(i) {
			return sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "cannot accumulate null arrays")
		}
		if d := args[0].Get(i); d.A == nil || d.A.N == 0 {
			return sqlerr.New(pgerrcode.ArraySubscriptError, "cannot accumulate empty arrays")
		}
	}
	a.k.add(groups, args[0], rows, true)
	return nil
}

func (a *arraysAgg) Merge(src Acc, remap []uint32, _ int) error {
	a.k.merge(src.(*arraysAgg).k, remap)
	return nil
}

func (a *arraysAgg) Result(ngroups int) (*vec.Vector, error) {
	v, idx, off := a.k.byGroup(ngroups)
	b := vec.NewBuilder(a.ret, ngroups)
	for g := range ngroups {
		in := idx[off[g]:off[g+1]]
		if len(in) == 0 {
			b.AppendNull()
			continue
		}
		el := vec.NewBuilder(a.ret.Elem(), 0)
		var length, lower []int32
		for i, k := range in {
			d := v.Get(int(k))
			l, lo := d.Dims.Of(d.A.N)
			if i == 0 {
				length, lower = append([]int32{int32(len(in))}, l...), append([]int32{1}, lo...)
			} else if !slices.Equal(l, length[1:]) {
				return nil, sqlerr.New(pgerrcode.ArraySubscriptError, "cannot accumulate arrays of different dimensionality")
			}
			el.AppendVector(d.A)
		}
		b.Append(vec.Datum{A: el.Finish(), Dims: vec.ShapeOf(length, lower)})
	}
	return b.Finish(), nil
}

func (a *arraysAgg) Bytes() int64 { return a.k.bytes() }
