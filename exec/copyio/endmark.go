package copyio

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// endMarker looks for \. on a line of its own and cuts the chunk there; the
// rest of the stream is then ignored. In text format a \. that has data before
// it ends the stream after that data, and one with data after it
// is an error; what stands before that record stays in the chunk.
func (c *cutter) endMarker(ch *Chunk) error {
	s := ch.data
	for from := 0; ; {
		i := strings.Index(s[from:], `\.`)
		if i < 0 {
			return nil
		}
		i += from
		from = i + 2
		start := i == 0 || s[i-1] == ch.eol.last()
		after := s[i+2:]
		alone := after != "" && (after[0] == '\n' || after[0] == '\r')
		if c.f.Kind == CSV {
			if !start || !alone || c.insideQuotes(s[:i]) {
				continue
			}
		} else {
			slashes := 0
			for i-slashes > 0 && s[i-slashes-1] == '\\' {
				slashes++
			}
			if slashes%2 == 1 {
				continue // an escaped backslash and a point
			}
			if !alone {
				line := c.line + c.countLines([]byte(s[:i]))
				ch.data = s[:recordStart(s, i, ch.eol.last())]
				return &cutError{sqlerr.New(pgerrcode.BadCopyFileFormat, "end-of-copy marker corrupt"), line}
			}
		}
		ch.data, ch.last, c.done = s[:i], true, true
		return nil
	}
}

// recordStart returns where the record of text format that holds i starts.
func recordStart(s string, i int, eol byte) int {
	for {
		k := strings.LastIndexByte(s[:i], eol)
		if k < 0 {
			return 0
		}
		slashes := 0
		for k-slashes > 0 && s[k-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return k + 1
		}
		i = k
	}
}

// insideQuotes tells whether a CSV chunk is inside quotes after s.
func (c *cutter) insideQuotes(s string) bool {
	if c.f.Quote == c.f.Escape {
		return strings.Count(s, string(rune(c.f.Quote)))&1 == 1
	}
	in, esc := false, false
	for i := 0; i < len(s); i++ {
		if in && s[i] == c.f.Escape {
			esc = !esc
		}
		if s[i] == c.f.Quote && !esc {
			in = !in
		}
		if s[i] != c.f.Escape {
			esc = false
		}
	}
	return in
}
