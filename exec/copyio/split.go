package copyio

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unsafe"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// span is where a field's text stands: in the chunk, or, with spanExtra, as
// entry off of decoder.extra.
type span struct{ off, len uint32 }

// The flags in the high bits of span.len.
const (
	spanQuoted = 1 << 31
	spanExtra  = 1 << 30
	spanNull   = 1 << 29
	spanLen    = 1<<29 - 1
)

// fault is an error at a row and column of a chunk: the least one is the one
// that Postgres, which goes row by row, would have met.
type fault struct {
	row, col int // col -1: before any column is converted
	err      *sqlerr.Error
	whole    bool // the context shows the line, not the column's value
	bare     bool // the context shows the line number only
}

// offer keeps f if it comes before the fault that is known.
func (d *decoder) offer(f fault) {
	if d.bad == nil || f.row < d.bad.row || f.row == d.bad.row && f.col < d.bad.col {
		d.bad = &f
	}
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// marks are the bytes that end a plain run: four copies of each in a word.
type marks struct{ delim, nl, cr, special uint64 }

// nextMark returns the first place at or after i that holds one of the marks,
// len(s) if there is none. Eight bytes at a time: the lowest bit that the
// has-zero trick sets is always right, only higher ones may be false.
func (m *marks) next(s string, i int) int {
	p := unsafe.Slice(unsafe.StringData(s), len(s))
	for i+8 <= len(p) {
		w := binary.LittleEndian.Uint64(p[i:])
		a, b, c, e := w^m.delim, w^m.nl, w^m.cr, w^m.special
		hit := ((a-ones)&^a | (b-ones)&^b | (c-ones)&^c | (e-ones)&^e) & highs
		if hit != 0 {
			return i + bits.TrailingZeros64(hit)>>3
		}
		i += 8
	}
	d, e := byte(m.delim), byte(m.special)
	for ; i < len(p); i++ {
		if c := p[i]; c == d || c == '\n' || c == '\r' || c == e {
			return i
		}
	}
	return i
}

// split finds the records and fields of the chunk: d.spans, d.lines.
func (d *decoder) split() {
	s := d.s
	for i := 0; i < len(s) && d.bad == nil; {
		var end int
		start, before := i, len(d.spans)
		if d.csv {
			i, end = d.recordCSV(i)
		} else {
			i, end = d.recordText(i)
		}
		d.line++
		if d.bad != nil && d.bad.whole && d.header && d.r.f.Header == WithHeader {
			d.bad = nil // a header line is passed over without a look at its fields
		}
		if d.bad != nil {
			d.bad.row, d.bad.col = len(d.lines), -1
		}
		at := lineAt{off: uint32(start), end: uint32(end), line: d.line - 1 + d.extraLines}
		if d.bad == nil && d.header {
			d.header = false
			d.checkHeader(d.spans[before:], at)
			d.spans = d.spans[:before]
			continue
		}
		d.lines = append(d.lines, at)
		d.countFields(before)
	}
}

// countFields completes a row that has too few or too many fields.
func (d *decoder) countFields(before int) {
	n, row := len(d.spans)-before, len(d.lines)-1
	if n == d.nc || d.bad != nil && d.bad.row == row {
		return
	}
	if d.nc == 0 && n == 1 && d.spans[before].len == 0 {
		d.spans = d.spans[:before]
		return
	}
	if n > d.nc {
		d.offer(fault{row: row, col: -1, whole: true,
			err: sqlerr.New(pgerrcode.BadCopyFileFormat, "extra data after last expected column")})
		d.spans = d.spans[:before+d.nc]
		return
	}
	d.offer(fault{row: row, col: n, whole: true,
		err: sqlerr.New(pgerrcode.BadCopyFileFormat, "missing data for column \"%s\"", d.r.t.Names[n])})
	for ; n < d.nc; n++ {
		d.spans = append(d.spans, span{len: spanNull})
	}
}

// lineEnd checks a line end at i and returns the place after it; ok is false
// for a stray CR or LF, which is a fault unless the format takes it as data.
func (d *decoder) lineEnd(i int) (next int, ok bool) {
	s := d.s
	switch d.eol {
	case eolNL:
		if s[i] == '\n' {
			return i + 1, true
		}
	case eolCR:
		if s[i] == '\r' {
			return i + 1, true
		}
	case eolCRNL:
		if s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n' {
			return i + 2, true
		}
	}
	what, esc := "newline", `\n`
	if s[i] == '\r' {
		what, esc = "carriage return", `\r`
	}
	e := sqlerr.New(pgerrcode.BadCopyFileFormat, "literal %s found in data", what)
	if d.csv {
		e = sqlerr.New(pgerrcode.BadCopyFileFormat, "unquoted %s found in data", what)
		e.Hint = "Use quoted CSV field to represent " + what + "."
	} else {
		e.Hint = "Use \"" + esc + "\" to represent " + what + "."
	}
	d.bad = &fault{err: e, bare: true}
	return len(s), false
}

// recordText splits the record at i; it returns the place after the record and
// the end of its text.
func (d *decoder) recordText(i int) (next, end int) {
	s, delim := d.s, d.r.f.Delim
	for {
		start := i
		j := d.m.next(s, i)
		escaped := false
		for j < len(s) && s[j] == '\\' {
			escaped = true
			j = d.m.next(s, min(j+2, len(s)))
		}
		if escaped {
			d.spans = append(d.spans, d.unescape(start, j))
		} else {
			d.spans = append(d.spans, span{uint32(start), uint32(j - start)})
		}
		if j >= len(s) {
			return j, j
		}
		if s[j] == delim {
			i = j + 1
			continue
		}
		next, _ = d.lineEnd(j)
		return next, j
	}
}

