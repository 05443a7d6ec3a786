package fn

import (
	"slices"
	"strings"

	"tagd/sql/vec"
)

// indexAMs are the access methods of indexes by OID, with the properties that they
// have of their own (amutils.c of PostgreSQL).
var indexAMs = map[int64]string{403: "can_order can_unique can_multi_col can_exclude can_include", 405: "can_exclude",
	783: "can_multi_col can_exclude can_include", 2742: "can_multi_col", 3580: "can_multi_col", 4000: "can_exclude can_include"}

var indexAMProperties = strings.Fields("can_order can_unique can_multi_col can_exclude can_include")

func init() {
	def("pg_indexam_has_property", ts{tOid, tText}, tBool, rows(tBool, func(r row) (vec.Datum, error) {
		has, ok := indexAMs[r.int(0)]
		name := strings.ToLower(r.s(1))
		if !ok || !slices.Contains(indexAMProperties, name) {
			return null, nil
		}
		return dB(slices.Contains(strings.Fields(has), name)), nil
	}), stable)
}
