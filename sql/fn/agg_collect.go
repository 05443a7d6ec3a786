package fn

import (
	"math"
	"slices"
	"sort"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// collect keeps values with their groups, for aggregates that need them all.
type collect struct {
	t    types.Type
	b    *vec.Builder
	gs   []uint32
	size int64
}

func newCollect(t types.Type) *collect { return &collect{t: t, b: vec.NewBuilder(t, 0)} }

func (k *collect) add(groups []uint32, v *vec.Vector, rows int, nulls bool) {
	for i := 0; i < rows; i++ {
		if !nulls && v.IsNull(i) {
			continue
		}
		k.b.AppendFrom(v, i)
		k.gs = append(k.gs, groupOf(groups, i))
	}
	if rows > 0 {
		k.size += v.Bytes()
	}
}

func (k *collect) merge(o *collect, remap []uint32) {
	v := o.b.Finish()
	for i, g := range o.gs {
		k.b.AppendFrom(v, i)
		k.gs = append(k.gs, remap[g])
	}
	k.size += o.size
}

// byGroup returns the values with, for each group, the places of its values in
// order of arrival: idx[off[g]:off[g+1]].
func (k *collect) byGroup(ngroups int) (v *vec.Vector, idx, off []int32) {
	v = k.b.Finish()
	k.b = vec.NewBuilder(k.t, 0)
	off = make([]int32, ngroups+1)
	for _, g := range k.gs {
		off[g+1]++
	}
	for g := 0; g < ngroups; g++ {
		off[g+1] += off[g]
	}
	next := append([]int32(nil), off[:ngroups]...)
	idx = make([]int32, len(k.gs))
	for i, g := range k.gs {
		idx[next[g]] = int32(i)
		next[g]++
	}
	return v, idx, off
}

func (k *collect) bytes() int64 { return k.size + int64(cap(k.gs))*4 }

// arrayAgg is array_agg.
type arrayAgg struct {
	k   *collect
	ret types.Type
}

func (a *arrayAgg) Add(groups []uint32, _ int, args []*vec.Vector, rows int) error {
	a.k.add(groups, args[0], rows, true)
	return nil
}

func (a *arrayAgg) Merge(src Acc, remap []uint32, _ int) error {
	a.k.merge(src.(*arrayAgg).k, remap)
	return nil
}

func (a *arrayAgg) Result(ngroups int) (*vec.Vector, error) {
	v, idx, off := a.k.byGroup(ngroups)
	out := &vec.Vector{Type: a.ret, N: ngroups, Off: off, Child: v.Gather(idx)}
	for g := 0; g < ngroups; g++ {
		if off[g] == off[g+1] {
			out.SetNull(g)
		}
	}
	return out, nil
}

func (a *arrayAgg) Bytes() int64 { return a.k.bytes() }

// stringAgg is string_agg of text and bytea.
type stringAgg struct {
	ret  types.Type
	buf  [][]byte
	lead []int // bytes of the first delimiter, for merging; -1: nothing seen
	size int64
}

func (a *stringAgg) fit(n int) {
	for len(a.lead) < n {
		a.lead = append(a.lead, -1)
		a.buf = append(a.buf, nil)
	}
}

func (a *stringAgg) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.fit(max(ngroups, 1))
	v, m := flatArg(args[0])
	d, dm := flatArg(args[1])
	for i := 0; i < rows; i++ {
		if bit(v.Nulls, i&m) {
			continue
		}
		delim := ""
		if !bit(d.Nulls, i&dm) {
			delim = d.Str[i&dm]
		}
		g := groupOf(groups, i)
		if a.lead[g] < 0 {
			a.lead[g] = len(delim)
		}
		a.buf[g] = append(append(a.buf[g], delim...), v.Str[i&m]...)
		a.size += int64(len(delim) + len(v.Str[i&m]))
	}
	return nil
}

func (a *stringAgg) Merge(src Acc, remap []uint32, ngroups int) error {
	a.fit(ngroups)
	o := src.(*stringAgg)
	for g, lead := range o.lead {
		if lead < 0 || g >= len(remap) {
			continue
		}
		to := remap[g]
		if a.lead[to] < 0 {
			a.lead[to] = lead
		}
		a.buf[to] = append(a.buf[to], o.buf[g]...)
	}
	a.size += o.size
	return nil
}

func (a *stringAgg) Result(ngroups int) (*vec.Vector, error) {
	a.fit(ngroups)
	v := vec.New(a.ret, ngroups)
	for g := 0; g < ngroups; g++ {
		if a.lead[g] < 0 {
			v.SetNull(g)
			continue
		}
		v.Str[g] = string(a.buf[g][a.lead[g]:])
	}
	return v, nil
}

func (a *stringAgg) Bytes() int64 { return a.size*5/4 + int64(cap(a.buf))*32 }

// percentile is percentile_cont (of float8 and interval), percentile_disc and
// mode: the direct argument, if any, comes first and the key last.
type percentile struct {
	k    *collect
	kind percentileKind
	ret  types.Type
	// frac is the fraction, or the array of them, by group: a direct argument may
	// be a grouped column.
	frac []*vec.Datum
	list bool
	desc bool
}

type percentileKind uint8

const (
	pctCont percentileKind = iota
	pctDisc
	pctMode
)

func (a *percentile) SetOrder(desc, _ []bool) { a.desc = at(desc, 0) }

