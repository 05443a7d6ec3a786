package rule

import "tagd/planner/plan"

// prune removes columns that nothing above reads. The root keeps its columns.
func prune(n plan.Node) plan.Node {
	need := make([]bool, len(n.Schema()))
	for i := range need {
		need[i] = true
	}
	out, _ := pruneTo(n, need)
	return out
}

func want(need []bool, es ...plan.Expr) {
	for _, e := range es {
		for _, c := range plan.Columns(e) {
			need[c] = true
		}
	}
}

// pruneTo returns n with at least the needed columns, and where each old column
// is now (-1: gone).
func pruneTo(n plan.Node, need []bool) (plan.Node, []int) {
	switch n := n.(type) {
	case *plan.Scan:
		return pruneScan(n, need)
	case *plan.Filter:
		sub := append([]bool(nil), need...)
		want(sub, n.Cond)
		in, at := pruneTo(n.Input, sub)
		c := &plan.Filter{Input: in, Cond: moved(n.Cond, at)}
		c.Fields = in.Schema()
		return c, at
	case *plan.Project:
		return pruneProject(n, need)
	case *plan.Sort:
		sub := append([]bool(nil), need...)
		for _, k := range n.Keys {
			sub[k.Col] = true
		}
		in, at := pruneTo(n.Input, sub)
		c := &plan.Sort{Input: in, Limit: n.Limit}
		c.Fields = in.Schema()
		for _, k := range n.Keys {
			k.Col = at[k.Col]
			c.Keys = append(c.Keys, k)
		}
		return c, at
	case *plan.Limit:
		sub := append([]bool(nil), need...)
		for _, k := range n.Ties {
			sub[k] = true
		}
		in, at := pruneTo(n.Input, sub)
		c := &plan.Limit{Input: in, Count: n.Count, Offset: n.Offset}
		c.Fields = in.Schema()
		for _, k := range n.Ties {
			c.Ties = append(c.Ties, at[k])
		}
		return c, at
	case *plan.Agg:
		sub := make([]bool, len(n.Input.Schema()))
		c := *n
		mapAgg(&c, func(e plan.Expr) plan.Expr { want(sub, e); return e })
		in, at := pruneTo(n.Input, sub)
		c.Input = in
		mapAgg(&c, func(e plan.Expr) plan.Expr { return moved(e, at) })
		return &c, identity(len(n.Fields))
	case *plan.Unnest:
		in, at, args, f := pruneRows(n.Input, n.Args, n.Fields, need)
		c := &plan.Unnest{Input: in, Args: args, Ordinality: n.Ordinality, Left: n.Left}
		c.Fields = f
		return c, at
	case *plan.Series:
		in, at, args, f := pruneRows(n.Input, n.Args, n.Fields, need)
		c := &plan.Series{Input: in, Args: args, Ordinality: n.Ordinality}
		c.Fields = f
		return c, at
	}
	return pruneMore(n, need)
}

// pruneMore handles the nodes of several inputs and their kin; of what it does
// not know all columns stay.
func pruneMore(n plan.Node, need []bool) (plan.Node, []int) {
	switch n := n.(type) {
	case *plan.Join:
		return pruneJoin(n, need)
	case *plan.Apply:
		return pruneApply(n, need)
	case *plan.Window:
		return pruneWindow(n, need)
	case *plan.FuncScan:
		var args []plan.Expr
		for _, c := range n.Calls {
			args = append(args, c.Args...)
		}
		in, at, args, f := pruneRows(n.Input, args, n.Fields, need)
		c := *n
		c.Input, c.Fields, c.Calls = in, f, append([]plan.SetCall(nil), n.Calls...)
		for i := range c.Calls {
			k := len(c.Calls[i].Args)
			c.Calls[i].Args, args = args[:k:k], args[k:]
		}
		return &c, at
	case *plan.Sample:
		in, at := pruneTo(n.Input, need)
		c := *n
		c.Input, c.Fields = in, in.Schema()
		return &c, at
	case *plan.With:
		c := *n
		c.CTEs = append([]plan.CTE(nil), n.CTEs...)
		for i := range c.CTEs {
			if c.CTEs[i].Plan != nil {
				c.CTEs[i].Plan = prune(c.CTEs[i].Plan)
			}
		}
		in, at := pruneTo(n.Input, need)
		c.Input, c.Fields = in, in.Schema()
		return &c, at
	}
	c := withChildren(n, prune)
	return c, identity(len(n.Schema()))
}

func identity(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}

func moved(e plan.Expr, at []int) plan.Expr {
	if e == nil {
		return nil
	}
	return plan.MapCols(e, func(c *plan.Col) plan.Expr {
		if at[c.Idx] == c.Idx {
			return c
		}
		return plan.NewCol(at[c.Idx], c.Name, c.T)
	})
}

func pruneScan(n *plan.Scan, need []bool) (plan.Node, []int) {
	c := *n
	c.Cols, c.Fields = nil, nil
	at := make([]int, len(n.Cols))
	for i, col := range n.Cols {
		at[i] = -1
		if need[i] {
			at[i] = len(c.Cols)
			c.Cols = append(c.Cols, col)
			c.Fields = append(c.Fields, n.Fields[i])
		}
	}
	return &c, at
}

func pruneProject(n *plan.Project, need []bool) (plan.Node, []int) {
	sub := make([]bool, len(n.Input.Schema()))
	at := make([]int, len(n.Exprs))
	c := &plan.Project{}
	for i, e := range n.Exprs {
		at[i] = -1
		if need[i] || plan.Volatility(e) == 2 {
			at[i] = len(c.Exprs)
			c.Exprs = append(c.Exprs, e)
			c.Fields = append(c.Fields, n.Fields[i])
			want(sub, e)
		}
	}
	in, from := pruneTo(n.Input, sub)
	c.Input = in
	for i, e := range c.Exprs {
		c.Exprs[i] = moved(e, from)
	}
	return c, at
}

// pruneRows prunes the input of a node that appends columns to its rows.
func pruneRows(in plan.Node, args []plan.Expr, fields []plan.Field, need []bool) (plan.Node, []int, []plan.Expr, []plan.Field) {
	w := len(in.Schema())
	sub := append([]bool(nil), need[:w]...)
	want(sub, args...)
	out, at := pruneTo(in, sub)
	at = append([]int(nil), at...)
	f := append([]plan.Field(nil), out.Schema()...)
	for i := w; i < len(fields); i++ {
		at = append(at, len(f))
		f = append(f, fields[i])
	}
	list := make([]plan.Expr, len(args))
	for i, e := range args {
		list[i] = moved(e, at)
	}
	return out, at, list, f
}
