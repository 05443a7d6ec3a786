package engine

import (
	"slices"
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/planner"
	"tagd/sql/ast"
	"tagd/sql/parse"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// A column whose values change with its type is made anew: the table gets a
// column of the new type beside the old one, one UPDATE fills it, and then it
// takes the old one's place.

// retype is one ALTER COLUMN TYPE that writes values.
type retype struct {
	id    uint32 // of the old column
	typ   types.Type
	dims  int      // see types.Column
	x     ast.Expr // USING; nil: the column itself
	off   int
	fresh string // the new column's name meanwhile
}

// setType changes a column's type: at once where no stored value changes by it
// (wider varchar, varchar to text), else when all actions are known.
func (a *alterer) setType(c *ast.AlterAction, i int) error {
	col := &a.def.Columns[i]
	t, err := a.s.columnType(col.Name, *c.Type)
	if err != nil {
		e := *sqlerr.From(err)
		e.Pos = 0 // as in PostgreSQL
		return &e
	}
	from := col.Type
	widens := from.Kind == types.Varchar && !from.Array && !t.Array && from.Ext == nil && t.Ext == nil &&
		(t.Kind == types.Text || t.Kind == types.Varchar && (t.MaxLen() == 0 || from.MaxLen() > 0 && t.MaxLen() >= from.MaxLen()))
	if c.X == nil && (from == t || widens) {
		col.Type, col.Dims, col.Collation = t, c.Type.Dims, ""
		return nil
	}
	if a.born[col.Name] {
		return sqlerr.Unsupported(c.Pos(), "changing the type of a column that the same statement adds is not supported")
	}
	if slices.ContainsFunc(a.retypes, func(r retype) bool { return r.id == col.ID }) {
		return sqlerr.New(pgerrcode.FeatureNotSupported, `cannot alter type of column "%s" twice`, col.Name)
	}
	if err := a.generatedFrom(col); err != nil {
		return err
	}
	g := newGraph(a.e.c)
	for _, d := range g.doomed([]addr{{depRelation, a.def.OID, col.ID}}) {
		if v := a.e.c.objs.Views[d.oid]; v != nil && d.class == depRelation {
			return sqlerr.Unsupported(-1, "cannot alter type of a column used by a view or rule").
				WithDetail(`rule _RETURN on view %s depends on column "%s"`, a.e.c.shown(v.NS, v.Name), col.Name)
		}
	}
	a.retypes = append(a.retypes, retype{id: col.ID, typ: t, dims: c.Type.Dims, x: c.X, off: c.Pos(), fresh: "\x00" + col.Name})
	return nil
}

// generatedFrom refuses a column that a generated column is computed from.
func (a *alterer) generatedFrom(col *types.Column) error {
	for i := range a.def.Columns {
		by := &a.def.Columns[i]
		if by.Generated != "" && slices.Contains(exprColumns(a.def, by.Generated), col.ID) {
			return sqlerr.New(pgerrcode.FeatureNotSupported, "cannot alter type of a column used by a generated column").
				WithDetail(`Column "%s" is used by generated column "%s".`, col.Name, by.Name)
		}
	}
	return nil
}

// rewrite fills the columns that change their type.
func (a *alterer) rewrite() error {
	if len(a.retypes) == 0 {
		return nil
	}
	// Definitions that go on with the new columns: only what the others depend on.
	wide := a.old.Clone()
	wide.NextCol = a.def.NextCol // the columns that the statement adds have their IDs already
	for _, r := range a.retypes {
		old := columnByID(wide, r.id)
		wide.Columns = append(wide.Columns, types.Column{Name: r.fresh, Type: r.typ, Comment: wide.Columns[old].Comment})
	}
	if err := a.e.w.AlterTable(a.old.Path(), wide); err != nil {
		return err
	}
	if err := a.s.seal(a.r.ctx); err != nil {
		return err
	}
	t, _ := a.e.w.Base().Table(a.old.Path())
	a.old = t.Def()
	a.def.NextCol = a.old.NextCol
	for i := range a.retypes {
		if err := a.fill(&a.retypes[i]); err != nil {
			return err
		}
	}
	if err := a.s.seal(a.r.ctx); err != nil {
		return err
	}
	for i := range a.retypes {
		if err := a.replace(&a.retypes[i]); err != nil {
			return err
		}
	}
	return a.keyTypesHold()
}

// fill computes the values of a new column.
func (a *alterer) fill(r *retype) error {
	old := a.old.Columns[columnByID(a.old, r.id)].Name
	x := r.x
	if x == nil {
		x = &ast.Column{At: ast.At(-1), Parts: []string{old}}
	}
	up := &ast.Update{Table: ast.Name{At: -1, Name: a.old.Name}, Set: []ast.Assign{{Columns: []ast.ColName{{At: -1, Name: r.fresh}}, X: x}}}
	snap := a.e.w.Base()
	pl, err := planner.Plan(up, &oneTable{a.s.catalogOf(snap), a.old}, planner.Options{Fn: a.r.q.Fn})
	if err != nil {
		return castError(err, r, old)
	}
	pl.Update.Checks = nil
	q := a.s.newRun(nil)
	defer q.close()
	detach := q.attach(a.r.ctx)
	defer detach()
	_, err = a.s.update(q, pl.Update)
	return q.err(err)
}

// castError words a type mismatch as ALTER TABLE does.
func castError(err error, r *retype, col string) error {
	e := sqlerr.From(err)
	if e.Code != pgerrcode.DatatypeMismatch {
		return err
	}
	if r.x != nil {
		return sqlerr.New(e.Code, `result of USING clause for column "%s" cannot be cast automatically to type %s`, col, r.typ.String()).
			WithHint("You might need to add an explicit cast.")
	}
	return sqlerr.New(e.Code, `column "%s" cannot be cast automatically to type %s`, col, r.typ.String()).
		WithHint(`You might need to specify "USING %s::%s".`, quoteIdent(col), r.typ.String())
}

// replace puts a new column in the place of the old one.
func (a *alterer) replace(r *retype) error {
	i := columnByID(a.def, r.id)
	if i < 0 {
		return nil // dropped by the same statement
	}
	k := a.old.Column(r.fresh)
	c := &a.def.Columns[i]
	c.ID, c.Type, c.Missing, c.Dims, c.Collation = a.old.Columns[k].ID, r.typ, nil, r.dims, ""
	for j := range a.def.Uniques {
		if u := &a.def.Uniques[j]; slices.Contains(u.Cols, i) {
			u.ID = 0 // built anew
			for k := range u.Exprs {
				e := &u.Exprs[k]
				if x, err := parse.Expr(e.Text); err == nil && !isColumn(x) {
					e.Shown = texts{a.e.c, a.s}.Key(a.def, e.Text, true)
				}
			}
		}
	}
	if a.def.Key == i && !keyType(r.typ) {
		a.def.Uniques = append(a.def.Uniques, types.Unique{Name: a.def.KeyName, Cols: []int{i}, Primary: true})
		a.def.Key, a.def.KeyName = -1, ""
	}
	a.retypeObjects(r.id, a.def.Columns[i].ID)
	return a.retypeKeys(r.id, a.def.Columns[i].ID)
}

func isColumn(x ast.Expr) bool {
	_, ok := x.(*ast.Column)
	return ok
}

// retypeObjects lets the indexes of a column that has been made anew, the sequences
// that it owns and its privileges follow it: before and after are its IDs.
func (a *alterer) retypeObjects(before, after uint32) {
	o := a.e.o
	swapped := func(ids []uint32) []uint32 {
		ids = slices.Clone(ids)
		for i := range ids {
			if ids[i] == before {
				ids[i] = after
			}
		}
		return ids
	}
	for oid, x := range o.Indexes {
		if x.Table != a.def.OID {
			continue
		}
		n := *x
		n.Keys, n.Cover = slices.Clone(x.Keys), swapped(x.Cover)
		for k := range n.Keys {
			if n.Keys[k].Uses = swapped(n.Keys[k].Uses); n.Keys[k].Col == before {
				n.Keys[k].Col = after
			}
		}
		o.Indexes[oid], a.objects = &n, true
	}
	for oid, q := range o.Sequences {
		if q.Table == a.def.OID && q.Col == before {
			n := *q
			n.Col = after
			o.Sequences[oid], a.objects = &n, true
		}
	}
	key := func(id uint32) string {
		return objects.CommentKey(objects.ClassRelation, a.def.OID, strconv.Itoa(int(id)))
	}
	if acl, ok := o.ACLs[key(before)]; ok {
		delete(o.ACLs, key(before))
		o.ACLs[key(after)], a.objects = acl, true
	}
}

// holds compares the rows with the constraints of the columns that have changed
// their type, and binds what uses them.
func (a *alterer) holds() error {
	for _, r := range a.retypes {
		name := r.fresh[1:]
		i := a.def.Column(name)
		if i < 0 {
			continue
		}
		col := &a.def.Columns[i]
		if _, err := a.s.bindOne(a.def, i, nil, -1); err != nil {
			return sqlerr.New(pgerrcode.DatatypeMismatch, `default for column "%s" cannot be cast automatically to type %s`, name, r.typ.String())
		}
		ref := &ast.Column{At: -1, Parts: []string{name}}
		if col.NotNull {
			n, err := a.s.countWhere(a.r, a.def, &ast.IsTest{At: -1, X: ref, What: ast.IsNull})
			if err != nil || n > 0 {
				return first(err, containsNulls(name, a.def))
			}
		}
	}
	for i := range a.def.Checks {
		ck := &a.def.Checks[i]
		if !slices.ContainsFunc(a.retypes, func(r retype) bool { return checkUses(ck, r.fresh[1:]) }) {
			continue
		}
		n, err := a.s.countFalse(a.r, a.def, ck)
		if err != nil || n > 0 {
			return first(err, a.violated(ck.Name))
		}
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
