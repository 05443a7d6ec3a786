package fn

import (
	"math"
	"math/big"
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Scales as numeric.c chooses them: NUMERIC_MIN_SIG_DIGITS significant digits
// and at most NUMERIC_MAX_DISPLAY_SCALE after the point.
const (
	minSigDigits    = 16
	maxDisplayScale = 1000
	maxResultScale  = 2000
	log10E          = 0.434294481903252
)

func errNumericOverflow() error {
	return sqlerr.New(pgerrcode.NumericValueOutOfRange, "value overflows numeric format")
}

func init() {
	def("exp", ts{tNum}, tNum, f1(tNum, expDec))
	def("ln", ts{tNum}, tNum, f1(tNum, lnDec))
	ten := types.DecimalOf(10, 0)
	log10 := f1(tNum, func(c *Ctx, d types.Decimal) (types.Decimal, error) { return logDec(c, ten, d) })
	def("log", ts{tNum}, tNum, log10)
	def("log10", ts{tNum}, tNum, log10)
	def("log", ts{tNum, tNum}, tNum, f2(tNum, logDec))
	pow := f2(tNum, powDec)
	def("power", ts{tNum, tNum}, tNum, pow)
	def("pow", ts{tNum, tNum}, tNum, pow)
	op("^", tNum, tNum, tNum, pow)
	def("factorial", ts{tI8}, tNum, rows(tNum, func(r row) (vec.Datum, error) {
		switch n := r.int(0); {
		case n < 0:
			return null, sqlerr.New(pgerrcode.NumericValueOutOfRange, "factorial of a negative number is undefined")
		case n > 32177:
			return null, errNumericOverflow()
		default:
			return dD(types.BigDecimal(new(big.Int).MulRange(1, n), 0)), nil
		}
	}))
}

func resultScale(weight int, scales ...int32) int32 {
	s := int32(minSigDigits - weight)
	for _, x := range scales {
		s = max(s, x)
	}
	return min(max(s, 0), maxDisplayScale)
}

// leading returns the first two base-10000 digits of a decimal and the power of
// ten they are to be multiplied with.
func leading(d types.Decimal, want int) (f float64, p int) {
	digits := decBig(d).Text(10)
	if digits[0] == '-' {
		digits = digits[1:]
	}
	w := decWeight(d)
	// The first base-10000 digit has this many decimal digits.
	first := (len(digits) - int(d.Scale)) - 4*w
	n := min(first+4*(want-1), len(digits))
	x, _ := strconv.ParseFloat(digits[:n], 64)
	return x, len(digits) - n - int(d.Scale)
}

// lnWeight is estimate_ln_dweight.
func lnWeight(d types.Decimal) int {
	if d.Sign() <= 0 {
		return 0
	}
	if d.Cmp(types.DecimalOf(9, 1)) >= 0 && d.Cmp(types.DecimalOf(11, 1)) <= 0 {
		x, err := d.Sub(types.DecimalOf(1, 0))
		if err != nil || x.Sign() == 0 {
			return 0
		}
		f, _ := leading(x.Abs(), 1)
		// The digit is read to the end of its base-10000 group.
		w := decWeight(x)
		have := len(decBig(x.Abs()).Text(10))
		if group := have - int(x.Scale) - 4*w; group > have {
			f *= math.Pow10(group - have)
		}
		return w*4 + int(math.Log10(f))
	}
	f, p := leading(d, 2)
	return int(math.Log10(math.Abs(math.Log(f) + float64(p)*math.Ln10)))
}

// toBig is a decimal as a binary float of prec bits.
func toBig(d types.Decimal, prec uint) *big.Float {
	x := new(big.Float).SetPrec(prec).SetInt(decBig(d))
	return x.Quo(x, new(big.Float).SetPrec(prec).SetInt(bigPow10(d.Scale)))
}

// fromBig rounds half away from zero to a scale.
func fromBig(x *big.Float, scale int32) types.Decimal {
	y := new(big.Float).SetPrec(x.Prec()).SetInt(bigPow10(scale))
	y.Mul(y, x)
	half := big.NewFloat(0.5)
	if y.Sign() < 0 {
		half.Neg(half)
	}
	i, _ := y.Add(y, half).Int(nil)
	return types.BigDecimal(i, scale)
}

// bitsFor is the precision for digits decimal digits with some to spare.
func bitsFor(digits int) uint { return uint(float64(digits+30)*3.33) + 64 }

// bigExp is e to the x: the argument is halved about as often as Taylor's series
// then has terms.
func bigExp(c *Ctx, x *big.Float) (*big.Float, error) {
	prec := x.Prec()
	k := max(x.MantExp(nil)+int(math.Sqrt(float64(prec))), 0)
	y := new(big.Float).SetPrec(prec+uint(2*k)).SetMantExp(x, -k)
	sum := new(big.Float).SetPrec(y.Prec()).SetInt64(1)
	term := new(big.Float).SetPrec(y.Prec()).SetInt64(1)
	for n := int64(1); ; n++ {
		if err := c.canceled(); err != nil {
			return nil, err
		}
		term.Mul(term, y)
		term.Quo(term, new(big.Float).SetInt64(n))
		if term.Sign() == 0 || term.MantExp(nil) < -int(y.Prec()) {
			break
		}
		sum.Add(sum, term)
	}
	for ; k > 0; k-- {
		if err := c.canceled(); err != nil {
			return nil, err
		}
		sum.Mul(sum, sum)
	}
	return sum.SetPrec(prec), nil
}

// bigLn is the natural logarithm by Halley's iteration on e^y = x.
func bigLn(c *Ctx, x *big.Float) (*big.Float, error) {
	prec := x.Prec()
	mant := new(big.Float)
	exp := x.MantExp(mant)
	m, _ := mant.Float64()
	y := new(big.Float).SetPrec(prec).SetFloat64(math.Log(m) + float64(exp)*math.Ln2)
	two := big.NewFloat(2)
	for good := uint(45); ; good *= 3 {
		e, err := bigExp(c, y)
		if err != nil {
			return nil, err
		}
		num := new(big.Float).SetPrec(prec).Sub(x, e)
		num.Mul(num, two)
		y.Add(y, num.Quo(num, new(big.Float).SetPrec(prec).Add(x, e)))
		if good > prec {
			return y, nil
		}
	}
}

func expDec(c *Ctx, d types.Decimal) (types.Decimal, error) {
	switch d.Form {
	case types.NaN, types.Infinity:
		return d, nil
	case types.NegInfinity:
		return types.DecimalOf(0, 0), nil
	}
	f := d.Float64()
	w := math.Max(-maxResultScale, math.Min(maxResultScale, f*log10E))
	scale := resultScale(int(w), d.Scale)
	if f >= maxResultScale*3 {
		return d, errNumericOverflow()
	}
	if f <= -maxResultScale*3 {
		return types.DecimalOf(0, scale), nil
	}
	digits := int(scale) + max(int(f*log10E), 0)
	e, err := bigExp(c, toBig(d, bitsFor(digits)))
	if err != nil {
		return d, err
	}
	return fromBig(e, scale), nil
}

func checkLog(d types.Decimal) error {
	if d.Form == types.NaN {
		return nil
	}
	switch {
	case d.Form == types.NegInfinity || d.Sign() < 0:
		return sqlerr.New(pgerrcode.InvalidArgumentForLogarithm, "cannot take logarithm of a negative number")
	case d.Form == types.Finite && d.Sign() == 0:
		return sqlerr.New(pgerrcode.InvalidArgumentForLogarithm, "cannot take logarithm of zero")
	}
	return nil
}

func lnDec(c *Ctx, d types.Decimal) (types.Decimal, error) {
	if err := checkLog(d); err != nil || d.Form != types.Finite {
		return d, err
	}
	scale := resultScale(lnWeight(d), d.Scale)
	// Digits of d beyond those of the result change nothing: the logarithm's
	// error is d's relative one.
	l, err := bigLn(c, toBig(d, bitsFor(int(scale))))
	if err != nil {
		return d, err
	}
	return fromBig(l, scale), nil
}

// logDec is the logarithm of d to a base.
func logDec(c *Ctx, base, d types.Decimal) (types.Decimal, error) {
	if base.Form == types.NaN || d.Form == types.NaN {
		return types.Decimal{Form: types.NaN}, nil
	}
	if err := checkLog(base); err != nil {
		return d, err
	}
	if err := checkLog(d); err != nil {
		return d, err
	}
	if base.Form != types.Finite || d.Form != types.Finite {
		switch {
		case base.Form == types.Finite:
			return d, nil
		case d.Form == types.Finite:
			return types.DecimalOf(0, 0), nil
		}
		return types.Decimal{Form: types.NaN}, nil
	}
	w := lnWeight(d) - lnWeight(base)
	scale := resultScale(w, base.Scale, d.Scale)
	prec := bitsFor(int(scale) + nearOne(base) + nearOne(d))
	b, err := bigLn(c, toBig(base, prec))
	if err != nil {
		return d, err
	}
	if b.Sign() == 0 {
		return d, errDivZero()
	}
	x, err := bigLn(c, toBig(d, prec))
	if err != nil {
		return d, err
	}
	return fromBig(x.Quo(x, b), scale), nil
}

// nearOne is the number of zeros after the point in the logarithm of d.
func nearOne(d types.Decimal) int { return max(-lnWeight(d), 0) }

func powDec(c *Ctx, a, b types.Decimal) (types.Decimal, error) {
	if a.Form != types.Finite || b.Form != types.Finite {
		return powSpecial(a, b)
	}
	whole := b.Trunc(0).Cmp(b) == 0
	switch {
	case a.Sign() == 0 && b.Sign() < 0:
		return a, sqlerr.New(pgerrcode.InvalidArgumentForPowerFunction, "zero raised to a negative power is undefined")
	case a.Sign() < 0 && !whole:
		return a, sqlerr.New(pgerrcode.InvalidArgumentForPowerFunction, "a negative number raised to a non-integer power yields a complex result")
	}
	if n, ok := b.Int64(); whole && ok && n == int64(int32(n)) {
		return powInt(c, a, n)
	}
	if a.Sign() == 0 {
		return types.DecimalOf(0, minSigDigits), nil
	}
	neg := false
	if a.Sign() < 0 { // a whole power beyond int4: only its parity counts
		r, err := b.Trunc(0).Mod(types.DecimalOf(2, 0))
		if err != nil {
			return a, err
		}
		neg = r.Sign() != 0
		a = a.Abs()
	}
	l, err := bigLn(c, toBig(a, bitsFor(60+nearOne(a))))
	if err != nil {
		return a, err
	}
	est, _ := l.Mul(l, toBig(b, l.Prec())).Float64()
	if math.Abs(est) > maxResultScale*3.01 {
		if est > 0 {
			return a, errNumericOverflow()
		}
		return types.DecimalOf(0, maxDisplayScale), nil
	}
	w := est * log10E
	scale := resultScale(int(w), a.Scale, b.Scale)
	prec := bitsFor(int(scale) + max(int(w), 0) + nearOne(a) + 10)
	if l, err = bigLn(c, toBig(a, prec)); err != nil {
		return a, err
	}
	if l, err = bigExp(c, l.Mul(l, toBig(b, prec))); err != nil {
		return a, err
	}
	r := fromBig(l, scale)
	if neg {
		r = r.Neg()
	}
	return r, nil
}

// powInt is power_var_int as PostgreSQL 15 has it: the scale does not depend on
// the result, and squares keep only the digits that it can show.
func powInt(c *Ctx, a types.Decimal, n int64) (types.Decimal, error) {
	scale := resultScale(0, a.Scale)
	switch {
	case n == 0:
		return types.BigDecimal(bigPow10(scale), scale), nil
	case n == 1:
		return a.Round(scale), nil
	case a.Sign() == 0:
		return types.DecimalOf(0, scale), nil
	case n == -1:
		return types.DecimalOf(1, 0).Quo(a, scale), nil
	}
	lead, p := leading(a.Abs(), 4)
	f := (math.Log10(lead) + float64(p)) * float64(n)
	switch {
	case f > 3*maxWeight*4:
		return a, errNumericOverflow()
	case f+1 < -float64(scale) || f+1 < -maxDisplayScale:
		return types.DecimalOf(0, scale), nil
	}
	abs := max(n, -n)
	digits := 1 + int(scale) + int(f) + int(math.Log(float64(abs))) + 8
	sq, r := a, types.DecimalOf(1, 0)
	if abs&1 != 0 {
		r = a
	}
	for abs >>= 1; abs > 0; abs >>= 1 {
		if err := c.canceled(); err != nil {
			return a, err
		}
		sq = mulKeeping(sq, sq, digits)
		if abs&1 != 0 {
			r = mulKeeping(sq, r, digits)
		}
		if decWeight(sq) > maxWeight || decWeight(r) > maxWeight {
			if n < 0 {
				return types.DecimalOf(0, scale), nil
			}
			return a, errNumericOverflow()
		}
	}
	if n < 0 {
		if r.Sign() == 0 {
			return a, errDivZero()
		}
		return types.DecimalOf(1, 0).Quo(r, scale), nil
	}
	if r = r.Round(scale); decWeight(r) > maxWeight {
		return a, errNumericOverflow()
	}
	return r, nil
}

// maxWeight is the greatest power of 10000 of a stored numeric.
const maxWeight = 32767

// mulKeeping is a*b rounded to about so many significant digits.
func mulKeeping(a, b types.Decimal, digits int) types.Decimal {
	scale := min(digits-(decWeight(a)+decWeight(b))*4, int(a.Scale+b.Scale))
	r := types.BigDecimal(new(big.Int).Mul(decBig(a), decBig(b)), a.Scale+b.Scale)
	return r.Round(int32(max(scale, 0)))
}

// powSpecial is numeric_power's table of NaN and infinities.
func powSpecial(a, b types.Decimal) (types.Decimal, error) {
	one := types.DecimalOf(1, 0)
	switch {
	case a.Form == types.NaN:
		if b.Form == types.Finite && b.Sign() == 0 {
			return one, nil
		}
		return a, nil
	case b.Form == types.NaN:
		if a.Form == types.Finite && a.Cmp(one) == 0 {
			return one, nil
		}
		return b, nil
	case b.Form == types.Finite && b.Sign() == 0:
		return one, nil
	case b.Form != types.Finite:
		c := a.Abs().Cmp(one)
		switch {
		case a.Sign() == 0 && b.Form == types.NegInfinity:
			return a, sqlerr.New(pgerrcode.InvalidArgumentForPowerFunction, "zero raised to a negative power is undefined")
		case c == 0:
			return one, nil
		case (c > 0) == (b.Form == types.Infinity):
			return types.Decimal{Form: types.Infinity}, nil
		}
		return types.DecimalOf(0, 0), nil
	case b.Sign() < 0:
		return types.DecimalOf(0, 0), nil
	case a.Form == types.Infinity:
		return a, nil
	}
	r, err := b.Mod(types.DecimalOf(2, 0))
	if err != nil {
		return a, err
	}
	if r.Trunc(0).Cmp(r) != 0 {
		return a, sqlerr.New(pgerrcode.InvalidArgumentForPowerFunction, "a negative number raised to a non-integer power yields a complex result")
	}
	if r.Sign() != 0 {
		return a, nil
	}
	return types.Decimal{Form: types.Infinity}, nil
}
