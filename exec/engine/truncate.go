package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// truncate runs TRUNCATE.
func (s *Session) truncate(r *run, u *ast.Truncate) (session.Result, error) {
	e, err := s.edit(r, "TRUNCATE TABLE")
	if err != nil {
		return nil, err
	}
	var defs []*types.Table
	for _, n := range u.Names {
		if err := s.otherDB(n); err != nil {
			return nil, err
		}
		if err := e.c.Denied(n.Schema); err != nil {
			return nil, err
		}
		rel := e.c.find(n.Schema, n.Name)
		switch {
		case rel == nil:
			return nil, noRelation(n)
		case rel.kind != 'r':
			return nil, sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a table`, n.Name)
		}
		if e.c.relMask(rel, e.c.user, roles.Truncate) == 0 {
			return nil, denied("permission denied for table %s", rel.name)
		}
		defs = append(defs, rel.def)
	}
	if defs, err = e.truncated(defs, u.Cascade); err != nil {
		return nil, err
	}
	for _, def := range defs {
		if err := e.w.Truncate(def.Path()); err != nil {
			return nil, err
		}
		s.truncated(def)
	}
	if !u.Restart {
		return tag("TRUNCATE TABLE"), nil
	}
	for oid, q := range e.o.Sequences {
		for _, def := range defs {
			if q.Table == def.OID {
				if err := e.c.needOwner(e.c.relationOf(oid)); err != nil {
					return nil, err
				}
				next := *q
				next.Gen, next.First = newGen(), nil
				e.o.Sequences[oid] = &next
			}
		}
	}
	return tag("TRUNCATE TABLE"), e.store()
}
