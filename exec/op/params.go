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

type binder struct {
	params []vec.Datum
	err    error
}

func (p *binder) node(n plan.Node) plan.Node {
	switch n := n.(type) {
	case *plan.Values:
		c := *n
		c.Rows = make([][]plan.Expr, len(n.Rows))
		for i, r := range n.Rows {
			c.Rows[i] = p.exprs(r)
		}
		return &c
	case *plan.Scan:
		return p.scan(n)
	case *plan.Unnest:
		c := *n
		c.Input, c.Args = p.node(n.Input), p.exprs(n.Args)
		return &c
	case *plan.Series:
		c := *n
		c.Input, c.Args = p.node(n.Input), p.exprs(n.Args)
		return &c
	case *plan.Filter:
		c := *n
		c.Input, c.Cond = p.node(n.Input), p.expr(n.Cond)
		return &c
	case *plan.Project:
		c := *n
		c.Input, c.Exprs = p.node(n.Input), p.exprs(n.Exprs)
		return &c
	case *plan.Agg:
		c := *p.agg(n)
		c.Input = p.node(n.Input)
		return &c
	case *plan.CodeAgg:
		c := *n
		c.Scan = p.scan(n.Scan)
		c.Keys = append([]plan.CodeKey(nil), n.Keys...)
		for i := range c.Keys {
			c.Keys[i].X = p.expr(c.Keys[i].X)
		}
		c.Fallback, c.Agg = p.node(n.Fallback), p.agg(n.Agg)
		return &c
	case *plan.Distinct:
		c := *n
		c.Input = p.node(n.Input)
		return &c
	case *plan.Sort:
		c := *n
		c.Input = p.node(n.Input)
		return &c
	case *plan.Limit:
		c := *n
		c.Input, c.Count, c.Offset = p.node(n.Input), p.expr(n.Count), p.expr(n.Offset)
		return &c
	case *plan.SetOp:
		c := *n
		c.L, c.R = p.node(n.L), p.node(n.R)
		return &c
	}
	return n
}

func (p *binder) scan(n *plan.Scan) *plan.Scan {
	c := *n
	c.Where, c.Set = p.expr(n.Where), p.rowSet(n.Set)
	return &c
}

// agg replaces in everything but the input.
func (p *binder) agg(n *plan.Agg) *plan.Agg {
	c := *n
	c.Keys = p.exprs(n.Keys)
	c.Aggs = append([]plan.AggCall(nil), n.Aggs...)
	for i := range c.Aggs {
		a := &c.Aggs[i]
		a.Args, a.Filter = p.exprs(a.Args), p.expr(a.Filter)
		a.OrderBy = append([]plan.SortExpr(nil), a.OrderBy...)
		for j := range a.OrderBy {
			a.OrderBy[j].X = p.expr(a.OrderBy[j].X)
		}
	}
	return &c
}

func (p *binder) rowSet(r *plan.RowSet) *plan.RowSet {
	if r == nil {
		return nil
	}
	c := *r
	c.Args = make([]*plan.RowSet, len(r.Args))
	for i, a := range r.Args {
		c.Args[i] = p.rowSet(a)
	}
	if r.Leaf != nil {
		l := *r.Leaf
		l.X = p.expr(l.X)
		c.Leaf = &l
	}
	return &c
}

func (p *binder) exprs(es []plan.Expr) []plan.Expr {
	if es == nil {
		return nil
	}
	out := make([]plan.Expr, len(es))
	for i, e := range es {
		out[i] = p.expr(e)
	}
	return out
}

func (p *binder) expr(e plan.Expr) plan.Expr {
	if e == nil {
		return nil
	}
	return mapExpr(e, func(e plan.Expr) plan.Expr {
		q, ok := e.(*plan.Param)
		if !ok {
			return nil
		}
		if q.N < 1 || q.N > len(p.params) {
			p.err = sqlerr.New(pgerrcode.UndefinedParameter, "there is no parameter $%d", q.N)
			return q
		}
		c := &plan.Const{V: p.params[q.N-1]}
		c.T = q.T
		return c
	})
}
