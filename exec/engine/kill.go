package engine

import (
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// kill runs KILL [CONNECTION|QUERY] id.
func (s *Session) kill(u *ast.Kill) (session.Result, error) {
	lit, ok := u.ID.(*ast.Literal)
	if !ok || lit.Kind != ast.LitInt {
		return nil, sqlerr.Unsupported(u.ID.Pos(), "KILL of an expression is not supported").WithHint("Write the number that SHOW PROCESSLIST gives.")
	}
	pid, err := strconv.ParseInt(lit.Text, 10, 32)
	if err == nil {
		c, release := s.catalog()
		err = s.mayInterrupt(c, int32(pid), !u.Query)
		release()
		if sqlerr.Code(err) == pgerrcode.InsufficientPrivilege {
			return nil, err
		}
	}
	if err != nil || !s.e.live.interrupt(int32(pid), !u.Query) {
		return nil, sqlerr.At(lit.Pos(), pgerrcode.UndefinedObject, "there is no connection %s", lit.Text)
	}
	return tag("KILL"), s.finishLone(noContext)
}

// interrupt ends what a session runs, or with end its connection; false if there
// is no such session.
func (r *registry) interrupt(pid int32, end bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.set {
		if s.pid == pid && s.interrupt != nil {
			s.interrupt(end)
			return true
		}
	}
	return false
}

// use runs USE: a connection stays in its database, as in Postgres.
func (s *Session) use(u *ast.Use) (session.Result, error) {
	snap, release := s.snapshot()
	d := databasesOf(snap).named(u.Name)
	release()
	switch {
	case d == nil:
		return nil, sqlerr.New(pgerrcode.InvalidCatalogName, `database "%s" does not exist`, u.Name)
	case u.Name != s.db:
		return nil, sqlerr.Unsupported(u.Pos(), "changing the database of a connection is not supported").
			WithHint(`Connect to it: \c %s in psql.`, u.Name)
	}
	return tag("USE"), s.finishLone(noContext)
}
