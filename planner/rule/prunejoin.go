package rule

import (
	"tagd/planner/plan"
	"tagd/sql/vec"
)

// sides splits the columns of a join over its inputs.
func sides(need []bool, l, r plan.Node) (nl, nr []bool) {
	nl = append([]bool(nil), need[:min(len(need), len(l.Schema()))]...)
	nr = make([]bool, len(r.Schema()))
	if len(need) > len(nl) {
		copy(nr, need[len(nl):])
	}
	return nl, nr
}

// wantSides marks the columns of a condition over both inputs.
func wantSides(nl, nr []bool, e plan.Expr) {
	for _, c := range plan.Columns(e) {
		if c < len(nl) {
			nl[c] = true
		} else {
			nr[c-len(nl)] = true
		}
	}
}

// joinedAt is where the columns of both inputs are in the join of the pruned
// ones.
func joinedAt(l plan.Node, la, ra []int) []int {
	at := append([]int(nil), la...)
	w := len(l.Schema())
	for _, a := range ra {
		if a >= 0 {
			a += w
		}
		at = append(at, a)
	}
	return at
}

// leftOnly reports whether the output of a join is that of its left input.
func leftOnly(k plan.JoinKind) bool {
	return k == plan.JoinSemi || k == plan.JoinAnti || k == plan.JoinAntiNull
}

func joinFields(k plan.JoinKind, l, r plan.Node) []plan.Field {
	f := append([]plan.Field(nil), l.Schema()...)
	if leftOnly(k) {
		return f
	}
	return append(f, r.Schema()...)
}

// toSemi makes a semi join of a join with a list of keys, each there once, of
// which nothing else is asked: the key itself is the left side's, too, if values
// that are equal are the same.
func toSemi(n *plan.Join, need []bool) (plan.Node, []int) {
	if n.Kind != plan.JoinInner || len(n.Keys) != 1 || n.Cond != nil || n.Keys[0].NullEq || !uniqueIn(n.R, n.Keys[0].R) {
		return nil, nil
	}
	l, lok := n.Keys[0].L.(*plan.Col)
	r, rok := n.Keys[0].R.(*plan.Col)
	w := len(n.L.Schema())
	if !lok || !rok || l.T != r.T {
		return nil, nil
	}
	for i := w; i < len(need); i++ {
		if need[i] && (i != w+r.Idx || !vec.EqualIsSame(r.T)) {
			return nil, nil
		}
	}
	semi := *n
	semi.Kind, semi.Fields = plan.JoinSemi, n.L.Schema()
	left := append([]bool(nil), need[:w]...)
	left[l.Idx] = left[l.Idx] || w+r.Idx < len(need) && need[w+r.Idx]
	out, at := pruneJoin(&semi, left)
	at = append([]int(nil), at...)
	for i := w; i < len(need); i++ {
		at = append(at, -1)
	}
	if w+r.Idx < len(at) {
		at[w+r.Idx] = at[l.Idx]
	}
	return out, at
}

func pruneJoin(n *plan.Join, need []bool) (plan.Node, []int) {
	if s, at := toSemi(n, need); s != nil {
		return s, at
	}
	nl, nr := sides(need, n.L, n.R)
	wantSides(nl, nr, n.Cond)
	for _, k := range n.Keys {
		want(nl, k.L)
		want(nr, k.R)
	}
	c := *n
	var la, ra []int
	c.L, la = pruneTo(n.L, nl)
	c.R, ra = pruneTo(n.R, nr)
	at := joinedAt(c.L, la, ra)
	c.Cond = moved(n.Cond, at)
	c.Keys = append([]plan.JoinKey(nil), n.Keys...)
	for i := range c.Keys {
		c.Keys[i].L, c.Keys[i].R = moved(c.Keys[i].L, la), moved(c.Keys[i].R, ra)
	}
	c.Fields = joinFields(n.Kind, c.L, c.R)
	return &c, at[:len(need)]
}

func pruneApply(n *plan.Apply, need []bool) (plan.Node, []int) {
	nl, nr := sides(need, n.L, n.R)
	wantSides(nl, nr, n.Cond)
	want(nl, n.Args...)
	c := *n
	var la, ra []int
	c.L, la = pruneTo(n.L, nl)
	c.R, ra = pruneTo(n.R, nr)
	at := joinedAt(c.L, la, ra)
	c.Cond = moved(n.Cond, at)
	c.Args = append([]plan.Expr(nil), n.Args...)
	for i := range c.Args {
		c.Args[i] = moved(c.Args[i], la)
	}
	c.Fields = joinFields(n.Kind, c.L, c.R)
	return &c, at[:len(need)]
}

func pruneWindow(n *plan.Window, need []bool) (plan.Node, []int) {
	w := len(n.Input.Schema())
	sub := append([]bool(nil), need[:w]...)
	for _, e := range windowExprs(n) {
		want(sub, e)
	}
	in, at := pruneTo(n.Input, sub)
	c := mapWindow(n, func(e plan.Expr) plan.Expr { return moved(e, at) })
	c.Input = in
	at = append([]int(nil), at...)
	c.Fields = append([]plan.Field(nil), in.Schema()...)
	for i := range n.Calls {
		at = append(at, len(c.Fields))
		c.Fields = append(c.Fields, n.Fields[w+i])
	}
	return c, at
}

// windowExprs are the expressions of a window over its input.
func windowExprs(n *plan.Window) []plan.Expr {
	var out []plan.Expr
	mapWindow(n, func(e plan.Expr) plan.Expr {
		out = append(out, e)
		return e
	})
	return out
}

// mapWindow replaces the expressions over the input; the bounds of RANGE frames
// are over other columns.
func mapWindow(n *plan.Window, f func(plan.Expr) plan.Expr) *plan.Window {
	c := *n
	c.Partition = append([]plan.Expr(nil), n.Partition...)
	for i := range c.Partition {
		c.Partition[i] = f(c.Partition[i])
	}
	c.Order = append([]plan.SortExpr(nil), n.Order...)
	for i := range c.Order {
		c.Order[i].X = f(c.Order[i].X)
	}
	c.Calls = append([]plan.WinCall(nil), n.Calls...)
	for i := range c.Calls {
		k := &c.Calls[i]
		k.Args = append([]plan.Expr(nil), k.Args...)
		for j := range k.Args {
			k.Args[j] = f(k.Args[j])
		}
		if k.Filter != nil {
			k.Filter = f(k.Filter)
		}
	}
	return &c
}
