package kernel

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// Subqueries runs the plans of SubPlans. The Ctx of an evaluator holds it in
// Subqueries; exec/op, which runs plans, implements it. It is called from
// several goroutines.
type Subqueries interface {
	// SubPlan returns x's value for n rows, of which args and left are the values
	// of x.Args and x.Left.
	SubPlan(x *plan.SubPlan, args, left []*vec.Vector, n int) (*vec.Vector, error)
}

// subPlan evaluates a subquery for the rows of b.
func (ev *Evaluator) subPlan(x *plan.SubPlan, b *vec.Batch) (*vec.Vector, error) {
	run, ok := ev.c.Subqueries.(Subqueries)
	if !ok {
		return nil, sqlerr.At(x.Off, pgerrcode.FeatureNotSupported, "subqueries cannot be used here")
	}
	args, err := ev.evalAll(x.Args, b)
	if err != nil {
		return nil, err
	}
	left, err := ev.evalAll(x.Left, b)
	if err != nil {
		return nil, err
	}
	return run.SubPlan(x, args, left, b.N)
}

func (ev *Evaluator) evalAll(es []plan.Expr, b *vec.Batch) ([]*vec.Vector, error) {
	out := make([]*vec.Vector, len(es))
	for i, e := range es {
		v, err := ev.Eval(e, b)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}
