package table

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Keyer computes the keys of a unique index that are expressions, or that only some
// rows have. It is safe for concurrent use.
type Keyer interface {
	// Names are the keys as errors show them.
	Names() []string
	// Keys returns the keys of n rows, given by the columns of the constraint in their
	// order. Rows of which in is false have none; nil: all have.
	Keys(cols []*vec.Vector, n int) (keys []*vec.Vector, in []bool, err error)
}

// NewKeyer makes the Keyer of def.Uniques[u], which is computed; meta reads the
// small values beside the tables.
type NewKeyer func(def *types.Table, u int, exts *types.Exts, meta func(key string) []byte) (Keyer, error)

// KeyNames are the columns of the primary key (-1) or of constraint u as errors show
// them.
func KeyNames(def *types.Table, u int) []string {
	_, cols := constraint(def, u)
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = types.QuoteIdent(def.Columns[c].Name)
	}
	return names
}
