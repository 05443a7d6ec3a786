package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// relation is what a relation's name means. Its kind is as in pg_class.relkind:
// r table, m materialized view, v view, S sequence, i index, c composite type; V is a relation of
// the system's schemas.
type relation struct {
	kind  byte
	oid   uint32
	ns    uint32
	name  string
	def   *types.Table      // r, m; the table of an index that a constraint makes
	view  *objects.View     // v, m
	seq   *objects.Sequence // S
	index *objects.Index    // i, nil for the index of a constraint
	typ   *objects.Type     // c
}

var kindWords = map[byte]string{'r': "table", 'm': "materialized view", 'v': "view", 'S': "sequence", 'i': "index", 'c': "composite type", 'V': "view"}

// namespace returns the OID of a schema.
func (c *catalog) namespace(name string) (uint32, bool) {
	switch name {
	case "pg_catalog":
		return pgcatalog.OIDCatalog, true
	case "information_schema":
		return pgcatalog.OIDInfo, true
	case "pg_toast":
		return pgcatalog.OIDToast, true
	case "pg_temp":
		return c.temp, c.temp != 0
	}
	if c.temp != 0 && name == tempName(c.temp) {
		return c.temp, true
	}
	return c.objs.SchemaNamed(name)
}

// nsName is the name of a schema.
func (c *catalog) nsName(ns uint32) string {
	switch ns {
	case pgcatalog.OIDCatalog:
		return "pg_catalog"
	case pgcatalog.OIDInfo:
		return "information_schema"
	case pgcatalog.OIDToast:
		return "pg_toast"
	}
	if objects.IsTemp(ns) {
		return tempName(ns)
	}
	if s := c.objs.Schemas[ns]; s != nil {
		return s.Name
	}
	return ""
}

// in finds a relation by name in one schema, nil for none. Indexes that
// constraints make are not found; see constraintIndex.
func (c *catalog) in(ns uint32, name string) *relation {
	switch ns {
	case pgcatalog.OIDCatalog, pgcatalog.OIDInfo:
		if _, f := pgcatalog.Fields(c.nsName(ns), name); f != nil {
			return &relation{kind: 'V', ns: ns, name: name}
		}
		return nil
	}
	if def := c.stored(types.Path(c.db, ns, name)); def != nil {
		r := &relation{kind: 'r', oid: def.OID, ns: ns, name: name, def: def}
		if def.Kind != "" {
			r.kind, r.view = 'm', c.objs.Views[def.OID]
		}
		return r
	}
	switch o := c.objs.Relation(ns, name).(type) {
	case *objects.View:
		if !o.Mat {
			return &relation{kind: 'v', oid: o.OID, ns: ns, name: name, view: o}
		}
	case *objects.Sequence:
		return &relation{kind: 'S', oid: o.OID, ns: ns, name: name, seq: o}
	case *objects.Type:
		return &relation{kind: 'c', oid: o.Rel, ns: ns, name: name, typ: o}
	case *objects.Index:
		return &relation{kind: 'i', oid: o.OID, ns: ns, name: name, index: o, def: c.byOID(o.Table)}
	}
	return nil
}

// Denied is the error of a schema that the current user may not look into. See
// plan.Catalog.
func (c *catalog) Denied(schema string) error {
	if schema == "" {
		return nil
	}
	if ns, ok := c.namespace(schema); ok && !c.maySchema(ns, roles.Usage) {
		return denied("permission denied for schema %s", schema)
	}
	return nil
}

// HasSchema implements plan.Catalog.
func (c *catalog) HasSchema(name string) bool {
	_, ok := c.namespace(name)
	return ok
}

// find finds a relation by schema and name, or along the search path.
func (c *catalog) find(schema, name string) *relation {
	if schema != "" {
		ns, ok := c.namespace(schema)
		if !ok || !c.maySchema(ns, roles.Usage) {
			return nil
		}
		return c.in(ns, name)
	}
	for _, ns := range c.path {
		if r := c.in(ns, name); r != nil {
			return r
		}
	}
	return nil
}

