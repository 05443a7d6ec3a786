package segment

import (
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/encoding"
	"tagd/storage/table"
)

// Gather implements table.Segment.
func (s *Segment) Gather(col int, offs []uint32) (*vec.Vector, error) {
	c, err := s.column(col)
	if err != nil {
		return nil, err
	}
	for _, o := range offs {
		if int(o) >= s.n {
			return nil, encoding.Corrupt("offset %d of a segment of %d rows", o, s.n)
		}
	}
	switch {
	case c.miss && c.form == table.FormDict && c.info.Dict != nil:
		codes := make([]uint32, len(offs))
		for i := range codes {
			codes[i] = uint32(c.mcode)
		}
		return s.dictVector(c, codes)
	case c.miss:
		return vec.NewConst(c.typ, *c.info.Missing, len(offs)), nil
	}
	switch c.form {
	case table.FormDict:
		p, err := s.codesOf(c)
		if err != nil {
			return nil, err
		}
		codes := make([]uint32, len(offs))
		for i, o := range offs {
			codes[i] = uint32(p.At(int(o)))
		}
		return s.dictVector(c, codes)
	case table.FormInt:
		return s.gatherInts(c, offs)
	case table.FormFloat:
		p, err := s.floatsOf(c)
		if err != nil {
			return nil, err
		}
		v := vec.New(c.typ, len(offs))
		for i, o := range offs {
			if p.IsNull(int(o)) {
				v.SetNull(i)
			} else {
				v.F64[i] = p.At(int(o))
			}
		}
		return v, nil
	case table.FormSet:
		return s.gatherLists(c, offs)
	}
	return s.gatherPlain(c, offs)
}

// dictVector checks codes against the dictionary and shows their values.
func (s *Segment) dictVector(c *column, codes []uint32) (*vec.Vector, error) {
	n := uint32(c.info.Dict.Len())
	for _, k := range codes {
		if k >= n {
			return nil, s.fault(c.pos, encoding.Corrupt("code %d in a dictionary of %d", k, n))
		}
	}
	return &vec.Vector{Type: c.info.Dict.Values().Type, N: len(codes), Dict: c.info.Dict.Values(), Codes: codes}, nil
}

func (s *Segment) gatherInts(c *column, offs []uint32) (*vec.Vector, error) {
	p, err := s.packedOf(c)
	if err != nil {
		return nil, err
	}
	var vals []int64
	v := &vec.Vector{Type: c.typ, N: len(offs)}
	if c.typ.Phys() == types.PhysDec {
		vals = make([]int64, len(offs))
	} else {
		v.I64 = make([]int64, len(offs))
		vals = v.I64
	}
	readInts(p, offs, vals, s.intBuf())
	if p.Nulls() != nil {
		for i, o := range offs {
			if p.IsNull(int(o)) {
				v.SetNull(i)
				vals[i] = 0
			}
		}
	}
	if v.I64 == nil {
		_, scale, _ := c.typ.Precision()
		v.Dec = make([]types.Decimal, len(offs))
		for i, x := range vals {
			v.Dec[i] = types.DecimalOf(x, int32(scale))
		}
	}
	return v, nil
}

// readInts reads values at ascending offsets: a block is unpacked as a whole
// when enough of it is asked for (unpacking costs 1 ns a row, a point 5).
func readInts(p *encoding.Packed, offs []uint32, vals, buf []int64) {
	for i := 0; i < len(offs); {
		k := int(offs[i]) / encoding.PackRows
		j := i + 1
		for j < len(offs) && int(offs[j])/encoding.PackRows == k {
			j++
		}
		if j-i < encoding.PackRows/5 {
			for ; i < j; i++ {
				vals[i] = p.At(int(offs[i]))
			}
			continue
		}
		p.Block(k, buf)
		for ; i < j; i++ {
			vals[i] = buf[int(offs[i])%encoding.PackRows]
		}
	}
}

func (s *Segment) gatherLists(c *column, offs []uint32) (*vec.Vector, error) {
	p, err := s.listsOf(c)
	if err != nil {
		return nil, err
	}
	v := &vec.Vector{Type: c.typ, N: len(offs), Off: make([]int32, len(offs)+1)}
	var codes []uint32
	var buf []uint16
	at, next := 0, -1 // elements before row next, to go on from
	for i, o := range offs {
		r := int(o)
		if p.IsNull(r) {
			v.SetNull(i)
		}
		if k := p.Len(r); k > 0 {
			if next != r {
				at = p.Start(r)
			}
			if buf, err = p.Append(buf[:0], at, k); err != nil {
				return nil, s.fault(c.pos, err)
			}
			for _, x := range buf {
				codes = append(codes, uint32(x))
			}
			at, next = at+k, r+1
		}
		v.Off[i+1] = int32(len(codes))
	}
	v.Child, err = s.dictVector(c, codes)
	return v, err
}

func (s *Segment) gatherPlain(c *column, offs []uint32) (*vec.Vector, error) {
	p, err := s.plainOf(c)
	if err != nil {
		return nil, err
	}
	out := vec.NewBuilder(c.typ, len(offs))
	for _, o := range offs {
		k := int(o) / encoding.PlainRows
		if k != c.block {
			v, err := p.Block(k)
			if err != nil {
				return nil, s.fault(c.pos, err)
			}
			c.block, c.cached = k, v
		}
		i := int(o) % encoding.PlainRows
		if p.IsNull(int(o)) {
			out.AppendNull()
			continue
		}
		out.AppendFrom(c.cached, i)
	}
	return out.Finish(), nil
}
