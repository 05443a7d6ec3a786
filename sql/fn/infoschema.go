package fn

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// The functions of information_schema.sql: what the standard says of a type, from
// its OID and modifier. The OIDs below are those of the types named beside them.
func init() {
	num := func(name string, f func(typ, mod int64) (int64, bool)) {
		def("information_schema."+name, ts{tOid, tI4}, tI4, rows(tI4, func(r row) (vec.Datum, error) {
			if n, ok := f(r.int(0), r.int(1)); ok {
				return dI(n), nil
			}
			return null, nil
		}))
	}
	num("_pg_char_max_length", charLength)
	num("_pg_char_octet_length", func(typ, mod int64) (int64, bool) {
		if typ != 25 && typ != 1042 && typ != 1043 { // text, bpchar, varchar
			return 0, false
		}
		if mod == -1 {
			return 1 << 30, true
		}
		n, ok := charLength(typ, mod)
		return n * 4, ok
	})
	num("_pg_numeric_precision", func(typ, mod int64) (int64, bool) {
		if typ == 1700 { // numeric
			return (mod - 4) >> 16 & 0xffff, mod != -1
		}
		n, ok := map[int64]int64{21: 16, 23: 32, 20: 64, 700: 24, 701: 53}[typ] // int2, int4, int8, float4, float8
		return n, ok
	})
	num("_pg_numeric_precision_radix", func(typ, _ int64) (int64, bool) {
		n, ok := map[int64]int64{21: 2, 23: 2, 20: 2, 700: 2, 701: 2, 1700: 10}[typ]
		return n, ok
	})
	num("_pg_numeric_scale", func(typ, mod int64) (int64, bool) {
		if typ == 1700 {
			return (mod - 4) & 0xffff, mod != -1
		}
		return 0, typ == 21 || typ == 23 || typ == 20
	})
	num("_pg_datetime_precision", timePrecision)
	def("information_schema._pg_interval_type", ts{tOid, tI4}, tText, rows(tText, func(r row) (vec.Datum, error) {
		if r.int(0) != 1186 { // interval
			return null, nil
		}
		name := types.Of(types.Interval).WithWireMod(int32(r.int(1))).String()
		_, fields, ok := strings.Cut(strings.TrimRight(name, "()0123456789"), " ")
		return vec.Datum{S: strings.ToUpper(fields), Null: !ok}, nil
	}))
	def("information_schema._pg_index_position", ts{tOid, tI2}, tI4, askCatalog("_pg_index_position", tI4), stable)
	def("nameconcatoid", ts{tName, tOid}, tName, rows(tName, func(r row) (vec.Datum, error) {
		suffix := "_" + strconv.FormatInt(r.int(1), 10)
		name := r.s(0)
		for len(name)+len(suffix) > 63 {
			_, n := utf8.DecodeLastRuneInString(name)
			name = name[:len(name)-n]
		}
		return dS(name + suffix), nil
	}))
	for _, args := range []ts{{tOid, tBool}, {tOid, tI2, tBool}} {
		name, ret := "pg_relation_is_updatable", tI4
		if len(args) == 3 {
			name, ret = "pg_column_is_updatable", tBool
		}
		def(name, args, ret, askCatalog(name, ret), stable)
	}
	def("pg_get_function_arg_default", ts{tOid, tI4}, tText, askCatalog("pg_get_function_arg_default", tText), stable)
}

// charLength is the length of bpchar and varchar, bit and varbit.
func charLength(typ, mod int64) (int64, bool) {
	switch typ {
	case 1042, 1043:
		return mod - 4, mod != -1
	case 1560, 1562:
		return mod, mod != -1
	}
	return 0, false
}

// timePrecision is that of date, the times, the timestamps and interval.
func timePrecision(typ, mod int64) (int64, bool) {
	switch typ {
	case 1082:
		return 0, true
	case 1083, 1114, 1184, 1266:
		if mod < 0 {
			return 6, true
		}
		return mod, true
	case 1186:
		if mod < 0 || mod&0xffff == 0xffff {
			return 6, true
		}
		return mod & 0xffff, true
	}
	return 0, false
}
