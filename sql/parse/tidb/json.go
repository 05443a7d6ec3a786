package tidb

import (
	"strings"

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

// jsonExtract lowers JSON_EXTRACT and column -> 'path'. The binder reads the
// path. What does not begin with $ behind -> is a key, as Postgres takes it.
func jsonExtract(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if key := l.jsonKey(x, "->"); key != nil {
		return key
	}
	return l.plain("json_extract", x)
}

// jsonUnquote lowers JSON_UNQUOTE and column ->> 'path': the text of a value.
func jsonUnquote(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if len(x.Args) == 1 {
		if inner, ok := x.Args[0].(*tast.FuncCallExpr); ok && inner.FnName.L == tast.JSONExtract {
			if key := l.jsonKey(inner, "->>"); key != nil {
				return key
			}
		}
	}
	return l.plain("json_unquote", x)
}

// jsonKey is column -> 'key' of Postgres, nil for a path of MySQL.
func (l *lowerer) jsonKey(x *tast.FuncCallExpr, sign string) ast.Expr {
	if len(x.Args) != 2 {
		return nil
	}
	l.jsonPaths(x)
	s, ok := stringOf(x.Args[1])
	off := l.signBefore(x.Args[1].OriginTextPosition())
	if !ok || strings.HasPrefix(s, "$") || l.tok(l.tokAt(off)).word != sign {
		return nil
	}
	return &ast.Op{At: l.pos(off), Name: sign, L: l.expr(x.Args[0]), R: l.expr(x.Args[1])}
}

// jsonObject lowers JSON_OBJECT(key, value, ...); Postgres's own json_object
// takes arrays.
func jsonObject(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if len(x.Args) > 0 && len(x.Args) <= 2 {
		if s, ok := stringOf(x.Args[0]); ok && strings.HasPrefix(s, "{") {
			return &ast.Func{At: l.at(x), Name: []string{"pg_catalog", "json_object"}, Args: l.exprs(x.Args)}
		}
	}
	return l.plain("jsonb_build_object", x)
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
