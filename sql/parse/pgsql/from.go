package pgsql

import (
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

func (l *lowerer) froms(ns []*pg.Node) []ast.TableRef {
	var out []ast.TableRef
	for _, n := range ns {
		out = append(out, l.from(n))
	}
	return out
}

func (l *lowerer) from(n *pg.Node) ast.TableRef {
	if n == nil || !l.enter() {
		return nil
	}
	defer l.leave()
	switch x := n.Node.(type) {
	case *pg.Node_RangeVar:
		return l.tableName(x.RangeVar)
	case *pg.Node_RangeSubselect:
		d := &ast.Derived{Query: l.query(x.RangeSubselect.Subquery), Alias: l.alias(x.RangeSubselect.Alias), Lateral: x.RangeSubselect.Lateral}
		at := -1
		if d.Query != nil {
			at = d.Query.Pos()
		}
		d.At = ast.At(at)
		return d
	case *pg.Node_RangeFunction:
		return l.rangeFunction(x.RangeFunction)
	case *pg.Node_JoinExpr:
		return l.join(x.JoinExpr)
	case *pg.Node_RangeTableSample:
		s := x.RangeTableSample
		t, ok := l.from(s.Relation).(*ast.TableName)
		if !ok {
			l.no(s.Location, "TABLESAMPLE of this is not supported")
			return nil
		}
		t.Sample = &ast.Sample{At: l.at(s.Location), Method: l.nameList(s.Method, s.Location).Name, Args: l.exprs(s.Args), Repeatable: l.expr(s.Repeatable)}
		return t
	}
	l.no(locationOf(n), "%s is not supported in FROM", words(n))
	return nil
}

func (l *lowerer) tableName(r *pg.RangeVar) *ast.TableName {
	t := &ast.TableName{Name: l.rangeVar(r), Only: !r.Inh, Alias: l.alias(r.Alias)}
	t.At = l.at(r.Location)
	return t
}

func (l *lowerer) alias(a *pg.Alias) ast.Alias {
	if a == nil {
		return ast.Alias{}
	}
	return ast.Alias{Name: a.Aliasname, Columns: l.strs(a.Colnames)}
}

func (l *lowerer) rangeFunction(r *pg.RangeFunction) ast.TableRef {
	out := &ast.FuncRef{Ordinality: r.Ordinality, Lateral: r.Lateral, Alias: l.alias(r.Alias)}
	for _, f := range r.Functions {
		// Each is a list of the call and its column definitions.
		pair := f.GetList().GetItems()
		if len(pair) == 0 {
			continue
		}
		out.Funcs = append(out.Funcs, l.expr(pair[0]))
		l.noIf(len(pair) > 1 && len(pair[1].GetList().GetItems()) > 0, locationOf(pair[0]), "a column definition list inside ROWS FROM")
	}
	for _, d := range r.Coldeflist {
		if c := d.GetColumnDef(); c != nil {
			out.Alias.Defs = append(out.Alias.Defs, l.columnDef(c))
		}
	}
	out.At = -1
	if len(out.Funcs) > 0 && out.Funcs[0] != nil {
		out.At = ast.At(out.Funcs[0].Pos())
	}
	return out
}

func (l *lowerer) join(j *pg.JoinExpr) ast.TableRef {
	out := &ast.Join{Natural: j.IsNatural, L: l.from(j.Larg), R: l.from(j.Rarg), On: l.expr(j.Quals), Alias: l.alias(j.Alias),
		UsingAlias: j.JoinUsingAlias.GetAliasname()}
	switch j.Jointype {
	case pg.JoinType_JOIN_LEFT:
		out.Kind = ast.LeftJoin
	case pg.JoinType_JOIN_RIGHT:
		out.Kind = ast.RightJoin
	case pg.JoinType_JOIN_FULL:
		out.Kind = ast.FullJoin
	default:
		if j.Quals == nil && len(j.UsingClause) == 0 && !j.IsNatural {
			out.Kind = ast.CrossJoin
		}
	}
	for _, u := range j.UsingClause {
		out.Using = append(out.Using, ast.ColName{At: -1, Name: l.str(u)})
	}
	out.At = -1
	if out.R != nil {
		out.At = ast.At(out.R.Pos())
	}
	return out
}
