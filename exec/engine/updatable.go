package engine

import (
	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/planner/bind"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/vec"
)

// What pg_relation_is_updatable says: bits of the commands INSERT, UPDATE and
// DELETE (1 << CMD_...).
const (
	deletableBit  = 1 << 4
	updatableBits = 1<<2 | 1<<3 | deletableBit
)

// askInfo answers the functions that information_schema is made with; ok is false
// for a name that is not among them.
func (s *Session) askInfo(c *catalog, name string, args []vec.Datum) (d vec.Datum, ok bool) {
	switch name {
	case "pg_relation_is_updatable":
		return vec.Datum{I: c.updatable(uint32(args[0].I), 0)}, true
	case "pg_column_is_updatable":
		return boolDatum(args[1].I > 0 && c.updatable(uint32(args[0].I), int(args[1].I)) == updatableBits), true
	case "pg_function_is_visible":
		visible, known := pgcatalog.InPath("pg_proc", uint32(args[0].I))
		return vec.Datum{Null: !known, I: boolDatum(visible).I}, true
	case "pg_type_is_visible":
		return c.typeVisible(uint32(args[0].I)), true
	case "pg_describe_object":
		text := c.describeObject(s, uint32(args[0].I), uint32(args[1].I), int(args[2].I))
		return vec.Datum{S: text, Null: text == ""}, true
	case "pg_identify_object":
		return c.identityRow(s, uint32(args[0].I), uint32(args[1].I), int(args[2].I)), true
	case "pg_get_triggerdef":
		text, found := pgcatalog.TriggerDef(c.source(s), uint32(args[0].I), len(args) > 1 && args[1].I != 0)
		return vec.Datum{S: text, Null: !found}, true
	case "pg_get_ruledef":
		text, found := c.ruleText(s, uint32(args[0].I), len(args) > 1 && args[1].I != 0)
		return vec.Datum{S: text, Null: !found}, true
	case "pg_get_function_sqlbody":
		text, found := pgcatalog.FunctionBody(uint32(args[0].I))
		return vec.Datum{S: text, Null: !found}, true
	case "_pg_index_position":
		at, found := pgcatalog.IndexPosition(c.source(s), uint32(args[0].I), int16(args[1].I))
		return vec.Datum{I: int64(at), Null: !found}, true
	case "pg_get_function_arg_default":
		text, found := pgcatalog.FunctionDefault(uint32(args[0].I), int(args[1].I))
		return vec.Datum{S: text, Null: !found}, true
	}
	return d, false
}

// typeVisible tells whether a type's bare name finds it, NULL for an OID of none.
func (c *catalog) typeVisible(oid uint32) vec.Datum {
	if visible, known := pgcatalog.InPath("pg_type", oid); known {
		return boolDatum(visible)
	}
	for _, t := range c.objs.Types {
		if t.OID == oid || t.ArrayOID == oid {
			found := c.findType("", t.Name)
			return boolDatum(found != nil && found.OID == t.OID)
		}
	}
	for _, v := range c.objs.Views {
		if v.OID == oid {
			return boolDatum(c.visible(v.NS, v.Name))
		}
	}
	return vec.Datum{I: 1}
}

// describeObject is pg_describe_object for the classes that have owners, for
// schemas, and for constraints and what is made for them.
func (c *catalog) describeObject(s *Session, class, oid uint32, sub int) string {
	on := func(class, oid uint32) string { return c.describeObject(s, class, oid, 0) }
	if text, ok := pgcatalog.DescribeConstraint(c.source(s), class, oid, on); ok {
		return text
	}
	name := map[uint32]string{1255: objects.ClassFunction, 1247: objects.ClassType, 1259: objects.ClassRelation, 2612: objects.ClassLanguage,
		2615: objects.ClassSchema}[class]
	if name == "" {
		return ""
	}
	switch t := c.objs.Types[oid]; {
	case class == 1247 && t == nil:
		if name, ok := c.ownType(oid); ok {
			return "type " + name
		}
	case class == 1259 && sub > 0:
		if r := c.relationOf(oid); r != nil && r.typ != nil {
			return newGraph(c).describe(addr{depType, r.typ.OID, uint32(sub)})
		}
	}
	key := objects.CommentKey(name, pgcatalog.SchemaKey(name, oid), "")
	if r := c.relationOf(oid); r != nil && sub > 0 {
		key = r.colKey(oid, sub)
	}
	text, _ := c.describeKey(key)
	return text
}

// ruleText is pg_get_ruledef, for a view's rule as for the system's own.
func (c *catalog) ruleText(s *Session, oid uint32, pretty bool) (string, bool) {
	if def, ok := pgcatalog.SystemDef(oid); ok {
		return def, true
	}
	v := c.objs.Views[pgcatalog.RuleView(oid)]
	if v == nil {
		return "", false
	}
	layout, name := shownLayout, quoteIdent(c.nsName(v.NS))+"."+quoteIdent(v.Name)
	if pretty {
		layout, name = prettyLayout(0), c.shown(v.NS, v.Name)
	}
	return "CREATE RULE \"_RETURN\" AS\n    ON SELECT TO " + name + " DO INSTEAD " + c.viewText(s, v, layout), true
}

// updatable tells what Postgres's rules let be done to a relation, or to one column
// of it: tables, and views that show single columns of one such relation.
func (c *catalog) updatable(oid uint32, col int) int64 {
	if r := c.relationOf(oid); r != nil {
		switch r.kind {
		case 'r':
			return updatableBits
		case 'v':
			return c.updatableView(r.view, col)
		}
		return 0
	}
	kind, schema, name := pgcatalog.SystemRelation(oid)
	q := pgcatalog.ShownQuery(schema, name)
	if kind == "r" || kind == "v" && q != nil && shownUpdatable(&plan.View{Query: q, Catalog: systemCatalog{c}}, col) {
		return updatableBits
	}
	return 0
}

// updatableView is updatable for a view of a user's.
func (c *catalog) updatableView(v *objects.View, col int) int64 {
	can, why, _, err := bind.ViewColumns(c.planView(v), bind.Options{})
	if why != "" || err != nil {
		return 0
	}
	for i, ok := range can {
		if ok && (col == 0 || i == col-1) {
			return updatableBits
		}
	}
	return deletableBit
}

// shownUpdatable tells whether a view of the system's schemas, or one column of it,
// could be changed: its clauses tell.
func shownUpdatable(v *plan.View, col int) bool {
	q := v.Query
	if q == nil || bind.NotUpdatable(q) != "" {
		return false
	}
	from := q.From[0].(*ast.TableName)
	if def, _ := v.Catalog.Table(from.Name.Schema, from.Name.Name); def != nil {
		return def.Kind == "" && plainColumn(q, col)
	}
	if inner := v.Catalog.View(from.Name.Schema, from.Name.Name); inner != nil {
		return shownUpdatable(inner, 0) && plainColumn(q, col)
	}
	schema, fields := v.Catalog.Virtual(from.Name.Schema, from.Name.Name)
	return fields != nil && pgcatalog.IsTable(schema, from.Name.Name) && plainColumn(q, col)
}

// plainColumn tells whether an output column, or for 0 any of them, is a column of
// the relation and nothing else.
func plainColumn(q *ast.Select, col int) bool {
	for i, item := range q.Items {
		c, ok := item.X.(*ast.Column)
		if ok && c.Star {
			return true // of the only relation
		}
		if i == col-1 || ok && col == 0 {
			return ok
		}
	}
	return false
}
