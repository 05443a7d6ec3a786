package simd

import (
	"math/rand"
	"slices"
	"testing"
)

// twins runs f by the kernels and by the twins, from the same seed, and wants
// the same result.
func twins(t *testing.T, what string, seed int64, f func(r *rand.Rand) []uint64) {
	t.Helper()
	if !On {
		t.Skip("this machine runs the twins only")
	}
	got := f(rand.New(rand.NewSource(seed)))
	On = false
	want := f(rand.New(rand.NewSource(seed)))
	On = true
	if !slices.Equal(got, want) {
		t.Fatalf("%s, seed %d: the kernel and its twin differ", what, seed)
	}
}

// word is random bits of any density, also none and all.
func word(r *rand.Rand) uint64 {
	switch r.Intn(5) {
	case 0:
		return 0
	case 1:
		return ^uint64(0)
	case 2:
		return r.Uint64() & r.Uint64() & r.Uint64()
	}
	return r.Uint64()
}

func randWords(r *rand.Rand, n int) []uint64 {
	w := make([]uint64, n)
	for i := range w {
		w[i] = word(r)
	}
	return w
}

func TestWords(t *testing.T) {
	for seed := range int64(300) {
		twins(t, "words", seed, func(r *rand.Rand) []uint64 {
			n := r.Intn(70)
			a, b := randWords(r, n), randWords(r, n+r.Intn(9))
			out := []uint64{uint64(Count(a)), uint64(AndCount(a, b))}
			for _, f := range []func(a, b []uint64) int{And, Or, AndNot} {
				c := slices.Clone(a)
				out = append(append(out, uint64(f(c, b))), c...)
			}
			return out
		})
	}
}

func TestIndex(t *testing.T) {
	for seed := range int64(400) {
		twins(t, "index", seed, func(r *rand.Rand) []uint64 {
			width := []int{2, 4, 8, 16}[r.Intn(4)]
			n := r.Intn(300)
			lanes := make([]byte, (n*width+7)/8)
			r.Read(lanes)
			dst := make([]uint16, n)
			for i := range dst {
				dst[i] = uint16(r.Intn(1 << 16))
			}
			out := []uint64{uint64(Index(dst, lanes, width, uint16(r.Intn(1<<16)), r.Intn(2) == 0))}
			for _, x := range dst {
				out = append(out, uint64(x))
			}
			return out
		})
	}
}

func TestPlace(t *testing.T) {
	for seed := range int64(300) {
		twins(t, "place", seed, func(r *rand.Rand) []uint64 {
			n := r.Intn(100)
			vals, cell := make([]int64, n), make([]uint16, n)
			base := int64(r.Uint64())
			for i := range vals {
				vals[i], cell[i] = base+int64(r.Intn(100))-20, uint16(r.Intn(1<<16))
				if r.Intn(9) == 0 {
					vals[i] = int64(r.Uint64())
				}
			}
			Place(cell, vals, base, uint64(r.Intn(70)), uint16(r.Intn(1<<16)), r.Intn(2) == 0)
			var out []uint64
			for _, x := range cell {
				out = append(out, uint64(x))
			}
			return out
		})
	}
}

func TestCompress(t *testing.T) {
	for seed := range int64(400) {
		twins(t, "compress", seed, func(r *rand.Rand) []uint64 {
			n := r.Intn(400)
			src, dst := make([]uint16, n), make([]uint16, n, n+8)
			for i := range src {
				src[i] = uint16(r.Intn(1 << 16))
			}
			k := Compress(dst, src, randWords(r, (n+63)/64+1))
			out := []uint64{uint64(k)}
			for _, x := range dst[:k] {
				out = append(out, uint64(x))
			}
			for _, x := range dst[n:cap(dst)] {
				out = append(out, uint64(x)) // nothing is written behind the end
			}
			return out
		})
	}
}

