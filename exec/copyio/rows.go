package copyio

import (
	"strconv"
	"unicode/utf8"

	"tagd/sql/vec"
)

// Rows is a decoded chunk.
type Rows struct {
	Batch *vec.Batch
	table string
	data  string
	lines []lineAt // by row; nil in binary format
	first int64    // line of row 0 in binary format
	kept  []int32  // what row each of the rows was at first; nil: the same
}

// Keep leaves the rows of the given numbers, of which Line and Where speak from
// then on by their new ones. The batch is the caller's.
func (r *Rows) Keep(rows []int32) { r.kept = rows }

// at is the number that a row had at first.
func (r *Rows) at(i int) int {
	if r.kept != nil {
		return int(r.kept[i])
	}
	return i
}

// lineAt is where a row's record stands.
type lineAt struct {
	off, end uint32
	line     uint32 // lines after the chunk's first
}

// Line returns the 1-based line number of row i in the whole input (in binary
// format its row number).
func (r *Rows) Line(i int) int64 {
	if r.lines == nil {
		return r.first + int64(r.at(i))
	}
	return r.first + int64(r.lines[r.at(i)].line)
}

// Where returns the error context of row i: COPY tags, line 7: "the line".
func (r *Rows) Where(i int) string {
	if r.lines == nil {
		return whereLine(r.table, r.Line(i))
	}
	l := r.lines[r.at(i)]
	return whereLine(r.table, r.Line(i)) + ": \"" + clip(r.data[l.off:l.end]) + "\""
}

// WhereLine is Where without the text of the line.
func (r *Rows) WhereLine(i int) string { return whereLine(r.table, r.Line(i)) }

func whereLine(table string, line int64) string {
	return "COPY " + table + ", line " + strconv.FormatInt(line, 10)
}

// clip cuts what errors show of the data to 100 bytes at a character border
// (limit_printout_length).
func clip(s string) string {
	if len(s) <= 100 {
		return s
	}
	n := 100
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}
