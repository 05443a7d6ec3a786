package segment

import (
	"context"

	"tagd/storage/bitmap"
	"tagd/storage/encoding"
	"tagd/storage/simd"
	"tagd/storage/table"
)

// dim is one column of a crosstab.
type dim struct {
	c    *column
	k    int // codes of its dictionary
	mult int // distance in counts between neighbouring codes
}

// crosstab is the state of one CountCodes call.
type crosstab struct {
	s      *Segment
	dims   []dim // FormDict columns
	set    *dim  // the FormSet column
	counts []int64
	narrow *narrow // nil: wide indices
	small  bool    // narrow counts in its tables
}

// CountCodes implements table.Segment.
func (s *Segment) CountCodes(ctx context.Context, cols []int, rs *bitmap.Set, counts []int64) error {
	x := crosstab{s: s, counts: counts}
	mult := 1
	for i := len(cols) - 1; i >= 0; i-- {
		c, err := s.column(cols[i])
		if err != nil {
			return err
		}
		if c.form != table.FormDict && (c.form != table.FormSet || x.set != nil) {
			return wrongLeaf(&table.Leaf{}, c.form)
		}
		d := dim{c: c, k: c.info.Dict.Len(), mult: mult}
		mult *= d.k
		if c.form == table.FormSet {
			x.set = &d
		} else {
			x.dims = append(x.dims, d)
		}
	}
	if len(counts) < mult || mult >= encoding.BadIndex {
		return encoding.Corrupt("%d counters for %d combinations", len(counts), mult)
	}
	selected := s.live
	if rs != nil {
		selected = rs.Count()
	}
	if selected == 0 {
		return nil
	}
	if len(cols) == 0 {
		counts[0] += int64(selected)
		return nil
	}
	if done, err := x.fromCards(selected); done || err != nil {
		return err
	}
	if x.set == nil && mult <= 1<<16 {
		if s.sc.narrow == nil {
			s.sc.narrow = new(narrow)
		}
		x.narrow, x.small = s.sc.narrow, mult <= simd.TallyCells
	}
	err := x.blocks(ctx, rs)
	if x.small {
		x.narrow.tally.Flush(counts)
	}
	return err
}

