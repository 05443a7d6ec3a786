package segment

import (
	"context"
	"math"
	"math/big"
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

func (w *world) check(t *testing.T, e *table.Rows) (*bitmap.Set, []bool) {
	t.Helper()
	want := w.eval(e)
	set := bitmap.NewSet(1)
	if err := w.seg.Eval(context.Background(), e, set); err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, x := range want {
		if set.Has(i) != x {
			t.Fatalf("%d rows: row %d: %v, want %v: %s", w.n, i, set.Has(i), x, w.show(e))
		}
		if x {
			n++
		}
	}
	if set.Count() != n {
		t.Fatalf("set says %d members, has %d", set.Count(), n)
	}
	if c, err := w.seg.Count(context.Background(), e); err != nil || int(c) != n {
		t.Fatalf("count %d %v, want %d: %s", c, err, n, w.show(e))
	}
	return set, want
}

func (w *world) show(e *table.Rows) string {
	if e.Op == table.OpLeaf {
		l := e.Leaf
		return w.cols[l.Col].name + string(rune('0'+l.Kind))
	}
	s := string("an&|!l"[e.Op]) + "("
	for _, a := range e.Args {
		s += w.show(a) + " "
	}
	return s + ")"
}

func worlds(t *testing.T, f func(r *rand.Rand, w *world)) {
	for i, n := range []int{1, 63, 700, 65536, 65536 + 70} {
		for j, deleted := range []float64{0, 0.02, 0.9} {
			r := rand.New(rand.NewSource(int64(10*i + j)))
			f(r, newWorld(t, r, n, deleted))
		}
	}
}

func TestEvalAndCount(t *testing.T) {
	worlds(t, func(r *rand.Rand, w *world) {
		trials := 300
		if w.n > 10000 {
			trials = 25
		}
		for range trials {
			w.check(t, w.randomRows(r, 3))
		}
	})
}

// someRows returns a random row set, sometimes nil for all.
func (w *world) someRows(t *testing.T, r *rand.Rand) (*bitmap.Set, []bool) {
	if r.Intn(3) == 0 {
		want := make([]bool, w.n)
		for i := range want {
			want[i] = w.alive(i)
		}
		return nil, want
	}
	return w.check(t, w.randomRows(r, 2))
}

func TestSum(t *testing.T) {
	worlds(t, func(r *rand.Rand, w *world) {
		for c, tw := range w.cols {
			if tw.in.Form != table.FormInt {
				continue
			}
			rs, rows := w.someRows(t, r)
			got, err := w.seg.Sum(context.Background(), c, rs)
			if err != nil {
				t.Fatal(err)
			}
			sum, n := new(big.Int), int64(0)
			lo, hi := int64(math.MaxInt64), int64(math.MinInt64)
			for i, x := range rows {
				if x && !isNull(tw.in.Nulls, i) {
					n++
					sum.Add(sum, big.NewInt(tw.in.Ints[i]))
					lo, hi = min(lo, tw.in.Ints[i]), max(hi, tw.in.Ints[i])
				}
			}
			s := new(big.Int).Lsh(big.NewInt(got.Hi), 64)
			s.Add(s, new(big.Int).SetUint64(got.Lo))
			if got.Count != n || s.Cmp(sum) != 0 || n > 0 && (got.Min != lo || got.Max != hi) {
				t.Fatalf("%s, %d rows: %+v = %s, want %d %s %d %d", tw.name, w.n, got, s, n, sum, lo, hi)
			}
		}
	})
}

func TestCountCodes(t *testing.T) {
	worlds(t, func(r *rand.Rand, w *world) {
		trials := 60
		if w.n > 10000 {
			trials = 12
		}
		for range trials {
			rs, rows := w.someRows(t, r)
			w.checkCounts(t, w.randomDims(r), rs, rows)
		}
	})
}

// randomDims picks columns for a crosstab of a bearable size.
func (w *world) randomDims(r *rand.Rand) []int {
	var cols []int
	size, sets := 1, 0
	for range r.Intn(4) {
		c := r.Intn(len(w.cols))
		tw := w.cols[c]
		if tw.in.Form == table.FormSet {
			if sets++; sets > 1 {
				continue
			}
		} else if tw.in.Form != table.FormDict {
			continue
		}
		if size *= tw.col.Dict.Len(); size > 200000 {
			return cols
		}
		cols = append(cols, c)
	}
	return cols
}

func (w *world) checkCounts(t *testing.T, cols []int, rs *bitmap.Set, rows []bool) {
	t.Helper()
	size := 1
	for _, c := range cols {
		size *= w.cols[c].col.Dict.Len()
	}
	got, want := make([]int64, size), make([]int64, size)
	got[0], want[0] = 5, 5
	if err := w.seg.CountCodes(context.Background(), cols, rs, got); err != nil {
		t.Fatal(err)
	}
	for i, x := range rows {
		if !x {
			continue
		}
		cells := []int{0}
		for _, c := range cols {
			tw := w.cols[c]
			var next []int
			for _, base := range cells {
				if tw.in.Form == table.FormDict {
					next = append(next, base*tw.col.Dict.Len()+int(tw.in.Codes[i]))
					continue
				}
				for _, k := range tw.in.Codes[tw.in.Off[i]:tw.in.Off[i+1]] {
					next = append(next, base*tw.col.Dict.Len()+int(k))
				}
			}
			cells = next
		}
		for _, k := range cells {
			want[k]++
		}
	}
	for k := range want {
		if got[k] != want[k] {
			names := ""
			for _, c := range cols {
				names += w.cols[c].name + " "
			}
			t.Fatalf("%s, %d rows, all %v: cell %d is %d, want %d", names, w.n, rs == nil, k, got[k], want[k])
		}
	}
}

func TestGather(t *testing.T) {
	worlds(t, func(r *rand.Rand, w *world) {
		for c, tw := range w.cols {
			var offs []uint32
			step := 1 + r.Intn(4)
			for o := 0; o < w.n; o += r.Intn(2 * step) {
				if offs = append(offs, uint32(o)); len(offs) > 3000 {
					break
				}
			}
			v, err := w.seg.Gather(c, offs)
			if err != nil {
				t.Fatal(tw.name, err)
			}
			if v.N != len(offs) {
				t.Fatalf("%s: %d values for %d", tw.name, v.N, len(offs))
			}
			for i, o := range offs {
				if !tw.same(v, i, int(o)) {
					t.Fatalf("%s, %d rows: offset %d gives %+v", tw.name, w.n, o, v.Get(i))
				}
			}
		}
	})
}

// same reports whether v's entry i is row o.
func (tw *twin) same(v *vec.Vector, i, o int) bool {
	in := &tw.in
	switch in.Form {
	case table.FormDict:
		want := tw.col.Dict.Values().Get(int(in.Codes[o]))
		return v.IsNull(i) == want.Null && (want.Null || v.Get(i).S == want.S)
	case table.FormPlain:
		return v.IsNull(i) == in.Values.IsNull(o) && (v.IsNull(i) || v.Get(i).S == in.Values.Str[o])
	}
	if v.IsNull(i) || isNull(in.Nulls, o) {
		return v.IsNull(i) == isNull(in.Nulls, o)
	}
	switch in.Form {
	case table.FormInt:
		if in.Type.Kind == types.Numeric {
			return v.Get(i).D.Cmp(types.DecimalOf(in.Ints[o], 2)) == 0
		}
		return v.Get(i).I == in.Ints[o]
	case table.FormFloat:
		return math.Float64bits(v.Get(i).F) == math.Float64bits(in.Floats[o])
	}
	a := v.Get(i).A
	codes := in.Codes[in.Off[o]:in.Off[o+1]]
	if a == nil || a.N != len(codes) {
		return len(codes) == 0 && (a == nil || a.N == 0)
	}
	for k, c := range codes {
		want := tw.col.Dict.Values().Get(int(c))
		if a.IsNull(k) != want.Null || !want.Null && a.Get(k).S != want.S {
			return false
		}
	}
	return true
}

func TestDecodeGivesBackTheInput(t *testing.T) {
	worlds(t, func(r *rand.Rand, w *world) {
		for c, tw := range w.cols {
			got, err := Decode(tw.in.Type, tw.col, w.n, func(k page.Kind) ([]byte, error) { return w.Page(c, k) })
			if err != nil {
				t.Fatal(tw.name, err)
			}
			in := &tw.in
			for i := range w.n {
				ok := isNull(got.Nulls, i) == isNull(in.Nulls, i)
				switch in.Form {
				case table.FormDict:
					ok = got.Codes[i] == in.Codes[i]
				case table.FormInt:
					ok = ok && (isNull(in.Nulls, i) || got.Ints[i] == in.Ints[i])
				case table.FormFloat:
					ok = ok && math.Float64bits(got.Floats[i]) == math.Float64bits(in.Floats[i])
				case table.FormSet:
					ok = ok && got.Off[i+1] == in.Off[i+1]
				case table.FormPlain:
					ok = got.Values.IsNull(i) == in.Values.IsNull(i) && got.Values.Str[i] == in.Values.Str[i]
				}
				if !ok {
					t.Fatalf("%s: row %d of %d differs", tw.name, i, w.n)
				}
			}
			for i := range in.Codes {
				if got.Codes[i] != in.Codes[i] {
					t.Fatalf("%s: code %d differs", tw.name, i)
				}
			}
		}
	})
}
