package regex

// plainEscapes are the escapes for one character.
var plainEscapes = map[rune]rune{'a': 7, 'b': 8, 'B': '\\', 'e': 27, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

var assertEscapes = map[rune]assertKind{'A': textStart, 'Z': textEnd, 'm': wordStart, 'M': wordEnd, 'y': wordEdge, 'Y': notWordEdge}

// escape reads an advanced escape; the backslash is eaten.
func (l *lexer) escape() {
	c := l.s[l.at]
	l.at++
	if !asciiAlpha(c) && (c < '0' || c > '9') {
		l.set(tkChar, c)
		return
	}
	if p, ok := plainEscapes[c]; ok {
		l.set(tkChar, p)
		return
	}
	if a, ok := assertEscapes[c]; ok {
		l.set(tkAssert, rune(a))
		return
	}
	switch c {
	case 'c':
		if l.eos() {
			fail(errEscape)
		}
		l.set(tkChar, l.s[l.at]&037)
		l.at++
	case 'd', 's', 'w':
		l.set(tkEscClass, c)
	case 'D', 'S', 'W':
		l.set(tkEscNotClass, c+'a'-'A')
	case 'u':
		l.set(tkChar, l.code(16, 4, 4))
	case 'U':
		l.set(tkChar, l.code(16, 8, 8))
	case 'x':
		l.set(tkChar, l.code(16, 1, 255))
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		l.numberEscape(c)
	default:
		fail(errEscape)
	}
}

// numberEscape is a back reference if it has one digit or there are so many
// groups, else a character in octal.
func (l *lexer) numberEscape(c rune) {
	save := l.at
	l.at--
	if c != '0' {
		n := l.code(10, 1, 255)
		if l.at == save || n > 0 && int(n) <= l.nsub {
			l.set(tkBackRef, n)
			return
		}
		l.at = save - 1
	}
	n := l.code(8, 1, 3)
	if n > 0xff {
		l.at--
		n >>= 3
	}
	l.set(tkChar, n)
}

// code reads a number of a base with so many digits.
func (l *lexer) code(base uint32, least, most int) rune {
	var n uint32
	i := 0
	for ; i < most && !l.eos(); i++ {
		d := digitValue(l.s[l.at])
		if d >= base {
			break
		}
		l.at++
		n = n*base + d
	}
	if i < least || n > 0x7ffffffe {
		fail(errEscape)
	}
	return rune(n)
}

func digitValue(c rune) uint32 {
	switch {
	case c >= '0' && c <= '9':
		return uint32(c - '0')
	case c >= 'a' && c <= 'f':
		return uint32(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return uint32(c-'A') + 10
	}
	return 99
}
