package engine

import (
	"fmt"
	"sort"

	"github.com/jackc/pgerrcode"

	"tagd/planner"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// systemColumns are names that no column may have (heap.c, SysAtt).
var systemColumns = map[string]bool{"tableoid": true, "cmax": true, "xmax": true, "cmin": true, "xmin": true, "ctid": true}

// createTable runs CREATE TABLE and CREATE TABLE AS.
func (s *Session) createTable(r *run, u *ast.CreateTable) (session.Result, error) {
	word := "CREATE TABLE"
	if u.Query != nil {
		word = "CREATE TABLE AS"
	}
	if len(u.Options) > 0 {
		return nil, sqlerr.Unsupported(u.Options[0].Pos(), "storage parameters are not supported")
	}
	e, err := s.edit(r, word)
	if err != nil {
		return nil, err
	}
	ns, err := s.target(e.c, u.Name, u.Temp)
	if err != nil {
		return nil, err
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
	if u.Query != nil {
		return s.createAs(r, u, ns)
	}
	s.notes(u.Notes)
	c := &creator{s: s, u: u, def: &types.Table{DB: s.dbOID, NS: ns, Name: u.Name.Name, Key: -1, Comment: u.Comment}, null: map[string]bool{}}
	if err := c.build(); err != nil {
		return nil, err
	}
	if err := e.w.CreateTable(c.def); err != nil {
		return nil, err
	}
	s.define(c.def.Path(), c.def)
	return tag(word), nil
}

// notes sends the NOTICEs that a statement carries.
func (s *Session) notes(list []string) {
	for _, text := range list {
		s.notice(sqlerr.Notice("%s", text))
	}
}

// creator makes a definition from CREATE TABLE.
type creator struct {
	s    *Session
	u    *ast.CreateTable
	def  *types.Table
	null map[string]bool // columns declared NULL
	// what is checked when all columns are known
	checks   []ast.Constraint
	checkCol []string // the column of a column constraint, "" of a table's
	defaults map[int]int
	keys     []keyDef
}

func (c *creator) build() error {
	c.defaults = map[int]int{}
	for _, n := range c.u.Like {
		if err := c.like(n.Table); err != nil {
			return err
		}
	}
	for i := range c.u.Columns {
		if err := c.column(&c.u.Columns[i]); err != nil {
			return err
		}
	}
	if len(c.def.Columns) == 0 {
		return sqlerr.Unsupported(c.u.Name.Pos(), "tables without columns are not supported")
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
	return c.addChecks()
}

// like copies the columns of another table: names, types and NOT NULL.
func (c *creator) like(n ast.Name) error {
	src := c.s.lookupDef(n)
	if src == nil {
		return noRelation(n)
	}
	for i := range src.Columns {
		col := &src.Columns[i]
		if c.def.Column(col.Name) >= 0 {
			return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" specified more than once`, col.Name)
		}
		c.def.Columns = append(c.def.Columns, types.Column{Name: col.Name, Type: col.Type, NotNull: col.NotNull})
	}
	return nil
}

func (c *creator) column(d *ast.ColumnDef) error {
	if c.def.Column(d.Name) >= 0 {
		return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" specified more than once`, d.Name)
	}
	col, err := c.s.newColumn(d)
	if err != nil {
		return err
	}
	c.def.Columns = append(c.def.Columns, col)
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
	if len(d.Collation) > 0 {
		switch d.Collation[len(d.Collation)-1] {
		case "C", "POSIX", "default", "ucs_basic":
		default:
			return types.Column{}, sqlerr.Unsupported(d.Pos(), `collation "%s" is not supported`, d.Collation[len(d.Collation)-1])
		}
	}
	col := types.Column{Name: d.Name, Type: t, Set: d.Set}
	if d.Comment != nil {
		col.Comment = *d.Comment
	}
	return col, nil
}

// constraint applies one constraint; col is "" for a table's.
func (c *creator) constraint(k *ast.Constraint, col string) error {
	i := c.def.Column(col)
	switch k.Kind {
	case ast.NotNull, ast.Null:
		not := k.Kind == ast.NotNull
		if c.null[col] && not || !not && c.def.Columns[i].NotNull {
			return sqlerr.At(k.Pos(), pgerrcode.SyntaxError, `conflicting NULL/NOT NULL declarations for column "%s" of table "%s"`, col, c.def.Name)
		}
		c.def.Columns[i].NotNull = not
		c.null[col] = !not
	case ast.DefaultValue:
		if c.def.Columns[i].Default != "" {
			return sqlerr.At(k.Pos(), pgerrcode.SyntaxError, `multiple default values specified for column "%s" of table "%s"`, col, c.def.Name)
		}
		off, err := setDefault(&c.def.Columns[i], k.X, k.Text)
		if err != nil {
			return err
		}
		c.defaults[i] = off
	case ast.CheckExpr:
		c.checks, c.checkCol = append(c.checks, *k), append(c.checkCol, col)
	case ast.PrimaryKey, ast.Unique:
		return c.key(k, i)
	default:
		return unsupportedConstraint(k)
	}
	return nil
}

func unsupportedConstraint(k *ast.Constraint) error {
	what := map[ast.ConstraintKind]string{ast.ForeignKey: "FOREIGN KEY", ast.Generated: "GENERATED", ast.Identity: "IDENTITY"}[k.Kind]
	return sqlerr.Unsupported(k.Pos(), "%s constraints are not supported", what)
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
	for _, u := range def.Uniques {
		if u.Name == name {
			return true
		}
	}
	return def.Key >= 0 && def.KeyName == name
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

// createAs runs CREATE TABLE AS.
func (s *Session) createAs(r *run, u *ast.CreateTable, ns uint32) (session.Result, error) {
	cat, release := s.catalog()
	pl, err := planner.Plan(u.Query, cat, planner.Options{Fn: r.q.Fn})
	release()
	if err != nil {
		return nil, err
	}
	fields := pl.Query.Schema()
	if len(u.Columns) > len(fields) {
		return nil, sqlerr.New(pgerrcode.SyntaxError, "too many column names were specified")
	}
	def := &types.Table{DB: s.dbOID, NS: ns, Name: u.Name.Name, Key: -1}
	for i, f := range fields {
		name := f.Name
		if i < len(u.Columns) {
			name = u.Columns[i].Name
		}
		if def.Column(name) >= 0 {
			return nil, sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" specified more than once`, name)
		}
		if !storable(f.Type) {
			return nil, sqlerr.New(pgerrcode.InvalidTableDefinition, `column "%s" has pseudo-type %s`, name, f.Type.String())
		}
		def.Columns = append(def.Columns, types.Column{Name: name, Type: f.Type})
	}
	if len(def.Columns) == 0 {
		return nil, sqlerr.Unsupported(u.Name.Pos(), "tables without columns are not supported")
	}
	if err := s.tx.write.CreateTable(def); err != nil {
		return nil, err
	}
	s.define(def.Path(), def)
	if u.NoData {
		return tag("CREATE TABLE AS"), nil
	}
	n, err := s.fill(r, def, pl.Query)
	if err != nil {
		return nil, err
	}
	return tag(countTag("SELECT", n)), nil
}

// fill appends the rows of a plan to a new table.
func (s *Session) fill(r *run, def *types.Table, n plan.Node) (int64, error) {
	r.read()
	var count int64
	err := r.each(n, func(b *vec.Batch) error {
		count += int64(b.N)
		return s.tx.write.Append(r.ctx, def.Path(), b)
	})
	return count, err
}
