package pgsql

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// raise reads RAISE level 'format', parameter, ... USING option = expression, ....
func (b *blockReader) raise(line int) ast.ProcStmt {
	s := &ast.ProcRaise{Line: line, Level: "ERROR"}
	b.step()
	if b.accept(";") {
		s.Again = true
		return s
	}
	switch b.word {
	case "exception":
		b.step()
	case "warning", "notice", "info", "log", "debug":
		s.Level = strings.ToUpper(b.word)
		b.step()
	}
	switch {
	case b.word == "'":
		b.format(s)
	case b.word == "sqlstate":
		b.step()
		s.Code = b.state()
		s.Name = s.Code
	case b.word != "using" && b.word != ";":
		codes := sqlerr.Condition(b.word)
		if codes == nil {
			b.compile(pgerrcode.UndefinedObject, `unrecognized exception condition "%s"`, b.word)
			return s
		}
		s.Code, s.Name = codes[0], b.word
		b.step()
	}
	if b.accept("using") {
		b.using(s)
	}
	b.expect(";")
	return s
}

// format reads the message, which a literal gives, and its parameters.
func (b *blockReader) format(s *ast.ProcRaise) {
	lit := b.start
	for b.step(); b.word == "'" && b.text[b.start-1] == '\''; b.step() { // a doubled quote
	}
	text := b.text[lit:b.start]
	x, err := Expr(text)
	c, ok := x.(*ast.Literal)
	if err != nil || !ok {
		b.syntax()
		return
	}
	piece := ""
	for i := 0; i < len(c.Text); i++ {
		switch {
		case c.Text[i] != '%':
			piece += c.Text[i : i+1]
		case strings.HasPrefix(c.Text[i:], "%%"):
			piece += "%"
			i++
		default:
			s.Format, piece = append(s.Format, piece), ""
		}
	}
	s.Format = append(s.Format, piece)
	for b.accept(",") {
		s.Params = append(s.Params, b.expr(",", ";", "using"))
	}
	switch n := len(s.Format) - 1; {
	case len(s.Params) > n:
		b.compile(pgerrcode.SyntaxError, "too many parameters specified for RAISE")
	case len(s.Params) < n:
		b.compile(pgerrcode.SyntaxError, "too few parameters specified for RAISE")
	}
}

// raiseOptions are what USING may set.
var raiseOptions = map[string]bool{"errcode": true, "message": true, "detail": true, "hint": true, "column": true, "constraint": true,
	"datatype": true, "table": true, "schema": true}

func (b *blockReader) using(s *ast.ProcRaise) {
	for {
		name := b.word
		if !raiseOptions[name] {
			b.fail(sqlerr.At(b.start, pgerrcode.SyntaxError, `unrecognized RAISE statement option at or near "%s"`, name))
			return
		}
		b.step()
		b.accept(":")
		b.expect("=")
		s.Options = append(s.Options, ast.ProcOption{Name: name, X: b.expr(",", ";")})
		if !b.accept(",") {
			return
		}
	}
}
