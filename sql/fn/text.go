package fn

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

const maxText = 1 << 30 // MaxAllocSize of memutils.h

func errTooLarge() error {
	return sqlerr.New(pgerrcode.ProgramLimitExceeded, "requested length too large")
}

func text1(name string, f func(string) string) {
	def(name, ts{tText}, tText, f1(tText, ok1(f)))
}

func init() {
	for name, f := range map[string][2]func(string) string{"lower": {asciiLower, strings.ToLower}, "upper": {asciiUpper, strings.ToUpper},
		"initcap": {asciiInitcap, initcap}} {
		def(name, ts{tText}, tText, f1(tText, ok1(f[0])), inUnicode(f1(tText, ok1(f[1]))))
	}
	text1("reverse", reverse)
	text1("quote_ident", types.QuoteIdent)
	text1("quote_literal", quoteLiteral)
	text1("md5", func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) })
	chars := f1(tI4, ok1(func(s string) int64 { return int64(utf8.RuneCountInString(s)) }))
	for _, n := range []string{"length", "char_length", "character_length"} {
		def(n, ts{tText}, tI4, chars)
	}
	bytes := f1(tI4, ok1(func(s string) int64 { return int64(len(s)) }))
	def("octet_length", ts{tText}, tI4, bytes)
	def("octet_length", ts{tBytea}, tI4, bytes)
	def("length", ts{tBytea}, tI4, bytes)
	def("bit_length", ts{tText}, tI4, f1(tI4, ok1(func(s string) int64 { return int64(len(s)) * 8 })))
	def("sha256", ts{tBytea}, tBytea, f1(tBytea, ok1(func(s string) string { h := sha256.Sum256([]byte(s)); return string(h[:]) })))
	def("md5", ts{tBytea}, tText, f1(tText, ok1(func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) })))
	for _, n := range []string{"substring", "substr"} {
		def(n, ts{tText, tI4}, tText, f2(tText, func(_ *Ctx, s string, from int64) (string, error) { return substring(s, from, 0, false) }))
		def(n, ts{tText, tI4, tI4}, tText, f3(tText, func(_ *Ctx, s string, from, n int64) (string, error) { return substring(s, from, n, true) }))
	}
	def("left", ts{tText, tI4}, tText, f2(tText, ok2(left)))
	def("right", ts{tText, tI4}, tText, f2(tText, ok2(right)))
	for name, side := range map[string]int{"ltrim": 1, "rtrim": 2, "btrim": 3} {
		def(name, ts{tText}, tText, f1(tText, ok1(func(s string) string { return trim(s, " ", side) })))
		def(name, ts{tText, tText}, tText, f2(tText, ok2(func(s, set string) string { return trim(s, set, side) })))
	}
	padding()
	def("replace", ts{tText, tText, tText}, tText, rows(tText, func(r row) (vec.Datum, error) {
		s, from, to := r.s(0), r.s(1), r.s(2)
		if from == "" {
			return dS(s), nil
		}
		if err := r.c.room(len(s) + strings.Count(s, from)*(len(to)-len(from))); err != nil {
			return null, err
		}
		return dS(strings.ReplaceAll(s, from, to)), nil
	}))
	def("translate", ts{tText, tText, tText}, tText, f3(tText, func(_ *Ctx, s, from, to string) (string, error) { return translate(s, from, to), nil }))
	strpos := func(s, sub string) int64 {
		i := strings.Index(s, sub)
		if i < 0 {
			return 0
		}
		return int64(utf8.RuneCountInString(s[:i])) + 1
	}
	def("strpos", ts{tText, tText}, tI4, f2(tI4, ok2(strpos)))
	def("position", ts{tText, tText}, tI4, f2(tI4, ok2(strpos)))
	def("starts_with", ts{tText, tText}, tBool, f2(tBool, ok2(func(s, p string) int64 { return b2i(strings.HasPrefix(s, p)) })))
	def("unistr", ts{tText}, tText, rows(tText, func(r row) (vec.Datum, error) {
		s, err := unistr(r.s(0))
		return dS(s), err
	}))
	op("^@", tText, tText, tBool, f2(tBool, ok2(func(s, p string) int64 { return b2i(strings.HasPrefix(s, p)) })))
	def("split_part", ts{tText, tText, tI4}, tText, f3(tText, splitPart))
	def("ascii", ts{tText}, tI4, f1(tI4, ok1(func(s string) int64 {
		if s == "" {
			return 0
		}
		r, _ := utf8.DecodeRuneInString(s)
		return int64(r)
	})))
	def("chr", ts{tI4}, tText, f1(tText, chr))
	def("to_hex", ts{tI4}, tText, f1(tText, ok1(func(n int64) string { return strconv.FormatUint(uint64(uint32(n)), 16) })))
	def("to_hex", ts{tI8}, tText, f1(tText, ok1(func(n int64) string { return strconv.FormatUint(uint64(n), 16) })))
	def("overlay", ts{tText, tText, tI4}, tText, rows(tText, overlay))
	def("overlay", ts{tText, tText, tI4, tI4}, tText, rows(tText, overlay))
	op("||", tText, tText, tText, f2(tText, ok2(func(a, b string) string { return a + b })))
	op("||", tBytea, tBytea, tBytea, f2(tBytea, ok2(func(a, b string) string { return a + b })))
	// anynonarray || text and text || anynonarray: through the output function.
	anyText := rows(tText, func(r row) (vec.Datum, error) { return dS(r.castText(0) + r.castText(1)), nil })
	op("||", types.Type{Kind: types.Any}, tText, tText, anyText, stable, nonArray)
	op("||", tText, types.Type{Kind: types.Any}, tText, anyText, stable, nonArray)
}

