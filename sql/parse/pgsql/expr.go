package pgsql

import (
	"strconv"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"

	"tagd/sql/ast"
)

func (l *lowerer) exprs(ns []*pg.Node) []ast.Expr {
	var out []ast.Expr
	for _, n := range ns {
		out = append(out, l.expr(n))
	}
	return out
}

// expr lowers an expression; nil stays nil.
func (l *lowerer) expr(n *pg.Node) ast.Expr {
	if n == nil || !l.enter() {
		return nil
	}
	defer l.leave()
	switch x := n.Node.(type) {
	case *pg.Node_AConst:
		return l.literal(x.AConst)
	case *pg.Node_ColumnRef:
		return l.column(x.ColumnRef)
	case *pg.Node_ParamRef:
		return l.param(x.ParamRef)
	case *pg.Node_AExpr:
		return l.operator(x.AExpr)
	case *pg.Node_BoolExpr:
		return l.boolExpr(x.BoolExpr)
	case *pg.Node_TypeCast:
		return &ast.Cast{At: l.at(x.TypeCast.Location), X: l.expr(x.TypeCast.Arg), Type: l.typeName(x.TypeCast.TypeName)}
	case *pg.Node_AIndirection:
		return l.indirection(x.AIndirection)
	case *pg.Node_AArrayExpr:
		return &ast.Array{At: l.at(x.AArrayExpr.Location), Elems: l.exprs(x.AArrayExpr.Elements)}
	case *pg.Node_RowExpr:
		return &ast.Row{At: l.at(x.RowExpr.Location), Elems: l.exprs(x.RowExpr.Args)}
	case *pg.Node_CollateClause:
		return &ast.Collate{At: l.at(x.CollateClause.Location), X: l.expr(x.CollateClause.Arg), Name: l.strs(x.CollateClause.Collname)}
	case *pg.Node_SetToDefault:
		return &ast.Default{At: l.at(x.SetToDefault.Location)}
	}
	return l.exprMore(n)
}

// exprMore has the expressions with a syntax of their own.
func (l *lowerer) exprMore(n *pg.Node) ast.Expr {
	switch x := n.Node.(type) {
	case *pg.Node_FuncCall:
		return l.call(x.FuncCall)
	case *pg.Node_CaseExpr:
		return l.caseExpr(x.CaseExpr)
	case *pg.Node_CoalesceExpr:
		return special("coalesce", l.at(x.CoalesceExpr.Location), l.exprs(x.CoalesceExpr.Args))
	case *pg.Node_MinMaxExpr:
		name := "greatest"
		if x.MinMaxExpr.Op == pg.MinMaxOp_IS_LEAST {
			name = "least"
		}
		return special(name, l.at(x.MinMaxExpr.Location), l.exprs(x.MinMaxExpr.Args))
	case *pg.Node_GroupingFunc:
		return special("grouping", l.at(x.GroupingFunc.Location), l.exprs(x.GroupingFunc.Args))
	case *pg.Node_SqlvalueFunction:
		return l.valueFunction(x.SqlvalueFunction)
	case *pg.Node_SubLink:
		return l.subLink(x.SubLink)
	case *pg.Node_NullTest:
		not := x.NullTest.Nulltesttype == pg.NullTestType_IS_NOT_NULL
		return &ast.IsTest{At: l.at(x.NullTest.Location), X: l.expr(x.NullTest.Arg), What: ast.IsNull, Not: not}
	case *pg.Node_BooleanTest:
		return l.booleanTest(x.BooleanTest)
	case *pg.Node_NamedArgExpr:
		l.no(x.NamedArgExpr.Location, "a named argument is not supported")
		return nil
	}
	l.no(locationOf(n), "%s is not supported", words(n))
	return nil
}

func special(name string, at ast.At, args []ast.Expr) ast.Expr {
	return &ast.Func{At: at, Name: []string{name}, Args: args, Special: true}
}

// literal lowers a constant. An integer beyond int64 is a decimal, as in
// make_const of Postgres's parse_node.c.
func (l *lowerer) literal(c *pg.A_Const) ast.Expr {
	at := l.at(c.Location)
	switch v := c.Val.(type) {
	case *pg.A_Const_Ival:
		return &ast.Literal{At: at, Kind: ast.LitInt, Text: strconv.Itoa(int(v.Ival.GetIval()))}
	case *pg.A_Const_Fval:
		kind, text := number(v.Fval.GetFval())
		return &ast.Literal{At: at, Kind: kind, Text: text}
	case *pg.A_Const_Boolval:
		return &ast.Literal{At: at, Kind: ast.LitBool, Text: strconv.FormatBool(v.Boolval.GetBoolval())}
	case *pg.A_Const_Sval:
		return &ast.Literal{At: at, Kind: ast.LitString, Text: v.Sval.GetSval()}
	case *pg.A_Const_Bsval:
		return &ast.Literal{At: at, Kind: ast.LitBits, Text: v.Bsval.GetBsval()}
	}
	return &ast.Literal{At: at, Kind: ast.LitNull}
}

