package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// extremeAcc is min and max of any type.
type extremeAcc struct {
	t   types.Type
	max bool
	// order compares texts, nil: by their bytes.
	order func(a, b string) int
	seen  []bool
	i     []int64
	s     []string
	d     []vec.Datum
}

func (a *extremeAcc) fit(n int) {
	a.seen = grow(a.seen, n)
	switch a.t.Phys() {
	case types.PhysInt:
		a.i = grow(a.i, n)
	case types.PhysStr:
		a.s = grow(a.s, n)
	default:
		a.d = grow(a.d, n)
	}
}

func (a *extremeAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.fit(max(ngroups, 1))
	v, m := flatArg(args[0])
	for i := 0; i < rows; i++ {
		if bit(v.Nulls, i&m) {
			continue
		}
		g := groupOf(groups, i)
		switch {
		case a.i != nil:
			a.putInt(g, v.I64[i&m])
		case a.s != nil:
			a.putStr(g, v.Str[i&m])
		default:
			a.put(g, v.Get(i))
		}
	}
	return nil
}

func (a *extremeAcc) putInt(g uint32, x int64) {
	if !a.seen[g] || (x > a.i[g]) == a.max && x != a.i[g] {
		a.seen[g], a.i[g] = true, x
	}
}

func (a *extremeAcc) putStr(g uint32, x string) {
	if a.order != nil {
		if !a.seen[g] || a.order(x, a.s[g]) > 0 == a.max && x != a.s[g] {
			a.seen[g], a.s[g] = true, x
		}
		return
	}
	if !a.seen[g] || (x > a.s[g]) == a.max && x != a.s[g] {
		a.seen[g], a.s[g] = true, x
	}
}

func (a *extremeAcc) put(g uint32, x vec.Datum) {
	if a.seen[g] {
		c := vec.Compare(a.t, x, a.d[g])
		// Of equal values (1.5 and 1.50) the last stays, as in numeric_larger.
		if c != 0 && (c > 0) != a.max {
			return
		}
	}
	a.seen[g], a.d[g] = true, x
}

func (a *extremeAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	s := src.(*extremeAcc)
	a.fit(ngroups)
	for g, ok := range s.seen {
		if !ok || g >= len(remap) {
			continue
		}
		switch {
		case a.i != nil:
			a.putInt(remap[g], s.i[g])
		case a.s != nil:
			a.putStr(remap[g], s.s[g])
		default:
			a.put(remap[g], s.d[g])
		}
	}
	return nil
}

func (a *extremeAcc) Result(ngroups int) (*vec.Vector, error) {
	a.fit(max(ngroups, 1))
	b := vec.NewBuilder(a.t, ngroups)
	for g := 0; g < ngroups; g++ {
		switch {
		case !a.seen[g]:
			b.AppendNull()
		case a.i != nil:
			b.Append(dI(a.i[g]))
		case a.s != nil:
			b.Append(dS(a.s[g]))
		default:
			b.Append(a.d[g])
		}
	}
	return b.Finish(), nil
}

func (a *extremeAcc) Bytes() int64 {
	return int64(cap(a.seen)) + int64(cap(a.i))*8 + int64(cap(a.s))*32 + int64(cap(a.d))*112
}

// boolAcc is bool_and and bool_or: 0 nothing seen, 1 false, 2 true.
type boolAcc struct {
	state []uint8
	or    bool
}

func (a *boolAcc) put(g uint32, s uint8) {
	switch old := a.state[g]; {
	case s == 0:
	case old == 0, a.or && s > old, !a.or && s < old:
		a.state[g] = s
	}
}

func (a *boolAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.state = grow(a.state, max(ngroups, 1))
	v, m := flatArg(args[0])
	for i := 0; i < rows; i++ {
		if !bit(v.Nulls, i&m) {
			a.put(groupOf(groups, i), uint8(1+v.I64[i&m]))
		}
	}
	return nil
}

func (a *boolAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	a.state = grow(a.state, ngroups)
	for g, s := range src.(*boolAcc).state {
		if g < len(remap) {
			a.put(remap[g], s)
		}
	}
	return nil
}

func (a *boolAcc) Result(ngroups int) (*vec.Vector, error) {
	a.state = grow(a.state, ngroups)
	v := vec.New(tBool, ngroups)
	for g, s := range a.state[:ngroups] {
		if s == 0 {
			v.SetNull(g)
		} else {
			v.I64[g] = int64(s - 1)
		}
	}
	return v, nil
}

func (a *boolAcc) Bytes() int64 { return int64(cap(a.state)) }

// ivlAcc is sum and avg of intervals.
type ivlAcc struct {
	s   []types.IntervalValue
	n   []int64
	avg bool
}

func (a *ivlAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.s, a.n = grow(a.s, max(ngroups, 1)), grow(a.n, max(ngroups, 1))
	v, m := flatArg(args[0])
	for i := 0; i < rows; i++ {
		if bit(v.Nulls, i&m) {
			continue
		}
		g := groupOf(groups, i)
		s, err := sumInterval(a.s[g], v.Ivl[i&m])
		if err != nil {
			return err
		}
		a.s[g] = s
		a.n[g]++
	}
	return nil
}

func (a *ivlAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	o := src.(*ivlAcc)
	a.s, a.n = grow(a.s, ngroups), grow(a.n, ngroups)
	for g := range o.n {
		if g >= len(remap) {
			break
		}
		s, err := sumInterval(a.s[remap[g]], o.s[g])
		if err != nil {
			return err
		}
		a.s[remap[g]] = s
		a.n[remap[g]] += o.n[g]
	}
	return nil
}

func (a *ivlAcc) Result(ngroups int) (*vec.Vector, error) {
	a.s, a.n = grow(a.s, ngroups), grow(a.n, ngroups)
	v := vec.New(tIvl, ngroups)
	for g := 0; g < ngroups; g++ {
		if a.n[g] == 0 {
			v.SetNull(g)
			continue
		}
		s := a.s[g]
		if a.avg {
			var err error
			if s, err = divInterval(s, float64(a.n[g])); err != nil {
				return nil, err
			}
		}
		v.Ivl[g] = s
	}
	return v, nil
}

func (a *ivlAcc) Bytes() int64 { return int64(cap(a.s))*16 + int64(cap(a.n))*8 }
