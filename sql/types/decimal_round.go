package types

import (
	"math"
	"math/big"
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Round returns d rounded half away from zero to scale digits after the point,
// zero-padded to it; a negative scale rounds before the point.
func (d Decimal) Round(scale int32) Decimal { return d.toScale(scale, true) }

// Trunc is Round toward zero.
func (d Decimal) Trunc(scale int32) Decimal { return d.toScale(scale, false) }

func (d Decimal) toScale(scale int32, round bool) Decimal {
	if d.Form != Finite || d.Scale == scale {
		return d
	}
	if scale > d.Scale {
		if d.Big == nil {
			if v, ok := scaleUp(d.Coef, scale-d.Scale); ok {
				return Decimal{Coef: v, Scale: scale}
			}
		}
		return BigDecimal(d.rescaled(scale), scale)
	}
	drop := int(d.Scale - scale)
	r := d.shiftRight(drop, round)
	r.Scale = scale
	if scale < 0 {
		r = BigDecimal(new(big.Int).Mul(r.big(), pow10Big(int(-scale))), 0)
	}
	return r
}

// shiftRight divides the coefficient by 10^n, rounding half away from zero or
// toward zero; the scale of the result is meaningless.
func (d Decimal) shiftRight(n int, round bool) Decimal {
	if d.Big == nil && n <= 18 && d.Coef != math.MinInt64 {
		if round {
			return Decimal{Coef: quoRound(d.Coef, pow10Int[n])}
		}
		return Decimal{Coef: d.Coef / pow10Int[n]}
	}
	if n > d.digits()+1 {
		return Decimal{}
	}
	if round {
		return BigDecimal(bigQuoRound(d.big(), pow10Big(n)), 0)
	}
	return BigDecimal(new(big.Int).Quo(d.big(), pow10Big(n)), 0)
}

// Int64 returns d rounded half away from zero; ok is false when that does not
// fit or d is not finite.
func (d Decimal) Int64() (v int64, ok bool) {
	if d.Form != Finite {
		return 0, false
	}
	r := d.Round(0)
	return r.Coef, r.Big == nil
}

// Unscaled returns the coefficient of d at a scale; ok is false when d has more
// digits than that, does not fit, or is not finite.
func (d Decimal) Unscaled(scale int32) (v int64, ok bool) {
	if d.Form != Finite {
		return 0, false
	}
	if d.Scale == scale {
		return d.Coef, d.Big == nil
	}
	if scale > d.Scale {
		if d.Big != nil {
			return 0, false
		}
		return scaleUp(d.Coef, scale-d.Scale)
	}
	t := d.Trunc(scale)
	return t.Coef, t.Big == nil && t.Cmp(d) == 0
}

// Fit coerces d to numeric(p,s): rounded to s digits, 22003 when more than p-s
// remain before the point. A type without a modifier changes nothing.
func (d Decimal) Fit(t Type) (Decimal, error) {
	p, s, ok := t.Precision()
	if !ok || d.Form == NaN {
		return d, nil
	}
	if d.Form != Finite {
		return d, sqlerr.New(pgerrcode.NumericValueOutOfRange, "numeric field overflow").
			WithDetail("A field with precision %d, scale %d cannot hold an infinite value.", p, s)
	}
	r := d.Round(int32(s))
	if s < 0 {
		r.Scale = 0
	}
	whole := p - s
	if r.Sign() != 0 && r.digits()-int(r.Scale) > whole {
		limit := "1"
		if whole != 0 {
			limit = "10^" + strconv.Itoa(whole)
		}
		return d, sqlerr.New(pgerrcode.NumericValueOutOfRange, "numeric field overflow").
			WithDetail("A field with precision %d, scale %d must round to an absolute value less than %s.", p, s, limit)
	}
	return r, nil
}
