package pgcatalog

import (
	"slices"
	"strings"
)

// wholeProperties are the properties of an index by its access method (amutils.c of
// PostgreSQL).
var wholeProperties = map[string]string{"btree": "clusterable index_scan bitmap_scan backward_scan", "hash": "index_scan bitmap_scan backward_scan",
	"gist": "clusterable index_scan bitmap_scan", "spgist": "index_scan bitmap_scan", "gin": "bitmap_scan", "brin": "bitmap_scan"}

// WholeIndexProperty is pg_index_has_property: whether an index as such has a
// property. known is false for what is no index or property.
func WholeIndexProperty(s *Source, oid uint32, property string) (has, known bool) {
	x := s.indexOf(oid)
	if x == nil || !slices.Contains(strings.Fields(wholeProperties["btree"]), property) {
		return false, false
	}
	return slices.Contains(strings.Fields(wholeProperties[x.method]), property), true
}

// IndexProperty is pg_index_column_has_property: whether key col (from 1) of an
// index has a property. known is false for what is no key, index or property, and
// for an access method that does not order its keys.
func IndexProperty(s *Source, oid uint32, col int, property string) (has, known bool) {
	x := s.indexOf(oid)
	if x == nil || col < 1 || col > len(x.keys) {
		return false, false
	}
	key, ordered := col <= x.nkeys, x.method == "btree"
	var desc, nullsFirst bool
	if x.obj != nil && key {
		desc, nullsFirst = x.obj.Keys[col-1].Desc, x.obj.Keys[col-1].NullsFirst
	}
	switch property {
	case "asc":
		return ordered && !desc, key
	case "desc":
		return ordered && desc, key
	case "nulls_first":
		return ordered && nullsFirst, key
	case "nulls_last":
		return ordered && !nullsFirst, key
	case "orderable", "search_array", "search_nulls":
		return ordered, key
	case "distance_orderable":
		return false, key
	case "returnable":
		return ordered, true
	}
	return false, false
}