func (a *percentile) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.frac = grow(a.frac, max(ngroups, 1))
	if a.kind != pctMode {
		for i := range rows {
			g := groupOf(groups, i)
			if a.frac[g] != nil {
				continue
			}
			d := args[0].Get(i)
			a.frac[g] = &d
			if err := checkFractions(a.fractions(g)); err != nil {
				return err
			}
		}
	}
	a.k.add(groups, args[len(args)-1], rows, false)
	return nil
}

func checkFractions(list []vec.Datum) error {
	for _, f := range list {
		if !f.Null && !(f.F >= 0 && f.F <= 1) {
			return sqlerr.New(pgerrcode.NumericValueOutOfRange, "percentile value %s is not between 0 and 1", cFloat(f.F))
		}
	}
	return nil
}

func (a *percentile) fractions(g uint32) []vec.Datum {
	f := a.frac[g]
	if f == nil || f.Null {
		return nil
	}
	if !a.list {
		return []vec.Datum{*f}
	}
	if f.A == nil {
		return nil
	}
	out := make([]vec.Datum, f.A.N)
	for i := range out {
		out[i] = f.A.Get(i)
	}
	return out
}

func (a *percentile) Merge(src Acc, remap []uint32, ngroups int) error {
	o := src.(*percentile)
	a.frac = grow(a.frac, ngroups)
	for g, f := range o.frac {
		if g < len(remap) && a.frac[remap[g]] == nil {
			a.frac[remap[g]] = f
		}
	}
	a.k.merge(o.k, remap)
	return nil
}

func (a *percentile) Result(ngroups int) (*vec.Vector, error) {
	a.frac = grow(a.frac, max(ngroups, 1))
	v, idx, off := a.k.byGroup(ngroups)
	b := vec.NewBuilder(a.ret, ngroups)
	for g := 0; g < ngroups; g++ {
		in := idx[off[g]:off[g+1]]
		f := a.frac[g]
		if len(in) == 0 || a.kind != pctMode && (f == nil || f.Null) {
			b.AppendNull()
			continue
		}
		sortIdx(v, in)
		if a.desc {
			slices.Reverse(in)
		}
		if a.kind == pctMode {
			b.AppendFrom(v, int(modeOf(v, in)))
			continue
		}
		d, err := a.value(v, in, uint32(g))
		if err != nil {
			return nil, err
		}
		b.Append(d)
	}
	return b.Finish(), nil
}

// value is the result of a group that has values: one, or an array of the shape
// of the fractions'.
func (a *percentile) value(v *vec.Vector, in []int32, g uint32) (vec.Datum, error) {
	list := a.fractions(g)
	if !a.list {
		return a.pick(v, in, list[0].F)
	}
	el := vec.NewBuilder(a.ret.Elem(), len(list))
	for _, f := range list {
		if f.Null {
			el.AppendNull()
			continue
		}
		d, err := a.pick(v, in, f.F)
		if err != nil {
			return null, err
		}
		el.Append(d)
	}
	return vec.Datum{A: el.Finish(), Dims: a.frac[g].Dims}, nil
}

func sortIdx(v *vec.Vector, in []int32) {
	switch {
	case v.F64 != nil && v.Dict == nil:
		sort.SliceStable(in, func(i, j int) bool { return cmpFloat(v.F64[in[i]], v.F64[in[j]]) < 0 })
	case v.I64 != nil && v.Dict == nil:
		sort.SliceStable(in, func(i, j int) bool { return v.I64[in[i]] < v.I64[in[j]] })
	default:
		sort.SliceStable(in, func(i, j int) bool { return vec.CompareAt(v, int(in[i]), v, int(in[j])) < 0 })
	}
}

// pick is the value at fraction f of the sorted values (orderedsetaggs.c).
func (a *percentile) pick(v *vec.Vector, in []int32, f float64) (vec.Datum, error) {
	n := len(in)
	if a.kind == pctDisc {
		row := int(math.Ceil(f * float64(n)))
		return v.Get(int(in[max(row, 1)-1])), nil
	}
	first := math.Floor(f * float64(n-1))
	second := math.Ceil(f * float64(n-1))
	lo := v.Get(int(in[int(first)]))
	if first == second {
		return lo, nil
	}
	hi := v.Get(int(in[int(second)]))
	p := f*float64(n-1) - first
	if a.k.t.Kind != types.Interval {
		return dF(lo.F + (hi.F-lo.F)*p), nil
	}
	neg, err := negInterval(lo.V)
	if err != nil {
		return null, err
	}
	diff, err := sumInterval(hi.V, neg)
	if err != nil {
		return null, err
	}
	if diff, err = mulInterval(diff, p); err != nil {
		return null, err
	}
	r, err := sumInterval(diff, lo.V)
	return dV(r), err
}

// modeOf is the place of the first of the most frequent values.
func modeOf(v *vec.Vector, in []int32) int32 {
	best, bestN := in[0], 0
	for i := 0; i < len(in); {
		j := i + 1
		for j < len(in) && vec.CompareAt(v, int(in[i]), v, int(in[j])) == 0 {
			j++
		}
		if j-i > bestN {
			best, bestN = in[i], j-i
		}
		i = j
	}
	return best
}

func (a *percentile) Bytes() int64 { return a.k.bytes() }
