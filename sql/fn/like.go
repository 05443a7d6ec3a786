package fn

import (
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for _, t := range []types.Type{tText, tName} {
		for name, k := range map[string]struct{ negate, fold bool }{"~~": {}, "!~~": {negate: true}, "~~*": {fold: true}, "!~~*": {true, true}} {
			op(name, t, tText, tBool, likeImpl(k.negate, k.fold, asciiLower), inUnicode(likeImpl(k.negate, k.fold, strings.ToLower)))
		}
		def("like", ts{t, tText}, tBool, likeImpl(false, false, nil))
		def("notlike", ts{t, tText}, tBool, likeImpl(true, false, nil))
	}
	def("like_escape", ts{tText, tText}, tText, f2(tText, likeEscape))
	def("like_escape", ts{tBytea, tBytea}, tBytea, f2(tBytea, byteaLikeEscape))
}

// likeImpl is LIKE and ILIKE. A constant pattern is compiled once per call.
func likeImpl(negate, fold bool, lower func(string) string) impl {
	if !fold {
		lower = nil
	}
	neg := b2i(negate)
	return func(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(tBool, m)
		out.Nulls = StrictNulls(args, m)
		s, p := args[0].Str, args[1].Str
		ms, mp := mask(args[0]), mask(args[1])
		var pat *likePattern
		last := ""
		for i := range out.I64 {
			if bit(out.Nulls, i) {
				continue
			}
			if q := p[i&mp]; pat == nil || q != last {
				pat, last = compileLike(q, lower), q
			}
			hit, err := pat.match(s[i&ms])
			if err != nil {
				return nil, err
			}
			out.I64[i] = b2i(hit) ^ neg
		}
		return finish(out, m, n), nil
	}
}

// likePattern is a pattern cut at its % signs. Each part is a run of characters
// and _ wildcards.
type likePattern struct {
	parts   [][]likeRune
	lits    []string            // the part as plain text where it has no _
	bad     bool                // ends with the escape character
	lower   func(string) string // nil: case matters
	literal bool                // no wildcard at all
}

type likeRune struct {
	r   rune
	any bool
}

func compileLike(p string, lower func(string) string) *likePattern {
	if lower != nil {
		p = lower(p)
	}
	k := &likePattern{lower: lower, literal: true}
	var part []likeRune
	var lit strings.Builder
	plain := true
	flush := func() {
		k.parts = append(k.parts, part)
		if plain {
			k.lits = append(k.lits, lit.String())
		} else {
			k.lits = append(k.lits, "")
		}
		part, plain = nil, true
		lit.Reset()
	}
	for i := 0; i < len(p); {
		r, size := utf8.DecodeRuneInString(p[i:])
		i += size
		switch r {
		case '%':
			flush()
			k.literal = false
			continue
		case '_':
			part = append(part, likeRune{any: true})
			plain, k.literal = false, false
			continue
		case '\\':
			if i == len(p) {
				k.bad = true
				continue
			}
			r, size = utf8.DecodeRuneInString(p[i:])
			i += size
		}
		part = append(part, likeRune{r: r})
		lit.WriteRune(r)
	}
	flush()
	return k
}

func errLikeEscape() error {
	return sqlerr.New(pgerrcode.InvalidEscapeSequence, "LIKE pattern must not end with escape character")
}

func (k *likePattern) match(s string) (bool, error) {
	if k.lower != nil {
		s = k.lower(s)
	}
	n := len(k.parts)
	first := k.prefix(0, s)
	if first < 0 {
		return false, nil
	}
	if n == 1 {
		if k.bad && first < len(s) {
			return false, errLikeEscape()
		}
		return first == len(s) && !k.bad, nil
	}
	s = s[first:]
	for i := 1; i < n-1; i++ {
		end := k.find(i, s)
		if end < 0 {
			return false, nil
		}
		s = s[end:]
	}
	if k.bad && s != "" {
		return false, errLikeEscape()
	}
	return !k.bad && k.suffix(n-1, s), nil
}

// prefix matches part i at the start of s and returns its length, or -1.
func (k *likePattern) prefix(i int, s string) int {
	part := k.parts[i]
	if lit := k.lits[i]; lit != "" || len(part) == 0 {
		if strings.HasPrefix(s, lit) {
			return len(lit)
		}
		return -1
	}
	at := 0
	for _, p := range part {
		if at == len(s) {
			return -1
		}
		r, size := utf8.DecodeRuneInString(s[at:])
		if !p.any && r != p.r {
			return -1
		}
		at += size
	}
	return at
}

// find returns the end of the first match of part i in s, or -1.
func (k *likePattern) find(i int, s string) int {
	if lit := k.lits[i]; lit != "" || len(k.parts[i]) == 0 {
		at := strings.Index(s, lit)
		if at < 0 {
			return -1
		}
		return at + len(lit)
	}
	for at := 0; at <= len(s); {
		if n := k.prefix(i, s[at:]); n >= 0 {
			return at + n
		}
		if at == len(s) {
			break
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return -1
}

// suffix matches part i at the end of s.
func (k *likePattern) suffix(i int, s string) bool {
	part := k.parts[i]
	if lit := k.lits[i]; lit != "" || len(part) == 0 {
		return strings.HasSuffix(s, lit)
	}
	for j := len(part) - 1; j >= 0; j-- {
		if s == "" {
			return false
		}
		r, size := utf8.DecodeLastRuneInString(s)
		if !part[j].any && r != part[j].r {
			return false
		}
		s = s[:len(s)-size]
	}
	return true
}

// byteaLikeEscape is likeEscape of bytes, each of which is a character.
func byteaLikeEscape(c *Ctx, p, esc string) (string, error) {
	wide := func(s string) string {
		r := make([]rune, len(s))
		for i := range len(s) {
			r[i] = rune(s[i])
		}
		return string(r)
	}
	out, err := likeEscape(c, wide(p), wide(esc))
	if err != nil {
		return "", err
	}
	b := make([]byte, 0, len(out))
	for _, r := range out {
		b = append(b, byte(r))
	}
	return string(b), nil
}

// likeEscape rewrites a pattern with another escape character to one with a
// backslash (like_match.c, do_like_escape).
func likeEscape(_ *Ctx, p, esc string) (string, error) {
	switch utf8.RuneCountInString(esc) {
	case 0:
		return strings.ReplaceAll(p, `\`, `\\`), nil
	case 1:
	default:
		return "", sqlerr.New(pgerrcode.InvalidEscapeSequence, "invalid escape string").WithHint("Escape string must be empty or one character.")
	}
	if esc == `\` {
		return p, nil
	}
	e, _ := utf8.DecodeRuneInString(esc)
	var b strings.Builder
	after := false
	for _, r := range p {
		switch {
		case r == e && !after:
			b.WriteByte('\\')
			after = true
		case r == '\\':
			b.WriteByte('\\')
			if !after {
				b.WriteByte('\\')
			}
			after = false
		default:
			b.WriteRune(r)
			after = false
		}
	}
	return b.String(), nil
}
