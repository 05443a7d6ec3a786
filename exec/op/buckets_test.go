package op

import (
	"math"
	"math/rand"
	"testing"
	"time"

	"tagd/exec/kernel"
	"tagd/exec/kernel/bindtest"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// micros is an instant as a timestamp's number.
func micros(text string) int64 {
	t, err := time.Parse(time.DateTime, text)
	if err != nil {
		panic(err)
	}
	return t.UnixMicro() - microsEpoch
}

// bucketCases are expressions over x of a type and range; many says that they
// have no buckets: too many, or nothing that guides to them.
var bucketCases = []struct {
	typ    types.Type
	lo, hi int64
	text   string
	many   bool
}{
	{types.Of(types.Int8), -5000, 1 << 40, "x / 1000000000", false},
	{types.Of(types.Int8), -5000, 1 << 40, "(x - 7) / -1000000000 + 3", false},
	{types.Of(types.Int8), -5000, 1 << 40, "x > 100 and not x <= 5000", false},
	{types.Of(types.Int8), -5000, 1 << 40, "case when x < 0 then 'a' when x / 100 < 40 then 'b' else 'c' end", false},
	{types.Of(types.Int8), -5000, 1 << 40, "x % 10", true},
	{types.Of(types.Int8), -5000, 1 << 40, "x", true},
	{types.Of(types.Int8), -5000, 1 << 40, "x * 2", true},
	{types.Of(types.Int8), -5000, 1 << 40, "sign(x::float8)", false},
	{types.Of(types.Int4), math.MinInt32, math.MaxInt32, "x / 100000000", false},
	{types.Of(types.Int4), math.MinInt32, math.MaxInt32, "x + 1 > 5", true}, // overflows
	{types.Of(types.Int8), math.MinInt64, math.MaxInt64, "x > 0", true},     // a span beyond what is searched
	{types.Type{Kind: types.Numeric, Mod: types.NumericMod(12, 2)}, -100000, 358164679, "floor(x / 1000)", false},
	{types.Type{Kind: types.Numeric, Mod: types.NumericMod(12, 2)}, -100000, 358164679, "round(x, -4)", false},
	{types.Type{Kind: types.Numeric, Mod: types.NumericMod(12, 2)}, -100000, 358164679, "x::int4 / 5000", false},
	{types.Type{Kind: types.Numeric, Mod: types.NumericMod(12, 2)}, -100000, 358164679, "trunc(x / 3) < 100000 or x >= 2000000", false},
	{types.Of(types.Timestamp), micros("2015-03-01 12:00:00"), micros("2026-01-01 00:00:00"), "date_trunc('month', x)", false},
	{types.Of(types.Timestamp), micros("2015-03-01 12:00:00"), micros("2026-01-01 00:00:00"), "x::date", false},
	{types.Of(types.Timestamp), micros("2015-03-01 12:00:00"), micros("2026-01-01 00:00:00"), "extract(month from x)", false},
	{types.Of(types.Timestamp), micros("2015-03-01 12:00:00"), micros("2026-01-01 00:00:00"), "extract(isodow from x) > 5", false},
	{types.Of(types.Timestamp), micros("2015-03-01 12:00:00"), micros("2026-01-01 00:00:00"), "to_char(x, 'YYYY-MM')", false},
	{types.Of(types.Timestamp), micros("2015-03-01 12:00:00"), micros("2026-01-01 00:00:00"), "to_char(x, 'YYYY-MM HH')", true},
	{types.Of(types.Timestamp), micros("2025-12-01 12:00:00"), micros("2026-01-01 00:00:00"), "extract(hour from x)", false},
	{types.Of(types.Timestamp), math.MinInt64, math.MaxInt64, "date_trunc('month', x)", true},
	{types.Of(types.TimestampTZ), micros("2015-03-01 12:00:00"), micros("2026-01-01 00:00:00"), "date_trunc('month', x)", false},
	{types.Of(types.TimestampTZ), micros("2015-03-01 12:00:00"), micros("2026-01-01 00:00:00"), "date_trunc('day', x)", false},
	{types.Of(types.TimestampTZ), micros("2015-03-01 12:00:00"), micros("2016-01-01 00:00:00"), "date_trunc('hour', x)", false},
	{types.Of(types.TimestampTZ), micros("2015-03-01 12:00:00"), micros("2016-01-01 00:00:00"), "extract(hour from x)", false},
	{types.Of(types.TimestampTZ), micros("2015-03-01 12:00:00"), micros("2026-01-01 00:00:00"), "x::date", false},
	{types.Of(types.TimestampTZ), micros("2015-03-01 12:00:00"), micros("2026-01-01 00:00:00"), "extract(dow from x)", false},
	{types.Of(types.Date), -3000, 90000, "extract(year from x)", false},
	{types.Of(types.Date), -3000, 90000, "x > '2010-01-01'", false},
}

// TestBuckets: an expression is the same for any value of a bucket as for its
// first, in zones whose clocks fall back, some of them at midnight.
func TestBuckets(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, name := range []string{"UTC", "Asia/Shanghai", "America/New_York", "America/Havana", "Australia/Lord_Howe", "America/Sao_Paulo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err) // Go brings its own zones
		}
		q := testQuery(newFakeTable(1, 1))
		style := *types.ISO
		style.Zone = zone
		q.Fn.Style = &style
		for _, c := range bucketCases {
			x, err := bindtest.Expr(t, c.text, map[string]plan.Col{"x": *plan.NewCol(0, "x", c.typ)})
			if err != nil {
				t.Fatal(err)
			}
			b := q.buckets([]plan.Expr{x}, c.typ, c.lo, c.hi)
			if (b == nil) != c.many {
				t.Errorf("%s in %s: buckets found: %v", c.text, name, b != nil)
			}
			if b != nil {
				checkBuckets(t, r, q, b, x, c.typ, c.text+" in "+name)
			}
		}
	}
}

