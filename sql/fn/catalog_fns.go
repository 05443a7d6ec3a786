package fn

import (
	"strings"

	"tagd/sql/charset"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Functions of pg_catalog that clients' introspection calls. Those that need
// definitions ask the session's catalog; the others say what holds for every
// database here.
func init() {
	tree := types.Of(types.NodeTree)
	pass := rows(tText, func(r row) (vec.Datum, error) { return dS(r.s(0)), nil })
	def("pg_get_expr", ts{tree, tOid}, tText, pass, stable)
	def("pg_get_expr", ts{tree, tOid, tBool}, tText, askCatalog("pg_get_expr", tText), stable)
	cast(tree, tText, CastImplicit, nil)
	cast(types.Of(types.AclItem), tText, CastAssign, nil)
	for _, n := range []string{"pg_conversion_is_visible", "pg_statistics_obj_is_visible", "pg_opfamily_is_visible", "pg_ts_config_is_visible",
		"pg_ts_dict_is_visible", "pg_ts_parser_is_visible", "pg_ts_template_is_visible"} {
		def(n, ts{tOid}, tBool, rows(tBool, func(row) (vec.Datum, error) { return dB(true), nil }), stable)
	}
	def("pg_get_statisticsobjdef_expressions", ts{tOid}, tText.ArrayOf(), rows(tText.ArrayOf(), func(row) (vec.Datum, error) { return null, nil }), stable)
	nothing(tText, "pg_get_partkeydef", "pg_get_statisticsobjdef", "pg_get_statisticsobjdef_columns",
		"pg_get_partition_constraintdef")
	nothing(tOid, "pg_relation_filenode")
	for _, n := range []string{"pg_relation_is_publishable", "row_security_active", "pg_is_other_temp_schema"} {
		def(n, ts{tOid}, tBool, rows(tBool, func(row) (vec.Datum, error) { return dB(false), nil }), stable)
	}
	def("pg_tablespace_location", ts{tOid}, tText, rows(tText, func(row) (vec.Datum, error) { return dS(""), nil }), stable)
	encodingFuncs()
	privilegeFuncs()
	for _, a := range []struct {
		name string
		args ts
		ret  types.Type
	}{
		{"pg_get_function_sqlbody", ts{tOid}, tText}, {"pg_get_triggerdef", ts{tOid}, tText}, {"pg_get_triggerdef", ts{tOid, tBool}, tText}, {"pg_get_ruledef", ts{tOid}, tText}, {"pg_get_ruledef", ts{tOid, tBool}, tText}, {"pg_get_function_result", ts{tOid}, tText}, {"pg_get_function_arguments", ts{tOid}, tText},
		{"pg_get_function_identity_arguments", ts{tOid}, tText}, {"pg_get_functiondef", ts{tOid}, tText},
		{"to_regclass", ts{tText}, types.Of(types.RegClass)}, {"to_regtype", ts{tText}, types.Of(types.RegType)},
		{"to_regproc", ts{tText}, types.Of(types.RegProc)}, {"to_regprocedure", ts{tText}, types.Of(types.RegProcedure)},
		{"to_regoper", ts{tText}, types.Of(types.RegOper)}, {"to_regoperator", ts{tText}, types.Of(types.RegOperator)},
		{"to_regnamespace", ts{tText}, types.Of(types.RegNamespace)}, {"to_regrole", ts{tText}, types.Of(types.RegRole)},
		{"to_regcollation", ts{tText}, types.Of(types.RegCollation)},
		{"pg_index_column_has_property", ts{tOid, tI4, tText}, tBool}, {"pg_index_has_property", ts{tOid, tText}, tBool}, {"pg_my_temp_schema", ts{}, tOid}, {"pg_postmaster_start_time", ts{}, tTZ}, {"pg_conf_load_time", ts{}, tTZ},
		{"pg_database_size", ts{tOid}, tI8},
		{"pg_tablespace_size", ts{tOid}, tI8}, {"pg_get_viewdef", ts{tOid, tBool}, tText}, {"pg_get_viewdef", ts{tOid}, tText},
	} {
		def(a.name, a.args, a.ret, askCatalog(a.name, a.ret), stable)
	}
	def("pg_get_viewdef", ts{tOid, tI4}, tText, askCatalog("pg_get_viewdef wrapped", tText), stable)
	def("pg_get_viewdef", ts{tText}, tText, askCatalog("pg_get_viewdef named", tText), stable)
	def("pg_get_viewdef", ts{tText, tBool}, tText, askCatalog("pg_get_viewdef named", tText), stable)
}

// nothing registers functions of an OID that has no such definition here.
func nothing(ret types.Type, names ...string) {
	null := rowsN(ret, func(row) (vec.Datum, error) { return null, nil })
	for _, n := range names {
		def(n, ts{tOid}, ret, null, stable, nullable)
		def(n, ts{tOid, tBool}, ret, null, stable, nullable)
	}
}

// encodingNumbers are the pg_enc of PostgreSQL's pg_wchar.h.
var encodingNumbers = []string{"SQL_ASCII", "EUC_JP", "EUC_CN", "EUC_KR", "EUC_TW", "EUC_JIS_2004", "UTF8", "MULE_INTERNAL", "LATIN1", "LATIN2",
	"LATIN3", "LATIN4", "LATIN5", "LATIN6", "LATIN7", "LATIN8", "LATIN9", "LATIN10", "WIN1256", "WIN1258", "WIN866", "WIN874", "KOI8R", "WIN1251",
	"WIN1252", "ISO_8859_5", "ISO_8859_6", "ISO_8859_7", "ISO_8859_8", "WIN1250", "WIN1253", "WIN1254", "WIN1255", "WIN1257", "KOI8U", "SJIS",
	"BIG5", "GBK", "UHC", "GB18030", "JOHAB", "SHIFT_JIS_2004"}

// encodingLengths are the longest characters of these encodings, in bytes.
const encodingLengths = "133343441111111111111111111111111112222432"

func encodingFuncs() {
	def("pg_char_to_encoding", ts{tName}, tI4, rows(tI4, func(r row) (vec.Datum, error) {
		want := strings.ToUpper(r.s(0))
		if c, _ := charset.Lookup(r.s(0)); c != nil {
			want = c.Name
		}
		for i, n := range encodingNumbers {
			if n == want {
				return dI(int64(i)), nil
			}
		}
		return dI(-1), nil
	}), stable)
	def("pg_encoding_to_char", ts{tI4}, tName, rows(tName, func(r row) (vec.Datum, error) {
		if i := r.int(0); i >= 0 && i < int64(len(encodingNumbers)) {
			return dS(encodingNumbers[i]), nil
		}
		return dS(""), nil
	}), stable)
	def("pg_encoding_max_length", ts{tI4}, tI4, rows(tI4, func(r row) (vec.Datum, error) {
		if i := r.int(0); i >= 0 && i < int64(len(encodingLengths)) {
			return dI(int64(encodingLengths[i] - '0')), nil
		}
		return null, nil
	}))
	sys("getdatabaseencoding", tName, func(*Ctx) vec.Datum { return dS("UTF8") })
	sys("pg_client_encoding", tName, func(c *Ctx) vec.Datum {
		if c.Setting != nil {
			if v, ok, _ := c.Setting("client_encoding"); ok {
				return dS(v)
			}
		}
		return dS("UTF8")
	})
}
