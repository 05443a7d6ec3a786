package pgsql

import (
	"strings"

	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// do lowers DO. Its text is read here: blocks with exception handlers, IF, RAISE,
// PERFORM, EXECUTE and statements of SQL. Variables and loops are refused.
func (l *lowerer) do(d *pg.DoStmt) ast.Stmt {
	out := &ast.Do{At: ast.At(l.start)}
	var body *pg.DefElem
	for _, n := range d.Args {
		switch e := n.GetDefElem(); e.Defname {
		case "as":
			body = e
		case "language":
			if name := e.Arg.GetString_().GetSval(); name == "sql" || name == "c" || name == "internal" {
				l.fail(sqlerr.New(pgerrcode.FeatureNotSupported, `language "%s" does not support inline code execution`, name))
			} else if name != "plpgsql" {
				l.fail(sqlerr.New(pgerrcode.UndefinedObject, `language "%s" does not exist`, name))
			}
		}
	}
	if body == nil {
		l.fail(sqlerr.New(pgerrcode.SyntaxError, "no inline code specified"))
	}
	if l.err != nil {
		return out
	}
	b := &blockReader{scanner: scanner{text: body.Arg.GetString_().GetSval()}}
	b.step()
	out.Body = b.block()
	b.accept(";")
	if b.err == nil && !b.end {
		b.syntax()
	}
	if b.err != nil {
		if b.err.Pos > 0 {
			b.err.Pos = bodyOffset(l.text, int(body.Location), b.err.Pos-1) + 1
		}
		l.fail(b.err)
	}
	return out
}

// bodyOffset turns an offset in the value of a literal that begins at start, or
// behind AS, into one in the text of the statement; -1 where that is not known.
func bodyOffset(text string, start, off int) int {
	i := strings.IndexAny(text[min(max(start, 0), len(text)):], "$'")
	if i < 0 {
		return -1
	}
	if i += start; text[i] == '$' {
		return i + strings.IndexByte(text[i+1:], '$') + 2 + off
	}
	for i++; off > 0 && i < len(text); off, i = off-1, i+1 {
		if text[i] == '\'' {
			i++
		}
	}
	return i
}

// blockReader reads the text of a block, a word ahead.
type blockReader struct {
	scanner
	end   bool
	err   *sqlerr.Error
	depth int
}

// step goes to the next word.
func (b *blockReader) step() {
	if b.end = !b.next(); b.end {
		b.start, b.word = len(b.text), ""
	}
}

func (b *blockReader) fail(e *sqlerr.Error) {
	if b.err == nil {
		b.err = e
	}
	b.end, b.word, b.pos = true, "", len(b.text)
}

// syntax fails at the word in hand.
func (b *blockReader) syntax() {
	if b.end {
		b.fail(sqlerr.At(len(b.text), pgerrcode.SyntaxError, "syntax error at end of input"))
		return
	}
	b.fail(sqlerr.At(b.start, pgerrcode.SyntaxError, `syntax error at or near "%s"`, b.text[b.start:b.pos]))
}

// compile fails with what PL/pgSQL finds by other means than its grammar: it tells
// the line.
func (b *blockReader) compile(code, format string, args ...any) {
	b.fail(sqlerr.At(-1, code, format, args...).WithWhere("compilation of PL/pgSQL function \"inline_code_block\" near line %d", b.line()))
}

func (b *blockReader) no(what string) {
	b.fail(sqlerr.Unsupported(b.start, "%s in a DO block is not supported", what))
}

func (b *blockReader) accept(w string) bool {
	if b.word != w || b.end {
		return false
	}
	b.step()
	return true
}

func (b *blockReader) expect(w string) {
	if !b.accept(w) {
		b.syntax()
	}
}

// line is the line of the word in hand.
func (b *blockReader) line() int { return 1 + strings.Count(b.text[:b.start], "\n") }

// block reads BEGIN to END.
func (b *blockReader) block() *ast.ProcBlock {
	if b.depth++; b.depth > maxDepth/10 {
		b.fail(tooDeep())
	}
	defer func() { b.depth-- }()
	switch b.word {
	case "declare":
		b.no("a variable")
	case "<":
		b.no("a label")
	}
	out := &ast.ProcBlock{Line: b.line()}
	b.expect("begin")
	out.Body = b.body()
	if b.accept("exception") {
		for b.word == "when" {
			out.Handlers = append(out.Handlers, b.handler())
		}
		if len(out.Handlers) == 0 {
			b.syntax()
		}
	}
	b.expect("end")
	return out
}

func (b *blockReader) handler() (h ast.ProcHandler) {
	b.expect("when")
	for {
		name := b.word
		switch b.step(); name {
		case "others":
			h.Codes = append(h.Codes, "")
		case "sqlstate":
			h.Codes = append(h.Codes, b.state())
		default:
			codes := sqlerr.Condition(name)
			if codes == nil {
				b.compile(pgerrcode.UndefinedObject, `unrecognized exception condition "%s"`, name)
			}
			h.Codes = append(h.Codes, codes...)
		}
		if !b.accept("or") {
			break
		}
	}
	b.expect("then")
	h.Body = b.body()
	return h
}

// state reads the literal of SQLSTATE '22012'.
func (b *blockReader) state() string {
	at, s := b.start, strings.Trim(b.text[b.start:b.pos], "'")
	if b.word != "'" {
		b.syntax()
	} else if len(s) != 5 || strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		b.fail(sqlerr.At(at, pgerrcode.SyntaxError, "invalid SQLSTATE code"))
	}
	b.step()
	return s
}

