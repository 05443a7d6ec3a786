package op

import (
	"context"
	"fmt"
	"math"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"tagd/exec/kernel/bindtest"
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// fakeCols are the columns of the property tests, one or two of each form.
var fakeCols = []struct {
	name string
	t    types.Type
	form table.Form
}{
	{"id", types.Of(types.Int8), table.FormInt},
	{"s", types.Of(types.Text), table.FormDict},
	{"u", types.Of(types.Text), table.FormDict},
	{"i", types.Of(types.Int4), table.FormInt},
	{"big", types.Of(types.Int8), table.FormInt},
	{"n", types.Type{Kind: types.Numeric, Mod: types.NumericMod(6, 2)}, table.FormInt},
	{"f", types.Of(types.Float8), table.FormFloat},
	{"a", types.Of(types.Text).ArrayOf(), table.FormSet},
	{"p", types.Of(types.Text), table.FormPlain},
	{"b", types.Of(types.Bool), table.FormInt},
	{"d", types.Of(types.Date), table.FormInt},
	{"w", types.Of(types.Int8), table.FormInt},
	{"ts", types.Of(types.TimestampTZ), table.FormInt},
}

var conditions = []string{
	"id = 5", "id in (3, 7, 900)", "not (id = 5)", "s = '男'", "s <> '男'", "not (s = '男')", "s in ('a', '女')", "s not in ('a', '女')",
	"s in ('a', null)", "s not in ('a', null)", "s is null", "s is not null", "s like '%a%'", "not (s like 'a%')", "lower(s) = 'a'",
	"s = 'nobody'", "s is null or s = 'a'", "s::int4 = 1", "s = u", "not (s = u)", "s = 'a' and u = 'a'", "s = 'a' or i > 3", "not (s = 'a' or i > 3)",
	"i = 3", "i <> 3", "i > 2 and i <= 5", "not (i > 2 and i <= 5)", "i in (1, 4, null)", "i not in (1, 4)", "i not in (1, null)", "i is null or i = 2",
	"i + 1 > 4", "not (i + 1 > 4)", "i % 2 = 0", "i > 2.5", "i = 2.5", "i < 100000000000", "coalesce(i, 3) = 3", "i > null", "10 / (i - 3) > 2 and i <> 3",
	"big > 9007199254740993", "big = 9007199254740993", "big <> 9007199254740993", "not (big < 9007199254740993)", "big % 2 = 1",
	"n = 1.50", "n > 1.505", "n <= 1.5", "n < 1.505 and n > 0.1", "n <> 1.5", "n in (1.5, 2.25, 1.005)", "n > 2", "n = 'NaN'::numeric", "n < 'NaN'::numeric",
	"f > 1.5", "f >= 1.5", "f = 1.5", "f <> 1.5", "f < 0", "f <= 0", "f = 'NaN'::float8", "f > 'Infinity'::float8", "not (f > 1.5)", "f = -0.0", "f is null",
	"'a' = any(a)", "not ('a' = any(a))", "'nobody' = any(a)", "not ('nobody' = any(a))", "a @> '{a,女}'", "not (a @> '{a}')", "a @> '{}'", "a @> '{a,NULL}'",
	"a && '{a,女}'", "not (a && '{a,女}')", "a && '{}'", "a <@ '{a,女}'", "not (a <@ '{a,女}')", "a <@ '{}'", "'{a}' <@ a", "'{a,女,x}' @> a",
	"cardinality(a) >= 2", "not (cardinality(a) >= 2)", "cardinality(a) = 0", "cardinality(a) <> 1", "array_length(a, 1) < 2", "not (array_length(a, 1) < 2)",
	"array_length(a, 1) is null", "a is null", "a = '{a}'", "s = any(a)", "'a' <> all(a)", "'a' = any(a) or cardinality(a) = 0",
	"p = 'a'", "p > 'a'", "p is null", "not (p = 'a')", "b", "not b", "b is not true", "b and i > 2", "b or s = 'a'", "d = '2000-01-04'", "d > '2000-01-03'", "d - date '2000-01-01' > 3",
	"1 = 1", "1 = 2", "null::bool", "s = 'a' and 1 = 1",
}

func randDatum(r *rand.Rand, name string, t types.Type) vec.Datum {
	if r.Intn(6) == 0 {
		return vec.Datum{Null: true}
	}
	if t.Array {
		b := vec.NewBuilder(t.Elem(), 4)
		for range r.Intn(4) {
			b.Append(randDatum(r, "s", t.Elem()))
		}
		return vec.Datum{A: b.Finish()}
	}
	switch {
	case name == "w":
		return vec.Datum{I: r.Int63n(4000)*r.Int63n(4000) - 5000000}
	case name == "ts":
		return vec.Datum{I: r.Int63n(3*365*86400)*1000000 - 86400*400*1000000}
	case name == "big":
		return vec.Datum{I: 9007199254740990 + int64(r.Intn(7))}
	case t.Kind == types.Numeric:
		return vec.Datum{D: types.DecimalOf(int64(r.Intn(12))*25-50, 2)}
	case t.Kind == types.Float8:
		return vec.Datum{F: []float64{0, math.Copysign(0, -1), 1.5, 2, -3, math.NaN(), math.Inf(1), math.Inf(-1)}[r.Intn(8)]}
	case t.Phys() == types.PhysStr:
		return vec.Datum{S: []string{"", "a", "aa", "A", "男", "女", "1"}[r.Intn(7)]}
	case t.Kind == types.Bool:
		return vec.Datum{I: int64(r.Intn(2))}
	}
	return vec.Datum{I: int64(r.Intn(8)) - 1}
}

func newFakeTable(seed int64, sizes ...int) *fakeTable {
	r := rand.New(rand.NewSource(seed))
	t := &fakeTable{def: &types.Table{Name: "t", Key: 0}, sizes: sizes, dead: map[int]bool{}}
	n := 0
	for _, s := range sizes {
		n += s
	}
	for i := range n {
		if r.Intn(9) == 0 {
			t.dead[i] = true
		}
	}
	for _, c := range fakeCols {
		t.def.Columns = append(t.def.Columns, types.Column{Name: c.name, Type: c.t})
		b := vec.NewBuilder(c.t, n)
		for i := range n {
			d := randDatum(r, c.name, c.t)
			if c.name == "id" {
				d = vec.Datum{I: int64(i)}
			}
			b.Append(d)
		}
		v := b.Finish()
		var dict *fakeDict
		var codes []uint16
		switch c.form {
		case table.FormDict:
			dict, codes = encode(v, v, vec.Datum{S: "unused"})
		case table.FormSet:
			dict, codes = encode(v, v.Child.Flat(), vec.Datum{S: "unused"})
		}
		t.cols, t.forms = append(t.cols, v), append(t.forms, c.form)
		t.dicts, t.codes = append(t.dicts, dict), append(t.codes, codes)
	}
	return t
}

func colMap() map[string]plan.Col {
	m := map[string]plan.Col{}
	for i, c := range fakeCols {
		m[c.name] = *plan.NewCol(i, c.name, c.t)
	}
	return m
}

func testQuery(t *fakeTable) *Query {
	now := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	return &Query{Snap: t, Workers: 2, Mem: NewAccount(1<<30, nil, nil),
		Fn: &fn.Ctx{Context: context.Background(), Style: types.ISO, TxStart: now, StStart: now}}
}

// scanOf reads every column; set as the planner makes it, whole or split.
func scanOf(t *fakeTable, cond plan.Expr) *plan.Scan {
	s := &plan.Scan{Table: t.def, Where: cond}
	for i, c := range fakeCols {
		s.Cols = append(s.Cols, i)
		s.Fields = append(s.Fields, plan.Field{Name: c.name, Type: c.t})
	}
	if cond != nil {
		s.Set = &plan.RowSet{Op: plan.RowsLeaf, Leaf: &plan.RowLeaf{X: cond, Want: true, Cols: exprCols(cond)}}
	}
	return s
}

// rowsText runs n and returns its rows as text, sorted unless inOrder.
func rowsText(t *testing.T, q *Query, n plan.Node, inOrder bool) (string, error) {
	t.Helper()
	c, err := Run(context.Background(), q, n)
	if err != nil {
		return "", err
	}
	defer func() {
		c.Close()
		if used := q.Mem.Used(); used != 0 {
			t.Errorf("%d bytes stay charged", used)
		}
	}()
	var out []string
	for {
		b, err := c.Next(context.Background())
		if err != nil {
			return "", err
		}
		if b == nil {
			break
		}
		if len(b.Cols) != len(n.Schema()) {
			t.Fatalf("%T: %d columns, schema has %d", n, len(b.Cols), len(n.Schema()))
		}
		for i := range b.N {
			var row []string
			for _, v := range b.Cols {
				if v.N != b.N {
					t.Fatalf("%T: column of %d values in a batch of %d", n, v.N, b.N)
				}
				if v.IsNull(i) {
					row = append(row, "NULL")
				} else {
					row = append(row, string(v.AppendText(nil, i, types.ISO)))
				}
			}
			out = append(out, strings.Join(row, "|"))
		}
	}
	if !inOrder {
		slices.Sort(out)
	}
	return strings.Join(out, "\n"), nil
}

// both runs n with and without bitmaps and compares.
func both(t *testing.T, ft *fakeTable, what string, n plan.Node, inOrder bool) {
	t.Helper()
	slow := testQuery(ft)
	slow.NoBitmaps = true
	want, err1 := rowsText(t, slow, n, inOrder)
	got, err2 := rowsText(t, testQuery(ft), n, inOrder)
	if (err1 == nil) != (err2 == nil) {
		t.Errorf("%s: by rows %v, by bitmaps %v", what, err1, err2)
	} else if got != want {
		t.Errorf("%s: by bitmaps\n%s\nby rows\n%s", what, got, want)
	}
}

// TestRowSets compares every condition, its negation as a leaf with Want false,
// and its parts split at AND, OR and NOT, with evaluation by row.
func TestRowSets(t *testing.T) {
	for seed := range int64(3) {
		ft := newFakeTable(seed, 90, 70)
		for _, text := range conditions {
			x, err := bindtest.Expr(t, text, colMap())
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			both(t, ft, text, scanOf(ft, x), true)
			q := testQuery(ft)
			rows, err := q.condition(ft, x, true)
			if err != nil {
				t.Errorf("%s: %v", text, err)
				continue
			}
			want, err := rowsOfCond(q, ft, x, true)
			if err != nil {
				continue
			}
			for _, w := range []bool{true, false} {
				want, _ = rowsOfCond(q, ft, x, w)
				rows, _ = q.condition(ft, x, w)
				if got := ordsOf(t, ft, rows); got != want {
					t.Errorf("%s is %v, split: rows %s, want %s", text, w, got, want)
				}
				rows, _ = q.leaf(ft, x, w)
				if got := ordsOf(t, ft, rows); got != want {
					t.Errorf("%s is %v, one leaf: rows %s, want %s", text, w, got, want)
				}
			}
		}
	}
}

func rowsOfCond(q *Query, ft *fakeTable, x plan.Expr, want bool) (string, error) {
	v, err := evalRows(q, ft, x)
	if err != nil {
		return "", err
	}
	var out []string
	for i, d := range v {
		if !ft.dead[i] && !d.Null && (d.I != 0) == want {
			out = append(out, fmt.Sprint(i))
		}
	}
	return strings.Join(out, " "), nil
}

// evalRows evaluates x one row at a time.
func evalRows(q *Query, ft *fakeTable, x plan.Expr) ([]vec.Datum, error) {
	var out []vec.Datum
	for i := range ft.cols[0].N {
		b := &vec.Batch{N: 1}
		for _, c := range ft.cols {
			b.Cols = append(b.Cols, c.Gather([]int32{int32(i)}))
		}
		v, err := q.evalAll([]plan.Expr{x}, b)
		if err != nil {
			return nil, err
		}
		out = append(out, v[0].Get(0))
	}
	return out, nil
}

func ordsOf(t *testing.T, ft *fakeTable, rows *table.Rows) string {
	var out []string
	base := 0
	for i, n := range ft.sizes {
		seg, _ := ft.Segment(i)
		for o := range n {
			ok, err := seg.(*fakeSegment).holds(context.Background(), rows, o)
			if err != nil {
				t.Fatal(err)
			}
			if ok && !ft.dead[base+o] {
				out = append(out, fmt.Sprint(base+o))
			}
		}
		base += n
	}
	return strings.Join(out, " ")
}
