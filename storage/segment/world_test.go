package segment

import (
	"context"
	"math"
	"math/rand"
	"testing"

	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/page"
	"tagd/storage/table"
)

// fakeDict is a table.Dict over ints or strings.
type fakeDict struct{ v *vec.Vector }

func (d *fakeDict) Len() int            { return d.v.N }
func (d *fakeDict) Values() *vec.Vector { return d.v }
func (d *fakeDict) Lookup(x vec.Datum) (uint32, bool) {
	for i := 1; i < d.v.N; i++ {
		if vec.Compare(d.v.Type, d.v.Get(i), x) == 0 {
			return uint32(i), true
		}
	}
	return 0, x.Null
}

func newDict(t types.Type, n int) *fakeDict {
	v := vec.New(t, n)
	v.SetNull(0)
	for i := 1; i < n; i++ {
		if v.I64 != nil {
			v.I64[i] = int64(i * 7)
		} else {
			v.Str[i] = "值" + string(rune('一'+i))
		}
	}
	return &fakeDict{v}
}

// twin is a column of a test segment and its rows as they went in.
type twin struct {
	in   Input
	col  Column
	pgs  map[page.Kind][]byte
	name string
}

type world struct {
	def  *types.Table
	cols []*twin
	n    int
	live []uint64
	seg  *Segment
}

func (w *world) Column(c int) Column { return w.cols[c].col }
func (w *world) Page(c int, k page.Kind) ([]byte, error) {
	return w.cols[c].pgs[k], nil
}
func (w *world) alive(i int) bool { return w.live[i>>6]>>(i&63)&1 != 0 }

func (w *world) add(t testing.TB, name string, in Input, d table.Dict) {
	t.Helper()
	in.N = w.n
	p, st, err := Build(in)
	if err != nil {
		t.Fatal(err)
	}
	tw := &twin{in: in, col: Column{Form: in.Form, Dict: d}, pgs: map[page.Kind][]byte{}, name: name}
	for k, b := range p {
		if b == nil {
			continue
		}
		kind, body, err := page.Open(b)
		if err != nil || int(kind) != k {
			t.Fatalf("%s: page %v: %v", name, kind, err)
		}
		tw.pgs[kind] = body
	}
	if st.N != w.n {
		t.Fatalf("stats say %d rows", st.N)
	}
	w.cols = append(w.cols, tw)
	w.def.Columns = append(w.def.Columns, types.Column{Name: name, Type: in.Type})
}

func (w *world) missing(name string, in Input, col Column) {
	in.N = w.n
	w.cols = append(w.cols, &twin{in: in, col: col, name: name})
	w.def.Columns = append(w.def.Columns, types.Column{Name: name, Type: in.Type})
}

func randomCodes(r *rand.Rand, n, k int, sorted, nulls bool) []uint32 {
	c := make([]uint32, n)
	for i := range c {
		switch {
		case nulls && r.Intn(10) == 0:
		case sorted:
			c[i] = uint32(1 + i*(k-1)/n)
		case k > 50:
			c[i] = uint32(1 + int(float64(k-1)*math.Pow(r.Float64(), 3)))
		default:
			c[i] = uint32(1 + r.Intn(k-1))
		}
	}
	return c
}

func randomNulls(r *rand.Rand, n int) []uint64 {
	w := make([]uint64, (n+63)/64)
	for i := range n {
		if r.Intn(8) == 0 {
			w[i>>6] |= 1 << (i & 63)
		}
	}
	return w
}

func ints(n int, f func(i int) int64) []int64 {
	v := make([]int64, n)
	for i := range v {
		v[i] = f(i)
	}
	return v
}

func randomLists(r *rand.Rand, n, k, longest int, dups bool) (off []int32, codes []uint32) {
	off = make([]int32, n+1)
	for i := range n {
		seen := map[uint32]bool{}
		for range r.Intn(longest + 1) {
			c := uint32(r.Intn(k))
			if !dups && seen[c] {
				continue
			}
			seen[c] = true
			codes = append(codes, c)
		}
		off[i+1] = int32(len(codes))
	}
	return off, codes
}

