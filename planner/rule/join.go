package rule

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/types"
)

// sideOf tells which inputs of a join, the left one of w columns, a condition is
// about; one without columns is about neither.
func sideOf(e plan.Expr, w int) (left, right bool) {
	for _, c := range plan.Columns(e) {
		if c < w {
			left = true
		} else {
			right = true
		}
	}
	return left, right
}

// moveLeft renumbers the columns of the right input for that input.
func moveLeft(e plan.Expr, w int) plan.Expr {
	return plan.MapCols(e, func(c *plan.Col) plan.Expr { return plan.NewCol(c.Idx-w, c.Name, c.T) })
}

// moveRight renumbers the columns of an input for the join that has it as its
// right one.
func moveRight(e plan.Expr, w int) plan.Expr { return moveLeft(e, -w) }

func filtered(in plan.Node, conds []plan.Expr) plan.Node {
	if len(conds) == 0 {
		return in
	}
	f := &plan.Filter{Input: in, Cond: plan.NewAnd(conds...)}
	f.Fields = in.Schema()
	return f
}

func hasSubPlan(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		_, is := x.(*plan.SubPlan)
		found = found || is
		return !found
	})
	return found
}

// pushJoin moves the conjuncts of a filter over a join into the join or below
// it; ok is false if none can go.
func pushJoin(f *plan.Filter, j *plan.Join) (plan.Node, bool) {
	w := len(j.L.Schema())
	kind := simplified(j.Kind, conjuncts(f.Cond), w)
	var l, r, on, stay []plan.Expr
	for _, c := range conjuncts(f.Cond) {
		left, right := sideOf(c, w)
		switch {
		case plan.Volatility(c) == fn.Volatile || !left && !right:
			stay = append(stay, c)
		case left && !right && kind != plan.JoinRight && kind != plan.JoinFull:
			l = append(l, c)
		case right && !left && (kind == plan.JoinInner || kind == plan.JoinRight):
			r = append(r, moveLeft(c, w))
		case left && right && kind == plan.JoinInner && !hasSubPlan(c):
			on = append(on, c)
		default:
			stay = append(stay, c)
		}
	}
	if len(l)+len(r)+len(on) == 0 && kind == j.Kind {
		return f, false
	}
	c := *j
	c.Kind = kind
	c.L, c.R = filtered(j.L, l), filtered(j.R, r)
	c.Cond = plan.NewAnd(append([]plan.Expr{j.Cond}, on...)...)
	return filtered(&c, stay), true
}

// pushApply does the same for a lateral join.
func pushApply(f *plan.Filter, j *plan.Apply) (plan.Node, bool) {
	w := len(j.L.Schema())
	kind := simplified(j.Kind, conjuncts(f.Cond), w)
	var l, r, stay []plan.Expr
	for _, c := range conjuncts(f.Cond) {
		left, right := sideOf(c, w)
		switch {
		case plan.Volatility(c) == fn.Volatile:
			stay = append(stay, c)
		case left && !right:
			l = append(l, c)
		case right && !left && kind == plan.JoinInner && !hasSubPlan(c) && !hasArg(c):
			r = append(r, moveLeft(c, w))
		default:
			stay = append(stay, c)
		}
	}
	if len(l)+len(r) == 0 && kind == j.Kind {
		return f, false
	}
	c := *j
	c.Kind = kind
	c.L, c.R = filtered(j.L, l), filtered(j.R, r)
	return filtered(&c, stay), true
}

// hasArg reports whether e depends on a row of a SubPlan or Apply around.
func hasArg(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		_, is := x.(*plan.Arg)
		found = found || is
		return !found
	})
	return found
}

// simplified makes an outer join an inner one where the conditions over it turn
// away the rows that it would fill up.
func simplified(k plan.JoinKind, conds []plan.Expr, w int) plan.JoinKind {
	left, right := false, false
	for _, c := range conds {
		left = left || rejects(c, func(i int) bool { return i < w })
		right = right || rejects(c, func(i int) bool { return i >= w })
	}
	switch {
	case k == plan.JoinFull && left && right, k == plan.JoinLeft && right, k == plan.JoinRight && left:
		return plan.JoinInner
	case k == plan.JoinFull && left:
		return plan.JoinLeft
	case k == plan.JoinFull && right:
		return plan.JoinRight
	}
	return k
}

// rejects reports whether e is not true where all columns of a side are NULL.
func rejects(e plan.Expr, side func(int) bool) bool {
	switch e := e.(type) {
	case *plan.And:
		for _, a := range e.Args {
			if rejects(a, side) {
				return true
			}
		}
		return false
	case *plan.Or:
		for _, a := range e.Args {
			if !rejects(a, side) {
				return false
			}
		}
		return true
	case *plan.Not:
		return nullFrom(e.X, side)
	case *plan.IsTest:
		switch {
		case e.What == plan.IsNull || e.What == plan.IsUnknown:
			return e.Negate && nullFrom(e.X, side)
		case !e.Negate && e.What == plan.IsTrue:
			return rejects(e.X, side)
		}
		return !e.Negate && nullFrom(e.X, side)
	}
	return nullFrom(e, side)
}

