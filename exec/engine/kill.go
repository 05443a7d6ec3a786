package engine

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
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

// terminate is pg_terminate_backend. A second argument is how long to wait for the
// end of the session, in milliseconds.
func (s *Session) terminate(ctx context.Context, args []vec.Datum) (vec.Datum, error) {
	pid, wait := int32(args[0].I), int64(0)
	if len(args) > 1 {
		wait = args[1].I
	}
	if wait < 0 {
		return vec.Datum{}, sqlerr.New(pgerrcode.NumericValueOutOfRange, `"timeout" must not be negative`)
	}
	done, err := s.signal(pid, true)
	if err != nil || done.I == 0 || wait == 0 {
		return done, err
	}
	limit := time.NewTimer(time.Duration(min(wait, math.MaxInt32)) * time.Millisecond)
	defer limit.Stop()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for s.e.live.session(pid) != nil {
		select {
		case <-ctx.Done():
			return vec.Datum{}, causeError(context.Cause(ctx))
		case <-limit.C:
			s.warning("01000", "backend with PID %d did not terminate within %d milliseconds", pid, wait)
			return boolDatum(false), nil
		case <-look.C:
		}
	}
	return done, nil
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
