package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
)

var rowOps = map[string]bool{"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true}

// inner binds the query of an expression in s; the frame collects what it takes
// from there.
func (b *binder) inner(s *scope, q *ast.Select) (plan.Node, *frame, error) {
	f := &frame{outer: s}
	n, err := b.query(q, where{lv: s.lv, frame: f, nested: true})
	return n, f, err
}

// subquery binds a query used as a value (transformSubLink of parse_expr.c).
func (b *binder) subquery(s *scope, e *ast.Subquery) (plan.Expr, error) {
	switch s.what {
	case "DEFAULT expressions":
		return nil, sqlerr.At(e.Pos(), pgerrcode.FeatureNotSupported, "cannot use subquery in DEFAULT expression")
	case "check constraints":
		return nil, sqlerr.At(e.Pos(), pgerrcode.FeatureNotSupported, "cannot use subquery in check constraint")
	case inCopyWhere:
		return nil, sqlerr.At(e.Pos(), pgerrcode.FeatureNotSupported, "cannot use subquery in COPY FROM WHERE condition")
	}
	if e.Kind == ast.SubAny || e.Kind == ast.SubAll {
		return b.quantified(s, e)
	}
	n, f, err := b.inner(s, e.Query)
	if err != nil {
		return nil, err
	}
	sub := &plan.SubPlan{Kind: e.Kind, Plan: n, Args: f.args, Off: e.Pos()}
	switch fields := n.Schema(); {
	case e.Kind == ast.SubExists:
		return plan.Typed(sub, tBool), nil
	case len(fields) != 1:
		return nil, sqlerr.At(e.Pos(), pgerrcode.SyntaxError, "subquery must return only one column")
	case e.Kind == ast.SubArray:
		t := fields[0].Type
		if t.Array {
			return nil, sqlerr.Unsupported(e.Pos(), "arrays of more than one dimension are not supported")
		}
		return plan.Typed(sub, t.ArrayOf()), nil
	default:
		b.subNames[e] = fields[0].Name
		return plan.Typed(sub, fields[0].Type), nil
	}
}

// top is n without the nodes that leave the columns as they are.
func top(n plan.Node) plan.Node {
	switch c := n.(type) {
	case *plan.Limit:
		return top(c.Input)
	case *plan.Sort:
		return top(c.Input)
	}
	return n
}

// quantified is X op ANY|ALL (query).
func (b *binder) quantified(s *scope, e *ast.Subquery) (plan.Expr, error) {
	left, offs, err := b.rowElems(s, e.X)
	if err != nil {
		return nil, err
	}
	n, f, err := b.inner(s, e.Query)
	if err != nil {
		return nil, err
	}
	fields := n.Schema()
	switch {
	case len(fields) > len(left):
		return nil, sqlerr.At(e.Pos(), pgerrcode.SyntaxError, "subquery has too many columns")
	case len(fields) < len(left):
		return nil, sqlerr.At(e.Pos(), pgerrcode.SyntaxError, "subquery has too few columns")
	}
	right, roffs := make([]plan.Expr, len(left)), make([]int, len(left))
	for i, c := range fields {
		right[i], roffs[i] = plan.NewCol(len(left)+i, c.Name, c.Type), e.Pos()
	}
	sub := &plan.SubPlan{Kind: e.Kind, Plan: n, Args: f.args, Off: e.Pos(), Left: make([]plan.Expr, len(left))}
	one := func(op string, i int) (plan.Expr, error) {
		c, err := b.apply(op, left[i], right[i], e.Pos(), offs[i], roffs[i])
		if err != nil {
			return nil, err
		}
		call, ok := c.(*plan.Call)
		if !ok || !c.Type().Same(tBool) {
			return nil, sqlerr.At(e.Pos(), pgerrcode.DatatypeMismatch, "row comparison operator must yield type boolean, not type %s", c.Type())
		}
		// The left value, as the operator wants it, goes in as a column.
		l := call.Args[0]
		switch {
		case sub.Left[i] == nil:
			sub.Left[i] = l
			left[i] = l
		case !plan.Equal(sub.Left[i], l):
			return nil, sqlerr.Unsupported(e.Pos(), "this row comparison with a subquery is not supported")
		}
		return plan.NewCall(call.F, call.T, call.Off, plan.NewCol(i, "", l.Type()), call.Args[1]), nil
	}
	if sub.Test, err = rowCompare(opName(e.Name), len(left), e.Pos(), one); err != nil {
		return nil, err
	}
	return plan.Typed(sub, tBool), nil
}

// rowElems binds the elements of a row, or of what is no row its only one.
func (b *binder) rowElems(s *scope, e ast.Expr) ([]plan.Expr, []int, error) {
	if r, ok := e.(*ast.Row); ok {
		return b.rowColumns(s, r.Elems)
	}
	return b.exprs(s, []ast.Expr{e})
}

func opName(name string) string {
	if name == "!=" {
		return "<>"
	}
	return name
}

// rowCompare builds the comparison of two rows of n columns from the
// comparisons of their columns (make_row_comparison_op). The forms below are
// NULL where ExecEvalRowCompare is.
func rowCompare(op string, n, off int, one func(op string, i int) (plan.Expr, error)) (plan.Expr, error) {
	if n == 0 {
		return nil, sqlerr.At(off, pgerrcode.FeatureNotSupported, "cannot compare rows of zero length")
	}
	if n == 1 {
		return one(op, 0)
	}
	if !rowOps[op] {
		if _, err := one(op, 0); err != nil {
			return nil, err
		}
		return nil, sqlerr.At(off, pgerrcode.FeatureNotSupported, "could not determine interpretation of row comparison operator %s", op).
			WithHint("Row comparison operators must be associated with btree operator families.")
	}
	var parts []plan.Expr
	if op == "=" || op == "<>" {
		for i := 0; i < n; i++ {
			c, err := one(op, i)
			if err != nil {
				return nil, err
			}
			parts = append(parts, c)
		}
		if op == "=" {
			return plan.NewAnd(parts...), nil
		}
		return plan.NewOr(parts...), nil
	}
	out, err := one(op, n-1)
	for i := n - 2; i >= 0 && err == nil; i-- {
		var less, eq plan.Expr
		if less, err = one(op[:1], i); err != nil {
			break
		}
		if eq, err = one("=", i); err != nil {
			break
		}
		out = plan.NewOr(less, plan.NewAnd(eq, out))
	}
	return out, err
}

// rowWithQuery is (a, b) op (query): the comparison is made inside the query,
// which must give at most one row.
func (b *binder) rowWithQuery(s *scope, name string, row *ast.Row, q *ast.Subquery, off int) (plan.Expr, error) {
	left, offs, err := b.exprs(s, row.Elems)
	if err != nil {
		return nil, err
	}
	n, f, err := b.inner(s, q.Query)
	if err != nil {
		return nil, err
	}
	fields := n.Schema()
	switch {
	case len(fields) > len(left):
		return nil, sqlerr.At(off, pgerrcode.SyntaxError, "subquery has too many columns")
	case len(fields) < len(left):
		return nil, sqlerr.At(off, pgerrcode.SyntaxError, "subquery has too few columns")
	}
	test, err := rowCompare(opName(name), len(left), off, func(op string, i int) (plan.Expr, error) {
		c, err := b.apply(op, left[i], plan.NewCol(i, fields[i].Name, fields[i].Type), off, offs[i], q.Pos())
		if err != nil {
			return nil, err
		}
		call := c.(*plan.Call)
		if !call.T.Same(tBool) {
			return nil, sqlerr.At(off, pgerrcode.DatatypeMismatch, "row comparison operator must yield type boolean, not type %s", call.T)
		}
		return plan.NewCall(call.F, call.T, call.Off, f.arg(call.Args[0]), call.Args[1]), nil
	})
	if err != nil {
		return nil, err
	}
	sub := &plan.SubPlan{Kind: ast.SubScalar, Plan: project(n, []target{{x: test, name: "?column?"}}), Args: f.args, Off: q.Pos()}
	return plan.Typed(sub, tBool), nil
}

// columnOf is column i of the only row of a query, for SET (a, b) = (query).
func columnOf(n plan.Node, f *frame, i, off int) plan.Expr {
	c := n.Schema()[i]
	one := project(n, []target{{x: plan.NewCol(i, c.Name, c.Type), name: c.Name}})
	return plan.Typed(&plan.SubPlan{Kind: ast.SubScalar, Plan: one, Args: f.args, Off: off}, c.Type)
}
