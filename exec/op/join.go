package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/vec"
)

// join reads its right side into a joinTable and then streams the left one.
type join struct {
	q      *Query
	n      *plan.Join
	l, r   Cursor
	left   []plan.Expr // keys over l
	right  []plan.Expr // keys over r
	nullEq []bool
	cond   *condition
	t      *joinTable
	find   *finder
	p      *probe
	used   []bool // by right row: has a partner; right and full joins only
	rest   int    // next right row to look at once the left side is used up
	done   bool
	mem    held
	level  int
	grace  *graceJoin // set: both sides are on disk, divided by their keys
	block  *blockJoin // set: the right side is on disk, whole
}

// newJoin opens a join: through the key index of one side where that pays, by
// hashing the smaller side otherwise.
func (q *Query) newJoin(n *plan.Join) (Cursor, error) {
	if !q.NoBitmaps {
		if c, err := q.newKeyJoin(n); c != nil || err != nil {
			return c, err
		}
	}
	if m := q.turned(n); m != nil {
		q.Stats.Same(n, m)
		c, err := q.newHashJoin(m)
		if err != nil {
			return nil, err
		}
		return &turnedJoin{c, len(m.L.Schema())}, nil
	}
	return q.newHashJoin(n)
}

// turned is n with its sides changed, so that the smaller one is hashed; nil if
// it is well as it is.
func (q *Query) turned(n *plan.Join) *plan.Join {
	kind := n.Kind
	switch kind {
	case plan.JoinInner, plan.JoinFull:
	case plan.JoinLeft:
		kind = plan.JoinRight
	case plan.JoinRight:
		kind = plan.JoinLeft
	default:
		return nil
	}
	if q.estimate(n.R) <= 2*q.estimate(n.L) {
		return nil
	}
	m := &plan.Join{Kind: kind, L: n.R, R: n.L}
	l, r := len(n.L.Schema()), len(n.R.Schema())
	m.Fields = append(append([]plan.Field(nil), n.R.Schema()...), n.L.Schema()...)
	for _, k := range n.Keys {
		m.Keys = append(m.Keys, plan.JoinKey{L: k.R, R: k.L, NullEq: k.NullEq})
	}
	if n.Cond != nil {
		m.Cond = plan.MapCols(n.Cond, func(c *plan.Col) plan.Expr {
			if c.Idx < l {
				return plan.NewCol(c.Idx+r, c.Name, c.T)
			}
			return plan.NewCol(c.Idx-l, c.Name, c.T)
		})
	}
	return m
}

// turnedJoin puts the columns of a turned join back in order; left are those of
// its left side.
type turnedJoin struct {
	Cursor
	left int
}

func (t *turnedJoin) Next(ctx context.Context) (*vec.Batch, error) {
	b, err := t.Cursor.Next(ctx)
	if b == nil || err != nil {
		return nil, err
	}
	return &vec.Batch{N: b.N, Cols: append(append(make([]*vec.Vector, 0, len(b.Cols)), b.Cols[t.left:]...), b.Cols[:t.left]...)}, nil
}

// openBoth opens two inputs, or neither.
func (q *Query) openBoth(left, right plan.Node) (l, r Cursor, err error) {
	if l, err = q.open(left); err != nil {
		return nil, nil, err
	}
	if r, err = q.open(right); err != nil {
		l.Close()
		return nil, nil, err
	}
	return l, r, nil
}

// newHashJoin opens a join whose right side is read first.
func (q *Query) newHashJoin(n *plan.Join) (Cursor, error) {
	l, r, err := q.openBoth(n.L, n.R)
	if err != nil {
		return nil, err
	}
	return newJoinOf(q, n, l, r), nil
}

// newJoinOf joins two open inputs.
func newJoinOf(q *Query, n *plan.Join, l, r Cursor) *join {
	j := &join{q: q, n: n, l: l, r: r, mem: held{acc: q.Mem}}
	for _, k := range n.Keys {
		j.left, j.right, j.nullEq = append(j.left, k.L), append(j.right, k.R), append(j.nullEq, k.NullEq)
	}
	j.cond = newCondition(q, n.Cond, len(n.L.Schema()), len(n.R.Schema()))
	return j
}

// keepsRight reports the kinds that give right rows without a partner.
func (j *join) keepsRight() bool { return j.n.Kind == plan.JoinRight || j.n.Kind == plan.JoinFull }

// needsRight reports the kinds that give nothing when the right side is empty.
func (j *join) needsRight() bool {
	switch j.n.Kind {
	case plan.JoinInner, plan.JoinSemi, plan.JoinRight:
		return true
	}
	return false
}

