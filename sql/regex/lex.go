package regex

import "strings"

// token is what the parser sees next. val is a character, a number, a class or
// a yes-no, by kind.
type token struct {
	kind tokenKind
	val  rune
}

type tokenKind uint8

const (
	tkStart tokenKind = iota // nothing yet
	tkEnd
	tkChar
	tkDigit // in a bound
	tkComma
	tkCloseBrace // val 0: lazy
	tkBackRef
	tkBracket // val 0: complemented
	tkCloseBracket
	tkCollate // [.
	tkEquiv   // [=
	tkClass   // [:
	tkCloseClass
	tkEscClass    // \d
	tkEscNotClass // \D
	tkRange
	tkLook
	tkAssert
	tkAny
	tkAlt
	tkStar // val 0: lazy
	tkPlus
	tkQuest
	tkBrace
	tkParen // val 0: not capturing
	tkCloseParen
)

// lexContext is the place in the syntax, which decides what characters mean.
type lexContext uint8

const (
	inMain lexContext = iota
	inBound
	inBracket
	inCollate
	inEquiv
	inClass
)

// lexer reads tokens; its errors are panics of type Error, caught by Compile.
type lexer struct {
	s     []rune
	at    int
	flags Flags
	con   lexContext
	last  token
	tok   token
	nsub  int // groups so far
}

func fail(e Error) { panic(e) }

func (l *lexer) eos() bool { return l.at >= len(l.s) }

// sees reports whether text stands next.
func (l *lexer) sees(text string) bool {
	for i, c := range []rune(text) {
		if l.at+i >= len(l.s) || l.s[l.at+i] != c {
			return false
		}
	}
	return true
}

func (l *lexer) eat(c rune) bool {
	if !l.eos() && l.s[l.at] == c {
		l.at++
		return true
	}
	return false
}

func (l *lexer) advanced() bool { return l.flags&(Quote|Extended|Basic) == 0 }

// start reads the prefixes *** and (?options).
func (l *lexer) start() {
	if l.flags&Quote == 0 {
		l.prefixes()
	}
	if l.flags&Quote != 0 {
		l.flags &^= Expanded | Newline
	}
	l.next()
}

func (l *lexer) prefixes() {
	if len(l.s) >= 4 && l.sees("***") {
		switch l.s[3] {
		case '?':
			fail(errPattern)
		case '=':
			l.flags = l.flags&^(Extended|Basic) | Quote
			l.at += 4
			return
		case ':':
			l.flags &^= Extended | Basic
			l.at += 4
		default:
			fail(errOperand)
		}
	}
	if !l.advanced() || !l.sees("(?") || l.at+2 >= len(l.s) || !asciiAlpha(l.s[l.at+2]) {
		return
	}
	for l.at += 2; !l.eos() && asciiAlpha(l.s[l.at]); l.at++ {
		var ok bool
		if l.flags, ok = l.flags.With(l.s[l.at]); !ok {
			fail(errOption)
		}
	}
	if !l.eat(')') {
		fail(errOption)
	}
}

// With returns the flags after an option letter; ok is false for a letter that
// means nothing.
func (f Flags) With(letter rune) (_ Flags, ok bool) {
	switch letter {
	case 'b':
		f = f&^(Quote|Extended) | Basic
	case 'c':
		f &^= ICase
	case 'e':
		f = f&^(Quote|Basic) | Extended
	case 'i':
		f |= ICase
	case 'm', 'n':
		f |= Newline
	case 'p':
		f = f&^NLAnchor | NLStop
	case 'q':
		f = f&^(Extended|Basic) | Quote
	case 's':
		f &^= Newline
	case 't':
		f &^= Expanded
	case 'w':
		f = f&^NLStop | NLAnchor
	case 'x':
		f |= Expanded
	default:
		return f, false
	}
	return f, true
}

