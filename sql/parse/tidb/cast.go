package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/mysql"

	"tagd/sql/ast"
)

// cast lowers CAST, CONVERT(x, type) and BINARY x. The types that CAST knows in
// MySQL are SIGNED, UNSIGNED, CHAR, DATE, DATETIME, TIME, DECIMAL, FLOAT,
// DOUBLE, REAL, JSON, YEAR and BINARY.
func (l *lowerer) cast(x *tast.FuncCastExpr) ast.Expr {
	at := l.at(x)
	if x.FunctionType == tast.CastBinaryOperator {
		return l.expr(x.Expr) // texts are compared by their bytes anyway
	}
	if x.ExplicitCharSet && !utf8Charset(x.Tp.GetCharset()) {
		l.no(x.OriginTextPosition(), "the character set %s is not supported", x.Tp.GetCharset())
	}
	if x.Tp.IsArray() {
		l.no(x.OriginTextPosition(), "CAST ... AS ... ARRAY is not supported")
	}
	v := l.expr(x.Expr)
	out := &ast.Cast{At: at, X: v, Type: ast.TypeName{At: l.typeAt(x.Expr)}}
	l.castType(x, out)
	return out
}

// typeAt is where a cast's type stands: behind AS or a comma.
func (l *lowerer) typeAt(operand tast.ExprNode) ast.At {
	if off := l.find(operand.OriginTextPosition(), "as", ","); off >= 0 {
		return l.pos(l.tok(l.tokAt(off) + 1).start)
	}
	return -1
}

func (l *lowerer) castType(x *tast.FuncCastExpr, out *ast.Cast) {
	t := &out.Type
	word := ""
	if t.At >= 0 {
		word = l.tok(l.tokAt(int(t.At) - l.base)).word
	}
	builtin := func(name string) { t.Schema, t.Name = "pg_catalog", name }
	modified := func(name string) {
		builtin(name)
		t.Mods = l.mods(t.At)
	}
	tp := x.Tp
	switch tp.GetType() {
	case mysql.TypeLonglong:
		builtin("int8")
		// A negative number is refused: MySQL would wrap it around 2^64, which no
		// integer type of Postgres holds.
		if mysql.HasUnsignedFlag(tp.GetFlag()) && word == "unsigned" {
			out.X = mysqlCall("unsigned", out.At, out.X)
		}
	case mysql.TypeVarString, mysql.TypeString, mysql.TypeVarchar:
		switch {
		case tp.GetCharset() == "binary" && word == "binary":
			l.no(x.OriginTextPosition(), "CAST AS BINARY is not supported")
		case len(l.mods(t.At)) > 0:
			modified("varchar")
		default:
			t.Name = "text"
		}
	case mysql.TypeDate:
		t.Name = "date"
	case mysql.TypeDatetime:
		modified("timestamp")
	case mysql.TypeDuration:
		modified("time")
	case mysql.TypeNewDecimal:
		modified("numeric")
	case mysql.TypeFloat, mysql.TypeDouble:
		builtin("float8")
		if word == "real" {
			builtin("float4")
		}
	case mysql.TypeJSON:
		t.Name = "json"
	case mysql.TypeYear:
		builtin("int4")
	default:
		l.no(x.OriginTextPosition(), "CAST to this type is not supported")
	}
}

// mods are the numbers in parentheses behind a type's name, as they are written:
// this grammar fills in MySQL's defaults.
func (l *lowerer) mods(at ast.At) []ast.Expr {
	if at < 0 {
		return nil
	}
	i := l.tokAt(int(at)-l.base) + 1
	if l.tok(i).word != "(" {
		return nil
	}
	var out []ast.Expr
	for i++; l.tok(i).kind == tokNumber; i += 2 {
		kind, text := number(l.tok(i).text(l.text))
		out = append(out, &ast.Literal{At: l.pos(l.tok(i).start), Kind: kind, Text: text})
	}
	return out
}
