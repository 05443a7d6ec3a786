package op

import (
	"context"
	"slices"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
)

// newAgg opens an aggregation: counted from the pages when it is a plain one
// without keys over a scan, by hashing otherwise.
func (q *Query) newAgg(n *plan.Agg) (Cursor, error) {
	if !q.NoBitmaps {
		if c, err := q.newDirectAgg(n); c != nil || err != nil {
			return c, err
		}
	}
	h := &hashAgg{q: q, n: n, mem: held{acc: q.Mem}}
	if s, ok := n.Input.(*plan.Scan); ok {
		src, err := q.source(s)
		if err != nil {
			return nil, err
		}
		h.src = src
		return h, nil
	}
	in, err := q.open(n.Input)
	if err != nil {
		return nil, err
	}
	h.in = in
	return h, nil
}

// hashAgg groups by hashing. With src its input is a scan that each worker
// aggregates by itself before the partial results are merged.
type hashAgg struct {
	q   *Query
	n   *plan.Agg
	in  Cursor
	src *source
	mem held

	done bool
	out  Cursor

	// What waits on disk; see aggspill.go.
	level int
	cols  []int         // columns that are read
	waits []*partitions // by grouping set
	set   int           // the one being read
	part  int           // its next file
	sub   *hashAgg      // that reads the file before
}

// state is the groups of every grouping set as one worker has seen them.
type state struct {
	sets []setState
}

// setState is one grouping set: its keys and one accumulator per aggregate.
type setState struct {
	table  *keyTable
	accs   []accum
	groups []uint32    // scratch
	find   *finder     // set: the table does not grow any more
	wait   *partitions // rows of other groups
}

func (h *hashAgg) newState() *state {
	st := &state{}
	for _, set := range h.n.Sets {
		ts := make([]types.Type, len(set))
		for i, k := range set {
			ts[i] = h.n.Keys[k].Type()
		}
		ss := setState{table: newKeyTable(ts)}
		for i := range h.n.Aggs {
			ss.accs = append(ss.accs, newAccum(h.q.Fn, &h.n.Aggs[i]))
		}
		st.sets = append(st.sets, ss)
	}
	return st
}

// bytes is the memory held by st.
func (st *state) bytes() int64 {
	n := int64(0)
	for i := range st.sets {
		n += st.sets[i].table.bytes()
		for _, a := range st.sets[i].accs {
			n += a.bytes()
		}
	}
	return n
}

// feed adds the rows of b.
func (h *hashAgg) feed(st *state, b *vec.Batch) error {
	keys, err := h.q.evalAll(h.n.Keys, b)
	if err != nil {
		return err
	}
	inputs := make([]aggInput, len(h.n.Aggs))
	for i := range h.n.Aggs {
		if err := inputs[i].eval(h.q.Fn, &h.n.Aggs[i], b); err != nil {
			return err
		}
	}
	for s, set := range h.n.Sets {
		ss := &st.sets[s]
		calls := callsOf(h.n, set)
		mine := setKeys(keys, set)
		if ss.find != nil {
			if err := h.feedKnown(s, ss, b, mine); err != nil {
				return err
			}
			continue
		}
		ss.groups = ss.table.groups(mine, b.N, ss.groups)
		for i := range ss.accs {
			groups := ss.groups[:b.N]
			if len(set) == 0 {
				groups = nil
			}
			input := &inputs[i]
			if calls[i] != &h.n.Aggs[i] {
				input = &aggInput{}
				if err := input.eval(h.q.Fn, calls[i], b); err != nil {
					return err
				}
			}
			if err := ss.accs[i].add(groups, ss.table.n, input); err != nil {
				return err
			}
		}
	}
	return nil
}

// callsOf are the aggregates as the groups of one grouping set compute them: in the
// direct arguments of ordered-set aggregates a key that is not of the set is NULL.
func callsOf(n *plan.Agg, set []int) []*plan.AggCall {
	out := make([]*plan.AggCall, len(n.Aggs))
	for i := range n.Aggs {
		out[i] = &n.Aggs[i]
		if !n.Aggs[i].F.Ordered || len(set) == len(n.Keys) {
			continue
		}
		c := n.Aggs[i]
		c.Args = make([]plan.Expr, len(n.Aggs[i].Args))
		for j, x := range n.Aggs[i].Args {
			c.Args[j] = withoutKeys(n, set, x)
		}
		out[i] = &c
	}
	return out
}

// withoutKeys is x where the keys that are not of the set are NULL.
func withoutKeys(n *plan.Agg, set []int, x plan.Expr) plan.Expr {
	out, _ := plan.Rewrite(x, func(e plan.Expr) (plan.Expr, error) {
		for k, key := range n.Keys {
			if !slices.Contains(set, k) && plan.Equal(key, e) {
				return plan.NewConst(e.Type(), vec.Datum{Null: true}), nil
			}
		}
		return nil, nil
	})
	return out
}