// findIndex is find for indexes, those of constraints among them.
func (c *catalog) findIndex(schema, name string) *relation {
	path := c.path
	if schema != "" {
		ns, ok := c.namespace(schema)
		if !ok || !c.maySchema(ns, roles.Usage) {
			return nil
		}
		path = []uint32{ns}
	}
	for _, ns := range path {
		if r := c.in(ns, name); r != nil {
			return r
		}
		if def := c.constraintIndex(ns, name); def != nil {
			return &relation{kind: 'i', oid: pgcatalog.ConstraintIndexOID(def, name), ns: ns, name: name, def: def}
		}
	}
	return nil
}

// constraintIndex returns the table with a key or UNIQUE constraint of a name,
// which is an index's too.
func (c *catalog) constraintIndex(ns uint32, name string) *types.Table {
	for _, def := range c.tables() {
		if def.NS != ns {
			continue
		}
		if def.Key >= 0 && def.KeyName == name {
			return def
		}
		for i := range def.Uniques {
			if !def.Uniques[i].Index && def.Uniques[i].Name == name {
				return def
			}
		}
	}
	return nil
}

// taken reports whether a relation's name is in use in a schema.
func (c *catalog) taken(ns uint32, name string) bool {
	return c.in(ns, name) != nil || c.constraintIndex(ns, name) != nil
}

// tables lists the tables of the database.
func (c *catalog) tables() []*types.Table {
	if k := c.listed(); k != nil {
		return k.tables
	}
	return c.listTables()
}

func (c *catalog) listTables() []*types.Table {
	var out []*types.Table
	for _, def := range c.snap.Tables() {
		if _, changed := c.defs[def.Path()]; !changed && def.DB == c.db {
			out = append(out, def)
		}
	}
	for _, def := range c.defs {
		if def != nil && def.DB == c.db {
			out = append(out, def)
		}
	}
	slices.SortFunc(out, func(a, b *types.Table) int { return cmp.Compare(a.OID, b.OID) })
	return out
}

// byOID finds a table by OID, nil for none.
func (c *catalog) byOID(oid uint32) *types.Table {
	if k := c.listed(); k != nil {
		return k.byOID[oid]
	}
	for _, def := range c.tables() {
		if def.OID == oid {
			return def
		}
	}
	return nil
}

// relationOf finds a relation by OID, nil for none.
func (c *catalog) relationOf(oid uint32) *relation {
	if v := c.objs.Views[oid]; v != nil {
		return c.in(v.NS, v.Name)
	}
	if v := c.objs.Sequences[oid]; v != nil {
		return c.in(v.NS, v.Name)
	}
	if v := c.objs.Indexes[oid]; v != nil {
		return c.in(v.NS, v.Name)
	}
	if def := c.byOID(oid); def != nil {
		return c.in(def.NS, def.Name)
	}
	for _, t := range c.objs.Types {
		if t.Rel == oid && oid != 0 {
			return c.in(t.NS, t.Name)
		}
	}
	return nil
}

// visible reports whether the first relation of its name along the path is r.
func (c *catalog) visible(ns uint32, name string) bool {
	for _, p := range c.path {
		if p == ns {
			return true
		}
		if c.in(p, name) != nil {
			return false
		}
	}
	return false
}

// shown is a relation's name, qualified where it would not be found without.
func (c *catalog) shown(ns uint32, name string) string {
	if c.visible(ns, name) {
		return quoteIdent(name)
	}
	return quoteIdent(c.nsName(ns)) + "." + quoteIdent(name)
}

// splitPath reads a list of identifiers as search_path has it.
func splitPath(v string) (names []string, ok bool) {
	rest := strings.TrimSpace(v)
	if rest == "" {
		return nil, true
	}
	for {
		var name string
		if strings.HasPrefix(rest, `"`) {
			end := 1
			for {
				i := strings.IndexByte(rest[end:], '"')
				if i < 0 {
					return nil, false
				}
				end += i + 1
				if end < len(rest) && rest[end] == '"' {
					end++
					continue
				}
				break
			}
			name, rest = strings.ReplaceAll(rest[1:end-1], `""`, `"`), rest[end:]
		} else {
			end := strings.IndexAny(rest, ", \t\n")
			if end < 0 {
				end = len(rest)
			}
			name, rest = strings.ToLower(rest[:end]), rest[end:]
			if name == "" {
				return nil, false
			}
		}
		names = append(names, name)
		rest = strings.TrimSpace(rest)
		if rest == "" {
			return names, true
		}
		if rest[0] != ',' {
			return nil, false
		}
		rest = strings.TrimSpace(rest[1:])
	}
}

