package engine

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// Modify runs the statement of a CTE that changes data and hands over its
// RETURNING rows. It reads the snapshot of the whole statement: what it changes
// becomes visible when that has ended.
func (r *run) Modify(_ context.Context, st *plan.Stmt, emit func(*vec.Batch) error) error {
	var res session.Result
	var err error
	switch {
	case st.Insert != nil:
		res, err = r.s.insert(r, st.Insert)
	case st.Update != nil:
		res, err = r.s.update(r, st.Update)
	case st.Delete != nil:
		res, err = r.s.delete(r, st.Delete)
	default:
		err = sqlerr.Unsupported(-1, "this statement cannot stand in WITH")
	}
	if err != nil {
		return err
	}
	if rs, ok := res.(*rows); ok {
		for _, b := range rs.batches {
			if err := emit(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// changingQuery runs a SELECT whose CTEs change data to its end: its rows are
// given out only when the change is there.
func (s *Session) changingQuery(r *run, n plan.Node, cols []session.Column) (session.Result, error) {
	if _, err := s.writer(r.ctx, "SELECT"); err != nil {
		return nil, err
	}
	r.read()
	out := &rows{cols: cols}
	count := int64(0)
	err := r.each(n, func(b *vec.Batch) error {
		b = copyBatch(b)
		count += int64(b.N)
		var size int64
		for _, c := range b.Cols {
			size += c.Bytes()
		}
		out.batches = append(out.batches, b)
		return r.q.Mem.Add(size)
	})
	if err != nil {
		return nil, err
	}
	out.command = command{countTag("SELECT", count)}
	return out, nil
}
