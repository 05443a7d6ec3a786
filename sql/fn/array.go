package fn

import (
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	op("@>", tArr, tArr, tBool, setOp(func(a, b span1) bool { return containsAll(a, b) }))
	op("<@", tArr, tArr, tBool, setOp(func(a, b span1) bool { return containsAll(b, a) }))
	op("&&", tArr, tArr, tBool, setOp(overlaps))
	op("||", tArr, tArr, tArr, rowsOf(false, likeArg(0), arrayCat), nullable, compatible)
	op("||", tArr, tElem, tArr, rowsOf(false, likeArg(0), func(r row) (vec.Datum, error) { return push(r, 0, 1, false) }), nullable, compatible)
	op("||", tElem, tArr, tArr, rowsOf(false, likeArg(1), func(r row) (vec.Datum, error) { return push(r, 1, 0, true) }), nullable, compatible)
	def("array_cat", ts{tArr, tArr}, tArr, rowsOf(false, likeArg(0), arrayCat), nullable, compatible)
	def("array_append", ts{tArr, tElem}, tArr, rowsOf(false, likeArg(0), func(r row) (vec.Datum, error) { return push(r, 0, 1, false) }), nullable, compatible)
	def("array_prepend", ts{tElem, tArr}, tArr, rowsOf(false, likeArg(1), func(r row) (vec.Datum, error) { return push(r, 1, 0, true) }), nullable, compatible)
	def("array_remove", ts{tArr, tElem}, tArr, rowsOf(false, likeArg(0), arrayRemove), nullable, compatible)
	def("array_replace", ts{tArr, tElem, tElem}, tArr, rowsOf(false, likeArg(0), arrayReplace), nullable, compatible)
	def("array_position", ts{tArr, tElem}, tI4, rowsN(tI4, arrayPosition), nullable, compatible)
	def("array_position", ts{tArr, tElem, tI4}, tI4, rowsN(tI4, arrayPosition), nullable, compatible)
	def("array_positions", ts{tArr, tElem}, tI4s, rowsN(tI4s, arrayPositions), nullable, compatible)
	def("cardinality", ts{tArr}, tI4, lengthImpl(false))
	def("array_length", ts{tArr, tI4}, tI4, dimImpl(func(n int64) int64 { return n }))
	def("array_upper", ts{tArr, tI4}, tI4, dimImpl(func(n int64) int64 { return n }))
	def("array_lower", ts{tArr, tI4}, tI4, dimImpl(func(int64) int64 { return 1 }))
	def("array_ndims", ts{tArr}, tI4, lengthImpl(true))
	def("array_dims", ts{tArr}, tText, rows(tText, func(r row) (vec.Datum, error) {
		_, lo, hi := r.arr(0)
		if lo == hi {
			return null, nil
		}
		return dS("[1:" + strconv.Itoa(hi-lo) + "]"), nil
	}))
	def("array_to_string", ts{tArr, tText}, tText, rows(tText, arrayToString), stable)
	def("array_to_string", ts{tArr, tText, tText}, tText, rowsN(tText, arrayToString), stable, nullable)
	def("string_to_array", ts{tText, tText}, tTexts, rowsN(tTexts, stringToArray), nullable)
	def("string_to_array", ts{tText, tText, tText}, tTexts, rowsN(tTexts, stringToArray), nullable)
	def("trim_array", ts{tArr, tI4}, tArr, rowsOf(true, likeArg(0), trimArray))
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

// elems copies array k of a row into a builder.
func (r row) elems(k, extra int) *vec.Builder {
	v, lo, hi := r.arr(k)
	b := vec.NewBuilder(r.t(k).Elem(), hi-lo+extra)
	for i := lo; i < hi; i++ {
		b.AppendFrom(v, i)
	}
	return b
}

func done(b *vec.Builder) (vec.Datum, error) { return dA(b.Finish()), nil }

func appendArg(b *vec.Builder, r row, k int) {
	if r.null(k) {
		b.AppendNull()
		return
	}
	b.Append(r.get(k))
}

func arrayCat(r row) (vec.Datum, error) {
	switch {
	case r.null(0) && r.null(1):
		return null, nil
	case r.null(0):
		return r.get(1), nil
	case r.null(1):
		return r.get(0), nil
	}
	v, lo, hi := r.arr(1)
	b := r.elems(0, hi-lo)
	for i := lo; i < hi; i++ {
		b.AppendFrom(v, i)
	}
	return done(b)
}

// push appends or prepends argument el to array arr; a NULL array is empty.
func push(r row, arr, el int, front bool) (vec.Datum, error) {
	var b *vec.Builder
	switch {
	case front:
		b = vec.NewBuilder(r.t(arr).Elem(), 4)
		appendArg(b, r, el)
		if !r.null(arr) {
			v, lo, hi := r.arr(arr)
			for i := lo; i < hi; i++ {
				b.AppendFrom(v, i)
			}
		}
		return done(b)
	case r.null(arr):
		b = vec.NewBuilder(r.t(arr).Elem(), 1)
	default:
		b = r.elems(arr, 1)
	}
	appendArg(b, r, el)
	return done(b)
}

// same reports whether element i of v is not distinct from argument k.
func (r row) same(v *vec.Vector, i, k int) bool {
	if v.IsNull(i) || r.null(k) {
		return v.IsNull(i) == r.null(k)
	}
	return vec.CompareAt(v, i, r.args[k], r.i) == 0
}

func arrayRemove(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	v, lo, hi := r.arr(0)
	b := vec.NewBuilder(r.t(0).Elem(), hi-lo)
	for i := lo; i < hi; i++ {
		if !r.same(v, i, 1) {
			b.AppendFrom(v, i)
		}
	}
	return done(b)
}

func arrayReplace(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	v, lo, hi := r.arr(0)
	b := vec.NewBuilder(r.t(0).Elem(), hi-lo)
	for i := lo; i < hi; i++ {
		if r.same(v, i, 1) {
			appendArg(b, r, 2)
		} else {
			b.AppendFrom(v, i)
		}
	}
	return done(b)
}

func arrayPosition(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	v, lo, hi := r.arr(0)
	start := lo
	if r.n() > 2 {
		if r.null(2) {
			return null, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "initial position must not be null")
		}
		start = lo + int(max(r.int(2), 1)) - 1
	}
	for i := start; i < hi; i++ {
		if r.same(v, i, 1) {
			return dI(int64(i - lo + 1)), nil
		}
	}
	return null, nil
}

