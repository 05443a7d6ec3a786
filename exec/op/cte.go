package op

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// rowsByID are the rows of the CTEs and work tables that can be read now.
type rowsByID struct {
	mu sync.Mutex
	m  map[int]*shared
}

// workID is where the work table of a Recursive stands among the rows by ID: its
// CTE, which has the same ID, is read meanwhile.
func workID(id int) int { return -1 - id }

// generation numbers every set of rows of the process.
var generation atomic.Uint64

// shared is the rows of a CTE, made when first read and kept for every reader;
// or those of a work table, which are there at once.
type shared struct {
	gen  uint64
	mu   sync.Mutex
	q    *Query
	n    plan.Node // nil: all rows are there
	cur  Cursor
	rows *spool
	over bool // all rows are there
	err  error
}

func (q *Query) share(id int, s *shared) {
	s.gen, s.q = generation.Add(1), q
	q.tables.mu.Lock()
	defer q.tables.mu.Unlock()
	if q.tables.m == nil {
		q.tables.m = map[int]*shared{}
	}
	q.tables.m[id] = s
}

func (q *Query) shared(id int) *shared {
	q.tables.mu.Lock()
	defer q.tables.mu.Unlock()
	return q.tables.m[id]
}

// generations are those of the rows that ids mean now.
func (q *Query) generations(ids []int) []uint64 {
	out := make([]uint64, len(ids))
	for i, id := range ids {
		if s := q.shared(id); s != nil {
			out[i] = s.gen
		}
	}
	return out
}

// get is batch i of the rows, nil after the last.
func (s *shared) get(ctx context.Context, i int) (*vec.Batch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i >= s.rows.len() {
		if s.over || s.err != nil {
			return nil, s.err
		}
		if err := s.more(ctx); err != nil {
			s.err = err
			return nil, err
		}
	}
	return s.rows.get(i)
}

// more reads one more batch.
func (s *shared) more(ctx context.Context) error {
	if s.cur == nil {
		c, err := s.q.open(s.n)
		if err != nil {
			return err
		}
		s.cur = c
	}
	b, err := s.cur.Next(ctx)
	if err != nil {
		return err
	}
	if b == nil {
		s.over = true
		s.cur.Close()
		return nil
	}
	return s.rows.add(b)
}

func (s *shared) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cur != nil {
		s.cur.Close()
	}
	s.over = true
	s.rows.close()
}

// with makes CTEs readable while its input runs. Statements that change data run
// first; queries when they are first read.
type with struct {
	q      *Query
	n      *plan.With
	in     Cursor
	tables []*shared
	done   bool
}

func (q *Query) newWith(n *plan.With) (Cursor, error) { return &with{q: q, n: n}, nil }

func (w *with) Next(ctx context.Context) (*vec.Batch, error) {
	if w.done {
		return nil, nil
	}
	if w.in == nil {
		if err := w.start(ctx); err != nil {
			return nil, err
		}
	}
	return w.in.Next(ctx)
}

func (w *with) start(ctx context.Context) error {
	for _, c := range w.n.CTEs {
		s := &shared{n: c.Plan, rows: w.q.newSpool()}
		w.tables = append(w.tables, s)
		if c.Change != nil {
			if w.q.Host == nil {
				return sqlerr.New(pgerrcode.FeatureNotSupported, "WITH clause containing a data-modifying statement cannot be used here")
			}
			s.over = true
			if err := w.q.Host.Modify(ctx, c.Change, s.rows.add); err != nil {
				return err
			}
		}
		w.q.share(c.ID, s)
	}
	in, err := w.q.open(w.n.Input)
	if err != nil {
		return err
	}
	w.in = in
	return nil
}

func (w *with) Close() {
	w.done = true
	if w.in != nil {
		w.in.Close()
	}
	for i := len(w.tables) - 1; i >= 0; i-- {
		w.tables[i].close()
	}
	w.tables = nil
}

// cteScan reads shared rows.
type cteScan struct {
	s *shared
	i int
}

func (q *Query) newShared(id int, name string) (Cursor, error) {
	s := q.shared(id)
	if s == nil {
		return nil, sqlerr.New(pgerrcode.InternalError, "rows of \"%s\" are not there", name)
	}
	return &cteScan{s: s}, nil
}

func (c *cteScan) Next(ctx context.Context) (*vec.Batch, error) {
	if ctx.Err() != nil {
		return nil, ctxErr(ctx)
	}
	b, err := c.s.get(ctx, c.i)
	c.i++
	return b, err
}

func (c *cteScan) Close() {}
