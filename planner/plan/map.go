package plan

// mapper rebuilds a node; changed tells whether anything is not as it was.
type mapper struct {
	f       func(Node) Node
	g       func(Expr) Expr
	changed bool
}

// MapNode returns n with f put on every input and g on every expression of the
// node itself (both may be nil: nothing is changed). What g makes of the plans
// within expressions is its own affair, and the statements of CTEs that change
// data stay as they are. n itself is returned when nothing is different.
func MapNode(n Node, f func(Node) Node, g func(Expr) Expr) Node {
	m := mapper{f: f, g: g}
	c := m.rebuild(n)
	if c == nil || !m.changed {
		return n
	}
	return c
}

func (m *mapper) node(n Node) Node {
	if m.f == nil || n == nil {
		return n
	}
	c := m.f(n)
	m.changed = m.changed || c != n
	return c
}

func (m *mapper) expr(e Expr) Expr {
	if m.g == nil || e == nil {
		return e
	}
	c := m.g(e)
	m.changed = m.changed || c != e
	return c
}

func (m *mapper) exprs(es []Expr) []Expr {
	if es == nil || m.g == nil {
		return es
	}
	out := make([]Expr, len(es))
	for i, e := range es {
		out[i] = m.expr(e)
	}
	return out
}

// rebuild returns a copy of n, nil for a node without inputs and expressions.
func (m *mapper) rebuild(n Node) Node {
	switch n := n.(type) {
	case *Values:
		c := *n
		c.Rows = make([][]Expr, len(n.Rows))
		for i, r := range n.Rows {
			c.Rows[i] = m.exprs(r)
		}
		return &c
	case *Scan:
		c := *n
		c.Where, c.Set = m.expr(n.Where), m.rowSet(n.Set)
		return &c
	case *Unnest:
		c := *n
		c.Input, c.Args = m.node(n.Input), m.exprs(n.Args)
		return &c
	case *Series:
		c := *n
		c.Input, c.Args = m.node(n.Input), m.exprs(n.Args)
		return &c
	case *Filter:
		c := *n
		c.Input, c.Cond = m.node(n.Input), m.expr(n.Cond)
		return &c
	case *Project:
		c := *n
		c.Input, c.Exprs = m.node(n.Input), m.exprs(n.Exprs)
		return &c
	case *Agg:
		c := *m.agg(n)
		c.Input = m.node(n.Input)
		return &c
	case *CodeAgg:
		c := *n
		if s, ok := m.node(n.Scan).(*Scan); ok {
			c.Scan = s
		}
		c.Keys = append([]CodeKey(nil), n.Keys...)
		for i := range c.Keys {
			c.Keys[i].X = m.expr(c.Keys[i].X)
		}
		c.Fallback, c.Agg = m.node(n.Fallback), m.agg(n.Agg)
		return &c
	case *Distinct:
		c := *n
		c.Input = m.node(n.Input)
		return &c
	case *Sort:
		c := *n
		c.Input = m.node(n.Input)
		return &c
	case *Limit:
		c := *n
		c.Input, c.Count, c.Offset = m.node(n.Input), m.expr(n.Count), m.expr(n.Offset)
		return &c
	}
	return m.relational(n)
}

// relational is rebuild for the nodes of several inputs and their kin.
func (m *mapper) relational(n Node) Node {
	switch n := n.(type) {
	case *SetOp:
		c := *n
		c.L, c.R = m.node(n.L), m.node(n.R)
		return &c
	case *Join:
		c := *n
		c.L, c.R, c.Cond = m.node(n.L), m.node(n.R), m.expr(n.Cond)
		c.Keys = make([]JoinKey, len(n.Keys))
		for i, k := range n.Keys {
			c.Keys[i] = JoinKey{m.expr(k.L), m.expr(k.R), k.NullEq}
		}
		return &c
	case *Apply:
		c := *n
		c.L, c.R, c.Args, c.Cond = m.node(n.L), m.node(n.R), m.exprs(n.Args), m.expr(n.Cond)
		return &c
	case *With:
		c := *n
		c.CTEs = append([]CTE(nil), n.CTEs...)
		for i := range c.CTEs {
			c.CTEs[i].Plan = m.node(c.CTEs[i].Plan)
		}
		c.Input = m.node(n.Input)
		return &c
	case *Recursive:
		c := *n
		c.Init, c.Step = m.node(n.Init), m.node(n.Step)
		return &c
	case *Window:
		c := *n
		c.Input, c.Partition, c.Order = m.node(n.Input), m.exprs(n.Partition), m.sortExprs(n.Order)
		c.Calls = append([]WinCall(nil), n.Calls...)
		for i := range c.Calls {
			w := &c.Calls[i]
			w.Args, w.Filter = m.exprs(w.Args), m.expr(w.Filter)
			for _, b := range []*FrameBound{&w.Frame.Start, &w.Frame.End} {
				b.Offset, b.At = m.expr(b.Offset), m.expr(b.At)
			}
		}
		return &c
	case *FuncScan:
		c := *n
		c.Input, c.Calls = m.node(n.Input), append([]SetCall(nil), n.Calls...)
		for i := range c.Calls {
			c.Calls[i].Args = m.exprs(c.Calls[i].Args)
		}
		return &c
	case *Sample:
		c := *n
		c.Input, c.Percent, c.Seed = m.node(n.Input), m.expr(n.Percent), m.expr(n.Seed)
		return &c
	}
	return nil
}

// agg maps everything but the input.
func (m *mapper) agg(n *Agg) *Agg {
	c := *n
	c.Keys = m.exprs(n.Keys)
	c.Aggs = append([]AggCall(nil), n.Aggs...)
	for i := range c.Aggs {
		a := &c.Aggs[i]
		a.Args, a.Filter, a.OrderBy = m.exprs(a.Args), m.expr(a.Filter), m.sortExprs(a.OrderBy)
	}
	return &c
}

func (m *mapper) sortExprs(es []SortExpr) []SortExpr {
	out := append([]SortExpr(nil), es...)
	for i := range out {
		out[i].X = m.expr(out[i].X)
	}
	return out
}

func (m *mapper) rowSet(r *RowSet) *RowSet {
	if r == nil {
		return nil
	}
	c := *r
	c.Args = make([]*RowSet, len(r.Args))
	for i, a := range r.Args {
		c.Args[i] = m.rowSet(a)
	}
	if r.Leaf != nil {
		l := *r.Leaf
		l.X, l.Keys = m.expr(l.X), m.node(l.Keys)
		c.Leaf = &l
	}
	return &c
}

// EachExpr hands every expression of n and of the nodes below it to f, also
// those of key plans and fallbacks; not those in the plans of subqueries.
func EachExpr(n Node, f func(Expr)) {
	MapNode(n, func(k Node) Node {
		EachExpr(k, f)
		return k
	}, func(e Expr) Expr {
		f(e)
		return e
	})
}
