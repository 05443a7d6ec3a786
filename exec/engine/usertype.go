package engine

import (
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// publishTypes gives the types of all databases their meaning, as of the newest
// state.
func (e *Engine) publishTypes() {
	snap := e.store.Snapshot()
	defer snap.Release()
	for _, db := range databasesOf(snap).oids() {
		if o, err := e.sets.get(snap, db); err == nil {
			e.publishSet(o)
			c := &catalog{snap: snap, db: db, objs: o, exts: e.store.Exts(), last: &lastKnown{}}
			c.publishRowTypes()
		}
	}
}

// publishSet gives the types of one database their meaning.
func (e *Engine) publishSet(o *objects.Set) {
	for oid, t := range o.Types {
		d := types.ExtDef{Name: t.Name, ArrayOID: t.ArrayOID, Labels: t.Labels}
		if t.NS != objects.Public {
			if sc := o.Schemas[t.NS]; sc != nil {
				d.Schema = sc.Name
			}
		}
		for _, a := range t.Attrs {
			at, _ := e.store.Exts().Type(a.Type)
			d.Attrs = append(d.Attrs, types.Attr{Num: a.Num, Name: a.Name, Type: at})
		}
		e.store.Exts().Get(oid).SetDef(d)
	}
}

// republish gives the composite types the meaning that they have in the
// transaction.
func (s *Session) republish() {
	c, release := s.catalog()
	defer release()
	o := objects.New()
	o.Schemas, o.Types = c.objs.Schemas, map[uint32]*objects.Type{}
	for oid, t := range c.objs.Types {
		if t.Kind == "c" {
			o.Types[oid] = t
		}
	}
	s.e.publishSet(o)
	c.publishRowTypes()
}

// builtinType reports whether a name is that of a type of the system.
func (e *edit) builtinType(n ast.Name) bool {
	_, ok := types.TypeNamed(n.Name)
	return ok && (n.Schema == "" || n.Schema == "pg_catalog")
}

// newType checks the name of a new type and returns its head.
func (e *edit) newType(n ast.Name) (objects.Head, error) {
	ns, err := e.target(n, false)
	if err != nil {
		return objects.Head{}, err
	}
	if e.c.typeTaken(ns, n.Name) {
		return objects.Head{}, sqlerr.New(pgerrcode.DuplicateObject, `type "%s" already exists`, n.Name)
	}
	return objects.Head{OID: e.w.NewOID(), NS: ns, Name: n.Name}, nil
}

// typeTaken reports whether a type has a name, the row types of tables and
// views among them.
func (c *catalog) typeTaken(ns uint32, name string) bool {
	if c.objs.Type(ns, name) != nil {
		return true
	}
	r := c.in(ns, name)
	return r != nil && (r.kind == 'r' || r.kind == 'v' || r.kind == 'm')
}

// ownType is namedType for the owner of the type.
func (e *edit) ownType(n ast.Name, kind string) (*objects.Type, error) {
	t, err := e.namedType(n, kind)
	if err == nil {
		err = e.c.needTypeOwner(t)
	}
	return t, err
}

// namedType finds the type of ALTER TYPE and ALTER DOMAIN.
func (e *edit) namedType(n ast.Name, kind string) (*objects.Type, error) {
	t := e.c.findType(n.Schema, n.Name)
	full := n.Name
	if n.Schema != "" {
		full = n.Schema + "." + full
	}
	switch {
	case t == nil && e.c.rowTypeNamed(n) != nil:
		r := e.c.rowTypeNamed(n)
		return nil, sqlerr.New(pgerrcode.WrongObjectType, "%s is a table's row type", e.c.shown(r.ns, r.name)).WithHint("Use ALTER TABLE instead.")
	case t == nil:
		return nil, sqlerr.New(pgerrcode.UndefinedObject, `type "%s" does not exist`, full)
	case kind == "DOMAIN" && t.Kind != "d":
		return nil, sqlerr.New(pgerrcode.WrongObjectType, `"%s" is not a domain`, n.Name)
	}
	return t, nil
}

// newMeaning gives a type that nobody else can name yet, and a composite type that
// has changed, its meaning at once: the transaction goes on with it. A rollback
// gives it back the old one; other changes get theirs at commit.
func (e *edit) newMeaning(t *objects.Type) {
	o := objects.New()
	o.Schemas, o.Types = e.o.Schemas, map[uint32]*objects.Type{t.OID: t}
	e.s.e.publishSet(o)
	e.s.tx.retyped = true
}

// setType stores a changed type.
func (e *edit) setType(t *objects.Type) error {
	e.o.Types[t.OID] = t
	return e.store()
}

// renameType runs ALTER TYPE and DOMAIN ... RENAME TO.
func (e *edit) renameType(u *ast.Rename) error {
	old, err := e.ownType(u.Name, u.Kind)
	if err != nil {
		return err
	}
	if old.Kind == "c" && e.c.taken(old.NS, u.NewName) {
		return sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, u.NewName)
	}
	if e.c.typeTaken(old.NS, u.NewName) {
		return sqlerr.New(pgerrcode.DuplicateObject, `type "%s" already exists`, u.NewName)
	}
	t := *old
	t.Name = u.NewName
	if t.Kind == "c" {
		e.newMeaning(&t)
	}
	return e.setType(&t)
}

// moveType runs ALTER TYPE and DOMAIN ... SET SCHEMA.
func (e *edit) moveType(u *ast.SetSchema) error {
	old, err := e.ownType(u.Name, u.Kind)
	if err != nil {
		return err
	}
	ns, err := e.destination(u.Schema)
	if err != nil || ns == old.NS {
		return err
	}
	if e.c.typeTaken(ns, old.Name) {
		return sqlerr.New(pgerrcode.DuplicateObject, `type "%s" already exists in schema "%s"`, old.Name, u.Schema)
	}
	t := *old
	t.NS = ns
	return e.setType(&t)
}

