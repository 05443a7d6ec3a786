package table

import (
	"fmt"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// RowError is the cause of an error that one appended row has met: the Row'th (from
// 0) of those that the step has appended to the table.
type RowError struct {
	Table string // its path
	Row   int64
}

func (e *RowError) Error() string { return fmt.Sprintf("row %d of those appended", e.Row) }

// constraint returns the name and columns of the primary key (-1) or of
// constraint u.
func constraint(def *types.Table, u int) (string, []int) {
	if u < 0 {
		return def.KeyName, []int{def.Key}
	}
	return def.Uniques[u].Name, def.Uniques[u].Cols
}

// Duplicate is the error of a key that is there already, without its DETAIL; u is
// a position in Uniques, -1: the primary key.
func Duplicate(def *types.Table, u int) *sqlerr.Error {
	name, _ := constraint(def, u)
	e := sqlerr.New(pgerrcode.UniqueViolation, "duplicate key value violates unique constraint \"%s\"", name)
	e.Object, e.Table, e.Constraint = def.OID, def.Name, name
	return e
}

// DuplicateDetail is the DETAIL of Duplicate; the key is row i of vals.
func DuplicateDetail(names []string, vals []*vec.Vector, i int) string {
	return KeyText(names, vals, i) + " already exists."
}

// KeyText words a key as Postgres does: row i of vals.
func KeyText(names []string, vals []*vec.Vector, i int) string {
	texts := make([]string, len(vals))
	for k, v := range vals {
		texts[k] = "null"
		if d := v.Get(i); !d.Null {
			texts[k] = string(vec.AppendDatumText(nil, v.Type, d, types.ISO))
		}
	}
	return "Key (" + strings.Join(names, ", ") + ")=(" + strings.Join(texts, ", ") + ")"
}
