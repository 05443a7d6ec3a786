package fn

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for _, t := range []types.Type{tText, tName} {
		op("~", t, tText, tBool, regexImpl(false, false))
		op("!~", t, tText, tBool, regexImpl(true, false))
		op("~*", t, tText, tBool, regexImpl(false, true))
		op("!~*", t, tText, tBool, regexImpl(true, true))
	}
}

func regexImpl(negate, fold bool) impl {
	neg := b2i(negate)
	flags := ""
	if fold {
		flags = "i"
	}
	return func(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(tBool, m)
		out.Nulls = StrictNulls(args, m)
		s, p := args[0].Str, args[1].Str
		ms, mp := mask(args[0]), mask(args[1])
		var re *regexp.Regexp
		last := ""
		for i := range out.I64 {
			if bit(out.Nulls, i) {
				continue
			}
			if q := p[i&mp]; re == nil || q != last {
				var err error
				if re, err = compileRegex(q, flags); err != nil {
					return nil, err
				}
				last = q
			}
			out.I64[i] = b2i(re.MatchString(s[i&ms])) ^ neg
		}
		return finish(out, m, n), nil
	}
}

type regexKey struct{ pattern, flags string }

// regexCache keeps compiled patterns; it is emptied when it is full.
var regexCache struct {
	sync.Mutex
	m map[regexKey]*regexp.Regexp
}

const regexCacheSize = 256

// compileRegex translates a Postgres advanced regular expression. flags are
// Postgres's letters (g is the caller's business).
func compileRegex(pattern, flags string) (*regexp.Regexp, error) {
	key := regexKey{pattern, flags}
	regexCache.Lock()
	re := regexCache.m[key]
	regexCache.Unlock()
	if re != nil {
		return re, nil
	}
	goPat, err := translateRegex(pattern, flags)
	if err != nil {
		return nil, err
	}
	re, cerr := regexp.Compile(goPat)
	if cerr != nil {
		return nil, regexError(cerr)
	}
	// Postgres prefers the longest match overall unless the first quantifier is
	// a lazy one (9.7.3.5); Go's leftmost-longest is the same for greedy patterns.
	if !strings.Contains(goPat, "*?") && !strings.Contains(goPat, "+?") && !strings.Contains(goPat, "??") && !strings.Contains(goPat, "}?") {
		re.Longest()
	}
	regexCache.Lock()
	if len(regexCache.m) >= regexCacheSize || regexCache.m == nil {
		regexCache.m = map[regexKey]*regexp.Regexp{}
	}
	regexCache.m[key] = re
	regexCache.Unlock()
	return re, nil
}

func regexError(err error) error {
	msg := err.Error()
	if se, ok := err.(*syntax.Error); ok {
		switch se.Code {
		case syntax.ErrMissingBracket:
			msg = "brackets [] not balanced"
		case syntax.ErrMissingParen, syntax.ErrUnexpectedParen:
			msg = "parentheses () not balanced"
		case syntax.ErrMissingRepeatArgument, syntax.ErrInvalidRepeatOp:
			msg = "quantifier operand invalid"
		case syntax.ErrInvalidRepeatSize:
			msg = "invalid repetition count(s)"
		case syntax.ErrInvalidCharRange:
			msg = "invalid character range"
		case syntax.ErrTrailingBackslash, syntax.ErrInvalidEscape:
			msg = "invalid escape \\ sequence"
		}
	}
	return sqlerr.New(pgerrcode.InvalidRegularExpression, "invalid regular expression: %s", msg)
}

func regexUnsupported(what string) error {
	return sqlerr.New(pgerrcode.FeatureNotSupported, "regular expression %s is not supported", what)
}

