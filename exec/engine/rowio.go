package engine

import (
	"context"
	"sort"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/session"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// nullBatch is a batch of a table's columns, all NULL, to be filled in part.
func nullBatch(def *types.Table, n int) *vec.Batch {
	b := &vec.Batch{N: n, Cols: make([]*vec.Vector, len(def.Columns))}
	for i := range def.Columns {
		b.Cols[i] = vec.NewConst(def.Columns[i].Type, vec.Datum{Null: true}, n)
	}
	return b
}

// gatherBatch returns copies of the rows idx of b.
func gatherBatch(b *vec.Batch, idx []int32) *vec.Batch {
	out := &vec.Batch{N: len(idx), Cols: make([]*vec.Vector, len(b.Cols))}
	for i, c := range b.Cols {
		out.Cols[i] = c.Gather(idx)
	}
	return out
}

// sequence is 0..n-1.
func sequence(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// copyBatch returns a copy of b that nobody else writes to.
func copyBatch(b *vec.Batch) *vec.Batch { return gatherBatch(b, sequence(b.N)) }

// evalAll evaluates expressions over b.
func evalAll(ev *kernel.Evaluator, list []plan.Expr, b *vec.Batch) (*vec.Batch, error) {
	out := &vec.Batch{N: b.N, Cols: make([]*vec.Vector, len(list))}
	for i, e := range list {
		v, err := ev.Eval(e, b)
		if err != nil {
			return nil, err
		}
		out.Cols[i] = v
	}
	return out, nil
}

// returner collects the rows of RETURNING. A nil list collects nothing.
type returner struct {
	r     *run
	ev    *kernel.Evaluator
	list  []plan.Expr
	out   []plan.Field
	kept  []*vec.Batch
	count int64 // rows changed
}

func newReturner(r *run, list []plan.Expr, out []plan.Field) *returner {
	return &returner{r: r, ev: kernel.NewEvaluator(r.q.Fn), list: r.params(list), out: out}
}

// add counts the rows of b (with the table's columns) and keeps what they return.
func (t *returner) add(b *vec.Batch) error {
	t.count += int64(b.N)
	if t.list == nil || b.N == 0 {
		return nil
	}
	got, err := evalAll(t.ev, t.list, b)
	if err != nil {
		return err
	}
	got = copyBatch(got)
	var size int64
	for _, c := range got.Cols {
		size += c.Bytes()
	}
	if err := t.r.q.Mem.Add(size); err != nil {
		return err
	}
	t.kept = append(t.kept, got)
	return nil
}

// result is the statement's result with the tag's word before the count.
func (t *returner) result(word string) session.Result {
	c := command{countTag(word, t.count)}
	if t.list == nil {
		return &c
	}
	return &rows{command: c, cols: columns(t.out), batches: t.kept}
}

// changes collects new values for rows of a table and hands them to the store
// a segment at a time, in the order of ordinals.
type changes struct {
	r    *run
	w    table.Write
	name string
	oid  uint32
	cols []int
	typs []types.Type
	ords []int64
	vals [][]*vec.Vector // by column
	held int64
}

func newChanges(r *run, w table.Write, def *types.Table, cols []int) *changes {
	c := &changes{r: r, w: w, name: def.Path(), oid: def.OID, cols: cols, vals: make([][]*vec.Vector, len(cols))}
	for _, i := range cols {
		c.typs = append(c.typs, def.Columns[i].Type)
	}
	return c
}

// add keeps values for the rows at ords; both are copied.
func (c *changes) add(ords []int64, b *vec.Batch) error {
	b = copyBatch(b)
	size := int64(8 * len(ords))
	for i, v := range b.Cols {
		c.vals[i] = append(c.vals[i], v)
		size += v.Bytes()
	}
	c.ords = append(c.ords, ords...)
	c.held += size
	return c.r.q.Mem.Add(size)
}

// addSorted is add for ordinals that come in ascending order over all calls;
// what belongs to segments before the last one is stored at once.
func (c *changes) addSorted(ords []int64, b *vec.Batch) error {
	if n := len(c.ords); n > 0 && len(ords) > 0 && c.ords[n-1]/bitmap.SegmentRows != ords[0]/bitmap.SegmentRows {
		if err := c.flush(); err != nil {
			return err
		}
	}
	return c.add(ords, b)
}

// flush stores what has been collected.
func (c *changes) flush() error {
	if len(c.ords) == 0 {
		return nil
	}
	b := &vec.Batch{N: len(c.ords), Cols: make([]*vec.Vector, len(c.cols))}
	for i := range c.cols {
		b.Cols[i] = vec.Concat(c.typs[i], c.vals[i])
	}
	ords := c.ords
	if !sort.SliceIsSorted(ords, func(i, j int) bool { return ords[i] < ords[j] }) {
		perm := sequence(len(ords))
		sort.Slice(perm, func(i, j int) bool { return ords[perm[i]] < ords[perm[j]] })
		sorted := make([]int64, len(ords))
		for i, p := range perm {
			sorted[i] = ords[p]
		}
		ords, b = sorted, gatherBatch(b, perm)
	}
	err := segments(ords, func(lo, hi int) error {
		part := b
		if lo != 0 || hi != b.N {
			part = &vec.Batch{N: hi - lo, Cols: make([]*vec.Vector, len(b.Cols))}
			for i, v := range b.Cols {
				part.Cols[i] = v.Slice(lo, hi)
			}
		}
		return c.w.Update(c.r.ctx, c.name, ords[lo:hi], c.cols, part)
	})
	c.r.s.stat.Changed(c.oid, c.r.s.depth(), 0, int64(len(ords)), int64(len(ords)), 0)
	_ = c.r.q.Mem.Add(-c.held)
	c.held, c.ords = 0, nil
	for i := range c.vals {
		c.vals[i] = nil
	}
	return err
}

// segments calls f for each run of ascending ordinals of one segment.
func segments(ords []int64, f func(lo, hi int) error) error {
	for lo := 0; lo < len(ords); {
		hi := lo + 1
		for hi < len(ords) && ords[hi]/bitmap.SegmentRows == ords[lo]/bitmap.SegmentRows {
			hi++
		}
		if err := f(lo, hi); err != nil {
			return err
		}
		lo = hi
	}
	return nil
}

// fetch returns the rows at ords, in that order, with all the table's columns.
func fetch(ctx context.Context, t table.Table, ords []int64) (*vec.Batch, error) {
	def := t.Def()
	perm := sequence(len(ords))
	sort.Slice(perm, func(i, j int) bool { return ords[perm[i]] < ords[perm[j]] })
	sorted, back := make([]int64, len(ords)), make([]int32, len(ords))
	for i, p := range perm {
		sorted[i], back[p] = ords[p], int32(i)
	}
	parts := make([][]*vec.Vector, len(def.Columns))
	err := segments(sorted, func(lo, hi int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		seg, err := t.Segment(int(sorted[lo] / bitmap.SegmentRows))
		if err != nil {
			return err
		}
		defer seg.Close()
		offs := make([]uint32, hi-lo)
		for i := range offs {
			offs[i] = uint32(sorted[lo+i] % bitmap.SegmentRows)
		}
		for c := range def.Columns {
			v, err := seg.Gather(c, offs)
			if err != nil {
				return err
			}
			parts[c] = append(parts[c], v)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &vec.Batch{N: len(ords), Cols: make([]*vec.Vector, len(def.Columns))}
	for c := range def.Columns {
		out.Cols[c] = vec.Concat(def.Columns[c].Type, parts[c]).Gather(back)
	}
	return out, nil
}
