package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/exec/op"
	"tagd/exec/pgcatalog"
	"tagd/planner/plan"
	"tagd/sql/cancel"
	"tagd/sql/fn"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// noContext is the context of planning, which never waits.
var noContext = context.Background()

// run is one execution of a statement: its context outlives the call that began
// it, because rows are fetched by later calls, but ends with the context of
// whichever call is at work. What every statement needs lies in it, so that one
// allocation makes it.
type run struct {
	s     *Session
	ctx   context.Context // &own, as all but newRun and End know it
	own   cancel.Context
	timer *time.Timer
	q     *op.Query // &query
	query op.Query
	fn    fn.Ctx
	mem   op.Account
	// paramTypes are the types of the parameters of a definition.
	paramTypes []types.Type
	snap       table.Snapshot // to be released; nil: none, or another's
	closed     bool

	watches []*keyWatch // what the statement does to keys

	virtualMu sync.Mutex
	virtuals  map[string]*vec.Batch
}

// newRun starts an execution in the present state.
func (s *Session) newRun(params []vec.Datum) *run {
	r := &run{s: s}
	r.ctx, r.q = &r.own, &r.query
	r.arm()
	r.mem.Init(s.e.opt.MemPerQuery, s.e.mem, &r.own)
	*r.q = op.Query{
		Fn: &r.fn, Params: params, Workers: s.e.opt.Workers, Mem: &r.mem, Host: r,
		NoBitmaps: s.noBitmaps,
		WorkMem:   s.workMem,
		TempLimit: s.tempLimit,
	}
	s.fillFn(&r.fn, r.ctx)
	r.fn.Subqueries, r.fn.Mem = r.q, &r.mem // else Prepare would copy it
	r.q.Prepare()
	return r
}

// Virtual makes the rows of a catalog relation once for the whole statement,
// however often a subquery reads it; those of a sequence change under it.
func (r *run) Virtual(schema, name string) (*vec.Batch, error) {
	if schema != "pg_catalog" && schema != "information_schema" {
		return r.s.virtual(schema, name)
	}
	r.virtualMu.Lock()
	defer r.virtualMu.Unlock()
	key := schema + "." + name
	b, err := r.virtuals[key], error(nil)
	if b == nil {
		b, err = r.s.virtual(schema, name)
	}
	if err != nil {
		return nil, err
	}
	if oid := pgcatalog.RelationOID(schema, name); oid != 0 {
		c := r.s.stat.Scan(oid)
		c.Scans.Add(1)
		c.Returned.Add(int64(b.N))
	}
	if r.virtuals == nil {
		r.virtuals = map[string]*vec.Batch{}
	}
	r.virtuals[key] = b
	return b, nil
}

// read gives the run the snapshot that it reads.
func (r *run) read() {
	var own bool
	if r.q.Snap, own = r.s.reads(); own {
		r.snap = r.q.Snap
	}
}

// attach lets ctx end the run until detach is called.
func (r *run) attach(ctx context.Context) (detach func()) {
	h := r.hold(ctx)
	return h.drop
}

// hold is attach where every allocation counts.
func (r *run) hold(ctx context.Context) hold {
	if w, ok := ctx.(session.Work); ok {
		return hold{work: w, before: w.Attach(r)}
	}
	return hold{stop: context.AfterFunc(ctx, func() { r.End(context.Cause(ctx)) })}
}

// hold is what a run has of the context that may end it.
type hold struct {
	work   session.Work
	before session.Ender
	stop   func() bool
}

// drop lets go of the context.
func (h *hold) drop() {
	if h.work != nil {
		h.work.Detach(h.before)
		return
	}
	h.stop()
}

// End ends the run. See session.Ender.
func (r *run) End(cause error) { r.own.End(causeError(cause)) }

// ended is why the run has ended although its work is done, nil if it has not: what
// came too late for the work itself is answered before the statement completes, as
// when it has canceled itself.
func (r *run) ended() error {
	if r.ctx.Err() == nil {
		return nil
	}
	return causeError(context.Cause(r.ctx))
}

// err puts the reason of an ended run in place of what came of it.
func (r *run) err(err error) error {
	if err == nil {
		return nil
	}
	if r.ctx.Err() != nil {
		code := sqlerr.Code(err)
		if code == pgerrcode.QueryCanceled || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return causeError(context.Cause(r.ctx))
		}
	}
	return err
}

// arm starts the clock of statement_timeout, disarm stops it.
func (r *run) arm() {
	if r.s.timeout > 0 {
		r.timer = time.AfterFunc(r.s.timeout, func() { r.End(session.ErrTimeout) })
	}
}

func (r *run) disarm() {
	if r.timer != nil {
		r.timer.Stop()
	}
}

// settle ends the reading of the snapshot: all rows are there. The run's memory
// stays until it is closed.
func (r *run) settle() {
	r.disarm()
	r.release()
}

func (r *run) release() {
	if r.snap != nil {
		r.snap.Release()
		r.snap = nil
	}
}

// close releases all that the run holds. It may be called twice.
func (r *run) close() {
	if r.closed {
		return
	}
	r.closed = true
	r.disarm()
	r.own.End(errCanceled)
	r.q.Close()
	if files, bytes := r.q.TempFiles(); files > 0 {
		r.s.counts.TempFiles.Add(files)
		r.s.counts.TempBytes.Add(bytes)
	}
	r.release()
	r.mem.Close()
}

var errCanceled = causeError(session.ErrCanceled)

// causeError is the error that a client sees for the cause of an ended context.
func causeError(cause error) error {
	var e *sqlerr.Error
	switch {
	case errors.As(cause, &e):
		return e
	case errors.Is(cause, session.ErrShutdown):
		err := sqlerr.New(pgerrcode.AdminShutdown, "%s", session.ErrShutdown.Error())
		err.Severity = "FATAL"
		return err
	case errors.Is(cause, session.ErrTimeout), errors.Is(cause, context.DeadlineExceeded):
		return sqlerr.New(pgerrcode.QueryCanceled, "%s", session.ErrTimeout.Error())
	}
	return sqlerr.New(pgerrcode.QueryCanceled, "%s", session.ErrCanceled.Error())
}

// open starts a plan.
func (r *run) open(n plan.Node) (op.Cursor, error) { return op.Run(r.ctx, r.q, n) }

// each runs a plan and hands its batches to f.
func (r *run) each(n plan.Node, f func(*vec.Batch) error) error {
	cur, err := r.open(n)
	if err != nil {
		return err
	}
	defer cur.Close()
	for {
		b, err := cur.Next(r.ctx)
		if err == nil && b == nil {
			err = r.ended()
		}
		if err != nil || b == nil {
			return err
		}
		if err := f(b); err != nil {
			return err
		}
	}
}

// params puts the statement's parameters into expressions.
func (r *run) params(list []plan.Expr) []plan.Expr { return substAll(list, r.q.Params) }
