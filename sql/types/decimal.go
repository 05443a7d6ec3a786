package types

import "math/big"

// Decimal is a Postgres numeric: Coef * 10^-Scale, or a special value. Numbers
// whose coefficient fits an int64 live in Coef and have a nil Big, always: the
// two forms never describe the same number twice, so code may branch on Big.
// Decimals are values; Big is never changed after creation.
type Decimal struct {
	Big   *big.Int // coefficient when it does not fit Coef; nil otherwise
	Coef  int64
	Scale int32 // digits after the point that are shown, 0..16383
	Form  DecimalForm
}

// DecimalForm tells finite numbers from the three special ones.
type DecimalForm uint8

// The forms. In ordering -Infinity < finite < Infinity < NaN, and NaN = NaN.
const (
	Finite DecimalForm = iota
	NaN
	Infinity
	NegInfinity
)

// IntervalValue is a Postgres interval.
type IntervalValue struct {
	Months int32
	Days   int32
	Micros int64
}
