package fn

import (
	"cmp"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// rel is one of the six comparisons.
type rel uint8

const (
	relEQ rel = iota
	relNE
	relLT
	relLE
	relGT
	relGE
)

var (
	relNames = [...]string{"=", "<>", "<", "<=", ">", ">="}
	relVerbs = [...]string{"eq", "ne", "lt", "le", "gt", "ge"} // in the names of functions
)

// holds tells whether a three-way result satisfies the comparison.
func (r rel) holds(c int) bool {
	switch r {
	case relEQ:
		return c == 0
	case relNE:
		return c != 0
	case relLT:
		return c < 0
	case relLE:
		return c <= 0
	case relGT:
		return c > 0
	}
	return c >= 0
}

func init() {
	same := []types.Type{tBool, tI2, tI4, tI8, tNum, tF4, tF8, tText, tName, tChar, tBytea, tDate, tTS, tTZ, tIvl, tUUID, tOid}
	for r := relEQ; r <= relGE; r++ {
		for _, t := range same {
			op(relNames[r], t, t, tBool, compareImpl(r, t))
		}
		op(relNames[r], tArr, tArr, tBool, compareImpl(r, tArr))
		named(relNames[r], "oidvector"+relVerbs[r], ts{types.OidVector, types.OidVector}, tBool, compareAny(r))
		ints := []types.Type{tI2, tI4, tI8}
		for _, a := range ints {
			for _, b := range ints {
				if a != b {
					op(relNames[r], a, b, tBool, compareInts(r))
				}
			}
		}
		op(relNames[r], tF4, tF8, tBool, compareFloats(r))
		op(relNames[r], tF8, tF4, tBool, compareFloats(r))
		op(relNames[r], tName, tText, tBool, compareStrings(r))
		op(relNames[r], tText, tName, tBool, compareStrings(r))
		compareDates(r)
	}
	threeWay("btoidvectorcmp", types.OidVector)
}

// threeWay is the function of a type that btree asks: -1, 0 or 1.
func threeWay(name string, t types.Type) {
	def(name, ts{t, t}, tI4, rows(tI4, func(r row) (vec.Datum, error) { return dI(int64(vec.CompareAt(r.args[0], r.i, r.args[1], r.i))), nil }))
}

func compareImpl(r rel, t types.Type) impl {
	if t.Array || t.Kind == types.AnyArray {
		return compareAny(r)
	}
	switch t.Phys() {
	case types.PhysInt:
		return compareInts(r)
	case types.PhysFloat:
		return compareFloats(r)
	case types.PhysStr:
		return compareStrings(r)
	}
	return compareAny(r)
}

// compareAny compares through vec.CompareAt.
func compareAny(r rel) impl {
	return func(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(tBool, m)
		out.Nulls = StrictNulls(args, m)
		for i := range out.I64 {
			if !bit(out.Nulls, i) {
				out.I64[i] = b2i(r.holds(vec.CompareAt(args[0], i, args[1], i)))
			}
		}
		return finish(out, m, n), nil
	}
}

// compareInts compares I64 values; the loops have no calls and no branches.
func compareInts(r rel) impl {
	return func(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(tBool, m)
		out.Nulls = StrictNulls(args, m)
		a, b := args[0], args[1]
		rr := r
		if a.Const && !b.Const {
			a, b, rr = b, a, flip(r)
		}
		if b.Const {
			ordConst(out.I64, a.I64, b.I64[0], rr)
		} else {
			ordPairs(out.I64, a.I64, b.I64, rr)
		}
		return finish(out, m, n), nil
	}
}

// flip mirrors a comparison: a r b is b flip(r) a.
func flip(r rel) rel {
	switch r {
	case relLT:
		return relGT
	case relLE:
		return relGE
	case relGT:
		return relLT
	case relGE:
		return relLE
	}
	return r
}

func ordConst[T cmp.Ordered](o []int64, a []T, k T, r rel) {
	a = a[:len(o)]
	switch r {
	case relEQ:
		for i, x := range a {
			o[i] = b2i(x == k)
		}
	case relNE:
		for i, x := range a {
			o[i] = b2i(x != k)
		}
	case relLT:
		for i, x := range a {
			o[i] = b2i(x < k)
		}
	case relLE:
		for i, x := range a {
			o[i] = b2i(x <= k)
		}
	case relGT:
		for i, x := range a {
			o[i] = b2i(x > k)
		}
	default:
		for i, x := range a {
			o[i] = b2i(x >= k)
		}
	}
}

func ordPairs[T cmp.Ordered](o []int64, a, b []T, r rel) {
	a, b = a[:len(o)], b[:len(o)]
	switch r {
	case relEQ:
		for i, x := range a {
			o[i] = b2i(x == b[i])
		}
	case relNE:
		for i, x := range a {
			o[i] = b2i(x != b[i])
		}
	case relLT:
		for i, x := range a {
			o[i] = b2i(x < b[i])
		}
	case relLE:
		for i, x := range a {
			o[i] = b2i(x <= b[i])
		}
	case relGT:
		for i, x := range a {
			o[i] = b2i(x > b[i])
		}
	default:
		for i, x := range a {
			o[i] = b2i(x >= b[i])
		}
	}
}

func compareStrings(r rel) impl {
	return func(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(tBool, m)
		out.Nulls = StrictNulls(args, m)
		a, b := args[0], args[1]
		rr := r
		if a.Const && !b.Const {
			a, b, rr = b, a, flip(r)
		}
		if b.Const {
			ordConst(out.I64, a.Str, b.Str[0], rr)
		} else {
			ordPairs(out.I64, a.Str, b.Str, rr)
		}
		return finish(out, m, n), nil
	}
}

// compareFloats: NaN equals NaN and is greater than everything else.
func compareFloats(r rel) impl {
	return func(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(tBool, m)
		out.Nulls = StrictNulls(args, m)
		a, b := args[0], args[1]
		ma, mb := mask(a), mask(b)
		for i := range out.I64 {
			out.I64[i] = b2i(r.holds(cmpFloat(a.F64[i&ma], b.F64[i&mb])))
		}
		return finish(out, m, n), nil
	}
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	case a != a && b != b:
		return 0
	case a != a:
		return 1
	}
	return -1
}

