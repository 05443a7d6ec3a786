package segment

import (
	"tagd/storage/bitmap"
	"tagd/storage/encoding"
	"tagd/storage/table"
)

// Codes implements table.Segment.
func (s *Segment) Codes(col, b int, dst []uint16, mult uint16, add bool) (int, error) {
	c, err := s.column(col)
	if err != nil {
		return 0, err
	}
	if c.form != table.FormDict {
		return 0, wrongLeaf(&table.Leaf{}, c.form)
	}
	n := s.blockRows(b)
	d := dim{c: c, k: c.info.Dict.Len(), mult: int(mult)}
	return n, s.indexDim(&d, b*bitmap.BlockRows, dst[:n], add)
}

// Ints implements table.Segment.
func (s *Segment) Ints(col, b int, dst []int64, nulls []uint64) (int, error) {
	c, err := s.column(col)
	if err != nil {
		return 0, err
	}
	if c.form != table.FormInt {
		return 0, wrongLeaf(&table.Leaf{Kind: table.LeafRange}, c.form)
	}
	n := s.blockRows(b)
	clear(nulls[:(n+63)/64])
	if c.miss {
		x := c.mint
		if c.mnull {
			x = 0
			bitmap.FillRange(nulls, 0, n)
		}
		for i := range dst[:n] {
			dst[i] = x
		}
		return n, nil
	}
	p, err := s.packedOf(c)
	if err != nil {
		return 0, err
	}
	for at := 0; at < n; at += encoding.PackRows {
		p.Raw((b*bitmap.BlockRows+at)/encoding.PackRows, dst[at:])
	}
	if w := p.Nulls(); w != nil && n > 0 {
		copy(nulls[:(n+63)/64], w[b*bitmap.BlockWords:])
	}
	return n, nil
}

// Lists implements table.Segment.
func (s *Segment) Lists(col, b int, off []uint32, dst []uint16) (int, []uint16, error) {
	c, err := s.column(col)
	if err != nil {
		return 0, dst, err
	}
	if c.form != table.FormSet {
		return 0, dst, wrongLeaf(&table.Leaf{Kind: table.LeafAny}, c.form)
	}
	n := s.blockRows(b)
	if c.miss {
		off[0] = 0
		for i := range n {
			dst = append(dst, c.melem...)
			off[i+1] = off[i] + uint32(len(c.melem))
		}
		return n, dst, nil
	}
	p, err := s.listsOf(c)
	if err != nil {
		return 0, dst, err
	}
	from := len(dst)
	n, dst, err = p.Block(b, off, dst)
	if err != nil {
		return 0, dst, s.fault(col, err)
	}
	k := c.info.Dict.Len()
	for _, x := range dst[from:] {
		if int(x) >= k {
			return 0, dst, s.fault(col, encoding.Corrupt("code %d in a dictionary of %d", x, k))
		}
	}
	return n, dst, nil
}
