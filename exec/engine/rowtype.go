package engine

import (
	"cmp"
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// RowType returns the composite type of a relation's rows; false for what has
// none. See plan.Catalog.
func (c *catalog) RowType(oid uint32) (types.Type, bool) {
	if r := c.relationOf(oid); r != nil {
		return c.rowType(r)
	}
	return c.systemRowType(oid)
}

// systemRowType is RowType of a relation of the system's schemas.
func (c *catalog) systemRowType(oid uint32) (types.Type, bool) {
	row, array := pgcatalog.SystemRowType(oid)
	schema, name, ok := pgcatalog.RelationPlace(oid)
	if row == 0 || !ok {
		return types.Type{}, false
	}
	ext := c.exts.Get(row)
	if ext.Def().Name == "" {
		d := types.ExtDef{Name: name, ArrayOID: array}
		if schema != "pg_catalog" {
			d.Schema = schema
		}
		_, fields := pgcatalog.Fields(schema, name)
		for i, f := range fields {
			d.Attrs = append(d.Attrs, types.Attr{Num: uint32(i + 1), Name: f.Name, Type: f.Type})
		}
		ext.SetDef(d)
	}
	return types.Type{Kind: types.Record, Ext: ext}, true
}

// rowType is RowType of a relation that has been found. The type gets its meaning
// when it is asked for: most tables' rows are never used as values.
func (c *catalog) rowType(r *relation) (types.Type, bool) {
	var from any
	switch {
	case r.def != nil && (r.kind == 'r' || r.kind == 'm'):
		from = r.def
	case r.kind == 'v':
		from = r.view
	default:
		return types.Type{}, false
	}
	ext := c.exts.Get(pgcatalog.RowTypeOID(r.oid))
	if d := ext.Def(); d.From != from {
		ext.SetDef(c.rowTypeDef(r, from))
	}
	return types.Type{Kind: types.Record, Ext: ext}, true
}

func (c *catalog) rowTypeDef(r *relation, from any) types.ExtDef {
	d := types.ExtDef{Name: r.name, ArrayOID: pgcatalog.ArrayTypeOID(pgcatalog.RowTypeOID(r.oid)), From: from}
	if r.ns != objects.Public {
		d.Schema = c.nsName(r.ns)
	}
	if r.kind == 'v' {
		for i, col := range r.view.Columns {
			t, _ := c.exts.Type(col.Type)
			d.Attrs = append(d.Attrs, types.Attr{Num: uint32(i + 1), Name: col.Name, Type: t})
		}
		return d
	}
	for _, col := range r.def.Columns {
		d.Attrs = append(d.Attrs, types.Attr{Num: col.ID, Name: col.Name, Type: col.Type})
	}
	return d
}

// publishRowTypes gives the row types that are in use their meaning anew, after a
// change of their relations and when a file has been opened.
func (c *catalog) publishRowTypes() {
	c.exts.Each(func(x *types.Ext) {
		if rel, array, ok := pgcatalog.RowTypeRelation(x.OID); ok && !array {
			c.RowType(rel)
		}
	})
}

// storedUse finds a stored column with values of a composite type, be it as
// elements of arrays or as attributes of other types: in the order in which
// find_composite_type_dependencies of tablecmds.c comes upon them, arrays first and
// then the oldest.
func (c *catalog) storedUse(x *types.Ext) (def *types.Table, col string) {
	type user struct {
		oid   uint32
		name  string
		array bool
		def   *types.Table
		typ   *types.Ext
	}
	var users []user
	for _, t := range c.tables() {
		for i := range t.Columns {
			if k := &t.Columns[i]; k.Type.Kind == types.Record && k.Type.Ext == x {
				users = append(users, user{t.OID, k.Name, k.Type.Array, t, nil})
			}
		}
	}
	for _, t := range c.objs.Types {
		for _, a := range t.Attrs {
			if at, _ := c.exts.Type(a.Type); at.Kind == types.Record && at.Ext == x {
				users = append(users, user{t.Rel, a.Name, at.Array, nil, c.exts.Get(t.OID)})
			}
		}
	}
	slices.SortStableFunc(users, func(a, b user) int {
		if a.array != b.array {
			return map[bool]int{true: -1, false: 1}[a.array]
		}
		return cmp.Compare(a.oid, b.oid)
	})
	for _, u := range users {
		if u.def != nil {
			return u.def, u.name
		}
		if def, col := c.storedUse(u.typ); def != nil {
			return def, col
		}
	}
	return nil, ""
}

// holds reports whether values of t have in them values of the composite type x.
func holds(t types.Type, x *types.Ext) bool {
	if t.Kind != types.Record || t.Ext == nil {
		return false
	}
	return t.Ext == x || slices.ContainsFunc(t.Ext.Def().Attrs, func(a types.Attr) bool { return holds(a.Type, x) })
}

// keepsRows refuses to write the rows of a table anew while columns of other
// tables hold values of its row type.
func (a *alterer) keepsRows() error {
	written := len(a.retypes) > 0
	for i := range a.def.Columns {
		col := &a.def.Columns[i]
		written = written || a.born[col.Name] && (col.Default != "" || col.Generated != "" || col.Identity != "")
	}
	if !written {
		return nil
	}
	if def, col := a.e.c.storedUse(a.e.c.exts.Get(pgcatalog.RowTypeOID(a.def.OID))); def != nil {
		return sqlerr.New(pgerrcode.FeatureNotSupported, `cannot alter table "%s" because column "%s.%s" uses its row type`, a.def.Name, def.Name, col)
	}
	return nil
}
