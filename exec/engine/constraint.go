package engine

import (
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// key applies PRIMARY KEY or UNIQUE; i is the column of a column constraint, -1
// for a table's.
func (c *creator) key(k *ast.Constraint, i int) error {
	primary := k.Kind == ast.PrimaryKey
	if primary && hasPrimary(c.def) {
		at := k.Pos()
		if c.def.OID != 0 {
			at = -1 // ALTER TABLE finds it when the text is gone
		}
		return sqlerr.At(at, pgerrcode.InvalidTableDefinition, `multiple primary keys for table "%s" are not allowed`, c.def.Name)
	}
	cols, err := c.keyColumns(k, i)
	if err != nil {
		return err
	}
	for _, i := range cols {
		col := &c.def.Columns[i]
		if col.Type.Kind == types.JSON && !col.Type.Array {
			return sqlerr.New(pgerrcode.UndefinedObject, "data type %s has no default operator class for access method \"btree\"", col.Type.Base().String()).
				WithHint("You must specify an operator class for the index or define a default operator class for the data type.")
		}
	}
	c.keys = append(c.keys, keyDef{k, cols})
	if primary { // the names of UNIQUE constraints come after it
		return c.nameKey(&c.keys[len(c.keys)-1])
	}
	return nil
}

// keyDef is a key constraint and its columns.
type keyDef struct {
	k    *ast.Constraint
	cols []int
}

// keyColumns resolves the columns of a key.
func (c *creator) keyColumns(k *ast.Constraint, i int) ([]int, error) {
	if i >= 0 {
		return []int{i}, nil
	}
	what := "unique"
	if k.Kind == ast.PrimaryKey {
		what = "primary key"
	}
	var cols []int
	for _, n := range k.Columns {
		i := c.def.Column(n.Name)
		switch {
		case i < 0 && systemColumns[n.Name]:
			return nil, sqlerr.Unsupported(k.Pos(), "index creation on system columns is not supported")
		case i < 0:
			return nil, sqlerr.At(n.Pos(), pgerrcode.UndefinedColumn, `column "%s" named in key does not exist`, n.Name)
		case slices.Contains(cols, i):
			return nil, sqlerr.At(k.Pos(), pgerrcode.DuplicateColumn, `column "%s" appears twice in %s constraint`, n.Name, what)
		}
		cols = append(cols, i)
	}
	return cols, nil
}

// addKeys gives the UNIQUE constraints that have been collected their names and
// adds them. One over the columns of another key is that key once more. The
// columns of a primary key become NOT NULL, whatever was said of them.
func (c *creator) addKeys() error {
	for i := range c.keys {
		d := &c.keys[i]
		if d.k.Kind == ast.PrimaryKey {
			for _, col := range d.cols {
				c.def.Columns[col].NotNull = true
			}
			continue
		}
		same := c.u.Columns != nil && c.sameKey(d)
		if same {
			continue
		}
		if err := c.nameKey(d); err != nil {
			return err
		}
	}
	c.keys = nil
	return nil
}

// sameKey reports whether a key without a name of its own says what another says
// already.
func (c *creator) sameKey(d *keyDef) bool {
	if c.def.Key >= 0 && len(d.cols) == 1 && d.cols[0] == c.def.Key && !d.k.Deferrable && (d.k.Name == "" || d.k.Name == c.def.KeyName) {
		return true
	}
	for i := range c.def.Uniques {
		u := &c.def.Uniques[i]
		if slices.Equal(u.Cols, d.cols) && u.NullsSame == d.k.NullsSame && u.Deferrable == d.k.Deferrable && u.Deferred == d.k.Deferred && (d.k.Name == "" || d.k.Name == u.Name) {
			return true
		}
	}
	return false
}

// nameKey adds a key to the definition under its name.
func (c *creator) nameKey(d *keyDef) error {
	cat, release := c.s.catalog()
	defer release()
	primary := d.k.Kind == ast.PrimaryKey
	name := d.k.Name
	switch {
	case name != "" && hasConstraint(c.def, name):
		return sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, name)
	case name != "" && (cat.taken(c.def.NS, name) || name == c.def.Name):
		return sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, name)
	case name == "":
		label, cols := "pkey", ""
		if !primary {
			label, cols = "key", c.columnNames(d.cols)
		}
		name = joinName(c.def.Name, cols, label)
		for i := 1; hasConstraint(c.def, name) || cat.taken(c.def.NS, name); i++ {
			name = joinName(c.def.Name, cols, label+strconv.Itoa(i))
		}
	}
	if primary && !d.k.Deferrable && len(d.cols) == 1 && keyType(c.def.Columns[d.cols[0]].Type) {
		c.def.Key, c.def.KeyName = d.cols[0], name
		return nil
	}
	c.def.Uniques = append(c.def.Uniques, types.Unique{Name: name, Cols: d.cols, Primary: primary, NullsSame: d.k.NullsSame && !primary,
		Deferrable: d.k.Deferrable, Deferred: d.k.Deferred})
	return nil
}

// columnNames joins the names of columns for a constraint's.
func (c *creator) columnNames(cols []int) string {
	names := make([]string, len(cols))
	for i, col := range cols {
		names[i] = c.def.Columns[col].Name
	}
	return strings.Join(names, "_")
}

// hasPrimary reports whether a table has a primary key.
func hasPrimary(def *types.Table) bool {
	return def.Key >= 0 || slices.ContainsFunc(def.Uniques, func(u types.Unique) bool { return u.Primary })
}

// inPrimary reports whether a column is part of the primary key.
func inPrimary(def *types.Table, col int) bool {
	return col == def.Key || slices.ContainsFunc(def.Uniques, func(u types.Unique) bool { return u.Primary && slices.Contains(u.Cols, col) })
}

// keyType reports whether a primary key of one column can be the table's key
// column; others are kept as a UNIQUE constraint whose columns are NOT NULL.
func keyType(t types.Type) bool {
	switch t.Kind {
	case types.Int2, types.Int4, types.Int8, types.Text, types.Varchar, types.UUID:
		return !t.Array
	}
	return false
}

// addKey runs ADD PRIMARY KEY and ADD UNIQUE. The store compares the rows, but for
// a deferrable key.
func (a *alterer) addKey(k *ast.Constraint) error {
	c := &creator{s: a.s, u: &ast.CreateTable{}, def: a.def, null: map[string]bool{}, defaults: map[int]int{}}
	if k.Kind == ast.PrimaryKey {
		if hasPrimary(a.def) {
			return sqlerr.New(pgerrcode.InvalidTableDefinition, `multiple primary keys for table "%s" are not allowed`, a.def.Name)
		}
		cols, err := c.keyColumns(k, -1)
		if err != nil {
			return err
		}
		for _, i := range cols {
			if err := a.setNotNull(&a.def.Columns[i]); err != nil {
				return err
			}
		}
	}
	n := len(a.def.Uniques)
	if err := first(c.key(k, -1), c.addKeys()); err != nil {
		return err
	}
	for _, u := range a.def.Uniques[n:] {
		if u.Deferrable && a.rows > 0 {
			a.held = append(a.held, u.Name)
		}
	}
	return nil
}

// dropKey drops the key constraint of a name; false if there is none.
func (a *alterer) dropKey(name string) bool {
	if a.def.Key >= 0 && a.def.KeyName == name {
		a.def.Key, a.def.KeyName = -1, ""
		return true
	}
	for i := range a.def.Uniques {
		if u := &a.def.Uniques[i]; u.Name == name && !u.Index {
			a.dropUnique(name)
			return true
		}
	}
	return false
}
