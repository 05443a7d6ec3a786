package op

import (
	"context"
	"slices"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/vec"
)

// project computes expressions.
type project struct {
	q     *Query
	in    Cursor
	exprs []plan.Expr
	fail  error    // of the row after those that were returned last
	first struct { // the memory of the first batch, which is often all
		used bool
		b    vec.Batch
		cols [4]*vec.Vector
	}
}

func newProject(q *Query, in Cursor, exprs []plan.Expr) Cursor {
	if order := orderOf(exprs); order != anyOrder {
		return newByRows(project{q: q, in: in, exprs: exprs}, order == oneByOne)
	}
	return &project{q: q, in: in, exprs: exprs}
}

func (p *project) Next(ctx context.Context) (*vec.Batch, error) {
	if p.fail != nil {
		return nil, p.fail
	}
	b, err := p.in.Next(ctx)
	if b == nil || err != nil {
		return nil, err
	}
	out := &p.first.b
	if p.first.used {
		out = &vec.Batch{}
	} else if len(p.exprs) <= len(p.first.cols) {
		out.Cols = p.first.cols[:0]
	}
	p.first.used = true
	out.N = b.N
	out.Cols, err = p.q.evalTo(out.Cols, p.exprs, b)
	if err != nil {
		return p.before(ctx, b, err)
	}
	return out, nil
}

// before returns the rows of b before the one that fails, if it can be told.
func (p *project) before(ctx context.Context, b *vec.Batch, err error) (*vec.Batch, error) {
	if slices.ContainsFunc(p.exprs, volatile) {
		return nil, err
	}
	n, err := untilError(ctx, b, err, func(b *vec.Batch) error {
		_, err := p.q.evalAll(p.exprs, b)
		return err
	})
	if n == 0 {
		return nil, err
	}
	p.fail = err
	cols, err := p.q.evalAll(p.exprs, slice(b, 0, n))
	if err != nil {
		return nil, err
	}
	return &vec.Batch{N: n, Cols: cols}, nil
}

func (p *project) Close() { p.in.Close() }

// evalAll computes each expression over b.
func (q *Query) evalAll(exprs []plan.Expr, b *vec.Batch) ([]*vec.Vector, error) {
	return q.evalTo(make([]*vec.Vector, 0, len(exprs)), exprs, b)
}

// evalTo appends what each expression is over b.
func (q *Query) evalTo(cols []*vec.Vector, exprs []plan.Expr, b *vec.Batch) ([]*vec.Vector, error) {
	for _, e := range exprs {
		v, err := kernel.Eval(q.Fn, e, b)
		if err != nil {
			return nil, err
		}
		cols = append(cols, v)
	}
	return cols, nil
}

// byRows is project whose effects are had in the order of rows.
type byRows struct {
	project
	calm, effects []plan.Expr // of exprs, those without effects and the others
	alone         bool        // the effects do not depend on the input's columns
	oneByOne      bool        // each row is a batch
	b             *vec.Batch  // the rows from next on are to be computed
	next          int
}

func newByRows(p project, oneByOne bool) *byRows {
	out := &byRows{project: p, oneByOne: oneByOne}
	for _, e := range p.exprs {
		if volatile(e) {
			out.effects = append(out.effects, e)
		} else {
			out.calm = append(out.calm, e)
		}
	}
	out.alone = len(exprCols(out.effects...)) == 0
	return out
}

func (p *byRows) Next(ctx context.Context) (*vec.Batch, error) {
	if p.fail != nil {
		return nil, p.fail
	}
	if p.b == nil || p.next == p.b.N {
		b, err := p.in.Next(ctx)
		if b == nil || err != nil {
			return nil, err
		}
		p.b, p.next = b, 0
	}
	if ctx.Err() != nil {
		return nil, ctxErr(ctx)
	}
	hi := p.b.N
	if p.oneByOne {
		hi = p.next + 1
	}
	b := slice(p.b, p.next, hi)
	p.next = hi
	return p.rows(ctx, b)
}

// rows computes a batch up to the first row that fails.
func (p *byRows) rows(ctx context.Context, b *vec.Batch) (*vec.Batch, error) {
	calm, err := p.q.evalAll(p.calm, b)
	if err != nil {
		var n int
		n, p.fail = untilError(ctx, b, err, func(b *vec.Batch) error {
			_, err := p.q.evalAll(p.calm, b)
			return err
		})
		b = slice(b, 0, n)
		if calm, err = p.q.evalAll(p.calm, b); err != nil {
			return nil, err
		}
	}
	effects, n := p.each(b)
	if n == 0 {
		return nil, p.fail
	}
	out := &vec.Batch{N: n}
	for _, e := range p.exprs {
		from := &calm
		if volatile(e) {
			from = &effects
		}
		c := (*from)[0]
		*from = (*from)[1:]
		if c.N > n {
			c = c.Slice(0, n)
		}
		out.Cols = append(out.Cols, c)
	}
	return out, nil
}

// each has the effects row by row, and returns for how many.
func (p *byRows) each(b *vec.Batch) ([]*vec.Vector, int) {
	out := make([]*vec.Builder, len(p.effects))
	for i, e := range p.effects {
		out[i] = vec.NewBuilder(e.Type(), b.N)
	}
	n, row := 0, oneRow[0]
	var cols []*vec.Vector
	for ; n < b.N; n++ {
		if !p.alone {
			row = slice(b, n, n+1)
		}
		var err error
		if cols, err = p.q.evalTo(cols[:0], p.effects, row); err != nil {
			p.fail = err
			break
		}
		for i, c := range cols {
			out[i].Append(c.Get(0))
		}
	}
	list := make([]*vec.Vector, len(out))
	for i := range out {
		list[i] = out[i].Finish()
	}
	return list, n
}
