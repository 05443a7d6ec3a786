package op

import (
	"context"
	"math"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// newCodeAgg counts codes where the forms still allow it, and runs the fallback
// plan otherwise.
func (q *Query) newCodeAgg(n *plan.CodeAgg) (Cursor, error) {
	if !q.NoBitmaps {
		c, err := q.tryCodeAgg(n)
		if c != nil || err != nil {
			return c, err
		}
	}
	q.note(n, "Fallback")
	return q.open(n.Fallback)
}

// maxCells bounds the cells of a crosstab, and cellBudget the bytes of all its
// arrays over all workers.
const (
	maxCells   = 1 << 24
	cellBudget = 256 << 20
)

// codeAgg is a crosstab over codes: one cell per combination of the dimensions'
// codes, one set of arrays per worker, folded into groups at the end.
type codeAgg struct {
	q       *Query
	n       *plan.CodeAgg
	src     *source
	dims    []codeDim
	keys    []codeKey
	calls   []intCall
	cells   int
	product float64 // of the keys' codes
	sum     bool    // a call needs values: cells are filled block by block
	mem     held
	out     *listCursor
}

// codeDim is a column whose codes span one dimension.
type codeDim struct {
	col    int
	form   table.Form
	size   int   // codes
	lo     int64 // FormInt: code c > 0 is the value lo + c - 1
	values *vec.Vector
}

// codeKey is a key: which group value each code of its dimension has.
type codeKey struct {
	dim    int
	ids    []uint32    // by code
	values *vec.Vector // by id
}

func (q *Query) tryCodeAgg(n *plan.CodeAgg) (Cursor, error) {
	if n.Scan.Where != nil && n.Scan.Set == nil {
		return nil, nil
	}
	src, err := q.source(n.Scan)
	if err != nil {
		return nil, err
	}
	c := &codeAgg{q: q, n: n, src: src, cells: 1, product: 1, mem: held{acc: q.Mem}}
	for _, k := range n.Keys {
		if !c.addKey(k) {
			return nil, nil
		}
	}
	calls, ok, err := q.intCalls(src, n.Agg.Aggs)
	if err != nil || !ok {
		return nil, err
	}
	c.calls = calls
	arrays := 1
	for _, call := range calls {
		if call.kind == intCount {
			arrays++
			continue
		}
		arrays += 4
		c.sum = true
		lo, hi, ok := src.t.Range(call.col)
		if !ok {
			continue
		}
		// A cell's sum must fit an int64 whatever the rows are.
		bound := math.Max(math.Abs(float64(lo)), math.Abs(float64(hi)))
		if bound*float64(src.t.Rows()+1) > 1<<62 {
			return nil, nil
		}
	}
	if !c.fits(arrays) {
		return nil, nil
	}
	q.note(n, "Counted from codes")
	return c, nil
}

// fits checks forms that cannot be mixed and the memory of the arrays.
func (c *codeAgg) fits(arrays int) bool {
	sets, ints := 0, 0
	for _, d := range c.dims {
		switch d.form {
		case table.FormSet:
			sets++
		case table.FormInt:
			ints++
		}
	}
	if sets > 1 || sets > 0 && (ints > 0 || c.sum) {
		return false
	}
	c.sum = c.sum || ints > 0
	return int64(c.cells)*8*int64(arrays)*int64(c.src.workers()) <= cellBudget
}

// addKey adds a key and, unless another key has it, its dimension.
func (c *codeAgg) addKey(k plan.CodeKey) bool {
	form := c.src.t.Form(k.Col)
	if k.Unnest != (form == table.FormSet) {
		return false
	}
	dim := -1
	for i, d := range c.dims {
		if d.col == k.Col {
			dim = i
		}
	}
	if dim < 0 {
		d, ok := c.dim(k.Col, form)
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
	c.keys = append(c.keys, codeKey{dim: dim, ids: ids, values: kt.column(0)})
	return true
}

func (c *codeAgg) dim(col int, form table.Form) (codeDim, bool) {
	d := codeDim{col: col, form: form}
	switch form {
	case table.FormDict, table.FormSet:
		dict := c.src.t.Dict(col)
		d.size, d.values = dict.Len(), dict.Values()
		if d.values.N > d.size {
			d.values = d.values.Slice(0, d.size)
		}
		return d, d.values.N == d.size
	case table.FormInt:
		lo, hi, ok := c.src.t.Range(col)
		if !ok {
			lo, hi = 0, 0
		}
		if uint64(hi)-uint64(lo) >= maxTry {
			return d, false
		}
		d.lo, d.size = lo, int(hi-lo)+2
		d.values = intValues(c.src.t.Def().Columns[col].Type, lo, hi)
		return d, true
	}
	return d, false
}

// cellPart is one worker's arrays.
type cellPart struct {
	base  []int64     // rows by cell
	calls []cellArray // by aggregate
}

// cellArray is one aggregate by cell; without values only count is set, and nil
// means the base.
type cellArray struct {
	count, sum, min, max []int64
}

func (c *codeAgg) newPart() *cellPart {
	p := &cellPart{base: make([]int64, c.cells), calls: make([]cellArray, len(c.calls))}
	for i, call := range c.calls {
		a := &p.calls[i]
		if call.kind == intCount {
			if call.rows != nil {
				a.count = make([]int64, c.cells)
			}
			continue
		}
		a.count, a.sum = make([]int64, c.cells), make([]int64, c.cells)
		a.min, a.max = make([]int64, c.cells), make([]int64, c.cells)
	}
	return p
}

func (c *codeAgg) Next(ctx context.Context) (*vec.Batch, error) {
	if c.out == nil {
		part, err := c.run(ctx)
		if err != nil {
			return nil, err
		}
		c.out = &listCursor{}
		for _, set := range c.n.Agg.Sets {
			b, err := c.fold(part, set)
			if err != nil {
				return nil, err
			}
			c.out.batches = append(c.out.batches, cut(b)...)
		}
	}
	return c.out.Next(ctx)
}

func (c *codeAgg) Close() {
	c.out = &listCursor{}
	c.mem.free()
}

func (c *codeAgg) run(ctx context.Context) (*cellPart, error) {
	parts := make([]*cellPart, c.src.workers())
	arrays := int64(1 + 4*len(c.calls))
	if err := c.mem.set(int64(c.cells) * 8 * arrays * int64(len(parts))); err != nil {
		return nil, err
	}
	for i := range parts {
		parts[i] = c.newPart()
	}
	err := c.src.each(ctx, func(ctx context.Context, w, i int, set *bitmap.Set) error {
		return c.segment(ctx, i, set, parts[w])
	})
	if err != nil {
		return nil, err
	}
	for _, p := range parts[1:] {
		parts[0].merge(p)
	}
	return parts[0], nil
}

// segment adds one segment to p.
func (c *codeAgg) segment(ctx context.Context, i int, set *bitmap.Set, p *cellPart) error {
	seg, err := c.src.t.Segment(i)
	if err != nil {
		return err
	}
	defer seg.Close()
	base, err := c.rowsOf(ctx, seg, nil, set)
	if err != nil {
		return err
	}
	subs := make([]*bitmap.Set, len(c.calls))
	for j, call := range c.calls {
		if call.rows == nil {
			subs[j] = base
			continue
		}
		if subs[j], err = c.rowsOf(ctx, seg, call.rows, &bitmap.Set{}); err != nil {
			return err
		}
	}
	if c.sum {
		return c.byBlock(ctx, seg, base, subs, p)
	}
	cols := make([]int, len(c.dims))
	for d := range c.dims {
		cols[d] = c.dims[d].col
	}
	if err := seg.CountCodes(ctx, cols, base, p.base); err != nil {
		return err
	}
	for j, call := range c.calls {
		if call.rows == nil {
			continue
		}
		if err := seg.CountCodes(ctx, cols, subs[j], p.calls[j].count); err != nil {
			return err
		}
	}
	return nil
}

// rowsOf evaluates the scan's rows and extra; nil where that is all live rows
// and the store counts codes (blocks want the set itself).
func (c *codeAgg) rowsOf(ctx context.Context, seg table.Segment, extra *table.Rows, set *bitmap.Set) (*bitmap.Set, error) {
	rows := c.src.rows
	if rows == nil {
		rows = allRows
	}
	if extra != nil {
		rows = and(rows, extra)
	}
	if rows.Op == table.OpAll && !c.sum {
		return nil, nil
	}
	return set, seg.Eval(ctx, rows, set)
}

// merge adds the arrays of o.
func (p *cellPart) merge(o *cellPart) {
	addTo(p.base, o.base)
	for i := range p.calls {
		a, b := &p.calls[i], &o.calls[i]
		for x := range a.min {
			switch {
			case b.count[x] == 0:
			case a.count[x] == 0:
				a.min[x], a.max[x] = b.min[x], b.max[x]
			default:
				a.min[x], a.max[x] = min(a.min[x], b.min[x]), max(a.max[x], b.max[x])
			}
		}
		addTo(a.count, b.count)
		addTo(a.sum, b.sum)
	}
}

func addTo(dst, src []int64) {
	for i, x := range src {
		dst[i] += x
	}
}
