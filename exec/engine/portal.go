package engine

import (
	"context"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/op"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// portalRows are the rows of a portal's result as a cursor reads them: first those
// that were read already.
type portalRows struct {
	rest *vec.Batch
	res  session.Result
}

func (p *portalRows) Next(ctx context.Context) (*vec.Batch, error) {
	if b := p.rest; b != nil {
		p.rest = nil
		return b, nil
	}
	return p.res.Next(ctx)
}

func (p *portalRows) Close() { p.res.Close() }

// hasCursor reports whether a cursor or a portal has the name.
func (s *Session) hasCursor(name string) bool {
	if s.cursor(name) != nil {
		return true
	}
	h, ok := s.host.(session.PortalHost)
	return ok && h.Portal(name) != nil
}

// cursorColumns are the columns that FETCH from a cursor or a portal gives, nil
// without one.
func (s *Session) cursorColumns(name string) []session.Column {
	if c := s.cursor(name); c != nil {
		return c.cols
	}
	if h, ok := s.host.(session.PortalHost); ok {
		if p := h.Portal(name); p != nil {
			return p.Columns()
		}
	}
	return nil
}

// adopt makes a cursor of a portal of the protocol, nil without one of the name.
// Like every portal it only goes forward.
func (s *Session) adopt(ctx context.Context, name string) (*cursor, error) {
	h, ok := s.host.(session.PortalHost)
	if !ok {
		return nil, nil
	}
	p, err := h.TakePortal(name)
	if p == nil || err != nil {
		return nil, err
	}
	res := p.Result
	if res == nil {
		if res, err = s.runPortal(ctx, p); err != nil {
			return nil, err
		}
	}
	r := s.newRun(nil)
	c := &cursor{
		name: name, text: p.Text, cols: p.Of.Columns(), scroll: ast.NoScroll, made: p.Made, formats: p.Formats,
		pos: p.Sent, past: p.Done, word: "SELECT",
	}
	if t := res.Tag(); !strings.HasPrefix(t, "SELECT") {
		c.word = strings.TrimRight(t, "0123456789 ")
		if c.word == "INSERT" {
			c.word = "INSERT 0"
		}
	}
	c.q = s.opened(&query{r: r, cur: &portalRows{rest: p.Rest, res: res}, cols: c.cols})
	if q, ok := res.(*query); ok {
		c.q.level = q.level // a savepoint that was set since does not end it
	}
	s.keepCursor(c, op.NewScroll(r.q, c.q.cur, op.KeepNone).From(p.Sent))
	return c, nil
}

// runPortal starts the statement of a portal that FETCH is the first to read.
func (s *Session) runPortal(ctx context.Context, p *session.Portal) (session.Result, error) {
	of := p.Of.(*prepared)
	if of.Columns() == nil {
		return nil, sqlerr.New(pgerrcode.InternalError, "unsupported portal strategy")
	}
	of.runs++
	return s.execute(ctx, of, p.Params)
}

// Cursor describes an open cursor. See session.CursorOwner.
func (s *Session) Cursor(name string) ([]session.Column, []int16, bool) {
	c := s.cursors[name]
	if c == nil || c.q.cur == nil && !s.tx.aborted {
		return nil, nil, false
	}
	return c.cols, c.formats, true
}

// Level is the number of savepoints. See session.CursorOwner.
func (s *Session) Level() int { return len(s.tx.saves) }

// leaveLevel tells the host that deeper savepoints are gone.
func (s *Session) leaveLevel(level int, ended bool) {
	if h, ok := s.host.(session.PortalHost); ok {
		h.LeaveLevel(level, ended)
	}
}

// RunCursor reads on. See session.CursorOwner.
func (s *Session) RunCursor(_ context.Context, name string, max uint32) (session.Result, error) {
	if s.tx.aborted {
		return nil, errAborted
	}
	c := s.cursor(name)
	if c == nil {
		return nil, noCursor(name)
	}
	s.begin()
	n := int64(max)
	if n == 0 {
		n = ast.FetchAll
	}
	from, n, _, err := c.forward(n)
	if err == nil && n > 0 {
		err = c.reread(from, c.pos)
	}
	if err != nil {
		return nil, s.failed(err)
	}
	return &fetched{c: c, from: from, left: n, word: c.word}, nil
}

// CloseCursor closes a cursor. See session.CursorOwner.
func (s *Session) CloseCursor(name string) {
	if c := s.cursor(name); c != nil {
		c.q.Close()
		delete(s.cursors, name)
	}
}

var _ session.CursorOwner = (*Session)(nil)
