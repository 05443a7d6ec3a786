package op

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"slices"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// sorter orders its whole input, or keeps the first rows of it.
type sorter struct {
	q    *Query
	in   Cursor
	n    *plan.Sort
	mem  held
	out  Cursor
	done bool
	// runs are set when the rows did not fit in memory; given counts the rows that
	// have been given out of them.
	runs  *runs
	given int64
}

func newSort(q *Query, in Cursor, n *plan.Sort) Cursor {
	return &sorter{q: q, in: in, n: n, mem: held{acc: q.Mem}}
}

// topSlack is how many rows beyond the limit are kept before the buffer is cut:
// sorting is then rare and each sort drops most of what it sees.
const topSlack = 8 * vec.MaxBatch

func (s *sorter) Next(ctx context.Context) (*vec.Batch, error) {
	if s.done {
		return nil, nil
	}
	if s.out == nil {
		if err := s.run(ctx); err != nil {
			return nil, err
		}
	}
	if ctx.Err() != nil {
		return nil, ctxErr(ctx)
	}
	if s.runs == nil {
		return s.out.Next(ctx)
	}
	limit := int64(vec.MaxBatch)
	if s.n.Limit > 0 {
		limit = min(limit, s.n.Limit-s.given)
	}
	b, err := s.runs.output.next(ctx, int(limit))
	if b != nil {
		s.given += int64(b.N)
	}
	return b, err
}

// spill writes what has been collected to a temporary file, sorted.
func (s *sorter) spill(ctx context.Context, parts []*vec.Batch, size int64) error {
	if s.runs == nil {
		s.runs = &runs{q: s.q, n: s.n}
	}
	all := s.concat(parts)
	idx, err := sortIndexUntil(ctx, all, s.n.Keys)
	if err != nil {
		return err
	}
	if s.n.Limit > 0 && int64(len(idx)) > s.n.Limit {
		idx = idx[:s.n.Limit]
	}
	return s.runs.add(ctx, all, idx, size)
}

func (s *sorter) run(ctx context.Context) error {
	var parts []*vec.Batch
	var top *vec.Batch // the best rows at the last cut, a full limit of them
	rows, size := 0, int64(0)
	var sizes dictSizes
	for {
		b, err := s.in.Next(ctx)
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		if b = s.contenders(b, top); b.N == 0 {
			continue
		}
		parts = append(parts, b)
		rows += b.N
		size += sizes.batch(b)
		if s.n.Limit > 0 && int64(rows) > s.n.Limit+topSlack {
			top = s.order(s.concat(parts), int(s.n.Limit))
			parts, rows, size = []*vec.Batch{top}, top.N, batchBytes(top)
		}
		// Sorting needs the rows twice for a moment, and an index.
		need := 2*size + int64(rows)*(12+8*int64(len(s.n.Keys)))
		if need > s.q.workMem() && rows > minBlock {
			if err := s.spill(ctx, parts, size); err != nil {
				return err
			}
			if top != nil {
				top = slice(top, top.N-1, top.N)
			}
			parts, rows, size, sizes = nil, 0, 0, dictSizes{}
			s.mem.free()
			continue
		}
		if err := s.mem.set(need); err != nil {
			return err
		}
	}
	s.in.Close()
	s.out = &listCursor{}
	if s.runs != nil {
		if rows > 0 {
			if err := s.spill(ctx, parts, size); err != nil {
				return err
			}
		}
		s.mem.free()
		return s.runs.start(ctx)
	}
	if rows == 0 {
		return nil
	}
	all := s.concat(parts)
	idx, err := sortIndexUntil(ctx, all, s.n.Keys)
	if err != nil {
		return err
	}
	if s.n.Limit > 0 && int64(len(idx)) > s.n.Limit {
		idx = idx[:s.n.Limit]
	}
	s.out = &picked{all: all, idx: idx}
	return s.mem.set(size + int64(len(idx))*4)
}

// picked gives the rows idx of a batch, some at a time.
type picked struct {
	all *vec.Batch
	idx []int32
}

func (p *picked) Next(context.Context) (*vec.Batch, error) {
	n := min(len(p.idx), vec.MaxBatch)
	if n == 0 {
		p.all = nil
		return nil, nil
	}
	b := gather(p.all, p.idx[:n])
	p.idx = p.idx[n:]
	return b, nil
}

func (p *picked) Close() {}

