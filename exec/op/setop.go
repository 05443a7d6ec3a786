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
	l, r, err := q.openBoth(n.L, n.R)
	if err != nil {
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
	return newSetOpOf(q, n, l, r, 0), nil
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
// meets (or not) a count that is left, by SQL's rules for bags. When the rows no
// longer fit in memory, new ones of both sides wait in files.
type setOp struct {
	q      *Query
	n      *plan.SetOp
	l, r   Cursor
	seen   *keyTable
	counts []int64 // of the right side's rows that are not used up, by group
	given  []bool  // without ALL: the row was given out
	ids    []uint32
	built  bool
	mem    held
	level  int
	find   *finder     // set: seen does not grow any more
	waitL  *partitions // set with find
	waitR  *partitions
	part   int    // next pair of files
	sub    *setOp // that reads the pair before
	over   bool   // the left side is used up
}

func newSetOpOf(q *Query, n *plan.SetOp, l, r Cursor, level int) *setOp {
	ts := make([]types.Type, len(n.Schema()))
	for i, f := range n.Schema() {
		ts[i] = f.Type
	}
	return &setOp{q: q, n: n, l: l, r: r, seen: newKeyTable(ts), mem: held{acc: q.Mem}, level: level}
}

func (s *setOp) Next(ctx context.Context) (*vec.Batch, error) {
	if !s.built {
		if err := s.build(ctx); err != nil {
			return nil, err
		}
	}
	for !s.over {
		b, err := s.l.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b == nil {
			s.over = true
			break
		}
		if b, err = s.number(b, s.waitL); err != nil {
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
		if ctx.Err() != nil {
			return nil, ctxErr(ctx)
		}
	}
	if s.find == nil && s.waitL == nil {
		return nil, nil
	}
	return s.waiting(ctx)
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

// number writes the groups of b to ids; rows of groups that cannot be remembered
// go to wait, and the others are returned.
func (s *setOp) number(b *vec.Batch, wait *partitions) (*vec.Batch, error) {
	if s.find != nil {
		s.ids = s.find.find(b.Cols, b.N, s.ids)
		var in, out []int32
		for i, g := range s.ids[:b.N] {
			if g == noGroup {
				out = append(out, int32(i))
			} else {
				s.ids[len(in)] = g
				in = append(in, int32(i))
			}
		}
		if len(out) == 0 {
			return b, nil
		}
		rest := gather(b, out)
		if err := wait.add(rest, rest.Cols); err != nil {
			return nil, err
		}
		return gather(b, in), nil
	}
	s.ids = s.seen.groups(b.Cols, b.N, s.ids)
	for len(s.counts) < s.seen.n {
		s.counts = append(s.counts, 0)
		s.given = append(s.given, false)
	}
	size := s.seen.bytes() + int64(cap(s.counts))*9
	if size > s.q.workMem() && s.level < maxLevel && len(b.Cols) > 0 {
		s.find = &finder{k: s.seen}
		s.waitL, s.waitR = s.q.newPartitions(s.n, s.level), s.q.newPartitions(s.n, s.level)
	}
	return b, s.mem.set(size)
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
		if b, err = s.number(b, s.waitR); err != nil {
			return err
		}
		for _, g := range s.ids[:b.N] {
			s.counts[g]++
		}
	}
}

// waiting gives the rows of the files, a pair after the other.
func (s *setOp) waiting(ctx context.Context) (*vec.Batch, error) {
	s.seen, s.find, s.counts, s.given = nil, nil, nil, nil
	s.mem.free()
	for {
		if s.sub != nil {
			b, err := s.sub.Next(ctx)
			if b != nil || err != nil {
				return b, err
			}
			s.sub.Close()
			s.sub = nil
		}
		var l Cursor
		for l == nil {
			if s.part == fanOut {
				return nil, nil
			}
			l = s.waitL.take(s.part)
			s.part++
		}
		s.sub = newSetOpOf(s.q, s.n, l, orNone(s.waitR.take(s.part-1)), s.level+1)
	}
}

func (s *setOp) Close() {
	s.l.Close()
	s.r.Close()
	if s.sub != nil {
		s.sub.Close()
	}
	s.waitL.close()
	s.waitR.close()
	s.q.remember(s.n, &s.mem)
	s.mem.free()
}