func (x *crosstab) blocks(ctx context.Context, rs *bitmap.Set) error {
	s := x.s
	buf := s.get()
	defer s.put(buf)
	for b := range bitmap.Blocks(s.n) {
		if err := ctx.Err(); err != nil {
			return err
		}
		w, err := s.rowsOf(b, rs, buf)
		if err == nil && w != nil {
			err = x.block(b, w)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fromCards answers one dictionary column over all rows from the cardinalities
// of its containers.
func (x *crosstab) fromCards(selected int) (bool, error) {
	if x.set != nil || len(x.dims) != 1 || selected != x.s.n || x.dims[0].c.miss {
		return false, nil
	}
	d := x.dims[0]
	inv, err := x.s.invOf(d.c)
	if err != nil || inv == nil {
		return false, err
	}
	if inv.Codes() > d.k {
		return false, x.badCode(d, inv.Codes()-1)
	}
	for c := range inv.Codes() {
		n, err := inv.Card(c)
		if err != nil {
			return false, x.s.fault(d.c.pos, err)
		}
		x.counts[c] += int64(n)
	}
	return true, nil
}

func (x *crosstab) badCode(d dim, c int) error {
	return x.s.fault(d.c.pos, encoding.Corrupt("code %d in a dictionary of %d", c, d.k))
}

// block counts the rows w of block b.
func (x *crosstab) block(b int, w []uint64) error {
	n := bitmap.Count(w)
	if n == 0 {
		return nil
	}
	if x.set != nil {
		return x.setBlock(b, w, n)
	}
	if done, err := x.pairs(b, w, n); done || err != nil {
		return err
	}
	// A stripe at a time, so that its indices stay in the first-level cache.
	rows := x.s.blockRows(b)
	for lo := 0; lo < rows; lo += stripe {
		hi := min(rows, lo+stripe)
		part := w[lo>>6 : (hi+63)>>6]
		k := bitmap.Count(part)
		if k == 0 {
			continue
		}
		var err error
		if x.narrow != nil {
			err = x.narrowStripe(b, lo, hi, part, k)
		} else {
			err = x.wideStripe(b, lo, hi, part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// stripe is the rows whose indices are made at once.
const stripe = 4096

// wideStripe counts the rows in part by indices of 32 bits.
func (x *crosstab) wideStripe(b, lo, hi int, part []uint64) error {
	idx, err := x.indices(b, lo, hi)
	if err != nil {
		return err
	}
	for i, m := range part {
		for at := idx[i<<6:]; m != 0; m &= m - 1 {
			x.counts[at[trailing(m)]]++
		}
	}
	return nil
}

// narrow is the state of a crosstab of dictionary columns with at most 65,536
// cells: indices of 16 bits, of which the selected ones are counted without a
// look at each row's bit.
type narrow struct {
	idx, kept [stripe]uint16
	tally     simd.Tally // of small crosstabs; empty between queries
}

// narrowStripe counts the k rows in part.
func (x *crosstab) narrowStripe(b, lo, hi int, part []uint64, k int) error {
	n := x.narrow
	idx := n.idx[:hi-lo]
	for i, d := range x.dims {
		if err := x.s.indexDim(&d, b*bitmap.BlockRows+lo, idx, i > 0); err != nil {
			return err
		}
	}
	if k < hi-lo {
		simd.Compress(n.kept[:hi-lo], idx, part)
		idx = n.kept[:k]
	}
	if x.small {
		n.tally.Add(idx)
		return nil
	}
	for _, c := range idx {
		x.counts[c]++
	}
	return nil
}

// indexDim gives the rows from lo on, a multiple of 64, their place along one
// dimension, on top of what is in idx if add is set.
func (s *Segment) indexDim(d *dim, lo int, idx []uint16, add bool) error {
	if d.c.miss {
		if int(d.c.mcode) >= d.k {
			return s.fault(d.c.pos, encoding.Corrupt("code %d in a dictionary of %d", d.c.mcode, d.k))
		}
		at := uint16(d.mult) * d.c.mcode
		for j := range idx {
			if !add {
				idx[j] = 0
			}
			idx[j] += at
		}
		return nil
	}
	p, err := s.codesOf(d.c)
	if err != nil {
		return err
	}
	if hi := p.Index16(lo, idx, uint16(d.mult), add); int(hi) >= d.k {
		return s.fault(d.c.pos, encoding.Corrupt("code %d in a dictionary of %d", hi, d.k))
	}
	return nil
}

// indices gives rows [lo, hi) of block b their place in counts as far as the
// dictionary columns decide it. Every result is below len(counts). lo is a
// multiple of 64.
func (x *crosstab) indices(b, lo, hi int) ([]uint32, error) {
	s := x.s
	if s.sc.idx == nil {
		s.sc.idx = make([]uint32, bitmap.BlockRows)
	}
	idx := s.sc.idx[:hi-lo]
	if len(x.dims) == 0 {
		clear(idx)
	}
	for i, d := range x.dims {
		if d.c.miss {
			if int(d.c.mcode) >= d.k {
				return nil, x.badCode(d, int(d.c.mcode))
			}
			at := uint32(d.mult) * uint32(d.c.mcode)
			for j := range idx {
				if i == 0 {
					idx[j] = 0
				}
				idx[j] += at
			}
			continue
		}
		p, err := s.codesOf(d.c)
		if err != nil {
			return nil, err
		}
		if p.Index(b*bitmap.BlockRows+lo, idx, d.k, d.mult, i > 0)&encoding.BadIndex != 0 {
			return nil, s.fault(d.c.pos, encoding.Corrupt("a code is not in the dictionary of %d", d.k))
		}
	}
	return idx, nil
}

// maxPairs bounds the cells for which counting intersections beats a histogram,
// when many rows are selected.
const maxPairs = 50

// pairs counts small crosstabs by intersecting containers.
func (x *crosstab) pairs(b int, w []uint64, n int) (bool, error) {
	cells := 1
	for _, d := range x.dims {
		cells *= d.k
		if d.c.miss || cells > maxPairs {
			return false, nil
		}
	}
	if len(x.dims) > 2 || n < bitmap.BlockRows/10 {
		return false, nil
	}
	last := x.dims[0]
	inv, err := x.s.invOf(last.c)
	if err != nil || inv == nil {
		return false, err
	}
	if len(x.dims) == 1 {
		return true, x.pairRow(inv, last, b, w, 0)
	}
	d := x.dims[1]
	outer, err := x.s.invOf(d.c)
	if err != nil || outer == nil {
		return false, err
	}
	t, tmp := x.s.get(), x.s.get()
	defer x.s.put(t)
	defer x.s.put(tmp)
	var c bitmap.Container
	for k := range outer.Codes() {
		found, err := outer.Find(k, b, &c)
		if err != nil {
			return false, x.s.fault(d.c.pos, err)
		}
		if !found {
			continue
		}
		if k >= d.k {
			return false, x.badCode(d, k)
		}
		copy(t[:], w)
		c.And(t[:], tmp[:])
		if err := x.pairRow(inv, last, b, t[:], k*d.mult); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (x *crosstab) pairRow(inv *encoding.Inverted, d dim, b int, w []uint64, base int) error {
	var c bitmap.Container
	for k := range inv.Codes() {
		found, err := inv.Find(k, b, &c)
		if err != nil {
			return x.s.fault(d.c.pos, err)
		}
		if !found {
			continue
		}
		if k >= d.k {
			return x.badCode(d, k)
		}
		x.counts[base+k*d.mult] += int64(c.AndCount(w))
	}
	return nil
}
