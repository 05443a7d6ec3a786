package bitmap

import "math/bits"

// NewSet returns an empty set over [0, n).
func NewSet(n int) *Set {
	s := &Set{}
	s.Reset(n)
	return s
}

// Blocks returns the number of blocks that n offsets need.
func Blocks(n int) int { return (n + BlockRows - 1) / BlockRows }

// Reset empties s and makes it a set over [0, n), keeping its memory if it can.
func (s *Set) Reset(n int) {
	w := Blocks(n) * BlockWords
	if cap(s.Words) < w {
		s.Words = make([]uint64, w)
	} else {
		s.Words = s.Words[:w]
		clear(s.Words)
	}
	s.N = n
	s.Card = [SegBlocks]int32{}
}

// Block returns the words of block b, len BlockWords.
func (s *Set) Block(b int) []uint64 {
	return s.Words[b*BlockWords : (b+1)*BlockWords : (b+1)*BlockWords]
}

// Blocks returns the number of blocks of s.
func (s *Set) Blocks() int { return len(s.Words) / BlockWords }

// Recount sets Card from Words; for those who wrote to Words themselves.
func (s *Set) Recount() {
	s.Card = [SegBlocks]int32{}
	for b := range s.Blocks() {
		s.Card[b] = int32(Count(s.Block(b)))
	}
}

// Count returns the number of members.
func (s *Set) Count() int {
	n := 0
	for _, c := range s.Card {
		n += int(c)
	}
	return n
}

// Clone returns a copy.
func (s *Set) Clone() *Set {
	c := *s
	c.Words = append([]uint64(nil), s.Words...)
	return &c
}

// Fill puts all of [0, N) into s.
func (s *Set) Fill() { s.AddRange(0, s.N) }

// Has reports whether o is a member; any o may be asked for.
func (s *Set) Has(o int) bool {
	return o >= 0 && o < s.N && s.Words[o>>6]>>(o&63)&1 != 0
}

// Add puts o, in [0, N), into s.
func (s *Set) Add(o int) {
	w, m := &s.Words[o>>6], uint64(1)<<(o&63)
	if *w&m == 0 {
		*w |= m
		s.Card[o/BlockRows]++
	}
}

// Remove takes o, in [0, N), out of s.
func (s *Set) Remove(o int) {
	w, m := &s.Words[o>>6], uint64(1)<<(o&63)
	if *w&m != 0 {
		*w &^= m
		s.Card[o/BlockRows]--
	}
}

// AddRange puts [lo, hi), clipped to [0, N), into s.
func (s *Set) AddRange(lo, hi int) {
	lo, hi = max(lo, 0), min(hi, s.N)
	for lo < hi {
		b := lo / BlockRows
		end := min(hi, (b+1)*BlockRows)
		FillRange(s.Block(b), lo-b*BlockRows, end-b*BlockRows)
		s.Card[b] = int32(Count(s.Block(b)))
		lo = end
	}
}

// And leaves in s what is in both; the sets have equal N, here and below.
func (s *Set) And(t *Set) {
	for b := range s.Blocks() {
		switch {
		case s.Card[b] == 0:
		case t.Card[b] == 0:
			clear(s.Block(b))
			s.Card[b] = 0
		default:
			s.Card[b] = int32(AndInto(s.Block(b), t.Block(b)))
		}
	}
}

// Or adds the members of t.
func (s *Set) Or(t *Set) {
	for b := range s.Blocks() {
		if t.Card[b] != 0 {
			s.Card[b] = int32(OrInto(s.Block(b), t.Block(b)))
		}
	}
}

// AndNot takes the members of t out of s.
func (s *Set) AndNot(t *Set) {
	for b := range s.Blocks() {
		if s.Card[b] != 0 && t.Card[b] != 0 {
			s.Card[b] = int32(AndNotInto(s.Block(b), t.Block(b)))
		}
	}
}

// Complement replaces s by [0, N) without s.
func (s *Set) Complement() {
	for b := range s.Blocks() {
		w := s.Block(b)
		for i := range w {
			w[i] = ^w[i]
		}
		n := min(s.N-b*BlockRows, BlockRows)
		ClearFrom(w, n)
		s.Card[b] = int32(n) - s.Card[b]
	}
}

// AndCount returns the size of the intersection.
func (s *Set) AndCount(t *Set) int {
	n := 0
	for b := range s.Blocks() {
		if s.Card[b] != 0 && t.Card[b] != 0 {
			n += AndCount(s.Block(b), t.Block(b))
		}
	}
	return n
}

// Next returns the least member >= o, -1 if there is none.
func (s *Set) Next(o int) int {
	if o < 0 {
		o = 0
	}
	if o >= s.N {
		return -1
	}
	i := o >> 6
	if w := s.Words[i] >> (o & 63); w != 0 {
		return o + bits.TrailingZeros64(w)
	}
	for i++; i < len(s.Words); i++ {
		if i%BlockWords == 0 && s.Card[i/BlockWords] == 0 {
			i += BlockWords - 1
			continue
		}
		if w := s.Words[i]; w != 0 {
			return i<<6 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// Offsets appends the members in [lo, hi) to dst, ascending.
func (s *Set) Offsets(dst []uint32, lo, hi int) []uint32 {
	lo, hi = max(lo, 0), min(hi, s.N)
	for lo < hi {
		b := lo / BlockRows
		end := min(hi, (b+1)*BlockRows)
		if s.Card[b] != 0 {
			dst = AppendOffsets(dst, s.Words, lo, end)
		}
		lo = end
	}
	return dst
}

// AddOffsets puts offsets, all in [0, N), into s.
func (s *Set) AddOffsets(offs []uint32) {
	for _, o := range offs {
		s.Add(int(o))
	}
}

// Each calls f with every member, ascending, until it returns false.
func (s *Set) Each(f func(o int) bool) {
	for i, w := range s.Words {
		for ; w != 0; w &= w - 1 {
			if !f(i<<6 + bits.TrailingZeros64(w)) {
				return
			}
		}
	}
}
