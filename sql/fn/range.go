package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/ranges"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

var (
	tRange  = types.Of(types.AnyRange)
	tRanges = types.Of(types.AnyMultirange)
)

// Operators and functions of ranges and multiranges (rangetypes.c,
// multirangetypes.c). A range is taken as a list of one, an empty one of none.
func init() {
	for r := relEQ; r <= relGE; r++ {
		named(relNames[r], "range_"+relVerbs[r], ts{tRange, tRange}, tBool, compareAny(r))
		named(relNames[r], "multirange_"+relVerbs[r], ts{tRanges, tRanges}, tBool, compareAny(r))
	}
	rangeRelations()
	rangeElements()
	rangeMath()
	rangeParts()
	for k := types.Int4Range; k <= types.DateRange; k++ {
		rangeConstructors(types.Of(k))
	}
}

// named registers an operator and the function under it.
func named(operator, name string, args ts, ret types.Type, f impl) {
	op(operator, args[0], args[1], ret, f)
	def(name, args, ret, f)
}

// ranged is argument k as a list, which lives in buf.
func (r row) ranged(k int, buf []ranges.Range) []ranges.Range {
	return ranges.AppendTo(buf[:0], r.t(k), r.s(k))
}

// bound is argument k as a bound's value.
func (r row) bound(k int) ranges.Value {
	d := r.get(k)
	return ranges.Value{I: d.I, D: d.D}
}

// relation lifts a predicate over two lists.
func relation(f func(a, b []ranges.Range) bool) impl {
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		var a, b []ranges.Range
		return rows(tBool, func(r row) (vec.Datum, error) {
			a, b = r.ranged(0, a), r.ranged(1, b)
			return dB(f(a, b)), nil
		})(c, args, n)
	}
}

// rangeRelations registers the predicates over two ranges or multiranges.
func rangeRelations() {
	first := func(l []ranges.Range) ranges.Range { return l[0] }
	last := func(l []ranges.Range) ranges.Range { return l[len(l)-1] }
	some := func(f func(a, b []ranges.Range) bool) func(a, b []ranges.Range) bool {
		return func(a, b []ranges.Range) bool { return len(a) > 0 && len(b) > 0 && f(a, b) }
	}
	swap := func(f func(a, b []ranges.Range) bool) func(a, b []ranges.Range) bool {
		return func(a, b []ranges.Range) bool { return f(b, a) }
	}
	before := some(func(a, b []ranges.Range) bool { return last(a).Before(first(b)) })
	for _, x := range []struct {
		op, name string
		f        func(a, b []ranges.Range) bool
	}{
		{"&&", "overlaps", ranges.MultiOverlapsAny},
		{"@>", "contains", ranges.MultiContainsAll},
		{"<@", "contained_by", swap(ranges.MultiContainsAll)},
		{"<<", "before", before},
		{">>", "after", swap(before)},
		{"&<", "overleft", some(func(a, b []ranges.Range) bool { return last(a).OverLeft(last(b)) })},
		{"&>", "overright", some(func(a, b []ranges.Range) bool { return first(a).OverRight(first(b)) })},
		{"-|-", "adjacent", ranges.MultiAdjacent},
	} {
		f := relation(x.f)
		named(x.op, "range_"+x.name, ts{tRange, tRange}, tBool, f)
		named(x.op, "range_"+x.name+"_multirange", ts{tRange, tRanges}, tBool, f)
		named(x.op, "multirange_"+x.name+"_range", ts{tRanges, tRange}, tBool, f)
		named(x.op, "multirange_"+x.name+"_multirange", ts{tRanges, tRanges}, tBool, f)
	}
}

