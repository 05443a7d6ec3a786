package rule

import (
	"context"
	"time"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// maxFoldedList bounds the lists that ANY (constant array) is turned into.
const maxFoldedList = 4096

// What takes longer or more than this is left to run time, where it can be
// canceled and its memory is counted.
const (
	foldTime  = 50 * time.Millisecond
	foldBytes = 4 << 20
)

// until is a context that ends at a time, without a timer.
type until struct {
	context.Context
	at time.Time
}

func (u until) Err() error {
	if time.Now().After(u.at) {
		return context.DeadlineExceeded
	}
	return nil
}

// briefly is the surroundings of a function that is folded.
func briefly(c *fn.Ctx) *fn.Ctx {
	b := fn.Ctx{}
	if c != nil {
		b = *c
	}
	b.Context = until{context.Background(), time.Now().Add(foldTime)}
	b.Mem = foldMemory{}
	return &b
}

// foldMemory refuses what is large.
type foldMemory struct{}

func (foldMemory) Add(n int64) error {
	if n > foldBytes {
		return context.DeadlineExceeded
	}
	return nil
}

// fold computes what needs no rows. An error while folding leaves the call as it is:
// see failure.
func (r *rewriter) fold(e plan.Expr) plan.Expr {
	if e == nil {
		return nil
	}
	kids := plan.Operands(e)
	var out []plan.Expr
	for i, k := range kids {
		n := r.fold(k)
		if n != k && out == nil {
			out = append([]plan.Expr(nil), kids...)
		}
		if out != nil {
			out[i] = n
		}
	}
	if out != nil {
		e = plan.WithOperands(e, out)
	}
	return r.foldTop(e)
}

func (r *rewriter) foldTop(e plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Call:
		return r.foldCall(e)
	case *plan.And:
		return foldLogic(e, e.Args, true)
	case *plan.Or:
		return foldLogic(e, e.Args, false)
	case *plan.Not:
		switch x := e.X.(type) {
		case *plan.Const:
			if x.V.Null {
				return x
			}
			return boolean(x.V.I == 0)
		case *plan.Not:
			return x.X
		}
	case *plan.IsTest:
		if c, ok := e.X.(*plan.Const); ok && (c.V.Null || !c.T.IsRecord()) {
			var yes bool
			switch e.What {
			case plan.IsNull, plan.IsUnknown:
				yes = c.V.Null
			case plan.IsTrue:
				yes = !c.V.Null && c.V.I != 0
			case plan.IsFalse:
				yes = !c.V.Null && c.V.I == 0
			}
			return boolean(yes != e.Negate)
		}
	case *plan.Case:
		return foldCase(e)
	case *plan.Coalesce:
		return foldCoalesce(e)
	case *plan.Array:
		return foldArray(e)
	case *plan.AnyAll:
		return foldAny(e)
	case *plan.SubPlan:
		return r.subPlan(e)
	}
	return e
}

func boolean(b bool) plan.Expr {
	d := vec.Datum{}
	if b {
		d.I = 1
	}
	return plan.NewConst(types.Of(types.Bool), d)
}

func (r *rewriter) foldCall(e *plan.Call) plan.Expr {
	out, err := r.computed(e)
	r.failed = r.failed || err != nil
	if out == nil {
		return e
	}
	return out
}

// computed is a call of an immutable function on constants as a constant; nil
// without an error where it is not such a call or would take too long.
func (r *rewriter) computed(e *plan.Call) (plan.Expr, error) {
	if e.F.Volatility != fn.Immutable || e.F.Impl == nil {
		return nil, nil
	}
	args := make([]*vec.Vector, len(e.Args))
	for i, a := range e.Args {
		c, ok := a.(*plan.Const)
		if !ok {
			return nil, nil
		}
		if c.V.Null && e.F.Strict {
			return plan.NewConst(e.T, vec.Datum{Null: true}), nil
		}
		args[i] = vec.NewConst(c.T, c.V, 1)
	}
	v, err := e.F.Impl(briefly(r.o.Fn), args, 1)
	switch {
	case ofValues(err):
		return nil, err
	case err != nil || v == nil || v.N < 1:
		return nil, nil
	}
	return plan.NewConst(e.T, v.Get(0)), nil
}

