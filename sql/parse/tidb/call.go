package tidb

import (
	"strings"

	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// specials are the functions that have a syntax of their own in Postgres.
var specials = map[string]bool{"coalesce": true, "greatest": true, "least": true, "nullif": true, "grouping": true}

// valueWords are written without parentheses in Postgres; MySQL allows both.
var valueWords = map[string]bool{"current_date": true, "current_time": true, "current_timestamp": true, "localtime": true,
	"localtimestamp": true, "current_user": true, "current_role": true}

// renamed are MySQL's functions that are plain functions of Postgres under
// another name, with the same meaning for every argument.
var renamed = map[string]string{
	"database": "current_database", "schema": "current_database", "current_user": "current_user", "session_user": "session_user",
	"connection_id": "pg_backend_pid", "json_array": "jsonb_build_array", "bit_count": "mysql.bit_count",
}

// callers lower the functions that are more than a name and arguments.
var callers map[string]func(l *lowerer, x *tast.FuncCallExpr) ast.Expr

func init() {
	callers = map[string]func(l *lowerer, x *tast.FuncCallExpr) ast.Expr{
		tast.DateLiteral: typedLiteral("date"), tast.TimeLiteral: typedLiteral("time"), tast.TimestampLiteral: typedLiteral("timestamp"),
		"date_add": dateAdd, "date_sub": dateAdd, "adddate": dateAdd, "subdate": dateAdd,
		"timestampadd": timestampAdd, "timestampdiff": timestampDiff, "extract": extract, "trim": trim, "position": position,
		"json_extract": jsonExtract, "json_object": jsonObject, "json_unquote": jsonUnquote, "json_memberof": memberOf,
		"json_contains": setTest, "json_overlaps": setTest, "format": format, "str_to_date": strToDate, "char_func": char, "convert": convert,
		"if": ifCall, "now": clock, "sysdate": clock, "curtime": clock, "utc_timestamp": clock, "utc_time": clock,
		"insert_func": func(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
			return l.plain("insert", x)
		},
		"substring": substring, "substr": substring, "mid": substring,
		"user": func(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
			return &ast.Func{At: l.at(x), Name: []string{"user"}, Special: true}
		},
		"values": func(l *lowerer, x *tast.FuncCallExpr) ast.Expr { l.unknown(x); return nil },
	}
	for _, name := range []string{"get_lock", "release_lock", "sleep", "benchmark", "load_file", "last_insert_id", "row_count", "found_rows",
		"nextval", "lastval", "setval", "weight_string", "get_format", "password", "compress"} {
		callers[name] = func(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
			l.no(x.OriginTextPosition(), "the function %s is not supported", x.FnName.L)
			return nil
		}
	}
}

// call lowers a function call. A name that is not known here is a function of
// the library or none at all: the binder says so, as Postgres would.
func (l *lowerer) call(x *tast.FuncCallExpr) ast.Expr {
	name := x.FnName.L
	if x.Schema.O != "" {
		return &ast.Func{At: l.at(x), Name: []string{x.Schema.O, name}, Args: l.exprs(x.Args)}
	}
	if f := callers[name]; f != nil {
		return f(l, x)
	}
	switch {
	case name == "concat" && l.isPipes(x):
		return &ast.Op{At: l.pos(l.signBefore(x.Args[1].OriginTextPosition())), Name: "||", L: l.expr(x.Args[0]), R: l.expr(x.Args[1])}
	case valueWords[name]:
		return &ast.Func{At: l.at(x), Name: []string{name}, Args: l.exprs(x.Args), Special: true}
	case specials[name]:
		return &ast.Func{At: l.at(x), Name: []string{name}, Args: l.exprs(x.Args), Special: true}
	case strings.HasPrefix(renamed[name], "mysql."):
		return mysqlCall(strings.TrimPrefix(renamed[name], "mysql."), l.at(x), l.exprs(x.Args)...)
	case renamed[name] != "":
		return l.plain(renamed[name], x)
	}
	return l.plain(name, x)
}

func (l *lowerer) plain(name string, x *tast.FuncCallExpr) ast.Expr {
	return &ast.Func{At: l.at(x), Name: []string{name}, Args: l.exprs(x.Args)}
}

// isPipes reports a || b, which comes as a call of concat.
func (l *lowerer) isPipes(x *tast.FuncCallExpr) bool {
	i := l.tokAt(x.OriginTextPosition())
	return len(x.Args) == 2 && (l.tok(i).word != "concat" || l.tok(i+1).word != "(") ||
		len(x.Args) == 2 && l.tok(l.tokAt(l.signBefore(x.Args[1].OriginTextPosition()))).word == "||"
}

// arity refuses a call with another number of arguments than lo to hi; Postgres
// says that there is no such function, which needs types, so this is short.
func (l *lowerer) arity(x *tast.FuncCallExpr, lo, hi int) bool {
	if len(x.Args) < lo || len(x.Args) > hi {
		l.no(x.OriginTextPosition(), "%s with %d arguments is not supported", x.FnName.L, len(x.Args))
	}
	return l.err == nil
}

// typedLiteral lowers DATE '2024-01-01'.
func typedLiteral(typ string) func(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	return func(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
		if !l.arity(x, 1, 1) {
			return nil
		}
		v := l.expr(x.Args[0])
		if s, ok := v.(*ast.Literal); ok && s.At < 0 || ok && int(s.At) == l.base {
			s.At = l.pos(l.tok(l.tokAt(x.OriginTextPosition()) + 1).start)
		}
		if typ == "date" {
			return &ast.Cast{At: l.at(x), X: v, Type: ast.TypeName{At: l.at(x), Name: typ}}
		}
		return castTo(l.at(x), v, typ)
	}
}

func extract(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	u, ok := x.Args[0].(*tast.TimeUnitExpr)
	if !ok || !l.arity(x, 2, 2) {
		l.unknown(x)
		return nil
	}
	name := strings.ToLower(u.Unit.String())
	if strings.Contains(name, "_") {
		l.no(x.OriginTextPosition(), "EXTRACT of %s is not supported", u.Unit.String())
	}
	at := l.pos(l.tok(l.tokAt(x.OriginTextPosition()) + 2).start)
	return &ast.Func{At: l.at(x), Name: []string{"extract"}, Args: []ast.Expr{text(at, name), l.expr(x.Args[1])}, Syntax: true}
}

func trim(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	name := "btrim"
	var args []ast.Expr
	args = append(args, l.expr(x.Args[0]))
	if len(x.Args) == 3 {
		d, ok := x.Args[2].(*tast.TrimDirectionExpr)
		if !ok {
			l.unknown(x)
			return nil
		}
		switch d.Direction {
		case tast.TrimLeading:
			name = "ltrim"
		case tast.TrimTrailing:
			name = "rtrim"
		}
	}
	// TRIM(LEADING FROM x) comes with a blank that nobody wrote.
	if len(x.Args) > 1 && (len(x.Args) == 2 || l.tok(l.tokAt(x.OriginTextPosition())+3).word != "from") {
		args = append(args, l.expr(x.Args[1]))
	}
	return &ast.Func{At: l.at(x), Name: []string{name}, Args: args, Syntax: true}
}

// position lowers POSITION(a IN b) to position(b, a), as Postgres does.
func position(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if !l.arity(x, 2, 2) {
		return nil
	}
	sub := l.expr(x.Args[0])
	return &ast.Func{At: l.at(x), Name: []string{"position"}, Args: []ast.Expr{l.expr(x.Args[1]), sub}, Syntax: true}
}

// substring counts from the end where the place is a negative constant, which
// can mean nothing else; otherwise it is Postgres's.
func substring(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	out := &ast.Func{At: l.at(x), Name: []string{l.tok(l.tokAt(x.OriginTextPosition())).word}, Args: l.exprs(x.Args)}
	if len(out.Args) > 1 {
		if n, ok := out.Args[1].(*ast.Literal); ok && n.Kind == ast.LitInt && strings.HasPrefix(n.Text, "-") {
			out.Name = []string{"mid"}
		}
	}
	return out
}

// format is MySQL's FORMAT(number, decimals) unless its first argument is a
// text constant: then it is Postgres's.
func format(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if len(x.Args) > 0 {
		if _, ok := stringOf(x.Args[0]); ok || len(x.Args) != 2 {
			return l.plain("format", x)
		}
	}
	return mysqlCall("format", l.at(x), l.exprs(x.Args)...)
}

// strToDate gives a date where a constant format has no field of the time of day.
func strToDate(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	out := l.plain("str_to_date", x)
	if len(x.Args) != 2 {
		return out
	}
	f, ok := stringOf(x.Args[1])
	for i := 0; ok && i+1 < len(f); i++ {
		if f[i] == '%' {
			i++
			ok = !strings.Contains("fHhIiklprSsT", f[i:i+1])
		}
	}
	if !ok {
		return out
	}
	return &ast.Cast{At: l.at(x), X: out, Type: ast.TypeName{At: l.at(x), Name: "date"}}
}

// char is CHAR(n, ...): the characters of some code points.
func char(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if len(x.Args) < 2 {
		l.unknown(x)
		return nil
	}
	args := x.Args[:len(x.Args)-1] // the last is the character set, NULL for none
	if cs, ok := stringOf(x.Args[len(x.Args)-1]); ok && !utf8Charset(strings.ToLower(cs)) {
		l.no(x.OriginTextPosition(), "the character set %s is not supported", cs)
	}
	out := &ast.Func{At: l.at(x), Name: []string{"concat"}}
	for _, a := range args {
		v := l.expr(a)
		out.Args = append(out.Args, &ast.Func{At: ast.At(posOf(v)), Name: []string{"chr"}, Args: []ast.Expr{v}})
	}
	if len(out.Args) == 1 {
		return out.Args[0]
	}
	return out
}

// convert is CONVERT(x USING charset): every text is UTF-8.
func convert(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if !l.arity(x, 2, 2) {
		return nil
	}
	if cs, ok := stringOf(x.Args[1]); !ok || !utf8Charset(strings.ToLower(cs)) {
		l.no(x.OriginTextPosition(), "CONVERT to this character set is not supported")
	}
	return castTo(l.at(x), l.expr(x.Args[0]), "text")
}

func ifCall(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if len(x.Args) != 3 {
		return l.plain("if", x)
	}
	return &ast.Func{At: l.at(x), Name: []string{"if"}, Args: []ast.Expr{l.cond(x.Args[0]), l.expr(x.Args[1]), l.expr(x.Args[2])}}
}

// clock lowers NOW() and its kin; a precision is a cast.
func clock(l *lowerer, x *tast.FuncCallExpr) ast.Expr {
	if len(x.Args) == 0 {
		return l.plain(x.FnName.L, x)
	}
	typ := map[string]string{"now": "timestamptz", "curtime": "time", "utc_time": "time"}[x.FnName.L]
	if typ == "" {
		typ = "timestamp"
	}
	at := l.at(x)
	call := &ast.Func{At: at, Name: []string{x.FnName.L}}
	return &ast.Cast{At: at, X: call, Type: ast.TypeName{At: at, Schema: "pg_catalog", Name: typ, Mods: l.exprs(x.Args)}}
}

func posOf(x ast.Expr) int {
	if x == nil {
		return -1
	}
	return x.Pos()
}
