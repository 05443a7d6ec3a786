package op

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgerrcode"

	"tagd/exec/spill"
	"tagd/exec/stats"
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// Query is one execution of a plan: its snapshot, parameters and limits. It is
// used by pointer and must not be copied after Run.
type Query struct {
	Fn     *fn.Ctx
	Snap   table.Snapshot
	Params []vec.Datum // values of $1, $2, ...
	// Workers is the number of goroutines for segments; below 1 means 1.
	Workers int
	Mem     *Account // nil: not limited
	// Host is what a query needs of the session; nil: there is none.
	Host Host
	// NoBitmaps evaluates conditions row by row and aggregates by hashing: the
	// reference that the fast paths are tested against.
	NoBitmaps bool
	// Stats collects what EXPLAIN ANALYZE shows; nil: nothing is collected.
	Stats *Stats

	// WorkMem is the number of bytes that one operator may keep in memory before
	// it goes to disk; 0 means 256 MB.
	WorkMem int64
	// TempDir is the folder of temporary files ("": the system's), TempLimit the
	// number of bytes in them at most (0 or less: any).
	TempDir   string
	TempLimit int64

	mu     sync.Mutex
	dicts  map[dictKey]dictBits // conditions over dictionaries, evaluated once
	subs   map[subKey]*subquery
	tables rowsByID
	temp   spill.Budget
	files  atomic.Int64
}

// Host is the session that a query runs in.
type Host interface {
	// Virtual returns the rows of a relation of pg_catalog or information_schema,
	// with the columns of plan.Catalog.Virtual.
	Virtual(schema, name string) (*vec.Batch, error)
	// Modify runs the statement of a CTE that changes data and hands over the rows
	// of its RETURNING.
	Modify(ctx context.Context, s *plan.Stmt, emit func(*vec.Batch) error) error
	// Counted returns the counters of a table's scans, or with key of those of the
	// index of its primary key.
	Counted(def *types.Table, key bool) *stats.Scan
}

// defaultWorkMem is WorkMem when it is 0.
const defaultWorkMem = 256 << 20

func (q *Query) workMem() int64 {
	if q.WorkMem <= 0 {
		return defaultWorkMem
	}
	return q.WorkMem
}

// Prepare lets expressions that are evaluated with q.Fn run subqueries. Run does
// it, too; a statement that changes data calls it before it makes evaluators.
func (q *Query) Prepare() {
	if q.Fn == nil {
		q.Fn = &fn.Ctx{}
	}
	q.temp.Limit = q.TempLimit
	if q.Fn.Subqueries != q {
		c := *q.Fn // which may be shared
		c.Subqueries, c.Mem = q, q.Mem
		q.Fn = &c
	}
}

// RowXids writes the transaction that made each row of a table what it is, by the
// OID of the table and the rows' ordinals. Expressions ask for it.
func (q *Query) RowXids(oid uint32, ords, xids []int64) error {
	for _, def := range q.Snap.Tables() {
		if def.OID != oid {
			continue
		}
		t, _ := q.Snap.Table(def.Path())
		vers := make([]uint64, len(ords))
		if err := t.RowVersions(q.Fn.Context, ords, vers); err != nil {
			return err
		}
		for i, v := range vers {
			xids[i] = fn.XidOf(v)
		}
		return nil
	}
	return sqlerr.New(pgerrcode.UndefinedTable, "relation with OID %d does not exist", oid)
}

// Close releases what subqueries keep; the query's cursors are closed before.
func (q *Query) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, s := range q.subs {
		s.forget()
	}
	q.subs = nil
}

// Cursor yields the rows of a running plan. It belongs to one goroutine.
type Cursor interface {
	// Next returns the next batch, never an empty one, or nil at the end. The
	// batch may be read until the next call. After an error or the end only
	// Close may be called.
	Next(ctx context.Context) (*vec.Batch, error)
	// Close ends the work early or late; it may be called twice.
	Close()
}

// Run starts a plan. Parameters are put in first. The cursor must be closed; it
// reads q.Snap until then. ctx only bounds the start, each Next has its own.
func Run(ctx context.Context, q *Query, n plan.Node) (Cursor, error) {
	if q.Workers < 1 {
		q.Workers = 1
	}
	if err := ctx.Err(); err != nil {
		return nil, ctxErr(ctx)
	}
	q.Prepare()
	sub, err := bindParams(n, q.Params)
	if err != nil {
		return nil, err
	}
	if q.Stats != nil {
		q.Stats.alias(n, sub)
	}
	return q.open(sub)
}

