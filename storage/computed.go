package storage

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// keyer returns what computes the keys of an index, made once for a definition.
func (r *reader) keyer(t *tableState, ix *index) (table.Keyer, error) {
	c := t.defs
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.keyers[ix.u]; k != nil {
		return k, nil
	}
	if r.db.opts.Keys == nil {
		return nil, sqlerr.New(pgerrcode.InternalError, "the keys of index \"%s\" cannot be computed here", ix.name)
	}
	meta := r.meta
	if meta == nil {
		st := r.db.current()
		meta = func(key string) []byte { return st.meta[key] }
	}
	k, err := r.db.opts.Keys(t.def, ix.u, r.db.exts, meta)
	if err != nil {
		return nil, err
	}
	if c.keyers == nil {
		c.keyers = map[int]table.Keyer{}
	}
	c.keyers[ix.u] = k
	return k, nil
}

// computed returns the keys of n rows that have cols in the columns of an index, and
// which of the rows are in it; nil: all.
func (r *reader) computed(t *tableState, ix *index, cols []*vec.Vector, n int) ([]*vec.Vector, []bool, error) {
	if !ix.comp {
		return cols, nil, nil
	}
	k, err := r.keyer(t, ix)
	if err != nil {
		return nil, nil, err
	}
	return k.Keys(cols, n)
}

// entries appends the entries of rows [lo, hi) of the index's columns.
func (r *reader) entries(es []entry, t *tableState, ix *index, cols []*vec.Vector, lo, hi int, first uint32) ([]entry, error) {
	if !ix.comp {
		return ix.entries(es, cols, nil, lo, hi, first), nil
	}
	for lo < hi {
		n := min(hi-lo, vec.MaxBatch)
		part := make([]*vec.Vector, len(cols))
		for i, c := range cols {
			part[i] = c.Slice(lo, lo+n)
		}
		keys, in, err := r.computed(t, ix, part, n)
		if err != nil {
			return nil, err
		}
		es = ix.entries(es, keys, in, 0, n, first)
		lo, first = lo+n, first+uint32(n)
	}
	return es, nil
}

// keyNames are the keys of an index as errors show them.
func (r *reader) keyNames(t *tableState, ix *index) []string {
	if ix.comp {
		if k, err := r.keyer(t, ix); err == nil {
			return slices.Clone(k.Names())
		}
	}
	return table.KeyNames(t.def, ix.u)
}
