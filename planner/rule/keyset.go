package rule

import (
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/types"
)

// selfKeys makes conditions of what statements say about one table over its
// primary key: x IN (SELECT key ...), EXISTS, self-joins, INTERSECT, UNION and
// EXCEPT of key lists are AND, OR and AND NOT of conditions on one scan, since a
// key names one row.
func selfKeys(n plan.Node) plan.Node {
	n = plan.MapNode(n, selfKeys, nil)
	switch c := n.(type) {
	case *plan.Join:
		d := *c
		d.L, d.R = asScan(c.L), asScan(c.R)
		c, n = &d, &d
		switch {
		case leftOnly(c.Kind):
			return selfSemi(c)
		case c.Kind == plan.JoinInner:
			return selfJoin(c)
		}
	case *plan.SetOp:
		return selfSetOp(c)
	}
	return n
}

// asScan takes a projection of plain columns into the scan below it.
func asScan(n plan.Node) plan.Node {
	p, ok := n.(*plan.Project)
	if !ok {
		return n
	}
	sc, ok := p.Input.(*plan.Scan)
	if !ok {
		return n
	}
	c := *sc
	c.Cols, c.Fields = nil, p.Fields
	for _, e := range p.Exprs {
		col, ok := e.(*plan.Col)
		if !ok {
			return n
		}
		c.Cols = append(c.Cols, sc.Cols[col.Idx])
	}
	return &c
}

// notTrue is the condition that x is false or NULL, with the negation moved down
// to where pages can answer it.
func notTrue(x plan.Expr) plan.Expr { return decided(x, plan.IsTrue) }

// decided is "x IS NOT what", what being TRUE or FALSE.
func decided(x plan.Expr, what plan.Is) plan.Expr {
	list := func(args []plan.Expr) []plan.Expr {
		out := make([]plan.Expr, len(args))
		for i, a := range args {
			out[i] = decided(a, what)
		}
		return out
	}
	switch x := x.(type) {
	case *plan.Not:
		return decided(x.X, plan.IsTrue+plan.IsFalse-what)
	case *plan.And:
		if what == plan.IsTrue {
			return plan.NewOr(list(x.Args)...)
		}
		return plan.NewAnd(list(x.Args)...)
	case *plan.Or:
		if what == plan.IsTrue {
			return plan.NewAnd(list(x.Args)...)
		}
		return plan.NewOr(list(x.Args)...)
	case *plan.IsTest:
		// Never NULL: not true is false.
		if what == plan.IsTrue && x.X.Type().IsRecord() {
			return plan.NewNot(x) // fields that are NULL in part
		}
		if what == plan.IsTrue {
			return plan.NewIs(x.X, x.What, !x.Negate)
		}
		return x
	}
	return plan.NewIs(x, what, true)
}

// keyList reads n as a list of rows of one table: the table's columns that its
// output columns are, and the condition of the rows (over the table's columns,
// nil: all).
func keyList(n plan.Node) (t *types.Table, cols []int, cond plan.Expr, ok bool) {
	switch n := n.(type) {
	case *plan.Scan:
		if n.Set != nil || n.Where != nil && (plan.Volatility(n.Where) == fn.Volatile || hasArg(n.Where)) {
			return nil, nil, nil, false
		}
		return n.Table, n.Cols, n.Where, true
	case *plan.Sort:
		return keyList(n.Input)
	case *plan.Distinct:
		if n.On != nil {
			return nil, nil, nil, false
		}
		return keyList(n.Input)
	case *plan.Project:
		t, in, cond, ok := keyList(n.Input)
		if !ok {
			return nil, nil, nil, false
		}
		for _, e := range n.Exprs {
			c, isCol := e.(*plan.Col)
			if !isCol {
				return nil, nil, nil, false
			}
			cols = append(cols, in[c.Idx])
		}
		return t, cols, cond, true
	}
	return nil, nil, nil, false
}

// keyOf finds the scan below a node that passes its rows on one by one, and the
// table's column that the node's output column i is.
func keyOf(n plan.Node, e plan.Expr) (*plan.Scan, int) {
	c, ok := e.(*plan.Col)
	if !ok {
		return nil, -1
	}
	switch n := n.(type) {
	case *plan.Scan:
		return n, n.Cols[c.Idx]
	case *plan.Filter:
		return keyOf(n.Input, e)
	case *plan.Project:
		return keyOf(n.Input, n.Exprs[c.Idx])
	case *plan.Unnest, *plan.Series, *plan.FuncScan:
		// Rows that are turned away need not be multiplied first.
		if in := n.Children()[0]; c.Idx < len(in.Schema()) {
			return keyOf(in, e)
		}
	}
	return nil, -1
}