// padding registers the functions that make long texts of short ones.
func padding() {
	for name, onLeft := range map[string]bool{"lpad": true, "rpad": false} {
		def(name, ts{tText, tI4}, tText, rows(tText, func(r row) (vec.Datum, error) {
			s, err := pad(r.s(0), r.int(1), " ", onLeft)
			if err != nil {
				err = sqlerr.From(err).WithWhere("SQL function \"%s\" statement 1", name)
			}
			return dS(s), err
		}))
		def(name, ts{tText, tI4, tText}, tText, rows(tText, func(r row) (vec.Datum, error) {
			s, err := pad(r.s(0), r.int(1), r.s(2), onLeft)
			return dS(s), err
		}))
	}
	def("repeat", ts{tText, tI4}, tText, rows(tText, func(r row) (vec.Datum, error) {
		s, n := r.s(0), r.int(1)
		if n <= 0 || s == "" {
			return dS(""), nil
		}
		if n*int64(len(s))+4 >= maxText {
			return null, errTooLarge()
		}
		if n*int64(len(s)) >= bigValue {
			if err := r.c.hold(n * int64(len(s))); err != nil {
				return null, err
			}
		}
		return dS(strings.Repeat(s, int(n))), nil
	}))
}

// concatText is a value as concat and || write it: by the output function.
func (r row) concatText(k int) string {
	if r.t(k).Phys() == types.PhysStr && !r.t(k).IsRaw() && !r.t(k).Array {
		return r.s(k)
	}
	return r.text(k)
}

// castText is a value as a cast to text writes it: Booleans in full, addresses with
// their mask.
func (r row) castText(k int) string {
	switch r.t(k) {
	case tBool:
		return strconv.FormatBool(r.int(k) != 0)
	case tInet, tCIDR:
		return showNetwork(r.s(k))
	}
	return r.concatText(k)
}

// asciiLower and asciiUpper are the cases of the "C" collation.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

func asciiUpper(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, s)
}

// asciiInitcap is initcap of the "C" collation: other letters end a word.
func asciiInitcap(s string) string {
	b := []byte(s)
	in := false
	for i, c := range b {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		switch {
		case letter && in:
			b[i] = c | 0x20
		case letter:
			b[i] = c &^ 0x20
		}
		in = letter || c >= '0' && c <= '9'
	}
	return string(b)
}

