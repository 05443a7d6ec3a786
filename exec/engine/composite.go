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

// createComposite runs CREATE TYPE ... AS (...).
func (s *Session) createComposite(r *run, u *ast.CreateComposite) (session.Result, error) {
	e, err := s.edit(r, "CREATE TYPE")
	if err != nil {
		return nil, err
	}
	head, err := e.newType(u.Name)
	if err != nil {
		return nil, err
	}
	t := &objects.Type{Head: head, Kind: "c", ArrayOID: e.w.NewOID(), Rel: e.w.NewOID(), NextAttr: 1}
	for i := range u.Columns {
		if err := e.addAttribute(t, &u.Columns[i]); err != nil {
			return nil, err
		}
	}
	if e.c.taken(head.NS, head.Name) {
		return nil, sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, head.Name)
	}
	e.newMeaning(t)
	if err := e.born(objects.ClassType, t.OID, t.NS, "T"); err != nil {
		return nil, err
	}
	return tag("CREATE TYPE"), e.setType(t)
}

// addAttribute adds an attribute to a type in hand.
func (e *edit) addAttribute(t *objects.Type, d *ast.ColumnDef) error {
	if t.Attr(d.Name) >= 0 {
		return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" specified more than once`, d.Name)
	}
	typ, err := e.attributeType(t, d.Name, d.Type)
	if err != nil {
		return err
	}
	t.Attrs = append(t.Attrs, objects.Attr{Num: t.NextAttr, Name: d.Name, Type: typ.Stored(), Dims: d.Type.Dims})
	t.NextAttr++
	return nil
}

// attributeType resolves the type of an attribute of t, whose values cannot be a
// part of themselves.
func (e *edit) attributeType(t *objects.Type, name string, n ast.TypeName) (types.Type, error) {
	typ, err := e.s.columnType(name, n)
	if err != nil {
		err := *sqlerr.From(err)
		err.Pos = 0 // the type is looked up when the text is gone
		return typ, &err
	}
	if holds(typ, e.c.exts.Get(t.OID)) {
		return typ, sqlerr.New(pgerrcode.InvalidTableDefinition, "composite type %s cannot be made a member of itself", e.c.shownType(t.NS, t.Name))
	}
	return typ, nil
}

