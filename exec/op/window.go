package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// window sorts its input by partition and order and computes the calls for some
// whole partitions at a time.
type window struct {
	q     *Query
	n     *plan.Window
	in    Cursor // sorted: the input's columns, then those of winInput
	w     int    // the input's columns
	lay   winLayout
	wait  []*vec.Batch // rows of partitions that may not be whole yet
	size  int64
	sizes dictSizes
	out   []*vec.Batch
	mem   held
	ranks *ranker // set: rows pass as they come
	offs  []frameOffsets
	init  bool
	over  bool
	done  bool
}

// winLayout says in which columns winInput puts the values of expressions.
type winLayout struct {
	exprs     []plan.Expr
	partition []int
	order     []int
	args      [][]int // by call
	filter    []int   // by call, -1: none
	fields    []plan.Field
}

func layoutOf(n *plan.Window) winLayout {
	l := winLayout{fields: append([]plan.Field(nil), n.Input.Schema()...)}
	put := func(e plan.Expr) int {
		if c, ok := e.(*plan.Col); ok {
			return c.Idx
		}
		l.exprs = append(l.exprs, e)
		l.fields = append(l.fields, plan.Field{Type: e.Type()})
		return len(l.fields) - 1
	}
	for _, e := range n.Partition {
		l.partition = append(l.partition, put(e))
	}
	for _, o := range n.Order {
		l.order = append(l.order, put(o.X))
	}
	for _, c := range n.Calls {
		var args []int
		for _, e := range c.Args {
			args = append(args, put(e))
		}
		l.args = append(l.args, args)
		f := -1
		if c.Filter != nil {
			f = put(c.Filter)
		}
		l.filter = append(l.filter, f)
	}
	return l
}

func newWindow(q *Query, in Cursor, n *plan.Window) Cursor {
	w := &window{q: q, n: n, w: len(n.Input.Schema()), lay: layoutOf(n), mem: held{acc: q.Mem}}
	w.in = &winInput{q: q, in: in, exprs: w.lay.exprs}
	s := &plan.Sort{Input: n.Input}
	s.Fields = w.lay.fields
	for _, c := range w.lay.partition {
		s.Keys = append(s.Keys, plan.SortKey{Col: c})
	}
	for i, c := range w.lay.order {
		s.Keys = append(s.Keys, plan.SortKey{Col: c, Desc: n.Order[i].Desc, NullsFirst: n.Order[i].NullsFirst})
	}
	if len(s.Keys) > 0 {
		w.in = newSort(q, w.in, s)
	}
	if ranksOnly(n) {
		w.ranks = &ranker{w: w}
	}
	return w
}

// winInput appends the values of expressions to its rows.
type winInput struct {
	q     *Query
	in    Cursor
	exprs []plan.Expr
}

func (i *winInput) Next(ctx context.Context) (*vec.Batch, error) {
	b, err := i.in.Next(ctx)
	if b == nil || err != nil || len(i.exprs) == 0 {
		return b, err
	}
	cols, err := i.q.evalAll(i.exprs, b)
	if err != nil {
		return nil, err
	}
	return &vec.Batch{N: b.N, Cols: append(append([]*vec.Vector(nil), b.Cols...), cols...)}, nil
}

func (i *winInput) Close() { i.in.Close() }

