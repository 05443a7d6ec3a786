package engine

import (
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// askCatalog answers the functions that need definitions; see fn.Ctx.Catalog.
func (s *Session) askCatalog(name string, args []vec.Datum) (vec.Datum, error) {
	switch name {
	case "nextval", "currval", "lastval", "setval", "pg_sequence_last_value":
		return s.sequenceFn(name, args)
	}
	c, release := s.catalog()
	defer release()
	text := func(v string, ok bool) (vec.Datum, error) { return vec.Datum{S: v, Null: !ok}, nil }
	switch name {
	case "current_schema":
		ns, ok := c.firstSchema()
		return text(c.nsName(ns), ok)
	case "current_schemas":
		return c.schemaNames(args[0].I != 0), nil
	case "pg_get_serial_sequence":
		return s.serialSequence(c, args[0].S, args[1].S)
	case "pg_get_userbyid":
		if r := c.Role(uint32(args[0].I)); r != nil {
			return text(r.Name, true)
		}
		return text("unknown (OID="+strconv.FormatInt(args[0].I, 10)+")", true)
	case "makeaclitem", "aclcontains", "aclexplode", "aclitemin":
		return s.aclFn(c, name, args)
	case "obj_description", "col_description", "shobj_description":
		return text(c.description(s, name, args))
	case "pg_get_viewdef", "pg_get_constraintdef", "pg_get_indexdef", "pg_get_expr", "pg_get_viewdef wrapped", "pg_get_viewdef named":
		return s.definition(c, name, args)
	case "pg_table_is_visible":
		r := c.relationOf(uint32(args[0].I))
		if r == nil {
			if ns, name, ok := pgcatalog.IndexPlace(c.source(s), uint32(args[0].I)); ok {
				return boolDatum(c.visible(ns, name)), nil
			}
			visible, known := pgcatalog.Visible(uint32(args[0].I))
			return vec.Datum{Null: !known, I: boolDatum(visible).I}, nil
		}
		return boolDatum(c.visible(r.ns, r.name)), nil
	case "pg_relation_size", "pg_table_size", "pg_total_relation_size", "pg_indexes_size", "pg_database_size":
		return s.size(c, name, args)
	case "inet_client_addr", "inet_server_addr", "inet_client_port", "inet_server_port":
		return s.connectionEnd(name)
	case "xmin": // of rows that the statement in hand writes
		if w := s.tx.write; w != nil {
			return vec.Datum{I: fn.XidOf(w.Version())}, nil
		}
		return vec.Datum{I: fn.XidOf(c.snap.Version())}, nil
	case "pg_export_snapshot":
		return s.exportSnapshot()
	case "pg_current_wal_lsn":
		return vec.Datum{I: int64(c.snap.Version())}, nil
	case "txid_current":
		return vec.Datum{I: int64(c.snap.Version()) + fn.FirstXid + 1}, nil
	}
	if strings.Contains(name, "/") {
		return s.privilegeFn(c, name, args)
	}
	if d, ok, err := s.askMore(c, name, args); ok || err != nil {
		return d, err
	}
	return vec.Datum{}, sqlerr.New(pgerrcode.FeatureNotSupported, "function %s is not supported", name)
}

func boolDatum(b bool) vec.Datum {
	if b {
		return vec.Datum{I: 1}
	}
	return vec.Datum{}
}

// firstSchema is what current_schema gives: the first of the path that exists.
func (c *catalog) firstSchema() (uint32, bool) {
	if len(c.explicit) == 0 {
		return 0, false
	}
	return c.explicit[0], true
}

func (c *catalog) schemaNames(implicit bool) vec.Datum {
	list := c.explicit
	if implicit {
		list = c.path
	}
	v := vec.New(types.Of(types.Name), len(list))
	for i, ns := range list {
		v.Str[i] = c.nsName(ns)
	}
	return vec.Datum{A: v}
}

// description is a comment by OID; for a column by number.
func (c *catalog) description(s *Session, name string, args []vec.Datum) (string, bool) {
	oid, class, sub := uint32(args[0].I), "", 0
	switch {
	case name == "shobj_description" && args[1].S == "pg_authid":
		r := c.Role(oid)
		if r == nil {
			return "", false
		}
		return r.Comment, r.Comment != ""
	case name == "shobj_description":
		if args[1].S != "pg_database" {
			return "", false
		}
		for _, d := range databasesOf(c.snap).list {
			if id := pgcatalog.DatabaseOID(d.OID); id == oid {
				text := pgcatalog.DatabaseComment(id, d.Comment)
				return text, text != ""
			}
		}
		return "", false
	case name == "col_description":
		class, sub = "pg_class", int(args[1].I)
		if sub == 0 {
			return "", false
		}
	case len(args) > 1:
		class = args[1].S
	}
	if def := c.byOID(oid); def != nil && (class == "" || class == "pg_class") {
		text := def.Comment
		if sub > 0 && sub <= len(def.Columns) {
			text = def.Columns[sub-1].Comment
		}
		return text, text != ""
	}
	return pgcatalog.Description(c.source(s), class, oid, sub)
}

// size is what a table takes in the file, that of its keys' indexes apart.
func (s *Session) size(c *catalog, name string, args []vec.Datum) (vec.Datum, error) {
	if name == "pg_database_size" {
		var n int64
		for _, def := range c.tables() {
			if t, ok := c.snap.Table(def.Path()); ok {
				n += t.Bytes()
			}
		}
		return vec.Datum{I: n}, nil
	}
	def := c.byOID(uint32(args[0].I))
	if def == nil { // views, indexes and the system's own relations keep nothing
		_, _, index := pgcatalog.IndexPlace(c.source(s), uint32(args[0].I))
		_, system := pgcatalog.RelationName(uint32(args[0].I))
		return vec.Datum{Null: !index && !system && c.relationOf(uint32(args[0].I)) == nil}, nil
	}
	t, ok := c.snap.Table(def.Path())
	if !ok {
		return vec.Datum{}, nil
	}
	keys := int64(0)
	for u := -1; u < len(t.Def().Uniques); u++ {
		keys += t.IndexBytes(u)
	}
	switch name {
	case "pg_total_relation_size":
		keys = 0
	case "pg_indexes_size":
		return vec.Datum{I: keys}, nil
	}
	return vec.Datum{I: t.Bytes() - keys}, nil
}

// serialSequence is the sequence that a column owns.
func (s *Session) serialSequence(c *catalog, table, col string) (vec.Datum, error) {
	oid, err := s.regClass(c, table)
	if err != nil {
		return vec.Datum{}, err
	}
	def := c.byOID(oid)
	if def == nil { // no column of a view or an index owns a sequence
		return vec.Datum{Null: true}, nil
	}
	i := def.Column(col)
	if i < 0 {
		return vec.Datum{}, noColumn(col, def.Name)
	}
	for _, q := range c.objs.Sequences {
		if q.Table == oid && q.Col == def.Columns[i].ID {
			return vec.Datum{S: quoteIdent(c.nsName(q.NS)) + "." + quoteIdent(q.Name)}, nil
		}
	}
	return vec.Datum{Null: true}, nil
}

// regClass finds a relation by its name as SQL writes it, or by its OID.
func (s *Session) regClass(c *catalog, text string) (uint32, error) {
	if n, err := strconv.ParseUint(text, 10, 32); err == nil {
		return uint32(n), nil
	}
	schema, name, err := splitName(text)
	if err != nil {
		return 0, err
	}
	r := c.findIndex(schema, name)
	if r == nil {
		sys := schema
		if sys == "" {
			sys = "pg_catalog"
		}
		if oid := pgcatalog.RelationOID(sys, name); oid != 0 {
			return oid, nil
		}
		full := name
		if schema != "" {
			full = schema + "." + name
			if _, ok := c.namespace(schema); !ok {
				return 0, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, schema)
			}
		}
		return 0, sqlerr.New(pgerrcode.UndefinedTable, `relation "%s" does not exist`, full)
	}
	if r.kind == 'V' {
		return pgcatalog.RelationOID(c.nsName(r.ns), r.name), nil
	}
	return r.oid, nil
}

