package op

import (
	"context"
	"math"
	"math/bits"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// Percentiles need the values at certain places of each group's order. A first
// pass counts each cell's values by their upper bits; the bucket that holds a
// wanted place is then counted by the next bits, and so on until a single value
// is left: the values themselves are never collected or sorted.

const (
	// maxRankCells bounds the cells that get a table of buckets each.
	maxRankCells = 1 << 14
	// rankTable is the buckets of all cells together, maxRankBits the bits that
	// one cell gets of them at most.
	rankTable   = 1 << 19
	maxRankBits = 15
	// nextTable is the same of a later pass, for all intervals together, and
	// maxNextBits for one.
	nextTable   = 1 << 19
	maxNextBits = 14
)

// rankBuckets is the number of buckets of a cell in the first pass.
func (c *codeAgg) rankBuckets() int {
	return 1 << min(maxRankBits, max(bits.Len(uint(rankTable/c.cells)), 1)-1)
}

func (c *codeAgg) wantsRanks() bool {
	for _, f := range c.feeds {
		if f.ranks {
			return true
		}
	}
	return false
}

// rankSlot is an interval of a feed's values in some cells, of which places in
// the order are wanted. Several targets may share one.
type rankSlot struct {
	feed  int
	cells []int32
	base  uint64 // first value of the interval, as a distance to the feed's lo
	shift uint   // log2 of its width
	down  uint   // the next pass tells values apart by the bits from here
	at    int    // place of its table in that pass
	table []uint32
}

// rankTarget is a wanted place: the rank-th value, from 0, of its slot.
type rankTarget struct {
	slot *rankSlot
	rank int64
}

// value is the value found, when the slot's interval is down to one.
func (t *rankTarget) value(f *feed) int64 { return int64(uint64(f.lo) + t.slot.base) }

// findRanks computes the percentiles of all sets' groups.
func (c *codeAgg) findRanks(ctx context.Context, p *cellPart, sets []*foldGroups) error {
	if !c.wantsRanks() {
		return nil
	}
	var targets []*rankTarget
	type wanted struct{ first, second *rankTarget }
	want := make([][][]wanted, len(sets)) // by set, call, group
	for s, f := range sets {
		want[s] = make([][]wanted, len(c.calls))
		for j, call := range c.calls {
			if call.kind != intPercentile {
				continue
			}
			want[s][j] = make([]wanted, f.n)
			for g := range f.n {
				n := f.sums[j][g].Count
				if n == 0 {
					continue
				}
				a, b := call.places(n)
				w := wanted{first: c.firstTarget(p, call.feed, f.cells[g], a)}
				targets = append(targets, w.first)
				if w.second = w.first; b != a {
					w.second = c.firstTarget(p, call.feed, f.cells[g], b)
					targets = append(targets, w.second)
				}
				want[s][j][g] = w
			}
		}
	}
	if err := c.narrowRanks(ctx, targets); err != nil {
		return err
	}
	for s, f := range sets {
		f.found = make([][]vec.Datum, len(c.calls))
		for j, call := range c.calls {
			if call.kind != intPercentile {
				continue
			}
			first, second := make([]int64, f.n), make([]int64, f.n)
			for g, w := range want[s][j] {
				if w.first != nil {
					first[g], second[g] = w.first.value(&c.feeds[call.feed]), w.second.value(&c.feeds[call.feed])
				}
			}
			var err error
			if f.found[j], err = c.percentiles(&call.intCall, f.sums[j], first, second); err != nil {
				return err
			}
		}
	}
	return nil
}

// firstTarget finds the bucket of the first pass that has the place rank among
// the values of cells.
func (c *codeAgg) firstTarget(p *cellPart, feed int, cells []int32, rank int64) *rankTarget {
	k := c.rankBuckets()
	shift := c.feeds[feed].shift
	for b := range k {
		n := int64(0)
		for _, cell := range cells {
			n += int64(p.feeds[feed].ranks[int(cell)*k+b])
		}
		if rank < n {
			return &rankTarget{&rankSlot{feed: feed, cells: cells, base: uint64(b) << shift, shift: shift}, rank}
		}
		rank -= n
	}
	panic("op: a rank beyond the values counted")
}

// narrowRanks passes over the rows until every target's interval is one value.
func (c *codeAgg) narrowRanks(ctx context.Context, targets []*rankTarget) error {
	for {
		slots := shareSlots(targets)
		if len(slots) == 0 {
			return nil
		}
		total := layTables(slots)
		size := int64(total) * 4 * int64(c.src.workers()+1)
		if err := c.mem.set(c.partBytes()*int64(c.src.workers()) + size); err != nil {
			return err
		}
		if err := c.countSlots(ctx, slots, total); err != nil {
			return err
		}
		for _, t := range targets {
			t.narrow()
		}
	}
}

// layTables gives each slot its table and returns the size of them all.
func layTables(slots []*rankSlot) int {
	bits := uint(max(1, min(maxNextBits, bits.Len(uint(nextTable/len(slots)))-1)))
	total := 0
	for _, s := range slots {
		s.at, s.down = total, s.shift-min(s.shift, bits)
		total += 1 << (s.shift - s.down)
	}
	return total
}

// shareSlots lets targets with equal intervals share one and returns those that
// are still wider than a value.
func shareSlots(targets []*rankTarget) []*rankSlot {
	type id struct {
		feed  int
		first *int32
		base  uint64
	}
	seen := map[id]*rankSlot{}
	var out []*rankSlot
	for _, t := range targets {
		s := t.slot
		if s.shift == 0 {
			continue
		}
		k := id{s.feed, &s.cells[0], s.base}
		if seen[k] == nil {
			seen[k] = s
			out = append(out, s)
		}
		t.slot = seen[k]
	}
	return out
}

// narrow moves t to the part of its slot that has its place.
func (t *rankTarget) narrow() {
	s := t.slot
	if s.shift == 0 {
		return
	}
	shift := s.down
	for b, n := range s.table {
		if t.rank < int64(n) {
			t.slot = &rankSlot{feed: s.feed, cells: s.cells, base: s.base + uint64(b)<<shift, shift: shift}
			return
		}
		t.rank -= int64(n)
	}
	panic("op: a rank beyond the values counted")
}

// slotIndex lists a feed's slots by cell.
type slotIndex struct {
	feed  int
	start []int32 // by cell, into slots
	slots []cellSlot
	one   []cellSlot // by cell, when none has more than one slot; else nil
}

// cellSlot is what a row of a cell is compared with.
type cellSlot struct {
	base  uint64
	shift uint8
	down  uint8
	at    uint32
}

func (c *codeAgg) indexSlots(slots []*rankSlot) []slotIndex {
	var out []slotIndex
	for f := range c.feeds {
		ix := slotIndex{feed: f, start: make([]int32, c.cells+1)}
		for _, s := range slots {
			if s.feed == f {
				for _, cell := range s.cells {
					ix.start[cell+1]++
				}
			}
		}
		for i := range c.cells {
			ix.start[i+1] += ix.start[i]
		}
		if ix.start[c.cells] == 0 {
			continue
		}
		ix.slots = make([]cellSlot, ix.start[c.cells])
		next := append([]int32(nil), ix.start...)
		for _, s := range slots {
			if s.feed == f {
				for _, cell := range s.cells {
					ix.slots[next[cell]] = cellSlot{s.base, uint8(s.shift), uint8(s.down), uint32(s.at)}
					next[cell]++
				}
			}
		}
		ix.single()
		out = append(out, ix)
	}
	return out
}

// single fills one: the usual case, a percentile of groups of one cell each.
func (ix *slotIndex) single() {
	ix.one = make([]cellSlot, len(ix.start)-1)
	for c := range ix.one {
		switch k := ix.start[c]; ix.start[c+1] - k {
		case 0:
			ix.one[c].base = math.MaxUint64 // no distance is that far behind
		case 1:
			ix.one[c] = ix.slots[k]
		default:
			ix.one = nil
			return
		}
	}
}

// countSlots passes over the rows once and fills the slots' tables.
func (c *codeAgg) countSlots(ctx context.Context, slots []*rankSlot, total int) error {
	index := c.indexSlots(slots)
	parts := make([][]uint32, c.src.workers())
	for w := range parts {
		parts[w] = make([]uint32, total)
	}
	err := c.src.each(ctx, func(ctx context.Context, w, i int, set *bitmap.Set) error {
		seg, err := c.src.t.Segment(i)
		if err != nil {
			return err
		}
		defer seg.Close()
		base, subs, err := c.rowSets(ctx, seg, set)
		if err != nil {
			return err
		}
		return c.slotBlocks(ctx, seg, base, subs, index, parts[w])
	})
	if err != nil {
		return err
	}
	for _, p := range parts[1:] {
		addTo(parts[0], p)
	}
	for _, s := range slots {
		s.table = parts[0][s.at : s.at+1<<(s.shift-s.down)]
	}
	return nil
}

func (c *codeAgg) slotBlocks(ctx context.Context, seg table.Segment, base *bitmap.Set, subs []*bitmap.Set, index []slotIndex, out []uint32) error {
	s := c.newScratch()
	for b := range base.Card {
		if base.Card[b] == 0 {
			continue
		}
		if ctx.Err() != nil {
			return ctxErr(ctx)
		}
		if err := c.cellsOf(seg, b, s); err != nil {
			return err
		}
		for i := range index {
			ix := &index[i]
			f := &c.feeds[ix.feed]
			x, err := s.read(seg, f.col, b)
			if err != nil {
				return err
			}
			if s.narrow != nil {
				addSlots(block(subs[ix.feed], b), s.narrow, x, f, ix, out)
			} else {
				addSlots(block(subs[ix.feed], b), s.wide, x, f, ix, out)
			}
		}
	}
	return nil
}

func addSlots[T uint16 | uint32](words []uint64, cell []T, x *intBlock, f *feed, ix *slotIndex, out []uint32) {
	lo, start, slots := uint64(f.lo), ix.start, ix.slots
	for w, m := range words {
		m &^= x.nulls[w]
		if m == 0 {
			continue
		}
		at, vals := cell[w<<6:w<<6+64], x.vals[w<<6:w<<6+64]
		if ix.one != nil {
			for ; m != 0; m &= m - 1 {
				i := bits.TrailingZeros64(m)
				s := &ix.one[at[i]]
				if e := uint64(vals[i]) - lo - s.base; e>>(s.shift&63) == 0 {
					out[s.at+uint32(e>>(s.down&63))]++
				}
			}
			continue
		}
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros64(m)
			d, c := uint64(vals[i])-lo, int(at[i])
			for k := start[c]; k < start[c+1]; k++ {
				s := &slots[k]
				if e := d - s.base; e>>(s.shift&63) == 0 {
					out[s.at+uint32(e>>(s.down&63))]++
				}
			}
		}
	}
}

