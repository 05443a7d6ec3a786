package ast

// Statements about objects other than tables.
type (
	// CreateSchema is CREATE SCHEMA; Elements are the statements inside it.
	CreateSchema struct {
		stmtNode
		At
		Name        string // "" with Owner: the role's name
		Owner       *Role
		IfNotExists bool
		Elements    []Stmt
	}
	// Rename is ALTER kind ... RENAME TO. Column is the column, attribute or
	// constraint that is renamed, Kind then "COLUMN" or "CONSTRAINT" after the kind of
	// object: "VIEW COLUMN".
	Rename struct {
		stmtNode
		At
		Kind     string // "VIEW", "SCHEMA", ...
		Name     Name
		Column   string
		NewName  string
		IfExists bool
		Cascade  bool
	}
	// SetSchema is ALTER kind ... SET SCHEMA.
	SetSchema struct {
		stmtNode
		At
		Kind     string
		Name     Name
		Schema   string
		IfExists bool
	}
	// SetOwner is ALTER kind ... OWNER TO.
	SetOwner struct {
		stmtNode
		At
		Kind     string
		Name     Name
		Role     Role
		IfExists bool
	}
	// CreateView is CREATE VIEW. Text is the query's own text.
	CreateView struct {
		stmtNode
		Name        Name
		Temp        bool
		Replace     bool
		Columns     []string
		Query       Stmt
		Text        string
		CheckOption string // "local" or "cascaded", "" for none
		Options     []Option
	}
	// AlterView is ALTER VIEW ... SET and RESET of options, or with a Column ALTER
	// COLUMN; nil X drops the default.
	AlterView struct {
		stmtNode
		Name     Name
		IfExists bool
		Set      []Option
		Reset    []Option
		Column   string
		X        Expr
		Text     string
	}
	// Refresh is REFRESH MATERIALIZED VIEW.
	Refresh struct {
		stmtNode
		Name         Name
		Concurrently bool
		NoData       bool
	}
	// CreateSequence is CREATE SEQUENCE.
	CreateSequence struct {
		stmtNode
		Name        Name
		Temp        bool
		IfNotExists bool
		Options     []SeqOption
	}
	// AlterSequence is ALTER SEQUENCE with options.
	AlterSequence struct {
		stmtNode
		Name     Name
		IfExists bool
		Options  []SeqOption
	}
	// SeqOption is one option of a sequence: "as", "cache", "cycle", "increment",
	// "maxvalue", "minvalue", "owned_by", "restart", "start", "sequence_name".
	SeqOption struct {
		At
		Name  string
		Value string   // a number; "" for none (NO MAXVALUE, RESTART)
		Bool  bool     // of cycle
		Type  TypeName // of as
		Owner []string // of owned_by; ["none"] for none
	}
	// CreateEnum is CREATE TYPE ... AS ENUM.
	CreateEnum struct {
		stmtNode
		Name   Name
		Labels []string
	}
	// CreateComposite is CREATE TYPE ... AS (...).
	CreateComposite struct {
		stmtNode
		Name    Name
		Columns []ColumnDef
	}
	// AlterComposite is ALTER TYPE ... ADD, DROP and ALTER ATTRIBUTE; its actions are
	// AddColumn, DropColumn and SetType.
	AlterComposite struct {
		stmtNode
		Name    Name
		Actions []AlterAction
	}
	// AlterEnum is ALTER TYPE ADD VALUE (Old "") or RENAME VALUE.
	AlterEnum struct {
		stmtNode
		Name        Name
		Old, New    string
		Neighbor    string // "" for none
		After       bool
		IfNotExists bool
	}
	// CreateDomain is CREATE DOMAIN.
	CreateDomain struct {
		stmtNode
		Name        Name
		Type        TypeName
		Constraints []Constraint
		Collation   []string
	}
	// AlterDomain is ALTER DOMAIN; Kind is one of DomainSetDefault and so on.
	AlterDomain struct {
		stmtNode
		Kind       AlterKind // SetDefault, DropDefault, SetNotNull, DropNotNull, AddConstraint, DropConstraint, ValidateConstraint
		Name       Name
		X          Expr
		Text       string
		Constraint *Constraint
		Target     string // the constraint of DropConstraint and ValidateConstraint
		IfExists   bool
		Cascade    bool
	}
	// CreateIndex is CREATE INDEX.
	CreateIndex struct {
		stmtNode
		At
		Name         string
		Table        Name
		Unique       bool
		NullsSame    bool
		Concurrently bool
		IfNotExists  bool
		Method       string
		Keys         []IndexKey
		Include      []ColName
		Where        Expr
		WhereText    string
		Options      []Option
	}
	// IndexKey is a key of an index: Column, or X with its text.
	IndexKey struct {
		Column    string
		X         Expr
		Text      string
		Class     []string
		Collation []string
		Desc      bool
		Nulls     NullOrder
	}
	// Database is CREATE, ALTER and DROP DATABASE by Verb.
	Database struct {
		stmtNode
		At
		Verb     string // "CREATE", "ALTER", "DROP"
		Name     string
		IfExists bool
		Options  []Option
		Set      *Set // of ALTER DATABASE ... SET
	}
	// LikeClause is LIKE table INCLUDING ...: a bit for each thing that is copied.
	LikeClause struct {
		Table   Name
		Options LikeOption
		Pos     int // how many columns stand before it
	}
)

// LikeOption is a set of what LIKE copies beside columns and NOT NULL.
type LikeOption uint32

// The options, as the grammar numbers them.
const (
	LikeComments LikeOption = 1 << iota
	LikeCompression
	LikeConstraints
	LikeDefaults
	LikeGenerated
	LikeIdentity
	LikeIndexes
	LikeStatistics
	LikeStorage
)
