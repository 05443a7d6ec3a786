package op

import (
	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// codeDim is a column whose codes span one dimension. Code 0 is NULL.
type codeDim struct {
	col    int
	form   table.Form
	size   int         // codes
	mult   int         // distance in cells between neighbouring codes
	lo     int64       // FormInt without cuts: code c > 0 is the value lo + c - 1
	cuts   *buckets    // FormInt: code c > 0 is bucket c - 1; nil: every value has a code
	values *vec.Vector // a value of each code
}

// codeKey is a key: which group value each code of its dimension has.
type codeKey struct {
	dim    int
	ids    []uint32    // by code
	values *vec.Vector // by id
}

// addKeys makes the dimensions and keys that the grouping sets use; false if
// they do not fit.
func (c *codeAgg) addKeys(keys []plan.CodeKey) bool {
	used := make([]bool, len(keys))
	for _, set := range c.n.Agg.Sets {
		for _, k := range set {
			used[k] = true
		}
	}
	exprs := map[int][]plan.Expr{}
	for i, k := range keys {
		if k.Unnest != (c.src.t.Form(k.Col) == table.FormSet) {
			return false
		}
		used[i] = used[i] || k.Unnest // it makes the rows
		if used[i] {
			exprs[k.Col] = append(exprs[k.Col], k.X)
		}
	}
	c.keys = make([]codeKey, len(keys))
	for i, k := range keys {
		if used[i] && !c.addKey(i, k, exprs[k.Col]) {
			return false
		}
	}
	return true
}

// addKey adds key i and, unless another key has it, its dimension, for all the
// expressions over its column.
func (c *codeAgg) addKey(i int, k plan.CodeKey, exprs []plan.Expr) bool {
	dim := -1
	for at, d := range c.dims {
		if d.col == k.Col {
			dim = at
		}
	}
	if dim < 0 {
		d, ok := c.dim(k.Col, exprs)
		if !ok || d.size < 1 || c.cells > maxCells/d.size {
			return false
		}
		c.cells *= d.size
		dim = len(c.dims)
		c.dims = append(c.dims, d)
	}
	vals := c.dims[dim].values
	v, err := kernel.Eval(c.q.Fn, k.X, &vec.Batch{N: vals.N, Cols: []*vec.Vector{vals}})
	if err != nil {
		return false // perhaps of a value that no row has: rows decide
	}
	if c.product *= float64(max(vals.N, 1)); c.product > 1<<62 {
		return false // combined ids must fit 64 bits
	}
	kt := newKeyTable([]types.Type{k.X.Type()})
	ids := kt.groups([]*vec.Vector{v}, vals.N, nil)
	c.keys[i] = codeKey{dim: dim, ids: ids, values: kt.column(0)}
	return true
}

func (c *codeAgg) dim(col int, exprs []plan.Expr) (codeDim, bool) {
	d := codeDim{col: col, form: c.src.t.Form(col)}
	switch d.form {
	case table.FormDict, table.FormSet:
		dict := c.src.t.Dict(col)
		d.size, d.values = dict.Len(), dict.Values()
		if d.values.N > d.size {
			d.values = d.values.Slice(0, d.size)
		}
		return d, d.values.N == d.size
	case table.FormInt:
		return c.intDim(d, exprs)
	}
	return d, false
}

// fewValues is the width of a range below which a code for each value is as
// good as one for each result of the expressions.
const fewValues = 256

func (c *codeAgg) intDim(d codeDim, exprs []plan.Expr) (codeDim, bool) {
	lo, hi, ok := c.src.t.Range(d.col)
	if !ok {
		lo, hi = 0, 0
	}
	typ := c.src.t.Def().Columns[d.col].Type
	span := uint64(hi) - uint64(lo)
	if span >= fewValues {
		if d.cuts = c.q.buckets(exprs, typ, lo, hi); d.cuts != nil {
			d.size = len(d.cuts.starts) + 1
			d.values = intVector(typ, d.cuts.starts)
			return d, true
		}
	}
	if span >= maxTry {
		return d, false
	}
	d.lo, d.size = lo, int(hi-lo)+2
	d.values = intValues(typ, lo, hi)
	return d, true
}

// intVector is NULL and then the given values of a FormInt column's type.
func intVector(typ types.Type, vals []int64) *vec.Vector {
	v := vec.New(typ, len(vals)+1)
	v.SetNull(0)
	_, s, isDec := typ.Precision()
	for i, x := range vals {
		if isDec {
			v.Dec[i+1] = types.DecimalOf(x, int32(s))
		} else {
			v.I64[i+1] = x
		}
	}
	return v
}

// placeInts adds to each row's cell the place of its value along the dimension
// d. NULLs are given as d.null().
func placeInts[T uint16 | uint32](d *codeDim, vals []int64, cell []T) {
	mult := T(d.mult)
	cell = cell[:len(vals)]
	if d.cuts == nil {
		lo, size := uint64(d.lo)-1, uint64(d.size)
		for i, v := range vals {
			code := uint64(v) - lo
			if code >= size { // a dead row's value may be outside the range
				code = 0
			}
			cell[i] += mult * T(code)
		}
		return
	}
	b := d.cuts
	lo, span, shift, first, offs := uint64(b.lo), b.span, b.shift&63, b.first, b.offs
	for i, v := range vals {
		x, code := uint64(v)-lo, 0
		if x <= span {
			k := int(first[x>>shift])
			for x >= offs[k+1] {
				k++
			}
			code = k + 1
		}
		cell[i] += mult * T(code)
	}
}

// null is a value that has code 0.
func (d *codeDim) null() int64 {
	if d.cuts != nil {
		return d.cuts.lo - 1
	}
	return d.lo - 1
}