func initcap(s string) string {
	in := false
	return strings.Map(func(r rune) rune {
		alnum := unicode.IsLetter(r) || unicode.IsDigit(r)
		was := in
		in = alnum
		switch {
		case !alnum:
			return r
		case was:
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

func reverse(s string) string {
	out := make([]byte, 0, len(s))
	for len(s) > 0 {
		_, size := utf8.DecodeLastRuneInString(s)
		out = append(out, s[len(s)-size:]...)
		s = s[:len(s)-size]
	}
	return string(out)
}

// runeAt is the byte offset of character n (0-based), len(s) past the end.
func runeAt(s string, n int64) int {
	if n <= 0 {
		return 0
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

func substring(s string, from, n int64, bounded bool) (string, error) {
	start := from - 1
	if bounded {
		if n < 0 {
			return "", sqlerr.New(pgerrcode.SubstringError, "negative substring length not allowed")
		}
		end := start + n
		if end <= 0 || n == 0 {
			return "", nil
		}
		lo := runeAt(s, start)
		return s[lo : lo+runeAt(s[lo:], end-max(start, 0))], nil
	}
	return s[runeAt(s, start):], nil
}

func left(s string, n int64) string {
	if n < 0 {
		n += int64(utf8.RuneCountInString(s))
	}
	return s[:runeAt(s, n)]
}

func right(s string, n int64) string {
	if n == -1<<31 {
		return s // as -n overflows
	}
	if n < 0 {
		return s[runeAt(s, -n):]
	}
	return s[runeAt(s, int64(utf8.RuneCountInString(s))-n):]
}

// trim removes characters of set; side 1 is left, 2 right, 3 both.
func trim(s, set string, side int) string {
	in := func(r rune) bool { return strings.ContainsRune(set, r) }
	if side&1 != 0 {
		s = strings.TrimLeftFunc(s, in)
	}
	if side&2 != 0 {
		s = strings.TrimRightFunc(s, in)
	}
	return s
}

func pad(s string, n int64, fill string, onLeft bool) (string, error) {
	have := int64(utf8.RuneCountInString(s))
	if n <= have {
		return s[:runeAt(s, n)], nil
	}
	if fill == "" {
		return s, nil
	}
	if n*4+4 >= maxText {
		return "", errTooLarge()
	}
	need := n - have
	runes := []rune(fill)
	var b strings.Builder
	if !onLeft {
		b.WriteString(s)
	}
	for i := int64(0); i < need; i++ {
		b.WriteRune(runes[i%int64(len(runes))])
	}
	if onLeft {
		b.WriteString(s)
	}
	return b.String(), nil
}

func translate(s, from, to string) string {
	f, t := []rune(from), []rune(to)
	return strings.Map(func(r rune) rune {
		for i, x := range f {
			if x == r {
				if i < len(t) {
					return t[i]
				}
				return -1
			}
		}
		return r
	}, s)
}

func splitPart(_ *Ctx, s, sep string, n int64) (string, error) {
	if n == 0 {
		return "", sqlerr.New(pgerrcode.InvalidParameterValue, "field position must not be zero")
	}
	if s == "" {
		return "", nil
	}
	parts := []string{s}
	if sep != "" {
		parts = strings.Split(s, sep)
	}
	if n < 0 {
		n += int64(len(parts)) + 1
	}
	if n < 1 || n > int64(len(parts)) {
		return "", nil
	}
	return parts[n-1], nil
}

func chr(_ *Ctx, n int64) (string, error) {
	switch {
	case n == 0:
		return "", sqlerr.New(pgerrcode.ProgramLimitExceeded, "null character not permitted")
	case n < 0:
		return "", sqlerr.New(pgerrcode.InvalidParameterValue, "character number must be positive")
	case n > utf8.MaxRune:
		return "", sqlerr.New(pgerrcode.ProgramLimitExceeded, "requested character too large for encoding: %d", n)
	case n >= 0xd800 && n < 0xe000:
		return "", sqlerr.New(pgerrcode.ProgramLimitExceeded, "requested character not valid for encoding: %d", n)
	}
	return string(rune(n)), nil
}

func overlay(r row) (vec.Datum, error) {
	s, with, from := r.s(0), r.s(1), r.int(2)
	n := int64(utf8.RuneCountInString(with))
	if r.n() > 3 {
		n = r.int(3)
	}
	if from <= 0 {
		return null, sqlerr.New(pgerrcode.SubstringError, "negative substring length not allowed")
	}
	head, err := substring(s, 1, from-1, true)
	if err != nil {
		return null, err
	}
	if from+n != int64(int32(from+n)) {
		return null, errRange("integer")
	}
	tail, err := substring(s, from+n, 0, false)
	return dS(head + with + tail), err
}

// NameSubscript is n[i] of a name, whose bytes are counted from 0.
var NameSubscript = &Func{Name: "name_subscript", Args: []types.Type{tName, tI4}, Ret: tChar, Strict: true,
	Impl: rows(tChar, func(r row) (vec.Datum, error) {
		s, i := r.s(0), r.int(1)
		switch {
		case i < 0 || i >= 64: // NAMEDATALEN
			return null, nil
		case i >= int64(len(s)):
			return dS(""), nil
		case s[i] < 0x80:
			return dS(s[i : i+1]), nil
		}
		return dS(fmt.Sprintf("\\%03o", s[i])), nil
	})}

func quoteLiteral(s string) string {
	q := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		return "E" + strings.ReplaceAll(q, `\`, `\\`)
	}
	return q
}
