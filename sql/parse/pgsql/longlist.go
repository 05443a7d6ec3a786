package pgsql

import (
	"strconv"
	"strings"

	"tagd/sql/ast"
)

// A list of a million constants behind IN costs the grammar, and the tree's way from
// C to Go, many times what it takes to read it. Of such a list the grammar is shown
// the first constant, with blanks for the others, so that every position stays what
// it is; the lowering puts the list in the place of that constant.

// longText is the length of a text in which long lists are looked for, longList the
// number of constants from which a list is long.
const (
	longText = 16 << 10
	longList = 100
)

// longLists are the long lists of a text, by the position of their first constant.
type longLists map[int][]ast.Expr

// cutLists returns a text with its long lists cut short, and the lists; the text
// itself and nil if there are none.
func cutLists(text string) (string, longLists) {
	if len(text) < longText {
		return text, nil
	}
	var out []byte
	var lists longLists
	s := scanner{text: text}
	for prev := ""; s.next(); prev = s.word {
		if s.word != "(" || prev != "in" {
			continue
		}
		r := listReader{text: text, pos: s.pos}
		if !r.read() || len(r.found) < longList {
			continue
		}
		if lists == nil {
			out, lists = []byte(text), longLists{}
		}
		for i := r.firstEnd; i < r.pos; i++ {
			out[i] = ' '
		}
		exprs := make([]ast.Expr, len(r.found))
		for i := range r.found {
			exprs[i] = &r.found[i]
		}
		lists[r.found[0].Pos()] = exprs
		s.pos = r.pos
	}
	if lists == nil {
		return text, nil
	}
	return string(out), lists
}

// listReader reads a list of plain constants up to its closing bracket.
type listReader struct {
	text     string
	pos      int
	firstEnd int // where the first constant ends
	found    []ast.Literal
}

// read reads the list; false where anything else is in it.
func (r *listReader) read() bool {
	for {
		r.blanks()
		if r.pos >= len(r.text) {
			return false
		}
		l := ast.Literal{At: ast.At(r.pos)}
		ok := false
		if r.text[r.pos] == '\'' {
			l.Kind = ast.LitString
			l.Text, ok = r.quoted()
		} else {
			l.Kind = ast.LitInt
			l.Text, ok = r.digits()
		}
		if !ok {
			return false
		}
		r.found = append(r.found, l)
		if len(r.found) == 1 {
			r.firstEnd = r.pos
		}
		// Two strings on two lines are one, so that nothing but a separator may come.
		r.blanks()
		if r.pos >= len(r.text) {
			return false
		}
		switch r.text[r.pos] {
		case ',':
			r.pos++
		case ')':
			return true
		default:
			return false
		}
	}
}

func (r *listReader) blanks() {
	for r.pos < len(r.text) {
		switch r.text[r.pos] {
		case ' ', '\n', '\t', '\r', '\f', '\v':
			r.pos++
		default:
			return
		}
	}
}

// digits reads a whole number that an int8 holds, without leading zeros.
func (r *listReader) digits() (string, bool) {
	from := r.pos
	for r.pos < len(r.text) && r.text[r.pos] >= '0' && r.text[r.pos] <= '9' {
		r.pos++
	}
	s := r.text[from:r.pos]
	if s == "" || s[0] == '0' && len(s) > 1 {
		return "", false
	}
	if len(s) > 18 {
		if _, err := strconv.ParseInt(s, 10, 64); err != nil {
			return "", false
		}
	}
	return s, true
}

// quoted reads a string in plain quotes.
func (r *listReader) quoted() (string, bool) {
	from := r.pos + 1
	for at := from; ; {
		i := strings.IndexByte(r.text[at:], '\'')
		if i < 0 {
			return "", false
		}
		if at += i + 1; at < len(r.text) && r.text[at] == '\'' {
			at++
			continue
		}
		r.pos = at
		return strings.ReplaceAll(r.text[from:at-1], "''", "'"), true
	}
}

// list lowers the list of IN: a long one stands where the grammar has seen its first
// constant alone.
func (l *lowerer) list(a []ast.Expr) []ast.Expr {
	if len(a) != 1 || l.lists == nil {
		return a
	}
	lit, ok := a[0].(*ast.Literal)
	if !ok {
		return a
	}
	long := l.lists[lit.Pos()]
	if long == nil {
		return a
	}
	l.taken++
	return long
}
