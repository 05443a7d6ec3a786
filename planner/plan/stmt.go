package plan

import (
	"tagd/sql/ast"
	"tagd/sql/types"
)

// Stmt is a planned statement: exactly one of the fields besides Params is set.
type Stmt struct {
	Query   Node
	Insert  *Insert
	Update  *Update
	Delete  *Delete
	Copy    *Copy
	Explain *Explain
	// Utility is a statement without a plan: definitions, SET, transactions. Its
	// names are resolved when it runs.
	Utility ast.Stmt
	// Params are the types of $1, $2, ..., as given or inferred.
	Params []types.Type
	// Notices are shown when the statement runs.
	Notices []string
	// Tables are the definitions that were used, to notice changes.
	Tables []*types.Table
}

// Insert adds the rows of Input, whose columns are the table's columns in order
// and with their exact types (defaults filled in, assignment casts applied).
type Insert struct {
	Table *types.Table
	Input Node
	// Checks are Boolean expressions over the table's columns with their names;
	// false fails with 23514.
	Checks   []BoundCheck
	Conflict *Conflict
	// Returning are expressions over the table's columns; nil: none.
	Returning []Expr
	Out       []Field
}

// BoundCheck is a CHECK constraint bound to the table's columns.
type BoundCheck struct {
	Name string
	X    Expr
}

// Conflict is ON CONFLICT (key). DO UPDATE's Set and Where are over twice the
// table's columns: first the existing row, then the excluded one.
type Conflict struct {
	DoUpdate bool
	Cols     []int
	Set      []Expr
	Where    Expr
}

// Update changes Cols of the rows of Scan to Set (over the table's columns).
// Scan outputs all the table's columns and the ordinal last.
type Update struct {
	Table     *types.Table
	Scan      *Scan
	Cols      []int
	Set       []Expr
	Checks    []BoundCheck
	Returning []Expr
	Out       []Field
}

// Delete removes the rows of Scan, which outputs all the table's columns and
// the ordinal last.
type Delete struct {
	Table     *types.Table
	Scan      *Scan
	Returning []Expr
	Out       []Field
}

// Copy is COPY. In: Table and Cols (positions, in file order). Out: Query.
type Copy struct {
	In    bool
	Table *types.Table
	Cols  []int
	// Defaults are the values of columns not in Cols, by table position, nil
	// where the column is in Cols.
	Defaults []Expr
	Checks   []BoundCheck
	Query    Node
	Options  []ast.Option
	Off      int
}

// Explain shows the plan of Target.
type Explain struct {
	Analyze bool
	Verbose bool
	Costs   bool
	Timing  bool
	Format  string // "text" or "json"
	Target  *Stmt
}
