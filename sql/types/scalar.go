package types

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

func intName(bits int) string {
	switch bits {
	case 16:
		return "smallint"
	case 32:
		return "integer"
	}
	return "bigint"
}

// ParseInt reads a smallint, integer or bigint (bits 16, 32, 64): decimal digits
// with a sign, surrounded by blanks.
func ParseInt(s string, bits int) (int64, error) {
	t := trimSpace(s)
	i, neg := 0, false
	if i < len(t) && (t[i] == '-' || t[i] == '+') {
		neg = t[i] == '-'
		i++
	}
	if i == len(t) {
		return 0, errSyntax(intName(bits), s)
	}
	limit := uint64(1)<<(bits-1) - 1
	if neg {
		limit++
	}
	var v uint64
	over := false
	for ; i < len(t); i++ {
		c := uint64(t[i] - '0')
		if c > 9 {
			return 0, errSyntax(intName(bits), s)
		}
		if v > (limit-c)/10 {
			over = true
		} else {
			v = v*10 + c
		}
	}
	if over {
		return 0, sqlerr.New(pgerrcode.NumericValueOutOfRange, "value \"%s\" is out of range for type %s", s, intName(bits))
	}
	if neg {
		return -int64(v), nil
	}
	return int64(v), nil
}

// ParseOid reads an oid: an unsigned 32-bit number; a negative one wraps, as in
// Postgres.
func ParseOid(s string) (int64, error) {
	t := trimSpace(s)
	v, err := strconv.ParseInt(t, 10, 64)
	if err != nil {
		if ne, ok := err.(*strconv.NumError); ok && ne.Err == strconv.ErrRange {
			return 0, sqlerr.New(pgerrcode.NumericValueOutOfRange, "value \"%s\" is out of range for type oid", s)
		}
		return 0, errSyntax("oid", s)
	}
	if v > math.MaxUint32 || v < math.MinInt32 {
		return 0, sqlerr.New(pgerrcode.NumericValueOutOfRange, "value \"%s\" is out of range for type oid", s)
	}
	return int64(uint32(v)), nil
}

// ParseBool reads a boolean: unique prefixes of true, false, yes, no, on, off,
// and 1, 0, in any case, surrounded by blanks (bool.c, parse_bool_with_len).
func ParseBool(s string) (bool, error) {
	t := strings.ToLower(trimSpace(s))
	switch {
	case t == "1" || t == "on":
		return true, nil
	case t == "0" || t == "of" || t == "off":
		return false, nil
	case t == "":
	case strings.HasPrefix("true", t) || strings.HasPrefix("yes", t):
		return true, nil
	case strings.HasPrefix("false", t) || strings.HasPrefix("no", t):
		return false, nil
	}
	return false, errSyntax("boolean", s)
}

// ParseFloat reads real (bits 32) or double precision (bits 64). What is too
// large or vanishes is 22003, as in float8in.
func ParseFloat(s string, bits int) (float64, error) {
	name := "double precision"
	if bits == 32 {
		name = "real"
	}
	t := trimSpace(s)
	if t == "" || strings.IndexByte(t, '_') >= 0 {
		return 0, errSyntax(name, s)
	}
	switch strings.ToLower(t) {
	case "nan", "+nan", "-nan":
		return math.NaN(), nil
	case "infinity", "+infinity", "inf", "+inf":
		return math.Inf(1), nil
	case "-infinity", "-inf":
		return math.Inf(-1), nil
	}
	f, err := strconv.ParseFloat(t, bits)
	if err == nil && f == 0 && !isZeroText(t) {
		err = &strconv.NumError{Err: strconv.ErrRange}
	}
	if err == nil {
		return f, nil
	}
	if ne, ok := err.(*strconv.NumError); ok && ne.Err == strconv.ErrRange {
		return 0, sqlerr.New(pgerrcode.NumericValueOutOfRange, "\"%s\" is out of range for type %s", t, name)
	}
	if f, ok := parseHexFloat(t, bits); ok {
		return f, nil
	}
	return 0, errSyntax(name, s)
}

// parseHexFloat reads C's hexadecimal form without the exponent that Go wants.
func parseHexFloat(t string, bits int) (float64, bool) {
	l := strings.ToLower(t)
	if !strings.HasPrefix(strings.TrimLeft(l, "+-"), "0x") || strings.ContainsRune(l, 'p') {
		return 0, false
	}
	f, err := strconv.ParseFloat(t+"p0", bits)
	return f, err == nil
}

// isZeroText reports whether a number that parsed as zero was written as zero.
func isZeroText(t string) bool {
	t = strings.TrimLeft(t, "+-")
	if len(t) > 1 && (t[1] == 'x' || t[1] == 'X') {
		t = t[2:]
	}
	for i := 0; i < len(t); i++ {
		switch c := t[i]; {
		case c == 'e' || c == 'E' || c == 'p' || c == 'P':
			return true
		case c != '0' && c != '.':
			return false
		}
	}
	return true
}

