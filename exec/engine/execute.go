package engine

import (
	"context"

	"tagd/planner"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// Execute starts a prepared statement. See session.Session.
func (s *Session) Execute(ctx context.Context, sp session.Prepared, params []vec.Datum) (session.Result, error) {
	p := sp.(*prepared)
	if p.Empty() {
		return tag(""), nil
	}
	if !s.tx.on && s.conf != s.e.conf.now.Load() {
		s.reconfigure()
	}
	if !isDiagnostic(p.st.Ast) {
		s.diagnostics = nil
	}
	began := s.active(p.st)
	if t, ok := p.st.Ast.(*ast.Transaction); ok {
		c, err := s.transaction(ctx, t, p.st.Text)
		if err != nil {
			return nil, s.failed(err)
		}
		s.track(p.st, began, c)
		return c, nil
	}
	if s.tx.aborted {
		return nil, errAborted
	}
	s.begin()
	defer s.sendLate()
	p.runs++
	res, err := s.execute(ctx, p, params)
	if err != nil {
		err = s.failed(err)
		if s.lone && !s.tx.block {
			s.rollback()
		}
		return nil, err
	}
	s.track(p.st, began, res)
	return res, nil
}

// Check holds that a statement may be bound now. See session.Session.
func (s *Session) Check(_ context.Context, sp session.Prepared) error {
	p := sp.(*prepared)
	switch {
	case s.tx.aborted && (p.Empty() || !isTxEnd(p.st.Ast)):
		return errAborted
	case p.Empty() || p.plan == nil:
		return nil
	}
	return s.failed(s.refresh(p))
}

// execute runs a statement inside the transaction that is open.
func (s *Session) execute(ctx context.Context, p *prepared, params []vec.Datum) (session.Result, error) {
	if c, ok := p.plan.Utility.(*ast.Copy); ok && c != nil {
		var err error
		if p, err = s.prepareAlone(p.st); err != nil {
			return nil, err
		}
		params = nil
	}
	if err := s.refresh(p); err != nil {
		return nil, err
	}
	if len(params) == 0 { // with some it has been planned by Bind or EXECUTE
		if err := s.planned(p, nil); err != nil {
			return nil, err
		}
	}
	if err := s.permitted(p); err != nil {
		return nil, err
	}
	if err := s.acquire(ctx, p); err != nil {
		return nil, err
	}
	if !isSetting(p.st.Ast) {
		s.tx.used = true
	}
	for _, text := range p.plan.Notices {
		s.notice(sqlerr.Notice("%s", text))
	}
	s.noteReads(p.plan.Tables)
	if !p.plan.Facts.Appends {
		if err := s.seal(ctx); err != nil {
			return nil, err
		}
	}
	if d, ok := p.st.Ast.(*ast.DeclareCursor); ok {
		return s.declare(ctx, d, p.inner, params)
	}
	return s.dispatch(ctx, p.plan, p.cols, p.st, params)
}

// customPlans is how often PostgreSQL plans a statement with the values of its
// parameters before it thinks of a plan for all values.
const customPlans = 5

// Plan holds that a statement can be planned. See session.Planner.
func (s *Session) Plan(sp session.Prepared, params []vec.Datum) error {
	p := sp.(*prepared)
	if p.Empty() || p.plan == nil {
		return nil
	}
	return s.failed(s.planned(p, params))
}

// planned is the error that planning a statement for its next execution meets, nil
// without one.
func (s *Session) planned(p *prepared, params []vec.Datum) error {
	pl := p.plan
	switch {
	case p.inner != nil:
		pl = p.inner.plan
	case pl.Explain != nil:
		pl = pl.Explain.Target
	}
	if len(pl.Params) == 0 || p.runs >= customPlans {
		return pl.Fails
	}
	if len(pl.OfParams) == 0 {
		return nil
	}
	return planner.Failure(pl, params, planner.Options{Fn: s.fnCtx(noContext)})
}

// isSetting reports statements that may stand before SET TRANSACTION.
func isSetting(a ast.Stmt) bool {
	switch a.(type) {
	case *ast.Set, *ast.Show, *ast.Transaction:
		return true
	}
	return false
}

// change is a statement that ends within Execute.
type change func(r *run) (session.Result, error)

func (s *Session) dispatch(ctx context.Context, pl *plan.Stmt, cols []session.Column, st *parse.Statement, params []vec.Datum) (session.Result, error) {
	switch {
	case pl.Query != nil && pl.Facts.Changes:
		return s.complete(ctx, params, false, func(r *run) (session.Result, error) { return s.changingQuery(r, pl.Query, cols) })
	case pl.Query != nil:
		if err := s.lockRows(ctx, pl); err != nil {
			return nil, err
		}
		return s.query(ctx, pl, cols, params)
	case pl.Copy != nil && pl.Copy.In:
		return s.copyIn(ctx, pl.Copy)
	case pl.Copy != nil:
		if err := s.lockRows(ctx, pl); err != nil {
			return nil, err
		}
		return s.copyOut(ctx, pl.Copy, params)
	case pl.Utility != nil:
		return s.utility(ctx, pl, cols, st, params)
	}
	var do change
	switch {
	case pl.Insert != nil:
		do = func(r *run) (session.Result, error) { return s.insert(r, pl.Insert) }
	case pl.Update != nil:
		do = func(r *run) (session.Result, error) { return s.update(r, pl.Update) }
	case pl.Delete != nil:
		do = func(r *run) (session.Result, error) { return s.delete(r, pl.Delete) }
	case pl.Merge != nil:
		do = func(r *run) (session.Result, error) { return s.merge(r, pl.Merge) }
	case pl.Explain != nil:
		do = func(r *run) (session.Result, error) { return s.explain(r, pl.Explain, st) }
	}
	return s.complete(ctx, params, pl.Facts.Appends, do)
}

// complete runs a change to its end, and commits it if it stands alone.
func (s *Session) complete(ctx context.Context, params []vec.Datum, appends bool, do change) (session.Result, error) {
	r := s.newRun(params)
	defer r.close()
	h := r.hold(ctx)
	defer h.drop()
	res, err := do(r)
	if err == nil {
		err = s.settleRefs(r)
	}
	if err == nil {
		err = s.endStep(r.ctx, appends)
	}
	if err != nil {
		return nil, r.err(err)
	}
	return res, nil
}

// query starts a SELECT.
func (s *Session) query(ctx context.Context, pl *plan.Stmt, cols []session.Column, params []vec.Datum) (session.Result, error) {
	q, err := s.reading(ctx, pl.Query, cols, params)
	if err != nil {
		return nil, err
	}
	return q, nil
}

// reading starts a query of which nothing has been read.
func (s *Session) reading(ctx context.Context, n plan.Node, cols []session.Column, params []vec.Datum) (*query, error) {
	r := s.newRun(params)
	h := r.hold(ctx)
	defer h.drop()
	r.read()
	cur, err := r.open(n)
	if err != nil {
		err = r.err(err)
		r.close()
		return nil, err
	}
	return s.opened(&query{r: r, cur: cur, cols: cols, word: "SELECT"}), nil
}
