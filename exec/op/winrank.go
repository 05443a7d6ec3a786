package op

import (
	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// ranker computes row_number, rank and dense_rank as the rows go by: they ask
// for nothing but the row before, so that a partition of any size needs no
// memory.
type ranker struct {
	w     *window
	last  *vec.Batch // the row before, nil at the start
	row   int64      // its number in the partition
	rank  int64
	dense int64
}

// ranksOnly reports whether all calls of a window are rankings.
func ranksOnly(n *plan.Window) bool {
	for _, c := range n.Calls {
		if c.F == nil {
			return false
		}
		switch c.F.Name {
		case "row_number", "rank", "dense_rank":
		default:
			return false
		}
	}
	return true
}

// batch appends the rankings to sorted rows.
func (r *ranker) batch(b *vec.Batch) *vec.Batch {
	newPart, newPeer := r.changes(b, r.w.lay.partition), r.changes(b, r.w.lay.order)
	nums := [3][]int64{make([]int64, b.N), make([]int64, b.N), make([]int64, b.N)}
	for i := range b.N {
		if newPart[i] {
			r.row, r.rank, r.dense = 0, 0, 0
		}
		r.row++
		if newPart[i] || newPeer[i] {
			r.rank = r.row
			r.dense++
		}
		nums[0][i], nums[1][i], nums[2][i] = r.row, r.rank, r.dense
	}
	r.last = gather(b, []int32{int32(b.N - 1)})
	out := &vec.Batch{N: b.N, Cols: append([]*vec.Vector(nil), b.Cols[:r.w.w]...)}
	for _, c := range r.w.n.Calls {
		k := 0
		switch c.F.Name {
		case "rank":
			k = 1
		case "dense_rank":
			k = 2
		}
		out.Cols = append(out.Cols, &vec.Vector{Type: types.Of(types.Int8), N: b.N, I64: nums[k]})
	}
	return out
}

// changes marks the rows whose values of cols are not those of the row before.
func (r *ranker) changes(b *vec.Batch, cols []int) []bool {
	out := make([]bool, b.N)
	vs := pickCols(b, cols)
	for i := 1; i < b.N; i++ {
		out[i] = !sameRow(vs, i-1, i)
	}
	out[0] = r.last == nil
	for k, v := range vs {
		if out[0] {
			break
		}
		old := r.last.Cols[cols[k]]
		x, y := old.IsNull(0), v.IsNull(0)
		out[0] = x != y || !x && vec.CompareAt(old, 0, v, 0) != 0
	}
	return out
}
