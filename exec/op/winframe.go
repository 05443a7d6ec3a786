package op

import (
	"math"
	"sort"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// frameOffsets are the values of a frame's offsets.
type frameOffsets struct {
	start, end vec.Datum
}

// frameOffsets evaluates the offsets, which are the same for all rows.
func (q *Query) frameOffsets(f *plan.Frame) (o frameOffsets, err error) {
	one := func(b *plan.FrameBound, word string) (vec.Datum, error) {
		if b.Offset == nil {
			return vec.Datum{}, nil
		}
		d, err := kernel.EvalDatum(q.Fn, b.Offset)
		if err != nil {
			return d, err
		}
		if d.Null {
			return d, sqlerr.New(pgerrcode.NullValueNotAllowedDataException, "frame %s offset must not be null", word)
		}
		if f.Unit != plan.FrameRange && d.I < 0 {
			return d, sqlerr.New(pgerrcode.InvalidPrecedingOrFollowingSize, "frame %s offset must not be negative", word)
		}
		return d, nil
	}
	if o.start, err = one(&f.Start, "starting"); err != nil {
		return o, err
	}
	o.end, err = one(&f.End, "ending")
	return o, err
}

// frames is the frame of every row: positions lo to hi (hi exclusive), of which
// the exclusion takes some out.
type frames struct {
	lo, hi  []int32
	exclude plan.FrameExclude
}

// frames computes the frames of all rows.
func (c *winChunk) frames(f *plan.Frame, o frameOffsets) (*frames, error) {
	out := &frames{exclude: f.Exclude}
	var err error
	if out.lo, err = c.bound(f, &f.Start, o.start, true); err != nil {
		return nil, err
	}
	if out.hi, err = c.bound(f, &f.End, o.end, false); err != nil {
		return nil, err
	}
	for i := range out.hi {
		out.hi[i] = max(out.hi[i], out.lo[i])
	}
	return out, nil
}

// bound is the start of every row's frame, or its exclusive end.
func (c *winChunk) bound(f *plan.Frame, b *plan.FrameBound, off vec.Datum, start bool) ([]int32, error) {
	switch b.Kind {
	case plan.BoundUnboundedPreceding:
		return c.part, nil
	case plan.BoundUnboundedFollowing:
		return append([]int32(nil), c.stop...), nil
	case plan.BoundCurrent:
		if f.Unit != plan.FrameRows {
			if start {
				return c.peer, nil
			}
			return append([]int32(nil), c.last...), nil
		}
		off = vec.Datum{}
	}
	back := b.Kind == plan.BoundPreceding
	switch f.Unit {
	case plan.FrameRows:
		return c.rowBound(off.I, back, start), nil
	case plan.FrameGroups:
		return c.groupBound(off.I, back, start), nil
	}
	return c.rangeBound(b, off, start)
}

// shift moves x by off within [lo, hi], off being any number of 64 bits.
func shift(x, lo, hi int64, off int64, back bool) int32 {
	if off > hi-lo {
		off = hi - lo + 1
	}
	if back {
		off = -off
	}
	return int32(min(max(x+off, lo), hi))
}

func (c *winChunk) rowBound(off int64, back, start bool) []int32 {
	out := make([]int32, c.n)
	for i := range out {
		x := int64(i)
		if !start {
			x++
		}
		out[i] = shift(x, int64(c.part[i]), int64(c.stop[i]), off, back)
	}
	return out
}

func (c *winChunk) groupBound(off int64, back, start bool) []int32 {
	out := make([]int32, c.n)
	for i := range out {
		first, end := int64(c.group[c.part[i]]), int64(c.group[c.stop[i]-1])+1
		g := int64(c.group[i])
		if !start {
			g++
		}
		out[i] = c.starts[shift(g, first, end, off, back)]
	}
	return out
}

// rangeBound compares order keys with key +- offset.
func (c *winChunk) rangeBound(b *plan.FrameBound, off vec.Datum, start bool) ([]int32, error) {
	key := c.rows.Cols[c.w.lay.order[0]]
	ot := b.Offset.Type()
	if negative(ot, off) {
		return nil, sqlerr.New(pgerrcode.InvalidPrecedingOrFollowingSize, "invalid preceding or following size in window function")
	}
	at, past, err := c.boundValues(b, key, vec.NewConst(ot, off, c.n))
	if err != nil {
		return nil, err
	}
	if key, err = sameClass(c.w.q, key, at.Type); err != nil {
		return nil, err
	}
	o := c.w.n.Order[0]
	if at.F64 != nil && key.Type.Phys() == types.PhysFloat {
		at = boundless(at, key, start != o.Desc)
	}
	sign := 1
	if o.Desc {
		sign = -1
	}
	out := make([]int32, c.n)
	for i := 0; i < c.n; i++ {
		lo, hi := c.part[i], c.stop[i]
		// Rows with a NULL key are a group of their own at one end.
		nlo, nhi := c.nonNull(key, lo, hi, o.NullsFirst)
		if key.IsNull(i) {
			out[i] = c.peer[i]
			if !start {
				out[i] = c.last[i]
			}
			continue
		}
		if past != nil && past[i] != 0 {
			out[i] = nlo
			if past[i] > 0 {
				out[i] = nhi
			}
			continue
		}
		out[i] = nlo + int32(sort.Search(int(nhi-nlo), func(k int) bool {
			d := sign * vec.CompareAt(key, int(nlo)+k, at, i)
			if start {
				return d >= 0
			}
			return d > 0
		}))
	}
	return out, nil
}

// boundless puts an infinity in place of what infinite offsets make of infinite
// keys: every number is in range then (float.c, in_range_float8_float8).
func boundless(at, key *vec.Vector, low bool) *vec.Vector {
	out := *at
	out.F64 = append([]float64(nil), at.F64...)
	sign := 1
	if low {
		sign = -1
	}
	for i, x := range out.F64 {
		if math.IsNaN(x) && !key.IsNull(i) && !math.IsNaN(key.Get(i).F) {
			out.F64[i] = math.Inf(sign)
		}
	}
	return &out
}

// nonNull is the part of a partition whose key is not NULL.
func (c *winChunk) nonNull(key *vec.Vector, lo, hi int32, nullsFirst bool) (int32, int32) {
	if nullsFirst {
		if key.IsNull(int(lo)) {
			lo = c.last[lo]
		}
	} else if key.IsNull(int(hi) - 1) {
		hi = c.peer[hi-1]
	}
	return lo, hi
}

// boundValues evaluates the bound's expression; past[i] is -1 or 1 where it lies
// before or behind every value of the key's type.
func (c *winChunk) boundValues(b *plan.FrameBound, key, off *vec.Vector) (*vec.Vector, []int8, error) {
	v, err := kernel.Eval(c.w.q.Fn, b.At, &vec.Batch{N: c.n, Cols: []*vec.Vector{key, off}})
	if err == nil {
		return v.Flat(), nil, nil
	}
	if key.Type.Phys() != types.PhysInt || sqlerr.Code(err) != pgerrcode.NumericValueOutOfRange {
		return nil, nil, err
	}
	past := make([]int8, c.n)
	out := vec.NewBuilder(b.At.Type(), c.n)
	for i := range c.n {
		one := &vec.Batch{N: 1, Cols: []*vec.Vector{key.Slice(i, i+1).Flat(), off.Slice(0, 1)}}
		v, err := kernel.Eval(c.w.q.Fn, b.At, one)
		switch {
		case err == nil:
			out.Append(v.Get(0))
		case sqlerr.Code(err) == pgerrcode.NumericValueOutOfRange:
			past[i] = 1
			if b.Kind == plan.BoundPreceding {
				past[i] = -1
			}
			out.AppendNull()
		default:
			return nil, nil, err
		}
	}
	return out.Finish(), past, nil
}

// negative reports an offset below zero.
func negative(t types.Type, d vec.Datum) bool {
	if t.Phys() == types.PhysDec {
		return d.D.Sign() < 0
	}
	return vec.Compare(t, d, vec.Datum{}) < 0
}

// sameClass makes a key comparable with bounds of type t.
func sameClass(q *Query, key *vec.Vector, t types.Type) (*vec.Vector, error) {
	if key.Type.Same(t) || class(key.Type) == 1 && class(t) == 1 {
		return key, nil
	}
	f, ok := fn.FindCast(key.Type, t, fn.CastImplicit)
	if !ok || f == nil {
		return key, nil
	}
	return kernel.Eval(q.Fn, plan.NewCall(f, t, -1, plan.NewCol(0, "", key.Type)), &vec.Batch{N: key.N, Cols: []*vec.Vector{key}})
}

// spans are the runs of row i's frame, at most three, in order.
func (c *winChunk) spans(f *frames, i int, dst [][2]int32) [][2]int32 {
	lo, hi := f.lo[i], f.hi[i]
	at := int32(i)
	add := func(a, b int32) {
		a, b = max(a, lo), min(b, hi)
		if a < b {
			dst = append(dst, [2]int32{a, b})
		}
	}
	switch f.exclude {
	case plan.ExcludeNone:
		add(lo, hi)
	case plan.ExcludeCurrent:
		add(lo, at)
		add(at+1, hi)
	case plan.ExcludeGroup, plan.ExcludeTies:
		add(lo, c.peer[i])
		if f.exclude == plan.ExcludeTies {
			add(at, at+1)
		}
		add(c.last[i], hi)
	}
	return dst
}
