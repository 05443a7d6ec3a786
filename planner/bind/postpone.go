package bind

import (
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/vec"
)

// postpone leaves volatile output columns to be computed after ORDER BY and LIMIT,
// so that nextval counts the rows that come out, in their order
// (make_sort_input_target of planner.c). The columns that they need are carried
// along as junk.
func (sel *selectState) postpone(s *ast.Select) {
	if len(sel.order) == 0 || s.Distinct || len(sel.on) > 0 {
		return
	}
	keys := map[int]bool{}
	for _, k := range sel.order {
		keys[k.target] = true
	}
	for i, n := 0, len(sel.targets); i < n; i++ {
		t := &sel.targets[i]
		if t.junk || keys[i] || !canWait(t.x) {
			continue
		}
		if sel.late == nil {
			sel.late = map[int]plan.Expr{}
		}
		x := t.x
		t.x = plan.NewConst(x.Type(), vec.Datum{Null: true})
		sel.late[i] = sel.carry(x)
	}
}

// canWait reports whether x is volatile and made of columns of its own query only.
func canWait(x plan.Expr) bool {
	if plan.Volatility(x) != fn.Volatile {
		return false
	}
	own := true
	plan.Walk(x, func(e plan.Expr) bool {
		if _, sub := e.(*plan.SubPlan); sub {
			own = false
		}
		return own
	})
	return own
}

// carry adds the columns of x as junk outputs and returns x over the outputs.
func (sel *selectState) carry(x plan.Expr) plan.Expr {
	y, _ := plan.Rewrite(x, func(e plan.Expr) (plan.Expr, error) {
		c, ok := e.(*plan.Col)
		if !ok {
			return nil, nil
		}
		for i, t := range sel.targets {
			if d, is := t.x.(*plan.Col); is && d.Idx == c.Idx {
				return plan.NewCol(i, c.Name, c.T), nil
			}
		}
		sel.targets = append(sel.targets, target{x: c, name: c.Name, junk: true})
		return plan.NewCol(len(sel.targets)-1, c.Name, c.T), nil
	})
	return y
}
