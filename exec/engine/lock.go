package engine

import (
	"context"

	"github.com/jackc/pgerrcode"

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
	if err := s.lockable(u.Names); err != nil {
		return nil, err
	}
	if u.Mode < ast.ShareUpdateExclusive || s.tx.readOnly || s.tx.write != nil {
		return tag("LOCK TABLE"), nil
	}
	wait := ctx
	if u.NoWait {
		var cancel context.CancelFunc
		wait, cancel = context.WithCancel(ctx)
		cancel()
	}
	if _, err := s.writer(wait, "LOCK TABLE"); err != nil {
		if u.NoWait && ctx.Err() == nil {
			return nil, sqlerr.New(pgerrcode.LockNotAvailable, `could not obtain lock on relation "%s"`, u.Names[0].Name)
		}
		return nil, err
	}
	return tag("LOCK TABLE"), nil
}

// lockable holds the names of LOCK TABLE to tables and views.
func (s *Session) lockable(names []ast.Name) error {
	c, release := s.catalog()
	defer release()
	for _, n := range names {
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
		}
	}
	return nil
}
