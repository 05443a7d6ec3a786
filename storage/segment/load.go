package segment

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/encoding"
	"tagd/storage/page"
	"tagd/storage/table"
)

// column is what one Segment has opened of a column: parsed pages, made when
// first needed.
type column struct {
	pos  int
	typ  types.Type
	info Column
	form table.Form // as stored here: FormDict, FormSet or FormInt for a Coded column

	codes  *encoding.Codes
	inv    *encoding.Inverted
	invOK  bool // inv has been asked for
	packed *encoding.Packed
	slices *encoding.Slices
	sliOK  bool
	floats *encoding.Floats
	lists  *encoding.Lists
	plain  *encoding.Plain

	miss  bool     // every row has the missing value
	mcode uint16   // FormDict: its code
	melem []uint16 // FormSet: its element codes
	mnull bool
	mint  int64
	mf    float64

	block  int // plain: the block that is unpacked, -1 for none
	cached *vec.Vector
}

func (s *Segment) column(col int) (*column, error) {
	for _, c := range s.cols {
		if c.pos == col {
			return c, nil
		}
	}
	if col < 0 || col >= len(s.def.Columns) {
		return nil, sqlerr.New(pgerrcode.InternalError, "table \"%s\" has no column %d", s.def.Name, col)
	}
	c := newColumn(col, s.def.Columns[col].Type, s.src.Column(col))
	s.cols = append(s.cols, c)
	return c, nil
}

func newColumn(pos int, t types.Type, info Column) *column {
	c := &column{pos: pos, typ: t, info: info, form: info.Form, block: -1}
	if info.Form == table.FormPlain && info.Coded {
		switch {
		case t.Array:
			c.form = table.FormSet
		case t.Kind == types.Numeric:
			c.form = table.FormInt
		default:
			c.form = table.FormDict
		}
	}
	m := info.Missing
	if m == nil {
		return c
	}
	c.miss, c.mnull = true, m.Null
	if m.Null {
		return c
	}
	switch c.form {
	case table.FormInt:
		c.mint = m.I
		if t.Kind == types.Numeric {
			_, scale, _ := t.Precision()
			c.mint, _ = m.D.Unscaled(int32(scale))
		}
	case table.FormFloat:
		c.mf = m.F
	case table.FormDict:
		if len(info.Elems) > 0 {
			c.mcode = info.Elems[0]
		} else if info.Dict != nil {
			k, _ := info.Dict.Lookup(*m)
			c.mcode = uint16(k)
		}
	case table.FormSet:
		c.melem = info.Elems
		if info.Elems == nil && m.A != nil && info.Dict != nil {
			for i := range m.A.N {
				k, _ := info.Dict.Lookup(m.A.Get(i))
				c.melem = append(c.melem, uint16(k))
			}
		}
	}
	return c
}

// body gets a page that must be there.
func (s *Segment) body(c *column, k page.Kind) ([]byte, error) {
	b, err := s.src.Page(c.pos, k)
	if err == nil && b == nil {
		err = encoding.Corrupt("the %s page is missing", k)
	}
	return b, s.fault(c.pos, err)
}

func (s *Segment) rowsFault(c *column, n int, k page.Kind) error {
	if n == s.n {
		return nil
	}
	return s.fault(c.pos, encoding.Corrupt("the %s page has %d rows, the segment %d", k, n, s.n))
}

func (s *Segment) codesOf(c *column) (*encoding.Codes, error) {
	if c.codes != nil {
		return c.codes, nil
	}
	b, err := s.body(c, page.Codes)
	if err != nil {
		return nil, err
	}
	p, err := encoding.ParseCodes(b)
	if err != nil {
		return nil, s.fault(c.pos, err)
	}
	if err := s.rowsFault(c, p.N(), page.Codes); err != nil {
		return nil, err
	}
	c.codes = p
	return p, nil
}

// invOf gets the Inverted page, nil if the column has none.
func (s *Segment) invOf(c *column) (*encoding.Inverted, error) {
	if c.invOK {
		return c.inv, nil
	}
	b, err := s.src.Page(c.pos, page.Inverted)
	if err != nil {
		return nil, s.fault(c.pos, err)
	}
	if b != nil {
		if c.inv, err = encoding.ParseInverted(b); err != nil {
			return nil, s.fault(c.pos, err)
		}
	}
	c.invOK = true
	return c.inv, nil
}

func (s *Segment) packedOf(c *column) (*encoding.Packed, error) {
	if c.packed != nil {
		return c.packed, nil
	}
	b, err := s.body(c, page.Packed)
	if err != nil {
		return nil, err
	}
	p, err := encoding.ParsePacked(b)
	if err != nil {
		return nil, s.fault(c.pos, err)
	}
	if err := s.rowsFault(c, p.N(), page.Packed); err != nil {
		return nil, err
	}
	c.packed = p
	return p, nil
}

// slicesOf gets the Slices page, nil if the column has none.
func (s *Segment) slicesOf(c *column) (*encoding.Slices, error) {
	if c.sliOK {
		return c.slices, nil
	}
	b, err := s.src.Page(c.pos, page.Slices)
	if err != nil {
		return nil, s.fault(c.pos, err)
	}
	if b != nil {
		p, err := encoding.ParseSlices(b)
		if err != nil {
			return nil, s.fault(c.pos, err)
		}
		if err := s.rowsFault(c, p.N(), page.Slices); err != nil {
			return nil, err
		}
		c.slices = p
	}
	c.sliOK = true
	return c.slices, nil
}

func (s *Segment) floatsOf(c *column) (*encoding.Floats, error) {
	if c.floats != nil {
		return c.floats, nil
	}
	b, err := s.body(c, page.Floats)
	if err != nil {
		return nil, err
	}
	p, err := encoding.ParseFloats(b)
	if err != nil {
		return nil, s.fault(c.pos, err)
	}
	if err := s.rowsFault(c, p.N(), page.Floats); err != nil {
		return nil, err
	}
	c.floats = p
	return p, nil
}

func (s *Segment) listsOf(c *column) (*encoding.Lists, error) {
	if c.lists != nil {
		return c.lists, nil
	}
	b, err := s.body(c, page.Lists)
	if err != nil {
		return nil, err
	}
	p, err := encoding.ParseLists(b)
	if err != nil {
		return nil, s.fault(c.pos, err)
	}
	if err := s.rowsFault(c, p.N(), page.Lists); err != nil {
		return nil, err
	}
	c.lists = p
	return p, nil
}

func (s *Segment) plainOf(c *column) (*encoding.Plain, error) {
	if c.plain != nil {
		return c.plain, nil
	}
	b, err := s.body(c, page.Plain)
	if err != nil {
		return nil, err
	}
	p, err := encoding.ParsePlain(c.typ, b)
	if err != nil {
		return nil, s.fault(c.pos, err)
	}
	if err := s.rowsFault(c, p.N(), page.Plain); err != nil {
		return nil, err
	}
	c.plain = p
	return p, nil
}
