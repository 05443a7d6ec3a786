package simd

import "math/bits"

// Count returns the number of set bits.
func Count(w []uint64) int {
	n := 0
	if k := len(w) &^ 7; On && k > 0 {
		n, w = countVec(&w[0], k), w[k:]
	}
	for len(w) >= 8 {
		v := (*[8]uint64)(w)
		n += bits.OnesCount64(v[0]) + bits.OnesCount64(v[1]) + bits.OnesCount64(v[2]) + bits.OnesCount64(v[3]) +
			bits.OnesCount64(v[4]) + bits.OnesCount64(v[5]) + bits.OnesCount64(v[6]) + bits.OnesCount64(v[7])
		w = w[8:]
	}
	for _, x := range w {
		n += bits.OnesCount64(x)
	}
	return n
}

// AndCount returns the number of bits set in both; len(b) >= len(a), here and
// below.
func AndCount(a, b []uint64) int {
	b = b[:len(a)]
	n := 0
	if k := len(a) &^ 7; On && k > 0 {
		n, a, b = andCountVec(&a[0], &b[0], k), a[k:], b[k:]
	}
	for len(a) >= 4 && len(b) >= 4 {
		x, y := (*[4]uint64)(a), (*[4]uint64)(b)
		n += bits.OnesCount64(x[0]&y[0]) + bits.OnesCount64(x[1]&y[1]) +
			bits.OnesCount64(x[2]&y[2]) + bits.OnesCount64(x[3]&y[3])
		a, b = a[4:], b[4:]
	}
	b = b[:len(a)]
	for i := range a {
		n += bits.OnesCount64(a[i] & b[i])
	}
	return n
}

// And does a &= b and returns the count of a.
func And(a, b []uint64) int {
	b = b[:len(a)]
	n := 0
	if k := len(a) &^ 7; On && k > 0 {
		n, a, b = andVec(&a[0], &b[0], k), a[k:], b[k:]
	}
	for i := range a {
		x := a[i] & b[i]
		a[i] = x
		n += bits.OnesCount64(x)
	}
	return n
}

// Or does a |= b and returns the count of a.
func Or(a, b []uint64) int {
	b = b[:len(a)]
	n := 0
	if k := len(a) &^ 7; On && k > 0 {
		n, a, b = orVec(&a[0], &b[0], k), a[k:], b[k:]
	}
	for i := range a {
		x := a[i] | b[i]
		a[i] = x
		n += bits.OnesCount64(x)
	}
	return n
}

// AndNot does a &^= b and returns the count of a.
func AndNot(a, b []uint64) int {
	b = b[:len(a)]
	n := 0
	if k := len(a) &^ 7; On && k > 0 {
		n, a, b = andNotVec(&a[0], &b[0], k), a[k:], b[k:]
	}
	for i := range a {
		x := a[i] &^ b[i]
		a[i] = x
		n += bits.OnesCount64(x)
	}
	return n
}
