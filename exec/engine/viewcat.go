package engine

import (
	"cmp"
	"maps"
	"slices"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/types"
)

// View returns a view. See plan.Catalog.
func (c *catalog) View(schema, name string) *plan.View {
	r := c.find(schema, name)
	switch {
	case r == nil:
		return nil
	case r.kind == 'v':
		return c.planView(r.view)
	}
	return c.systemView(r)
}

// Describe says what a name is that is no table or view. See plan.Catalog.
func (c *catalog) Describe(schema, name string) string {
	if r := c.findIndex(schema, name); r != nil {
		return kindWords[r.kind]
	}
	return ""
}

// Objects identifies the definitions. See plan.Catalog.
func (c *catalog) Objects() any { return c.objs }

// planView makes what the binder needs of a view. A text that cannot be read
// any more gives a query that fails.
func (c *catalog) planView(v *objects.View) *plan.View {
	out := &plan.View{OID: v.OID, Name: v.Name, Catalog: &viewCatalog{c, v}, Invoker: v.Invoker, Check: v.Check}
	for _, col := range v.Columns {
		t, _ := c.exts.Type(col.Type)
		out.Columns = append(out.Columns, plan.Field{Name: col.Name, Type: t})
	}
	if list, err := parse.Statements(v.Text); err == nil && len(list) == 1 {
		out.Query, _ = list[0].Ast.(*ast.Select)
	}
	return out
}

// viewCatalog is the catalog that a view's query sees: its names mean what they
// meant when the view was made.
type viewCatalog struct {
	*catalog
	v *objects.View
}

func (c *viewCatalog) ref(schema, name string, isType bool) *objects.Ref {
	for i := range c.v.Refs {
		if r := &c.v.Refs[i]; r.Schema == schema && r.Name == name && r.Type == isType {
			return r
		}
	}
	return nil
}

// rel is the relation that a name of the query stands for.
func (c *viewCatalog) rel(schema, name string) *relation {
	ref := c.ref(schema, name, false)
	switch {
	case ref == nil:
		return nil
	case ref.OID != 0:
		return c.relationOf(ref.OID)
	case schema == "":
		schema = "pg_catalog"
	}
	ns, _ := c.namespace(schema)
	return c.in(ns, name)
}

// Table returns a table. See plan.Catalog.
func (c *viewCatalog) Table(schema, name string) (*types.Table, plan.Stats) {
	r := c.rel(schema, name)
	if r == nil || r.kind != 'r' && r.kind != 'm' {
		return nil, nil
	}
	return r.def, c.Stats(r.def)
}

// View returns a view as it was. See plan.Catalog.
func (c *viewCatalog) View(schema, name string) *plan.View {
	r := c.rel(schema, name)
	switch {
	case r == nil:
		return nil
	case r.kind != 'v':
		return c.systemView(r)
	}
	out := c.planView(r.view)
	ref := c.ref(schema, name, false)
	if len(ref.Cols) < len(out.Columns) {
		out.Columns = out.Columns[:len(ref.Cols)]
	}
	for i := range out.Columns {
		out.Columns[i].Name = ref.Cols[i].Name
	}
	return out
}

// Virtual returns a catalog relation or a sequence. See plan.Catalog.
func (c *viewCatalog) Virtual(schema, name string) (string, []plan.Field) {
	if r := c.rel(schema, name); r != nil {
		return c.virtual(r)
	}
	return "", nil
}

// Describe knows nothing: every name was checked. See plan.Catalog.
func (c *viewCatalog) Describe(_, _ string) string { return "" }

// Type returns a type. See plan.Catalog.
func (c *viewCatalog) Type(schema, name string) (types.Type, bool) {
	ref := c.ref(schema, name, true)
	if ref == nil {
		return types.Type{}, false
	}
	if t := c.objs.Types[ref.OID]; t != nil {
		return c.typeOf(t)
	}
	if rel, _, ok := pgcatalog.RowTypeRelation(ref.OID); ok {
		return c.RowType(rel)
	}
	return types.Type{}, false
}

// Denied refuses nothing: names were looked up when the view was made. See
// plan.Catalog.
func (c *viewCatalog) Denied(string) error { return nil }

// HasSchema implements plan.Catalog.
func (c *viewCatalog) HasSchema(name string) bool { return c.catalog.HasSchema(name) }

