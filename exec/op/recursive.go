package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// recursive gives the rows of Init, then those of Step over the rows of the
// round before, until a round gives none.
type recursive struct {
	q     *Query
	n     *plan.Recursive
	in    Cursor  // of this round; nil: none is open
	work  *shared // what the round reads; nil in the first
	next  *spool  // what it gives
	seen  *keyTable
	more  *seenFiles // set: of rows that seen has no room for
	ids   []uint32
	mem   held
	done  bool
	types []types.Type
}

func (q *Query) newRecursive(n *plan.Recursive) (Cursor, error) {
	r := &recursive{q: q, n: n, next: q.newSpool(), mem: held{acc: q.Mem}}
	if !n.All {
		for _, f := range n.Schema() {
			r.types = append(r.types, f.Type)
		}
		r.seen = newKeyTable(r.types)
	}
	in, err := q.open(n.Init)
	if err != nil {
		return nil, err
	}
	r.in = in
	return r, nil
}

func (r *recursive) Next(ctx context.Context) (*vec.Batch, error) {
	for !r.done {
		if ctx.Err() != nil {
			return nil, ctxErr(ctx)
		}
		b, err := r.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b != nil && r.more != nil {
			if err := r.more.add(b); err != nil {
				return nil, err
			}
			continue
		}
		if b == nil && r.more != nil {
			if b, err = r.more.next(ctx); err != nil {
				return nil, err
			}
			if b != nil {
				return b, r.next.add(b)
			}
		}
		if b == nil {
			if ok, err := r.round(); !ok || err != nil {
				return nil, err
			}
			continue
		}
		if b, err = r.fresh(b); err != nil {
			return nil, err
		}
		if b.N == 0 {
			continue
		}
		return b, r.next.add(b)
	}
	return nil, nil
}

// round begins the next round; false when the last one gave nothing.
func (r *recursive) round() (bool, error) {
	r.in.Close()
	if r.work != nil {
		r.work.rows.close()
	}
	if r.next.len() == 0 {
		r.Close()
		return false, nil
	}
	r.work = &shared{rows: r.next, over: true}
	r.next = r.q.newSpool()
	r.q.share(workID(r.n.ID), r.work)
	in, err := r.q.open(r.n.Step)
	if err != nil {
		return false, err
	}
	r.in = in
	return true, nil
}

// fresh drops the rows that came before, unless all are wanted.
func (r *recursive) fresh(b *vec.Batch) (*vec.Batch, error) {
	if r.seen == nil {
		return b, nil
	}
	next := uint32(r.seen.n)
	r.ids = r.seen.groups(b.Cols, b.N, r.ids)
	size := r.seen.bytes()
	if err := r.mem.set(size); err != nil {
		return nil, err
	}
	if size > r.q.workMem() && len(r.types) > 0 {
		r.more = r.q.newSeenFiles(r.n, r.seen, r.types)
	}
	var idx []int32
	for i, id := range r.ids[:b.N] {
		if id == next { // ids are dense in order of first appearance
			idx = append(idx, int32(i))
			next++
		}
	}
	if len(idx) == b.N {
		return b, nil
	}
	return gather(b, idx), nil
}

func (r *recursive) Close() {
	r.done = true
	r.in.Close()
	if r.work != nil {
		r.work.rows.close()
	}
	r.next.close()
	r.more.close()
	r.mem.free()
}
