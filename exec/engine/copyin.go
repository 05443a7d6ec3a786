package engine

import (
	"context"
	"fmt"

	"tagd/exec/copyio"
	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/charset"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
	"tagd/storage/table"

	"github.com/jackc/pgerrcode"
)

// copyIn is a running COPY FROM STDIN. Chunks of the stream are decoded side by
// side; one goroutine takes the rows in their order, checks and stores them.
// Only CopyData, CopyDone and CopyFail talk to the session.
type copyIn struct {
	command
	s       *Session
	r       *run
	c       *plan.Copy
	w       table.Write
	format  copyio.Format
	pipe    *copyio.Pipe
	check   *checker
	keys    *keyWatch
	ev      *kernel.Evaluator
	missing []int // table columns that the data does not have
	lines   copyLines
	n       int64
	over    bool
	done    *progress
	track   *tracking
}

// copyIn starts COPY FROM STDIN.
func (s *Session) copyIn(ctx context.Context, c *plan.Copy) (session.Result, error) {
	f, err := copyio.ParseOptions(c.Options, true, c.Off)
	if err != nil {
		return nil, err
	}
	s.copyCharset(&f)
	r := s.newRun(nil)
	detach := r.attach(ctx)
	defer detach()
	in := &copyIn{s: s, r: r, c: c, format: f}
	if err := in.start(); err != nil {
		err = r.err(err)
		r.close()
		return nil, err
	}
	return in, nil
}

func (in *copyIn) start() error {
	def := in.c.Table
	t := copyio.Target{Table: def.Name, Style: in.s.style, Now: in.r.q.Fn.TxStart}
	given := map[int]bool{}
	for _, i := range in.c.Cols {
		t.Names = append(t.Names, def.Columns[i].Name)
		t.Types = append(t.Types, def.Columns[i].Type)
		given[i] = true
	}
	for i := range def.Columns {
		if !given[i] {
			in.missing = append(in.missing, i)
		}
	}
	reader, err := copyio.NewReader(in.format, t)
	if err != nil {
		return err
	}
	if in.w, err = in.s.writer(in.r.ctx, "COPY FROM"); err != nil {
		return err
	}
	in.keys = in.r.watch(def)
	in.check = newChecker(in.r, def, in.c.Checks, nil)
	in.ev = kernel.NewEvaluator(in.r.q.Fn)
	in.done = in.s.begins("COPY", def.OID)
	in.done.params[4].Store(1) // FROM
	in.done.params[5].Store(3) // a pipe
	in.pipe = copyio.NewPipe(in.r.ctx, reader, in.s.e.opt.Workers, in.store)
	return nil
}

// store takes decoded rows, in the goroutine of the pipe.
func (in *copyIn) store(rows *copyio.Rows) error {
	b := rows.Batch
	if b.N == 0 {
		return nil
	}
	full := &vec.Batch{N: b.N, Cols: make([]*vec.Vector, len(in.c.Table.Columns))}
	for i, c := range in.c.Cols {
		full.Cols[c] = b.Cols[i]
	}
	for _, c := range in.missing {
		if e := in.c.Defaults[c]; e != nil {
			v, err := in.ev.Eval(e, &vec.Batch{N: b.N})
			if err != nil {
				return withWhere(err, rows.Where(0))
			}
			full.Cols[c] = v
		} else {
			full.Cols[c] = vec.NewConst(in.c.Table.Columns[c].Type, vec.Datum{Null: true}, b.N)
		}
	}
	if err := in.hold(full, rows); err != nil {
		return withWhere(err, rows.Where(0))
	}
	if err := in.filter(full, rows); err != nil {
		return err
	}
	if b = full; b.N == 0 {
		return nil
	}
	if err := in.derive(full, in.c.Generated); err != nil {
		return withWhere(err, rows.Where(0))
	}
	at, bad, err := in.check.check(full)
	if err != nil {
		return withWhere(err, rows.Where(0))
	}
	in.lines.add(in.n, b.N, rows)
	in.n += int64(b.N)
	if bad != nil {
		bad = in.r.s.failingRow(bad, in.c.Table, full, at, in.r.q.Fn.Style).WithWhere("%s", rows.Where(at))
		err := earlier(in.r.ctx, in.w, at, bad, func() error { return in.append(headOf(full, at)) })
		return in.lines.place(err, in.c.Table, in.n)
	}
	return in.append(full)
}

// append stores rows that may be stored.
func (in *copyIn) append(b *vec.Batch) error {
	if err := in.w.Append(in.r.ctx, in.c.Table.Path(), b); err != nil {
		return err
	}
	in.s.inserted(in.c.Table, b.N)
	in.done.params[2].Add(int64(b.N))
	return in.keys.inserted(b)
}

// hold holds the columns of domains to their rules.
func (in *copyIn) hold(b *vec.Batch, rows *copyio.Rows) error {
	for i := range in.c.Table.Columns {
		if x := in.c.Held[i]; x != nil {
			v, err := in.ev.Eval(x, b)
			if err != nil {
				return in.heldError(err, i, b, rows)
			}
			b.Cols[i] = v
		}
	}
	return nil
}

// derive computes generated columns.
func (in *copyIn) derive(b *vec.Batch, list map[int]plan.Expr) error {
	for i := range in.c.Table.Columns {
		if x := list[i]; x != nil {
			v, err := in.ev.Eval(x, b)
			if err != nil {
				return err
			}
			b.Cols[i] = v
		}
	}
	return nil
}

