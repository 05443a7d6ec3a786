package tidb

import (
	"errors"
	"strconv"
	"strings"

	tast "github.com/pingcap/tidb/pkg/parser/ast"
	driver "github.com/pingcap/tidb/pkg/parser/test_driver"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// ErrMarker is the cause of the error for a parameter written as ?, which says
// nothing against the text being Postgres's.
var ErrMarker = errors.New("parameter marker")

// literal lowers a constant. Numbers are taken as they are written: this
// grammar has made doubles and bounded decimals of them.
func (l *lowerer) literal(v *driver.ValueExpr) ast.Expr {
	l.place(v)
	off := v.OriginTextPosition()
	at, t := l.pos(off), l.tok(l.tokAt(off))
	switch v.Kind() {
	case driver.KindNull:
		return &ast.Literal{At: at, Kind: ast.LitNull}
	case driver.KindString:
		if t.kind == tokWord && strings.HasPrefix(t.word, "_") && !utf8Charset(t.word[1:]) {
			l.no(off, "the character set %s is not supported", t.word[1:])
		}
		return &ast.Literal{At: at, Kind: ast.LitString, Text: v.GetString()}
	case driver.KindInt64, driver.KindUint64:
		if t.kind == tokWord && (t.word == "true" || t.word == "false") {
			return &ast.Literal{At: at, Kind: ast.LitBool, Text: t.word}
		}
	case driver.KindBinaryLiteral:
		return l.bits(v, t)
	}
	if t.kind != tokNumber {
		l.no(off, "this constant is not supported")
		return nil
	}
	kind, text := number(l.text[t.start:t.end])
	return &ast.Literal{At: at, Kind: kind, Text: text}
}

// place gives a number its position where this grammar leaves it out (LIMIT,
// LEAD, frames, precisions): the next one of its value.
func (l *lowerer) place(v *driver.ValueExpr) {
	if v.OriginTextPosition() > 0 {
		return
	}
	want := ""
	switch v.Kind() {
	case driver.KindInt64:
		want = strconv.FormatInt(v.GetInt64(), 10)
	case driver.KindUint64:
		want = strconv.FormatUint(v.GetUint64(), 10)
	default:
		return
	}
	for i := l.tokAt(l.from); i < len(l.toks); i++ {
		if t := l.toks[i]; t.kind == tokNumber && strings.TrimLeft(t.text(l.text), "0") == strings.TrimLeft(want, "0") {
			l.from = t.end
			v.SetOriginTextPosition(t.start)
			return
		}
	}
}

// parameter lowers $N, which was given to this grammar as ?.
func (l *lowerer) parameter(x *driver.ParamMarkerExpr) ast.Expr {
	off := x.OriginTextPosition()
	if off == 0 {
		off = x.Offset
	}
	n, ok := paramNumber(l.tok(l.tokAt(off)))
	if !ok {
		l.fail(sqlerr.Unsupported(int(l.pos(off)), "? as a parameter is not supported").WithCause(ErrMarker))
		return nil
	}
	l.seek(off)
	return &ast.Param{At: l.pos(off), N: n}
}

// bits lowers x'1f' and b'01' as Postgres does, 0x1f and 0b01 as integers.
func (l *lowerer) bits(v *driver.ValueExpr, t token) ast.Expr {
	off := v.OriginTextPosition()
	if t.kind == tokNumber {
		if i, err := strconv.ParseInt(t.text(l.text), 0, 64); err == nil {
			return &ast.Literal{At: l.pos(off), Kind: ast.LitInt, Text: strconv.FormatInt(i, 10)}
		}
	}
	q := l.tok(l.tokAt(off) + 1)
	if t.kind == tokWord && len(t.word) == 1 && q.kind == tokString {
		return &ast.Literal{At: l.pos(off), Kind: ast.LitBits, Text: t.word + strings.Trim(q.text(l.text), "'")}
	}
	l.no(off, "this constant is not supported")
	return nil
}

func (t token) text(src string) string { return src[t.start:t.end] }

// number is a numeric constant; an integer beyond int64 is a decimal.
func number(s string) (ast.LiteralKind, string) {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return ast.LitInt, strconv.FormatInt(i, 10)
	}
	return ast.LitDecimal, s
}

func utf8Charset(name string) bool {
	switch name {
	case "utf8", "utf8mb4", "utf8mb3", "ascii":
		return true
	}
	return false
}

// stringOf is the text of a string constant.
func stringOf(n tast.ExprNode) (string, bool) {
	for {
		p, ok := n.(*tast.ParenthesesExpr)
		if !ok {
			break
		}
		n = p.Expr
	}
	v, ok := n.(*driver.ValueExpr)
	if !ok || v.Kind() != driver.KindString {
		return "", false
	}
	return v.GetString(), true
}

// text is a string constant made by the lowering.
func text(at ast.At, s string) ast.Expr {
	return &ast.Literal{At: at, Kind: ast.LitString, Text: s}
}

func castTo(at ast.At, x ast.Expr, typ string) ast.Expr {
	return &ast.Cast{At: at, X: x, Type: ast.TypeName{At: at, Schema: "pg_catalog", Name: typ}}
}
