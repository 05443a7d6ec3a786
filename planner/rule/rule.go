// Package rule rewrites bound plans: one pass a file, run in the order of Apply.
package rule

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
)

// Options are what the passes take from the session.
type Options struct {
	Fn        *fn.Ctx
	NoBitmaps bool
}

type rewriter struct {
	o   Options
	cat plan.Catalog
}

// Apply rewrites the plan of s in place. It cannot fail: what a pass does not
// understand it leaves alone.
func Apply(s *plan.Stmt, cat plan.Catalog, o Options) {
	if o.Fn == nil {
		o.Fn = &fn.Ctx{}
	}
	r := &rewriter{o, cat}
	switch {
	case s.Query != nil:
		s.Query = r.query(s.Query)
	case s.Insert != nil:
		c := *s.Insert
		c.Input = r.query(c.Input)
		s.Insert = &c
	case s.Update != nil:
		c := *s.Update
		c.Set = r.foldAll(c.Set)
		c.Input = r.change(c.Input)
		s.Update = &c
	case s.Delete != nil:
		c := *s.Delete
		c.Input = r.change(c.Input)
		s.Delete = &c
	case s.Copy != nil && s.Copy.Query != nil:
		c := *s.Copy
		c.Query = r.query(c.Query)
		s.Copy = &c
	case s.Explain != nil:
		Apply(s.Explain.Target, cat, o)
	}
}

// change handles the input of UPDATE and DELETE; of a scan all columns are
// needed.
func (r *rewriter) change(n plan.Node) plan.Node {
	sc, ok := n.(*plan.Scan)
	if !ok {
		return r.query(n)
	}
	c := *sc
	c.Where = r.fold(c.Where)
	r.scanSet(&c)
	return &c
}

func (r *rewriter) query(n plan.Node) plan.Node {
	n = r.foldNode(n)
	n = r.push(n)
	n = r.topN(n)
	n = prune(n)
	n = r.scans(n)
	if !r.o.NoBitmaps {
		n = r.codeAgg(n)
	}
	return n
}

// withChildren returns a copy of n over f of its inputs.
func withChildren(n plan.Node, f func(plan.Node) plan.Node) plan.Node {
	switch n := n.(type) {
	case *plan.Unnest:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *plan.Series:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *plan.Filter:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *plan.Project:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *plan.Agg:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *plan.Distinct:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *plan.Sort:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *plan.Limit:
		c := *n
		c.Input = f(n.Input)
		return &c
	case *plan.SetOp:
		c := *n
		c.L, c.R = f(n.L), f(n.R)
		return &c
	}
	return n
}

func (r *rewriter) scans(n plan.Node) plan.Node {
	if sc, ok := n.(*plan.Scan); ok {
		c := *sc
		r.scanSet(&c)
		return &c
	}
	return withChildren(n, r.scans)
}