func emptyNulls(off []int32, codes []uint32, nulls []uint64, n int) ([]int32, []uint32) {
	var c []uint32
	o := make([]int32, n+1)
	for i := range n {
		if !isNull(nulls, i) {
			c = append(c, codes[off[i]:off[i+1]]...)
		}
		o[i+1] = int32(len(c))
	}
	return o, c
}

func newWorld(t testing.TB, r *rand.Rand, n int, deleted float64) *world {
	w := &world{def: &types.Table{Name: "tags"}, n: n, live: make([]uint64, (n+63)/64)}
	for i := range n {
		if r.Float64() >= deleted {
			w.live[i>>6] |= 1 << (i & 63)
		}
	}
	text := types.Of(types.Text)
	for _, x := range []struct {
		name          string
		k             int
		sorted, nulls bool
	}{{"dict3", 3, false, true}, {"dict12", 12, false, true}, {"dict200", 200, false, true}, {"dict700", 700, false, true},
		{"dict9000", 9000, false, true}, {"sorted", 40, true, false}, {"same", 2, false, false}} {
		w.add(t, x.name, Input{Type: text, Form: table.FormDict, Codes: randomCodes(r, n, x.k, x.sorted, x.nulls)}, newDict(text, x.k+3))
	}
	w.add(t, "allnull", Input{Type: text, Form: table.FormDict, Codes: make([]uint32, n)}, newDict(text, 1))
	i8, num := types.Of(types.Int8), types.Type{Kind: types.Numeric, Mod: types.NumericMod(12, 2)}
	extreme := []int64{math.MinInt64, math.MaxInt64, 0, -1, 1, 1 << 53}
	w.add(t, "small", Input{Type: i8, Form: table.FormInt, Ints: ints(n, func(int) int64 { return int64(r.Intn(60)) - 5 }), Nulls: randomNulls(r, n)}, nil)
	w.add(t, "spent", Input{Type: num, Form: table.FormInt, Ints: ints(n, func(int) int64 { return int64(r.Intn(3e7)) }), Nulls: randomNulls(r, n)}, nil)
	w.add(t, "stamp", Input{Type: types.Of(types.Timestamp), Form: table.FormInt, Ints: ints(n, func(int) int64 { return (7e8 + int64(r.Intn(1e8))) * 1e6 })}, nil)
	w.add(t, "extreme", Input{Type: i8, Form: table.FormInt, Ints: ints(n, func(int) int64 { return extreme[r.Intn(6)] + int64(r.Intn(2)) - int64(r.Intn(2)) }), Nulls: randomNulls(r, n)}, nil)
	w.add(t, "key", Input{Type: i8, Form: table.FormInt, NoSlices: true, Ints: ints(n, func(i int) int64 { return 1<<60 + int64(i)*3 })}, nil)
	all := make([]uint64, (n+63)/64)
	bitmap.FillRange(all, 0, n)
	w.add(t, "nullint", Input{Type: i8, Form: table.FormInt, Ints: make([]int64, n), Nulls: all}, nil)
	fl := make([]float64, n)
	for i := range fl {
		fl[i] = []float64{r.NormFloat64(), math.NaN(), math.Inf(1), math.Inf(-1), 0}[r.Intn(5)]
	}
	w.add(t, "float", Input{Type: types.Of(types.Float8), Form: table.FormFloat, Floats: fl, Nulls: randomNulls(r, n)}, nil)
	for _, x := range []struct {
		name string
		k    int
		dups bool
	}{{"set", 20, false}, {"bag", 30, true}, {"wide", 5000, false}, {"set300", 300, false}} {
		off, codes := randomLists(r, n, x.k, 5, x.dups)
		nulls := randomNulls(r, n)
		off, codes = emptyNulls(off, codes, nulls, n)
		w.add(t, x.name, Input{Type: text.ArrayOf(), Form: table.FormSet, Off: off, Codes: codes, Nulls: nulls}, newDict(text, x.k))
	}
	pv := vec.New(text, n)
	for i := range n {
		if pv.Str[i] = string(rune('甲' + r.Intn(9000))); r.Intn(9) == 0 {
			pv.Str[i] = ""
			pv.SetNull(i)
		}
	}
	w.add(t, "plain", Input{Type: text, Form: table.FormPlain, Values: pv}, nil)
	w.addMissing(text, i8)
	var body []byte
	if deleted > 0 {
		p := BuildPresent(n, w.live)
		_, body, _ = page.Open(p)
	}
	s, err := New(w.def, 3, n, body, w)
	if err != nil {
		t.Fatal(err)
	}
	w.seg = s
	return w
}

