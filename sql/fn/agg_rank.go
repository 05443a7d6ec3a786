package fn

import (
	"sort"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Ordering is an Acc of an ordered-set aggregate that asks for the directions of
// its WITHIN GROUP keys; SetOrder is called once before the first Add.
type Ordering interface {
	SetOrder(desc, nullsFirst []bool)
}

// rankKind is one of the hypothetical-set aggregates.
type rankKind uint8

const (
	hypRank rankKind = iota
	hypDense
	hypPercent
	hypCume
)

func init() {
	for name, k := range map[string]struct {
		kind rankKind
		ret  types.Type
	}{"rank": {hypRank, tI8}, "dense_rank": {hypDense, tI8}, "percent_rank": {hypPercent, tF8}, "cume_dist": {hypCume, tF8}} {
		a := agg(name, nil, k.ret, func(_ *Ctx, args []types.Type, ret types.Type) Acc {
			h := &rankAcc{kind: k.kind, ret: ret, keys: len(args) / 2}
			if k.kind == hypDense {
				for _, t := range args[h.keys:] {
					h.less = append(h.less, newCollect(t))
				}
			}
			return h
		})
		a.Ordered, a.Hypothetical, a.Strict = true, true, false
	}
}

// IsHypothetical reports whether name is a hypothetical-set aggregate; its
// arguments are resolved by ResolveHypothetical.
func IsHypothetical(name string) bool { return len(aggs[name]) > 0 && aggs[name][0].Hypothetical }

// ResolveHypothetical resolves rank, dense_rank, percent_rank or cume_dist
// WITHIN GROUP for the types of the direct arguments and the keys: each pair
// takes its common type. offs are the places of the direct arguments.
func ResolveHypothetical(name string, direct, keys []types.Type, off int, offs []int) (*Agg, []types.Type, types.Type, error) {
	a := aggs[name][0]
	if len(direct) != len(keys) {
		all := append(append(ts(nil), direct...), keys...)
		return nil, nil, types.Type{}, sqlerr.At(off, pgerrcode.UndefinedFunction, "function %s(%s) does not exist", name, typeList(all)).
			WithHint("To use the hypothetical-set aggregate %s, the number of hypothetical direct arguments (here %d) must match the number of ordering columns (here %d).",
				name, len(direct), len(keys))
	}
	to := make(ts, 2*len(direct))
	for i := range direct {
		t, err := CommonType(ts{direct[i], keys[i]}, "WITHIN GROUP", offs[i])
		if err != nil {
			return nil, nil, types.Type{}, err
		}
		to[i], to[len(direct)+i] = t, t
	}
	return a, to, a.Ret, nil
}

// rankAcc counts the rows that stand before the hypothetical one or beside it.
type rankAcc struct {
	kind              rankKind
	ret               types.Type
	keys              int
	desc, nullsFirst  []bool
	before, peers, of []int64
	less              []*collect // the keys before it, for dense_rank
}

func (a *rankAcc) SetOrder(desc, nullsFirst []bool) { a.desc, a.nullsFirst = desc, nullsFirst }

func (a *rankAcc) fit(n int) {
	a.before, a.peers, a.of = grow(a.before, n), grow(a.peers, n), grow(a.of, n)
}

// compareKey orders two values as ORDER BY does.
func compareKey(u *vec.Vector, i int, v *vec.Vector, j int, desc, nullsFirst bool) int {
	switch un, vn := u.IsNull(i), v.IsNull(j); {
	case un && vn:
		return 0
	case un || vn:
		if un == nullsFirst {
			return -1
		}
		return 1
	}
	c := vec.CompareAt(u, i, v, j)
	if desc {
		return -c
	}
	return c
}

func at(list []bool, i int) bool { return i < len(list) && list[i] }

func (a *rankAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.fit(max(ngroups, 1))
	for i := 0; i < rows; i++ {
		g := groupOf(groups, i)
		c := 0
		for k := 0; k < a.keys && c == 0; k++ {
			c = compareKey(args[a.keys+k], i, args[k], i, at(a.desc, k), at(a.nullsFirst, k))
		}
		a.of[g]++
		switch {
		case c == 0:
			a.peers[g]++
		case c < 0:
			a.before[g]++
			for k, l := range a.less {
				l.b.AppendFrom(args[a.keys+k], i)
				l.gs = append(l.gs, g)
				l.size += 32
			}
		}
	}
	return nil
}

func (a *rankAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	a.fit(ngroups)
	s := src.(*rankAcc)
	for g := range s.of {
		if g < len(remap) {
			a.of[remap[g]] += s.of[g]
			a.before[remap[g]] += s.before[g]
			a.peers[remap[g]] += s.peers[g]
		}
	}
	for k, l := range a.less {
		l.merge(s.less[k], remap)
	}
	return nil
}

func (a *rankAcc) Result(ngroups int) (*vec.Vector, error) {
	a.fit(max(ngroups, 1))
	dense := a.distinct(ngroups)
	v := vec.New(a.ret, ngroups)
	for g := range ngroups {
		before, n := float64(a.before[g]), float64(a.of[g])
		switch a.kind {
		case hypRank:
			v.I64[g] = a.before[g] + 1
		case hypDense:
			v.I64[g] = dense[g] + 1
		case hypPercent:
			if n > 0 {
				v.F64[g] = before / n
			}
		default:
			v.F64[g] = (before + float64(a.peers[g]) + 1) / (n + 1)
		}
	}
	return v, nil
}

// distinct counts the different keys before the hypothetical row by group.
func (a *rankAcc) distinct(ngroups int) []int64 {
	out := make([]int64, max(ngroups, 1))
	if a.kind != hypDense {
		return out
	}
	cols := make([]*vec.Vector, len(a.less))
	var idx, off []int32
	for k, l := range a.less {
		cols[k], idx, off = l.byGroup(ngroups)
	}
	cmp := func(i, j int32) int {
		c := 0
		for k := 0; k < len(cols) && c == 0; k++ {
			c = compareKey(cols[k], int(i), cols[k], int(j), false, false)
		}
		return c
	}
	for g := range ngroups {
		in := idx[off[g]:off[g+1]]
		sort.Slice(in, func(x, y int) bool { return cmp(in[x], in[y]) < 0 })
		for i := range in {
			if i == 0 || cmp(in[i-1], in[i]) != 0 {
				out[g]++
			}
		}
	}
	return out
}

func (a *rankAcc) Bytes() int64 {
	n := int64(cap(a.of)) * 24
	for _, l := range a.less {
		n += l.bytes()
	}
	return n
}
