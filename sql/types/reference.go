package types

import "slices"

// ForeignKey is a FOREIGN KEY constraint. It is a part of the definition of the
// table that refers, so that it is versioned, rolled back and dropped with it, and
// names what it refers to by what never changes: a table by its OID, which TRUNCATE
// and RENAME keep, and columns by their IDs. The key that it needs in the other
// table is not written down: it is the first one over just its columns.
//
// The store does not look at foreign keys, but for Check: the executor enforces them.
type ForeignKey struct {
	// OID is the constraint's; its triggers in pg_trigger have the four OIDs after it.
	OID  uint32   `json:"oid"`
	Name string   `json:"name"`
	Cols []uint32 `json:"cols"` // IDs of the referring columns, at least one
	// Table is the OID of the table that is referred to, RefCols are IDs of columns
	// there, as many as Cols.
	Table   uint32   `json:"table"`
	RefCols []uint32 `json:"ref_cols"`
	// OnUpdate and OnDelete are as in pg_constraint: "a" NO ACTION, "r" RESTRICT,
	// "c" CASCADE, "n" SET NULL, "d" SET DEFAULT.
	OnUpdate string `json:"on_update"`
	OnDelete string `json:"on_delete"`
	// SetCols are the IDs of those of Cols that ON DELETE SET changes; nil: all.
	SetCols []uint32 `json:"set_cols,omitempty"`
	Full    bool     `json:"full,omitempty"` // MATCH FULL
	// Deferrable and Deferred: DEFERRABLE, and INITIALLY DEFERRED.
	Deferrable bool `json:"deferrable,omitempty"`
	Deferred   bool `json:"deferred,omitempty"`
	// GotOff and LostOff: DISABLE TRIGGER ALL on the table that refers, whose new rows
	// are not checked then, and on the one that is referred to, whose lost keys nobody
	// asks about.
	GotOff   bool `json:"got_off,omitempty"`
	LostOff  bool `json:"lost_off,omitempty"`
	NotValid bool `json:"not_valid,omitempty"` // rows older than the constraint have not been checked
}

// Clone returns a deep copy.
func (k *ForeignKey) Clone() ForeignKey {
	c := *k
	c.Cols, c.RefCols, c.SetCols = slices.Clone(k.Cols), slices.Clone(k.RefCols), slices.Clone(k.SetCols)
	return c
}

// Uses reports whether a column, by ID, of the table that has the key is a part of
// it.
func (k *ForeignKey) Uses(id uint32) bool { return slices.Contains(k.Cols, id) }

// Foreign returns the foreign key of a name, nil for none.
func (t *Table) Foreign(name string) *ForeignKey {
	for i := range t.Refs {
		if t.Refs[i].Name == name {
			return &t.Refs[i]
		}
	}
	return nil
}

// Places returns the positions of columns by their IDs, -1 for one that is not
// there.
func (t *Table) Places(ids []uint32) []int {
	out := make([]int, len(ids))
	for i, id := range ids {
		out[i] = slices.IndexFunc(t.Columns, func(c Column) bool { return c.ID == id })
	}
	return out
}

// IDs returns the IDs of columns by their positions.
func (t *Table) IDs(cols []int) []uint32 {
	out := make([]uint32, len(cols))
	for i, c := range cols {
		out[i] = t.Columns[c].ID
	}
	return out
}

// KeyOver finds the key of a table over just the columns at some positions, in any
// order: -1 is the primary key column, others are positions in Uniques. Deferrable
// keys are found only where there is no other; ok is false for none at all.
func (t *Table) KeyOver(cols []int) (u int, ok bool) {
	if t.Key >= 0 && len(cols) == 1 && cols[0] == t.Key {
		return -1, true
	}
	found := -1
	for i := range t.Uniques {
		k := &t.Uniques[i]
		if k.Computed() || len(k.Cols) != len(cols) || slices.ContainsFunc(k.Cols, func(c int) bool { return !slices.Contains(cols, c) }) {
			continue
		}
		if !k.Deferrable {
			return i, true
		}
		found = i
	}
	return found, found >= 0
}
