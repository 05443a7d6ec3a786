// Package ast is the tree of a statement as written, whichever of the two
// grammars read it: plain data, no behaviour, no resolved names. Trees are
// immutable after parsing and may be shared between sessions.
package ast

// Stmt is a statement.
type Stmt interface{ stmt() }

// Name is a possibly qualified object name.
type Name struct {
	At
	DB     string // "" but for database.schema.name
	Schema string
	Name   string
}

type stmtNode struct{}

func (stmtNode) stmt() {}

// Queries and changes of rows.
type (
	// Select is a query expression: a plain SELECT, VALUES (Values set) or a set
	// operation (SetOp set, then only Left, Right and the clauses from OrderBy on
	// count).
	Select struct {
		stmtNode
		At
		With          []CTE
		Recursive     bool
		Distinct      bool
		DistinctOn    []Expr
		Items         []Item
		From          []TableRef
		Where         Expr
		GroupBy       []GroupItem
		GroupDistinct bool
		Having        Expr
		Windows       []NamedWindow
		Values        [][]Expr
		SetOp         SetOp
		All           bool
		Left, Right   *Select
		OrderBy       []SortKey
		Limit         Expr // nil: none; LIMIT ALL is nil too
		Offset        Expr
		WithTies      bool
		Into          *Name     // SELECT INTO
		Locking       []RowLock // FOR UPDATE and friends
	}
	// Insert is INSERT INTO.
	Insert struct {
		stmtNode
		With       []CTE
		Recursive  bool
		Table      Name
		Alias      string
		Columns    []ColName
		Query      *Select // nil: DEFAULT VALUES
		Conflict   *Conflict
		Returning  []Item
		Overriding string
	}
	// Update is UPDATE.
	Update struct {
		stmtNode
		With      []CTE
		Recursive bool
		Table     Name
		Alias     string
		Set       []Assign
		From      []TableRef
		Where     Expr
		Returning []Item
	}
	// Delete is DELETE FROM.
	Delete struct {
		stmtNode
		With      []CTE
		Recursive bool
		Table     Name
		Alias     string
		Using     []TableRef
		Where     Expr
		Returning []Item
	}
	// Merge is MERGE INTO.
	Merge struct {
		stmtNode
		With      []CTE
		Recursive bool
		Table     Name
		Alias     string
		Source    TableRef
		On        Expr
		When      []MergeWhen
	}
	// Copy is COPY; exactly one of Table.Name and Query is set.
	Copy struct {
		stmtNode
		At
		Table   Name
		Columns []ColName
		Query   Stmt
		From    bool   // COPY FROM
		File    string // a server file or program; "" for STDIN and STDOUT
		Program bool
		Options []Option
		Where   Expr
	}
)

// Parts of queries.
type (
	// Item is one entry of a select list; As is "" without an alias.
	Item struct {
		X  Expr
		As string
	}
	// CTE is one WITH query.
	CTE struct {
		At
		Name         string
		Columns      []string
		Query        Stmt
		Materialized *bool
	}
	// GroupItem is one GROUP BY item: an expression (Sets nil) or ROLLUP, CUBE,
	// GROUPING SETS or a parenthesised list.
	GroupItem struct {
		At
		Kind GroupKind
		X    Expr
		Sub  []GroupItem
	}
	// NamedWindow is one WINDOW clause entry.
	NamedWindow struct {
		Name string
		W    *Window
	}
	// MergeWhen is one WHEN clause of MERGE: what is done to rows that have (Matched)
	// or lack a partner and for which Cond, if there is one, is true.
	MergeWhen struct {
		Matched    bool
		Cond       Expr
		Do         MergeAction
		Set        []Assign  // of MergeUpdate
		Columns    []ColName // of MergeInsert; empty: all
		Values     []Expr    // of MergeInsert; nil: DEFAULT VALUES
		Overriding string
	}
	// ColName is a column named in a list.
	ColName struct {
		At
		Name string
		// Parts lead to the part of it that INSERT and SET assign to; none: all of it.
		Parts []Part
	}
	// Part is a step into a value: to the field of a composite or, with Sub (whose X
	// is nil), to an element or a slice of an array or to a part of a jsonb.
	Part struct {
		Field string
		Sub   *Subscript
	}
	// Conflict is ON CONFLICT; Update nil means DO NOTHING. Columns empty and
	// Constraint "" means any. AnyKey is ON DUPLICATE KEY UPDATE of the TiDB
	// grammar: the primary key decides, without one there is no conflict. Replace is
	// REPLACE: every column takes the new row's value.
	Conflict struct {
		At
		AnyKey     bool
		Replace    bool
		Columns    []ColName
		Exprs      []Expr // of the target, beside Columns
		Pred       Expr   // the target's WHERE; nil: none
		Constraint string
		DoUpdate   bool
		Set        []Assign
		Where      Expr
	}
	// Assign is one SET item; several Columns take the fields of a row X.
	Assign struct {
		At
		Columns []ColName
		X       Expr
	}
	// Option is a WITH (name value) item; Value is nil for a bare name.
	Option struct {
		At
		Name  string   // lower case
		Value []string // one text, or a list
	}
)