// both is a AND b, what stands in both of them once.
func both(a, b plan.Expr) plan.Expr {
	if a == nil || b == nil {
		return plan.NewAnd(a, b)
	}
	out := append([]plan.Expr(nil), conjuncts(a)...)
	for _, c := range conjuncts(b) {
		dup := false
		for _, o := range out {
			dup = dup || plan.Equal(o, c)
		}
		if !dup {
			out = append(out, c)
		}
	}
	return plan.NewAnd(out...)
}

// addWhere adds a condition over the table's columns to the scan below n.
func addWhere(n plan.Node, cond plan.Expr) plan.Node {
	if sc, ok := n.(*plan.Scan); ok {
		c := *sc
		c.Where = both(sc.Where, cond)
		return &c
	}
	return plan.MapNode(n, func(in plan.Node) plan.Node { return addWhere(in, cond) }, nil)
}

// selfSemi is a semi or anti join of a table with a list of its own keys.
func selfSemi(j *plan.Join) plan.Node {
	if len(j.Keys) != 1 || j.Cond != nil {
		return j
	}
	sc, key := keyOf(j.L, j.Keys[0].L)
	c, isCol := j.Keys[0].R.(*plan.Col)
	if sc == nil || sc.Table.Key < 0 || key != sc.Table.Key || !isCol {
		return j
	}
	t, cols, cond, ok := keyList(j.R)
	if !ok || t != sc.Table || cols[c.Idx] != t.Key {
		return j
	}
	switch {
	case j.Kind == plan.JoinSemi && cond == nil:
		return j.L
	case j.Kind == plan.JoinSemi:
		return addWhere(j.L, cond)
	case cond == nil:
		return addWhere(j.L, boolean(false))
	}
	return addWhere(j.L, notTrue(cond))
}

// selfJoin is an inner join of two scans of one table on its key: each row meets
// itself.
func selfJoin(j *plan.Join) plan.Node {
	l, lok := j.L.(*plan.Scan)
	r, rok := j.R.(*plan.Scan)
	if !lok || !rok || l.Table != r.Table || l.Table.Key < 0 || l.Set != nil || r.Set != nil {
		return j
	}
	at := -1
	for i, k := range j.Keys {
		_, lk := keyOf(l, k.L)
		_, rk := keyOf(r, k.R)
		if lk == l.Table.Key && rk == l.Table.Key {
			at = i
		}
	}
	if at < 0 || r.Where != nil && plan.Volatility(r.Where) == fn.Volatile {
		return j
	}
	sc := *l
	sc.Where = both(l.Where, r.Where)
	sc.Cols = append(append([]int(nil), l.Cols...), r.Cols...)
	sc.Fields = j.Fields
	conds := []plan.Expr{}
	w := len(l.Cols)
	for i, k := range j.Keys {
		if i == at {
			continue
		}
		eq := fn.Equality(k.L.Type())
		if eq == nil {
			return j
		}
		conds = append(conds, plan.NewCall(eq, types.Of(types.Bool), -1, k.L, moveRight(k.R, w)))
	}
	if j.Cond != nil {
		conds = append(conds, j.Cond)
	}
	return filtered(&sc, conds)
}

// selfSetOp is INTERSECT, UNION or EXCEPT of lists of one table's rows that have
// the key among their columns.
func selfSetOp(s *plan.SetOp) plan.Node {
	lt, lc, lw, lok := keyList(s.L)
	rt, rc, rw, rok := keyList(s.R)
	if !lok || !rok || lt != rt || lt.Key < 0 || s.Op == ast.Union && s.All || len(lc) != len(rc) {
		return s
	}
	hasKey := false
	for i := range lc {
		if lc[i] != rc[i] || lc[i] < 0 {
			return s
		}
		hasKey = hasKey || lc[i] == lt.Key
	}
	if !hasKey {
		return s
	}
	var cond plan.Expr
	switch {
	case s.Op == ast.Intersect:
		cond = both(lw, rw)
	case s.Op == ast.Except && rw == nil:
		cond = boolean(false)
	case s.Op == ast.Except:
		cond = both(lw, notTrue(rw))
	case lw != nil && rw != nil:
		cond = plan.NewOr(lw, rw)
	}
	sc := &plan.Scan{Table: lt, Alias: lt.Name, Cols: lc, Where: cond, EstRows: -1}
	sc.Fields = s.Fields
	return sc
}