// rangeElements registers the predicates over a range or multirange and a value.
func rangeElements() {
	has := func(at, value int) impl {
		return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
			var list []ranges.Range
			return rows(tBool, func(r row) (vec.Datum, error) {
				list = r.ranged(at, list)
				return dB(ranges.MultiContainsValue(list, r.bound(value))), nil
			})(c, args, n)
		}
	}
	for _, x := range []struct {
		t    types.Type
		name string
	}{{tRange, "range"}, {tRanges, "multirange"}} {
		named("@>", x.name+"_contains_elem", ts{x.t, tElem}, tBool, has(0, 1))
		named("<@", "elem_contained_by_"+x.name, ts{tElem, x.t}, tBool, has(1, 0))
	}
}

// rangeMath registers + - * and their kin.
func rangeMath() {
	two := func(f func(t types.Type, a, b ranges.Range) (ranges.Range, error)) impl {
		return rowsOf(true, likeArg(0), func(r row) (vec.Datum, error) {
			t := r.t(0)
			out, err := f(t, ranges.Unpack(t, r.s(0)), ranges.Unpack(t, r.s(1)))
			return dS(ranges.Pack(t, out)), err
		})
	}
	sure := func(f func(a, b ranges.Range) ranges.Range) impl {
		return two(func(_ types.Type, a, b ranges.Range) (ranges.Range, error) { return f(a, b), nil })
	}
	pair := ts{tRange, tRange}
	named("+", "range_union", pair, tRange, two(func(_ types.Type, a, b ranges.Range) (ranges.Range, error) { return a.Union(b) }))
	named("-", "range_minus", pair, tRange, two(func(t types.Type, a, b ranges.Range) (ranges.Range, error) { return a.Minus(t, b) }))
	named("*", "range_intersect", pair, tRange, sure(ranges.Range.Intersect))
	def("range_merge", pair, tRange, sure(ranges.Range.Merge))

	lists := func(f func(t types.Type, a, b []ranges.Range) ([]ranges.Range, error)) impl {
		return rowsOf(true, likeArg(0), func(r row) (vec.Datum, error) {
			t := r.t(0)
			out, err := f(t, ranges.UnpackMulti(t, r.s(0)), ranges.UnpackMulti(t, r.s(1)))
			return dS(ranges.PackMulti(t, out)), err
		})
	}
	pair = ts{tRanges, tRanges}
	named("+", "multirange_union", pair, tRanges, lists(func(_ types.Type, a, b []ranges.Range) ([]ranges.Range, error) {
		return ranges.Normal(append(a, b...)), nil
	}))
	named("-", "multirange_minus", pair, tRanges, lists(ranges.MultiMinus))
	named("*", "multirange_intersect", pair, tRanges, lists(func(_ types.Type, a, b []ranges.Range) ([]ranges.Range, error) {
		return ranges.MultiIntersect(a, b), nil
	}))
}

// rangeParts registers the functions of one range or multirange.
func rangeParts() {
	for _, t := range []types.Type{tRange, tRanges} {
		bound := func(of func(ranges.Range) ranges.Bound) impl {
			return rowsOf(true, func(a []*vec.Vector) types.Type { return a[0].Type.Bound() }, func(r row) (vec.Datum, error) {
				b := of(ranges.Whole(r.ranged(0, nil)))
				return vec.Datum{Null: b.Inf, I: b.I, D: b.D}, nil
			})
		}
		test := func(name string, f func(ranges.Range) bool) {
			def(name, ts{t}, tBool, rows(tBool, func(r row) (vec.Datum, error) { return dB(f(ranges.Whole(r.ranged(0, nil)))), nil }))
		}
		def("lower", ts{t}, tElem, bound(func(r ranges.Range) ranges.Bound { r.Lower.Inf = r.Lower.Inf || r.Empty; return r.Lower }))
		def("upper", ts{t}, tElem, bound(func(r ranges.Range) ranges.Bound { r.Upper.Inf = r.Upper.Inf || r.Empty; return r.Upper }))
		test("isempty", func(r ranges.Range) bool { return r.Empty })
		test("lower_inc", func(r ranges.Range) bool { return r.Lower.Inc })
		test("upper_inc", func(r ranges.Range) bool { return r.Upper.Inc })
		test("lower_inf", func(r ranges.Range) bool { return r.Lower.Inf })
		test("upper_inf", func(r ranges.Range) bool { return r.Upper.Inf })
	}
	threeWay("range_cmp", tRange)
	threeWay("multirange_cmp", tRanges)
	def("range_merge", ts{tRanges}, tRange, rowsOf(true, func(a []*vec.Vector) types.Type { return types.RangeOver(a[0].Type.Bound()) },
		func(r row) (vec.Datum, error) { return dS(ranges.Pack(r.t(0), ranges.Whole(r.ranged(0, nil)))), nil }))
	def("multirange", ts{tRange}, tRanges, toMultirange)
	scalarSet("unnest", ts{tRanges}, tRange, func(_ *Ctx, args []vec.Datum, argTypes []types.Type, emit func(vec.Datum) error) error {
		for _, r := range ranges.UnpackMulti(argTypes[0], args[0].S) {
			if err := emit(dS(ranges.Pack(argTypes[0], r))); err != nil {
				return err
			}
		}
		return nil
	})
}

