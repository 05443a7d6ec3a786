package jsonpath

import (
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// tok is the kind of a token.
type tok uint8

const (
	tEnd    tok = iota
	tIdent      // also keywords; val is the word
	tString     // "..."
	tInt
	tNumeric
	tVariable
	tOp // val is the characters
)

// token is one token; text is what errors show of it.
type token struct {
	kind      tok
	val, text string
	escaped   bool // a word with escapes is no keyword
}

type lexer struct {
	in  string
	pos int
}

const special = `?%$.[]{}()|&!=<>@#,*:-+/`

func isSpecial(c byte) bool { return strings.IndexByte(special, c) >= 0 }
func isBlank(c byte) bool   { return c == ' ' || c >= '\t' && c <= '\r' }

func isOther(c byte) bool { return !isSpecial(c) && !isBlank(c) && c != '"' && c != '\\' }

func syntaxNear(what, text string) error {
	if text == "" {
		return sqlerr.New(pgerrcode.SyntaxError, "%s at end of jsonpath input", what)
	}
	return sqlerr.New(pgerrcode.SyntaxError, "%s at or near \"%s\" of jsonpath input", what, text)
}

// next reads one token.
func (l *lexer) next() (token, error) {
	if err := l.blanks(); err != nil {
		return token{}, err
	}
	if l.pos >= len(l.in) {
		return token{kind: tEnd}, nil
	}
	rest := l.in[l.pos:]
	for _, op := range []string{"&&", "||", "**", "<=", ">=", "==", "<>", "!="} {
		if strings.HasPrefix(rest, op) {
			l.pos += 2
			return token{kind: tOp, val: op, text: op}, nil
		}
	}
	switch c := rest[0]; {
	case c == '"':
		s, err := l.quoted(l.pos + 1)
		return token{kind: tString, val: s, text: "\""}, err
	case c == '$':
		return l.variable()
	case c >= '0' && c <= '9', c == '.' && len(rest) > 1 && rest[1]-'0' <= 9:
		return l.number()
	case isSpecial(c):
		l.pos++
		return token{kind: tOp, val: rest[:1], text: rest[:1]}, nil
	}
	return l.word()
}

// blanks skips blanks and comments.
func (l *lexer) blanks() error {
	for l.pos < len(l.in) {
		switch {
		case isBlank(l.in[l.pos]):
			l.pos++
		case strings.HasPrefix(l.in[l.pos:], "/*"):
			end := strings.Index(l.in[l.pos+2:], "*/")
			if end < 0 {
				l.pos = len(l.in)
				return syntaxNear("unexpected end of comment", "")
			}
			l.pos += end + 4
		default:
			return nil
		}
	}
	return nil
}

// variable reads $, $name or $"name".
func (l *lexer) variable() (token, error) {
	start := l.pos
	l.pos++
	if l.pos < len(l.in) && l.in[l.pos] == '"' {
		s, err := l.quoted(l.pos + 1)
		return token{kind: tVariable, val: s, text: "\""}, err
	}
	if l.pos < len(l.in) && (isOther(l.in[l.pos]) || l.in[l.pos] == '\\') {
		t, err := l.word()
		return token{kind: tVariable, val: t.val, text: l.in[start:l.pos]}, err
	}
	return token{kind: tOp, val: "$", text: "$"}, nil
}

// number reads an integer or a decimal, which no word may follow at once.
func (l *lexer) number() (token, error) {
	start, kind := l.pos, tInt
	digits := func() int {
		n := l.pos
		for l.pos < len(l.in) && l.in[l.pos]-'0' <= 9 {
			l.pos++
		}
		return l.pos - n
	}
	whole := digits()
	if whole > 1 && l.in[start] == '0' {
		return token{}, syntaxNear("trailing junk after numeric literal", l.in[start:start+2])
	}
	if l.pos < len(l.in) && l.in[l.pos] == '.' {
		kind = tNumeric
		l.pos++
		digits()
	}
	if l.pos < len(l.in) && l.in[l.pos]|0x20 == 'e' {
		at := l.pos
		l.pos++
		if l.pos < len(l.in) && (l.in[l.pos] == '+' || l.in[l.pos] == '-') {
			l.pos++
		}
		if digits() == 0 {
			return token{}, syntaxNear("trailing junk after numeric literal", l.in[start:at+1])
		}
		kind = tNumeric
	}
	if l.pos < len(l.in) && isOther(l.in[l.pos]) {
		_, n := utf8.DecodeRuneInString(l.in[l.pos:])
		return token{}, syntaxNear("trailing junk after numeric literal", l.in[start:l.pos+n])
	}
	text := l.in[start:l.pos]
	return token{kind: kind, val: text, text: text}, nil
}

// word reads a name without quotes; it may have escapes.
func (l *lexer) word() (token, error) {
	var buf []byte
	escaped := false
	for l.pos < len(l.in) {
		c := l.in[l.pos]
		if c == '\\' {
			escaped = true
			var err error
			if buf, err = l.escape(buf); err != nil {
				return token{}, err
			}
			continue
		}
		if !isOther(c) || strings.HasPrefix(l.in[l.pos:], "/*") {
			break
		}
		buf = append(buf, c)
		l.pos++
	}
	// Errors at a word show what ends it: a blank, or nothing.
	text := ""
	if l.pos < len(l.in) && isBlank(l.in[l.pos]) {
		text = l.in[l.pos : l.pos+1]
	}
	return token{kind: tIdent, val: string(buf), text: text, escaped: escaped}, nil
}

// quoted reads a string whose first character is at from.
func (l *lexer) quoted(from int) (string, error) {
	l.pos = from
	var buf []byte
	for l.pos < len(l.in) {
		switch c := l.in[l.pos]; c {
		case '"':
			l.pos++
			return string(buf), nil
		case '\\':
			var err error
			if buf, err = l.escape(buf); err != nil {
				return "", err
			}
		default:
			buf = append(buf, c)
			l.pos++
		}
	}
	return "", syntaxNear("unexpected end of quoted string", "")
}

var simpleEscapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// escape reads the escape at pos and appends what it means.
func (l *lexer) escape(buf []byte) ([]byte, error) {
	l.pos++
	if l.pos >= len(l.in) {
		return nil, syntaxNear("unexpected end after backslash", "")
	}
	c := l.in[l.pos]
	if b, ok := simpleEscapes[c]; ok {
		l.pos++
		return append(buf, b), nil
	}
	switch c {
	case 'x':
		r, ok := l.hex(l.pos+1, 2, 2)
		if !ok {
			return nil, syntaxNear("invalid hex character sequence", l.cutShort(1))
		}
		return l.appendRune(buf, r, -1)
	case 'u':
		return l.unicode(buf)
	}
	_, n := utf8.DecodeRuneInString(l.in[l.pos:])
	buf = append(buf, l.in[l.pos:l.pos+n]...)
	l.pos += n
	return buf, nil
}

// hex reads between lo and hi digits at from and moves behind them.
func (l *lexer) hex(from, lo, hi int) (rune, bool) {
	var r rune
	n := 0
	for n < hi && from+n < len(l.in) {
		c := l.in[from+n]
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			hi = n
			continue
		}
		n++
	}
	if n < lo {
		return 0, false
	}
	l.pos = from + n
	return r, true
}