// splitName reads a name as textToQualifiedNameList does.
func splitName(text string) (schema, name string, err error) {
	var parts []string
	rest := strings.TrimSpace(text)
	for rest != "" {
		var p string
		if rest[0] == '"' {
			i := 1
			for {
				j := strings.IndexByte(rest[i:], '"')
				if j < 0 {
					return "", "", sqlerr.New(pgerrcode.InvalidName, "invalid name syntax")
				}
				i += j + 1
				if i >= len(rest) || rest[i] != '"' {
					break
				}
				i++
			}
			p, rest = strings.ReplaceAll(rest[1:i-1], `""`, `"`), rest[i:]
		} else {
			i := strings.IndexByte(rest, '.')
			if i < 0 {
				i = len(rest)
			}
			p, rest = strings.ToLower(strings.TrimSpace(rest[:i])), rest[i:]
		}
		if p == "" {
			return "", "", sqlerr.New(pgerrcode.InvalidName, "invalid name syntax")
		}
		parts = append(parts, p)
		if rest = strings.TrimSpace(rest); rest != "" {
			if rest[0] != '.' || len(rest) == 1 {
				return "", "", sqlerr.New(pgerrcode.InvalidName, "invalid name syntax")
			}
			rest = strings.TrimSpace(rest[1:])
		}
	}
	switch len(parts) {
	case 0:
		return "", "", sqlerr.New(pgerrcode.InvalidName, "invalid name syntax")
	case 1:
		return "", parts[0], nil
	case 2:
		return parts[0], parts[1], nil
	case 3:
		return parts[1], parts[2], nil
	}
	return "", "", sqlerr.New(pgerrcode.SyntaxError, "improper relation name (too many dotted names): %s", text)
}

