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
