package engine

import (
	"sort"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/session"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// updater is a running UPDATE. Only the columns that it needs are read; the
// others stand as NULL in the batches that expressions see.
type updater struct {
	r     *run
	w     table.Write
	u     *plan.Update
	scan  *plan.Scan // columns read, then the ordinal
	cols  []int      // the table columns that scan reads
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
	if err := s.mayRead(u.Table.Name); err != nil {
		return nil, err
	}
	r.read()
	p := newUpdater(r, w, u)
	if err := r.each(p.scan, p.batch); err != nil {
		return nil, err
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	s.touch(u.Table.Name, touch{rows: true})
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
	p.scan, p.cols = narrow(u.Scan, u.Table, used)
	return p
}

// narrow returns a scan of the used columns and the ordinal, in order of
// ordinals, and the columns.
func narrow(full *plan.Scan, def *types.Table, used map[int]bool) (*plan.Scan, []int) {
	var cols []int
	for i := range used {
		cols = append(cols, i)
	}
	sort.Ints(cols)
	n := *full
	n.Ordered = true
	n.Cols = append(append([]int(nil), cols...), -1)
	n.Fields = make([]plan.Field, 0, len(n.Cols))
	for _, c := range cols {
		n.Fields = append(n.Fields, plan.Field{Name: def.Columns[c].Name, Type: def.Columns[c].Type})
	}
	n.Fields = append(n.Fields, plan.Field{Name: "ordinal", Type: types.Of(types.Int8)})
	return &n, cols
}

// widen puts the columns of a narrow scan at their places in the table.
func widen(def *types.Table, cols []int, b *vec.Batch) (*vec.Batch, []int64) {
	row := nullBatch(def, b.N)
	for i, c := range cols {
		row.Cols[c] = b.Cols[i]
	}
	return row, b.Cols[len(cols)].Flat().I64
}

func (p *updater) batch(b *vec.Batch) error {
	row, ords := widen(p.u.Table, p.cols, b)
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
	if p.upd != nil {
		err = p.upd.addSorted(ords, vals)
	} else {
		err = p.move(ords, row)
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
	whole, err := fetch(p.r.ctx, p.r.tableOf(p.u.Table.Name), ords[at:at+1])
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
	if err := p.w.Delete(p.r.ctx, p.u.Table.Name, p.ords); err != nil {
		return err
	}
	for _, b := range p.moved {
		if err := p.w.Append(p.r.ctx, p.u.Table.Name, b); err != nil {
			return err
		}
	}
	return nil
}
