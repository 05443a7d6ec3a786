package op

import (
	"context"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// subKey names a subquery of the running plan: putting arguments in leaves the
// inner plan and the test as they are.
type subKey struct {
	n    plan.Node
	test plan.Expr
	kind ast.SubqueryKind
}

// subquery is what is known of one subquery: its values by arguments. The lock
// is held while it runs: subqueries within it are others.
type subquery struct {
	mu   sync.Mutex
	q    *Query
	x    *plan.SubPlan
	free []int    // IDs of CTEs and work tables around it that it reads
	gen  []uint64 // their generations when the memo began
	keep bool     // results may be remembered
	memo *argMemo // rows by arguments, for ANY and ALL
	any  *anyTest // of the only result, when there are no arguments
	once bool     // val is set: a subquery without arguments has run
	val  vec.Datum
	err  error
	vals *keyTable // by arguments, for single values
	data []vec.Datum
	size int64
	mem  held
}

// SubPlan is kernel.Subqueries.
func (q *Query) SubPlan(x *plan.SubPlan, args, left []*vec.Vector, n int) (*vec.Vector, error) {
	s := q.subquery(x)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	if x.Kind == ast.SubAny || x.Kind == ast.SubAll {
		return s.quantified(args, left, n)
	}
	if len(x.Args) == 0 {
		d, err := s.single()
		if err != nil {
			return nil, err
		}
		return vec.NewConst(x.T, d, n), nil
	}
	return s.byArgs(args, n)
}

func (q *Query) subquery(x *plan.SubPlan) *subquery {
	k := subKey{x.Plan, x.Test, x.Kind}
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.subs[k]
	if s == nil {
		s = &subquery{q: q, x: x, free: freeTables(x.Plan), mem: held{acc: q.Mem}}
		s.keep = len(x.Args) == 0 || !volatileNode(x.Plan)
		if q.subs == nil {
			q.subs = map[subKey]*subquery{}
		}
		q.subs[k] = s
	}
	return s
}

// refresh forgets results that were made of other rows of a CTE or work table.
func (s *subquery) refresh() {
	gen := s.q.generations(s.free)
	for i := range gen {
		if i >= len(s.gen) || gen[i] != s.gen[i] {
			s.forget()
			break
		}
	}
	s.gen = gen
}

func (s *subquery) forget() {
	s.once, s.vals, s.data, s.size = false, nil, nil, 0
	if s.memo != nil {
		s.memo.close()
		s.memo = nil
	}
	s.any.close()
	s.any = nil
	s.mem.free()
}

// single is the value of a subquery without arguments, run once.
func (s *subquery) single() (vec.Datum, error) {
	if !s.once {
		s.val, s.err = s.value(s.x.Plan)
		s.once = true
	}
	return s.val, s.err
}

// byArgs computes the value once for each combination of arguments.
func (s *subquery) byArgs(args []*vec.Vector, n int) (*vec.Vector, error) {
	out := vec.NewBuilder(s.x.T, n)
	if !s.keep {
		for i := range n {
			d, err := s.value(bindArgs(s.x.Plan, datums(args, i)))
			if err != nil {
				return nil, err
			}
			out.Append(d)
		}
		return out.Finish(), nil
	}
	if s.vals == nil || s.vals.bytes()+s.size > s.q.workMem()/4 {
		ts := make([]types.Type, len(args))
		for i, v := range args {
			ts[i] = v.Type
		}
		s.vals, s.data, s.size = newExactTable(ts), nil, 0
	}
	ids := s.vals.groups(args, n, nil)
	for i, g := range ids {
		if int(g) == len(s.data) { // dense in order of first appearance
			d, err := s.value(bindArgs(s.x.Plan, datums(args, i)))
			if err != nil {
				s.vals = nil // groups without values
				return nil, err
			}
			s.data = append(s.data, d)
			s.size += 112 + int64(len(d.S)) + d.A.Bytes()
		}
		out.Append(s.data[g])
	}
	return out.Finish(), s.mem.set(s.vals.bytes() + s.size)
}

// value runs the plan, with arguments put in, for one value.
func (s *subquery) value(n plan.Node) (vec.Datum, error) {
	ctx := s.q.context()
	cur, err := s.q.openSub(s.x.Plan, n)
	if err != nil {
		return vec.Datum{}, err
	}
	defer cur.Close()
	switch s.x.Kind {
	case ast.SubExists:
		b, err := cur.Next(ctx)
		if b == nil {
			return vec.Datum{}, err
		}
		return vec.Datum{I: 1}, err
	case ast.SubArray:
		return s.array(ctx, cur)
	}
	out := vec.Datum{Null: true}
	rows := 0
	for {
		b, err := cur.Next(ctx)
		if err != nil || b == nil {
			return out, err
		}
		if rows += b.N; rows > 1 {
			return out, sqlerr.New(pgerrcode.CardinalityViolation, "more than one row returned by a subquery used as an expression")
		}
		out = b.Cols[0].Get(0)
	}
}

// array collects the first column.
func (s *subquery) array(ctx context.Context, cur Cursor) (vec.Datum, error) {
	out := vec.NewBuilder(s.x.T.Elem(), 0)
	for {
		b, err := cur.Next(ctx)
		if err != nil {
			return vec.Datum{}, err
		}
		if b == nil {
			return vec.Datum{A: out.Finish()}, nil
		}
		out.AppendVector(b.Cols[0])
	}
}

// openSub opens n, which is plan orig with arguments put in.
func (q *Query) openSub(orig, n plan.Node) (Cursor, error) {
	if q.Stats == nil || orig == n {
		return q.open(n)
	}
	q.Stats.alias(orig, n)
	c, err := q.open(n)
	if err != nil {
		q.Stats.forget(n)
		return nil, err
	}
	return &forgetting{c, q.Stats, n}, nil
}

// forgetting drops the stats entries of a plan that is not run again.
type forgetting struct {
	Cursor
	s *Stats
	n plan.Node
}

func (f *forgetting) Close() {
	f.Cursor.Close()
	f.s.forget(f.n)
}

// collect runs a plan to its end.
func (q *Query) collect(ctx context.Context, orig, n plan.Node, mem *held) (*vec.Batch, error) {
	cur, err := q.openSub(orig, n)
	if err != nil {
		return nil, err
	}
	defer cur.Close()
	var parts []*vec.Batch
	size := mem.n
	var sizes dictSizes
	for {
		b, err := cur.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b == nil {
			return concat(n.Schema(), parts), nil
		}
		parts = append(parts, b)
		size += sizes.batch(b)
		if err := mem.set(size); err != nil {
			return nil, err
		}
	}
}

func volatileNode(n plan.Node) bool { return plan.NodeVolatility(n) == fn.Volatile }

// freeTables lists the CTEs and work tables that n reads and that are not
// defined inside it.
func freeTables(n plan.Node) []int {
	own, read := map[int]bool{}, map[int]bool{}
	seen := map[plan.Node]bool{} // a scan holds its condition twice
	var visit func(plan.Node) plan.Node
	visitExpr := func(e plan.Expr) plan.Expr {
		plan.Walk(e, func(e plan.Expr) bool {
			if s, ok := e.(*plan.SubPlan); ok {
				visit(s.Plan)
			}
			return true
		})
		return e
	}
	visit = func(n plan.Node) plan.Node {
		if seen[n] {
			return n
		}
		seen[n] = true
		switch n := n.(type) {
		case *plan.With:
			for _, c := range n.CTEs {
				own[c.ID] = true
			}
		case *plan.Recursive:
			own[workID(n.ID)] = true
		case *plan.CTEScan:
			read[n.ID] = true
		case *plan.WorkScan:
			read[workID(n.ID)] = true
		}
		return plan.MapNode(n, visit, visitExpr)
	}
	visit(n)
	var out []int
	for id := range read {
		if !own[id] {
			out = addSorted(out, id)
		}
	}
	return out
}
