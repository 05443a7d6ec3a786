package engine

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/exec/op"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// cursor is a cursor of DECLARE, or a portal of the protocol that FETCH has been
// asked of, see adopt. Its query is one of the transaction's open
// results until the cursor is held over its end.
type cursor struct {
	name   string
	text   string // of DECLARE, for pg_cursors
	cols   []session.Column
	q      *query
	rows   *op.Scroll
	scroll ast.ScrollMode
	hold   bool
	binary bool
	made   time.Time
	held   bool // the transaction has ended
	// formats are those of a portal's rows, word is of the tag where the protocol
	// reads it.
	formats []int16
	word    string
	// pos is the number of the current row: 0 before the first; past is set
	// behind the last, and pos is then the number of rows.
	pos  int64
	past bool
}

// work lets ctx, and the time of one statement, end the cursor's query until done
// is called.
func (c *cursor) work(ctx context.Context) (done func()) {
	detach := c.q.r.attach(ctx)
	c.q.r.arm()
	return func() {
		c.q.r.disarm()
		detach()
	}
}

// scrolled lets a cursor's rows go with its query.
type scrolled struct{ rows *op.Scroll }

func (c scrolled) Next(context.Context) (*vec.Batch, error) { return nil, errShape() }
func (c scrolled) Close()                                   { c.rows.Close() }

// declare runs DECLARE.
func (s *Session) declare(ctx context.Context, d *ast.DeclareCursor, p *prepared, params []vec.Datum) (session.Result, error) {
	if !d.Hold && !s.tx.block {
		return nil, sqlerr.New(pgerrcode.NoActiveSQLTransaction, "DECLARE CURSOR can only be used in transaction blocks")
	}
	if err := declarable(d, p); err != nil {
		return nil, err
	}
	if s.hasCursor(d.Name) {
		return nil, sqlerr.New(pgerrcode.DuplicateCursor, `cursor "%s" already exists`, d.Name)
	}
	if err := s.lockRows(ctx, p.plan); err != nil {
		return nil, err
	}
	q, err := s.reading(ctx, p.plan.Query, p.cols, params)
	if err != nil {
		return nil, err
	}
	keep := op.KeepFew
	switch {
	case d.Scroll == ast.Scroll:
		keep = op.KeepAll
	case d.Scroll == ast.NoScroll:
		keep = op.KeepNone
	}
	c := &cursor{
		name: d.Name, text: p.st.Whole, cols: p.cols, q: q, scroll: d.Scroll,
		hold: d.Hold, binary: d.Binary, made: s.e.opt.Now(), word: "SELECT",
	}
	s.keepCursor(c, op.NewScroll(c.q.r.q, c.q.cur, keep))
	return tag("DECLARE CURSOR"), s.finishLone(ctx)
}

// declarable holds a query to what PostgreSQL's transformDeclareCursorStmt asks.
func declarable(d *ast.DeclareCursor, p *prepared) error {
	lock := p.plan.Lock
	switch {
	case p.plan.Facts.Changes:
		return sqlerr.New(pgerrcode.FeatureNotSupported, "DECLARE CURSOR must not contain data-modifying statements in WITH")
	case lock == nil:
		return nil
	}
	clause := strings.TrimPrefix(lock.Clause, "SELECT ")
	switch {
	case d.Hold:
		return sqlerr.New(pgerrcode.FeatureNotSupported, "DECLARE CURSOR WITH HOLD ... %s is not supported", clause).
			WithDetail("Holdable cursors must be READ ONLY.")
	case d.Scroll == ast.Scroll:
		return sqlerr.New(pgerrcode.FeatureNotSupported, "DECLARE SCROLL CURSOR ... %s is not supported", clause).
			WithDetail("Scrollable cursors must be READ ONLY.")
	case d.Insensitive:
		return sqlerr.New(pgerrcode.InvalidCursorDefinition, "DECLARE INSENSITIVE CURSOR ... %s is not valid", clause).
			WithDetail("Insensitive cursors must be READ ONLY.")
	}
	return nil
}

// keepCursor opens a cursor over rows.
func (s *Session) keepCursor(c *cursor, rows *op.Scroll) {
	c.rows = rows
	c.q.cur = scrolled{rows}
	c.q.r.disarm() // each FETCH has its own time
	if s.cursors == nil {
		s.cursors = map[string]*cursor{}
	}
	s.cursors[c.name] = c
}

// cursor finds an open cursor of the session; one whose transaction has been
// undone is gone.
func (s *Session) cursor(name string) *cursor {
	c := s.cursors[name]
	if c != nil && c.q.cur == nil {
		if !s.tx.aborted { // it has its name until the block ends
			delete(s.cursors, name)
		}
		return nil
	}
	return c
}

