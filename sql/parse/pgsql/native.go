//go:build cgo

package pgsql

import (
	"errors"

	pg "github.com/pganalyze/pg_query_go/v6"
	"github.com/pganalyze/pg_query_go/v6/parser"
)

func parseTree(text string) (*pg.ParseResult, error) { return pg.Parse(text) }
func scanTokens(text string) (*pg.ScanResult, error) { return pg.Scan(text) }
func deparseTree(t *pg.ParseResult) (string, error)  { return pg.Deparse(t) }

// grammarError takes the parts of an error of the grammar; cursor is 1-based in
// characters, 0 for none.
func grammarError(err error) (msg, fn string, cursor int, ok bool) {
	var e *parser.Error
	if !errors.As(err, &e) {
		return "", "", 0, false
	}
	return e.Message, e.Funcname, e.Cursorpos, true
}
