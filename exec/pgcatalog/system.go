package pgcatalog

import (
	"regexp"
	"strings"
	"sync"

	"tagd/sql/ast"
	"tagd/sql/parse"
)

// viewQueries are the queries of the system's views.
var viewQueries = sync.OnceValue(func() map[string]func() *ast.Select {
	out := map[string]func() *ast.Select{}
	for name, sh := range shapes() {
		if sh.query == "" {
			continue
		}
		out[name] = sync.OnceValue(func() *ast.Select {
			list, err := parse.Statements(inlined(sh.query))
			if err != nil || len(list) != 1 {
				return nil
			}
			q, _ := list[0].Ast.(*ast.Select)
			return q
		})
	}
	return out
})

// queried are the views of pg_catalog that are answered by their queries, like those
// of information_schema and those of statistics; the others have rows of their own,
// or none.
var queried = map[string]bool{"pg_indexes": true, "pg_matviews": true, "pg_policies": true, "pg_rules": true, "pg_tables": true,
	"pg_user_mappings": true, "pg_views": true}

// The two functions of information_schema that take whole rows are written out.
var (
	trueType = regexp.MustCompile(`information_schema\._pg_truetypid\((\w+)\.\*, (\w+)\.\*\)`)
	trueMod  = regexp.MustCompile(`information_schema\._pg_truetypmod\((\w+)\.\*, (\w+)\.\*\)`)
)

func inlined(query string) string {
	query = trueType.ReplaceAllString(query, `CASE WHEN ($2.typtype = 'd') THEN $2.typbasetype ELSE $1.atttypid END`)
	query = trueMod.ReplaceAllString(query, `CASE WHEN ($2.typtype = 'd') THEN $2.typtypmod ELSE $1.atttypmod END`)
	return strings.TrimSuffix(strings.TrimSpace(query), ";")
}

// ViewQuery is the query that answers a view of the system's schemas, shared and
// read-only; nil for other relations. Its names without a schema are pg_catalog's.
func ViewQuery(schema, name string) *ast.Select {
	stat := strings.HasPrefix(name, "pg_stat") && name != "pg_stats_ext_exprs" // which reads arrays of rows of pg_statistic
	if schema != "information_schema" && !queried[name] && !stat {
		return nil
	}
	return ShownQuery(schema, name)
}

// ShownQuery is what a view of the system's schemas selects in PostgreSQL, whatever
// answers it here; see ViewQuery.
func ShownQuery(schema, name string) *ast.Select {
	if q := viewQueries()[schema+"."+name]; q != nil {
		return q()
	}
	return nil
}

// SystemRelation is the kind, schema and name of a relation of the system's schemas,
// all "" for another OID.
func SystemRelation(oid uint32) (kind, schema, name string) {
	if sh := relationByOID(oid); sh != nil {
		return sh.kind, sh.schema, sh.name
	}
	return "", "", ""
}

// ViewDef is pg_get_viewdef of a view of the system's schemas, false for other
// relations.
func ViewDef(oid uint32, pretty bool) (string, bool) {
	sh := relationByOID(oid)
	if sh == nil || sh.query == "" {
		return "", false
	}
	if pretty {
		return sh.pretty, true
	}
	return sh.query, true
}

// systemNames has what pg_class says of the system's indexes and TOAST tables,
// which are not read as relations, by OID and by name.
var systemNames = sync.OnceValues(func() (map[uint32]string, map[string]uint32) {
	sh := shapes()["pg_catalog.pg_class"]
	b := sh.rows()
	name, oid, ns := b.Cols[sh.at["relname"]], b.Cols[sh.at["oid"]], b.Cols[sh.at["relnamespace"]]
	schemas := map[int64]string{OIDInfo: "information_schema.", OIDToast: "pg_toast."}
	names, oids := map[uint32]string{}, map[string]uint32{}
	for i := range b.N {
		s, o := schemas[ns.Get(i).I], uint32(oid.Get(i).I)
		names[o] = s + name.Get(i).S
		if s == "" {
			s = "pg_catalog."
		}
		oids[s+name.Get(i).S] = o
	}
	return names, oids
})

// SystemDef is the definition of an index, a constraint or a rule of the system's
// schemas; false for another OID.
func SystemDef(oid uint32) (string, bool) {
	shapes()
	def, ok := systemDefs[oid]
	return def, ok
}

// systemColumns are the names of the columns of the system's relations and indexes
// by OID and number.
var systemColumns = sync.OnceValue(func() map[[2]int64]string {
	at, b := Builtin("pg_attribute")
	rel, num, name := b.Cols[at["attrelid"]], b.Cols[at["attnum"]], b.Cols[at["attname"]]
	out := make(map[[2]int64]string, b.N)
	for i := range b.N {
		out[[2]int64{rel.Get(i).I, num.Get(i).I}] = name.Get(i).S
	}
	return out
})