// divides reports whether the rows that match have equal keys: not so those of a NOT
// IN of several columns, or of a subquery with conditions of its own, where a NULL
// matches anything.
func (j *join) divides() bool {
	return j.n.Kind != plan.JoinAntiNull || len(j.n.Keys) == 1 && j.n.Cond == nil && !j.n.Keys[0].NullEq
}

// build reads the right side.
func (j *join) build(ctx context.Context) error {
	if len(j.left) == 0 {
		return j.buildWhole(ctx)
	}
	var parts []*vec.Batch
	var size int64
	var sizes dictSizes
	for {
		b, err := j.r.Next(ctx)
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		parts = append(parts, b)
		size += sizes.batch(b)
		if size > j.q.workMem() && j.level < maxLevel && j.divides() {
			j.mem.free()
			return j.divide(ctx, parts)
		}
		if err := j.mem.set(size); err != nil {
			return err
		}
	}
	j.r.Close()
	j.mem.free() // the table charges the rows from here on
	return j.useAll(ctx, parts)
}

// buildWhole is build without keys.
func (j *join) buildWhole(ctx context.Context) error {
	s := j.q.newSpool()
	for {
		b, err := j.r.Next(ctx)
		if err == nil && b != nil {
			err = s.add(b)
		}
		if err != nil {
			s.close()
			return err
		}
		if b == nil {
			break
		}
	}
	j.r.Close()
	if s.file != nil {
		j.block = &blockJoin{j: j, right: s}
		return nil
	}
	parts := s.batches
	s.close()
	return j.useAll(ctx, parts)
}

// useAll makes the rows of parts the right side.
func (j *join) useAll(ctx context.Context, parts []*vec.Batch) error {
	rows, err := concatCtx(ctx, j.n.R.Schema(), parts)
	if err != nil {
		return err
	}
	return j.use(ctx, rows)
}

// use makes rows the right side.
func (j *join) use(ctx context.Context, rows *vec.Batch) error {
	t, err := j.q.newJoinTable(ctx, rows, j.right, j.nullEq)
	if t != nil {
		j.t = t
	}
	if err != nil {
		return err
	}
	j.find = &finder{k: t.table}
	if j.keepsRight() {
		j.used, j.rest = make([]bool, rows.N), 0
	}
	return nil
}

func (j *join) Next(ctx context.Context) (*vec.Batch, error) {
	if j.done {
		return nil, nil
	}
	if j.t == nil && j.grace == nil && j.block == nil {
		if err := j.build(ctx); err != nil {
			return nil, err
		}
		if j.t != nil && j.t.rows.N == 0 && j.needsRight() {
			j.Close()
			return nil, nil
		}
	}
	switch {
	case j.grace != nil:
		return j.grace.next(ctx)
	case j.block != nil:
		return j.block.next(ctx)
	}
	for {
		if ctx.Err() != nil {
			return nil, ctxErr(ctx)
		}
		if j.p == nil {
			b, err := j.l.Next(ctx)
			if err != nil {
				return nil, err
			}
			if b == nil {
				return j.unused(j.t.rows, j.used, &j.rest), nil
			}
			if j.p, err = j.newProbe(j.t, j.find, b); err != nil {
				return nil, err
			}
		}
		out, err := j.p.next(ctx)
		if out != nil || err != nil {
			return out, err
		}
		j.p = nil
	}
}

// unused gives the rows of r without a partner from *rest on, nil at the end.
func (j *join) unused(r *vec.Batch, used []bool, rest *int) *vec.Batch {
	var ri []int32
	for *rest < len(used) && len(ri) < vec.MaxBatch {
		if !used[*rest] {
			ri = append(ri, int32(*rest))
		}
		*rest++
	}
	if len(ri) == 0 {
		return nil
	}
	return glue(emptyBatch(j.n.L.Schema()), r, missing(len(ri)), ri)
}

// emptyBatch has no rows.
func emptyBatch(fields []plan.Field) *vec.Batch {
	b := &vec.Batch{Cols: make([]*vec.Vector, len(fields))}
	for i, f := range fields {
		b.Cols[i] = vec.New(f.Type, 0)
	}
	return b
}

// glue makes rows of left and right ones; -1 stands for NULLs.
func glue(l, r *vec.Batch, li, ri []int32) *vec.Batch {
	out := &vec.Batch{N: len(li), Cols: make([]*vec.Vector, 0, len(l.Cols)+len(r.Cols))}
	for _, c := range l.Cols {
		out.Cols = append(out.Cols, c.Gather(li))
	}
	for _, c := range r.Cols {
		out.Cols = append(out.Cols, c.Gather(ri))
	}
	return out
}

func (j *join) Close() {
	j.done = true
	j.l.Close()
	j.r.Close()
	j.mem.free()
	if j.t != nil {
		j.q.remember(j.n, &j.t.mem)
		j.t.mem.free()
	}
	j.grace.close()
	j.block.close()
}