// contenders leaves out the rows whose first key puts them behind every row of
// top, of which there are as many as are wanted.
func (s *sorter) contenders(b, top *vec.Batch) *vec.Batch {
	if top == nil {
		return b
	}
	k := s.n.Keys[0]
	v, worst, last := b.Cols[k.Col], top.Cols[k.Col], top.N-1
	worstNull := worst.IsNull(last)
	idx := make([]int32, 0, 64)
	for i := range b.N {
		null := v.IsNull(i)
		var behind bool
		switch {
		case null && worstNull:
		case null:
			behind = !k.NullsFirst
		case worstNull:
			behind = k.NullsFirst
		case k.Desc:
			behind = vec.CompareAt(v, i, worst, last) < 0
		default:
			behind = vec.CompareAt(v, i, worst, last) > 0
		}
		if !behind {
			idx = append(idx, int32(i))
		}
	}
	if len(idx) == b.N {
		return b
	}
	return gather(b, idx)
}

func (s *sorter) order(b *vec.Batch, limit int) *vec.Batch {
	idx := sortIndex(b, s.n.Keys)
	return gather(b, idx[:min(limit, len(idx))])
}

func (s *sorter) concat(parts []*vec.Batch) *vec.Batch { return concat(s.n.Schema(), parts) }

func (s *sorter) Close() {
	s.done = true
	s.in.Close()
	s.runs.close()
	s.q.remember(s.n, &s.mem)
	s.mem.free()
}

// concat joins batches; one is returned as it is.
func concat(fields []plan.Field, parts []*vec.Batch) *vec.Batch {
	b, _ := concatCtx(context.Background(), fields, parts)
	return b
}

// concatCtx is concat for so many rows that ctx may end meanwhile.
func concatCtx(ctx context.Context, fields []plan.Field, parts []*vec.Batch) (*vec.Batch, error) {
	if len(parts) == 1 {
		return parts[0], nil
	}
	goOn := func() bool { return ctx.Err() == nil }
	out := &vec.Batch{Cols: make([]*vec.Vector, len(fields))}
	for _, p := range parts {
		out.N += p.N
	}
	vs := make([]*vec.Vector, len(parts))
	for c := range fields {
		for i, p := range parts {
			vs[i] = p.Cols[c]
		}
		if out.Cols[c] = vec.ConcatWhile(fields[c].Type, vs, goOn); out.Cols[c] == nil {
			return nil, ctxErr(ctx)
		}
	}
	return out, nil
}

// batchBytes is the memory of one batch.
func batchBytes(b *vec.Batch) int64 { return new(dictSizes).batch(b) }

// dictSizes measures batches that are kept together: dictionaries, which most of
// them share, count once, and not at all where they are longer than the batch:
// those are a table's, in memory anyway, and going to disk would not free them.
type dictSizes struct{ seen map[*vec.Vector]bool }

func (z *dictSizes) batch(b *vec.Batch) int64 {
	n := int64(0)
	for _, c := range b.Cols {
		n += z.vector(c)
	}
	return n
}

func (z *dictSizes) vector(v *vec.Vector) int64 {
	switch {
	case v == nil:
		return 0
	case v.Dict != nil:
		n := int64(len(v.Codes))*4 + 160
		if v.Dict.N <= v.N && !z.seen[v.Dict] {
			if z.seen == nil {
				z.seen = map[*vec.Vector]bool{}
			}
			z.seen[v.Dict] = true
			n += v.Dict.Bytes()
		}
		return n
	case v.Child == nil:
		return v.Bytes()
	}
	c := *v
	c.Child = nil
	n := c.Bytes()
	if v.Child.N > 0 && v.N > 0 { // of a slice, its part of the elements
		own := int64(v.Off[len(v.Off)-1] - v.Off[0])
		n += z.vector(v.Child) * own / int64(v.Child.N)
	}
	return n
}

// sortIndex returns the rows of b in order of keys; equal rows keep their order.
func sortIndex(b *vec.Batch, keys []plan.SortKey) []int32 {
	idx, _ := sortIndexUntil(context.Background(), b, keys)
	return idx
}

// sortStopped leaves a sort whose context has ended.
type sortStopped struct{}

// sortIndexUntil is sortIndex that gives up when ctx ends.
func sortIndexUntil(ctx context.Context, b *vec.Batch, keys []plan.SortKey) (idx []int32, err error) {
	idx = sequence(b.N)
	order := newRowOrder(b, keys)
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(sortStopped); !ok {
				panic(p)
			}
			idx, err = nil, ctxErr(ctx)
		}
	}()
	compared := 0
	slices.SortFunc(idx, func(x, y int32) int {
		if compared++; compared&0xffff == 0 && ctx.Err() != nil {
			panic(sortStopped{}) // the only way out of slices.SortFunc
		}
		return order.compare(x, y)
	})
	return idx, nil
}

