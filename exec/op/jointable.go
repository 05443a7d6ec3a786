package op

import (
	"context"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// joinTable is the right side of a join in memory: its rows, chained by the
// hash of their keys. Without keys every row is in one chain. It does not change
// once built.
type joinTable struct {
	rows   *vec.Batch
	keys   []*vec.Vector // of rows
	nullEq []bool        // by key: NULLs are equal
	table  *keyTable     // nil: no keys
	head   []int32       // first row by group; nil: row g is all of group g
	next   []int32       // the next row of the same group, -1: none
	nulls  []int32       // rows with a NULL in a key that is not nullEq
	mem    held
}

// newJoinTable builds the table over rows; right are the key expressions over
// them.
func (q *Query) newJoinTable(ctx context.Context, rows *vec.Batch, right []plan.Expr, nullEq []bool) (*joinTable, error) {
	t := &joinTable{rows: rows, nullEq: nullEq, mem: held{acc: q.Mem}}
	var err error
	if t.keys, err = q.evalAll(right, rows); err != nil {
		return nil, err
	}
	if len(right) > 0 {
		if err := t.chain(ctx, right); err != nil {
			return nil, err
		}
	}
	return t, t.mem.set(batchBytes(rows) + t.bytes())
}

// bytes is the memory of the table without its rows.
func (t *joinTable) bytes() int64 {
	n := int64(cap(t.head)+cap(t.next)+cap(t.nulls)) * 4
	if t.table != nil {
		n += t.table.bytes()
	}
	return n
}

// chain numbers the keys and links the rows of each.
func (t *joinTable) chain(ctx context.Context, right []plan.Expr) error {
	ts := make([]types.Type, len(right))
	for i, e := range right {
		ts[i] = e.Type()
	}
	t.table = newKeyTable(ts)
	var in []int32 // rows that have a full key; nil: all
	if null := t.anyNull(t.keys, t.rows.N); null != nil {
		in = make([]int32, 0, t.rows.N)
		for i, is := range null {
			if is {
				t.nulls = append(t.nulls, int32(i))
			} else {
				in = append(in, int32(i))
			}
		}
	}
	keys, n := t.keys, t.rows.N
	if in != nil {
		var err error
		if keys, err = gatherCtx(ctx, keys, in); err != nil {
			return err
		}
		n = len(in)
	}
	groups := make([]uint32, 0, n)
	var some []uint32
	for lo := 0; lo < n; lo += checkRows {
		if ctx.Err() != nil {
			return ctxErr(ctx)
		}
		hi := min(lo+checkRows, n)
		part := make([]*vec.Vector, len(keys))
		for i, k := range keys {
			part[i] = k.Slice(lo, hi)
		}
		some = t.table.groups(part, hi-lo, some)
		groups = append(groups, some[:hi-lo]...)
		if lo == 0 && t.table.n > hi/2 {
			t.table.reserve(n) // most keys differ, it seems
		}
	}
	if t.table.n == n && in == nil {
		return nil
	}
	return t.link(ctx, groups, in)
}

// checkRows is after how many rows loops over a whole table look at their context.
const checkRows = 2 * vec.MaxBatch

// link chains the rows of each group; groups has those of the rows in, nil: all.
func (t *joinTable) link(ctx context.Context, groups []uint32, in []int32) error {
	t.head = make([]int32, t.table.n)
	for i := range t.head {
		t.head[i] = -1
	}
	t.next = make([]int32, t.rows.N)
	for i := len(groups) - 1; i >= 0; i-- { // from the back: chains are in row order
		if i%checkRows == 0 && ctx.Err() != nil {
			return ctxErr(ctx)
		}
		row := int32(i)
		if in != nil {
			row = in[i]
		}
		t.next[row] = t.head[groups[i]]
		t.head[groups[i]] = row
	}
	return nil
}

// anyNull marks the rows with a NULL in a key that is not nullEq; nil: none.
func (t *joinTable) anyNull(keys []*vec.Vector, n int) []bool {
	var out []bool
	for k, v := range keys {
		if t.nullEq[k] || !v.HasNulls() {
			continue
		}
		if out == nil {
			out = make([]bool, n)
		}
		for i := range n {
			out[i] = out[i] || v.IsNull(i)
		}
	}
	return out
}

// gatherCtx is gatherAll for so many rows that ctx may end meanwhile.
func gatherCtx(ctx context.Context, vs []*vec.Vector, idx []int32) ([]*vec.Vector, error) {
	goOn := func() bool { return ctx.Err() == nil }
	out := make([]*vec.Vector, len(vs))
	for i, v := range vs {
		var parts []*vec.Vector
		for lo := 0; lo < len(idx) && goOn(); lo += checkRows {
			parts = append(parts, v.Gather(idx[lo:min(lo+checkRows, len(idx))]))
		}
		if out[i] = vec.ConcatWhile(v.Type, parts, goOn); out[i] == nil {
			return nil, ctxErr(ctx)
		}
	}
	return out, nil
}

func gatherAll(vs []*vec.Vector, idx []int32) []*vec.Vector {
	out := make([]*vec.Vector, len(vs))
	for i, v := range vs {
		out[i] = v.Gather(idx)
	}
	return out
}

// first is the first row of a group's chain, -1 for noGroup.
func (t *joinTable) first(g uint32) int32 {
	switch {
	case g == noGroup:
		return -1
	case t.head == nil:
		return int32(g)
	}
	return t.head[g]
}

// after is the row after r in its chain, -1: none.
func (t *joinTable) after(r int32) int32 {
	if t.next == nil {
		return -1
	}
	return t.next[r]
}

// lookup is the key side of one left batch: where each row's candidates are.
type lookup struct {
	t      *joinTable
	keys   []*vec.Vector // of the left rows
	null   []bool        // rows with a NULL key, nil: none
	groups []uint32
}

// lookup evaluates the left keys and finds their groups.
func (t *joinTable) lookup(q *Query, f *finder, left []plan.Expr, b *vec.Batch) (*lookup, error) {
	l := &lookup{t: t}
	if t.table == nil {
		return l, nil
	}
	var err error
	if l.keys, err = q.evalAll(left, b); err != nil {
		return nil, err
	}
	l.null = t.anyNull(l.keys, b.N)
	l.groups = f.find(l.keys, b.N, nil)
	for i, is := range l.null {
		if is {
			l.groups[i] = noGroup
		}
	}
	return l, nil
}

// mayMatch reports whether no key of left row i and right row r makes the pair
// false: the keys are equal, or NULL on a side.
func (l *lookup) mayMatch(i int, r int32) bool {
	for k, v := range l.keys {
		w := l.t.keys[k]
		ln, rn := v.IsNull(i), w.IsNull(int(r))
		switch {
		case ln && rn:
		case ln || rn:
			if l.t.nullEq[k] {
				return false
			}
		case !vec.EqualAt(v, i, w, int(r)):
			return false
		}
	}
	return true
}

// truth is the three-valued "the keys of left row i equal those of some row":
// 0 false, 1 true, 2 NULL.
func (l *lookup) truth(ctx context.Context, i int) (byte, error) {
	t := l.t
	if t.table == nil {
		if t.rows.N > 0 {
			return 1, nil
		}
		return 0, nil
	}
	if l.groups[i] != noGroup {
		return 1, nil
	}
	if l.null == nil || !l.null[i] {
		for _, r := range t.nulls {
			if l.mayMatch(i, r) {
				return 2, nil
			}
		}
		return 0, nil
	}
	for r := range t.rows.N {
		if l.mayMatch(i, int32(r)) {
			return 2, nil
		}
		if r&0xffff == 0xffff && ctx.Err() != nil {
			return 0, ctxErr(ctx)
		}
	}
	return 0, nil
}

// condition evaluates the residual of a join over pairs of rows.
type condition struct {
	q     *Query
	x     plan.Expr // nil: always true
	cols  []int     // that it uses
	width int       // columns of the left side
	all   int       // columns of both
}

func newCondition(q *Query, x plan.Expr, left, right int) *condition {
	c := &condition{q: q, x: x, width: left, all: left + right}
	if x != nil {
		c.cols = exprCols(x)
	}
	return c
}

// eval is the condition of the pairs (li[k], ri[k]); nil without one.
func (c *condition) eval(l, r *vec.Batch, li, ri []int32) (*vec.Vector, error) {
	if c.x == nil {
		return nil, nil
	}
	b := &vec.Batch{N: len(li), Cols: make([]*vec.Vector, c.all)}
	for _, i := range c.cols {
		if i < c.width {
			b.Cols[i] = l.Cols[i].Gather(li)
		} else {
			b.Cols[i] = r.Cols[i-c.width].Gather(ri)
		}
	}
	return kernel.Eval(c.q.Fn, c.x, b)
}

// isTrueAt and notFalseAt read a condition's value; nil is true.
func isTrueAt(v *vec.Vector, i int) bool {
	return v == nil || !v.IsNull(i) && v.Get(i).I != 0
}

func notFalseAt(v *vec.Vector, i int) bool {
	return v == nil || v.IsNull(i) || v.Get(i).I != 0
}
