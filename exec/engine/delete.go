package engine

import (
	"tagd/planner/plan"
	"tagd/sql/session"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
)

// delete runs DELETE.
func (s *Session) delete(r *run, d *plan.Delete) (session.Result, error) {
	w, err := s.writer(r.ctx, "DELETE")
	if err != nil {
		return nil, err
	}
	if err := s.mayRead(d.Table.Name); err != nil {
		return nil, err
	}
	r.read()
	out := newReturner(r, d.Returning, d.Out)
	used := map[int]bool{}
	for _, e := range d.Returning {
		usedCols(e, used)
	}
	scan, cols := narrow(d.Scan, d.Table, used)
	var ords []int64
	flush := func() error {
		if len(ords) == 0 {
			return nil
		}
		err := w.Delete(r.ctx, d.Table.Name, ords)
		ords = nil
		return err
	}
	err = r.each(scan, func(b *vec.Batch) error {
		row, at := widen(d.Table, cols, b)
		if n := len(ords); n > 0 && ords[n-1]/bitmap.SegmentRows != at[0]/bitmap.SegmentRows {
			if err := flush(); err != nil {
				return err
			}
		}
		ords = append(ords, at...)
		return out.add(row)
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return nil, err
	}
	s.touch(d.Table.Name, touch{rows: true})
	return out.result("DELETE"), nil
}
