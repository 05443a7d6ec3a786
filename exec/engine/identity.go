package engine

import (
	"tagd/exec/pgcatalog"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// The catalogs whose rows identify names itself.
const classRelation, classSchema, classType = 1259, 2615, 1247

// identityRow is what pg_identify_object is made of, an array of its four values.
func (c *catalog) identityRow(s *Session, class, oid uint32, sub int) vec.Datum {
	id := c.identify(s, class, oid, sub)
	all := vec.NewBuilder(types.Of(types.Text), 4)
	for _, v := range []string{id.Kind, id.Schema, id.Name, id.Whole} {
		all.Append(vec.Datum{S: v, Null: v == ""})
	}
	return vec.Datum{A: all.Finish()}
}

// identify names an object as getObjectIdentityParts does (objectaddress.c).
func (c *catalog) identify(s *Session, class, oid uint32, sub int) pgcatalog.Identity {
	named := func(kind, schema, name string) pgcatalog.Identity {
		id := pgcatalog.Identity{Kind: kind, Schema: quoteIdent(schema), Name: quoteIdent(name), Whole: quoteIdent(schema) + "." + quoteIdent(name)}
		if schema == "" {
			id.Schema, id.Whole = "", id.Name
		}
		return id
	}
	switch class {
	case classRelation:
		return c.identifyRelation(s, oid, sub, named)
	case classSchema:
		if name := c.nsName(oid); name != "" {
			return named("schema", "", name)
		}
	case classType:
		if t, ok := types.TypeByOID(oid); ok {
			id := named("type", "pg_catalog", t.PGName())
			id.Whole = t.String()
			return id
		}
		for _, t := range c.objs.Types {
			if t.OID == oid {
				return named("type", c.nsName(t.NS), t.Name)
			}
		}
		if rel, array, ok := pgcatalog.RowTypeRelation(oid); ok && !array {
			if r := c.relationOf(rel); r != nil {
				return named("type", c.nsName(r.ns), r.name)
			}
		}
	}
	return pgcatalog.Identify(c.source(s), class, oid, func(class, oid uint32) pgcatalog.Identity { return c.identify(s, class, oid, 0) })
}

// identifyRelation names a relation, or one of its columns.
func (c *catalog) identifyRelation(s *Session, oid uint32, sub int, named func(kind, schema, name string) pgcatalog.Identity) pgcatalog.Identity {
	var id pgcatalog.Identity
	r := c.relationOf(oid)
	schema, name, system := pgcatalog.RelationPlace(oid)
	ns, index, ok := pgcatalog.IndexPlace(c.source(s), oid)
	switch {
	case r != nil:
		id = named(kindWords[r.kind], c.nsName(r.ns), r.name)
	case ok:
		return named("index", c.nsName(ns), index)
	case system:
		kind, _, _ := pgcatalog.SystemRelation(oid)
		id = named(map[string]string{"r": "table", "v": "view", "i": "index", "t": "toast table"}[kind], schema, name)
	default:
		return pgcatalog.Identity{Kind: "relation"}
	}
	if sub > 0 && r != nil {
		if names := c.columnNames(r); sub <= len(names) {
			id.Kind += " column"
			id.Whole += "." + quoteIdent(names[sub-1])
		}
	}
	return id
}
