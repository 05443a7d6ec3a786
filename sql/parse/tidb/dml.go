package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// insert lowers INSERT and REPLACE. Priorities and hints only say how to run
// it and are accepted.
//
//	INSERT IGNORE            ON CONFLICT DO NOTHING
//	... ON DUPLICATE KEY     ON CONFLICT (the primary key) DO UPDATE SET ...
//	REPLACE                  the same, with every column as inserted
func (l *lowerer) insert(s *tast.InsertStmt) ast.Stmt {
	t := firstTable(s.Table)
	if t == nil {
		l.unknown(s)
		return nil
	}
	l.noIf(len(s.PartitionNames) > 0, "PARTITION", "partition")
	out := &ast.Insert{Table: l.plainTable(t)}
	for i, c := range s.Columns {
		if c.Table.O != "" && c.Table.O != t.Name.O {
			l.no(0, "a column of another table is not supported here")
		}
		if s.Setlist {
			l.assignAt(s.Lists[0][i])
		}
		out.Columns = append(out.Columns, l.columnName(c))
	}
	switch {
	case s.Select != nil:
		out.Query = l.query(s.Select)
	case len(s.Lists) == 1 && len(s.Lists[0]) == 0:
		// VALUES () takes every default.
		if len(out.Columns) > 0 {
			l.no(0, "an empty row for a list of columns is not supported")
		}
	default:
		q := &ast.Select{At: -1}
		for _, row := range s.Lists {
			q.Values = append(q.Values, l.exprs(row))
		}
		q.At = selectAt(q)
		out.Query = q
	}
	out.Conflict = l.conflict(s)
	return out
}

func (l *lowerer) conflict(s *tast.InsertStmt) *ast.Conflict {
	switch {
	case s.IsReplace:
		return &ast.Conflict{At: l.pos(0), DoUpdate: true, AnyKey: true, Replace: true}
	case len(s.OnDuplicate) > 0:
		l.noIf(s.IgnoreErr, "IGNORE with ON DUPLICATE KEY UPDATE", "ignore")
		l.seek(l.find(0, "duplicate"))
		l.target = firstTable(s.Table).Name.O
		return &ast.Conflict{At: l.pos(l.find(0, "duplicate")), DoUpdate: true, AnyKey: true, Set: l.assigns(s.OnDuplicate)}
	case s.IgnoreErr:
		return &ast.Conflict{At: l.pos(l.find(0, "ignore"))}
	}
	return nil
}

func (l *lowerer) assigns(list []*tast.Assignment) []ast.Assign {
	var out []ast.Assign
	for _, a := range list {
		l.assignAt(a.Expr)
		col := l.columnName(a.Column)
		out = append(out, ast.Assign{At: col.At, Columns: []ast.ColName{col}, X: l.expr(a.Expr)})
	}
	return out
}

// assignAt moves to where an assignment begins: it ends in its expression,
// before which stand its sign and its column.
func (l *lowerer) assignAt(x tast.ExprNode) {
	if off := x.OriginTextPosition(); off > 0 {
		i := l.tokAt(off) - 2
		for l.tok(i-1).word == "." {
			i -= 2
		}
		l.seek(l.tok(i).start)
	}
}

// firstTable is the table of a statement on exactly one.
func firstTable(c *tast.TableRefsClause) *tast.TableName {
	if c == nil || c.TableRefs == nil || c.TableRefs.Right != nil {
		return nil
	}
	s, ok := c.TableRefs.Left.(*tast.TableSource)
	if !ok || s.Lateral || len(s.ColumnNames) > 0 {
		return nil
	}
	t, _ := s.Source.(*tast.TableName)
	return t
}

// target is the table that a statement changes, with its alias, and the others
// that it reads. MySQL joins them all in one FROM clause; Postgres names the
// target alone.
type target struct {
	name   ast.Name
	alias  string
	others []ast.TableRef
	on     []ast.Expr // conditions of inner joins with the target
}

func (t *target) called() string {
	if t.alias != "" {
		return t.alias
	}
	return t.name.Name
}

// changed finds the table called name ("" for the only one) among the tables of
// a clause. An outer join with the target has no form in Postgres.
func (l *lowerer) changed(c *tast.TableRefsClause, name string) *target {
	out := &target{}
	found := false
	for _, r := range l.froms(c) {
		found = l.takeTarget(r, name, out, found) || found
	}
	if !found {
		l.no(0, "changing this kind of table is not supported")
	}
	return out
}

