package op

import (
	"context"

	"tagd/exec/spill"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// seenFiles are the rows of a recursion that its table in memory has no room for, by
// the hash of the row. The rows of a round wait until it has ended; then the file of
// each hash is read once, and what it does not have is new.
type seenFiles struct {
	q     *Query
	n     plan.Node
	types []types.Type
	find  *finder // of the rows in memory, which do not grow any more
	ids   []uint32
	old   [fanOut]*spill.File
	wait  *partitions // rows of this round that are not in memory
	part  int         // of wait, that is read
	cur   Cursor      // of its rows
	table *keyTable   // of what old has of it
	mem   held
}

func (q *Query) newSeenFiles(n plan.Node, seen *keyTable, ts []types.Type) *seenFiles {
	return &seenFiles{q: q, n: n, types: ts, find: &finder{k: seen}, wait: q.newPartitions(n, 0), mem: held{acc: q.Mem}}
}

// add keeps those rows of b that memory does not have until the end of the round.
func (s *seenFiles) add(b *vec.Batch) error {
	s.ids = s.find.find(b.Cols, b.N, s.ids)
	var idx []int32
	for i, id := range s.ids[:b.N] {
		if id == noGroup {
			idx = append(idx, int32(i))
		}
	}
	if len(idx) == 0 {
		return nil
	}
	rest := gather(b, idx)
	return s.wait.add(rest, rest.Cols)
}

// next gives rows of the round that are new, nil at its end.
func (s *seenFiles) next(ctx context.Context) (*vec.Batch, error) {
	for s.part < fanOut {
		if s.cur == nil {
			if s.cur = s.wait.take(s.part); s.cur == nil {
				s.part++
				continue
			}
			if err := s.load(ctx); err != nil {
				return nil, err
			}
		}
		b, err := s.cur.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b == nil {
			s.endPart()
			s.part++
			continue
		}
		next := uint32(s.table.n)
		s.ids = s.table.groups(b.Cols, b.N, s.ids)
		if err := s.mem.set(s.table.bytes()); err != nil {
			return nil, err
		}
		var idx []int32
		for i, id := range s.ids[:b.N] {
			if id == next {
				idx = append(idx, int32(i))
				next++
			}
		}
		if len(idx) == 0 {
			continue
		}
		b = gather(b, idx)
		if s.old[s.part] == nil {
			if s.old[s.part], err = s.q.newFile(); err != nil {
				return nil, err
			}
		}
		_, err = s.old[s.part].Write(b)
		return b, err
	}
	s.part, s.wait = 0, s.q.newPartitions(s.n, 0)
	return nil, nil
}

// load reads the rows of earlier rounds that the part may have.
func (s *seenFiles) load(ctx context.Context) error {
	s.table = newKeyTable(s.types)
	f := s.old[s.part]
	if f == nil {
		return nil
	}
	for pos := int64(0); ; {
		if ctx.Err() != nil {
			return ctxErr(ctx)
		}
		b, next, err := f.ReadAt(pos)
		if b == nil || err != nil {
			return err
		}
		s.ids = s.table.groups(b.Cols, b.N, s.ids)
		if err := s.mem.set(s.table.bytes()); err != nil {
			return err
		}
		pos = next
	}
}

func (s *seenFiles) endPart() {
	if s.cur != nil {
		s.cur.Close()
	}
	s.cur, s.table = nil, nil
	s.mem.free()
}

func (s *seenFiles) close() {
	if s == nil {
		return
	}
	s.endPart()
	s.wait.close()
	for i, f := range s.old {
		if f != nil {
			s.q.spilled(s.n, f.End())
			f.Close()
			s.old[i] = nil
		}
	}
}