func checkBuckets(t *testing.T, r *rand.Rand, q *Query, b *buckets, x plan.Expr, typ types.Type, what string) {
	d := codeDim{size: len(b.starts) + 1, mult: 1, cuts: b}
	vals := []int64{b.lo, b.lo + int64(b.span), d.null(), b.lo + int64(b.span) + 1}
	for range 1000 {
		vals = append(vals, b.lo+r.Int63n(int64(b.span)))
		s := b.starts[r.Intn(len(b.starts))]
		vals = append(vals, s, s-1)
	}
	cells := make([]uint32, len(vals))
	placeInts(&d, vals, cells)
	first := make([]int64, len(vals))
	for i, v := range vals {
		in := v >= b.lo && uint64(v)-uint64(b.lo) <= b.span
		if in != (cells[i] > 0) {
			t.Fatalf("%s: value %d has code %d", what, v, cells[i])
		}
		if first[i] = v; in {
			k := int(cells[i]) - 1
			first[i] = b.starts[k]
			if v < first[i] || k+1 < len(b.starts) && v >= b.starts[k+1] {
				t.Fatalf("%s: value %d is not in bucket %d", what, v, k)
			}
		}
	}
	eval := func(vals []int64) *vec.Vector {
		v := intVector(typ, vals).Slice(1, len(vals)+1)
		out, err := kernel.Eval(q.Fn, x, &vec.Batch{N: len(vals), Cols: []*vec.Vector{v}})
		if err != nil {
			t.Fatal(err)
		}
		return out.Flat()
	}
	one, two := eval(vals), eval(first)
	for i := range vals {
		if one.IsNull(i) != two.IsNull(i) || !one.IsNull(i) && vec.CompareAt(one, i, two, i) != 0 {
			t.Fatalf("%s: of %d and of the first of its bucket, %d, differ", what, vals[i], first[i])
		}
	}
}