// takeTarget sorts one entry of FROM into the target and the others.
func (l *lowerer) takeTarget(r ast.TableRef, name string, out *target, found bool) bool {
	if t, ok := r.(*ast.TableName); ok && !found && (name == "" || name == t.Alias.Name || t.Alias.Name == "" && name == t.Name.Name) {
		if t.AsOf != nil || t.Sample != nil {
			l.no(int(t.At)-l.base, "a clause of this table is not supported")
		}
		out.name, out.alias = t.Name, t.Alias.Name
		return true
	}
	j, ok := r.(*ast.Join)
	if !ok || !holdsTable(j, name) || found {
		out.others = append(out.others, r)
		return false
	}
	if j.Kind != ast.Inner && j.Kind != ast.CrossJoin || j.Natural || len(j.Using) > 0 {
		l.no(int(j.At)-l.base, "an outer or natural join or USING with the table that is changed is not supported")
		return false
	}
	if j.On != nil {
		out.on = append(out.on, j.On)
	}
	a := l.takeTarget(j.L, name, out, false)
	b := l.takeTarget(j.R, name, out, a)
	return a || b
}

func holdsTable(r ast.TableRef, name string) bool {
	switch r := r.(type) {
	case *ast.TableName:
		return name == "" || name == r.Alias.Name || r.Alias.Name == "" && name == r.Name.Name
	case *ast.Join:
		return holdsTable(r.L, name) || holdsTable(r.R, name)
	}
	return false
}

// where joins conditions with AND.
func where(list []ast.Expr, last ast.Expr) ast.Expr {
	if last != nil {
		list = append(list, last)
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return &ast.Bool{At: -1, Kind: ast.And, Args: list}
}

func (l *lowerer) update(s *tast.UpdateStmt) ast.Stmt {
	l.noIf(s.IgnoreErr, "UPDATE IGNORE", "ignore")
	l.noIf(s.Order != nil, "ORDER BY in UPDATE", "order")
	l.noIf(s.Limit != nil, "LIMIT in UPDATE", "limit")
	with, recursive := l.with(s.With)
	l.noIf(recursive, "WITH RECURSIVE before a data-modifying statement", "recursive")
	name := ""
	if s.MultipleTable {
		for i, a := range s.List {
			t := a.Column.Table.O
			if t == "" || i > 0 && t != name {
				l.fail(sqlerr.Unsupported(int(l.pos(max(l.find(0, "set"), 0))), "changing several tables at once is not supported").
					WithHint("Write the table's name before each column that is set."))
				return nil
			}
			name = t
		}
	}
	t := l.changed(s.TableRefs, name)
	for _, a := range s.List {
		if c := a.Column.Table.O; c != "" && c != t.called() {
			l.no(max(l.find(0, "set"), 0), "setting a column of another table is not supported")
		}
	}
	out := &ast.Update{With: with, Table: t.name, Alias: t.alias, From: t.others, Set: l.assigns(s.List)}
	var cond ast.Expr
	if s.Where != nil {
		cond = l.cond(s.Where)
	}
	out.Where = where(t.on, cond)
	return out
}

func (l *lowerer) delete(s *tast.DeleteStmt) ast.Stmt {
	l.noIf(s.IgnoreErr, "DELETE IGNORE", "ignore")
	l.noIf(s.Order != nil, "ORDER BY in DELETE", "order")
	l.noIf(s.Limit != nil, "LIMIT in DELETE", "limit")
	with, recursive := l.with(s.With)
	l.noIf(recursive, "WITH RECURSIVE before a data-modifying statement", "recursive")
	name := ""
	if s.IsMultiTable {
		if s.Tables == nil || len(s.Tables.Tables) != 1 {
			l.no(0, "deleting from several tables at once is not supported")
			return nil
		}
		name = s.Tables.Tables[0].Name.O
		if off := l.find(0, "from", "using"); off >= 0 && s.BeforeFrom {
			l.seek(off)
		} else if off := l.find(0, "using"); off >= 0 {
			l.seek(off)
		}
	}
	t := l.changed(s.TableRefs, name)
	out := &ast.Delete{With: with, Table: t.name, Alias: t.alias, Using: t.others}
	var cond ast.Expr
	if s.Where != nil {
		cond = l.cond(s.Where)
	}
	out.Where = where(t.on, cond)
	return out
}
