package pgcatalog

import (
	"testing"

	"tagd/sql/types"
)

// TestBootstrap reads every relation and value of the built-in catalog: at run
// time a value that cannot be read is a panic.
func TestBootstrap(t *testing.T) {
	relations, rows := 0, 0
	for name, sh := range shapes() {
		relations++
		b := sh.rows()
		rows += b.N
		for i, c := range sh.cols {
			if c.t.Kind == types.Invalid || c.t.OID() == 0 {
				t.Errorf("%s.%s has no type", name, c.name)
			}
			if sh.notNull[i] && b.Cols[i].HasNulls() {
				t.Errorf("%s.%s has NULLs", name, c.name)
			}
		}
	}
	if relations < 200 || rows < 7000 {
		t.Errorf("%d relations, %d rows", relations, rows)
	}
}

// TestRegistered holds the relations that are made from the database to the
// columns that PostgreSQL has.
func TestRegistered(t *testing.T) {
	for name, r := range relations {
		sh := shapes()[name]
		if sh == nil {
			t.Errorf("PostgreSQL has no %s", name)
			continue
		}
		for _, c := range r.cols {
			if _, ok := sh.at[c.name]; !ok {
				t.Errorf("PostgreSQL's %s has no %s", name, c.name)
			}
		}
	}
}
