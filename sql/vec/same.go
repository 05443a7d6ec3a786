package vec

import (
	"math"

	"tagd/sql/types"
)

// Same reports whether two values of type t that Compare as equal are also one
// value: numeric 1.0 and 1.00, the floats 0 and -0, intervals of 1 day and 24
// hours are equal, but a function can tell them apart.
func Same(t types.Type, a, b Datum) bool {
	if a.Null || b.Null {
		return a.Null && b.Null
	}
	switch t.Phys() {
	case types.PhysFloat:
		return math.Float64bits(a.F) == math.Float64bits(b.F)
	case types.PhysStr:
		return a.S == b.S
	case types.PhysDec:
		return a.D.Form == b.D.Form && a.D.Scale == b.D.Scale && a.D.Cmp(b.D) == 0
	case types.PhysIvl:
		return a.V == b.V
	case types.PhysArr:
		return compareDims(a.Dims, b.Dims) == 0 && sameElems(a.A, b.A)
	case types.PhysRec:
		return sameRecords(a.R, b.R)
	}
	return Compare(t, a, b) == 0
}

func sameElems(a, b *Vector) bool {
	if lenOf(a) != lenOf(b) {
		return false
	}
	for i := range lenOf(a) {
		if !Same(a.Type, a.Get(i), b.Get(i)) {
			return false
		}
	}
	return true
}

func sameRecords(a, b *Record) bool {
	if a == nil || b == nil || len(a.Fields) != len(b.Fields) {
		return a == b
	}
	for i := range a.Fields {
		if a.Types[i] != b.Types[i] || !Same(a.Types[i], a.Fields[i], b.Fields[i]) {
			return false
		}
	}
	return true
}

// EqualIsSame reports whether equal values of type t are always the same one;
// see Same.
func EqualIsSame(t types.Type) bool {
	switch t.Phys() {
	case types.PhysInt:
		return true
	case types.PhysStr:
		return t.ByBytes()
	}
	return false
}
