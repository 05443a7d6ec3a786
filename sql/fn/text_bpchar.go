package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// char(n) has the matching operators of text on the whole value, its blanks
// included; everything else goes through the cast to text, which drops them.
func init() {
	for _, name := range []string{"~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*"} {
		for _, f := range ops[name] {
			if sameTypes(f.Args, ts{tText, tText}) {
				g := *f
				g.Args = ts{tBP, tText}
				ops[name] = append(ops[name], &g)
				break
			}
		}
	}
	def("octet_length", ts{tBP}, tI4, f1(tI4, ok1(func(s string) int64 { return int64(len(s)) })))
	cast(tI4, tChar, CastExplicit, f1(tChar, func(_ *Ctx, v int64) (string, error) {
		if v < -128 || v > 127 {
			return "", sqlerr.New(pgerrcode.NumericValueOutOfRange, "\"char\" out of range")
		}
		if v == 0 {
			return "", nil
		}
		return string([]byte{byte(v)}), nil
	}))
}
