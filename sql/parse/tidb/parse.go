package tidb

import (
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgerrcode"
	"github.com/pingcap/tidb/pkg/parser"
	tast "github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/mysql"
	_ "github.com/pingcap/tidb/pkg/parser/test_driver" // the values of literals

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// modes make quotes, || and backslashes mean what they mean in Postgres.
const modes = mysql.ModeANSIQuotes | mysql.ModePipesAsConcat | mysql.ModeNoBackslashEscapes

// A parser of this grammar is not safe for concurrent use and reuses its result,
// so each is taken from the pool until its tree is lowered.
var pool = sync.Pool{New: func() any { return parser.New() }}

// Span is where one statement stands in a text, without the semicolon and the
// blanks around it.
type Span struct{ Off, Len int }

// Split divides a text at its semicolons, as this grammar reads quotes and
// comments. ok is false where the text has something that only Postgres's
// scanner reads rightly.
func Split(text string) (list []Span, ok bool) {
	toks, foreign := scan(text)
	if foreign >= 0 {
		return nil, false
	}
	first, last := -1, -1
	flush := func() {
		if first >= 0 {
			list = append(list, Span{first, last - first})
		}
		first = -1
	}
	for _, t := range toks {
		if t.word == ";" && t.kind == tokSign {
			flush()
			continue
		}
		if first < 0 {
			first = t.start
		}
		last = t.end
	}
	flush()
	return list, true
}

// panicked is told of panics; tests set it.
var panicked = func(any) {}

// Marked reports a text that has what only MySQL's dialect writes: a name in
// backquotes, or @@name where no operator can stand.
func Marked(text string) bool {
	if strings.IndexByte(text, '`') < 0 && !strings.Contains(text, "@@") {
		return false
	}
	toks, foreign := scan(text)
	if foreign >= 0 {
		return false
	}
	for i, t := range toks {
		if t.kind == tokName && text[t.start] == '`' {
			return true
		}
		if t.word == "@" && i > 0 && i+2 < len(toks) && toks[i+1].word == "@" && toks[i+2].kind == tokWord && toks[i+2].start == t.start+2 {
			switch toks[i-1].word {
			case "select", ",", "(", "=", "set":
				return true
			}
		}
	}
	return false
}

// Parse reads one statement; base is where text begins in the client's text and
// is added to every position. Errors are *sqlerr.Error: 42601 where this grammar
// rejects the text, 0A000 where it reads what tagd
// has not, 54001 where it is nested too deeply.
func Parse(text string, base int) (out ast.Stmt, err error) {
	toks, foreign := scan(text)
	l := &lowerer{text: text, toks: toks, base: base}
	if foreign >= 0 || len(toks) == 0 {
		return nil, l.syntaxError(foreign)
	}
	if off := tooNested(toks); off >= 0 {
		return nil, tooDeep()
	}
	src := folded(text, toks)
	src, l.newRow = withoutRowAlias(src, toks, l)
	p := pool.Get().(*parser.Parser)
	defer func() {
		// A parser that panicked is not put back.
		if r := recover(); r != nil {
			panicked(r)
			out, err = nil, syntaxError()
			return
		}
		p.Reset()
		pool.Put(p)
	}()
	s, at := read(p, src)
	if s == nil && len(toks) == 2 && toks[0].word == "show" && toks[1].kind == tokWord {
		// SHOW of a setting, which MySQL writes SHOW VARIABLES LIKE.
		return &ast.Show{At: l.pos(toks[0].start), Name: toks[1].word}, nil
	}
	if s == nil {
		return nil, l.syntaxError(at)
	}
	out = l.stmt(s)
	if l.err != nil {
		return nil, l.err
	}
	return out, nil
}

// read gives the tree of one statement, nil if the grammar rejects the text at
// an offset (-1 if it does not say where).
func read(p *parser.Parser, text string) (s tast.StmtNode, at int) {
	p.SetSQLMode(modes)
	list, _, err := p.ParseSQL(text)
	if err != nil || len(list) != 1 {
		return nil, errorAt(err, text)
	}
	return list[0], -1
}

// errorAt reads the place of an error out of its message: line 1 column 7 near
// "the rest of the text", which is cut after 2048 bytes with a note of its length.
func errorAt(err error, text string) int {
	if err == nil {
		return -1
	}
	msg := err.Error()
	i := strings.Index(msg, ` near "`)
	if i < 0 {
		return -1
	}
	rest := msg[i+len(` near "`):]
	if j := strings.LastIndex(rest, "(total length "); j >= 0 {
		if n, err := strconv.Atoi(strings.TrimRight(rest[j+len("(total length "):], ") ")); err == nil && n <= len(text) {
			return len(text) - n
		}
		return -1
	}
	if j := strings.LastIndexByte(rest, '"'); j >= 0 && j <= len(text) && strings.HasSuffix(text, rest[:j]) {
		return len(text) - j
	}
	return -1
}

// Show reads a statement that Postgres's grammar takes for SHOW of a setting; ok
// is false if it means nothing else. base is where text begins in the whole.
func Show(text string, base int) (s ast.Stmt, ok bool) {
	s, err := Parse(text, base)
	if err != nil {
		return nil, false
	}
	_, ok = s.(*ast.ShowObjects)
	return s, ok
}

func syntaxError() error { return sqlerr.New(pgerrcode.SyntaxError, "syntax error") }

// syntaxError words an error as Postgres's grammar does. The lexer stands
// behind the token that does not fit.
func (l *lowerer) syntaxError(off int) error {
	if off < 0 {
		return syntaxError()
	}
	i := l.tokAt(off)
	if i >= len(l.toks) {
		return sqlerr.At(len(l.text)+l.base, pgerrcode.SyntaxError, "syntax error at end of input")
	}
	t := l.toks[i]
	return sqlerr.At(t.start+l.base, pgerrcode.SyntaxError, `syntax error at or near "%s"`, t.text(l.text))
}

// The visitor that this grammar runs over its tree is recursive, and Go ends
// the process when a stack passes 1 GB: brackets and chains of operators are
// bounded before. AND and OR hang on one another in this tree.
const (
	maxBrackets = maxDepth
	maxChain    = 100000
	maxJoins    = 2000 // JOIN, UNION, INTERSECT and EXCEPT in a statement
)

// tooNested is the offset at which a limit is passed, -1 if none is. A comma
// ends a chain.
func tooNested(toks []token) int {
	chains := []int{0}
	sum, joins := 0, 0
	for _, t := range toks {
		top := len(chains) - 1
		switch t.word {
		case "join", "straight_join", "union", "intersect", "except":
			if joins++; joins > maxJoins {
				return t.start
			}
		}
		switch {
		case t.kind == tokSign && t.word == "(" || t.kind == tokWord && t.word == "case":
			chains = append(chains, 0)
			if len(chains) > maxBrackets {
				return t.start
			}
		case top > 0 && (t.kind == tokSign && t.word == ")" || t.kind == tokWord && t.word == "end"):
			sum -= chains[top]
			chains = chains[:top]
		case t.kind == tokSign && t.word == ",":
			sum -= chains[top]
			chains[top] = 0
		default:
			chains[top]++
			if sum++; sum > maxChain {
				return t.start
			}
		}
	}
	return -1
}

// withoutRowAlias blanks the alias of INSERT ... VALUES (...) AS new, which
// this grammar does not know, and returns it.
func withoutRowAlias(src string, toks []token, l *lowerer) (string, string) {
	if len(toks) == 0 || toks[0].word != "insert" {
		return src, ""
	}
	for i := 2; i+2 < len(toks); i++ {
		if toks[i-2].word == ")" && toks[i-1].word == "as" && toks[i+1].word == "on" && toks[i+2].word == "duplicate" {
			if name := l.identOf(toks[i]); name != "" {
				from, to := toks[i-1].start, toks[i].end
				return src[:from] + strings.Repeat(" ", to-from) + src[to:], name
			}
		}
	}
	return src, ""
}
