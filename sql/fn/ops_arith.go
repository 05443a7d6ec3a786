package fn

import (
	"math"
	"math/bits"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func errRange(name string) error {
	return sqlerr.New(pgerrcode.NumericValueOutOfRange, "%s out of range", name)
}

func errDivZero() error { return sqlerr.New(pgerrcode.DivisionByZero, "division by zero") }

// arith is an arithmetic operator on integers.
type arith uint8

const (
	ariAdd arith = iota
	ariSub
	ariMul
	ariDiv
	ariMod
)

var arithNames = [...]string{"+", "-", "*", "/", "%"}

func init() {
	ints := []types.Type{tI2, tI4, tI8}
	for k := ariAdd; k <= ariMod; k++ {
		for i, a := range ints {
			for j, b := range ints {
				if k == ariMod && i != j {
					continue // Postgres has % for equal types only
				}
				ret := ints[max(i, j)]
				op(arithNames[k], a, b, ret, intArith(k, ret))
			}
		}
		if k == ariMod {
			continue
		}
		for _, p := range [][2]types.Type{{tF4, tF4}, {tF4, tF8}, {tF8, tF4}, {tF8, tF8}} {
			ret := tF8
			if p[0] == tF4 && p[1] == tF4 {
				ret = tF4
			}
			op(arithNames[k], p[0], p[1], ret, floatArith(k, ret))
		}
	}
	for i, f := range []func(a, b types.Decimal) (types.Decimal, error){types.Decimal.Add, types.Decimal.Sub, types.Decimal.Mul, types.Decimal.Div, types.Decimal.Mod} {
		op(arithNames[i], tNum, tNum, tNum, f2(tNum, func(_ *Ctx, a, b types.Decimal) (types.Decimal, error) { return f(a, b) }))
	}
	for _, t := range ints {
		lim := intLimit(t)
		name := t.String()
		prefix("-", t, t, f1(t, func(_ *Ctx, a int64) (int64, error) {
			if a == -lim-1 {
				return 0, errRange(name)
			}
			return -a, nil
		}))
		abs := f1(t, func(_ *Ctx, a int64) (int64, error) {
			if a == -lim-1 {
				return 0, errRange(name)
			}
			if a < 0 {
				a = -a
			}
			return a, nil
		})
		prefix("@", t, t, abs)
		def("abs", ts{t}, t, abs)
		prefix("~", t, t, f1(t, ok1(func(a int64) int64 { return ^a })))
		op("&", t, t, t, f2(t, ok2(func(a, b int64) int64 { return a & b })))
		op("|", t, t, t, f2(t, ok2(func(a, b int64) int64 { return a | b })))
		op("#", t, t, t, f2(t, ok2(func(a, b int64) int64 { return a ^ b })))
		width := int64(64)
		if t != tI8 {
			width = 32
		}
		op("<<", t, tI4, t, f2(t, ok2(func(a, b int64) int64 { return wrapInt(a<<uint64(b&(width-1)), t) })))
		op(">>", t, tI4, t, f2(t, ok2(func(a, b int64) int64 { return a >> uint64(b&(width-1)) })))
		prefix("+", t, t, identity)
	}
	for _, t := range []types.Type{tF4, tF8} {
		prefix("-", t, t, f1(t, ok1(func(a float64) float64 { return -a })))
		prefix("@", t, t, f1(t, ok1(math.Abs)))
		prefix("+", t, t, identity)
		def("abs", ts{t}, t, f1(t, ok1(math.Abs)))
	}
	prefix("-", tNum, tNum, f1(tNum, ok1(types.Decimal.Neg)))
	prefix("@", tNum, tNum, f1(tNum, ok1(types.Decimal.Abs)))
	prefix("+", tNum, tNum, identity)
	def("abs", ts{tNum}, tNum, f1(tNum, ok1(types.Decimal.Abs)))
}

func identity(_ *Ctx, args []*vec.Vector, _ int) (*vec.Vector, error) { return args[0], nil }

// intLimit is the greatest value of an integer type.
func intLimit(t types.Type) int64 {
	switch t.Kind {
	case types.Int2:
		return math.MaxInt16
	case types.Int4:
		return math.MaxInt32
	}
	return math.MaxInt64
}

func wrapInt(a int64, t types.Type) int64 {
	switch t.Kind {
	case types.Int2:
		return int64(int16(a))
	case types.Int4:
		return int64(int32(a))
	}
	return a
}

// intArith loops over integers. Overflow is collected over the whole run and
// looked at once, so the loops for + and - stay free of branches.
func intArith(k arith, ret types.Type) impl {
	lim := intLimit(ret)
	name := ret.String()
	narrow := int64(-1) // 0 for 64 bits, where lim-s and s+lim+1 wrap
	if ret.Kind == types.Int8 {
		narrow = 0
	}
	return func(_ *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(ret, m)
		nulls := StrictNulls(args, m)
		out.Nulls = nulls
		a, b, o := args[0].I64, args[1].I64, out.I64
		ma, mb := mask(args[0]), mask(args[1])
		bad := int64(0)
		switch k {
		case ariAdd:
			for i := range o {
				x, y := a[i&ma], b[i&mb]
				s := x + y
				o[i] = s
				bad |= (x ^ s) & (y ^ s)
				bad |= ((lim - s) | (s + lim + 1)) & narrow
			}
		case ariSub:
			for i := range o {
				x, y := a[i&ma], b[i&mb]
				s := x - y
				o[i] = s
				bad |= (x ^ y) & (x ^ s)
				bad |= ((lim - s) | (s + lim + 1)) & narrow
			}
		default:
			return finish(out, m, n), slowArith(k, o, a, b, ma, mb, nulls, lim, name)
		}
		// A sum under a NULL may be the one that overflowed: look again exactly.
		if bad < 0 {
			if err := slowArith(k, o, a, b, ma, mb, nulls, lim, name); err != nil {
				return nil, err
			}
		}
		return finish(out, m, n), nil
	}
}

// slowArith computes with a check at each row; NULL rows are skipped.
func slowArith(k arith, o, a, b []int64, ma, mb int, nulls []uint64, lim int64, name string) error {
	for i := range o {
		if bit(nulls, i) {
			continue
		}
		x, y := a[i&ma], b[i&mb]
		var s int64
		bad := false
		switch k {
		case ariAdd:
			s = x + y
			bad = (x^s)&(y^s) < 0
		case ariSub:
			s = x - y
			bad = (x^y)&(x^s) < 0
		case ariMul:
			s, bad = mulInt(x, y)
		case ariDiv, ariMod:
			if y == 0 {
				return errDivZero()
			}
			switch {
			case k == ariMod && y == -1:
				s = 0
			case k == ariMod:
				s = x % y
			case y == -1:
				bad = x == math.MinInt64
				s = -x
			default:
				s = x / y
			}
		}
		if bad || s > lim || s < -lim-1 {
			return errRange(name)
		}
		o[i] = s
	}
	return nil
}

// mulInt multiplies with an overflow report.
func mulInt(x, y int64) (int64, bool) {
	if int64(int32(x)) == x && int64(int32(y)) == y {
		return x * y, false
	}
	neg := (x < 0) != (y < 0)
	hi, lo := bits.Mul64(absU(x), absU(y))
	if neg {
		return -int64(lo), hi != 0 || lo > 1<<63
	}
	return int64(lo), hi != 0 || lo >= 1<<63
}

func absU(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

func errOverflow() error {
	return sqlerr.New(pgerrcode.NumericValueOutOfRange, "value out of range: overflow")
}

func errUnderflow() error {
	return sqlerr.New(pgerrcode.NumericValueOutOfRange, "value out of range: underflow")
}

// floatArith follows float.h: overflow and underflow are errors.
func floatArith(k arith, ret types.Type) impl {
	return f2(ret, func(_ *Ctx, a, b float64) (float64, error) { return floatOp(k, ret.Kind == types.Float4, a, b) })
}

func floatOp(k arith, single bool, a, b float64) (float64, error) {
	var r float64
	switch k {
	case ariAdd:
		r = a + b
	case ariSub:
		r = a - b
	case ariMul:
		r = a * b
	case ariDiv:
		if b == 0 && a == a {
			return 0, errDivZero()
		}
		r = a / b
	}
	if single {
		r = float64(float32(r))
	}
	if math.IsInf(r, 0) && !math.IsInf(a, 0) && !(math.IsInf(b, 0)) {
		return 0, errOverflow()
	}
	if r == 0 && a != 0 && (k == ariMul && b != 0 || k == ariDiv && !math.IsInf(b, 0)) {
		return 0, errUnderflow()
	}
	return r, nil
}
