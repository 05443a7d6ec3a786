package engine

import (
	"tagd/planner/plan"
	"tagd/sql/session"
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
	check := newChecker(r.q.Fn, ins.Table, ins.Checks, nil)
	store := func(b *vec.Batch) error {
		if err := w.Append(r.ctx, name, b); err != nil {
			return err
		}
		return out.add(b)
	}
	var up *upsert
	if ins.Conflict != nil && len(keyCols(ins.Table)) > 0 {
		if up, err = newUpsert(r, w, ins, out); err != nil {
			return nil, err
		}
		store = up.batch
	}
	err = r.each(ins.Input, func(b *vec.Batch) error {
		if err := check.rows(b); err != nil {
			return err
		}
		return store(b)
	})
	if err == nil && up != nil {
		err = up.finish()
	}
	if err != nil {
		return nil, err
	}
	return out.result("INSERT 0"), nil
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
