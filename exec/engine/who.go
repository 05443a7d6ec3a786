package engine

import (
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/storage/table"
)

// rolesKey is where the store keeps the roles, beside the list of databases.
const rolesKey = "roles"

// roleCache keeps the decoded roles by the bytes that they were read from.
type roleCache struct {
	mu  sync.Mutex
	raw *byte
	set *roles.Set
	// dbs are the databases likewise.
	rawDBs *byte
	dbs    *databases
}

// database returns a database in a snapshot, nil for none.
func (c *roleCache) database(snap table.Snapshot, oid uint32) *database {
	raw := snap.Meta(databasesKey)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dbs == nil || len(raw) > 0 && c.rawDBs != &raw[0] || len(raw) == 0 && c.rawDBs != nil {
		c.dbs, c.rawDBs = databasesOf(snap), nil
		if len(raw) > 0 {
			c.rawDBs = &raw[0]
		}
	}
	for _, d := range c.dbs.list {
		if d.OID == oid {
			return d
		}
	}
	return nil
}

// freshRoles are the roles of a file in which none was made yet.
var freshRoles = roles.New(Superuser)

// get returns the roles in a snapshot. A damaged list is as good as the fresh one
// for reading; a change of it fails, see storeRoles.
func (c *roleCache) get(snap table.Snapshot) (*roles.Set, error) {
	raw := snap.Meta(rolesKey)
	if len(raw) == 0 {
		return freshRoles, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.raw == &raw[0] {
		return c.set, nil
	}
	set, err := roles.Decode(raw)
	if err != nil {
		return freshRoles, err
	}
	c.raw, c.set = &raw[0], set
	return set, nil
}

// rolesOf returns the roles as the statement in hand sees them.
func (s *Session) rolesOf(snap table.Snapshot) roles.In {
	set := s.tx.roles
	if set == nil {
		set, _ = s.e.roles.get(snap)
	}
	in := roles.In{Set: set, DBA: roles.Super}
	if d := s.e.roles.database(snap, s.dbOID); d != nil {
		in.DBA = d.owner()
	}
	return in
}

// who are the names of the current user and of the session's, as they were at a
// version of the store.
type who struct {
	known               bool
	version             uint64
	current, authorized uint32
	user, session       string
}

// names are the names of who the session is now.
func (s *Session) names() *who {
	version, ok := s.version()
	w := &s.who
	if w.known && ok && s.tx.roles == nil && w.version == version && w.current == s.current && w.authorized == s.authorized {
		return w
	}
	in := s.rolesNow()
	*w = who{ok && s.tx.roles == nil, version, s.current, s.authorized, in.Name(s.current), in.Name(s.authorized)}
	return w
}

// rolesNow is rolesOf for what the next statement reads.
func (s *Session) rolesNow() roles.In {
	snap, release := s.snapshot()
	defer release()
	return s.rolesOf(snap)
}

func (d *database) owner() uint32 {
	if d.Owner == 0 {
		return roles.Super
	}
	return d.Owner
}

// acl is the database's access list.
func (d *database) acl() roles.ACL {
	if d.ACL == nil {
		return roles.Default('d', d.owner())
	}
	return *d.ACL
}

// identify computes who the session is from its settings. A role that has got
// another name meanwhile stays who it is.
func (s *Session) identify() {
	names := [2]string{s.values["session_authorization"], s.values["role"]}
	if names == s.named {
		return
	}
	in := s.rolesNow()
	if r := in.Named(names[0]); r != nil && names[0] != s.named[0] {
		s.authorized = r.OID
	}
	if r := in.Named(names[1]); r != nil && names[1] != "none" {
		s.current = r.OID
	} else {
		s.current = s.authorized
	}
	s.named = names
}

// follows are the settings that change with one: SESSION AUTHORIZATION ends SET
// ROLE, and is_superuser is of the current role.
func (s *Session) follows(name, v string) values {
	in := s.rolesNow()
	is := func(name string) string {
		r := in.Named(name)
		return onOff(r != nil && r.Super)
	}
	switch {
	case name == "session_authorization":
		return values{"role": "none", "is_superuser": is(v)}
	case name == "role" && v == "none":
		return values{"is_superuser": onOff(in.IsSuper(s.authorized))}
	case name == "role":
		return values{"is_superuser": is(v)}
	}
	return nil
}

// roleSpec is the role that a statement names.
func (c *catalog) roleSpec(s *Session, r ast.Role) (uint32, error) {
	switch r.Kind {
	case "current_role", "current_user":
		return c.user, nil
	case "session_user":
		return s.authorized, nil
	case "public":
		return 0, noRole("public")
	}
	if x := c.Named(r.Name); x != nil {
		return x.OID, nil
	}
	return 0, noRole(r.Name)
}

func noRole(name string) error {
	return sqlerr.New(pgerrcode.UndefinedObject, `role "%s" does not exist`, name)
}

// roleSpecs is roleSpec for a list.
func (c *catalog) roleSpecs(s *Session, list []ast.Role) ([]uint32, error) {
	var out []uint32
	for _, r := range list {
		oid, err := c.roleSpec(s, r)
		if err != nil {
			return nil, err
		}
		out = append(out, oid)
	}
	return out, nil
}

func denied(format string, args ...any) *sqlerr.Error {
	return sqlerr.New(pgerrcode.InsufficientPrivilege, format, args...)
}

// isSuper reports that the current user is a superuser.
func (c *catalog) isSuper() bool { return c.IsSuper(c.user) }

// storeRoles puts changed roles in place; the edit goes on with what they are
// then.
func (e *edit) storeRoles(set *roles.Set) error {
	if _, err := e.s.e.roles.get(e.c.snap); err != nil {
		return err
	}
	b, err := set.Encode()
	if err != nil {
		return err
	}
	if err := e.w.SetMeta(rolesKey, b); err != nil {
		return err
	}
	e.s.tx.roles = set
	return e.again()
}
