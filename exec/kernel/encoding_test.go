package kernel

import (
	"fmt"
	"math/rand"
	"testing"

	"tagd/exec/kernel/bindtest"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// The columns of the property test.
var propCols = []struct {
	name string
	t    types.Type
}{
	{"i", types.Of(types.Int4)}, {"j", types.Of(types.Int8)}, {"s", types.Of(types.Text)}, {"u", types.Of(types.Text)},
	{"n", types.Of(types.Numeric)}, {"f", types.Of(types.Float8)}, {"b", types.Of(types.Bool)}, {"d", types.Of(types.Date)},
	{"a", types.Of(types.Text).ArrayOf()},
}

var propExprs = []string{
	"i + 1", "i * j", "i / nullif(j, 0)", "s || u", "lower(s) = 'x'", "s like '%a%'", "s ilike u || '%'", "i = 3 or s = 'aa'",
	"i > 2 and j < 5 or b", "not (b and i > 1)", "i in (1,2,3,null)", "i not in (1,2,3)", "s in ('a','aa','男')", "s not in ('a', null)",
	"n + i", "n * 2 > f", "case when i > 3 then s when b then u else 'z' end", "case when j <> 0 then 10 / j end", "j <> 0 and 10 / j > 2",
	"coalesce(s, u, '-')", "coalesce(i, 7)", "i is null", "b is not true", "b is unknown", "s = any(a)", "s <> all(a)", "'a' = any(a)",
	"s = any('{a,aa,男}')", "i < all(ARRAY[3,4,null])", "i > any(ARRAY[j, 3])", "a @> ARRAY[s]", "a && '{a,b}'", "cardinality(a) > 1",
	"ARRAY[s,u] || a", "array_remove(a, s)", "d + i", "d > '2000-01-05'", "d is null or d < date '2000-01-03'", "concat(s, i, b)",
	"i between 1 and 3", "-i", "abs(i)", "length(s) + length(u)", "s < u", "f > 1.5", "n = 1.0", "greatest(i, j, 2)",
	"case when s = 'bad' then s::int else i end", "a = ARRAY[s]", "a is null", "nullif(s, 'a')", "upper(s) || lower(s)", "s = 'a' or s = 'aa' or s is null",
}

func propVector(r *rand.Rand, t types.Type, n int) *vec.Vector {
	b := vec.NewBuilder(t, n)
	for i := 0; i < n; i++ {
		b.Append(propDatum(r, t))
	}
	return b.Finish()
}

func propDatum(r *rand.Rand, t types.Type) vec.Datum {
	if r.Intn(6) == 0 {
		return vec.Datum{Null: true}
	}
	if t.Array {
		return vec.Datum{A: propVector(r, t.Elem(), r.Intn(4))}
	}
	switch t.Phys() {
	case types.PhysFloat:
		return vec.Datum{F: float64(r.Intn(5)) / 2}
	case types.PhysStr:
		return vec.Datum{S: []string{"", "a", "aa", "A", "男", "女", "x"}[r.Intn(7)]}
	case types.PhysDec:
		return vec.Datum{D: types.DecimalOf(int64(r.Intn(40)), int32(r.Intn(2)))}
	}
	if t.Kind == types.Bool {
		return vec.Datum{I: int64(r.Intn(2))}
	}
	return vec.Datum{I: int64(r.Intn(7))}
}

// encoded gives a column in a random encoding. Dictionaries hold an entry that
// no row uses and that fails to convert to a number.
func encoded(r *rand.Rand, t types.Type, n int) *vec.Vector {
	switch r.Intn(4) {
	case 0:
		return vec.NewConst(t, propDatum(r, t), n)
	case 1, 2:
		d := propVector(r, t, 5)
		if t.Kind == types.Text && !t.Array {
			d.Str[4] = "bad"
			d.Nulls = nil
			d.SetNull(0)
		}
		codes := make([]uint32, n)
		for i := range codes {
			codes[i] = uint32(r.Intn(4))
		}
		return vec.NewDict(d, codes)
	}
	return propVector(r, t, n)
}

func show(v *vec.Vector, i int) string {
	if v.IsNull(i) {
		return "NULL"
	}
	return string(v.AppendText(nil, i, types.ISO))
}

// TestEncodings compares evaluation over batches in every encoding, with and
// without an Evaluator's memory, with evaluation of one flat row at a time.
func TestEncodings(t *testing.T) {
	cols := map[string]plan.Col{}
	for i, c := range propCols {
		col := plan.Col{Idx: i, Name: c.name}
		col.T = c.t
		cols[c.name] = col
	}
	r := rand.New(rand.NewSource(1))
	for _, text := range propExprs {
		if text == "i between 1 and 3" {
			text = "i >= 1 and i <= 3"
		}
		e, err := bindtest.Expr(t, text, cols)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for round := 0; round < 40; round++ {
			n := 1 + r.Intn(70)
			b := &vec.Batch{N: n}
			for _, c := range propCols {
				b.Cols = append(b.Cols, encoded(r, c.t, n))
			}
			got, err := checkRows(e, b)
			if err != nil {
				t.Fatalf("%s: %v (value %v)", text, err, got)
			}
		}
	}
}

func checkRows(e plan.Expr, b *vec.Batch) (string, error) {
	c := testCtx()
	v, err := Eval(c, e, b)
	ev := NewEvaluator(c)
	w, err2 := ev.Eval(e, b)
	if _, err3 := ev.Eval(e, b); (err2 == nil) != (err3 == nil) {
		return "", fmt.Errorf("second evaluation: %v, first: %v", err3, err2)
	}
	if (err == nil) != (err2 == nil) {
		return "", fmt.Errorf("Eval: %v, Evaluator: %v", err, err2)
	}
	rowErr := false
	for i := 0; i < b.N; i++ {
		one := &vec.Batch{N: 1}
		for _, col := range b.Cols {
			one.Cols = append(one.Cols, col.Gather([]int32{int32(i)}).Flat())
		}
		x, rerr := Eval(c, e, one)
		if rerr != nil {
			rowErr = true
			if err == nil {
				return "", fmt.Errorf("row %d fails alone: %v", i, rerr)
			}
			continue
		}
		if err != nil {
			continue
		}
		if v.N != b.N {
			return "", fmt.Errorf("%d values for %d rows", v.N, b.N)
		}
		if g, want := show(v, i), show(x, 0); g != want || show(w, i) != want {
			return g, fmt.Errorf("row %d: batch %s, evaluator %s, alone %s", i, g, show(w, i), want)
		}
	}
	if err != nil && !rowErr {
		return "", fmt.Errorf("batch fails though no row does: %w", err)
	}
	return "", nil
}

func TestSelect(t *testing.T) {
	col := plan.Col{Idx: 0, Name: "i"}
	col.T = types.Of(types.Int4)
	e, err := bindtest.Expr(t, "i > 1 or i is null", map[string]plan.Col{"i": col})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewSource(2))
	for round := 0; round < 50; round++ {
		v := encoded(r, col.T, 20)
		rows, err := Select(testCtx(), e, &vec.Batch{N: 20, Cols: []*vec.Vector{v}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		k := 0
		for i := 0; i < 20; i++ {
			want := v.IsNull(i) || v.Get(i).I > 1
			has := k < len(rows) && rows[k] == int32(i)
			if has {
				k++
			}
			if has != want {
				t.Fatalf("row %d: selected %v", i, has)
			}
		}
	}
}
