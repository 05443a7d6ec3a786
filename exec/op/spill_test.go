package op

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// spillPlans are plans of every operator that keeps rows, over two inputs; the
// ones whose order counts come with true.
func spillPlans(t *testing.T, l, r plan.Node, cols map[string]plan.Col) map[string]plan.Node {
	out := map[string]plan.Node{}
	d := &plan.Distinct{Input: l}
	d.Fields = l.Schema()
	out["distinct"] = d
	for i, op := range []ast.SetOp{ast.Union, ast.Intersect, ast.Except} {
		for _, all := range []bool{false, true} {
			s := &plan.SetOp{Op: op, All: all, L: l, R: r}
			s.Fields = l.Schema()
			out[fmt.Sprintf("set operation %d %v", i, all)] = s
		}
	}
	aggs := []string{"count()", "sum(a)", "min(s)", "max(s) filter b > 1", "count(distinct b)", "array_agg(b order s)", "avg(b)"}
	for k, keys := range [][]string{{"a"}, {"s", "b"}, {"a + b", "s"}} {
		sets := [][]int{{0}, {}}
		if len(keys) == 2 {
			sets = [][]int{{0, 1}, {1}, {0}, {}}
		}
		out[fmt.Sprintf("aggregate %d", k)] = aggOf(t, l, cols, keys, sets, aggs...)
		out[fmt.Sprintf("mergeable aggregate %d", k)] = aggOf(t, l, cols, keys, sets, aggs[:4]...)
	}
	for _, limit := range []int64{0, 7, 300} {
		s := &plan.Sort{Input: l, Limit: limit, Keys: []plan.SortKey{{Col: 2, Desc: true}, {Col: 0, NullsFirst: true}, {Col: 1}}}
		s.Fields = l.Schema()
		out[fmt.Sprintf("sort %d", limit)] = s
	}
	out["window"] = windowOf(t, l, cols)
	with := &plan.With{CTEs: []plan.CTE{{ID: 1, Name: "c", Plan: l}}}
	scan := &plan.CTEScan{ID: 1, Name: "c"}
	scan.Fields = l.Schema()
	with.Input = joinOf(plan.JoinLeft, scan, scan, nil, plan.JoinKey{L: plan.NewCol(0, "", types.Of(types.Int4)), R: plan.NewCol(1, "", types.Of(types.Int4))})
	with.Fields = with.Input.Schema()
	out["with"] = with
	return out
}

// windowOf has a ranking, a sliding sum and a running aggregate over (s, a, b).
func windowOf(t *testing.T, in plan.Node, cols map[string]plan.Col) *plan.Window {
	a, b, s := cols["a"], cols["b"], cols["s"]
	w := &plan.Window{Input: in, Partition: []plan.Expr{&s}, Order: []plan.SortExpr{{X: &a}, {X: &b, Desc: true}}}
	w.Fields = slices.Clone(in.Schema())
	add := func(c plan.WinCall) {
		w.Calls = append(w.Calls, c)
		w.Fields = append(w.Fields, plan.Field{Type: c.Ret})
	}
	f, _, ret, err := fn.ResolveWindow("rank", nil, -1)
	if err != nil {
		t.Fatal(err)
	}
	add(plan.WinCall{F: f, Ret: ret})
	for _, frame := range []plan.Frame{
		{Start: plan.FrameBound{Kind: plan.BoundUnboundedPreceding}, End: plan.FrameBound{Kind: plan.BoundCurrent}},
		{Unit: plan.FrameGroups, Start: plan.FrameBound{Kind: plan.BoundPreceding, Offset: constInt(1)}, End: plan.FrameBound{Kind: plan.BoundFollowing, Offset: constInt(1)}, Exclude: plan.ExcludeTies},
	} {
		g, _, ret, err := fn.ResolveAgg("sum", []types.Type{a.T}, -1)
		if err != nil {
			t.Fatal(err)
		}
		add(plan.WinCall{Agg: g, Args: []plan.Expr{&b}, Ret: ret, Frame: frame})
	}
	return w
}

