package engine

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// defaultKinds are the letters of pg_default_acl.
var defaultKinds = map[string]string{"TABLE": "r", "SEQUENCE": "S", "FUNCTION": "f", "ROUTINE": "f", "TYPE": "T", "SCHEMA": "n"}

// defaultPrivileges runs ALTER DEFAULT PRIVILEGES.
func (s *Session) defaultPrivileges(r *run, u *ast.DefaultPrivileges) (session.Result, error) {
	e, err := s.edit(r, "ALTER DEFAULT PRIVILEGES")
	if err != nil {
		return nil, err
	}
	g, err := e.granting(&u.Grant)
	if err != nil {
		return nil, err
	}
	if u.Grant.Kind == "TABLE" {
		if whole := roles.All('r'); g.all {
			g.privs = whole
		} else if g.privs&^whole != 0 {
			return nil, sqlerr.New(pgerrcode.InvalidGrantOperation, "invalid privilege type %s for relation", (g.privs &^ whole).Word())
		}
	}
	of := []uint32{e.c.user}
	if u.Roles != nil {
		if of, err = e.c.roleSpecs(s, u.Roles); err != nil {
			return nil, err
		}
	}
	spaces := []uint32{0}
	if u.Schemas != nil {
		spaces = nil
	}
	for _, role := range of {
		if err := e.mayGiveTo(role); err != nil {
			return nil, err
		}
		for _, name := range u.Schemas {
			ns, ok := e.c.namespace(name)
			if !ok {
				return nil, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, name)
			}
			spaces = append(spaces, pgcatalog.SchemaOID(ns))
		}
		for _, ns := range spaces {
			if err := g.setDefault(role, ns, defaultKinds[u.Grant.Kind]); err != nil {
				return nil, err
			}
		}
	}
	return tag("ALTER DEFAULT PRIVILEGES"), e.store()
}

// setDefault changes one list of defaults (aclchk.c, SetDefaultACL).
func (g *granting) setDefault(role, ns uint32, kind string) error {
	e := g.e
	if ns != 0 && kind == "n" {
		return sqlerr.New(pgerrcode.InvalidGrantOperation, "cannot use IN SCHEMA clause when using GRANT/REVOKE ON SCHEMAS")
	}
	built := builtDefault(kind, ns, role)
	at := slices.IndexFunc(e.o.Defaults, func(d objects.DefaultACL) bool { return d.Role == role && d.NS == ns && d.Kind == kind })
	old := built
	if at >= 0 {
		old = e.o.Defaults[at].ACL
	}
	next, err := e.c.Apply(old, role, &roles.Change{Revoke: g.u.Revoke, Option: g.u.Option, Cascade: g.u.Cascade, To: g.to, By: role, Privs: g.privs})
	next = next.Sorted() // as PostgreSQL sorts the two lists to compare them, and keeps the one
	switch {
	case err != nil:
		return err
	case roles.Same(next, built):
		if at >= 0 {
			e.o.Defaults = slices.Delete(e.o.Defaults, at, at+1)
		}
	case at >= 0:
		e.o.Defaults[at].ACL = next
	default:
		e.o.Defaults = append(e.o.Defaults, objects.DefaultACL{OID: e.w.NewOID(), Role: role, NS: ns, Kind: kind, ACL: next})
	}
	return nil
}

// builtDefault is the list that objects have where no row of pg_default_acl says
// otherwise; in a schema rows only add to it.
func builtDefault(kind string, ns, role uint32) roles.ACL {
	if ns != 0 {
		return roles.ACL{}
	}
	return roles.Default(roles.Kind(kind[0]), role)
}