// nullFrom reports whether e is NULL where all columns of a side are.
func nullFrom(e plan.Expr, side func(int) bool) bool {
	switch e := e.(type) {
	case *plan.Col:
		return side(e.Idx)
	case *plan.Call:
		if !e.F.Strict {
			return false
		}
		for _, a := range e.Args {
			if nullFrom(a, side) {
				return true
			}
		}
	case *plan.Not:
		return nullFrom(e.X, side)
	case *plan.In:
		return len(e.List) > 0 && nullFrom(e.X, side)
	}
	return false
}

// joinConds moves the conditions of joins to the inputs that they are about, and
// finds the equalities that can be looked up.
func (r *rewriter) joinConds(j *plan.Join) plan.Node {
	w := len(j.L.Schema())
	var l, rr, stay []plan.Expr
	toLeft := j.Kind == plan.JoinInner || j.Kind == plan.JoinRight || j.Kind == plan.JoinSemi
	toRight := j.Kind == plan.JoinInner || j.Kind == plan.JoinLeft || j.Kind == plan.JoinSemi || j.Kind == plan.JoinAnti
	keys := append([]plan.JoinKey(nil), j.Keys...)
	if j.Cond == nil {
		return j
	}
	if never(j.Cond) && toRight {
		c := *j
		c.R, c.Cond, c.Keys = empty(j.R), nil, nil
		return &c
	}
	for _, c := range conjuncts(j.Cond) {
		left, right := sideOf(c, w)
		volatile := plan.Volatility(c) == fn.Volatile
		if k, ok := c.(*plan.Const); ok && !k.V.Null && k.V.I != 0 {
			continue
		}
		switch {
		case volatile:
			stay = append(stay, c)
		case left && !right && toLeft:
			l = append(l, c)
		case right && !left && toRight:
			rr = append(rr, moveLeft(c, w))
		default:
			if k, ok := joinKey(c, w); ok {
				keys = append(keys, k)
			} else {
				stay = append(stay, c)
			}
		}
	}
	c := *j
	c.L, c.R, c.Keys, c.Cond = filtered(j.L, l), filtered(j.R, rr), keys, plan.NewAnd(stay...)
	return &c
}

// joinKey reads l = r, each side about one input, as a key.
func joinKey(e plan.Expr, w int) (plan.JoinKey, bool) {
	none := plan.JoinKey{}
	c, ok := e.(*plan.Call)
	if !ok || c.F.Name != "=" || len(c.Args) != 2 || hasSubPlan(e) || hasArg(e) {
		return none, false
	}
	a, b := c.Args[0], c.Args[1]
	al, ar := sideOf(a, w)
	bl, br := sideOf(b, w)
	switch {
	case al && !ar && br && !bl:
	case ar && !al && bl && !br:
		a, b = b, a
	default:
		return none, false
	}
	a, b, ok = sameKind(a, moveLeft(b, w))
	return plan.JoinKey{L: a, R: b}, ok
}

// sameKind converts two sides of an equality to one type if that keeps its
// meaning.
func sameKind(a, b plan.Expr) (plan.Expr, plan.Expr, bool) {
	ta, tb := a.Type(), b.Type()
	if ta.Same(tb) || isText(ta) && isText(tb) {
		return a, b, true
	}
	to := types.Type{}
	switch {
	case isInt(ta) && isInt(tb):
		to = types.Of(types.Int8)
	case isFloat(ta) && isFloat(tb):
		to = types.Of(types.Float8)
	default:
		return nil, nil, false
	}
	both := []plan.Expr{a, b}
	for i, x := range both {
		if x.Type().Same(to) {
			continue
		}
		f, ok := fn.FindCast(x.Type().Base(), to, fn.CastImplicit)
		if !ok {
			return nil, nil, false
		}
		if f != nil { // nil: the values are the same
			both[i] = plan.NewCall(f, to, -1, x)
		}
	}
	return both[0], both[1], true
}

func isInt(t types.Type) bool {
	return !t.Array && (t.Kind == types.Int2 || t.Kind == types.Int4 || t.Kind == types.Int8)
}

func isFloat(t types.Type) bool {
	return !t.Array && (t.Kind == types.Float4 || t.Kind == types.Float8)
}

func isText(t types.Type) bool {
	return !t.Array && (t.Kind == types.Text || t.Kind == types.Varchar)
}
