package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// newSetOp opens UNION, INTERSECT and EXCEPT.
func (q *Query) newSetOp(n *plan.SetOp) (Cursor, error) {
	l, err := q.open(n.L)
	if err != nil {
		return nil, err
	}
	r, err := q.open(n.R)
	if err != nil {
		l.Close()
		return nil, err
	}
	if n.Op == ast.Union {
		u := &union{ins: []Cursor{l, r}}
		if n.All {
			return u, nil
		}
		d := &plan.Distinct{}
		d.Fields = n.Schema()
		return newDistinct(q, u, d), nil
	}
	ts := make([]types.Type, len(n.Schema()))
	for i, f := range n.Schema() {
		ts[i] = f.Type
	}
	return &setOp{n: n, l: l, r: r, seen: newKeyTable(ts), mem: held{acc: q.Mem}}, nil
}

// union gives one input after the other.
type union struct{ ins []Cursor }

func (u *union) Next(ctx context.Context) (*vec.Batch, error) {
	for len(u.ins) > 0 {
		b, err := u.ins[0].Next(ctx)
		if b != nil || err != nil {
			return b, err
		}
		u.ins[0].Close()
		u.ins = u.ins[1:]
	}
	return nil, nil
}

func (u *union) Close() {
	for _, c := range u.ins {
		c.Close()
	}
}

// setOp counts the rows of the right side, then streams the left one: a row
// meets (or not) a count that is left, by SQL's rules for bags.
type setOp struct {
	n      *plan.SetOp
	l, r   Cursor
	seen   *keyTable
	counts []int64 // of the right side's rows that are not used up, by group
	given  []bool  // without ALL: the row was given out
	ids    []uint32
	built  bool
	mem    held
}

func (s *setOp) Next(ctx context.Context) (*vec.Batch, error) {
	if !s.built {
		if err := s.build(ctx); err != nil {
			return nil, err
		}
	}
	for {
		b, err := s.l.Next(ctx)
		if b == nil || err != nil {
			return nil, err
		}
		if err := s.number(b); err != nil {
			return nil, err
		}
		var keep []int32
		for i, g := range s.ids[:b.N] {
			if s.pass(g) {
				keep = append(keep, int32(i))
			}
		}
		if len(keep) > 0 {
			return gather(b, keep), nil
		}
	}
}

// pass decides about one left row of group g.
func (s *setOp) pass(g uint32) bool {
	has := s.counts[g] > 0
	if !s.n.All {
		ok := has == (s.n.Op == ast.Intersect) && !s.given[g]
		s.given[g] = s.given[g] || ok
		return ok
	}
	if has {
		s.counts[g]--
	}
	return has == (s.n.Op == ast.Intersect)
}

// number writes the groups of b to ids.
func (s *setOp) number(b *vec.Batch) error {
	s.ids = s.seen.groups(b.Cols, b.N, s.ids)
	for len(s.counts) < s.seen.n {
		s.counts = append(s.counts, 0)
		s.given = append(s.given, false)
	}
	return s.mem.set(s.seen.bytes() + int64(cap(s.counts))*9)
}

func (s *setOp) build(ctx context.Context) error {
	s.built = true
	for {
		b, err := s.r.Next(ctx)
		if err != nil {
			return err
		}
		if b == nil {
			s.r.Close()
			return nil
		}
		if err := s.number(b); err != nil {
			return err
		}
		for _, g := range s.ids[:b.N] {
			s.counts[g]++
		}
	}
}

func (s *setOp) Close() {
	s.l.Close()
	s.r.Close()
	s.mem.free()
}
