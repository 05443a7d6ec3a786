package rule

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/types"
)

// scanSet makes the row-set form of a scan's condition and its estimate. sc must
// be a copy.
func (r *rewriter) scanSet(sc *plan.Scan) {
	stats := r.cat.Stats(sc.Table)
	rows := 1000.0
	if stats != nil {
		rows = float64(stats.Rows())
	}
	sc.EstRows = rows
	if sc.Where == nil {
		return
	}
	if r.o.NoBitmaps || plan.Volatility(sc.Where) == fn.Volatile {
		return
	}
	e := &estimator{sc.Table, stats, rows}
	sc.Set = e.rowSet(sc.Where, true)
	sc.EstRows = rows * fraction(sc.Set)
}

// rowSet is the rows for which x is true (want) or false: three-valued logic is
// resolved by asking each operand for the side that decides.
func (e *estimator) rowSet(x plan.Expr, want bool) *plan.RowSet {
	switch x := x.(type) {
	case *plan.Const:
		if !x.V.Null && (x.V.I != 0) == want {
			return &plan.RowSet{Op: plan.RowsAll}
		}
		return &plan.RowSet{Op: plan.RowsNone}
	case *plan.Not:
		return e.rowSet(x.X, !want)
	case *plan.And:
		return e.combine(x, x.Args, want, want)
	case *plan.Or:
		return e.combine(x, x.Args, want, !want)
	case *plan.IsTest:
		// Only "IS TRUE" and "IS FALSE" asked for what they say are the operand's
		// own sets; their complements take the NULLs too and stay leaves.
		if x.What != plan.IsNull && x.What != plan.IsUnknown && x.Negate != want && len(plan.Columns(x)) > 1 {
			return e.rowSet(x.X, x.What == plan.IsTrue)
		}
	}
	return e.leaf(x, want)
}

func (e *estimator) leaf(x plan.Expr, want bool) *plan.RowSet {
	return &plan.RowSet{Op: plan.RowsLeaf, Leaf: &plan.RowLeaf{X: x, Want: want, Cols: plan.Columns(x), Est: e.estimate(x, want)}}
}

// combine joins operands; conj tells whether the wanted side is a conjunction.
// Operands over the same single column become one leaf, so that a range or a
// list of values is answered at once.
func (e *estimator) combine(x plan.Expr, args []plan.Expr, want, conj bool) *plan.RowSet {
	op := plan.RowsAnd
	if !conj {
		op = plan.RowsOr
	}
	groups := sameColumn(args)
	if len(groups) == 1 && len(groups[0]) == len(args) && len(plan.Columns(x)) == 1 {
		return e.leaf(x, want)
	}
	out := &plan.RowSet{Op: op}
	for _, g := range groups {
		arg := g[0]
		if len(g) > 1 {
			if _, ok := x.(*plan.And); ok {
				arg = plan.NewAnd(g...)
			} else {
				arg = plan.NewOr(g...)
			}
		}
		s := e.rowSet(arg, want)
		switch {
		case s.Op == plan.RowsAll && !conj || s.Op == plan.RowsNone && conj:
			return s
		case s.Op == plan.RowsAll || s.Op == plan.RowsNone:
		case s.Op == op:
			out.Args = append(out.Args, s.Args...)
		default:
			out.Args = append(out.Args, s)
		}
	}
	switch len(out.Args) {
	case 0:
		if conj {
			return &plan.RowSet{Op: plan.RowsAll}
		}
		return &plan.RowSet{Op: plan.RowsNone}
	case 1:
		return out.Args[0]
	}
	return out
}

// sameColumn groups operands that use the same single column, in order of first
// appearance; others stay alone. Array columns are not grouped: their operators
// have pages of their own.
func sameColumn(args []plan.Expr) [][]plan.Expr {
	var out [][]plan.Expr
	at := map[int]int{}
	for _, a := range args {
		cols := plan.Columns(a)
		if len(cols) == 1 && !usesArray(a) {
			if i, ok := at[cols[0]]; ok {
				out[i] = append(out[i], a)
				continue
			}
			at[cols[0]] = len(out)
		}
		out = append(out, []plan.Expr{a})
	}
	return out
}

func usesArray(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		if c, ok := x.(*plan.Col); ok {
			found = found || c.T.Array || c.T.Kind == types.Invalid
		}
		return !found
	})
	return found
}