// compareDates registers the comparisons between date, timestamp and
// timestamptz; with timestamptz they depend on TimeZone.
func compareDates(r rel) {
	name := relNames[r]
	op(name, tDate, tTS, tBool, f2(tBool, func(_ *Ctx, d, t int64) (int64, error) {
		return b2i(r.holds(cmpDateTS(d, t))), nil
	}))
	op(name, tTS, tDate, tBool, f2(tBool, func(_ *Ctx, t, d int64) (int64, error) {
		return b2i(r.holds(-cmpDateTS(d, t))), nil
	}))
	op(name, tDate, tTZ, tBool, f2(tBool, func(c *Ctx, d, t int64) (int64, error) {
		return b2i(r.holds(cmp.Compare(localToUTC(clampDate(d), c.zone()), t))), nil
	}), stable)
	op(name, tTZ, tDate, tBool, f2(tBool, func(c *Ctx, t, d int64) (int64, error) {
		return b2i(r.holds(cmp.Compare(t, localToUTC(clampDate(d), c.zone())))), nil
	}), stable)
	op(name, tTS, tTZ, tBool, f2(tBool, func(c *Ctx, a, b int64) (int64, error) {
		return b2i(r.holds(cmp.Compare(localToUTC(a, c.zone()), b))), nil
	}), stable)
	op(name, tTZ, tTS, tBool, f2(tBool, func(c *Ctx, a, b int64) (int64, error) {
		return b2i(r.holds(cmp.Compare(a, localToUTC(b, c.zone())))), nil
	}), stable)
}

// cmpDateTS compares a date with a timestamp; a date beyond the range of
// timestamps is greater than every finite one.
func cmpDateTS(d, t int64) int { return cmp.Compare(clampDate(d), t) }

func clampDate(d int64) int64 {
	switch {
	case d == types.DateInfinity:
		return types.TimestampInfinity
	case d == types.DateNegInfinity:
		return types.TimestampNegInf
	case d >= timestampEndDays:
		return types.TimestampInfinity - 1
	}
	return d * usPerDay
}
