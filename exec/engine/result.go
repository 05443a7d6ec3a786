package engine

import (
	"context"
	"strconv"

	"tagd/exec/op"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// command is the result of a statement that is done.
type command struct{ text string }

var _ session.Result = (*command)(nil)

func tag(text string) *command { return &command{text} }

// countTag is a tag that ends with a number of rows.
func countTag(word string, n int64) string { return word + " " + strconv.FormatInt(n, 10) }

// errShape is what a caller gets that asks a result for what it is not.
func errShape() error { return sqlerr.New("XX000", "the result has another shape") }

func (*command) Kind() session.ResultKind                             { return session.KindCommand }
func (*command) Columns() []session.Column                            { return nil }
func (*command) Next(context.Context) (*vec.Batch, error)             { return nil, nil }
func (*command) NextCopy(context.Context) (*session.CopyChunk, error) { return nil, errShape() }
func (*command) CopyData(context.Context, []byte) error               { return errShape() }
func (*command) CopyDone(context.Context) error                       { return errShape() }
func (*command) CopyFail(context.Context, string) error               { return errShape() }
func (*command) CopyBinary() bool                                     { return false }
func (c *command) Tag() string                                        { return c.text }
func (*command) Close()                                               {}

// rows is a result of rows that are there already: RETURNING, SHOW, EXPLAIN.
type rows struct {
	command
	cols    []session.Column
	batches []*vec.Batch
}

func (r *rows) Kind() session.ResultKind  { return session.KindRows }
func (r *rows) Columns() []session.Column { return r.cols }

func (r *rows) Next(context.Context) (*vec.Batch, error) {
	for len(r.batches) > 0 {
		b := r.batches[0]
		r.batches = r.batches[1:]
		if b.N > 0 {
			return b, nil
		}
	}
	return nil, nil
}

func (r *rows) Close() { r.batches = nil }

// query is a running query.
type query struct {
	command
	r    *run
	cur  op.Cursor
	cols []session.Column
	n    int64
	word string // the tag's word, "SELECT"
	// level is the number of savepoints that were set when it began; gone is why
	// it cannot be read any more.
	level int
	gone  error
	track *tracking
}

// opened makes a result end with the transaction.
func (s *Session) opened(q *query) *query {
	s.tx.open, q.level = append(s.tx.open, q), len(s.tx.saves)
	return q
}

// stop ends a result that has not been read to its end.
func (q *query) stop(err error) {
	q.Close()
	q.gone = err
}

func (q *query) Kind() session.ResultKind  { return session.KindRows }
func (q *query) Columns() []session.Column { return q.cols }
func (q *query) Tag() string               { return countTag(q.word, q.n) }

func (q *query) Next(ctx context.Context) (*vec.Batch, error) {
	if q.cur == nil {
		return nil, q.gone
	}
	q.track.resume()
	h := q.r.hold(ctx)
	b, err := q.cur.Next(q.r.ctx)
	if b == nil && err == nil {
		err = q.r.ended()
	}
	h.drop()
	q.r.s.sendLate()
	if err != nil {
		q.track = nil
		q.Close()
		err = q.r.s.failed(q.r.err(err))
		return nil, err
	}
	if b == nil {
		q.Close()
		return nil, nil
	}
	q.n += int64(b.N)
	q.track.pause()
	return b, nil
}

func (q *query) Close() {
	if q.cur != nil {
		q.cur.Close()
		q.cur = nil
		q.r.s.tx.forget(q)
		q.track.end(q.n, q.r)
	}
	q.r.close()
}
