package op

import (
	"context"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// newValues computes the rows of VALUES, a batch at a time.
func (q *Query) newValues(n *plan.Values) (Cursor, error) {
	return &values{q: q, n: n}, nil
}

type values struct {
	q   *Query
	n   *plan.Values
	row int
}

func (v *values) Next(ctx context.Context) (*vec.Batch, error) {
	if ctx.Err() != nil {
		return nil, ctxErr(ctx)
	}
	n := min(len(v.n.Rows)-v.row, vec.MaxBatch)
	if n <= 0 {
		return nil, nil
	}
	rows := v.n.Rows[v.row : v.row+n]
	v.row += n
	out := &vec.Batch{N: n}
	for c, f := range v.n.Schema() {
		bld := vec.NewBuilder(f.Type, n)
		for _, r := range rows {
			d, err := kernel.EvalDatum(v.q.Fn, r[c])
			if err != nil {
				return nil, err
			}
			bld.Append(d)
		}
		out.Cols = append(out.Cols, bld.Finish())
	}
	return out, nil
}

func (v *values) Close() {}

// newCatalogScan reads a relation of pg_catalog or information_schema.
func (q *Query) newCatalogScan(n *plan.CatalogScan) (Cursor, error) {
	if q.Host == nil {
		return nil, sqlerr.New(pgerrcode.UndefinedTable, "relation \"%s.%s\" does not exist", n.Schema_, n.Name)
	}
	b, err := q.Host.Virtual(n.Schema_, n.Name)
	if err != nil {
		return nil, err
	}
	var list []*vec.Batch
	for lo := 0; lo < b.N; lo += vec.MaxBatch {
		list = append(list, slice(b, lo, min(lo+vec.MaxBatch, b.N)))
	}
	return &listCursor{batches: list}, nil
}