// foldLogic folds AND (conj) and OR: a deciding constant decides, a neutral one
// goes. NULL stays, it is neither.
func foldLogic(e plan.Expr, args []plan.Expr, conj bool) plan.Expr {
	var out []plan.Expr
	for _, a := range args {
		c, ok := a.(*plan.Const)
		if !ok || c.V.Null {
			out = append(out, a)
			continue
		}
		if (c.V.I != 0) != conj {
			return c
		}
	}
	switch {
	case len(out) == len(args):
		return e
	case len(out) == 0:
		return boolean(conj)
	case conj:
		return plan.NewAnd(out...)
	}
	return plan.NewOr(out...)
}

func foldCase(e *plan.Case) plan.Expr {
	var whens []plan.When
	for _, w := range e.Whens {
		c, ok := w.Cond.(*plan.Const)
		if !ok {
			whens = append(whens, w)
			continue
		}
		if c.V.Null || c.V.I == 0 {
			continue
		}
		if len(whens) == 0 {
			return w.Then
		}
		return plan.NewCase(e.T, whens, w.Then)
	}
	switch {
	case len(whens) == len(e.Whens):
		return e
	case len(whens) > 0:
		return plan.NewCase(e.T, whens, e.Else)
	case e.Else != nil:
		return e.Else
	}
	return plan.NewConst(e.T, vec.Datum{Null: true})
}

func foldCoalesce(e *plan.Coalesce) plan.Expr {
	var out []plan.Expr
	for _, a := range e.Args {
		c, ok := a.(*plan.Const)
		if ok && c.V.Null {
			continue
		}
		out = append(out, a)
		if ok {
			break
		}
	}
	switch len(out) {
	case 0:
		return plan.NewConst(e.T, vec.Datum{Null: true})
	case 1:
		return out[0]
	case len(e.Args):
		return e
	}
	return plan.NewCoalesce(e.T, out)
}

func foldArray(e *plan.Array) plan.Expr {
	b := vec.NewBuilder(e.T.Elem().Base(), len(e.Elems))
	for _, x := range e.Elems {
		c, ok := x.(*plan.Const)
		if !ok || c.T.Array { // shapes of arrays of arrays may not fit
			return e
		}
		b.Append(c.V)
	}
	return plan.NewConst(e.T, vec.Datum{A: b.Finish()})
}

// foldAny writes x = ANY (constant array) as x IN (...), which leaves know.
func foldAny(e *plan.AnyAll) plan.Expr {
	c, ok := e.R.(*plan.Const)
	if !ok || e.All || e.Op.Name != "=" || c.V.Null || c.V.A == nil || c.V.A.N == 0 || c.V.A.N > maxFoldedList {
		return e
	}
	list := make([]plan.Expr, c.V.A.N)
	for i := range list {
		list[i] = plan.NewConst(c.T.Elem(), c.V.A.Get(i))
	}
	return plan.NewIn(e.L, list, e.Op, false)
}

func (r *rewriter) foldAll(es []plan.Expr) []plan.Expr {
	if es == nil {
		return nil
	}
	out := make([]plan.Expr, len(es))
	for i, e := range es {
		out[i] = r.fold(e)
	}
	return out
}

// foldNode folds every expression of a plan and plans the subqueries in them.
func (r *rewriter) foldNode(n plan.Node) plan.Node { return plan.MapNode(n, r.foldNode, r.fold) }

// subPlan rewrites the query of a subquery.
func (r *rewriter) subPlan(s *plan.SubPlan) plan.Expr {
	c := *s
	p := s.Plan
	if s.Kind == ast.SubExists {
		p = rowsOnly(p)
	}
	c.Plan, c.Test = r.query(p), r.fold(s.Test)
	return &c
}

// rowsOnly drops what EXISTS does not look at, as PostgreSQL does, since it must
// not be computed: the columns of a plain SELECT, the order of its rows, their
// being distinct or grouped.
func rowsOnly(n plan.Node) plan.Node {
	switch c := n.(type) {
	case *plan.Sort:
		return rowsOnly(c.Input)
	case *plan.Distinct:
		return rowsOnly(c.Input)
	case *plan.Limit:
		if k, ok := constant(c.Count); ok && k > 0 && c.Offset == nil {
			return rowsOnly(c.Input)
		}
	case *plan.Agg:
		if len(c.Aggs) == 0 && len(c.Keys) > 0 && len(c.Sets) == 1 {
			return rowsOnly(c.Input)
		}
	case *plan.Project:
		switch in := c.Input.(type) {
		case *plan.Agg:
			if m := rowsOnly(in); m != in {
				return m
			}
		case *plan.Window, *plan.FuncScan, *plan.Unnest, *plan.Series:
		default:
			return rowsOnly(in)
		}
	}
	return n
}
