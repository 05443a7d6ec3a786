package types

import "strings"

// fieldKind is the kind of a field that ParseDateTime of datetime.c finds.
type fieldKind uint8

const (
	fNumber fieldKind = iota
	fString
	fDate
	fTime
	fTZ
	fSpecial
)

type dtField struct {
	kind fieldKind
	s    string
}

// maxDateFields is MAXDATEFIELDS of datetime.h; maxDateLen is MAXDATELEN plus
// that many, the size of the work buffer.
const (
	maxDateFields = 25
	maxDateLen    = 128 + 25
)

// lexDateTime is ParseDateTime: it breaks s into fields in lower case.
func lexDateTime(s string) (fields []dtField, ok bool) {
	l := dtLexer{s: strings.ToLower(s)}
	used := 0
	for l.i < len(s) {
		if isSpace(s[l.i]) {
			l.i++
			continue
		}
		if len(fields) >= maxDateFields {
			return nil, false
		}
		start := l.i
		kind, found, good := l.field()
		if !good {
			return nil, false
		}
		if !found {
			continue
		}
		text := l.s[start:l.i]
		if kind == fTZ || kind == fSpecial {
			text = text[:1] + strings.TrimLeft(text[1:], " \t\n\r\v\f")
		}
		if used += len(text) + 1; used > maxDateLen {
			return nil, false
		}
		fields = append(fields, dtField{kind, text})
	}
	return fields, true
}

type dtLexer struct {
	s string
	i int
}

// while skips the bytes that f accepts.
func (l *dtLexer) while(f func(byte) bool) {
	for l.i < len(l.s) && f(l.s[l.i]) {
		l.i++
	}
}

// peek returns the current byte, 0 at the end.
func (l *dtLexer) peek() byte {
	if l.i < len(l.s) {
		return l.s[l.i]
	}
	return 0
}

// field reads one field; found is false for punctuation that is passed over.
func (l *dtLexer) field() (kind fieldKind, found, ok bool) {
	c := l.peek()
	switch {
	case isDigit(c):
		return l.number(), true, true
	case c == '.':
		l.i++
		l.while(isDigit)
		return fNumber, true, true
	case isAlpha(c):
		return l.word(), true, true
	case c == '+' || c == '-':
		l.i++
		l.while(isSpace)
		if isDigit(l.peek()) {
			l.while(func(c byte) bool { return isDigit(c) || c == ':' || c == '.' || c == '-' })
			return fTZ, true, true
		}
		if isAlpha(l.peek()) {
			l.while(isAlpha)
			return fSpecial, true, true
		}
		return 0, false, false
	case c > 0x20 && c < 0x7f:
		l.i++
		return 0, false, true
	}
	return 0, false, false
}

func (l *dtLexer) number() fieldKind {
	l.while(isDigit)
	switch delim := l.peek(); delim {
	case ':':
		l.while(func(c byte) bool { return isDigit(c) || c == ':' || c == '.' })
		return fTime
	case '-', '/', '.':
		l.i++
		if !isDigit(l.peek()) {
			l.while(func(c byte) bool { return isAlnum(c) || c == delim })
			return fDate
		}
		kind := fDate
		if delim == '.' {
			kind = fNumber
		}
		l.while(isDigit)
		if l.peek() == delim {
			kind = fDate
			l.while(func(c byte) bool { return isDigit(c) || c == delim })
		}
		return kind
	}
	return fNumber
}

func (l *dtLexer) word() fieldKind {
	start := l.i
	l.while(isAlpha)
	date := false
	switch c := l.peek(); {
	case c == '-' || c == '/' || c == '.':
		date = true
	case c == '+' || isDigit(c):
		_, known := dateToken(l.s[start:l.i])
		date = !known
	}
	if !date {
		return fString
	}
	l.while(func(c byte) bool { return isAlnum(c) || strings.IndexByte("+-/_.:", c) >= 0 })
	return fDate
}
