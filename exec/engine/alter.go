package engine

import (
	"slices"

	"github.com/jackc/pgerrcode"

	"tagd/exec/kernel"
	"tagd/exec/objects"
	"tagd/planner"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// alterer applies the actions of one ALTER TABLE to a copy of the definition.
type alterer struct {
	e    *edit
	s    *Session
	r    *run
	old  *types.Table
	def  *types.Table
	rows int64           // rows that are stored already
	born map[string]bool // columns that this statement adds
	// objects: e has changed objects that are to be stored.
	objects bool
	retypes []retype
	fills   []string // columns to be computed when the definition is in place
	// held are constraints, by name, that the rows are to be held to in the end, and
	// others are foreign keys of other tables.
	held   []string
	others []referrer
}

// alterer begins changing a table.
func (e *edit) alterer(def *types.Table) *alterer {
	return &alterer{e: e, s: e.s, r: e.r, old: def, def: def.Clone(), born: map[string]bool{}, rows: e.s.baseRows(def)}
}

// change applies f to the definition of the table with an OID, if it is there.
func (e *edit) change(oid uint32, f func(a *alterer) error) error {
	def := e.c.byOID(oid)
	if def == nil {
		return nil
	}
	a := e.alterer(def)
	if err := f(a); err != nil {
		return err
	}
	return e.alter(def, a.def)
}

// altered finds the relation of an ALTER TABLE; nil without an error where IF
// EXISTS skips it.
func (e *edit) altered(n ast.Name, ifExists bool) (*relation, error) {
	if err := e.s.otherDB(n); err != nil {
		return nil, err
	}
	if err := e.c.Denied(n.Schema); err != nil {
		return nil, err
	}
	rel := e.c.findIndex(n.Schema, n.Name)
	switch {
	case rel != nil && !e.c.owns(e.c.relOwner(rel)):
		return nil, e.c.needOwner(rel)
	case rel != nil && rel.kind == 'c':
		return nil, sqlerr.New(pgerrcode.WrongObjectType, `"%s" is a composite type`, n.Name).WithHint("Use ALTER TYPE instead.")
	case rel != nil && rel.kind == 'V':
		return nil, sqlerr.New(pgerrcode.InsufficientPrivilege, `permission denied: "%s" is a system catalog`, n.Name)
	case rel != nil:
		return rel, nil
	case !ifExists:
		if n.Schema != "" {
			if _, ok := e.c.namespace(n.Schema); !ok {
				return nil, sqlerr.New(pgerrcode.InvalidSchemaName, `schema "%s" does not exist`, n.Schema)
			}
		}
		return nil, noRelation(n)
	}
	e.s.notice(sqlerr.Notice(`relation "%s" does not exist, skipping`, n.Name))
	return nil, nil
}

// alterTable runs ALTER TABLE.
func (s *Session) alterTable(r *run, u *ast.AlterTable) (session.Result, error) {
	e, err := s.edit(r, "ALTER TABLE")
	if err != nil {
		return nil, err
	}
	rel, err := e.altered(u.Name, u.IfExists)
	if rel == nil || err != nil {
		return tag("ALTER TABLE"), err
	}
	s.notes(u.Notes)
	if rel.kind != 'r' {
		return tag("ALTER TABLE"), e.alterOther(rel, u)
	}
	a := e.alterer(rel.def)
	r.read()
	for i := range u.Actions {
		if err := a.action(&u.Actions[i]); err != nil {
			return nil, err
		}
	}
	if err := a.keepsRows(); err != nil {
		return nil, err
	}
	if err := a.rewrite(); err != nil {
		return nil, err
	}
	if err := e.alter(a.old, a.def); err != nil {
		return nil, err
	}
	if len(a.retypes) > 0 {
		if err := first(s.seal(r.ctx), a.holds()); err != nil {
			return nil, err
		}
	}
	if a.objects {
		if err := e.store(); err != nil {
			return nil, err
		}
	}
	return tag("ALTER TABLE"), first(a.fillColumns(), a.holdRows())
}

func (a *alterer) action(c *ast.AlterAction) error {
	switch c.Kind {
	case ast.AddColumn:
		return a.addColumn(c)
	case ast.DropColumn:
		return a.dropColumn(c)
	case ast.RenameColumn:
		return a.renameColumn(c)
	case ast.RenameTable:
		return a.renameTable(c)
	case ast.AddConstraint:
		return a.addConstraint(c)
	case ast.DropConstraint:
		a.moveComment(c.Column, "")
		return a.dropConstraint(c)
	case ast.RenameConstraint:
		a.moveComment(c.Column, c.NewName)
		return a.renameConstraint(c)
	case ast.SetComment:
		return a.setComment(c)
	case ast.OwnerTo:
		if err := a.e.giveRelation(a.e.c.in(a.old.NS, a.old.Name), c.Owner); err != nil {
			return err
		}
		a.objects = true
		return nil
	case ast.ValidateConstraint:
		return a.validate(c.Column)
	case ast.SetTriggers:
		return a.setTriggers(c)
	case ast.AlterConstraint:
		return a.alterForeign(c)
	case ast.SetLogged, ast.SetUnlogged:
		if objects.IsTemp(a.def.NS) {
			e := sqlerr.New(pgerrcode.InvalidTableDefinition, "cannot change logged status of table \"%s\" because it is temporary", a.def.Name)
			e.Object, e.Table = a.def.OID, a.def.Name
			return e
		}
		return a.setUnlogged(c.Kind == ast.SetUnlogged)
	case ast.SetStorage:
		if c.Column == "" {
			return nil
		}
	}
	return a.columnAction(c)
}

// columnAction runs the actions on one column that is there.
func (a *alterer) columnAction(c *ast.AlterAction) error {
	i := a.def.Column(c.Column)
	if i < 0 {
		return noColumn(c.Column, a.def.Name)
	}
	col := &a.def.Columns[i]
	switch c.Kind {
	case ast.SetStorage:
		return nil
	case ast.SetDefault, ast.DropDefault:
		return a.setDefault(c, i)
	case ast.AddIdentity, ast.SetIdentity, ast.DropIdentity:
		return a.identity(c, i)
	case ast.DropExpression:
		return a.dropExpression(c, i)
	case ast.SetNotNull:
		return a.setNotNull(col)
	case ast.DropNotNull:
		return a.dropNotNull(i, c.IfExists)
	case ast.SetType:
		return a.setType(c, i)
	}
	return sqlerr.Unsupported(c.Pos(), "this form of ALTER TABLE is not supported")
}

// setComment changes the comment of a column or of the table.
func (a *alterer) setComment(c *ast.AlterAction) error {
	if c.Column == "" {
		a.def.Comment = *c.Comment
		return nil
	}
	i := a.def.Column(c.Column)
	if i < 0 {
		return noColumn(c.Column, a.def.Name)
	}
	a.def.Columns[i].Comment = *c.Comment
	return nil
}

// addColumn adds a column. Rows that are there already get its default as the
// value that stands for all of them: none is touched.
func (a *alterer) addColumn(c *ast.AlterAction) error {
	d := c.Def
	if a.def.Column(d.Name) >= 0 {
		if c.IfExists {
			n := sqlerr.Notice(`column "%s" of relation "%s" already exists, skipping`, d.Name, a.def.Name)
			n.Code = pgerrcode.DuplicateColumn
			a.s.notice(n)
			return nil
		}
		return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" of relation "%s" already exists`, d.Name, a.def.Name)
	}
	k := a.creator()
	if err := k.column(d); err != nil {
		return err
	}
	if err := k.addKeys(); err != nil {
		return err
	}
	i := len(a.def.Columns) - 1
	col := &a.def.Columns[i]
	col.ID = a.def.NextCol
	a.def.NextCol++
	a.born[d.Name] = true
	if err := k.generate(); err != nil {
		return unplaced(err)
	}
	if err := a.own(k); err != nil {
		return err
	}
	if err := a.addColumnValue(k, i); err != nil {
		return err
	}
	return a.addColumnKeys(k)
}

// addColumnValue gives the rows that are there their values of new column i, and
// holds them to its constraints.
func (a *alterer) addColumnValue(k *creator, i int) error {
	col := &a.def.Columns[i]
	if col.Identity != "" || col.Generated != "" || len(k.seqs) > 0 {
		return a.filled(k, i)
	}
	if d := col.Type.Domain(); d != nil && a.rows > 0 && col.Default == "" {
		return a.filled(k, i)
	}
	if col.Type.Kind == types.Record && col.Default != "" {
		return a.filled(k, i) // its text would not follow changes of the type
	}
	value := vec.Datum{Null: true}
	if off, ok := k.defaults[i]; ok && col.Default != "" {
		v, volatile, err := a.s.defaultValue(a.r, a.def, i, off)
		if err != nil {
			return err
		}
		if volatile && a.rows > 0 {
			return a.filled(k, i)
		}
		if !volatile && !v.Null {
			value = v
			text := string(vec.AppendDatumText(nil, col.Type, v, types.ISO))
			col.Missing = &text
		}
	}
	if col.NotNull && value.Null && a.rows > 0 {
		return containsNulls(col.Name, a.def.Name)
	}
	return a.newChecks(k, i, value)
}

// creator is what makes columns and constraints of the changed definition.
func (a *alterer) creator() *creator {
	return &creator{e: a.e, s: a.s, u: &ast.CreateTable{}, def: a.def, null: map[string]bool{}, defaults: map[int]int{}, names: map[string]bool{}}
}

// unplaced drops the position of an error that Postgres finds when the text is
// gone already.
func unplaced(err error) error {
	e := *sqlerr.From(err)
	if e.Code == pgerrcode.InvalidObjectDefinition {
		e.Pos = 0
	}
	return &e
}

// own stores the sequences of new columns.
func (a *alterer) own(k *creator) error {
	for _, n := range k.seqs {
		n.q.Table, n.q.Col = a.def.OID, a.def.Columns[n.col].ID
		a.e.o.Sequences[n.q.OID] = n.q
		if err := a.e.bornTo(a.e.c.objs.Owner(objects.ClassRelation, a.old.OID), objects.ClassRelation, n.q.OID, n.q.NS, "S"); err != nil {
			return err
		}
		a.objects = true
	}
	return nil
}

// filled adds a column whose value is computed for every row that is there when
// the new definition is in place.
func (a *alterer) filled(k *creator, i int) error {
	if a.rows > 0 {
		a.fills = append(a.fills, a.def.Columns[i].Name)
	}
	for n := range k.checks {
		if _, err := a.s.addCheck(a.def, &k.checks[n], k.checkCol[n]); err != nil {
			return err
		}
	}
	return nil
}

// fillColumns computes the columns of fills: UPDATE ... SET c = DEFAULT.
func (a *alterer) fillColumns() error {
	if len(a.fills) == 0 {
		return nil
	}
	if err := a.s.seal(a.r.ctx); err != nil {
		return err
	}
	c, release := a.s.catalog()
	defer release()
	def := c.byOID(a.def.OID)
	u := &ast.Update{Table: ast.Name{At: -1, Schema: c.nsName(def.NS), Name: def.Name}}
	for _, name := range a.fills {
		u.Set = append(u.Set, ast.Assign{At: -1, Columns: []ast.ColName{{At: -1, Name: name}}, X: &ast.Default{At: -1}})
	}
	r := a.s.newRun(nil)
	defer r.close()
	detach := r.attach(a.r.ctx)
	defer detach()
	pl, err := planner.Plan(u, c, planner.Options{Fn: r.q.Fn})
	if err != nil {
		return err
	}
	_, err = a.s.update(r, pl.Update)
	return err
}

// newChecks adds the CHECK constraints of a new column, which all rows that are
// there meet with the same value.
func (a *alterer) newChecks(k *creator, col int, value vec.Datum) error {
	for i := range k.checks {
		b, err := a.s.addCheck(a.def, &k.checks[i], k.checkCol[i])
		if err != nil {
			return err
		}
		if a.rows == 0 {
			continue
		}
		for _, ck := range b.checks {
			used := map[int]bool{}
			usedCols(ck.X, used)
			if len(used) > 1 || len(used) == 1 && !used[col] {
				return sqlerr.Unsupported(k.checks[i].Pos(), "a CHECK of a new column cannot use other columns of a table with rows")
			}
			row := nullBatch(a.def, 1)
			row.Cols[col] = vec.NewConst(a.def.Columns[col].Type, value, 1)
			v, err := kernel.Eval(a.r.q.Fn, ck.X, row)
			if err != nil {
				return err
			}
			if !v.IsNull(0) && v.Get(0).I == 0 {
				return a.violated(ck.Name)
			}
		}
	}
	return nil
}

func (a *alterer) violated(check string) error {
	e := sqlerr.New(pgerrcode.CheckViolation, `check constraint "%s" of relation "%s" is violated by some row`, check, a.def.Name)
	e.Object, e.Table, e.Constraint = a.def.OID, a.def.Name, check
	return e
}

func containsNulls(col, table string) error {
	e := sqlerr.New(pgerrcode.NotNullViolation, `column "%s" of relation "%s" contains null values`, col, table)
	e.Table, e.Column = table, col
	return e
}

func (a *alterer) dropColumn(c *ast.AlterAction) error {
	i := a.def.Column(c.Column)
	if i < 0 {
		if c.IfExists {
			a.s.notice(sqlerr.Notice(`column "%s" of relation "%s" does not exist, skipping`, c.Column, a.def.Name))
			return nil
		}
		return noColumn(c.Column, a.def.Name)
	}
	if err := a.dependents(a.def.Columns[i].ID, c.Cascade); err != nil {
		return err
	}
	if i = a.def.Column(c.Column); i < 0 {
		return nil
	}
	return a.removeColumn(a.def.Columns[i].ID)
}

// dependents drops, or without cascade refuses to leave behind, what depends on
// a column that is about to go.
func (a *alterer) dependents(id uint32, cascade bool) error {
	g := newGraph(a.e.c)
	target := addr{depRelation, a.def.OID, id}
	list := g.doomed([]addr{target})
	if err := a.e.tell(g, list, []addr{target}, cascade); err != nil {
		return err
	}
	for _, d := range list {
		if d.target {
			continue
		}
		a.objects = true
		var err error
		if d.class == depRelation && d.oid == a.def.OID && d.sub != 0 {
			err = a.removeColumn(d.sub)
		} else if d.class == depForeign && g.foreign[d.oid].def.OID == a.def.OID {
			a.dropForeign(d.oid)
		} else {
			err = a.e.removeOne(g, d.addr)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// removeColumn takes a column out of the definition. Constraints that use the
// column go with it.
func (a *alterer) removeColumn(id uint32) error {
	i := columnByID(a.def, id)
	if i < 0 {
		return nil
	}
	if i == a.def.Key {
		a.def.Key, a.def.KeyName = -1, ""
	}
	kept := a.def.Checks[:0:0]
	for _, k := range a.def.Checks {
		if !checkUses(&k, a.def.Columns[i].Name) {
			kept = append(kept, k)
		}
	}
	a.def.Checks = kept
	uniques := a.def.Uniques[:0:0]
	for _, u := range a.def.Uniques {
		uses := false
		for k, c := range u.Cols {
			uses = uses || c == i
			if c > i {
				u.Cols[k]--
			}
		}
		if !uses {
			uniques = append(uniques, u)
		}
	}
	a.def.Uniques = uniques
	a.def.Refs = slices.DeleteFunc(a.def.Refs, func(k types.ForeignKey) bool {
		return k.Uses(id) || k.Table == a.def.OID && slices.Contains(k.RefCols, id)
	})
	a.def.Columns = append(a.def.Columns[:i], a.def.Columns[i+1:]...)
	if a.def.Key > i {
		a.def.Key--
	}
	return nil
}

// columnByID is the position of a column, -1 for none.
func columnByID(def *types.Table, id uint32) int {
	for i := range def.Columns {
		if def.Columns[i].ID == id {
			return i
		}
	}
	return -1
}

// dropDefault takes a column's default away.
func (a *alterer) dropDefault(id uint32) {
	if i := columnByID(a.def, id); i >= 0 {
		a.def.Columns[i].Default = ""
	}
}

// dropUnique takes a UNIQUE constraint or a unique index away.
func (a *alterer) dropUnique(name string) {
	for i := range a.def.Uniques {
		if a.def.Uniques[i].Name == name {
			a.def.Uniques = append(a.def.Uniques[:i:i], a.def.Uniques[i+1:]...)
			return
		}
	}
}

// checkUses reports whether a CHECK names a column.
func checkUses(k *types.Check, col string) bool {
	x, err := parse.Expr(k.Expr)
	if err != nil {
		return true
	}
	for _, ref := range columnRefs(x) {
		if ref.Star || ref.Parts[len(ref.Parts)-1] == col {
			return true
		}
	}
	return false
}

func (a *alterer) renameColumn(c *ast.AlterAction) error {
	i := a.def.Column(c.Column)
	if i < 0 {
		return sqlerr.New(pgerrcode.UndefinedColumn, `column "%s" does not exist`, c.Column)
	}
	if a.def.Column(c.NewName) >= 0 {
		return sqlerr.New(pgerrcode.DuplicateColumn, `column "%s" of relation "%s" already exists`, c.NewName, a.def.Name)
	}
	if systemColumns[c.NewName] {
		return sqlerr.New(pgerrcode.DuplicateColumn, `column name "%s" conflicts with a system column name`, c.NewName)
	}
	rename := func(text *string) error {
		if *text == "" {
			return nil
		}
		next, err := parse.RenameColumn(*text, c.Column, c.NewName)
		if err == nil {
			*text = next
		}
		return err
	}
	for k := range a.def.Checks {
		if err := rename(&a.def.Checks[k].Expr); err != nil {
			return err
		}
	}
	for k := range a.def.Columns {
		if err := rename(&a.def.Columns[k].Generated); err != nil {
			return err
		}
	}
	for oid, x := range a.e.o.Indexes {
		if x.Table != a.def.OID {
			continue
		}
		n := *x
		n.Keys = append([]objects.IndexKey(nil), x.Keys...)
		for k := range n.Keys {
			if err := rename(&n.Keys[k].Expr); err != nil {
				return err
			}
		}
		if err := rename(&n.Where); err != nil {
			return err
		}
		a.e.o.Indexes[oid], a.objects = &n, true
	}
	a.def.Columns[i].Name = c.NewName
	return nil
}

func (a *alterer) renameTable(c *ast.AlterAction) error {
	if a.e.c.taken(a.def.NS, c.NewName) {
		return sqlerr.New(pgerrcode.DuplicateTable, `relation "%s" already exists`, c.NewName)
	}
	a.def.Name = c.NewName
	return nil
}

func (a *alterer) setNotNull(col *types.Column) error {
	if col.NotNull {
		return nil
	}
	if a.rows > 0 {
		if a.born[col.Name] {
			if col.Missing == nil {
				return containsNulls(col.Name, a.def.Name)
			}
		} else {
			n, err := a.s.countWhere(a.r, a.old, &ast.IsTest{At: -1, X: &ast.Column{At: -1, Parts: []string{a.baseColumn(col)}}, What: ast.IsNull})
			if err != nil {
				return err
			}
			if n > 0 {
				return containsNulls(col.Name, a.def.Name)
			}
		}
	}
	col.NotNull = true
	return nil
}

// baseColumn is a column's name in the base state.
func (a *alterer) baseColumn(col *types.Column) string {
	t, ok := a.s.tx.write.Base().Table(a.old.Path())
	if ok {
		for i := range t.Def().Columns {
			if t.Def().Columns[i].ID == col.ID {
				return t.Def().Columns[i].Name
			}
		}
	}
	return col.Name
}

func (a *alterer) addConstraint(c *ast.AlterAction) error {
	k := c.Constraint
	switch k.Kind {
	case ast.CheckExpr:
	case ast.PrimaryKey, ast.Unique:
		return a.addKey(k)
	case ast.ForeignKey:
		return a.addForeign(k)
	}
	if _, err := a.s.addCheck(a.def, k, ""); err != nil {
		return err
	}
	if a.rows == 0 {
		return nil
	}
	for _, ref := range columnRefs(k.X) {
		if a.born[ref.Parts[len(ref.Parts)-1]] {
			return sqlerr.Unsupported(k.Pos(), "a CHECK of a column that the same statement adds is not supported")
		}
	}
	n, err := a.s.countWhere(a.r, a.old, &ast.IsTest{At: -1, X: k.X, What: ast.IsFalse})
	if err != nil {
		return err
	}
	if n > 0 {
		name := k.Name
		if name == "" {
			for _, ck := range a.def.Checks {
				if ck.Expr == k.Text {
					name = ck.Name
				}
			}
		}
		return a.violated(name)
	}
	return nil
}

func (a *alterer) dropConstraint(c *ast.AlterAction) error {
	for i, k := range a.def.Checks {
		if k.Name == c.Column {
			a.def.Checks = append(a.def.Checks[:i:i], a.def.Checks[i+1:]...)
			return nil
		}
	}
	if k := a.def.Foreign(c.Column); k != nil {
		a.dropForeign(k.OID)
		return nil
	}
	if err := a.keyNeeded(c.Column, c.Cascade); err != nil {
		return err
	}
	if a.dropKey(c.Column) {
		return nil
	}
	if c.IfExists {
		a.s.notice(sqlerr.Notice(`constraint "%s" of relation "%s" does not exist, skipping`, c.Column, a.def.Name))
		return nil
	}
	return sqlerr.New(pgerrcode.UndefinedObject, `constraint "%s" of relation "%s" does not exist`, c.Column, a.def.Name)
}

// moveComment gives the comment of a constraint to its new name; "" removes it.
func (a *alterer) moveComment(from, to string) {
	key := objects.CommentKey(objects.ClassConstraint, a.def.OID, from)
	text, ok := a.e.o.Comments[key]
	if !ok {
		return
	}
	delete(a.e.o.Comments, key)
	if to != "" {
		a.e.o.Comments[objects.CommentKey(objects.ClassConstraint, a.def.OID, to)] = text
	}
	a.objects = true
}

func (a *alterer) renameConstraint(c *ast.AlterAction) error {
	if hasConstraint(a.def, c.NewName) {
		return sqlerr.New(pgerrcode.DuplicateObject, `constraint "%s" for relation "%s" already exists`, c.NewName, a.def.Name)
	}
	for i := range a.def.Checks {
		if a.def.Checks[i].Name == c.Column {
			a.def.Checks[i].Name = c.NewName
			return nil
		}
	}
	if k := a.def.Foreign(c.Column); k != nil {
		k.Name = c.NewName
		return nil
	}
	if a.def.Key >= 0 && a.def.KeyName == c.Column {
		a.def.KeyName = c.NewName
		return nil
	}
	for i := range a.def.Uniques {
		if u := &a.def.Uniques[i]; u.Name == c.Column && !u.Index {
			u.Name = c.NewName
			return nil
		}
	}
	return sqlerr.New(pgerrcode.UndefinedObject, `constraint "%s" for table "%s" does not exist`, c.Column, a.def.Name)
}
