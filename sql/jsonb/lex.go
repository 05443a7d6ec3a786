package jsonb

import (
	"fmt"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// tok is JsonTokenType of jsonapi.h.
type tok uint8

const (
	tokInvalid tok = iota
	tokEnd
	tokString
	tokNumber
	tokObject
	tokObjectEnd
	tokArray
	tokArrayEnd
	tokComma
	tokColon
	tokTrue
	tokFalse
	tokNull
)

// lexer is JsonLexContext. A token is in[start:end]; after an error they are
// what its message shows.
type lexer struct {
	in         string
	start, end int // end is where the next token is looked for
	line       int
	lineStart  int
	typ        tok
	unescape   bool   // strings are decoded into str, and checked for it
	str        string // the last string token without its escapes
}

// next is json_lex.
func (l *lexer) next() error {
	s := l.end
	for s < len(l.in) && (l.in[s] == ' ' || l.in[s] == '\t' || l.in[s] == '\n' || l.in[s] == '\r') {
		s++
		if l.in[s-1] == '\n' {
			l.line++
			l.lineStart = s
		}
	}
	l.start = s
	if s >= len(l.in) {
		l.end, l.typ = s, tokEnd
		return nil
	}
	if t := punct[l.in[s]]; t != tokInvalid {
		l.typ, l.end = t, s+1
		return nil
	}
	switch c := l.in[s]; {
	case c == '"':
		l.typ = tokString
		return l.quoted()
	case c == '-':
		l.typ = tokNumber
		return l.number(s + 1)
	case c >= '0' && c <= '9':
		l.typ = tokNumber
		return l.number(s)
	}
	return l.word()
}

var punct = [256]tok{'{': tokObject, '}': tokObjectEnd, '[': tokArray, ']': tokArrayEnd, ',': tokComma, ':': tokColon}

func (l *lexer) word() error {
	p := l.start
	for p < len(l.in) && wordByte(l.in[p]) {
		p++
	}
	if p == l.start {
		l.end = p + 1
		return l.invalid()
	}
	l.end = p
	switch l.in[l.start:p] {
	case "true":
		l.typ = tokTrue
	case "false":
		l.typ = tokFalse
	case "null":
		l.typ = tokNull
	default:
		return l.invalid()
	}
	return nil
}

func wordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

// number is json_lex_number; s is behind the sign.
func (l *lexer) number(s int) error {
	bad := false
	digits := func() bool {
		from := s
		for s < len(l.in) && l.in[s]-'0' <= 9 {
			s++
		}
		return s > from
	}
	if s < len(l.in) && l.in[s] == '0' {
		s++
	} else {
		bad = !digits()
	}
	if s < len(l.in) && l.in[s] == '.' {
		s++
		bad = !digits() || bad
	}
	if s < len(l.in) && l.in[s]|0x20 == 'e' {
		s++
		if s < len(l.in) && (l.in[s] == '+' || l.in[s] == '-') {
			s++
		}
		bad = !digits() || bad
	}
	for ; s < len(l.in) && wordByte(l.in[s]); s++ {
		bad = true
	}
	l.end = s
	if bad {
		return l.invalid()
	}
	return nil
}

// quoted is json_lex_string.
func (l *lexer) quoted() error {
	s := l.start + 1
	for s < len(l.in) && l.in[s] != '"' && l.in[s] != '\\' && l.in[s] >= 32 {
		s++
	}
	if s < len(l.in) && l.in[s] == '"' {
		l.str, l.end = l.in[l.start+1:s], s+1
		return nil
	}
	buf := append([]byte(nil), l.in[l.start+1:s]...)
	high := rune(-1)
	for ; ; s++ {
		switch {
		case s >= len(l.in):
			l.end = s
			return l.invalid()
		case l.in[s] == '"':
			if high >= 0 && l.unescape {
				return l.badAt(s, lowSurrogate)
			}
			l.str, l.end = string(buf), s+1
			return nil
		case l.in[s] < 32:
			c := l.in[s]
			l.end = s
			return l.bad(fmt.Sprintf("Character with value 0x%02x must be escaped.", c))
		case l.in[s] != '\\':
			if high >= 0 && l.unescape {
				return l.badAt(s, lowSurrogate)
			}
			buf = append(buf, l.in[s])
			continue
		}
		var err error
		if s++; s >= len(l.in) {
			l.end = s
			return l.invalid()
		}
		if l.in[s] == 'u' {
			if s, buf, high, err = l.unicode(s, buf, high); err != nil {
				return err
			}
			continue
		}
		if high >= 0 && l.unescape {
			return l.badAt(s, lowSurrogate)
		}
		c := escapes[l.in[s]]
		if c == 0 {
			l.start, l.end = s, s+runeLen(l.in[s:])
			return l.bad(fmt.Sprintf("Escape sequence \"\\%s\" is invalid.", l.in[l.start:l.end]))
		}
		buf = append(buf, c)
	}
}

const (
	lowSurrogate  = "Unicode low surrogate must follow a high surrogate."
	highSurrogate = "Unicode high surrogate must not follow a high surrogate."
)

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// unicode reads the digits behind \u, s being at the u, and returns the place of
// the last one.
func (l *lexer) unicode(s int, buf []byte, high rune) (int, []byte, rune, error) {
	var r rune
	for range 4 {
		if s++; s >= len(l.in) {
			l.end = s
			return s, buf, high, l.invalid()
		}
		c := l.in[s]
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			l.end = s + runeLen(l.in[s:])
			return s, buf, high, l.bad("\"\\u\" must be followed by four hexadecimal digits.")
		}
	}
	if !l.unescape {
		return s, buf, high, nil
	}
	switch {
	case r >= 0xd800 && r <= 0xdbff:
		if high >= 0 {
			return s, buf, high, l.badAt(s, highSurrogate)
		}
		return s, buf, r, nil
	case r >= 0xdc00 && r <= 0xdfff:
		if high < 0 {
			return s, buf, high, l.badAt(s, lowSurrogate)
		}
		r = (high-0xd800)<<10 + (r - 0xdc00) + 0x10000
	case high >= 0:
		return s, buf, high, l.badAt(s, lowSurrogate)
	case r == 0:
		l.end = s + 1
		return s, buf, high, l.context(sqlerr.New(pgerrcode.UntranslatableCharacter, "unsupported Unicode escape sequence").
			WithDetail("\\u0000 cannot be converted to text."))
	}
	return s, utf8.AppendRune(buf, r), -1, nil
}

