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
	// kept are the CTEs that expressions of a change read beside its input.
	kept map[int]bool
	// failed: a constant expression could not be computed.
	failed bool
}

// Apply rewrites the plan of s in place. It cannot fail: what a pass does not
// understand it leaves alone, and what cannot be computed is left in s.Fails.
func Apply(s *plan.Stmt, cat plan.Catalog, o Options) {
	if o.Fn == nil {
		o.Fn = &fn.Ctx{}
	}
	r := &rewriter{o: o, cat: cat}
	switch {
	case s.Query != nil:
		s.Query = r.whole(s.Query)
	case s.Insert != nil, s.Update != nil, s.Delete != nil, s.Merge != nil:
		r.kept = outsideReads(s)
		*s = *mapStmt(s, r.whole, r.value)
	case s.Copy != nil && s.Copy.Query != nil:
		c := *s.Copy
		c.Query = r.whole(c.Query)
		s.Copy = &c
	case s.Explain != nil:
		Apply(s.Explain.Target, cat, o)
	}
	if r.failed {
		s.Fails = r.failure(s)
	}
	if len(s.Params) > 0 && s.Utility == nil {
		s.OfParams = r.ofParams(s)
	}
}

// whole rewrites the query of a statement.
func (r *rewriter) whole(n plan.Node) plan.Node { return r.query(r.inlineCTEs(n)) }

// value rewrites an expression outside any plan.
func (r *rewriter) value(e plan.Expr) plan.Expr {
	return r.fold(mapSubPlans(e, r.inlineCTEs))
}

func (r *rewriter) query(n plan.Node) plan.Node {
	n = scalarJoins(semiJoins(n))
	n = r.foldNode(n)
	n = r.changes(n)
	n = r.push(n)
	if !r.o.NoBitmaps {
		n = r.push(selfKeys(n))
	}
	n = r.topN(n)
	n = prune(orderTerms(n))
	n = r.scans(n)
	n = r.buildSides(joinOrder(n))
	if !r.o.NoBitmaps {
		n = keyLeaves(n)
		n = r.codeAgg(n)
	}
	return mergeProjects(n)
}

// withChildren returns n over f of its inputs.
func withChildren(n plan.Node, f func(plan.Node) plan.Node) plan.Node { return plan.MapNode(n, f, nil) }

// changes rewrites the data-modifying statements of WITH.
func (r *rewriter) changes(n plan.Node) plan.Node {
	n = withChildren(n, r.changes)
	w, ok := n.(*plan.With)
	if !ok {
		return n
	}
	c := *w
	c.CTEs = append([]plan.CTE(nil), w.CTEs...)
	for i := range c.CTEs {
		if c.CTEs[i].Change != nil {
			c.CTEs[i].Change = mapStmt(c.CTEs[i].Change, r.query, r.fold)
		}
	}
	return &c
}

func (r *rewriter) scans(n plan.Node) plan.Node {
	if sc, ok := n.(*plan.Scan); ok {
		c := *sc
		r.scanSet(&c)
		return &c
	}
	return withChildren(n, r.scans)
}
