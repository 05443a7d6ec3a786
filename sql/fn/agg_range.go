package fn

import (
	"slices"

	"tagd/sql/ranges"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for _, t := range []types.Type{tRange, tRanges} {
		agg("range_agg", ts{t}, tRanges, func(_ *Ctx, _ []types.Type, ret types.Type) Acc { return &rangeAcc{ret: ret} })
		agg("range_intersect_agg", ts{t}, t, func(_ *Ctx, _ []types.Type, ret types.Type) Acc {
			return &rangeAcc{ret: ret, common: true}
		})
	}
}

// rangeAcc is range_agg, and range_intersect_agg if common is set.
type rangeAcc struct {
	ret    types.Type
	common bool
	seen   []bool
	list   [][]ranges.Range
	next   []int // of range_agg: the length at which a list is made normal again
	size   int64
}

func (a *rangeAcc) fit(n int) {
	a.seen, a.list, a.next = grow(a.seen, n), grow(a.list, n), grow(a.next, n)
}

// put adds ranges to a group; list may be used again.
func (a *rangeAcc) put(g uint32, list []ranges.Range) {
	had := len(a.list[g])
	switch {
	case !a.seen[g]:
		a.list[g] = slices.Clone(list)
	case a.common:
		a.list[g] = ranges.MultiIntersect(a.list[g], list)
	default:
		if a.list[g] = append(a.list[g], list...); len(a.list[g]) > max(a.next[g], 64) {
			a.list[g] = ranges.Normal(a.list[g])
			a.next[g] = 2 * len(a.list[g])
		}
	}
	a.seen[g] = true
	a.size += int64(len(a.list[g])-had) * 160
}

func (a *rangeAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.fit(max(ngroups, 1))
	v, m := flatArg(args[0])
	var buf []ranges.Range
	for i := range rows {
		if !bit(v.Nulls, i&m) {
			buf = ranges.AppendTo(buf[:0], v.Type, v.Str[i&m])
			a.put(groupOf(groups, i), buf)
		}
	}
	return nil
}

func (a *rangeAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	a.fit(ngroups)
	o := src.(*rangeAcc)
	for g, list := range o.list {
		if o.seen[g] {
			a.put(remap[g], list)
		}
	}
	return nil
}

func (a *rangeAcc) Result(ngroups int) (*vec.Vector, error) {
	a.fit(ngroups)
	v := vec.New(a.ret, ngroups)
	for g := range ngroups {
		list := ranges.Normal(slices.Clone(a.list[g]))
		switch {
		case !a.seen[g]:
			v.SetNull(g)
		case a.ret.IsRange():
			v.Str[g] = ranges.Pack(a.ret, ranges.Whole(list))
		default:
			v.Str[g] = ranges.PackMulti(a.ret, list)
		}
	}
	return v, nil
}

func (a *rangeAcc) Bytes() int64 { return a.size + int64(cap(a.list))*40 }
