package op

import (
	"context"
	"math/bits"

	"tagd/storage/bitmap"
	"tagd/storage/simd"
	"tagd/storage/table"
)

// blockScratch is what is needed for one block. Cells have 16 bits where they
// fit: half the memory to go through.
type blockScratch struct {
	narrow []uint16
	wide   []uint32
	codes  []uint16    // of a column, or the cells that are counted
	ints   [2]intBlock // the columns read last
	at     int
	tally  *simd.Tally // of the rows, when there are few cells
}

// intBlock is a block of an integer column.
type intBlock struct {
	col, b int
	vals   []int64
	nulls  []uint64
	n      int
}

func (c *codeAgg) newScratch() *blockScratch {
	s := &blockScratch{codes: make([]uint16, bitmap.BlockRows)}
	if c.cells <= 1<<16 {
		s.narrow = make([]uint16, bitmap.BlockRows)
		if c.cells <= simd.TallyCells {
			s.tally = new(simd.Tally)
		}
	} else {
		s.wide = make([]uint32, bitmap.BlockRows)
	}
	for i := range s.ints {
		s.ints[i] = intBlock{col: -1, vals: make([]int64, bitmap.BlockRows), nulls: make([]uint64, bitmap.BlockWords)}
	}
	return s
}

// read returns block b of an integer column.
func (s *blockScratch) read(seg table.Segment, col, b int) (*intBlock, error) {
	for i := range s.ints {
		if s.ints[i].col == col && s.ints[i].b == b {
			return &s.ints[i], nil
		}
	}
	s.at ^= 1
	x := &s.ints[s.at]
	x.col, x.b = -1, b
	var err error
	if x.n, err = seg.Ints(col, b, x.vals, x.nulls); err != nil {
		return nil, err
	}
	x.col = col
	return x, nil
}

// byBlock fills the cells of a segment block by block: the cell of every row
// from its codes, then each feed's values under its row set.
func (c *codeAgg) byBlock(ctx context.Context, seg table.Segment, base *bitmap.Set, subs []*bitmap.Set, p *cellPart) error {
	s := c.newScratch()
	for b := range base.Card {
		if base.Card[b] == 0 {
			continue
		}
		if ctx.Err() != nil {
			return ctxErr(ctx)
		}
		if err := c.cellsOf(seg, b, s); err != nil {
			return err
		}
		s.countRows(block(base, b), int(base.Card[b]), p.base)
		for j, f := range c.feeds {
			if f.col < 0 {
				s.countCells(block(subs[j], b), p.feeds[j].count)
				continue
			}
			x, err := s.read(seg, f.col, b)
			if err != nil {
				return err
			}
			s.addValues(block(subs[j], b), x, &f, c.rankBuckets(), &p.feeds[j])
		}
	}
	if s.tally != nil {
		s.tally.Flush(p.base)
	}
	return nil
}

func block(s *bitmap.Set, b int) []uint64 {
	return s.Words[b*bitmap.BlockWords : (b+1)*bitmap.BlockWords]
}

// cellsOf computes the cell of every row of block b.
func (c *codeAgg) cellsOf(seg table.Segment, b int, s *blockScratch) error {
	if len(c.dims) == 0 || c.dims[0].cuts != nil || s.wide != nil {
		clear(s.narrow)
		clear(s.wide)
	}
	for d := range c.dims {
		dim := &c.dims[d]
		if dim.form == table.FormDict {
			if err := s.placeCodes(seg, dim, b, d > 0); err != nil {
				return err
			}
			continue
		}
		x, err := s.read(seg, dim.col, b)
		if err != nil {
			return err
		}
		null := dim.null()
		bitmap.Each(x.nulls[:(x.n+63)/64], func(i int) { x.vals[i] = null })
		switch {
		case s.narrow != nil && dim.cuts == nil:
			simd.Place(s.narrow, x.vals[:x.n], dim.lo-1, uint64(dim.size), uint16(dim.mult), d > 0)
		case s.narrow != nil:
			placeInts(dim, x.vals[:x.n], s.narrow)
		default:
			placeInts(dim, x.vals[:x.n], s.wide)
		}
	}
	return nil
}

func (s *blockScratch) placeCodes(seg table.Segment, d *codeDim, b int, add bool) error {
	if s.narrow != nil {
		_, err := seg.Codes(d.col, b, s.narrow, uint16(d.mult), add)
		return err
	}
	n, err := seg.Codes(d.col, b, s.codes, 1, false)
	for i, code := range s.codes[:n] {
		s.wide[i] += uint32(code) * uint32(d.mult)
	}
	return err
}

// countRows counts the rows in words, n of them.
func (s *blockScratch) countRows(words []uint64, n int, counts []int64) {
	if s.tally == nil {
		s.countCells(words, counts)
		return
	}
	simd.Compress(s.codes, s.narrow, words)
	s.tally.Add(s.codes[:n])
}

func (s *blockScratch) countCells(words []uint64, counts []int64) {
	if s.narrow != nil {
		countCells(words, s.narrow, counts)
	} else {
		countCells(words, s.wide, counts)
	}
}

func countCells[T uint16 | uint32](words []uint64, cell []T, counts []int64) {
	for w, x := range words {
		at := cell[w<<6 : w<<6+64]
		if x == ^uint64(0) {
			for _, c := range at {
				counts[c]++
			}
			continue
		}
		for ; x != 0; x &= x - 1 {
			counts[at[bits.TrailingZeros64(x)]]++
		}
	}
}

// addValues adds the non-null values of the rows in words.
func (s *blockScratch) addValues(words []uint64, x *intBlock, f *feed, buckets int, p *feedPart) {
	if s.narrow != nil {
		addValues(words, s.narrow, x, f, buckets, p)
	} else {
		addValues(words, s.wide, x, f, buckets, p)
	}
}

func addValues[T uint16 | uint32](words []uint64, cell []T, x *intBlock, f *feed, buckets int, p *feedPart) {
	for w, m := range words {
		m &^= x.nulls[w]
		if m == 0 {
			continue
		}
		at, vals := cell[w<<6:w<<6+64], x.vals[w<<6:w<<6+64]
		if f.ranks {
			lo, shift := uint64(f.lo), f.shift&63
			for r := m; r != 0; r &= r - 1 {
				i := bits.TrailingZeros64(r)
				p.ranks[int(at[i])*buckets+int((uint64(vals[i])-lo)>>shift)]++
			}
		}
		switch {
		case f.bounds:
			addBounds(m, at, vals, p.sums)
		case m == ^uint64(0):
			for i, c := range at {
				o := &p.sums[c]
				o.count++
				o.sum += vals[i]
			}
		default:
			for ; m != 0; m &= m - 1 {
				i := bits.TrailingZeros64(m)
				o := &p.sums[at[i]]
				o.count++
				o.sum += vals[i]
			}
		}
	}
}

func addBounds[T uint16 | uint32](m uint64, at []T, vals []int64, sums []cellSum) {
	for ; m != 0; m &= m - 1 {
		i := bits.TrailingZeros64(m)
		o, v := &sums[at[i]], vals[i]
		o.count++
		o.sum += v
		o.min, o.max = min(o.min, v), max(o.max, v)
	}
}
