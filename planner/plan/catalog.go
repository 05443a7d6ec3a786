package plan

import (
	"tagd/sql/ast"
	"tagd/sql/types"
)

// Catalog is what planning may know of the stored tables. exec/engine makes one
// from a snapshot.
type Catalog interface {
	// Table returns a stored table and its statistics; nil if there is none.
	// schema is "" for the search path.
	Table(schema, name string) (*types.Table, Stats)
	// Stats returns the statistics of a stored table, nil if it is not there.
	Stats(t *types.Table) Stats
	// View returns the view of a name, nil if it is none.
	View(schema, name string) *View
	// Type returns the user's type of a name.
	Type(schema, name string) (types.Type, bool)
	// RowType returns the composite type of the rows of a relation by its OID; false
	// where it has none.
	RowType(oid uint32) (types.Type, bool)
	// Domain returns a domain by OID, nil for none.
	Domain(oid uint32) *DomainDef
	// Denied is the error of a schema in whose names the session may not look, nil
	// where it may; "" is the search path.
	Denied(schema string) error
	// HasSchema tells whether there is a schema of the name.
	HasSchema(name string) bool
	// Describe says what a name is that is neither of these: "sequence", "index";
	// "" for nothing.
	Describe(schema, name string) string
	// Objects identifies the definitions of everything but tables: equal values
	// stand for equal definitions.
	Objects() any
	// Virtual returns the columns of a relation of pg_catalog or
	// information_schema, nil if there is none; found under its full names.
	Virtual(schema, name string) (realSchema string, fields []Field)
}

// View is a view: its query, and the catalog in which the query's names mean what
// they meant when the view was made.
type View struct {
	OID     uint32
	Name    string
	Query   *ast.Select
	Columns []Field
	Catalog Catalog
	// Invoker: what the query reads, whoever uses the view must be allowed to read
	// (security_invoker).
	Invoker bool
	// Check is "local" or "cascaded" for WITH CHECK OPTION.
	Check string
}

// Pins is implemented by the catalogs of views, in which relations have just the
// columns, under just the names, that they had when the view was made.
type Pins interface {
	// Pin returns the positions of a table's columns and their names; nil for a
	// relation that is as it is.
	Pin(schema, name string) (cols []int, names []string)
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
