package types

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

var pow10Int = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
	1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

var bigTen = big.NewInt(10)

func pow10Big(n int) *big.Int {
	if n <= 18 {
		return big.NewInt(pow10Int[n])
	}
	return new(big.Int).Exp(bigTen, big.NewInt(int64(n)), nil)
}

// DecimalOf returns coef * 10^-scale.
func DecimalOf(coef int64, scale int32) Decimal { return Decimal{Coef: coef, Scale: scale} }

// BigDecimal returns coef * 10^-scale and takes ownership of coef.
func BigDecimal(coef *big.Int, scale int32) Decimal {
	if coef.IsInt64() {
		return Decimal{Coef: coef.Int64(), Scale: scale}
	}
	return Decimal{Big: coef, Scale: scale}
}

// big returns the coefficient; it must not be changed.
func (d Decimal) big() *big.Int {
	if d.Big != nil {
		return d.Big
	}
	return big.NewInt(d.Coef)
}

// rescaled returns the coefficient at a scale >= d.Scale.
func (d Decimal) rescaled(scale int32) *big.Int {
	if scale == d.Scale {
		return d.big()
	}
	return new(big.Int).Mul(d.big(), pow10Big(int(scale-d.Scale)))
}

// Checked is d, refused where PostgreSQL cannot store it.
func (d Decimal) Checked() (Decimal, error) { return checked(d) }

// checked refuses results that Postgres cannot store.
func checked(d Decimal) (Decimal, error) {
	if d.Big != nil && d.digits()-int(d.Scale) > maxWhole {
		return Decimal{}, errOverflow()
	}
	return d, nil
}

// digits returns the number of decimal digits of the coefficient, 1 for zero.
func (d Decimal) digits() int {
	if d.Big == nil {
		u := absU(d.Coef)
		n := 1
		for u >= 10 {
			u /= 10
			n++
		}
		return n
	}
	// log10(2) from the bit length is exact up to one; settle it by comparing.
	n := int(float64(d.Big.BitLen()-1)*0.30102999566398119521) + 1
	if d.Big.CmpAbs(pow10Big(n)) >= 0 {
		n++
	}
	return n
}

