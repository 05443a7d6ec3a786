package rule

import (
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/types"
)

// joinOrder chooses the order of three and more inner joins: the largest input
// first, then always the smallest one that an equality connects with what is
// joined already, so that products come last.
func joinOrder(n plan.Node) plan.Node {
	if j, ok := n.(*plan.Join); ok && reorderable(j) {
		o := &order{}
		o.collect(j, 0)
		if len(o.rels) > 2 {
			return o.build(j)
		}
	}
	return plan.MapNode(n, joinOrder, nil)
}

func reorderable(j *plan.Join) bool {
	return j.Kind == plan.JoinInner && (j.Cond == nil || plan.Volatility(j.Cond) < fn.Volatile)
}

// order is a set of inner joins taken apart. Columns are numbered over all inputs
// in the order of writing.
type order struct {
	rels  []plan.Node
	base  []int // first column of each input
	width int
	keys  []plan.JoinKey
	conds []plan.Expr
	// Of the join so far: its inputs, its plan, and where the columns are.
	in   []bool
	node plan.Node
	at   []int
}

func (o *order) collect(n plan.Node, base int) {
	j, ok := n.(*plan.Join)
	if !ok || !reorderable(j) {
		o.rels, o.base = append(o.rels, joinOrder(n)), append(o.base, base)
		o.width = base + len(n.Schema())
		return
	}
	w := len(j.L.Schema())
	o.collect(j.L, base)
	o.collect(j.R, base+w)
	for _, k := range j.Keys {
		o.keys = append(o.keys, plan.JoinKey{L: moveRight(k.L, base), R: moveRight(k.R, base+w), NullEq: k.NullEq})
	}
	if j.Cond != nil {
		for _, c := range conjuncts(j.Cond) {
			o.conds = append(o.conds, moveRight(c, base))
		}
	}
}

// rel is the input that a column is of.
func (o *order) rel(col int) int {
	i := len(o.base) - 1
	for o.base[i] > col {
		i--
	}
	return i
}

// within reports whether e is about inputs that are joined, or about next.
func (o *order) within(e plan.Expr, joined bool, next int) bool {
	for _, c := range plan.Columns(e) {
		if r := o.rel(c); r != next && !(joined && o.in[r]) {
			return false
		}
	}
	return true
}

// connects reports how a key joins input i to what is joined: as it is, turned
// around, or not.
func (o *order) connects(k plan.JoinKey, i int) (key plan.JoinKey, ok bool) {
	switch {
	case o.within(k.L, true, -1) && o.within(k.R, false, i):
		return k, true
	case o.within(k.R, true, -1) && o.within(k.L, false, i):
		return plan.JoinKey{L: k.R, R: k.L, NullEq: k.NullEq}, true
	}
	return k, false
}

func (o *order) build(j *plan.Join) plan.Node {
	o.in, o.at = make([]bool, len(o.rels)), make([]int, o.width)
	first := 0
	for i, r := range o.rels {
		if estimate(r) > estimate(o.rels[first]) {
			first = i
		}
	}
	o.take(first, o.rels[first])
	for n := 1; n < len(o.rels); n++ {
		o.add(o.next())
	}
	for _, k := range o.keys { // of one input, or of three
		if eq := fn.Equality(k.L.Type()); eq != nil {
			o.conds = append(o.conds, plan.NewCall(eq, types.Of(types.Bool), -1, k.L, k.R))
		}
	}
	for i, c := range o.conds {
		o.conds[i] = moved(c, o.at)
	}
	p := &plan.Project{Input: filtered(o.node, o.conds)}
	for i, f := range j.Fields {
		p.Exprs = append(p.Exprs, plan.NewCol(o.at[i], f.Name, f.Type))
	}
	p.Fields = j.Fields
	return p
}

// take puts the columns of input i at the end of the join's.
func (o *order) take(i int, n plan.Node) {
	w := 0
	if o.node != nil {
		w = len(o.node.Schema())
	}
	for c := range o.rels[i].Schema() {
		o.at[o.base[i]+c] = w + c
	}
	o.in[i], o.node = true, n
}

// next is the input to be joined.
func (o *order) next() int {
	best, connected := -1, false
	for i, r := range o.rels {
		if o.in[i] {
			continue
		}
		c := false
		for _, k := range o.keys {
			_, ok := o.connects(k, i)
			c = c || ok
		}
		if best < 0 || c && !connected || c == connected && estimate(r) < estimate(o.rels[best]) {
			best, connected = i, c
		}
	}
	return best
}

// add joins input i.
func (o *order) add(i int) {
	j := &plan.Join{Kind: plan.JoinInner, L: o.node, R: o.rels[i]}
	j.Fields = append(append([]plan.Field(nil), o.node.Schema()...), o.rels[i].Schema()...)
	var keys []plan.JoinKey
	for _, k := range o.keys {
		key, ok := o.connects(k, i)
		if !ok {
			keys = append(keys, k)
			continue
		}
		j.Keys = append(j.Keys, plan.JoinKey{L: moved(key.L, o.at), R: moveLeft(key.R, o.base[i]), NullEq: key.NullEq})
	}
	o.keys = keys
	var conds, now []plan.Expr
	for _, c := range o.conds {
		if o.within(c, true, i) {
			now = append(now, c)
		} else {
			conds = append(conds, c)
		}
	}
	o.conds = conds
	o.take(i, j)
	for k, c := range now {
		now[k] = moved(c, o.at)
	}
	j.Cond = plan.NewAnd(now...)
}
