package op

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// bindParams returns n with every Param replaced by its value; n itself when
// there are no parameters. The plan that is given stays as it is.
func bindParams(n plan.Node, params []vec.Datum) (plan.Node, error) {
	if len(params) == 0 {
		return n, nil
	}
	p := &binder{params: params}
	out := p.node(n)
	return out, p.err
}

// BindExprs is list with the values of $1, $2, ... put in, in subqueries too.
func BindExprs(list []plan.Expr, params []vec.Datum) ([]plan.Expr, error) {
	if len(params) == 0 || list == nil {
		return list, nil
	}
	p := &binder{params: params}
	out := make([]plan.Expr, len(list))
	for i, e := range list {
		out[i] = p.expr(e)
	}
	return out, p.err
}

// binder puts values in the place of parameters. A scan holds its condition
// twice, so it remembers the subqueries that it has done.
type binder struct {
	params []vec.Datum
	subs   map[*plan.SubPlan]*plan.SubPlan
	err    error
}

func (p *binder) sub(x *plan.SubPlan) *plan.SubPlan {
	if c := p.subs[x]; c != nil {
		return c
	}
	c := mapSub(x, p.expr, p.node)
	if p.subs == nil {
		p.subs = map[*plan.SubPlan]*plan.SubPlan{}
	}
	p.subs[x] = c
	return c
}

func (p *binder) node(n plan.Node) plan.Node { return plan.MapNode(n, p.node, p.expr) }

func (p *binder) expr(e plan.Expr) plan.Expr {
	if e == nil {
		return nil
	}
	return rewrite(e, func(e plan.Expr) plan.Expr {
		switch x := e.(type) {
		case *plan.Param:
			if x.N < 1 || x.N > len(p.params) {
				p.err = sqlerr.New(pgerrcode.UndefinedParameter, "there is no parameter $%d", x.N)
				return x
			}
			return plan.NewConst(x.T, p.params[x.N-1])
		case *plan.SubPlan:
			return p.sub(x)
		}
		return nil
	})
}

// mapSub is a SubPlan with its expressions and its plan mapped, itself if
// nothing is different. f nil leaves the plan alone.
func mapSub(x *plan.SubPlan, g func(plan.Expr) plan.Expr, f func(plan.Node) plan.Node) *plan.SubPlan {
	c := *x
	changed := false
	list := func(es []plan.Expr) []plan.Expr {
		out := make([]plan.Expr, len(es))
		for i, e := range es {
			out[i] = g(e)
			changed = changed || out[i] != e
		}
		return out
	}
	c.Left, c.Args = list(x.Left), list(x.Args)
	if x.Test != nil {
		c.Test = g(x.Test)
		changed = changed || c.Test != x.Test
	}
	if f != nil {
		c.Plan = f(x.Plan)
		changed = changed || c.Plan != x.Plan
	}
	if !changed {
		return x
	}
	return &c
}

// bindArgs returns the inner plan of a SubPlan or Apply with its arguments put
// in. Arguments of plans further inside belong to those; only what is handed
// down to them is of this frame.
func bindArgs(n plan.Node, args []vec.Datum) plan.Node {
	if len(args) == 0 {
		return n
	}
	a := argBinder(args)
	return a.node(n)
}

type argBinder []vec.Datum

func (a argBinder) node(n plan.Node) plan.Node {
	ap, ok := n.(*plan.Apply)
	if !ok {
		return plan.MapNode(n, a.node, a.expr)
	}
	return plan.MapNode(n, func(k plan.Node) plan.Node {
		if k == ap.R {
			return k
		}
		return a.node(k)
	}, a.expr)
}

func (a argBinder) expr(e plan.Expr) plan.Expr {
	return rewrite(e, func(e plan.Expr) plan.Expr {
		switch x := e.(type) {
		case *plan.Arg:
			return plan.NewConst(x.T, a[x.N])
		case *plan.SubPlan:
			return mapSub(x, a.expr, nil)
		}
		return nil
	})
}
