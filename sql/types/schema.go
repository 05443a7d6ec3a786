package types

import "strconv"

// Column is one column of a table. Its ID is unique within the table for ever:
// a dropped column's ID is not given out again, so stored pages cannot be
// mistaken for another column's.
type Column struct {
	ID      uint32 `json:"id"`
	Name    string `json:"name"`
	Type    Type   `json:"type"`
	NotNull bool   `json:"not_null,omitempty"`
	// Default is the DEFAULT expression as SQL text; "" for none.
	Default string `json:"default,omitempty"`
	// Missing is the value, in Postgres text form, of rows that are older than
	// the column; nil is NULL. ADD COLUMN ... DEFAULT sets it and touches no row.
	Missing *string `json:"missing,omitempty"`
	Comment string  `json:"comment,omitempty"`
	// Collation is what the column was declared with; "" is the database's. All that
	// there are compare by bytes, so it is there to be shown.
	Collation string `json:"collation,omitempty"`
	// Set marks a text[] column that was defined as SET('a', 'b', ...): what is
	// assigned to it may be a text with commas.
	Set bool `json:"set,omitempty"`
	// Dims is how many pairs of brackets an array's definition has, which says nothing
	// of its values; 0 also where the column was not defined by a type's name.
	Dims int `json:"dims,omitempty"`
	// Generated is the expression of a GENERATED ALWAYS AS ... STORED column as SQL
	// text; "" for others.
	Generated string `json:"generated,omitempty"`
	// Identity is "a" for GENERATED ALWAYS AS IDENTITY, "d" for BY DEFAULT.
	Identity string `json:"identity,omitempty"`
	// Seq is the OID of the sequence that the column owns, 0 for none: of an
	// identity column the one that gives its values.
	Seq uint32 `json:"seq,omitempty"`
}

// Check is a CHECK constraint; Expr is its SQL text.
type Check struct {
	Name string `json:"name"`
	Expr string `json:"expr"`
}

// Unique says that no two rows have the same values in Cols; rows with a NULL
// among them are not compared, unless NullsSame.
type Unique struct {
	// ID names the stored index; the store gives it out, 0 is a new one.
	ID   uint32 `json:"id"`
	Name string `json:"name"`
	// Cols are positions in Columns, in the order of the definition, at least one.
	// Types: all scalar types of which equal values have one stored form.
	Cols []int `json:"cols"`
	// Exprs are the keys of a unique index of which one is an expression, or that has
	// a predicate, Where: Cols are then the columns that they use, or any column if
	// they use none, and each row's keys are computed.
	Exprs     []KeyExpr `json:"exprs,omitempty"`
	Where     string    `json:"where,omitempty"`
	Primary   bool      `json:"primary,omitempty"`    // a PRIMARY KEY of several columns, which are NOT NULL
	Index     bool      `json:"index,omitempty"`      // made by CREATE UNIQUE INDEX: no constraint
	NullsSame bool      `json:"nulls_same,omitempty"` // NULLS NOT DISTINCT
	// Deferrable and Deferred: DEFERRABLE, and INITIALLY DEFERRED. The store keeps no
	// index for a deferrable constraint: two rows may have the same key for a while,
	// and the executor compares them.
	Deferrable bool `json:"deferrable,omitempty"`
	Deferred   bool `json:"deferred,omitempty"`
	// Off: DISABLE TRIGGER ALL on the table; the keys of a deferrable constraint are
	// not compared.
	Off bool `json:"off,omitempty"`
}

// KeyExpr is a key of a unique index: its text, and how errors show it.
type KeyExpr struct {
	Text  string `json:"text"`
	Shown string `json:"shown"`
}

// Computed reports whether the keys are not just the values of columns.
func (u *Unique) Computed() bool { return len(u.Exprs) > 0 }

// Table is the definition of a table. Definitions are immutable once they are
// part of a snapshot; an ALTER makes a changed Clone.
type Table struct {
	// ID names the stored rows. TRUNCATE gives a new one. Never given out again.
	ID uint32 `json:"id"`
	// OID is what pg_catalog shows; it survives TRUNCATE.
	OID  uint32 `json:"oid"`
	Name string `json:"name"`
	// DB and NS are the OIDs of the table's database and schema; 0 stands for the
	// first database and for its schema public, which have no objects of their own.
	DB uint32 `json:"db,omitempty"`
	NS uint32 `json:"ns,omitempty"`
	// Kind is "" for a table, KindMat or KindUnfilled for a materialized view.
	Kind string `json:"kind,omitempty"`
	// Unlogged is what CREATE UNLOGGED TABLE asks for. It changes nothing but what the
	// catalog says.
	Unlogged bool     `json:"unlogged,omitempty"`
	Columns  []Column `json:"columns"`
	// Key is the position in Columns of the primary key, -1 for an event table.
	Key     int     `json:"key"`
	KeyName string  `json:"key_name,omitempty"` // name of the primary key constraint, e.g. tags_pkey
	Checks  []Check `json:"checks,omitempty"`
	// Uniques are the UNIQUE constraints and unique indexes, a primary key of
	// several columns among them. The store enforces them.
	Uniques []Unique `json:"uniques,omitempty"`
	// Refs are the foreign keys of the table, in the order in which they were made.
	Refs    []ForeignKey `json:"refs,omitempty"`
	Comment string       `json:"comment,omitempty"`
	NextCol uint32       `json:"next_col"` // the ID of the next column to be added
}

// Kinds of tables that are materialized views: one with the rows of its query,
// and one that has not been populated and cannot be read.
const (
	KindMat      = "m"
	KindUnfilled = "n"
)

// Path is the name under which the store has the table: unique in the data file
// and never the name of another place, as names have no zero bytes.
func (t *Table) Path() string { return Path(t.DB, t.NS, t.Name) }

// Path is the store's name of a table; see Table.Path.
func Path(db, ns uint32, name string) string {
	if db == 0 && ns == 0 {
		return name
	}
	return strconv.FormatUint(uint64(db), 10) + "/" + strconv.FormatUint(uint64(ns), 10) + "\x00" + name
}

// Column returns the position of the named column, -1 if there is none.
func (t *Table) Column(name string) int {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

// Clone returns a deep copy.
func (t *Table) Clone() *Table {
	c := *t
	c.Columns = append([]Column(nil), t.Columns...)
	c.Checks = append([]Check(nil), t.Checks...)
	c.Uniques = append([]Unique(nil), t.Uniques...)
	for i := range c.Uniques {
		c.Uniques[i].Cols = append([]int(nil), t.Uniques[i].Cols...)
		c.Uniques[i].Exprs = append([]KeyExpr(nil), t.Uniques[i].Exprs...)
	}
	c.Refs = nil
	for i := range t.Refs {
		c.Refs = append(c.Refs, t.Refs[i].Clone())
	}
	return &c
}
