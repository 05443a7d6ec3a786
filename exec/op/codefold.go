package op

import (
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// foldGroups numbers the groups of one grouping set.
type foldGroups struct {
	set    []int
	dense  []uint32          // group + 1 by combined key id; nil: sparse is used
	sparse map[uint64]uint32 // group + 1
	n      int
	ids    [][]int32        // per key of the set, its value's id by group
	sums   [][]table.IntSum // per call, by group
	cells  [][]int32        // by group, its cells; only for percentiles
	found  [][]vec.Datum    // per call, by group; only for percentiles
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
	f := &foldGroups{set: set, ids: make([][]int32, len(set)), sums: make([][]table.IntSum, len(c.calls))}
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

// fold adds the cells up into the groups of a grouping set.
func (c *codeAgg) fold(p *cellPart, set []int) *foldGroups {
	f := c.newFold(set)
	ranks := c.wantsRanks()
	for cell, rows := range p.base {
		if rows == 0 {
			continue
		}
		combined := uint64(0)
		for _, k := range set {
			key := &c.keys[k]
			code := cell / c.dims[key.dim].mult % c.dims[key.dim].size
			combined = combined*uint64(key.values.N) + uint64(key.ids[code])
		}
		g, fresh := f.group(combined)
		if fresh {
			for i, k := range set {
				key := &c.keys[k]
				code := cell / c.dims[key.dim].mult % c.dims[key.dim].size
				f.ids[i] = append(f.ids[i], int32(key.ids[code]))
			}
			f.grow(1)
		}
		for j := range f.sums {
			addSums(&f.sums[j][g], p.sumOf(c.calls[j].feed, cell, rows))
		}
		if ranks {
			f.cells[g] = append(f.cells[g], int32(cell))
		}
	}
	if len(set) == 0 && f.n == 0 {
		f.n = 1 // an empty grouping set has its row without input too
		f.grow(1)
	}
	return f
}

// grow makes room for k more groups.
func (f *foldGroups) grow(k int) {
	for j := range f.sums {
		f.sums[j] = append(f.sums[j], make([]table.IntSum, k)...)
	}
	f.cells = append(f.cells, make([][]int32, k)...)
}

// sumOf is a feed's part of a cell.
func (p *cellPart) sumOf(feed, cell int, rows int64) table.IntSum {
	if feed < 0 {
		return table.IntSum{Count: rows}
	}
	f := &p.feeds[feed]
	if f.sums == nil {
		return table.IntSum{Count: f.count[cell]}
	}
	x := &f.sums[cell]
	return table.IntSum{Count: x.count, Hi: x.sum >> 63, Lo: uint64(x.sum), Min: x.min, Max: x.max}
}

// rows makes the output columns.
func (c *codeAgg) rows(f *foldGroups) (*vec.Batch, error) {
	n := f.n
	out := &vec.Batch{N: n}
	for k := range c.keys {
		t := c.n.Agg.Keys[k].Type()
		col := vec.NewConst(t, vec.Datum{Null: true}, n)
		for i, have := range f.set {
			if have == k {
				col = c.keys[k].values.Gather(f.ids[i])
			}
		}
		out.Cols = append(out.Cols, col)
	}
	for j, call := range c.calls {
		col, err := f.column(j, &call.intCall)
		if err != nil {
			return nil, err
		}
		out.Cols = append(out.Cols, col)
	}
	out.Cols = append(out.Cols, groupingCols(c.n.Agg, f.set, n)...)
	return out, nil
}

// column is the results of call j.
func (f *foldGroups) column(j int, call *intCall) (*vec.Vector, error) {
	if call.kind == intCount {
		v := vec.New(types.Of(types.Int8), f.n)
		for g := range f.sums[j] {
			v.I64[g] = f.sums[j][g].Count
		}
		return v, nil
	}
	b := vec.NewBuilder(call.ret, f.n)
	for g := range f.sums[j] {
		var d vec.Datum
		if call.kind == intPercentile {
			d = f.found[j][g]
		} else {
			var err error
			if d, err = call.value(f.sums[j][g]); err != nil {
				return nil, err
			}
		}
		if d.Null {
			b.AppendNull()
			continue
		}
		b.Append(d)
	}
	return b.Finish(), nil
}
