package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// dependents says what keeps a role from being dropped, as the DETAIL of that
// error has it: objects of this database one by one, those of others counted.
func (e *edit) dependents(role uint32) ([]string, error) {
	list := databasesOf(e.c.snap)
	var out, others []string
	for _, d := range list.list {
		if d.owner() == role {
			out = append(out, "owner of database "+d.Name)
		}
		if d.ACL != nil && d.ACL.Names(role) && d.owner() != role {
			out = append(out, "privileges for database "+d.Name)
		}
		if d.OID == e.s.dbOID {
			out = append(out, e.dependentsHere(role)...)
			continue
		}
		o, err := e.s.e.sets.get(e.c.snap, d.OID)
		if err != nil {
			return nil, err
		}
		if n := count(o, role); n == 1 {
			others = append(others, "1 object in database "+d.Name)
		} else if n > 1 {
			others = append(others, fmt.Sprintf("%d objects in database %s", n, d.Name))
		}
	}
	return append(out, others...), nil
}

// count is how many objects of a database depend on a role.
func count(o *objects.Set, role uint32) int {
	n := 0
	for _, owner := range o.Owners {
		if owner == role {
			n++
		}
	}
	for key, acl := range o.ACLs {
		if acl.Names(role) && o.Owners[key] != role {
			n++
		}
	}
	for _, d := range o.Defaults {
		if d.Role == role || d.ACL.Names(role) {
			n++
		}
	}
	return n
}

// dependentsHere lists what depends on a role in this database, by OID.
func (e *edit) dependentsHere(role uint32) []string {
	type dep struct {
		oid  uint64
		text string
	}
	var deps []dep
	add := func(key, how string) {
		if what, oid := e.c.describeKey(key); what != "" {
			deps = append(deps, dep{oid, how + what})
		}
	}
	for key, owner := range e.o.Owners {
		if owner == role {
			add(key, "owner of ")
		}
	}
	for key, acl := range e.o.ACLs {
		if acl.Names(role) && e.o.Owners[key] != role {
			add(key, "privileges for ")
		}
	}
	for _, d := range e.o.Defaults {
		what := e.c.describeDefault(&d)
		switch {
		case d.Role == role:
			deps = append(deps, dep{uint64(d.OID) << 16, "owner of " + what})
		case d.ACL.Names(role):
			deps = append(deps, dep{uint64(d.OID) << 16, "privileges for " + what})
		}
	}
	slices.SortFunc(deps, func(a, b dep) int {
		if a.oid != b.oid {
			return int(int64(a.oid) - int64(b.oid))
		}
		return strings.Compare(a.text, b.text)
	})
	var out []string
	for _, d := range deps {
		out = append(out, d.text)
	}
	return out
}

// describeKey names the object of a key of Owners and ACLs.
func (c *catalog) describeKey(key string) (what string, order uint64) {
	class, rest, _ := strings.Cut(key, " ")
	num, sub, isCol := strings.Cut(rest, "/")
	n, _ := strconv.ParseUint(num, 10, 32)
	oid := uint32(n)
	order = n << 16
	switch class {
	case objects.ClassSchema:
		return "schema " + c.nsName(oid), uint64(pgcatalog.SchemaOID(oid)) << 16
	case objects.ClassType:
		if t := c.objs.Types[oid]; t != nil {
			return "type " + c.shownType(t.NS, t.Name), order
		}
	case objects.ClassFunction:
		name := ""
		if f := pgcatalog.Function(oid); f != nil {
			name = f.Name
		}
		args, _ := pgcatalog.FunctionArguments(oid, c.typeName, false)
		return "function " + name + "(" + strings.ReplaceAll(args, ", ", ",") + ")", order
	case objects.ClassLanguage:
		return "language " + pgcatalog.LanguageName(oid), order
	case objects.ClassRelation:
		rel := c.relationOf(oid)
		if rel == nil {
			name, ok := pgcatalog.RelationName(oid)
			if !ok {
				return "", 0
			}
			return "table " + name, order
		}
		text := kindWords[rel.kind] + " " + c.shown(rel.ns, rel.name)
		if isCol {
			id, _ := strconv.Atoi(sub)
			for i, name := range c.columnNames(rel) {
				if rel.colKey(oid, i+1) == key {
					return "column " + name + " of " + text, order + uint64(id)
				}
			}
		}
		return text, order
	}
	return "", 0
}

// describeDefault names a row of pg_default_acl (objectaddress.c).
func (c *catalog) describeDefault(d *objects.DefaultACL) string {
	kinds := map[string]string{"r": "relations", "S": "sequences", "f": "functions", "T": "types", "n": "schemas"}
	text := "default privileges on new " + kinds[d.Kind] + " belonging to role " + c.Name(d.Role)
	if d.NS != 0 {
		text += " in schema " + c.nsName(pgcatalog.SchemaKey(objects.ClassSchema, d.NS))
	}
	return text
}

