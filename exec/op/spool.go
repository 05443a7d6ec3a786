package op

import (
	"tagd/exec/spill"
	"tagd/sql/vec"
)

// spool keeps batches to be read again, any number of times: the first ones in
// memory, those over the share of an operator in a temporary file.
type spool struct {
	q       *Query
	batches []*vec.Batch
	mem     held
	size    int64
	sizes   dictSizes
	file    *spill.File
	at      []int64 // where the batches of the file begin
}

func (q *Query) newSpool() *spool { return &spool{q: q, mem: held{acc: q.Mem}} }

func (s *spool) len() int { return len(s.batches) + len(s.at) }

// add keeps a batch.
func (s *spool) add(b *vec.Batch) error {
	if b.N == 0 {
		return nil
	}
	if size := s.sizes.batch(b); s.file == nil && s.size+size <= s.q.workMem() {
		s.batches = append(s.batches, b)
		s.size += size
		return s.mem.set(s.size)
	}
	if s.file == nil {
		f, err := s.q.newFile()
		if err != nil {
			return err
		}
		s.file = f
	}
	pos, err := s.file.Write(b)
	if err == nil {
		s.at = append(s.at, pos)
	}
	return err
}

// fits reports whether a batch can be added without a file.
func (s *spool) fits(b *vec.Batch) bool {
	return s.file == nil && s.size+batchBytes(b) <= s.q.workMem()
}

func (s *spool) get(i int) (*vec.Batch, error) {
	if i < len(s.batches) {
		return s.batches[i], nil
	}
	b, _, err := s.file.ReadAt(s.at[i-len(s.batches)])
	return b, err
}

func (s *spool) close() {
	s.batches, s.at = nil, nil
	s.file.Close()
	s.mem.free()
}
