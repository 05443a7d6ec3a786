package engine

import (
	"slices"
	"strconv"
	"time"

	"tagd/exec/deparse"
	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/planner/bind"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// shownLayout is how PostgreSQL shows what it is not asked to make pretty.
var shownLayout = deparse.Style{Indent: true}

// prettyLayout is the layout of the functions' pretty flag.
func prettyLayout(wrap int) deparse.Style {
	return deparse.Style{Paren: true, Indent: true, Wrap: wrap}
}

// deparser is the catalog of the session as package deparse asks for it; with
// view its names are those of a view's text.
type deparser struct {
	*catalog
	s    *Session
	view *viewCatalog
}

// viewText writes a view's query as it is now; what cannot be written is shown as
// it was given.
func (c *catalog) viewText(s *Session, v *objects.View, st deparse.Style) string {
	list, err := parse.Statements(v.Text)
	if err != nil || len(list) != 1 {
		return " " + v.Text + ";"
	}
	q, ok := list[0].Ast.(*ast.Select)
	if !ok {
		return " " + v.Text + ";"
	}
	names := make([]string, len(v.Columns))
	for i := range v.Columns {
		names[i] = v.Columns[i].Name
	}
	text, err := deparse.Select(&deparser{c, s, &viewCatalog{c, v}}, q, names, st)
	if err != nil {
		return " " + v.Text + ";"
	}
	return text + ";"
}

// exprText writes a stored expression over a table (nil for none); see
// deparse.Expr.
func (c *catalog) exprText(s *Session, def *types.Table, text string, what deparse.Cond, to types.Type, paren bool) (out string, function bool) {
	x, err := parse.Expr(text)
	if err != nil {
		return c.shownDefault(text), false
	}
	d := &deparser{catalog: c, s: s}
	var rel *deparse.Relation
	if def != nil {
		rel = d.tableRelation(def, nil)
	}
	oid, mod := columnType(to)
	out, function, err = deparse.Expr(d, x, rel, what, oid, mod, paren)
	if err != nil {
		return c.shownDefault(text), false
	}
	return out, function
}

// columnType is what pg_attribute has of a type: its OID, a domain's own, and its
// modifier.
func columnType(t types.Type) (uint32, int32) {
	if d := t.Domain(); d != nil {
		return d.OID, -1
	}
	return t.OID(), t.WireMod()
}

// defaultText writes the default or the expression of a generated column.
func (c *catalog) defaultText(s *Session, def *types.Table, col *types.Column, paren bool) string {
	text, rel := col.Default, (*types.Table)(nil)
	if col.Generated != "" {
		text, rel = col.Generated, def
	}
	out, _ := c.exprText(s, rel, text, deparse.Value, col.Type, paren)
	return out
}

// checkText writes a condition over a table.
func (c *catalog) checkText(s *Session, def *types.Table, text string, paren bool) string {
	out, _ := c.exprText(s, def, text, deparse.Condition, types.Type{}, paren)
	return out
}

// domainText writes the condition of a domain.
func (c *catalog) domainText(s *Session, t *objects.Type, text string, paren bool) string {
	x, err := parse.Expr(text)
	if err != nil {
		return text
	}
	base, _ := c.exts.Type(t.Base)
	oid, mod := columnType(base)
	out, err := deparse.DomainCheck(&deparser{catalog: c, s: s}, x, oid, mod, paren)
	if err != nil {
		return text
	}
	return out
}

// Relation finds what a name in FROM means. See deparse.Catalog.
func (d *deparser) Relation(schema, name string) *deparse.Relation {
	if d.view == nil {
		return nil
	}
	r, ref := d.view.rel(schema, name), d.view.ref(schema, name, false)
	if r == nil {
		return nil
	}
	var out *deparse.Relation
	switch {
	case r.def != nil && r.kind != 'i':
		out = d.tableRelation(r.def, ref)
	case r.view != nil:
		out = &deparse.Relation{}
		for i, col := range r.view.Columns {
			t, _ := d.exts.Type(col.Type)
			k := deparse.Column{Name: col.Name, Real: col.Name, Hidden: i >= len(ref.Cols)}
			k.Type, k.Mod = columnType(t)
			if !k.Hidden {
				k.Name = ref.Cols[i].Name
			}
			out.Columns = append(out.Columns, k)
		}
	default:
		_, fields := d.virtual(r)
		out = &deparse.Relation{}
		for _, f := range fields {
			oid, mod := columnType(f.Type)
			out.Columns = append(out.Columns, deparse.Column{Name: f.Name, Real: f.Name, Type: oid, Mod: mod})
		}
	}
	out.OID, out.Name, out.Shown = r.oid, r.name, d.shown(r.ns, r.name)
	if t, ok := d.RowType(r.oid); ok {
		out.RowType = t.Ext.OID
	}
	return out
}

// tableRelation are the columns of a table, with ref as it was when a view named
// it.
func (d *deparser) tableRelation(def *types.Table, ref *objects.Ref) *deparse.Relation {
	was := map[uint32]string{}
	if ref != nil {
		for _, c := range ref.Cols {
			was[c.ID] = c.Name
		}
	}
	out := &deparse.Relation{OID: def.OID, Name: def.Name, Shown: d.shown(def.NS, def.Name)}
	if t, ok := d.RowType(def.OID); ok {
		out.RowType = t.Ext.OID
	}
	for i := range def.Columns {
		col := &def.Columns[i]
		k := deparse.Column{Name: col.Name, Real: col.Name}
		k.Type, k.Mod = columnType(col.Type)
		if name, ok := was[col.ID]; ok {
			k.Name = name
		} else {
			k.Hidden = ref != nil
		}
		out.Columns = append(out.Columns, k)
	}
	return out
}

// TypeName resolves a type. See deparse.Catalog.
func (d *deparser) TypeName(n ast.TypeName) (types.Type, error) {
	var cat plan.Catalog = d.catalog
	if d.view != nil {
		cat = d.view
	}
	if t, ok, err := bind.UserType(n, cat); ok || err != nil {
		return t, err
	}
	return bind.TypeName(n)
}

// Type describes a user's type. See deparse.Catalog.
func (d *deparser) Type(oid uint32) (deparse.UserType, bool) {
	for _, t := range d.objs.Types {
		switch {
		case t.OID == oid && t.Kind == "e":
			return deparse.UserType{OID: oid, Name: t.Name, Kind: 'e', Category: 'E', Array: t.ArrayOID}, true
		case t.OID == oid && t.Kind == "c":
			return deparse.UserType{OID: oid, Name: t.Name, Kind: 'c', Category: 'C', Array: t.ArrayOID}, true
		case t.OID == oid && t.Kind == "d":
			base, _ := d.exts.Type(t.Base)
			out := deparse.UserType{OID: oid, Name: t.Name, Kind: 'd', Category: pgcatalog.TypeCategory(base.OID()), Array: t.ArrayOID}
			out.Base, out.BaseMod = columnType(base)
			return out, true
		case t.ArrayOID == oid && oid != 0:
			return deparse.UserType{OID: oid, Name: "_" + t.Name, Kind: 'b', Category: 'A', Elem: t.OID}, true
		}
	}
	t, ok := d.typeByOID(oid)
	switch {
	case !ok || t.Kind != types.Record || t.Ext == nil:
		return deparse.UserType{}, false
	case t.Array:
		return deparse.UserType{OID: oid, Name: t.PGName(), Kind: 'b', Category: 'A', Elem: t.Ext.OID}, true
	}
	return deparse.UserType{OID: oid, Name: t.PGName(), Kind: 'c', Category: 'C', Array: t.Ext.Def().ArrayOID}, true
}

// Attributes are those of a composite type. See deparse.Catalog.
func (d *deparser) Attributes(oid uint32) []deparse.Column {
	t, ok := d.typeByOID(oid)
	if !ok || !t.IsComposite() {
		return nil
	}
	var out []deparse.Column
	for _, a := range t.Ext.Def().Attrs {
		k := deparse.Column{Name: a.Name, Real: a.Name, Num: a.Num}
		k.Type, k.Mod = columnType(a.Type)
		out = append(out, k)
	}
	return out
}

// Format is format_type. See deparse.Catalog.
func (d *deparser) Format(oid uint32, mod int32) string {
	t, ok := types.TypeByOID(oid)
	switch {
	case !ok:
		return d.typeName(oid)
	case mod < 0 && t == types.Of(types.BPChar):
		return "bpchar"
	case mod < 0 && t == types.Of(types.Bit):
		return `"bit"`
	}
	return t.WithWireMod(mod).String()
}

// Literal reads a constant. See deparse.Catalog.
func (d *deparser) Literal(oid uint32, mod int32, text string) (out string, reg uint32, err error) {
	t, ok := d.typeByOID(oid)
	if !ok || t.Kind == types.Enum && !t.Array {
		return text, 0, nil // a label
	}
	if t == types.Of(types.RegClass) {
		if n, err := strconv.ParseUint(text, 10, 32); err == nil {
			return text, uint32(n), nil
		}
		reg, err = d.s.regClass(d.catalog, text)
		return text, reg, err
	}
	if t == types.Of(types.RegType) {
		n, err := d.s.regType(d.catalog, text)
		if err != nil {
			return "", 0, err
		}
		return d.typeName(n), 0, nil
	}
	if t.IsReg() {
		return text, 0, nil
	}
	st := types.ISO
	if d.s != nil {
		st = d.s.style
	}
	v, err := vec.ParseText(t.WithWireMod(mod), text, st, time.Now())
	if err != nil {
		return "", 0, err
	}
	return string(vec.AppendDatumText(nil, t, v, st)), 0, nil
}

// RegClass names a relation. See deparse.Catalog.
func (d *deparser) RegClass(oid uint32) string {
	if r := d.relationOf(oid); r != nil {
		return d.shown(r.ns, r.name)
	}
	if name, ok := pgcatalog.RelationName(oid); ok {
		return name
	}
	return strconv.FormatUint(uint64(oid), 10)
}

// quoteIdent quotes a name where Postgres's quote_identifier does.
func quoteIdent(v string) string { return types.QuoteIdent(v) }

// texts writes the definitions of a database; see pgcatalog.Texts.
type texts struct {
	*catalog
	s *Session
}

func (t texts) View(v *objects.View) string { return t.viewText(t.s, v, shownLayout) }

func (t texts) Default(def *types.Table, col *types.Column) string {
	return t.defaultText(t.s, def, col, false)
}

func (t texts) Check(def *types.Table, text string, pretty bool) string {
	return t.checkText(t.s, def, text, pretty)
}

func (t texts) DomainCheck(d *objects.Type, text string, pretty bool) string {
	return t.domainText(t.s, d, text, pretty)
}

func (t texts) DomainDefault(d *objects.Type) string {
	base, _ := t.exts.Type(d.Base)
	out, _ := t.exprText(t.s, nil, d.Default, deparse.Value, base, false)
	return out
}

func (t texts) Key(def *types.Table, text string, pretty bool) string {
	out, function := t.exprText(t.s, def, text, deparse.Key, types.Type{}, pretty)
	if !function {
		out = "(" + out + ")"
	}
	return out
}

func (t texts) Uses(def *types.Table, text string) (out []int16) {
	for _, id := range exprColumns(def, text) {
		if at := int16(columnByID(def, id) + 1); !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return out
}

func (t texts) Sequences(text string) []uint32 { return sequencesIn(text) }

func (t texts) Shown(ns uint32, name string) string { return t.shown(ns, name) }

// definition answers pg_get_viewdef and its like.
func (s *Session) definition(c *catalog, name string, args []vec.Datum) (vec.Datum, error) {
	text := func(v string, ok bool) (vec.Datum, error) { return vec.Datum{S: v, Null: !ok}, nil }
	oid, pretty := uint32(args[0].I), len(args) > 1 && args[len(args)-1].I != 0
	switch name {
	case "pg_get_constraintdef":
		return text(pgcatalog.ConstraintDef(c.source(s), oid, pretty))
	case "pg_get_indexdef":
		col := 0
		if len(args) == 3 {
			col = int(args[1].I)
		}
		return text(pgcatalog.IndexDef(c.source(s), oid, col, pretty))
	case "pg_get_expr":
		return s.prettyExpr(c, args[0].S, uint32(args[1].I), pretty)
	}
	layout := shownLayout
	if name == "pg_get_viewdef wrapped" {
		layout = prettyLayout(int(args[1].I))
	} else if pretty {
		layout = prettyLayout(0)
	}
	if name == "pg_get_viewdef named" {
		var err error
		if oid, err = s.regClass(c, args[0].S); err != nil {
			return vec.Datum{}, err
		}
	}
	v := c.objs.Views[oid]
	if v == nil {
		if q, ok := pgcatalog.ViewDef(oid, layout != shownLayout); ok {
			return text(q, true)
		}
		return vec.Datum{Null: true}, nil
	}
	return text(c.viewText(s, v, layout), true)
}

// prettyExpr is pg_get_expr of a text that the catalog shows with all its
// parentheses.
func (s *Session) prettyExpr(c *catalog, text string, rel uint32, pretty bool) (vec.Datum, error) {
	if !pretty {
		return vec.Datum{S: text}, nil
	}
	out, _ := c.exprText(s, c.byOID(rel), text, deparse.Key, types.Type{}, true)
	return vec.Datum{S: out}, nil
}
