package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for name, f := range map[string]func(a, b int64) int64{
		"bit_and": func(a, b int64) int64 { return a & b },
		"bit_or":  func(a, b int64) int64 { return a | b },
		"bit_xor": func(a, b int64) int64 { return a ^ b },
	} {
		for _, t := range []types.Type{tI2, tI4, tI8} {
			agg(name, ts{t}, t, func(_ *Ctx, _ []types.Type, ret types.Type) Acc { return &bitAcc{f: f, ret: ret} })
		}
	}
}

// bitAcc is bit_and, bit_or and bit_xor.
type bitAcc struct {
	f    func(a, b int64) int64
	ret  types.Type
	seen []bool
	x    []int64
}

func (a *bitAcc) fit(n int) { a.seen, a.x = grow(a.seen, n), grow(a.x, n) }

func (a *bitAcc) put(g uint32, x int64) {
	if a.seen[g] {
		x = a.f(a.x[g], x)
	}
	a.seen[g], a.x[g] = true, x
}

func (a *bitAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.fit(max(ngroups, 1))
	v, m := flatArg(args[0])
	for i := 0; i < rows; i++ {
		if !bit(v.Nulls, i&m) {
			a.put(groupOf(groups, i), v.I64[i&m])
		}
	}
	return nil
}

func (a *bitAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	a.fit(ngroups)
	s := src.(*bitAcc)
	for g, ok := range s.seen {
		if ok && g < len(remap) {
			a.put(remap[g], s.x[g])
		}
	}
	return nil
}

func (a *bitAcc) Result(ngroups int) (*vec.Vector, error) {
	a.fit(max(ngroups, 1))
	v := vec.New(a.ret, ngroups)
	for g := range v.I64 {
		if v.I64[g] = a.x[g]; !a.seen[g] {
			v.SetNull(g)
		}
	}
	return v, nil
}

func (a *bitAcc) Bytes() int64 { return int64(cap(a.x)) * 9 }
