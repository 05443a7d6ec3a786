package fn

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Bit strings are texts of 0 and 1.
func init() {
	op("||", tVBit, tVBit, tVBit, f2(tVBit, ok2(func(a, b string) string { return a + b })))
	for name, k := range map[string]struct {
		verb string
		f    func(a, b byte) byte
	}{
		"&": {"AND", func(a, b byte) byte { return a & b }},
		"|": {"OR", func(a, b byte) byte { return a | b }},
		"#": {"XOR", func(a, b byte) byte { return a ^ b }},
	} {
		both := func(a, b string) (string, error) {
			if len(a) != len(b) {
				return "", sqlerr.New(pgerrcode.StringDataLengthMismatch, "cannot %s bit strings of different sizes", k.verb)
			}
			out := make([]byte, len(a))
			for i := range out {
				out[i] = '0' + k.f(a[i]-'0', b[i]-'0')
			}
			return string(out), nil
		}
		op(name, tBit, tBit, tBit, f2(tBit, func(_ *Ctx, a, b string) (string, error) { return both(a, b) }))
		agg("bit_"+strings.ToLower(k.verb), ts{tBit}, tBit, func(_ *Ctx, _ []types.Type, ret types.Type) Acc {
			return &bitStringAcc{f: both, ret: ret}
		})
	}
	prefix("~", tBit, tBit, f1(tBit, ok1(func(a string) string {
		return strings.Map(func(r rune) rune { return '0' + '1' - r }, a)
	})))
	shift := func(s string, n int64) string { // to the right; to the left if negative
		size := int64(len(s))
		switch {
		case n >= size || -n >= size:
			return strings.Repeat("0", len(s))
		case n >= 0:
			return strings.Repeat("0", int(n)) + s[:size-n]
		}
		return s[-n:] + strings.Repeat("0", int(-n))
	}
	op(">>", tBit, tI4, tBit, f2(tBit, ok2(shift)))
	op("<<", tBit, tI4, tBit, f2(tBit, ok2(func(s string, n int64) string { return shift(s, -n) })))
	size := f1(tI4, ok1(func(s string) int64 { return int64(len(s)) }))
	def("length", ts{tBit}, tI4, size)
	def("bit_length", ts{tBit}, tI4, size)
	def("octet_length", ts{tBit}, tI4, f1(tI4, ok1(func(s string) int64 { return int64(len(s)+7) / 8 })))
	def("bit_count", ts{tBit}, tI8, f1(tI8, ok1(func(s string) int64 { return int64(strings.Count(s, "1")) })))
	def("get_bit", ts{tBit, tI4}, tI4, f2(tI4, func(_ *Ctx, s string, i int64) (int64, error) {
		if i < 0 || i >= int64(len(s)) {
			return 0, errBitIndex(i, len(s))
		}
		return int64(s[i] - '0'), nil
	}))
	def("set_bit", ts{tBit, tI4, tI4}, tBit, f3(tBit, func(_ *Ctx, s string, i, v int64) (string, error) {
		if i < 0 || i >= int64(len(s)) {
			return "", errBitIndex(i, len(s))
		}
		if v != 0 && v != 1 {
			return "", sqlerr.New(pgerrcode.InvalidParameterValue, "new bit must be 0 or 1")
		}
		return s[:i] + string(rune('0'+v)) + s[i+1:], nil
	}))
	def("position", ts{tBit, tBit}, tI4, f2(tI4, ok2(func(s, sub string) int64 {
		if s == "" {
			return 0
		}
		return int64(strings.Index(s, sub) + 1)
	})))
	def("substring", ts{tBit, tI4}, tBit, f2(tBit, func(_ *Ctx, s string, from int64) (string, error) { return cutBytes(s, from, 0, false) }))
	def("substring", ts{tBit, tI4, tI4}, tBit, f3(tBit, func(_ *Ctx, s string, from, n int64) (string, error) { return cutBytes(s, from, n, true) }))
	def("overlay", ts{tBit, tBit, tI4}, tBit, rows(tBit, overlayBytes))
	def("overlay", ts{tBit, tBit, tI4, tI4}, tBit, rows(tBit, overlayBytes))
}

func errBitIndex(i int64, n int) error {
	return sqlerr.New(pgerrcode.ArraySubscriptError, "bit index %d out of valid range (0..%d)", i, n-1)
}
