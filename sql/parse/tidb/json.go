package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// memberOf lowers x MEMBER OF (set) to x = ANY (set), which the planner turns
// into one bitmap.
func memberOf(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if !l.arity(x, 2, 2) {
		return nil
	}
	at := l.pos(l.find(x.Args[0].OriginTextPosition(), "member"))
	return &ast.AnyAll{At: at, Name: "=", L: l.expr(x.Args[0]), R: l.expr(x.Args[1])}
}

// setTest lowers JSON_CONTAINS and JSON_OVERLAPS; the binder turns them into @>
// and && for set columns and for jsonb.
func setTest(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if len(x.Args) == 3 {
		l.no(x.OriginTextPosition(), "%s with a path is not supported", x.FnName.L)
	}
	return l.plain(x.FnName.L, x)
}

// jsonExtract lowers JSON_EXTRACT and column -> 'path'.
func jsonExtract(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	l.jsonPaths(x)
	return l.plain("json_extract", x)
}

// jsonUnquote lowers JSON_UNQUOTE and column ->> 'path'.
func jsonUnquote(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if !l.arity(x, 1, 1) {
		return nil
	}
	return &ast.Func{At: l.at(x), Name: []string{"json_unquote"}, Args: l.exprs(x.Args)}
}

// jsonPaths gives the paths of -> a position: this grammar leaves them without.
func (l *lowerer) jsonPaths(x *tast.FuncCallExpr) {
	for _, a := range x.Args[1:] {
		if a.OriginTextPosition() > x.OriginTextPosition() {
			continue
		}
		if off := l.find(x.OriginTextPosition(), "->", "->>"); off >= 0 {
			a.SetOriginTextPosition(l.tok(l.tokAt(off) + 1).start)
		}
	}
}
