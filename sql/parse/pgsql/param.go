package pgsql

import (
	"strings"

	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// param lowers $N. A word right behind it ("$1AND") is an error of PostgreSQL's
// scanner since release 15 that the library's does not have.
func (l *lowerer) param(p *pg.ParamRef) ast.Expr {
	if at := int(p.Location); at >= 0 && at < len(l.text) && l.text[at] == '$' {
		rest := l.text[at+1:]
		word := strings.TrimLeft(rest, "0123456789")
		if word != "" && identStart(word[0]) {
			n := 0
			for n < len(word) && (identStart(word[n]) || word[n] >= '0' && word[n] <= '9' || word[n] == '$') {
				n++
			}
			end := at + 1 + len(rest) - len(word) + n
			l.fail(sqlerr.At(int(l.at(p.Location)), pgerrcode.SyntaxError, "trailing junk after parameter at or near \"%s\"", l.text[at:end]))
		}
	}
	return &ast.Param{At: l.at(p.Location), N: int(p.Number)}
}

// identStart tells whether a byte can begin an identifier (scan.l).
func identStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}
