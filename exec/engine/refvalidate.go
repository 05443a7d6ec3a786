package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// addForeign runs ADD FOREIGN KEY. The rows are looked at when the statement has
// done everything else.
func (a *alterer) addForeign(k *ast.Constraint) error {
	key, err := a.creator().addOneForeign(newKey{k, -1})
	if err != nil {
		return err
	}
	if !k.NotValid && a.rows > 0 {
		a.held = append(a.held, key.Name)
	}
	return nil
}

// addColumnKeys adds the foreign keys of a new column.
func (a *alterer) addColumnKeys(k *creator) error {
	for _, n := range k.foreign {
		key, err := k.addOneForeign(n)
		if err != nil {
			return err
		}
		if a.rows > 0 {
			a.held = append(a.held, key.Name)
		}
	}
	return nil
}

// alterForeign runs ALTER CONSTRAINT.
func (a *alterer) alterForeign(c *ast.AlterAction) error {
	k := a.def.Foreign(c.Constraint.Name)
	switch {
	case k == nil && hasConstraint(a.def, c.Constraint.Name):
		return sqlerr.New(pgerrcode.WrongObjectType, `constraint "%s" of relation "%s" is not a foreign key constraint`, c.Constraint.Name, a.def.Name)
	case k == nil:
		return sqlerr.New(pgerrcode.UndefinedObject, `constraint "%s" of relation "%s" does not exist`, c.Constraint.Name, a.def.Name)
	}
	k.Deferrable, k.Deferred = c.Constraint.Deferrable, c.Constraint.Deferred
	return nil
}

// validate runs VALIDATE CONSTRAINT.
func (a *alterer) validate(name string) error {
	k := a.def.Foreign(name)
	isCheck := slices.ContainsFunc(a.def.Checks, func(c types.Check) bool { return c.Name == name })
	switch {
	case k == nil && !hasConstraint(a.def, name):
		return sqlerr.New(pgerrcode.UndefinedObject, `constraint "%s" of relation "%s" does not exist`, name, a.def.Name)
	case k == nil && !isCheck:
		return sqlerr.New(pgerrcode.WrongObjectType, `constraint "%s" of relation "%s" is not a foreign key or check constraint`, name, a.def.Name)
	case k != nil && k.NotValid:
		k.NotValid = false
		a.held = append(a.held, name)
	}
	return nil
}

// holdRows checks the constraints of a.held over the rows that are there, when the
// new definition is in place, and foreign keys that refer to columns which have
// changed their type.
func (a *alterer) holdRows() error {
	if len(a.held) == 0 && len(a.others) == 0 {
		return nil
	}
	if err := a.s.seal(a.r.ctx); err != nil {
		return err
	}
	c := a.s.catalogOf(a.s.tx.write.Base())
	def := c.byOID(a.def.OID)
	for _, name := range a.held {
		if k := def.Foreign(name); k != nil {
			if err := c.pair(def, k).holds(a.r.ctx, a.s); err != nil {
				return err
			}
			continue
		}
		if u := slices.IndexFunc(def.Uniques, func(u types.Unique) bool { return u.Name == name }); u >= 0 {
			if err := a.s.holdsUnique(a.r.ctx, def, u); err != nil {
				return err
			}
		}
	}
	for _, o := range a.others {
		child := c.byOID(o.def.OID)
		if k := child.Foreign(o.key.Name); k != nil {
			if err := c.pair(child, k).holds(a.r.ctx, a.s); err != nil {
				return err
			}
		}
	}
	return nil
}

// holds checks all rows of the table that refers (RI_Initial_Check).
func (p *keyPair) holds(ctx context.Context, s *Session) error {
	q := &keyQuery{s: s, ctx: ctx, child: p.child, parent: p.parent}
	var cols, on, some []string
	for i, c := range p.cols {
		col := "t." + quoteIdent(p.child.Columns[c].Name)
		cols = append(cols, col)
		on = append(on, col+" = p."+quoteIdent(p.parent.Columns[p.refs[i]].Name))
		some = append(some, col+" IS NOT NULL")
	}
	word := " AND "
	if p.key.Full {
		word = " OR "
	}
	text := "SELECT " + strings.Join(cols, ", ") + " FROM ri.child t LEFT JOIN ri.parent p ON " + strings.Join(on, " AND ") +
		" WHERE p." + quoteIdent(p.parent.Columns[p.refs[0]].Name) + " IS NULL AND (" + strings.Join(some, word) + ") LIMIT 1"
	return q.firstRow(text, func(row []*vec.Vector) error {
		err := p.violation(`insert or update on table "%s" violates foreign key constraint "%s"`, p.child.Name, p.key.Name)
		if slices.ContainsFunc(row, func(v *vec.Vector) bool { return v.IsNull(0) }) {
			return err.WithDetail("MATCH FULL does not allow mixing of null and nonnull key values.")
		}
		return p.absentDetail(s, err, row, 0)
	})
}