// regName and regOID are the output and input of the reg types; see types.Style.
func (s *Session) regName(k types.Kind, oid uint32) (string, bool) {
	c, release := s.catalog()
	defer release()
	switch k {
	case types.RegClass:
		if r := c.relationOf(oid); r != nil {
			return c.shown(r.ns, r.name), true
		}
		if ns, name, ok := pgcatalog.IndexPlace(c.source(s), oid); ok {
			return c.shown(ns, name), true
		}
		return pgcatalog.RelationName(oid)
	case types.RegType:
		if t, ok := types.TypeByOID(oid); ok {
			return t.String(), true
		}
		if name, ok := c.ownType(oid); ok {
			return name, true
		}
		name := pgcatalog.TypeName(oid)
		return name, name != "???"
	case types.RegNamespace:
		if n := c.nsName(pgcatalog.SchemaKey(objects.ClassSchema, oid)); n != "" {
			return quoteIdent(n), true
		}
	case types.RegProc, types.RegProcedure, types.RegOper, types.RegOperator:
		return c.routineName(k, oid)
	case types.RegRole:
		if r := c.Role(oid); r != nil {
			return quoteIdent(r.Name), true
		}
	case types.RegCollation, types.RegConfig, types.RegDictionary:
		name, ok := pgcatalog.PlainName(k, oid)
		return quoteIdent(name), ok
	}
	return "", false
}

func (s *Session) regOID(k types.Kind, text string) (uint32, error) {
	c, release := s.catalog()
	defer release()
	switch k {
	case types.RegProc, types.RegProcedure, types.RegOper, types.RegOperator:
		return s.routineOID(c, k, text)
	case types.RegClass:
		return s.regClass(c, text)
	case types.RegType:
		return s.regType(c, text)
	case types.RegNamespace:
		name, err := bareName(text)
		if err != nil {
			return 0, err
		}
		ns, ok := c.namespace(name)
		if !ok {
			return 0, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, name)
		}
		return pgcatalog.SchemaOID(ns), nil
	case types.RegRole:
		name, err := bareName(text)
		if err != nil {
			return 0, err
		}
		r := c.Named(name)
		if r == nil {
			return 0, noRole(name)
		}
		return r.OID, nil
	}
	return s.plainOID(c, k, text)
}

// bareName is a name that nothing may qualify.
func bareName(text string) (string, error) {
	schema, name, err := splitName(text)
	if err == nil && schema != "" {
		err = sqlerr.New(pgerrcode.InvalidName, "invalid name syntax")
	}
	return name, err
}

// plainOID finds a collation, a text search configuration or dictionary by its
// name.
func (s *Session) plainOID(c *catalog, k types.Kind, text string) (uint32, error) {
	schema, name, err := splitName(text)
	if err != nil {
		return 0, err
	}
	if _, ok := c.namespace(schema); schema != "" && !ok {
		return 0, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, schema)
	}
	if oid := pgcatalog.PlainOID(k, schema, name); oid != 0 {
		return oid, nil
	}
	what := map[types.Kind]string{types.RegCollation: `collation "%s" for encoding "UTF8"`, types.RegConfig: `text search configuration "%s"`,
		types.RegDictionary: `text search dictionary "%s"`}[k]
	return 0, sqlerr.New(pgerrcode.UndefinedObject, what+" does not exist", name)
}

// regType finds a type by its name as SQL writes it.
func (s *Session) regType(c *catalog, text string) (uint32, error) {
	n, err := parseTypeName(text)
	if err != nil {
		return 0, err
	}
	t, err := s.resolveType(n)
	if err != nil {
		if oid := pgcatalog.TypeOID(n.Schema, n.Name, n.Dims > 0); oid != 0 {
			return oid, nil
		}
		return 0, err
	}
	if d := t.Domain(); d != nil {
		return d.OID, nil
	}
	return t.OID(), nil
}

// ownType names a type of the database's own by its OID: an enum, a domain, a
// relation's row, or an array of one.
func (c *catalog) ownType(oid uint32) (string, bool) {
	for _, t := range c.objs.Types {
		switch oid {
		case t.OID:
			return c.shownType(t.NS, t.Name), true
		case t.ArrayOID:
			return c.shownType(t.NS, t.Name) + "[]", true
		}
	}
	rel, array, ok := pgcatalog.RowTypeRelation(oid)
	if !ok {
		return "", false
	}
	name := ""
	if t := c.objs.Types[rel]; t != nil {
		name = c.shownType(t.NS, t.Name)
	} else if r := c.relationOf(rel); r != nil {
		name = c.shown(r.ns, r.name)
	}
	if array && name != "" {
		name += "[]"
	}
	return name, name != ""
}
