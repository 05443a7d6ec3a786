package fn

import (
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/regex"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	T, I := tText, tI4
	for n := 2; n <= 3; n++ {
		regexDef("regexp_match", ts{T, T, T}[:n], tTexts, regexpMatch)
		regexDef("regexp_split_to_array", ts{T, T, T}[:n], tTexts, regexpSplit)
		regexDef("regexp_like", ts{T, T, T}[:n], tBool, regexpLike)
	}
	for n := 2; n <= 4; n++ {
		regexDef("regexp_count", ts{T, T, I, T}[:n], tI4, regexpCount)
	}
	for n := 2; n <= 7; n++ {
		regexDef("regexp_instr", ts{T, T, I, I, I, T, I}[:n], tI4, regexpInstr)
	}
	for n := 2; n <= 6; n++ {
		regexDef("regexp_substr", ts{T, T, I, I, T, I}[:n], tText, regexpSubstr)
	}
	for _, args := range []ts{{T, T, T}, {T, T, T, T}, {T, T, T, I}, {T, T, T, I, I}, {T, T, T, I, I, T}} {
		regexDef("regexp_replace", args, tText, regexpReplace)
	}
	regexDef("substring", ts{T, T}, tText, substringRegex)
	regexDef("substring", ts{T, T, T}, tText, substringSimilar)
}

// regexRow is a row with the flags that the collation asks for.
type regexRow struct {
	row
	flags regex.Flags
}

// regexDef registers a function of a regular expression for all collations.
func regexDef(name string, args ts, ret types.Type, f func(regexRow) (vec.Datum, error)) {
	with := func(flags regex.Flags) impl {
		return rows(ret, func(r row) (vec.Datum, error) { return f(regexRow{r, flags}) })
	}
	def(name, args, ret, with(0), inUnicode(with(regex.Unicode)))
}

// compile compiles the pattern of argument 1 with the flags of argument at (if
// there is one). name forbids the flag g.
func (r regexRow) compile(at int, name string) (*regex.Regexp, error) {
	flags := r.flags
	if at < r.n() {
		f, global, err := regexOptions(r.s(at))
		if err != nil {
			return nil, err
		}
		if global {
			e := sqlerr.New(pgerrcode.InvalidParameterValue, "%s() does not support the \"global\" option", name)
			if name == "regexp_match" {
				e.Hint = "Use the regexp_matches function instead."
			}
			return nil, e
		}
		flags |= f
	}
	return compileRegex(r.s(1), flags)
}

// param is an integer argument, or what it is when left out.
func (r regexRow) param(k int, name string, least, most, absent int64) (int64, error) {
	if k >= r.n() || r.t(k).Kind != types.Int4 {
		return absent, nil
	}
	v := r.int(k)
	if v < least || v > most {
		return 0, sqlerr.New(pgerrcode.InvalidParameterValue, "invalid value for parameter \"%s\": %d", name, v)
	}
	return v, nil
}

const anyInt = 1<<31 - 1

// eachMatch calls f with the matches from character start (1 is the first) on,
// one after the other, until it says no.
func eachMatch(c *Ctx, re *regex.Regexp, s string, start int64, f func(m []int) bool) error {
	at := runeAt(s, start-1)
	if start-1 > int64(utf8.RuneCountInString(s)) {
		return nil
	}
	for at <= len(s) {
		m, err := re.Find(s, at, c.canceled)
		if err != nil {
			return regexError(err)
		}
		if m == nil || !f(m) {
			return nil
		}
		at = m[1]
		if m[0] == m[1] {
			if at == len(s) {
				return nil
			}
			_, size := utf8.DecodeRuneInString(s[at:])
			at += size
		}
	}
	return nil
}

// nth is match number n from a character on, nil if there are fewer.
func nth(c *Ctx, re *regex.Regexp, s string, start, n int64) (found []int, err error) {
	err = eachMatch(c, re, s, start, func(m []int) bool {
		if n--; n == 0 {
			found = m
		}
		return n > 0
	})
	return found, err
}

func regexpMatch(r regexRow) (vec.Datum, error) {
	re, err := r.compile(2, "regexp_match")
	if err != nil {
		return null, err
	}
	m, err := nth(r.c, re, r.s(0), 1, 1)
	if err != nil || m == nil {
		return null, err
	}
	return captures(r.s(0), m), nil
}

// captures are the parenthesized parts of a match, or all of it without any.
func captures(s string, m []int) vec.Datum {
	if len(m) == 2 {
		return texts([]string{s[m[0]:m[1]]})
	}
	b := vec.NewBuilder(tText, len(m)/2-1)
	for i := 2; i < len(m); i += 2 {
		if m[i] < 0 {
			b.AppendNull()
		} else {
			b.Append(dS(s[m[i]:m[i+1]]))
		}
	}
	return dA(b.Finish())
}

