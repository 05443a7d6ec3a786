package pgsql

import (
	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

// opName is an operator's name; OPERATOR(schema.op) only with pg_catalog.
func (l *lowerer) opName(ns []*pg.Node, loc int32) string {
	p := l.strs(ns)
	if len(p) == 2 && p[0] == "pg_catalog" {
		return p[1]
	}
	if len(p) != 1 {
		l.no(loc, "an operator of another schema is not supported")
		return ""
	}
	return p[0]
}

// operator lowers an A_Expr: operators and all that is written like one.
func (l *lowerer) operator(a *pg.A_Expr) ast.Expr {
	at := l.at(a.Location)
	switch a.Kind {
	case pg.A_Expr_Kind_AEXPR_OP, pg.A_Expr_Kind_AEXPR_LIKE, pg.A_Expr_Kind_AEXPR_ILIKE, pg.A_Expr_Kind_AEXPR_SIMILAR:
		return &ast.Op{At: at, Name: l.opName(a.Name, a.Location), L: l.expr(a.Lexpr), R: l.expr(a.Rexpr)}
	case pg.A_Expr_Kind_AEXPR_OP_ANY, pg.A_Expr_Kind_AEXPR_OP_ALL:
		all := a.Kind == pg.A_Expr_Kind_AEXPR_OP_ALL
		return &ast.AnyAll{At: at, Name: l.opName(a.Name, a.Location), All: all, L: l.expr(a.Lexpr), R: l.expr(a.Rexpr)}
	case pg.A_Expr_Kind_AEXPR_DISTINCT, pg.A_Expr_Kind_AEXPR_NOT_DISTINCT:
		not := a.Kind == pg.A_Expr_Kind_AEXPR_NOT_DISTINCT
		return &ast.Distinct{At: at, L: l.expr(a.Lexpr), R: l.expr(a.Rexpr), Not: not}
	case pg.A_Expr_Kind_AEXPR_NULLIF:
		return special("nullif", at, []ast.Expr{l.expr(a.Lexpr), l.expr(a.Rexpr)})
	case pg.A_Expr_Kind_AEXPR_IN:
		out := &ast.In{At: at, X: l.expr(a.Lexpr), Not: l.opName(a.Name, a.Location) == "<>"}
		out.List = l.list(l.exprs(a.Rexpr.GetList().GetItems()))
		return out
	case pg.A_Expr_Kind_AEXPR_BETWEEN, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN,
		pg.A_Expr_Kind_AEXPR_BETWEEN_SYM, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM:
		return l.between(a)
	}
	l.no(a.Location, "this operator is not supported")
	return nil
}

func (l *lowerer) between(a *pg.A_Expr) ast.Expr {
	ends := a.Rexpr.GetList().GetItems()
	if len(ends) != 2 {
		l.no(a.Location, "this form of BETWEEN is not supported")
		return nil
	}
	out := &ast.Between{At: l.at(a.Location), X: l.expr(a.Lexpr), Lo: l.expr(ends[0]), Hi: l.expr(ends[1])}
	out.Not = a.Kind == pg.A_Expr_Kind_AEXPR_NOT_BETWEEN || a.Kind == pg.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM
	out.Sym = a.Kind == pg.A_Expr_Kind_AEXPR_BETWEEN_SYM || a.Kind == pg.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM
	return out
}
