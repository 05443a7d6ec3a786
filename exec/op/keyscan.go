package op

import (
	"context"

	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// keyScan reads the few rows that the key index has found: in the caller's
// goroutine, and without a look at other segments than theirs.
type keyScan struct {
	s    *source
	ords []int64 // that are not read yet
}

// byOrdinal returns the scan of rows known by ordinal, nil where s is none, or where
// there are so many that segments should be read side by side.
func (s *source) byOrdinal() Cursor {
	r := s.rows
	if r == nil || r.Op != table.OpLeaf || r.Leaf.Kind != table.LeafOffsets || !r.Leaf.Live {
		return nil
	}
	if len(r.Leaf.Ords) > vec.MaxBatch || s.q.Stats != nil {
		return nil
	}
	return &keyScan{s, r.Leaf.Ords}
}

// Next reads the rows of one segment. See Cursor.
func (c *keyScan) Next(ctx context.Context) (*vec.Batch, error) {
	for len(c.ords) > 0 {
		i := c.ords[0] / bitmap.SegmentRows
		var offs []uint32
		for len(c.ords) > 0 && c.ords[0]/bitmap.SegmentRows == i {
			offs = append(offs, uint32(c.ords[0]%bitmap.SegmentRows))
			c.ords = c.ords[1:]
		}
		if b, err := c.segment(ctx, int(i), offs); b != nil || err != nil {
			return b, err
		}
	}
	return nil, nil
}

func (c *keyScan) segment(ctx context.Context, i int, offs []uint32) (*vec.Batch, error) {
	seg, err := c.s.t.Segment(i)
	if err != nil {
		return nil, err
	}
	defer seg.Close()
	b, _, err := c.s.fetch(ctx, seg, offs)
	return b, err
}

// Close has nothing to give back. See Cursor.
func (c *keyScan) Close() { c.ords = nil }
