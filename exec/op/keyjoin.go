package op

import (
	"context"
	"fmt"
	"math/bits"
	"sync"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// keyJoin is a join on the primary key of a stored table: the keys of the other
// side, the outer one, are looked up in the key index, a chunk at a time, and
// the rows that they name are gathered segment by segment.
type keyJoin struct {
	q     *Query
	n     *plan.Join
	outer Cursor
	key   plan.Expr // over outer
	right bool      // the stored table is the right side
	keep  bool      // outer rows without a partner stay, with NULLs
	src   *source
	cond  *condition
	sets  []*bitmap.Set // by segment, once needed: the rows that pass the scan's condition
	mu    sync.Mutex    // of sets

	out   []*vec.Batch
	mem   held
	over  bool
	looks int64
}

// A key join reads chunks of keyChunk outer rows. It pays when the stored table
// is large, and the other side not much larger.
const (
	keyChunk  = 1 << 17
	keyFactor = 4
)

// keyMinRows is the least size of the stored table; tests make it smaller.
var keyMinRows = 20000.0

// newKeyJoin opens a join as a key join, nil if it is not one or if hashing is
// better.
func (q *Query) newKeyJoin(n *plan.Join) (Cursor, error) {
	if len(n.Keys) != 1 || n.Keys[0].NullEq {
		return nil, nil
	}
	k := n.Keys[0]
	j := &keyJoin{q: q, n: n, mem: held{acc: q.Mem}}
	var inner *plan.Scan
	var rest plan.Node
	switch n.Kind {
	case plan.JoinInner, plan.JoinLeft, plan.JoinSemi, plan.JoinAnti:
		if inner = q.keyed(n.R, k.R, n.L); inner != nil {
			rest, j.key, j.right = n.L, k.L, true
		}
	}
	if inner == nil && (n.Kind == plan.JoinInner || n.Kind == plan.JoinRight) {
		if inner = q.keyed(n.L, k.L, n.R); inner != nil {
			rest, j.key = n.R, k.R
		}
	}
	if inner == nil {
		return nil, nil
	}
	j.keep = n.Kind == plan.JoinLeft || n.Kind == plan.JoinRight
	j.cond = newCondition(q, n.Cond, len(n.L.Schema()), len(n.R.Schema()))
	var err error
	if j.src, err = q.lookedUp(inner); err != nil {
		return nil, err
	}
	j.sets = make([]*bitmap.Set, j.src.t.Segments())
	if j.outer, err = q.open(rest); err != nil {
		return nil, err
	}
	return j, nil
}

// keyed returns the scan that side is, if x is the table's key and looking up
// the other side's keys is worth it.
func (q *Query) keyed(side plan.Node, x plan.Expr, other plan.Node) *plan.Scan {
	s, ok := side.(*plan.Scan)
	c, isCol := x.(*plan.Col)
	if !ok || !isCol || s.Table.Key < 0 || s.Cols[c.Idx] != s.Table.Key {
		return nil
	}
	rows := q.estimateScan(s)
	if rows < keyMinRows || q.estimate(other) > keyFactor*rows {
		return nil
	}
	return s
}

func (j *keyJoin) Next(ctx context.Context) (*vec.Batch, error) {
	for {
		if len(j.out) > 0 {
			b := j.out[0]
			j.out = j.out[1:]
			return b, nil
		}
		if j.over {
			return nil, nil
		}
		b, err := j.chunk(ctx)
		if b == nil || err != nil {
			return nil, err
		}
		out, err := j.join(ctx, b)
		if err != nil {
			return nil, err
		}
		j.out = cut(out)
	}
}

// chunk reads outer rows.
func (j *keyJoin) chunk(ctx context.Context) (*vec.Batch, error) {
	var parts []*vec.Batch
	rows := 0
	var size int64
	var sizes dictSizes
	for rows < keyChunk && size < j.q.workMem()/4 {
		b, err := j.outer.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b == nil {
			j.over = true
			break
		}
		parts = append(parts, b)
		rows += b.N
		size += sizes.batch(b)
	}
	if rows == 0 {
		return nil, nil
	}
	// The rows as they come, joined, and what is gathered for them.
	if err := j.mem.set(3*size + int64(rows)*32); err != nil {
		return nil, err
	}
	fields := j.n.L.Schema()
	if !j.right {
		fields = j.n.R.Schema()
	}
	return concatCtx(ctx, fields, parts)
}

// join joins a chunk.
func (j *keyJoin) join(ctx context.Context, b *vec.Batch) (*vec.Batch, error) {
	keys, err := kernel.Eval(j.q.Fn, j.key, b)
	if err != nil {
		return nil, err
	}
	keys = keys.Flat()
	if def := j.src.t.Def(); keys.Type != def.Columns[def.Key].Type {
		c := *keys
		c.Type = def.Columns[def.Key].Type
		keys = &c
	}
	ords := make([]int64, b.N)
	if err := j.src.t.Lookup(ctx, keys, ords); err != nil {
		return nil, err
	}
	j.looks += int64(b.N)
	j.q.found(j.src.t, ords)
	order := byOrdinal(ords)
	inner, rows, err := j.gather(ctx, order)
	if err != nil {
		return nil, err
	}
	return j.combine(b, inner, rows)
}

// found is an outer row and the ordinal of its partner.
type found struct {
	ord int64
	row int32
}

// byOrdinal sorts the rows that have a partner by its ordinal (radix sort).
func byOrdinal(ords []int64) []found {
	list := make([]found, 0, len(ords))
	top := int64(0)
	for i, o := range ords {
		if o >= 0 {
			list = append(list, found{o, int32(i)})
			top |= o
		}
	}
	const digit = 11
	other := make([]found, len(list))
	for shift := 0; shift < bits.Len64(uint64(top)); shift += digit {
		var count [1<<digit + 1]int
		for i := range list {
			count[list[i].ord>>shift&(1<<digit-1)+1]++
		}
		for d := range 1 << digit {
			count[d+1] += count[d]
		}
		for i := range list {
			d := list[i].ord >> shift & (1<<digit - 1)
			other[count[d]] = list[i]
			count[d]++
		}
		list, other = other, list
	}
	return list
}

// part is what one segment gives.
type part struct {
	b    *vec.Batch
	rows []int32
}

// gather reads the rows of order that pass the scan's condition; rows are the
// outer rows that they belong to.
func (j *keyJoin) gather(ctx context.Context, order []found) (*vec.Batch, []int32, error) {
	var runs [][]found
	for lo := 0; lo < len(order); {
		seg, hi := order[lo].ord/bitmap.SegmentRows, lo+1
		for hi < len(order) && order[hi].ord/bitmap.SegmentRows == seg {
			hi++
		}
		runs = append(runs, order[lo:hi])
		lo = hi
	}
	parts := make([]part, len(runs))
	workers := max(1, min(j.q.Workers, len(runs)))
	err := parallel(ctx, workers, func(ctx context.Context, w int) error {
		for i := w; i < len(runs); i += workers {
			p, err := j.segment(ctx, runs[i])
			if err != nil {
				return err
			}
			parts[i] = p
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	var batches []*vec.Batch
	var rows []int32
	for _, p := range parts {
		if p.b != nil {
			batches, rows = append(batches, p.b), append(rows, p.rows...)
		}
	}
	if len(batches) == 0 {
		return emptyBatch(j.src.n.Schema()), nil, nil
	}
	b, err := concatCtx(ctx, j.src.n.Schema(), batches)
	return b, rows, err
}

// segment reads the rows of one segment.
func (j *keyJoin) segment(ctx context.Context, run []found) (part, error) {
	i := int(run[0].ord / bitmap.SegmentRows)
	seg, err := j.src.t.Segment(i)
	if err != nil {
		return part{}, err
	}
	defer seg.Close()
	set, err := j.passing(ctx, seg, i)
	if err != nil {
		return part{}, err
	}
	offs, rows := make([]uint32, 0, len(run)), make([]int32, 0, len(run))
	for _, f := range run {
		o := uint32(f.ord % bitmap.SegmentRows)
		if set == nil || set.Words[o>>6]>>(o&63)&1 != 0 {
			offs, rows = append(offs, o), append(rows, f.row)
		}
	}
	if len(offs) == 0 {
		return part{}, nil
	}
	raw, idx, err := j.src.fetch(ctx, seg, offs)
	if err != nil || raw == nil {
		return part{}, err
	}
	if idx != nil {
		for k, x := range idx {
			rows[k] = rows[x]
		}
		rows = rows[:len(idx)]
	}
	j.q.countRows(j.src.n, raw.N)
	return part{raw, rows}, nil
}

// passing is the set of rows of segment i that the scan's row set holds, nil for
// all live rows.
func (j *keyJoin) passing(ctx context.Context, seg table.Segment, i int) (*bitmap.Set, error) {
	if j.src.rows == nil {
		return nil, nil
	}
	j.mu.Lock()
	set := j.sets[i]
	j.mu.Unlock()
	if set != nil {
		return set, nil
	}
	set = &bitmap.Set{}
	if err := seg.Eval(ctx, j.src.rows, set); err != nil {
		return nil, err
	}
	j.mu.Lock()
	j.sets[i] = set
	j.mu.Unlock()
	return set, nil
}

// combine makes the output of outer rows b and the inner rows of outer rows at.
func (j *keyJoin) combine(b, inner *vec.Batch, at []int32) (*vec.Batch, error) {
	ii := sequence(inner.N)
	l, r, li, ri := b, inner, at, ii
	if !j.right {
		l, r, li, ri = inner, b, ii, at
	}
	v, err := j.cond.eval(l, r, li, ri)
	if err != nil {
		return nil, err
	}
	hit := make([]bool, b.N)
	n := 0
	for k, row := range at {
		if isTrueAt(v, k) {
			hit[row] = true
			at[n], ii[n] = row, ii[k]
			n++
		}
	}
	switch j.n.Kind {
	case plan.JoinSemi, plan.JoinAnti:
		var rows []int32
		for i, h := range hit {
			if h == (j.n.Kind == plan.JoinSemi) {
				rows = append(rows, int32(i))
			}
		}
		return gather(b, rows), nil
	}
	at, ii = at[:n], ii[:n]
	if j.keep {
		for i, h := range hit {
			if !h {
				at, ii = append(at, int32(i)), append(ii, -1)
			}
		}
	}
	if j.right {
		return glue(b, inner, at, ii), nil
	}
	return glue(inner, b, ii, at), nil
}

func (j *keyJoin) Close() {
	j.outer.Close()
	if j.looks > 0 {
		j.q.note(j.n, fmt.Sprintf("Key Index: %d keys looked up", j.looks))
	}
	j.q.remember(j.n, &j.mem)
	j.mem.free()
	j.out, j.over = nil, true
}