func datumInt(n int64) vec.Datum { return vec.Datum{I: n} }

func constInt(n int64) plan.Expr { return plan.NewConst(types.Of(types.Int8), datumInt(n)) }

// unionAll keeps nothing.
const unionAll = "set operation 0 true"

// inPieces gives the rows of v in small batches.
func inPieces(v *plan.Values) plan.Node {
	var out plan.Node
	for lo := 0; lo < len(v.Rows); lo += 50 {
		p := &plan.Values{Rows: v.Rows[lo:min(lo+50, len(v.Rows))]}
		p.Fields = v.Fields
		if out == nil {
			out = p
			continue
		}
		u := &plan.SetOp{Op: ast.Union, All: true, L: out, R: p}
		u.Fields = v.Fields
		out = u
	}
	return out
}

// TestSpill runs plans with all the memory they want and with hardly any.
func TestSpill(t *testing.T) {
	r := rand.New(rand.NewSource(9))
	l, rt := rowsNode(r, 900), rowsNode(r, 400)
	for _, v := range []*plan.Values{l, rt} {
		for _, row := range v.Rows { // many distinct values
			if r.Intn(3) > 0 {
				row[0] = plan.NewConst(types.Of(types.Int4), datumInt(int64(r.Intn(500))))
			}
		}
	}
	cols := map[string]plan.Col{"a": *plan.NewCol(0, "a", types.Of(types.Int4)), "b": *plan.NewCol(1, "b", types.Of(types.Int4)), "s": *plan.NewCol(2, "s", types.Of(types.Text))}
	for what, n := range spillPlans(t, inPieces(l), inPieces(rt), cols) {
		_, order := n.(*plan.Sort)
		q := testQuery(newFakeTable(1, 1))
		want, err := rowsText(t, q, n, order)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, mem := range []int64{1000, 20000} {
			q := testQuery(newFakeTable(1, 1))
			q.WorkMem = mem
			q.TempDir = t.TempDir()
			got, err := rowsText(t, q, n, order)
			if err != nil || got != want {
				t.Errorf("%s in %d bytes: %v\n%s\nwant\n%s", what, mem, err, got, want)
			}
			if what != unionAll && mem == 1000 && q.temp.Written() == 0 {
				t.Errorf("%s wrote nothing to disk", what)
			}
			if q.temp.Used() != 0 {
				t.Errorf("%s leaves %d bytes in files", what, q.temp.Used())
			}
		}
		q = testQuery(newFakeTable(1, 1))
		q.WorkMem, q.TempLimit = 1000, 1
		if _, err := rowsText(t, q, n, order); err == nil && what != unionAll {
			t.Errorf("%s is not bounded by the limit of temporary files", what)
		}
	}
}

// TestSpillScan aggregates a table by several workers, each short of memory.
func TestSpillScan(t *testing.T) {
	ft := newFakeTable(5, 300, 250, 280)
	for _, keys := range [][]string{{"id"}, {"id % 200", "s"}, {"a", "id"}} {
		sets := [][]int{{0}, {}}
		if len(keys) == 2 {
			sets = [][]int{{0, 1}, {1}, {}}
		}
		n := aggOf(t, scanOf(ft, nil), colMap(), keys, sets, "count()", "sum(i)", "max(s)", "min(n)", "sum(big)")
		want, err := rowsText(t, testQuery(ft), n, false)
		if err != nil {
			t.Fatal(err)
		}
		q := testQuery(ft)
		q.WorkMem = 4000
		got, err := rowsText(t, q, n, false)
		if err != nil || got != want {
			t.Errorf("%v: %v\n%s\nwant\n%s", keys, err, got, want)
		}
		if q.temp.Written() == 0 || q.temp.Used() != 0 {
			t.Errorf("%v: %d bytes written, %d left", keys, q.temp.Written(), q.temp.Used())
		}
	}
}