// places are the ranks, from 0, that a percentile of n values needs, as
// orderedsetaggs.c has them.
func (c *intCall) places(n int64) (first, second int64) {
	if !c.cont {
		k := max(int64(math.Ceil(c.frac*float64(n))), 1) - 1
		return k, k
	}
	return int64(math.Floor(c.frac * float64(n-1))), int64(math.Ceil(c.frac * float64(n-1)))
}

// percentiles makes results of the values found, by group.
func (c *codeAgg) percentiles(call *intCall, sums []table.IntSum, first, second []int64) ([]vec.Datum, error) {
	lo, err := c.rankValues(call, first)
	if err != nil {
		return nil, err
	}
	hi, err := c.rankValues(call, second)
	if err != nil {
		return nil, err
	}
	out := make([]vec.Datum, len(sums))
	for g := range out {
		n := sums[g].Count
		if n == 0 {
			out[g] = vec.Datum{Null: true}
			continue
		}
		out[g] = lo.Get(g)
		if a, b := call.places(n); a != b {
			x, y := lo.F64[g], hi.F64[g]
			out[g] = vec.Datum{F: x + (y-x)*(call.frac*float64(n-1)-float64(a))}
		}
	}
	return out, nil
}

// rankValues evaluates the aggregate's key for values of its column.
func (c *codeAgg) rankValues(call *intCall, vals []int64) (*vec.Vector, error) {
	v := intVector(call.arg, vals).Slice(1, len(vals)+1)
	x := plan.MapCols(call.key, func(k *plan.Col) plan.Expr { return plan.NewCol(0, k.Name, k.T) })
	r, err := kernel.Eval(c.q.Fn, x, &vec.Batch{N: len(vals), Cols: []*vec.Vector{v}})
	if err != nil {
		return nil, err
	}
	return r.Flat(), nil
}
