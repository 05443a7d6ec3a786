package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// apply runs its right side once for each row of the left one, with the values
// of Args put in. Results are remembered by the values of Args while they are
// small.
type apply struct {
	q    *Query
	n    *plan.Apply
	l    Cursor
	cond *condition
	memo *argMemo

	b    *vec.Batch // left batch in work
	args []*vec.Vector
	row  int
	cur  Cursor        // right side of row
	keep *[]*vec.Batch // where cur's batches are remembered; nil: nowhere
	old  []*vec.Batch  // what is left of a remembered result
	hit  []bool        // by left row
	done bool

	li    []int32 // pairs that wait for the condition
	parts []*vec.Batch
}

func (q *Query) newApply(n *plan.Apply) (Cursor, error) {
	l, err := q.open(n.L)
	if err != nil {
		return nil, err
	}
	a := &apply{q: q, n: n, l: l, memo: q.newArgMemo(n.Args, n.R)}
	a.cond = newCondition(q, n.Cond, len(n.L.Schema()), len(n.R.Schema()))
	return a, nil
}

func (a *apply) Next(ctx context.Context) (*vec.Batch, error) {
	for !a.done {
		if ctx.Err() != nil {
			return nil, ctxErr(ctx)
		}
		if a.b == nil {
			b, err := a.l.Next(ctx)
			if b == nil || err != nil {
				return nil, err
			}
			if a.args, err = a.q.evalAll(a.n.Args, b); err != nil {
				return nil, err
			}
			a.b, a.row, a.hit = b, 0, make([]bool, b.N)
		}
		out, err := a.step(ctx)
		if out != nil || err != nil {
			return out, err
		}
	}
	return nil, nil
}

// step collects pairs of the left batch until they fill a batch, then gives
// those that satisfy the condition; nil: none did.
func (a *apply) step(ctx context.Context) (*vec.Batch, error) {
	for a.row < a.b.N && len(a.li) < vec.MaxBatch {
		r, err := a.right(ctx)
		if err != nil {
			return nil, err
		}
		if r == nil {
			a.row++
			continue
		}
		if a.pairless() && a.cond.x == nil {
			a.hit[a.row] = true
			a.endRow()
			a.row++
			continue
		}
		for range r.N {
			a.li = append(a.li, int32(a.row))
		}
		a.parts = append(a.parts, r)
	}
	if len(a.li) > 0 {
		if out, err := a.flush(); out != nil || err != nil {
			return out, err
		}
		if a.row < a.b.N {
			return nil, nil
		}
	}
	return a.unmatched(), nil
}

// pairless reports the kinds that give left rows only.
func (a *apply) pairless() bool { return a.n.Kind == plan.JoinSemi || a.n.Kind == plan.JoinAnti }

// right returns the next right batch of the current row, nil at its end.
func (a *apply) right(ctx context.Context) (*vec.Batch, error) {
	if a.cur == nil && a.old == nil {
		e := a.memo.entry(a.args, a.row)
		if e != nil && e.done {
			a.old = append(make([]*vec.Batch, 0, len(e.rows)), e.rows...)
		} else {
			n := bindArgs(a.n.R, datums(a.args, a.row))
			cur, err := a.q.openSub(a.n.R, n)
			if err != nil {
				return nil, err
			}
			a.cur, a.keep = cur, nil
			if e != nil {
				e.rows = nil
				a.keep = &e.rows
			}
		}
	}
	if a.cur == nil {
		if len(a.old) == 0 {
			a.old = nil
			return nil, nil
		}
		b := a.old[0]
		a.old = a.old[1:]
		return b, nil
	}
	b, err := a.cur.Next(ctx)
	if err != nil {
		return nil, err
	}
	if b == nil {
		if a.keep != nil {
			a.memo.finish(a.args, a.row)
		}
		a.endRow()
		return nil, nil
	}
	if a.keep != nil {
		if a.memo.charge(b) {
			*a.keep = append(*a.keep, b)
		} else {
			a.keep = nil
		}
	}
	return b, nil
}

// endRow drops what is open of the current row.
func (a *apply) endRow() {
	if a.cur != nil {
		a.cur.Close()
	}
	a.cur, a.keep, a.old = nil, nil, nil
}

