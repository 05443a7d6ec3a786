package parse

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
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
}

// Statements parses a text of any number of statements separated by semicolons;
// a text of blanks and comments gives none. The result is shared and read-only.
// Errors are *sqlerr.Error with a position in the whole text.
func Statements(text string) ([]Statement, error) {
	if s, ok := shared.get(text); ok {
		return s, nil
	}
	if err := checkText(text); err != nil {
		return nil, err
	}
	s, err := parseAll(text)
	if err != nil {
		return nil, err
	}
	shared.put(text, s)
	return s, nil
}

// Expr parses one scalar expression, as stored for DEFAULT and CHECK. Positions
// are byte offsets in text.
func Expr(text string) (ast.Expr, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	return pgsql.Expr(text)
}

func parseAll(text string) ([]Statement, error) {
	raw, err := pgsql.Parse(text)
	if err == nil {
		out := make([]Statement, len(raw))
		for i, r := range raw {
			out[i] = Statement{Ast: r.Ast, Text: text[r.Off : r.Off+r.Len], Off: r.Off}
			if _, ok := r.Ast.(*ast.Show); ok {
				// SHOW TABLES reads as a setting; no setting is called like that.
				if other, ok := tidb.Show(out[i].Text, r.Off); ok {
					out[i].Ast = other
				}
			}
		}
		if len(out) == 1 {
			out[0].Text, out[0].Off = text, 0
		}
		return out, nil
	}
	if !isSyntax(err) {
		return nil, err
	}
	st, terr := tidb.Parse(text)
	if terr == nil && len(st) > 0 {
		out := make([]Statement, len(st))
		for i, r := range st {
			out[i] = Statement{Ast: r.Ast, Text: text[r.Off : r.Off+r.Len], Off: r.Off}
		}
		if len(out) == 1 {
			out[0].Text, out[0].Off = text, 0
		}
		return out, nil
	}
	// The TiDB grammar read it, but it means something tagd does not have: that
	// is a better answer than a syntax error at a word which is no mistake.
	if errors.As(terr, new(*sqlerr.Error)) && !isSyntax(terr) {
		return nil, terr
	}
	return nil, err
}

func isSyntax(err error) bool { return sqlerr.Code(err) == pgerrcode.SyntaxError }

// checkText refuses what no grammar may see: NUL bytes would cut a C string
// short, and text values must be UTF-8. Messages are Postgres's (mbutils.c).
func checkText(text string) error {
	if i := strings.IndexByte(text, 0); i >= 0 {
		return sqlerr.At(i, pgerrcode.CharacterNotInRepertoire, `invalid byte sequence for encoding "UTF8": 0x00`)
	}
	if utf8.ValidString(text) {
		return nil
	}
	for i, r := range text {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
				return badUTF8(text, i)
			}
		}
	}
	return nil
}

// badUTF8 names the bytes that Postgres would name: as many as the lead byte
// promises.
func badUTF8(text string, off int) error {
	n := 1
	switch c := text[off]; {
	case c >= 0xf0:
		n = 4
	case c >= 0xe0:
		n = 3
	case c >= 0xc0:
		n = 2
	}
	var b strings.Builder
	const hex = "0123456789abcdef"
	for _, c := range []byte(text[off:min(off+n, len(text))]) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("0x")
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return sqlerr.New(pgerrcode.CharacterNotInRepertoire, `invalid byte sequence for encoding "UTF8": %s`, b.String())
}
