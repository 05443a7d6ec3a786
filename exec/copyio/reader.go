package copyio

import (
	"sync"
	"time"

	"github.com/jackc/pgerrcode"

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
	pool  sync.Pool // *decoder
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
	r.cut.init(f)
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
	err := r.cut.feed(p, emit)
	return r.context(err)
}

// Finish ends the stream and hands over what is left.
func (r *Reader) Finish(emit func(*Chunk) error) error {
	err := r.cut.finish(emit)
	return r.context(err)
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
