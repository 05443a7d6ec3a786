package fn

import (
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/regex"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for _, t := range []types.Type{tText, tName} {
		for name, k := range map[string]struct {
			negate bool
			flags  regex.Flags
		}{"~": {false, 0}, "!~": {true, 0}, "~*": {false, regex.ICase}, "!~*": {true, regex.ICase}} {
			op(name, t, tText, tBool, regexImpl(k.negate, k.flags), inUnicode(regexImpl(k.negate, k.flags|regex.Unicode)))
		}
	}
}

func regexImpl(negate bool, flags regex.Flags) impl {
	neg := b2i(negate)
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(tBool, m)
		out.Nulls = StrictNulls(args, m)
		s, p := args[0].Str, args[1].Str
		ms, mp := mask(args[0]), mask(args[1])
		var re *regex.Regexp
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
			hit, err := re.Match(s[i&ms], c.canceled)
			if err != nil {
				return nil, regexError(err)
			}
			out.I64[i] = b2i(hit) ^ neg
		}
		return finish(out, m, n), nil
	}
}

type regexKey struct {
	pattern string
	flags   regex.Flags
}

// regexCache keeps compiled patterns; it is emptied when it is full.
var regexCache struct {
	sync.Mutex
	m map[regexKey]*regex.Regexp
}

const regexCacheSize = 256

func compileRegex(pattern string, flags regex.Flags) (*regex.Regexp, error) {
	key := regexKey{pattern, flags}
	regexCache.Lock()
	re := regexCache.m[key]
	regexCache.Unlock()
	if re != nil {
		return re, nil
	}
	re, err := regex.Compile(pattern, flags)
	if err != nil {
		return nil, regexError(err)
	}
	regexCache.Lock()
	if len(regexCache.m) >= regexCacheSize || regexCache.m == nil {
		regexCache.m = map[regexKey]*regex.Regexp{}
	}
	regexCache.m[key] = re
	regexCache.Unlock()
	return re, nil
}

// regexError is an error of an expression, or what interrupted its matching.
func regexError(err error) error {
	if e, ok := err.(regex.Error); ok {
		return sqlerr.New(pgerrcode.InvalidRegularExpression, "invalid regular expression: %s", string(e))
	}
	return err
}

// regexOptions reads the letters of a flags argument.
func regexOptions(letters string) (flags regex.Flags, global bool, err error) {
	for _, c := range letters {
		if c == 'g' {
			global = true
			continue
		}
		f, ok := flags.With(c)
		if !ok {
			return 0, false, sqlerr.New(pgerrcode.InvalidParameterValue, "invalid regular expression option: \"%c\"", c)
		}
		flags = f
	}
	return flags, global, nil
}
