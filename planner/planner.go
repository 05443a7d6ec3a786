// Package planner turns a parsed statement into a plan: planner/bind resolves
// names and types, planner/rule rewrites the result.
package planner

import (
	"tagd/planner/bind"
	"tagd/planner/plan"
	"tagd/planner/rule"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Options are what planning takes from the session.
type Options struct {
	// ParamTypes are the types of $1, ... as far as the client gave them; a zero
	// Type asks for inference.
	ParamTypes []types.Type
	// Fn is used for folding constants; nil: UTC and ISO style.
	Fn *fn.Ctx
	// NewDef tells that the expressions of the definitions have not been stored yet.
	NewDef bool
	// NoBitmaps leaves conditions as Scan.Where and aggregates as Agg.
	NoBitmaps bool
}

// Failure is the error that planning meets with the values of a statement's
// parameters, nil if there is none.
func Failure(s *plan.Stmt, params []vec.Datum, o Options) error {
	return rule.Failure(s, params, rule.Options{Fn: o.Fn})
}

// Plan binds and rewrites one statement. Errors are *sqlerr.Error with a
// position in the text that the statement was parsed from.
func Plan(s ast.Stmt, cat plan.Catalog, o Options) (*plan.Stmt, error) {
	st, err := bind.Statement(s, cat, bind.Options{ParamTypes: o.ParamTypes, Fn: o.Fn, NewDef: o.NewDef})
	if err != nil {
		return nil, err
	}
	rule.Apply(st, cat, rule.Options{Fn: o.Fn, NoBitmaps: o.NoBitmaps})
	st.Facts = plan.FactsOf(st)
	return st, nil
}