// setPath computes the schemas that names are looked up in: those of the
// setting that exist, after the temporary ones and pg_catalog where the setting
// does not place them itself. c.create is where new objects go: the first that
// the setting names.
func (c *catalog) setPath(s *Session) {
	var list []uint32
	temp, system := false, false
	c.create = noSchema
	for _, name := range s.path {
		if name == "$user" {
			name = c.Name(c.user)
		}
		ns, ok := c.namespace(name)
		ok = ok && c.maySchema(ns, roles.Usage)
		if name == "pg_temp" {
			temp = true
			if c.create == noSchema {
				c.create = newTemp
			}
		}
		if !ok {
			continue
		}
		system = system || ns == pgcatalog.OIDCatalog
		if c.create == noSchema {
			c.create = ns
		}
		list = append(list, ns)
	}
	c.explicit = list
	if !system {
		list = append([]uint32{pgcatalog.OIDCatalog}, list...)
	}
	if !temp && c.temp != 0 {
		list = append([]uint32{c.temp}, list...)
	}
	c.path = list
}

// What stands for a schema where there is none: none is selected, or it is the
// temporary one that is yet to be made.
const (
	noSchema = 1<<31 - 1
	newTemp  = 1<<31 - 2
)

// otherDB refuses names of other databases.
func (s *Session) otherDB(n ast.Name) error {
	if n.DB == "" || n.DB == s.db {
		return nil
	}
	return sqlerr.At(n.Pos(), pgerrcode.FeatureNotSupported, `cross-database references are not implemented: "%s.%s.%s"`, n.DB, n.Schema, n.Name)
}

// target returns the schema in which a new object goes.
func (e *edit) target(n ast.Name, temp bool) (uint32, error) {
	c := e.c
	if err := e.s.otherDB(n); err != nil {
		return 0, err
	}
	if temp {
		if n.Schema != "" && n.Schema != "pg_temp" && (c.temp == 0 || n.Schema != tempName(c.temp)) {
			return 0, sqlerr.At(n.Pos(), pgerrcode.InvalidTableDefinition, "cannot create temporary relation in non-temporary schema")
		}
		return e.mayTemp()
	}
	if n.Schema == "pg_temp" {
		return e.mayTemp()
	}
	if n.Schema != "" {
		ns, ok := c.namespace(n.Schema)
		switch {
		case !ok:
			return 0, sqlerr.At(n.Pos(), pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, n.Schema)
		case ns == pgcatalog.OIDCatalog || ns == pgcatalog.OIDInfo || ns == pgcatalog.OIDToast:
			return 0, sqlerr.New(pgerrcode.InsufficientPrivilege, `permission denied to create "%s.%s"`, n.Schema, n.Name).
				WithDetail("System catalog modifications are currently disallowed.")
		}
		return ns, c.needSchema(ns, roles.Create)
	}
	switch c.create {
	case noSchema:
		return 0, sqlerr.At(n.Pos(), pgerrcode.InvalidSchemaName, "no schema has been selected to create in")
	case newTemp:
		return e.mayTemp()
	case pgcatalog.OIDCatalog, pgcatalog.OIDInfo:
		return 0, sqlerr.New(pgerrcode.InsufficientPrivilege, `permission denied to create "%s.%s"`, c.nsName(c.create), n.Name).
			WithDetail("System catalog modifications are currently disallowed.")
	}
	return c.create, c.needSchema(c.create, roles.Create)
}

// mayTemp is the temporary schema for who may make temporary tables.
func (e *edit) mayTemp() (uint32, error) {
	if err := e.s.needDB(e.c, roles.Temp, `permission denied to create temporary tables in database "%s"`); err != nil {
		return 0, err
	}
	return e.tempSpace()
}
