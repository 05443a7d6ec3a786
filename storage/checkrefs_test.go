package storage

import (
	"path/filepath"
	"slices"
	"testing"

	"tagd/sql/types"
)

// TestCheckForeignKeys has Check find rows whose keys are not in the table that they
// refer to: the store takes them, the executor never gives it any.
func TestCheckForeignKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.db")
	db := open(t, path, Options{})
	parent := pairsDef.Clone()
	parent.OID, parent.Name = 900, "p"
	create(t, db, parent)
	child := pairsDef.Clone()
	child.OID, child.Name, child.Key, child.KeyName = 901, "c", -1, ""
	child.Columns[0].NotNull = false
	child.Refs = []types.ForeignKey{
		{OID: 910, Name: "good", Cols: []uint32{1}, Table: 900, RefCols: []uint32{1}, OnUpdate: "a", OnDelete: "a"},
		{OID: 920, Name: "unchecked", Cols: []uint32{3}, Table: 900, RefCols: []uint32{1}, OnUpdate: "a", OnDelete: "a", NotValid: true},
	}
	create(t, db, child)
	insert(t, db, "p", pairs(0, 3000, "x"))
	rows := pairs(1000, 2000, "y")
	rows.Cols[0].SetNull(7)
	insert(t, db, "c", rows)
	must(t, db.Close())
	check(t, path)

	db = open(t, path, Options{})
	insert(t, db, "c", pairs(2999, 2, "z"))
	must(t, db.Close())
	var faults []string
	must(t, Check(path, nil, func(f string) { faults = append(faults, f) }))
	if want := []string{`table "c", segment 0, row 2001: the key of constraint "good" is not in table "p"`}; !slices.Equal(faults, want) {
		t.Fatalf("%q, want %q", faults, want)
	}
}
