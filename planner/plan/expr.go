package plan

import (
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Expr is a bound expression: columns are positions in the input's Schema, types
// are final, casts are explicit calls. Trees are immutable and may be shared.
type Expr interface {
	Type() types.Type
	expr()
}

type typed struct{ T types.Type }

// Type returns the type of the expression's values.
func (t typed) Type() types.Type { return t.T }
func (typed) expr()              {}

// T makes the type part of an expression node.
func T(t types.Type) typed { return typed{t} }

// The expressions.
type (
	// Col is column Idx of the input. Name is for printing only.
	Col struct {
		typed
		Idx  int
		Name string
	}
	// Const is a constant.
	Const struct {
		typed
		V vec.Datum
	}
	// Param is $N, replaced by a Const (Substitute) before execution.
	Param struct {
		typed
		N int
	}
	// Call applies a function, operator or cast. Off is the byte offset in the
	// statement for errors (-1: none).
	Call struct {
		typed
		F    *fn.Func
		Args []Expr
		Off  int
	}
	// And, Or and Not have SQL's three-valued logic.
	And struct {
		typed
		Args []Expr
	}
	// Or is three-valued OR.
	Or struct {
		typed
		Args []Expr
	}
	// Not is three-valued NOT.
	Not struct {
		typed
		X Expr
	}
	// IsTest is X IS [Negate: NOT] NULL, TRUE, FALSE or UNKNOWN (What).
	IsTest struct {
		typed
		X      Expr
		What   Is
		Negate bool
	}
	// In is X = ANY (list) by the equality Eq, with Negate X <> ALL (list).
	In struct {
		typed
		X      Expr
		List   []Expr
		Eq     *fn.Func
		Negate bool
	}
	// AnyAll is L op ANY (R), or ALL, with an array R.
	AnyAll struct {
		typed
		Op   *fn.Func
		All  bool
		L, R Expr
		Off  int
	}
	// Case is a searched CASE (a simple one is bound to it); arms are evaluated
	// only for the rows that reach them.
	Case struct {
		typed
		Whens []When
		Else  Expr // nil: NULL
	}
	// When is one arm of Case.
	When struct{ Cond, Then Expr }
	// Coalesce is lazily evaluated COALESCE.
	Coalesce struct {
		typed
		Args []Expr
	}
	// Array is ARRAY[...] of elements of one type.
	Array struct {
		typed
		Elems []Expr
	}
	// Row is ROW(...), of type record or of a composite type. Names are those of its
	// fields, nil: f1, f2 and so on.
	Row struct {
		typed
		Elems []Expr
		Names []string
	}
	// FieldOf is field Idx (from 0) of the record X.
	FieldOf struct {
		typed
		X    Expr
		Idx  int
		Name string // for printing only
	}
	// SubPlan is a query used as a value. Args are over the input of the
	// expression; inside Plan they are Arg 0, 1, ...: an Arg belongs to the nearest
	// SubPlan or Apply around it, so a reference two levels out is an Arg handed
	// down as an Arg. A Plan without Args runs at most once per execution. For
	// SubAny and SubAll, Left are over the input and Test is a condition over
	// Left's values (columns 0..) and then Plan's columns; the result is Test OR-ed
	// (ANY) or AND-ed (ALL) over the plan's rows in three-valued logic.
	SubPlan struct {
		typed
		Kind ast.SubqueryKind
		Plan Node
		Args []Expr
		Left []Expr
		Test Expr
		Off  int
	}
	// Arg is argument N of the nearest SubPlan or Apply around it, replaced by a
	// constant before execution.
	Arg struct {
		typed
		N int
	}
)

// Is is what IsTest tests for.
type Is uint8

// The tests. IsUnknown asks whether X is the null value; so does IsNull, but of a
// record it asks whether all its fields are NULL, and with Negate whether none is.
const (
	IsNull Is = iota
	IsTrue
	IsFalse
	IsUnknown
)