func (w *window) Next(ctx context.Context) (*vec.Batch, error) {
	if !w.init {
		w.init = true
		for i := range w.n.Calls {
			o, err := w.q.frameOffsets(&w.n.Calls[i].Frame)
			if err != nil {
				return nil, err
			}
			w.offs = append(w.offs, o)
		}
	}
	for !w.done {
		if ctx.Err() != nil {
			return nil, ctxErr(ctx)
		}
		if len(w.out) > 0 {
			b := w.out[0]
			w.out = w.out[1:]
			return b, nil
		}
		if w.over {
			return nil, nil
		}
		if err := w.more(ctx); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// more reads a batch and computes the partitions that are whole by then.
func (w *window) more(ctx context.Context) error {
	b, err := w.in.Next(ctx)
	if err != nil {
		return err
	}
	if b == nil {
		w.over = true
		w.in.Close()
		return w.compute(ctx, nil, nil)
	}
	if w.ranks != nil {
		w.out = []*vec.Batch{w.ranks.batch(b)}
		return nil
	}
	w.size += w.sizes.batch(b)
	// The rows, their results and an index or two by row.
	if err := w.mem.set(2 * w.size); err != nil {
		return err
	}
	at := w.lastStart(b)
	if at < 0 {
		w.wait = append(w.wait, b)
		return nil
	}
	return w.compute(ctx, slice(b, 0, at), slice(b, at, b.N))
}

// lastStart is the row at which the last partition of b begins, -1 if it is the
// one that waits.
func (w *window) lastStart(b *vec.Batch) int {
	if len(w.lay.partition) == 0 {
		return -1
	}
	cols := pickCols(b, w.lay.partition)
	for i := b.N - 1; i > 0; i-- {
		if !sameRow(cols, i-1, i) {
			return i
		}
	}
	if len(w.wait) == 0 {
		return -1
	}
	last := w.wait[len(w.wait)-1]
	old := pickCols(last, w.lay.partition)
	for k, v := range old {
		x, y := v.IsNull(last.N-1), cols[k].IsNull(0)
		if x != y || !x && vec.CompareAt(v, last.N-1, cols[k], 0) != 0 {
			return 0
		}
	}
	return -1
}

func pickCols(b *vec.Batch, idx []int) []*vec.Vector {
	out := make([]*vec.Vector, len(idx))
	for i, c := range idx {
		out[i] = b.Cols[c]
	}
	return out
}

// compute answers the rows that wait and those of tail; rest waits after it.
func (w *window) compute(ctx context.Context, tail, rest *vec.Batch) error {
	parts := w.wait
	if tail != nil && tail.N > 0 {
		parts = append(parts, tail)
	}
	w.wait, w.size = nil, 0
	if rest != nil {
		w.wait, w.size = []*vec.Batch{rest}, w.sizes.batch(rest)
	}
	if len(parts) == 0 {
		return nil
	}
	rows := concat(w.lay.fields, parts)
	c := &winChunk{w: w, rows: rows, n: rows.N}
	if err := c.divide(ctx); err != nil {
		return err
	}
	out := &vec.Batch{N: rows.N, Cols: append([]*vec.Vector(nil), rows.Cols[:w.w]...)}
	for i := range w.n.Calls {
		v, err := c.call(ctx, i)
		if err != nil {
			return err
		}
		out.Cols = append(out.Cols, v)
	}
	w.out = cut(out)
	return nil
}

func (w *window) Close() {
	w.done = true
	w.in.Close()
	w.q.remember(w.n, &w.mem)
	w.mem.free()
}

// winChunk is some whole partitions, in order. Positions are of its rows.
type winChunk struct {
	w    *window
	rows *vec.Batch
	n    int
	part []int32 // by row: where its partition begins
	stop []int32 // by row: where its partition ends
	peer []int32 // by row: where its peers begin
	last []int32 // by row: where its peers end
	// group numbers the peer groups over the chunk; starts has where each begins,
	// and the end of all.
	group  []int32
	starts []int32
}

// divide finds the partitions and the peers.
func (c *winChunk) divide(ctx context.Context) error {
	part, order := pickCols(c.rows, c.w.lay.partition), pickCols(c.rows, c.w.lay.order)
	c.part, c.stop = make([]int32, c.n), make([]int32, c.n)
	c.peer, c.last, c.group = make([]int32, c.n), make([]int32, c.n), make([]int32, c.n)
	for i := range c.n {
		if i&0xffff == 0 && ctx.Err() != nil {
			return ctxErr(ctx)
		}
		newPart := i == 0 || !sameRow(part, i-1, i)
		if newPart {
			c.part[i] = int32(i)
		} else {
			c.part[i] = c.part[i-1]
		}
		if newPart || !sameRow(order, i-1, i) {
			c.peer[i] = int32(i)
			c.starts = append(c.starts, int32(i))
		} else {
			c.peer[i] = c.peer[i-1]
		}
		c.group[i] = int32(len(c.starts) - 1)
	}
	c.starts = append(c.starts, int32(c.n))
	for i := c.n - 1; i >= 0; i-- {
		c.last[i] = c.starts[c.group[i]+1]
		if i == c.n-1 || c.part[i+1] != c.part[i] {
			c.stop[i] = int32(i + 1)
		} else {
			c.stop[i] = c.stop[i+1]
		}
	}
	return nil
}

// call computes one call for all rows.
func (c *winChunk) call(ctx context.Context, i int) (*vec.Vector, error) {
	call := &c.w.n.Calls[i]
	args := pickCols(c.rows, c.w.lay.args[i])
	if call.Agg == nil {
		return c.function(ctx, call, args, c.w.offs[i])
	}
	f, err := c.frames(&call.Frame, c.w.offs[i])
	if err != nil {
		return nil, err
	}
	var filter *vec.Vector
	if k := c.w.lay.filter[i]; k >= 0 {
		filter = c.rows.Cols[k]
	}
	ts := make([]types.Type, len(args))
	for k, a := range args {
		ts[k] = a.Type
	}
	a := &winAgg{c: c, call: call, types: ts, frames: f}
	return a.run(ctx, args, filter)
}
