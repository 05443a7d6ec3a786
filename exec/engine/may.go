package engine

import (
	"strconv"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
)

// relOID is a relation's OID, also of the system's.
func (c *catalog) relOID(rel *relation) uint32 {
	if rel.kind == 'V' {
		return pgcatalog.RelationOID(c.nsName(rel.ns), rel.name)
	}
	return rel.oid
}

// relOwner is the owner of a relation; an index belongs to its table's.
func (c *catalog) relOwner(rel *relation) uint32 {
	switch {
	case rel.kind == 'V':
		return roles.Super
	case rel.kind == 'i' && rel.def != nil:
		return c.objs.Owner(objects.ClassRelation, rel.def.OID)
	}
	if rel.typ != nil {
		return c.objs.Owner(objects.ClassType, rel.typ.OID)
	}
	return pgcatalog.RelationOwner(c.objs, rel.oid)
}

// aclKind is the kind of a relation's access list.
func (rel *relation) aclKind() roles.Kind {
	if rel.kind == 'S' {
		return 'S'
	}
	return 'r'
}

// relACL is a relation's access list.
func (c *catalog) relACL(rel *relation) roles.ACL {
	if acl, ok := c.objs.ACLs[objects.CommentKey(objects.ClassRelation, c.relOID(rel), "")]; ok {
		return acl
	}
	if rel.kind == 'V' {
		if acl := pgcatalog.SystemACL(rel.name); acl != nil {
			return acl
		}
	}
	return roles.Default(rel.aclKind(), c.relOwner(rel))
}

// colKey is the key of a column's access list: columns of tables are known by
// their IDs, others by their numbers.
func (rel *relation) colKey(oid uint32, attr int) string {
	id := uint32(attr)
	if rel.def != nil && attr > 0 && attr <= len(rel.def.Columns) {
		id = rel.def.Columns[attr-1].ID
	}
	return objects.CommentKey(objects.ClassRelation, oid, strconv.Itoa(int(id)))
}

// colACL is the access list of a column by its number, nil for none.
func (c *catalog) colACL(rel *relation, attr int) roles.ACL {
	if rel.kind == 'V' && rel.name == "pg_subscription" {
		return pgcatalog.SystemColumnACL(rel.name, c.columnNames(rel)[attr-1])
	}
	return c.objs.ACLs[rel.colKey(c.relOID(rel), attr)]
}

// relMask returns those of the privileges in mask that a role has on a whole
// relation (aclchk.c, pg_class_aclmask).
func (c *catalog) relMask(rel *relation, role uint32, mask roles.Mode) roles.Mode {
	if c.IsSuper(role) {
		return mask
	}
	got := c.Mask(c.relACL(rel), role, c.relOwner(rel), mask)
	if mask&^got&roles.Select != 0 && c.HasPrivs(role, roles.ReadAllData) {
		got |= roles.Select & mask
	}
	const write = roles.Insert | roles.Update | roles.Delete
	if mask&^got&write != 0 && c.HasPrivs(role, roles.WriteAllData) && rel.kind != 'V' {
		got |= write & mask
	}
	return got
}

// colMask is relMask for what is granted on a column itself.
func (c *catalog) colMask(rel *relation, attr int, role uint32, mask roles.Mode) roles.Mode {
	acl := c.colACL(rel, attr)
	if acl == nil {
		return 0
	}
	return c.Mask(acl, role, c.relOwner(rel), mask)
}

// columns is the number of a relation's columns.
func (c *catalog) columns(rel *relation) int {
	switch {
	case rel.def != nil && rel.kind != 'i':
		return len(rel.def.Columns)
	case rel.view != nil:
		return len(rel.view.Columns)
	}
	_, f := c.virtual(rel)
	return len(f)
}

// anyCol reports a column on which a role has one of the privileges in mask.
func (c *catalog) anyCol(rel *relation, role uint32, mask roles.Mode) bool {
	for i := 1; i <= c.columns(rel); i++ {
		if c.colMask(rel, i, role, mask) != 0 {
			return true
		}
	}
	return false
}

// owns reports whether the current user may do what the owner may.
func (c *catalog) owns(owner uint32) bool { return c.HasPrivs(c.user, owner) }

// schemaOwner and schemaACL are a schema's.
func (c *catalog) schemaOwner(ns uint32) uint32 { return pgcatalog.SchemaOwner(c.objs, ns) }

func (c *catalog) schemaACL(ns uint32) roles.ACL {
	if acl := pgcatalog.SchemaACL(c.objs, ns); acl != nil {
		return acl
	}
	return roles.Default('n', c.schemaOwner(ns))
}

// schemaMask is relMask for a schema.
func (c *catalog) schemaMask(ns, role uint32, mask roles.Mode) roles.Mode {
	if c.IsSuper(role) || objects.IsTemp(ns) && ns == c.temp {
		return mask
	}
	got := c.Mask(c.schemaACL(ns), role, c.schemaOwner(ns), mask)
	if mask&^got&roles.Usage != 0 && (c.HasPrivs(role, roles.ReadAllData) || c.HasPrivs(role, roles.WriteAllData)) {
		got |= roles.Usage
	}
	return got
}

// maySchema reports whether the current user has a privilege on a schema.
func (c *catalog) maySchema(ns uint32, mode roles.Mode) bool {
	return c.schemaMask(ns, c.user, mode) != 0
}

// needSchema refuses what needs a privilege on a schema.
func (c *catalog) needSchema(ns uint32, mode roles.Mode) error {
	if c.maySchema(ns, mode) {
		return nil
	}
	return denied("permission denied for schema %s", c.nsName(ns))
}

// needOwner refuses what only a relation's owner may do.
func (c *catalog) needOwner(rel *relation) error {
	if c.owns(c.relOwner(rel)) {
		return nil
	}
	return denied("must be owner of %s %s", kindWords[rel.kind], rel.name)
}

// needSchemaOwner, needTypeOwner and needDBOwner are needOwner of others.
func (c *catalog) needSchemaOwner(ns uint32) error {
	if c.owns(c.schemaOwner(ns)) {
		return nil
	}
	return denied("must be owner of schema %s", c.nsName(ns))
}

func (c *catalog) needTypeOwner(t *objects.Type) error {
	if c.owns(c.objs.Owner(objects.ClassType, t.OID)) {
		return nil
	}
	return denied("must be owner of type %s", c.shownType(t.NS, t.Name))
}

func (c *catalog) needDBOwner(d *database) error {
	if c.owns(d.owner()) {
		return nil
	}
	return denied("must be owner of database %s", d.Name)
}

// typeACL is the access list of a user's type.
func (c *catalog) typeACL(oid uint32) roles.ACL {
	if acl, ok := c.objs.ACLs[objects.CommentKey(objects.ClassType, oid, "")]; ok {
		return acl
	}
	return roles.Default('T', c.objs.Owner(objects.ClassType, oid))
}

// dbMask is relMask for a database.
func (c *catalog) dbMask(d *database, role uint32, mask roles.Mode) roles.Mode {
	if c.IsSuper(role) {
		return mask
	}
	return c.Mask(d.acl(), role, d.owner(), mask)
}

// needDB refuses what needs a privilege on the session's database.
func (s *Session) needDB(c *catalog, mode roles.Mode, format string) error {
	d := databasesOf(c.snap).named(s.db)
	if d == nil || c.dbMask(d, c.user, mode) != 0 {
		return nil
	}
	return denied(format, s.db)
}
