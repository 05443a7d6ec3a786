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

// bigExp is e to the x by Taylor's series after halving the argument.
func bigExp(x *big.Float) *big.Float {
	prec := x.Prec()
	k := max(x.MantExp(nil)+16, 0)
	y := new(big.Float).SetPrec(prec+uint(2*k)).SetMantExp(x, -k)
	sum := new(big.Float).SetPrec(y.Prec()).SetInt64(1)
	term := new(big.Float).SetPrec(y.Prec()).SetInt64(1)
	for n := int64(1); ; n++ {
		term.Mul(term, y)
		term.Quo(term, new(big.Float).SetInt64(n))
		if term.Sign() == 0 || term.MantExp(nil) < -int(y.Prec()) {
			break
		}
		sum.Add(sum, term)
	}
	for ; k > 0; k-- {
		sum.Mul(sum, sum)
	}
	return sum.SetPrec(prec)
}

// bigLn is the natural logarithm by Halley's iteration on e^y = x.
func bigLn(x *big.Float) *big.Float {
	prec := x.Prec()
	mant := new(big.Float)
	exp := x.MantExp(mant)
	m, _ := mant.Float64()
	y := new(big.Float).SetPrec(prec).SetFloat64(math.Log(m) + float64(exp)*math.Ln2)
	two := big.NewFloat(2)
	for good := uint(45); ; good *= 3 {
		e := bigExp(y)
		num := new(big.Float).SetPrec(prec).Sub(x, e)
		num.Mul(num, two)
		y.Add(y, num.Quo(num, new(big.Float).SetPrec(prec).Add(x, e)))
		if good > prec {
			return y
		}
	}
}

func expDec(_ *Ctx, d types.Decimal) (types.Decimal, error) {
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
	return fromBig(bigExp(toBig(d, bitsFor(digits))), scale), nil
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

func lnDec(_ *Ctx, d types.Decimal) (types.Decimal, error) {
	if err := checkLog(d); err != nil || d.Form != types.Finite {
		return d, err
	}
	scale := resultScale(lnWeight(d), d.Scale)
	return fromBig(bigLn(toBig(d, bitsFor(int(scale)+decDigits(d)))), scale), nil
}

// logDec is the logarithm of d to a base.
func logDec(_ *Ctx, base, d types.Decimal) (types.Decimal, error) {
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
	prec := bitsFor(int(scale) + decDigits(d) + decDigits(base))
	b := bigLn(toBig(base, prec))
	if b.Sign() == 0 {
		return d, errDivZero()
	}
	return fromBig(new(big.Float).SetPrec(prec).Quo(bigLn(toBig(d, prec)), b), scale), nil
}

func powDec(_ *Ctx, a, b types.Decimal) (types.Decimal, error) {
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
		return powInt(a, n)
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
	prec := bitsFor(60 + decDigits(a) + decDigits(b))
	est, _ := new(big.Float).Mul(bigLn(toBig(a, prec)), toBig(b, prec)).Float64()
	if math.Abs(est) > maxResultScale*3.01 {
		if est > 0 {
			return a, errNumericOverflow()
		}
		return types.DecimalOf(0, maxDisplayScale), nil
	}
	w := est * log10E
	scale := resultScale(int(w), a.Scale, b.Scale)
	prec = bitsFor(int(scale) + max(int(w), 0) + decDigits(a) + decDigits(b) + 10)
	x := bigLn(toBig(a, prec))
	r := fromBig(bigExp(x.Mul(x, toBig(b, prec))), scale)
	if neg {
		r = r.Neg()
	}
	return r, nil
}

// powInt is power_var_int as PostgreSQL 15 has it: the scale does not depend on
// the result.
func powInt(a types.Decimal, n int64) (types.Decimal, error) {
	f := 0.0
	if a.Sign() != 0 {
		lead, p := leading(a.Abs(), 4)
		f = (math.Log10(lead) + float64(p)) * float64(n)
	}
	if f > 32768*4 {
		return a, errNumericOverflow()
	}
	scale := resultScale(0, a.Scale)
	if f+1 < -float64(scale) {
		return types.DecimalOf(0, scale), nil
	}
	switch {
	case n == 0:
		return types.BigDecimal(bigPow10(scale), scale), nil
	case a.Sign() == 0:
		return types.DecimalOf(0, scale), nil
	}
	abs := n
	if n < 0 {
		abs = -n
	}
	if abs*int64(decDigits(a)) < 20000 { // exactly
		c := new(big.Int).Exp(decBig(a), big.NewInt(abs), nil)
		num, den := c, bigPow10(a.Scale*int32(abs))
		if n < 0 {
			num, den = den, num
		}
		return quoRound(num, den, scale), nil
	}
	prec := bitsFor(int(scale) + max(int(f), 0) + decDigits(a) + 20)
	x := bigLn(toBig(a.Abs(), prec))
	r := fromBig(bigExp(x.Mul(x, new(big.Float).SetPrec(prec).SetInt64(n))), scale)
	if a.Sign() < 0 && n%2 != 0 {
		r = r.Neg()
	}
	return r, nil
}

// quoRound is num/den rounded half away from zero at a scale.
func quoRound(num, den *big.Int, scale int32) types.Decimal {
	neg := num.Sign()*den.Sign() < 0
	n := new(big.Int).Abs(num)
	d := new(big.Int).Abs(den)
	n.Mul(n, bigPow10(scale)).Lsh(n, 1).Add(n, d)
	n.Quo(n, d.Lsh(d, 1))
	if neg {
		n.Neg(n)
	}
	return types.BigDecimal(n, scale)
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
