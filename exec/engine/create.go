package engine

import (
	"fmt"
	"sort"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/pgcatalog"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// systemColumns are names that no column may have (heap.c, SysAtt).
var systemColumns = map[string]bool{"tableoid": true, "cmax": true, "xmax": true, "cmin": true, "xmin": true, "ctid": true}

// placeSchema gives a schema that may not be created in its place in CREATE TABLE,
// where PostgreSQL looks it up while it reads the statement; what is refused for
// being a system catalog (it has a detail) comes later and has none.
func placeSchema(err error, u *ast.CreateTable) error {
	e := sqlerr.From(err)
	if e.Code != pgerrcode.InsufficientPrivilege || e.Detail != "" || u.Query != nil || u.Execute != nil {
		return err
	}
	return e.AtIfNone(u.Name.Pos())
}

// createTable runs CREATE TABLE and CREATE TABLE AS.
func (s *Session) createTable(r *run, u *ast.CreateTable) (session.Result, error) {
	word := "CREATE TABLE"
	switch {
	case u.Mat:
		word = "CREATE MATERIALIZED VIEW"
	case u.Query != nil || u.Execute != nil:
		word = "CREATE TABLE AS"
	}
	if err := storageOptions(u.Options); err != nil {
		return nil, err
	}
	if u.OnCommit != "" && !u.Temp {
		return nil, sqlerr.New(pgerrcode.InvalidTableDefinition, "ON COMMIT can only be used on temporary tables")
	}
	e, err := s.edit(r, word)
	if err != nil {
		return nil, err
	}
	ns, err := e.target(u.Name, u.Temp)
	if err != nil {
		return nil, placeSchema(err, u)
	}
	if e.c.taken(ns, u.Name.Name) {
		if !u.IfNotExists {
			return nil, sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, u.Name.Name)
		}
		n := sqlerr.Notice(`relation "%s" already exists, skipping`, u.Name.Name)
		n.Code = pgerrcode.DuplicateTable
		s.notice(n)
		return tag(word), nil
	}
	if u.Query != nil || u.Execute != nil {
		return e.createAs(u, ns, word)
	}
	s.notes(u.Notes)
	c := &creator{e: e, s: s, u: u, def: &types.Table{DB: s.dbOID, NS: ns, Name: u.Name.Name, Key: -1, Comment: u.Comment, Unlogged: u.Unlogged}, null: map[string]bool{}}
	if err := c.build(); err != nil {
		return nil, err
	}
	if err := e.createTable(c.def, u.OnCommit); err != nil {
		return nil, err
	}
	return tag(word), c.finish()
}

// createTable stores a new definition, to which it gives its OID and the IDs of
// its columns.
func (e *edit) createTable(def *types.Table, onCommit string) error {
	if def.OID == 0 {
		def.OID = e.w.NewOID()
	}
	numberColumns(def)
	if err := e.w.CreateTable(def); err != nil {
		return err
	}
	if onCommit == "delete" || onCommit == "drop" {
		if e.s.onCommit == nil {
			e.s.onCommit = map[uint32]string{}
		}
		e.s.onCommit[def.OID] = onCommit
	}
	e.s.define(def.Path(), def)
	if err := e.born(objects.ClassRelation, def.OID, def.NS, "r"); err != nil {
		return err
	}
	key := objects.CommentKey(objects.ClassRelation, def.OID, "")
	if _, owned := e.o.Owners[key]; owned || e.o.ACLs[key] != nil {
		return e.store()
	}
	return nil
}

// numberColumns gives the columns of a new table the IDs that the store will.
func numberColumns(def *types.Table) {
	for i := range def.Columns {
		def.Columns[i].ID = uint32(i + 1)
	}
}

// storageOptions accepts the storage parameters that have nothing to do here.
func storageOptions(opts []ast.Option) error {
	for _, o := range opts {
		switch {
		case o.Name == "fillfactor", strings.HasPrefix(o.Name, "autovacuum_"), o.Name == "parallel_workers", o.Name == "toast_tuple_target",
			o.Name == "vacuum_truncate", o.Name == "user_catalog_table", o.Name == "deduplicate_items", o.Name == "fastupdate",
			o.Name == "vacuum_index_cleanup", o.Name == "log_autovacuum_min_duration", o.Name == "buffering", o.Name == "pages_per_range":
		case o.Name == "oids" && len(o.Value) == 1 && (o.Value[0] == "false" || o.Value[0] == "0"):
		case o.Name == "oids":
			return sqlerr.New(pgerrcode.FeatureNotSupported, "tables declared WITH OIDS are not supported")
		default:
			return sqlerr.New(pgerrcode.InvalidParameterValue, `unrecognized parameter "%s"`, o.Name)
		}
	}
	return nil
}

