package engine

import (
	"slices"

	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// A row whose key changes, or another value that is UNIQUE, is deleted and added
// again: the store finds keys by the order in which rows were added.

// keyCols returns the columns of the primary key and of all UNIQUE constraints.
func keyCols(def *types.Table) []int {
	var out []int
	if def.Key >= 0 {
		out = append(out, def.Key)
	}
	for i := range def.Uniques {
		if def.Uniques[i].Deferrable {
			continue // rows keep their place: the store does not look at these
		}
		for _, c := range def.Uniques[i].Cols {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// moves collects rows that get new keys.
type moves struct {
	r    *run
	w    table.Write
	def  *types.Table
	tab  table.Table // what is stored; nil: nothing
	cols []int       // the columns that change, for which keys are compared
	rows []*vec.Batch
	ords []int64
}

// split finds the rows of old whose values in the changing key columns differ
// from those in vals: it returns the rows that move and those that stay.
func (m *moves) split(old, vals *vec.Batch, cols []int) (move, stay []int32) {
	keys := keyCols(m.def)
	for i := range old.N {
		same := true
		for k, c := range cols {
			if !same || !slices.Contains(keys, c) {
				continue
			}
			a, b := old.Cols[c], vals.Cols[k]
			if a.IsNull(i) || b.IsNull(i) {
				same = a.IsNull(i) && b.IsNull(i)
			} else {
				same = vec.EqualAt(a, i, b, i)
			}
		}
		if same {
			stay = append(stay, int32(i))
		} else {
			move = append(move, int32(i))
		}
	}
	return move, stay
}

// add takes rows over with what they change to: values of columns cols.
func (m *moves) add(ords []int64, cols []int, vals *vec.Batch) error {
	if len(ords) == 0 {
		return nil
	}
	row, err := fetch(m.r.ctx, m.tab, ords)
	if err != nil {
		return err
	}
	for i, c := range cols {
		row.Cols[c] = vals.Cols[i].Gather(sequence(vals.N))
	}
	size := int64(8 * len(ords))
	for _, v := range row.Cols {
		size += v.Bytes()
	}
	m.cols, m.rows, m.ords = cols, append(m.rows, row), append(m.ords, ords...)
	return m.r.q.Mem.Add(size)
}

// finish changes the rows. Keys are compared as PostgreSQL does, a row after the
// other: k = k + 1 fails at a row whose new key a later row still has.
func (m *moves) finish() error {
	if len(m.ords) == 0 {
		return nil
	}
	all := &vec.Batch{N: len(m.ords), Cols: make([]*vec.Vector, len(m.def.Columns))}
	for c := range all.Cols {
		parts := make([]*vec.Vector, len(m.rows))
		for i, b := range m.rows {
			parts[i] = b.Cols[c]
		}
		all.Cols[c] = vec.Concat(m.def.Columns[c].Type, parts)
	}
	if err := m.compare(all); err != nil {
		return err
	}
	ords := slices.Clone(m.ords)
	slices.Sort(ords)
	if err := segments(ords, func(lo, hi int) error { return m.w.Delete(m.r.ctx, m.def.Path(), ords[lo:hi]) }); err != nil {
		return err
	}
	s := m.r.s
	s.stat.Changed(m.def.OID, s.depth(), 0, int64(all.N), 0, 0)
	return m.w.Append(m.r.ctx, m.def.Path(), all)
}

// compare finds the first row whose new key a stored row has that is not changed
// before it. New keys are compared with each other by the store.
func (m *moves) compare(all *vec.Batch) error {
	at := make(map[int64]int, len(m.ords))
	for i, o := range m.ords {
		at[o] = i
	}
	bad, with := all.N, 0
	ords := make([]int64, all.N)
	for u := -1; u < len(m.def.Uniques); u++ {
		if u >= 0 && m.def.Uniques[u].Deferrable {
			continue
		}
		cols := constraintCols(m.def, u)
		if !slices.ContainsFunc(cols, func(c int) bool { return slices.Contains(m.cols, c) }) {
			continue
		}
		if err := lookupKey(m.r, m.tab, u, keysOf(all, cols), ords); err != nil {
			return err
		}
		for i := range bad {
			if j, moved := at[ords[i]]; ords[i] >= 0 && (!moved || j > i) {
				bad, with = i, u
				break
			}
		}
	}
	if bad == all.N {
		return nil
	}
	return m.r.duplicate(m.def, with, all, bad)
}

// constraintCols returns the columns of the primary key (-1), none if there is no
// such key, or of UNIQUE constraint u.
func constraintCols(def *types.Table, u int) []int {
	switch {
	case u >= 0:
		return def.Uniques[u].Cols
	case def.Key >= 0:
		return []int{def.Key}
	}
	return nil
}

func keysOf(b *vec.Batch, cols []int) []*vec.Vector {
	out := make([]*vec.Vector, len(cols))
	for k, c := range cols {
		out[k] = b.Cols[c]
	}
	return out
}

// lookupKey finds stored rows by the primary key (-1) or by constraint u.
func lookupKey(r *run, t table.Table, u int, keys []*vec.Vector, ords []int64) error {
	if u < 0 {
		return t.Lookup(r.ctx, keys[0].Flat(), ords)
	}
	return t.LookupUnique(r.ctx, u, keys, ords)
}