// Pin returns a table's columns as they were. See plan.Pins.
func (c *viewCatalog) Pin(schema, name string) (cols []int, names []string) {
	r, ref := c.rel(schema, name), c.ref(schema, name, false)
	if r == nil || r.def == nil {
		return nil, nil
	}
	cols = []int{}
	for _, rc := range ref.Cols {
		if i := columnByID(r.def, rc.ID); i >= 0 {
			cols, names = append(cols, i), append(names, rc.Name)
		}
	}
	return cols, names
}

// recorder is a catalog that notes what names meant.
type recorder struct {
	*catalog
	refs []objects.Ref
	temp bool // one of them is temporary
}

func (c *recorder) note(ref objects.Ref) {
	for _, r := range c.refs {
		if r.Schema == ref.Schema && r.Name == ref.Name && r.Type == ref.Type {
			return
		}
	}
	c.refs = append(c.refs, ref)
}

// Table notes a table. See plan.Catalog.
func (c *recorder) Table(schema, name string) (*types.Table, plan.Stats) {
	def, st := c.catalog.Table(schema, name)
	if def != nil {
		ref := objects.Ref{Schema: schema, Name: name, OID: def.OID}
		for i := range def.Columns {
			ref.Cols = append(ref.Cols, objects.RefCol{ID: def.Columns[i].ID, Name: def.Columns[i].Name})
		}
		c.note(ref)
		c.temp = c.temp || objects.IsTemp(def.NS)
	}
	return def, st
}

// View notes a view. See plan.Catalog.
func (c *recorder) View(schema, name string) *plan.View {
	v := c.catalog.View(schema, name)
	switch {
	case v == nil:
	case c.objs.Views[v.OID] == nil: // the system's own
		c.note(objects.Ref{Schema: schema, Name: name})
	default:
		ref := objects.Ref{Schema: schema, Name: name, OID: v.OID}
		for i, col := range v.Columns {
			ref.Cols = append(ref.Cols, objects.RefCol{ID: uint32(i + 1), Name: col.Name})
		}
		c.note(ref)
		c.temp = c.temp || objects.IsTemp(c.objs.Views[v.OID].NS)
	}
	return v
}

// Virtual notes a catalog relation or a sequence. See plan.Catalog.
func (c *recorder) Virtual(schema, name string) (string, []plan.Field) {
	real, f := c.catalog.Virtual(schema, name)
	if f != nil {
		ref := objects.Ref{Schema: schema, Name: name}
		if r := c.find(schema, name); r.seq != nil {
			ref.OID = r.oid
		}
		c.note(ref)
	}
	return real, f
}

// Type notes a type. See plan.Catalog.
func (c *recorder) Type(schema, name string) (types.Type, bool) {
	t, ok := c.catalog.Type(schema, name)
	if ok && t.Ext != nil {
		c.note(objects.Ref{Schema: schema, Name: name, OID: t.Ext.OID, Type: true})
	}
	return t, ok
}

// taken returns the noted names with the columns that a plan says were used.
func (c *recorder) taken(uses map[plan.ColumnUse]bool) []objects.Ref {
	for i := range c.refs {
		ref := &c.refs[i]
		def := c.byOID(ref.OID)
		for k := range ref.Cols {
			at := k
			if def != nil {
				at = columnByID(def, ref.Cols[k].ID)
			}
			ref.Cols[k].Used = uses[plan.ColumnUse{OID: ref.OID, Attr: int16(at + 1)}]
		}
	}
	c.attributes(uses)
	return c.refs
}

// attributes adds the composite types of which attributes were used; they may not
// be named in the text.
func (c *recorder) attributes(uses map[plan.ColumnUse]bool) {
	byType := map[uint32][]objects.RefCol{}
	for u := range uses {
		t := c.objs.Types[u.OID]
		for i := 0; t != nil && i < len(t.Attrs); i++ {
			if a := &t.Attrs[i]; a.Num == uint32(u.Attr) {
				byType[u.OID] = append(byType[u.OID], objects.RefCol{ID: a.Num, Name: a.Name, Used: true})
			}
		}
	}
	for _, oid := range slices.Sorted(maps.Keys(byType)) {
		slices.SortFunc(byType[oid], func(a, b objects.RefCol) int { return cmp.Compare(a.ID, b.ID) })
		c.refs = append(c.refs, objects.Ref{OID: oid, Type: true, Cols: byType[oid]})
	}
}