// GroupKind is the kind of a GroupItem.
type GroupKind uint8

// The kinds of grouping item.
const (
	GroupExpr GroupKind = iota
	GroupList           // (a, b) inside ROLLUP and friends; () is an empty one
	GroupRollup
	GroupCube
	GroupSets
)

// SetOp is a set operation.
type SetOp uint8

// The set operations.
const (
	NoSetOp SetOp = iota
	Union
	Intersect
	Except
)

// TableRef is an entry of FROM.
type TableRef interface {
	Pos() int
	tableRef()
}

type refNode struct{ At }

func (refNode) tableRef() {}

// The kinds of FROM entry.
type (
	// TableName is a stored relation. AsOf is the time of AS OF TIMESTAMP.
	TableName struct {
		refNode
		Name   Name
		Only   bool
		Alias  Alias
		Sample *Sample
		AsOf   Expr
	}
	// Derived is (query) alias.
	Derived struct {
		refNode
		Query   *Select
		Alias   Alias
		Lateral bool
	}
	// FuncRef is one function in FROM, or several in ROWS FROM.
	FuncRef struct {
		refNode
		Funcs      []Expr
		Ordinality bool
		Lateral    bool
		Alias      Alias
	}
	// Join is an explicit join.
	Join struct {
		refNode
		Kind    JoinKind
		Natural bool
		L, R    TableRef
		On      Expr
		Using   []ColName
		Alias   Alias
		// UsingAlias is the name by which the columns of Using alone are known: USING
		// (a) AS x.
		UsingAlias string
	}
	// Sample is TABLESAMPLE.
	Sample struct {
		At
		Method     string
		Args       []Expr
		Repeatable Expr
	}
	// Alias is AS name (columns); for functions also column definitions.
	Alias struct {
		Name    string
		Columns []string
		Defs    []ColumnDef
	}
)

// NewRef returns the position part of a TableRef.
func NewRef(pos int) refNode { return refNode{At(pos)} }

// JoinKind is the kind of a Join.
type JoinKind uint8

// The kinds of join.
const (
	Inner JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
	CrossJoin
)