func number(s string) (ast.LiteralKind, string) {
	if len(s) > 1 && s[0] == '0' && strings.ContainsRune("xXoObB", rune(s[1])) {
		if i, err := strconv.ParseInt(s, 0, 64); err == nil {
			return ast.LitInt, strconv.FormatInt(i, 10)
		}
	}
	s = strings.ReplaceAll(s, "_", "")
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return ast.LitInt, strconv.FormatInt(i, 10)
	}
	return ast.LitDecimal, s
}

func (l *lowerer) column(c *pg.ColumnRef) ast.Expr {
	out := &ast.Column{At: l.at(c.Location)}
	for _, f := range c.Fields {
		if _, ok := f.Node.(*pg.Node_AStar); ok {
			out.Star = true
			continue
		}
		out.Parts = append(out.Parts, l.str(f))
	}
	return out
}

func (l *lowerer) boolExpr(b *pg.BoolExpr) ast.Expr {
	kind := ast.And
	switch b.Boolop {
	case pg.BoolExprType_OR_EXPR:
		kind = ast.Or
	case pg.BoolExprType_NOT_EXPR:
		kind = ast.Not
	}
	return &ast.Bool{At: l.at(b.Location), Kind: kind, Args: l.exprs(b.Args)}
}

func (l *lowerer) booleanTest(b *pg.BooleanTest) ast.Expr {
	out := &ast.IsTest{At: l.at(b.Location), X: l.expr(b.Arg)}
	switch b.Booltesttype {
	case pg.BoolTestType_IS_TRUE, pg.BoolTestType_IS_NOT_TRUE:
		out.What = ast.IsTrue
	case pg.BoolTestType_IS_FALSE, pg.BoolTestType_IS_NOT_FALSE:
		out.What = ast.IsFalse
	default:
		out.What = ast.IsUnknown
	}
	switch b.Booltesttype {
	case pg.BoolTestType_IS_NOT_TRUE, pg.BoolTestType_IS_NOT_FALSE, pg.BoolTestType_IS_NOT_UNKNOWN:
		out.Not = true
	}
	return out
}

func (l *lowerer) caseExpr(c *pg.CaseExpr) ast.Expr {
	out := &ast.Case{At: l.at(c.Location), X: l.expr(c.Arg), Else: l.expr(c.Defresult)}
	for _, a := range c.Args {
		w := a.GetCaseWhen()
		out.Whens = append(out.Whens, ast.When{At: l.at(w.GetLocation()), Cond: l.expr(w.GetExpr()), Then: l.expr(w.GetResult())})
	}
	return out
}

// indirection lowers x[1], x[1:2] and (x).f, left to right.
func (l *lowerer) indirection(a *pg.A_Indirection) ast.Expr {
	x := l.expr(a.Arg)
	_, apart := x.(*ast.Subscript)
	for _, n := range a.Indirection {
		loc := locationOf(a.Arg)
		switch i := n.Node.(type) {
		case *pg.Node_AIndices:
			s := l.subscript(i.AIndices, loc)
			s.X, s.Apart = x, apart
			apart = false
			x = s
		case *pg.Node_String_:
			x = &ast.Field{At: l.at(loc), X: x, Name: i.String_.GetSval()}
		default:
			x = &ast.Field{At: l.at(loc), X: x, Star: true}
		}
	}
	return x
}

// subscript lowers [i] or [lo:hi]; what it belongs to is for the caller.
func (l *lowerer) subscript(i *pg.A_Indices, loc int32) *ast.Subscript {
	if i.IsSlice {
		return &ast.Subscript{At: l.at(loc), Slice: true, Lo: l.expr(i.Lidx), Hi: l.expr(i.Uidx)}
	}
	return &ast.Subscript{At: l.at(loc), Lo: l.expr(i.Uidx)}
}

func (l *lowerer) subLink(s *pg.SubLink) ast.Expr {
	out := &ast.Subquery{At: l.at(s.Location), X: l.expr(s.Testexpr), Query: l.query(s.Subselect)}
	switch s.SubLinkType {
	case pg.SubLinkType_EXISTS_SUBLINK:
		out.Kind = ast.SubExists
	case pg.SubLinkType_EXPR_SUBLINK:
		out.Kind = ast.SubScalar
	case pg.SubLinkType_ARRAY_SUBLINK:
		out.Kind = ast.SubArray
	case pg.SubLinkType_ANY_SUBLINK, pg.SubLinkType_ALL_SUBLINK:
		out.Kind, out.Name = ast.SubAny, "="
		if s.SubLinkType == pg.SubLinkType_ALL_SUBLINK {
			out.Kind = ast.SubAll
		}
		if len(s.OperName) > 0 {
			out.Name = l.opName(s.OperName, s.Location)
		}
	default:
		l.no(s.Location, "this kind of subquery is not supported")
	}
	return out
}
