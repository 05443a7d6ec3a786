package op

import (
	"context"
	"sort"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// Keep is which rows a Scroll keeps after they have been read.
type Keep uint8

// KeepFew keeps rows as long as they fit in the query's work_mem; KeepAll goes to
// a temporary file beyond; KeepNone keeps what the last batch has.
const (
	KeepFew Keep = iota
	KeepAll
	KeepNone
)

// Scroll reads the rows of a cursor by their numbers, from 1, as far as it has
// kept them. It belongs to one goroutine.
type Scroll struct {
	cur    Cursor
	keep   Keep
	rows   *spool
	starts []int64    // the number of rows before each kept batch
	last   *vec.Batch // the batch read last, when none are kept
	before int64      // rows before last
	n      int64      // rows read so far
	over   bool
}

// NewScroll takes over an open cursor of q.
func NewScroll(q *Query, cur Cursor, keep Keep) *Scroll {
	return &Scroll{cur: cur, keep: keep, rows: q.newSpool()}
}

// From makes it count from row sent+1 on, as those before were read elsewhere.
// Nothing may have been read yet.
func (s *Scroll) From(sent int64) *Scroll {
	s.n = sent
	return s
}

// KeepRest reads the remaining rows and keeps them, so that what the cursor
// reads can be let go.
func (s *Scroll) KeepRest(ctx context.Context) error {
	if s.keep != KeepAll && s.last != nil {
		if err := s.add(s.last, s.before); err != nil {
			return err
		}
		s.last = nil
	}
	s.keep = KeepAll
	for !s.over {
		if err := s.more(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *Scroll) add(b *vec.Batch, before int64) error {
	s.starts = append(s.starts, before)
	return s.rows.add(b)
}

// more reads one batch.
func (s *Scroll) more(ctx context.Context) error {
	b, err := s.cur.Next(ctx)
	if err != nil {
		return err
	}
	if b == nil {
		s.over = true
		s.cur.Close()
		return nil
	}
	before := s.n
	s.n += int64(b.N)
	if s.keep == KeepFew && !s.rows.fits(b) {
		s.keep = KeepNone
		s.rows.close()
		s.starts = nil
	}
	if s.keep == KeepNone {
		s.last, s.before = b, before
		return nil
	}
	return s.add(b, before)
}

// Has reports whether there is a row i, reading as far as it takes.
func (s *Scroll) Has(ctx context.Context, i int64) (bool, error) {
	for s.n < i && !s.over {
		if err := s.more(ctx); err != nil {
			return false, err
		}
	}
	return i >= 1 && i <= s.n, nil
}

// Len is the number of all rows.
func (s *Scroll) Len(ctx context.Context) (int64, error) {
	for !s.over {
		if err := s.more(ctx); err != nil {
			return 0, err
		}
	}
	return s.n, nil
}

// Oldest is the number of the first row that can still be read.
func (s *Scroll) Oldest() int64 {
	switch {
	case len(s.starts) > 0:
		return s.starts[0] + 1
	case s.last != nil:
		return s.before + 1
	}
	return s.n + 1
}

// Batch returns the rows from number i on that lie together, at most n of them;
// nil after the last. Rows that are not kept any more are 55000.
func (s *Scroll) Batch(ctx context.Context, i, n int64) (*vec.Batch, error) {
	if ok, err := s.Has(ctx, i); err != nil || !ok {
		return nil, err
	}
	if i < s.Oldest() {
		return nil, sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, "cursor can only scan forward").
			WithHint("Declare it with SCROLL option to enable backward scan.")
	}
	b, before := s.last, s.before
	if b == nil || i <= before {
		k := sort.Search(len(s.starts), func(k int) bool { return s.starts[k] >= i }) - 1
		var err error
		if b, err = s.rows.get(k); err != nil {
			return nil, err
		}
		before = s.starts[k]
	}
	lo := int(i - before - 1)
	return slice(b, lo, lo+int(min(int64(b.N-lo), n))), nil
}

// Close ends the reading and lets the rows go.
func (s *Scroll) Close() {
	if s.cur != nil {
		s.cur.Close()
	}
	s.over, s.last = true, nil
	s.rows.close()
}
