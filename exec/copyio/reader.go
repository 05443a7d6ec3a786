package copyio

import (
	"bytes"
	"sync"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/charset"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// chunkSize is the number of bytes a Reader aims for in a chunk: with its field
// positions it stays inside a core's own cache.
const chunkSize = 512 << 10

// Target is the table side of a COPY FROM. Names and Types describe the columns
// that the data has, in their order.
type Target struct {
	Table string // for error contexts
	Names []string
	Types []types.Type
	Style *types.Style // DateStyle and TimeZone for reading dates
	Now   time.Time    // what 'now' means
}

// Reader cuts a stream into chunks and decodes them. Feed and Finish are for
// one goroutine; Decode may run beside them and itself.
type Reader struct {
	f     Format
	t     Target
	force []nullRule // by column, nil when no FORCE_ option was given
	cut   cutter
	chars *charset.Stream // nil: the stream is UTF-8
	pool  sync.Pool       // *decoder
}

type nullRule struct{ never, quotedToo bool }

// Chunk is a run of whole records. Its bytes belong to it for good.
type Chunk struct {
	data   string
	line   int64 // number of the first line
	header bool  // the first record is the header line
	start  bool  // the chunk is the stream's first
	eol    eolKind
	last   bool // may end without a line end
}

// NewReader checks the column lists of f against the target.
func NewReader(f Format, t Target) (*Reader, error) {
	r := &Reader{f: f, t: t}
	if len(f.ForceNotNull)+len(f.ForceNull) > 0 {
		r.force = make([]nullRule, len(t.Names))
	}
	for _, n := range f.ForceNotNull {
		i := indexOf(t.Names, n)
		if i < 0 {
			return nil, sqlerr.New(pgerrcode.InvalidColumnReference, "FORCE_NOT_NULL column \"%s\" not referenced by COPY", n)
		}
		r.force[i].never = true
	}
	for _, n := range f.ForceNull {
		i := indexOf(t.Names, n)
		if i < 0 {
			return nil, sqlerr.New(pgerrcode.InvalidColumnReference, "FORCE_NULL column \"%s\" not referenced by COPY", n)
		}
		r.force[i].quotedToo = true
	}
	r.cut.init(f, len(t.Names))
	if f.Charset.Converts() {
		if f.Kind == Binary {
			return nil, errBinaryCharset(f.Charset)
		}
		r.chars = charset.NewStream(f.Charset)
	}
	return r, nil
}

func indexOf(names []string, n string) int {
	for i := range names {
		if names[i] == n {
			return i
		}
	}
	return -1
}

// Feed takes the next bytes, which may be reused after the call, and hands every
// chunk that is complete to emit. An error of emit is returned and ends the
// reading.
func (r *Reader) Feed(p []byte, emit func(*Chunk) error) error {
	var garbled error
	if r.chars != nil && !r.cut.done {
		p, garbled = r.chars.Next(p)
	}
	if err := r.cut.feed(p, emit); err != nil {
		return r.context(err)
	}
	return r.garbled(garbled, emit)
}

// Finish ends the stream and hands over what is left.
func (r *Reader) Finish(emit func(*Chunk) error) error {
	if r.chars != nil && !r.cut.done {
		if err := r.garbled(r.chars.End(), emit); err != nil {
			return err
		}
	}
	return r.context(r.cut.finish(emit))
}

// garbled is the error of a character that cannot be read: it stands behind the
// records before it, whose own errors come first.
func (r *Reader) garbled(err error, emit func(*Chunk) error) error {
	if err == nil {
		return nil
	}
	line := r.cut.line + int64(bytes.Count(r.cut.buf, []byte{'\n'}))
	if end := bytes.LastIndexByte(r.cut.buf, '\n'); end >= 0 {
		r.cut.buf = r.cut.buf[:end+1]
		if err := r.cut.finish(emit); err != nil {
			return r.context(err)
		}
	}
	return r.context(&cutError{sqlerr.From(err), line})
}

func errBinaryCharset(set *charset.Charset) error {
	return sqlerr.Unsupported(-1, "COPY in binary format is not supported with encoding \"%s\"", set.Name).
		WithHint("SET client_encoding TO 'UTF8'.")
}

// context adds the line to an error of the cutter.
func (r *Reader) context(err error) error {
	if e, ok := err.(*cutError); ok {
		return e.err.WithWhere("COPY %s, line %d", r.t.Table, e.line)
	}
	return err
}

// Decode turns a chunk into rows. Its error names the first faulty line.
func (r *Reader) Decode(c *Chunk) (*Rows, error) {
	d, _ := r.pool.Get().(*decoder)
	if d == nil {
		d = newDecoder(r)
	}
	rows, err := d.decode(c)
	d.reset()
	r.pool.Put(d)
	return rows, err
}
