package engine

import (
	"hash/fnv"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"tagd/sql/ast"
	"tagd/sql/parse"
)

// shape is what statements have in common that differ in constants alone.
type shape struct {
	id   int64
	text string // with parameters for the constants
}

// shapeOf is the shape of a statement, computed once for each text that is kept
// parsed.
func shapeOf(st *parse.Statement) *shape {
	if st.Memo == nil {
		return newShape(st)
	}
	if sh, ok := st.Memo.Load().(*shape); ok {
		return sh
	}
	sh := newShape(st)
	st.Memo.Store(sh)
	return sh
}

// newShape puts parameters for the constants of a query or a change of rows; other
// statements stand as they are (pg_stat_statements.c, generate_normalized_query).
func newShape(st *parse.Statement) *shape {
	text := strings.TrimPrefix(st.Text, "\x01")
	start := len(text) - len(strings.TrimLeft(text, " \t\r\n\f"))
	var at []int
	highest := 0
	switch body := st.Ast.(type) {
	case *ast.Select, *ast.Insert, *ast.Update, *ast.Delete:
		at, highest = constantsOf(body)
	case *ast.Prepare:
		at, highest = constantsOf(body.Stmt)
	}
	var out strings.Builder
	h := fnv.New64a()
	sc := scanner{text: text, i: start}
	done := start
	for {
		from, kind := sc.next()
		if kind == 0 {
			break
		}
		word := text[from:sc.i]
		for len(at) > 0 && at[0]-st.Off < from {
			at = at[1:]
		}
		if len(at) > 0 && at[0]-st.Off == from {
			at = at[1:]
			if word == "-" { // the sign of a number
				_, kind = sc.next()
			}
			if kind == tokNumber || kind == tokString || kind == tokWord {
				highest++
				out.WriteString(text[done:from])
				out.WriteString("$" + strconv.Itoa(highest))
				done = sc.i
				_, _ = h.Write([]byte("\x00?"))
				continue
			}
			word = text[from:sc.i]
		}
		if kind == tokWord {
			word = strings.ToLower(word)
		}
		_, _ = h.Write([]byte("\x00" + word))
	}
	out.WriteString(strings.TrimRight(text[done:], " \t\r\n\f;"))
	id := int64(h.Sum64())
	if id == 0 {
		id = 1
	}
	return &shape{id: id, text: out.String()}
}

// constantsOf are the places of the constants of a statement, in order, and its
// highest parameter. Numbers of columns in ORDER BY and GROUP BY are none.
func constantsOf(q ast.Stmt) (at []int, highest int) {
	places := map[*ast.Literal]bool{}
	var lits []*ast.Literal
	eachNode(reflect.ValueOf(q), func(x any) bool {
		switch x := x.(type) {
		case *ast.Select:
			for _, o := range x.OrderBy {
				placeOf(o.X, places)
			}
			for _, g := range x.GroupBy {
				placeOf(g.X, places)
			}
		case *ast.Param:
			highest = max(highest, x.N)
		case *ast.Literal:
			if x.Pos() >= 0 {
				lits = append(lits, x)
			}
		}
		return true
	})
	for _, l := range lits {
		if !places[l] {
			at = append(at, l.Pos())
		}
	}
	sort.Ints(at)
	return at, highest
}

// placeOf notes an expression that is the number of a column.
func placeOf(x ast.Expr, places map[*ast.Literal]bool) {
	if l, ok := x.(*ast.Literal); ok && l.Kind == ast.LitInt {
		places[l] = true
	}
}

// The kinds of tokens; 0 is the end.
const (
	tokWord = iota + 1
	tokNumber
	tokString
	tokOther
)

// scanner splits a text that has been parsed into tokens, as PostgreSQL's does.
type scanner struct {
	text string
	i    int
}

// next skips blanks and comments and passes one token: it begins at from and ends
// at sc.i.
func (sc *scanner) next() (from, kind int) {
	sc.skip()
	from = sc.i
	if sc.i >= len(sc.text) {
		return from, 0
	}
	c := sc.text[sc.i]
	rest := sc.text[sc.i:]
	switch {
	case c == '\'':
		sc.quoted('\'', false)
		return from, tokString
	case c == '"':
		sc.quoted('"', false)
		return from, tokOther
	case c == '`':
		sc.quoted('`', false)
		return from, tokOther
	case len(rest) > 1 && rest[1] == '\'' && strings.IndexByte("eEbBxXnN", c) >= 0:
		sc.i++
		sc.quoted('\'', c == 'e' || c == 'E')
		return from, tokString
	case c == '$' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		sc.i++
		sc.while(digit)
		return from, tokOther
	case c == '$':
		if end := strings.IndexByte(rest[1:], '$'); end >= 0 {
			tag := rest[:end+2]
			if stop := strings.Index(rest[len(tag):], tag); stop >= 0 {
				sc.i += 2*len(tag) + stop
				return from, tokString
			}
		}
	case digit(c) || c == '.' && len(rest) > 1 && digit(rest[1]):
		sc.number()
		return from, tokNumber
	case c == '_' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z':
		sc.while(func(c byte) bool {
			return c == '_' || c == '$' || c >= 0x80 || digit(c) || c|0x20 >= 'a' && c|0x20 <= 'z'
		})
		return from, tokWord
	}
	sc.i++
	return from, tokOther
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func (sc *scanner) while(f func(c byte) bool) {
	for sc.i < len(sc.text) && f(sc.text[sc.i]) {
		sc.i++
	}
}

// number passes digits, a fraction and an exponent.
func (sc *scanner) number() {
	sc.while(func(c byte) bool { return digit(c) || c == '.' })
	if rest := sc.text[sc.i:]; len(rest) > 1 && rest[0]|0x20 == 'e' {
		n := 1
		if rest[1] == '+' || rest[1] == '-' {
			n = 2
		}
		if len(rest) > n && digit(rest[n]) {
			sc.i += n
			sc.while(digit)
		}
	}
}

// quoted passes a text in quotes; a doubled quote is one of it.
func (sc *scanner) quoted(q byte, escapes bool) {
	for sc.i++; sc.i < len(sc.text); sc.i++ {
		switch {
		case escapes && sc.text[sc.i] == '\\':
			sc.i++
		case sc.text[sc.i] == q:
			sc.i++
			if sc.i >= len(sc.text) || sc.text[sc.i] != q {
				return
			}
		}
	}
	sc.i = min(sc.i, len(sc.text))
}

// skip passes blanks and comments.
func (sc *scanner) skip() {
	for sc.i < len(sc.text) {
		rest := sc.text[sc.i:]
		switch {
		case strings.IndexByte(" \t\r\n\f\v", rest[0]) >= 0:
			sc.i++
		case strings.HasPrefix(rest, "--"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest) - 1
			}
			sc.i += n + 1
		case strings.HasPrefix(rest, "/*"):
			sc.comment()
		default:
			return
		}
	}
}

// comment passes a comment with those in it.
func (sc *scanner) comment() {
	depth := 0
	for sc.i < len(sc.text) {
		switch rest := sc.text[sc.i:]; {
		case strings.HasPrefix(rest, "/*"):
			depth++
			sc.i += 2
		case strings.HasPrefix(rest, "*/"):
			depth--
			sc.i += 2
			if depth == 0 {
				return
			}
		default:
			sc.i++
		}
	}
}
