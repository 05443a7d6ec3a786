package tidb

import (
	"strings"

	tast "github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/opcode"

	"tagd/sql/ast"
)

// opNames are the operators that Postgres has, too, with its names. MySQL's ^
// is XOR of bits, # in Postgres.
var opNames = map[opcode.Op]string{
	opcode.GE: ">=", opcode.LE: "<=", opcode.EQ: "=", opcode.NE: "<>", opcode.LT: "<", opcode.GT: ">",
	opcode.Plus: "+", opcode.Minus: "-", opcode.Mul: "*", opcode.Div: "/", opcode.Mod: "%",
	opcode.And: "&", opcode.Or: "|", opcode.Xor: "#", opcode.LeftShift: "<<", opcode.RightShift: ">>",
	opcode.NullEQ: "<=>",
}

func (l *lowerer) opName(op opcode.Op, n tast.ExprNode) string {
	name, ok := opNames[op]
	if !ok {
		l.no(n.OriginTextPosition(), "this operator is not supported")
	}
	return name
}

func (l *lowerer) binary(x *tast.BinaryOperationExpr) ast.Expr {
	at := l.pos(l.signBefore(x.R.OriginTextPosition()))
	switch x.Op {
	case opcode.LogicAnd, opcode.LogicOr:
		return l.chain(x)
	case opcode.LogicXor:
		return &ast.Op{At: at, Name: "<>", L: l.truth(x.L), R: l.truth(x.R)}
	case opcode.IntDiv:
		return mysqlCall("int_div", at, l.expr(x.L), l.expr(x.R))
	case opcode.Mod:
		if t := l.tok(l.tokAt(x.OriginTextPosition())); t.word == "mod" && t.kind == tokWord && l.tok(l.tokAt(t.start)+1).word == "(" {
			return &ast.Func{At: l.at(x), Name: []string{"mod"}, Args: []ast.Expr{l.expr(x.L), l.expr(x.R)}}
		}
	}
	return &ast.Op{At: at, Name: l.opName(x.Op, x), L: l.expr(x.L), R: l.expr(x.R)}
}

// chain lowers AND and OR: a chain that hangs on its left side is one node with
// many arguments, as in Postgres's grammar, which keeps the first operator's
// place. The loop goes down the chain without recursion.
func (l *lowerer) chain(x *tast.BinaryOperationExpr) ast.Expr {
	out := &ast.Bool{Kind: ast.And}
	if x.Op == opcode.LogicOr {
		out.Kind = ast.Or
	}
	var list []tast.ExprNode
	first := x
	for {
		first = x
		list = append(list, x.R)
		left := x.L
		for {
			p, ok := left.(*tast.ParenthesesExpr)
			if !ok {
				break
			}
			left = p.Expr
		}
		next, ok := left.(*tast.BinaryOperationExpr)
		if !ok || next.Op != x.Op {
			list = append(list, x.L)
			break
		}
		x = next
	}
	out.At = l.pos(l.signBefore(first.R.OriginTextPosition()))
	for i := len(list) - 1; i >= 0; i-- {
		out.Args = append(out.Args, l.cond(list[i]))
	}
	return out
}

func (l *lowerer) unary(x *tast.UnaryOperationExpr) ast.Expr {
	at := l.at(x)
	switch x.Op {
	case opcode.Not, opcode.Not2:
		return &ast.Bool{At: at, Kind: ast.Not, Args: []ast.Expr{l.cond(x.V)}}
	case opcode.Minus:
		r := l.expr(x.V)
		// Postgres's grammar makes -1 a constant.
		if n, ok := r.(*ast.Literal); ok && (n.Kind == ast.LitInt || n.Kind == ast.LitDecimal) {
			neg := "-" + n.Text
			if strings.HasPrefix(n.Text, "-") {
				neg = n.Text[1:]
			}
			kind, text := number(neg)
			return &ast.Literal{At: at, Kind: kind, Text: text}
		}
		return &ast.Op{At: at, Name: "-", R: r}
	case opcode.Plus:
		return &ast.Op{At: at, Name: "+", R: l.expr(x.V)}
	case opcode.BitNeg:
		return &ast.Op{At: at, Name: "~", R: l.expr(x.V)}
	}
	l.no(x.OriginTextPosition(), "this operator is not supported")
	return nil
}

// numericTests are the functions that MySQL's users write as conditions: their
// number is true if it is not zero.
var numericTests = map[string]bool{"find_in_set": true, "instr": true, "locate": true, "field": true, "json_contains": true,
	"json_overlaps": true, "isnull": true, "strcmp": true, "position": true, "length": true, "char_length": true, "bit_count": true}

// cond lowers an expression that stands where a truth value is asked for. A
// number that is plainly one is held against zero, as MySQL does; everything
// else must be Boolean, as in Postgres.
func (l *lowerer) cond(n tast.ExprNode) ast.Expr {
	x := l.expr(n)
	switch x := x.(type) {
	case *ast.Literal:
		if x.Kind == ast.LitInt {
			truth := "true"
			if strings.Trim(x.Text, "0") == "" {
				truth = "false"
			}
			return &ast.Literal{At: x.At, Kind: ast.LitBool, Text: truth}
		}
	case *ast.Func:
		if name := x.Name[len(x.Name)-1]; numericTests[name] && name != "isnull" && name != "json_contains" && name != "json_overlaps" {
			return &ast.Op{At: x.At, Name: "<>", L: x, R: &ast.Literal{At: x.At, Kind: ast.LitInt, Text: "0"}}
		}
	}
	return x
}

// truth is an argument of XOR: a truth value, or a number as one.
func (l *lowerer) truth(n tast.ExprNode) ast.Expr {
	x := l.cond(n)
	if isBoolean(x) {
		return x
	}
	at := ast.At(-1)
	if x != nil {
		at = ast.At(x.Pos())
	}
	return castTo(at, x, "bool")
}

// isBoolean reports whether an expression is a truth value by its looks.
func isBoolean(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Bool, *ast.IsTest, *ast.Distinct, *ast.In, *ast.Between, *ast.AnyAll:
		return true
	case *ast.Literal:
		return x.Kind == ast.LitBool
	case *ast.Cast:
		return x.Type.Name == "bool" && x.Type.Dims == 0
	case *ast.Subquery:
		return x.Kind == ast.SubExists || x.Kind == ast.SubAny || x.Kind == ast.SubAll
	case *ast.Op:
		switch x.Name {
		case "=", "<>", "<", ">", "<=", ">=", "<=>", "~~", "!~~", "~~*", "!~~*", "!~", "@>", "<@", "&&":
			return true
		case "~":
			return x.L != nil
		}
	case *ast.Func:
		switch x.Name[len(x.Name)-1] {
		case "isnull", "json_contains", "json_overlaps":
			return true
		}
	}
	return false
}

// mysqlCall is a call of a function of the schema mysql: one whose name Postgres
// does not have or gives another meaning.
func mysqlCall(name string, at ast.At, args ...ast.Expr) *ast.Func {
	return &ast.Func{At: at, Name: []string{"mysql", name}, Args: args}
}
