package copyio

import (
	"bytes"
	"math"
	"unsafe"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// eolKind is the line end of a file; its first line decides.
type eolKind uint8

const (
	eolUnknown eolKind = iota
	eolNL
	eolCR
	eolCRNL
)

// last is the byte that ends a line.
func (k eolKind) last() byte {
	if k == eolCR {
		return '\r'
	}
	return '\n'
}

// counted is the byte whose number is the number of lines, as CopyReadLineText
// counts them.
func (k eolKind) counted() byte {
	if k == eolNL {
		return '\n'
	}
	return '\r'
}

// maxRecord is the longest record, that of Postgres's string buffers.
const maxRecord = 1<<30 - 1

// cutError is an error with the line where it happened.
type cutError struct {
	err  *sqlerr.Error
	line int64
}

func (e *cutError) Error() string { return e.err.Error() }

// cutter collects bytes and cuts them after whole records.
type cutter struct {
	f       Format
	size    int // chunkSize, less in tests
	buf     []byte
	scanned int  // bytes of buf that have been looked at
	cut     int  // end of the last whole record among them, 0: none
	inQuote bool // state at scanned
	wasEsc  bool // the byte before scanned is an escape that counts
	eol     eolKind
	eolAt   int // where the first record ends
	started bool
	line    int64
	header  bool
	done    bool // an end marker has been seen
	bin     binaryCut
}

func (c *cutter) init(f Format, fields int) {
	c.bin.want = fields
	c.f, c.size, c.line, c.header = f, chunkSize, 1, f.Header != NoHeader
}

func (c *cutter) feed(p []byte, emit func(*Chunk) error) error {
	for len(p) > 0 {
		if c.done {
			if c.f.Kind == Binary {
				return sqlerr.New(pgerrcode.BadCopyFileFormat, "received copy data after EOF marker")
			}
			return nil // what follows the end marker is ignored
		}
		if c.buf == nil {
			c.buf = make([]byte, 0, c.size)
		}
		room := max(c.size-len(c.buf), c.size/8+1)
		n := min(room, len(p))
		c.buf = append(c.buf, p[:n]...)
		p = p[n:]
		if len(c.buf) < c.size {
			continue
		}
		if err := c.scan(false); err != nil {
			return err
		}
		if c.cut > 0 {
			if err := c.emit(c.cut, false, emit); err != nil {
				return err
			}
		}
		if len(c.buf) > maxRecord {
			return &cutError{sqlerr.New(pgerrcode.ProgramLimitExceeded, "out of memory").
				WithDetail("Cannot enlarge string buffer containing %d bytes by %d more bytes.", len(c.buf), 1), c.line}
		}
	}
	return nil
}

func (c *cutter) finish(emit func(*Chunk) error) error {
	if c.done {
		return nil
	}
	if c.f.Kind == Binary {
		if err := c.scan(true); err != nil {
			return err
		}
		if c.cut > 0 {
			if err := c.emit(c.cut, false, emit); err != nil {
				return err
			}
		}
		return c.bin.finish(len(c.buf), c.line+c.bin.rows)
	}
	if len(c.buf) == 0 {
		return nil
	}
	if err := c.scan(true); err != nil {
		return err
	}
	if c.eol == eolUnknown {
		c.eol, c.eolAt = eolNL, len(c.buf)
	}
	return c.emit(len(c.buf), true, emit)
}

// scan looks at the new bytes and moves cut; end tells that nothing follows.
func (c *cutter) scan(end bool) error {
	if c.f.Kind == Binary {
		return c.scanBinary()
	}
	if c.eol == eolUnknown && !c.findEOL(end) {
		return nil
	}
	part := c.buf[c.scanned:]
	switch {
	case c.f.Kind == Text:
		c.scanText(part)
	case c.f.Quote == c.f.Escape:
		c.scanQuotes(part)
	default:
		c.scanEscapes(part)
	}
	c.scanned = len(c.buf)
	return nil
}

// findEOL finds the first line end outside quotes and escapes; false: not yet.
func (c *cutter) findEOL(end bool) bool {
	quote, esc := false, false
	for i := 0; i < len(c.buf); i++ {
		b := c.buf[i]
		if c.f.Kind == CSV {
			if quote && b == c.f.Escape && c.f.Escape != c.f.Quote {
				esc = !esc
			}
			if b == c.f.Quote && !esc {
				quote = !quote
			}
			if b != c.f.Escape {
				esc = false
			}
		} else if b == '\\' {
			i++
			continue
		}
		if quote {
			continue
		}
		c.eolAt = i
		switch {
		case b == '\n':
			c.eol = eolNL
			return true
		case b == '\r' && i+1 < len(c.buf) && c.buf[i+1] == '\n':
			c.eol = eolCRNL
			return true
		case b == '\r' && (i+1 < len(c.buf) || end):
			c.eol = eolCR
			return true
		}
	}
	return false
}

// scanText finds the last line end that no backslash takes away.
func (c *cutter) scanText(part []byte) {
	for end := len(part); end > 0; {
		i := bytes.LastIndexByte(part[:end], c.eol.last())
		if i < 0 {
			return
		}
		at, slashes := c.scanned+i, 0
		for at-slashes > 0 && c.buf[at-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			c.cut = at + 1
			return
		}
		end = i
	}
}

// scanQuotes finds the last line end outside quotes by the parity of quotes.
func (c *cutter) scanQuotes(part []byte) {
	odd := bytes.Count(part, []byte{c.f.Quote})&1 == 1
	state := c.inQuote != odd // at the end of part
	c.inQuote = state
	for end := len(part); end > 0; {
		i := bytes.LastIndexByte(part[:end], c.eol.last())
		if i < 0 {
			return
		}
		if bytes.Count(part[i:end], []byte{c.f.Quote})&1 == 1 {
			state = !state
		}
		if !state {
			c.cut = c.scanned + i + 1
			return
		}
		end = i
	}
}

// scanEscapes is the byte-wise form for an escape that is not the quote.
func (c *cutter) scanEscapes(part []byte) {
	eol := c.eol.last()
	for i, b := range part {
		if c.inQuote && b == c.f.Escape {
			c.wasEsc = !c.wasEsc
		}
		if b == c.f.Quote && !c.wasEsc {
			c.inQuote = !c.inQuote
		}
		if b != c.f.Escape {
			c.wasEsc = false
		}
		if b == eol && !c.inQuote {
			c.cut = c.scanned + i + 1
		}
	}
}

// emit hands over buf[:n] and keeps the rest in a new buffer.
func (c *cutter) emit(n int, last bool, emit func(*Chunk) error) error {
	if n > math.MaxUint32>>3 {
		return &cutError{sqlerr.New(pgerrcode.ProgramLimitExceeded, "a record of %d bytes is too long", n), c.line}
	}
	data, rest := c.buf[:n:n], c.buf[n:]
	c.buf = make([]byte, 0, max(c.size, len(rest)*2))
	c.buf = append(c.buf, rest...)
	c.scanned -= n
	c.cut = 0
	ch := &Chunk{data: unsafe.String(unsafe.SliceData(data), len(data)), line: c.line, header: c.header, eol: c.eol, last: last}
	c.header = false
	ch.start, c.started = !c.started, true
	if c.f.Kind == Binary {
		c.line += c.bin.taken()
	} else {
		if err := c.endMarker(ch); err != nil {
			if ch.data != "" {
				if before := emit(ch); before != nil {
					return before
				}
			}
			return err
		}
		c.line += c.countLines(data)
		if ch.start && c.f.Kind == CSV {
			// See decoder.countedInside.
			c.line += int64(bytes.Count(data[:c.eolAt], []byte{'\r'}) - bytes.Count(data[:c.eolAt], []byte{c.eol.counted()}))
		}
	}
	if ch.data == "" {
		return nil
	}
	return emit(ch)
}

func (c *cutter) countLines(data []byte) int64 {
	n := bytes.Count(data, []byte{c.eol.counted()})
	if c.f.Kind == Text && bytes.IndexByte(data, '\\') >= 0 {
		for i := 0; ; i += 2 { // escaped line ends are data
			j := bytes.IndexByte(data[i:], '\\')
			if j < 0 || i+j+1 >= len(data) {
				break
			}
			i += j
			if data[i+1] == c.eol.counted() {
				n--
			}
		}
	}
	return int64(n)
}