// translateRegex rewrites the parts of Postgres's syntax that Go spells
// differently and refuses what Go cannot do (back references, lookaround).
func translateRegex(p, flags string) (string, error) {
	fold, dotNL, multi, expanded := false, true, false, false
	apply := func(flags string) error {
		for _, f := range flags {
			switch f {
			case 'i':
				fold = true
			case 'c':
				fold = false
			case 's':
				dotNL, multi = true, false
			case 'n', 'm':
				dotNL, multi = false, true
			case 'p':
				dotNL, multi = false, false
			case 'w':
				dotNL, multi = true, true
			case 't':
				expanded = false
			case 'x':
				expanded = true
			case 'q':
				p = regexp.QuoteMeta(p)
			case 'e':
			case 'b':
				return regexUnsupported("flag \"b\"")
			default:
				return sqlerr.New(pgerrcode.InvalidParameterValue, "invalid regular expression option: %q", string(f))
			}
		}
		return nil
	}
	if err := apply(flags); err != nil {
		return "", err
	}
	if strings.HasPrefix(p, "***=") {
		p = regexp.QuoteMeta(p[4:])
	} else if strings.HasPrefix(p, "***:") {
		p = p[4:]
	} else if strings.HasPrefix(p, "***") {
		return "", sqlerr.New(pgerrcode.InvalidRegularExpression, "invalid regular expression: invalid embedded option")
	}
	if strings.HasPrefix(p, "(?") && len(p) > 2 && p[2] >= 'a' && p[2] <= 'z' {
		if end := strings.IndexByte(p, ')'); end > 0 {
			letters := p[2:end]
			p = p[end+1:]
			if err := apply(letters); err != nil {
				return "", err
			}
		}
	}
	body, err := regexBody(p, expanded, dotNL)
	if err != nil {
		return "", err
	}
	goFlags := ""
	if fold {
		goFlags += "i"
	}
	if dotNL {
		goFlags += "s"
	}
	if multi {
		goFlags += "m"
	}
	if goFlags != "" {
		return "(?" + goFlags + ")" + body, nil
	}
	return body, nil
}