// Definitions.
type (
	// CreateTable is CREATE TABLE, with Query CREATE TABLE AS.
	CreateTable struct {
		stmtNode
		Name        Name
		IfNotExists bool
		Temp        bool
		Unlogged    bool
		OnCommit    string // "", "delete" rows or "drop"
		Columns     []ColumnDef
		Constraints []Constraint
		Like        []LikeClause
		// Query, or the EXECUTE of a prepared one, gives the rows of CREATE TABLE AS,
		// SELECT INTO and, with Mat, CREATE MATERIALIZED VIEW. QueryText is its own text.
		Query     *Select
		Execute   *Execute
		QueryText string
		NoData    bool
		Mat       bool
		Comment   string // inline COMMENT of the TiDB grammar
		Options   []Option
		Notes     []string // NOTICEs about clauses that mean nothing here
	}
	// ColumnDef is one column with its constraints.
	ColumnDef struct {
		At
		Name        string
		Type        TypeName
		Constraints []Constraint
		Comment     *string
		Collation   []string
		CollateAt   At   // of Collation
		Set         bool // a SET column of the TiDB grammar, see types.Column
	}
	// Constraint is a column or table constraint.
	Constraint struct {
		At
		Kind    ConstraintKind
		Name    string
		X       Expr   // CHECK, DEFAULT, GENERATED
		Text    string // X's own SQL text, exactly as written
		Columns []ColName
		// Sequence are the options of IDENTITY; Always tells GENERATED ALWAYS.
		Sequence []SeqOption
		Always   bool
		// NullsSame is NULLS NOT DISTINCT of UNIQUE.
		NullsSame bool
		Refs      *References // of FOREIGN KEY
		// Deferrable and Deferred: DEFERRABLE, INITIALLY DEFERRED; NotValid: NOT VALID.
		Deferrable, Deferred, NotValid bool
	}
	// References is what a foreign key refers to, and how.
	References struct {
		Table   Name
		Columns []string // nil: the primary key
		Full    bool     // MATCH FULL
		// OnUpdate and OnDelete are as in types.ForeignKey; SetCols are the columns of
		// ON DELETE SET, nil: all.
		OnUpdate, OnDelete string
		SetCols            []string
	}
	// AlterTable is ALTER TABLE with its actions in order.
	AlterTable struct {
		stmtNode
		Name     Name
		IfExists bool
		Actions  []AlterAction
		Notes    []string // NOTICEs about clauses that mean nothing here
	}
	// AlterAction is one action; the fields that count depend on Kind.
	AlterAction struct {
		At
		Kind       AlterKind
		Column     string // also the old name of DropConstraint and RenameConstraint
		NewName    string
		Owner      Role // of OwnerTo
		Def        *ColumnDef
		Type       *TypeName
		X          Expr   // SET DEFAULT, USING
		Text       string // X's SQL text
		Constraint *Constraint
		Options    []SeqOption // of SetIdentity: "generated" with Value "a" or "d" too
		IfExists   bool        // also IF NOT EXISTS of ADD COLUMN; of DROP NOT NULL: not of a key
		Comment    *string     // SetComment of the TiDB grammar: of a column, or with Column "" of the table
		Cascade    bool
		Triggers   Triggers // of SetTriggers; Column is the name of one
	}
	// Triggers says which triggers ENABLE and DISABLE TRIGGER are about: all, those
	// that users have made, or one.
	Triggers struct {
		All, User, Off bool
	}
	// Drop is DROP TABLE|VIEW|... name, ....
	Drop struct {
		stmtNode
		Kind     string // "TABLE", "VIEW", "INDEX", ...
		Names    []Name
		IfExists bool
		Cascade  bool
		// Concurrently is for indexes.
		Concurrently bool
	}
	// Truncate is TRUNCATE [TABLE].
	Truncate struct {
		stmtNode
		Names   []Name
		Cascade bool
		Restart bool // RESTART IDENTITY
	}
	// Comment is COMMENT ON kind; nil Text removes it.
	Comment struct {
		stmtNode
		At
		Kind   string // "TABLE", "COLUMN", ...
		Name   Name
		Column string // also the constraint of "CONSTRAINT"
		Text   *string
	}
)

// ConstraintKind is the kind of a Constraint.
type ConstraintKind uint8

// The kinds of constraint.
const (
	NotNull ConstraintKind = iota
	Null
	DefaultValue
	CheckExpr
	PrimaryKey
	Unique
	ForeignKey
	Generated
	Identity
)

// AlterKind is the kind of an AlterAction.
type AlterKind uint8

