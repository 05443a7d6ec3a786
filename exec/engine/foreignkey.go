package engine

import (
	"slices"
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Foreign keys. What a key says is part of the definition of the table that refers
// (types.ForeignKey); this file makes such definitions from SQL. The rules around
// them have one file each:
//
//	refcheck.go    what a statement has to check: keys that rows got and lost
//	refaction.go   what a lost key does to the rows that refer to it
//	refdeferred.go SET CONSTRAINTS, and what waits for COMMIT
//	refvalidate.go constraints over rows that are there already
//	refdrop.go     DROP, TRUNCATE and ALTER of what a key needs
//	uniquecheck.go deferrable keys, which the store does not look at
//
// One session writes at a time and each statement is checked against all that the
// Write holds, so no other session can take a key away between the check and the
// commit: there is nothing to lock.

// newKey is a foreign key that a statement adds, with the column that it stands at;
// -1: it is the table's.
type newKey struct {
	k   *ast.Constraint
	col int
}

// addForeign adds the foreign keys that were collected, when all columns and keys
// are known.
func (c *creator) addForeign() error {
	for _, n := range c.foreign {
		if _, err := c.addOneForeign(n); err != nil {
			return err
		}
	}
	return nil
}

func (c *creator) addOneForeign(n newKey) (*types.ForeignKey, error) {
	m := &keyMaker{e: c.e, def: c.def, k: n.k}
	k, err := m.make(n.col)
	if err != nil {
		return nil, err
	}
	k.OID = c.e.w.NewOID()
	for range 4 { // its triggers'
		c.e.w.NewOID()
	}
	c.def.Refs = append(c.def.Refs, *k)
	return &c.def.Refs[len(c.def.Refs)-1], nil
}

// keyMaker makes one foreign key.
type keyMaker struct {
	e    *edit
	def  *types.Table // that refers
	k    *ast.Constraint
	pk   *types.Table // that is referred to
	cols []int
	refs []int
}

// make follows ATAddForeignKeyConstraint: the order of its errors is seen.
func (m *keyMaker) make(col int) (*types.ForeignKey, error) {
	r := m.k.Refs
	out := &types.ForeignKey{Name: m.k.Name, OnUpdate: r.OnUpdate, OnDelete: r.OnDelete, Full: r.Full, Deferrable: m.k.Deferrable,
		Deferred: m.k.Deferred, NotValid: m.k.NotValid}
	if out.Name != "" && hasConstraint(m.def, out.Name) {
		return nil, sqlerr.New(pgerrcode.DuplicateObject, `constraint "%s" for relation "%s" already exists`, out.Name, m.def.Name)
	}
	if out.Name == "" {
		out.Name = m.name(col)
	}
	rel, err := m.referred()
	if err != nil {
		return nil, err
	}
	if m.cols, err = m.columns(m.def, m.names(col)); err != nil {
		return nil, err
	}
	set, err := m.setColumns()
	if err != nil {
		return nil, err
	}
	if err := m.target(); err != nil {
		return nil, err
	}
	if err := m.permitted(rel); err != nil {
		return nil, err
	}
	if err := m.generated(); err != nil {
		return nil, err
	}
	if len(m.cols) != len(m.refs) {
		return nil, sqlerr.New(pgerrcode.InvalidForeignKey, "number of referencing and referenced columns for foreign key disagree")
	}
	if err := keyTypes(out.Name, m.def, m.cols, m.pk, m.refs); err != nil {
		return nil, err
	}
	out.Table, out.Cols, out.RefCols = m.pk.OID, m.def.IDs(m.cols), m.pk.IDs(m.refs)
	if set != nil {
		out.SetCols = m.def.IDs(set)
	}
	return out, nil
}

// names are the referring columns' names.
func (m *keyMaker) names(col int) []string {
	if col >= 0 {
		return []string{m.def.Columns[col].Name}
	}
	var out []string
	for _, c := range m.k.Columns {
		out = append(out, c.Name)
	}
	return out
}

// name chooses table_columns_fkey, a name that no constraint of the schema has.
func (m *keyMaker) name(col int) string {
	cols := ""
	for i, n := range m.names(col) {
		if i > 0 {
			cols += "_"
		}
		if cols += n; len(cols) >= 64 {
			break
		}
	}
	used := func(name string) bool {
		if hasConstraint(m.def, name) {
			return true
		}
		for _, def := range m.e.c.tables() {
			if def.NS == m.def.NS && def.OID != m.def.OID && hasConstraint(def, name) {
				return true
			}
		}
		return false
	}
	name := joinName(m.def.Name, cols, "fkey")
	for i := 1; used(name); i++ {
		name = joinName(m.def.Name, cols, "fkey"+strconv.Itoa(i))
	}
	return name
}

// referred finds the table that is referred to, which may be the one in the making.
func (m *keyMaker) referred() (*relation, error) {
	n, c := m.k.Refs.Table, m.e.c
	if err := m.e.s.otherDB(n); err != nil {
		return nil, err
	}
	if err := c.Denied(n.Schema); err != nil {
		return nil, err
	}
	path := c.path
	if n.Schema != "" {
		ns, ok := c.namespace(n.Schema)
		if !ok {
			return nil, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, n.Schema)
		}
		path = []uint32{ns}
	}
	var rel *relation
	for _, ns := range path {
		if ns == m.def.NS && n.Name == m.def.Name {
			rel = &relation{kind: 'r', oid: m.def.OID, ns: ns, name: n.Name, def: m.def}
		} else {
			rel = c.in(ns, n.Name)
		}
		if rel != nil {
			break
		}
	}
	switch {
	case rel == nil:
		return nil, noRelation(n)
	case rel.oid == m.def.OID && rel.kind == 'r':
		m.pk = m.def
		return rel, nil
	case rel.kind == 'V' && pgcatalog.IsTable(c.nsName(rel.ns), rel.name):
		return nil, sqlerr.New(pgerrcode.InsufficientPrivilege, `permission denied: "%s" is a system catalog`, rel.name)
	case rel.kind != 'r':
		return nil, sqlerr.New(pgerrcode.WrongObjectType, `referenced relation "%s" is not a table`, rel.name)
	}
	m.pk = rel.def
	if bad := notReferable(m.def, m.pk); bad != "" {
		return nil, sqlerr.New(pgerrcode.InvalidTableDefinition, "%s", bad)
	}
	return rel, nil
}

