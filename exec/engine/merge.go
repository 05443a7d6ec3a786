package engine

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// merger is a running MERGE.
type merger struct {
	r     *run
	w     table.Write
	m     *plan.Merge
	ev    *kernel.Evaluator
	acts  []mergeAct
	check *checker // of new rows
	watch *keyWatch
	hits  map[int64]struct{} // rows that the statement has changed
	gone  []int64            // rows that go
	count int64
}

// mergeAct is a WHEN clause with the statement's parameters put in.
type mergeAct struct {
	*plan.MergeAction
	cond plan.Expr
	set  []plan.Expr
	upd  *updater // of UPDATE
}

// merge runs MERGE.
func (s *Session) merge(r *run, m *plan.Merge) (session.Result, error) {
	w, err := s.writer(r.ctx, "MERGE")
	if err != nil {
		return nil, err
	}
	r.read()
	g := &merger{r: r, w: w, m: m, ev: kernel.NewEvaluator(r.q.Fn), check: newChecker(r, m.Table, m.Checks, nil), watch: r.watch(m.Table),
		hits: map[int64]struct{}{}}
	for i := range m.Actions {
		a := mergeAct{MergeAction: &m.Actions[i], cond: subst(m.Actions[i].Cond, r.q.Params)}
		switch a.Do {
		case ast.MergeInsert:
			a.set = r.params(a.Set)
		case ast.MergeUpdate:
			a.upd = newUpdater(r, w, &plan.Update{Table: m.Table, Input: m.Input, Cols: a.Cols, Set: a.Set, Checks: m.Checks})
		}
		g.acts = append(g.acts, a)
	}
	if err := r.each(m.Input, g.batch); err != nil {
		return nil, err
	}
	if err := g.finish(); err != nil {
		return nil, err
	}
	return &command{countTag("MERGE", g.count)}, nil
}

// batch gives every row of b to the first clause that is for it.
func (g *merger) batch(b *vec.Batch) error {
	at := b.Cols[len(g.m.Table.Columns)]
	var rest [2][]int32
	for i := range b.N {
		kind := 0
		if !at.IsNull(i) {
			kind = 1
		}
		rest[kind] = append(rest[kind], int32(i))
	}
	for i := range g.acts {
		a, kind := &g.acts[i], 0
		if a.Matched {
			kind = 1
		}
		mine, others, err := g.choose(a.cond, b, rest[kind])
		if err != nil {
			return err
		}
		rest[kind] = others
		if len(mine) == 0 || a.Do == ast.MergeNothing {
			continue
		}
		if err := g.act(a, gatherBatch(b, mine)); err != nil {
			return err
		}
	}
	return nil
}

// choose parts rows of b by a clause's condition.
func (g *merger) choose(cond plan.Expr, b *vec.Batch, rows []int32) (mine, others []int32, err error) {
	if cond == nil || len(rows) == 0 {
		return rows, nil, nil
	}
	idx, err := g.ev.Select(cond, gatherBatch(b, rows), nil)
	if err != nil {
		return nil, nil, err
	}
	for i, row := range rows {
		if len(idx) > 0 && int(idx[0]) == i {
			mine, idx = append(mine, row), idx[1:]
		} else {
			others = append(others, row)
		}
	}
	return mine, others, nil
}

// act carries a clause out for rows of the input.
func (g *merger) act(a *mergeAct, b *vec.Batch) error {
	g.count += int64(b.N)
	if a.Do == ast.MergeInsert {
		return g.insert(a, b)
	}
	ords := b.Cols[len(g.m.Table.Columns)].Flat().I64
	for _, o := range ords[:b.N] {
		if _, twice := g.hits[o]; twice {
			return sqlerr.New(pgerrcode.CardinalityViolation, "MERGE command cannot affect row a second time").
				WithHint("Ensure that not more than one source row matches any one target row.")
		}
		g.hits[o] = struct{}{}
	}
	if err := g.r.q.Mem.Add(int64(b.N) * 16); err != nil {
		return err
	}
	if a.Do == ast.MergeUpdate {
		return a.upd.batch(b, ords)
	}
	g.gone = append(g.gone, ords...)
	return g.watch.deleted(b)
}

// insert adds rows made of rows of the source.
func (g *merger) insert(a *mergeAct, b *vec.Batch) error {
	row, err := evalAll(g.ev, a.set, b)
	if err != nil {
		return err
	}
	made := map[int]*vec.Vector{}
	for c, x := range a.Generated {
		if made[c], err = g.ev.Eval(x, row); err != nil {
			return err
		}
	}
	for c, v := range made {
		row.Cols[c] = v
	}
	return g.check.store(g.r, g.w, row, func(b *vec.Batch) error {
		if err := g.w.Append(g.r.ctx, g.m.Table.Path(), b); err != nil {
			return err
		}
		return g.watch.inserted(b)
	})
}

// finish stores the changes of stored rows.
func (g *merger) finish() error {
	slices.Sort(g.gone)
	if err := segments(g.gone, func(lo, hi int) error { return g.w.Delete(g.r.ctx, g.m.Table.Path(), g.gone[lo:hi]) }); err != nil {
		return err
	}
	for i := range g.acts {
		if u := g.acts[i].upd; u != nil {
			if err := u.finish(); err != nil {
				return err
			}
		}
	}
	return nil
}