func absU(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// addSpecial handles sums with a special operand.
func addSpecial(a, b Decimal) Decimal {
	switch {
	case a.Form == NaN || b.Form == NaN:
		return Decimal{Form: NaN}
	case a.Form == Finite:
		return Decimal{Form: b.Form}
	case b.Form == Finite || a.Form == b.Form:
		return Decimal{Form: a.Form}
	}
	return Decimal{Form: NaN}
}

// Add returns d + b; its scale is the larger one.
func (d Decimal) Add(b Decimal) (Decimal, error) {
	if d.Form|b.Form != Finite {
		return addSpecial(d, b), nil
	}
	if d.Big == nil && b.Big == nil {
		x, y, ok := d.Coef, b.Coef, true
		scale := d.Scale
		if d.Scale < b.Scale {
			scale = b.Scale
			x, ok = scaleUp(x, b.Scale-d.Scale)
		} else if b.Scale < d.Scale {
			y, ok = scaleUp(y, d.Scale-b.Scale)
		}
		if s := x + y; ok && (x^s)&(y^s) >= 0 {
			return Decimal{Coef: s, Scale: scale}, nil
		}
	}
	scale := max(d.Scale, b.Scale)
	return checked(BigDecimal(new(big.Int).Add(d.rescaled(scale), b.rescaled(scale)), scale))
}

// scaleUp returns v * 10^n; ok is false when that does not fit.
func scaleUp(v int64, n int32) (int64, bool) {
	if v == 0 {
		return 0, true
	}
	if n > 18 {
		return 0, false
	}
	p := pow10Int[n]
	r := v * p
	return r, r/p == v
}

// Sub returns d - b.
func (d Decimal) Sub(b Decimal) (Decimal, error) { return d.Add(b.Neg()) }

// Mul returns d * b; its scale is the sum of the scales, at most 16383.
func (d Decimal) Mul(b Decimal) (Decimal, error) {
	if d.Form|b.Form != Finite {
		s := d.Sign() * b.Sign()
		switch {
		case d.Form == NaN || b.Form == NaN || s == 0:
			return Decimal{Form: NaN}, nil
		case s > 0:
			return Decimal{Form: Infinity}, nil
		}
		return Decimal{Form: NegInfinity}, nil
	}
	scale := d.Scale + b.Scale
	if d.Big == nil && b.Big == nil && scale <= maxScale {
		hi, lo := bits.Mul64(absU(d.Coef), absU(b.Coef))
		if hi == 0 && lo <= math.MaxInt64 {
			return Decimal{Coef: d.Coef * b.Coef, Scale: scale}, nil
		}
	}
	r := BigDecimal(new(big.Int).Mul(d.big(), b.big()), scale)
	if scale > maxScale {
		r = r.Round(maxScale)
	}
	return checked(r)
}

func errDivZero() error { return sqlerr.New(pgerrcode.DivisionByZero, "division by zero") }

// divSpecial handles quotients with a special operand.
func divSpecial(a, b Decimal) (Decimal, error) {
	switch {
	case a.Form == NaN || b.Form == NaN:
		return Decimal{Form: NaN}, nil
	case a.Form == Finite:
		return Decimal{}, nil
	case b.Form != Finite:
		return Decimal{Form: NaN}, nil
	case b.Sign() == 0:
		return Decimal{}, errDivZero()
	case b.Sign() == a.Sign():
		return Decimal{Form: Infinity}, nil
	}
	return Decimal{Form: NegInfinity}, nil
}

// Div returns d / b with the scale that numeric.c's select_div_scale chooses,
// rounded half away from zero.
func (d Decimal) Div(b Decimal) (Decimal, error) {
	if d.Form|b.Form != Finite {
		return divSpecial(d, b)
	}
	if b.Sign() == 0 {
		return Decimal{}, errDivZero()
	}
	return checked(d.Quo(b, divScale(d, b)))
}

// Quo returns d / b rounded half away from zero to a scale; both are finite and
// b is not zero.
func (d Decimal) Quo(b Decimal, scale int32) Decimal {
	// d/b at scale s is coefD * 10^(s + scaleB - scaleD) / coefB.
	up := scale + b.Scale - d.Scale
	if d.Big == nil && b.Big == nil && up >= 0 {
		if n, ok := scaleUp(d.Coef, up); ok && n != math.MinInt64 {
			return Decimal{Coef: quoRound(n, b.Coef), Scale: scale}
		}
	}
	num, den := d.big(), b.big()
	if up >= 0 {
		num = new(big.Int).Mul(num, pow10Big(int(up)))
	} else {
		den = new(big.Int).Mul(den, pow10Big(int(-up)))
	}
	return BigDecimal(bigQuoRound(num, den), scale)
}

// quoRound divides, rounding half away from zero; n is not the least int64.
func quoRound(n, d int64) int64 {
	q, r := n/d, n%d
	if r != 0 && absU(r) >= absU(d)-absU(r) {
		if (n < 0) == (d < 0) {
			return q + 1
		}
		return q - 1
	}
	return q
}

func bigQuoRound(n, d *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(n, d, new(big.Int))
	r.Lsh(r, 1)
	if r.CmpAbs(d) >= 0 {
		if n.Sign()*d.Sign() > 0 {
			q.Add(q, big.NewInt(1))
		} else {
			q.Sub(q, big.NewInt(1))
		}
	}
	return q
}

// leading returns the weight and value of the first base-10000 digit, 0, 0 for
// zero.
func (d Decimal) leading() (weight int, first int64) {
	if d.Sign() == 0 {
		return 0, 0
	}
	n := d.digits()
	e := n - 1 - int(d.Scale)
	weight = e >> 2
	keep := e - weight<<2 + 1 // decimal digits inside the first base-10000 digit
	c := d.big()
	if n >= keep {
		c = new(big.Int).Quo(c, pow10Big(n-keep))
	} else {
		c = new(big.Int).Mul(c, pow10Big(keep-n))
	}
	return weight, int64(absU(c.Int64()))
}

// divScale is numeric.c's select_div_scale (NUMERIC_MIN_SIG_DIGITS 16,
// DEC_DIGITS 4, NUMERIC_MAX_DISPLAY_SCALE 1000).
func divScale(a, b Decimal) int32 {
	w1, f1 := a.leading()
	w2, f2 := b.leading()
	qw := w1 - w2
	if f1 <= f2 {
		qw--
	}
	return min(max(int32(16-qw*4), a.Scale, b.Scale, 0), 1000)
}

// Mod returns the remainder of the division truncated toward zero.
func (d Decimal) Mod(b Decimal) (Decimal, error) {
	if d.Form|b.Form != Finite {
		switch {
		case d.Form == NaN || b.Form == NaN:
			return Decimal{Form: NaN}, nil
		case d.Form != Finite && b.Form == Finite && b.Sign() == 0:
			return Decimal{}, errDivZero()
		case d.Form != Finite:
			return Decimal{Form: NaN}, nil
		}
		return d, nil
	}
	if b.Sign() == 0 {
		return Decimal{}, errDivZero()
	}
	if d.Big == nil && b.Big == nil && d.Scale == b.Scale && b.Coef != -1 {
		return Decimal{Coef: d.Coef % b.Coef, Scale: d.Scale}, nil
	}
	scale := max(d.Scale, b.Scale)
	return BigDecimal(new(big.Int).Rem(d.rescaled(scale), b.rescaled(scale)), scale), nil
}

// Neg returns -d.
func (d Decimal) Neg() Decimal {
	switch {
	case d.Form == Infinity:
		d.Form = NegInfinity
	case d.Form == NegInfinity:
		d.Form = Infinity
	case d.Big != nil || d.Coef == math.MinInt64:
		return BigDecimal(new(big.Int).Neg(d.big()), d.Scale)
	}
	d.Coef = -d.Coef
	return d
}

// Abs returns |d|.
func (d Decimal) Abs() Decimal {
	if d.Sign() < 0 {
		return d.Neg()
	}
	return d
}

// Sign returns -1, 0 or 1; NaN counts as positive.
func (d Decimal) Sign() int {
	switch {
	case d.Form == NegInfinity:
		return -1
	case d.Form != Finite:
		return 1
	case d.Big != nil:
		return d.Big.Sign()
	case d.Coef < 0:
		return -1
	case d.Coef > 0:
		return 1
	}
	return 0
}

// rank orders the forms: -Infinity, finite, Infinity, NaN.
var formRank = [...]int{Finite: 1, NaN: 3, Infinity: 2, NegInfinity: 0}

// Cmp returns -1, 0 or 1; scales do not matter (1.0 = 1.00), NaN is greatest.
func (d Decimal) Cmp(b Decimal) int {
	if d.Form|b.Form != Finite {
		return cmpInt(int64(formRank[d.Form]), int64(formRank[b.Form]))
	}
	if d.Big == nil && b.Big == nil {
		if d.Scale == b.Scale {
			return cmpInt(d.Coef, b.Coef)
		}
		x, y, ok := d.Coef, b.Coef, true
		if d.Scale < b.Scale {
			x, ok = scaleUp(x, b.Scale-d.Scale)
		} else {
			y, ok = scaleUp(y, d.Scale-b.Scale)
		}
		if ok {
			return cmpInt(x, y)
		}
	}
	if s, t := d.Sign(), b.Sign(); s != t {
		return cmpInt(int64(s), int64(t))
	}
	scale := max(d.Scale, b.Scale)
	return d.rescaled(scale).Cmp(b.rescaled(scale))
}

func cmpInt(a, b int64) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}
