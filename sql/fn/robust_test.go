package fn

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand"
	"slices"
	"testing"
	"time"

	"tagd/sql/ranges"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func anyValue(r *rand.Rand, t types.Type) vec.Datum {
	if r.Intn(8) == 0 {
		return null
	}
	if t.Array {
		b := vec.NewBuilder(t.Elem(), 3)
		for i := r.Intn(4); i > 0; i-- {
			b.Append(anyValue(r, t.Elem()))
		}
		return dA(b.Finish())
	}
	ints := []int64{0, 1, -1, 2, 7, 100, 2147483647, -2147483648, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1}
	switch t.Kind {
	case types.Bool:
		return dI(int64(r.Intn(2)))
	case types.Int2:
		return dI(int64(int16(ints[r.Intn(len(ints))])))
	case types.Int4, types.Date:
		return dI(int64(int32(ints[r.Intn(len(ints))])))
	case types.Oid:
		return dI(int64(uint32(ints[r.Intn(len(ints))])))
	case types.Int8, types.Timestamp, types.TimestampTZ:
		return dI(ints[r.Intn(len(ints))])
	case types.Float4, types.Float8:
		return dF([]float64{0, 1, -1.5, 0.25, 1e30, -1e30, math.NaN(), math.Inf(1), math.Inf(-1), 100}[r.Intn(10)])
	case types.Numeric:
		return dD([]types.Decimal{types.DecimalOf(0, 0), types.DecimalOf(15, 1), types.DecimalOf(-25, 1), types.DecimalOf(1, 20), {Form: types.NaN},
			{Form: types.Infinity}, {Form: types.NegInfinity}, types.BigDecimal(new(big.Int).Lsh(big.NewInt(1), 200), 3), types.DecimalOf(2, 0)}[r.Intn(9)])
	case types.Interval:
		return dV([]types.IntervalValue{{}, {Months: 1}, {Days: -3, Micros: 5}, {Months: math.MaxInt32, Days: math.MaxInt32, Micros: math.MaxInt64},
			{Months: math.MinInt32, Days: math.MinInt32, Micros: math.MinInt64}}[r.Intn(5)])
	case types.UUID:
		return dS("0123456789abcdef")
	case types.Time:
		return dI([]int64{0, 1, 86400000000, 43200000000}[r.Intn(4)])
	case types.TimeTZ:
		return dI(types.PackTimeTZ([]int64{0, 1, 86400000000}[r.Intn(3)], []int{0, 57599, -57599}[r.Intn(3)]))
	case types.Bit, types.VarBit:
		return dS([]string{"", "0", "1101", "11111111111111111111111111111111111"}[r.Intn(4)])
	case types.JSON, types.JSONB:
		return dS([]string{"{}", "[]", "1", `{"a": [1, null, "x"]}`, `[[1.50], {"a": {"b": true}}]`, "null", `"a"`, "1e300"}[r.Intn(8)])
	case types.Record:
		d := &vec.RecordDesc{Types: []types.Type{tI4, tText}}
		if r.Intn(4) == 0 {
			d.Types = d.Types[:1]
		}
		rec := &vec.Record{RecordDesc: d}
		for _, t := range d.Types {
			rec.Fields = append(rec.Fields, anyValue(r, t))
		}
		return vec.Datum{R: rec}
	}
	if t.IsRange() || t.IsMultirange() {
		return anyRangeValue(r, t)
	}
	return dS([]string{"", "a", "你好, 世界", "%a_", `a\`, "[", "((", "1", "-5.5", "day", "month", "YYYY-MM-DD HH24:MI", "FM999,990.00PR", "i", "Asia/Shanghai",
		"2024-05-07", "\xff\xfe", "%s %I %1$s", "S9.9MI", "a{1,2}"}[r.Intn(20)])
}

func anyRangeValue(r *rand.Rand, t types.Type) vec.Datum {
	bound := func() ranges.Bound {
		d := anyValue(r, t.Bound())
		return ranges.Bound{Value: ranges.Value{I: d.I, D: d.D}, Inc: r.Intn(2) == 0, Inf: r.Intn(4) == 0}
	}
	var list []ranges.Range
	for range r.Intn(4) {
		if x, err := ranges.New(t, bound(), bound()); err == nil && !x.Empty {
			list = append(list, x)
		}
	}
	switch {
	case r.Intn(50) == 0:
		return dS("not a range")
	case t.IsMultirange():
		return dS(ranges.PackMulti(t, ranges.Normal(list)))
	}
	return dS(ranges.Pack(t, ranges.Whole(list)))
}

func concreteArgs(f *Func, r *rand.Rand) []types.Type {
	el := []types.Type{tI4, tText, tNum, tF8}[r.Intn(4)]
	if slices.ContainsFunc(f.Args, anyRange) {
		el = []types.Type{tI4, tI8, tNum, tTS, tDate}[r.Intn(5)]
	}
	args := append(ts(nil), f.Args...)
	if f.Variadic {
		for k := r.Intn(3); k > 0; k-- {
			args = append(args, f.Args[len(f.Args)-1])
		}
	}
	for i, a := range args {
		switch a.Kind {
		case types.Any, types.AnyElem:
			args[i] = el
		case types.AnyArray:
			args[i] = el.ArrayOf()
		case types.AnyRange:
			args[i] = types.RangeOver(el)
		case types.AnyMultirange:
			args[i] = types.MultirangeOver(el)
		}
	}
	return args
}

// TestNoPanics calls every function and operator with extreme values: it may
// fail with an error but not panic, and constant arguments give the same
// results as flat ones.
func TestNoPanics(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := &Ctx{Context: ctx, Style: types.ISO, TxStart: time.Unix(1.7e9, 0)}
	r := rand.New(rand.NewSource(3))
	for _, reg := range []map[string][]*Func{funcs, ops} {
		for name, list := range reg {
			if name == "repeat" || name == "factorial" || name == "lpad" || name == "rpad" {
				continue // sizes are arguments: these only take time
			}
			for _, f := range list {
				for k := 0; k < 60; k++ {
					tryFunc(t, c, f, concreteArgs(f, r), r)
				}
			}
		}
	}
}

func tryFunc(t *testing.T, c *Ctx, f *Func, in []types.Type, r *rand.Rand) {
	t.Helper()
	vals := make([]vec.Datum, len(in))
	flat, consts := make([]*vec.Vector, len(in)), make([]*vec.Vector, len(in))
	for i, a := range in {
		vals[i] = anyValue(r, a)
		if vals[i].Null && f.Strict {
			return
		}
		b := vec.NewBuilder(a, 2)
		b.Append(vals[i])
		b.Append(vals[i])
		flat[i] = b.Finish()
		consts[i] = vec.NewConst(a, vals[i], 2)
	}
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s%v of %+v: panic: %v", f.Name, in, vals, p)
		}
	}()
	v, err := f.Impl(c, flat, 2)
	w, err2 := f.Impl(c, consts, 2)
	if (err == nil) != (err2 == nil) {
		t.Errorf("%s%v of %+v: flat %v, constant %v", f.Name, in, vals, err, err2)
		return
	}
	if err != nil || f.Volatility == Volatile {
		return
	}
	if v.N != 2 || w.N != 2 {
		t.Errorf("%s: %d and %d values", f.Name, v.N, w.N)
		return
	}
	if a, b := shown(v), shown(w); a != b {
		t.Errorf("%s%v of %+v: flat %s, constant %s", f.Name, in, vals, a, b)
	}
}

func shown(v *vec.Vector) string {
	if v.IsNull(1) {
		return "NULL"
	}
	return fmt.Sprint(string(v.AppendText(nil, 1, types.ISO)))
}

func BenchmarkCompareConst(b *testing.B) {
	v, k := vec.New(tI4, 8192), vec.NewConst(tI4, dI(3), 8192)
	f, _, _, _ := ResolveOp("<", tI4, tI4, -1)
	for b.Loop() {
		_, _ = f.Impl(nil, []*vec.Vector{v, k}, 8192)
	}
}

func BenchmarkAdd(b *testing.B) {
	v, k := vec.New(tI8, 8192), vec.New(tI8, 8192)
	f, _, _, _ := ResolveOp("+", tI8, tI8, -1)
	for b.Loop() {
		_, _ = f.Impl(nil, []*vec.Vector{v, k}, 8192)
	}
}

func BenchmarkSumGroups(b *testing.B) {
	v, g := vec.New(tI4, 8192), make([]uint32, 8192)
	for i := range g {
		g[i] = uint32(i % 31)
	}
	a := &intSumAcc{ret: tI8}
	for b.Loop() {
		_ = a.Add(g, 31, []*vec.Vector{v}, 8192)
	}
}
