package op

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"tagd/exec/kernel/bindtest"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// rowsNode is a Values node of n random rows of two int4 columns and a text one,
// with NULLs and few distinct values.
func rowsNode(r *rand.Rand, n int) *plan.Values {
	v := &plan.Values{}
	v.Fields = []plan.Field{{Name: "a", Type: types.Of(types.Int4)}, {Name: "b", Type: types.Of(types.Int4)}, {Name: "s", Type: types.Of(types.Text)}}
	for range n {
		var row []plan.Expr
		for _, f := range v.Fields {
			d := vec.Datum{I: int64(r.Intn(5)), S: []string{"", "a", "男"}[r.Intn(3)]}
			d.Null = r.Intn(5) == 0
			row = append(row, plan.NewConst(f.Type, d))
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

func joinOf(kind plan.JoinKind, l, r plan.Node, cond plan.Expr, keys ...plan.JoinKey) *plan.Join {
	j := &plan.Join{Kind: kind, L: l, R: r, Keys: keys, Cond: cond}
	j.Fields = l.Schema()
	if kind < plan.JoinSemi {
		j.Fields = append(slices.Clone(l.Schema()), r.Schema()...)
	}
	return j
}

// naive answers a join pair by pair: each key is 0 false, 1 true, 2 unknown.
func naive(t *testing.T, j *plan.Join) string {
	l, r := j.L.(*plan.Values), j.R.(*plan.Values)
	text := func(row []plan.Expr, w int) []string {
		var out []string
		for i := range w {
			s := "NULL"
			if row != nil {
				if c := row[i].(*plan.Const); !c.V.Null {
					s = string(vec.AppendDatumText(nil, c.T, c.V, types.ISO))
				}
			}
			out = append(out, s)
		}
		return out
	}
	q := testQuery(newFakeTable(1, 1))
	q.Prepare()
	pair := func(x, y []plan.Expr) byte {
		b := &vec.Batch{N: 1}
		for _, e := range append(slices.Clone(x), y...) {
			b.Cols = append(b.Cols, vec.NewConst(e.Type(), e.(*plan.Const).V, 1))
		}
		out := byte(1)
		for _, k := range j.Keys {
			kl, kr := b.Cols[k.L.(*plan.Col).Idx], b.Cols[3+k.R.(*plan.Col).Idx]
			switch {
			case kl.IsNull(0) && kr.IsNull(0) && k.NullEq:
			case (kl.IsNull(0) || kr.IsNull(0)) && k.NullEq:
				return 0
			case kl.IsNull(0) || kr.IsNull(0):
				out = 2
			case vec.CompareAt(kl, 0, kr, 0) != 0:
				return 0
			}
		}
		if j.Cond != nil {
			v, err := q.evalAll([]plan.Expr{j.Cond}, b)
			if err != nil {
				t.Fatal(err)
			}
			if v[0].IsNull(0) {
				return 2
			}
			if v[0].Get(0).I == 0 {
				return 0
			}
		}
		return out
	}
	var out []string
	used := make([]bool, len(r.Rows))
	for _, x := range l.Rows {
		hit, maybe := false, false
		for k, y := range r.Rows {
			p := pair(x, y)
			maybe = maybe || p != 0
			if p == 1 {
				hit, used[k] = true, true
				if j.Kind < plan.JoinSemi {
					out = append(out, strings.Join(append(text(x, 3), text(y, 3)...), "|"))
				}
			}
		}
		switch {
		case !hit && (j.Kind == plan.JoinLeft || j.Kind == plan.JoinFull):
			out = append(out, strings.Join(append(text(x, 3), text(nil, 3)...), "|"))
		case j.Kind == plan.JoinSemi && hit, j.Kind == plan.JoinAnti && !hit, j.Kind == plan.JoinAntiNull && !maybe:
			out = append(out, strings.Join(text(x, 3), "|"))
		}
	}
	for k, y := range r.Rows {
		if !used[k] && (j.Kind == plan.JoinRight || j.Kind == plan.JoinFull) {
			out = append(out, strings.Join(append(text(nil, 3), text(y, 3)...), "|"))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// TestJoins compares every kind of join, with and without keys, a condition and
// equal NULLs, with the naive answer, in memory and on disk.
func TestJoins(t *testing.T) {
	cols := map[string]plan.Col{}
	for i, n := range []string{"la", "lb", "ls", "ra", "rb", "rs"} {
		typ := types.Of(types.Int4)
		if i%3 == 2 {
			typ = types.Of(types.Text)
		}
		cols[n] = *plan.NewCol(i, n, typ)
	}
	key := func(i int, nullEq bool) plan.JoinKey {
		typ := types.Of(types.Int4)
		if i == 2 {
			typ = types.Of(types.Text)
		}
		return plan.JoinKey{L: plan.NewCol(i, "", typ), R: plan.NewCol(i, "", typ), NullEq: nullEq}
	}
	keys := [][]plan.JoinKey{nil, {key(0, false)}, {key(0, true)}, {key(2, false)}, {key(0, false), key(2, true)}, {key(0, false), key(1, false)}}
	r := rand.New(rand.NewSource(4))
	for round := range 6 {
		l, rt := rowsNode(r, []int{0, 1, 40, 30, 60, 7}[round]), rowsNode(r, []int{9, 0, 30, 50, 3, 70}[round])
		for _, text := range []string{"", "lb < rb", "lb <> 2 or rb is null"} {
			var cond plan.Expr
			if text != "" {
				var err error
				if cond, err = bindtest.Expr(t, text, cols); err != nil {
					t.Fatal(err)
				}
			}
			for kind := plan.JoinInner; kind <= plan.JoinAntiNull; kind++ {
				for k, ks := range keys {
					j := joinOf(kind, l, rt, cond, ks...)
					want := naive(t, j)
					mems := []int64{0}
					if (round+k)%3 == 0 {
						mems = append(mems, 900)
					}
					for _, mem := range mems {
						q := testQuery(newFakeTable(1, 1))
						q.WorkMem = mem
						got, err := rowsText(t, q, j, false)
						if what := fmt.Sprintf("round %d kind %d keys %d %q work_mem %d", round, kind, k, text, mem); err != nil || got != want {
							t.Fatalf("%s: %v\n%s\nwant\n%s", what, err, got, want)
						}
					}
				}
			}
		}
	}
}

// TestKeyJoin compares joins through the key index with hashed ones, for either
// side, with conditions on the table and on the pairs.
func TestKeyJoin(t *testing.T) {
	defer func(old float64) { keyMinRows = old }(keyMinRows)
	keyMinRows = 1
	ft := newFakeTable(6, 90, 0, 70)
	r := rand.New(rand.NewSource(7))
	v := &plan.Values{}
	v.Fields = []plan.Field{{Name: "k", Type: types.Of(types.Int8)}, {Name: "x", Type: types.Of(types.Int4)}}
	for range 200 {
		v.Rows = append(v.Rows, []plan.Expr{plan.NewConst(v.Fields[0].Type, vec.Datum{I: int64(r.Intn(200)), Null: r.Intn(9) == 0}),
			plan.NewConst(v.Fields[1].Type, vec.Datum{I: int64(r.Intn(8))})})
	}
	w := len(fakeCols)
	for _, where := range []string{"", "s <> 'a'", "i > 2 or 'a' = any(a)"} {
		var cond plan.Expr
		if where != "" {
			cond, _ = bindtest.Expr(t, where, colMap())
		}
		scan := scanOf(ft, cond)
		for kind := plan.JoinInner; kind <= plan.JoinAnti; kind++ {
			for _, text := range []string{"", "x > i"} {
				for _, right := range []bool{true, false} {
					var l, rt plan.Node = v, scan
					k, off, xoff := plan.JoinKey{L: plan.NewCol(0, "k", types.Of(types.Int8)), R: plan.NewCol(0, "id", types.Of(types.Int8))}, 2, 0
					if !right {
						l, rt, off, xoff = scan, v, 0, w
					}
					cols := map[string]plan.Col{"x": *plan.NewCol(xoff+1, "x", types.Of(types.Int4)), "i": *plan.NewCol(off+3, "i", types.Of(types.Int4))}
					var c plan.Expr
					if text != "" {
						c, _ = bindtest.Expr(t, text, cols)
					}
					both(t, ft, fmt.Sprintf("kind %d right %v where %q cond %q", kind, right, where, text), joinOf(kind, l, rt, c, k), false)
				}
			}
		}
	}
}
