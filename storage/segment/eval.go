package segment

import (
	"context"
	"sort"

	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// node is a table.Rows made ready for one segment: leaves know their pages and
// arguments are in the order in which they are best tried.
type node struct {
	op   table.Op
	args []node
	leaf leaf
	// neg turns the answer of a leaf around, within the candidates.
	neg  bool
	cost float64 // nanoseconds for a block, roughly
	keep float64 // share of the candidates that is expected to stay
	// fails: there is a leaf whose evaluation may fail for a row. Such nodes of an And
	// are tried last and in the order in which they are given, so that one of them is
	// never asked about rows that one before it has excluded.
	fails bool
}

// leaf narrows a block's candidates to the rows that satisfy it.
type leaf interface {
	filter(ctx context.Context, s *Segment, b int, acc []uint64) error
}

// compile prepares e.
func (s *Segment) compile(e *table.Rows) (node, error) {
	switch e.Op {
	case table.OpAll, table.OpNone:
		return node{op: e.Op}, nil
	case table.OpNot:
		if len(e.Args) != 1 {
			return node{}, corruptTree(e)
		}
		n, err := s.compile(e.Args[0])
		if err != nil {
			return node{}, err
		}
		switch n.op {
		case table.OpAll:
			return node{op: table.OpNone}, nil
		case table.OpNone:
			return node{op: table.OpAll}, nil
		case table.OpLeaf:
			n.neg, n.keep = !n.neg, 1-n.keep
			return n, nil
		}
		return node{op: table.OpNot, args: []node{n}, cost: n.cost, keep: 1 - n.keep, fails: n.fails}, nil
	case table.OpLeaf:
		return s.compileLeaf(e.Leaf)
	case table.OpAnd, table.OpOr:
		return s.compileList(e)
	}
	return node{}, corruptTree(e)
}

// compileList prepares And and Or, folding constants.
func (s *Segment) compileList(e *table.Rows) (node, error) {
	n := node{op: e.Op, keep: 1, args: make([]node, 0, len(e.Args))}
	unit, zero := table.OpAll, table.OpNone
	if e.Op == table.OpOr {
		unit, zero = zero, unit
	}
	miss := 1.0
	for _, a := range e.Args {
		c, err := s.compile(a)
		if err != nil {
			return node{}, err
		}
		if c.op == zero {
			return node{op: zero}, nil
		}
		if c.op == unit {
			continue
		}
		n.args = append(n.args, c)
		n.cost += c.cost
		n.fails = n.fails || c.fails
		n.keep *= c.keep
		miss *= 1 - c.keep
	}
	switch len(n.args) {
	case 0:
		return node{op: unit}, nil
	case 1:
		return n.args[0], nil
	}
	if e.Op == table.OpOr {
		n.keep = 1 - miss
		return n, nil
	}
	// The classic order: cost per row that goes away.
	sort.SliceStable(n.args, func(i, j int) bool {
		a, b := &n.args[i], &n.args[j]
		if a.fails || b.fails {
			return !a.fails
		}
		return a.cost*(1.0001-b.keep) < b.cost*(1.0001-a.keep)
	})
	return n, nil
}

// filter narrows acc, a subset of block b's live rows, to those where n holds.
func (n *node) filter(ctx context.Context, s *Segment, b int, acc []uint64) error {
	switch n.op {
	case table.OpAll:
		return nil
	case table.OpNone:
		clear(acc)
		return nil
	case table.OpAnd:
		for i := range n.args {
			if i > 0 && !bitmap.Any(acc) {
				return nil
			}
			if err := n.args[i].filter(ctx, s, b, acc); err != nil {
				return err
			}
		}
		return nil
	case table.OpOr:
		return n.filterOr(ctx, s, b, acc)
	}
	if n.op == table.OpLeaf && !n.neg {
		return n.leaf.filter(ctx, s, b, acc)
	}
	if n.op == table.OpLeaf {
		if x, ok := n.leaf.(negater); ok {
			return x.filterNot(ctx, s, b, acc)
		}
	}
	t := s.get()
	defer s.put(t)
	copy(t[:], acc)
	var err error
	if n.op == table.OpLeaf {
		err = n.leaf.filter(ctx, s, b, t[:])
	} else {
		err = n.args[0].filter(ctx, s, b, t[:])
	}
	bitmap.AndNotInto(acc, t[:])
	return err
}

// negater is a leaf that can take its rows out directly.
type negater interface {
	filterNot(ctx context.Context, s *Segment, b int, acc []uint64) error
}

// filterOr asks each argument about the rows that none before it took.
func (n *node) filterOr(ctx context.Context, s *Segment, b int, acc []uint64) error {
	rest, t := s.get(), s.get()
	defer s.put(rest)
	defer s.put(t)
	copy(rest[:], acc)
	for i := range n.args {
		if i > 0 && !bitmap.Any(rest[:]) {
			break
		}
		copy(t[:], rest[:])
		if err := n.args[i].filter(ctx, s, b, t[:]); err != nil {
			return err
		}
		bitmap.AndNotInto(rest[:], t[:])
	}
	bitmap.AndNotInto(acc, rest[:])
	return nil
}

// Eval implements table.Segment.
func (s *Segment) Eval(ctx context.Context, e *table.Rows, dst *bitmap.Set) error {
	dst.Reset(s.n)
	n, err := s.compile(e)
	if err != nil || n.op == table.OpNone {
		return err
	}
	for b := range dst.Blocks() {
		if err := ctx.Err(); err != nil {
			return err
		}
		w := dst.Block(b)
		if err := s.livePresent(b, w); err != nil {
			return err
		}
		if err := n.filter(ctx, s, b, w); err != nil {
			return err
		}
		dst.Card[b] = int32(bitmap.Count(w))
	}
	return nil
}

// Count implements table.Segment.
func (s *Segment) Count(ctx context.Context, e *table.Rows) (int64, error) {
	n, err := s.compile(e)
	if err != nil {
		return 0, err
	}
	switch n.op {
	case table.OpNone:
		return 0, nil
	case table.OpAll:
		return int64(s.live), nil
	case table.OpLeaf:
		if c, ok, err := s.countLeaf(&n); ok || err != nil {
			return c, err
		}
	}
	acc := s.get()
	defer s.put(acc)
	total := int64(0)
	for b := range bitmap.Blocks(s.n) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if err := s.livePresent(b, acc[:]); err != nil {
			return 0, err
		}
		if err := n.filter(ctx, s, b, acc[:]); err != nil {
			return 0, err
		}
		total += int64(bitmap.Count(acc[:]))
	}
	return total, nil
}

// countLeaf counts a lone leaf of codes from the containers' cardinalities.
func (s *Segment) countLeaf(n *node) (int64, bool, error) {
	l, ok := n.leaf.(*codesLeaf)
	if !ok || s.present != nil || l.inv == nil || l.multi && len(l.list) > 1 {
		return 0, false, nil
	}
	t := 0
	for _, c := range l.list {
		k, err := l.inv.Card(int(c))
		if err != nil {
			return 0, false, s.fault(l.col.pos, err)
		}
		t += k
	}
	if n.neg != l.flip {
		t = s.n - t
	}
	return int64(t), true, nil
}
