package op

import (
	"context"

	"tagd/exec/spill"
	"tagd/planner/plan"
	"tagd/sql/vec"
)

// Rows that do not fit in memory are divided by the hash of their keys into
// files, each of which is then treated as the whole was, with other bits of the
// hash: at level maxLevel rows stay in memory whatever they take.
const (
	fanBits  = 4
	fanOut   = 1 << fanBits
	maxLevel = 8
)

// partitions are the files of one division.
type partitions struct {
	q     *Query
	n     plan.Node // for EXPLAIN ANALYZE
	level int
	files [fanOut]*spill.File
	seed  []uint64
}

func (q *Query) newPartitions(n plan.Node, level int) *partitions {
	return &partitions{q: q, n: n, level: level}
}

// add writes each row of b to the file of its keys.
func (p *partitions) add(b *vec.Batch, keys []*vec.Vector) error {
	p.seed = grow(p.seed, b.N)
	clear(p.seed)
	for _, k := range keys {
		vec.Hash(k, p.seed)
	}
	var idx [fanOut][]int32
	shift := 64 - fanBits*(p.level+1)
	for i, h := range p.seed {
		f := h >> shift & (fanOut - 1)
		idx[f] = append(idx[f], int32(i))
	}
	for f, rows := range idx {
		if len(rows) == 0 {
			continue
		}
		if p.files[f] == nil {
			file, err := p.q.newFile()
			if err != nil {
				return err
			}
			p.files[f] = file
		}
		if _, err := p.files[f].Write(gatherSome(b, rows)); err != nil {
			return err
		}
	}
	return nil
}

// gatherSome is gather for a batch in which columns may be missing.
func gatherSome(b *vec.Batch, idx []int32) *vec.Batch {
	if len(idx) == b.N {
		return b
	}
	out := &vec.Batch{N: len(idx), Cols: make([]*vec.Vector, len(b.Cols))}
	for i, c := range b.Cols {
		if c != nil {
			out.Cols[i] = c.Gather(idx)
		}
	}
	return out
}

// take hands file f over as a cursor that closes it; nil if it has no rows.
func (p *partitions) take(f int) Cursor {
	file := p.files[f]
	if file == nil {
		return nil
	}
	p.files[f] = nil
	p.q.spilled(p.n, file.End())
	return &fileCursor{f: file}
}

// rows is the number of rows in file f.
func (p *partitions) rows(f int) int64 {
	if p == nil || p.files[f] == nil {
		return 0
	}
	return p.files[f].Rows()
}

func (p *partitions) close() {
	if p == nil {
		return
	}
	for i, f := range p.files {
		f.Close()
		p.files[i] = nil
	}
}

// newFile makes a temporary file within the query's budget.
func (q *Query) newFile() (*spill.File, error) {
	q.files.Add(1)
	return spill.Create(q.TempDir, &q.temp)
}

// TempFiles is how many temporary files the query has made, and the bytes that it
// has written to them.
func (q *Query) TempFiles() (files, bytes int64) { return q.files.Load(), q.temp.Written() }

// fileCursor reads a temporary file once and closes it.
type fileCursor struct {
	f   *spill.File
	pos int64
}

func (c *fileCursor) Next(ctx context.Context) (*vec.Batch, error) {
	if ctx.Err() != nil {
		return nil, ctxErr(ctx)
	}
	if c.f == nil {
		return nil, nil
	}
	b, next, err := c.f.ReadAt(c.pos)
	c.pos = next
	return b, err
}

func (c *fileCursor) Close() {
	c.f.Close()
	c.f = nil
}

// noRowsCursor has no rows.
type noRowsCursor struct{}

func (noRowsCursor) Next(context.Context) (*vec.Batch, error) { return nil, nil }
func (noRowsCursor) Close()                                   {}

// orNone is c, or a cursor without rows.
func orNone(c Cursor) Cursor {
	if c == nil {
		return noRowsCursor{}
	}
	return c
}
