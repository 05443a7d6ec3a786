package bitmap

import (
	"math/rand"
	"slices"
	"testing"
)

// twin is a set as a plain slice of booleans.
type twin []bool

func randomSet(r *rand.Rand, n int) (*Set, twin) {
	s, t := NewSet(n), make(twin, n)
	switch r.Intn(4) {
	case 0: // empty
	case 1:
		for range 1 + n/50 {
			o := r.Intn(n)
			s.Add(o)
			t[o] = true
		}
	case 2:
		lo, hi := r.Intn(n+1), r.Intn(n+1)
		s.AddRange(lo, hi)
		for o := lo; o < hi; o++ {
			t[o] = true
		}
	case 3:
		s.Fill()
		for o := range t {
			t[o] = true
		}
		for range n / 3 {
			o := r.Intn(n)
			s.Remove(o)
			t[o] = false
		}
	}
	return s, t
}

func (t twin) check(tb testing.TB, what string, s *Set) {
	tb.Helper()
	var want []uint32
	for o, x := range t {
		if x != s.Has(o) {
			tb.Fatalf("%s: %d of %d: %v", what, o, len(t), s.Has(o))
		}
		if x {
			want = append(want, uint32(o))
		}
	}
	card := s.Card
	if s.Recount(); card != s.Card || s.Count() != len(want) {
		tb.Fatalf("%s: cardinalities %v, should be %v", what, card, s.Card)
	}
	if got := s.Offsets(nil, 0, s.N); !slices.Equal(got, want) {
		tb.Fatalf("%s: %d offsets, should be %d", what, len(got), len(want))
	}
}

func TestSetsAgainstBooleans(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, n := range []int{1, 63, 64, 65, 4000, BlockRows - 1, BlockRows, BlockRows + 1, 3*BlockRows + 77} {
		for range 12 {
			a, ta := randomSet(r, n)
			b, tb := randomSet(r, n)
			ta.check(t, "made", a)
			zip := func(f func(x, y bool) bool) twin {
				c := make(twin, n)
				for i := range c {
					c[i] = f(ta[i], tb[i])
				}
				return c
			}
			c := a.Clone()
			c.And(b)
			both := zip(func(x, y bool) bool { return x && y })
			both.check(t, "and", c)
			if k := a.AndCount(b); k != c.Count() {
				t.Fatalf("and count %d, should be %d", k, c.Count())
			}
			c = a.Clone()
			c.Or(b)
			zip(func(x, y bool) bool { return x || y }).check(t, "or", c)
			c = a.Clone()
			c.AndNot(b)
			zip(func(x, y bool) bool { return x && !y }).check(t, "and not", c)
			c = a.Clone()
			c.Complement()
			zip(func(x, y bool) bool { return !x }).check(t, "not", c)
			checkIteration(t, r, a, ta)
		}
	}
}

func checkIteration(t *testing.T, r *rand.Rand, s *Set, tw twin) {
	t.Helper()
	lo, hi := r.Intn(s.N+1), r.Intn(s.N+1)
	var want []uint32
	for o := lo; o < hi; o++ {
		if tw[o] {
			want = append(want, uint32(o))
		}
	}
	if got := s.Offsets(nil, lo, hi); !slices.Equal(got, want) {
		t.Fatalf("offsets in %d-%d: %d, should be %d", lo, hi, len(got), len(want))
	}
	if got := CountRange(s.Words, lo, hi); got != len(want) {
		t.Fatalf("count in %d-%d: %d, should be %d", lo, hi, got, len(want))
	}
	k := 0
	for o := s.Next(0); o >= 0; o = s.Next(o + 1) {
		k++
	}
	s.Each(func(int) bool { k--; return true })
	if k != 0 {
		t.Fatal("Next and Each differ")
	}
	if s.Has(-1) || s.Has(s.N) || s.Next(s.N) != -1 {
		t.Fatal("members outside")
	}
}

// containers returns one set in the three layouts.
func containers(members []uint16) []Container {
	w := make([]uint64, BlockWords)
	var runs []uint16
	for i, o := range members {
		w[o>>6] |= 1 << (o & 63)
		if i > 0 && o == members[i-1]+1 {
			runs[len(runs)-1]++
		} else {
			runs = append(runs, o, 0)
		}
	}
	n := len(members)
	return []Container{{W: w, Card: n}, {A: members, Card: n}, {A: runs, Runs: true, Card: n}}
}

func TestContainersAgainstSets(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for range 60 {
		s, ts := randomSet(r, BlockRows)
		m, tm := randomSet(r, BlockRows)
		var members []uint16
		for _, o := range m.Offsets(nil, 0, m.N) {
			members = append(members, uint16(o))
		}
		idx := make([]uint32, BlockRows-r.Intn(2)*1000)
		for i := range idx {
			idx[i] = uint32(r.Intn(7))
		}
		var want [7]int64
		n := 0
		for o := range ts {
			if ts[o] && tm[o] {
				n++
				if o < len(idx) {
					want[idx[o]]++
				}
			}
		}
		for k, c := range containers(members) {
			for op, f := range []func(*Set, *Container){
				func(x *Set, c *Container) { c.Or(x.Words) },
				func(x *Set, c *Container) { c.And(x.Words, make([]uint64, BlockWords)) },
				func(x *Set, c *Container) { c.AndNot(x.Words) },
			} {
				x, y := s.Clone(), s.Clone()
				f(x, &c)
				[]func(*Set){y.Or, y.And, y.AndNot}[op](m)
				if !slices.Equal(x.Words, y.Words) {
					t.Fatalf("layout %d, operation %d differs", k, op)
				}
			}
			if got := c.AndCount(s.Words); got != n {
				t.Fatalf("layout %d: %d in both, should be %d", k, got, n)
			}
			var got [7]int64
			if c.CountAt(idx, s.Words, false, got[:]); got != want {
				t.Fatalf("layout %d: counts %v, should be %v", k, got, want)
			}
		}
	}
}

func BenchmarkContainers(b *testing.B) {
	r := rand.New(rand.NewSource(3))
	acc := make([]uint64, BlockWords)
	for i := range acc {
		acc[i] = r.Uint64()
	}
	var members []uint16
	for o := range BlockRows {
		if r.Intn(20) == 0 {
			members = append(members, uint16(o))
		}
	}
	for k, c := range containers(members) {
		name := []string{"words", "array", "runs"}[k]
		b.Run(name+"/or", func(b *testing.B) {
			for range b.N {
				c.Or(acc)
			}
			b.ReportMetric(BlockRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
		b.Run(name+"/andcount", func(b *testing.B) {
			for range b.N {
				c.AndCount(acc)
			}
			b.ReportMetric(BlockRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
