package storage

import (
	"context"
	"slices"

	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// foreignKeys looks the keys of all live rows up in the tables that they refer to.
// Constraints that are NOT VALID promise nothing, and those over types that are kept
// in different forms (integer to numeric) are left to the executor.
func (c *checker) foreignKeys(t *tableState) {
	for i := range t.def.Refs {
		k := &t.def.Refs[i]
		if k.NotValid || k.GotOff || k.LostOff {
			continue
		}
		p := c.tableByOID(k.Table)
		if p == nil {
			c.tell("table %q: constraint %q refers to table %d, which is not there", t.def.Name, k.Name, k.Table)
			continue
		}
		cols, refs := t.def.Places(k.Cols), p.def.Places(k.RefCols)
		if slices.Contains(cols, -1) || slices.Contains(refs, -1) {
			c.tell("table %q: constraint %q names columns that are not there", t.def.Name, k.Name)
			continue
		}
		u, ok := p.def.KeyOver(refs)
		if !ok || u >= 0 && p.def.Uniques[u].Deferrable {
			c.tell("table %q: constraint %q refers to columns of table %q without a key", t.def.Name, k.Name, p.def.Name)
			continue
		}
		if !sameForms(t.def, cols, p.def, refs) {
			continue
		}
		f := &refChecker{checker: c, t: t, p: p, key: k, cols: cols, ix: p.index(u)}
		for _, at := range f.ix.cols {
			f.order = append(f.order, cols[slices.Index(refs, at)])
		}
		for seg := range t.segs {
			if err := f.segment(seg); err != nil {
				c.tell("%s", message(place(t, cols[0], seg, err)))
			}
		}
	}
}

func (c *checker) tableByOID(oid uint32) *tableState {
	for _, t := range c.db.current().tables {
		if t.def.OID == oid {
			return t
		}
	}
	return nil
}

// sameForms reports whether equal values of the columns are stored alike.
func sameForms(a *types.Table, cols []int, b *types.Table, refs []int) bool {
	for i := range cols {
		if a.Columns[cols[i]].Type.Phys() != b.Columns[refs[i]].Type.Phys() {
			return false
		}
	}
	return true
}

// refChecker checks one foreign key.
type refChecker struct {
	*checker
	t, p  *tableState
	key   *types.ForeignKey
	cols  []int
	order []int // cols in the order of the key that they refer to
	ix    *index
}

func (f *refChecker) segment(i int) error {
	if f.t.segs[i].Live == 0 || f.t.segs[i].err != nil {
		return nil
	}
	words, err := f.r.liveWords(f.t, i)
	if err != nil {
		return err
	}
	seg, err := f.r.segment(f.t, i)
	if err != nil {
		return err
	}
	defer seg.Close()
	offs := make([]uint32, 0, bitmap.BlockRows)
	for b := range bitmap.Blocks(seg.N()) {
		offs = bitmap.AppendOffsets(offs[:0], words[b*bitmap.BlockWords:(b+1)*bitmap.BlockWords], 0, bitmap.BlockRows)
		for k := range offs {
			offs[k] += uint32(b * bitmap.BlockRows)
		}
		if err := f.rows(i, seg, offs); err != nil {
			return err
		}
	}
	return nil
}

// rows checks the rows at offs of segment i.
func (f *refChecker) rows(i int, seg table.Segment, offs []uint32) error {
	vals := make([]*vec.Vector, len(f.order))
	for k, col := range f.order {
		var err error
		if vals[k], err = seg.Gather(col, offs); err != nil {
			return err
		}
	}
	ords := make([]int64, len(offs))
	if err := f.r.lookup(context.Background(), f.p, f.ix, vals, ords); err != nil {
		return err
	}
	for j, o := range offs {
		nulls := 0
		for _, v := range vals {
			if v.IsNull(j) {
				nulls++
			}
		}
		switch {
		case nulls == 0 && ords[j] < 0:
			f.tell("table %q, segment %d, row %d: the key of constraint %q is not in table %q", f.t.def.Name, i, o, f.key.Name, f.p.def.Name)
		case f.key.Full && nulls > 0 && nulls < len(vals):
			f.tell("table %q, segment %d, row %d: the key of constraint %q is NULL in part", f.t.def.Name, i, o, f.key.Name)
		}
	}
	return nil
}
