package types

// rangeBounds are the types of the bounds of the range types, from Int4Range on;
// the multirange types follow in the same order.
var rangeBounds = [...]Kind{Int4, Int8, Numeric, Timestamp, TimestampTZ, Date}

// IsRange reports the range types; arrays and the pseudo-type anyrange are none.
func (t Type) IsRange() bool { return !t.Array && t.Kind >= Int4Range && t.Kind <= DateRange }

// IsMultirange reports the multirange types, as IsRange does.
func (t Type) IsMultirange() bool {
	return !t.Array && t.Kind >= Int4Multirange && t.Kind <= DateMultirange
}

// Bound is the type of the bounds of a range or multirange type; the zero Type for
// others.
func (t Type) Bound() Type {
	switch {
	case t.IsRange():
		return Of(rangeBounds[t.Kind-Int4Range])
	case t.IsMultirange():
		return Of(rangeBounds[t.Kind-Int4Multirange])
	}
	return Type{}
}

// RangeOver is the range type of a type of bounds, the zero Type if there is none.
func RangeOver(bound Type) Type {
	for i, k := range rangeBounds {
		if k == bound.Kind && !bound.Array {
			return Of(Int4Range + Kind(i))
		}
	}
	return Type{}
}

// MultirangeOver is the multirange type of a type of bounds, the zero Type if there
// is none.
func MultirangeOver(bound Type) Type {
	r := RangeOver(bound)
	if r.Kind == Invalid {
		return r
	}
	return Of(r.Kind - Int4Range + Int4Multirange)
}
