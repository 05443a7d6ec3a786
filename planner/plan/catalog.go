package plan

import "tagd/sql/types"

// Catalog is what planning may know of the stored tables. exec/engine makes one
// from a snapshot.
type Catalog interface {
	// Table returns a stored table and its statistics; nil if there is none.
	// schema is "" for the search path.
	Table(schema, name string) (*types.Table, Stats)
	// Stats returns the statistics of a stored table, nil if it is not there.
	Stats(t *types.Table) Stats
	// Virtual returns the columns of a relation of pg_catalog or
	// information_schema, nil if there is none; found under its full names.
	Virtual(schema, name string) (realSchema string, fields []Field)
}

// Stats is what is known of a table's columns, by position.
type Stats interface {
	Rows() int64
	// Codes is the dictionary length (code 0 counted) of a column that is stored
	// by codes in every segment, 0 for others.
	Codes(col int) int
	// IsSet reports an array column stored by element codes.
	IsSet(col int) bool
	// Range bounds the values of a column stored as integers; ok false: not so
	// stored, or no values.
	Range(col int) (lo, hi int64, ok bool)
}
