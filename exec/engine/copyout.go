package engine

import (
	"context"

	"tagd/exec/copyio"
	"tagd/exec/op"
	"tagd/planner/plan"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// copyOutChunk is the number of bytes that a chunk of COPY TO aims for.
const copyOutChunk = 256 << 10

// copyOut is a running COPY TO STDOUT. A goroutine of its own runs the plan and
// formats rows ahead of the client.
type copyOut struct {
	command
	r      *run
	cols   []session.Column
	format copyio.Format
	full   chan *session.CopyChunk
	free   chan *session.CopyChunk
	last   *session.CopyChunk // what the caller has
	n      int64              // rows; read when full is closed
	err    error              // read when full is closed
	over   bool
	done   *progress
	track  *tracking
}

// copyOut starts COPY TO STDOUT.
func (s *Session) copyOut(ctx context.Context, c *plan.Copy, params []vec.Datum) (session.Result, error) {
	f, err := copyio.ParseOptions(c.Options, false, c.Off)
	if err != nil {
		return nil, err
	}
	s.copyCharset(&f)
	o := &copyOut{cols: columns(c.Query.Schema()), format: f}
	var names []string
	var typs []types.Type
	for _, col := range o.cols {
		names, typs = append(names, col.Name), append(typs, col.Type)
	}
	w, err := copyio.NewWriter(f, names, typs, s.style)
	if err != nil {
		return nil, err
	}
	r := s.newRun(params)
	detach := r.attach(ctx)
	defer detach()
	r.read()
	cur, err := r.open(c.Query)
	if err != nil {
		err = r.err(err)
		r.close()
		return nil, err
	}
	o.r = r
	rel := uint32(0)
	if c.Table != nil {
		rel = c.Table.OID
	}
	o.done = s.begins("COPY", rel)
	o.done.params[4].Store(2) // TO
	o.done.params[5].Store(3) // a pipe
	o.full, o.free = make(chan *session.CopyChunk, 2), make(chan *session.CopyChunk, 4)
	for range cap(o.free) {
		o.free <- &session.CopyChunk{}
	}
	go func() {
		defer close(o.full)
		defer cur.Close()
		if err := sqlerr.Safely(func() error { return o.produce(cur, w) }); err != nil {
			o.err = err
		}
	}()
	return o, nil
}

// produce formats the rows of cur until its end or the run's.
func (o *copyOut) produce(cur op.Cursor, w *copyio.Writer) error {
	ctx := o.r.ctx
	c := <-o.free
	w.Begin(c)
	send := func() bool {
		select {
		case o.full <- c:
		case <-ctx.Done():
			return false
		}
		select {
		case c = <-o.free:
			c.Data, c.Ends = c.Data[:0], c.Ends[:0]
			return true
		case <-ctx.Done():
			return false
		}
	}
	var failed error
	for {
		b, err := cur.Next(ctx)
		if err != nil && ctx.Err() != nil {
			return err
		}
		if b == nil {
			failed = err // the rows before it are sent
			break
		}
		o.n += int64(b.N)
		for lo := 0; lo < b.N; lo += 1024 {
			w.AppendRows(c, b, lo, min(lo+1024, b.N))
			if err := w.Err(); err != nil {
				return err
			}
			if len(c.Data) >= copyOutChunk {
				o.done.params[0].Add(int64(len(c.Data)))
				if !send() {
					return context.Canceled
				}
			}
		}
		o.done.params[2].Store(o.n)
	}
	if failed == nil {
		w.End(c)
	}
	if len(c.Data) > 0 {
		select {
		case o.full <- c:
		case <-ctx.Done():
			return context.Canceled
		}
	}
	return failed
}

func (o *copyOut) Kind() session.ResultKind  { return session.KindCopyOut }
func (o *copyOut) Columns() []session.Column { return o.cols }
func (o *copyOut) CopyBinary() bool          { return o.format.Kind == copyio.Binary }
func (o *copyOut) Tag() string               { return countTag("COPY", o.n) }

// NextCopy returns the next chunk. See session.Result.
func (o *copyOut) NextCopy(ctx context.Context) (*session.CopyChunk, error) {
	if o.over {
		return nil, nil
	}
	if o.last != nil {
		o.free <- o.last
		o.last = nil
	}
	detach := o.r.attach(ctx)
	c, ok := <-o.full
	detach()
	if ok {
		o.last = c
		return c, nil
	}
	err := o.err
	if err != nil {
		err = o.r.s.failed(o.r.err(err))
	}
	o.over = true
	o.r.s.progress.Store(nil)
	if err == nil {
		o.track.end(o.n, o.r)
	}
	o.r.close()
	return nil, err
}

// Close ends the work. See session.Result.
func (o *copyOut) Close() {
	if o.over {
		return
	}
	o.over = true
	o.r.s.progress.Store(nil)
	o.r.own.End(errCanceled)
	for range o.full { // until produce has ended: it reads the snapshot
	}
	o.r.close()
}