// maxLabel is the length of a label in bytes (NAMEDATALEN).
const maxLabel = 63

func checkLabel(l string) error {
	if len(l) > maxLabel {
		return sqlerr.New(pgerrcode.InvalidName, `invalid enum label "%s"`, l).WithDetail("Labels must be %d bytes or less.", maxLabel)
	}
	return nil
}

// createEnum runs CREATE TYPE ... AS ENUM.
func (s *Session) createEnum(r *run, u *ast.CreateEnum) (session.Result, error) {
	e, err := s.edit(r, "CREATE TYPE")
	if err != nil {
		return nil, err
	}
	head, err := e.newType(u.Name)
	if err != nil {
		return nil, err
	}
	t := &objects.Type{Head: head, Kind: "e", ArrayOID: e.w.NewOID()}
	seen := map[string]bool{}
	for i, l := range u.Labels {
		if err := checkLabel(l); err != nil {
			return nil, err
		}
		if seen[l] {
			return nil, sqlerr.New(pgerrcode.UniqueViolation, `duplicate key value violates unique constraint "pg_enum_typid_label_index"`).
				WithDetail("Key (enumtypid, enumlabel)=(%d, %s) already exists.", head.OID, l)
		}
		seen[l] = true
		t.Labels = append(t.Labels, types.Label{Value: int64(i+1) * objects.LabelGap, Name: l})
	}
	e.newMeaning(t)
	if err := e.born(objects.ClassType, t.OID, t.NS, "T"); err != nil {
		return nil, err
	}
	return tag("CREATE TYPE"), e.setType(t)
}

// alterEnum runs ALTER TYPE ... ADD VALUE and RENAME VALUE.
func (s *Session) alterEnum(r *run, u *ast.AlterEnum) (session.Result, error) {
	e, err := s.edit(r, "ALTER TYPE")
	if err != nil {
		return nil, err
	}
	old, err := e.ownType(u.Name, "TYPE")
	if err != nil {
		return nil, err
	}
	if old.Kind != "e" {
		return nil, sqlerr.New(pgerrcode.WrongObjectType, "%s is not an enum", e.c.shownType(old.NS, old.Name))
	}
	if err := checkLabel(u.New); err != nil {
		return nil, err
	}
	t := *old
	t.Labels = append([]types.Label(nil), old.Labels...)
	at := labelAt(t.Labels, u.New)
	switch {
	case u.Old != "":
		i := labelAt(t.Labels, u.Old)
		if i < 0 {
			return nil, sqlerr.New(pgerrcode.InvalidParameterValue, `"%s" is not an existing enum label`, u.Old)
		}
		if at >= 0 {
			return nil, sqlerr.New(pgerrcode.DuplicateObject, `enum label "%s" already exists`, u.New)
		}
		t.Labels[i].Name = u.New
	case at >= 0 && u.IfNotExists:
		n := sqlerr.Notice(`enum label "%s" already exists, skipping`, u.New)
		n.Code = pgerrcode.DuplicateObject
		s.notice(n)
		return tag("ALTER TYPE"), nil
	case at >= 0:
		return nil, sqlerr.New(pgerrcode.DuplicateObject, `enum label "%s" already exists`, u.New)
	default:
		if t.Labels, err = addLabel(t.Labels, u); err != nil {
			return nil, err
		}
		s.tx.labels = append(s.tx.labels, types.NoLabel{OID: t.OID, Label: u.New})
	}
	return tag("ALTER TYPE"), e.setType(&t)
}

// unsafeLabel is the error of a label that this very transaction has added: it has no
// value before it is committed.
func (s *Session) unsafeLabel(err error) error {
	var no *types.NoLabel
	if len(s.tx.labels) == 0 || !errors.As(err, &no) || !slices.Contains(s.tx.labels, *no) {
		return err
	}
	e := *sqlerr.From(err)
	e.Code = pgerrcode.UnsafeNewEnumValueUsage
	e.Message = fmt.Sprintf(`unsafe use of new value "%s" of enum type %s`, no.Label, s.e.store.Exts().Get(no.OID).Name())
	return e.WithHint("New enum values must be committed before they can be used.")
}

func labelAt(list []types.Label, name string) int {
	for i := range list {
		if list[i].Name == name {
			return i
		}
	}
	return -1
}

// addLabel puts a new label at its place, with a value between its neighbours'.
func addLabel(list []types.Label, u *ast.AlterEnum) ([]types.Label, error) {
	at := len(list)
	if u.Neighbor != "" {
		if at = labelAt(list, u.Neighbor); at < 0 {
			return nil, sqlerr.New(pgerrcode.InvalidParameterValue, `"%s" is not an existing enum label`, u.Neighbor)
		}
		if u.After {
			at++
		}
	}
	lo, hi := int64(0), int64(0)
	if at > 0 {
		lo = list[at-1].Value
	}
	v := lo + objects.LabelGap
	switch {
	case at < len(list) && at == 0:
		v = list[0].Value - objects.LabelGap
	case at < len(list):
		hi = list[at].Value
		v = lo + (hi-lo)/2
		if v == lo {
			return nil, sqlerr.Unsupported(-1, "no more labels fit between these two")
		}
	}
	out := append(append([]types.Label(nil), list[:at]...), types.Label{Value: v, Name: u.New})
	return append(out, list[at:]...), nil
}
