package tidb

import (
	"strings"

	tast "github.com/pingcap/tidb/pkg/parser/ast"
	driver "github.com/pingcap/tidb/pkg/parser/test_driver"

	"tagd/sql/ast"
)

func (l *lowerer) exprs(ns []tast.ExprNode) []ast.Expr {
	var out []ast.Expr
	for _, n := range ns {
		out = append(out, l.expr(n))
	}
	return out
}

// expr lowers an expression; nil stays nil.
func (l *lowerer) expr(n tast.ExprNode) ast.Expr {
	if n == nil || !l.enter() {
		return nil
	}
	defer l.leave()
	l.seek(n.OriginTextPosition())
	switch x := n.(type) {
	case *driver.ValueExpr:
		return l.literal(x)
	case *driver.ParamMarkerExpr:
		return l.parameter(x)
	case *tast.ColumnNameExpr:
		return l.column(x)
	case *tast.ParenthesesExpr:
		return l.expr(x.Expr)
	case *tast.BinaryOperationExpr:
		return l.binary(x)
	case *tast.UnaryOperationExpr:
		return l.unary(x)
	case *tast.FuncCallExpr:
		return l.call(x)
	case *tast.AggregateFuncExpr:
		return l.aggregate(x)
	case *tast.WindowFuncExpr:
		return l.windowCall(x)
	case *tast.FuncCastExpr:
		return l.cast(x)
	case *tast.CaseExpr:
		return l.caseExpr(x)
	}
	return l.exprMore(n)
}

// exprMore has the predicates and subqueries.
func (l *lowerer) exprMore(n tast.ExprNode) ast.Expr {
	switch x := n.(type) {
	case *tast.BetweenExpr:
		return &ast.Between{At: l.pos(l.signBefore(x.Left.OriginTextPosition())), X: l.expr(x.Expr), Lo: l.expr(x.Left), Hi: l.expr(x.Right), Not: x.Not}
	case *tast.PatternInExpr:
		return l.in(x)
	case *tast.PatternLikeOrIlikeExpr:
		return l.like(x)
	case *tast.PatternRegexpExpr:
		name := "~"
		if x.Not {
			name = "!~"
		}
		return &ast.Op{At: l.pos(l.signBefore(x.Pattern.OriginTextPosition())), Name: name, L: l.expr(x.Expr), R: l.expr(x.Pattern)}
	case *tast.IsNullExpr:
		// IS UNKNOWN comes as IS NULL; the word tells.
		at, word := l.isAt(x.Expr)
		out := &ast.IsTest{At: at, X: l.expr(x.Expr), Not: x.Not}
		if word == "unknown" {
			out.What = ast.IsUnknown
		}
		return out
	case *tast.IsTruthExpr:
		at, _ := l.isAt(x.Expr)
		out := &ast.IsTest{At: at, X: l.expr(x.Expr), What: ast.IsFalse, Not: x.Not}
		if x.True != 0 {
			out.What = ast.IsTrue
		}
		return out
	case *tast.SubqueryExpr:
		return &ast.Subquery{At: l.at(x), Kind: ast.SubScalar, Query: l.subquery(x)}
	case *tast.ExistsSubqueryExpr:
		return l.exists(x)
	case *tast.CompareSubqueryExpr:
		out := &ast.Subquery{At: l.pos(l.signBefore(x.R.OriginTextPosition())), Kind: ast.SubAny, X: l.expr(x.L), Name: l.opName(x.Op, x), Query: l.subquery(x.R)}
		if x.All {
			out.Kind = ast.SubAll
		}
		return out
	case *tast.RowExpr:
		return &ast.Row{At: l.at(x), Elems: l.exprs(x.Values)}
	case *tast.DefaultExpr:
		if x.Name == nil {
			return &ast.Default{At: l.at(x)}
		}
		l.no(x.OriginTextPosition(), "DEFAULT(column) is not supported")
	case *tast.VariableExpr:
		return l.variable(x)
	case *tast.SetCollationExpr:
		// Texts are compared by their bytes: other collations are not ours.
		if c := strings.ToLower(x.Collate); c != "binary" && !strings.HasSuffix(c, "_bin") {
			l.no(x.OriginTextPosition(), "collation \"%s\" is not supported", x.Collate)
		}
		return l.expr(x.Expr)
	case *tast.ValuesExpr:
		return &ast.Column{At: l.at(x), Parts: []string{"excluded", x.Column.Name.Name.O}}
	default:
		l.unknown(n)
	}
	return nil
}

// column lowers a name. In ON DUPLICATE KEY UPDATE the alias of the new row is
// Postgres's EXCLUDED.
func (l *lowerer) column(x *tast.ColumnNameExpr) ast.Expr {
	c, off := x.Name, x.OriginTextPosition()
	out := &ast.Column{At: l.pos(off)}
	for _, p := range []string{c.Schema.O, c.Table.O} {
		if p != "" {
			out.Parts = append(out.Parts, p)
		}
	}
	if len(out.Parts) == 1 && l.newRow != "" && out.Parts[0] == l.newRow {
		out.Parts[0] = "excluded"
	}
	if len(out.Parts) == 0 && l.target != "" {
		out.Parts = []string{l.target}
	}
	out.Parts = append(out.Parts, c.Name.O)
	return out
}

