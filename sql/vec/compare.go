package vec

import (
	"cmp"
	"math/bits"
	"strings"

	"tagd/sql/jsonb"
	"tagd/sql/ranges"
	"tagd/sql/types"
)

// Compare orders two values of type t that are not NULL: text by bytes, NaN
// greatest, arrays by elements with NULL greatest, then by length.
func Compare(t types.Type, a, b Datum) int {
	switch t.Phys() {
	case types.PhysInt:
		return cmp.Compare(a.I, b.I)
	case types.PhysFloat:
		return CompareFloat(a.F, b.F)
	case types.PhysStr:
		return compareText(t.Kind, a.S, b.S)
	case types.PhysDec:
		return a.D.Cmp(b.D)
	case types.PhysIvl:
		return CompareInterval(a.V, b.V)
	case types.PhysArr:
		if c := compareVectors(t, lenOf(a.A), lenOf(b.A)); c != 0 {
			return c
		}
		if c := compareSpans(a.A, 0, lenOf(a.A), b.A, 0, lenOf(b.A)); c != 0 {
			return c
		}
		return compareDims(a.Dims, b.Dims)
	case types.PhysRec:
		return a.R.Compare(b.R)
	}
	return 0
}

// compareText orders values that are held as strings by the rules of their type.
func compareText(k types.Kind, a, b string) int {
	switch k {
	case types.BPChar:
		return strings.Compare(strings.TrimRight(a, " "), strings.TrimRight(b, " "))
	case types.JSONB:
		return jsonb.CompareText(a, b)
	case types.NumRange, types.NumMultirange:
		return ranges.CompareText(k, a, b)
	}
	return strings.Compare(a, b)
}

// compareVectors orders values of oidvector by their lengths; it finds all other
// arrays equal.
func compareVectors(t types.Type, a, b int) int {
	if t != types.OidVector {
		return 0
	}
	return cmp.Compare(a, b)
}

func lenOf(v *Vector) int {
	if v == nil {
		return 0
	}
	return v.N
}

// CompareFloat orders floats as Postgres does: NaN = NaN, above all; -0 = 0.
func CompareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	case a == a:
		return -1
	case b == b:
		return 1
	}
	return 0
}

// IntervalSpan returns the length by which intervals are ordered, a 128-bit
// count of microseconds with months of 30 days (interval_cmp_value).
func IntervalSpan(v types.IntervalValue) (hi int64, lo uint64) {
	days := int64(v.Months)*30 + int64(v.Days)
	neg := days < 0
	u := uint64(days)
	if neg {
		u = -u
	}
	h, l := bits.Mul64(u, uint64(types.MicrosPerDay))
	if neg {
		var borrow uint64
		l, borrow = bits.Sub64(0, l, 0)
		h, _ = bits.Sub64(0, h, borrow)
	}
	l, carry := bits.Add64(l, uint64(v.Micros), 0)
	h, _ = bits.Add64(h, uint64(v.Micros>>63), carry)
	return int64(h), l
}

// CompareInterval orders intervals by length: 1 mon = 30 days = 720 hours.
func CompareInterval(a, b types.IntervalValue) int {
	ah, al := IntervalSpan(a)
	bh, bl := IntervalSpan(b)
	if c := cmp.Compare(ah, bh); c != 0 {
		return c
	}
	return cmp.Compare(al, bl)
}

// compareSpans orders two runs of elements.
func compareSpans(a *Vector, i, iEnd int, b *Vector, j, jEnd int) int {
	for i < iEnd && j < jEnd {
		an, bn := a.IsNull(i), b.IsNull(j)
		switch {
		case an && bn:
		case an:
			return 1
		case bn:
			return -1
		default:
			if c := CompareAt(a, i, b, j); c != 0 {
				return c
			}
		}
		i++
		j++
	}
	return cmp.Compare(iEnd-i, jEnd-j)
}

// CompareAt is Compare of value i of a and value j of b; neither is NULL.
func CompareAt(a *Vector, i int, b *Vector, j int) int {
	a, i = a.at(i)
	b, j = b.at(j)
	switch a.Type.Phys() {
	case types.PhysInt:
		return cmp.Compare(a.I64[i], b.I64[j])
	case types.PhysFloat:
		return CompareFloat(a.F64[i], b.F64[j])
	case types.PhysStr:
		return compareText(a.Type.Kind, a.Str[i], b.Str[j])
	case types.PhysDec:
		return a.Dec[i].Cmp(b.Dec[j])
	case types.PhysIvl:
		return CompareInterval(a.Ivl[i], b.Ivl[j])
	case types.PhysArr:
		if c := compareVectors(a.Type, int(a.Off[i+1]-a.Off[i]), int(b.Off[j+1]-b.Off[j])); c != 0 {
			return c
		}
		if c := compareSpans(a.Child, int(a.Off[i]), int(a.Off[i+1]), b.Child, int(b.Off[j]), int(b.Off[j+1])); c != 0 {
			return c
		}
		if a.Dims == nil && b.Dims == nil {
			return 0
		}
		return compareDims(a.dims(i), b.dims(j))
	case types.PhysRec:
		return a.Rec[i].Compare(b.Rec[j])
	}
	return 0
}

// EqualAt reports whether value i of a equals value j of b; neither is NULL.
func EqualAt(a *Vector, i int, b *Vector, j int) bool {
	a, i = a.at(i)
	b, j = b.at(j)
	switch a.Type.Phys() {
	case types.PhysInt:
		return a.I64[i] == b.I64[j]
	case types.PhysStr:
		return a.Str[i] == b.Str[j] || compareText(a.Type.Kind, a.Str[i], b.Str[j]) == 0
	case types.PhysArr:
		if a.Off[i+1]-a.Off[i] != b.Off[j+1]-b.Off[j] {
			return false
		}
	}
	return CompareAt(a, i, b, j) == 0
}
