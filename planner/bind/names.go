package bind

import (
	"strconv"

	"tagd/sql/ast"
)

func itoa(n int) string { return strconv.Itoa(n) }

// resultName is the name of an output column without an alias.
func (b *binder) resultName(e ast.Expr) string {
	return ast.ResultName(e, func(q *ast.Subquery) string { return b.subNames[q] })
}
