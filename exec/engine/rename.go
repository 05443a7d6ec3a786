package engine

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// rename runs ALTER ... RENAME of everything but tables and databases.
func (s *Session) rename(r *run, u *ast.Rename) (session.Result, error) {
	word, _, _ := strings.Cut(u.Kind, " COLUMN")
	word, _, _ = strings.Cut(word, " CONSTRAINT")
	word, _, _ = strings.Cut(word, " ATTRIBUTE")
	e, err := s.edit(r, "ALTER "+word)
	if err != nil {
		return nil, err
	}
	switch u.Kind {
	case "SCHEMA":
		err = e.renameSchema(u)
	case "DATABASE":
		err = e.renameDatabase(u)
	case "ROLE":
		err = e.renameRole(u)
	case "TYPE", "DOMAIN":
		err = e.renameType(u)
	case "TYPE ATTRIBUTE":
		err = e.renameAttribute(u)
	case "DOMAIN CONSTRAINT":
		err = e.renameDomainCheck(u)
	default:
		err = e.renameRelation(u)
	}
	return tag("ALTER " + word), err
}

// named finds the relation of ALTER VIEW and its kin and holds it to its kind;
// nil without an error where IF EXISTS skips it.
func (e *edit) named(n ast.Name, kind string, ifExists bool) (*relation, error) {
	rel, err := e.altered(n, ifExists)
	if rel == nil || err != nil {
		return nil, err
	}
	if kind == "INDEX" && (rel.kind == 'r' || rel.kind == 'm') {
		return rel, nil // which Postgres lets pass
	}
	if want := strings.ToLower(kind); kindWords[rel.kind] != want {
		article := "a"
		if want == "index" {
			article = "an"
		}
		return nil, sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not %s %s`, n.Name, article, want)
	}
	return rel, nil
}

func (e *edit) renameRelation(u *ast.Rename) error {
	kind, isColumn := strings.CutSuffix(u.Kind, " COLUMN")
	rel, err := e.named(u.Name, kind, u.IfExists)
	if rel == nil || err != nil {
		return err
	}
	if isColumn {
		return e.renameViewColumn(rel, u.Column, u.NewName)
	}
	return e.moveRelation(rel, rel.ns, u.NewName)
}

// alterOther runs an ALTER TABLE whose name is of something else: what Postgres
// lets it do with that.
func (e *edit) alterOther(rel *relation, u *ast.AlterTable) error {
	for i := range u.Actions {
		a := &u.Actions[i]
		switch {
		case a.Kind == ast.RenameTable:
			if err := e.moveRelation(rel, rel.ns, a.NewName); err != nil {
				return err
			}
		case a.Kind == ast.OwnerTo:
			if err := e.giveRelation(rel, a.Owner); err != nil {
				return err
			}
		case a.Kind == ast.RenameColumn && (rel.kind == 'v' || rel.kind == 'm'):
			if err := e.renameViewColumn(rel, a.Column, a.NewName); err != nil {
				return err
			}
		default:
			return sqlerr.New(pgerrcode.WrongObjectType, `ALTER action %s cannot be performed on relation "%s"`, actionWords[a.Kind], rel.name).
				WithDetail("This operation is not supported for %ss.", strings.Replace(kindWords[rel.kind], "index", "indexe", 1))
		}
	}
	return nil
}

// actionWords are the names of actions in messages (tablecmds.c,
// alter_table_type_to_string).
var actionWords = map[ast.AlterKind]string{
	ast.AddColumn: "ADD COLUMN", ast.DropColumn: "DROP COLUMN", ast.SetDefault: "ALTER COLUMN ... SET DEFAULT", ast.DropDefault: "ALTER COLUMN ... SET DEFAULT",
	ast.SetNotNull: "ALTER COLUMN ... SET NOT NULL", ast.DropNotNull: "ALTER COLUMN ... DROP NOT NULL", ast.SetType: "ALTER COLUMN ... SET DATA TYPE",
	ast.AddConstraint: "ADD CONSTRAINT", ast.DropConstraint: "DROP CONSTRAINT", ast.RenameConstraint: "RENAME CONSTRAINT",
	ast.AddIdentity: "ALTER COLUMN ... ADD IDENTITY", ast.SetIdentity: "ALTER COLUMN ... SET", ast.DropIdentity: "ALTER COLUMN ... DROP IDENTITY",
	ast.DropExpression: "ALTER COLUMN ... DROP EXPRESSION", ast.ValidateConstraint: "VALIDATE CONSTRAINT", ast.SetStorage: "ALTER COLUMN ... SET STORAGE",
	ast.SetLogged: "SET LOGGED", ast.SetUnlogged: "SET UNLOGGED", ast.SetTriggers: "DISABLE TRIGGER",
}

// moveRelation gives a relation another schema or name.
func (e *edit) moveRelation(rel *relation, ns uint32, name string) error {
	if (ns != rel.ns || name != rel.name) && e.c.taken(ns, name) {
		if ns != rel.ns {
			return sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists in schema "%s"`, name, e.c.nsName(ns))
		}
		return sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, name)
	}
	head := objects.Head{OID: rel.oid, NS: ns, Name: name}
	switch {
	case rel.seq != nil:
		q := *rel.seq
		q.Head = head
		e.o.Sequences[rel.oid] = &q
	case rel.index != nil:
		x := *rel.index
		x.Head = head
		e.o.Indexes[rel.oid] = &x
		if x.Unique {
			return e.renameUnique(rel.def, rel.name, name)
		}
	case rel.kind == 'i':
		return e.renameUnique(rel.def, rel.name, name)
	case rel.kind == 'v' || rel.kind == 'm':
		v := *rel.view
		v.Head = head
		e.o.Views[rel.oid] = &v
	}
	if rel.kind == 'r' || rel.kind == 'm' {
		if err := e.moveTable(rel.def, ns, name); err != nil {
			return err
		}
	}
	return e.store()
}