// toMultirange makes a multirange of one range.
func toMultirange(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
	return rowsOf(true, func(a []*vec.Vector) types.Type { return types.MultirangeOver(a[0].Type.Bound()) },
		func(r row) (vec.Datum, error) { return dS(ranges.PackMulti(r.t(0), r.ranged(0, nil))), nil })(c, args, n)
}

// rangeConstructors registers the functions that have the names of a range type and
// of its multirange type.
func rangeConstructors(t types.Type) {
	bound, multi := t.Bound(), types.MultirangeOver(t.Bound())
	def(t.PGName(), ts{bound, bound}, t, rowsN(t, func(r row) (vec.Datum, error) { return makeRange(r, "[)") }), nullable)
	def(t.PGName(), ts{bound, bound, tText}, t, rowsN(t, func(r row) (vec.Datum, error) {
		if r.null(2) {
			return null, sqlerr.New(pgerrcode.DataException, "range constructor flags argument must not be null")
		}
		return makeRange(r, r.s(2))
	}), nullable)
	if bound == tI4 || bound == tI8 || bound == tDate {
		def(t.PGName()+"_canonical", ts{t}, t, rows(t, func(r row) (vec.Datum, error) { return r.get(0), nil }))
	}
	def(multi.PGName(), ts{}, multi, rows(multi, func(row) (vec.Datum, error) { return dS(""), nil }))
	def(multi.PGName(), ts{t}, multi, toMultirange)
	def(multi.PGName(), ts{t}, multi, rowsN(multi, func(r row) (vec.Datum, error) { return multirangeOf(r, t) }), variadic, nullable)
	cast(t, multi, CastExplicit, toMultirange)
}

// makeRange makes a range of two values, NULL for an unbounded end.
func makeRange(r row, flags string) (vec.Datum, error) {
	switch flags {
	case "[]", "[)", "(]", "()":
	default:
		return null, sqlerr.New(pgerrcode.SyntaxError, "invalid range bound flags").
			WithHint("Valid values are \"[]\", \"[)\", \"(]\", and \"()\".")
	}
	lower := ranges.Bound{Inf: r.null(0), Inc: flags[0] == '['}
	upper := ranges.Bound{Inf: r.null(1), Inc: flags[1] == ']'}
	lower.Value, upper.Value = r.bound(0), r.bound(1)
	t := types.RangeOver(r.t(0))
	out, err := ranges.New(t, lower, upper)
	return dS(ranges.Pack(t, out)), err
}

// multirangeOf makes a multirange of the arguments, which are ranges of type t.
func multirangeOf(r row, t types.Type) (vec.Datum, error) {
	var list []ranges.Range
	for k := range r.n() {
		if r.null(k) {
			return null, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "multirange values cannot contain null members")
		}
		list = ranges.AppendTo(list, t, r.s(k))
	}
	return dS(ranges.PackMulti(t, ranges.Normal(list))), nil
}
