package engine

import (
	"context"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/roles"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// lockTable runs LOCK TABLE. Readers work on snapshots and are never waited for: a
// mode that excludes any writer locks the tables as those who change them do, the
// weaker ones ask for nothing.
func (s *Session) lockTable(ctx context.Context, u *ast.Lock) (session.Result, error) {
	if !s.tx.block {
		return nil, sqlerr.New(pgerrcode.NoActiveSQLTransaction, "LOCK TABLE can only be used in transaction blocks")
	}
	oids, err := s.lockables(u.Names, u.Mode)
	if err != nil {
		return nil, err
	}
	if u.Mode < ast.ShareUpdateExclusive || s.tx.readOnly {
		return tag("LOCK TABLE"), nil
	}
	w := wants{}
	for _, oid := range oids {
		w[oid] = exclusiveLock
	}
	ok, err := s.lockAll(ctx, w, u.NoWait)
	if !ok && err == nil {
		err = sqlerr.New(pgerrcode.LockNotAvailable, `could not obtain lock on relation "%s"`, u.Names[0].Name)
	}
	return tag("LOCK TABLE"), err
}

// lockRows does what FOR UPDATE and its kin ask for: while this transaction has
// the tables, no other one changes any of their rows. SKIP LOCKED waits too: which
// rows the other transaction has changed cannot be told, and to give out none
// would say that there are none.
func (s *Session) lockRows(ctx context.Context, pl *plan.Stmt) error {
	l := pl.Lock
	if l == nil {
		return nil
	}
	if s.tx.readOnly {
		return sqlerr.New(pgerrcode.ReadOnlySQLTransaction, "cannot execute %s in a read-only transaction", l.Clause)
	}
	if s.tx.frozen && s.tx.snap == nil {
		s.tx.snap = s.e.store.Snapshot()
	}
	w, mode := wants{}, exclusiveLock
	if strings.HasSuffix(l.Clause, "SHARE") {
		mode = shareLock
	}
	for _, def := range pl.Tables {
		if !objects.IsTemp(def.NS) {
			w[def.OID] = mode
		}
	}
	ok, err := s.lockAll(ctx, w, l.NoWait)
	switch {
	case err != nil:
		return err
	case !ok:
		return sqlerr.New(pgerrcode.LockNotAvailable, `could not obtain lock on row in relation "%s"`, l.Table)
	case s.tx.frozen:
		return s.lockable(pl.Tables)
	}
	return nil
}

// lockables holds the names of LOCK TABLE to tables and views, and returns the
// OIDs of those that keep rows.
func (s *Session) lockables(names []ast.Name, mode ast.LockMode) (oids []uint32, err error) {
	c, release := s.catalog()
	defer release()
	for _, n := range names {
		if err := c.Denied(n.Schema); err != nil {
			return nil, err
		}
		r := c.findIndex(n.Schema, n.Name)
		switch {
		case r == nil && n.Schema != "":
			if _, ok := c.namespace(n.Schema); !ok {
				return nil, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, n.Schema)
			}
			fallthrough
		case r == nil:
			return nil, noRelation(n)
		case r.kind != 'r' && r.kind != 'v' && r.kind != 'V':
			return nil, sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a table or view`, n.Name).
				WithDetail("This operation is not supported for %ss.", kindWords[r.kind])
		case c.relMask(r, c.user, lockNeeds(mode)) == 0:
			return nil, denied("permission denied for %s %s", c.relWord(r), r.name)
		}
		if r.def != nil {
			oids = append(oids, r.def.OID)
		}
	}
	return oids, nil
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
