package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// equatable returns the error of grouping or DISTINCT by a type that has no
// equality, such as json.
func equatable(t types.Type, off int) error {
	if t.Kind == types.Unknown || fn.Equatable(t) {
		return nil
	}
	return sqlerr.At(off, pgerrcode.UndefinedFunction, "could not identify an equality operator for type %s", t.Base())
}

// sortable returns the error of ordering by a type that has no order.
func sortable(t types.Type, off int) error {
	if t.Kind == types.Unknown || fn.Sortable(t) {
		return nil
	}
	return sqlerr.At(off, pgerrcode.UndefinedFunction, "could not identify an ordering operator for type %s", t.Base()).
		WithHint("Use an explicit ordering operator or modify the query.")
}
