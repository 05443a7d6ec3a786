package op

import (
	"context"
	"sync"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// topScan is a Top-N Sort right over a scan of plain columns. Only the keys are
// read, and only of rows that can still be among the first: as soon as enough
// rows are known, being no worse than the last of them is one more condition
// that pages answer. The rows themselves are read at the end.
type topScan struct {
	q    *Query
	n    *plan.Sort
	proj *plan.Project // nil: the scan's columns are the output
	src  *source
	keys []topKey

	mu   sync.Mutex
	best *vec.Batch // the tightest last row of any worker, nil: none yet

	mem  held
	out  *listCursor
	done bool
}

// maxTop is the largest number of rows for which a topScan pays.
const maxTop = 1 << 18

// topTrial is the least number of rows that trial reads; tests lower it.
var topTrial = 1 << 14

// newTopScan opens a topScan; nil when the plan or the forms do not fit.
func (q *Query) newTopScan(n *plan.Sort) (Cursor, error) {
	if q.NoBitmaps || n.Limit <= 0 || n.Limit > maxTop || len(n.Keys) == 0 {
		return nil, nil
	}
	t := &topScan{q: q, n: n, mem: held{acc: q.Mem}}
	in := n.Input
	if p, ok := in.(*plan.Project); ok && plainExprs(p.Exprs) {
		t.proj, in = p, p.Input
	}
	sc, ok := in.(*plan.Scan)
	if !ok || sc.Where != nil && sc.Set == nil {
		return nil, nil
	}
	src, err := q.source(sc)
	if err != nil {
		return nil, err
	}
	t.src = src
	for i, k := range n.Keys {
		key, ok := t.key(i, k)
		if !ok || i == 0 && !key.pushed() {
			return nil, nil
		}
		t.keys = append(t.keys, key)
	}
	q.note(n, "Rows chosen by their keys")
	return t, nil
}

// plainExprs reports a list of columns and constants: what cannot fail may be
// computed for the chosen rows only.
func plainExprs(es []plan.Expr) bool {
	for _, e := range es {
		switch e.(type) {
		case *plan.Col, *plan.Const:
		default:
			return false
		}
	}
	return true
}

func (t *topScan) Next(ctx context.Context) (*vec.Batch, error) {
	if t.done {
		return nil, nil
	}
	if t.out == nil {
		t.out = &listCursor{}
		if err := t.run(ctx); err != nil {
			return nil, err
		}
	}
	if ctx.Err() != nil {
		return nil, ctxErr(ctx)
	}
	return t.out.Next(ctx)
}

func (t *topScan) Close() {
	t.done = true
	t.mem.free()
}

func (t *topScan) run(ctx context.Context) error {
	parts := make([]*topKeeper, t.src.workers())
	for w := range parts {
		parts[w] = t.newKeeper()
	}
	defer func() {
		for _, p := range parts {
			p.mem.free()
		}
	}()
	err := t.src.each(ctx, func(ctx context.Context, w, i int, set *bitmap.Set) error {
		return t.segment(ctx, i, set, parts[w])
	})
	if err != nil {
		return err
	}
	all := t.newKeeper()
	defer all.mem.free()
	for _, p := range parts {
		if b := p.first(); b != nil {
			if err := all.add(b); err != nil {
				return err
			}
		}
	}
	if b := all.first(); b != nil {
		return t.fetch(ctx, b.Cols[len(t.keys)].I64)
	}
	return nil
}

// segment offers the rows of segment i that can still be among the first.
func (t *topScan) segment(ctx context.Context, i int, set *bitmap.Set, keep *topKeeper) error {
	seg, err := t.src.t.Segment(i)
	if err != nil {
		return err
	}
	defer seg.Close()
	if err := t.src.note(ctx, seg); err != nil {
		return err
	}
	base := t.src.rows
	if base == nil {
		base = allRows
	}
	last := t.last(keep)
	if last == nil {
		err = seg.Eval(ctx, base, set)
	} else {
		err = t.narrow(ctx, seg, base, last, set)
	}
	if err == nil {
		err = t.tighten(ctx, seg, base, set)
	}
	if err != nil {
		return err
	}
	offs := make([]uint32, 0, vec.MaxBatch)
	for at := set.Next(0); at >= 0; at = set.Next(int(offs[len(offs)-1]) + 1) {
		if ctx.Err() != nil {
			return ctxErr(ctx)
		}
		offs = offs[:0]
		for o := at; o >= 0 && len(offs) < cap(offs); o = set.Next(o + 1) {
			offs = append(offs, uint32(o))
		}
		b, err := t.read(seg, offs)
		if err == nil {
			err = keep.add(b)
		}
		if err != nil {
			return err
		}
	}
	t.share(keep)
	return nil
}

// tighten takes rows out of set that cannot be among the first, as long as that
// halves it and it is larger than a trial: of a segment in the order of the keys
// each row may be better than any before.
func (t *topScan) tighten(ctx context.Context, seg table.Segment, base *table.Rows, set *bitmap.Set) error {
	want := max(8*int(t.n.Limit), topTrial)
	for n := set.Count(); n > 2*want; {
		last, err := t.trial(seg, set, n, want)
		if err != nil {
			return err
		}
		if err := t.narrow(ctx, seg, base, last, set); err != nil {
			return err
		}
		k := set.Count()
		if k > n/2 {
			return nil
		}
		n = k
	}
	return nil
}

// narrow sets set to the rows of base that are not behind last. Of many rows that
// are equal to it only the first are wanted.
func (t *topScan) narrow(ctx context.Context, seg table.Segment, base *table.Rows, last *vec.Batch, set *bitmap.Set) error {
	if err := seg.Eval(ctx, and(base, t.upTo(last, true)), set); err != nil {
		return err
	}
	limit := int(t.n.Limit)
	if set.Count() < 2*limit+topTrial/4 {
		return nil
	}
	for i := range t.keys {
		if !t.keys[i].pushed() {
			return nil // pages do not tell which rows are equal
		}
	}
	ahead := &bitmap.Set{}
	if err := seg.Eval(ctx, and(base, t.upTo(last, false)), ahead); err != nil {
		return err
	}
	set.AndNot(ahead)
	for o := set.Next(0); o >= 0 && limit > 0; o = set.Next(o + 1) {
		ahead.Add(o)
		limit--
	}
	*set = *ahead
	return nil
}

// trial reads the keys of about want of the n rows of set, more than are kept,
// from all over the segment, and returns the last one that would be kept.
func (t *topScan) trial(seg table.Segment, set *bitmap.Set, n, want int) (*vec.Batch, error) {
	offs := make([]uint32, 0, want+want/4)
	for w := 0; w < len(set.Words); w += max(n/want, 1) {
		offs = bitmap.AppendOffsets(offs, set.Words, w<<6, w<<6+64)
	}
	if len(offs) < int(t.n.Limit) { // the rows are in few words: the first will do
		offs = offs[:0]
		for o := set.Next(0); len(offs) < want; o = set.Next(o + 1) {
			offs = append(offs, uint32(o))
		}
	}
	b, err := t.read(seg, offs)
	if err != nil {
		return nil, err
	}
	return lastRow(t.newKeeper().pick(b, int(t.n.Limit))), nil
}

// read gathers the keys and, as a last column, the ordinals.
func (t *topScan) read(seg table.Segment, offs []uint32) (*vec.Batch, error) {
	out := &vec.Batch{N: len(offs)}
	for _, k := range t.keys {
		v, err := seg.Gather(k.col, offs)
		if err != nil {
			return nil, err
		}
		out.Cols = append(out.Cols, v)
	}
	ords := vec.New(types.Of(types.Int8), len(offs))
	base := int64(seg.Index()) * bitmap.SegmentRows
	for i, o := range offs {
		ords.I64[i] = base + int64(o)
	}
	out.Cols = append(out.Cols, ords)
	return out, nil
}

// last is the row that others must not be behind, nil if there is none yet.
func (t *topScan) last(keep *topKeeper) *vec.Batch {
	t.share(keep)
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.best
}

// share makes the last row of keep, if it is full, known to all workers.
func (t *topScan) share(keep *topKeeper) {
	if keep.top == nil {
		return
	}
	keep.cut()
	mine := lastRow(keep.top)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.best == nil {
		t.best = mine
		return
	}
	two := concat(keep.fields, []*vec.Batch{t.best, mine})
	t.best = keep.pick(two, 1)
}

func lastRow(b *vec.Batch) *vec.Batch { return gather(b, []int32{int32(b.N - 1)}) }

// topKeeper keeps the first rows of those offered to it.
type topKeeper struct {
	sorter
	fields []plan.Field
	top    *vec.Batch // the first rows at the last cut, a full limit of them, the last at the end
	parts  []*vec.Batch
	rows   int
	size   int64
}

func (t *topScan) newKeeper() *topKeeper {
	n := &plan.Sort{Limit: t.n.Limit}
	var fields []plan.Field
	for _, k := range t.keys {
		n.Keys = append(n.Keys, k.sort)
		fields = append(fields, plan.Field{Type: k.typ})
	}
	// Rows with equal keys come in the order of the table, as when all are sorted.
	n.Keys = append(n.Keys, plan.SortKey{Col: len(t.keys)})
	fields = append(fields, plan.Field{Type: types.Of(types.Int8)})
	return &topKeeper{sorter: sorter{q: t.q, n: n, mem: held{acc: t.q.Mem}}, fields: fields}
}

func (k *topKeeper) add(b *vec.Batch) error {
	if b = k.contenders(b, k.top); b.N == 0 {
		return nil
	}
	k.parts = append(k.parts, b)
	k.rows += b.N
	k.size += batchBytes(b)
	if limit := int(k.n.Limit); k.rows >= limit && (k.top == nil || k.rows > limit+topSlack) {
		k.cut()
	}
	return k.mem.set(2*k.size + int64(k.rows)*12)
}

// cut drops what is behind the first rows, of which there are enough.
func (k *topKeeper) cut() {
	if len(k.parts) > 1 || k.top == nil {
		k.top = k.pick(concat(k.fields, k.parts), int(k.n.Limit))
		k.parts, k.rows, k.size = []*vec.Batch{k.top}, k.top.N, batchBytes(k.top)
	}
}

// pick is the first n rows of b in any order but for the last of them, which is
// at the end. C. A. R. Hoare, "Algorithm 65: find" (1961).
func (k *topKeeper) pick(b *vec.Batch, n int) *vec.Batch {
	idx := make([]int32, b.N)
	for i := range idx {
		idx[i] = int32(i)
	}
	order := newRowOrder(b, k.n.Keys)
	n = min(n, b.N)
	for lo, hi := 0, b.N-1; lo < hi; {
		p, i, j := idx[lo+(hi-lo)/2], lo, hi
		for i <= j {
			for order.compare(idx[i], p) < 0 {
				i++
			}
			for order.compare(idx[j], p) > 0 {
				j--
			}
			if i <= j {
				idx[i], idx[j] = idx[j], idx[i]
				i++
				j--
			}
		}
		switch {
		case n-1 <= j:
			hi = j
		case n-1 >= i:
			lo = i
		default:
			lo = hi
		}
	}
	return gather(b, idx[:n])
}

// first is the first rows in order, nil: none.
func (k *topKeeper) first() *vec.Batch {
	if k.rows == 0 {
		return nil
	}
	return k.order(concat(k.fields, k.parts), int(k.n.Limit))
}

// fetch reads the rows with the given ordinals, in this order.
func (t *topScan) fetch(ctx context.Context, ords []int64) error {
	t.q.countRows(t.src.n, len(ords))
	order := make([]int32, len(ords))
	for i := range order {
		order[i] = int32(i)
	}
	v := vec.New(types.Of(types.Int8), len(ords))
	copy(v.I64, ords)
	order = sortIndex(&vec.Batch{N: v.N, Cols: []*vec.Vector{v}}, []plan.SortKey{{}})
	place := make([]int32, len(ords)) // where the rows, read by ordinal, stand
	for i, x := range order {
		place[x] = int32(i)
	}
	var parts []*vec.Batch
	var offs []uint32
	for i := 0; i < len(order); {
		s := ords[order[i]] / bitmap.SegmentRows
		offs = offs[:0]
		for i < len(order) && ords[order[i]]/bitmap.SegmentRows == s {
			offs = append(offs, uint32(ords[order[i]]%bitmap.SegmentRows))
			i++
		}
		seg, err := t.src.t.Segment(int(s))
		if err != nil {
			return err
		}
		err = t.src.batch(ctx, seg, offs, func(b *vec.Batch) error {
			parts = append(parts, b)
			return nil
		})
		seg.Close()
		if err != nil {
			return err
		}
	}
	all := concat(t.src.n.Schema(), parts)
	if err := t.mem.set(2 * batchBytes(all)); err != nil {
		return err
	}
	all = gather(all, place)
	if t.proj != nil {
		cols, err := t.q.evalAll(t.proj.Exprs, all)
		if err != nil {
			return err
		}
		all = &vec.Batch{N: all.N, Cols: cols}
	}
	t.out.batches = cut(all)
	return nil
}
