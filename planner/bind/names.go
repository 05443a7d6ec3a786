package bind

import (
	"strconv"

	"tagd/sql/ast"
)

func itoa(n int) string { return strconv.Itoa(n) }

// resultName is the name of an output column without an alias: FigureColname of
// parse_target.c.
func (b *binder) resultName(e ast.Expr) string {
	if name, _ := b.figure(e); name != "" {
		return name
	}
	return "?column?"
}

// figure returns a name and how good it is: 2 beats 1.
func (b *binder) figure(e ast.Expr) (string, int) {
	switch e := e.(type) {
	case *ast.Column:
		if len(e.Parts) > 0 {
			return e.Parts[len(e.Parts)-1], 2
		}
	case *ast.Field:
		return e.Name, 2
	case *ast.Subscript:
		return b.figure(e.X)
	case *ast.Func:
		return e.Name[len(e.Name)-1], 2
	case *ast.Cast:
		if name, n := b.figure(e.X); n > 1 {
			return name, n
		}
		return e.Type.Name, 1
	case *ast.Collate:
		return b.figure(e.X)
	case *ast.Case:
		if name, n := b.figure(e.Else); n > 1 {
			return name, n
		}
		return "case", 1
	case *ast.Array:
		return "array", 2
	case *ast.Row:
		return "row", 2
	case *ast.Subquery:
		switch e.Kind {
		case ast.SubExists:
			return "exists", 2
		case ast.SubArray:
			return "array", 2
		case ast.SubScalar:
			return b.subNames[e], 2
		}
	}
	return "", 0
}
