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

// btreePhases are the phases of making a btree (btbuildphasename of nbtutils.c).
var btreePhases = []string{"initializing", "scanning table", "sorting live tuples", "sorting dead tuples", "loading tuples in tree"}

func init() {
	def("pg_indexam_has_property", ts{tOid, tText}, tBool, rows(tBool, func(r row) (vec.Datum, error) {
		has, ok := indexAMs[r.int(0)]
		name := strings.ToLower(r.s(1))
		if !ok || !slices.Contains(indexAMProperties, name) {
			return null, nil
		}
		return dB(slices.Contains(strings.Fields(has), name)), nil
	}), stable)
	def("pg_indexam_progress_phasename", ts{tOid, tI8}, tText, rows(tText, func(r row) (vec.Datum, error) {
		at := r.int(1)
		if r.int(0) != 403 || at < 1 || at > int64(len(btreePhases)) {
			return null, nil
		}
		return dS(btreePhases[at-1]), nil
	}))
}
