package bitmap

import "math/bits"

// Container is the members of one code in one block, in one of roaring's three
// layouts: W has BlockWords words; or A is ascending members; or, with Runs
// set, A is pairs of a first member and the number that follow it. Bytes come
// from disk: members are any 16-bit numbers, order is not relied on for safety.
type Container struct {
	W    []uint64
	A    []uint16
	Runs bool
	Card int // as the page says
}

// ArrayMax is the largest cardinality kept as an array: 2 bytes each are then
// no more than a bitmap's 8 KB (as in roaring).
const ArrayMax = 4096

// Or does acc |= c; len(acc) is BlockWords, here and below.
func (c *Container) Or(acc []uint64) {
	w := (*[BlockWords]uint64)(acc)
	switch {
	case c.W != nil:
		OrInto(acc, c.W)
	case c.Runs:
		for i := 0; i+1 < len(c.A); i += 2 {
			FillRange(acc, int(c.A[i]), min(int(c.A[i])+int(c.A[i+1])+1, BlockRows))
		}
	default:
		for _, o := range c.A {
			w[o>>6] |= 1 << (o & 63)
		}
	}
}

// AndNot does acc &^= c.
func (c *Container) AndNot(acc []uint64) {
	w := (*[BlockWords]uint64)(acc)
	switch {
	case c.W != nil:
		AndNotInto(acc, c.W)
	case c.Runs:
		for i := 0; i+1 < len(c.A); i += 2 {
			clearRange(acc, int(c.A[i]), min(int(c.A[i])+int(c.A[i+1])+1, BlockRows))
		}
	default:
		for _, o := range c.A {
			w[o>>6] &^= 1 << (o & 63)
		}
	}
}

// And does acc &= c; tmp is scratch of BlockWords words.
func (c *Container) And(acc, tmp []uint64) {
	if c.W != nil {
		AndInto(acc, c.W)
		return
	}
	clear(tmp[:BlockWords])
	c.Or(tmp)
	AndInto(acc, tmp)
}

// AndCount returns the number of members that are in acc.
func (c *Container) AndCount(acc []uint64) int {
	w := (*[BlockWords]uint64)(acc)
	n := 0
	switch {
	case c.W != nil:
		return AndCount(acc, c.W)
	case c.Runs:
		for i := 0; i+1 < len(c.A); i += 2 {
			n += CountRange(acc, int(c.A[i]), min(int(c.A[i])+int(c.A[i+1])+1, BlockRows))
		}
	default:
		for _, o := range c.A {
			n += int(w[o>>6] >> (o & 63) & 1)
		}
	}
	return n
}

// CountAt adds 1 to counts[idx[o]] for each member o that is in w (all: w has
// every row). Members past idx's end are left out; every idx must be below
// len(counts).
func (c *Container) CountAt(idx []uint32, w []uint64, all bool, counts []int64) {
	switch {
	case c.W != nil:
		for i, x := range c.W {
			if !all {
				x &= w[i]
			}
			for ; x != 0; x &= x - 1 {
				if o := i<<6 + bits.TrailingZeros64(x); o < len(idx) {
					counts[idx[o]]++
				}
			}
		}
	case c.Runs:
		for i := 0; i+1 < len(c.A); i += 2 {
			end := min(int(c.A[i])+int(c.A[i+1])+1, len(idx))
			for o := int(c.A[i]); o < end; o++ {
				if all || w[o>>6]>>(o&63)&1 != 0 {
					counts[idx[o]]++
				}
			}
		}
	default:
		for _, o := range c.A {
			if int(o) < len(idx) && (all || w[o>>6]>>(o&63)&1 != 0) {
				counts[idx[o]]++
			}
		}
	}
}

func clearRange(w []uint64, lo, hi int) {
	if lo >= hi {
		return
	}
	i, j := lo>>6, (hi-1)>>6
	first, last := ^uint64(0)<<(lo&63), ^uint64(0)>>(63-(hi-1)&63)
	if i == j {
		w[i] &^= first & last
		return
	}
	w[i] &^= first
	clear(w[i+1 : j])
	w[j] &^= last
}
