package fn

import (
	"fmt"
	"math"
	"math/big"
	"sort"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/libm"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func float1(name string, f func(float64) (float64, error)) {
	def(name, ts{tF8}, tF8, f1(tF8, func(_ *Ctx, x float64) (float64, error) { return f(x) }))
}

func plain(f func(float64) float64) func(float64) (float64, error) {
	return func(x float64) (float64, error) { return f(x), nil }
}

func errInput() error {
	return sqlerr.New(pgerrcode.NumericValueOutOfRange, "input is out of range")
}

func init() {
	for _, n := range []string{"ceil", "ceiling"} {
		float1(n, plain(math.Ceil))
		def(n, ts{tNum}, tNum, f1(tNum, ok1(func(d types.Decimal) types.Decimal { return roundTo(d, 1) })))
	}
	float1("floor", plain(math.Floor))
	def("floor", ts{tNum}, tNum, f1(tNum, ok1(func(d types.Decimal) types.Decimal { return roundTo(d, -1) })))
	float1("round", plain(math.RoundToEven))
	float1("trunc", plain(math.Trunc))
	def("round", ts{tNum}, tNum, f1(tNum, ok1(func(d types.Decimal) types.Decimal { return d.Round(0) })))
	def("trunc", ts{tNum}, tNum, f1(tNum, ok1(func(d types.Decimal) types.Decimal { return d.Trunc(0) })))
	def("round", ts{tNum, tI4}, tNum, f2(tNum, func(_ *Ctx, d types.Decimal, n int64) (types.Decimal, error) {
		return d.Round(clampScale(n)).Checked()
	}))
	def("trunc", ts{tNum, tI4}, tNum, f2(tNum, ok2(func(d types.Decimal, n int64) types.Decimal { return d.Trunc(clampScale(n)) })))
	float1("sign", plain(func(x float64) float64 {
		switch {
		case x > 0:
			return 1
		case x < 0:
			return -1
		}
		return 0
	}))
	def("sign", ts{tNum}, tNum, f1(tNum, ok1(func(d types.Decimal) types.Decimal {
		if d.Form == types.NaN {
			return d
		}
		return types.DecimalOf(int64(d.Sign()), 0)
	})))
	float1("sqrt", sqrtFloat)
	prefix("|/", tF8, tF8, f1(tF8, func(_ *Ctx, x float64) (float64, error) { return sqrtFloat(x) }))
	prefix("||/", tF8, tF8, f1(tF8, ok1(libm.Cbrt)))
	def("sqrt", ts{tNum}, tNum, f1(tNum, sqrtDec))
	float1("cbrt", plain(libm.Cbrt))
	float1("exp", func(x float64) (float64, error) { return checked(libm.Exp(x), x) })
	float1("ln", logFloat(libm.Log))
	float1("log", logFloat(libm.Log10))
	float1("log10", logFloat(libm.Log10))
	pow := f2(tF8, func(_ *Ctx, a, b float64) (float64, error) { return powFloat(a, b) })
	op("^", tF8, tF8, tF8, pow)
	for _, n := range []string{"power", "pow"} {
		def(n, ts{tF8, tF8}, tF8, pow)
	}
	trigonometry()
	integerMath()
}

func trigonometry() {
	float1("degrees", func(x float64) (float64, error) { return floatOp(ariDiv, false, x, radian) })
	float1("radians", func(x float64) (float64, error) { return floatOp(ariMul, false, x, radian) })
	for name, f := range map[string]func(float64) float64{"sin": libm.Sin, "cos": libm.Cos, "tan": libm.Tan,
		"cot": func(x float64) float64 { return 1 / libm.Tan(x) }} {
		float1(name, finite(f))
	}
	float1("asin", within(1, libm.Asin))
	float1("acos", within(1, libm.Acos))
	float1("atan", plain(libm.Atan))
	float1("sinh", plain(libm.Sinh))
	float1("cosh", plain(libm.Cosh))
	float1("tanh", plain(libm.Tanh))
	float1("asinh", plain(libm.Asinh))
	float1("acosh", func(x float64) (float64, error) {
		if x < 1 {
			return 0, errInput()
		}
		return libm.Acosh(x), nil
	})
	float1("atanh", within(1, libm.Atanh))
	def("atan2", ts{tF8, tF8}, tF8, f2(tF8, ok2(libm.Atan2)))
}

