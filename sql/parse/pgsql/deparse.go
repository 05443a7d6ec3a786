package pgsql

import (
	"slices"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// treeVersion is what the deparser wants to see in a tree (PG_VERSION_NUM of the
// grammar in go.mod's libpg_query).
const treeVersion = 170007

// statementText writes a statement as SQL of the same meaning. The tree is as
// before when it returns.
func statementText(n *pg.Node) (string, error) {
	defer parenthesize(n)()
	return deparseTree(&pg.ParseResult{Version: treeVersion, Stmts: []*pg.RawStmt{{Stmt: n}}})
}

// parenthesize puts the operands of operators that are no simple values into rows of
// one value that are not called ROW, which are written as just parentheses: the
// library leaves some out, as in (CASE ... END)[1], or in (a = b) IN (c, d), which
// would mean something else without them. The result undoes it.
func parenthesize(n *pg.Node) (undo func()) {
	var undos []func()
	enclose := func(at **pg.Node) {
		x := *at
		row := &pg.RowExpr{Args: []*pg.Node{x}, RowFormat: pg.CoercionForm_COERCE_IMPLICIT_CAST}
		*at = &pg.Node{Node: &pg.Node_RowExpr{RowExpr: row}}
		undos = append(undos, func() { *at = x })
	}
	wrap := func(at **pg.Node) {
		if *at != nil && !tight(*at) {
			enclose(at)
		}
	}
	each(n.ProtoReflect(), func(m protoreflect.ProtoMessage) {
		switch x := m.(type) {
		case *pg.A_Indirection:
			switch {
			case x.Arg.GetAArrayExpr() != nil:
				enclose(&x.Arg)
			case x.Arg.GetAConst() == nil: // a constant has neither subscripts nor fields
				wrap(&x.Arg)
			}
		case *pg.A_Expr:
			wrap(&x.Lexpr)
			wrap(&x.Rexpr)
			if escape := x.Rexpr.GetFuncCall(); escape != nil && matching(x.Kind) { // SIMILAR TO, LIKE with ESCAPE
				for i := range escape.Args {
					wrap(&escape.Args[i])
				}
			}
			if bounds := x.Rexpr.GetList(); bounds != nil && between(x.Kind) {
				wrap(&bounds.Items[0])
				wrap(&bounds.Items[1])
			}
		case *pg.NullTest:
			wrap(&x.Arg)
		case *pg.BooleanTest:
			wrap(&x.Arg)
		case *pg.CollateClause:
			wrap(&x.Arg)
		case *pg.SubLink:
			wrap(&x.Testexpr)
		case *pg.FuncCall:
			for i := range x.Args {
				if x.Funcformat == pg.CoercionForm_COERCE_SQL_SYNTAX {
					wrap(&x.Args[i])
				}
			}
		}
	})
	return func() {
		for _, f := range slices.Backward(undos) {
			f()
		}
	}
}

func matching(k pg.A_Expr_Kind) bool {
	switch k {
	case pg.A_Expr_Kind_AEXPR_LIKE, pg.A_Expr_Kind_AEXPR_ILIKE, pg.A_Expr_Kind_AEXPR_SIMILAR:
		return true
	}
	return false
}

func between(k pg.A_Expr_Kind) bool {
	switch k {
	case pg.A_Expr_Kind_AEXPR_BETWEEN, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN, pg.A_Expr_Kind_AEXPR_BETWEEN_SYM, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM:
		return true
	}
	return false
}

// tight reports that an operand needs no parentheses.
func tight(n *pg.Node) bool {
	switch n.Node.(type) {
	case *pg.Node_AExpr, *pg.Node_BoolExpr, *pg.Node_NullTest, *pg.Node_BooleanTest, *pg.Node_CollateClause, *pg.Node_CaseExpr,
		*pg.Node_CoalesceExpr, *pg.Node_MinMaxExpr, *pg.Node_SqlvalueFunction, *pg.Node_GroupingFunc:
		return false
	case *pg.Node_FuncCall:
		return n.GetFuncCall().Funcformat != pg.CoercionForm_COERCE_SQL_SYNTAX
	case *pg.Node_SubLink:
		return n.GetSubLink().SubLinkType == pg.SubLinkType_EXPR_SUBLINK
	}
	return true
}

// exprText writes an expression as SQL of the same meaning.
func exprText(n *pg.Node) (string, error) {
	target := &pg.Node{Node: &pg.Node_ResTarget{ResTarget: &pg.ResTarget{Val: n}}}
	sel := &pg.SelectStmt{TargetList: []*pg.Node{target}, LimitOption: pg.LimitOption_LIMIT_OPTION_DEFAULT, Op: pg.SetOperation_SETOP_NONE}
	s, err := statementText(&pg.Node{Node: &pg.Node_SelectStmt{SelectStmt: sel}})
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(s, "SELECT "), nil
}

// each calls f for every message of a type at or below a node, parents first.
func each[T protoreflect.ProtoMessage](m protoreflect.Message, f func(T)) {
	if x, ok := m.Interface().(T); ok {
		f(x)
	}
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if fd.Kind() != protoreflect.MessageKind || fd.IsMap() {
			return true
		}
		if !fd.IsList() {
			each(v.Message(), f)
			return true
		}
		for i := range v.List().Len() {
			each(v.List().Get(i).Message(), f)
		}
		return true
	})
}