// body reads statements up to a word that ends them.
func (b *blockReader) body() (out []ast.ProcStmt) {
	for !b.end {
		switch b.word {
		case "end", "exception", "elsif", "elseif", "else", "when":
			return out
		}
		if s := b.stmt(); s != nil {
			out = append(out, s)
		}
	}
	return out
}

// blockWords are statements of PL/pgSQL that are not there.
var blockWords = map[string]string{"for": "FOR", "foreach": "FOREACH", "while": "WHILE", "loop": "LOOP", "case": "CASE", "get": "GET DIAGNOSTICS",
	"open": "OPEN", "fetch": "FETCH", "move": "MOVE", "close": "CLOSE", "exit": "EXIT", "continue": "CONTINUE", "assert": "ASSERT", "call": "CALL",
	"commit": "COMMIT", "rollback": "ROLLBACK", "declare": "a variable", "<": "a label"}

func (b *blockReader) stmt() ast.ProcStmt {
	line := b.line()
	if what := blockWords[b.word]; what != "" {
		b.no(what)
	}
	switch b.word {
	case "begin":
		s := b.block()
		b.expect(";")
		return s
	case "null":
		b.step()
		b.expect(";")
		return nil
	case "return":
		b.step()
		b.expect(";")
		return &ast.ProcReturn{}
	case "if":
		return b.ifStmt(line)
	case "raise":
		return b.raise(line)
	case "perform":
		b.step()
		at := b.start
		s := &ast.ProcSQL{Line: line, Kind: "PERFORM", Text: "SELECT " + b.until(";")}
		b.check(at, "SELECT ", s.Text[len("SELECT "):])
		b.expect(";")
		return s
	case "execute":
		b.step()
		s := &ast.ProcSQL{Line: line, Kind: "EXECUTE", Text: b.expr(";", "using", "into")}
		if b.word == "using" || b.word == "into" {
			b.no("EXECUTE ... " + strings.ToUpper(b.word))
		}
		b.expect(";")
		return s
	}
	return b.sql(line)
}

// sql reads a statement of SQL.
func (b *blockReader) sql(line int) ast.ProcStmt {
	at, prev := b.start, ""
	if b.word == ";" {
		b.syntax()
	}
	for depth := 0; !b.end && (depth > 0 || b.word != ";"); b.step() {
		switch {
		case b.word == "(":
			depth++
		case b.word == ")":
			depth--
		case b.word == "into" && prev != "insert" && prev != "merge":
			b.no("INTO")
		case b.word == "=" && prev == ":" && b.text[b.start-1] == ':':
			b.start--
			b.no("an assignment")
		}
		prev = b.word
	}
	s := &ast.ProcSQL{Line: line, Kind: "SQL statement", Text: strings.TrimRight(b.text[at:b.start], " \t\r\n\f\v")}
	b.check(at, "", s.Text)
	b.expect(";")
	return s
}

// until takes the text up to one of the words outside of brackets.
func (b *blockReader) until(words ...string) string {
	at := b.start
	for depth := 0; !b.end; b.step() {
		for _, w := range words {
			if depth == 0 && b.word == w {
				return strings.TrimRight(b.text[at:b.start], " \t\r\n\f\v")
			}
		}
		switch b.word {
		case "(", "[":
			depth++
		case ")", "]":
			depth--
		case ";":
			b.syntax()
		}
	}
	b.syntax()
	return ""
}

// expr is until, of an expression.
func (b *blockReader) expr(words ...string) string {
	at := b.start
	x := b.until(words...)
	if x == "" {
		b.fail(sqlerr.At(at, pgerrcode.SyntaxError, "missing expression"))
	}
	b.check(at, "SELECT ", x)
	return x
}

// check has the grammar read a piece of the text that begins at an offset, behind
// head.
func (b *blockReader) check(at int, head, text string) {
	if b.err != nil {
		return
	}
	if _, err := grammar(head + text); err != nil {
		e := *sqlerr.From(err)
		if e.Pos > 0 {
			e.Pos = max(e.Pos+at-len(head), 1)
		}
		b.fail(&e)
	}
}

func (b *blockReader) ifStmt(line int) ast.ProcStmt {
	s := &ast.ProcIf{Line: line}
	for word := "if"; b.word == word || word != "if" && (b.word == "elsif" || b.word == "elseif"); word = "elsif" {
		b.step()
		s.Conds = append(s.Conds, b.expr("then"))
		b.expect("then")
		s.Bodies = append(s.Bodies, b.body())
	}
	if b.accept("else") {
		s.Else = b.body()
	}
	b.expect("end")
	b.expect("if")
	b.expect(";")
	return s
}