// notes sends the NOTICEs that a statement carries.
func (s *Session) notes(list []string) {
	for _, text := range list {
		s.notice(sqlerr.Notice("%s", text))
	}
}

// creator makes a definition from CREATE TABLE.
type creator struct {
	e    *edit
	s    *Session
	u    *ast.CreateTable
	def  *types.Table
	null map[string]bool // columns declared NULL
	// what is checked when all columns are known
	checks   []ast.Constraint
	checkCol []string // the column of a column constraint, "" of a table's
	defaults map[int]int
	keys     []keyDef
	names    map[string]bool // of sequences and indexes that the statement makes
	seqs     []newSequence
	indexes  []objects.Index   // copied by LIKE; key columns are positions from 1
	gens     []*ast.Constraint // GENERATED, by genCol
	genCol   []int
	foreign  []newKey
}

func (c *creator) build() error {
	c.defaults = map[int]int{}
	c.names = map[string]bool{}
	like := c.u.Like
	for i := 0; i <= len(c.u.Columns); i++ {
		for ; len(like) > 0 && like[0].Pos == i; like = like[1:] {
			if err := c.like(&like[0]); err != nil {
				return err
			}
		}
		if i < len(c.u.Columns) {
			if err := c.column(&c.u.Columns[i]); err != nil {
				return err
			}
		}
	}
	for i := range c.u.Constraints {
		if err := c.constraint(&c.u.Constraints[i], ""); err != nil {
			return err
		}
	}
	if err := c.addKeys(); err != nil {
		return err
	}
	for col, off := range c.defaults {
		if _, err := c.s.bindOne(c.def, col, nil, off); err != nil {
			return err
		}
	}
	if err := c.generate(); err != nil {
		return err
	}
	if err := c.addChecks(); err != nil {
		return err
	}
	if c.def.OID == 0 {
		c.def.OID = c.e.w.NewOID() // keys may refer to the table itself
	}
	numberColumns(c.def)
	return c.addForeign()
}

func (c *creator) column(d *ast.ColumnDef) error {
	if c.def.Column(d.Name) >= 0 {
		return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" specified more than once`, d.Name)
	}
	serial, err := serialType(d)
	if err != nil {
		return err
	}
	plain := *d
	if serial != "" {
		plain.Type = ast.TypeName{At: d.Type.At, Name: serial}
	}
	col, err := c.s.newColumn(&plain)
	if err != nil {
		return err
	}
	c.def.Columns = append(c.def.Columns, col)
	if serial != "" {
		if err := c.serial(len(c.def.Columns)-1, col.Type.String()); err != nil {
			return err
		}
	}
	for i := range d.Constraints {
		if err := c.constraint(&d.Constraints[i], d.Name); err != nil {
			return err
		}
	}
	return nil
}

// newColumn makes a column without its constraints.
func (s *Session) newColumn(d *ast.ColumnDef) (types.Column, error) {
	if systemColumns[d.Name] {
		return types.Column{}, sqlerr.New(pgerrcode.DuplicateColumn, `column name "%s" conflicts with a system column name`, d.Name)
	}
	t, err := s.columnType(d.Name, d.Type)
	if err != nil {
		return types.Column{}, err
	}
	collation, err := columnCollation(d, t)
	if err != nil {
		return types.Column{}, err
	}
	col := types.Column{Name: d.Name, Type: t, Set: d.Set, Dims: d.Type.Dims, Collation: collation}
	if d.Comment != nil {
		col.Comment = *d.Comment
	}
	return col, nil
}

// columnCollation is the collation that a column is declared with, "" for the
// database's.
func columnCollation(d *ast.ColumnDef, t types.Type) (string, error) {
	if len(d.Collation) == 0 {
		return "", nil
	}
	name := d.Collation[len(d.Collation)-1]
	switch base := t.WithoutDomain().Base(); {
	case name != "C" && name != "POSIX" && name != "default" && name != "ucs_basic":
		return "", sqlerr.Unsupported(d.CollateAt.Pos(), `collation "%s" is not supported`, name)
	case !pgcatalog.Collatable(base):
		return "", sqlerr.At(d.CollateAt.Pos(), pgerrcode.DatatypeMismatch, "collations are not supported by type %s", base)
	case name == "default":
		return "", nil
	}
	return name, nil
}

