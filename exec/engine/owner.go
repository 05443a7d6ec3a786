package engine

import (
	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// privilegeStmt runs the statements about roles and privileges; ok is false for
// others.
func (s *Session) privilegeStmt(r *run, u ast.Stmt) (res session.Result, ok bool, err error) {
	switch u := u.(type) {
	case *ast.CreateRole:
		res, err = s.createRole(r, u)
	case *ast.AlterRole:
		res, err = s.alterRole(r, u)
	case *ast.AlterRoleSet:
		res, err = s.setRoleSetting(r, u)
	case *ast.DropRole:
		res, err = s.dropRole(r, u)
	case *ast.GrantRole:
		res, err = s.grantRole(r, u)
	case *ast.Grant:
		res, err = s.grant(r, u)
	case *ast.DefaultPrivileges:
		res, err = s.defaultPrivileges(r, u)
	case *ast.ReassignOwned:
		res, err = s.reassignOwned(r, u)
	case *ast.DropOwned:
		res, err = s.dropOwned(r, u)
	default:
		return nil, false, nil
	}
	return res, true, err
}

// born gives a new object of the current user's its owner and the access list
// that ALTER DEFAULT PRIVILEGES says. ns is its schema, kind the letter of
// pg_default_acl.
func (e *edit) born(class string, oid, ns uint32, kind string) error {
	return e.bornTo(e.c.user, class, oid, ns, kind)
}

func (e *edit) bornTo(owner uint32, class string, oid, ns uint32, kind string) error {
	key := objects.CommentKey(class, oid, "")
	if owner != roles.Super {
		e.o.Owners[key] = owner
	}
	acl, err := e.defaultACL(owner, ns, kind)
	if err == nil && acl != nil {
		e.o.ACLs[key] = acl
	}
	return err
}

// defaultACL is the access list of a new object, nil for the built-in default
// (aclchk.c, get_user_default_acl).
func (e *edit) defaultACL(owner, ns uint32, kind string) (roles.ACL, error) {
	var global, local roles.ACL
	found := false
	for _, d := range e.o.Defaults {
		if d.Role != owner || d.Kind != kind {
			continue
		}
		switch d.NS {
		case 0:
			global, found = d.ACL, true
		case pgcatalog.SchemaOID(ns):
			local, found = d.ACL, true
		}
	}
	if !found || objects.IsTemp(ns) {
		return nil, nil
	}
	built := roles.Default(roles.Kind(kind[0]), owner)
	if len(global) == 0 && len(local) == 0 {
		return nil, nil // two empty lists are none (aclmerge), so that the built-in one holds
	}
	if global == nil {
		global = built
	}
	acl, err := e.c.Merge(global, local, owner)
	if err != nil || roles.Same(acl, built) {
		return nil, err
	}
	return acl.Sorted(), nil
}

// newOwner finds the role that an object goes to and holds the change to those
// who may make it: the owner, who must be a member of the new one.
func (e *edit) newOwner(r ast.Role) (uint32, error) {
	to, err := e.c.roleSpec(e.s, r)
	if err != nil {
		return 0, err
	}
	return to, nil
}

func (e *edit) mayGiveTo(to uint32) error {
	if !e.c.IsMember(e.c.user, to) {
		return denied(`must be member of role "%s"`, e.c.Name(to))
	}
	return nil
}

// give changes the owner of what is kept under a key.
func (e *edit) give(key string, from, to uint32) {
	if e.o.Owners[key] = to; to == roles.Super {
		delete(e.o.Owners, key)
	}
	if acl, ok := e.o.ACLs[key]; ok {
		e.o.ACLs[key] = acl.NewOwner(from, to)
	}
}

// giveRelation is ALTER ... OWNER TO of a relation (tablecmds.c,
// ATExecChangeOwner).
func (e *edit) giveRelation(rel *relation, r ast.Role) error {
	to, err := e.newOwner(r)
	if err != nil {
		return err
	}
	from := e.c.relOwner(rel)
	switch {
	case rel.kind == 'i':
		if from != to {
			e.s.notice(warningWithHint(`cannot change owner of index "`+rel.name+`"`, "Change the ownership of the index's table, instead."))
		}
		return nil
	case rel.seq != nil && rel.seq.Table != 0 && from != to:
		err := sqlerr.New(pgerrcode.FeatureNotSupported, `cannot change owner of sequence "%s"`, rel.name)
		if t := e.c.byOID(rel.seq.Table); t != nil {
			err = err.WithDetail(`Sequence "%s" is linked to table "%s".`, rel.name, t.Name)
		}
		return err
	case from == to:
		return nil
	}
	if !e.c.isSuper() {
		if err := e.c.needOwner(rel); err != nil {
			return err
		}
		if err := e.mayGiveTo(to); err != nil {
			return err
		}
		if e.c.schemaMask(rel.ns, to, roles.Create) == 0 {
			return denied("permission denied for schema %s", e.c.nsName(rel.ns))
		}
	}
	e.giveAll(rel, from, to)
	return e.store()
}

// giveAll changes the owner of a relation, of its columns' lists and of the
// sequences that belong to it.
func (e *edit) giveAll(rel *relation, from, to uint32) {
	oid := e.c.relOID(rel)
	e.give(objects.CommentKey(objects.ClassRelation, oid, ""), from, to)
	for i := range e.c.columns(rel) {
		key := rel.colKey(oid, i+1)
		if acl, ok := e.o.ACLs[key]; ok {
			e.o.ACLs[key] = acl.NewOwner(from, to)
		}
	}
	for _, q := range e.o.Sequences {
		if q.Table == oid {
			e.give(objects.CommentKey(objects.ClassRelation, q.OID, ""), from, to)
		}
	}
}

func warningWithHint(text, hint string) *sqlerr.Error {
	w := sqlerr.New(pgerrcode.WrongObjectType, "%s", text).WithHint("%s", hint)
	w.Severity = "WARNING"
	return w
}

// setOwner runs ALTER ... OWNER TO.
func (s *Session) setOwner(r *run, u *ast.SetOwner) (session.Result, error) {
	e, err := s.edit(r, "ALTER "+u.Kind)
	if err != nil {
		return nil, err
	}
	word := tag("ALTER " + u.Kind)
	switch u.Kind {
	case "SCHEMA":
		return word, e.giveSchema(u)
	case "DATABASE":
		return word, e.giveDatabase(u)
	case "TYPE", "DOMAIN":
		return word, e.giveType(u)
	case "":
		return nil, sqlerr.Unsupported(u.Pos(), "ALTER ... OWNER TO of this kind of object is not supported")
	}
	rel, err := e.named(u.Name, u.Kind, u.IfExists)
	if rel == nil || err != nil {
		return word, err
	}
	return word, e.giveRelation(rel, u.Role)
}

func (e *edit) giveSchema(u *ast.SetOwner) error {
	to, err := e.newOwner(u.Role)
	if err != nil {
		return err
	}
	ns, ok := e.c.namespace(u.Name.Name)
	switch {
	case !ok:
		return sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, u.Name.Name)
	case e.o.Schemas[ns] == nil:
		return sqlerr.Unsupported(u.Pos(), "changing the owner of schema %s is not supported", u.Name.Name)
	}
	from := e.c.schemaOwner(ns)
	if from == to {
		return nil
	}
	if !e.c.isSuper() {
		if err := e.c.needSchemaOwner(ns); err != nil {
			return err
		}
		if err := e.mayGiveTo(to); err != nil {
			return err
		}
		if err := e.s.needDB(e.c, roles.Create, "permission denied for database %s"); err != nil {
			return err
		}
	}
	e.giveNamespace(ns, from, to)
	return e.store()
}

