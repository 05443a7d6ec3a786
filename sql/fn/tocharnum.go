package fn

import (
	"math"
	"strconv"
	"strings"

	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for _, t := range []types.Type{tI4, tI8} {
		def("to_char", ts{t, tText}, tText, rows(tText, func(r row) (vec.Datum, error) { return numToChar(r, t, intDigits) }), stable)
	}
	def("to_char", ts{tNum, tText}, tText, rows(tText, func(r row) (vec.Datum, error) { return numToChar(r, tNum, decDigitsOf) }), stable)
	for _, t := range []types.Type{tF4, tF8} {
		def("to_char", ts{t, tText}, tText, rows(tText, func(r row) (vec.Datum, error) { return numToChar(r, t, floatDigits) }), stable)
	}
	def("to_number", ts{tText, tText}, tNum, rows(tNum, toNumber), stable)
}

// numText is a number as decimal digits for a template: the sign, and the digits
// with the point and so many of the fraction as the template shows.
type numText struct {
	sign byte // '+' or '-', 0 for roman numerals
	text string
	pre  int // spaces before the digits
}

// numToChar formats a number; digits makes its digits, those of the type t.
func numToChar(r row, t types.Type, digits func(r row, t types.Type, f *numFmt) (string, error)) (vec.Datum, error) {
	f, err := parseNumFmt(r.s(1))
	if err != nil {
		return null, err
	}
	if r.s(1) == "" {
		return dS(""), nil
	}
	switch {
	case f.roman:
		n, err := romanArg(r, t)
		if err != nil {
			return null, err
		}
		return f.write(numText{text: roman(n)})
	case f.eeee:
		return dS(scientific(r, t, f)), nil
	}
	text, err := digits(r, t, f)
	if err != nil {
		return null, err
	}
	n := numText{sign: '+', text: text}
	if text[0] == '-' {
		n.sign, n.text = '-', text[1:]
	}
	whole := strings.IndexByte(n.text, '.')
	if whole < 0 {
		whole = len(n.text)
	}
	switch {
	case whole < f.pre:
		n.pre = f.pre - whole
	case whole > f.pre:
		n.text = strings.Repeat("#", f.pre) + "." + strings.Repeat("#", f.post)
	}
	return f.write(n)
}

func intDigits(r row, t types.Type, f *numFmt) (string, error) {
	x := r.int(0)
	if f.multi && t == tI4 {
		x = int64(int32(x) * int32(math.Pow10(f.multiN))) // wraps, as there
	} else if f.multi {
		p, err := floatToInt(math.Pow10(f.multiN), tI8)
		if err != nil {
			return "", err
		}
		var over bool
		if x, over = mulInt(x, p); over {
			return "", errRange("bigint")
		}
	}
	f.pre += f.multiN
	text := strconv.FormatInt(x, 10)
	if f.post > 0 {
		text += "." + strings.Repeat("0", f.post)
	}
	return text, nil
}

func decDigitsOf(r row, _ types.Type, f *numFmt) (string, error) {
	d := r.d(0)
	if f.multi {
		var err error
		if d, err = d.Mul(types.BigDecimal(bigPow10(int32(f.multiN)), 0)); err != nil {
			return "", err
		}
		f.pre += f.multiN
	}
	return d.Round(clampScale(int64(f.post))).String(), nil
}

// floatDigits shows no more digits than the type is sure of.
func floatDigits(r row, t types.Type, f *numFmt) (string, error) {
	x, sure := r.f(0), 15
	if t == tF4 {
		sure = 6
	}
	if f.multi {
		x *= math.Pow10(f.multiN)
		if t == tF4 {
			x = float64(float32(x))
		}
		f.pre += f.multiN
	}
	switch {
	case math.IsNaN(x):
		return "NaN", nil
	case math.IsInf(x, 1):
		return "Infinity", nil
	case math.IsInf(x, -1):
		return "-Infinity", nil
	}
	whole := len(strconv.FormatFloat(math.Abs(x), 'f', 0, 64))
	if whole >= sure {
		f.post = 0
	} else if whole+f.post > sure {
		f.post = sure - whole
	}
	return strconv.FormatFloat(x, 'f', f.post, 64), nil
}

// romanArg is the number to write in roman numerals, rounded to an integer.
func romanArg(r row, t types.Type) (int64, error) {
	switch t.Phys() {
	case types.PhysDec:
		return decToInt(r.d(0), tI4)
	case types.PhysFloat:
		x, err := floatToInt(r.f(0), tI4)
		if err != nil {
			x = 0 // shown as too large
		}
		return x, nil
	}
	if x := r.int(0); x == int64(int32(x)) {
		return x, nil
	}
	return 0, errRange("integer")
}

func roman(x int64) string {
	if x < 1 || x > 3999 {
		return strings.Repeat("#", 15)
	}
	var b strings.Builder
	for i, v := range []int64{1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1} {
		for ; x >= v; x -= v {
			b.WriteString([]string{"M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"}[i])
		}
	}
	return b.String()
}

// scientific is the template EEEE, which stands alone.
func scientific(r row, t types.Type, f *numFmt) string {
	special := " " + strings.Repeat("#", f.pre) + "." + strings.Repeat("#", f.post+4)
	var text string
	switch t {
	case tI4:
		text = cExp(float64(r.int(0)), f.post)
	case tF4, tF8:
		if x := r.f(0); math.IsNaN(x) || math.IsInf(x, 0) {
			return special
		}
		text = cExp(r.f(0), f.post)
	case tI8:
		text = decExp(types.DecimalOf(r.int(0), 0), f.post)
	default:
		if r.d(0).Form != types.Finite {
			return special
		}
		text = decExp(r.d(0), f.post)
	}
	if text[0] != '-' {
		text = " " + text
	}
	return text
}

// cExp is C's %.*e.
func cExp(x float64, post int) string { return strconv.FormatFloat(x, 'e', post, 64) }

// decExp is numeric_out_sci: the significand is rounded after the exponent was
// decided.
func decExp(d types.Decimal, post int) string {
	exp := 0
	if d.Sign() != 0 {
		exp = decDigits(d) - int(d.Scale) - 1
	}
	var p types.Decimal
	if exp >= 0 {
		p = types.BigDecimal(bigPow10(int32(exp)), 0)
	} else {
		p = types.DecimalOf(1, int32(-exp))
		if exp < -18 {
			p = types.Decimal{Coef: 1, Scale: int32(-exp)}
		}
	}
	text := d.Quo(p, int32(post)).String()
	e := strconv.Itoa(exp)
	sign := "+"
	if exp < 0 {
		sign, e = "-", e[1:]
	}
	if len(e) < 2 {
		e = "0" + e
	}
	return text + "e" + sign + e
}
