package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	concat := func(c *Ctx, args []types.Type, ret types.Type) Acc { return newGroupConcat(c, len(args) > 1) }
	agg("group_concat", ts{tAny}, tText, concat).Strict = false
	agg("group_concat", ts{tAny, tText}, tText, concat).Strict = false
	for _, t := range []types.Type{tI2, tI4, tI8, tNum} {
		agg("std", ts{t}, tNum, func(*Ctx, []types.Type, types.Type) Acc { return &decVarAcc{kind: momStdPop} })
	}
	agg("std", ts{tF8}, tF8, momentOf(momStdPop))
	agg("any_value", ts{tElem}, tElem, func(_ *Ctx, args []types.Type, ret types.Type) Acc {
		return &someValue{t: ret}
	}).Strict = false
}

// groupConcat is GROUP_CONCAT: string_agg of the texts of any values, with a
// comma between them unless another separator is given.
type groupConcat struct {
	stringAgg
	c   *Ctx
	sep bool
}

func newGroupConcat(c *Ctx, sep bool) Acc {
	return &groupConcat{stringAgg: stringAgg{ret: tText}, c: c, sep: sep}
}

// Add feeds the texts of the values to string_agg.
func (a *groupConcat) Add(groups []uint32, ngroups int, args []*vec.Vector, n int) error {
	in := args[0].Flat()
	v := vec.New(tText, n)
	r := row{a.c, []*vec.Vector{in}, 0}
	for i := 0; i < n; i++ {
		if in.IsNull(i) {
			v.SetNull(i)
			continue
		}
		r.i = i
		v.Str[i] = r.castText(0)
	}
	sep := vec.NewConst(tText, dS(","), n)
	if a.sep {
		sep = args[1]
	}
	return a.stringAgg.Add(groups, ngroups, []*vec.Vector{v, sep}, n)
}

// Merge adds another accumulator's texts.
func (a *groupConcat) Merge(src Acc, remap []uint32, ngroups int) error {
	return a.stringAgg.Merge(&src.(*groupConcat).stringAgg, remap, ngroups)
}

// someValue is ANY_VALUE: the first value that comes, NULL or not.
type someValue struct {
	t    types.Type
	seen []bool
	v    []vec.Datum
}

func (a *someValue) fit(n int) {
	a.seen, a.v = grow(a.seen, n), grow(a.v, n)
}

func (a *someValue) Add(groups []uint32, ngroups int, args []*vec.Vector, n int) error {
	a.fit(max(ngroups, 1))
	for i := 0; i < n; i++ {
		if g := groupOf(groups, i); !a.seen[g] {
			a.seen[g], a.v[g] = true, args[0].Get(i)
		}
	}
	return nil
}

func (a *someValue) Merge(src Acc, remap []uint32, ngroups int) error {
	a.fit(ngroups)
	s := src.(*someValue)
	for g, ok := range s.seen {
		if ok && g < len(remap) && !a.seen[remap[g]] {
			a.seen[remap[g]], a.v[remap[g]] = true, s.v[g]
		}
	}
	return nil
}

func (a *someValue) Result(ngroups int) (*vec.Vector, error) {
	a.fit(max(ngroups, 1))
	b := vec.NewBuilder(a.t, ngroups)
	for g := 0; g < ngroups; g++ {
		if a.seen[g] {
			b.Append(a.v[g])
		} else {
			b.AppendNull()
		}
	}
	return b.Finish(), nil
}

func (a *someValue) Bytes() int64 { return int64(cap(a.v)) * 96 }
