package op

import (
	"context"
	"slices"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// distinct passes the first row of each combination of the deciding columns.
// When the combinations no longer fit in memory, rows of new ones wait in files
// until the input has ended.
type distinct struct {
	q     *Query
	n     *plan.Distinct
	in    Cursor
	on    []int
	types []types.Type
	seen  *keyTable
	ids   []uint32
	mem   held
	level int
	find  *finder // set: seen does not grow any more
	wait  *partitions
	part  int       // next file of wait
	sub   *distinct // that reads the one before
	// sorted: equal rows come one after the other, so that only the last one's columns
	// need be known.
	sorted bool
	last   []*vec.Vector // of one row
}

func newDistinct(q *Query, in Cursor, n *plan.Distinct) Cursor {
	d := &distinct{q: q, n: n, in: in, on: n.On, mem: held{acc: q.Mem}}
	fields := n.Schema()
	if d.on == nil {
		for i := range fields {
			d.on = append(d.on, i)
		}
	}
	for _, c := range d.on {
		d.types = append(d.types, fields[c].Type)
	}
	d.seen = newKeyTable(d.types)
	d.sorted = sortedBy(n.Input, n.On)
	return d
}

// sortedBy reports whether rows that are equal in these columns come together.
func sortedBy(in plan.Node, cols []int) bool {
	s, ok := in.(*plan.Sort)
	if !ok || len(cols) == 0 || len(s.Keys) < len(cols) {
		return false
	}
	for _, k := range s.Keys[:len(cols)] {
		if !slices.Contains(cols, k.Col) {
			return false
		}
	}
	return true
}

// spills reports whether rows may come in another order than the input's.
func (d *distinct) spills() bool { return !d.sorted && d.level < maxLevel && len(d.on) > 0 }

// firsts are the rows of a sorted input that differ from those before them.
func (d *distinct) firsts(b *vec.Batch) []int32 {
	keys := pickCols(b, d.on)
	var idx []int32
	for i := range b.N {
		if i > 0 && sameRow(keys, i-1, i) || i == 0 && d.last != nil && sameRows(d.last, 0, keys, 0) {
			continue
		}
		idx = append(idx, int32(i))
	}
	d.last = make([]*vec.Vector, len(keys))
	for k, v := range keys {
		d.last[k] = v.Gather([]int32{int32(b.N - 1)})
	}
	return idx
}

// sameRows is sameRow of rows of two batches.
func sameRows(a []*vec.Vector, i int, b []*vec.Vector, j int) bool {
	for k := range a {
		in, jn := a[k].IsNull(i), b[k].IsNull(j)
		if in != jn || !in && vec.CompareAt(a[k], i, b[k], j) != 0 {
			return false
		}
	}
	return true
}

func (d *distinct) Next(ctx context.Context) (*vec.Batch, error) {
	for d.part == 0 && d.sub == nil {
		b, err := d.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b == nil {
			break
		}
		idx, err := d.fresh(b)
		if err != nil {
			return nil, err
		}
		switch len(idx) {
		case 0:
			if ctx.Err() != nil {
				return nil, ctxErr(ctx)
			}
		case b.N:
			return b, nil
		default:
			return gather(b, idx), nil
		}
	}
	if d.wait == nil {
		return nil, nil
	}
	return d.waiting(ctx)
}

// fresh returns the rows of b that are the first of their kind; those that
// cannot be remembered go to the files.
func (d *distinct) fresh(b *vec.Batch) ([]int32, error) {
	if d.sorted {
		return d.firsts(b), nil
	}
	keys := pickCols(b, d.on)
	var idx []int32
	if d.find != nil {
		d.ids = d.find.find(keys, b.N, d.ids)
		for i, id := range d.ids[:b.N] {
			if id == noGroup {
				idx = append(idx, int32(i))
			}
		}
		if len(idx) == 0 {
			return nil, nil
		}
		rest := gatherSome(b, idx)
		return nil, d.wait.add(rest, pickCols(rest, d.on))
	}
	next := uint32(d.seen.n)
	d.ids = d.seen.groups(keys, b.N, d.ids)
	for i, id := range d.ids[:b.N] {
		if id == next { // ids are dense in order of first appearance
			idx = append(idx, int32(i))
			next++
		}
	}
	size := d.seen.bytes()
	if size > d.q.workMem() && d.spills() {
		d.find, d.wait = &finder{k: d.seen}, d.q.newPartitions(d.n, d.level)
	}
	return idx, d.mem.set(size)
}

// waiting gives the rows of the files, one after the other.
func (d *distinct) waiting(ctx context.Context) (*vec.Batch, error) {
	d.seen, d.find = nil, nil
	d.mem.free()
	for {
		if d.sub != nil {
			b, err := d.sub.Next(ctx)
			if b != nil || err != nil {
				return b, err
			}
			d.sub.Close()
			d.sub = nil
		}
		var c Cursor
		for c == nil {
			if d.part == fanOut {
				return nil, nil
			}
			c = d.wait.take(d.part)
			d.part++
		}
		d.sub = newDistinct(d.q, c, d.n).(*distinct)
		d.sub.level = d.level + 1
	}
}

func (d *distinct) Close() {
	d.in.Close()
	if d.sub != nil {
		d.sub.Close()
	}
	d.wait.close()
	d.q.remember(d.n, &d.mem)
	d.mem.free()
}