// The kinds of ALTER TABLE action.
const (
	AddColumn AlterKind = iota
	DropColumn
	RenameColumn
	RenameTable
	SetDefault
	DropDefault
	SetNotNull
	DropNotNull
	SetType
	AddConstraint
	DropConstraint
	RenameConstraint
	OwnerTo
	AddIdentity
	SetIdentity
	DropIdentity
	DropExpression
	ValidateConstraint
	AlterConstraint // Constraint has the name and what is said of deferring
	SetLogged
	SetUnlogged
	SetTriggers // ENABLE TRIGGER and DISABLE TRIGGER
	SetStorage  // statistics, storage, clustering: nothing to do here
	SetComment
)

// Everything else.
type (
	// Explain is EXPLAIN.
	Explain struct {
		stmtNode
		Options []Option
		Stmt    Stmt
	}
	// Transaction is BEGIN, COMMIT, ROLLBACK, SAVEPOINT, ....
	Transaction struct {
		stmtNode
		At
		Kind    string // "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "ROLLBACK TO"
		Name    string
		Options []Option // isolation and access modes
		Chain   bool
	}
	// Set is SET name = value, also SET LOCAL, RESET (Reset true; name "all").
	Set struct {
		stmtNode
		At
		Name  string
		Value []string // nil with Reset or DEFAULT
		Local bool
		Reset bool
		More  []*Set // the other modes of SET TRANSACTION a, b
	}
	// AlterSystem is ALTER SYSTEM SET and RESET.
	AlterSystem struct {
		stmtNode
		At
		Set *Set
	}
	// Show is SHOW name of a setting; name "all" shows all.
	Show struct {
		stmtNode
		At
		Name string
	}
	// ShowObjects is SHOW TABLES, SHOW COLUMNS, SHOW CREATE TABLE, DESCRIBE and
	// the like of the TiDB grammar.
	ShowObjects struct {
		stmtNode
		At
		Kind   string // "TABLES", "COLUMNS", "INDEX", "CREATE TABLE", "DATABASES", "PROCESSLIST", ...
		Table  Name
		Column string  // of DESCRIBE t column; "" for all
		Like   *string // nil: no LIKE
		Where  Expr    // over the columns that are shown; nil: none
		Full   bool
		Count  bool // SHOW COUNT(*) WARNINGS
		Limit  Expr
		Offset Expr
	}
	// Use is USE database.
	Use struct {
		stmtNode
		At
		Name string
	}
	// Kill is KILL [CONNECTION|QUERY] id: Query ends only what the session runs.
	Kill struct {
		stmtNode
		At
		Query bool
		ID    Expr
	}
	// SetConstraints is SET CONSTRAINTS; no Names: ALL.
	SetConstraints struct {
		stmtNode
		Names    []Name
		Deferred bool
	}
	// Discard is DISCARD ALL|PLANS|....
	Discard struct {
		stmtNode
		What string
	}
	// Prepare, Execute and Deallocate are the SQL-level statements.
	Prepare struct {
		stmtNode
		At
		Name  string
		Types []TypeName
		Stmt  Stmt
	}
	// Execute is EXECUTE name (args).
	Execute struct {
		stmtNode
		At
		Name string
		Args []Expr
	}
	// Deallocate is DEALLOCATE name; "" is ALL.
	Deallocate struct {
		stmtNode
		At
		Name string
	}
	// Lock is LOCK TABLE.
	Lock struct {
		stmtNode
		Names  []Name
		Mode   LockMode
		NoWait bool
	}
	// Maintenance is VACUUM, ANALYZE, CHECKPOINT, CLUSTER, REINDEX: accepted.
	Maintenance struct {
		stmtNode
		At
		Kind    string // of REINDEX: "REINDEX INDEX" and so on
		Tables  []Name
		Index   string     // of CLUSTER
		Cols    [][]string // of ANALYZE and VACUUM, by table
		Options []Option   // of ANALYZE and VACUUM
	}
)

// LockMode is a mode of LOCK TABLE, weakest first (lockdefs.h).
type LockMode uint8

// ShareUpdateExclusive is the weakest mode that excludes what changes rows.
const ShareUpdateExclusive LockMode = 4

// MergeAction is what a WHEN clause of MERGE does.
type MergeAction uint8

// The actions.
const (
	MergeNothing MergeAction = iota
	MergeInsert
	MergeUpdate
	MergeDelete
)
