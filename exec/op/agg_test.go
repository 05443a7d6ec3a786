package op

import (
	"context"
	"strings"
	"testing"

	"tagd/exec/kernel/bindtest"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// call makes an aggregate call: "sum(i)", "count()", "count(distinct s)",
// "array_agg(s order i)", with an optional " filter cond".
func call(t *testing.T, text string, cols map[string]plan.Col) plan.AggCall {
	t.Helper()
	text, filter, _ := strings.Cut(text, " filter ")
	name, rest, _ := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	rest, within, ordered := strings.Cut(rest, ") within (")
	rest, order, _ := strings.Cut(rest, " order ")
	if ordered {
		order = within
	}
	var a plan.AggCall
	rest, a.Distinct = strings.CutPrefix(rest, "distinct ")
	bind := func(s string) plan.Expr {
		x, err := bindtest.Expr(t, s, cols)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		return x
	}
	var ts []types.Type
	if rest != "" {
		for _, s := range strings.Split(rest, ";") {
			a.Args = append(a.Args, bind(s))
			ts = append(ts, a.Args[len(a.Args)-1].Type())
		}
	}
	if order != "" {
		x, desc := strings.CutSuffix(order, " desc")
		a.OrderBy = []plan.SortExpr{{X: bind(x), Desc: desc, NullsFirst: desc}}
		if ordered {
			ts = append(ts, a.OrderBy[0].X.Type())
		}
	}
	if filter != "" {
		a.Filter = bind(filter)
	}
	f, _, ret, err := fn.ResolveAgg(name, ts, -1)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	a.F, a.Ret = f, ret
	return a
}

func aggOf(t *testing.T, in plan.Node, cols map[string]plan.Col, keys []string, sets [][]int, aggs ...string) *plan.Agg {
	n := &plan.Agg{Input: in, Sets: sets}
	for _, k := range keys {
		x, err := bindtest.Expr(t, k, cols)
		if err != nil {
			t.Fatal(err)
		}
		n.Keys = append(n.Keys, x)
		n.Fields = append(n.Fields, plan.Field{Name: k, Type: x.Type()})
	}
	for _, text := range aggs {
		a := call(t, text, cols)
		n.Aggs = append(n.Aggs, a)
		n.Fields = append(n.Fields, plan.Field{Name: text, Type: a.Ret})
	}
	if len(keys) > 0 {
		all := make([]int, len(keys))
		for i := range all {
			all[i] = i
		}
		n.Grouping = [][]int{all}
		n.Fields = append(n.Fields, plan.Field{Name: "grouping", Type: types.Of(types.Int4)})
	}
	return n
}

var plainAggs = []string{"count()", "count(i)", "count(1)", "count(s) filter i > 2", "count() filter s = 'a' or a is null",
	"sum(i)", "avg(i)", "min(i)", "max(i) filter s <> 'a'", "sum(big)", "avg(big)", "max(big)", "sum(n)", "avg(n)", "min(n)", "max(d)", "min(d)"}

var rankAggs = []string{"percentile_cont(0.5::float8) within (n::float8)", "percentile_cont(0.25::float8) within (i::float8) filter s <> 'a'", "percentile_disc(1::float8) within (w)",
	"percentile_disc(0::float8) within (ts)", "percentile_disc(0.3::float8) within (w)", "percentile_cont(0.99::float8) within (w::float8)", "percentile_disc(0.5::float8) within (d)",
	"percentile_disc(0.5::float8) within (n::int4)", "sum(n)", "max(w)", "min(ts)", "count(w)", "count()"}

var wholeAggs = []string{"count(null)", "count(distinct s)", "count(distinct i) filter i > 1", "sum(distinct i)", "min(s)", "max(s)", "array_agg(s order id)",
	"array_agg(distinct s)", "string_agg(s;',' order i desc) filter i > 5", "array_agg(id order s desc) filter id < 9", "bool_or(b)", "min(f)", "max(f)"}

func conds(t *testing.T) map[string]plan.Expr {
	out := map[string]plan.Expr{"": nil}
	for _, c := range []string{"s <> 'a'", "i > 2 and 'a' = any(a)", "s = 'nobody'"} {
		x, err := bindtest.Expr(t, c, colMap())
		if err != nil {
			t.Fatal(err)
		}
		out[c] = x
	}
	return out
}

// TestAggregates compares aggregation from pages with hashing of rows.
func TestAggregates(t *testing.T) {
	ft := newFakeTable(7, 90, 0, 70)
	for what, cond := range conds(t) {
		both(t, ft, what, aggOf(t, scanOf(ft, cond), colMap(), nil, [][]int{{}}, plainAggs...), true)
		both(t, ft, what, aggOf(t, scanOf(ft, cond), colMap(), nil, [][]int{{}}, rankAggs...), true)
		both(t, ft, what, aggOf(t, scanOf(ft, cond), colMap(), nil, [][]int{{}}, append(wholeAggs, plainAggs...)...), true)
		for _, keys := range [][]string{{"s"}, {"i"}, {"f"}, {"n", "b"}, {"lower(s)", "i % 2"}, {"a"}} {
			sets := [][]int{{0}, {}}
			if len(keys) == 2 {
				sets = [][]int{{0, 1}, {1}, {0}, {}}
			}
			both(t, ft, what, aggOf(t, scanOf(ft, cond), colMap(), keys, sets, append(wholeAggs, plainAggs...)...), false)
		}
	}
}

// TestDirectIsUsed guards against tests that only compare the slow way with
// itself.
func TestDirectIsUsed(t *testing.T) {
	ft := newFakeTable(7, 90)
	c, err := testQuery(ft).newDirectAgg(aggOf(t, scanOf(ft, nil), colMap(), nil, [][]int{{}}, plainAggs...))
	if c == nil || err != nil {
		t.Fatalf("direct aggregation: %v, %v", c, err)
	}
}

// codeAggOf is the CodeAgg of keys over single columns.
func codeAggOf(t *testing.T, ft *fakeTable, cond plan.Expr, keys []string, sets [][]int, aggs ...string) *plan.CodeAgg {
	scan := scanOf(ft, cond)
	agg := aggOf(t, scan, colMap(), keys, sets, aggs...)
	c := &plan.CodeAgg{Scan: scan, Agg: agg, Fallback: agg}
	c.Fields = agg.Fields
	for _, k := range agg.Keys {
		col := exprCols(k)[0]
		to := make([]int, col+1)
		x, _ := remap(k, to)
		c.Keys = append(c.Keys, plan.CodeKey{Col: col, X: x})
	}
	return c
}

func TestCodeAgg(t *testing.T) {
	ft := newFakeTable(8, 90, 0, 70)
	for what, cond := range conds(t) {
		for _, keys := range [][]string{{"s"}, {"i"}, {"d"}, {"s", "u"}, {"lower(s)", "i % 2"}, {"s", "length(s)"}, {"n", "b"},
			{"w / 1000000"}, {"date_trunc('month', ts)", "s"}, {"extract(dow from ts)", "extract(year from ts)"}, {"w > 3000000", "w < -100"}} {
			sets := [][]int{{0}, {}}
			if len(keys) == 2 {
				sets = [][]int{{0, 1}, {1}, {0}, {}}
			}
			for _, aggs := range [][]string{{"count()"}, {"count()", "count(i)", "count() filter i > 2"}, plainAggs, rankAggs, {"count(distinct i)"}} {
				n := codeAggOf(t, ft, cond, keys, sets, aggs...)
				both(t, ft, what+" by "+strings.Join(keys, ","), n, false)
				if c, err := testQuery(ft).tryCodeAgg(n); (c != nil) != (aggs[0] != "count(distinct i)") || err != nil {
					t.Errorf("by %v: %v: codes used: %v, %v", keys, aggs, c != nil, err)
				}
			}
		}
	}
}

// TestFacets counts grouping sets whose product is large one by one.
func TestFacets(t *testing.T) {
	ft := newFakeTable(18, 90, 0, 70)
	sets := [][]int{{0}, {1}, {2}, {3, 4}, {}, {5}, {0}}
	for what, cond := range conds(t) {
		n := codeAggOf(t, ft, cond, []string{"s", "i", "d", "u", "n", "date_trunc('month', ts)"}, sets, "count()", "sum(n)", "percentile_disc(0.5::float8) within (w)", "count() filter i > 2")
		both(t, ft, what, n, false)
		if c, err := testQuery(ft).tryCodeAgg(n); err != nil {
			t.Error(err)
		} else if _, ok := c.(*codeSets); !ok {
			t.Errorf("not counted set by set, but by %T", c)
		}
	}
}

// TestCodeAggUnnest counts elements of sets with and without making rows.
func TestCodeAggUnnest(t *testing.T) {
	ft := newFakeTable(9, 90, 70)
	for what, cond := range conds(t) {
		scan := scanOf(ft, cond)
		cols := colMap()
		un := &plan.Unnest{Input: scan}
		a := cols["a"]
		un.Args = []plan.Expr{&a}
		text := types.Of(types.Text)
		un.Fields = append(append([]plan.Field(nil), scan.Fields...), plan.Field{Name: "v", Type: text})
		cols["v"] = *plan.NewCol(len(scan.Fields), "v", text)
		agg := aggOf(t, un, cols, []string{"v", "s"}, [][]int{{0, 1}, {0}, {}}, "count()", "count() filter i > 2")
		n := &plan.CodeAgg{Scan: scan, Agg: agg, Fallback: agg}
		n.Fields = agg.Fields
		n.Keys = []plan.CodeKey{{Col: 7, X: plan.NewCol(0, "v", text), Unnest: true}, {Col: 1, X: plan.NewCol(0, "s", text)}}
		for _, few := range []int{4096, 0} {
			fewCells = few
			both(t, ft, what, n, false)
			if c, _ := testQuery(ft).tryCodeAgg(n); c == nil {
				t.Error("codes are not used")
			}
		}
		fewCells = 4096
	}
}

// TestMemory: groups beyond the limit end the query with 53200 and give
// everything back.
func TestMemory(t *testing.T) {
	ft := newFakeTable(1, 150)
	q := testQuery(ft)
	q.Mem = NewAccount(1000, nil, nil)
	n := aggOf(t, scanOf(ft, nil), colMap(), []string{"id"}, [][]int{{0}}, "count()")
	if _, err := rowsText(t, q, n, false); sqlerr.Code(err) != "53200" {
		t.Errorf("got %v", err)
	}
}

func valuesOf(xs ...any) *plan.Values {
	v := &plan.Values{}
	v.Fields = []plan.Field{{Name: "x", Type: types.Of(types.Int4)}}
	for _, x := range xs {
		d := vec.Datum{Null: true}
		if i, ok := x.(int); ok {
			d = vec.Datum{I: int64(i)}
		}
		v.Rows = append(v.Rows, []plan.Expr{plan.NewConst(types.Of(types.Int4), d)})
	}
	return v
}

func TestSetOps(t *testing.T) {
	l, r := valuesOf(1, 1, 1, 2, nil, nil, 3), valuesOf(1, 1, nil, 4, 4)
	for _, c := range []struct {
		op   ast.SetOp
		all  bool
		want string
	}{
		{ast.Union, true, "1 1 1 1 1 2 3 4 4 NULL NULL NULL"}, {ast.Union, false, "1 2 3 4 NULL"},
		{ast.Intersect, true, "1 1 NULL"}, {ast.Intersect, false, "1 NULL"},
		{ast.Except, true, "1 2 3 NULL"}, {ast.Except, false, "2 3"},
	} {
		n := &plan.SetOp{Op: c.op, All: c.all, L: l, R: r}
		n.Fields = l.Fields
		got, err := rowsText(t, testQuery(newFakeTable(1, 1)), n, false)
		if got = strings.ReplaceAll(got, "\n", " "); got != c.want || err != nil {
			t.Errorf("%v all %v: %s, %v; want %s", c.op, c.all, got, err, c.want)
		}
	}
}

// TestSort checks the order row by row for every column and direction, that ties
// keep the input order, and that a limit gives the first rows of the full sort.
func TestSort(t *testing.T) {
	ft := newFakeTable(3, 100, 60)
	for col := range fakeCols {
		for _, k := range []plan.SortKey{{Col: col}, {Col: col, Desc: true}, {Col: col, NullsFirst: true}, {Col: col, Desc: true, NullsFirst: true}} {
			n := &plan.Sort{Input: scanOf(ft, nil), Keys: []plan.SortKey{k}}
			n.Fields = n.Input.Schema()
			c, err := Run(context.Background(), testQuery(ft), n)
			if err != nil {
				t.Fatal(err)
			}
			b, err := c.Next(context.Background())
			c.Close()
			if err != nil {
				t.Fatal(err)
			}
			v := b.Cols[col]
			for i := 1; i < b.N; i++ {
				if !inOrder(v, i, k) || !inOrder(v, i, k) && b.Cols[0].Get(i-1).I > b.Cols[0].Get(i).I {
					t.Fatalf("%s %+v: row %d is out of order", fakeCols[col].name, k, i)
				}
				if sameRow([]*vec.Vector{v}, i-1, i) && b.Cols[0].Get(i-1).I > b.Cols[0].Get(i).I {
					t.Fatalf("%s %+v: ties at row %d change places", fakeCols[col].name, k, i)
				}
			}
			full, _ := rowsText(t, testQuery(ft), n, true)
			top := *n
			top.Limit = 10
			got, _ := rowsText(t, testQuery(ft), &top, true)
			if want := strings.Join(strings.SplitN(full, "\n", 11)[:10], "\n"); got != want {
				t.Errorf("%+v limit 10: %s want %s", k, got, want)
			}
		}
	}
}

func inOrder(v *vec.Vector, i int, k plan.SortKey) bool {
	a, b := v.IsNull(i-1), v.IsNull(i)
	if a || b {
		return a == b || a == k.NullsFirst
	}
	c := vec.CompareAt(v, i-1, v, i)
	return c == 0 || (c < 0) != k.Desc
}

func TestLimitDistinctSeries(t *testing.T) {
	i4, i8 := types.Of(types.Int4), types.Of(types.Int8)
	konst := func(x int64) plan.Expr { return plan.NewConst(i8, vec.Datum{I: x}) }
	one := &plan.OneRow{}
	s := &plan.Series{Input: one, Args: []plan.Expr{konst(10), konst(1), konst(-4)}, Ordinality: true}
	s.Fields = []plan.Field{{Type: i8}, {Type: i8}}
	q := func() *Query { return testQuery(newFakeTable(1, 1)) }
	if got, err := rowsText(t, q(), s, true); got != "10|1\n6|2\n2|3" || err != nil {
		t.Errorf("series: %q %v", got, err)
	}
	endless := &plan.Series{Input: one, Args: []plan.Expr{konst(1), konst(1 << 62)}}
	endless.Fields = s.Fields[:1]
	l := &plan.Limit{Input: endless, Count: konst(2), Offset: konst(9000)}
	l.Fields = endless.Fields
	if got, err := rowsText(t, q(), l, true); got != "9001\n9002" || err != nil {
		t.Errorf("limit: %q %v", got, err)
	}
	d := &plan.Distinct{Input: valuesOf(2, 1, nil, 2, nil, 3)}
	d.Fields = []plan.Field{{Type: i4}}
	if got, err := rowsText(t, q(), d, true); got != "2\n1\nNULL\n3" || err != nil {
		t.Errorf("distinct: %q %v", got, err)
	}
	bad := &plan.Limit{Input: one, Count: konst(-1)}
	if _, err := rowsText(t, q(), bad, true); sqlerr.Code(err) != "2201W" {
		t.Errorf("negative limit: %v", err)
	}
}
