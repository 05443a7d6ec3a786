//go:build !cgo

package pgsql

import (
	"errors"

	pg "github.com/pganalyze/pg_query_go/v6"
	wasm "github.com/wasilibs/go-pgquery"
	"github.com/wasilibs/go-pgquery/parser"
)

// The same library compiled to WebAssembly, for machines without a C compiler.
// Its first use takes over a second, so it is warmed up beside the start.
func init() { go wasm.Parse("SELECT 1") }

func parseTree(text string) (*pg.ParseResult, error) { return wasm.Parse(text) }
func scanTokens(text string) (*pg.ScanResult, error) { return wasm.Scan(text) }
func deparseTree(t *pg.ParseResult) (string, error)  { return wasm.Deparse(t) }

// grammarError takes the parts of an error of the grammar; cursor is 1-based in
// characters, 0 for none.
func grammarError(err error) (msg, fn string, cursor int, ok bool) {
	var e *parser.Error
	if !errors.As(err, &e) {
		return "", "", 0, false
	}
	return e.Message, e.Funcname, e.Cursorpos, true
}
