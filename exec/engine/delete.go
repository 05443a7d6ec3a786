package engine

import (
	"slices"

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
	r.read()
	out := newReturner(r, d.Returning, d.Out)
	used := map[int]bool{}
	for _, e := range d.Returning {
		usedCols(e, used)
	}
	keys := r.watch(d.Table)
	keys.need(nil, used)
	rows := newTarget(r, d.Table, d.Input, used)
	var ords []int64
	flush := func() error {
		if len(ords) == 0 {
			return nil
		}
		if !rows.scan {
			slices.Sort(ords)
		}
		err := w.Delete(r.ctx, d.Table.Path(), ords)
		s.stat.Changed(d.Table.OID, s.depth(), 0, 0, 0, int64(len(ords)))
		ords = nil
		return err
	}
	err = rows.each(func(row *vec.Batch, at []int64) error {
		if n := len(ords); rows.scan && n > 0 && ords[n-1]/bitmap.SegmentRows != at[0]/bitmap.SegmentRows {
			if err := flush(); err != nil {
				return err
			}
		}
		ords = append(ords, at...)
		if err := keys.deleted(row); err != nil {
			return err
		}
		return out.add(row)
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return nil, err
	}
	return out.result("DELETE"), nil
}