func arrayPositions(r row) (vec.Datum, error) {
	if r.null(0) {
		return null, nil
	}
	v, lo, hi := r.arr(0)
	b := vec.NewBuilder(tI4, 0)
	for i := lo; i < hi; i++ {
		if r.same(v, i, 1) {
			b.Append(dI(int64(i - lo + 1)))
		}
	}
	return done(b)
}

// lengthImpl is cardinality and, with dims, array_ndims (NULL when empty).
func lengthImpl(dims bool) impl {
	return func(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(tI4, m)
		off := args[0].Off
		for i := range out.I64 {
			out.I64[i] = int64(off[i+1] - off[i])
			if dims {
				if out.I64[i] == 0 {
					out.SetNull(i)
				}
				out.I64[i] = 1
			}
		}
		return finish(out, m, n), nil
	}
}

func dimImpl(f func(n int64) int64) impl {
	return rows(tI4, func(r row) (vec.Datum, error) {
		_, lo, hi := r.arr(0)
		if r.int(1) != 1 || lo == hi {
			return null, nil
		}
		return dI(f(int64(hi - lo))), nil
	})
}

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

func trimArray(r row) (vec.Datum, error) {
	v, lo, hi := r.arr(0)
	n := r.int(1)
	if n < 0 || n > int64(hi-lo) {
		return null, sqlerr.New(pgerrcode.ArraySubscriptError, "number of elements to trim must be between 0 and %d", hi-lo)
	}
	b := vec.NewBuilder(r.t(0).Elem(), hi-lo)
	for i := lo; i < hi-int(n); i++ {
		b.AppendFrom(v, i)
	}
	return done(b)
}

// Subscript is array[index]: the element, or NULL when there is none. The binder
// calls it for subscripts.
var Subscript = &Func{Name: "[]", Args: []types.Type{tArr, tI4}, Ret: tElem, Strict: true,
	Impl: rowsOf(true, func(a []*vec.Vector) types.Type { return a[0].Type.Elem() }, func(r row) (vec.Datum, error) {
		v, lo, hi := r.arr(0)
		i := r.int(1)
		if i < 1 || i > int64(hi-lo) || v.IsNull(lo+int(i)-1) {
			return null, nil
		}
		return v.Get(lo + int(i) - 1), nil
	})}

// Slice is array[lo:hi]; the binder gives the bounds that are left out as NULL.
var Slice = &Func{Name: "[:]", Args: []types.Type{tArr, tI4, tI4}, Ret: tArr, Strict: false,
	Impl: rowsOf(false, likeArg(0), func(r row) (vec.Datum, error) {
		if r.null(0) {
			return null, nil
		}
		v, lo, hi := r.arr(0)
		from, to := int64(1), int64(hi-lo)
		if !r.null(1) {
			from = max(from, r.int(1))
		}
		if !r.null(2) {
			to = min(to, r.int(2))
		}
		b := vec.NewBuilder(r.t(0).Elem(), 0)
		for i := from; i <= to; i++ {
			b.AppendFrom(v, lo+int(i)-1)
		}
		return done(b)
	})}
