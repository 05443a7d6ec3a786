package rule

import (
	"slices"

	"tagd/planner/plan"
	"tagd/sql/fn"
)

// mapDeep puts f on n after its inputs have been replaced, in the plans of
// subqueries and of changes of data too.
func mapDeep(n plan.Node, f func(plan.Node) plan.Node) plan.Node {
	if n == nil {
		return nil
	}
	down := func(c plan.Node) plan.Node { return mapDeep(c, f) }
	n = plan.MapNode(n, down, func(e plan.Expr) plan.Expr { return mapSubPlans(e, down) })
	if w, ok := n.(*plan.With); ok {
		var ctes []plan.CTE
		for i, c := range w.CTEs {
			if c.Change == nil {
				continue
			}
			if ctes == nil {
				ctes = append([]plan.CTE(nil), w.CTEs...)
			}
			ctes[i].Change = mapStmt(c.Change, down, func(e plan.Expr) plan.Expr { return mapSubPlans(e, down) })
		}
		if ctes != nil {
			c := *w
			c.CTEs = ctes
			n = &c
		}
	}
	return f(n)
}

// mapSubPlans puts f on the plans of the subqueries in e.
func mapSubPlans(e plan.Expr, f func(plan.Node) plan.Node) plan.Expr {
	if e == nil {
		return nil
	}
	out, _ := plan.Rewrite(e, func(x plan.Expr) (plan.Expr, error) {
		s, ok := x.(*plan.SubPlan)
		if !ok {
			return nil, nil
		}
		p := f(s.Plan)
		kids := plan.Operands(s)
		mapped := make([]plan.Expr, len(kids))
		same := p == s.Plan
		for i, k := range kids {
			mapped[i] = mapSubPlans(k, f)
			same = same && mapped[i] == k
		}
		if same {
			return s, nil
		}
		c := *plan.WithOperands(s, mapped).(*plan.SubPlan)
		c.Plan = p
		return &c, nil
	})
	return out
}

// mapStmt returns a change of data with f on its input and g on its expressions.
func mapStmt(s *plan.Stmt, f func(plan.Node) plan.Node, g func(plan.Expr) plan.Expr) *plan.Stmt {
	list := func(es []plan.Expr) []plan.Expr {
		if es == nil {
			return nil
		}
		out := make([]plan.Expr, len(es))
		for i, e := range es {
			if e != nil {
				out[i] = g(e)
			}
		}
		return out
	}
	checks := func(cs []plan.BoundCheck) []plan.BoundCheck {
		cs = slices.Clone(cs)
		for i := range cs {
			cs[i].X = g(cs[i].X)
		}
		return cs
	}
	c := *s
	switch {
	case s.Insert != nil:
		i := *s.Insert
		i.Input, i.Returning, i.Checks = f(i.Input), list(i.Returning), checks(i.Checks)
		if i.Conflict != nil {
			k := *i.Conflict
			k.Set = list(k.Set)
			if k.Where != nil {
				k.Where = g(k.Where)
			}
			i.Conflict = &k
		}
		c.Insert = &i
	case s.Update != nil:
		u := *s.Update
		u.Input, u.Set, u.Returning, u.Checks = f(u.Input), list(u.Set), list(u.Returning), checks(u.Checks)
		c.Update = &u
	case s.Delete != nil:
		d := *s.Delete
		d.Input, d.Returning = f(d.Input), list(d.Returning)
		c.Delete = &d
	case s.Merge != nil:
		m := *s.Merge
		m.Input, m.Actions = f(m.Input), slices.Clone(m.Actions)
		for i := range m.Actions {
			a := &m.Actions[i]
			a.Set = list(a.Set)
			if a.Cond != nil {
				a.Cond = g(a.Cond)
			}
		}
		c.Merge = &m
	}
	return &c
}

// inlineCTEs puts queries of WITH in the place of their scans: those read once,
// those that say NOT MATERIALIZED, and bare selections of tables. Queries that
// nobody reads go.
func (r *rewriter) inlineCTEs(n plan.Node) plan.Node {
	return mapDeep(n, func(n plan.Node) plan.Node {
		w, ok := n.(*plan.With)
		if !ok {
			return n
		}
		return r.inlineWith(w)
	})
}

