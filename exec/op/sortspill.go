package op

import (
	"cmp"
	"context"

	"tagd/exec/spill"
	"tagd/planner/plan"
	"tagd/sql/vec"
)

// runs are sorted runs in a temporary file, to be merged. Rows of earlier runs
// come first among equal ones.
type runs struct {
	q      *Query
	n      *plan.Sort
	file   *spill.File
	at     [][2]int64 // where each run begins and ends
	per    int        // rows in a block
	output *merge
}

// maxFan is how many runs are merged at once.
const maxFan = 128

// minBlock is the least number of rows in a block of a run.
const minBlock = 64

// add writes the rows of b in the order of idx as a run. size is the memory of
// b: it decides the rows in a block, so that a merge of many runs fits.
func (r *runs) add(ctx context.Context, b *vec.Batch, idx []int32, size int64) error {
	if r.file == nil {
		f, err := r.q.newFile()
		if err != nil {
			return err
		}
		r.file = f
		row := size/int64(b.N) + 1
		r.per = int(min(max(r.q.workMem()/maxFan/row, minBlock), vec.MaxBatch))
	}
	from := r.file.End()
	for lo := 0; lo < len(idx); lo += r.per {
		if ctx.Err() != nil {
			return ctxErr(ctx)
		}
		if _, err := r.file.Write(gather(b, idx[lo:min(lo+r.per, len(idx))])); err != nil {
			return err
		}
	}
	r.at = append(r.at, [2]int64{from, r.file.End()})
	return nil
}

// start merges runs into longer ones until few enough are left for one merge.
func (r *runs) start(ctx context.Context) error {
	for len(r.at) > maxFan {
		var longer [][2]int64
		file, err := r.q.newFile()
		if err != nil {
			return err
		}
		for lo := 0; lo < len(r.at); lo += maxFan {
			from := file.End()
			m := r.merge(r.at[lo:min(lo+maxFan, len(r.at))])
			for {
				b, err := m.next(ctx, r.per)
				if err == nil && b != nil {
					_, err = file.Write(b)
				}
				if err != nil {
					file.Close()
					return err
				}
				if b == nil {
					break
				}
			}
			longer = append(longer, [2]int64{from, file.End()})
		}
		r.q.spilled(r.n, r.file.End())
		r.file.Close()
		r.file, r.at = file, longer
	}
	r.output = r.merge(r.at)
	return nil
}

func (r *runs) close() {
	if r != nil && r.file != nil {
		r.q.spilled(r.n, r.file.End())
		r.file.Close()
		r.file = nil
	}
}

// merge is a heap of runs by their next rows.
type merge struct {
	r    *runs
	todo [][2]int64
	heap []*mergeRun
}

// mergeRun is one run with the block that is being read.
type mergeRun struct {
	no   int
	pos  int64
	end  int64
	b    *vec.Batch
	row  int
	keys []sortKey
}

func (r *runs) merge(at [][2]int64) *merge { return &merge{r: r, todo: at} }

// fill reads the run's next block; false at its end.
func (m *merge) fill(x *mergeRun) (bool, error) {
	x.b = nil
	if x.pos >= x.end {
		return false, nil
	}
	b, next, err := m.r.file.ReadAt(x.pos)
	if err != nil || b == nil {
		return false, err
	}
	x.b, x.row, x.pos, x.keys = b, 0, next, x.keys[:0]
	for _, k := range m.r.n.Keys {
		// Ranks of dictionaries differ from block to block.
		x.keys = append(x.keys, newSortKey(b.Cols[k.Col].Flat(), k))
	}
	return true, nil
}

// less orders two runs by their next rows.
func (m *merge) less(x, y *mergeRun) bool {
	for k := range x.keys {
		if c := compareKeys(&x.keys[k], x.row, &y.keys[k], y.row); c != 0 {
			return c < 0
		}
	}
	return x.no < y.no
}

// compareKeys is sortKey.compare of rows of different blocks.
func compareKeys(a *sortKey, x int, b *sortKey, y int) int {
	if a.null != nil || b.null != nil {
		an, bn := a.v.IsNull(x), b.v.IsNull(y)
		switch {
		case an && bn:
			return 0
		case an != bn:
			if an == a.nullsFirst {
				return -1
			}
			return 1
		}
	}
	if a.scale == b.scale && a.exact == b.exact { // ranks that can be compared
		if a.rank[x] != b.rank[y] {
			return cmp.Compare(a.rank[x], b.rank[y])
		}
		if a.exact {
			return 0
		}
	}
	c := vec.CompareAt(a.v, x, b.v, y)
	if a.desc {
		return -c
	}
	return c
}

// next gives up to limit rows, nil at the end.
func (m *merge) next(ctx context.Context, limit int) (*vec.Batch, error) {
	if ctx.Err() != nil {
		return nil, ctxErr(ctx)
	}
	for no, at := range m.todo {
		x := &mergeRun{no: no, pos: at[0], end: at[1]}
		ok, err := m.fill(x)
		if err != nil {
			return nil, err
		}
		if ok {
			m.heap = append(m.heap, x)
		}
	}
	if m.todo != nil {
		m.todo = nil
		for i := len(m.heap)/2 - 1; i >= 0; i-- {
			m.down(i)
		}
	}
	out := newPicker(m.r.n.Schema())
	for out.n < limit && len(m.heap) > 0 {
		x := m.heap[0]
		out.pick(x.b, x.row)
		if x.row++; x.row == x.b.N {
			ok, err := m.fill(x)
			if err != nil {
				return nil, err
			}
			if !ok {
				last := len(m.heap) - 1
				m.heap[0] = m.heap[last]
				m.heap = m.heap[:last]
			}
		}
		m.down(0)
	}
	return out.batch(), nil
}

func (m *merge) down(i int) {
	for {
		c := 2*i + 1
		if c >= len(m.heap) {
			return
		}
		if c+1 < len(m.heap) && m.less(m.heap[c+1], m.heap[c]) {
			c++
		}
		if !m.less(m.heap[c], m.heap[i]) {
			return
		}
		m.heap[i], m.heap[c] = m.heap[c], m.heap[i]
		i = c
	}
}

// picker makes a batch of rows from several.
type picker struct {
	fields []plan.Field
	from   []*vec.Batch // in runs of rows from one batch
	rows   []int32
	ends   []int32 // where each run ends in rows
	n      int
}

func newPicker(fields []plan.Field) *picker { return &picker{fields: fields} }

func (p *picker) pick(b *vec.Batch, row int) {
	if k := len(p.from); k == 0 || p.from[k-1] != b {
		p.from, p.ends = append(p.from, b), append(p.ends, 0)
	}
	p.rows = append(p.rows, int32(row))
	p.n++
	p.ends[len(p.ends)-1] = int32(p.n)
}

// batch is the rows picked, nil if none.
func (p *picker) batch() *vec.Batch {
	if p.n == 0 {
		return nil
	}
	out := &vec.Batch{N: p.n, Cols: make([]*vec.Vector, len(p.fields))}
	for c, f := range p.fields {
		b := vec.NewBuilder(f.Type, p.n)
		lo := int32(0)
		for k, src := range p.from {
			v := src.Cols[c]
			for _, row := range p.rows[lo:p.ends[k]] {
				b.AppendFrom(v, int(row))
			}
			lo = p.ends[k]
		}
		out.Cols[c] = b.Finish()
	}
	return out
}
