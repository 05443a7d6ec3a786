package fn

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// regexpReplace is regexp_replace in all its forms.
func regexpReplace(r regexRow) (vec.Datum, error) {
	flagsAt := r.n() - 1
	letters := ""
	if flagsAt < 3 || r.t(flagsAt).Kind != types.Text {
		flagsAt = r.n()
	} else {
		letters = r.s(flagsAt)
	}
	if flagsAt == 3 && letters != "" && letters[0] >= '0' && letters[0] <= '9' {
		return null, sqlerr.New(pgerrcode.InvalidParameterValue, "invalid regular expression option: \"%c\"", letters[0]).
			WithHint("If you meant to use regexp_replace() with a start parameter, cast the fourth argument to integer explicitly.")
	}
	start, err := r.param(3, "start", 1, anyInt, 1)
	if err != nil {
		return null, err
	}
	n, err := r.param(4, "n", 0, anyInt, -1)
	if err != nil {
		return null, err
	}
	flags, global, err := regexOptions(letters)
	if err != nil {
		return null, err
	}
	if n < 0 {
		n = b2i(!global)
	}
	re, err := compileRegex(r.s(1), flags|r.flags)
	if err != nil {
		return null, err
	}
	var b strings.Builder
	s, with, at, count := r.s(0), r.s(2), 0, int64(0)
	var full error
	err = eachMatch(r.c, re, s, start, func(m []int) bool {
		if count++; n > 0 && count != n {
			return true
		}
		b.WriteString(s[at:m[0]])
		regexExpand(&b, with, s, m)
		at = m[1]
		if full = r.c.room(b.Len()); full != nil {
			return false
		}
		return n == 0
	})
	if err == nil {
		err = full
	}
	b.WriteString(s[at:])
	return dS(b.String()), err
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