// firstRow runs a query and gives its first row to f, if it has one.
func (q *keyQuery) firstRow(text string, f func(row []*vec.Vector) error) error {
	var row []*vec.Vector
	err := q.run(text, func(r *run, pl *plan.Stmt) error {
		r.read()
		return r.each(pl.Query, func(b *vec.Batch) error {
			if b.N > 0 && row == nil {
				row = copyBatch(b).Cols
			}
			return nil
		})
	})
	if err != nil || row == nil {
		return err
	}
	return f(row)
}

// holdsUnique checks all rows for a deferrable key.
func (s *Session) holdsUnique(ctx context.Context, def *types.Table, u int) error {
	var cols, some []string
	for _, c := range def.Uniques[u].Cols {
		cols = append(cols, quoteIdent(def.Columns[c].Name))
		some = append(some, cols[len(cols)-1]+" IS NOT NULL")
	}
	if def.Uniques[u].NullsSame {
		some = []string{"true"}
	}
	list := strings.Join(cols, ", ")
	q := &keyQuery{s: s, ctx: ctx, child: def}
	return q.firstRow("SELECT "+list+" FROM ri.child WHERE "+strings.Join(some, " AND ")+" GROUP BY "+list+" HAVING count(*) > 1 LIMIT 1", func(row []*vec.Vector) error {
		e := sqlerr.New(pgerrcode.UniqueViolation, `could not create unique index "%s"`, def.Uniques[u].Name)
		e.Object, e.Table, e.Constraint = def.OID, def.Name, def.Uniques[u].Name
		return e.WithDetail("%s is duplicated.", table.KeyText(table.KeyNames(def, u), row, 0))
	})
}

// retypeKeys lets foreign keys follow columns that have been made anew with another
// type: before and after are the column's IDs.
func (a *alterer) retypeKeys(before, after uint32) error {
	swap := func(ids []uint32) {
		for i := range ids {
			if ids[i] == before {
				ids[i] = after
			}
		}
	}
	for i := range a.def.Refs {
		k := &a.def.Refs[i]
		if !k.Uses(before) && !(k.Table == a.def.OID && slices.Contains(k.RefCols, before)) {
			continue
		}
		swap(k.Cols)
		swap(k.SetCols)
		if k.Table == a.def.OID {
			swap(k.RefCols)
		}
		if !k.NotValid && a.rows > 0 {
			a.held = append(a.held, k.Name)
		}
	}
	for _, f := range a.e.c.referring(a.def.OID) {
		if f.def.OID == a.def.OID || !slices.Contains(f.key.RefCols, before) {
			continue
		}
		a.others = append(a.others, f)
		err := a.e.change(f.def.OID, func(o *alterer) error {
			swap(o.def.Foreign(f.key.Name).RefCols)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i := range a.def.Uniques {
		if u := &a.def.Uniques[i]; u.Deferrable && slices.Contains(u.Cols, columnByID(a.def, after)) {
			a.held = append(a.held, u.Name)
		}
	}
	return nil
}

// keyTypesHold holds the foreign keys of columns with new types to types that can be
// compared.
func (a *alterer) keyTypesHold() error {
	for i := range a.def.Refs {
		k := &a.def.Refs[i]
		pk := a.def
		if k.Table != a.def.OID {
			pk = a.e.c.byOID(k.Table)
		}
		if err := keyTypes(k.Name, a.def, a.def.Places(k.Cols), pk, pk.Places(k.RefCols)); err != nil {
			return err
		}
	}
	for _, o := range a.others {
		child := a.e.c.byOID(o.def.OID)
		k := child.Foreign(o.key.Name)
		if err := keyTypes(k.Name, child, child.Places(k.Cols), a.def, a.def.Places(k.RefCols)); err != nil {
			return err
		}
	}
	return nil
}