func integerMath() {
	def("pi", ts{}, tF8, perCall(tF8, func(*Ctx) (vec.Datum, error) { return dF(math.Pi), nil }))
	def("random", ts{}, tF8, random, volatile)
	def("setseed", ts{tF8}, tVoid, rows(tVoid, func(r row) (vec.Datum, error) {
		if f := r.f(0); !(f >= -1 && f <= 1) {
			return null, sqlerr.New(pgerrcode.InvalidParameterValue, "setseed parameter %s is out of allowed range [-1,1]", cFloat(f))
		}
		if r.c.SetSeed != nil {
			r.c.SetSeed(r.f(0))
		}
		return dS(""), nil
	}), volatile)
	for _, t := range []types.Type{tI2, tI4, tI8} {
		def("mod", ts{t, t}, t, intArith(ariMod, t))
	}
	def("mod", ts{tNum, tNum}, tNum, f2(tNum, func(_ *Ctx, a, b types.Decimal) (types.Decimal, error) { return a.Mod(b) }))
	def("div", ts{tNum, tNum}, tNum, f2(tNum, divTrunc))
	for _, t := range []types.Type{tI4, tI8} {
		lim := intLimit(t)
		name := t.String()
		def("gcd", ts{t, t}, t, f2(t, func(_ *Ctx, a, b int64) (int64, error) {
			g := gcd(a, b)
			if g > uint64(lim) {
				return 0, errRange(name)
			}
			return int64(g), nil
		}))
		def("lcm", ts{t, t}, t, f2(t, func(_ *Ctx, a, b int64) (int64, error) {
			if a == 0 || b == 0 {
				return 0, nil
			}
			q := new(big.Int).SetUint64(absU(a) / gcd(a, b))
			q.Mul(q, new(big.Int).SetUint64(absU(b)))
			if !q.IsInt64() || q.Int64() > lim {
				return 0, errRange(name)
			}
			return q.Int64(), nil
		}))
	}
	def("gcd", ts{tNum, tNum}, tNum, f2(tNum, gcdDec))
	def("lcm", ts{tNum, tNum}, tNum, f2(tNum, lcmDec))
	def("width_bucket", ts{tF8, tF8, tF8, tI4}, tI4, rows(tI4, widthBucketFloat))
	def("width_bucket", ts{tNum, tNum, tNum, tI4}, tI4, rows(tI4, widthBucketNum))
	def("width_bucket", ts{tElem, tArr}, tI4, rows(tI4, widthBucketArray), compatible)
	def("scale", ts{tNum}, tI4, rows(tI4, func(r row) (vec.Datum, error) {
		if r.d(0).Form != types.Finite {
			return null, nil
		}
		return dI(int64(r.d(0).Scale)), nil
	}))
	def("min_scale", ts{tNum}, tI4, rows(tI4, func(r row) (vec.Datum, error) {
		if r.d(0).Form != types.Finite {
			return null, nil
		}
		return dI(int64(trimScale(r.d(0)).Scale)), nil
	}))
	def("trim_scale", ts{tNum}, tNum, f1(tNum, ok1(trimScale)))
}

