package segment

import (
	"context"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/storage/bitmap"
	"tagd/storage/encoding"
	"tagd/storage/table"
)

func corruptTree(e *table.Rows) error {
	return sqlerr.New(pgerrcode.InternalError, "row-set expression of kind %d with %d arguments", e.Op, len(e.Args))
}

func wrongLeaf(l *table.Leaf, f table.Form) error {
	return sqlerr.New(pgerrcode.InternalError, "leaf of kind %d over a column of form %d", l.Kind, f)
}

// constant is the node of a leaf that has one answer for every row.
func constant(yes bool) node {
	if yes {
		return node{op: table.OpAll}
	}
	return node{op: table.OpNone}
}

func hasCode(set []uint64, c uint16) bool {
	return int(c>>6) < len(set) && set[c>>6]>>(c&63)&1 != 0
}

// compileLeaf prepares a leaf.
func (s *Segment) compileLeaf(l *table.Leaf) (node, error) {
	switch l.Kind {
	case table.LeafFunc:
		return node{op: table.OpLeaf, leaf: &funcLeaf{l}, cost: 1e7, keep: 0.5, fails: true}, nil
	case table.LeafOffsets:
		return node{op: table.OpLeaf, leaf: &offsetsLeaf{l.Ords}, cost: 500, keep: 0.1}, nil
	}
	c, err := s.column(l.Col)
	if err != nil {
		return node{}, err
	}
	switch l.Kind {
	case table.LeafNull:
		return s.compileNull(c)
	case table.LeafCodes, table.LeafAny:
		want := table.FormDict
		if l.Kind == table.LeafAny {
			want = table.FormSet
		}
		if c.form != want {
			return node{}, wrongLeaf(l, c.form)
		}
		return s.compileCodes(c, l.Codes)
	case table.LeafRange:
		if c.form != table.FormInt {
			return node{}, wrongLeaf(l, c.form)
		}
		return s.compileRange(c, l)
	case table.LeafFloat:
		if c.form != table.FormFloat {
			return node{}, wrongLeaf(l, c.form)
		}
		if c.miss {
			return constant(!c.mnull && inFloats(c.mf, l.FLo, l.FHi)), nil
		}
		p, err := s.floatsOf(c)
		return node{op: table.OpLeaf, leaf: &floatLeaf{p: p, lo: l.FLo, hi: l.FHi}, cost: 60000, keep: 0.3}, err
	case table.LeafCard:
		if c.form != table.FormSet {
			return node{}, wrongLeaf(l, c.form)
		}
		if c.miss {
			k := int64(len(c.melem))
			return constant(!c.mnull && l.Lo <= k && k <= l.Hi), nil
		}
		p, err := s.listsOf(c)
		return node{op: table.OpLeaf, leaf: &cardLeaf{p, l.Lo, l.Hi}, cost: 60000, keep: 0.3}, err
	}
	return node{}, wrongLeaf(l, c.form)
}

// compileNull prepares IS NULL for each form.
func (s *Segment) compileNull(c *column) (node, error) {
	if c.miss {
		return constant(c.mnull), nil
	}
	var nulls []uint64
	switch c.form {
	case table.FormDict:
		return s.compileCodes(c, []uint64{1})
	case table.FormInt:
		p, err := s.packedOf(c)
		if err != nil {
			return node{}, err
		}
		nulls = p.Nulls()
	case table.FormFloat:
		p, err := s.floatsOf(c)
		if err != nil {
			return node{}, err
		}
		nulls = p.Nulls()
	case table.FormSet:
		p, err := s.listsOf(c)
		if err != nil {
			return node{}, err
		}
		nulls = p.Nulls()
	default:
		p, err := s.plainOf(c)
		if err != nil {
			return node{}, err
		}
		nulls = p.Nulls()
	}
	if nulls == nil {
		return constant(false), nil
	}
	return node{op: table.OpLeaf, leaf: &wordsLeaf{nulls}, cost: 300, keep: 0.1}, nil
}

// wordsLeaf keeps the rows of a bitmap over the segment.
type wordsLeaf struct{ w []uint64 }

func (l *wordsLeaf) filter(_ context.Context, _ *Segment, b int, acc []uint64) error {
	lo := min(b*bitmap.BlockWords, len(l.w))
	w := l.w[lo:min(lo+bitmap.BlockWords, len(l.w))]
	bitmap.AndInto(acc[:len(w)], w)
	clear(acc[len(w):])
	return nil
}

// offsetsLeaf keeps listed ordinals.
type offsetsLeaf struct{ ords []int64 }

func (l *offsetsLeaf) filter(_ context.Context, s *Segment, b int, acc []uint64) error {
	t := s.get()
	defer s.put(t)
	clear(t[:])
	base := int64(s.index)*bitmap.SegmentRows + int64(b)*bitmap.BlockRows
	for i := searchOrd(l.ords, base); i < len(l.ords); i++ {
		o := l.ords[i] - base
		if o >= bitmap.BlockRows {
			break
		}
		t[o>>6] |= 1 << (o & 63)
	}
	bitmap.AndInto(acc, t[:])
	return nil
}

// searchOrd is the position of the first ordinal >= x.
func searchOrd(ords []int64, x int64) int {
	lo, hi := 0, len(ords)
	for lo < hi {
		m := (lo + hi) / 2
		if ords[m] < x {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// floatLeaf keeps doubles in a range, in Postgres's order.
type floatLeaf struct {
	p      *encoding.Floats
	lo, hi float64
	set    []uint64 // entries of p's table, made when first needed
}

// inFloats orders NaN above everything: a NaN bound hi means no upper bound.
func inFloats(x, lo, hi float64) bool {
	if x != x {
		return hi != hi
	}
	return x >= lo && (hi != hi || x <= hi)
}

func (l *floatLeaf) filter(_ context.Context, s *Segment, b int, acc []uint64) error {
	if l.set == nil && !few(acc) {
		l.set = l.p.InRange(func(x float64) bool { return inFloats(x, l.lo, l.hi) })
	}
	if l.set != nil {
		t := s.get()
		defer s.put(t)
		clear(t[:])
		l.p.Scan(b, l.set, t[:])
		bitmap.AndInto(acc, t[:])
		if nulls := l.p.Nulls(); nulls != nil {
			w := nulls[min(b*bitmap.BlockWords, len(nulls)):]
			k := min(len(w), len(acc))
			bitmap.AndNotInto(acc[:k], w[:k])
		}
		return nil
	}
	return eachWord(acc, func(o int) bool {
		i := b*bitmap.BlockRows + o
		return !l.p.IsNull(i) && inFloats(l.p.At(i), l.lo, l.hi)
	})
}

// cardLeaf keeps rows by the length of their list.
type cardLeaf struct {
	p      *encoding.Lists
	lo, hi int64
}

func (l *cardLeaf) filter(_ context.Context, s *Segment, b int, acc []uint64) error {
	return eachWord(acc, func(o int) bool {
		i := b*bitmap.BlockRows + o
		k := int64(l.p.Len(i))
		return k >= l.lo && k <= l.hi && !l.p.IsNull(i)
	})
}

// eachWord keeps the members of acc for which f holds.
func eachWord(acc []uint64, f func(o int) bool) error {
	for i, w := range acc {
		for x := w; x != 0; x &= x - 1 {
			if k := trailing(x); !f(i<<6 + k) {
				w &^= 1 << k
			}
		}
		acc[i] = w
	}
	return nil
}