// notReferable says why a table may not refer to another one that may be gone, or
// empty, while it is still there; "" where it may.
func notReferable(def, to *types.Table) string {
	temp, theirs := objects.IsTemp(def.NS), objects.IsTemp(to.NS)
	switch {
	case temp && !theirs:
		return "constraints on temporary tables may reference only temporary tables"
	case def.Unlogged && theirs && !temp:
		return "constraints on unlogged tables may reference only permanent or unlogged tables"
	case !temp && !def.Unlogged && (theirs || to.Unlogged):
		return "constraints on permanent tables may reference only permanent tables"
	}
	return ""
}

// maxKeyColumns is INDEX_MAX_KEYS.
const maxKeyColumns = 32

// columns are the positions of the named columns of a table.
func (m *keyMaker) columns(def *types.Table, names []string) ([]int, error) {
	var out []int
	for _, n := range names {
		i := def.Column(n)
		switch {
		case i < 0 && systemColumns[n]:
			return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "system columns cannot be used in foreign keys")
		case i < 0:
			return nil, sqlerr.New(pgerrcode.UndefinedColumn, `column "%s" referenced in foreign key constraint does not exist`, n)
		case len(out) >= maxKeyColumns:
			return nil, sqlerr.New(pgerrcode.TooManyColumns, "cannot have more than %d keys in a foreign key", maxKeyColumns)
		}
		out = append(out, i)
	}
	return out, nil
}

