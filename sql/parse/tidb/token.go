package tidb

import "strings"

// token is one word, sign or quoted thing of a text.
type token struct {
	start, end int
	kind       tokenKind
	word       string // lower case for words, the sign itself for signs
}

type tokenKind uint8

const (
	tokWord   tokenKind = iota // a name or keyword without quotes
	tokName                    // a name in backquotes or double quotes
	tokString                  // '...'
	tokNumber
	tokSign
)

// scan splits a text as the lexer of the TiDB grammar does in the modes that
// are set here, as far as names, quotes, comments and brackets go. foreign is
// the offset of the first thing that only Postgres's scanner understands and
// that this grammar would take for something else (E'..', U&'..', $$..$$, ::),
// or -1.
func scan(text string) (toks []token, foreign int) {
	s := scanner{text: text, foreign: -1}
	for s.next() {
		toks = append(toks, s.tok)
	}
	return toks, s.foreign
}

type scanner struct {
	text    string
	pos     int
	tok     token
	foreign int
}

func (s *scanner) strange(off int) {
	if s.foreign < 0 {
		s.foreign = off
	}
}

func (s *scanner) next() bool {
	for s.pos < len(s.text) {
		rest := s.text[s.pos:]
		switch c := rest[0]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			s.pos++
		case c == '#' || strings.HasPrefix(rest, "--") && (len(rest) == 2 || rest[2] <= ' '):
			s.skip("\n", 0)
		case strings.HasPrefix(rest, "/*!"):
			// The text inside counts; a version number is dropped.
			s.pos += 3
			for s.pos < len(s.text) && isDigit(s.text[s.pos]) {
				s.pos++
			}
		case strings.HasPrefix(rest, "/*"):
			s.skip("*/", 2)
		case strings.HasPrefix(rest, "*/"):
			s.pos += 2
		default:
			s.take(c)
			return true
		}
	}
	return false
}

// skip moves behind the next mark, or to the end.
func (s *scanner) skip(mark string, from int) {
	if i := strings.Index(s.text[s.pos+from:], mark); i >= 0 {
		s.pos += from + i + len(mark)
	} else {
		s.pos = len(s.text)
	}
}

func (s *scanner) take(c byte) {
	s.tok = token{start: s.pos}
	switch {
	case c == '\'':
		s.tok.kind = tokString
		s.quoted(c)
	case c == '"' || c == '`':
		s.tok.kind = tokName
		s.quoted(c)
	case isDigit(c) || c == '.' && s.pos+1 < len(s.text) && isDigit(s.text[s.pos+1]) && !s.afterName():
		s.tok.kind = tokNumber
		s.number()
	case isWord(c):
		s.word()
	default:
		s.tok.kind = tokSign
		s.sign()
	}
	s.tok.end = s.pos
	if s.tok.kind == tokSign {
		s.tok.word = s.text[s.tok.start:s.pos]
	} else if s.tok.kind == tokWord {
		s.tok.word = strings.ToLower(s.text[s.tok.start:s.pos])
	}
}

// afterName reports whether a name ends right before: then a dot is a separator.
func (s *scanner) afterName() bool {
	if s.pos == 0 {
		return false
	}
	c := s.text[s.pos-1]
	return isWord(c) || c == '`' || c == '"'
}

func (s *scanner) quoted(q byte) {
	for s.pos++; s.pos < len(s.text); s.pos++ {
		if s.text[s.pos] != q {
			continue
		}
		if s.pos+1 < len(s.text) && s.text[s.pos+1] == q {
			s.pos++
			continue
		}
		s.pos++
		return
	}
}

// number reads digits, a fraction, an exponent, 0x.. and 0b..; digits that go
// on with letters are a name.
func (s *scanner) number() {
	start := s.pos
	for s.pos < len(s.text) && (isWord(s.text[s.pos]) || s.text[s.pos] == '.' ||
		(s.text[s.pos] == '+' || s.text[s.pos] == '-') && s.text[s.pos-1]|32 == 'e' && s.text[start] != '0') {
		s.pos++
	}
	for _, c := range []byte(s.text[start:s.pos]) {
		if c >= 0x80 || c == '_' || c == '$' {
			s.tok.kind = tokWord
		}
	}
}

