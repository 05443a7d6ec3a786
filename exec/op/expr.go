package op

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
)

// mapExpr rebuilds e: f is asked first for every node and may return what stands
// in its place, nil to go into it. Unchanged trees are returned as they are.
func mapExpr(e plan.Expr, f func(plan.Expr) plan.Expr) plan.Expr {
	if e == nil {
		return nil
	}
	if r := f(e); r != nil {
		return r
	}
	kids := children(e)
	if len(kids) == 0 {
		return e
	}
	out, changed := make([]plan.Expr, len(kids)), false
	for i, k := range kids {
		out[i] = mapExpr(k, f)
		changed = changed || out[i] != k
	}
	if !changed {
		return e
	}
	return withChildren(e, out)
}

// children lists the operands of e in a fixed order.
func children(e plan.Expr) []plan.Expr {
	switch e := e.(type) {
	case *plan.Call:
		return e.Args
	case *plan.And:
		return e.Args
	case *plan.Or:
		return e.Args
	case *plan.Not:
		return []plan.Expr{e.X}
	case *plan.IsTest:
		return []plan.Expr{e.X}
	case *plan.In:
		return append([]plan.Expr{e.X}, e.List...)
	case *plan.AnyAll:
		return []plan.Expr{e.L, e.R}
	case *plan.Case:
		var out []plan.Expr
		for _, w := range e.Whens {
			out = append(out, w.Cond, w.Then)
		}
		if e.Else != nil {
			out = append(out, e.Else)
		}
		return out
	case *plan.Coalesce:
		return e.Args
	case *plan.Array:
		return e.Elems
	}
	return nil
}

// withChildren is e with other operands, in the order of children.
func withChildren(e plan.Expr, k []plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Call:
		c := *e
		c.Args = k
		return &c
	case *plan.And:
		c := *e
		c.Args = k
		return &c
	case *plan.Or:
		c := *e
		c.Args = k
		return &c
	case *plan.Not:
		c := *e
		c.X = k[0]
		return &c
	case *plan.IsTest:
		c := *e
		c.X = k[0]
		return &c
	case *plan.In:
		c := *e
		c.X, c.List = k[0], k[1:]
		return &c
	case *plan.AnyAll:
		c := *e
		c.L, c.R = k[0], k[1]
		return &c
	case *plan.Case:
		c := *e
		c.Whens = make([]plan.When, len(e.Whens))
		for i := range c.Whens {
			c.Whens[i] = plan.When{Cond: k[2*i], Then: k[2*i+1]}
		}
		if e.Else != nil {
			c.Else = k[len(k)-1]
		}
		return &c
	case *plan.Coalesce:
		c := *e
		c.Args = k
		return &c
	case *plan.Array:
		c := *e
		c.Elems = k
		return &c
	}
	return e
}

// walk visits e and everything below.
func walk(e plan.Expr, f func(plan.Expr)) {
	if e == nil {
		return
	}
	f(e)
	for _, k := range children(e) {
		walk(k, f)
	}
}

// exprCols returns the columns that es use, ascending.
func exprCols(es ...plan.Expr) []int {
	var cols []int
	for _, e := range es {
		walk(e, func(e plan.Expr) {
			if c, ok := e.(*plan.Col); ok {
				cols = addSorted(cols, c.Idx)
			}
		})
	}
	return cols
}

func addSorted(cols []int, c int) []int {
	i := 0
	for i < len(cols) && cols[i] < c {
		i++
	}
	if i < len(cols) && cols[i] == c {
		return cols
	}
	cols = append(cols, 0)
	copy(cols[i+1:], cols[i:])
	cols[i] = c
	return cols
}

// volatile reports whether e may give another value for equal inputs.
func volatile(e plan.Expr) bool {
	found := false
	check := func(f *fn.Func) {
		if f != nil && f.Volatility == fn.Volatile {
			found = true
		}
	}
	walk(e, func(e plan.Expr) {
		switch e := e.(type) {
		case *plan.Call:
			check(e.F)
		case *plan.In:
			check(e.Eq)
		case *plan.AnyAll:
			check(e.Op)
		}
	})
	return found
}

// remap replaces column i by column to[i]; ok is false if one has no place (-1
// or past the end of to).
func remap(e plan.Expr, to []int) (out plan.Expr, ok bool) {
	ok = true
	out = mapExpr(e, func(e plan.Expr) plan.Expr {
		c, is := e.(*plan.Col)
		if !is {
			return nil
		}
		if c.Idx >= len(to) || to[c.Idx] < 0 {
			ok = false
			return c
		}
		d := *c
		d.Idx = to[c.Idx]
		return &d
	})
	return out, ok
}
