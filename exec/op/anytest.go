package op

import (
	"context"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// anyTest is the right side of ANY or ALL: the distinct rows of the subquery,
// hashed when the test is a conjunction of equalities (or, for ALL, a
// disjunction of inequalities: its negation).
type anyTest struct {
	x     *plan.SubPlan
	t     *joinTable
	left  []plan.Expr // keys over Left; nil: not hashed
	find  *finder
	cond  *condition // the test, when not hashed
	inner held
}

func (a *anyTest) close() {
	if a != nil {
		a.t.mem.free()
		a.inner.free()
	}
}

// quantified is ANY and ALL.
func (s *subquery) quantified(args, left []*vec.Vector, n int) (*vec.Vector, error) {
	if len(args) == 0 {
		if s.any == nil {
			a, err := s.newAnyTest(s.x.Plan)
			if err != nil {
				return nil, err
			}
			s.any = a
		}
		return s.any.run(s.q, left, n)
	}
	ts := make([]types.Type, len(args))
	for i, v := range args {
		ts[i] = v.Type
	}
	groups := newExactTable(ts)
	rows := make([][]int32, 0, 16)
	for i, g := range groups.groups(args, n, nil) {
		if int(g) == len(rows) {
			rows = append(rows, nil)
		}
		rows[g] = append(rows[g], int32(i))
	}
	out := vec.New(types.Of(types.Bool), n)
	for _, idx := range rows {
		parts := [][]int32{idx}
		if !s.keep {
			parts = parts[:0]
			for i := range idx {
				parts = append(parts, idx[i:i+1])
			}
		}
		for _, idx := range parts {
			if err := s.forArgs(args, left, idx, out); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// forArgs answers the rows idx, which have the same arguments.
func (s *subquery) forArgs(args, left []*vec.Vector, idx []int32, out *vec.Vector) error {
	a, err := s.newAnyTest(bindArgs(s.x.Plan, datums(args, int(idx[0]))))
	if err != nil {
		return err
	}
	defer a.close()
	v, err := a.run(s.q, gatherAll(left, idx), len(idx))
	if err != nil {
		return err
	}
	v = v.Flat()
	for k, i := range idx {
		out.I64[i] = v.I64[k]
		if v.IsNull(k) {
			out.SetNull(int(i))
		}
	}
	return nil
}

// newAnyTest runs n and prepares its rows.
func (s *subquery) newAnyTest(n plan.Node) (*anyTest, error) {
	a := &anyTest{x: s.x, inner: held{acc: s.q.Mem}}
	d := &plan.Distinct{Input: n}
	d.Fields = n.Schema()
	var run plan.Node = d
	if len(d.Fields) == 0 || s.q.Stats != nil {
		run = n
	}
	rows, err := s.q.collect(s.q.context(), s.x.Plan, run, &a.inner)
	if err == nil {
		err = a.build(s.q, rows)
	}
	a.inner.free() // the table charges the rows
	if err != nil {
		if a.t != nil {
			a.t.mem.free()
		}
		return nil, err
	}
	return a, nil
}

func (a *anyTest) build(q *Query, rows *vec.Batch) (err error) {
	w := len(a.x.Left)
	left, right := hashKeys(a.x, w)
	if a.t, err = q.newJoinTable(q.context(), rows, right, make([]bool, len(right))); err != nil {
		return err
	}
	a.left, a.find = left, &finder{k: a.t.table}
	if left == nil {
		a.cond = newCondition(q, a.x.Test, w, len(rows.Cols))
	}
	return nil
}

// hashKeys splits a test into pairs of equal expressions over each side; nil if
// it is of another kind.
func hashKeys(x *plan.SubPlan, w int) (left, right []plan.Expr) {
	parts, name := []plan.Expr{x.Test}, "="
	switch e := x.Test.(type) {
	case *plan.And:
		if x.Kind == ast.SubAny {
			parts = e.Args
		}
	case *plan.Or:
		if x.Kind == ast.SubAll {
			parts = e.Args
		}
	}
	if x.Kind == ast.SubAll {
		name = "<>"
	}
	for _, p := range parts {
		c, ok := p.(*plan.Call)
		if !ok || !defaultCompare(c, name) {
			return nil, nil
		}
		l, r := c.Args[0], c.Args[1]
		if !within(l, 0, w) {
			l, r = r, l
		}
		if !within(l, 0, w) || !within(r, w, 1<<30) {
			return nil, nil
		}
		left = append(left, l)
		right = append(right, plan.MapCols(r, func(c *plan.Col) plan.Expr { return plan.NewCol(c.Idx-w, c.Name, c.T) }))
	}
	return left, right
}

// defaultCompare reports c to be the named comparison of a type with itself, by
// the type's default order.
func defaultCompare(c *plan.Call, name string) bool {
	if len(c.Args) != 2 || c.F.Name != name {
		return false
	}
	a, b := c.Args[0].Type(), c.Args[1].Type()
	if !a.Same(b) {
		return false
	}
	f, _, _, err := fn.ResolveOp(name, a.Base(), b.Base(), -1)
	return err == nil && f == c.F
}

// within reports that all columns of e are in [lo, hi) and that it is stable.
func within(e plan.Expr, lo, hi int) bool {
	if volatile(e) {
		return false
	}
	for _, c := range plan.Columns(e) {
		if c < lo || c >= hi {
			return false
		}
	}
	return true
}

// run is the three-valued answer for n rows of left values.
func (a *anyTest) run(q *Query, left []*vec.Vector, n int) (*vec.Vector, error) {
	if len(left) == 1 && left[0].Dict != nil && left[0].Dict.N < n {
		v, err := a.run(q, []*vec.Vector{left[0].Dict}, left[0].Dict.N)
		if err == nil {
			return vec.NewDict(v, left[0].Codes), nil
		}
	}
	b := &vec.Batch{N: n, Cols: left}
	var state []byte
	var err error
	if a.left != nil {
		state, err = a.hashed(q, b)
	} else {
		state, err = a.compared(q.context(), b)
	}
	if err != nil {
		return nil, err
	}
	out := vec.New(types.Of(types.Bool), n)
	for i, t := range state {
		switch {
		case t == truthNull:
			out.SetNull(i)
		case t == truthTrue:
			out.I64[i] = 1
		}
	}
	return out, nil
}

// The truth values, as lookup.truth gives them.
const (
	truthFalse byte = iota
	truthTrue
	truthNull
)

func (a *anyTest) hashed(q *Query, b *vec.Batch) ([]byte, error) {
	l, err := a.t.lookup(q, a.find, a.left, b)
	if err != nil {
		return nil, err
	}
	state := make([]byte, b.N)
	for i := range state {
		if state[i], err = l.truth(q.context(), i); err != nil {
			return nil, err
		}
		if a.x.Kind == ast.SubAll && state[i] != truthNull {
			state[i] ^= 1
		}
	}
	return state, nil
}

// compared evaluates the test for every pair, until it is decided.
func (a *anyTest) compared(ctx context.Context, b *vec.Batch) ([]byte, error) {
	decides := truthTrue
	if a.x.Kind == ast.SubAll {
		decides = truthFalse
	}
	state := make([]byte, b.N)
	for i := range state {
		state[i] = decides ^ 1
	}
	rows := a.t.rows.N
	open := sequence(b.N)
	for at, quota := 0, 1; at < rows && len(open) > 0; quota = min(quota*8, vec.MaxBatch) {
		hi := min(at+quota, rows)
		per := max(1, vec.MaxBatch/(hi-at))
		for lo := 0; lo < len(open); lo += per {
			if ctx.Err() != nil {
				return nil, ctxErr(ctx)
			}
			var li, ri []int32
			for _, i := range open[lo:min(lo+per, len(open))] {
				for r := at; r < hi; r++ {
					li, ri = append(li, i), append(ri, int32(r))
				}
			}
			v, err := a.cond.eval(b, a.t.rows, li, ri)
			if err != nil {
				return nil, err
			}
			for k, i := range li {
				state[i] = foldTruth(state[i], v, k, decides)
			}
		}
		at = hi
		left := open[:0]
		for _, i := range open {
			if state[i] != decides {
				left = append(left, i)
			}
		}
		open = left
	}
	return state, nil
}

// foldTruth joins value k of v to a three-valued OR (decides true) or AND.
func foldTruth(state byte, v *vec.Vector, k int, decides byte) byte {
	if state == decides {
		return state
	}
	if v.IsNull(k) {
		return truthNull
	}
	if t := byte(v.Get(k).I); t == decides {
		return t
	}
	return state
}

var _ kernel.Subqueries = (*Query)(nil)
