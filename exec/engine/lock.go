package engine

import (
	"context"

	"github.com/jackc/pgerrcode"

	"tagd/exec/roles"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// lockTable runs LOCK TABLE. Readers work on snapshots and are never waited for,
// and one transaction at a time writes: a mode that excludes any writer takes the
// right to write, the weaker ones ask for nothing.
func (s *Session) lockTable(ctx context.Context, u *ast.Lock) (session.Result, error) {
	if !s.tx.block {
		return nil, sqlerr.New(pgerrcode.NoActiveSQLTransaction, "LOCK TABLE can only be used in transaction blocks")
	}
	if err := s.lockable(u.Names, u.Mode); err != nil {
		return nil, err
	}
	if u.Mode < ast.ShareUpdateExclusive || s.tx.readOnly || s.tx.write != nil {
		return tag("LOCK TABLE"), nil
	}
	return tag("LOCK TABLE"), s.takeWriter(ctx, "LOCK TABLE", u.NoWait,
		sqlerr.New(pgerrcode.LockNotAvailable, `could not obtain lock on relation "%s"`, u.Names[0].Name))
}

// takeWriter takes the right to write until the transaction's end; with noWait it
// gives busy where another session has it.
func (s *Session) takeWriter(ctx context.Context, what string, noWait bool, busy error) error {
	r := s.newRun(nil) // whose clock is statement_timeout
	defer r.close()
	defer r.attach(ctx)()
	if noWait {
		ok, err := s.writerNow(r.ctx, what)
		if !ok && err == nil {
			err = busy
		}
		return err
	}
	_, err := s.writer(r.ctx, what)
	return r.err(err)
}

// lockRows does what FOR UPDATE and its kin ask for: while this transaction has
// the right to write, no other one changes any row. SKIP LOCKED waits too: which
// rows the other transaction has changed cannot be told, and to give out none
// would say that there are none.
func (s *Session) lockRows(ctx context.Context, pl *plan.Stmt) error {
	l := pl.Lock
	if l == nil {
		return nil
	}
	if s.tx.write == nil {
		if err := s.takeLock(ctx, l); err != nil {
			return err
		}
	}
	if w, ok := s.tx.write.(*lateWrite); ok {
		return w.lockable(pl.Tables)
	}
	return nil
}

func (s *Session) takeLock(ctx context.Context, l *plan.RowLock) error {
	return s.takeWriter(ctx, l.Clause, l.NoWait,
		sqlerr.New(pgerrcode.LockNotAvailable, `could not obtain lock on row in relation "%s"`, l.Table))
}

// lockable holds the names of LOCK TABLE to tables and views.
func (s *Session) lockable(names []ast.Name, mode ast.LockMode) error {
	c, release := s.catalog()
	defer release()
	for _, n := range names {
		if err := c.Denied(n.Schema); err != nil {
			return err
		}
		r := c.findIndex(n.Schema, n.Name)
		switch {
		case r == nil && n.Schema != "":
			if _, ok := c.namespace(n.Schema); !ok {
				return sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, n.Schema)
			}
			fallthrough
		case r == nil:
			return noRelation(n)
		case r.kind != 'r' && r.kind != 'v' && r.kind != 'V':
			return sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a table or view`, n.Name).
				WithDetail("This operation is not supported for %ss.", kindWords[r.kind])
		case c.relMask(r, c.user, lockNeeds(mode)) == 0:
			return denied("permission denied for %s %s", c.relWord(r), r.name)
		}
	}
	return nil
}

// lockNeeds are the privileges of which one is needed for a mode (lockcmds.c,
// LockTableAclCheck).
func lockNeeds(mode ast.LockMode) roles.Mode {
	switch mode {
	case 1: // ACCESS SHARE
		return roles.Select
	case 3: // ROW EXCLUSIVE
		return roles.Insert | roles.Update | roles.Delete | roles.Truncate
	}
	return roles.Update | roles.Delete | roles.Truncate
}
