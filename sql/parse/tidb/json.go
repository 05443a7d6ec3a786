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

// jsonExtract lowers JSON_EXTRACT and column -> 'path' to #> with the path as an
// array. What does not begin with $ is a key, as Postgres's -> takes it.
func jsonExtract(l *lowerer, x *tast.FuncCallExpr) ast.Expr { return l.jsonPath(x, x, "") }

// jsonUnquote lowers JSON_UNQUOTE and column ->> 'path': the text of a value.
func jsonUnquote(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if !l.arity(x, 1, 1) {
		return nil
	}
	inner, ok := x.Args[0].(*tast.FuncCallExpr)
	if ok && inner.FnName.L == tast.JSONExtract {
		return l.jsonPath(x, inner, ">")
	}
	return l.plain("json_unquote", x)
}

func (l *lowerer) jsonPath(at, x *tast.FuncCallExpr, more string) ast.Expr {
	if !l.arity(x, 2, 2) {
		return nil
	}
	l.jsonPaths(x)
	s, ok := stringOf(x.Args[1])
	if !ok {
		l.no(x.OriginTextPosition(), "a JSON path that is not a constant is not supported")
		return nil
	}
	path, from := l.expr(x.Args[1]), l.expr(x.Args[0])
	if lit, ok := from.(*ast.Literal); ok && lit.Kind == ast.LitString {
		from = &ast.Cast{At: lit.At, X: lit, Type: ast.TypeName{At: lit.At, Name: "jsonb"}}
	}
	pos := l.at(at)
	if off := l.find(x.OriginTextPosition(), "->", "->>"); off >= 0 {
		pos = l.pos(off)
	}
	if !strings.HasPrefix(s, "$") {
		return &ast.Op{At: pos, Name: "->" + more, L: from, R: path}
	}
	steps, ok := pathSteps(s[1:])
	if !ok {
		l.no(posOf(path)-l.base, "this JSON path is not supported")
		return nil
	}
	for i, p := range steps {
		steps[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p) + `"`
	}
	return &ast.Op{At: pos, Name: "#>" + more, L: from, R: text(ast.At(posOf(path)), "{"+strings.Join(steps, ",")+"}")}
}

// pathSteps reads .key, ."key" and [n] of a JSON path; * and ** are not steps.
func pathSteps(s string) (out []string, ok bool) {
	for s != "" {
		end, open := 0, s[0]
		switch {
		case open == '.' && len(s) > 1 && s[1] == '"':
			if end = strings.IndexByte(s[2:], '"'); end < 0 {
				return nil, false
			}
			out, s = append(out, s[2:2+end]), s[3+end:]
			continue
		case open == '.':
			if end = strings.IndexAny(s[1:], ".["); end < 0 {
				end = len(s) - 1
			}
			out, s = append(out, s[1:1+end]), s[1+end:]
		case open == '[':
			if end = strings.IndexByte(s, ']'); end < 0 || strings.Trim(s[1:end], "0123456789") != "" {
				return nil, false
			}
			out, s = append(out, s[1:end]), s[end+1:]
		default:
			return nil, false
		}
		if last := out[len(out)-1]; last == "" || strings.Contains(last, "*") {
			return nil, false
		}
	}
	return out, true
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