// cursorOrPortal finds an open cursor, if need be among the protocol's portals.
func (s *Session) cursorOrPortal(ctx context.Context, name string) (*cursor, error) {
	if c := s.cursor(name); c != nil {
		return c, nil
	}
	c, err := s.adopt(ctx, name)
	if c == nil && err == nil {
		err = noCursor(name)
	}
	return c, err
}

func noCursor(name string) error {
	return sqlerr.New(pgerrcode.InvalidCursorName, `cursor "%s" does not exist`, name)
}

// holdCursors reads the rest of the cursors that outlive the transaction that is
// about to commit.
func (s *Session) holdCursors(ctx context.Context) error {
	for _, c := range s.cursors {
		if !c.hold || c.held || c.q.cur == nil {
			continue
		}
		detach := c.q.r.attach(ctx)
		err := c.rows.KeepRest(c.q.r.ctx)
		detach()
		if err != nil {
			return c.q.r.err(err)
		}
		c.held = true
		s.tx.forget(c.q)
		c.q.r.settle()
	}
	return nil
}

// closeCursors closes all cursors of the session.
func (s *Session) closeCursors() {
	for _, c := range s.cursors {
		c.q.Close()
	}
	s.cursors = nil
	if h, ok := s.host.(session.PortalHost); ok {
		h.ClosePortals()
	}
}

// closeCursor runs CLOSE.
func (s *Session) closeCursor(ctx context.Context, u *ast.CloseCursor) (session.Result, error) {
	if u.Name == "" {
		s.closeCursors()
		return tag("CLOSE CURSOR ALL"), s.finishLone(ctx)
	}
	if s.cursor(u.Name) != nil {
		s.CloseCursor(u.Name)
		return tag("CLOSE CURSOR"), s.finishLone(ctx)
	}
	ok := false
	if h, is := s.host.(session.PortalHost); is {
		var err error
		if ok, err = h.ClosePortal(u.Name); err != nil {
			return nil, err
		}
	}
	if !ok {
		return nil, noCursor(u.Name)
	}
	return tag("CLOSE CURSOR"), s.finishLone(ctx)
}

// fetch runs FETCH and MOVE.
func (s *Session) fetch(ctx context.Context, u *ast.Fetch) (session.Result, error) {
	c, err := s.cursorOrPortal(ctx, u.Name)
	if err != nil {
		return nil, err
	}
	defer c.work(ctx)()
	at, past := c.pos, c.past
	from, n, back, err := c.seek(c.q.r.ctx, u.Direction, u.Count)
	if err == nil && n > 0 && !(u.Move && n == 1 && from == at) { // MOVE 0 stays where it is
		first := from
		if back {
			first = from - n + 1
		}
		if err = c.reread(first, at); err != nil {
			c.pos, c.past = at, past
		}
	}
	if err != nil {
		return nil, c.q.r.err(err)
	}
	if u.Move {
		n, err := c.count(c.q.r.ctx, from, n, back)
		if err != nil {
			return nil, c.q.r.err(err)
		}
		return tag(countTag("MOVE", n)), nil
	}
	f := &fetched{c: c, from: from, left: n, back: back, word: "FETCH"}
	if err := f.ahead(ctx); err != nil {
		return nil, err
	}
	return f, nil
}

// reread refuses rows from number first on that cannot be read again; at is the
// position.
func (c *cursor) reread(first, at int64) error {
	if first >= c.rows.Oldest() && (c.scroll != ast.NoScroll || first > at) {
		return nil
	}
	return sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, "cursor can only scan forward").
		WithHint("Declare it with SCROLL option to enable backward scan.")
}

// seek moves the position as PortalRunFetch of PostgreSQL's pquery.c does and
// returns the rows that are passed: n from number from on, downwards with back.
// A forward fetch moves on as its rows are read, see fetched.
func (c *cursor) seek(ctx context.Context, dir ast.FetchDirection, count int64) (from, n int64, back bool, err error) {
	switch dir {
	case ast.FetchBackward:
		if count == 0 {
			return c.again()
		}
		if count < 0 {
			return c.forward(-count)
		}
		return c.backward(count)
	case ast.FetchAbsolute:
		return c.absolute(ctx, count)
	case ast.FetchRelative:
		return c.relative(ctx, count)
	}
	switch {
	case count == 0:
		return c.again()
	case count < 0:
		return c.backward(-count)
	}
	return c.forward(count)
}

// again is the current row once more.
func (c *cursor) again() (int64, int64, bool, error) {
	if c.pos == 0 || c.past {
		return 0, 0, false, nil
	}
	from := c.pos
	c.pos--
	return from, 1, false, nil
}

func (c *cursor) forward(count int64) (int64, int64, bool, error) {
	if c.past {
		return 0, 0, false, nil
	}
	return c.pos + 1, count, false, nil
}

