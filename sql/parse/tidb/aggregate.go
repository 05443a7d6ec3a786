package tidb

import (
	tast "github.com/pingcap/tidb/pkg/parser/ast"

	"tagd/sql/ast"
)

// aggregate lowers an aggregate under the name that was written: this grammar
// has turned STDDEV into stddev_pop, but where Postgres has the name its meaning
// counts (the sample's deviation).
func (l *lowerer) aggregate(x *tast.AggregateFuncExpr) ast.Expr {
	out := &ast.Func{At: l.at(x), Name: []string{l.written(x, x.F)}, Distinct: x.Distinct}
	l.aggArgs(out, x.Args, x.Order)
	return out
}

// written is the word at a call's place.
func (l *lowerer) written(n tast.Node, otherwise string) string {
	if t := l.tok(l.tokAt(n.OriginTextPosition())); t.kind == tokWord {
		return t.word
	}
	return otherwise
}

func (l *lowerer) aggArgs(out *ast.Func, args []tast.ExprNode, order *tast.OrderByClause) {
	switch out.Name[0] {
	case "count":
		l.countArgs(out, args)
	case "group_concat":
		l.groupConcat(out, args)
	case "approx_count_distinct":
		// No answer is ever approximate here.
		out.Name[0], out.Distinct = "count", true
		l.countArgs(out, args)
	case "approx_percentile":
		l.no(int(out.At)-l.base, "approx_percentile is not supported")
	case "json_arrayagg":
		out.Name[0], out.Args = "jsonb_agg", l.exprs(args)
	case "json_objectagg":
		out.Name[0], out.Args = "jsonb_object_agg", l.exprs(args)
	case "sum", "avg":
		out.Args = []ast.Expr{l.summand(args[0])}
	default:
		out.Args = l.exprs(args)
	}
	if order != nil {
		out.OrderBy = l.sortKeys(order)
	}
}

// countArgs knows count(*), which comes as count(1), by its sign. DISTINCT over
// several expressions counts their rows in which none is NULL.
func (l *lowerer) countArgs(out *ast.Func, args []tast.ExprNode) {
	i := l.tokAt(int(out.At) - l.base)
	if l.tok(i+2).word == "*" && l.tok(i+1).word == "(" {
		out.Star = true
		return
	}
	out.Args = l.exprs(args)
	if len(out.Args) < 2 {
		return
	}
	row := &ast.Row{At: out.At, Elems: out.Args}
	out.Args = []ast.Expr{row}
	var known []ast.Expr
	for _, a := range row.Elems {
		known = append(known, &ast.IsTest{At: ast.At(posOf(a)), X: a, What: ast.IsNull, Not: true})
	}
	out.Filter = &ast.Bool{At: out.At, Kind: ast.And, Args: known}
}

// groupConcat gives GROUP_CONCAT its separator, the last argument of the tree,
// and puts several expressions together.
func (l *lowerer) groupConcat(out *ast.Func, args []tast.ExprNode) {
	sep := ast.Expr(text(-1, ","))
	if s, ok := stringOf(args[len(args)-1]); ok {
		sep = text(-1, s)
	}
	list := l.exprs(args[:len(args)-1])
	x := list[0]
	if len(list) > 1 {
		x = &ast.Func{At: out.At, Name: []string{"concat"}, Args: list}
	}
	out.Args = []ast.Expr{x, sep}
}

// summand is an argument of SUM and AVG: a truth value counts as 1 and 0.
func (l *lowerer) summand(n tast.ExprNode) ast.Expr {
	x := l.expr(n)
	if x != nil && isBoolean(x) {
		return castTo(ast.At(x.Pos()), x, "int4")
	}
	return x
}