// rowOrder is the order of a batch's rows by some keys; equal rows keep theirs.
type rowOrder []sortKey

func newRowOrder(b *vec.Batch, keys []plan.SortKey) rowOrder {
	o := make(rowOrder, len(keys))
	for i, k := range keys {
		o[i] = newSortKey(b.Cols[k.Col], k)
	}
	return o
}

func (o rowOrder) compare(x, y int32) int {
	for k := range o {
		if c := o[k].compare(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(x, y)
}

// sortKey is a key column as unsigned numbers in its order. Where they are equal
// and exact is false, the values decide.
type sortKey struct {
	rank  []uint64 // direction applied
	null  []uint8  // nil: no NULLs; otherwise the place of NULLs and values
	exact bool
	desc  bool
	// nullsFirst is the place of NULLs among rows that null does not order: those
	// of another block.
	nullsFirst bool
	v          *vec.Vector
	scale      int32 // of the numerics that exact ranks are of
}

func newSortKey(v *vec.Vector, k plan.SortKey) sortKey {
	s := sortKey{rank: make([]uint64, v.N), exact: true, desc: k.Desc, nullsFirst: k.NullsFirst, v: v}
	if v.Dict != nil {
		ranks := dictRanks(v.Dict)
		for i, c := range v.Codes[:v.N] {
			s.rank[i] = ranks[c]
		}
	} else {
		v = v.Flat()
		s.v = v
		switch v.Type.Phys() {
		case types.PhysInt:
			for i, x := range v.I64[:v.N] {
				s.rank[i] = uint64(x) ^ 1<<63
			}
		case types.PhysFloat:
			for i, x := range v.F64[:v.N] {
				s.rank[i] = floatRank(x)
			}
		case types.PhysDec:
			s.scale, s.exact = decRanks(v, s.rank)
		case types.PhysStr:
			s.exact = false
			for i, x := range v.Str[:v.N] {
				if v.Type.ByBytes() {
					s.rank[i] = prefix(x)
				}
			}
		default:
			s.exact = false
		}
	}
	if k.Desc {
		for i := range s.rank {
			s.rank[i] = ^s.rank[i]
		}
	}
	if v.HasNulls() {
		s.null = make([]uint8, v.N)
		for i := range s.null {
			if v.IsNull(i) != k.NullsFirst {
				s.null[i] = 1
			}
		}
	}
	return s
}

func (s *sortKey) compare(x, y int32) int {
	if s.null != nil {
		if s.null[x] != s.null[y] {
			return cmp.Compare(s.null[x], s.null[y])
		}
		if s.v.IsNull(int(x)) {
			return 0
		}
	}
	if s.rank[x] != s.rank[y] {
		return cmp.Compare(s.rank[x], s.rank[y])
	}
	if s.exact {
		return 0
	}
	c := vec.CompareAt(s.v, int(x), s.v, int(y))
	if s.desc {
		return -c
	}
	return c
}

// decRanks ranks numerics of one scale by their digits, if they fit; if they do
// not, all ranks are equal and the result is false.
func decRanks(v *vec.Vector, ranks []uint64) (scale int32, exact bool) {
	scale = -1
	for i := range v.N {
		d := &v.Dec[i]
		if v.IsNull(i) {
			continue
		}
		if scale < 0 {
			scale = d.Scale
		}
		if d.Form != types.Finite || d.Big != nil || d.Scale != scale {
			clear(ranks)
			return -1, false
		}
		ranks[i] = uint64(d.Coef) ^ 1<<63
	}
	return scale, true
}

// dictRanks numbers the entries of a dictionary in order, equal ones equally.
func dictRanks(d *vec.Vector) []uint64 {
	idx := sortIndex(&vec.Batch{N: d.N, Cols: []*vec.Vector{d}}, []plan.SortKey{{}})
	ranks := make([]uint64, d.N)
	r := uint64(0)
	for i, x := range idx {
		if i > 0 && !sameRow([]*vec.Vector{d}, int(idx[i-1]), int(x)) {
			r++
		}
		ranks[x] = r
	}
	return ranks
}

// floatRank orders floats as Postgres does: -0 = 0, NaN last.
func floatRank(f float64) uint64 {
	if math.IsNaN(f) {
		return math.MaxUint64
	}
	if f == 0 {
		f = 0
	}
	u := math.Float64bits(f)
	if u>>63 != 0 {
		return ^u
	}
	return u | 1<<63
}

// prefix is the first eight bytes, zero padded, in byte order.
func prefix(s string) uint64 {
	if len(s) >= 8 {
		return binary.BigEndian.Uint64([]byte(s[:8]))
	}
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}
