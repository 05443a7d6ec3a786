package segment

import (
	"tagd/sql/types"
	"tagd/sql/vec"
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
			k, err := s.Codes(0, b, lane)
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

func (in *Input) vector(d table.Dict) *vec.Vector {
	v := &vec.Vector{Type: in.Type, N: in.N, Nulls: in.Nulls}
	switch in.Form {
	case table.FormDict:
		return &vec.Vector{Type: in.Type, N: in.N, Dict: d.Values(), Codes: in.Codes}
	case table.FormInt:
		if in.Type.Phys() == types.PhysInt {
			v.I64 = in.Ints
			return v
		}
		_, scale, _ := in.Type.Precision()
		v.Dec = make([]types.Decimal, in.N)
		for i, x := range in.Ints {
			v.Dec[i] = types.DecimalOf(x, int32(scale))
		}
		return v
	case table.FormFloat:
		v.F64 = in.Floats
		return v
	case table.FormSet:
		v.Off = in.Off
		v.Child = &vec.Vector{Type: in.Type.Elem(), N: len(in.Codes), Dict: d.Values(), Codes: in.Codes}
		return v
	}
	return in.Values
}