// run reads the whole input.
func (h *hashAgg) run(ctx context.Context) (*state, error) {
	if h.src == nil {
		return h.serial(ctx)
	}
	if !mergeable(h.n) {
		h.in = &scanCursor{s: h.src}
		return h.serial(ctx)
	}
	parts := make([]*state, h.src.workers())
	mem := make([]held, len(parts))
	for i := range parts {
		parts[i] = h.newState()
		mem[i].acc = h.q.Mem
	}
	defer func() {
		for i := range mem {
			mem[i].free()
		}
	}()
	err := h.src.each(ctx, func(ctx context.Context, w, seg int, set *bitmap.Set) error {
		return h.src.scan(ctx, seg, set, func(b *vec.Batch) error {
			h.q.countRows(h.src.n, b.N)
			if err := h.feed(parts[w], b); err != nil {
				return err
			}
			return h.charge(parts[w], &mem[w], int64(len(parts)))
		})
	})
	for _, p := range parts[1:] {
		defer p.closeFiles()
	}
	if err != nil {
		parts[0].closeFiles()
		return nil, err
	}
	st := parts[0]
	waits := make([][]*partitions, len(h.n.Sets))
	for s := range waits {
		for _, p := range parts {
			if w := p.sets[s].wait; w != nil {
				waits[s] = append(waits[s], w)
				defer w.close()
				p.sets[s].find, p.sets[s].wait = nil, nil
			}
		}
	}
	for i, p := range parts[1:] {
		if err := st.merge(p); err != nil {
			return nil, err
		}
		parts[i+1] = nil
		mem[i+1].free()
		if err := mem[0].set(st.bytes()); err != nil {
			return nil, err
		}
	}
	mem[0].free()
	if err := h.mem.set(st.bytes()); err != nil {
		return nil, err
	}
	for s, list := range waits {
		if len(list) > 0 {
			h.full(st)
			if err := h.replay(ctx, st, list, s); err != nil {
				st.closeFiles()
				return nil, err
			}
		}
	}
	return st, nil
}

// charge sets m to the memory of st, which is one of n workers' states; over its
// share st takes no new groups.
func (h *hashAgg) charge(st *state, m *held, n int64) error {
	size := st.bytes()
	if size > h.q.workMem()/n && h.level < maxLevel {
		h.full(st)
	}
	return m.set(size)
}

// closeFiles removes what waits on disk.
func (st *state) closeFiles() {
	for i := range st.sets {
		st.sets[i].wait.close()
	}
}

func (h *hashAgg) serial(ctx context.Context) (*state, error) {
	st := h.newState()
	for {
		b, err := h.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b == nil {
			h.in.Close()
			return st, nil
		}
		if err := h.feed(st, b); err != nil {
			st.closeFiles()
			return nil, err
		}
		if err := h.charge(st, &h.mem, 1); err != nil {
			st.closeFiles()
			return nil, err
		}
	}
}

// merge adds the groups of other, which is not used any more.
func (st *state) merge(other *state) error {
	for i := range st.sets {
		a, b := &st.sets[i], &other.sets[i]
		cols := make([]*vec.Vector, len(b.table.cols))
		for c := range cols {
			cols[c] = b.table.column(c)
		}
		var to []uint32
		if len(cols) == 0 {
			to = make([]uint32, b.table.n)
			a.table.n = max(a.table.n, b.table.n)
		} else {
			to = a.table.groups(cols, b.table.n, nil)
		}
		for j := range a.accs {
			if err := a.accs[j].merge(b.accs[j], to, a.table.n); err != nil {
				return err
			}
		}
	}
	return nil
}

// mergeable reports whether partial results of any order of rows can be merged:
// not with DISTINCT, an order inside, or aggregates that keep the rows' order.
func mergeable(n *plan.Agg) bool {
	for _, a := range n.Aggs {
		if a.Distinct || len(a.OrderBy) > 0 && !a.F.Ordered {
			return false
		}
		if keepsOrder(a.F) {
			return false
		}
	}
	return true
}

// keepsOrder reports aggregates whose result depends on the order of rows; the
// last digit of a float sum does.
func keepsOrder(f *fn.Agg) bool {
	switch f.Name {
	case "array_agg", "string_agg":
		return true
	case "min", "max":
		return false
	}
	return len(f.Args) > 0 && f.Args[0].Phys() == types.PhysFloat
}

