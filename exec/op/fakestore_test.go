package op

import (
	"context"

	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// fakeTable is a naive table: flat columns, some rows dead, small segments'
// worth of rows spread over two segments.
type fakeTable struct {
	def   *types.Table
	cols  []*vec.Vector // all ordinals, segment after segment
	sizes []int         // ordinals per segment
	dead  map[int]bool  // by position in cols
	forms []table.Form
	dicts []*fakeDict
	codes [][]uint16 // FormDict: by position; FormSet: by element
}

type fakeDict struct {
	vals *vec.Vector
	t    types.Type
}

func (d *fakeDict) Len() int            { return d.vals.N }
func (d *fakeDict) Values() *vec.Vector { return d.vals }
func (d *fakeDict) Lookup(x vec.Datum) (uint32, bool) {
	for i := 1; i < d.vals.N; i++ {
		if vec.Compare(d.t, d.vals.Get(i), x) == 0 {
			return uint32(i), true
		}
	}
	return 0, false
}

func (t *fakeTable) Version() uint64        { return 1 }
func (t *fakeTable) Tables() []*types.Table { return []*types.Table{t.def} }
func (t *fakeTable) Meta(string) []byte     { return nil }
func (t *fakeTable) Release()               {}
func (t *fakeTable) Share() table.Snapshot  { return t }
func (t *fakeTable) Def() *types.Table      { return t.def }
func (t *fakeTable) Segments() int          { return len(t.sizes) }
func (t *fakeTable) Form(c int) table.Form  { return t.forms[c] }
func (t *fakeTable) Bytes() int64           { return 0 }
func (t *fakeTable) IndexBytes(int) int64   { return 0 }
func (t *fakeTable) Changed() uint64        { return 0 }
func (t *fakeTable) RowVersions(context.Context, []int64, []uint64) error {
	return nil
}
func (t *fakeTable) Rows() int64 { return int64(t.cols[0].N - len(t.dead)) }
func (t *fakeTable) Table(n string) (table.Table, bool) {
	return t, n == t.def.Name
}
func (t *fakeTable) Dict(c int) table.Dict {
	if t.dicts[c] == nil {
		return nil
	}
	return t.dicts[c]
}

func (t *fakeTable) intAt(c, i int) int64 {
	v := t.cols[c]
	if v.Type.Kind == types.Numeric {
		_, s, _ := v.Type.Precision()
		x, _ := v.Dec[i].Unscaled(int32(s))
		return x
	}
	return v.I64[i]
}

func (t *fakeTable) Range(c int) (lo, hi int64, ok bool) {
	for i := range t.cols[c].N {
		if t.cols[c].IsNull(i) {
			continue
		}
		x := t.intAt(c, i)
		if !ok {
			lo, hi, ok = x, x, true
		}
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi, ok
}

func (t *fakeTable) LookupUnique(context.Context, int, []*vec.Vector, []int64) error {
	panic("no constraints here")
}

func (t *fakeTable) Lookup(_ context.Context, keys *vec.Vector, ords []int64) error {
	for k := range ords {
		ords[k] = -1
		for s, base := 0, 0; s < len(t.sizes); s++ {
			for o := range t.sizes[s] {
				if p := base + o; !keys.IsNull(k) && !t.dead[p] && vec.CompareAt(keys, k, t.cols[t.def.Key], p) == 0 {
					ords[k] = int64(s)*bitmap.SegmentRows + int64(o)
				}
			}
			base += t.sizes[s]
		}
	}
	return nil
}

func (t *fakeTable) Segment(i int) (table.Segment, error) {
	base := 0
	for s := range i {
		base += t.sizes[s]
	}
	return &fakeSegment{t: t, i: i, base: base, n: t.sizes[i]}, nil
}

type fakeSegment struct {
	t          *fakeTable
	i, base, n int
}

func (s *fakeSegment) Index() int { return s.i }
func (s *fakeSegment) N() int     { return s.n }
func (s *fakeSegment) Close()     {}
func (s *fakeSegment) Live() int {
	n := 0
	for o := range s.n {
		if !s.t.dead[s.base+o] {
			n++
		}
	}
	return n
}

func (s *fakeSegment) Eval(ctx context.Context, e *table.Rows, dst *bitmap.Set) error {
	*dst = bitmap.Set{N: s.n, Words: make([]uint64, (s.n+bitmap.BlockRows-1)/bitmap.BlockRows*bitmap.BlockWords)}
	for o := range s.n {
		if s.t.dead[s.base+o] {
			continue
		}
		ok, err := s.holds(ctx, e, o)
		if err != nil {
			return err
		}
		if ok {
			dst.Words[o>>6] |= 1 << (o & 63)
			dst.Card[o/bitmap.BlockRows]++
		}
	}
	return nil
}

func (s *fakeSegment) Count(ctx context.Context, e *table.Rows) (int64, error) {
	var set bitmap.Set
	err := s.Eval(ctx, e, &set)
	return int64(set.Count()), err
}

func (s *fakeSegment) holds(ctx context.Context, e *table.Rows, o int) (bool, error) {
	switch e.Op {
	case table.OpAll:
		return true, nil
	case table.OpNone:
		return false, nil
	case table.OpNot:
		ok, err := s.holds(ctx, e.Args[0], o)
		return !ok, err
	case table.OpLeaf:
		return s.leaf(ctx, e.Leaf, o)
	}
	for _, a := range e.Args {
		ok, err := s.holds(ctx, a, o)
		if err != nil {
			return false, err
		}
		if ok == (e.Op == table.OpOr) {
			return ok, nil
		}
	}
	return e.Op == table.OpAnd, nil
}

func (s *fakeSegment) leaf(ctx context.Context, l *table.Leaf, o int) (bool, error) {
	p := s.base + o
	has := func(code uint16) bool { return int(code)>>6 < len(l.Codes) && l.Codes[code>>6]>>(code&63)&1 != 0 }
	switch l.Kind {
	case table.LeafFunc:
		b := &vec.Batch{N: 1}
		for _, c := range l.Cols {
			v, err := s.Gather(c, []uint32{uint32(o)})
			if err != nil {
				return false, err
			}
			b.Cols = append(b.Cols, v)
		}
		var out [1]uint64
		err := l.Func(ctx, b, out[:])
		return out[0]&1 != 0, err
	case table.LeafOffsets:
		for _, x := range l.Ords {
			if x == int64(s.i)*bitmap.SegmentRows+int64(o) {
				return true, nil
			}
		}
		return false, nil
	case table.LeafCodes:
		return has(s.t.codes[l.Col][p]), nil
	}
	col := s.t.cols[l.Col]
	if l.Kind == table.LeafNull || col.IsNull(p) {
		return l.Kind == table.LeafNull && col.IsNull(p), nil
	}
	switch l.Kind {
	case table.LeafRange:
		x := s.t.intAt(l.Col, p)
		return x >= l.Lo && x <= l.Hi, nil
	case table.LeafFloat:
		f8 := types.Of(types.Float8)
		x := vec.Datum{F: col.F64[p]}
		return vec.Compare(f8, x, vec.Datum{F: l.FLo}) >= 0 && vec.Compare(f8, x, vec.Datum{F: l.FHi}) <= 0, nil
	case table.LeafCard:
		n := int64(col.Off[p+1] - col.Off[p])
		return n >= l.Lo && n <= l.Hi, nil
	case table.LeafAny:
		for _, c := range s.t.codes[l.Col][col.Off[p]:col.Off[p+1]] {
			if has(c) {
				return true, nil
			}
		}
	}
	return false, nil
}

func (s *fakeSegment) member(rs *bitmap.Set, o int) bool {
	if rs == nil {
		return !s.t.dead[s.base+o]
	}
	return rs.Words[o>>6]>>(o&63)&1 != 0
}

func (s *fakeSegment) CountCodes(_ context.Context, cols []int, rs *bitmap.Set, counts []int64) error {
	for o := range s.n {
		if s.member(rs, o) {
			s.count(cols, s.base+o, 0, counts)
		}
	}
	return nil
}

func (s *fakeSegment) count(cols []int, p, cell int, counts []int64) {
	if len(cols) == 0 {
		counts[cell]++
		return
	}
	c := cols[0]
	size := s.t.dicts[c].Len()
	if s.t.forms[c] == table.FormDict {
		s.count(cols[1:], p, cell*size+int(s.t.codes[c][p]), counts)
		return
	}
	for _, x := range s.t.codes[c][s.t.cols[c].Off[p]:s.t.cols[c].Off[p+1]] {
		s.count(cols[1:], p, cell*size+int(x), counts)
	}
}

func (s *fakeSegment) Sum(_ context.Context, col int, rs *bitmap.Set) (table.IntSum, error) {
	var sum table.IntSum
	for o := range s.n {
		if p := s.base + o; s.member(rs, o) && !s.t.cols[col].IsNull(p) {
			x := s.t.intAt(col, p)
			addSums(&sum, table.IntSum{Count: 1, Hi: x >> 63, Lo: uint64(x), Min: x, Max: x})
		}
	}
	return sum, nil
}

func (s *fakeSegment) Codes(col, b int, dst []uint16, mult uint16, add bool) (int, error) {
	lo := b * bitmap.BlockRows
	codes := s.t.codes[col][s.base+lo : s.base+min(s.n, lo+bitmap.BlockRows)]
	for i, c := range codes {
		if !add {
			dst[i] = 0
		}
		dst[i] += c * mult
	}
	return len(codes), nil
}

func (s *fakeSegment) Ints(col, b int, dst []int64, nulls []uint64) (int, error) {
	clear(nulls)
	n := 0
	for o := b * bitmap.BlockRows; o < min(s.n, (b+1)*bitmap.BlockRows); o++ {
		dst[n] = 3 // anything
		if s.t.cols[col].IsNull(s.base + o) {
			nulls[n>>6] |= 1 << (n & 63)
		} else {
			dst[n] = s.t.intAt(col, s.base+o)
		}
		n++
	}
	return n, nil
}

func (s *fakeSegment) Lists(int, int, []uint32, []uint16) (int, []uint16, error) {
	return 0, nil, nil
}

func (s *fakeSegment) Gather(col int, offs []uint32) (*vec.Vector, error) {
	if s.t.forms[col] == table.FormDict {
		codes := make([]uint32, len(offs))
		for i, o := range offs {
			codes[i] = uint32(s.t.codes[col][s.base+int(o)])
		}
		return vec.NewDict(s.t.dicts[col].vals, codes), nil
	}
	idx := make([]int32, len(offs))
	for i, o := range offs {
		idx[i] = int32(s.base + int(o))
	}
	return s.t.cols[col].Gather(idx), nil
}

// encode gives a column its dictionary, with an entry that no row has.
func encode(v, flat *vec.Vector, unused vec.Datum) (*fakeDict, []uint16) {
	t := flat.Type
	b := vec.NewBuilder(t, 8)
	b.AppendNull()
	b.Append(unused)
	vals := []vec.Datum{{Null: true}, unused}
	codes := make([]uint16, flat.N)
	for i := range flat.N {
		if flat.IsNull(i) {
			continue
		}
		x, found := flat.Get(i), false
		for c := 1; c < len(vals) && !found; c++ {
			if vec.Compare(t, vals[c], x) == 0 {
				codes[i], found = uint16(c), true
			}
		}
		if !found {
			codes[i] = uint16(len(vals))
			vals = append(vals, x)
			b.Append(x)
		}
	}
	return &fakeDict{vals: b.Finish(), t: t}, codes
}
