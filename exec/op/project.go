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
}

func (p *project) Next(ctx context.Context) (*vec.Batch, error) {
	b, err := p.in.Next(ctx)
	if b == nil || err != nil {
		return nil, err
	}
	cols, err := p.q.evalAll(p.exprs, b)
	if err != nil {
		return nil, err
	}
	return &vec.Batch{N: b.N, Cols: cols}, nil
}

func (p *project) Close() { p.in.Close() }

// evalAll computes each expression over b.
func (q *Query) evalAll(exprs []plan.Expr, b *vec.Batch) ([]*vec.Vector, error) {
	cols := make([]*vec.Vector, len(exprs))
	for i, e := range exprs {
		v, err := kernel.Eval(q.Fn, e, b)
		if err != nil {
			return nil, err
		}
		cols[i] = v
	}
	return cols, nil
}