func (h *hashAgg) Next(ctx context.Context) (*vec.Batch, error) {
	if h.done {
		return nil, nil
	}
	if h.out == nil {
		st, err := h.run(ctx)
		if err != nil {
			return nil, err
		}
		for s := range st.sets {
			h.waits = append(h.waits, st.sets[s].wait)
		}
		list, err := h.finish(st)
		if err != nil {
			return nil, err
		}
		h.out = &listCursor{batches: list}
	}
	b, err := h.out.Next(ctx)
	if b != nil || err != nil {
		return b, err
	}
	if h.sub == nil {
		h.q.remember(h.n, &h.mem)
		h.mem.free() // what is in files comes with tables of its own
	}
	return h.waiting(ctx)
}

func (h *hashAgg) Close() {
	h.done = true
	if h.in != nil {
		h.in.Close()
	}
	if h.sub != nil {
		h.sub.Close()
	}
	for _, w := range h.waits {
		w.close()
	}
	h.q.remember(h.n, &h.mem)
	h.mem.free()
}

// finish makes the output batches: for each grouping set slices of its columns.
func (h *hashAgg) finish(st *state) ([]*vec.Batch, error) {
	var list []*vec.Batch
	for s, set := range h.n.Sets {
		ss := &st.sets[s]
		n := ss.table.n
		if len(set) == 0 {
			n = 1 // an empty set has its row without input too
		}
		cols := make([]*vec.Vector, 0, len(h.n.Schema()))
		for k, e := range h.n.Keys {
			cols = append(cols, h.key(ss, set, k, e.Type(), n))
		}
		for i := range ss.accs {
			v, err := ss.accs[i].result(n)
			if err != nil {
				return nil, err
			}
			cols = append(cols, v)
		}
		cols = append(cols, groupingCols(h.n, set, n)...)
		list = append(list, cut(&vec.Batch{N: n, Cols: cols})...)
	}
	return list, nil
}

// key is key column k in the rows of a grouping set, NULLs if k is not in it.
func (h *hashAgg) key(ss *setState, set []int, k int, t types.Type, n int) *vec.Vector {
	for i, have := range set {
		if have == k {
			return ss.table.column(i)
		}
	}
	return vec.NewConst(t, vec.Datum{Null: true}, n)
}

// groupingCols are the GROUPING() columns of a grouping set: constants.
func groupingCols(n *plan.Agg, set []int, rows int) []*vec.Vector {
	var out []*vec.Vector
	for _, args := range n.Grouping {
		mask := int64(0)
		for _, k := range args {
			mask <<= 1
			in := false
			for _, have := range set {
				in = in || have == k
			}
			if !in {
				mask |= 1
			}
		}
		out = append(out, vec.NewConst(types.Of(types.Int4), vec.Datum{I: mask}, rows))
	}
	return out
}

// cut slices a large batch into ordinary ones that share its memory.
func cut(b *vec.Batch) []*vec.Batch {
	var list []*vec.Batch
	for lo := 0; lo < b.N; lo += vec.MaxBatch {
		list = append(list, slice(b, lo, min(lo+vec.MaxBatch, b.N)))
	}
	return list
}

// aggInput is the evaluated input of one aggregate for a batch.
type aggInput struct {
	idx  []int32 // rows that pass FILTER
	all  bool    // every row passes, idx is not set
	rows int
	args []*vec.Vector // of the rows that pass: arguments, then order keys
}

func (in *aggInput) eval(c *fn.Ctx, a *plan.AggCall, b *vec.Batch) error {
	in.all, in.rows = true, b.N
	if a.Filter != nil {
		idx, err := kernel.Select(c, a.Filter, b, nil)
		if err != nil {
			return err
		}
		if len(idx) < b.N {
			in.all, in.idx, in.rows = false, idx, len(idx)
			sub := &vec.Batch{N: len(idx), Cols: make([]*vec.Vector, len(b.Cols))}
			need := exprCols(a.Args...)
			for _, o := range a.OrderBy {
				for _, x := range exprCols(o.X) {
					need = addSorted(need, x)
				}
			}
			for _, col := range need {
				sub.Cols[col] = b.Cols[col].Gather(idx)
			}
			b = sub
		}
	}
	in.args = make([]*vec.Vector, 0, len(a.Args)+len(a.OrderBy))
	for _, e := range a.Args {
		v, err := kernel.Eval(c, e, b)
		if err != nil {
			return err
		}
		in.args = append(in.args, v)
	}
	for _, o := range a.OrderBy {
		v, err := kernel.Eval(c, o.X, b)
		if err != nil {
			return err
		}
		in.args = append(in.args, v)
	}
	return nil
}

// pick returns the groups of the rows that pass.
func (in *aggInput) pick(groups, buf []uint32) []uint32 {
	if in.all || groups == nil {
		return groups
	}
	buf = grow(buf, len(in.idx))
	for i, x := range in.idx {
		buf[i] = groups[x]
	}
	return buf
}
