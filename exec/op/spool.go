package op

import (
	"tagd/sql/vec"
)

// spool keeps batches to be read again, any number of times.
type spool struct {
	batches []*vec.Batch
	mem     held
	size    int64
}

func (q *Query) newSpool() *spool { return &spool{mem: held{acc: q.Mem}} }

func (s *spool) len() int { return len(s.batches) }

// add keeps a batch.
func (s *spool) add(b *vec.Batch) error {
	if b.N == 0 {
		return nil
	}
	s.batches = append(s.batches, b)
	s.size += batchBytes(b)
	return s.mem.set(s.size)
}

func (s *spool) get(i int) (*vec.Batch, error) { return s.batches[i], nil }

func (s *spool) close() {
	s.batches = nil
	s.mem.free()
}