// filter leaves the rows of the WHERE clause.
func (in *copyIn) filter(b *vec.Batch, rows *copyio.Rows) error {
	if in.c.Where == nil {
		return nil
	}
	v, err := in.ev.Eval(in.c.Where, b)
	if err != nil {
		return in.filterError(err, b, rows)
	}
	var keep []int32
	for i := range b.N {
		if !v.IsNull(i) && v.Get(i).I != 0 {
			keep = append(keep, int32(i))
		}
	}
	if len(keep) == b.N {
		return nil
	}
	rows.Keep(keep)
	for i, c := range b.Cols {
		if c != nil { // generated columns are not there yet
			b.Cols[i] = c.Gather(keep)
		}
	}
	b.N = len(keep)
	return nil
}

// filterError gives an error of the WHERE clause the first row that has it.
func (in *copyIn) filterError(err error, b *vec.Batch, rows *copyio.Rows) error {
	one := &vec.Batch{N: 1, Cols: make([]*vec.Vector, len(b.Cols))}
	for row := range b.N {
		for i, c := range b.Cols {
			if c != nil {
				one.Cols[i] = c.Slice(row, row+1)
			}
		}
		if _, bad := in.ev.Eval(in.c.Where, one); bad != nil {
			return withWhere(bad, rows.Where(row))
		}
	}
	return withWhere(err, rows.Where(0))
}

// heldError gives an error of a domain the row, the column and the value, which
// PostgreSQL holds to the domain while it reads them.
func (in *copyIn) heldError(err error, col int, b *vec.Batch, rows *copyio.Rows) error {
	v := b.Cols[col]
	one := &vec.Batch{N: 1, Cols: make([]*vec.Vector, len(b.Cols))}
	for row := range b.N {
		one.Cols[col] = v.Slice(row, row+1)
		_, bad := in.ev.Eval(in.c.Held[col], one)
		if bad == nil {
			continue
		}
		where := fmt.Sprintf("%s, column %s", rows.WhereLine(row), in.c.Table.Columns[col].Name)
		switch {
		case in.format.Kind == copyio.Binary:
		case v.IsNull(row):
			where += ": null input"
		default:
			where += fmt.Sprintf(": \"%s\"", v.AppendText(nil, row, in.r.q.Fn.Style))
		}
		return withWhere(bad, where)
	}
	return err
}

func withWhere(err error, where string) error {
	e := *sqlerr.From(err)
	if e.Where == "" {
		e.Where = where
	}
	return &e
}

func (in *copyIn) Kind() session.ResultKind  { return session.KindCopyIn }
func (in *copyIn) Columns() []session.Column { return make([]session.Column, len(in.c.Cols)) }
func (in *copyIn) CopyBinary() bool          { return in.format.Kind == copyio.Binary }
func (in *copyIn) Tag() string               { return countTag("COPY", in.n) }

// CopyData feeds bytes. See session.Result.
func (in *copyIn) CopyData(ctx context.Context, p []byte) error {
	if in.over {
		return errShape()
	}
	detach := in.r.attach(ctx)
	defer detach()
	in.done.params[0].Add(int64(len(p)))
	if err := in.pipe.Write(p); err != nil {
		return in.fail(err)
	}
	return nil
}

// CopyDone ends the input. See session.Result.
func (in *copyIn) CopyDone(ctx context.Context) error {
	if in.over {
		return errShape()
	}
	detach := in.r.attach(ctx)
	defer detach()
	if err := in.pipe.Close(); err != nil {
		return in.fail(err)
	}
	in.over = true
	if err := in.s.settleRefs(in.r); err != nil {
		return in.fail(in.lines.place(err, in.c.Table, in.n))
	}
	in.s.progress.Store(nil)
	if err := in.s.endStep(in.r.ctx, true); err != nil {
		return in.fail(in.lines.place(err, in.c.Table, in.n))
	}
	in.track.end(in.n, nil)
	in.r.close()
	return nil
}

// CopyFail gives up. See session.Result.
func (in *copyIn) CopyFail(_ context.Context, reason string) error {
	if in.over {
		return errShape()
	}
	e := sqlerr.New(pgerrcode.QueryCanceled, "COPY from stdin failed: %s", reason)
	return in.fail(e.WithWhere("COPY %s, line %d", in.c.Table.Name, in.pipe.Line()))
}

// fail ends the copy and its transaction's hopes.
func (in *copyIn) fail(err error) error {
	err = in.r.err(err)
	in.over = true
	in.s.progress.Store(nil)
	in.pipe.Abort()
	in.r.close()
	err = in.s.failed(err)
	if in.s.lone && !in.s.tx.block {
		in.s.rollback()
	}
	return err
}

// Close gives up what is not done. See session.Result.
func (in *copyIn) Close() {
	if !in.over {
		_ = in.fail(sqlerr.New(pgerrcode.QueryCanceled, "COPY from stdin failed: %s", "the copy was left unfinished"))
	}
	in.r.close()
}

// copyCharset gives a copy without ENCODING the client's encoding.
func (s *Session) copyCharset(f *copyio.Format) {
	if f.Charset == nil {
		f.Charset, _ = charset.Lookup(s.values["client_encoding"])
	}
}
