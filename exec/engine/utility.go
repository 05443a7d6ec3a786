package engine

import (
	"context"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// utility runs a statement without a plan.
func (s *Session) utility(ctx context.Context, pl *plan.Stmt, cols []session.Column, st *parse.Statement, params []vec.Datum) (session.Result, error) {
	switch u := pl.Utility.(type) {
	case *ast.Set:
		return s.setStmt(u)
	case *ast.AlterSystem:
		return s.alterSystem(u)
	case *ast.Show:
		return s.show(u, cols)
	case *ast.Discard:
		return s.discard(u)
	case *ast.Maintenance:
		return s.maintenance(ctx, u)
	case *ast.SetConstraints:
		return s.setConstraints(ctx, u)
	case *ast.Lock:
		return s.lockTable(ctx, u)
	case *ast.Listen:
		return s.listenStmt(u)
	case *ast.Notify:
		return s.notifyStmt(u)
	case *ast.Prepare:
		return s.prepareStmt(u, st)
	case *ast.Execute:
		return s.executeStmt(ctx, u)
	case *ast.Deallocate:
		return s.deallocate(u)
	case *ast.Kill:
		return s.kill(u)
	case *ast.Use:
		return s.use(u)
	case *ast.Do:
		return s.do(ctx, u)
	case *ast.Fetch:
		return s.fetch(ctx, u)
	case *ast.CloseCursor:
		return s.closeCursor(ctx, u)
	}
	if err := withoutParams(pl.Utility); err != nil {
		return nil, err
	}
	if err := s.lockNames(ctx, pl.Utility); err != nil {
		return nil, err
	}
	return s.complete(ctx, params, false, func(r *run) (session.Result, error) {
		if u, ok := pl.Utility.(*ast.ShowObjects); ok {
			return s.showObjects(r, u, cols)
		}
		r.paramTypes = pl.Params
		return s.define1(r, pl.Utility, st.Off)
	})
}

// withoutParams refuses parameters in the expressions of definitions.
func withoutParams(u ast.Stmt) error {
	switch u := u.(type) {
	case *ast.CreateTable:
		if u.Query != nil || u.Execute != nil {
			return nil
		}
	case *ast.AlterTable, *ast.CreateIndex, *ast.CreateDomain, *ast.AlterDomain:
	default:
		return nil
	}
	if at, n := paramAt(u); at >= 0 {
		return sqlerr.At(at, pgerrcode.UndefinedParameter, "there is no parameter $%d", n)
	}
	return nil
}

// setStmt runs SET and RESET.
func (s *Session) setStmt(u *ast.Set) (session.Result, error) {
	word := "SET"
	if u.Reset {
		word = "RESET"
	}
	name := strings.ToLower(u.Name)
	if u.Local && !s.tx.block && !s.several {
		what := "SET LOCAL"
		if strings.HasPrefix(name, "transaction_") {
			what = "SET TRANSACTION"
		}
		s.warning(pgerrcode.NoActiveSQLTransaction, "%s can only be used in transaction blocks", what)
	}
	var err error
	switch {
	case u.Reset && name == "all":
		s.resetAll()
	case u.Reset || u.Value == nil:
		err = s.resetSetting(name, u.Local)
	case name == "transaction_snapshot":
		err = s.importSnapshot(u.Value[0])
	default:
		var v string
		if v, err = listValue(name, u.Value); err == nil {
			err = s.set(name, v, u.Local)
		}
	}
	for _, m := range u.More {
		if err == nil {
			err = s.set(m.Name, strings.Join(m.Value, ""), m.Local)
		}
	}
	if err != nil {
		return nil, err
	}
	return tag(word), s.finishLone(noContext)
}

// show runs SHOW of settings.
func (s *Session) show(u *ast.Show, cols []session.Column) (session.Result, error) {
	name := strings.ToLower(u.Name)
	if name != "all" {
		v, ok, err := s.examine(name)
		switch {
		case err != nil:
			return nil, err
		case !ok:
			return nil, unknownSetting(u.Name)
		}
		return textRows("SHOW", cols, [][]string{{v}}), nil
	}
	var out [][]string
	all := s.seesAll()
	for i := range settingList {
		if d := &settingList[i]; s.lists(d) && (all || !d.secret) && !strings.Contains(d.flags, "NO_SHOW_ALL") {
			v, _ := s.value(d.key())
			out = append(out, []string{d.shown(), v, d.desc})
		}
	}
	return textRows("SHOW", cols, out), nil
}

// discard runs DISCARD.
func (s *Session) discard(u *ast.Discard) (session.Result, error) {
	if u.What == "SEQUENCES" || u.What == "ALL" {
		s.seqMu.Lock()
		s.seqVals, s.lastSeq = nil, 0
		s.seqMu.Unlock()
	}
	if u.What == "TEMP" || u.What == "ALL" && !s.tx.block {
		if err := s.discardTemp(noContext); err != nil {
			return nil, err
		}
	}
	if u.What == "ALL" {
		if s.tx.block {
			return nil, sqlerr.New(pgerrcode.ActiveSQLTransaction, "DISCARD ALL cannot run inside a transaction block")
		}
		s.closeCursors()
		s.forgetPrepared()
		s.resetAll()
		s.unlistenAll()
		s.e.locks.endSession(s)
	}
	return tag("DISCARD " + u.What), s.finishLone(noContext)
}

// noRelationAt is noRelation with its position.
func noRelationAt(n ast.Name) error { return sqlerr.From(noRelation(n)).AtIfNone(n.Pos()) }

func noRelation(n ast.Name) error {
	name := n.Name
	if n.Schema != "" {
		name = n.Schema + "." + name
	}
	return sqlerr.New(pgerrcode.UndefinedTable, `relation "%s" does not exist`, name)
}

// textRows is a result of text columns that is there already.
func textRows(word string, cols []session.Column, data [][]string) *rows {
	b := &vec.Batch{N: len(data), Cols: make([]*vec.Vector, len(cols))}
	for c := range cols {
		v := vec.New(cols[c].Type, len(data))
		for i := range data {
			v.Str[i] = data[i][c]
		}
		b.Cols[c] = v
	}
	return &rows{command: command{word}, cols: cols, batches: []*vec.Batch{b}}
}
