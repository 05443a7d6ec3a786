package engine

import (
	"context"

	"github.com/jackc/pgerrcode"

	"tagd/planner"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// sqlPrepared is a statement of PREPARE.
type sqlPrepared struct {
	p    *prepared
	text string // of PREPARE
}

// prepareStmt runs PREPARE.
func (s *Session) prepareStmt(u *ast.Prepare, st *parse.Statement) (session.Result, error) {
	if s.prepared[u.Name] != nil || s.hostHas(u.Name) {
		return nil, sqlerr.New(pgerrcode.DuplicatePreparedStatement, `prepared statement "%s" already exists`, u.Name)
	}
	switch u.Stmt.(type) {
	case *ast.Select, *ast.Insert, *ast.Update, *ast.Delete, *ast.Merge:
	default:
		return nil, sqlerr.Unsupported(u.Pos(), "this statement cannot be prepared")
	}
	given := make([]types.Type, len(u.Types))
	for i, n := range u.Types {
		t, err := s.resolveType(n)
		if err != nil {
			return nil, err
		}
		given[i] = t
	}
	p, err := s.prepare(&parse.Statement{Ast: u.Stmt, Text: "\x01" + st.Text, Off: st.Off, Whole: st.Whole}, given)
	if err != nil {
		return nil, err
	}
	s.prepared[u.Name] = &sqlPrepared{p: p, text: st.Whole}
	return tag("PREPARE"), s.finishLone(noContext)
}

func (s *Session) sqlPrepared(u *ast.Execute) (*sqlPrepared, error) {
	p := s.prepared[u.Name]
	if h, ok := s.host.(session.StatementHost); ok && p == nil {
		if of, ok := h.Statement(u.Name).(*prepared); ok && !of.Empty() {
			return &sqlPrepared{p: of}, nil
		}
	}
	if p == nil {
		return nil, sqlerr.New(pgerrcode.InvalidSQLStatementName, `prepared statement "%s" does not exist`, u.Name)
	}
	return p, nil
}

// executeStmt runs EXECUTE.
func (s *Session) executeStmt(ctx context.Context, u *ast.Execute) (session.Result, error) {
	p, params, err := s.executed(ctx, u)
	if err == nil {
		err = s.planned(p, params)
	}
	if err != nil {
		return nil, err
	}
	p.runs++
	return s.execute(ctx, p, params)
}

// executed returns the statement of an EXECUTE and the values of its arguments.
func (s *Session) executed(ctx context.Context, u *ast.Execute) (*prepared, []vec.Datum, error) {
	sp, err := s.sqlPrepared(u)
	if err != nil {
		return nil, nil, err
	}
	p := sp.p
	if err := s.refresh(p); err != nil {
		return nil, nil, err
	}
	if len(p.plan.Params) == 0 {
		return p, nil, nil // PostgreSQL does not look at the values of a statement that takes none
	}
	if len(u.Args) != len(p.plan.Params) {
		return nil, nil, sqlerr.New(pgerrcode.SyntaxError, `wrong number of parameters for prepared statement "%s"`, u.Name).
			WithDetail("Expected %d parameters but got %d.", len(p.plan.Params), len(u.Args))
	}
	params, err := s.evalArgs(ctx, u.Args, p.plan.Params)
	return p, params, err
}

// evalArgs computes the arguments of EXECUTE as a query of one row whose columns
// are cast to the parameters' types.
func (s *Session) evalArgs(ctx context.Context, args []ast.Expr, want []types.Type) ([]vec.Datum, error) {
	if len(args) == 0 {
		return nil, nil
	}
	sel := &ast.Select{At: -1}
	for i, a := range args {
		tn := ast.TypeName{At: -1, Name: want[i].Elem().PGName()}
		switch {
		case want[i].IsVector():
			tn.Name = want[i].PGName()
		case want[i].Array:
			tn.Dims = 1
		}
		sel.Items = append(sel.Items, ast.Item{X: &ast.Cast{At: ast.At(a.Pos()), X: a, Type: tn}})
	}
	return s.oneRow(ctx, sel, nil, nil)
}

// CheckParam holds a parameter to its domain. See session.ParamChecker.
func (s *Session) CheckParam(ctx context.Context, t types.Type, d vec.Datum) error {
	c, release := s.catalog()
	def := c.objs.Types[t.Domain().OID]
	name := ast.TypeName{At: -1}
	if def != nil {
		name.Schema, name.Name = c.nsName(def.NS), def.Name
	}
	release()
	if def == nil {
		return nil // it is gone; the statement is bound again and says so
	}
	sel := &ast.Select{At: -1, Items: []ast.Item{{X: &ast.Cast{At: -1, X: &ast.Param{At: -1, N: 1}, Type: name}}}}
	_, err := s.oneRow(ctx, sel, []types.Type{t.WithoutDomain()}, []vec.Datum{d})
	return s.failed(err)
}

// oneRow runs a query that gives one row.
func (s *Session) oneRow(ctx context.Context, sel *ast.Select, given []types.Type, params []vec.Datum) ([]vec.Datum, error) {
	snap, release := s.snapshot()
	defer release()
	pl, err := planner.Plan(sel, s.catalogOf(snap), planner.Options{ParamTypes: given, Fn: s.fnCtx(noContext)})
	if err != nil {
		return nil, err
	}
	r := s.newRun(params)
	defer r.close()
	detach := r.attach(ctx)
	defer detach()
	r.read()
	out := make([]vec.Datum, len(sel.Items))
	err = r.each(pl.Query, func(b *vec.Batch) error {
		for i, v := range b.Cols {
			out[i] = v.Get(0)
		}
		return nil
	})
	return out, r.err(err)
}

// deallocate runs DEALLOCATE.
func (s *Session) deallocate(u *ast.Deallocate) (session.Result, error) {
	if u.Name == "" {
		s.forgetPrepared()
		return tag("DEALLOCATE ALL"), s.finishLone(noContext)
	}
	if s.prepared[u.Name] == nil && s.hostDeallocate(u.Name) {
		return tag("DEALLOCATE"), s.finishLone(noContext)
	}
	if s.prepared[u.Name] == nil {
		return nil, sqlerr.New(pgerrcode.InvalidSQLStatementName, `prepared statement "%s" does not exist`, u.Name)
	}
	delete(s.prepared, u.Name)
	return tag("DEALLOCATE"), s.finishLone(noContext)
}

// forgetPrepared forgets all prepared statements, those of the protocol too.
func (s *Session) forgetPrepared() {
	s.prepared = map[string]*sqlPrepared{}
	s.hostDeallocate("")
}

// Named is a statement of PREPARE. See session.StatementOwner.
func (s *Session) Named(name string) session.Prepared {
	if p := s.prepared[name]; p != nil {
		return p.p
	}
	return nil
}

// Forget drops a statement of PREPARE. See session.StatementOwner.
func (s *Session) Forget(name string) { delete(s.prepared, name) }

// hostHas reports whether the protocol has a statement of the name.
func (s *Session) hostHas(name string) bool {
	h, ok := s.host.(session.StatementHost)
	return ok && h.Statement(name) != nil
}

// hostDeallocate forgets a statement of the protocol, all of them for "".
func (s *Session) hostDeallocate(name string) bool {
	h, ok := s.host.(session.StatementHost)
	return ok && h.Deallocate(name)
}
