package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// distinct passes the first row of each combination of the deciding columns.
type distinct struct {
	in   Cursor
	on   []int
	seen *keyTable
	ids  []uint32
	mem  held
}

func newDistinct(q *Query, in Cursor, n *plan.Distinct) Cursor {
	d := &distinct{in: in, on: n.On, mem: held{acc: q.Mem}}
	fields := n.Schema()
	if d.on == nil {
		for i := range fields {
			d.on = append(d.on, i)
		}
	}
	ts := make([]types.Type, len(d.on))
	for i, c := range d.on {
		ts[i] = fields[c].Type
	}
	d.seen = newKeyTable(ts)
	return d
}

func (d *distinct) Next(ctx context.Context) (*vec.Batch, error) {
	for {
		b, err := d.in.Next(ctx)
		if b == nil || err != nil {
			return nil, err
		}
		keys := make([]*vec.Vector, len(d.on))
		for i, c := range d.on {
			keys[i] = b.Cols[c]
		}
		next := uint32(d.seen.n)
		d.ids = d.seen.groups(keys, b.N, d.ids)
		if err := d.mem.set(d.seen.bytes()); err != nil {
			return nil, err
		}
		var fresh []int32
		for i, id := range d.ids[:b.N] {
			if id == next { // ids are dense in order of first appearance
				fresh = append(fresh, int32(i))
				next++
			}
		}
		if len(fresh) == b.N {
			return b, nil
		}
		if len(fresh) > 0 {
			return gather(b, fresh), nil
		}
	}
}

func (d *distinct) Close() {
	d.in.Close()
	d.mem.free()
}
