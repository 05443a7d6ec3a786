package op

import (
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// foldGroups numbers the groups of one grouping set.
type foldGroups struct {
	dense  []uint32          // group + 1 by combined key id; nil: sparse is used
	sparse map[uint64]uint32 // group + 1
	n      int
	ids    [][]int32 // per key of the set, its value's id by group
}

func (f *foldGroups) group(combined uint64) (g uint32, fresh bool) {
	if f.dense != nil {
		if g = f.dense[combined]; g == 0 {
			f.n++
			f.dense[combined] = uint32(f.n)
			return uint32(f.n - 1), true
		}
		return g - 1, false
	}
	if g = f.sparse[combined]; g == 0 {
		f.n++
		f.sparse[combined] = uint32(f.n)
		return uint32(f.n - 1), true
	}
	return g - 1, false
}

// newFold makes the numbering; room for every combination if that is not large.
func (c *codeAgg) newFold(set []int) *foldGroups {
	f := &foldGroups{ids: make([][]int32, len(set))}
	product := 1
	for _, k := range set {
		if n := c.keys[k].values.N; n > 0 && product <= maxCells {
			product *= n
		}
	}
	if product <= maxCells {
		f.dense = make([]uint32, product)
	} else {
		f.sparse = map[uint64]uint32{}
	}
	return f
}

// fold makes the rows of a grouping set from the cells.
func (c *codeAgg) fold(p *cellPart, set []int) (*vec.Batch, error) {
	f := c.newFold(set)
	sums := make([][]table.IntSum, len(c.calls))
	stride := make([]int, len(c.dims))
	for d, s := len(c.dims)-1, 1; d >= 0; d-- {
		stride[d] = s
		s *= c.dims[d].size
	}
	for cell, rows := range p.base {
		if rows == 0 {
			continue
		}
		combined := uint64(0)
		for _, k := range set {
			key := &c.keys[k]
			code := cell / stride[key.dim] % c.dims[key.dim].size
			combined = combined*uint64(key.values.N) + uint64(key.ids[code])
		}
		g, fresh := f.group(combined)
		if fresh {
			for i, k := range set {
				key := &c.keys[k]
				code := cell / stride[key.dim] % c.dims[key.dim].size
				f.ids[i] = append(f.ids[i], int32(key.ids[code]))
			}
			for j := range sums {
				sums[j] = append(sums[j], table.IntSum{})
			}
		}
		for j := range sums {
			addSums(&sums[j][g], p.sumOf(j, cell, rows))
		}
	}
	n := f.n
	if len(set) == 0 && n == 0 {
		n = 1 // an empty grouping set has its row without input too
		for j := range sums {
			sums[j] = make([]table.IntSum, 1)
		}
	}
	return c.rows(f, set, sums, n)
}

// sumOf is aggregate j of a cell.
func (p *cellPart) sumOf(j, cell int, rows int64) table.IntSum {
	a := &p.calls[j]
	if a.count == nil {
		return table.IntSum{Count: rows}
	}
	s := table.IntSum{Count: a.count[cell]}
	if a.sum != nil {
		s.Hi, s.Lo = a.sum[cell]>>63, uint64(a.sum[cell])
		s.Min, s.Max = a.min[cell], a.max[cell]
	}
	return s
}

// rows makes the output columns of n groups.
func (c *codeAgg) rows(f *foldGroups, set []int, sums [][]table.IntSum, n int) (*vec.Batch, error) {
	out := &vec.Batch{N: n}
	for k := range c.keys {
		t := c.n.Agg.Keys[k].Type()
		col := vec.NewConst(t, vec.Datum{Null: true}, n)
		for i, have := range set {
			if have == k {
				col = c.keys[k].values.Gather(f.ids[i])
			}
		}
		out.Cols = append(out.Cols, col)
	}
	for j, call := range c.calls {
		if call.kind == intCount {
			v := vec.New(types.Of(types.Int8), n)
			for g := range sums[j] {
				v.I64[g] = sums[j][g].Count
			}
			out.Cols = append(out.Cols, v)
			continue
		}
		b := vec.NewBuilder(call.ret, n)
		for g := range sums[j] {
			d, err := call.value(sums[j][g])
			if err != nil {
				return nil, err
			}
			if d.Null {
				b.AppendNull()
				continue
			}
			b.Append(d)
		}
		out.Cols = append(out.Cols, b.Finish())
	}
	out.Cols = append(out.Cols, groupingCols(c.n.Agg, set, n)...)
	return out, nil
}