// keyLeaves answers semi and anti joins of a table's key with any list of keys
// through the key index: the list becomes a leaf of the scan's row set.
func keyLeaves(n plan.Node) plan.Node {
	n = plan.MapNode(n, keyLeaves, nil)
	j, ok := n.(*plan.Join)
	if !ok || !leftOnly(j.Kind) || len(j.Keys) != 1 || j.Cond != nil || j.Keys[0].NullEq || plan.UsesArgs(j.R) {
		return n
	}
	sc, key := keyOf(j.L, j.Keys[0].L)
	if sc == nil || sc.Table.Key < 0 || key != sc.Table.Key || sc.Where != nil && sc.Set == nil {
		return n
	}
	k := j.Keys[0].R
	if !k.Type().Same(j.Keys[0].L.Type()) && !(isText(k.Type()) && isText(j.Keys[0].L.Type())) {
		return n
	}
	r := j.R
	switch {
	case j.Kind == plan.JoinAnti:
		r = filtered(r, []plan.Expr{plan.NewIs(k, plan.IsNull, true)})
	case j.Kind == plan.JoinAntiNull && !neverNull(r, k):
		return n
	}
	p := &plan.Project{Input: r, Exprs: []plan.Expr{k}}
	p.Fields = []plan.Field{{Name: "key", Type: k.Type()}}
	leaf := &plan.RowSet{Op: plan.RowsLeaf, Leaf: &plan.RowLeaf{Keys: prune(p), Want: j.Kind == plan.JoinSemi, Cols: []int{key},
		Est: min(1, estimate(r)/max(sc.EstRows, 1))}}
	if !leaf.Leaf.Want {
		leaf.Leaf.Est = 1 - leaf.Leaf.Est
	}
	return addLeaf(j.L, leaf)
}

func addLeaf(n plan.Node, leaf *plan.RowSet) plan.Node {
	sc, ok := n.(*plan.Scan)
	if !ok {
		return plan.MapNode(n, func(in plan.Node) plan.Node { return addLeaf(in, leaf) }, nil)
	}
	c := *sc
	c.Set = leaf
	switch {
	case sc.Set == nil:
	case sc.Set.Op == plan.RowsAnd:
		c.Set = &plan.RowSet{Op: plan.RowsAnd, Args: append(append([]*plan.RowSet(nil), sc.Set.Args...), leaf)}
	case sc.Set.Op == plan.RowsNone:
		return sc
	case sc.Set.Op != plan.RowsAll:
		c.Set = &plan.RowSet{Op: plan.RowsAnd, Args: []*plan.RowSet{sc.Set, leaf}}
	}
	c.EstRows = sc.EstRows * leaf.Leaf.Est
	return &c
}

// neverNull reports whether a column of n is known to have no NULL.
func neverNull(n plan.Node, e plan.Expr) bool {
	c, ok := e.(*plan.Col)
	if !ok {
		return false
	}
	switch n := n.(type) {
	case *plan.Scan:
		t := n.Cols[c.Idx]
		return t < 0 || n.Table.Columns[t].NotNull || n.Where != nil && rejects(n.Where, func(i int) bool { return i == t })
	case *plan.Filter:
		return neverNull(n.Input, e) || rejects(n.Cond, func(i int) bool { return i == c.Idx })
	case *plan.Project:
		return neverNull(n.Input, n.Exprs[c.Idx])
	case *plan.Distinct:
		return neverNull(n.Input, e)
	case *plan.Sort:
		return neverNull(n.Input, e)
	case *plan.Limit:
		return neverNull(n.Input, e)
	}
	return false
}

// uniqueIn reports whether no two rows of n have the same value in a column.
func uniqueIn(n plan.Node, e plan.Expr) bool {
	c, ok := e.(*plan.Col)
	if !ok {
		return false
	}
	switch n := n.(type) {
	case *plan.Scan:
		return n.Cols[c.Idx] >= 0 && n.Cols[c.Idx] == n.Table.Key
	case *plan.Filter:
		return uniqueIn(n.Input, e)
	case *plan.Sort:
		return uniqueIn(n.Input, e)
	case *plan.Limit:
		return uniqueIn(n.Input, e)
	case *plan.Project:
		return uniqueIn(n.Input, n.Exprs[c.Idx])
	case *plan.Distinct:
		return n.On == nil && len(n.Fields) == 1 || uniqueIn(n.Input, e)
	case *plan.Agg:
		return len(n.Sets) == 1 && len(n.Keys) == 1 && c.Idx == 0
	case *plan.SetOp:
		return !n.All && len(n.Fields) == 1
	}
	return false
}
