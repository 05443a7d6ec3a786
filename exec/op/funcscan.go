package op

import (
	"context"
	"errors"
	"iter"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// funcScan appends the rows of functions to its input's. The functions push rows
// and are suspended when a batch is full, so that a LIMIT ends an endless one.
type funcScan struct {
	q    *Query
	n    *plan.FuncScan
	in   Cursor
	w    int // the input's columns
	ctx  context.Context
	pull func() (*vec.Batch, bool)
	stop func()
	err  error
	done bool

	b    *vec.Batch // input
	row  int32
	rows []int32 // input row by output row
	cols []*vec.Builder
	ord  []int64 // 0: NULL
}

func newFuncScan(q *Query, in Cursor, n *plan.FuncScan) Cursor {
	return &funcScan{q: q, n: n, in: in, w: len(n.Input.Schema())}
}

func (f *funcScan) Next(ctx context.Context) (*vec.Batch, error) {
	if f.done {
		return nil, nil
	}
	if ctx.Err() != nil {
		return nil, ctxErr(ctx)
	}
	f.ctx = ctx
	if f.pull == nil {
		f.pull, f.stop = iter.Pull(f.all)
	}
	b, ok := f.pull()
	if ok {
		return b, nil
	}
	f.done = true
	return nil, f.err
}

// errStop ends a function whose rows nobody wants any more.
var errStop = errors.New("stopped")

// all gives every batch of output; an error is left in f.err.
func (f *funcScan) all(yield func(*vec.Batch) bool) {
	f.begin()
	flush := func() error {
		if len(f.rows) == 0 {
			return nil
		}
		if !yield(f.batch()) {
			return errStop
		}
		f.begin()
		if f.ctx.Err() != nil {
			return ctxErr(f.ctx)
		}
		return nil
	}
	for {
		b, err := f.in.Next(f.ctx)
		if err == nil && b != nil {
			f.b = b
			err = f.input(b, flush)
		}
		if err != nil {
			f.err = err
			return
		}
		if b == nil {
			return
		}
	}
}

// input gives the rows of one input batch.
func (f *funcScan) input(b *vec.Batch, flush func() error) error {
	args := make([][]*vec.Vector, len(f.n.Calls))
	for i, c := range f.n.Calls {
		var err error
		if args[i], err = f.q.evalAll(c.Args, b); err != nil {
			return err
		}
	}
	for r := range b.N {
		if r&0x3ff == 0x3ff && f.ctx.Err() != nil {
			return ctxErr(f.ctx)
		}
		f.row = int32(r)
		if err := f.one(args, r, flush); err != nil {
			return err
		}
		if len(f.rows) >= vec.MaxBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// one gives the function rows of input row r.
func (f *funcScan) one(args [][]*vec.Vector, r int, flush func() error) error {
	n := int64(0)
	emit := func(row []vec.Datum) error {
		n++
		f.append(row, n)
		if len(f.rows) >= vec.MaxBatch {
			return flush()
		}
		return nil
	}
	var err error
	if len(f.n.Calls) == 1 {
		err = f.call(0, args[0], r, emit)
	} else {
		err = f.aligned(args, r, emit)
	}
	if err == nil && n == 0 && f.n.Left {
		f.append(nil, 0)
	}
	return err
}

// aligned runs several functions and gives their rows side by side.
func (f *funcScan) aligned(args [][]*vec.Vector, r int, emit func([]vec.Datum) error) error {
	lists := make([][][]vec.Datum, len(f.n.Calls))
	mem := held{acc: f.q.Mem}
	defer mem.free()
	longest, size := 0, int64(0)
	for i := range f.n.Calls {
		err := f.call(i, args[i], r, func(row []vec.Datum) error {
			lists[i] = append(lists[i], append([]vec.Datum(nil), row...))
			size += int64(len(row))*112 + 24
			if len(lists[i])&0x3ff == 0 && f.ctx.Err() != nil {
				return ctxErr(f.ctx)
			}
			return mem.set(size)
		})
		if err != nil {
			return err
		}
		longest = max(longest, len(lists[i]))
	}
	for k := range longest {
		var row []vec.Datum
		for i, c := range f.n.Calls {
			if k < len(lists[i]) {
				row = append(row, lists[i][k]...)
				continue
			}
			for range c.Width {
				row = append(row, vec.Datum{Null: true})
			}
		}
		if err := emit(row); err != nil {
			return err
		}
	}
	return nil
}

// call runs one function; a NULL argument of a strict one makes no rows.
func (f *funcScan) call(i int, args []*vec.Vector, r int, emit func([]vec.Datum) error) error {
	c := &f.n.Calls[i]
	vals, ts := datums(args, r), make([]types.Type, len(args))
	for k, e := range c.Args {
		ts[k] = e.Type()
		if vals[k].Null && c.F.Strict {
			return nil
		}
	}
	return c.F.Rows(f.q.Fn, vals, ts, emit)
}

// begin starts a batch.
func (f *funcScan) begin() {
	f.rows, f.ord, f.cols = nil, nil, nil
	fields := f.n.Schema()[f.w:]
	if f.n.Ordinality {
		fields = fields[:len(fields)-1]
	}
	for _, x := range fields {
		f.cols = append(f.cols, vec.NewBuilder(x.Type, 0))
	}
}

// append adds an output row; row nil pads with NULLs.
func (f *funcScan) append(row []vec.Datum, ord int64) {
	f.rows = append(f.rows, f.row)
	f.ord = append(f.ord, ord)
	for i, c := range f.cols {
		if row == nil {
			c.AppendNull()
		} else {
			c.Append(row[i])
		}
	}
}

// batch is what has been collected.
func (f *funcScan) batch() *vec.Batch {
	out := gather(f.b, f.rows)
	for _, c := range f.cols {
		out.Cols = append(out.Cols, c.Finish())
	}
	if f.n.Ordinality {
		v := vec.New(types.Of(types.Int8), len(f.ord))
		for i, o := range f.ord {
			v.I64[i] = o
			if o == 0 {
				v.SetNull(i)
			}
		}
		out.Cols = append(out.Cols, v)
	}
	return out
}

func (f *funcScan) Close() {
	f.done = true
	if f.stop != nil {
		f.stop()
	}
	f.in.Close()
}
