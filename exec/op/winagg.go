package op

import (
	"context"

	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// winAgg is an aggregate over the frames of a chunk. Rows that FILTER drops are
// taken out of the arguments; before[i] counts those that stay before row i.
type winAgg struct {
	c      *winChunk
	call   *plan.WinCall
	types  []types.Type
	frames *frames
	args   []*vec.Vector
	before []int32 // nil: every row stays
	rows   int
}

func (a *winAgg) run(ctx context.Context, args []*vec.Vector, filter *vec.Vector) (*vec.Vector, error) {
	a.args, a.rows = args, a.c.n
	if filter != nil {
		a.filter(filter)
	}
	if a.wholePartition() {
		return a.byPartition(ctx)
	}
	if a.call.Agg.Name == "count" {
		return a.count(), nil
	}
	return a.sliding(ctx)
}

func (a *winAgg) filter(v *vec.Vector) {
	var idx []int32
	a.before = make([]int32, a.c.n+1)
	for i := range a.c.n {
		a.before[i] = int32(len(idx))
		if isTrueAt(v, i) {
			idx = append(idx, int32(i))
		}
	}
	a.before[a.c.n] = int32(len(idx))
	a.args, a.rows = gatherAll(a.args, idx), len(idx)
}

// place is where row i of the chunk is among the arguments.
func (a *winAgg) place(i int32) int {
	if a.before == nil {
		return int(i)
	}
	return int(a.before[i])
}

// wholePartition reports that every frame is the row's partition.
func (a *winAgg) wholePartition() bool {
	if a.frames.exclude != plan.ExcludeNone {
		return false
	}
	for i := range a.c.n {
		if a.frames.lo[i] != a.c.part[i] || a.frames.hi[i] != a.c.stop[i] {
			return false
		}
	}
	return true
}

func (a *winAgg) newAcc() fn.Acc { return a.call.Agg.New(a.c.w.q.Fn, a.types, a.call.Ret) }

// byPartition aggregates each partition once.
func (a *winAgg) byPartition(ctx context.Context) (*vec.Vector, error) {
	group := make([]int32, a.c.n) // partition number by row
	groups := make([]uint32, a.rows)
	n := int32(-1)
	for i := range a.c.n {
		if int(a.c.part[i]) == i {
			n++
		}
		group[i] = n
		if a.before == nil || a.before[i+1] > a.before[i] {
			groups[a.place(int32(i))] = uint32(n)
		}
	}
	if ctx.Err() != nil {
		return nil, ctxErr(ctx)
	}
	acc := a.newAcc()
	if err := acc.Add(groups, int(n)+1, a.args, a.rows); err != nil {
		return nil, err
	}
	v, err := acc.Result(int(n) + 1)
	if err != nil {
		return nil, err
	}
	return v.Gather(group), nil
}

// count is count(*) and count(x) by sums up to each row.
func (a *winAgg) count() *vec.Vector {
	sum := make([]int64, a.rows+1)
	for i := range a.rows {
		sum[i+1] = sum[i]
		if len(a.args) == 0 || !a.args[0].IsNull(i) {
			sum[i+1]++
		}
	}
	var buf [3][2]int32
	return a.c.ints(func(i int) int64 {
		n := int64(0)
		for _, s := range a.c.spans(a.frames, i, buf[:0]) {
			n += sum[a.place(s[1])] - sum[a.place(s[0])]
		}
		return n
	})
}

// sliding goes through the rows and keeps the accumulator while a frame only
// grows at its end; otherwise it begins anew.
func (a *winAgg) sliding(ctx context.Context) (*vec.Vector, error) {
	out := vec.NewBuilder(a.call.Ret, a.c.n)
	var acc fn.Acc
	var have, spans [][2]int32
	var last vec.Datum
	work := 0
	for i := range a.c.n {
		spans = a.c.spans(a.frames, i, spans[:0])
		same := acc != nil && sameSpans(have, spans)
		if same {
			out.Append(last)
			continue
		}
		if acc == nil || !grows(have, spans) || !goesOn(a.call.Agg) {
			acc = a.newAcc()
			have = have[:0]
		}
		for k, s := range spans {
			lo := s[0]
			if k < len(have) {
				lo = have[k][1]
			}
			n, err := a.add(ctx, acc, a.place(lo), a.place(s[1]))
			if err != nil {
				return nil, err
			}
			if work += n + 1; work > 1<<16 {
				work = 0
				if ctx.Err() != nil {
					return nil, ctxErr(ctx)
				}
			}
		}
		have = append(have[:0], spans...)
		v, err := acc.Result(1)
		if err != nil {
			return nil, err
		}
		last = v.Get(0)
		out.Append(last)
	}
	return out.Finish(), nil
}

// add feeds arguments lo to hi, some at a time.
func (a *winAgg) add(ctx context.Context, acc fn.Acc, lo, hi int) (int, error) {
	args := make([]*vec.Vector, len(a.args))
	for at := lo; at < hi; at += 8 * vec.MaxBatch {
		end := min(at+8*vec.MaxBatch, hi)
		for i, v := range a.args {
			args[i] = v.Slice(at, end)
		}
		if err := acc.Add(nil, 1, args, end-at); err != nil {
			return 0, err
		}
		if end < hi && ctx.Err() != nil {
			return 0, ctxErr(ctx)
		}
	}
	return hi - lo, nil
}

// goesOn reports aggregates whose accumulator takes more rows after a result;
// those that collect values give them away with it.
func goesOn(f *fn.Agg) bool {
	switch f.Name {
	case "sum", "avg", "min", "max", "bool_and", "bool_or", "every", "variance", "var_samp", "var_pop", "stddev", "stddev_samp", "stddev_pop":
		return true
	}
	return false
}

func sameSpans(a, b [][2]int32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// grows reports that b is a with more rows behind its last.
func grows(a, b [][2]int32) bool {
	if len(a) == 0 || len(b) < len(a) {
		return len(a) == 0
	}
	for i := range a {
		last := i == len(a)-1
		if a[i][0] != b[i][0] || a[i][1] > b[i][1] || !last && a[i][1] != b[i][1] {
			return false
		}
	}
	return true
}