// open makes the cursor of a node and everything below it.
func (q *Query) open(n plan.Node) (Cursor, error) {
	c, err := q.build(n)
	if err != nil {
		return nil, err
	}
	if q.Stats != nil {
		return &counted{Cursor: c, s: q.Stats.Node(n)}, nil
	}
	return c, nil
}

func (q *Query) build(n plan.Node) (Cursor, error) {
	switch n := n.(type) {
	case *plan.OneRow:
		return &listCursor{batches: oneRow}, nil
	case *plan.Values:
		return q.newValues(n)
	case *plan.Scan:
		return q.newScan(n)
	case *plan.CatalogScan:
		return q.newCatalogScan(n)
	case *plan.CodeAgg:
		return q.newCodeAgg(n)
	case *plan.Agg:
		return q.newAgg(n)
	case *plan.SetOp:
		return q.newSetOp(n)
	case *plan.Sort:
		if c, err := q.newTopScan(n); c != nil || err != nil {
			return c, err
		}
	case *plan.Join:
		return q.newJoin(n)
	case *plan.Apply:
		return q.newApply(n)
	case *plan.With:
		return q.newWith(n)
	case *plan.CTEScan:
		return q.newShared(n.ID, n.Name)
	case *plan.WorkScan:
		return q.newShared(workID(n.ID), n.Name)
	case *plan.Recursive:
		return q.newRecursive(n)
	}
	kids := n.Children()
	if len(kids) != 1 {
		return nil, sqlerr.New(pgerrcode.InternalError, "plan node %T has no operator", n)
	}
	in, err := q.open(kids[0])
	if err != nil {
		return nil, err
	}
	c, err := q.unary(n, in)
	if err != nil {
		in.Close()
	}
	return c, err
}

// unary makes the cursor of a node with one input.
func (q *Query) unary(n plan.Node, in Cursor) (Cursor, error) {
	switch n := n.(type) {
	case *plan.Filter:
		return &filter{q: q, in: in, cond: n.Cond}, nil
	case *plan.Project:
		return newProject(q, in, n.Exprs), nil
	case *plan.Unnest:
		return &unnest{q: q, in: in, n: n}, nil
	case *plan.Series:
		return &series{q: q, in: in, n: n}, nil
	case *plan.Distinct:
		return newDistinct(q, in, n), nil
	case *plan.Sort:
		return newSort(q, in, n), nil
	case *plan.Limit:
		return newLimit(q, in, n)
	case *plan.Window:
		return newWindow(q, in, n), nil
	case *plan.FuncScan:
		return newFuncScan(q, in, n), nil
	case *plan.Sample:
		return newSample(q, in, n)
	}
	return nil, sqlerr.New(pgerrcode.InternalError, "plan node %T has no operator", n)
}

// ctxErr is the error of an ended context: its cause if that is an error of SQL,
// otherwise Postgres's words for a cancelled statement.
func ctxErr(ctx context.Context) error {
	if cause, ok := context.Cause(ctx).(*sqlerr.Error); ok {
		return cause
	}
	return sqlerr.New(pgerrcode.QueryCanceled, "canceling statement due to user request").WithCause(context.Cause(ctx))
}

// oneRow is a row without columns.
var oneRow = []*vec.Batch{{N: 1}}

// listCursor yields batches that are there already.
type listCursor struct {
	batches []*vec.Batch
}

func (c *listCursor) Next(context.Context) (*vec.Batch, error) {
	for len(c.batches) > 0 {
		b := c.batches[0]
		c.batches = c.batches[1:]
		if b.N > 0 {
			return b, nil
		}
	}
	return nil, nil
}

func (c *listCursor) Close() { c.batches = nil }

// gather returns the rows idx of b.
func gather(b *vec.Batch, idx []int32) *vec.Batch {
	out := &vec.Batch{N: len(idx), Cols: make([]*vec.Vector, len(b.Cols))}
	for i, c := range b.Cols {
		out.Cols[i] = c.Gather(idx)
	}
	return out
}

// slice returns rows lo to hi of b, sharing memory.
func slice(b *vec.Batch, lo, hi int) *vec.Batch {
	if lo == 0 && hi == b.N {
		return b
	}
	out := &vec.Batch{N: hi - lo, Cols: make([]*vec.Vector, len(b.Cols))}
	for i, c := range b.Cols {
		out.Cols[i] = c.Slice(lo, hi)
	}
	return out
}
