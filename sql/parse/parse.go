package parse

import (
	"errors"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/charset"
	"tagd/sql/parse/pgsql"
	"tagd/sql/parse/tidb"
	"tagd/sql/sqlerr"
)

// Statement is one statement of a text. Positions inside Ast are byte offsets in
// the whole text, not in Text.
type Statement struct {
	Ast  ast.Stmt
	Text string // its own text without the semicolon; a lone statement has the whole text
	Off  int    // byte offset of Text in the whole text
	// Whole is the text that it was sent in, perhaps with others.
	Whole string
	// Warning is what the grammar warns of, nil: of nothing.
	Warning *sqlerr.Error
	// Memo keeps what a user of the statement computes of it once for all copies; nil
	// for a statement that was not read from a text.
	Memo *atomic.Value
}

// Dialect says which grammars may read a text.
type Dialect uint8

// The dialects. Auto reads a text with Postgres's grammar, and what that
// rejects with TiDB's.
const (
	Auto Dialect = iota
	Postgres
	TiDB
)

// maxSecond bounds the texts that are tried with the second grammar after the
// first, which costs about a second for so much. Longer ones are read in the
// dialect that is pinned.
const maxSecond = 4 << 20

// Statements parses a text of any number of statements separated by semicolons;
// a text of blanks and comments gives none. The result is shared and read-only.
// Errors are *sqlerr.Error with a position in the whole text.
func Statements(text string) ([]Statement, error) { return StatementsIn(text, Auto) }

// StatementsIn is Statements in one dialect.
func StatementsIn(text string, d Dialect) ([]Statement, error) {
	key := text
	if d != Auto {
		key = string([]byte{0, byte(d)}) + text // no text has a NUL byte
	}
	if s, ok := shared.get(key); ok {
		return s, nil
	}
	if err := charset.CheckUTF8(text); err != nil {
		return nil, err
	}
	s, err := parseAll(text, d)
	if err != nil {
		return nil, err
	}
	shared.put(key, s)
	return s, nil
}

// LongNames are the notices of names in a text that are cut.
func LongNames(text string) []*sqlerr.Error { return pgsql.LongNames(text) }

// RenameColumn rewrites the text of a stored expression for a column that gets
// another name.
func RenameColumn(text, from, to string) (string, error) { return pgsql.RenameColumn(text, from, to) }

// Expr parses one scalar expression, as stored for DEFAULT and CHECK. Positions
// are byte offsets in text.
func Expr(text string) (ast.Expr, error) {
	if err := charset.CheckUTF8(text); err != nil {
		return nil, err
	}
	return pgsql.Expr(text)
}

func parseAll(text string, d Dialect) (out []Statement, err error) {
	if d == TiDB {
		out, err = second(text, false)
	} else if out, err = marked(text, d); out != nil || err != nil {
		// The text speaks MySQL's dialect by itself.
	} else if out, err = first(text, d == Auto); isSyntax(err) && d == Auto && !atDollar(err) {
		var other []Statement
		var oerr error
		if len(text) > maxSecond {
			return nil, sqlerr.From(err).WithHint("A text this long is read in one grammar only; SET sql_dialect = 'tidb' chooses MySQL's.")
		}
		switch other, oerr = second(text, true); {
		case oerr == nil && len(other) > 0:
			out, err = other, nil
		case errors.Is(oerr, tidb.ErrMarker):
		case oerr != nil && !isSyntax(oerr):
			// The TiDB grammar read it, but it means something tagd does not have: that
			// is a better answer than a syntax error at a word which is no mistake.
			err = oerr
		default:
			err = withSecond(err, oerr, text)
		}
	}
	if err != nil {
		return nil, err
	}
	if len(out) == 1 {
		out[0].Text, out[0].Off = text, 0
	}
	for i := range out {
		out[i].Whole = text
	}
	return out, nil
}

// atDollar reports an error of Postgres's grammar at a "$" that begins no parameter:
// the macro of a dashboard that nobody has expanded, such as $__timeFilter(at). The
// TiDB grammar takes it for a name.
func atDollar(err error) bool { return strings.HasSuffix(sqlerr.From(err).Message, `at or near "$"`) }

// marked reads a text that is plainly MySQL's with the TiDB grammar at once:
// Postgres's takes a backquote for an operator. Nothing is returned for others,
// and where the TiDB grammar does not read it either.
func marked(text string, d Dialect) ([]Statement, error) {
	if d != Auto || len(text) > maxSecond || !tidb.Marked(text) {
		return nil, nil
	}
	out, err := second(text, true)
	if isSyntax(err) {
		return nil, nil
	}
	return out, err
}

// withSecond adds to the error of Postgres's grammar what the other one says of
// a text that is plainly its own.
func withSecond(err, second error, text string) error {
	if tidb.Marked(text) && isSyntax(second) {
		return sqlerr.From(err).WithHint("In MySQL's dialect: %s.", sqlerr.From(second).Message)
	}
	return err
}

// first reads a text with Postgres's grammar. With show, SHOW of what no setting
// is called like is read with the other.
func first(text string, show bool) ([]Statement, error) {
	raw, err := pgsql.Parse(text)
	if err != nil {
		return nil, err
	}
	out := make([]Statement, len(raw))
	for i, r := range raw {
		out[i] = Statement{Ast: r.Ast, Text: text[r.Off : r.Off+r.Len], Off: r.Off, Warning: r.Warning, Memo: new(atomic.Value)}
		if _, ok := r.Ast.(*ast.Show); ok && show {
			if other, ok := tidb.Show(out[i].Text, r.Off); ok {
				out[i].Ast = other
			}
		}
	}
	return out, nil
}

// second reads each statement of a text with the TiDB grammar; with mixed, those
// that Postgres's grammar reads stay with it.
func second(text string, mixed bool) ([]Statement, error) {
	spans, ok := tidb.Split(text)
	if !ok {
		return nil, sqlerr.New(pgerrcode.SyntaxError, "syntax error")
	}
	// Each is read with the blanks in front of it, so that positions count from the
	// whole text's beginning: not for very many.
	mixed = mixed && len(spans) > 1 && len(spans)*len(text) < 1<<28
	var out []Statement
	for _, s := range spans {
		part := text[s.Off : s.Off+s.Len]
		if mixed && !tidb.Marked(part) {
			if list, err := first(strings.Repeat(" ", s.Off)+part, true); err == nil && len(list) == 1 {
				out = append(out, list[0])
				continue
			} else if err != nil && !isSyntax(err) {
				return nil, err
			}
		}
		a, err := tidb.Parse(part, s.Off)
		if err == nil {
			err = sameQuery(a)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, Statement{Ast: a, Text: part, Off: s.Off, Memo: new(atomic.Value)})
	}
	return out, nil
}

// sameQuery holds that the text of a view, which is read again whenever the view
// is used and whatever sql_dialect is then, means what was read now.
func sameQuery(s ast.Stmt) error {
	v, ok := s.(*ast.CreateView)
	if !ok {
		return nil
	}
	list, err := StatementsIn(v.Text, Auto)
	if err == nil && len(list) == 1 && ast.Same(list[0].Ast, v.Query) {
		return nil
	}
	return sqlerr.Unsupported(v.Name.Pos(), "a view over this query is not supported").
		WithHint("Both grammars read its query, with different meanings.")
}

func isSyntax(err error) bool { return sqlerr.Code(err) == pgerrcode.SyntaxError }
