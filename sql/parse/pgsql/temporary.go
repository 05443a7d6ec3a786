package pgsql

import (
	"slices"

	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/sqlerr"
)

// globalTemporary is PostgreSQL's warning of the word GLOBAL in front of TEMPORARY,
// which the tree has no place for: it is looked for among the words of a statement
// that makes something temporary and begins at byte off of its text. nil: it is not
// there. A column called global with the alias temp never follows one of the words
// that stand in front of the clause.
func globalTemporary(text string, off int) *sqlerr.Error {
	scan, err := scanTokens(text)
	if err != nil {
		return nil // the grammar has read it, so there is no such text
	}
	t := slices.DeleteFunc(scan.Tokens, func(x *pg.ScanToken) bool { return x.Token == pg.Token_SQL_COMMENT || x.Token == pg.Token_C_COMMENT })
	for i := 1; i+1 < len(t); i++ {
		before, after := t[i-1].Token, t[i+1].Token
		if t[i].Token == pg.Token_GLOBAL && (after == pg.Token_TEMP || after == pg.Token_TEMPORARY) &&
			(before == pg.Token_CREATE || before == pg.Token_INTO || before == pg.Token_REPLACE) {
			w := sqlerr.At(off+int(t[i].Start), pgerrcode.Warning, "GLOBAL is deprecated in temporary table creation")
			w.Severity = "WARNING"
			return w
		}
	}
	return nil
}
