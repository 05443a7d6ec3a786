package segment

import (
	"context"

	"tagd/storage/bitmap"
	"tagd/storage/encoding"
	"tagd/storage/table"
)

// rangeLeaf keeps integers in [lo, hi], by slices or, without them, by the
// packed values and their blocks' bounds.
type rangeLeaf struct {
	col    *column
	lo, hi int64
	slices *encoding.Slices
	packed *encoding.Packed
}

// groups is the number of packed blocks in a block.
const groups = bitmap.BlockRows / encoding.PackRows

func (s *Segment) compileRange(c *column, l *table.Leaf) (node, error) {
	if c.miss {
		return constant(!c.mnull && l.Lo <= c.mint && c.mint <= l.Hi), nil
	}
	if l.Lo > l.Hi {
		return constant(false), nil
	}
	r := &rangeLeaf{col: c, lo: l.Lo, hi: l.Hi}
	sl, err := s.slicesOf(c)
	if err != nil {
		return node{}, err
	}
	n := node{op: table.OpLeaf, leaf: r, cost: 30000, keep: 0.3}
	if sl != nil {
		r.slices = sl
		return n, nil
	}
	n.cost = 70000
	r.packed, err = s.packedOf(c)
	return n, err
}

func (l *rangeLeaf) filter(_ context.Context, s *Segment, b int, acc []uint64) error {
	if l.slices != nil {
		t := s.get()
		clear(t[:])
		l.slices.Range(b, l.lo, l.hi, t[:])
		bitmap.AndInto(acc, t[:])
		s.put(t)
		return nil
	}
	vals := s.intBuf()
	first := b * groups
	for g := range groups {
		w := acc[8*g : 8*g+8 : 8*g+8]
		k := first + g
		if k*encoding.PackRows >= s.n {
			clear(w)
			continue
		}
		if !bitmap.Any(w) {
			continue
		}
		lo, hi := l.packed.Bounds(k)
		switch {
		case hi < l.lo || lo > l.hi || lo > hi:
			clear(w)
			continue
		case lo >= l.lo && hi <= l.hi:
		default:
			n := l.packed.Block(k, vals)
			rangeWords(vals[:n], l.lo, l.hi, w)
		}
		if nulls := l.packed.Nulls(); nulls != nil {
			at := k * 8
			for i := range w {
				if at+i < len(nulls) {
					w[i] &^= nulls[at+i]
				}
			}
		}
	}
	return nil
}

// rangeWords clears the bits of values outside [lo, hi]; a difference to lo, as
// an unsigned number, says both at once.
func rangeWords(vals []int64, lo, hi int64, w []uint64) {
	span := uint64(hi) - uint64(lo)
	for i := 0; len(vals) > 0; i++ {
		k := min(64, len(vals))
		x := uint64(0)
		for j, v := range vals[:k] {
			bit := uint64(0)
			if uint64(v)-uint64(lo) <= span {
				bit = 1
			}
			x |= bit << (j & 63)
		}
		w[i] &= x
		vals = vals[k:]
	}
}
