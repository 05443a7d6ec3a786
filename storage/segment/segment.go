package segment

import (
	"errors"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/encoding"
	"tagd/storage/page"
	"tagd/storage/table"
)

// Source gives a Segment what it reads. Both methods take a column's position
// and are called by one goroutine per Segment, several Segments at once.
type Source interface {
	Column(col int) Column
	// Page returns the verified body of a page, nil without an error if the
	// column has no page of that kind. The bytes are immutable, aligned to 8, and
	// stay valid while the caller holds them.
	Page(col int, kind page.Kind) ([]byte, error)
}

// Column is what is known of a column without its pages.
type Column struct {
	Form table.Form
	// Dict is the dictionary of a FormDict or FormSet column.
	Dict table.Dict
	// Missing is set for a column without pages: every row has this value.
	Missing *vec.Datum
	// Coded is set for a FormPlain column whose pages in this segment are older
	// and hold codes of Dict: as FormDict, or as FormSet for an array type; of a
	// numeric column they hold FormInt values.
	Coded bool
	// Elems are the codes of Missing for a FormSet column; for FormDict, one code.
	// Nil and Missing not null: they are looked up in Dict.
	Elems []uint16
}

// Segment implements table.Segment.
type Segment struct {
	def     *types.Table
	index   int
	n, live int
	present *encoding.Present // nil: all rows are live
	src     Source
	cols    []*column // those asked for so far
	sc      *scratch
}

// scratch is what a Segment works in. It goes back to a pool at Close: queries
// that allocate a few 8 KB blocks for each segment spend their time in the
// garbage collector.
type scratch struct {
	free   []*[bitmap.BlockWords]uint64
	u16    []uint16 // lanes of a block
	idx    []uint32 // indices of a block
	narrow *narrow  // of a crosstab
	ints   []int64  // encoding.PackRows values
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

var _ table.Segment = (*Segment)(nil)

// New returns segment index of a table. n is the number of ordinals given out;
// present is the body of its Present page, nil if every ordinal is live.
func New(def *types.Table, index, n int, present []byte, src Source) (*Segment, error) {
	s := &Segment{def: def, index: index, n: n, live: n, src: src, sc: scratches.Get().(*scratch)}
	if present != nil {
		p, err := encoding.ParsePresent(present)
		if err == nil && p.N() != n {
			err = encoding.Corrupt("present page has %d rows, the segment %d", p.N(), n)
		}
		if err != nil {
			return nil, s.fault(-1, err)
		}
		s.live = p.Live()
		if s.live != n {
			s.present = p
		}
	}
	return s, nil
}

// fault names the place of a corruption; col -1 is the segment itself.
func (s *Segment) fault(col int, err error) error {
	var e *sqlerr.Error
	if !errors.As(err, &e) || e.Code != pgerrcode.DataCorrupted || e.Table != "" {
		return err
	}
	name := ""
	if col >= 0 && col < len(s.def.Columns) {
		name = s.def.Columns[col].Name
	}
	n := sqlerr.New(pgerrcode.DataCorrupted, "table \"%s\", column \"%s\", segment %d: %s", s.def.Name, name, s.index, e.Message)
	n.Table, n.Column, n.Cause = s.def.Name, name, err
	return n
}

// Index implements table.Segment.
func (s *Segment) Index() int { return s.index }

// N implements table.Segment.
func (s *Segment) N() int { return s.n }

// Live implements table.Segment.
func (s *Segment) Live() int { return s.live }

// Close implements table.Segment; it drops what the segment holds.
func (s *Segment) Close() {
	if s.sc != nil {
		scratches.Put(s.sc)
		s.sc, s.cols = nil, nil
	}
}

// blockRows is the number of ordinals in block b.
func (s *Segment) blockRows(b int) int {
	return max(0, min(bitmap.BlockRows, s.n-b*bitmap.BlockRows))
}

// livePresent writes the live rows of block b.
func (s *Segment) livePresent(b int, w []uint64) error {
	clear(w)
	if s.present == nil {
		bitmap.FillRange(w, 0, s.blockRows(b))
		return nil
	}
	return s.fault(-1, s.present.Block(b, w))
}

// get lends a block of words, of any content; put takes it back.
func (s *Segment) get() *[bitmap.BlockWords]uint64 {
	if n := len(s.sc.free); n > 0 {
		w := s.sc.free[n-1]
		s.sc.free = s.sc.free[:n-1]
		return w
	}
	return new([bitmap.BlockWords]uint64)
}

func (s *Segment) put(w *[bitmap.BlockWords]uint64) { s.sc.free = append(s.sc.free, w) }

// intBuf is room for one packed block.
func (s *Segment) intBuf() []int64 {
	if s.sc.ints == nil {
		s.sc.ints = make([]int64, encoding.PackRows)
	}
	return s.sc.ints
}
