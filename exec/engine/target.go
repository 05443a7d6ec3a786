package engine

import (
	"sort"

	"tagd/planner/plan"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// target reads the rows that UPDATE or DELETE changes. Of a plain scan only the
// columns that are needed are read, in order of ordinals, and the others stand
// as NULL; the rows of any other input come in its order, the first of each
// ordinal alone.
type target struct {
	r    *run
	def  *types.Table
	node plan.Node
	cols []int // the table columns that a narrow scan reads
	scan bool
	seen map[int64]struct{} // ordinals of rows that came already
}

// newTarget returns the reader of input; used are the positions that are needed.
func newTarget(r *run, def *types.Table, input plan.Node, used map[int]bool) *target {
	sc, ok := input.(*plan.Scan)
	if !ok || len(sc.Cols) != len(def.Columns)+1 { // a join of the table with itself reads columns twice
		return &target{r: r, def: def, node: input, seen: map[int64]struct{}{}}
	}
	n, cols := narrow(sc, def, used)
	r.q.Stats.Same(sc, n)
	return &target{r: r, def: def, node: n, cols: cols, scan: true}
}

// narrow returns a scan of the used columns and the ordinal, in order of
// ordinals, and the columns.
func narrow(full *plan.Scan, def *types.Table, used map[int]bool) (*plan.Scan, []int) {
	var cols []int
	for i := range used {
		if i < len(def.Columns) { // behind them is the ordinal
			cols = append(cols, i)
		}
	}
	sort.Ints(cols)
	n := *full
	n.Ordered = true
	n.Cols = append(append([]int(nil), cols...), -1)
	n.Fields = make([]plan.Field, 0, len(n.Cols))
	for _, c := range cols {
		n.Fields = append(n.Fields, plan.Field{Name: def.Columns[c].Name, Type: def.Columns[c].Type})
	}
	n.Fields = append(n.Fields, plan.Field{Name: "ordinal", Type: types.Of(types.Int8)})
	return &n, cols
}

// each hands every row to f once: the table's columns at their places, any others
// after the ordinal, and the ordinals.
func (t *target) each(f func(row *vec.Batch, ords []int64) error) error {
	return t.r.each(t.node, func(b *vec.Batch) error {
		if t.scan {
			row := nullBatch(t.def, b.N)
			for i, c := range t.cols {
				row.Cols[c] = b.Cols[i]
			}
			ords := b.Cols[len(t.cols)].Flat()
			row.Cols = append(row.Cols, ords)
			return f(row, ords.I64)
		}
		b, err := t.once(b)
		if err != nil || b.N == 0 {
			return err
		}
		return f(b, b.Cols[len(t.def.Columns)].Flat().I64)
	})
}

// once drops rows whose ordinal came before.
func (t *target) once(b *vec.Batch) (*vec.Batch, error) {
	ords := b.Cols[len(t.def.Columns)]
	before := len(t.seen)
	idx := make([]int32, 0, b.N)
	for i := range b.N {
		d := ords.Get(i)
		if _, old := t.seen[d.I]; old || d.Null {
			continue
		}
		t.seen[d.I] = struct{}{}
		idx = append(idx, int32(i))
	}
	if err := t.r.q.Mem.Add(int64(len(t.seen)-before) * 16); err != nil {
		return nil, err
	}
	if len(idx) == b.N {
		return b, nil
	}
	return gatherBatch(b, idx), nil
}
