package op

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
)

// rewrite is plan.Rewrite by a function that cannot fail.
func rewrite(e plan.Expr, f func(plan.Expr) plan.Expr) plan.Expr {
	out, _ := plan.Rewrite(e, func(e plan.Expr) (plan.Expr, error) { return f(e), nil })
	return out
}

// exprCols returns the columns that es use, ascending.
func exprCols(es ...plan.Expr) []int {
	var cols []int
	for i, e := range es {
		if i == 0 {
			cols = plan.Columns(e)
			continue
		}
		for _, c := range plan.Columns(e) {
			cols = addSorted(cols, c)
		}
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
func volatile(e plan.Expr) bool { return plan.Volatility(e) == fn.Volatile }

// remap replaces column i by column to[i]; ok is false if one has no place (-1
// or past the end of to).
func remap(e plan.Expr, to []int) (out plan.Expr, ok bool) {
	ok = true
	out = plan.MapCols(e, func(c *plan.Col) plan.Expr {
		if c.Idx >= len(to) || to[c.Idx] < 0 {
			ok = false
			return c
		}
		return plan.NewCol(to[c.Idx], c.Name, c.T)
	})
	return out, ok
}