// setColumns are the columns of ON DELETE SET NULL (a, b), nil for all.
func (m *keyMaker) setColumns() ([]int, error) {
	if len(m.k.Refs.SetCols) == 0 {
		return nil, nil
	}
	set, err := m.columns(m.def, m.k.Refs.SetCols)
	if err != nil {
		return nil, err
	}
	var out []int
	for _, i := range set {
		if !slices.Contains(m.cols, i) {
			return nil, sqlerr.New(pgerrcode.InvalidColumnReference, `column "%s" referenced in ON DELETE SET action must be part of foreign key`, m.def.Columns[i].Name)
		}
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out, nil
}

// target finds the key that is referred to.
func (m *keyMaker) target() error {
	if len(m.k.Refs.Columns) == 0 {
		return m.primary()
	}
	var err error
	if m.refs, err = m.columns(m.pk, m.k.Refs.Columns); err != nil {
		return err
	}
	for i, c := range m.refs {
		if slices.Contains(m.refs[:i], c) {
			return sqlerr.New(pgerrcode.InvalidForeignKey, "foreign key referenced-columns list must not contain duplicates")
		}
	}
	u, ok := m.pk.KeyOver(m.refs)
	switch {
	case !ok:
		return sqlerr.New(pgerrcode.InvalidForeignKey, `there is no unique constraint matching given keys for referenced table "%s"`, m.pk.Name)
	case u >= 0 && m.pk.Uniques[u].Deferrable:
		return sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, `cannot use a deferrable unique constraint for referenced table "%s"`, m.pk.Name)
	}
	return nil
}

// primary takes the primary key of the table.
func (m *keyMaker) primary() error {
	if m.pk.Key >= 0 {
		m.refs = []int{m.pk.Key}
		return nil
	}
	for i := range m.pk.Uniques {
		u := &m.pk.Uniques[i]
		switch {
		case u.Primary && u.Deferrable:
			return sqlerr.New(pgerrcode.ObjectNotInPrerequisiteState, `cannot use a deferrable primary key for referenced table "%s"`, m.pk.Name)
		case u.Primary:
			m.refs = slices.Clone(u.Cols)
			return nil
		}
	}
	return sqlerr.New(pgerrcode.UndefinedObject, `there is no primary key for referenced table "%s"`, m.pk.Name)
}

// permitted holds the user to REFERENCES on the table or on its columns.
func (m *keyMaker) permitted(rel *relation) error {
	c := m.e.c
	if m.pk == m.def || c.relMask(rel, c.user, roles.References) != 0 {
		return nil
	}
	for _, i := range m.refs {
		if c.colMask(rel, i+1, c.user, roles.References) == 0 {
			return denied("permission denied for table %s", rel.name)
		}
	}
	return nil
}

// generated refuses actions that would write a generated column.
func (m *keyMaker) generated() error {
	r := m.k.Refs
	for _, i := range m.cols {
		if m.def.Columns[i].Generated == "" {
			continue
		}
		switch {
		case r.OnUpdate == "n" || r.OnUpdate == "d" || r.OnUpdate == "c":
			return sqlerr.New(pgerrcode.SyntaxError, "invalid ON UPDATE action for foreign key constraint containing generated column")
		case r.OnDelete == "n" || r.OnDelete == "d":
			return sqlerr.New(pgerrcode.SyntaxError, "invalid ON DELETE action for foreign key constraint containing generated column")
		}
	}
	return nil
}

// keyTypes holds the columns to types that can be compared.
func keyTypes(name string, def *types.Table, cols []int, pk *types.Table, refs []int) error {
	for i := range cols {
		fk, to := &def.Columns[cols[i]], &pk.Columns[refs[i]]
		if _, ok := pgcatalog.KeyOperators(to.Type, fk.Type); !ok {
			return sqlerr.New(pgerrcode.DatatypeMismatch, `foreign key constraint "%s" cannot be implemented`, name).
				WithDetail(`Key columns "%s" and "%s" are of incompatible types: %s and %s.`, fk.Name, to.Name, fk.Type.String(), to.Type.String())
		}
		if crossesTime(fk.Type, to.Type) {
			return sqlerr.Unsupported(-1, "a foreign key from type %s to type %s is not supported", fk.Type.String(), to.Type.String())
		}
	}
	return nil
}

// crossesTime reports types whose equality loses something on the way from the one
// to the other, so that a key of the one cannot be looked up among the other's.
func crossesTime(a, b types.Type) bool {
	a, b = a.WithoutDomain(), b.WithoutDomain()
	switch b.Kind {
	case types.Date, types.Timestamp, types.TimestampTZ, types.Float4:
		return a.Kind != b.Kind
	}
	return false
}
