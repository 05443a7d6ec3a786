package segment

import (
	"tagd/sql/types"
	"tagd/storage/bitmap"
	"tagd/storage/page"
	"tagd/storage/table"
)

// oneColumn is a Source of a single column.
type oneColumn struct {
	c    Column
	page func(page.Kind) ([]byte, error)
}

func (o *oneColumn) Column(int) Column                       { return o.c }
func (o *oneColumn) Page(_ int, k page.Kind) ([]byte, error) { return o.page(k) }

func decode(t types.Type, info Column, n int, pg func(page.Kind) ([]byte, error)) (Input, error) {
	def := &types.Table{Columns: []types.Column{{Type: t}}}
	s, err := New(def, 0, n, nil, &oneColumn{info, pg})
	if err != nil {
		return Input{}, err
	}
	c, err := s.column(0)
	if err != nil {
		return Input{}, err
	}
	in := Input{Type: t, Form: c.form, N: n}
	switch c.form {
	case table.FormDict:
		in.Codes = make([]uint32, 0, n)
		lane := make([]uint16, bitmap.BlockRows)
		for b := range bitmap.Blocks(n) {
			k, err := s.Codes(0, b, lane, 1, false)
			if err != nil {
				return in, err
			}
			for _, x := range lane[:k] {
				in.Codes = append(in.Codes, uint32(x))
			}
		}
		return in, nil
	case table.FormInt:
		return in, s.decodeInts(&in)
	case table.FormFloat:
		return in, s.decodeFloats(c, &in)
	case table.FormSet:
		return in, s.decodeLists(c, &in)
	}
	offs := make([]uint32, n)
	for i := range offs {
		offs[i] = uint32(i)
	}
	in.Values, err = s.Gather(0, offs)
	return in, err
}

func (s *Segment) decodeInts(in *Input) error {
	in.Ints = make([]int64, s.n)
	nulls := make([]uint64, bitmap.Blocks(s.n)*bitmap.BlockWords)
	for b := range bitmap.Blocks(s.n) {
		if _, err := s.Ints(0, b, in.Ints[b*bitmap.BlockRows:], nulls[b*bitmap.BlockWords:]); err != nil {
			return err
		}
	}
	if bitmap.Any(nulls) {
		in.Nulls = nulls[:(s.n+63)/64]
		bitmap.Each(in.Nulls, func(i int) { in.Ints[i] = 0 })
	}
	return nil
}

func (s *Segment) decodeFloats(c *column, in *Input) error {
	in.Floats = make([]float64, s.n)
	if c.miss {
		for i := range in.Floats {
			in.Floats[i] = c.mf
			if c.mnull {
				in.setNull(i)
			}
		}
		return nil
	}
	p, err := s.floatsOf(c)
	if err == nil {
		err = s.fault(c.pos, p.Check())
	}
	if err != nil {
		return err
	}
	for i := range in.Floats {
		in.Floats[i] = p.At(i)
	}
	if p.Nulls() != nil {
		in.Nulls = append([]uint64(nil), p.Nulls()...)
	}
	return nil
}

func (s *Segment) decodeLists(c *column, in *Input) error {
	in.Off = make([]int32, s.n+1)
	off := make([]uint32, bitmap.BlockRows+1)
	var buf []uint16
	for b := range bitmap.Blocks(s.n) {
		var n int
		var err error
		if n, buf, err = s.Lists(0, b, off, buf[:0]); err != nil {
			return err
		}
		base := int32(len(in.Codes))
		for i := range n {
			in.Off[b*bitmap.BlockRows+i+1] = base + int32(off[i+1])
		}
		for _, x := range buf {
			in.Codes = append(in.Codes, uint32(x))
		}
	}
	if c.miss {
		for i := 0; c.mnull && i < s.n; i++ {
			in.setNull(i)
		}
		return nil
	}
	if w := c.lists.Nulls(); w != nil {
		in.Nulls = append([]uint64(nil), w...)
	}
	return nil
}

func (in *Input) setNull(i int) {
	if in.Nulls == nil {
		in.Nulls = make([]uint64, (in.N+63)/64)
	}
	in.Nulls[i>>6] |= 1 << (i & 63)
}
