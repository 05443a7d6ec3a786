package op

import (
	"math"
	"math/big"
	"slices"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// span is an inclusive range of stored integers.
type span struct{ lo, hi int64 }

// spans are ascending, disjoint and not adjacent.
type spans []span

var everything = spans{{math.MinInt64, math.MaxInt64}}

func (s spans) invert() spans {
	var out spans
	lo, open := int64(math.MinInt64), true
	for _, r := range s {
		if r.lo > lo {
			out = append(out, span{lo, r.lo - 1})
		}
		if r.hi == math.MaxInt64 {
			open = false
			break
		}
		lo = r.hi + 1
	}
	if open {
		out = append(out, span{lo, math.MaxInt64})
	}
	return out
}

func (s spans) union(o spans) spans {
	all := append(slices.Clone(s), o...)
	return normal(all)
}

func (s spans) intersect(o spans) spans {
	return s.invert().union(o.invert()).invert()
}

// normal sorts and joins spans.
func normal(all spans) spans {
	slices.SortFunc(all, func(a, b span) int {
		switch {
		case a.lo < b.lo:
			return -1
		case a.lo > b.lo:
			return 1
		}
		return 0
	})
	var out spans
	for _, r := range all {
		if n := len(out); n > 0 && (out[n-1].hi == math.MaxInt64 || r.lo <= out[n-1].hi+1) {
			out[n-1].hi = max(out[n-1].hi, r.hi)
			continue
		}
		out = append(out, r)
	}
	return out
}

// truth is a condition over one integer: for which values it is true and false
// (NULL for the others), and what it is where the integer is NULL.
type truth struct {
	yes, no spans
	null    int // 1 true, 0 false, -1 NULL
}

// ints answers conditions on a FormInt column: comparisons by ranges, others by
// trying every value of a narrow column.
func (a *atoms) ints(x plan.Expr) (yes, no *table.Rows, ok bool) {
	typ := a.t.Def().Columns[a.col].Type
	tr, ok := intTruth(x, func(e plan.Expr) (int32, bool) { return intOperand(e, a.col, typ) })
	if !ok {
		tr, ok = a.tryAll(x, typ)
	}
	if !ok || len(tr.yes) > maxSpans || len(tr.no) > maxSpans {
		return nil, nil, false
	}
	return a.ranges(tr.yes, tr.null == 1), a.ranges(tr.no, tr.null == 0), true
}

// maxSpans is how many ranges are still cheaper than looking at each row.
const maxSpans = 64

// ranges is the rows with a value in s, and those with NULL if asked.
func (a *atoms) ranges(s spans, null bool) *table.Rows {
	if len(s) == 1 && s[0] == everything[0] {
		if null {
			return allRows
		}
		return not(isNull(a.col))
	}
	if n := len(s); n > 1 && s[0].lo == math.MinInt64 && s[n-1].hi == math.MaxInt64 {
		out := not(a.ranges(s.invert(), false))
		if !null {
			out = and(not(isNull(a.col)), out)
		}
		return out
	}
	var out []*table.Rows
	for _, r := range s {
		out = append(out, &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafRange, Col: a.col, Lo: r.lo, Hi: r.hi}})
	}
	if null {
		out = append(out, isNull(a.col))
	}
	return or(out...)
}

// intOperand recognises the column, also under a cast that keeps its value, and
// returns the scale of its stored integers.
func intOperand(e plan.Expr, col int, typ types.Type) (int32, bool) {
	switch e := e.(type) {
	case *plan.Col:
		if e.Idx != col {
			return 0, false
		}
		if _, s, ok := typ.Precision(); ok {
			return int32(s), true
		}
		return 0, true
	case *plan.Call:
		if !e.F.Cast || len(e.Args) != 1 {
			return 0, false
		}
		s, ok := intOperand(e.Args[0], col, typ)
		return s, ok && widens(e.Args[0].Type(), e.T)
	}
	return 0, false
}

// widens reports casts under which numbers keep their value.
func widens(from, to types.Type) bool {
	rank := func(t types.Type) int {
		switch {
		case t.Array:
			return 0
		case t.Kind == types.Int2:
			return 1
		case t.Kind == types.Int4:
			return 2
		case t.Kind == types.Int8:
			return 3
		case t.Kind == types.Numeric && t.Mod == 0:
			return 4
		}
		return 0
	}
	return rank(from) > 0 && rank(to) >= rank(from) || from.Kind == types.Numeric && rank(to) == 4
}

