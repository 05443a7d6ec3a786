package engine

import (
	"errors"
	"fmt"
	"sort"

	"tagd/exec/copyio"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/storage/table"
)

// copyLines remembers which lines of the input rows came from, for errors that are
// found only when all rows are there: keys that are there already.
type copyLines struct {
	runs []lineRun
}

// lineRun says that from row on each row is one line further than the one before,
// beginning with line.
type lineRun struct{ row, line int64 }

// add takes note of the n rows of a chunk, the first of which is number row of all.
func (l *copyLines) add(row int64, n int, rows *copyio.Rows) {
	for i := range n {
		line := rows.Line(i)
		if n := len(l.runs); n > 0 && line-l.runs[n-1].line == row+int64(i)-l.runs[n-1].row {
			continue
		}
		l.runs = append(l.runs, lineRun{row + int64(i), line})
	}
}

// place gives an error that one of the n rows of the table has met its line.
// Rows that the step had before the input are not meant.
func (l *copyLines) place(err error, def *types.Table, n int64) error {
	var r *table.RowError
	if !errors.As(err, &r) || r.Table != def.Path() || r.Row >= n {
		return err
	}
	i := sort.Search(len(l.runs), func(i int) bool { return l.runs[i].row > r.Row }) - 1
	if i < 0 {
		return err
	}
	e := *sqlerr.From(err)
	e.Where = fmt.Sprintf("COPY %s, line %d", def.Name, l.runs[i].line+r.Row-l.runs[i].row)
	return &e
}