func TestIn(t *testing.T) {
	for seed := range int64(400) {
		twins(t, "in", seed, func(r *rand.Rand) []uint64 {
			n := r.Intn(300)
			b, h := make([]byte, n), make([]uint16, n)
			top := []int{1 << 16, 1100, 256, 5}[r.Intn(4)]
			for i := range b {
				b[i], h[i] = byte(r.Intn(256)), uint16(r.Intn(top))
			}
			w, v := randWords(r, (n+63)/64), make([]uint64, (n+63)/64)
			In8(b, (*[4]uint64)(randWords(r, 4)), w)
			In16(h, randWords(r, []int{0, 1, 5, 16, 17, 1024}[r.Intn(6)]), v)
			return append(w, v...)
		})
	}
}

func TestUnpack(t *testing.T) {
	for width := uint(1); width <= 56; width++ {
		for seed := range int64(12) {
			twins(t, "unpack", seed, func(r *rand.Rand) []uint64 {
				n := r.Intn(600)
				src := make([]byte, (n*int(width)+7)/8+8)
				r.Read(src)
				dst := make([]int64, n)
				div := []uint64{1, 100, r.Uint64()}[r.Intn(3)]
				Unpack(dst, src, width, r.Uint64(), div)
				var out []uint64
				for _, x := range dst {
					out = append(out, uint64(x))
				}
				return out
			})
		}
	}
}

func TestBetween(t *testing.T) {
	for seed := range int64(1000) {
		twins(t, "between", seed, func(r *rand.Rand) []uint64 {
			bits := r.Intn(41)
			if r.Intn(9) == 0 {
				bits = 64
			}
			n := 1 + r.Intn(3)
			s := randWords(r, n*8*(bits+1))
			top := ^uint64(0)
			if bits < 64 {
				top = 1<<bits - 1
			}
			lo, hi := word(r)&top, word(r)&top
			if lo > hi {
				lo, hi = hi, lo
			}
			w := make([]uint64, 8*n)
			Between(s, bits, lo, hi, w)
			return w
		})
	}
}

// TestBetweenValues holds Between to the numbers themselves.
func TestBetweenValues(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 200 {
		bits := 1 + r.Intn(12)
		s := make([]uint64, 8*(bits+1))
		var vals [512]uint64
		for i := range vals {
			vals[i] = r.Uint64() & (1<<bits - 1)
			s[i>>6] |= 1 << (i & 63)
			for k := range bits {
				s[8*(k+1)+i>>6] |= vals[i] >> k & 1 << (i & 63)
			}
		}
		lo, hi := r.Uint64()&(1<<bits-1), r.Uint64()&(1<<bits-1)
		if lo > hi {
			lo, hi = hi, lo
		}
		w := make([]uint64, 8)
		Between(s, bits, lo, hi, w)
		for i, v := range vals {
			if got := w[i>>6]>>(i&63)&1 != 0; got != (v >= lo && v <= hi) {
				t.Fatalf("%d in [%d, %d] of %d bits: %v", v, lo, hi, bits, got)
			}
		}
	}
}

func BenchmarkKernels(b *testing.B) {
	const rows = 1 << 16
	r := rand.New(rand.NewSource(1))
	w, v := randWords(r, rows/64), randWords(r, rows/64)
	lanes := make([]byte, 8*rows)
	r.Read(lanes)
	idx, out := make([]uint16, rows), make([]uint16, rows)
	vals := make([]int64, rows)
	sl := randWords(r, rows/64*26)
	var set [4]uint64
	copy(set[:], w)
	for _, k := range []struct {
		name string
		f    func()
	}{
		{"count", func() { Count(w) }}, {"and", func() { And(w, v) }}, {"index8", func() { Index(idx, lanes, 8, 9, true) }},
		{"index4", func() { Index(idx, lanes, 4, 9, true) }}, {"index2", func() { Index(idx, lanes, 2, 9, true) }},
		{"compress", func() { Compress(out, idx, v) }}, {"in8", func() { In8(lanes[:rows], &set, w) }},
		{"in16", func() { In16(idx, w[:6], w) }},
		{"place", func() { Place(idx, vals, 5, 60, 3, true) }},
		{"unpack25", func() { Unpack(vals, lanes, 25, 7, 1) }}, {"unpack25x100", func() { Unpack(vals, lanes, 25, 7, 100) }},
		{"between25", func() { Between(sl, 25, 1<<12, 1<<20, w) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			for range b.N {
				k.f()
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/rows, "ns/row")
		})
	}
}
