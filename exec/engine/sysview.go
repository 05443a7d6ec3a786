package engine

import (
	"tagd/exec/pgcatalog"
	"tagd/planner/plan"
	"tagd/sql/types"
)

// systemView is a view of the system's schemas that is answered by its query, nil
// for other relations.
func (c *catalog) systemView(r *relation) *plan.View {
	if r.kind != 'V' {
		return nil
	}
	schema := c.nsName(r.ns)
	q := pgcatalog.ViewQuery(schema, r.name)
	if q == nil {
		return nil
	}
	_, fields := pgcatalog.Fields(schema, r.name)
	return &plan.View{OID: pgcatalog.RelationOID(schema, r.name), Name: r.name, Query: q, Columns: fields, Catalog: systemCatalog{c}}
}

// systemCatalog is the catalog that such a query sees: names without a schema are
// pg_catalog's, whatever the search path.
type systemCatalog struct{ *catalog }

func (c systemCatalog) rel(schema, name string) *relation {
	if schema == "" {
		schema = "pg_catalog"
	}
	ns, _ := c.namespace(schema)
	return c.in(ns, name)
}

// Table finds none. See plan.Catalog.
func (c systemCatalog) Table(_, _ string) (*types.Table, plan.Stats) { return nil, nil }

// View returns another view of the system's. See plan.Catalog.
func (c systemCatalog) View(schema, name string) *plan.View {
	if r := c.rel(schema, name); r != nil {
		return c.systemView(r)
	}
	return nil
}

// Virtual returns a catalog relation. See plan.Catalog.
func (c systemCatalog) Virtual(schema, name string) (string, []plan.Field) {
	if r := c.rel(schema, name); r != nil {
		return c.virtual(r)
	}
	return "", nil
}

// infoTypes are the base types of information_schema's domains.
var infoTypes = map[string]types.Type{"sql_identifier": types.Of(types.Name), "cardinal_number": types.Of(types.Int4),
	"character_data": types.Of(types.Varchar), "yes_or_no": {Kind: types.Varchar, Mod: 3 + 4}, "time_stamp": {Kind: types.TimestampTZ, Mod: 2 + 1}}