func (c *cursor) backward(count int64) (int64, int64, bool, error) {
	from := c.pos - 1
	if c.past {
		from = c.pos
	}
	n := min(count, max(from, 0))
	c.past = false
	if n < count {
		c.pos = 0
	} else {
		c.pos = from - n + 1
	}
	return from, n, n > 0, nil
}

func (c *cursor) absolute(ctx context.Context, count int64) (int64, int64, bool, error) {
	if count < 0 {
		n, err := c.rows.Len(ctx)
		if err != nil {
			return 0, 0, false, err
		}
		count = max(n+count+1, 0)
	}
	return c.to(ctx, count)
}

func (c *cursor) relative(ctx context.Context, count int64) (int64, int64, bool, error) {
	at := c.pos
	if c.past {
		at++
	}
	if count == 0 {
		return c.again()
	}
	if count > ast.FetchAll-at {
		count = ast.FetchAll - at
	}
	return c.to(ctx, max(at+count, 0))
}

// to goes to row i and reads it.
func (c *cursor) to(ctx context.Context, i int64) (int64, int64, bool, error) {
	if i == 0 {
		c.pos, c.past = 0, false
		return 0, 0, false, nil
	}
	ok, err := c.rows.Has(ctx, i)
	if err != nil {
		return 0, 0, false, err
	}
	if !ok {
		n, err := c.rows.Len(ctx)
		c.pos, c.past = n, true
		return 0, 0, false, err
	}
	if i <= c.pos {
		if err := c.reread(i, c.pos); err != nil {
			return 0, 0, false, err
		}
	}
	c.pos, c.past = i-1, false
	return i, 1, false, nil
}

// count moves over rows without reading them out.
func (c *cursor) count(ctx context.Context, from, n int64, back bool) (int64, error) {
	if back || n == 0 {
		return n, nil
	}
	end := n
	if n < ast.FetchAll-from {
		end = from + n - 1
	}
	ok, err := c.rows.Has(ctx, end)
	if err != nil {
		return 0, err
	}
	if ok {
		c.pos = end
		return n, nil
	}
	total, err := c.rows.Len(ctx)
	c.pos, c.past = total, true
	return max(total-from+1, 0), err
}

// fetched is the rows of one FETCH.
type fetched struct {
	command
	c    *cursor
	from int64
	left int64
	back bool
	n    int64
	word string
	// early are batches that have been read ahead.
	early []*vec.Batch

	track *tracking
}

// ahead reads rows before the first is sent, for PostgreSQL sends nothing of a FETCH
// that fails. It does not go on for ever.
func (f *fetched) ahead(ctx context.Context) error {
	var early []*vec.Batch
	for f.n < vec.MaxBatch {
		b, err := f.Next(ctx)
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		early = append(early, b)
	}
	f.early = early
	return nil
}

// Close ends the reading.
func (f *fetched) Close() {
	f.track.end(f.n, nil)
	f.track = nil
}

func (f *fetched) Kind() session.ResultKind  { return session.KindRows }
func (f *fetched) Columns() []session.Column { return f.c.cols }
func (f *fetched) Tag() string               { return countTag(f.word, f.n) }

// BinaryRows reports the rows of a BINARY cursor. See session.BinaryRows.
func (f *fetched) BinaryRows() bool { return f.c.binary }

// Next reads the next rows and moves the cursor along.
func (f *fetched) Next(ctx context.Context) (*vec.Batch, error) {
	if len(f.early) > 0 {
		b := f.early[0]
		f.early = f.early[1:]
		return b, nil
	}
	if f.left == 0 {
		return nil, nil
	}
	if f.c.q.cur == nil {
		return nil, noCursor(f.c.name)
	}
	r := f.c.q.r
	defer f.c.work(ctx)()
	take := f.left
	if f.back {
		take = 1
	}
	b, err := f.c.rows.Batch(r.ctx, f.from, take)
	if err != nil {
		f.track = nil
		return nil, r.s.failed(r.err(err))
	}
	if b == nil {
		f.left = 0
		f.c.past = true
		return nil, nil
	}
	f.n += int64(b.N)
	f.left -= int64(b.N)
	if f.back {
		f.from--
	} else {
		f.from += int64(b.N)
		f.c.pos = f.from - 1
	}
	return b, nil
}

// declared is the prepared query of a DECLARE, nil for other statements.
func (s *Session) declared(p *prepared) (*prepared, error) {
	d, ok := p.st.Ast.(*ast.DeclareCursor)
	if !ok {
		return nil, nil
	}
	return s.prepare(&parse.Statement{Ast: d.Query, Text: "\x02" + p.st.Text, Off: p.st.Off, Whole: p.st.Whole}, p.given)
}
