package bind

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// srfCall is a set-returning call in the select list.
func (b *binder) srfCall(s *scope, e *ast.Func, name string) (plan.Expr, error) {
	const hint = "You might be able to move the set-returning function into a LATERAL FROM item."
	refuse := func(format string, args ...any) *sqlerr.Error {
		return sqlerr.At(e.Pos(), pgerrcode.FeatureNotSupported, format, args...)
	}
	switch {
	case s.inAgg:
		return nil, refuse("aggregate function calls cannot contain set-returning function calls").WithHint(hint)
	case s.inWin:
		return nil, refuse("window function calls cannot contain set-returning function calls").WithHint(hint)
	case s.what == "functions in FROM":
		return nil, refuse("set-returning functions must appear at top level of FROM")
	case s.lazy != "":
		return nil, refuse("set-returning functions are not allowed in %s", s.lazy).WithHint(hint)
	case s.sel == nil || !s.srf:
		what := s.what
		if what == "" {
			what = "HAVING"
		}
		return nil, refuse("set-returning functions are not allowed in %s", what)
	}
	call, err := b.setFunc(s, e, name)
	if err != nil {
		return nil, err
	}
	if len(call.cols) == 0 {
		return nil, sqlerr.At(e.Pos(), pgerrcode.FeatureNotSupported, "function returning record called in context that cannot accept type record")
	}
	sel := s.sel
	for _, a := range call.args {
		for _, c := range plan.Columns(a) {
			if c >= srfBase && c < winBase {
				call.level = max(call.level, sel.srfAt(c-srfBase).level+1)
			}
		}
	}
	call.first = sel.srfCols
	sel.srfCols += len(call.cols)
	sel.srfs = append(sel.srfs, call)
	xs, names := make([]plan.Expr, len(call.cols)), make([]string, len(call.cols))
	for i, c := range call.cols {
		n := c.Name
		if n == "" {
			n = name
		}
		xs[i], names[i] = plan.NewCol(srfBase+call.first+i, n, c.Type), c.Name
	}
	if len(xs) == 1 {
		return xs[0], nil
	}
	return plan.NewRow(xs, names), nil
}

// srfAt is the call that makes the placeholder column i.
func (st *selectState) srfAt(i int) *setFunc {
	for k := range st.srfs {
		if c := &st.srfs[k]; i >= c.first && i < c.first+len(c.cols) {
			return c
		}
	}
	return nil
}

// reuseSRFs drops the set-returning calls from number before on, those of x, that
// the select has already, and lets x read the earlier ones.
func (st *selectState) reuseSRFs(x plan.Expr, before int) plan.Expr {
	to := map[int]int{}
	move := func(e plan.Expr) plan.Expr {
		return plan.MapCols(e, func(c *plan.Col) plan.Expr {
			if i, ok := to[c.Idx]; ok {
				return plan.NewCol(i, c.Name, c.T)
			}
			return c
		})
	}
	kept := st.srfs[:before:before]
	for _, call := range st.srfs[before:] {
		args := make([]plan.Expr, len(call.args))
		for i, a := range call.args {
			args[i] = move(a)
		}
		call.args = args
		same := slices.IndexFunc(kept, func(o setFunc) bool { return o.f == call.f && o.level == call.level && equalAll(o.args, call.args) })
		if same < 0 {
			kept = append(kept, call)
			continue
		}
		for i := range call.cols {
			to[srfBase+call.first+i] = srfBase + kept[same].first + i
		}
	}
	st.srfs = kept
	if len(to) == 0 {
		return x
	}
	return move(x)
}

// srfPlan appends the rows of set-returning calls, those of one level of nesting
// side by side, and returns where each placeholder column is.
func srfPlan(sel *selectState, in plan.Node) (plan.Node, func(plan.Expr) plan.Expr) {
	at := map[int]int{}
	move := func(e plan.Expr) plan.Expr {
		if e == nil {
			return nil
		}
		return plan.MapCols(e, func(c *plan.Col) plan.Expr {
			if i, ok := at[c.Idx-srfBase]; ok && c.Idx >= srfBase && c.Idx < winBase {
				return plan.NewCol(i, c.Name, c.T)
			}
			return c
		})
	}
	for level, left := 0, len(sel.srfs); left > 0; level++ {
		var calls []setFunc
		var cols []plan.Field
		for _, c := range sel.srfs {
			if c.level != level {
				continue
			}
			args := make([]plan.Expr, len(c.args))
			for i, a := range c.args {
				args[i] = move(a)
			}
			c.args = args
			calls = append(calls, c)
		}
		w := len(in.Schema())
		for _, c := range calls {
			for i, k := range c.cols {
				if k.Name == "" {
					k.Name = c.name
				}
				at[c.first+i] = w + len(cols)
				cols = append(cols, plan.Field{Name: k.Name, Type: k.Type})
			}
		}
		left -= len(calls)
		if len(calls) > 0 {
			in = setNode(in, calls, cols, false, false)
		}
	}
	return in, move
}
