package ranges

import (
	"slices"
	"sort"

	"tagd/sql/types"
)

// Normal is multirange_canonicalize: the ranges in their order, those that overlap
// or meet made one, empty ones left out. list is changed.
func Normal(list []Range) []Range {
	slices.SortFunc(list, Compare)
	out := list[:0]
	for _, r := range list {
		switch last := len(out) - 1; {
		case r.Empty:
		case last < 0 || !out[last].Adjacent(r) && out[last].Before(r):
			out = append(out, r)
		default:
			out[last] = out[last].Merge(r)
		}
	}
	return out
}

// Whole is range_merge of a multirange: from its first value to its last.
func Whole(list []Range) Range {
	if len(list) == 0 {
		return empty
	}
	return list[0].Merge(list[len(list)-1])
}

// around returns the first range of an ordered list that is not before r.
func around(list []Range, r Range) int {
	return sort.Search(len(list), func(i int) bool { return !list[i].Before(r) })
}

// MultiContainsValue reports whether v lies in one of the ranges.
func MultiContainsValue(list []Range, v Value) bool {
	i := around(list, Range{Lower: Bound{Value: v, Inc: true, Lower: true}, Upper: Bound{Value: v, Inc: true}})
	return i < len(list) && list[i].ContainsValue(v)
}

// MultiContains reports whether all of r lies in one of the ranges.
func MultiContains(list []Range, r Range) bool {
	if r.Empty {
		return true
	}
	i := around(list, r)
	return i < len(list) && list[i].Contains(r)
}

// MultiContainsAll reports whether every range of inner lies in outer.
func MultiContainsAll(outer, inner []Range) bool {
	for _, r := range inner {
		if !MultiContains(outer, r) {
			return false
		}
	}
	return true
}

// MultiOverlaps reports whether one of the ranges has a value in common with r.
func MultiOverlaps(list []Range, r Range) bool {
	i := around(list, r)
	return i < len(list) && list[i].Overlaps(r)
}

// MultiOverlapsAny reports whether two multiranges have a value in common.
func MultiOverlapsAny(a, b []Range) bool {
	return slices.ContainsFunc(b, func(r Range) bool { return MultiOverlaps(a, r) })
}

// MultiAdjacent reports whether one of two lists ends just where the other begins.
func MultiAdjacent(a, b []Range) bool {
	return len(a) > 0 && len(b) > 0 && (meets(a[len(a)-1].Upper, b[0].Lower) || meets(b[len(b)-1].Upper, a[0].Lower))
}

// MultiIntersect is what two multiranges have in common.
func MultiIntersect(a, b []Range) []Range {
	var out []Range
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if r := a[i].Intersect(b[j]); !r.Empty {
			out = append(out, r)
		}
		if a[i].Upper.cmpTo(b[j].Upper) < 0 {
			i++
		} else {
			j++
		}
	}
	return out
}

// MultiMinus is a without b.
func MultiMinus(t types.Type, a, b []Range) ([]Range, error) {
	var out []Range
	for _, r := range a {
		whole := false
		for _, s := range b[around(b, r):] {
			parts, err := r.without(t, s)
			if err != nil {
				return nil, err
			}
			if len(parts) == 2 {
				out, parts = append(out, parts[0]), parts[1:]
			}
			if whole = len(parts) == 0; whole {
				break
			}
			if r = parts[0]; r.Before(s) {
				break
			}
		}
		if !whole && !r.Empty {
			out = append(out, r)
		}
	}
	return out, nil
}