// constraint applies one constraint; col is "" for a table's.
func (c *creator) constraint(k *ast.Constraint, col string) error {
	i := c.def.Column(col)
	switch k.Kind {
	case ast.NotNull, ast.Null:
		not := k.Kind == ast.NotNull
		if c.null[col] && not || !not && c.def.Columns[i].NotNull {
			pos := k.Pos()
			for _, s := range c.seqs {
				if s.col == i && c.def.Columns[i].Identity == "" {
					pos = -1 // the NOT NULL of serial stands nowhere
				}
			}
			return sqlerr.At(pos, pgerrcode.SyntaxError, `conflicting NULL/NOT NULL declarations for column "%s" of table "%s"`, col, c.def.Name)
		}
		c.def.Columns[i].NotNull = not
		c.null[col] = !not
	case ast.DefaultValue:
		if err := c.oneValue(k, i); err != nil {
			return err
		}
		text, err := c.e.pinSequences(k.X, k.Text)
		if err != nil {
			return err
		}
		off, err := setDefault(&c.def.Columns[i], k.X, text)
		if err != nil {
			return err
		}
		c.defaults[i] = off
	case ast.Identity:
		return c.identity(k, i)
	case ast.Generated:
		return c.generatedColumn(k, i)
	case ast.CheckExpr:
		c.checks, c.checkCol = append(c.checks, *k), append(c.checkCol, col)
	case ast.PrimaryKey, ast.Unique:
		return c.key(k, i)
	case ast.ForeignKey:
		c.foreign = append(c.foreign, newKey{k, i})
	}
	return nil
}

// setDefault stores a default's text and returns where it stands.
func setDefault(col *types.Column, x ast.Expr, text string) (int, error) {
	if refs := columnRefs(x); len(refs) > 0 {
		return 0, sqlerr.At(refs[0].Pos(), pgerrcode.FeatureNotSupported, "cannot use column reference in DEFAULT expression")
	}
	col.Default = text
	if l, ok := x.(*ast.Literal); ok && l.Kind == ast.LitNull {
		col.Default = ""
	}
	return x.Pos(), nil
}

// joinName is makeObjectName: name_column_label in at most 63 bytes.
func joinName(table, col, label string) string {
	rest := len(label) + 1
	if col != "" {
		rest++
	}
	for len(table)+len(col)+rest > 63 {
		if len(table) > len(col) {
			table = cutRune(table)
		} else {
			col = cutRune(col)
		}
	}
	if col != "" {
		table += "_" + col
	}
	return table + "_" + label
}

// cutRune drops the last character.
func cutRune(s string) string {
	n := len(s) - 1
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}

// addChecks names, binds and adds the CHECK constraints.
func (c *creator) addChecks() error {
	for i := range c.checks {
		if _, err := c.s.addCheck(c.def, &c.checks[i], c.checkCol[i]); err != nil {
			return err
		}
	}
	return nil
}

// addCheck adds one CHECK constraint to a definition and returns its meaning.
func (s *Session) addCheck(def *types.Table, k *ast.Constraint, col string) (*bound, error) {
	name := k.Name
	if name != "" && hasConstraint(def, name) {
		return nil, sqlerr.New(pgerrcode.DuplicateObject, `constraint "%s" for relation "%s" already exists`, name, def.Name)
	}
	if name == "" {
		name = checkName(def, k, col)
	}
	ck := types.Check{Name: name, Expr: k.Text}
	b, err := s.bindOne(def, -1, &ck, checkPlace(def, k.X))
	if err != nil {
		return nil, err
	}
	def.Checks = append(def.Checks, ck)
	// Postgres checks in the order of names.
	sort.SliceStable(def.Checks, func(i, j int) bool { return def.Checks[i].Name < def.Checks[j].Name })
	return b, nil
}

func hasConstraint(def *types.Table, name string) bool {
	for _, k := range def.Checks {
		if k.Name == name {
			return true
		}
	}
	for i := range def.Uniques {
		if def.Uniques[i].Name == name && !def.Uniques[i].Index {
			return true
		}
	}
	return def.Key >= 0 && def.KeyName == name || def.Foreign(name) != nil
}

// checkName chooses table_check, with the column's name where only one is used.
func checkName(def *types.Table, k *ast.Constraint, col string) string {
	used := map[string]bool{}
	for _, ref := range columnRefs(k.X) {
		used[ref.Parts[len(ref.Parts)-1]] = true
	}
	if len(used) == 1 {
		for n := range used {
			col = n
		}
	} else if len(used) > 1 {
		col = ""
	}
	name := joinName(def.Name, col, "check")
	for i := 1; hasConstraint(def, name); i++ {
		name = joinName(def.Name, col, fmt.Sprintf("check%d", i))
	}
	return name
}
