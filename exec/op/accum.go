package op

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// accum is one aggregate call over the groups of one grouping set.
type accum interface {
	// add feeds the rows of in; groups (nil: all group 0) is by row before FILTER.
	add(groups []uint32, ngroups int, in *aggInput) error
	merge(src accum, remap []uint32, ngroups int) error
	result(ngroups int) (*vec.Vector, error)
	bytes() int64
}

// newAccum picks how a call is computed.
func newAccum(c *fn.Ctx, a *plan.AggCall) accum {
	p := plainAcc{a: a, acc: a.F.New(c, argTypes(a), a.Ret)}
	if a.F.Ordered {
		if o, ok := p.acc.(fn.Ordering); ok {
			var desc, nullsFirst []bool
			for _, k := range a.OrderBy {
				desc, nullsFirst = append(desc, k.Desc), append(nullsFirst, k.NullsFirst)
			}
			o.SetOrder(desc, nullsFirst)
		}
		return &p
	}
	switch {
	case a.Distinct && !keepsOrder(a.F) && len(a.OrderBy) == 0:
		return newDistinctAcc(p)
	case a.Distinct || len(a.OrderBy) > 0:
		return newSortedAcc(p)
	}
	return &p
}

// argTypes are the types of the vectors that Add gets.
func argTypes(a *plan.AggCall) []types.Type {
	var ts []types.Type
	for _, e := range a.Args {
		ts = append(ts, e.Type())
	}
	if a.F.Ordered {
		for _, o := range a.OrderBy {
			ts = append(ts, o.X.Type())
		}
	}
	return ts
}

// plainAcc feeds rows straight to the library's accumulator.
type plainAcc struct {
	a   *plan.AggCall
	acc fn.Acc
	buf []uint32
}

func (p *plainAcc) add(groups []uint32, ngroups int, in *aggInput) error {
	g := in.pick(groups, p.buf)
	if !in.all && groups != nil {
		p.buf = g
	}
	return p.acc.Add(g, ngroups, in.args, in.rows)
}

func (p *plainAcc) merge(src accum, remap []uint32, ngroups int) error {
	return p.acc.Merge(src.(*plainAcc).acc, remap, ngroups)
}

func (p *plainAcc) result(n int) (*vec.Vector, error) { return p.acc.Result(n) }
func (p *plainAcc) bytes() int64                      { return p.acc.Bytes() + int64(cap(p.buf))*4 }

// distinctAcc passes the first row of each (group, arguments) on.
type distinctAcc struct {
	plainAcc
	seen *keyTable
	ids  []uint32
}

func newDistinctAcc(p plainAcc) accum {
	ts := []types.Type{types.Of(types.Int8)}
	for _, e := range p.a.Args {
		ts = append(ts, e.Type())
	}
	return &distinctAcc{plainAcc: p, seen: newKeyTable(ts)}
}

func (d *distinctAcc) add(groups []uint32, ngroups int, in *aggInput) error {
	g := in.pick(groups, nil)
	gv := vec.New(types.Of(types.Int8), in.rows)
	for i := range g {
		gv.I64[i] = int64(g[i])
	}
	before := d.seen.n
	d.ids = d.seen.groups(append([]*vec.Vector{gv}, in.args...), in.rows, d.ids)
	var fresh []int32
	next := uint32(before)
	for i, id := range d.ids[:in.rows] {
		if id == next { // ids are dense in order of first appearance
			fresh = append(fresh, int32(i))
			next++
		}
	}
	sub := &aggInput{all: true, rows: len(fresh)}
	for _, v := range in.args {
		sub.args = append(sub.args, v.Gather(fresh))
	}
	if g != nil {
		picked := make([]uint32, len(fresh))
		for i, x := range fresh {
			picked[i] = g[x]
		}
		g = picked
	}
	return d.plainAcc.acc.Add(g, ngroups, sub.args, sub.rows)
}

func (d *distinctAcc) bytes() int64 { return d.plainAcc.bytes() + d.seen.bytes() }

// sortedAcc keeps the rows and feeds them in order at the end. DISTINCT without
// an order sorts by the arguments, as Postgres does (its DISTINCT aggregates
// sort their input, NULLs last).
type sortedAcc struct {
	plainAcc
	cols   []*vec.Builder // arguments, then order keys
	types  []types.Type
	groups []uint32
	size   int64
}

func newSortedAcc(p plainAcc) accum {
	s := &sortedAcc{plainAcc: p}
	for _, e := range p.a.Args {
		s.types = append(s.types, e.Type())
	}
	for _, o := range p.a.OrderBy {
		s.types = append(s.types, o.X.Type())
	}
	for _, t := range s.types {
		s.cols = append(s.cols, vec.NewBuilder(t, 0))
	}
	return s
}

func (s *sortedAcc) add(groups []uint32, _ int, in *aggInput) error {
	g := in.pick(groups, nil)
	if g == nil {
		g = make([]uint32, in.rows)
	}
	s.groups = append(s.groups, g[:in.rows]...)
	for c, v := range in.args {
		for i := range in.rows {
			s.cols[c].AppendFrom(v, i)
		}
		s.size += v.Flat().Bytes()
	}
	return nil
}

func (s *sortedAcc) bytes() int64 { return s.plainAcc.bytes() + s.size + int64(cap(s.groups))*4 }

func (s *sortedAcc) result(n int) (*vec.Vector, error) {
	rows := len(s.groups)
	all := make([]*vec.Vector, len(s.cols))
	for i, b := range s.cols {
		all[i] = b.Finish()
	}
	na := len(s.a.Args)
	gv := vec.New(types.Of(types.Int8), rows)
	for i, g := range s.groups {
		gv.I64[i] = int64(g)
	}
	cols := append([]*vec.Vector{gv}, all...)
	keys := []plan.SortKey{{Col: 0}}
	for i, o := range s.a.OrderBy {
		keys = append(keys, plan.SortKey{Col: 1 + na + i, Desc: o.Desc, NullsFirst: o.NullsFirst})
	}
	if s.a.Distinct {
		for i := range na {
			keys = append(keys, plan.SortKey{Col: 1 + i})
		}
	}
	idx := sortIndex(&vec.Batch{N: rows, Cols: cols}, keys)
	if s.a.Distinct {
		idx = uniqueRows(idx, cols[:1+na])
	}
	groups := make([]uint32, len(idx))
	for i, x := range idx {
		groups[i] = s.groups[x]
	}
	args := make([]*vec.Vector, na)
	for i := range args {
		args[i] = all[i].Gather(idx)
	}
	if err := s.acc.Add(groups, n, args, len(idx)); err != nil {
		return nil, err
	}
	return s.acc.Result(n)
}

// uniqueRows drops rows of a sorted index that equal the row before in cols.
func uniqueRows(idx []int32, cols []*vec.Vector) []int32 {
	out := idx[:0]
	for _, x := range idx {
		if len(out) > 0 && sameRow(cols, int(out[len(out)-1]), int(x)) {
			continue
		}
		out = append(out, x)
	}
	return out
}

func sameRow(cols []*vec.Vector, i, j int) bool {
	for _, c := range cols {
		in, jn := c.IsNull(i), c.IsNull(j)
		if in != jn || !in && vec.CompareAt(c, i, c, j) != 0 {
			return false
		}
	}
	return true
}
