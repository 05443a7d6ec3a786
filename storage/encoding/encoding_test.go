package encoding

import (
	"math"
	"math/big"
	"math/rand"
	"testing"

	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
)

var sizes = []int{0, 1, 63, 64, 65, 511, 512, 513, 5000, bitmap.BlockRows, bitmap.BlockRows + 3}

func TestCodesRoundTrip(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, n := range sizes {
		for _, k := range []int{1, 4, 16, 256, 1 << 16} {
			codes := make([]uint32, n)
			for i := range codes {
				codes[i] = uint32(r.Intn(k))
			}
			c, err := ParseCodes(PutCodes(nil, codes))
			if err != nil || c.N() != n {
				t.Fatal(n, k, err)
			}
			set := make([]uint64, (k+63)/64)
			for i := range set {
				set[i] = r.Uint64()
			}
			lut := c.NewLUT(nil, set)
			lane, w := make([]uint16, bitmap.BlockRows), make([]uint64, bitmap.BlockWords)
			for b := range bitmap.Blocks(n) {
				clear(w)
				c.Scan(b, lut, w)
				part := lane[:min(bitmap.BlockRows, n-b*bitmap.BlockRows)]
				c.Index16(b*bitmap.BlockRows, part, 1, false)
				for i := range part {
					want := codes[b*bitmap.BlockRows+i]
					if uint32(lane[i]) != want || uint32(c.At(b*bitmap.BlockRows+i)) != want {
						t.Fatalf("%d codes of %d: %d is %d, should be %d", n, k, i, lane[i], want)
					}
					if (w[i>>6]>>(i&63)&1 != 0) != (set[want>>6]>>(want&63)&1 != 0) {
						t.Fatalf("%d codes of %d: scan is wrong at %d", n, k, i)
					}
				}
				if got := bitmap.CountRange(w, len(part), bitmap.BlockRows); got != 0 && n < bitmap.BlockRows {
					t.Fatalf("scan sets %d bits past the end", got)
				}
			}
		}
	}
}

func TestIntsRoundTrip(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for _, n := range sizes {
		for _, f := range []func() int64{
			func() int64 { return 42 }, func() int64 { return int64(r.Intn(1000)) - 500 },
			func() int64 { return int64(r.Uint64()) }, func() int64 { return int64(r.Intn(2)) * math.MinInt64 },
			func() int64 { return (int64(r.Intn(1000)) - 3) * 86400e6 },
		} {
			vals, nulls := make([]int64, n), make([]uint64, nullWords(n))
			for i := range vals {
				if vals[i] = f(); r.Intn(7) == 0 {
					nulls[i>>6] |= 1 << (i & 63)
				}
			}
			p, err := ParsePacked(PutPacked(nil, vals, nulls))
			if err != nil || p.N() != n {
				t.Fatal(err)
			}
			s, err := ParseSlices(PutSlices(nil, vals, nulls))
			if err != nil || s.N() != n {
				t.Fatal(err)
			}
			checkInts(t, r, p, s, vals, nulls)
		}
	}
}

func checkInts(t *testing.T, r *rand.Rand, p *Packed, s *Slices, vals []int64, nulls []uint64) {
	t.Helper()
	n := len(vals)
	buf, w := make([]int64, PackRows), make([]uint64, bitmap.BlockWords)
	var lo, hi int64
	for i, x := range vals {
		if i%PackRows == 0 {
			p.Block(i/PackRows, buf)
		}
		if i%bitmap.BlockRows == 0 {
			clear(w)
			lo, hi = vals[r.Intn(n)], vals[r.Intn(n)]
			s.Range(i/bitmap.BlockRows, lo, hi, w)
		}
		null := isNull(nulls, i)
		if p.IsNull(i) != null || !null && (p.At(i) != x || buf[i%PackRows] != x) || null && buf[i%PackRows] != 0 {
			t.Fatalf("value %d of %d: %d and %d, should be %d", i, n, p.At(i), buf[i%PackRows], x)
		}
		o := i % bitmap.BlockRows
		if in := !null && lo <= x && x <= hi; in != (w[o>>6]>>(o&63)&1 != 0) {
			t.Fatalf("value %d of %d, %d, in %d-%d: %v", i, n, x, lo, hi, !in)
		}
	}
}

func TestListsRoundTrip(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	for _, n := range sizes {
		for _, longest := range []int{0, 3, 300} {
			if n > 600 && longest > 3 {
				continue
			}
			off, nulls := make([]int32, n+1), make([]uint64, nullWords(n))
			var codes []uint32
			for i := range n {
				if r.Intn(5) == 0 {
					nulls[i>>6] |= 1 << (i & 63)
				} else {
					for range r.Intn(longest + 1) {
						codes = append(codes, uint32(r.Intn(1+longest*100)))
					}
				}
				off[i+1] = int32(len(codes))
			}
			l, err := ParseLists(PutLists(nil, off, codes, nulls))
			if err != nil || l.N() != n || l.Total() != len(codes) {
				t.Fatal(n, err)
			}
			for i := range n {
				if l.IsNull(i) != isNull(nulls, i) || l.Len(i) != int(off[i+1]-off[i]) || l.Start(i) != int(off[i]) {
					t.Fatalf("row %d of %d is wrong", i, n)
				}
				got, err := l.Append(nil, l.Start(i), l.Len(i))
				for k, c := range codes[off[i]:off[i+1]] {
					if err != nil || uint32(got[k]) != c {
						t.Fatalf("row %d has %v %v", i, got, err)
					}
				}
			}
		}
	}
}