// paramNumber reads $N without quotes.
func paramNumber(t token) (int, bool) {
	if t.kind != tokWord || len(t.word) < 2 || len(t.word) > 7 || t.word[0] != '$' {
		return 0, false
	}
	n := 0
	for _, c := range []byte(t.word[1:]) {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func (l *lowerer) caseExpr(c *tast.CaseExpr) ast.Expr {
	out := &ast.Case{At: l.at(c), X: l.expr(c.Value)}
	for _, w := range c.WhenClauses {
		when := ast.When{At: l.at(w.Expr)}
		if c.Value == nil {
			when.Cond = l.cond(w.Expr)
		} else {
			when.Cond = l.expr(w.Expr)
		}
		when.Then = l.expr(w.Result)
		out.Whens = append(out.Whens, when)
	}
	out.Else = l.expr(c.ElseClause)
	return out
}

func (l *lowerer) in(x *tast.PatternInExpr) ast.Expr {
	if x.Sel != nil {
		sub, ok := x.Sel.(*tast.SubqueryExpr)
		if !ok {
			l.unknown(x.Sel)
			return nil
		}
		at := l.pos(l.signBefore(sub.OriginTextPosition()))
		out := &ast.Subquery{At: at, Kind: ast.SubAny, X: l.expr(x.Expr), Name: "=", Query: l.subquery(sub)}
		if x.Not {
			return &ast.Bool{At: at, Kind: ast.Not, Args: []ast.Expr{out}}
		}
		return out
	}
	at := ast.At(-1)
	if len(x.List) > 0 {
		at = l.pos(l.signBefore(x.List[0].OriginTextPosition()))
	}
	return &ast.In{At: at, X: l.expr(x.Expr), List: l.exprs(x.List), Not: x.Not}
}

// like lowers LIKE and ILIKE; another escape character goes through
// like_escape, as in Postgres's grammar.
func (l *lowerer) like(x *tast.PatternLikeOrIlikeExpr) ast.Expr {
	name := "~~"
	if !x.IsLike {
		name = "~~*"
	}
	if x.Not {
		name = "!" + name
	}
	at := l.pos(l.signBefore(x.Pattern.OriginTextPosition()))
	out := &ast.Op{At: at, Name: name, L: l.expr(x.Expr), R: l.expr(x.Pattern)}
	if x.EscapeExplicit {
		esc := ""
		if x.Escape != 0 {
			esc = string([]byte{x.Escape})
		}
		lit := &ast.Literal{At: -1, Kind: ast.LitString, Text: esc}
		if off := l.find(x.Pattern.OriginTextPosition(), "escape"); off >= 0 {
			lit.At = l.pos(l.tok(l.tokAt(off) + 1).start)
		}
		out.R = &ast.Func{At: at, Name: []string{"pg_catalog", "like_escape"}, Args: []ast.Expr{out.R, lit}}
	}
	return out
}

// isAt finds the IS behind an operand and the word it tests for.
func (l *lowerer) isAt(operand tast.ExprNode) (ast.At, string) {
	depth, cases := 0, 0
	for i := l.tokAt(operand.OriginTextPosition()); i < len(l.toks); i++ {
		switch t := l.toks[i]; {
		case t.word == "(":
			depth++
		case t.word == ")":
			depth--
		case t.word == "case":
			cases++
		case t.word == "end":
			cases--
		case t.word == "is" && t.kind == tokWord && depth == 0 && cases == 0:
			word := l.tok(i + 1).word
			if word == "not" {
				word = l.tok(i + 2).word
			}
			return l.pos(t.start), word
		}
	}
	return -1, ""
}

func (l *lowerer) exists(x *tast.ExistsSubqueryExpr) ast.Expr {
	sub, ok := x.Sel.(*tast.SubqueryExpr)
	if !ok {
		l.unknown(x.Sel)
		return nil
	}
	out := &ast.Subquery{At: l.pos(l.tok(l.tokAt(sub.OriginTextPosition()) - 1).start), Kind: ast.SubExists, Query: l.subquery(sub)}
	if x.Not {
		return &ast.Bool{At: l.pos(x.OriginTextPosition()), Kind: ast.Not, Args: []ast.Expr{out}}
	}
	return out
}

// subquery lowers the query inside of parentheses.
func (l *lowerer) subquery(n tast.ExprNode) *ast.Select {
	sub, ok := n.(*tast.SubqueryExpr)
	if !ok {
		l.unknown(n)
		return nil
	}
	l.seek(sub.OriginTextPosition())
	target := l.target
	l.target = "" // its names are looked for inside first
	defer func() { l.target = target }()
	return l.query(sub.Query)
}
