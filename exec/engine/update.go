package engine

import (
	"slices"

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
	upd   *changes // of the columns of no key
	plain []int    // their positions in u.Cols
	moved *moves   // rows that get new keys; nil: no key column is set
	watch *keyWatch
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
		check: newChecker(r, u.Table, u.Checks, u.Cols),
		out:   newReturner(r, u.Returning, u.Out),
	}
	used := map[int]bool{}
	keys := keyCols(u.Table)
	var cols []int
	for i, c := range u.Cols {
		if !slices.Contains(keys, c) {
			cols, p.plain = append(cols, c), append(p.plain, i)
			continue
		}
		used[c] = true
		p.moved = &moves{r: r, w: w, def: u.Table, tab: r.tableOf(u.Table.Path())}
	}
	p.upd = newChanges(r, w, u.Table, cols)
	p.watch = r.watch(u.Table)
	p.watch.need(u.Cols, used)
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
	old := *row
	old.Cols = slices.Clone(row.Cols)
	for i, c := range p.u.Cols {
		row.Cols[c] = vals.Cols[i]
	}
	if err := p.checkRows(row, ords, vals); err != nil {
		return err
	}
	if err := p.change(ords, &old, vals); err != nil {
		return err
	}
	if err := p.watch.updated(&old, row, p.u.Cols); err != nil {
		return err
	}
	return p.out.add(row)
}

// change stores new values: in place, or by moving the rows whose keys change.
func (p *updater) change(ords []int64, old, vals *vec.Batch) error {
	if p.moved != nil {
		move, stay := p.moved.split(old, vals, p.u.Cols)
		if len(move) > 0 {
			if err := p.moved.add(gatherOrds(ords, move), p.u.Cols, gatherBatch(vals, move)); err != nil {
				return err
			}
			ords, vals = gatherOrds(ords, stay), gatherBatch(vals, stay)
		}
	}
	if len(p.plain) == 0 || len(ords) == 0 {
		return nil
	}
	part := &vec.Batch{N: vals.N}
	for _, i := range p.plain {
		part.Cols = append(part.Cols, vals.Cols[i])
	}
	if p.rows.scan {
		return p.upd.addSorted(ords, part)
	}
	return p.upd.add(ords, part)
}

func gatherOrds(ords []int64, idx []int32) []int64 {
	out := make([]int64, len(idx))
	for i, j := range idx {
		out[i] = ords[j]
	}
	return out
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
	return p.r.s.failingRow(bad, p.u.Table, whole, 0, p.r.q.Fn.Style)
}

// finish stores what is left.
func (p *updater) finish() error {
	if err := p.upd.flush(); err != nil || p.moved == nil {
		return err
	}
	return p.moved.finish()
}
