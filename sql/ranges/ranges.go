// Package ranges has the values of the range and multirange types: how they are
// held, read, written and compared, and their algebra (rangetypes.c and
// multirangetypes.c).
//
// A range is held as a string of bytes that are ordered as ranges are:
//
//	0                      the empty range
//	1 lower upper          any other
//	lower: 0               unbounded, or 1 key 0 (inclusive), 1 key 1 (exclusive)
//	upper: 2               unbounded, or 1 key 0 (exclusive), 1 key 1 (inclusive)
//	key:                   8 bytes big-endian with the sign flipped; of numrange the length (uvarint) and the binary form
//	                       of the numeric, which bytes do not order
//
// A multirange is its ranges one after the other: none of them is the beginning of
// another, so that bytes order these too. The bytes are stored: never change them.
package ranges

import (
	"cmp"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Value is a bound's value: I of integers, dates and timestamps, D of numerics.
// The other one is zero.
type Value struct {
	I int64
	D types.Decimal
}

// Bound is one end of a range.
type Bound struct {
	Value
	Inf   bool // unbounded; Value and Inc mean nothing
	Inc   bool
	Lower bool
}

// Range is a value of a range type; of an empty one the bounds mean nothing.
type Range struct {
	Lower, Upper Bound
	Empty        bool
}

// empty is the empty range.
var empty = Range{Empty: true}

// New is make_range: a range of type t (a range or multirange type) in its
// canonical form.
func New(t types.Type, lower, upper Bound) (Range, error) {
	r, err := ordered(lower, upper)
	if err != nil || r.Empty {
		return r, err
	}
	switch k := t.Bound().Kind; k {
	case types.Int4, types.Int8, types.Date:
		if !r.Lower.Inf && !r.Lower.Inc {
			if err := next(k, &r.Lower, true); err != nil {
				return r, err
			}
		}
		if !r.Upper.Inf && r.Upper.Inc {
			if err := next(k, &r.Upper, false); err != nil {
				return r, err
			}
		}
		return ordered(r.Lower, r.Upper)
	}
	return r, nil
}

// ordered checks the bounds against each other.
func ordered(lower, upper Bound) (Range, error) {
	lower.Lower, upper.Lower = true, false
	for _, b := range []*Bound{&lower, &upper} {
		if b.Inf {
			b.Value, b.Inc = Value{}, false
		}
	}
	if !lower.Inf && !upper.Inf {
		switch c := lower.cmp(upper.Value); {
		case c > 0:
			return Range{}, sqlerr.New(pgerrcode.DataException, "range lower bound must be less than or equal to range upper bound")
		case c == 0 && !(lower.Inc && upper.Inc):
			return empty, nil
		}
	}
	return Range{Lower: lower, Upper: upper}, nil
}

// next moves a bound of a discrete type to the value after it.
func next(k types.Kind, b *Bound, inc bool) error {
	switch {
	case k == types.Date && (b.I == types.DateInfinity || b.I == types.DateNegInfinity):
		return nil
	case k == types.Date && !types.DateInRange(b.I+1):
		return sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date out of range")
	case k == types.Int4 && b.I == 1<<31-1:
		return sqlerr.New(pgerrcode.NumericValueOutOfRange, "integer out of range")
	case k == types.Int8 && b.I == 1<<63-1:
		return sqlerr.New(pgerrcode.NumericValueOutOfRange, "bigint out of range")
	}
	b.I++
	b.Inc = inc
	return nil
}

func (v Value) cmp(w Value) int {
	if c := cmp.Compare(v.I, w.I); c != 0 {
		return c
	}
	return v.D.Cmp(w.D)
}

// side is where an unbounded end lies.
func (b Bound) side() int {
	if b.Lower {
		return -1
	}
	return 1
}

// cmpValue is range_cmp_bound_values: inclusion does not count.
func (b Bound) cmpValue(c Bound) int {
	switch {
	case b.Inf && c.Inf:
		return cmp.Compare(b.side(), c.side())
	case b.Inf:
		return b.side()
	case c.Inf:
		return -c.side()
	}
	return b.Value.cmp(c.Value)
}

// cmpTo is range_cmp_bounds.
func (b Bound) cmpTo(c Bound) int {
	if d := b.cmpValue(c); d != 0 || b.Inf {
		return d
	}
	return cmp.Compare(b.beside(), c.beside())
}

// beside is where an end lies relative to its value: an exclusive lower one comes
// after it, an exclusive upper one before.
func (b Bound) beside() int {
	if b.Inc {
		return 0
	}
	return -b.side()
}

// Compare is range_cmp.
func Compare(a, b Range) int {
	switch {
	case a.Empty && b.Empty:
		return 0
	case a.Empty:
		return -1
	case b.Empty:
		return 1
	}
	if c := a.Lower.cmpTo(b.Lower); c != 0 {
		return c
	}
	return a.Upper.cmpTo(b.Upper)
}

// CompareMulti is multirange_cmp.
func CompareMulti(a, b []Range) int {
	for i := range min(len(a), len(b)) {
		if c := Compare(a[i], b[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}