func regexBody(p string, expanded, dotNL bool) (string, error) {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == '\\':
			if i+1 == len(p) {
				return "", sqlerr.New(pgerrcode.InvalidRegularExpression, "invalid regular expression: invalid escape \\ sequence")
			}
			i++
			if err := regexEscape(&b, p, &i); err != nil {
				return "", err
			}
		case c == '[':
			if strings.HasPrefix(p[i:], "[[:<:]]") || strings.HasPrefix(p[i:], "[[:>:]]") {
				return "", regexUnsupported("constraint [[:<:]] or [[:>:]]")
			}
			end, err := regexBracket(&b, p, i, dotNL)
			if err != nil {
				return "", err
			}
			i = end
		case c == '(' && strings.HasPrefix(p[i:], "(?"):
			if strings.HasPrefix(p[i:], "(?:") {
				b.WriteString("(?:")
				i += 2
				continue
			}
			if i+2 < len(p) && strings.IndexByte("=!<", p[i+2]) >= 0 {
				return "", regexUnsupported("lookaround")
			}
			if i+2 < len(p) && p[i+2] == '#' {
				for i < len(p) && p[i] != ')' {
					i++
				}
				continue
			}
			return "", sqlerr.New(pgerrcode.InvalidRegularExpression, "invalid regular expression: quantifier operand invalid")
		case expanded && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
		case expanded && c == '#':
			for i < len(p) && p[i] != '\n' {
				i++
			}
		case c == '{' && (i+1 == len(p) || p[i+1] < '0' || p[i+1] > '9'):
			b.WriteString(`\{`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

// regexEscape writes the escape whose letter stands at p[*i].
func regexEscape(b *strings.Builder, p string, i *int) error {
	switch c := p[*i]; c {
	case 'd', 'D', 's', 'S':
		b.WriteString(map[byte]string{'d': `\p{Nd}`, 'D': `\P{Nd}`, 's': `[\s\v\x{85}\x{2000}-\x{2006}\x{2008}-\x{200a}\x{2028}\x{2029}\x{205f}\x{3000}\x{1680}]`, 'S': `[^\s\v\x{85}\x{2000}-\x{2006}\x{2008}-\x{200a}\x{2028}\x{2029}\x{205f}\x{3000}\x{1680}]`}[c])
	case 'w':
		b.WriteString(`[\p{L}\p{Nd}_\p{Mn}\p{Mc}]`)
	case 'W':
		b.WriteString(`[^\p{L}\p{Nd}_\p{Mn}\p{Mc}]`)
	case 'A':
		b.WriteString(`\A`)
	case 'Z':
		b.WriteString(`\z`)
	case 'a', 'f', 'n', 'r', 't', 'v':
		b.WriteByte('\\')
		b.WriteByte(c)
	case 'e':
		b.WriteString(`\x{1b}`)
	case 'b':
		b.WriteString(`\x{08}`)
	case 'B':
		b.WriteString(`\\`)
	case 'm', 'M', 'y', 'Y':
		return regexUnsupported("constraint \\" + string(c))
	case 'u', 'U':
		n := 4
		if c == 'U' {
			n = 8
		}
		if *i+n >= len(p) {
			return sqlerr.New(pgerrcode.InvalidRegularExpression, "invalid regular expression: invalid escape \\ sequence")
		}
		b.WriteString(`\x{` + p[*i+1:*i+1+n] + `}`)
		*i += n
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return regexUnsupported("back reference")
	default:
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return sqlerr.New(pgerrcode.InvalidRegularExpression, "invalid regular expression: invalid escape \\ sequence")
		}
		if c < 0x80 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return nil
}

// regexBracket copies a bracket expression and returns the place of its ].
func regexBracket(b *strings.Builder, p string, i int, dotNL bool) (int, error) {
	b.WriteByte('[')
	i++
	if i < len(p) && p[i] == '^' {
		b.WriteByte('^')
		i++
		if !dotNL {
			b.WriteString(`\n`)
		}
	}
	first := true
	for ; i < len(p); i++ {
		c := p[i]
		switch {
		case c == ']' && !first:
			b.WriteByte(']')
			return i, nil
		case c == '[' && i+1 < len(p) && p[i+1] == ':':
			end := strings.Index(p[i:], ":]")
			if end < 0 {
				return i, sqlerr.New(pgerrcode.InvalidRegularExpression, "invalid regular expression: brackets [] not balanced")
			}
			class, ok := regexClasses[p[i+2:i+end]]
			if !ok {
				return i, sqlerr.New(pgerrcode.InvalidRegularExpression, "invalid regular expression: invalid character class")
			}
			b.WriteString(class)
			i += end + 1
		case c == '[' && i+1 < len(p) && (p[i+1] == '.' || p[i+1] == '='):
			return i, regexUnsupported("collating element")
		case c == '\\' && i+1 < len(p):
			i++
			if p[i] == 's' {
				b.WriteString(`\s\v\x{3000}`)
			} else if p[i] == 'w' {
				b.WriteString(`\p{L}\p{Nd}_\p{Mn}\p{Mc}`)
			} else if err := regexEscape(b, p, &i); err != nil {
				return i, err
			}
		case c == ']' || c == '[' || c == '&' || c == '~' || c == '^':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
		first = false
	}
	return i, sqlerr.New(pgerrcode.InvalidRegularExpression, "invalid regular expression: brackets [] not balanced")
}

var regexClasses = map[string]string{
	"alnum": `\p{L}\p{Nd}`, "alpha": `\p{L}`, "blank": ` \t`, "cntrl": `[:cntrl:]`, "digit": `\p{Nd}`, "graph": `[:graph:]\x{a1}-\x{10ffff}`,
	"lower": `\p{Ll}`, "print": `[:print:]\x{a1}-\x{10ffff}`, "punct": `\p{P}$+<=>^|~\x60`, "space": `\s\v\x{3000}`, "upper": `\p{Lu}`,
	"xdigit": `[:xdigit:]`, "word": `\p{L}\p{Nd}_`, "ascii": `[:ascii:]`,
}
