package plan

import (
	"time"

	"tagd/sql/ast"
	"tagd/sql/types"
)

// Stmt is a planned statement: exactly one of the fields besides Params is set.
type Stmt struct {
	Query   Node
	Insert  *Insert
	Update  *Update
	Delete  *Delete
	Merge   *Merge
	Copy    *Copy
	Explain *Explain
	// Utility is a statement without a plan: definitions, SET, transactions. Its
	// names are resolved when it runs.
	Utility ast.Stmt
	// Params are the types of $1, $2, ..., as given or inferred.
	Params []types.Type
	// Lock is what FOR UPDATE and its kin ask for; nil: there is none.
	Lock *RowLock
	// Notices are shown when the statement runs.
	Notices []string
	// Tables are the definitions that were used, to notice changes, Names the names
	// of stored tables and what they meant, and Objects, if not nil, is the catalog's
	// Objects that the plan was made with.
	Tables  []*types.Table
	Names   []TableName
	Objects any
	// Fresh plans hold constants that name objects by OID: they are made again for
	// every execution.
	Fresh bool
	// Perms are the privileges that running the statement needs.
	Perms []*Perm
	// Calls are the functions that the statement calls by name.
	Calls []FuncUse
	// Uses are the columns of stored relations that the statement names, and the
	// attributes of composite types by their numbers.
	Uses map[ColumnUse]bool
	// Fails is the error of a constant expression, which ends every execution before
	// it begins; nil: there is none. OfParams are the expressions of which that depends
	// on the values of parameters.
	Fails    error
	OfParams []Expr
	// Facts are what FactsOf finds when all rules have been applied.
	Facts Facts
}

// Perm is what a statement needs on one relation. Who runs the statement must
// have it; inside a view, the view's owner.
type Perm struct {
	OID    uint32 // 0 for a sequence that is read like a table
	Table  *types.Table
	Schema string // with Name: of a relation of the system's schemas or a sequence
	Name   string
	As     uint32 // the OID of the view
	Need   Access
	// Select, Insert and Update are the columns by number that are named; whoever
	// lacks the privilege on the relation needs it on each of them.
	Select, Insert, Update map[int16]bool
}

// FuncUse is a function by its name and the OIDs of the types of its arguments;
// Any: of a name, whatever the types are.
type FuncUse struct {
	Name string
	Args []uint32
	Any  bool
}

// Access is a set of what is done to a relation's rows.
type Access uint8

// What is done.
const (
	SelectRows Access = 1 << iota
	InsertRows
	UpdateRows
	DeleteRows
)

// RowLock asks for the rows of tables not to change before the transaction's end.
type RowLock struct {
	Clause string // "FOR UPDATE"
	Table  string // one of the tables
	NoWait bool
}

// TableName is a name in a statement and the table that it meant.
type TableName struct {
	Schema, Name string
	Def          *types.Table
}

// ColumnUse is a column of a relation by OID and attribute number.
type ColumnUse struct {
	OID  uint32
	Attr int16
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
	// View: it is the condition of a view WITH CHECK OPTION: NULL fails, too, and so
	// with 44000.
	View bool
}

// Conflict is ON CONFLICT. DO UPDATE's Set and Where are over twice the table's
// columns: first the existing row, then the excluded one.
type Conflict struct {
	DoUpdate bool
	// Arbiter is the constraint that decides: ArbiterAny (DO NOTHING without a
	// target), ArbiterKey (Table.Key), or a position in Table.Uniques.
	Arbiter int
	Cols    []int
	Set     []Expr
	Where   Expr
}

// Values of Conflict.Arbiter that are not positions in Table.Uniques.
const (
	ArbiterAny = -2
	ArbiterKey = -1
)

// Update changes Cols of rows of Table to Set. Input outputs all the table's
// columns, then the ordinal, then whatever else Set and Returning need (the
// columns of FROM); without FROM it is a Scan. Set is over Input's columns. A row
// that Input gives several times is changed once, to what its first occurrence
// says. Returning is over Input's columns with the new values in the table's.
type Update struct {
	Table     *types.Table
	Input     Node
	Cols      []int
	Set       []Expr
	Checks    []BoundCheck
	Returning []Expr
	Out       []Field
}

// Delete removes rows of Table. Input is as for Update (further columns are
// those of USING), and so is Returning.
type Delete struct {
	Table     *types.Table
	Input     Node
	Returning []Expr
	Out       []Field
}

// Merge changes rows of Table that rows of Input match, and adds rows. Input is as
// for Update; the ordinal is NULL where a row of the source matches none. The first
// of Actions that is for the row and whose condition is true is carried out.
type Merge struct {
	Table   *types.Table
	Input   Node
	Checks  []BoundCheck
	Actions []MergeAction
}

// MergeAction is a WHEN clause of MERGE; its expressions are over Input's columns.
type MergeAction struct {
	Matched bool
	Cond    Expr // nil: always
	Do      ast.MergeAction
	// Cols and Set are what MergeUpdate assigns, and for MergeInsert all columns in
	// order and their values, nil for generated columns.
	Cols []int
	Set  []Expr
	// Generated are the values of generated columns of MergeInsert over the table's
	// columns, by position.
	Generated map[int]Expr
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
	// Held are the values of columns of domains, over the table's columns, and
	// Generated those of generated columns, by position.
	Held, Generated map[int]Expr
	// Where says which rows come in, over the table's columns; nil: all.
	Where   Expr
	Query   Node
	Options []ast.Option
	Off     int
}

// Explain shows the plan of Target.
type Explain struct {
	Analyze, Verbose, Costs, Timing bool
	Buffers, Settings, Summary, WAL bool
	Format                          string // "text", "json", "xml" or "yaml"
	Target                          *Stmt
	// Planning is the time that planning Target took.
	Planning time.Duration
}
