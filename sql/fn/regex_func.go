package fn

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

func init() {
	for n := 2; n <= 3; n++ {
		args := make(ts, n)
		for i := range args {
			args[i] = tText
		}
		def("regexp_match", args, tTexts, rows(tTexts, regexpMatch))
		def("regexp_split_to_array", args, tTexts, rows(tTexts, regexpSplit))
		def("regexp_like", args, tBool, rows(tBool, func(r row) (vec.Datum, error) {
			re, err := rowRegex(r, 1, 2, "regexp_like")
			if err != nil {
				return null, err
			}
			return dB(re.MatchString(r.s(0))), nil
		}))
	}
	def("regexp_count", ts{tText, tText}, tI4, rows(tI4, regexpCount))
	def("regexp_count", ts{tText, tText, tI4}, tI4, rows(tI4, regexpCount))
	def("regexp_count", ts{tText, tText, tI4, tText}, tI4, rows(tI4, regexpCount))
	def("regexp_replace", ts{tText, tText, tText}, tText, rows(tText, regexpReplace))
	def("regexp_replace", ts{tText, tText, tText, tText}, tText, rows(tText, regexpReplace))
	def("regexp_substr", ts{tText, tText}, tText, rows(tText, func(r row) (vec.Datum, error) {
		re, err := compileRegex(r.s(1), "")
		if err != nil {
			return null, err
		}
		m := re.FindStringIndex(r.s(0))
		if m == nil {
			return null, nil
		}
		return dS(r.s(0)[m[0]:m[1]]), nil
	}))
	esc := func(r row) (vec.Datum, error) {
		e := `\`
		if r.n() > 1 {
			e = r.s(1)
		}
		s, err := similarToRegex(r.s(0), e)
		return dS(s), err
	}
	def("similar_to_escape", ts{tText}, tText, rows(tText, esc))
	def("similar_to_escape", ts{tText, tText}, tText, rows(tText, esc))
}

// rowRegex compiles the pattern of argument p with the flags of argument f.
func rowRegex(r row, p, f int, name string) (*regexp.Regexp, error) {
	flags := ""
	if r.n() > f {
		flags = r.s(f)
		if strings.Contains(flags, "g") {
			return nil, sqlerr.New(pgerrcode.InvalidParameterValue, "%s() does not support the \"global\" option", name)
		}
	}
	return compileRegex(r.s(p), flags)
}

func regexpMatch(r row) (vec.Datum, error) {
	flags := ""
	if r.n() > 2 {
		if flags = r.s(2); strings.Contains(flags, "g") {
			return null, sqlerr.New(pgerrcode.InvalidParameterValue, "regexp_match() does not support the \"global\" option").
				WithHint("Use the regexp_matches function instead.")
		}
	}
	re, err := compileRegex(r.s(1), flags)
	if err != nil {
		return null, err
	}
	s := r.s(0)
	m := re.FindStringSubmatchIndex(s)
	if m == nil {
		return null, nil
	}
	return captures(s, m), nil
}

func regexpSplit(r row) (vec.Datum, error) {
	re, err := rowRegex(r, 1, 2, "regexp_split_to_array")
	if err != nil {
		return null, err
	}
	s := r.s(0)
	var out []string
	at := 0
	for _, m := range re.FindAllStringIndex(s, -1) {
		// As regexp.c: a match at the very end or an empty one at the last cut
		// does not split.
		if m[0] >= len(s) || m[1] <= at {
			continue
		}
		out = append(out, s[at:m[0]])
		at = m[1]
	}
	return texts(append(out, s[at:])), nil
}

func regexpCount(r row) (vec.Datum, error) {
	flags, start := "", 1
	if r.n() > 2 {
		start = int(r.int(2))
		if start <= 0 {
			return null, sqlerr.New(pgerrcode.InvalidParameterValue, "invalid value for parameter \"%s\": %d", "start", start)
		}
	}
	if r.n() > 3 {
		flags = r.s(3)
	}
	re, err := compileRegex(r.s(1), flags)
	if err != nil {
		return null, err
	}
	s := r.s(0)
	for ; start > 1 && s != ""; start-- {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return dI(int64(len(re.FindAllStringIndex(s, -1)))), nil
}

func regexpReplace(r row) (vec.Datum, error) {
	flags, global := "", false
	if r.n() > 3 {
		flags = r.s(3)
		global = strings.Contains(flags, "g")
		flags = strings.ReplaceAll(flags, "g", "")
	}
	re, err := compileRegex(r.s(1), flags)
	if err != nil {
		return null, err
	}
	s, with := r.s(0), r.s(2)
	count := 1
	if global {
		count = -1
	}
	var b strings.Builder
	at := 0
	for _, m := range re.FindAllStringSubmatchIndex(s, count) {
		b.WriteString(s[at:m[0]])
		regexExpand(&b, with, s, m)
		at = m[1]
	}
	b.WriteString(s[at:])
	return dS(b.String()), nil
}

// regexExpand writes a replacement with its \1..\9, \& and \\.
func regexExpand(b *strings.Builder, with, s string, m []int) {
	for i := 0; i < len(with); i++ {
		c := with[i]
		if c != '\\' || i+1 == len(with) {
			b.WriteByte(c)
			continue
		}
		i++
		k := -1
		switch c = with[i]; {
		case c == '&':
			k = 0
		case c >= '1' && c <= '9':
			k = int(c - '0')
		case c == '\\':
			b.WriteByte('\\')
			continue
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
			continue
		}
		if 2*k+1 < len(m) && m[2*k] >= 0 {
			b.WriteString(s[m[2*k]:m[2*k+1]])
		}
	}
}

// similarToRegex rewrites a SIMILAR TO pattern (regexp.c, similar_escape).
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
	after, class := false, false
	for _, r := range p {
		switch {
		case after:
			if r == '"' && !class {
				return "", regexUnsupported("separator in SIMILAR TO")
			}
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