func TestInvertedRoundTrip(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	for _, n := range sizes {
		for _, k := range []int{1, 5, 300, MaxInverted} {
			b := NewInvBuilder(k)
			codes := make([]uint32, n)
			for i := range codes {
				if codes[i] = uint32(r.Intn(k)); i > 0 && r.Intn(3) > 0 {
					codes[i] = codes[i-1]
				}
			}
			for lo := 0; lo < n; lo += bitmap.BlockRows {
				b.Add(codes[lo:min(n, lo+bitmap.BlockRows)], nil)
			}
			v, err := ParseInverted(b.Put(nil))
			if err != nil || v.Codes() != k {
				t.Fatal(err)
			}
			seen := 0
			var c bitmap.Container
			for code := range k {
				for blk := range bitmap.Blocks(n) {
					found, err := v.Find(code, blk, &c)
					if err != nil {
						t.Fatal(err)
					}
					if !found {
						continue
					}
					w := make([]uint64, bitmap.BlockWords)
					c.Or(w)
					for _, o := range bitmap.AppendOffsets(nil, w, 0, bitmap.BlockRows) {
						if codes[blk*bitmap.BlockRows+int(o)] != uint32(code) {
							t.Fatalf("code %d has row %d", code, o)
						}
						seen++
					}
				}
			}
			if seen != n {
				t.Fatalf("%d rows of %d have codes", seen, n)
			}
		}
	}
}

func TestPresentRoundTrip(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	for _, n := range sizes {
		for _, p := range []float64{0, 0.0005, 0.5, 1} {
			s := bitmap.NewSet(max(n, 1))
			for i := range n {
				if r.Float64() < p {
					s.Add(i)
				}
			}
			q, err := ParsePresent(PutPresent(nil, n, s.Words))
			if err != nil || q.N() != n || q.Live() != s.Count() {
				t.Fatal(n, p, err)
			}
			for b := range bitmap.Blocks(n) {
				w := make([]uint64, bitmap.BlockWords)
				q.Block(b, w)
				for i, x := range w {
					if x != s.Block(b)[i] {
						t.Fatalf("block %d of %d rows, share %v", b, n, p)
					}
				}
			}
		}
	}
}

// vectors are values of every class, with and without NULLs.
func vectors() []*vec.Vector {
	dec := vec.New(types.Of(types.Numeric), 4)
	dec.Dec[0], dec.Dec[1] = types.DecimalOf(-12345, 2), types.Decimal{Form: types.NaN}
	big := new(big.Int).Lsh(big.NewInt(-7), 200)
	dec.Dec[2] = types.BigDecimal(big, 30)
	dec.SetNull(3)
	txt := vec.New(types.Of(types.Text), 3)
	txt.Str[0], txt.Str[2] = "上海", ""
	txt.SetNull(1)
	ivl := vec.New(types.Of(types.Interval), 1)
	ivl.Ivl[0] = types.IntervalValue{Months: -1, Days: 2, Micros: math.MinInt64}
	fl := vec.New(types.Of(types.Float8), 2)
	fl.F64[1] = math.NaN()
	in := vec.New(types.Of(types.Int8), 2)
	in.I64[0], in.I64[1] = math.MinInt64, math.MaxInt64
	arr := vec.New(types.Of(types.Text).ArrayOf(), 3)
	arr.Off, arr.Child = []int32{0, 2, 2, 3}, txt
	arr.SetNull(1)
	return []*vec.Vector{dec, txt, ivl, fl, in, arr, vec.NewDict(txt, []uint32{2, 1, 0, 0}), vec.New(types.Of(types.Date), 0)}
}

func TestValuesRoundTrip(t *testing.T) {
	for _, v := range vectors() {
		got, rest, err := ParseVector(v.Type, append(PutVector(nil, v), 1, 2))
		if err != nil || len(rest) != 2 || got.N != v.N {
			t.Fatalf("%s: %v, %d bytes left", v.Type, err, len(rest))
		}
		same(t, v, got)
		p, err := ParsePlain(v.Type, PutPlain(nil, v))
		if err != nil || p.N() != v.N {
			t.Fatal(err)
		}
		if v.N > 0 {
			b, err := p.Block(0)
			if err != nil {
				t.Fatal(err)
			}
			same(t, v, b)
		}
	}
}

func same(t *testing.T, a, b *vec.Vector) {
	t.Helper()
	for i := range a.N {
		x, y := a.Get(i), b.Get(i)
		if x.Null != y.Null || !x.Null && vec.Compare(a.Type, x, y) != 0 {
			t.Fatalf("%s: value %d is %+v, should be %+v", a.Type, i, y, x)
		}
	}
}

// FuzzValues reads anything as values of every class.
func FuzzValues(f *testing.F) {
	for _, v := range vectors() {
		f.Add(PutVector(nil, v))
		f.Add(PutPlain(nil, v))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, v := range vectors() {
			if got, _, err := ParseVector(v.Type, b); err == nil {
				again, _, err := ParseVector(v.Type, PutVector(nil, got))
				if err != nil {
					t.Fatal(err)
				}
				if got.N < 1000 {
					same(t, got, again)
				}
			}
			if p, err := ParsePlain(v.Type, b); err == nil && p.N() > 0 {
				p.Block(0)
			}
		}
	})
}