// cutShort is the escape whose letter is at pos, with up to n digits; pos may be
// past the end.
func (l *lexer) cutShort(n int) string {
	end := min(l.pos+1, len(l.in))
	for end < len(l.in) && n > 0 && strings.IndexByte("0123456789abcdefABCDEF{", l.in[end]) >= 0 {
		end++
		n--
	}
	return l.in[min(l.pos-1, end):end]
}

// unicode reads \uXXXX or \u{X...}, a pair of surrogates as one character.
func (l *lexer) unicode(buf []byte) ([]byte, error) {
	high := rune(-1)
	for {
		var r rune
		var ok bool
		if l.pos+1 < len(l.in) && l.in[l.pos+1] == '{' {
			r, ok = l.hex(l.pos+2, 1, 6)
			ok = ok && l.pos < len(l.in) && l.in[l.pos] == '}'
			l.pos++
		} else {
			r, ok = l.hex(l.pos+1, 4, 4)
		}
		if !ok {
			return nil, syntaxNear("invalid unicode sequence", l.cutShort(6))
		}
		if high < 0 && r >= 0xd800 && r <= 0xdbff && strings.HasPrefix(l.in[l.pos:], `\u`) {
			high = r
			l.pos++
			continue
		}
		return l.appendRune(buf, r, high)
	}
}

func (l *lexer) appendRune(buf []byte, r, high rune) ([]byte, error) {
	bad := func(detail string) ([]byte, error) {
		return nil, sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid input syntax for type %s", "jsonpath").WithDetail("%s", detail)
	}
	low := r >= 0xdc00 && r <= 0xdfff
	switch {
	case r == 0:
		return nil, sqlerr.New(pgerrcode.UntranslatableCharacter, "unsupported Unicode escape sequence").
			WithDetail("\\u0000 cannot be converted to text.")
	case high >= 0 && r >= 0xd800 && r <= 0xdbff:
		return bad("Unicode high surrogate must not follow a high surrogate.")
	case high >= 0 && low:
		r = (high-0xd800)<<10 + (r - 0xdc00) + 0x10000
	case high >= 0 || low || r >= 0xd800 && r <= 0xdbff:
		return bad("Unicode low surrogate must follow a high surrogate.")
	}
	return utf8.AppendRune(buf, r), nil
}
