package segment

import (
	"context"

	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// funcLeaf asks a function about the gathered values of the rows left.
type funcLeaf struct{ l *table.Leaf }

func (f *funcLeaf) filter(ctx context.Context, s *Segment, b int, acc []uint64) error {
	offs := bitmap.AppendOffsets(nil, acc, 0, bitmap.BlockRows)
	base := uint32(b * bitmap.BlockRows)
	for i := range offs {
		offs[i] += base
	}
	out := make([]uint64, vec.MaxBatch/64)
	for len(offs) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		k := min(len(offs), vec.MaxBatch)
		batch := &vec.Batch{N: k, Cols: make([]*vec.Vector, len(f.l.Cols))}
		for i, c := range f.l.Cols {
			v, err := s.Gather(c, offs[:k])
			if err != nil {
				return err
			}
			batch.Cols[i] = v
		}
		clear(out)
		if err := f.l.Func(ctx, batch, out); err != nil {
			return err
		}
		for i, o := range offs[:k] {
			if out[i>>6]>>(i&63)&1 == 0 {
				o -= base
				acc[o>>6] &^= 1 << (o & 63)
			}
		}
		offs = offs[k:]
	}
	return nil
}