// addMissing adds columns that have no pages.
func (w *world) addMissing(text, i8 types.Type) {
	d := newDict(text, 5)
	x := d.v.Get(2)
	codes := make([]uint32, w.n)
	for i := range codes {
		codes[i] = 2
	}
	w.missing("missdict", Input{Type: text, Form: table.FormDict, Codes: codes}, Column{Form: table.FormDict, Dict: d, Missing: &x})
	w.missing("missint", Input{Type: i8, Form: table.FormInt, Ints: ints(w.n, func(int) int64 { return -9 })},
		Column{Form: table.FormInt, Missing: &vec.Datum{I: -9}})
	all := make([]uint64, (w.n+63)/64)
	bitmap.FillRange(all, 0, w.n)
	w.missing("missnull", Input{Type: i8, Form: table.FormInt, Ints: make([]int64, w.n), Nulls: all},
		Column{Form: table.FormInt, Missing: &vec.Datum{Null: true}})
	arr := vec.New(text, 2)
	arr.Str[0], arr.Str[1] = d.v.Str[3], d.v.Str[1]
	var off []int32
	var ec []uint32
	for i := range w.n + 1 {
		off = append(off, int32(2*i))
		if i < w.n {
			ec = append(ec, 3, 1)
		}
	}
	w.missing("missset", Input{Type: text.ArrayOf(), Form: table.FormSet, Off: off, Codes: ec},
		Column{Form: table.FormSet, Dict: d, Missing: &vec.Datum{A: arr}})
}

// holds is the naive evaluation of a leaf.
func (w *world) holds(l *table.Leaf, i int) bool {
	if l.Kind == table.LeafOffsets {
		for _, o := range l.Ords {
			if o == int64(3*bitmap.SegmentRows+i) {
				return true
			}
		}
		return false
	}
	if l.Kind == table.LeafFunc {
		in := &w.cols[l.Cols[0]].in
		return !isNull(in.Nulls, i) && in.Ints[i]%3 == 0
	}
	in := &w.cols[l.Col].in
	switch l.Kind {
	case table.LeafCodes:
		return hasCode(l.Codes, uint16(in.Codes[i]))
	case table.LeafAny:
		for _, c := range in.Codes[in.Off[i]:in.Off[i+1]] {
			if hasCode(l.Codes, uint16(c)) {
				return true
			}
		}
		return false
	case table.LeafRange:
		return !isNull(in.Nulls, i) && in.Ints[i] >= l.Lo && in.Ints[i] <= l.Hi
	case table.LeafCard:
		k := int64(in.Off[i+1] - in.Off[i])
		return !isNull(in.Nulls, i) && k >= l.Lo && k <= l.Hi
	case table.LeafFloat:
		return !isNull(in.Nulls, i) && vec.CompareFloat(in.Floats[i], l.FLo) >= 0 && vec.CompareFloat(in.Floats[i], l.FHi) <= 0
	}
	switch in.Form {
	case table.FormDict:
		return in.Codes[i] == 0
	case table.FormPlain:
		return in.Values.IsNull(i)
	}
	return isNull(in.Nulls, i)
}