func regexpLike(r regexRow) (vec.Datum, error) {
	re, err := r.compile(2, "regexp_like")
	if err != nil {
		return null, err
	}
	hit, err := re.Match(r.s(0), r.c.canceled)
	return dB(hit), regexError(err)
}

func regexpSplit(r regexRow) (vec.Datum, error) {
	re, err := r.compile(2, "regexp_split_to_array")
	if err != nil {
		return null, err
	}
	parts, err := splitRegex(r.c, re, r.s(0))
	return texts(parts), err
}

// splitRegex cuts s at the matches. An empty match at either end or right
// behind another one does not cut.
func splitRegex(c *Ctx, re *regex.Regexp, s string) ([]string, error) {
	var out []string
	at, last := 0, 0
	err := eachMatch(c, re, s, 1, func(m []int) bool {
		if m[0] < len(s) && m[1] > last {
			out = append(out, s[at:m[0]])
			at = m[1]
		}
		last = m[1]
		return true
	})
	return append(out, s[at:]), err
}

func regexpCount(r regexRow) (vec.Datum, error) {
	start, err := r.param(2, "start", 1, anyInt, 1)
	if err != nil {
		return null, err
	}
	re, err := r.compile(3, "regexp_count")
	if err != nil {
		return null, err
	}
	n := int64(0)
	err = eachMatch(r.c, re, r.s(0), start, func([]int) bool { n++; return true })
	return dI(n), err
}

// group is the place of a group of a match, of all of it for 0; nil if the
// expression has no such group or it took no part.
func group(m []int, sub int64) []int {
	if sub == 1 && len(m) == 2 {
		sub = 0 // without groups the whole match counts as one
	}
	if m == nil || sub >= int64(len(m)/2) || m[2*sub] < 0 {
		return nil
	}
	return m[2*sub : 2*sub+2]
}

func regexpInstr(r regexRow) (vec.Datum, error) {
	var p [4]int64
	for i, q := range []struct {
		at                  int
		name                string
		least, most, absent int64
	}{{2, "start", 1, anyInt, 1}, {3, "n", 1, anyInt, 1}, {4, "endoption", 0, 1, 0}, {6, "subexpr", 0, anyInt, 0}} {
		var err error
		if p[i], err = r.param(q.at, q.name, q.least, q.most, q.absent); err != nil {
			return null, err
		}
	}
	re, err := r.compile(5, "regexp_instr")
	if err != nil {
		return null, err
	}
	m, err := nth(r.c, re, r.s(0), p[0], p[1])
	g := group(m, p[3])
	if err != nil || g == nil {
		return dI(0), err
	}
	return dI(int64(utf8.RuneCountInString(r.s(0)[:g[p[2]]])) + 1), nil
}

func regexpSubstr(r regexRow) (vec.Datum, error) {
	start, err := r.param(2, "start", 1, anyInt, 1)
	if err != nil {
		return null, err
	}
	n, err := r.param(3, "n", 1, anyInt, 1)
	if err != nil {
		return null, err
	}
	sub, err := r.param(5, "subexpr", 0, anyInt, 0)
	if err != nil {
		return null, err
	}
	re, err := r.compile(4, "regexp_substr")
	if err != nil {
		return null, err
	}
	m, err := nth(r.c, re, r.s(0), start, n)
	g := group(m, sub)
	if err != nil || g == nil {
		return null, err
	}
	return dS(r.s(0)[g[0]:g[1]]), nil
}

// substringRegex is substring(text FROM pattern): the first group if there is one.
func substringRegex(r regexRow) (vec.Datum, error) { return firstGroup(r, r.s(1)) }

// substringSimilar is substring(text SIMILAR pattern ESCAPE character).
func substringSimilar(r regexRow) (vec.Datum, error) {
	p, err := similarToRegex(r.s(1), r.s(2))
	if err != nil {
		return null, sqlerr.From(err).WithWhere("SQL function \"substring\" statement 1")
	}
	return firstGroup(r, p)
}

func firstGroup(r regexRow, pattern string) (vec.Datum, error) {
	re, err := compileRegex(pattern, r.flags)
	if err != nil {
		return null, err
	}
	m, err := re.Find(r.s(0), 0, r.c.canceled)
	g := group(m, 1)
	if err != nil || g == nil {
		return null, regexError(err)
	}
	return dS(r.s(0)[g[0]:g[1]]), nil
}
