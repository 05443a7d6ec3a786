package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Functions that list files of a server. There is no log for recovery, no archive
// and no log file among them; files of running queries are the server's own.
func init() {
	for _, name := range []string{"pg_ls_waldir", "pg_ls_archive_statusdir", "pg_ls_logdir", "pg_ls_tmpdir"} {
		defSet(&SetFunc{Name: name, Volatility: Volatile, Cols: []SetCol{{"name", tText}, {"size", tI8}, {"modification", tTZ}},
			Rows: func(*Ctx, []vec.Datum, []types.Type, func([]vec.Datum) error) error { return nil }})
	}
}
