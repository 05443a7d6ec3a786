package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/vec"
)

// fewCells is the number of cells up to which all grouping sets are counted at
// once without a second thought; tests lower it.
var fewCells = 4096

// codeSets counts each grouping set by itself: facets of many columns have few
// cells each, but their product is large. all is the aggregation of the product,
// nil if that is out of the question; nil is returned when all is better.
func (q *Query) codeSets(n *plan.CodeAgg, all *codeAgg) (Cursor, error) {
	out := &codeSets{}
	cells := 0
	for _, set := range n.Agg.Sets {
		one, agg := *n, *n.Agg
		agg.Sets = [][]int{set}
		one.Agg = &agg
		c, err := q.prepareCodes(&one)
		if c == nil || err != nil {
			return nil, err
		}
		out.parts = append(out.parts, c)
		cells += c.cells
	}
	if all != nil && all.cells <= 4*cells {
		return nil, nil
	}
	return out, nil
}

// codeSets yields the grouping sets one after the other.
type codeSets struct{ parts []*codeAgg }

func (c *codeSets) Next(ctx context.Context) (*vec.Batch, error) {
	for len(c.parts) > 0 {
		b, err := c.parts[0].Next(ctx)
		if b != nil || err != nil {
			return b, err
		}
		c.parts[0].Close()
		c.parts = c.parts[1:]
	}
	return nil, nil
}

func (c *codeSets) Close() {
	for _, p := range c.parts {
		p.Close()
	}
	c.parts = nil
}
