package types

// ParseInterval reads an interval.
func ParseInterval(s string, st *Style) (IntervalValue, error) {
	return IntervalValue{}, errDateSyntax("interval", s)
}