// ownComposite finds the type of ALTER TYPE ... ATTRIBUTE for its owner.
func (e *edit) ownComposite(n ast.Name) (*objects.Type, error) {
	if err := e.c.Denied(n.Schema); err != nil {
		return nil, err
	}
	r := e.c.find(n.Schema, n.Name)
	switch {
	case r == nil:
		return nil, noRelation(n)
	case r.kind != 'c':
		return nil, sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a composite type`, n.Name)
	}
	if !e.c.owns(e.c.relOwner(r)) {
		return nil, denied("must be owner of table %s", r.name) // it is the relation that is asked
	}
	return r.typ, nil
}

// alterComposite runs ALTER TYPE ... ADD, DROP and ALTER ATTRIBUTE. Stored values
// stay as they are: they name their fields by the attributes' numbers.
func (s *Session) alterComposite(r *run, u *ast.AlterComposite) (session.Result, error) {
	e, err := s.edit(r, "ALTER TYPE")
	if err != nil {
		return nil, err
	}
	old, err := e.ownComposite(u.Name)
	if err != nil {
		return nil, err
	}
	t := *old
	t.Attrs = append([]objects.Attr(nil), old.Attrs...)
	// What is dropped goes first, what is added comes last (AlterTablePass).
	for _, pass := range []ast.AlterKind{ast.DropColumn, ast.SetType, ast.AddColumn} {
		for i := range u.Actions {
			if u.Actions[i].Kind != pass {
				continue
			}
			if err := e.alterAttribute(&t, &u.Actions[i]); err != nil {
				return nil, err
			}
		}
	}
	e.newMeaning(&t)
	if err := e.stillBound(old, &t); err != nil {
		return nil, err
	}
	return tag("ALTER TYPE"), e.setType(&t)
}

// stillBound refuses to drop an attribute that a CHECK, a default or a generated
// column of a table names.
func (e *edit) stillBound(old, t *objects.Type) error {
	for _, a := range old.Attrs {
		if t.Attr(a.Name) >= 0 {
			continue
		}
		for _, def := range e.c.tables() {
			for i := range def.Checks {
				_, err := e.s.bindOne(def, -1, &def.Checks[i], -1)
				if sqlerr.Code(err) != pgerrcode.UndefinedColumn {
					continue
				}
				what := "column " + quoteIdent(a.Name) + " of composite type " + e.c.shownType(t.NS, t.Name)
				return sqlerr.New(pgerrcode.DependentObjectsStillExist, "cannot drop %s because other objects depend on it", what).
					WithDetail("constraint %s on table %s depends on %s", quoteIdent(def.Checks[i].Name), e.c.shown(def.NS, def.Name), what).
					WithHint("Use DROP ... CASCADE to drop the dependent objects too.")
			}
		}
	}
	return nil
}

func (e *edit) alterAttribute(t *objects.Type, a *ast.AlterAction) error {
	at := t.Attr(a.Column)
	switch {
	case a.Kind == ast.AddColumn && at >= 0:
		return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" of relation "%s" already exists`, a.Column, t.Name)
	case a.Kind == ast.AddColumn:
		return e.addAttribute(t, a.Def)
	case at < 0 && a.Kind == ast.DropColumn && a.IfExists:
		e.s.notice(sqlerr.Notice(`column "%s" of relation "%s" does not exist, skipping`, a.Column, t.Name))
		return nil
	case at < 0:
		return noColumn(a.Column, t.Name)
	case a.Kind == ast.DropColumn:
		on := addr{depType, t.OID, t.Attrs[at].Num}
		g := newGraph(e.c)
		list := g.doomed([]addr{on})
		if err := e.tell(g, list, []addr{on}, a.Cascade); err != nil {
			return err
		}
		for _, d := range list {
			if d.addr == on {
				continue
			}
			if err := e.removeOne(g, d.addr); err != nil {
				return err
			}
		}
		delete(e.o.Comments, objects.CommentKey(objects.ClassRelation, t.Rel, itoa(int(t.Attrs[at].Num))))
		t.Attrs = append(t.Attrs[:at], t.Attrs[at+1:]...)
		return nil
	case a.Kind == ast.SetType:
		typ, err := e.attributeType(t, a.Column, *a.Type)
		if err != nil {
			return err
		}
		if def, col := e.c.storedUse(e.c.exts.Get(t.OID)); def != nil {
			return sqlerr.New(pgerrcode.FeatureNotSupported, `cannot alter type "%s" because column "%s.%s" uses it`, t.Name, def.Name, col)
		}
		t.Attrs[at].Type, t.Attrs[at].Dims = typ.Stored(), a.Type.Dims
		return nil
	}
	return sqlerr.Unsupported(a.Pos(), "this form of ALTER TYPE is not supported")
}

// dropAttribute takes an attribute away whose type is dropped.
func (e *edit) dropAttribute(old *objects.Type, num uint32) error {
	t := *old
	t.Attrs = nil
	for _, a := range old.Attrs {
		if a.Num != num {
			t.Attrs = append(t.Attrs, a)
		}
	}
	delete(e.o.Comments, objects.CommentKey(objects.ClassRelation, t.Rel, itoa(int(num))))
	e.o.Types[t.OID] = &t
	e.newMeaning(&t)
	return nil
}

// renameAttribute runs ALTER TYPE ... RENAME ATTRIBUTE.
func (e *edit) renameAttribute(u *ast.Rename) error {
	old, err := e.ownComposite(u.Name)
	if err != nil {
		return err
	}
	at := old.Attr(u.Column)
	switch {
	case at < 0:
		return sqlerr.New(pgerrcode.UndefinedColumn, `column "%s" does not exist`, u.Column)
	case old.Attr(u.NewName) >= 0:
		return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" of relation "%s" already exists`, u.NewName, old.Name)
	}
	t := *old
	t.Attrs = append([]objects.Attr(nil), old.Attrs...)
	t.Attrs[at].Name = u.NewName
	e.newMeaning(&t)
	return e.setType(&t)
}

// rowTypeNamed is the table or view whose row type has a name, nil for none.
func (c *catalog) rowTypeNamed(n ast.Name) *relation {
	if r := c.find(n.Schema, n.Name); r != nil && strings.IndexByte("rvm", r.kind) >= 0 {
		return r
	}
	return nil
}
