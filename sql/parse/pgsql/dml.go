package pgsql

import (
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

func (l *lowerer) insert(s *pg.InsertStmt) ast.Stmt {
	out := &ast.Insert{Table: l.rangeVar(s.Relation), Alias: s.Relation.GetAlias().GetAliasname(), Query: l.query(s.SelectStmt),
		Returning: l.items(s.ReturningList)}
	out.With, out.Recursive = l.with(s.WithClause)
	out.Columns = l.insertColumns(s.Cols)
	out.Overriding = overriding(s.Override)
	if c := s.OnConflictClause; c != nil {
		out.Conflict = l.conflict(c)
	}
	return out
}

func (l *lowerer) insertColumns(ns []*pg.Node) []ast.ColName {
	var out []ast.ColName
	for _, c := range ns {
		out = append(out, l.target(c.GetResTarget()))
	}
	return out
}

// target is what INSERT and SET assign to: a column or a part of it.
func (l *lowerer) target(t *pg.ResTarget) ast.ColName {
	out := ast.ColName{At: l.at(t.GetLocation()), Name: t.GetName()}
	for _, n := range t.GetIndirection() {
		if i := n.GetAIndices(); i != nil {
			out.Parts = append(out.Parts, ast.Part{Sub: l.subscript(i, t.GetLocation())})
			continue
		}
		l.noIf(n.GetString_() == nil, t.GetLocation(), "assigning to this part of a column")
		out.Parts = append(out.Parts, ast.Part{Field: l.str(n)})
	}
	return out
}

func overriding(k pg.OverridingKind) string {
	switch k {
	case pg.OverridingKind_OVERRIDING_USER_VALUE:
		return "USER VALUE"
	case pg.OverridingKind_OVERRIDING_SYSTEM_VALUE:
		return "SYSTEM VALUE"
	}
	return ""
}

func (l *lowerer) conflict(c *pg.OnConflictClause) *ast.Conflict {
	out := &ast.Conflict{At: l.at(c.Location), DoUpdate: c.Action == pg.OnConflictAction_ONCONFLICT_UPDATE,
		Set: l.assigns(c.TargetList), Where: l.expr(c.WhereClause)}
	if i := c.Infer; i != nil {
		out.Constraint = i.Conname
		out.Pred = l.expr(i.WhereClause)
		for _, n := range i.IndexElems {
			e := n.GetIndexElem()
			l.noIf(len(e.GetCollation()) > 0 || len(e.GetOpclass()) > 0, i.Location, "ON CONFLICT with a collation or an operator class")
			if e.GetExpr() != nil {
				out.Exprs = append(out.Exprs, l.expr(e.GetExpr()))
				continue
			}
			out.Columns = append(out.Columns, ast.ColName{At: l.at(i.Location), Name: e.GetName()})
		}
	}
	return out
}

// assigns lowers SET items; (a, b) = row comes as one item per column.
func (l *lowerer) assigns(ns []*pg.Node) []ast.Assign {
	var out []ast.Assign
	for _, n := range ns {
		t := n.GetResTarget()
		col := l.target(t)
		m := t.GetVal().GetMultiAssignRef()
		switch {
		case m == nil:
			out = append(out, ast.Assign{At: col.At, Columns: []ast.ColName{col}, X: l.expr(t.GetVal())})
		case m.Colno <= 1 || len(out) == 0:
			out = append(out, ast.Assign{At: col.At, Columns: []ast.ColName{col}, X: l.rowSource(m.Source)})
		default:
			last := &out[len(out)-1]
			last.Columns = append(last.Columns, col)
		}
	}
	return out
}

// rowSource lowers the right side of (a, b) = ...: a row or a subquery.
func (l *lowerer) rowSource(n *pg.Node) ast.Expr {
	x := l.expr(n)
	switch x.(type) {
	case *ast.Row, *ast.Subquery, nil:
		return x
	}
	l.no(locationOf(n), "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression")
	return nil
}

func (l *lowerer) update(s *pg.UpdateStmt) ast.Stmt {
	with, recursive := l.with(s.WithClause)
	return &ast.Update{With: with, Recursive: recursive, Table: l.rangeVar(s.Relation), Alias: s.Relation.GetAlias().GetAliasname(),
		Set: l.assigns(s.TargetList), From: l.froms(s.FromClause), Where: l.expr(s.WhereClause), Returning: l.items(s.ReturningList)}
}

func (l *lowerer) delete(s *pg.DeleteStmt) ast.Stmt {
	with, recursive := l.with(s.WithClause)
	return &ast.Delete{With: with, Recursive: recursive, Table: l.rangeVar(s.Relation), Alias: s.Relation.GetAlias().GetAliasname(),
		Using: l.froms(s.UsingClause), Where: l.expr(s.WhereClause), Returning: l.items(s.ReturningList)}
}

func (l *lowerer) copyStmt(c *pg.CopyStmt) ast.Stmt {
	out := &ast.Copy{At: ast.At(l.start), From: c.IsFrom, File: c.Filename, Program: c.IsProgram,
		Options: l.options(c.Options), Where: l.expr(c.WhereClause)}
	if c.Relation != nil {
		out.Table = l.rangeVar(c.Relation)
	}
	if c.Query != nil {
		out.Query = l.stmt(c.Query)
	}
	for _, a := range c.Attlist {
		out.Columns = append(out.Columns, ast.ColName{At: -1, Name: l.str(a)})
	}
	return out
}