func asciiAlpha(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// set makes the next token.
func (l *lexer) set(k tokenKind, val rune) { l.tok = token{k, val} }

// next reads a token.
func (l *lexer) next() {
	l.last = l.tok
	for again := true; again; {
		if l.flags&Expanded != 0 && l.con <= inBound {
			l.skip()
		}
		if l.eos() {
			switch l.con {
			case inBound:
				fail(errBrace)
			case inBracket, inCollate, inEquiv, inClass:
				fail(errBracket)
			}
			l.set(tkEnd, 0)
			return
		}
		c := l.s[l.at]
		l.at++
		again = l.token(c)
	}
}

// token makes a token that starts with c; it reports true after a comment.
func (l *lexer) token(c rune) (again bool) {
	switch l.con {
	case inBound:
		l.bound(c)
	case inBracket:
		l.bracket(c)
	case inCollate:
		l.named(c, '.')
	case inEquiv:
		l.named(c, '=')
	case inClass:
		l.named(c, ':')
	default:
		switch {
		case l.flags&Quote != 0:
			l.set(tkChar, c)
		case l.flags&Basic != 0:
			l.basic(c)
		default:
			return l.extended(c)
		}
	}
	return false
}

// named is inside [. [= [:.
func (l *lexer) named(c, mark rune) {
	if c == mark && l.eat(']') {
		l.con = inBracket
		l.set(tkCloseClass, mark)
		return
	}
	l.set(tkChar, c)
}

func (l *lexer) bound(c rune) {
	switch {
	case c >= '0' && c <= '9':
		l.set(tkDigit, c-'0')
	case c == ',':
		l.set(tkComma, 0)
	case l.flags&Basic != 0:
		if c != '\\' || !l.eat('}') {
			fail(errCount)
		}
		l.con = inMain
		l.set(tkCloseBrace, 1)
	case c == '}':
		l.con = inMain
		l.greedy(tkCloseBrace)
	default:
		fail(errCount)
	}
}

func (l *lexer) bracket(c rune) {
	switch c {
	case ']':
		if l.last.kind == tkBracket {
			break
		}
		l.con = inMain
		l.set(tkCloseBracket, 0)
		return
	case '\\':
		if !l.advanced() {
			break
		}
		if l.eos() {
			fail(errEscape)
		}
		l.escape()
		if k := l.tok.kind; k != tkChar && k != tkEscClass && k != tkEscNotClass {
			fail(errEscape)
		}
		return
	case '-':
		if l.last.kind == tkBracket || l.sees("]") {
			break
		}
		l.set(tkRange, c)
		return
	case '[':
		switch {
		case l.eos():
			fail(errBracket)
		case l.eat('.'):
			l.con = inCollate
			l.set(tkCollate, 0)
			return
		case l.eat('='):
			l.con = inEquiv
			l.set(tkEquiv, 0)
			return
		case l.eat(':'):
			l.con = inClass
			l.set(tkClass, 0)
			return
		}
	}
	l.set(tkChar, c)
}

// greedy makes a quantifier's token; a ? behind it makes it lazy.
func (l *lexer) greedy(k tokenKind) {
	l.set(k, 1)
	if l.advanced() && l.eat('?') {
		l.set(k, 0)
	}
}

// extended is the main text of advanced and extended expressions.
func (l *lexer) extended(c rune) (again bool) {
	switch c {
	case '|':
		l.set(tkAlt, 0)
	case '*':
		l.greedy(tkStar)
	case '+':
		l.greedy(tkPlus)
	case '?':
		l.greedy(tkQuest)
	case '{':
		if l.flags&Expanded != 0 {
			l.skip()
		}
		if l.eos() || l.s[l.at] < '0' || l.s[l.at] > '9' {
			l.set(tkChar, c)
			break
		}
		l.con = inBound
		l.set(tkBrace, 0)
	case '(':
		if l.advanced() && l.eat('?') {
			return l.special()
		}
		l.set(tkParen, 1)
	case ')':
		l.set(tkCloseParen, c)
	case '[':
		l.openBracket()
	case '.':
		l.set(tkAny, 0)
	case '^':
		l.set(tkAssert, rune(lineStart))
	case '$':
		l.set(tkAssert, rune(lineEnd))
	case '\\':
		switch {
		case l.eos():
			fail(errEscape)
		case l.advanced():
			l.escape()
		default:
			l.set(tkChar, l.s[l.at])
			l.at++
		}
	default:
		l.set(tkChar, c)
	}
	return false
}

// special is what starts with (?.
func (l *lexer) special() (again bool) {
	switch {
	case l.eat(':'):
		l.set(tkParen, 0)
	case l.eat('#'):
		for !l.eos() && l.s[l.at] != ')' {
			l.at++
		}
		l.eat(')')
		return true
	case l.eat('='):
		l.set(tkLook, rune(ahead))
	case l.eat('!'):
		l.set(tkLook, rune(notAhead))
	case l.sees("<="):
		l.at += 2
		l.set(tkLook, rune(behind))
	case l.sees("<!"):
		l.at += 2
		l.set(tkLook, rune(notBehind))
	default:
		fail(errOperand)
	}
	return false
}

func (l *lexer) openBracket() {
	for _, w := range []struct {
		text string
		kind assertKind
	}{{"[:<:]]", wordStart}, {"[:>:]]", wordEnd}} {
		if l.sees(w.text) {
			l.at += len(w.text)
			l.set(tkAssert, rune(w.kind))
			return
		}
	}
	l.con = inBracket
	l.set(tkBracket, 1)
	if l.eat('^') {
		l.set(tkBracket, 0)
	}
}

// basic is the main text of basic expressions.
func (l *lexer) basic(c rune) {
	l.set(tkChar, c)
	switch c {
	case '*':
		if k := l.last.kind; k != tkStart && k != tkParen && l.last != (token{tkAssert, rune(lineStart)}) {
			l.set(tkStar, 1)
		}
	case '[':
		l.openBracket()
	case '.':
		l.set(tkAny, 0)
	case '^':
		if l.last.kind == tkStart || l.last.kind == tkParen {
			l.set(tkAssert, rune(lineStart))
		}
	case '$':
		if l.flags&Expanded != 0 {
			l.skip()
		}
		if l.eos() || l.sees(`\)`) {
			l.set(tkAssert, rune(lineEnd))
		}
	case '\\':
		if l.eos() {
			fail(errEscape)
		}
		c = l.s[l.at]
		l.at++
		l.basicEscape(c)
	}
}

func (l *lexer) basicEscape(c rune) {
	switch {
	case c == '{':
		l.con = inBound
		l.set(tkBrace, 0)
	case c == '(':
		l.set(tkParen, 1)
	case c == ')':
		l.set(tkCloseParen, c)
	case c == '<':
		l.set(tkAssert, rune(wordStart))
	case c == '>':
		l.set(tkAssert, rune(wordEnd))
	case c >= '1' && c <= '9':
		l.set(tkBackRef, c-'0')
	default:
		l.set(tkChar, c)
	}
}

// skip passes blanks and comments of expanded expressions.
func (l *lexer) skip() {
	for {
		for !l.eos() && strings.ContainsRune(" \t\n\v\f\r", l.s[l.at]) {
			l.at++
		}
		if l.eos() || l.s[l.at] != '#' {
			return
		}
		for !l.eos() && l.s[l.at] != '\n' {
			l.at++
		}
	}
}
