package segment

import (
	"context"
	"math/bits"

	"tagd/storage/bitmap"
	"tagd/storage/encoding"
	"tagd/storage/table"
)

// add adds x to the 128-bit sum.
func add(t *table.IntSum, x int64) {
	var c uint64
	t.Lo, c = bits.Add64(t.Lo, uint64(x), 0)
	t.Hi += x>>63 + int64(c)
}

// addTimes adds n * x, n >= 0.
func addTimes(t *table.IntSum, n uint64, x int64) {
	neg := x < 0
	m := uint64(x)
	if neg {
		m = -m
	}
	hi, lo := bits.Mul64(n, m)
	if neg {
		var b uint64
		lo, b = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, b)
	}
	var c uint64
	t.Lo, c = bits.Add64(t.Lo, lo, 0)
	t.Hi += int64(hi + c)
}

// Sum implements table.Segment.
func (s *Segment) Sum(ctx context.Context, col int, rs *bitmap.Set) (table.IntSum, error) {
	t := table.IntSum{Min: 1<<63 - 1, Max: -1 << 63}
	c, err := s.column(col)
	if err != nil {
		return t, err
	}
	if c.form != table.FormInt {
		return t, wrongLeaf(&table.Leaf{Kind: table.LeafRange}, c.form)
	}
	if c.miss {
		n := s.live
		if rs != nil {
			n = rs.Count()
		}
		if !c.mnull && n > 0 {
			t.Count, t.Min, t.Max = int64(n), c.mint, c.mint
			addTimes(&t, uint64(n), c.mint)
		}
		return t, nil
	}
	p, err := s.packedOf(c)
	if err != nil {
		return t, err
	}
	sl, err := s.slicesOf(c)
	if err != nil {
		return t, err
	}
	buf := s.get()
	defer s.put(buf)
	for b := range bitmap.Blocks(s.n) {
		if err := ctx.Err(); err != nil {
			return t, err
		}
		w, err := s.rowsOf(b, rs, buf)
		if err != nil {
			return t, err
		}
		if w == nil {
			continue
		}
		s.sumBlock(&t, p, sl, b, w)
	}
	return t, nil
}

// rowsOf returns the words of the rows of rs (nil: live) in block b, nil if
// there are none; buf may be used for them.
func (s *Segment) rowsOf(b int, rs *bitmap.Set, buf *[bitmap.BlockWords]uint64) ([]uint64, error) {
	if rs == nil {
		return buf[:], s.livePresent(b, buf[:])
	}
	if b >= rs.Blocks() || rs.Card[b] == 0 {
		return nil, nil
	}
	return rs.Block(b), nil
}

// sumBlock adds the rows w of a block. With slices their counts make the sum,
// and only groups whose bounds go beyond the minimum and maximum so far are
// unpacked.
func (s *Segment) sumBlock(t *table.IntSum, p *encoding.Packed, sl *encoding.Slices, b int, w []uint64) {
	if sl != nil {
		n, hi, lo := sl.Sum(b, w)
		if n == 0 {
			return
		}
		base, div := sl.Base()
		t.Count += int64(n)
		addTimes(t, uint64(n), base)
		h, l := bits.Mul64(lo, div)
		h += hi * div
		var c uint64
		t.Lo, c = bits.Add64(t.Lo, l, 0)
		t.Hi += int64(h + c)
	}
	vals := s.intBuf()
	for g := range groups {
		k := b*groups + g
		if k*encoding.PackRows >= s.n {
			return
		}
		r := *(*[8]uint64)(w[8*g:])
		if nulls := p.Nulls(); nulls != nil {
			for i := range r {
				if 8*k+i < len(nulls) {
					r[i] &^= nulls[8*k+i]
				}
			}
		}
		if r == [8]uint64{} {
			continue
		}
		lo, hi := p.Bounds(k)
		if sl != nil && lo >= t.Min && hi <= t.Max {
			continue
		}
		n := p.Block(k, vals)
		for i, x := range r {
			for ; x != 0; x &= x - 1 {
				o := i<<6 + trailing(x)
				if o >= n {
					break
				}
				v := vals[o]
				t.Min, t.Max = min(t.Min, v), max(t.Max, v)
				if sl == nil {
					t.Count++
					add(t, v)
				}
			}
		}
	}
}
