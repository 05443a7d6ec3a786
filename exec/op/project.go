package op

import (
	"context"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/vec"
)

// project computes expressions.
type project struct {
	q     *Query
	in    Cursor
	exprs []plan.Expr
	first struct { // the memory of the first batch, which is often all
		used bool
		b    vec.Batch
		cols [4]*vec.Vector
	}
}

func (p *project) Next(ctx context.Context) (*vec.Batch, error) {
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
		return nil, err
	}
	return out, nil
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
