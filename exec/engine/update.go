package engine

import (
	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/session"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// updater is a running UPDATE.
type updater struct {
	r     *run
	w     table.Write
	u     *plan.Update
	rows  *target
	ev    *kernel.Evaluator
	set   []plan.Expr
	check *checker
	out   *returner
	upd   *changes
	// For an UPDATE of the key: rows are deleted and added again.
	moved []*vec.Batch
	ords  []int64
}

// update runs UPDATE.
func (s *Session) update(r *run, u *plan.Update) (session.Result, error) {
	w, err := s.writer(r.ctx, "UPDATE")
	if err != nil {
		return nil, err
	}
	r.read()
	p := newUpdater(r, w, u)
	if err := p.rows.each(p.batch); err != nil {
		return nil, err
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return p.out.result("UPDATE"), nil
}

func newUpdater(r *run, w table.Write, u *plan.Update) *updater {
	p := &updater{
		r: r, w: w, u: u, ev: kernel.NewEvaluator(r.q.Fn), set: r.params(u.Set),
		check: newChecker(r.q.Fn, u.Table, u.Checks, u.Cols),
		out:   newReturner(r, u.Returning, u.Out),
	}
	used := map[int]bool{}
	moves := false
	for _, c := range u.Cols {
		moves = moves || c == u.Table.Key
	}
	if moves {
		for i := range u.Table.Columns {
			used[i] = true
		}
	} else {
		p.upd = newChanges(r, w, u.Table, u.Cols)
	}
	for _, list := range [][]plan.Expr{u.Set, u.Returning} {
		for _, e := range list {
			usedCols(e, used)
		}
	}
	for _, c := range p.check.checks {
		usedCols(c.X, used)
	}
	p.rows = newTarget(r, u.Table, u.Input, used)
	return p
}

func (p *updater) batch(row *vec.Batch, ords []int64) error {
	row = &vec.Batch{N: row.N, Cols: append([]*vec.Vector(nil), row.Cols...)}
	vals, err := evalAll(p.ev, p.set, row)
	if err != nil {
		return err
	}
	for i, c := range p.u.Cols {
		row.Cols[c] = vals.Cols[i]
	}
	if err := p.checkRows(row, ords, vals); err != nil {
		return err
	}
	switch {
	case p.upd == nil:
		err = p.move(ords, row)
	case p.rows.scan:
		err = p.upd.addSorted(ords, vals)
	default:
		err = p.upd.add(ords, vals)
	}
	if err != nil {
		return err
	}
	return p.out.add(row)
}

// checkRows holds the new rows to the constraints; the DETAIL of an error needs
// the columns that were not read.
func (p *updater) checkRows(row *vec.Batch, ords []int64, vals *vec.Batch) error {
	at, bad, err := p.check.check(row)
	if err != nil || bad == nil {
		return err
	}
	whole, err := fetch(p.r.ctx, p.r.tableOf(p.u.Table.Path()), ords[at:at+1])
	if err != nil {
		return err
	}
	for i, c := range p.u.Cols {
		whole.Cols[c] = vals.Cols[i].Slice(at, at+1)
	}
	return bad.WithDetail("%s", failingRow(whole, len(p.u.Table.Columns), 0, p.r.q.Fn.Style))
}

// move keeps rows that get a new key.
func (p *updater) move(ords []int64, row *vec.Batch) error {
	row = copyBatch(row)
	size := int64(8 * len(ords))
	for _, v := range row.Cols {
		size += v.Bytes()
	}
	p.moved, p.ords = append(p.moved, row), append(p.ords, ords...)
	return p.r.q.Mem.Add(size)
}

// finish stores what is left. Keys are compared only at the end, so that
// k = k + 1 meets no key that is about to change.
func (p *updater) finish() error {
	if p.upd != nil {
		return p.upd.flush()
	}
	if len(p.ords) == 0 {
		return nil
	}
	if err := p.w.Delete(p.r.ctx, p.u.Table.Path(), p.ords); err != nil {
		return err
	}
	for _, b := range p.moved {
		if err := p.w.Append(p.r.ctx, p.u.Table.Path(), b); err != nil {
			return err
		}
	}
	return nil
}
