package ranges

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// ContainsValue reports whether v lies in r.
func (r Range) ContainsValue(v Value) bool {
	if r.Empty {
		return false
	}
	if c := r.Lower.cmp(v); !r.Lower.Inf && (c > 0 || c == 0 && !r.Lower.Inc) {
		return false
	}
	c := r.Upper.cmp(v)
	return r.Upper.Inf || c > 0 || c == 0 && r.Upper.Inc
}

// Contains reports whether all of s lies in r.
func (r Range) Contains(s Range) bool {
	if r.Empty || s.Empty {
		return s.Empty
	}
	return r.Lower.cmpTo(s.Lower) <= 0 && r.Upper.cmpTo(s.Upper) >= 0
}

// Overlaps reports whether r and s have a value in common.
func (r Range) Overlaps(s Range) bool {
	return !r.Empty && !s.Empty && r.Lower.cmpTo(s.Upper) <= 0 && s.Lower.cmpTo(r.Upper) <= 0
}

// Before reports whether all of r comes before all of s.
func (r Range) Before(s Range) bool { return !r.Empty && !s.Empty && r.Upper.cmpTo(s.Lower) < 0 }

// OverLeft reports whether r does not extend to the right of s.
func (r Range) OverLeft(s Range) bool { return !r.Empty && !s.Empty && r.Upper.cmpTo(s.Upper) <= 0 }

// OverRight reports whether r does not extend to the left of s.
func (r Range) OverRight(s Range) bool { return !r.Empty && !s.Empty && r.Lower.cmpTo(s.Lower) >= 0 }

// meets reports whether a lower end begins just where an upper one ends. The
// discrete types have canonical ends, between which no more needs to be known.
func meets(upper, lower Bound) bool {
	return upper.cmpValue(lower) == 0 && upper.Inc != lower.Inc
}

// Adjacent reports whether nothing lies between r and s, which have nothing in common.
func (r Range) Adjacent(s Range) bool {
	return !r.Empty && !s.Empty && (meets(r.Upper, s.Lower) || meets(s.Upper, r.Lower))
}

// Merge is the smallest range that has both.
func (r Range) Merge(s Range) Range {
	switch {
	case r.Empty:
		return s
	case s.Empty:
		return r
	}
	if r.Lower.cmpTo(s.Lower) >= 0 {
		r.Lower = s.Lower
	}
	if r.Upper.cmpTo(s.Upper) <= 0 {
		r.Upper = s.Upper
	}
	return r
}

// Union is Merge of ranges that leave no gap, 22000 for others.
func (r Range) Union(s Range) (Range, error) {
	if !r.Empty && !s.Empty && !r.Overlaps(s) && !r.Adjacent(s) {
		return Range{}, sqlerr.New(pgerrcode.DataException, "result of range union would not be contiguous")
	}
	return r.Merge(s), nil
}

// Intersect is what r and s have in common.
func (r Range) Intersect(s Range) Range {
	if !r.Overlaps(s) {
		return empty
	}
	if r.Lower.cmpTo(s.Lower) < 0 {
		r.Lower = s.Lower
	}
	if r.Upper.cmpTo(s.Upper) > 0 {
		r.Upper = s.Upper
	}
	return r
}

// Minus is r without s, 22000 where that is two ranges.
func (r Range) Minus(t types.Type, s Range) (Range, error) {
	parts, err := r.without(t, s)
	switch {
	case err != nil:
		return Range{}, err
	case len(parts) == 0:
		return empty, nil
	case len(parts) == 2:
		return Range{}, sqlerr.New(pgerrcode.DataException, "result of range difference would not be contiguous")
	}
	return parts[0], nil
}

// without returns what is left of r, up to two ranges in their order.
func (r Range) without(t types.Type, s Range) (parts []Range, err error) {
	if r.Empty || !r.Overlaps(s) {
		return []Range{r}, nil
	}
	if r.Lower.cmpTo(s.Lower) < 0 {
		end := s.Lower
		end.Inc = !end.Inc
		left, err := New(t, r.Lower, end)
		if err != nil {
			return nil, err
		}
		parts = append(parts, left)
	}
	if r.Upper.cmpTo(s.Upper) > 0 {
		begin := s.Upper
		begin.Inc = !begin.Inc
		right, err := New(t, begin, r.Upper)
		if err != nil {
			return nil, err
		}
		parts = append(parts, right)
	}
	return parts, nil
}