// intTruth analyses x by three-valued logic over comparisons of the subject with
// constants.
func intTruth(x plan.Expr, is func(plan.Expr) (int32, bool)) (truth, bool) {
	switch e := x.(type) {
	case *plan.Not:
		t, ok := intTruth(e.X, is)
		t.yes, t.no = t.no, t.yes
		if t.null >= 0 {
			t.null = 1 - t.null
		}
		return t, ok
	case *plan.And:
		return intFold(e.Args, is, true)
	case *plan.Or:
		return intFold(e.Args, is, false)
	case *plan.IsTest:
		if _, ok := is(e.X); ok && e.What == plan.IsNull {
			if e.Negate {
				return truth{yes: everything, null: 0}, true
			}
			return truth{no: everything, null: 1}, true
		}
	case *plan.Call:
		if len(e.Args) != 2 {
			return truth{}, false
		}
		l, r, op := e.Args[0], e.Args[1], e.F.Name
		if _, ok := is(l); !ok {
			l, r, op = r, l, commute(op)
		}
		return intCompare(l, r, op, is)
	case *plan.In:
		return intIn(e, is)
	}
	return truth{}, false
}

func intFold(args []plan.Expr, is func(plan.Expr) (int32, bool), conj bool) (truth, bool) {
	// OR is AND of the opposites: both run on (yes, no) swapped for OR.
	acc := truth{yes: everything, null: 1}
	for _, e := range args {
		t, ok := intTruth(e, is)
		if !ok {
			return truth{}, false
		}
		if !conj {
			t.yes, t.no = t.no, t.yes
			if t.null >= 0 {
				t.null = 1 - t.null
			}
		}
		acc.yes, acc.no = acc.yes.intersect(t.yes), acc.no.union(t.no)
		switch {
		case acc.null == 0 || t.null == 0:
			acc.null = 0
		case acc.null == -1 || t.null == -1:
			acc.null = -1
		}
	}
	if !conj {
		acc.yes, acc.no = acc.no, acc.yes
		if acc.null >= 0 {
			acc.null = 1 - acc.null
		}
	}
	return acc, true
}

func commute(op string) string {
	switch op {
	case "<":
		return ">"
	case "<=":
		return ">="
	case ">":
		return "<"
	case ">=":
		return "<="
	}
	return op
}

// intCompare is subject op constant.
func intCompare(l, r plan.Expr, op string, is func(plan.Expr) (int32, bool)) (truth, bool) {
	scale, ok := is(l)
	c, isConst := r.(*plan.Const)
	if !ok || !isConst {
		return truth{}, false
	}
	switch op {
	case "=", "<>", "<", "<=", ">", ">=":
	default:
		return truth{}, false
	}
	if c.V.Null {
		return truth{null: -1}, true
	}
	below, exact, ok := place(l.Type(), c, scale)
	if !ok {
		return truth{}, false
	}
	return truth{yes: cutAt(op, below, exact), no: cutAt(opposite(op), below, exact), null: -1}, true
}

func opposite(op string) string {
	switch op {
	case "=":
		return "<>"
	case "<>":
		return "="
	case "<":
		return ">="
	case "<=":
		return ">"
	case ">":
		return "<="
	}
	return "<"
}

// place finds where a constant stands among the stored integers: floor is the
// largest one not above it (nil: all are above) and exact says it is equal.
func place(t types.Type, c *plan.Const, scale int32) (floor *big.Int, exact, ok bool) {
	if c.T.Array {
		return nil, false, false
	}
	if c.T.Phys() == types.PhysInt {
		same := t.Same(c.T) || class(t) == 1 && class(c.T) == 1
		if scale != 0 || !same {
			return nil, false, false
		}
		return big.NewInt(c.V.I), true, true
	}
	if c.T.Kind != types.Numeric || t.Kind != types.Numeric {
		return nil, false, false
	}
	switch c.V.D.Form {
	case types.NaN, types.Infinity:
		return new(big.Int).Lsh(big.NewInt(1), 200), false, true
	case types.NegInfinity:
		return new(big.Int).Neg(new(big.Int).Lsh(big.NewInt(1), 200)), false, true
	}
	n := c.V.D.Big
	if n == nil {
		n = big.NewInt(c.V.D.Coef)
	}
	ten := big.NewInt(10)
	if d := scale - c.V.D.Scale; d >= 0 {
		return new(big.Int).Mul(n, new(big.Int).Exp(ten, big.NewInt(int64(d)), nil)), true, true
	}
	div := new(big.Int).Exp(ten, big.NewInt(int64(c.V.D.Scale-scale)), nil)
	quo, rem := new(big.Int).DivMod(n, div, new(big.Int)) // Euclidean: rounds down
	return quo, rem.Sign() == 0, true
}

