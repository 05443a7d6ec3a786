package ast

// Expr is an expression as written. Pos is the 0-based byte offset of the place
// Postgres would report for it, -1 if none is known.
type Expr interface {
	Pos() int
	expr()
}

// At is the position that every node carries.
type At int

// Pos returns the 0-based byte offset, -1 if unknown.
func (a At) Pos() int { return int(a) }
func (At) expr()      {}

// Spelling is how something was written where that changes no meaning, for who
// prints it again; trees that differ in it are the same.
type Spelling bool

// LiteralKind tells what a Literal's text is.
type LiteralKind uint8

// The kinds of literal.
const (
	LitNull LiteralKind = iota
	LitInt              // fits int64 (the lowering checks); larger ones are LitDecimal
	LitDecimal
	LitString
	LitBool // Text is "true" or "false"
	LitBits // B'..' and X'..'
)

// The expression nodes. Operators keep Postgres's names: LIKE is "~~", ILIKE
// "~~*", NOT LIKE "!~~", SIMILAR TO and BETWEEN have nodes of their own.
type (
	// Literal is a constant.
	Literal struct {
		At
		Kind LiteralKind
		Text string
	}
	// Param is $N, N from 1.
	Param struct {
		At
		N int
	}
	// Column is a possibly qualified name; Star is t.* or *.
	Column struct {
		At
		Parts []string
		Star  bool
	}
	// Op is a unary (L nil) or binary operator.
	Op struct {
		At
		Name string
		L, R Expr
	}
	// AnyAll is L op ANY|ALL (R), R an array.
	AnyAll struct {
		At
		Name string
		All  bool
		L, R Expr
	}
	// Bool is AND, OR (two or more arguments) or NOT (one).
	Bool struct {
		At
		Kind BoolKind
		Args []Expr
	}
	// IsTest is X IS [NOT] NULL|TRUE|FALSE|UNKNOWN.
	IsTest struct {
		At
		X    Expr
		What IsKind
		Not  bool
	}
	// Distinct is L IS [NOT] DISTINCT FROM R.
	Distinct struct {
		At
		L, R Expr
		Not  bool
	}
	// In is X [NOT] IN (list).
	In struct {
		At
		X    Expr
		List []Expr
		Not  bool
	}
	// Between is X [NOT] BETWEEN [SYMMETRIC] Lo AND Hi.
	Between struct {
		At
		X, Lo, Hi Expr
		Not, Sym  bool
	}
	// Func is a function or aggregate call. Special syntax is lowered to the
	// function Postgres uses: EXTRACT(f FROM x) is extract('f', x), TRIM is
	// btrim/ltrim/rtrim, SUBSTRING is substring, POSITION is position, AT TIME
	// ZONE is timezone(zone, x), LIKE .. ESCAPE is op with like_escape, SIMILAR
	// TO is ~ with similar_to_escape. COALESCE, GREATEST, LEAST and NULLIF are
	// Funcs of those names with Special set; so are GROUPING and the parameterless
	// CURRENT_DATE, CURRENT_TIMESTAMP, ...
	Func struct {
		At
		Name        []string
		Args        []Expr
		ArgNames    []string // of name => value, "" for the others; nil: no names
		ArgPos      []int    // where the names stand
		Star        bool     // count(*)
		Distinct    bool
		Variadic    bool
		Special     bool
		OrderBy     []SortKey // inside the parentheses, or of WITHIN GROUP
		WithinGroup bool
		Filter      Expr    // nil: none
		Over        *Window // nil: not a window function
		// Syntax tells a call in a syntax of its own, which is lowered to a function.
		Syntax Spelling
	}
	// Case is CASE [X] WHEN .. THEN .. [ELSE ..] END.
	Case struct {
		At
		X     Expr // nil for a searched CASE
		Whens []When
		Else  Expr // nil: NULL
	}
	// When is one arm of a Case.
	When struct {
		At
		Cond, Then Expr
	}
	// Cast is CAST(X AS Type), X::Type or Type 'literal'.
	Cast struct {
		At
		X    Expr
		Type TypeName
	}
	// Array is ARRAY[...]; elements may be Arrays.
	Array struct {
		At
		Elems []Expr
	}
	// Row is ROW(...) or (a, b).
	Row struct {
		At
		Elems []Expr
	}
	// Subscript is X[I] or, with Slice, X[Lo:Hi] (either may be nil). X[1][2] is one
	// operation of two subscripts; (X[1])[2], of which the outer is Apart, are two.
	Subscript struct {
		At
		X, Lo, Hi    Expr
		Slice, Apart bool
	}
	// Field is (X).Name, or with Star (X).*.
	Field struct {
		At
		X    Expr
		Name string
		Star bool
	}
	// Subquery is a query used as a value: EXISTS (q), (q), X op ANY|ALL (q),
	// ARRAY(q). X IN (q) is X = ANY (q), NOT IN its Bool Not.
	Subquery struct {
		At
		Kind  SubqueryKind
		X     Expr
		Name  string // operator of SubAny and SubAll
		Query *Select
	}
	// Collate is X COLLATE Name.
	Collate struct {
		At
		X    Expr
		Name []string
	}
	// Default is the word DEFAULT in INSERT and UPDATE.
	Default struct{ At }
)

// BoolKind is And, Or or Not.
type BoolKind uint8

// The Boolean connectives.
const (
	And BoolKind = iota
	Or
	Not
)

// IsKind is what IS tests for.
type IsKind uint8

// The IS tests.
const (
	IsNull IsKind = iota
	IsTrue
	IsFalse
	IsUnknown
)

// SubqueryKind is how a Subquery is used.
type SubqueryKind uint8

// The uses of a query as a value.
const (
	SubExists SubqueryKind = iota
	SubScalar
	SubAny
	SubAll
	SubArray
)

// TypeName is a type as written. Name is Postgres's internal spelling, lower
// case and unqualified: int4, int8, varchar, bpchar, timestamptz, bool, ...
type TypeName struct {
	At
	Schema string // "" or pg_catalog for built-in types
	Name   string
	Mods   []Expr
	Dims   int // 0: scalar; 1 and up: array
}

// SortKey is one ORDER BY item.
type SortKey struct {
	X     Expr
	Desc  bool
	Nulls NullOrder
}

// NullOrder is NULLS FIRST or LAST.
type NullOrder uint8

// The orders of NULL; the default is last for ASC and first for DESC.
const (
	NullsDefault NullOrder = iota
	NullsFirst
	NullsLast
)

// Window is an OVER clause or a named window.
type Window struct {
	At
	Ref         string // OVER name, or the base of (name ...)
	Named       bool   // OVER name, without parentheses
	PartitionBy []Expr
	OrderBy     []SortKey
	Frame       *Frame
}

// Frame is a window frame.
type Frame struct {
	Unit       string // ROWS, RANGE or GROUPS
	Start, End Bound
	Exclude    string // "", "CURRENT ROW", "GROUP", "TIES"
	// Between tells that both ends were written.
	Between Spelling
}

// Bound is one end of a frame.
type Bound struct {
	Kind   string // "UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING"
	Offset Expr
}
