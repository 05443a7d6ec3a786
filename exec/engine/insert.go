package engine

import (
	"context"
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// insert runs INSERT.
func (s *Session) insert(r *run, ins *plan.Insert) (session.Result, error) {
	w, err := s.writer(r.ctx, "INSERT")
	if err != nil {
		return nil, err
	}
	name := ins.Table.Path()
	out := newReturner(r, ins.Returning, ins.Out)
	r.read()
	check, keys := newChecker(r, ins.Table, ins.Checks, nil), r.watch(ins.Table)
	store := func(b *vec.Batch) (err error) {
		if err := w.Append(r.ctx, name, b); err != nil {
			return err
		}
		if err := keys.inserted(b); err != nil {
			return err
		}
		s.inserted(ins.Table, b.N)
		if b, err = out.placed(w, ins.Table, b); err != nil {
			return err
		}
		return out.add(b)
	}
	var up *upsert
	if ins.Conflict != nil && (len(keyCols(ins.Table)) > 0 || hasDeferrable(ins.Table)) {
		if up, err = newUpsert(r, w, ins, out); err != nil {
			return nil, err
		}
		store = up.batch
	}
	err = r.each(ins.Input, func(b *vec.Batch) error { return check.store(r, w, b, store) })
	if err == nil && up != nil {
		err = up.finish()
	}
	if err != nil {
		return nil, err
	}
	return out.result("INSERT 0"), nil
}

// placed is a batch of rows that have just been appended with their ordinals behind
// the columns, if RETURNING asks for the rows' places.
func (o *returner) placed(w table.Write, def *types.Table, b *vec.Batch) (*vec.Batch, error) {
	used := map[int]bool{}
	for _, x := range o.list {
		usedCols(x, used)
	}
	if !used[len(def.Columns)] {
		return b, nil
	}
	ords := vec.New(types.Of(types.Int8), b.N)
	if err := w.Appended(def.Path(), ords.I64); err != nil {
		return nil, err
	}
	return &vec.Batch{N: b.N, Cols: append(slices.Clone(b.Cols), ords)}, nil
}

// store hands new rows that keep to the constraints to put.
func (k *checker) store(r *run, w table.Write, b *vec.Batch, put func(*vec.Batch) error) error {
	at, bad, err := k.check(b)
	switch {
	case err != nil:
		return err
	case bad == nil:
		return put(b)
	}
	// Postgres asks for a view's condition when the row is stored.
	if bad.Code == pgerrcode.WithCheckOptionViolation {
		return earlier(r.ctx, w, at+1, k.s.failingRow(bad, k.def, b, at, k.fn.Style), func() error { return put(headOf(b, at+1)) })
	}
	return earlier(r.ctx, w, at, k.s.failingRow(bad, k.def, b, at, k.fn.Style), func() error { return put(headOf(b, at)) })
}

// earlier returns the error of row at of a batch, unless an error that only the
// store finds, a key that is there already, belongs to a row before it; put
// stores the rows of the batch before it.
func earlier(ctx context.Context, w table.Write, at int, err error, put func() error) error {
	if at > 0 {
		if perr := put(); perr != nil {
			return perr
		}
	}
	if serr := w.Seal(ctx); sqlerr.Code(serr) == pgerrcode.UniqueViolation {
		return serr
	}
	return err
}

// headOf is the first n rows of a batch.
func headOf(b *vec.Batch, n int) *vec.Batch {
	out := &vec.Batch{N: n, Cols: make([]*vec.Vector, len(b.Cols))}
	for i, c := range b.Cols {
		out.Cols[i] = c.Slice(0, n)
	}
	return out
}

// tableOf returns a table's stored rows in the run's snapshot, nil if it has
// none there yet.
func (r *run) tableOf(name string) table.Table {
	t, ok := r.q.Snap.Table(name)
	if !ok {
		return nil
	}
	return t
}
