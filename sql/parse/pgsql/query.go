package pgsql

import (
	"github.com/jackc/pgerrcode"
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

// query lowers a SELECT or VALUES node.
func (l *lowerer) query(n *pg.Node) *ast.Select {
	if n == nil {
		return nil
	}
	s, ok := n.Node.(*pg.Node_SelectStmt)
	if !ok {
		l.no(locationOf(n), "%s is not supported here", words(n))
		return nil
	}
	return l.selectStmt(s.SelectStmt)
}

func (l *lowerer) selectStmt(s *pg.SelectStmt) *ast.Select {
	if s == nil || !l.enter() {
		return nil
	}
	defer l.leave()
	out := &ast.Select{At: -1, Items: l.items(s.TargetList), From: l.froms(s.FromClause), Where: l.expr(s.WhereClause),
		GroupBy: l.groups(s.GroupClause), GroupDistinct: s.GroupDistinct, Having: l.expr(s.HavingClause),
		OrderBy: l.sortKeys(s.SortClause), Limit: l.limit(s.LimitCount), Offset: l.expr(s.LimitOffset),
		WithTies: s.LimitOption == pg.LimitOption_LIMIT_OPTION_WITH_TIES, Locking: l.rowLocks(s.LockingClause)}
	out.With, out.Recursive = l.with(s.WithClause)
	for i, d := range s.DistinctClause {
		out.Distinct = true
		// SELECT DISTINCT is a list of one empty node.
		if i > 0 || d.GetNode() != nil {
			out.DistinctOn = append(out.DistinctOn, l.expr(d))
		}
	}
	for _, w := range s.WindowClause {
		d := w.GetWindowDef()
		named := l.window(d)
		named.Ref, named.Named = d.GetRefname(), false
		out.Windows = append(out.Windows, ast.NamedWindow{Name: d.GetName(), W: named})
	}
	for _, v := range s.ValuesLists {
		out.Values = append(out.Values, l.exprs(v.GetList().GetItems()))
	}
	if s.IntoClause != nil {
		l.fail(sqlerr.At(int(l.at(s.IntoClause.Rel.GetLocation())), pgerrcode.SyntaxError, "SELECT ... INTO is not allowed here"))
	}
	l.setOp(out, s)
	out.At = selectAt(out)
	return out
}

func (l *lowerer) setOp(out *ast.Select, s *pg.SelectStmt) {
	switch s.Op {
	case pg.SetOperation_SETOP_UNION:
		out.SetOp = ast.Union
	case pg.SetOperation_SETOP_INTERSECT:
		out.SetOp = ast.Intersect
	case pg.SetOperation_SETOP_EXCEPT:
		out.SetOp = ast.Except
	default:
		return
	}
	// A chain of operations leans to the left; maxChain bounds its length.
	l.depth--
	out.Left = l.selectStmt(s.Larg)
	l.depth++
	out.All, out.Right = s.All, l.selectStmt(s.Rarg)
}

// selectAt is where Postgres points for a whole query: its first expression.
func selectAt(s *ast.Select) ast.At {
	switch {
	case len(s.Items) > 0 && s.Items[0].X != nil:
		return ast.At(s.Items[0].X.Pos())
	case len(s.Values) > 0 && len(s.Values[0]) > 0 && s.Values[0][0] != nil:
		return ast.At(s.Values[0][0].Pos())
	case s.Left != nil:
		return s.Left.At
	}
	return -1
}

// limit lowers LIMIT; LIMIT ALL, a NULL constant in the tree, is no limit.
func (l *lowerer) limit(n *pg.Node) ast.Expr {
	if c := n.GetAConst(); c != nil && c.Isnull {
		return nil
	}
	return l.expr(n)
}

func (l *lowerer) items(ns []*pg.Node) []ast.Item {
	var out []ast.Item
	for _, n := range ns {
		t := n.GetResTarget()
		if t == nil {
			l.no(locationOf(n), "%s is not supported", words(n))
			return nil
		}
		out = append(out, ast.Item{X: l.expr(t.Val), As: t.Name})
	}
	return out
}

func (l *lowerer) with(w *pg.WithClause) ([]ast.CTE, bool) {
	if w == nil {
		return nil, false
	}
	var out []ast.CTE
	for _, n := range w.Ctes {
		c := n.GetCommonTableExpr()
		l.noIf(c.SearchClause != nil, c.Location, "SEARCH")
		l.noIf(c.CycleClause != nil, c.Location, "CYCLE")
		if q := c.Ctequery.GetSelectStmt(); q != nil && intoOf(q) != nil {
			l.selectStmt(q) // which refuses it
		}
		e := ast.CTE{At: l.at(c.Location), Name: c.Ctename, Columns: l.strs(c.Aliascolnames), Query: l.stmt(c.Ctequery)}
		if m := c.Ctematerialized; m == pg.CTEMaterialize_CTEMaterializeAlways || m == pg.CTEMaterialize_CTEMaterializeNever {
			always := m == pg.CTEMaterialize_CTEMaterializeAlways
			e.Materialized = &always
		}
		out = append(out, e)
	}
	return out, w.Recursive
}

func (l *lowerer) sortKeys(ns []*pg.Node) []ast.SortKey {
	var out []ast.SortKey
	for _, n := range ns {
		s := n.GetSortBy()
		k := ast.SortKey{X: l.expr(s.GetNode()), Desc: s.GetSortbyDir() == pg.SortByDir_SORTBY_DESC}
		if s.GetSortbyDir() == pg.SortByDir_SORTBY_USING {
			switch l.opName(s.UseOp, s.Location) {
			case "<":
			case ">":
				k.Desc = true
			default:
				l.no(s.Location, "ORDER BY USING with this operator is not supported")
			}
		}
		switch s.GetSortbyNulls() {
		case pg.SortByNulls_SORTBY_NULLS_FIRST:
			k.Nulls = ast.NullsFirst
		case pg.SortByNulls_SORTBY_NULLS_LAST:
			k.Nulls = ast.NullsLast
		}
		out = append(out, k)
	}
	return out
}

func (l *lowerer) groups(ns []*pg.Node) []ast.GroupItem {
	var out []ast.GroupItem
	for _, n := range ns {
		out = append(out, l.group(n))
	}
	return out
}

func (l *lowerer) group(n *pg.Node) ast.GroupItem {
	if !l.enter() {
		return ast.GroupItem{}
	}
	defer l.leave()
	if g := n.GetGroupingSet(); g != nil {
		out := ast.GroupItem{At: l.at(g.Location), Sub: l.groups(g.Content)}
		switch g.Kind {
		case pg.GroupingSetKind_GROUPING_SET_ROLLUP:
			out.Kind = ast.GroupRollup
		case pg.GroupingSetKind_GROUPING_SET_CUBE:
			out.Kind = ast.GroupCube
		case pg.GroupingSetKind_GROUPING_SET_SETS:
			out.Kind = ast.GroupSets
		default:
			out.Kind = ast.GroupList
		}
		return out
	}
	// (a, b) is a row made of the list, not an expression; ROW(a, b) is one.
	if r := n.GetRowExpr(); r != nil && r.RowFormat == pg.CoercionForm_COERCE_IMPLICIT_CAST {
		return ast.GroupItem{At: l.at(r.Location), Kind: ast.GroupList, Sub: l.groups(r.Args)}
	}
	return ast.GroupItem{At: l.at(locationOf(n)), X: l.expr(n)}
}
