package op

import (
	"context"
	"math/bits"

	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// blockScratch is what byBlock needs for one block.
type blockScratch struct {
	cell  []uint32
	codes []uint16
	vals  []int64
	nulls []uint64
}

// byBlock fills the cells of a segment block by block: the cell of every row
// from its codes, then each aggregate's values under its row set.
func (c *codeAgg) byBlock(ctx context.Context, seg table.Segment, base *bitmap.Set, subs []*bitmap.Set, p *cellPart) error {
	s := &blockScratch{
		cell:  make([]uint32, bitmap.BlockRows),
		codes: make([]uint16, bitmap.BlockRows),
		vals:  make([]int64, bitmap.BlockRows),
		nulls: make([]uint64, bitmap.BlockWords),
	}
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
		countCells(block(base, b), s.cell, p.base)
		for j, call := range c.calls {
			a := &p.calls[j]
			switch {
			case call.kind != intCount:
				if _, err := seg.Ints(call.col, b, s.vals, s.nulls); err != nil {
					return err
				}
				a.addValues(block(subs[j], b), s)
			case call.rows != nil:
				countCells(block(subs[j], b), s.cell, a.count)
			}
		}
	}
	return nil
}

func block(s *bitmap.Set, b int) []uint64 {
	return s.Words[b*bitmap.BlockWords : (b+1)*bitmap.BlockWords]
}

// cellsOf computes the cell of every row of block b, the last dimension fastest.
func (c *codeAgg) cellsOf(seg table.Segment, b int, s *blockScratch) error {
	clear(s.cell)
	for d := range c.dims {
		dim := &c.dims[d]
		size := uint32(dim.size)
		if dim.form == table.FormDict {
			n, err := seg.Codes(dim.col, b, s.codes)
			if err != nil {
				return err
			}
			cell := s.cell[:n]
			for i, code := range s.codes[:n] {
				cell[i] = cell[i]*size + uint32(code)
			}
			continue
		}
		n, err := seg.Ints(dim.col, b, s.vals, s.nulls)
		if err != nil {
			return err
		}
		cell := s.cell[:n]
		for i, v := range s.vals[:n] {
			code := uint32(v - dim.lo + 1)
			if s.nulls[i>>6]>>(i&63)&1 != 0 {
				code = 0
			}
			if code >= size { // a dead row's value may be outside the range
				code = 0
			}
			cell[i] = cell[i]*size + code
		}
	}
	return nil
}

func countCells(words []uint64, cell []uint32, counts []int64) {
	for w, x := range words {
		if x == ^uint64(0) {
			for _, c := range cell[w<<6 : w<<6+64] {
				counts[c]++
			}
			continue
		}
		for x != 0 {
			counts[cell[w<<6+bits.TrailingZeros64(x)]]++
			x &= x - 1
		}
	}
}

// addValues adds the non-null values of the rows in words.
func (a *cellArray) addValues(words []uint64, s *blockScratch) {
	for w, x := range words {
		x &^= s.nulls[w]
		for x != 0 {
			i := w<<6 + bits.TrailingZeros64(x)
			x &= x - 1
			c, v := s.cell[i], s.vals[i]
			if a.count[c] == 0 || v < a.min[c] {
				a.min[c] = v
			}
			if a.count[c] == 0 || v > a.max[c] {
				a.max[c] = v
			}
			a.count[c]++
			a.sum[c] += v
		}
	}
}
