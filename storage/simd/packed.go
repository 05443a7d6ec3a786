package simd

// Unpack writes len(dst) numbers of width bits (1 to 56), the first in the
// lowest bits of src, as base + div * number; sums wrap. src has 8 readable
// bytes behind the last number.
func Unpack(dst []int64, src []byte, width uint, base, div uint64) {
	at := 0
	if k := len(dst) &^ 7; On && k > 0 {
		_ = src[k/8*int(width)+7]
		p := &unpackPlans[width]
		mul := 0
		if div != 1 {
			mul = 1
		}
		unpackVec(&dst[0], &src[0], k, int(width), p, base, div, mul)
		at = k
	}
	mask := uint64(1)<<width - 1
	for bit := uint(at) * width; at < len(dst); at++ {
		dst[at] = int64(base + (le.Uint64(src[bit>>3:])>>(bit&7)&mask)*div)
		bit += width
	}
}

// unpackPlan is how eight numbers of a width are cut out of the bytes that they
// fill: the bytes that each of them needs, its distance to the lowest bit, its
// mask, and the bytes that may be read.
type unpackPlan struct {
	perm  [64]byte
	shift [8]uint64
	mask  uint64
	load  uint64
}

var unpackPlans = func() (all [57]unpackPlan) {
	for w := uint(1); w < 57; w++ {
		p := &all[w]
		for j := uint(0); j < 8; j++ {
			for b := uint(0); b < 8; b++ {
				p.perm[8*j+b] = byte(j*w>>3 + b)
			}
			p.shift[j] = uint64(j * w & 7)
		}
		p.mask = 1<<w - 1
		p.load = ^uint64(0)
		if w+8 < 64 {
			p.load = 1<<(w+8) - 1
		}
	}
	return all
}()

// Between compares bit-sliced numbers: groups of 512 rows, each with 8 words
// that say which rows have a value and then 8 words for each of the bits, lowest
// first. It ors into w, 8 words a group, the rows whose number is in [lo, hi];
// both are below 2^bits, bits is at most 64.
func Between(slices []uint64, bits int, lo, hi uint64, w []uint64) {
	step := 8 * (bits + 1)
	n := min(len(slices)/step, len(w)/8)
	if n == 0 {
		return
	}
	if On {
		var t between
		t.set(bits, lo, hi)
		betweenVec(&slices[0], bits, n, &t, &w[0])
		return
	}
	top := ^uint64(0)
	if bits < 64 {
		top = 1<<bits - 1
	}
	for g := range n {
		group := slices[g*step : (g+1)*step]
		out := (*[8]uint64)(w[8*g:])
		r := *(*[8]uint64)(group)
		if lo > 0 {
			andGE(group[8:], lo, &r)
		}
		if hi < top {
			andLE(group[8:], hi, &r)
		}
		for i := range out {
			out[i] |= r[i]
		}
	}
}

// between is the two comparisons as the vector loop wants them. Going up from
// the lowest bit, a bit of the bound that is set demands the slice, one that is
// clear is outweighed by it: each step is the majority of the rows so far, the
// slice and a word that is all zeros or all ones.
type between struct {
	lo, over           [64]uint64 // per bit: 0 demands, ^0 outweighs
	startLo, startOver uint64     // before the first bit
}

func (t *between) set(bits int, lo, hi uint64) {
	t.startLo, t.startOver = ^uint64(0), ^uint64(0)
	over := hi + 1
	if bits < 64 && over>>bits != 0 || over == 0 {
		t.startOver = 0 // nothing is above hi: zeros that only meet demands
	}
	for k := range bits {
		t.lo[k] = lo>>k&1 - 1
		if t.startOver != 0 {
			t.over[k] = over>>k&1 - 1
		}
	}
}

// andGE keeps in r the rows whose number is >= c, which is not 0.
func andGE(slices []uint64, c uint64, r *[8]uint64) {
	var a [8]uint64
	for i := range a {
		a[i] = ^uint64(0)
	}
	for k := 0; 8*k < len(slices); k++ {
		x := (*[8]uint64)(slices[8*k:])
		if c>>k&1 != 0 {
			a[0], a[1], a[2], a[3] = a[0]&x[0], a[1]&x[1], a[2]&x[2], a[3]&x[3]
			a[4], a[5], a[6], a[7] = a[4]&x[4], a[5]&x[5], a[6]&x[6], a[7]&x[7]
		} else {
			a[0], a[1], a[2], a[3] = a[0]|x[0], a[1]|x[1], a[2]|x[2], a[3]|x[3]
			a[4], a[5], a[6], a[7] = a[4]|x[4], a[5]|x[5], a[6]|x[6], a[7]|x[7]
		}
	}
	for i := range r {
		r[i] &= a[i]
	}
}

// andLE keeps the rows whose number is <= c: those not >= c+1, which fits.
func andLE(slices []uint64, c uint64, r *[8]uint64) {
	ge := [8]uint64{}
	for i := range ge {
		ge[i] = ^uint64(0)
	}
	andGE(slices, c+1, &ge)
	for i := range r {
		r[i] &^= ge[i]
	}
}