func (w *world) randomLeaf(r *rand.Rand) *table.Rows {
	c := r.Intn(len(w.cols))
	in := &w.cols[c].in
	l := &table.Leaf{Col: c}
	pick := func() int64 {
		x := in.Ints[r.Intn(w.n)]
		if d := int64(r.Intn(5)) - 2; (x > 0) != (d > 0) {
			return x + d
		}
		return x
	}
	switch x := r.Intn(10); {
	case x == 0:
		l.Kind = table.LeafNull
	case x == 1:
		l.Kind = table.LeafOffsets
		for o := int64(0); o < int64(w.n); o += 1 + int64(r.Intn(w.n)) {
			l.Ords = append(l.Ords, 3*bitmap.SegmentRows+o)
		}
		l.Ords = append([]int64{5}, append(l.Ords, 4*bitmap.SegmentRows)...)
	case x == 2:
		l.Kind = table.LeafFunc
		l.Cols = []int{8}
		l.Func = func(_ context.Context, b *vec.Batch, out []uint64) error {
			for i := range b.N {
				if v := b.Cols[0]; !v.IsNull(i) && v.Get(i).I%3 == 0 {
					out[i>>6] |= 1 << (i & 63)
				}
			}
			return nil
		}
	case in.Form == table.FormDict || in.Form == table.FormSet:
		if l.Kind = table.LeafCodes; in.Form == table.FormSet {
			l.Kind = table.LeafAny
			if r.Intn(4) == 0 {
				l.Kind, l.Lo, l.Hi = table.LeafCard, int64(r.Intn(4)), int64(r.Intn(5))
			}
		}
		k := w.cols[c].col.Dict.Len()
		l.Codes = make([]uint64, (k+63)/64)
		for range []int{1, 1, 4, k / 2, 3 * k}[r.Intn(5)] {
			x := r.Intn(k)
			l.Codes[x>>6] |= 1 << (x & 63)
		}
	case in.Form == table.FormInt:
		l.Kind, l.Lo, l.Hi = table.LeafRange, pick(), pick()
		if l.Lo > l.Hi && r.Intn(4) > 0 {
			l.Lo, l.Hi = l.Hi, l.Lo
		}
		if r.Intn(4) == 0 {
			l.Lo = math.MinInt64
		}
		if r.Intn(4) == 0 {
			l.Hi = math.MaxInt64
		}
	case in.Form == table.FormFloat:
		b := []float64{math.Inf(-1), -0.5, 0, 0.5, math.Inf(1), math.NaN()}
		l.Kind, l.FLo, l.FHi = table.LeafFloat, b[r.Intn(5)], b[r.Intn(6)]
	default:
		l.Kind = table.LeafNull
	}
	return &table.Rows{Op: table.OpLeaf, Leaf: l}
}

func (w *world) randomRows(r *rand.Rand, depth int) *table.Rows {
	if depth == 0 || r.Intn(3) == 0 {
		if r.Intn(12) == 0 {
			return &table.Rows{Op: []table.Op{table.OpAll, table.OpNone}[r.Intn(2)]}
		}
		return w.randomLeaf(r)
	}
	switch r.Intn(5) {
	case 0:
		return &table.Rows{Op: table.OpNot, Args: []*table.Rows{w.randomRows(r, depth-1)}}
	case 1, 2:
		e := &table.Rows{Op: table.OpOr}
		for range r.Intn(4) {
			e.Args = append(e.Args, w.randomRows(r, depth-1))
		}
		return e
	}
	e := &table.Rows{Op: table.OpAnd}
	for range r.Intn(5) {
		e.Args = append(e.Args, w.randomRows(r, depth-1))
	}
	return e
}

func (w *world) eval(e *table.Rows) []bool {
	out := make([]bool, w.n)
	switch e.Op {
	case table.OpAll, table.OpAnd:
		for i := range out {
			out[i] = w.alive(i)
		}
		for _, a := range e.Args {
			for i, x := range w.eval(a) {
				out[i] = out[i] && x
			}
		}
	case table.OpOr:
		for _, a := range e.Args {
			for i, x := range w.eval(a) {
				out[i] = out[i] || x
			}
		}
	case table.OpNot:
		for i, x := range w.eval(e.Args[0]) {
			out[i] = w.alive(i) && !x
		}
	case table.OpLeaf:
		ords := map[int64]bool{}
		for _, o := range e.Leaf.Ords {
			ords[o] = true
		}
		for i := range out {
			if e.Leaf.Kind == table.LeafOffsets {
				out[i] = w.alive(i) && ords[int64(3*bitmap.SegmentRows+i)]
				continue
			}
			out[i] = w.alive(i) && w.holds(e.Leaf, i)
		}
	}
	return out
}
