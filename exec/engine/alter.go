package engine

import (
	"cmp"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
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
			return nil, unplaced(err, u.Actions[i].Kind)
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

// unplaced drops the position of an error in an expression of ALTER TABLE, which
// PostgreSQL looks at when the text is gone. What a definition's words and types are
// wrong in has its place, and what is not supported here.
func unplaced(err error, kind ast.AlterKind) error {
	switch kind {
	case ast.AddColumn, ast.AddConstraint, ast.SetDefault:
	default:
		return err
	}
	e := *sqlerr.From(err)
	switch e.Code {
	case pgerrcode.SyntaxError, pgerrcode.UndefinedObject:
		return err
	case pgerrcode.FeatureNotSupported:
		if !strings.HasPrefix(e.Message, "cannot use") {
			return err
		}
	}
	e.Pos = 0
	return &e
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
	for k := range a.def.Uniques {
		u := &a.def.Uniques[k]
		for i := range u.Exprs {
			if err := cmp.Or(rename(&u.Exprs[i].Text), rename(&u.Exprs[i].Shown)); err != nil {
				return err
			}
		}
		if err := rename(&u.Where); err != nil {
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
				return containsNulls(col.Name, a.def)
			}
		} else {
			n, err := a.s.countWhere(a.r, a.old, &ast.IsTest{At: -1, X: &ast.Column{At: -1, Parts: []string{a.baseColumn(col)}}, What: ast.IsNull})
			if err != nil {
				return err
			}
			if n > 0 {
				return containsNulls(col.Name, a.def)
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
