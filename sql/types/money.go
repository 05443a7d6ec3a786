package types

import (
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Money is held in hundredths; it is read and written as lc_monetary C has it.

const moneyBlanks = " \t\n\v\f\r"

// ParseMoney is cash_in.
func ParseMoney(s string) (int64, error) {
	rest := strings.TrimLeft(s, moneyBlanks)
	rest = strings.TrimLeft(strings.TrimPrefix(rest, "$"), moneyBlanks)
	negative := false
	if rest != "" && strings.IndexByte("-(+", rest[0]) >= 0 {
		negative, rest = rest[0] != '+', rest[1:]
	}
	rest = strings.TrimLeft(rest, moneyBlanks)
	rest = strings.TrimLeft(strings.TrimPrefix(rest, "$"), moneyBlanks)
	v, rest, ok := moneyDigits(rest)
	for rest != "" {
		switch c := rest[0]; {
		case c == '-':
			negative = true
		case strings.IndexByte(moneyBlanks+")+$", c) < 0:
			if !ok {
				break // the value is told first
			}
			return 0, sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid input syntax for type money: \"%s\"", s)
		}
		rest = rest[1:]
	}
	if !negative {
		ok = ok && v != -1<<63
		v = -v
	}
	if !ok {
		return 0, sqlerr.New(pgerrcode.NumericValueOutOfRange, "value \"%s\" is out of range for type money", s)
	}
	return v, nil
}

// moneyDigits reads an amount, as a negative number of hundredths; ok is false if it
// is too large.
func moneyDigits(s string) (v int64, rest string, ok bool) {
	ok = true
	put := func(d int64) {
		if ok = ok && v >= (-1<<63+d)/10; ok {
			v = v*10 - d
		}
	}
	dot, places, i := false, 0, 0
	for ; i < len(s) && (isDigit(s[i]) && places < 2 || s[i] == '.' && !dot || s[i] == ','); i++ {
		switch c := s[i]; {
		case c == '.':
			dot = true
		case c != ',':
			if put(int64(c - '0')); dot {
				places++
			}
		}
	}
	up := i < len(s) && s[i] >= '5' && s[i] <= '9'
	for ; i < len(s) && isDigit(s[i]); i++ {
	}
	for ; places < 2; places++ {
		put(0)
	}
	if up {
		ok = ok && v > -1<<63
		v--
	}
	return v, s[i:], ok
}

// AppendMoney is cash_out.
func AppendMoney(dst []byte, v int64) []byte {
	u := uint64(v)
	if v < 0 {
		u = -u
		dst = append(dst, '-')
	}
	dst = append(dst, '$')
	whole := strconv.FormatUint(u/100, 10)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, whole[i])
	}
	return append(dst, '.', '0'+byte(u%100/10), '0'+byte(u%10))
}