// unescape resolves the backslashes of a text field.
func (d *decoder) unescape(start, end int) span {
	raw := d.s[start:end]
	if raw == d.r.f.Null {
		return span{len: spanNull}
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '\\' {
			out = append(out, c)
			continue
		}
		if i+1 == len(raw) {
			break // a lone backslash at the end of the data is dropped
		}
		i++
		c = raw[i]
		switch {
		case c >= '0' && c <= '7':
			v := c - '0'
			for k := 0; k < 2 && i+1 < len(raw) && raw[i+1]-'0' <= 7; k++ {
				i++
				v = v<<3 | (raw[i] - '0')
			}
			c = v
		case c == 'x' && i+1 < len(raw) && hexVal(raw[i+1]) < 16:
			i++
			c = hexVal(raw[i])
			if i+1 < len(raw) && hexVal(raw[i+1]) < 16 {
				i++
				c = c<<4 | hexVal(raw[i])
			}
		default:
			if k := strings.IndexByte("bfnrtv", c); k >= 0 {
				c = "\b\f\n\r\t\v"[k]
			}
		}
		out = append(out, c)
	}
	return d.extraSpan(out, 0)
}

func hexVal(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}

func (d *decoder) extraSpan(b []byte, flags uint32) span {
	d.extra = append(d.extra, string(b))
	return span{uint32(len(d.extra) - 1), uint32(len(b)) | spanExtra | flags}
}

// recordCSV splits the record at i, as recordText does.
func (d *decoder) recordCSV(i int) (next, end int) {
	s, delim, quote := d.s, d.r.f.Delim, d.r.f.Quote
	for {
		start := i
		j := d.m.next(s, i)
		if j < len(s) && s[j] == quote {
			var sp span
			if sp, j = d.quotedField(start, j); d.bad != nil {
				return len(s), len(s)
			}
			d.spans = append(d.spans, sp)
		} else {
			d.spans = append(d.spans, span{uint32(start), uint32(j - start)})
		}
		if j >= len(s) {
			return j, j
		}
		if s[j] == delim {
			i = j + 1
			continue
		}
		next, _ = d.lineEnd(j)
		return next, j
	}
}

// quotedField reads a field from start whose first quote is at q; it returns
// the place of the delimiter or line end after it.
func (d *decoder) quotedField(start, q int) (span, int) {
	s, f := d.s, &d.r.f
	if q == start && f.Quote == f.Escape {
		if k := strings.IndexByte(s[q+1:], f.Quote); k >= 0 {
			close := q + 1 + k
			if close+1 == len(s) || s[close+1] == f.Delim || s[close+1] == '\n' || s[close+1] == '\r' {
				d.countInside(s[q+1 : close])
				return span{uint32(q + 1), uint32(k) | spanQuoted}, close + 1
			}
		}
	}
	out := append([]byte(nil), s[start:q]...)
	for i := q; ; {
		i++ // the opening quote
		for {
			if i >= len(s) {
				d.bad = &fault{err: sqlerr.New(pgerrcode.BadCopyFileFormat, "unterminated CSV quoted field"), whole: true}
				return span{}, i
			}
			c := s[i]
			if c == f.Escape && i+1 < len(s) && (s[i+1] == f.Escape || s[i+1] == f.Quote) {
				out = append(out, s[i+1])
				i += 2
				continue
			}
			if c == f.Quote {
				break
			}
			if c == d.countedInside() {
				d.extraLines++
			}
			out = append(out, c)
			i++
		}
		i++ // the closing quote
		j := d.m.next(s, i)
		out = append(out, s[i:j]...)
		if j >= len(s) || s[j] != f.Quote {
			return d.extraSpan(out, spanQuoted), j
		}
		i = j
	}
}

// countedInside is the byte that counts as a line end inside quotes. In the very
// first record Postgres does not know the file's line end yet and counts CR.
func (d *decoder) countedInside() byte {
	if d.atStart && d.line == 0 {
		return '\r'
	}
	return d.eol.counted()
}

// countInside counts line ends inside quotes.
func (d *decoder) countInside(s string) {
	if d.multiline {
		d.extraLines += uint32(strings.Count(s, string(rune(d.countedInside()))))
	}
}

// checkHeader compares the header line with the columns (HEADER MATCH).
func (d *decoder) checkHeader(fields []span, at lineAt) {
	d.headLine = at
	if d.r.f.Header != MatchHeader {
		return
	}
	var e *sqlerr.Error
	if len(fields) != d.nc {
		e = sqlerr.New(pgerrcode.BadCopyFileFormat, "wrong number of fields in header line: got %d, expected %d", len(fields), d.nc)
	}
	for i := 0; e == nil && i < len(fields); i++ {
		name := d.r.t.Names[i]
		if d.null(fields[i], i) {
			e = sqlerr.New(pgerrcode.BadCopyFileFormat, "column name mismatch in header line field %d: got null value (\"%s\"), expected \"%s\"",
				i+1, d.r.f.Null, name)
		} else if got := d.text(fields[i]); got != name {
			e = sqlerr.New(pgerrcode.BadCopyFileFormat, "column name mismatch in header line field %d: got \"%s\", expected \"%s\"", i+1, got, name)
		}
	}
	if e != nil {
		d.bad = &fault{row: -1, col: -1, err: e, whole: true}
	}
}
