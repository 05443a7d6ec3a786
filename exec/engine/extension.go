package engine

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// builtinExtension is the one that every database of Postgres has; statementsName can
// be created. There are no others.
const (
	builtinExtension  = "plpgsql"
	statementsName    = "pg_stat_statements"
	statementsVersion = "1.10"
)

// statementsViews are the relations of pg_stat_statements (its installation scripts).
var statementsViews = []struct{ name, text string }{
	{"pg_stat_statements_info", "SELECT * FROM pg_stat_statements_info()"},
	{"pg_stat_statements", "SELECT * FROM pg_stat_statements(true)"},
}

// createExtension runs CREATE EXTENSION.
func (s *Session) createExtension(r *run, u *ast.CreateExtension) (session.Result, error) {
	e, err := s.edit(r, "CREATE EXTENSION")
	if err != nil {
		return nil, err
	}
	if u.Name == builtinExtension || e.o.Extensions[u.Name] != nil {
		if !u.IfNotExists {
			return nil, sqlerr.New(pgerrcode.DuplicateObject, `extension "%s" already exists`, u.Name)
		}
		n := sqlerr.Notice(`extension "%s" already exists, skipping`, u.Name)
		n.Code = pgerrcode.DuplicateObject
		s.notice(n)
		return tag("CREATE EXTENSION"), nil
	}
	if u.Name != statementsName {
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, `extension "%s" is not available`, u.Name).
			WithDetail(`Could not open extension control file "/usr/share/postgresql/15/extension/%s.control": No such file or directory.`, u.Name).
			WithHint("The extension must first be installed on the system where PostgreSQL is running.")
	}
	if !e.c.isSuper() {
		return nil, denied(`permission denied to create extension "%s"`, u.Name).WithHint("Must be superuser to create this extension.")
	}
	ns, err := e.extensionPlace(u)
	if err != nil {
		return nil, err
	}
	x := &objects.Extension{Head: objects.Head{OID: e.w.NewOID(), NS: ns, Name: u.Name}, Version: statementsVersion, Owner: e.c.user}
	for _, v := range statementsViews {
		oid, err := e.memberView(ns, v.name, v.text)
		if err != nil {
			return nil, err
		}
		x.Members = append(x.Members, oid)
	}
	if e.o.Extensions == nil {
		e.o.Extensions = map[string]*objects.Extension{}
	}
	e.o.Extensions[x.Name] = x
	return tag("CREATE EXTENSION"), e.store()
}

// extensionPlace is the schema of an extension's objects: that of its options, or the
// first of the search path.
func (e *edit) extensionPlace(u *ast.CreateExtension) (uint32, error) {
	for _, o := range u.Options {
		switch {
		case o.Name == "schema":
			ns, ok := e.c.namespace(strings.Join(o.Value, ""))
			if !ok {
				return 0, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, strings.Join(o.Value, ""))
			}
			return ns, nil
		case o.Name == "new_version" && strings.Join(o.Value, "") != statementsVersion:
			return 0, sqlerr.New(pgerrcode.InvalidParameterValue, `extension "%s" has no installation script nor update path for version "%s"`, u.Name, strings.Join(o.Value, ""))
		}
	}
	ns, ok := e.c.firstSchema()
	if !ok {
		return 0, sqlerr.New(pgerrcode.UndefinedObject, "no schema has been selected to create in")
	}
	return ns, nil
}

// memberView makes a view of an extension, which everybody may read.
func (e *edit) memberView(ns uint32, name, text string) (uint32, error) {
	if e.c.taken(ns, name) {
		return 0, sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, name)
	}
	list, err := parse.Statements(text)
	if err != nil {
		return 0, err
	}
	v, _, err := e.bindView(list[0].Ast.(*ast.Select), text, nil, "")
	if err != nil {
		return 0, err
	}
	v.Head = objects.Head{OID: e.w.NewOID(), NS: ns, Name: name}
	e.o.Views[v.OID] = v
	if err := e.born(objects.ClassRelation, v.OID, ns, "r"); err != nil {
		return 0, err
	}
	key := objects.CommentKey(objects.ClassRelation, v.OID, "")
	acl := e.o.ACLs[key]
	if acl == nil {
		acl = roles.Default(roles.Kind('r'), e.c.user)
	}
	e.o.ACLs[key] = append(acl, roles.Item{To: roles.Public, By: e.c.user, Mode: roles.Select})
	return v.OID, nil
}

// dropExtension runs DROP EXTENSION.
func (e *edit) dropExtension(u *ast.Drop) (session.Result, error) {
	for _, n := range u.Names {
		x := e.o.Extensions[n.Name]
		switch {
		case n.Name == builtinExtension:
			return nil, sqlerr.Unsupported(-1, "dropping extension plpgsql is not supported")
		case x == nil && u.IfExists:
			e.s.notice(sqlerr.Notice(`extension "%s" does not exist, skipping`, n.Name))
			continue
		case x == nil:
			return nil, sqlerr.New(pgerrcode.UndefinedObject, `extension "%s" does not exist`, n.Name)
		case !e.c.owns(x.Owner):
			return nil, denied("must be owner of extension %s", x.Name)
		}
		var targets []addr
		for _, oid := range x.Members {
			targets = append(targets, addr{class: depRelation, oid: oid})
		}
		delete(e.o.Extensions, n.Name)
		if err := e.drop(targets, u.Cascade); err != nil {
			return nil, err
		}
	}
	return tag("DROP EXTENSION"), nil
}
