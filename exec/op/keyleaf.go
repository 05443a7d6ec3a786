package op

import (
	"tagd/planner/plan"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// keysLeaf runs the plan of a leaf's keys and looks them up in the key index.
func (q *Query) keysLeaf(t table.Table, l *plan.RowLeaf) (*table.Rows, error) {
	ctx := q.context()
	cur, err := q.open(l.Keys)
	if err != nil {
		return nil, err
	}
	defer cur.Close()
	mem := held{acc: q.Mem}
	defer mem.free()
	kt := t.Def().Columns[t.Def().Key].Type
	var ords []int64
	for {
		b, err := cur.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b == nil {
			break
		}
		keys := b.Cols[0].Flat()
		if keys.Type != kt {
			c := *keys
			c.Type = kt
			keys = &c
		}
		some := make([]int64, b.N)
		if err := t.Lookup(ctx, keys, some); err != nil {
			return nil, err
		}
		q.found(t, some)
		for _, o := range some {
			if o >= 0 {
				ords = append(ords, o)
			}
		}
		if err := mem.set(int64(cap(ords)) * 8); err != nil {
			return nil, err
		}
		if len(ords) >= vec.MaxBatch*128 && len(ords)&(len(ords)-1) == 0 {
			ords = sortedOrds(ords)
		}
	}
	rows := &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafOffsets, Col: t.Def().Key, Ords: sortedOrds(ords), Live: true, Note: "by key"}}
	if !l.Want {
		return not(rows), nil
	}
	return rows, nil
}
