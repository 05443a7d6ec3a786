package op

import (
	"fmt"
	"math/rand"
	"testing"

	"tagd/planner/plan"
)

// TestTopScan compares the first rows by one and by two keys, in every direction
// and place of NULLs, with sorting everything; rows with equal keys come in the
// order of the table.
func TestTopScan(t *testing.T) {
	defer func(n int) { topTrial = n }(topTrial)
	r := rand.New(rand.NewSource(3))
	for seed := range int64(3) {
		ft := newFakeTable(seed+20, 190, 0, 70, 30)
		for what, cond := range conds(t) {
			for first := range fakeCols {
				for range 4 {
					topTrial = []int{1, 20, 1 << 14}[r.Intn(3)]
					keys := []plan.SortKey{{Col: first, Desc: r.Intn(2) == 0, NullsFirst: r.Intn(2) == 0}}
					for len(keys) < 3 && r.Intn(3) > 0 {
						keys = append(keys, plan.SortKey{Col: r.Intn(len(fakeCols)), Desc: r.Intn(2) == 0, NullsFirst: r.Intn(2) == 0})
					}
					n := &plan.Sort{Input: scanOf(ft, cond), Keys: keys, Limit: int64([]int{1, 3, 20, 1000}[r.Intn(4)])}
					n.Fields = n.Input.Schema()
					both(t, ft, fmt.Sprintf("%s by %v, %d rows", what, keys, n.Limit), n, true)
					both(t, ft, fmt.Sprintf("%s by %v, %d rows, projected", what, keys, n.Limit), projected(n), true)
				}
			}
		}
	}
}

// projected is n over a projection that turns the columns around.
func projected(n *plan.Sort) *plan.Sort {
	in := n.Input.(*plan.Scan)
	p := &plan.Project{Input: in}
	last := len(in.Fields) - 1
	for i := range in.Fields {
		f := in.Fields[last-i]
		p.Exprs = append(p.Exprs, plan.NewCol(last-i, f.Name, f.Type))
		p.Fields = append(p.Fields, f)
	}
	out := &plan.Sort{Input: p, Limit: n.Limit}
	out.Fields = p.Fields
	for _, k := range n.Keys {
		k.Col = last - k.Col
		out.Keys = append(out.Keys, k)
	}
	return out
}

// TestTopScanIsUsed guards against comparing the slow way with itself.
func TestTopScanIsUsed(t *testing.T) {
	ft := newFakeTable(7, 90)
	n := projected(&plan.Sort{Input: scanOf(ft, nil), Keys: []plan.SortKey{{Col: 5, Desc: true}}, Limit: 5})
	if c, err := testQuery(ft).newTopScan(n); c == nil || err != nil {
		t.Fatalf("%v, %v", c, err)
	}
}