// moveTable gives a table another schema or name; what belongs to it follows.
func (e *edit) moveTable(old *types.Table, ns uint32, name string) error {
	if ns != old.NS {
		if other := e.clash(old, ns); other != "" {
			return sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists in schema "%s"`, other, e.c.nsName(ns))
		}
	}
	def := old.Clone()
	def.NS, def.Name = ns, name
	if err := e.alter(old, def); err != nil {
		return err
	}
	if ns == old.NS {
		return nil
	}
	for oid, q := range e.o.Sequences {
		if q.Table == def.OID {
			c := *q
			c.NS = ns
			e.o.Sequences[oid] = &c
		}
	}
	for oid, x := range e.o.Indexes {
		if x.Table == def.OID {
			c := *x
			c.NS = ns
			e.o.Indexes[oid] = &c
		}
	}
	return nil
}

// clash finds an index or sequence of a table whose name is taken in a schema.
func (e *edit) clash(def *types.Table, ns uint32) string {
	var names []string
	if def.Key >= 0 && def.KeyName != "" {
		names = append(names, def.KeyName)
	}
	for i := range def.Uniques {
		names = append(names, def.Uniques[i].Name)
	}
	for _, x := range e.o.Indexes {
		if x.Table == def.OID && !x.Unique {
			names = append(names, x.Name)
		}
	}
	for _, q := range e.o.Sequences {
		if q.Table == def.OID {
			names = append(names, q.Name)
		}
	}
	for _, n := range names {
		if e.c.taken(ns, n) {
			return n
		}
	}
	return ""
}

// renameUnique renames the key or UNIQUE constraint of a table.
func (e *edit) renameUnique(old *types.Table, from, to string) error {
	def := old.Clone()
	if def.Key >= 0 && def.KeyName == from {
		def.KeyName = to
	}
	for i := range def.Uniques {
		if def.Uniques[i].Name == from {
			def.Uniques[i].Name = to
		}
	}
	if err := e.alter(old, def); err != nil {
		return err
	}
	return e.store()
}

// setSchema runs ALTER ... SET SCHEMA.
func (s *Session) setSchema(r *run, u *ast.SetSchema) (session.Result, error) {
	e, err := s.edit(r, "ALTER "+u.Kind)
	if err != nil {
		return nil, err
	}
	word := tag("ALTER " + u.Kind)
	if u.Kind == "TYPE" || u.Kind == "DOMAIN" {
		return word, e.moveType(u)
	}
	rel, err := e.altered(u.Name, u.IfExists)
	if rel == nil || err != nil {
		return word, err
	}
	if u.Kind != "TABLE" || rel.kind == 'i' {
		if rel, err = e.named(u.Name, u.Kind, u.IfExists); err != nil {
			return nil, err
		}
	}
	if rel.seq != nil && rel.seq.Table != 0 {
		owner := e.c.byOID(rel.seq.Table)
		err := sqlerr.New(pgerrcode.FeatureNotSupported, "cannot move an owned sequence into another schema")
		if owner != nil {
			err = err.WithDetail(`Sequence "%s" is linked to table "%s".`, rel.name, owner.Name)
		}
		return nil, err
	}
	ns, err := e.destination(u.Schema)
	if err != nil || ns == rel.ns {
		return word, err
	}
	if objects.IsTemp(rel.ns) {
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "cannot move objects into or out of temporary schemas")
	}
	return word, e.moveRelation(rel, ns, rel.name)
}

// destination is the schema that an object moves to.
func (e *edit) destination(name string) (uint32, error) {
	ns, ok := e.c.namespace(name)
	switch {
	case !ok:
		return 0, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, name)
	case objects.IsTemp(ns):
		return 0, sqlerr.New(pgerrcode.FeatureNotSupported, "cannot move objects into or out of temporary schemas")
	case e.o.Schemas[ns] == nil:
		return 0, sqlerr.New(pgerrcode.InsufficientPrivilege, "permission denied for schema %s", name)
	}
	return ns, nil
}
