package engine

import (
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

func itoa(n int) string { return strconv.Itoa(n) }

// drop runs DROP of everything but databases.
func (s *Session) drop(r *run, u *ast.Drop) (session.Result, error) {
	if u.Concurrently && s.tx.block {
		return nil, sqlerr.New(pgerrcode.ActiveSQLTransaction, "DROP INDEX CONCURRENTLY cannot run inside a transaction block")
	}
	e, err := s.edit(r, "DROP "+u.Kind)
	if err != nil {
		return nil, err
	}
	if u.Kind == "EXTENSION" {
		return e.dropExtension(u)
	}
	var targets []addr
	for _, n := range u.Names {
		a, ok, err := e.dropTarget(u, n)
		if err != nil {
			return nil, err
		}
		if ok {
			targets = append(targets, a)
		}
	}
	if len(targets) > 0 {
		if err := e.drop(targets, u.Cascade); err != nil {
			return nil, err
		}
	}
	return tag("DROP " + u.Kind), nil
}

// dropTarget finds one name of a DROP; ok is false where IF EXISTS skips it.
func (e *edit) dropTarget(u *ast.Drop, n ast.Name) (addr, bool, error) {
	if err := e.s.otherDB(n); err != nil {
		return addr{}, false, err
	}
	kind := strings.ToLower(u.Kind)
	if u.Kind == "SCHEMA" {
		return e.dropSchema(u, n)
	}
	if err := e.c.Denied(n.Schema); err != nil {
		return addr{}, false, err
	}
	if n.Schema != "" {
		if _, ok := e.c.namespace(n.Schema); !ok {
			return e.notThere(u, pgerrcode.InvalidSchemaName, "schema", n.Schema)
		}
	}
	if u.Kind == "TYPE" || u.Kind == "DOMAIN" {
		return e.dropType(u, n)
	}
	rel := e.c.findIndex(n.Schema, n.Name)
	if rel == nil {
		code := pgerrcode.UndefinedTable
		if u.Kind == "INDEX" {
			code = pgerrcode.UndefinedObject
		}
		return e.notThere(u, code, kind, n.Name)
	}
	if err := e.mayDropRelation(rel, kind); err != nil {
		return addr{}, false, err
	}
	if e.c.owns(e.c.schemaOwner(rel.ns)) {
		return addr{class: depRelation, oid: rel.oid}, true, nil
	}
	return addr{class: depRelation, oid: rel.oid}, true, e.c.needOwner(rel)
}

// notThere is the answer for an object that does not exist.
func (e *edit) notThere(u *ast.Drop, code, what, name string) (addr, bool, error) {
	if !u.IfExists {
		return addr{}, false, sqlerr.New(code, `%s "%s" does not exist`, what, name)
	}
	e.s.notice(sqlerr.Notice(`%s "%s" does not exist, skipping`, what, name))
	return addr{}, false, nil
}

func (e *edit) dropSchema(u *ast.Drop, n ast.Name) (addr, bool, error) {
	ns, ok := e.c.namespace(n.Name)
	if !ok {
		return e.notThere(u, pgerrcode.InvalidSchemaName, "schema", n.Name)
	}
	if e.o.Schemas[ns] == nil {
		if objects.IsTemp(ns) {
			return addr{}, false, sqlerr.Unsupported(-1, "dropping a temporary schema is not supported")
		}
		return addr{}, false, sqlerr.New(pgerrcode.DependentObjectsStillExist, "cannot drop schema %s because it is required by the database system", n.Name)
	}
	return addr{class: depSchema, oid: ns}, true, e.c.needSchemaOwner(ns)
}

func (e *edit) dropType(u *ast.Drop, n ast.Name) (addr, bool, error) {
	t := e.c.findType(n.Schema, n.Name)
	switch {
	case t == nil && e.builtinType(n):
		return addr{}, false, sqlerr.New(pgerrcode.DependentObjectsStillExist, "cannot drop type %s because it is required by the database system", n.Name)
	case t == nil:
		if r := e.c.find(n.Schema, n.Name); r != nil && kindWords[r.kind] != "" && r.kind != 'S' && r.kind != 'i' && r.kind != 'V' {
			whole := kindWords[r.kind] + " " + e.c.shown(r.ns, r.name)
			return addr{}, false, sqlerr.New(pgerrcode.DependentObjectsStillExist, "cannot drop type %s because %s requires it", e.c.shown(r.ns, r.name), whole).
				WithHint("You can drop %s instead.", whole)
		}
		full := n.Name
		if n.Schema != "" {
			full = n.Schema + "." + full
		}
		return e.notThere(u, pgerrcode.UndefinedObject, "type", full)
	case u.Kind == "DOMAIN" && t.Kind != "d":
		return addr{}, false, sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a domain`, n.Name)
	}
	if e.c.owns(e.c.schemaOwner(t.NS)) {
		return addr{class: depType, oid: t.OID}, true, nil
	}
	return addr{class: depType, oid: t.OID}, true, e.c.needTypeOwner(t)
}

// mayDropRelation refuses a relation of another kind than DROP names and one
// that something else stands for: an extension, a constraint, the system.
func (e *edit) mayDropRelation(rel *relation, kind string) error {
	if x := e.o.MemberOf(rel.oid); x != nil {
		return sqlerr.New(pgerrcode.DependentObjectsStillExist, "cannot drop %s %s because extension %s requires it", kind, e.c.shown(rel.ns, rel.name), x.Name).
			WithHint("You can drop extension %s instead.", x.Name)
	}
	switch {
	case kindWords[rel.kind] != kind:
		return wrongKind(rel, kind)
	case rel.kind == 'i' && rel.index == nil:
		on := rel.name + " on table " + e.c.shown(rel.def.NS, rel.def.Name)
		return sqlerr.New(pgerrcode.DependentObjectsStillExist, "cannot drop index %s because constraint %s requires it", rel.name, on).
			WithHint("You can drop constraint %s instead.", on)
	case rel.kind == 'V':
		return sqlerr.New(pgerrcode.InsufficientPrivilege, `permission denied: "%s" is a system catalog`, rel.name)
	}
	return nil
}

// wrongKind is the error of a DROP for another kind of relation.
func wrongKind(rel *relation, kind string) error {
	article := "a"
	if strings.ContainsAny(kind[:1], "aeiou") {
		article = "an"
	}
	is := kindWords[rel.kind]
	if rel.kind == 'c' {
		is = "type"
	}
	isArticle := "a"
	if rel.kind == 'i' {
		isArticle = "an"
	}
	return sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not %s %s`, rel.name, article, kind).
		WithHint("Use DROP %s to remove %s %s.", strings.ToUpper(is), isArticle, is)
}

// drop removes objects and, with cascade, all that depends on them.
func (e *edit) drop(targets []addr, cascade bool) error {
	g := newGraph(e.c)
	list := g.doomed(targets)
	if err := e.tell(g, list, targets, cascade); err != nil {
		return err
	}
	return e.remove(g, list)
}

// tell refuses to drop targets that others depend on, or with cascade says what
// goes along.
func (e *edit) tell(g *graph, list []doomed, targets []addr, cascade bool) error {
	var told []string
	for _, d := range list {
		switch {
		case d.target:
			if err := e.bound(g, d, list); err != nil {
				return err
			}
		case d.own:
		case cascade:
			told = append(told, "drop cascades to "+g.describe(d.addr))
		default:
			told = append(told, g.describe(d.addr)+" depends on "+g.describe(d.because))
		}
	}
	switch {
	case len(told) == 0:
	case !cascade:
		err := sqlerr.New(pgerrcode.DependentObjectsStillExist, "cannot drop desired object(s) because other objects depend on them")
		if len(targets) == 1 {
			err = sqlerr.New(pgerrcode.DependentObjectsStillExist, "cannot drop %s because other objects depend on it", g.describe(targets[0]))
		}
		return err.WithDetail("%s", lines(told)).WithHint("Use DROP ... CASCADE to drop the dependent objects too.")
	default:
		e.cascades(told)
	}
	return nil
}

// cascades says what goes along with a DROP ... CASCADE.
func (e *edit) cascades(told []string) {
	if len(told) == 1 {
		e.s.notice(sqlerr.Notice("%s", told[0]))
		return
	}
	e.s.notice(sqlerr.Notice("drop cascades to %d other objects", len(told)).WithDetail("%s", lines(told)))
}

// bound refuses to drop what exists only as a part of something that stays.
func (e *edit) bound(g *graph, d doomed, list []doomed) error {
	for on, deps := range g.deps {
		for _, x := range deps {
			if x.addr != d.addr || !x.bound {
				continue
			}
			for _, other := range list {
				if other.addr == on || other.class == on.class && other.oid == on.oid && other.sub == 0 {
					return nil
				}
			}
			return sqlerr.New(pgerrcode.DependentObjectsStillExist, "cannot drop %s because %s requires it", g.describe(d.addr), g.describe(on)).
				WithHint("You can drop %s instead.", g.describe(on))
		}
	}
	return nil
}

// remove takes the objects away.
func (e *edit) remove(g *graph, list []doomed) error {
	for _, d := range list {
		if err := e.removeOne(g, d.addr); err != nil {
			return err
		}
	}
	return e.store()
}

func (e *edit) removeOne(g *graph, a addr) error {
	o := e.o
	switch a.class {
	case depSchema:
		delete(o.Schemas, a.oid)
		ns := pgcatalog.SchemaOID(a.oid)
		o.Defaults = slices.DeleteFunc(o.Defaults, func(d objects.DefaultACL) bool { return d.NS == ns })
		e.forget(objects.ClassSchema, a.oid)
		return nil
	case depType:
		if t := o.Types[a.oid]; t != nil && a.sub != 0 {
			return e.dropAttribute(t, a.sub)
		} else if t != nil && t.Rel != 0 {
			e.forget(objects.ClassRelation, t.Rel)
		}
		delete(o.Types, a.oid)
		e.forget(objects.ClassType, a.oid)
		return nil
	case depForeign:
		return e.removeForeign(g, a.oid)
	case depDefault:
		return e.change(a.oid, func(a2 *alterer) error { a2.dropDefault(a.sub); return nil })
	}
	if a.sub != 0 {
		return e.change(a.oid, func(a2 *alterer) error { return a2.removeColumn(a.sub) })
	}
	delete(o.Views, a.oid)
	if x := o.MemberOf(a.oid); x != nil { // it goes with its schema
		delete(o.Extensions, x.Name)
	}
	delete(o.Sequences, a.oid)
	if x := o.Indexes[a.oid]; x != nil {
		delete(o.Indexes, a.oid)
		if x.Unique {
			if err := e.change(x.Table, func(a2 *alterer) error { a2.dropUnique(x.Name); return nil }); err != nil {
				return err
			}
		}
	}
	e.forget(objects.ClassRelation, a.oid)
	def := e.c.byOID(a.oid)
	if def == nil {
		return nil
	}
	if err := e.w.DropTable(def.Path()); err != nil {
		return err
	}
	e.s.define(def.Path(), nil)
	e.c.defs = e.s.tx.defs
	return nil
}

// forget removes the comments of an object and its parts.
func (e *edit) forget(class string, oid uint32) {
	key := objects.CommentKey(class, oid, "")
	for k := range e.o.Comments {
		if k == key || strings.HasPrefix(k, key+"/") {
			delete(e.o.Comments, k)
		}
	}
	delete(e.o.Owners, key)
	for k := range e.o.ACLs {
		if k == key || strings.HasPrefix(k, key+"/") {
			delete(e.o.ACLs, k)
		}
	}
}
