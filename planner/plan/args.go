package plan

// MapArgs replaces the Args of n and its inputs that belong to the SubPlan or
// Apply around n; those inside SubPlans and the right sides of Applies are
// theirs. f returns nil to leave one as it is.
func MapArgs(n Node, f func(*Arg) Expr) Node {
	one := func(e Expr) Expr {
		out, _ := Rewrite(e, func(x Expr) (Expr, error) {
			if a, ok := x.(*Arg); ok {
				return f(a), nil
			}
			return nil, nil
		})
		return out
	}
	var walk func(Node) Node
	walk = func(n Node) Node {
		if a, ok := n.(*Apply); ok {
			c := *MapNode(a, nil, one).(*Apply)
			c.L = walk(a.L)
			return &c
		}
		return MapNode(n, walk, one)
	}
	return walk(n)
}

// VisitArgs calls f for every Arg that belongs to the SubPlan or Apply around n.
func VisitArgs(n Node, f func(*Arg)) {
	MapArgs(n, func(a *Arg) Expr {
		f(a)
		return nil
	})
}

// UsesArgs reports whether n depends on the row of a SubPlan or Apply around it.
func UsesArgs(n Node) bool {
	found := false
	VisitArgs(n, func(*Arg) { found = true })
	return found
}
