package fn

import (
	"strings"

	"tagd/sql/vec"
)

func init() {
	op("@>", tArr, tArr, tBool, setOp(func(a, b span1) bool { return containsAll(a, b) }))
	op("<@", tArr, tArr, tBool, setOp(func(a, b span1) bool { return containsAll(b, a) }))
	op("&&", tArr, tArr, tBool, setOp(overlaps))
	def("array_to_string", ts{tArr, tText}, tText, rows(tText, arrayToString), stable)
	def("array_to_string", ts{tArr, tText, tText}, tText, rowsN(tText, arrayToString), stable, nullable)
	def("string_to_array", ts{tText, tText}, tTexts, rowsN(tTexts, stringToArray), nullable)
	def("string_to_array", ts{tText, tText, tText}, tTexts, rowsN(tTexts, stringToArray), nullable)
}

// span1 is one array: elements lo..hi of v.
type span1 struct {
	v      *vec.Vector
	lo, hi int
}

func (s span1) has(v *vec.Vector, i int) bool {
	if v.Str != nil && s.v.Str != nil && v.Dict == nil && s.v.Dict == nil {
		x := v.Str[i&mask(v)]
		for k := s.lo; k < s.hi; k++ {
			if s.v.Str[k] == x && !bit(s.v.Nulls, k) {
				return true
			}
		}
		return false
	}
	for k := s.lo; k < s.hi; k++ {
		if !s.v.IsNull(k) && vec.CompareAt(s.v, k, v, i) == 0 {
			return true
		}
	}
	return false
}

// containsAll: every element of b is in a; a NULL is in nothing.
func containsAll(a, b span1) bool {
	for i := b.lo; i < b.hi; i++ {
		if b.v.IsNull(i) || !a.has(b.v, i) {
			return false
		}
	}
	return true
}

func overlaps(a, b span1) bool {
	for i := b.lo; i < b.hi; i++ {
		if !b.v.IsNull(i) && a.has(b.v, i) {
			return true
		}
	}
	return false
}

func setOp(f func(a, b span1) bool) impl {
	return func(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(tBool, m)
		out.Nulls = StrictNulls(args, m)
		for i := range out.I64 {
			if bit(out.Nulls, i) {
				continue
			}
			a, b := row{args: args, i: i}, span1{}
			var x span1
			x.v, x.lo, x.hi = a.arr(0)
			b.v, b.lo, b.hi = a.arr(1)
			out.I64[i] = b2i(f(x, b))
		}
		return finish(out, m, n), nil
	}
}

func done(b *vec.Builder) (vec.Datum, error) { return dA(b.Finish()), nil }

func arrayToString(r row) (vec.Datum, error) {
	if r.null(0) || r.null(1) {
		return null, nil
	}
	v, lo, hi := r.arr(0)
	var b strings.Builder
	var buf []byte
	first := true
	for i := lo; i < hi; i++ {
		s := ""
		if v.IsNull(i) {
			if r.n() < 3 || r.null(2) {
				continue
			}
			s = r.s(2)
		} else {
			buf = v.AppendText(buf[:0], i, r.c.style())
			s = string(buf)
		}
		if !first {
			b.WriteString(r.s(1))
		}
		first = false
		b.WriteString(s)
	}
	return dS(b.String()), nil
}

func stringToArray(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	var parts []string
	switch s := r.s(0); {
	case s == "":
	case r.null(1):
		for _, c := range s {
			parts = append(parts, string(c))
		}
	case r.s(1) == "":
		parts = []string{s}
	default:
		parts = strings.Split(s, r.s(1))
	}
	b := vec.NewBuilder(tText, len(parts))
	for _, p := range parts {
		if r.n() > 2 && !r.null(2) && p == r.s(2) {
			b.AppendNull()
		} else {
			b.Append(dS(p))
		}
	}
	return done(b)
}