// invalid is JSON_INVALID_TOKEN.
func (l *lexer) invalid() error {
	return l.bad(fmt.Sprintf("Token \"%s\" is invalid.", l.in[l.start:l.end]))
}

// badAt is bad of a string's character at s.
func (l *lexer) badAt(s int, detail string) error {
	l.end = s + runeLen(l.in[s:])
	return l.bad(detail)
}

// bad makes the error with this detail.
func (l *lexer) bad(detail string) error {
	return l.context(sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid input syntax for type json").WithDetail("%s", detail))
}

// context is report_json_context: the line up to the end of the token, at most
// 50 bytes of it.
func (l *lexer) context(e *sqlerr.Error) error {
	from := l.lineStart
	for l.end-from >= 50 {
		from += runeLen(l.in[from:])
	}
	if from-l.lineStart <= 3 {
		from = l.lineStart
	}
	prefix, suffix := "", ""
	if from > l.lineStart {
		prefix = "..."
	}
	if l.typ != tokEnd && l.end < len(l.in) && l.in[l.end] != '\n' && l.in[l.end] != '\r' {
		suffix = "..."
	}
	text := ""
	if from < l.end {
		text = l.in[from:l.end]
	}
	return e.WithWhere("JSON data, line %d: %s%s%s", l.line, prefix, text, suffix)
}

// expected is report_parse_error.
func (l *lexer) expected(what string) error {
	if l.typ == tokEnd {
		return l.bad("The input string ended unexpectedly.")
	}
	return l.bad(fmt.Sprintf("Expected %s, but found \"%s\".", what, l.in[l.start:l.end]))
}