// cFloat is C's %g.
func cFloat(f float64) string {
	switch {
	case f != f:
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return fmt.Sprintf("%.6g", f)
}

// trimScale drops the zeros at the end of the fraction.
func trimScale(d types.Decimal) types.Decimal {
	if d.Form != types.Finite || d.Scale == 0 {
		return d
	}
	digits := strings.TrimLeft(decBig(d).String(), "-")
	drop := len(digits) - len(strings.TrimRight(digits, "0"))
	if d.Sign() == 0 {
		drop = int(d.Scale)
	}
	return d.Trunc(d.Scale - min(int32(drop), d.Scale))
}

// commonInts are the coefficients of two numerics at their greater scale.
func commonInts(a, b types.Decimal) (x, y *big.Int, scale int32) {
	scale = max(a.Scale, b.Scale)
	return decBig(a.Round(scale)), decBig(b.Round(scale)), scale
}

func gcdDec(_ *Ctx, a, b types.Decimal) (types.Decimal, error) {
	if a.Form != types.Finite || b.Form != types.Finite {
		return types.Decimal{Form: types.NaN}, nil
	}
	x, y, scale := commonInts(a, b)
	return types.BigDecimal(x.GCD(nil, nil, x.Abs(x), y.Abs(y)), scale), nil
}

func lcmDec(_ *Ctx, a, b types.Decimal) (types.Decimal, error) {
	if a.Form != types.Finite || b.Form != types.Finite {
		return types.Decimal{Form: types.NaN}, nil
	}
	x, y, scale := commonInts(a, b)
	if x.Sign() == 0 || y.Sign() == 0 {
		return types.DecimalOf(0, scale), nil
	}
	g := new(big.Int).GCD(nil, nil, x.Abs(x), y.Abs(y))
	r := types.BigDecimal(x.Mul(x.Quo(x, g), y), scale)
	if decWeight(r) > maxWeight {
		return r, errNumericOverflow()
	}
	return r, nil
}

// roundTo rounds up (dir 1) or down (dir -1) to a whole number.
func roundTo(d types.Decimal, dir int) types.Decimal {
	t := d.Trunc(0)
	if t.Form != types.Finite || t.Cmp(d) == 0 || d.Sign() != dir {
		return t
	}
	r, err := t.Add(types.DecimalOf(int64(dir), 0))
	if err != nil {
		return t
	}
	return r
}

// clampScale: numeric.c limits round's digits to those that a numeric can have.
func clampScale(n int64) int32 { return int32(max(-131073, min(n, 16383))) }

func checked(r, x float64) (float64, error) {
	if math.IsInf(r, 0) && !math.IsInf(x, 0) {
		return 0, errOverflow()
	}
	if r == 0 && !math.IsInf(x, 0) {
		return 0, errUnderflow()
	}
	return r, nil
}

func sqrtFloat(x float64) (float64, error) {
	if x < 0 {
		return 0, sqlerr.New(pgerrcode.InvalidArgumentForPowerFunction, "cannot take square root of a negative number")
	}
	return math.Sqrt(x), nil
}

// sqrtDec follows numeric_sqrt: 16 significant digits at least.
func sqrtDec(_ *Ctx, d types.Decimal) (types.Decimal, error) {
	switch {
	case d.Form == types.NaN || d.Form == types.Infinity:
		return d, nil
	case d.Form == types.NegInfinity || d.Sign() < 0:
		return d, sqlerr.New(pgerrcode.InvalidArgumentForPowerFunction, "cannot take square root of a negative number")
	}
	weight := decWeight(d)
	sweight := (weight+1)*4/2 - 1
	rscale := max(16-int32(sweight), d.Scale, 0)
	return decSqrtScale(d, min(rscale, 1000)), nil
}

// decWeight is the weight of the first base-10000 digit, as NumericVar has it.
func decWeight(d types.Decimal) int {
	n := decDigits(d)
	if n == 0 {
		return 0
	}
	lead := n - int(d.Scale) // digits before the point
	if lead > 0 {
		return (lead+3)/4 - 1
	}
	return -((-lead)/4 + 1)
}

func logFloat(f func(float64) float64) func(float64) (float64, error) {
	return func(x float64) (float64, error) {
		if x == 0 {
			return 0, sqlerr.New(pgerrcode.InvalidArgumentForLogarithm, "cannot take logarithm of zero")
		}
		if x < 0 {
			return 0, sqlerr.New(pgerrcode.InvalidArgumentForLogarithm, "cannot take logarithm of a negative number")
		}
		return f(x), nil
	}
}

// powFloat is dpow of float.c.
func powFloat(a, b float64) (float64, error) {
	switch {
	case a != a || b != b:
		if b == 0 || a == 1 {
			return 1, nil
		}
		return math.NaN(), nil
	case a == 0 && b < 0:
		return 0, sqlerr.New(pgerrcode.InvalidArgumentForPowerFunction, "zero raised to a negative power is undefined")
	case a < 0 && math.Floor(b) != b:
		return 0, sqlerr.New(pgerrcode.InvalidArgumentForPowerFunction, "a negative number raised to a non-integer power yields a complex result")
	}
	r := libm.Pow(a, b)
	if math.IsInf(r, 0) && !math.IsInf(a, 0) && !math.IsInf(b, 0) {
		return 0, errOverflow()
	}
	if r == 0 && a != 0 && !math.IsInf(a, 0) && !math.IsInf(b, 0) {
		return 0, errUnderflow()
	}
	return r, nil
}

func random(c *Ctx, _ []*vec.Vector, n int) (*vec.Vector, error) {
	v := vec.New(tF8, n)
	for i := range v.F64 {
		if c != nil && c.Random != nil {
			v.F64[i] = c.Random()
		}
	}
	return v, nil
}

func divTrunc(_ *Ctx, a, b types.Decimal) (types.Decimal, error) {
	if a.Form != types.Finite || b.Form != types.Finite {
		q, err := a.Div(b)
		return q.Trunc(0), err
	}
	if b.Sign() == 0 {
		return a, errDivZero()
	}
	r, err := a.Mod(b)
	if err != nil {
		return a, err
	}
	d, err := a.Sub(r)
	if err != nil {
		return a, err
	}
	q, err := d.Div(b)
	return q.Round(0), err
}

func gcd(a, b int64) uint64 {
	x, y := absU(a), absU(b)
	for y != 0 {
		x, y = y, x%y
	}
	return x
}

func errBuckets(msg string) error {
	return sqlerr.New(pgerrcode.InvalidArgumentForWidthBucketFunction, "%s", msg)
}

func widthBucketFloat(r row) (vec.Datum, error) {
	x, lo, hi, n := r.f(0), r.f(1), r.f(2), r.int(3)
	switch {
	case n <= 0:
		return null, errBuckets("count must be greater than zero")
	case x != x || lo != lo || hi != hi:
		return null, errBuckets("operand, lower bound, and upper bound cannot be NaN")
	case math.IsInf(lo, 0) || math.IsInf(hi, 0):
		return null, errBuckets("lower and upper bounds must be finite")
	case lo == hi:
		return null, errBuckets("lower bound cannot equal upper bound")
	}
	before, after := x < lo, x >= hi
	if lo > hi {
		before, after = x > lo, x <= hi
	}
	switch {
	case before:
		return dI(0), nil
	case after:
		return dI(n + 1), nil
	}
	k := int64(float64(n) * ((x - lo) / (hi - lo)))
	return dI(min(k, n-1) + 1), nil
}

func widthBucketNum(r row) (vec.Datum, error) {
	x, lo, hi, n := r.d(0), r.d(1), r.d(2), r.int(3)
	switch {
	case n <= 0:
		return null, errBuckets("count must be greater than zero")
	case x.Form == types.NaN || lo.Form == types.NaN || hi.Form == types.NaN:
		return null, errBuckets("operand, lower bound, and upper bound cannot be NaN")
	case lo.Form != types.Finite || hi.Form != types.Finite:
		return null, errBuckets("lower and upper bounds must be finite")
	case lo.Cmp(hi) == 0:
		return null, errBuckets("lower bound cannot equal upper bound")
	}
	if lo.Cmp(hi) > 0 {
		x, lo, hi = x.Neg(), lo.Neg(), hi.Neg()
	}
	switch {
	case x.Cmp(lo) < 0:
		return dI(0), nil
	case x.Cmp(hi) >= 0:
		return dI(n + 1), nil
	}
	num, err := x.Sub(lo)
	if err != nil {
		return null, err
	}
	if num, err = num.Mul(types.DecimalOf(n, 0)); err != nil {
		return null, err
	}
	den, err := hi.Sub(lo)
	if err != nil {
		return null, err
	}
	// The quotient is rounded as any other before its fraction is cut.
	q, err := num.Div(den)
	if err != nil {
		return null, err
	}
	k, _ := roundTo(q, -1).Int64()
	return dI(k + 1), nil
}

func widthBucketArray(r row) (vec.Datum, error) {
	v, lo, hi := r.arr(1)
	for i := lo; i < hi; i++ {
		if v.IsNull(i) {
			return null, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "thresholds array must not contain NULLs")
		}
	}
	n := sort.Search(hi-lo, func(i int) bool { return vec.CompareAt(r.args[0], r.i, v, lo+i) < 0 })
	return dI(int64(n)), nil
}
