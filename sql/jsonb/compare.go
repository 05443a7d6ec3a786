package jsonb

import (
	"cmp"
	"hash/maphash"
	"math"
	"math/bits"
	"strings"
)

// Compare is compareJsonbContainers: objects above arrays above booleans,
// numbers, strings and null; longer arrays and objects above shorter ones.
func Compare(a, b *Value) int {
	// A scalar at the top counts as an array of one: that puts it above the empty
	// array and below every other.
	if a.IsScalar() != b.IsScalar() {
		if a.IsScalar() {
			return -compareScalarArray(b)
		}
		return compareScalarArray(a)
	}
	return compareInner(a, b)
}

// compareScalarArray orders array or object a against any scalar.
func compareScalarArray(a *Value) int {
	if a.Kind == Array && len(a.Elems) == 0 {
		return -1
	}
	return 1
}

func rank(k Kind) Kind {
	if k == True {
		return False
	}
	return k
}

func compareInner(a, b *Value) int {
	if c := cmp.Compare(rank(a.Kind), rank(b.Kind)); c != 0 {
		return c
	}
	switch a.Kind {
	case String:
		return strings.Compare(a.Str, b.Str)
	case Number:
		return a.Num.Cmp(b.Num)
	case True, False:
		return cmp.Compare(a.Kind, b.Kind)
	case Array:
		if c := cmp.Compare(len(a.Elems), len(b.Elems)); c != 0 {
			return c
		}
		for i := range a.Elems {
			if c := compareInner(&a.Elems[i], &b.Elems[i]); c != 0 {
				return c
			}
		}
	case Object:
		if c := cmp.Compare(len(a.Pairs), len(b.Pairs)); c != 0 {
			return c
		}
		for i := range a.Pairs {
			if c := strings.Compare(a.Pairs[i].Key, b.Pairs[i].Key); c != 0 {
				return c
			}
			if c := compareInner(&a.Pairs[i].Val, &b.Pairs[i].Val); c != 0 {
				return c
			}
		}
	}
	return 0
}

// CompareText orders two values by their canonical texts.
func CompareText(a, b string) int {
	if a == b {
		return 0
	}
	x, err := Parse(a)
	if err == nil {
		y, err := Parse(b)
		if err == nil {
			return Compare(&x, &y)
		}
	}
	return strings.Compare(a, b) // not canonical: bytes that storage has damaged
}

// Equal reports whether two values are equal.
func Equal(a, b *Value) bool { return Compare(a, b) == 0 }

// Hash hashes a canonical text so that equal values have equal hashes.
func Hash(s string, seed maphash.Seed) uint64 {
	v, err := Parse(s)
	if err != nil {
		return maphash.String(seed, s)
	}
	return v.hash(seed)
}

func (v *Value) hash(seed maphash.Seed) uint64 {
	h := uint64(rank(v.Kind)) * 0x9e3779b97f4a7c15
	add := func(x uint64) { h = bits.RotateLeft64(h, 23)*0xff51afd7ed558ccd ^ x }
	switch v.Kind {
	case String:
		add(maphash.String(seed, v.Str))
	case True:
		add(1)
	case Number:
		add(math.Float64bits(v.Num.Float64() + 0)) // equal numbers are equal floats
	case Array:
		for i := range v.Elems {
			add(v.Elems[i].hash(seed))
		}
	case Object:
		for i := range v.Pairs {
			add(maphash.String(seed, v.Pairs[i].Key))
			add(v.Pairs[i].Val.hash(seed))
		}
	}
	return h
}