// AppendFloat appends real (bits 32) or double precision (bits 64) as Postgres
// shows it: the shortest exact form when FloatDigits > 0, else %.*g.
func AppendFloat(dst []byte, f float64, bits int, st *Style) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	if st.FloatDigits > 0 {
		return appendShortest(dst, f, bits)
	}
	digits := 15
	if bits == 32 {
		digits = 6
	}
	digits = max(digits+st.FloatDigits, 1)
	if f == 0 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	return appendG(dst, f, digits)
}

// appendShortest turns to scientific notation below 1e-4 and from 1e15 on, for
// real from 1e6 on, as d2s.c and f2s.c do; the shortest digits decide.
func appendShortest(dst []byte, f float64, bits int) []byte {
	a, top := math.Abs(f), 15
	if bits == 32 {
		top = 6
	}
	if a == 0 || a >= 1e-3 && a < 9e4 {
		return strconv.AppendFloat(dst, f, 'f', -1, bits)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'e', digitsInside(f, bits), bits)
	i := len(dst) - 1
	for dst[i] != 'e' {
		i--
	}
	if x, _ := strconv.Atoi(string(dst[i+1:])); x >= -4 && x < top {
		return strconv.AppendFloat(dst[:start], f, 'f', -1, bits)
	}
	return dst
}

// digitsInside returns the precision for AppendFloat's 'e' that gives Postgres's
// shortest form: Go takes a decimal halfway to the neighbour where that rounds
// back to f, Postgres's Ryu (acceptBounds false) does not. Halfway points have
// few digits only among large numbers.
func digitsInside(f float64, bits int) int {
	mant := 53
	if bits == 32 {
		mant = 24
	}
	frac, exp := math.Frexp(f)
	if exp <= mant || exp > 140 {
		return -1
	}
	m, _ := new(big.Float).SetFloat64(math.Ldexp(frac, exp)).Int(nil)
	half := new(big.Int).Lsh(big.NewInt(1), uint(exp-mant-1))
	for digits := -1; ; digits++ {
		text := strconv.FormatFloat(f, 'e', digits, bits)
		if back, _ := strconv.ParseFloat(text, bits); back == f {
			d, _ := ParseDecimal(text)
			if dist := new(big.Int).Sub(d.Trunc(0).big(), m); dist.CmpAbs(half) != 0 {
				return digits
			}
		}
		if digits < 0 { // go on with one digit more than Go chose
			digits = strings.IndexByte(text, 'e') - strings.IndexByte(text, '.') - 1
			if strings.IndexByte(text, '.') < 0 {
				digits = 0
			}
		}
		if digits > 17 {
			return -1
		}
	}
}

// appendG is C's %.*g.
func appendG(dst []byte, f float64, digits int) []byte {
	e := strconv.AppendFloat(nil, f, 'e', digits-1, 64)
	i := len(e) - 1
	for e[i] != 'e' {
		i--
	}
	x, _ := strconv.Atoi(string(e[i+1:]))
	if x >= -4 && x < digits {
		return append(dst, trimZeros(strconv.AppendFloat(nil, f, 'f', digits-1-x, 64))...)
	}
	dst = append(dst, trimZeros(e[:i])...)
	return append(dst, e[i:]...)
}

// trimZeros cuts the trailing zeros of a fraction.
func trimZeros(b []byte) []byte {
	for i := range b {
		if b[i] == '.' {
			n := len(b)
			for b[n-1] == '0' {
				n--
			}
			if b[n-1] == '.' {
				n--
			}
			return b[:n]
		}
	}
	return b
}

// ParseUUID reads a uuid into its 16 raw bytes: 32 hex digits, a hyphen allowed
// after every fourth, braces around the whole allowed.
func ParseUUID(s string) (string, error) {
	t := s
	if strings.HasPrefix(t, "{") {
		if !strings.HasSuffix(t, "}") || len(t) < 2 {
			return "", errSyntax("uuid", s)
		}
		t = t[1 : len(t)-1]
	}
	var raw [16]byte
	for i := range raw {
		if len(t) < 2 {
			return "", errSyntax("uuid", s)
		}
		h, l := unhex(t[0]), unhex(t[1])
		if h|l > 15 {
			return "", errSyntax("uuid", s)
		}
		raw[i] = h<<4 | l
		t = t[2:]
		if i%2 == 1 && i < 15 && t != "" && t[0] == '-' {
			t = t[1:]
		}
	}
	if t != "" {
		return "", errSyntax("uuid", s)
	}
	return string(raw[:]), nil
}

// unhex returns the value of a hex digit, 255 for anything else.
func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

const hexDigits = "0123456789abcdef"

// AppendUUID appends the text form of 16 raw bytes.
func AppendUUID(dst []byte, raw string) []byte {
	for i := 0; i < len(raw); i++ {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hexDigits[raw[i]>>4], hexDigits[raw[i]&15])
	}
	return dst
}