func (s *scanner) word() {
	c := s.text[s.pos] | 32
	rest := s.text[s.pos:]
	switch {
	case (c == 'e' || c == 'n') && len(rest) > 1 && rest[1] == '\'' && c == 'e',
		c == 'u' && len(rest) > 2 && rest[1] == '&' && (rest[2] == '\'' || rest[2] == '"'):
		s.strange(s.pos)
	case s.text[s.pos] == '$':
		if i := strings.IndexByte(rest[1:], '$'); i >= 0 && isTag(rest[1:1+i]) {
			s.strange(s.pos)
		}
	}
	for s.pos < len(s.text) && isWord(s.text[s.pos]) {
		s.pos++
	}
}

// isTag reports what may stand between the dollars of $tag$.
func isTag(t string) bool {
	for i := 0; i < len(t); i++ {
		if c := t[i]; !isWord(c) || c == '$' || i == 0 && isDigit(c) {
			return false
		}
	}
	return true
}

func (s *scanner) sign() {
	for _, long := range []string{"<=>", "->>", "::", "->", "<<", ">>", "<=", ">=", "<>", "!=", "||", "&&", ":="} {
		if strings.HasPrefix(s.text[s.pos:], long) {
			if long == "::" {
				s.strange(s.pos)
			}
			s.pos += len(long)
			return
		}
	}
	s.pos++
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return c|32 >= 'a' && c|32 <= 'z' || c == '_' || c == '$' || isDigit(c) || c >= 0x80
}

// folded is the text with its unquoted names in lower case, as Postgres folds
// them (ASCII only), so that offsets stay as they are. Strings and quoted names
// keep their letters. Double quotes become single ones where no name may stand.
func folded(text string, toks []token) string {
	b := []byte(text)
	for i, t := range toks {
		switch {
		case t.kind == tokWord && b[t.start] == '$':
			// $1 is a name in this grammar; ? is a parameter.
			if _, ok := paramNumber(t); ok {
				copy(b[t.start:t.end], "?      ")
			}
		case t.kind == tokWord && isFullJoin(toks, i):
			copy(b[t.start:t.end], "left") // this grammar takes FULL for an alias
		case t.kind == tokWord:
			for k := t.start; k < t.end; k++ {
				if c := b[k]; c >= 'A' && c <= 'Z' {
					b[k] = c | 32
				}
			}
		case t.kind == tokName && b[t.start] == '"' && stringPlace(toks, i) || t.end-t.start == 2 && t.kind == tokName && b[t.start] == '"':
			if inner := text[t.start+1 : max(t.end-1, t.start+1)]; t.end-t.start >= 2 && !strings.ContainsAny(inner, `'"`) {
				b[t.start], b[t.end-1] = '\'', '\''
			}
		}
	}
	return string(b)
}

// isFullJoin reports the FULL of FULL [OUTER] JOIN at token i.
func isFullJoin(toks []token, i int) bool {
	next := func(k int) string {
		if k < len(toks) && toks[k].kind == tokWord {
			return toks[k].word
		}
		return ""
	}
	return toks[i].word == "full" && (next(i+1) == "join" || next(i+1) == "outer" && next(i+2) == "join")
}

// stringPlace reports whether only a string can stand at token i: behind
// SEPARATOR, COMMENT, ESCAPE, LIKE of SHOW, a table option's name, and in the
// lists of ENUM and SET types.
func stringPlace(toks []token, i int) bool {
	word := func(k int) string {
		if k < 0 || toks[k].kind == tokName || toks[k].kind == tokString {
			return ""
		}
		return toks[k].word
	}
	k := i - 1
	if word(k) == "=" {
		k--
	}
	switch word(k) {
	case "separator", "comment", "escape", "engine", "charset", "collate", "row_format", "names":
		return true
	case "like":
		return word(0) == "show"
	}
	for k = i - 1; k >= 0; k-- {
		switch {
		case word(k) == "(":
			return word(k-1) == "enum" || word(k-1) == "set" && k >= 2 && toks[k-2].word != "update"
		case word(k) != "," && toks[k].kind != tokName && toks[k].kind != tokString:
			return false
		}
	}
	return false
}
