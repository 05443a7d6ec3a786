package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// The functions of information_schema.sql that take whole rows, of pg_attribute and
// of the column's pg_type, and see through domains.
func init() {
	seeThrough := func(name string, ret types.Type, ofDomain, ofColumn string) {
		def("information_schema."+name, ts{tRec, tRec}, ret, rows(ret, func(r row) (vec.Datum, error) {
			kind, err := namedField(r, 1, "typtype")
			if err != nil {
				return null, err
			}
			if kind.S == "d" {
				return namedField(r, 1, ofDomain)
			}
			return namedField(r, 0, ofColumn)
		}))
	}
	seeThrough("_pg_truetypid", tOid, "typbasetype", "atttypid")
	seeThrough("_pg_truetypmod", tI4, "typtypmod", "atttypmod")
}

// namedField is a field of argument k, a row, by its name; a row without it is not
// of the relation that the function is for.
func namedField(r row, k int, name string) (vec.Datum, error) {
	rec := r.get(k).R
	for i := range rec.Fields {
		if rec.Name(i) == name {
			return rec.Fields[i], nil
		}
	}
	return null, sqlerr.New(pgerrcode.UndefinedColumn, "column \"%s\" not found in data type record", name)
}
