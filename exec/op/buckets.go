package op

import (
	"math"
	"slices"
	"time"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// buckets are intervals of an integer column's range on each of which some
// expressions are constant.
type buckets struct {
	lo     int64
	span   uint64
	starts []int64  // first value of each bucket, ascending; the first is lo
	offs   []uint64 // starts as distances to lo, and one that nothing reaches
	shift  uint
	first  []uint16 // bucket of the distance i << shift
}

// maxBuckets bounds the intervals: looking for more than these costs more than
// it saves.
const maxBuckets = 1 << 14

// buckets finds the intervals of [lo, hi] on which every expression, over
// column 0 of the given type, is constant; nil if it cannot tell or they are
// too many. Each expression must be a function of guides: subexpressions that
// only ever rise, or only ever fall, with the column. Where all guides are equal
// at both ends of an interval they are equal all over it, so halving finds the
// borders.
func (q *Query) buckets(exprs []plan.Expr, typ types.Type, lo, hi int64) *buckets {
	if lo > hi || uint64(hi)-uint64(lo) >= 1<<62 {
		return nil
	}
	g := guideFinder{ctx: q.Fn}
	for _, e := range exprs {
		if !g.find(e) {
			return nil
		}
	}
	cuts, ok := q.zoneCuts(&g, typ, lo, hi)
	if !ok {
		return nil
	}
	s := bucketSearch{q: q, typ: typ, guides: g.guides, cuts: cuts}
	starts := s.run(lo, hi)
	if starts == nil {
		return nil
	}
	b := &buckets{lo: lo, span: uint64(hi) - uint64(lo), starts: starts}
	for _, x := range starts {
		b.offs = append(b.offs, uint64(x)-uint64(lo))
	}
	b.offs = append(b.offs, math.MaxUint64)
	b.index()
	return b
}

// index makes the table that finds a bucket by the upper bits of a distance: of
// many more entries than there are buckets, so that few of them hold a border,
// but small enough for the first-level cache.
func (b *buckets) index() {
	want := max(min(64*len(b.starts), 1<<13), 2*len(b.starts), 1024)
	for b.span>>b.shift >= uint64(want) {
		b.shift++
	}
	b.first = make([]uint16, b.span>>b.shift+1)
	k := 0
	for i := range b.first {
		for uint64(i)<<b.shift >= b.offs[k+1] {
			k++
		}
		b.first[i] = uint16(k)
	}
}

// bucketSearch halves intervals until the guides are equal at both ends.
type bucketSearch struct {
	q      *Query
	typ    types.Type
	guides []plan.Expr
	cuts   []int64 // first values of pieces: guides rise or fall within one only
	table  *keyTable
}

// guided is a value and the number of its guides' values.
type guided struct {
	at   int64
	id   uint32
	edge bool // begins or ends a piece
}

// run returns the first values of the intervals, nil if it gives up.
func (s *bucketSearch) run(lo, hi int64) []int64 {
	ts := make([]types.Type, len(s.guides))
	for i, g := range s.guides {
		ts[i] = g.Type()
	}
	s.table = newKeyTable(ts)
	at := []int64{lo}
	for _, c := range s.cuts {
		at = append(at, c-1, c)
	}
	at = slices.Compact(append(at, hi))
	points, ok := s.eval(at, true)
	if ok {
		points, ok = s.guess(points, lo, hi)
	}
	for ok {
		var mids []int64
		for i, p := range points[1:] {
			if a := points[i]; a.id != p.id && p.at-a.at > 1 {
				mids = append(mids, a.at+(p.at-a.at)/2)
			}
		}
		if len(mids) == 0 {
			return starts(points)
		}
		var more []guided
		if more, ok = s.eval(mids, false); ok {
			points = prune(append(points, more...))
			ok = len(points) <= 2*maxBuckets
		}
	}
	return nil
}

// guess finds the second and the third interval and probes where the borders are
// if all are as wide: functions are mostly divisions and times mostly days.
func (s *bucketSearch) guess(points []guided, lo, hi int64) ([]guided, bool) {
	first, id, ok := s.border(lo, hi, points[0].id)
	if !ok || first > hi {
		return points, ok
	}
	second, _, ok := s.border(first, hi, id)
	width := second - first
	if !ok || second > hi || (hi-first)/width > maxBuckets {
		return points, ok
	}
	var at []int64
	for x := first; x <= hi-width; x += width {
		at = append(at, x, x+width-1)
	}
	more, ok := s.eval(at, false)
	return prune(append(points, more...)), ok
}

// border returns the first value behind from whose number is not id, looking
// ever further and then halving; hi+1 if there is none before hi.
func (s *bucketSearch) border(from, hi int64, id uint32) (at int64, next uint32, ok bool) {
	lo, step := from, int64(1)
	for {
		to := hi
		if step < hi-lo {
			to = lo + step
		}
		p, ok := s.eval([]int64{to}, false)
		if !ok {
			return 0, 0, false
		}
		if p[0].id != id {
			hi, next = to, p[0].id
			break
		}
		if to == hi {
			return hi + 1, id, true
		}
		lo, step = to, step*2
	}
	for hi-lo > 1 {
		p, ok := s.eval([]int64{lo + (hi-lo)/2}, false)
		if !ok {
			return 0, 0, false
		}
		if p[0].id == id {
			lo = p[0].at
		} else {
			hi, next = p[0].at, p[0].id
		}
	}
	return hi, next, true
}

// eval probes values; false when one of them has no result.
func (s *bucketSearch) eval(at []int64, edge bool) ([]guided, bool) {
	v := intVector(s.typ, at).Slice(1, len(at)+1)
	keys := make([]*vec.Vector, len(s.guides))
	for i, g := range s.guides {
		var err error
		if keys[i], err = kernel.Eval(s.q.Fn, g, &vec.Batch{N: v.N, Cols: []*vec.Vector{v}}); err != nil {
			return nil, false
		}
	}
	out := make([]guided, len(at))
	for i, id := range s.table.groups(keys, len(at), nil) {
		out[i] = guided{at[i], id, edge}
	}
	return out, true
}

// prune sorts probes and drops those inside a run of equal ones.
func prune(points []guided) []guided {
	slices.SortFunc(points, func(a, b guided) int {
		if a.at < b.at {
			return -1
		}
		return 1
	})
	out := points[:1]
	for i := 1; i < len(points); i++ {
		p := points[i]
		if !p.edge && p.id == out[len(out)-1].id && i+1 < len(points) && points[i+1].id == p.id {
			continue
		}
		out = append(out, p)
	}
	return out
}

func starts(points []guided) []int64 {
	out := []int64{points[0].at}
	for i, p := range points[1:] {
		if p.id != points[i].id {
			out = append(out, p.at)
		}
	}
	if len(out) > maxBuckets {
		return nil
	}
	return out
}

// microsEpoch is Postgres's zero of timestamps, 2000-01-01, in Unix time.
const microsEpoch = 946684800 * 1000000

// nestedReach is more than what date_trunc to a decade takes off.
const nestedReach = 11 * 366 * 86400 * 1000000

// zoneCuts returns the instants in (lo, hi] at which the session's time zone
// changes its offset: local time falls back there, so guides that go through it
// rise between them only. ok is false if that does not help.
func (q *Query) zoneCuts(g *guideFinder, typ types.Type, lo, hi int64) (cuts []int64, ok bool) {
	zone := time.UTC
	if q.Fn.Style != nil && q.Fn.Style.Zone != nil {
		zone = q.Fn.Style.Zone
	}
	if !g.zoned || zone == time.UTC {
		return nil, true
	}
	if typ.Kind != types.TimestampTZ || lo < math.MinInt64+nestedReach || hi > math.MaxInt64-microsEpoch {
		return nil, false
	}
	if g.nested { // what truncation makes of lo must be in the same piece, too
		if _, end := time.UnixMicro(lo - nestedReach + microsEpoch).In(zone).ZoneBounds(); !end.IsZero() && end.UnixMicro()-microsEpoch <= hi {
			return nil, false
		}
	}
	for at := lo; ; {
		_, end := time.UnixMicro(at + microsEpoch).In(zone).ZoneBounds()
		if end.IsZero() {
			return cuts, true
		}
		next := end.UnixMicro() - microsEpoch
		if next > hi || next <= at {
			return cuts, true
		}
		if len(cuts) > maxBuckets/4 {
			return nil, false
		}
		cuts = append(cuts, next)
		at = next
	}
}