// reassignOwned runs REASSIGN OWNED.
func (s *Session) reassignOwned(r *run, u *ast.ReassignOwned) (session.Result, error) {
	e, err := s.edit(r, "REASSIGN OWNED")
	if err != nil {
		return nil, err
	}
	from, err := e.c.roleSpecs(s, u.Roles)
	if err != nil {
		return nil, err
	}
	for _, role := range from {
		if !e.c.HasPrivs(e.c.user, role) {
			return nil, denied("permission denied to reassign objects")
		}
	}
	to, err := e.c.roleSpec(s, u.To)
	if err != nil {
		return nil, err
	}
	if !e.c.HasPrivs(e.c.user, to) {
		return nil, denied("permission denied to reassign objects")
	}
	for _, role := range from {
		if role == roles.Super || role < roles.FirstOwn && reserved(e.c.Name(role)) {
			return nil, sqlerr.New(pgerrcode.DependentObjectsStillExist,
				"cannot reassign ownership of objects owned by role %s because they are required by the database system", e.c.Name(role))
		}
		if err := e.reassign(role, to); err != nil {
			return nil, err
		}
	}
	return tag("REASSIGN OWNED"), nil
}

// reassign gives all that a role owns to another: in this database, and the
// databases themselves.
func (e *edit) reassign(from, to uint32) error {
	list, changed := databasesOf(e.c.snap), false
	for _, d := range list.list {
		if d.owner() == from {
			list, changed = list.with(d.givenTo(to)), true
		}
	}
	if changed {
		if err := list.store(e.w); err != nil {
			return err
		}
	}
	for key, owner := range e.o.Owners {
		if owner != from {
			continue
		}
		e.give(key, from, to)
		if key == objects.CommentKey(objects.ClassSchema, objects.Public, "") {
			e.o.Owners[key] = to
		}
		for k, acl := range e.o.ACLs {
			if strings.HasPrefix(k, key+"/") {
				e.o.ACLs[k] = acl.NewOwner(from, to)
			}
		}
	}
	return e.store()
}

// dropOwned runs DROP OWNED: what roles own in this database goes, and so do
// privileges that they have or gave.
func (s *Session) dropOwned(r *run, u *ast.DropOwned) (session.Result, error) {
	e, err := s.edit(r, "DROP OWNED")
	if err != nil {
		return nil, err
	}
	list, err := e.c.roleSpecs(s, u.Roles)
	if err != nil {
		return nil, err
	}
	for _, role := range list {
		if !e.c.HasPrivs(e.c.user, role) {
			return nil, denied("permission denied to drop objects")
		}
	}
	var targets []addr
	for _, role := range list {
		if role == roles.Super || role < roles.FirstOwn && reserved(e.c.Name(role)) {
			return nil, sqlerr.New(pgerrcode.DependentObjectsStillExist,
				"cannot drop objects owned by role %s because they are required by the database system", e.c.Name(role))
		}
		if err := e.disown(role); err != nil {
			return nil, err
		}
		targets = append(targets, e.owned(role)...)
	}
	if len(targets) > 0 {
		if err := e.drop(targets, u.Cascade); err != nil {
			return nil, err
		}
	}
	return tag("DROP OWNED"), nil
}

// disown takes a role out of all access lists of the database, and of the lists
// of databases.
func (e *edit) disown(role uint32) error {
	list, changed := databasesOf(e.c.snap), false
	for _, d := range list.list {
		if d.ACL != nil && d.ACL.Names(role) && d.OID == e.s.dbOID {
			acl := e.c.Without(*d.ACL, role, d.owner())
			next := *d
			next.ACL = &acl
			list, changed = list.with(&next), true
		}
	}
	if changed {
		if err := list.store(e.w); err != nil {
			return err
		}
	}
	for key, acl := range e.o.ACLs {
		if !acl.Names(role) {
			continue
		}
		whole, _, isCol := strings.Cut(key, "/")
		owner, ok := e.o.Owners[whole]
		if !ok {
			owner = roles.Super
		}
		if owner == role {
			continue // it goes anyway
		}
		next := e.c.Without(acl, role, owner)
		if e.o.ACLs[key] = next; isCol && len(next) == 0 {
			delete(e.o.ACLs, key)
		}
	}
	e.o.Defaults = slices.DeleteFunc(e.o.Defaults, func(d objects.DefaultACL) bool { return d.Role == role })
	for i := range e.o.Defaults {
		if d := &e.o.Defaults[i]; d.ACL.Names(role) {
			d.ACL = e.c.Without(d.ACL, role, d.Role).Sorted()
		}
	}
	e.o.Defaults = slices.DeleteFunc(e.o.Defaults, func(d objects.DefaultACL) bool { return roles.Same(d.ACL, builtDefault(d.Kind, d.NS, d.Role)) })
	return e.store()
}

// owned are the objects of a role in this database.
func (e *edit) owned(role uint32) []addr {
	var out []addr
	for key, owner := range e.o.Owners {
		if owner != role {
			continue
		}
		class, rest, _ := strings.Cut(key, " ")
		n, err := strconv.ParseUint(rest, 10, 32)
		if err != nil {
			continue
		}
		a := addr{oid: uint32(n)}
		switch class {
		case objects.ClassSchema:
			a.class = depSchema
		case objects.ClassType:
			a.class = depType
		case objects.ClassRelation:
			a.class = depRelation
			if q := e.o.Sequences[a.oid]; q != nil && q.Identity {
				continue
			}
		default:
			continue
		}
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b addr) int { return int(a.oid) - int(b.oid) })
	return out
}
