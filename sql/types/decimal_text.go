package types

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Limits of numeric.c: digits before the point (NUMERIC_WEIGHT_MAX+1 base-10000
// digits), digits after it (NUMERIC_DSCALE_MASK).
const (
	maxWhole = 131072
	maxScale = 16383
)

func errOverflow() error {
	return sqlerr.New(pgerrcode.NumericValueOutOfRange, "value overflows numeric format")
}

func errSyntax(typ, s string) error {
	return sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid input syntax for type %s: \"%s\"", typ, s)
}

// ParseDecimal reads the text form of numeric: digits, point, exponent, NaN,
// Infinity and inf in any case, with surrounding blanks.
func ParseDecimal(s string) (Decimal, error) {
	t := trimSpace(s)
	if d, ok := parsePlain(t); ok {
		return d, nil
	}
	switch strings.ToLower(t) {
	case "nan":
		return Decimal{Form: NaN}, nil
	case "infinity", "+infinity", "inf", "+inf":
		return Decimal{Form: Infinity}, nil
	case "-infinity", "-inf":
		return Decimal{Form: NegInfinity}, nil
	}
	return parseLong(t, s)
}

// parsePlain reads up to 18 digits with an optional point and no exponent.
func parsePlain(t string) (Decimal, bool) {
	i, neg := 0, false
	if i < len(t) && (t[i] == '-' || t[i] == '+') {
		neg = t[i] == '-'
		i++
	}
	if len(t)-i > 19 || i == len(t) {
		return Decimal{}, false
	}
	var v int64
	point, digits := -1, 0
	for ; i < len(t); i++ {
		c := t[i] - '0'
		if c <= 9 {
			v = v*10 + int64(c)
			digits++
		} else if t[i] == '.' && point < 0 {
			point = digits
		} else {
			return Decimal{}, false
		}
	}
	if digits == 0 || digits > 18 {
		return Decimal{}, false
	}
	if neg {
		v = -v
	}
	d := Decimal{Coef: v}
	if point >= 0 {
		d.Scale = int32(digits - point)
	}
	return d, true
}

// parseLong is the general form; whole is the text that errors show.
func parseLong(t, whole string) (Decimal, error) {
	i, neg := 0, false
	if i < len(t) && (t[i] == '-' || t[i] == '+') {
		neg = t[i] == '-'
		i++
	}
	digits := make([]byte, 0, len(t))
	scale, point := 0, false
	for ; i < len(t); i++ {
		if t[i]-'0' <= 9 {
			digits = append(digits, t[i])
			if point {
				scale++
			}
		} else if t[i] == '.' && !point {
			point = true
		} else {
			break
		}
	}
	if len(digits) == 0 {
		return Decimal{}, errSyntax("numeric", whole)
	}
	if i < len(t) {
		if t[i] != 'e' && t[i] != 'E' {
			return Decimal{}, errSyntax("numeric", whole)
		}
		e, rest := exponent(t[i+1:])
		if e == "" {
			return Decimal{}, errSyntax("numeric", whole)
		}
		n, err := strconv.Atoi(e)
		if err != nil || n >= math.MaxInt32/2 || n <= -math.MaxInt32/2 {
			return Decimal{}, errOverflow()
		}
		if rest != "" {
			return Decimal{}, errSyntax("numeric", whole)
		}
		scale -= n
	}
	return assemble(digits, scale, neg)
}

// exponent cuts the signed digits at the start of s; "" when there are none.
func exponent(s string) (digits, rest string) {
	n := 0
	if s != "" && (s[0] == '+' || s[0] == '-') {
		n = 1
	}
	start := n
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	if n == start {
		return "", s
	}
	return s[:n], s[n:]
}

// assemble makes digits * 10^-scale, checking numeric's limits before it makes
// anything large; a negative scale becomes trailing zeros.
func assemble(digits []byte, scale int, neg bool) (Decimal, error) {
	for len(digits) > 1 && digits[0] == '0' {
		digits = digits[1:]
	}
	zero := len(digits) == 1 && digits[0] == '0'
	if scale > maxScale || !zero && len(digits)-scale > maxWhole {
		return Decimal{}, errOverflow()
	}
	if zero {
		return Decimal{Scale: int32(max(scale, 0))}, nil
	}
	b, ok := new(big.Int).SetString(string(digits), 10)
	if !ok {
		return Decimal{}, errOverflow()
	}
	if scale < 0 {
		b.Mul(b, pow10Big(-scale))
		scale = 0
	}
	if neg {
		b.Neg(b)
	}
	return BigDecimal(b, int32(scale)), nil
}

// String returns the text form, with exactly Scale digits after the point.
func (d Decimal) String() string { return string(d.Append(make([]byte, 0, 24))) }

// Append appends the text form to dst.
func (d Decimal) Append(dst []byte) []byte {
	switch d.Form {
	case NaN:
		return append(dst, "NaN"...)
	case Infinity:
		return append(dst, "Infinity"...)
	case NegInfinity:
		return append(dst, "-Infinity"...)
	}
	var buf [24]byte
	var digits []byte
	neg := false
	if d.Big != nil {
		digits = d.Big.Append(nil, 10)
		if digits[0] == '-' {
			neg, digits = true, digits[1:]
		}
	} else {
		u := uint64(d.Coef)
		if d.Coef < 0 {
			neg, u = true, -u
		}
		digits = strconv.AppendUint(buf[:0], u, 10)
	}
	if neg {
		dst = append(dst, '-')
	}
	whole := len(digits) - int(d.Scale)
	if d.Scale <= 0 {
		return append(dst, digits...)
	}
	if whole > 0 {
		dst = append(dst, digits[:whole]...)
		dst = append(dst, '.')
		return append(dst, digits[whole:]...)
	}
	dst = append(dst, '0', '.')
	for ; whole < 0; whole++ {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// DecimalFromFloat converts as float8_numeric (bits 64: 15 digits) and
// float4_numeric (bits 32: 6 digits) do.
func DecimalFromFloat(f float64, bits int) (Decimal, error) {
	switch {
	case math.IsNaN(f):
		return Decimal{Form: NaN}, nil
	case math.IsInf(f, 1):
		return Decimal{Form: Infinity}, nil
	case math.IsInf(f, -1):
		return Decimal{Form: NegInfinity}, nil
	}
	digits := 15
	if bits == 32 {
		digits = 6
	}
	// %g drops trailing zeros, FormatFloat's 'g' with a precision does too.
	return ParseDecimal(strconv.FormatFloat(f, 'g', digits, 64))
}

// Float64 returns the nearest double; special values map to their likes.
func (d Decimal) Float64() float64 {
	switch d.Form {
	case NaN:
		return math.NaN()
	case Infinity:
		return math.Inf(1)
	case NegInfinity:
		return math.Inf(-1)
	}
	if d.Big == nil && d.Scale <= 22 && d.Coef > -1<<53 && d.Coef < 1<<53 {
		return float64(d.Coef) / pow10Float[d.Scale] // both exact: one rounding
	}
	f, _ := strconv.ParseFloat(d.String(), 64)
	return f
}

var pow10Float = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
	1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// trimSpace cuts the blanks that C's isspace knows.
func trimSpace(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
