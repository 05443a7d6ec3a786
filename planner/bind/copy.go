package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// inCopyWhere is how errors call the condition of COPY FROM.
const inCopyWhere = "COPY FROM WHERE conditions"

func (b *binder) copy(s *ast.Copy) error {
	c := &plan.Copy{In: s.From, Options: s.Options, Off: s.Pos()}
	switch {
	case s.File != "" || s.Program:
		return sqlerr.Unsupported(s.Pos(), "COPY with a file or program on the server is not supported").
			WithHint("Use COPY ... FROM STDIN or psql's \\copy.")
	}
	if s.Query != nil {
		q, err := copyQuery(s.Query)
		if err != nil {
			return err
		}
		n, err := b.query(q, where{})
		c.Query = n
		b.out.Copy = c
		return err
	}
	if s.From {
		return b.copyIn(s, c)
	}
	if err := b.otherDB(s.Table); err != nil {
		return err
	}
	if err := b.mayLook(s.Table); err != nil {
		return withoutPos(err)
	}
	t, _ := b.cat.Table(s.Table.Schema, s.Table.Name)
	if t == nil {
		if v := b.cat.View(s.Table.Schema, s.Table.Name); v != nil {
			return sqlerr.New(pgerrcode.WrongObjectType, "cannot copy from view \"%s\"", v.Name).WithHint("Try the COPY (SELECT ...) TO variant.")
		}
		if kind := b.cat.Describe(s.Table.Schema, s.Table.Name); kind == "sequence" {
			return sqlerr.New(pgerrcode.WrongObjectType, "cannot copy from sequence \"%s\"", s.Table.Name)
		}
		if _, f := b.cat.Virtual(s.Table.Schema, s.Table.Name); f == nil {
			return withoutPos(noRelation(s.Table))
		}
		return sqlerr.At(s.Table.Pos(), pgerrcode.FeatureNotSupported, "cannot copy from system relation \"%s\"", s.Table.Name).
			WithHint("Try the COPY (SELECT ...) TO variant.")
	}
	if t.Kind != "" {
		return sqlerr.New(pgerrcode.WrongObjectType, "cannot copy from materialized view \"%s\"", s.Table.Name).WithHint("Try the COPY (SELECT ...) TO variant.")
	}
	b.useName(s.Table, t)
	cols, err := copyColumns(t, s.Columns)
	if err != nil {
		return err
	}
	perm := b.needTable(t, plan.SelectRows)
	needColumns(&perm.Select, cols)
	n := ScanAll(t)
	f := n.Fields
	n.Cols, n.Fields = cols, nil
	for _, i := range cols {
		n.Fields = append(n.Fields, f[i])
	}
	c.Table, c.Cols, c.Query = t, cols, n
	b.out.Copy = c
	return nil
}

// copyQuery is the query of COPY (...) TO: a change that returns rows is one over
// them.
func copyQuery(s ast.Stmt) (*ast.Select, error) {
	var returning []ast.Item
	switch s := s.(type) {
	case *ast.Select:
		return s, nil
	case *ast.Insert:
		returning = s.Returning
	case *ast.Update:
		returning = s.Returning
	case *ast.Delete:
		returning = s.Returning
	case *ast.Merge:
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "MERGE not supported in COPY")
	default:
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "COPY (SELECT INTO) is not supported")
	}
	if len(returning) == 0 {
		return nil, sqlerr.New(pgerrcode.FeatureNotSupported, "COPY query must have a RETURNING clause")
	}
	const changed = "*RETURNING*" // no name that a client's query could mean
	from := &ast.TableName{Name: ast.Name{At: -1, Name: changed}}
	from.At = -1
	return &ast.Select{With: []ast.CTE{{At: -1, Name: changed, Query: s}},
		Items: []ast.Item{{X: &ast.Column{At: -1, Star: true}}}, From: []ast.TableRef{from}}, nil
}

func (b *binder) copyIn(s *ast.Copy, c *plan.Copy) error {
	if v := b.cat.View(s.Table.Schema, s.Table.Name); v != nil && b.otherDB(s.Table) == nil && b.mayLook(s.Table) == nil {
		return sqlerr.New(pgerrcode.WrongObjectType, "cannot copy to view \"%s\"", v.Name).
			WithHint("To enable copying to a view, provide an INSTEAD OF INSERT trigger.")
	}
	t, err := b.table(s.Table, toCopy)
	if err != nil {
		return withoutPos(err)
	}
	c.Table = t
	if c.Cols, err = copyColumns(t, s.Columns); err != nil {
		return err
	}
	perm := b.needTable(t, plan.InsertRows)
	needColumns(&perm.Insert, c.Cols)
	c.Defaults = make([]plan.Expr, len(t.Columns))
	for i := range t.Columns {
		if containsInt(c.Cols, i) {
			continue
		}
		if c.Defaults[i], err = b.defaultOf(&t.Columns[i]); err != nil {
			return err
		}
	}
	if c.Generated, err = b.generated(t); err != nil {
		return err
	}
	c.Held = map[int]plan.Expr{}
	for _, i := range c.Cols {
		col := &t.Columns[i]
		if col.Type.Domain() == nil {
			if x, herr := b.held(plan.NewCol(i, col.Name, col.Type), -1); herr != nil {
				return herr
			} else if _, ok := x.(*plan.Domain); ok {
				c.Held[i] = x
			}
			continue
		}
		if c.Held[i], _, err = b.coerce(plan.NewCol(i, col.Name, col.Type.WithoutDomain()), col.Type, fn.CastAssign, -1); err != nil {
			return err
		}
	}
	if c.Where, err = b.copyWhere(t, s.Where); err != nil {
		return err
	}
	c.Checks, err = b.checks(t)
	b.out.Copy = c
	return err
}

// copyWhere binds the condition on the rows of COPY FROM, nil without one. Generated
// columns are computed after it.
func (b *binder) copyWhere(t *types.Table, e ast.Expr) (plan.Expr, error) {
	if e == nil {
		return nil, nil
	}
	x, err := b.expr(tableScope(t, "", inCopyWhere), e)
	if err != nil {
		return nil, err
	}
	if x, err = b.cond(x, "WHERE", e.Pos()); err != nil {
		return nil, err
	}
	plan.Walk(x, func(e plan.Expr) bool {
		if c, ok := e.(*plan.Col); ok && err == nil && c.Idx < len(t.Columns) && t.Columns[c.Idx].Generated != "" {
			err = sqlerr.New(pgerrcode.InvalidColumnReference, "generated columns are not supported in COPY FROM WHERE conditions").
				WithDetail("Column \"%s\" is a generated column.", t.Columns[c.Idx].Name)
		}
		return err == nil
	})
	return x, err
}

// copyColumns resolves the columns of COPY: generated ones are no part of it.
func copyColumns(t *types.Table, list []ast.ColName) ([]int, error) {
	cols, err := columnList(t, list)
	if err != nil {
		return nil, withoutPos(err)
	}
	var out []int
	for _, i := range cols {
		if t.Columns[i].Generated == "" {
			out = append(out, i)
		} else if len(list) > 0 {
			return nil, sqlerr.New(pgerrcode.InvalidColumnReference, "column \"%s\" is a generated column", t.Columns[i].Name).
				WithDetail("Generated columns cannot be used in COPY.")
		}
	}
	return out, nil
}
