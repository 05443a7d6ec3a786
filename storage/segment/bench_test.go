package segment

import (
	"context"
	"math/rand"
	"testing"

	"tagd/sql/types"
	"tagd/storage/bitmap"
	"tagd/storage/page"
	"tagd/storage/table"
)

// benchWorld is a full segment shaped like the benchmark's table: gender 3,
// level 8, province 31, city 337, interests 120 (2 to 3 each), spent 25 bits.
func benchWorld(b *testing.B) *world {
	n := bitmap.SegmentRows
	r := rand.New(rand.NewSource(1))
	w := &world{def: &types.Table{Name: "tags"}, n: n}
	text := types.Of(types.Text)
	for _, x := range []struct {
		name string
		k    int
	}{{"gender", 3}, {"level", 8}, {"province", 31}, {"city", 337}} {
		w.add(b, x.name, Input{Type: text, Form: table.FormDict, Codes: randomCodes(r, n, x.k+1, false, true)}, newDict(text, x.k+1))
	}
	off, codes := randomLists(r, n, 120, 5, false)
	w.add(b, "interests", Input{Type: text.ArrayOf(), Form: table.FormSet, Off: off, Codes: codes}, newDict(text, 121))
	w.add(b, "spent", Input{Type: types.Of(types.Int8), Form: table.FormInt, Ints: ints(n, func(int) int64 { return r.Int63n(1 << 25) }), Nulls: randomNulls(r, n)}, nil)
	w.add(b, "serial", Input{Type: types.Of(types.Int8), Form: table.FormInt, NoSlices: true, Ints: ints(n, func(i int) int64 { return int64(i) * 17 })}, nil)
	s, err := New(w.def, 0, n, nil, w)
	if err != nil {
		b.Fatal(err)
	}
	w.seg = s
	return w
}

func eq(col int, codes ...int) *table.Rows {
	l := &table.Leaf{Kind: table.LeafCodes, Col: col, Codes: make([]uint64, 6)}
	for _, c := range codes {
		l.Codes[c>>6] |= 1 << (c & 63)
	}
	return &table.Rows{Op: table.OpLeaf, Leaf: l}
}

func rate(b *testing.B, n int) {
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkSegment(b *testing.B) {
	w := benchWorld(b)
	ctx := context.Background()
	and := func(a ...*table.Rows) *table.Rows { return &table.Rows{Op: table.OpAnd, Args: a} }
	between := func(lo, hi int64) *table.Rows {
		return &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafRange, Col: 5, Lo: lo, Hi: hi}}
	}
	any := eq(4, 5, 9)
	any.Leaf.Kind = table.LeafAny
	var in10, in50 []int
	for i := range 50 {
		in50 = append(in50, 3+6*i)
	}
	in10 = in50[:10]
	for _, q := range []struct {
		name string
		e    *table.Rows
	}{
		{"eq1", eq(0, 2)}, {"eq3", and(eq(0, 1), eq(1, 2), eq(2, 4, 5))}, {"in10", eq(3, in10...)}, {"in50", eq(3, in50...)},
		{"five", and(eq(0, 1), eq(1, 2, 3, 4), eq(3, in10...), any, &table.Rows{Op: table.OpNot, Args: []*table.Rows{eq(2, 7)}})},
		{"range", between(1<<20, 1<<24)},
	} {
		b.Run("count/"+q.name, func(b *testing.B) {
			for range b.N {
				if _, err := w.seg.Count(ctx, q.e); err != nil {
					b.Fatal(err)
				}
			}
			rate(b, w.n)
		})
	}
	few, half := bitmap.NewSet(w.n), bitmap.NewSet(w.n)
	w.seg.Eval(ctx, and(eq(1, 2), eq(0, 1, 2)), few)
	w.seg.Eval(ctx, eq(0, 1), half)
	b.Logf("few %d half %d", few.Count(), half.Count())
	for _, q := range []struct {
		name string
		cols []int
		rs   *bitmap.Set
	}{{"gender", []int{0}, few}, {"city", []int{3}, half}, {"gender-level", []int{0, 1}, nil}, {"province-level", []int{2, 1}, nil},
		{"province-level-few", []int{2, 1}, few}, {"city-level", []int{3, 1}, nil}, {"city-level-few", []int{3, 1}, few}, {"interests", []int{4}, nil},
		{"interests-level", []int{4, 1}, nil}, {"interests-level-half", []int{4, 1}, half}, {"interests-level-few", []int{4, 1}, few}} {
		b.Run("crosstab/"+q.name, func(b *testing.B) {
			counts := make([]int64, 340*130)
			for range b.N {
				if err := w.seg.CountCodes(ctx, q.cols, q.rs, counts); err != nil {
					b.Fatal(err)
				}
			}
			rate(b, w.n)
		})
	}
	for _, rs := range []*bitmap.Set{nil, few} {
		b.Run("sum", func(b *testing.B) {
			for range b.N {
				if _, err := w.seg.Sum(ctx, 5, rs); err != nil {
					b.Fatal(err)
				}
			}
			rate(b, w.n)
		})
	}
	offs := few.Offsets(nil, 0, w.n)
	for _, c := range []int{3, 4, 5, 6} {
		b.Run("gather/"+w.cols[c].name, func(b *testing.B) {
			for range b.N {
				if _, err := w.seg.Gather(c, offs); err != nil {
					b.Fatal(err)
				}
			}
			rate(b, len(offs))
		})
	}
	benchBuild(b, w)
}

func benchBuild(b *testing.B, w *world) {
	for _, tw := range w.cols {
		size := 0
		for _, p := range tw.pgs {
			size += len(p)
		}
		b.Run("build/"+tw.name, func(b *testing.B) {
			for range b.N {
				if _, _, err := Build(tw.in); err != nil {
					b.Fatal(err)
				}
			}
			rate(b, w.n)
			b.ReportMetric(float64(size)/float64(w.n)*8, "bits/row")
			b.ReportMetric(float64(len(tw.pgs[page.Slices]))/float64(w.n)*8, "slice-bits/row")
		})
	}
}