// cutAt is the integers x with x op c, where c lies at floor or (not exact)
// between floor and floor+1.
func cutAt(op string, floor *big.Int, exact bool) spans {
	upTo := func(v *big.Int) spans { // x <= v
		if v.IsInt64() {
			return spans{{math.MinInt64, v.Int64()}}
		}
		if v.Sign() > 0 {
			return everything
		}
		return nil
	}
	one := big.NewInt(1)
	switch op {
	case "<=":
		return upTo(floor)
	case ">":
		return upTo(floor).invert()
	case "<":
		if exact {
			floor = new(big.Int).Sub(floor, one)
		}
		return upTo(floor)
	case ">=":
		return cutAt("<", floor, exact).invert()
	case "=":
		if exact && floor.IsInt64() {
			return spans{{floor.Int64(), floor.Int64()}}
		}
		return nil
	}
	return cutAt("=", floor, exact).invert()
}

// intIn is subject [NOT] IN (constants).
func intIn(e *plan.In, is func(plan.Expr) (int32, bool)) (truth, bool) {
	if e.Eq == nil || e.Eq.Name != "=" {
		return truth{}, false
	}
	var hit spans
	null := false
	for _, x := range e.List {
		c, ok := x.(*plan.Const)
		if !ok {
			return truth{}, false
		}
		if c.V.Null {
			null = true
			continue
		}
		t, ok := intCompare(e.X, x, "=", is)
		if !ok {
			return truth{}, false
		}
		hit = append(hit, t.yes...)
	}
	if _, ok := is(e.X); !ok {
		return truth{}, false
	}
	t := truth{yes: normal(hit), null: -1}
	if !null {
		t.no = t.yes.invert()
	}
	if e.Negate {
		t.yes, t.no = t.no, t.yes
	}
	return t, true
}

// maxTry is the widest column for which a condition is tried on every value.
const maxTry = 1 << 16

// tryAll evaluates x on every value that a narrow column can have.
func (a *atoms) tryAll(x plan.Expr, typ types.Type) (truth, bool) {
	lo, hi, ok := a.t.Range(a.col)
	if !ok {
		lo, hi = 0, 0
	}
	if uint64(hi)-uint64(lo) >= maxTry {
		return truth{}, false
	}
	b := &vec.Batch{N: int(hi-lo) + 2, Cols: make([]*vec.Vector, a.col+1)}
	b.Cols[a.col] = intValues(typ, lo, hi)
	v, err := kernel.Eval(a.q.Fn, x, b)
	if err != nil {
		return truth{}, false
	}
	v = v.Flat()
	t := truth{null: -1}
	if !v.IsNull(0) {
		t.null = int(v.I64[0])
	}
	for i := 1; i < v.N; i++ {
		if v.IsNull(i) {
			continue
		}
		val := lo + int64(i-1)
		to := &t.no
		if v.I64[i] != 0 {
			to = &t.yes
		}
		if n := len(*to); n > 0 && (*to)[n-1].hi == val-1 {
			(*to)[n-1].hi = val
		} else {
			*to = append(*to, span{val, val})
		}
	}
	return t, true
}

// intValues is NULL and then the values lo to hi of a FormInt column's type.
func intValues(typ types.Type, lo, hi int64) *vec.Vector {
	n := int(hi-lo) + 2
	v := vec.New(typ, n)
	v.SetNull(0)
	_, s, isDec := typ.Precision()
	for i := 1; i < n; i++ {
		x := lo + int64(i-1)
		if isDec {
			v.Dec[i] = types.DecimalOf(x, int32(s))
		} else {
			v.I64[i] = x
		}
	}
	return v
}
