package fn

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

func init() {
	for n := 1; n <= 2; n++ {
		def("parse_ident", ts{tText, tBool}[:n], tTexts, rows(tTexts, func(r row) (vec.Datum, error) {
			parts, err := parseIdent(r.s(0), r.n() < 2 || r.int(1) != 0)
			return texts(parts), err
		}))
	}
}

func errIdent(s, detail string) error {
	e := sqlerr.New(pgerrcode.InvalidParameterValue, "string is not a valid identifier: \"%s\"", s)
	e.Detail = detail
	return e
}

const identBlanks = " \t\n\r\f\v"

// parseIdent splits a qualified name; with strict nothing may follow it.
func parseIdent(whole string, strict bool) ([]string, error) {
	var parts []string
	s := strings.TrimLeft(whole, identBlanks)
	afterDot := false
	for {
		part := ""
		missing := true
		if s != "" && s[0] == '"' {
			end := closingQuote(s)
			if end < 0 {
				return nil, errIdent(whole, "String has unclosed double quotes.")
			}
			part = strings.ReplaceAll(s[1:end], `""`, `"`)
			if s = s[end+1:]; part == "" {
				return nil, errIdent(whole, "Quoted identifier must not be empty.")
			}
			missing = false
		} else if n := identLength(s); n > 0 {
			part, s, missing = asciiLower(s[:n]), s[n:], false
		}
		if missing {
			switch {
			case s != "" && s[0] == '.':
				return nil, errIdent(whole, "No valid identifier before \".\".")
			case afterDot:
				return nil, errIdent(whole, "No valid identifier after \".\".")
			}
			return nil, errIdent(whole, "")
		}
		parts = append(parts, part)
		s = strings.TrimLeft(s, identBlanks)
		switch {
		case s != "" && s[0] == '.':
			afterDot = true
			s = strings.TrimLeft(s[1:], identBlanks)
		case s == "" || !strict:
			return parts, nil
		default:
			return nil, errIdent(whole, "")
		}
	}
}

// closingQuote is the place of the quote that ends a name, -1 without one.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		return i
	}
	return -1
}

// identLength is the length of the plain name at the start of s.
func identLength(s string) int {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= utf8.RuneSelf || i > 0 && (c >= '0' && c <= '9' || c == '$')) {
			return i
		}
	}
	return len(s)
}

// unistr evaluates Unicode escapes: \XXXX, \+XXXXXX, \uXXXX, \UXXXXXXXX, \\.
func unistr(s string) (string, error) {
	var b strings.Builder
	pair := rune(0) // the first surrogate of a pair
	bad := func() error { return sqlerr.New(pgerrcode.SyntaxError, "invalid Unicode surrogate pair") }
	for s != "" {
		if s[0] != '\\' || strings.HasPrefix(s, `\\`) {
			if pair != 0 {
				return "", bad()
			}
			b.WriteByte(s[0])
			if s[0] == '\\' {
				s = s[1:]
			}
			s = s[1:]
			continue
		}
		code, n, ok := unicodeEscape(s)
		if !ok {
			return "", sqlerr.New(pgerrcode.SyntaxError, "invalid Unicode escape").
				WithHint("Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.")
		}
		s = s[n:]
		if code == 0 || code > utf8.MaxRune {
			return "", sqlerr.New(pgerrcode.InvalidParameterValue, "invalid Unicode code point: %04X", code)
		}
		first, second := code >= 0xd800 && code < 0xdc00, code >= 0xdc00 && code < 0xe000
		switch {
		case pair != 0 && !second, pair == 0 && second:
			return "", bad()
		case pair != 0:
			code, pair = (pair-0xd800)<<10+(code-0xdc00)+0x10000, 0
		case first:
			pair = code
			continue
		}
		b.WriteRune(code)
	}
	if pair != 0 {
		return "", bad()
	}
	return b.String(), nil
}

// unicodeEscape reads the escape at the start of s and its length.
func unicodeEscape(s string) (code rune, n int, ok bool) {
	skip, digits := 1, 4
	if len(s) > 1 {
		switch s[1] {
		case '+':
			skip, digits = 2, 6
		case 'u':
			skip = 2
		case 'U':
			skip, digits = 2, 8
		}
	}
	n = skip + digits
	if len(s) < n {
		return 0, 0, false
	}
	x, err := strconv.ParseUint(s[skip:n], 16, 32)
	return rune(x & 0x7fffffff), n, err == nil
}
