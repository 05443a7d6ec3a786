package fn

import (
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

func init() {
	for n := 1; n <= 2; n++ {
		def("similar_to_escape", ts{tText, tText}[:n], tText, rows(tText, func(r row) (vec.Datum, error) {
			e := `\`
			if r.n() > 1 {
				e = r.s(1)
			}
			s, err := similarToRegex(r.s(0), e)
			return dS(s), err
		}))
	}
	def("similar_escape", ts{tText, tText}, tText, rowsN(tText, func(r row) (vec.Datum, error) {
		if r.null(0) {
			return null, nil
		}
		e := `\`
		if !r.null(1) {
			e = r.s(1)
		}
		s, err := similarToRegex(r.s(0), e)
		return dS(s), err
	}), nullable)
}

// The separators of the three parts of a pattern for SUBSTRING: the first part
// is as short as can be, the second is the group that is wanted.
var similarSeparators = [...]string{"){1,1}?(", "){1,1}(?:"}

// similarToRegex rewrites a SIMILAR TO pattern.
func similarToRegex(p, esc string) (string, error) {
	if utf8.RuneCountInString(esc) > 1 {
		return "", sqlerr.New(pgerrcode.InvalidEscapeSequence, "invalid escape string").WithHint("Escape string must be empty or one character.")
	}
	e := rune(-1)
	if esc != "" {
		e, _ = utf8.DecodeRuneInString(esc)
	}
	var b strings.Builder
	b.WriteString("^(?:")
	after, class, quotes := false, false, 0
	for _, r := range p {
		switch {
		case after && r == '"' && !class:
			if quotes == len(similarSeparators) {
				return "", sqlerr.New(pgerrcode.InvalidUseOfEscapeCharacter,
					"SQL regular expression may not contain more than two escape-double-quote separators")
			}
			b.WriteString(similarSeparators[quotes])
			quotes++
			after = false
		case after:
			b.WriteByte('\\')
			b.WriteRune(r)
			after = false
		case r == e:
			after = true
		case class:
			if r == '\\' {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
			class = r != ']'
		case r == '[':
			b.WriteRune(r)
			class = true
		case r == '%':
			b.WriteString(".*")
		case r == '_':
			b.WriteByte('.')
		case r == '(':
			b.WriteString("(?:")
		case r == '\\' || r == '.' || r == '^' || r == '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteString(")$")
	return b.String(), nil
}