func (e *edit) giveNamespace(ns, from, to uint32) {
	key := objects.CommentKey(objects.ClassSchema, ns, "")
	if _, ok := e.o.ACLs[key]; !ok && ns == objects.Public {
		e.o.ACLs[key] = e.c.schemaACL(ns)
	}
	e.give(key, from, to)
	e.o.Owners[key] = to
}

func (e *edit) giveDatabase(u *ast.SetOwner) error {
	to, err := e.newOwner(u.Role)
	if err != nil {
		return err
	}
	list := databasesOf(e.c.snap)
	d := list.named(u.Name.Name)
	switch {
	case d == nil:
		return sqlerr.New(pgerrcode.InvalidCatalogName, `database "%s" does not exist`, u.Name.Name)
	case d.owner() == to:
		return nil
	}
	if !e.c.isSuper() {
		if err := e.c.needDBOwner(d); err != nil {
			return err
		}
		if err := e.mayGiveTo(to); err != nil {
			return err
		}
		if !e.c.Role(e.c.user).CreateDB {
			return denied("permission denied to change owner of database")
		}
	}
	return list.with(d.givenTo(to)).store(e.w)
}

// givenTo is a database with another owner.
func (d *database) givenTo(to uint32) *database {
	next := *d
	if d.ACL != nil {
		acl := d.ACL.NewOwner(d.owner(), to)
		next.ACL = &acl
	}
	next.Owner = to
	return &next
}

func (e *edit) giveType(u *ast.SetOwner) error {
	t, err := e.namedType(u.Name, u.Kind)
	if err != nil {
		return err
	}
	to, err := e.newOwner(u.Role)
	if err != nil {
		return err
	}
	from := e.c.objs.Owner(objects.ClassType, t.OID)
	if from == to {
		return nil
	}
	if !e.c.isSuper() {
		if err := e.c.needTypeOwner(t); err != nil {
			return err
		}
		if err := e.mayGiveTo(to); err != nil {
			return err
		}
		if e.c.schemaMask(t.NS, to, roles.Create) == 0 {
			return denied("permission denied for schema %s", e.c.nsName(t.NS))
		}
	}
	e.give(objects.CommentKey(objects.ClassType, t.OID, ""), from, to)
	return e.store()
}