// flush gives the collected pairs that satisfy the condition.
func (a *apply) flush() (*vec.Batch, error) {
	li, r := a.li, concat(a.n.R.Schema(), a.parts)
	a.li, a.parts = nil, nil
	v, err := a.cond.eval(a.b, r, li, sequence(len(li)))
	if err != nil {
		return nil, err
	}
	keep := make([]int32, 0, len(li))
	for k, i := range li {
		if isTrueAt(v, k) {
			a.hit[i] = true
			keep = append(keep, int32(k))
		}
	}
	if len(keep) == 0 || a.pairless() {
		return nil, nil
	}
	left := make([]int32, len(keep))
	for i, k := range keep {
		left[i] = li[k]
	}
	out := gather(a.b, left)
	out.Cols = append(out.Cols, gather(r, keep).Cols...)
	return out, nil
}

// sequence is 0..n-1.
func sequence(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// unmatched ends the left batch: it gives what the kind wants of rows by whether
// they have a partner.
func (a *apply) unmatched() *vec.Batch {
	b := a.b
	a.b = nil
	if a.n.Kind == plan.JoinInner {
		return nil
	}
	var idx []int32
	for i, hit := range a.hit {
		if hit == (a.n.Kind == plan.JoinSemi) {
			idx = append(idx, int32(i))
		}
	}
	if len(idx) == 0 {
		return nil
	}
	out := gather(b, idx)
	if a.n.Kind == plan.JoinLeft {
		for _, f := range a.n.R.Schema() {
			out.Cols = append(out.Cols, vec.NewConst(f.Type, vec.Datum{Null: true}, len(idx)))
		}
	}
	return out
}

func (a *apply) Close() {
	a.done = true
	a.endRow()
	a.l.Close()
	a.memo.close()
}

// datums are the values of row i.
func datums(vs []*vec.Vector, i int) []vec.Datum {
	out := make([]vec.Datum, len(vs))
	for k, v := range vs {
		out[k] = v.Get(i)
	}
	return out
}

// argMemo remembers the rows of an inner plan by the values of its arguments,
// within a bound of memory; when that is used up it starts afresh.
type argMemo struct {
	table   *keyTable // nil: nothing is remembered
	types   []types.Type
	entries []*memoEntry
	mem     held
	size    int64
	sizes   dictSizes
	limit   int64
	id      []uint32
}

type memoEntry struct {
	rows []*vec.Batch
	done bool // rows is the whole result
}

// newArgMemo is a memo for plan n with the given arguments.
func (q *Query) newArgMemo(args []plan.Expr, n plan.Node) *argMemo {
	m := &argMemo{mem: held{acc: q.Mem}, limit: q.workMem() / 4}
	if volatileNode(n) {
		return m
	}
	for _, e := range args {
		m.types = append(m.types, e.Type())
	}
	m.table = newExactTable(m.types)
	return m
}

// entry is the place of the arguments of row i, nil if nothing is remembered.
func (m *argMemo) entry(args []*vec.Vector, i int) *memoEntry {
	if m.table == nil {
		return nil
	}
	one := make([]*vec.Vector, len(args))
	for k, v := range args {
		one[k] = v.Slice(i, i+1)
	}
	m.id = m.table.groups(one, 1, m.id)
	g := int(m.id[0])
	if g == len(m.entries) {
		m.size += 64
		m.entries = append(m.entries, &memoEntry{})
	}
	return m.entries[g]
}

// finish marks the result of row i's arguments as whole.
func (m *argMemo) finish(args []*vec.Vector, i int) {
	if e := m.entry(args, i); e != nil {
		e.done = true
	}
}

// charge counts a batch to be remembered; false if there is no room.
func (m *argMemo) charge(b *vec.Batch) bool {
	m.size += m.sizes.batch(b)
	if m.size+m.table.bytes() > m.limit || m.mem.set(m.size+m.table.bytes()) != nil {
		m.reset()
		return false
	}
	return true
}

// reset forgets everything.
func (m *argMemo) reset() {
	m.table, m.entries, m.size, m.sizes = newExactTable(m.types), nil, 0, dictSizes{}
	m.mem.free()
}

func (m *argMemo) close() { m.mem.free() }
