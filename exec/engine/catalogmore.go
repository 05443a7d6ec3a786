package engine

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/pgcatalog"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// askMore answers functions about types, functions and sessions; ok is false for
// a name that is not among them.
func (s *Session) askMore(c *catalog, name string, args []vec.Datum) (d vec.Datum, ok bool, err error) {
	text := func(v string, ok bool) (vec.Datum, bool, error) { return vec.Datum{S: v, Null: !ok}, true, nil }
	switch name {
	case "format_type":
		return text(c.typeName(uint32(args[0].I)), true)
	case "pg_get_function_result":
		return text(pgcatalog.FunctionResult(uint32(args[0].I), c.typeName))
	case "pg_get_function_arguments", "pg_get_function_identity_arguments":
		return text(pgcatalog.FunctionArguments(uint32(args[0].I), c.typeName, name == "pg_get_function_arguments"))
	case "pg_index_column_has_property":
		has, known := pgcatalog.IndexProperty(c.source(s), uint32(args[0].I), int(args[1].I), strings.ToLower(args[2].S))
		return vec.Datum{I: boolDatum(has).I, Null: !known}, true, nil
	case "pg_index_has_property":
		has, known := pgcatalog.WholeIndexProperty(c.source(s), uint32(args[0].I), strings.ToLower(args[1].S))
		return vec.Datum{I: boolDatum(has).I, Null: !known}, true, nil
	case "pg_get_functiondef":
		def, aggregate, ok := pgcatalog.FunctionDef(uint32(args[0].I), c.typeName)
		if aggregate {
			return vec.Datum{}, true, sqlerr.New(pgerrcode.WrongObjectType, "\"%s\" is an aggregate function", def)
		}
		return text(def, ok)
	case "to_regclass", "to_regtype", "to_regnamespace", "to_regrole", "to_regproc", "to_regprocedure", "to_regoper", "to_regoperator", "to_regcollation":
		k, _ := types.TypeNamed(name[len("to_"):])
		oid, err := s.regOID(k, args[0].S)
		if err != nil && sqlerr.From(err).Code == pgerrcode.InvalidName {
			return vec.Datum{}, true, err
		}
		return vec.Datum{I: int64(oid), Null: err != nil}, true, nil
	case "pg_my_temp_schema":
		return vec.Datum{I: int64(c.temp)}, true, nil
	case "pg_postmaster_start_time", "pg_conf_load_time":
		return vec.Datum{I: s.e.started.Sub(pgEpoch).Microseconds()}, true, nil
	case "pg_tablespace_size":
		d, err := s.size(c, "pg_database_size", args)
		return d, true, err
	}
	d, ok = s.askInfo(c, name, args)
	return d, ok, nil
}

// typeName is format_type without a modifier.
func (c *catalog) typeName(oid uint32) string {
	if t, ok := types.TypeByOID(oid); ok {
		return t.String()
	}
	if name, ok := c.ownType(oid); ok {
		return name
	}
	return pgcatalog.TypeName(oid)
}
