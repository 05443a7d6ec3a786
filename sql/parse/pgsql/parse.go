package pgsql

import "tagd/sql/ast"

// Raw is one statement with the span of its text.
type Raw struct {
	Ast      ast.Stmt
	Off, Len int
}

func Parse(text string) ([]Raw, error)   { return nil, nil }
func Expr(text string) (ast.Expr, error) { return nil, nil }
