package fn

import "tagd/sql/types"

// Operators and functions of hardware addresses (mac.c, mac8.c), which are held as
// their bytes.
func init() {
	mac, mac8 := types.Of(types.MacAddr), types.Of(types.MacAddr8)
	for _, t := range []types.Type{mac, mac8} {
		for r := relEQ; r <= relGE; r++ {
			op(relNames[r], t, t, tBool, compareStrings(r))
		}
		prefix("~", t, t, f1(t, ok1(func(s string) string { return string(notBytes([]byte(s))) })))
		op("&", t, t, t, f2(t, ok2(func(a, b string) string { return string(zipBytes([]byte(a), []byte(b), andByte)) })))
		op("|", t, t, t, f2(t, ok2(func(a, b string) string { return string(zipBytes([]byte(a), []byte(b), orByte)) })))
		// The first three bytes name the maker.
		def("trunc", ts{t}, t, f1(t, ok1(func(s string) string {
			out := make([]byte, len(s))
			copy(out, s[:min(3, len(s))])
			return string(out)
		})))
	}
	widen := f1(mac8, ok1(types.MacToEUI64))
	narrow := f1(mac, func(_ *Ctx, s string) (string, error) { return types.MacFromEUI64(s) })
	cast(mac, mac8, CastImplicit, widen)
	cast(mac8, mac, CastImplicit, narrow)
	def("macaddr8", ts{mac}, mac8, widen)
	def("macaddr", ts{mac8}, mac, narrow)
	def("macaddr8_set7bit", ts{mac8}, mac8, f1(mac8, ok1(func(s string) string {
		b := []byte(s)
		if len(b) > 0 {
			b[0] |= 2
		}
		return string(b)
	})))
}
