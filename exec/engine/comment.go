package engine

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
)

// comment runs COMMENT ON.
func (s *Session) comment(r *run, u *ast.Comment) (session.Result, error) {
	e, err := s.edit(r, "COMMENT")
	if err != nil {
		return nil, err
	}
	if err := s.otherDB(u.Name); err != nil {
		return nil, err
	}
	text := ""
	if u.Text != nil {
		text = *u.Text
	}
	switch u.Kind {
	case "SCHEMA":
		ns, ok := e.c.namespace(u.Name.Name)
		if !ok {
			return nil, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, u.Name.Name)
		}
		if err := e.c.needSchemaOwner(ns); err != nil {
			return nil, err
		}
		err = e.say(objects.CommentKey(objects.ClassSchema, ns, ""), text)
	case "ROLE":
		err = e.commentRole(u.Name.Name, text)
	case "DATABASE":
		err = e.commentDatabase(u.Name.Name, text)
	case "DOMAIN CONSTRAINT":
		err = e.commentDomainCheck(u, text)
	case "EXTENSION":
		oid, ok := pgcatalog.ExtensionOID(u.Name.Name)
		if x := e.o.Extensions[u.Name.Name]; x != nil {
			break // what it is stays said of it
		}
		if !ok {
			return nil, sqlerr.New(pgerrcode.UndefinedObject, `extension "%s" does not exist`, u.Name.Name)
		}
		// What initdb says of it may be said again, as older dumps do.
		if was, _ := pgcatalog.Description(e.c.source(s), "pg_extension", oid, 0); was != text {
			return nil, sqlerr.Unsupported(u.Pos(), "other comments on extensions are not supported")
		}
	case "TYPE", "DOMAIN":
		t, terr := e.ownType(u.Name, u.Kind)
		if terr != nil {
			return nil, terr
		}
		err = e.say(objects.CommentKey(objects.ClassType, t.OID, ""), text)
	default:
		err = e.commentRelation(u, text)
	}
	if err != nil {
		return nil, err
	}
	return tag("COMMENT"), nil
}

func (e *edit) commentDomainCheck(u *ast.Comment, text string) error {
	t, err := e.namedType(u.Name, "DOMAIN")
	if err != nil {
		return err
	}
	for _, k := range t.Checks {
		if k.Name == u.Column {
			return e.say(objects.CommentKey(objects.ClassConstraint, t.OID, u.Column), text)
		}
	}
	return sqlerr.New(pgerrcode.UndefinedObject, `constraint "%s" for domain %s does not exist`, u.Column, e.c.shownType(t.NS, t.Name))
}

// say stores a comment; "" removes it.
func (e *edit) say(key, text string) error {
	if text == "" {
		delete(e.o.Comments, key)
	} else {
		e.o.Comments[key] = text
	}
	return e.store()
}

func (e *edit) commentRelation(u *ast.Comment, text string) error {
	rel := e.c.findIndex(u.Name.Schema, u.Name.Name)
	if u.Kind == "COLUMN" || u.Kind == "CONSTRAINT" {
		rel = e.c.find(u.Name.Schema, u.Name.Name)
	}
	if err := e.c.Denied(u.Name.Schema); err != nil {
		return err
	}
	if rel == nil {
		if u.Name.Schema != "" {
			if _, ok := e.c.namespace(u.Name.Schema); !ok {
				return sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, u.Name.Schema)
			}
		}
		return noRelation(u.Name)
	}
	if (u.Kind == "COLUMN" || u.Kind == "CONSTRAINT") && !e.c.owns(e.c.relOwner(rel)) {
		return denied("must be owner of relation %s", rel.name)
	}
	switch u.Kind {
	case "COLUMN":
		return e.commentColumn(rel, u.Column, text)
	case "CONSTRAINT":
		if rel.def == nil || !hasConstraint(rel.def, u.Column) {
			return sqlerr.New(pgerrcode.UndefinedObject, `constraint "%s" for table "%s" does not exist`, u.Column, u.Name.Name)
		}
		return e.say(objects.CommentKey(objects.ClassConstraint, rel.oid, u.Column), text)
	}
	want := strings.ToLower(u.Kind)
	if kindWords[rel.kind] != want || rel.kind == 'V' {
		article := "a"
		if want == "index" {
			article = "an"
		}
		return sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not %s %s`, u.Name.Name, article, want)
	}
	if err := e.c.needOwner(rel); err != nil {
		return err
	}
	if rel.kind == 'r' || rel.kind == 'm' {
		def := rel.def.Clone()
		def.Comment = text
		return e.alter(rel.def, def)
	}
	return e.say(objects.CommentKey(objects.ClassRelation, rel.oid, ""), text)
}

func (e *edit) commentColumn(rel *relation, col, text string) error {
	switch {
	case rel.kind == 'r' || rel.kind == 'm':
		i := rel.def.Column(col)
		if i < 0 {
			return noColumn(col, rel.name)
		}
		def := rel.def.Clone()
		def.Columns[i].Comment = text
		return e.alter(rel.def, def)
	case rel.kind == 'v':
		for i, c := range rel.view.Columns {
			if c.Name == col {
				return e.say(objects.CommentKey(objects.ClassRelation, rel.oid, itoa(i+1)), text)
			}
		}
		return noColumn(col, rel.name)
	case rel.kind == 'c':
		at := rel.typ.Attr(col)
		if at < 0 {
			return noColumn(col, rel.name)
		}
		return e.say(objects.CommentKey(objects.ClassRelation, rel.oid, itoa(int(rel.typ.Attrs[at].Num))), text)
	}
	return sqlerr.New(pgerrcode.WrongObjectType, `cannot set comment on relation "%s"`, rel.name).
		WithDetail("This operation is not supported for %ss.", strings.Replace(kindWords[rel.kind], "index", "indexe", 1))
}

// commentRole runs COMMENT ON ROLE.
func (e *edit) commentRole(name, text string) error {
	x := e.c.Named(name)
	switch {
	case x == nil:
		return noRole(name)
	case x.Super && !e.c.isSuper():
		return denied("must be superuser")
	case !e.c.mayCreateRole():
		return denied("must have CREATEROLE privilege")
	}
	next := *x
	next.Comment = text
	set := e.c.Set.Clone()
	set.Put(&next)
	return e.storeRoles(set)
}