// outsideReads are the CTEs that the SET, RETURNING and ON CONFLICT expressions
// of a change read.
func outsideReads(s *plan.Stmt) map[int]bool {
	out := map[int]bool{}
	see := func(n plan.Node) plan.Node {
		return mapDeep(n, func(n plan.Node) plan.Node {
			if c, ok := n.(*plan.CTEScan); ok {
				out[c.ID] = true
			}
			return n
		})
	}
	mapStmt(s, func(n plan.Node) plan.Node { return n }, func(e plan.Expr) plan.Expr { return mapSubPlans(e, see) })
	return out
}

func (r *rewriter) inlineWith(w *plan.With) plan.Node {
	for i := 0; i < len(w.CTEs); i++ {
		c := w.CTEs[i]
		if c.Change != nil || r.kept[c.ID] {
			continue
		}
		uses, rounds := 0, 0
		count := func(n plan.Node) plan.Node {
			uses += readers(n, c.ID)
			rounds += inSteps(n, c.ID)
			return n
		}
		rest := *w
		rest.CTEs = w.CTEs[i+1:]
		mapTop(&rest, count)
		if uses > 0 && !mayInline(c, uses, rounds) {
			continue
		}
		put := func(n plan.Node) plan.Node {
			return mapDeep(n, func(n plan.Node) plan.Node {
				if s, ok := n.(*plan.CTEScan); ok && s.ID == c.ID {
					return c.Plan
				}
				return n
			})
		}
		next := *w
		next.CTEs = append(append([]plan.CTE(nil), w.CTEs[:i]...), mapTop(&rest, put).CTEs...)
		if uses > 0 {
			next.Input = put(w.Input)
		}
		w = &next
		i--
	}
	if len(w.CTEs) == 0 {
		return w.Input
	}
	return w
}

// mapTop puts f on the plans of w and the inputs of its changes.
func mapTop(w *plan.With, f func(plan.Node) plan.Node) *plan.With {
	c := *w
	c.CTEs = append([]plan.CTE(nil), w.CTEs...)
	for i := range c.CTEs {
		if c.CTEs[i].Change != nil {
			c.CTEs[i].Change = mapStmt(c.CTEs[i].Change, f, func(e plan.Expr) plan.Expr { return mapSubPlans(e, f) })
		} else {
			c.CTEs[i].Plan = f(c.CTEs[i].Plan)
		}
	}
	c.Input = f(w.Input)
	return &c
}

// readers counts the scans of a CTE in a plan.
func readers(n plan.Node, id int) int {
	uses := 0
	mapDeep(n, func(n plan.Node) plan.Node {
		if s, ok := n.(*plan.CTEScan); ok && s.ID == id {
			uses++
		}
		return n
	})
	return uses
}

// inSteps counts those that a recursion would repeat.
func inSteps(n plan.Node, id int) int {
	uses := 0
	mapDeep(n, func(n plan.Node) plan.Node {
		if r, ok := n.(*plan.Recursive); ok {
			uses += readers(r.Step, id)
		}
		return n
	})
	return uses
}

func mayInline(c plan.CTE, uses, rounds int) bool {
	if c.Materialized != nil && *c.Materialized || plan.UsesArgs(c.Plan) || plan.NodeVolatility(c.Plan) == fn.Volatile || hasRecursion(c.Plan) {
		return false
	}
	return c.Materialized != nil || uses == 1 && rounds == 0 || selection(c.Plan)
}

func hasRecursion(n plan.Node) bool {
	found := false
	mapDeep(n, func(n plan.Node) plan.Node {
		switch n.(type) {
		case *plan.Recursive, *plan.WorkScan:
			found = true
		}
		return n
	})
	return found
}

// selection reports whether a plan only selects rows and columns of one table.
func selection(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Scan:
		return true
	case *plan.Filter:
		return selection(n.Input)
	case *plan.Project:
		for _, e := range n.Exprs {
			if _, ok := e.(*plan.Col); !ok {
				return false
			}
		}
		return selection(n.Input)
	}
	return false
}
