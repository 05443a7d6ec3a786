package bind

import (
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// maxDepth bounds the nesting of expressions and queries.
const maxDepth = 2000

func (b *binder) expr(s *scope, e ast.Expr) (plan.Expr, error) {
	b.depth++
	defer func() { b.depth-- }()
	if b.depth > maxDepth {
		return nil, sqlerr.New(pgerrcode.StatementTooComplex, "stack depth limit exceeded")
	}
	switch e := e.(type) {
	case *ast.Literal:
		return b.lit(e)
	case *ast.Param:
		return b.param(e)
	case *ast.Column:
		return b.column(s, e)
	case *ast.Op:
		return b.op(s, e)
	case *ast.AnyAll:
		return b.anyAll(s, e)
	case *ast.Bool:
		return b.boolean(s, e)
	case *ast.IsTest:
		return b.isTest(s, e)
	case *ast.Distinct:
		return b.distinctFrom(s, e)
	case *ast.In:
		return b.in(s, e)
	case *ast.Between:
		return b.between(s, e)
	case *ast.Func:
		return b.funcCall(s, e)
	case *ast.Case:
		return b.caseExpr(s, e)
	case *ast.Cast:
		return b.cast(s, e)
	case *ast.Array:
		return b.array(s, e)
	case *ast.Subscript:
		return b.subscript(s, e)
	case *ast.Collate:
		return b.collate(s, e)
	case *ast.Default:
		return nil, sqlerr.At(e.Pos(), pgerrcode.SyntaxError, "DEFAULT is not allowed in this context")
	case *ast.Subquery:
		return b.subquery(s, e)
	case *ast.Row:
		return b.row(s, e)
	case *ast.Field:
		return b.field(s, e)
	}
	return nil, sqlerr.Unsupported(pos(e), "this expression is not supported")
}

func pos(e ast.Expr) int {
	if e == nil {
		return -1
	}
	return e.Pos()
}

// start is where Postgres places errors about e as an argument: the leftmost
// place inside it (exprLocation).
func start(e ast.Expr) int {
	at := pos(e)
	low := func(p int) {
		if p >= 0 && (at < 0 || p < at) {
			at = p
		}
	}
	switch e := e.(type) {
	case *ast.Op:
		if e.L != nil {
			low(start(e.L))
		}
	case *ast.AnyAll:
		low(start(e.L))
	case *ast.In:
		low(start(e.X))
	case *ast.Between:
		low(start(e.X))
	case *ast.IsTest:
		low(start(e.X))
	case *ast.Distinct:
		low(start(e.L))
	case *ast.Cast:
		low(start(e.X))
	case *ast.Collate:
		low(start(e.X))
	case *ast.Subscript:
		low(start(e.X))
	case *ast.Field:
		low(start(e.X))
	case *ast.Subquery:
		if e.X != nil {
			low(start(e.X))
		}
	case *ast.Bool:
		if e.Kind != ast.Not && len(e.Args) > 0 {
			low(start(e.Args[0]))
		}
	}
	return at
}

func (b *binder) exprs(s *scope, es []ast.Expr) ([]plan.Expr, []int, error) {
	out, offs := make([]plan.Expr, len(es)), make([]int, len(es))
	for i, e := range es {
		x, err := b.expr(s, e)
		if err != nil {
			return nil, nil, err
		}
		out[i], offs[i] = x, start(e)
	}
	return out, offs, nil
}

func intLiteral(e ast.Expr) (int, bool) {
	neg := 1
	if o, ok := e.(*ast.Op); ok && o.L == nil && o.Name == "-" {
		neg, e = -1, o.R
	}
	l, ok := e.(*ast.Literal)
	if !ok || l.Kind != ast.LitInt {
		return 0, false
	}
	v, err := strconv.ParseInt(l.Text, 10, 32)
	return int(v) * neg, err == nil
}

func (b *binder) lit(l *ast.Literal) (plan.Expr, error) {
	c, err := constant(l)
	if err != nil {
		return nil, err
	}
	b.at[c] = l.Pos()
	return c, nil
}

// constant is the value of a literal.
func constant(l *ast.Literal) (*plan.Const, error) {
	var c *plan.Const
	switch l.Kind {
	case ast.LitNull:
		c = plan.NewConst(tUnknown, vec.Datum{Null: true})
	case ast.LitString:
		c = plan.NewConst(tUnknown, vec.Datum{S: l.Text})
	case ast.LitBool:
		d := vec.Datum{}
		if l.Text == "true" {
			d.I = 1
		}
		c = plan.NewConst(tBool, d)
	case ast.LitBits:
		text, err := types.ParseBits(types.Of(types.VarBit), l.Text)
		if err != nil {
			return nil, sqlerr.From(err).AtIfNone(l.Pos())
		}
		c = plan.NewConst(types.Of(types.Bit), vec.Datum{S: text})
	case ast.LitInt:
		if v, err := strconv.ParseInt(l.Text, 10, 64); err == nil {
			t := tInt8
			if v == int64(int32(v)) {
				t = tInt4
			}
			c = plan.NewConst(t, vec.Datum{I: v})
			break
		}
		fallthrough
	default:
		d, err := types.ParseDecimal(l.Text)
		if err != nil {
			return nil, sqlerr.From(err).AtIfNone(l.Pos())
		}
		c = plan.NewConst(types.Of(types.Numeric), vec.Datum{D: d})
	}
	return c, nil
}

func (b *binder) param(p *ast.Param) (plan.Expr, error) {
	if p.N < 1 || p.N > 65535 {
		return nil, sqlerr.At(p.Pos(), pgerrcode.UndefinedParameter, "there is no parameter $%d", p.N)
	}
	for len(b.params) < p.N {
		b.params = append(b.params, types.Type{})
	}
	t := b.params[p.N-1]
	if t.Kind == types.Invalid {
		t = tUnknown
	}
	return plan.NewParam(p.N, t), nil
}

// apply resolves and applies an operator.
func (b *binder) apply(name string, l, r plan.Expr, off, loff, roff int) (plan.Expr, error) {
	if name == "!=" {
		name = "<>"
	}
	var lt types.Type
	args, offs := []plan.Expr{r}, []int{roff}
	if l != nil {
		lt = l.Type()
		args, offs = []plan.Expr{l, r}, []int{loff, roff}
	}
	f, to, ret, err := fn.ResolveOp(name, lt, r.Type(), off)
	if err != nil {
		return nil, err
	}
	if err := b.args(args, to, offs); err != nil {
		return nil, err
	}
	return b.newCall(f, ret, off, args)
}

func (b *binder) op(s *scope, e *ast.Op) (plan.Expr, error) {
	if e.Name == "<=>" && e.L != nil { // MySQL's
		return b.distinctFrom(s, &ast.Distinct{At: e.At, L: e.L, R: e.R, Not: true})
	}
	if e.L == nil && e.Name == "-" {
		if l, ok := e.R.(*ast.Literal); ok && (l.Kind == ast.LitInt || l.Kind == ast.LitDecimal) {
			return b.lit(&ast.Literal{At: l.At, Kind: l.Kind, Text: negText(l.Text)})
		}
	}
	if row, ok := e.L.(*ast.Row); ok {
		switch r := e.R.(type) {
		case *ast.Row:
			return b.rowOp(s, e.Name, row, r, e.Pos())
		case *ast.Subquery:
			if r.Kind == ast.SubScalar {
				return b.rowWithQuery(s, e.Name, row, r, e.Pos())
			}
		}
	}
	var l plan.Expr
	var err error
	if e.L != nil {
		if l, err = b.expr(s, e.L); err != nil {
			return nil, err
		}
	}
	r, err := b.expr(s, e.R)
	if err != nil {
		return nil, err
	}
	if l != nil && l.Type().Kind == types.Record {
		if x, ok, err := b.recordOp(e.Name, l, r, e.Pos()); ok || err != nil {
			return x, err
		}
	}
	return b.apply(e.Name, l, r, e.Pos(), start(e.L), start(e.R))
}

func negText(t string) string {
	if t != "" && t[0] == '-' {
		return t[1:]
	}
	return "-" + t
}

func (b *binder) boolean(s *scope, e *ast.Bool) (plan.Expr, error) {
	name := [...]string{"AND", "OR", "NOT"}[e.Kind]
	args := make([]plan.Expr, len(e.Args))
	for i, a := range e.Args {
		x, err := b.expr(s, a)
		if err != nil {
			return nil, err
		}
		if args[i], err = b.cond(x, name, start(a)); err != nil {
			return nil, err
		}
	}
	switch e.Kind {
	case ast.And:
		return plan.NewAnd(args...), nil
	case ast.Or:
		return plan.NewOr(args...), nil
	}
	return plan.NewNot(args[0]), nil
}

func (b *binder) isTest(s *scope, e *ast.IsTest) (plan.Expr, error) {
	x, err := b.expr(s, e.X)
	if err != nil {
		return nil, err
	}
	if e.What == ast.IsNull {
		if r, ok := x.(*plan.Row); ok {
			return rowNull(r, e.Not), nil
		}
		// It says nothing of a parameter's type, which another use has to decide.
		if _, param := x.(*plan.Param); !param {
			if x, err = b.decided(x, start(e.X)); err != nil {
				return nil, err
			}
		}
		return plan.NewIs(x, plan.IsNull, e.Not), nil
	}
	what := [...]string{"", "TRUE", "FALSE", "UNKNOWN"}[e.What]
	if e.Not {
		what = "NOT " + what
	}
	if x, err = b.cond(x, "IS "+what, start(e.X)); err != nil {
		return nil, err
	}
	return plan.NewIs(x, plan.Is(e.What), e.Not), nil
}

// rowNull is ROW(...) IS [NOT] NULL: whether all columns are.
func rowNull(r *plan.Row, not bool) plan.Expr {
	var parts []plan.Expr
	for _, x := range r.Elems {
		parts = append(parts, isNullValue(x, not))
	}
	if len(parts) == 0 {
		return plan.NewConst(tBool, vec.Datum{I: 1})
	}
	return plan.NewAnd(parts...)
}

// isNullValue is whether x is the null value, which of a record is not what IS
// NULL asks.
func isNullValue(x plan.Expr, not bool) plan.Expr {
	if x.Type().IsRecord() {
		return plan.NewIs(x, plan.IsUnknown, not)
	}
	return plan.NewIs(x, plan.IsNull, not)
}

func (b *binder) distinctFrom(s *scope, e *ast.Distinct) (plan.Expr, error) {
	if lr, ok := e.L.(*ast.Row); ok {
		if rr, ok := e.R.(*ast.Row); ok {
			return b.rowDistinct(s, e, lr, rr)
		}
	}
	l, err := b.expr(s, e.L)
	if err != nil {
		return nil, err
	}
	r, err := b.expr(s, e.R)
	if err != nil {
		return nil, err
	}
	same, err := b.notDistinct(l, r, e.Pos(), start(e.L), start(e.R))
	if err != nil || e.Not {
		return same, err
	}
	return plan.NewNot(same), nil
}

// notDistinct writes L IS NOT DISTINCT FROM R as
// (L = R) IS TRUE OR (L IS NULL AND R IS NULL): never NULL, and row-set algebra.
func (b *binder) notDistinct(l, r plan.Expr, off, loff, roff int) (plan.Expr, error) {
	eq, err := b.apply("=", l, r, off, loff, roff)
	if err != nil {
		return nil, err
	}
	call := eq.(*plan.Call)
	l, r = call.Args[0], call.Args[1]
	switch {
	case isNull(r):
		return isNullValue(l, false), nil
	case isNull(l):
		return isNullValue(r, false), nil
	case isConst(r) || isConst(l):
		return plan.NewIs(eq, plan.IsTrue, false), nil
	}
	return plan.NewOr(plan.NewIs(eq, plan.IsTrue, false),
		plan.NewAnd(isNullValue(l, false), isNullValue(r, false))), nil
}

func isConst(e plan.Expr) bool { _, ok := e.(*plan.Const); return ok }

func isNull(e plan.Expr) bool {
	c, ok := e.(*plan.Const)
	return ok && c.V.Null
}

func (b *binder) between(s *scope, e *ast.Between) (plan.Expr, error) {
	side := func(lo, hi ast.Expr) (plan.Expr, error) {
		var parts [2]plan.Expr
		for i, name := range []string{">=", "<="} {
			if _, ok := e.X.(*ast.Row); ok {
				p, err := b.op(s, &ast.Op{At: ast.At(e.Pos()), Name: name, L: e.X, R: []ast.Expr{lo, hi}[i]})
				if err != nil {
					return nil, err
				}
				parts[i] = p
				continue
			}
			x, err := b.expr(s, e.X)
			if err != nil {
				return nil, err
			}
			bound := []ast.Expr{lo, hi}[i]
			y, err := b.expr(s, bound)
			if err != nil {
				return nil, err
			}
			if parts[i], err = b.apply(name, x, y, e.Pos(), start(e.X), start(bound)); err != nil {
				return nil, err
			}
		}
		return plan.NewAnd(parts[0], parts[1]), nil
	}
	x, err := side(e.Lo, e.Hi)
	if err != nil {
		return nil, err
	}
	if e.Sym {
		y, err := side(e.Hi, e.Lo)
		if err != nil {
			return nil, err
		}
		x = plan.NewOr(x, y)
	}
	if e.Not {
		return plan.NewNot(x), nil
	}
	return x, nil
}

// within is s for the operands of CASE and COALESCE, which allow no
// set-returning calls.
func (s *scope) within(what string) *scope {
	if !s.srf {
		return s
	}
	in := *s
	in.srf, in.lazy = false, what
	return &in
}

func (b *binder) caseExpr(s *scope, e *ast.Case) (plan.Expr, error) {
	s = s.within("CASE")
	var conds, thens []plan.Expr
	var offs []int
	for _, w := range e.Whens {
		cond := w.Cond
		if e.X != nil {
			cond = &ast.Op{At: w.At, Name: "=", L: e.X, R: w.Cond}
		}
		c, err := b.expr(s, cond)
		if err != nil {
			return nil, err
		}
		if c, err = b.cond(c, "CASE/WHEN", start(w.Cond)); err != nil {
			return nil, err
		}
		t, err := b.expr(s, w.Then)
		if err != nil {
			return nil, err
		}
		conds, thens, offs = append(conds, c), append(thens, t), append(offs, start(w.Then))
	}
	// The ELSE arm takes part in choosing the type before the others.
	arms, aoffs := thens, offs
	if e.Else != nil {
		x, err := b.expr(s, e.Else)
		if err != nil {
			return nil, err
		}
		arms, aoffs = append([]plan.Expr{x}, thens...), append([]int{start(e.Else)}, offs...)
	}
	t, err := b.common(arms, aoffs, "CASE")
	if err != nil {
		return nil, err
	}
	var els plan.Expr
	if e.Else != nil {
		els, arms = arms[0], arms[1:]
	}
	whens := make([]plan.When, len(conds))
	for i := range whens {
		whens[i] = plan.When{Cond: conds[i], Then: arms[i]}
	}
	return plan.NewCase(t, whens, els), nil
}

func (b *binder) cast(s *scope, e *ast.Cast) (plan.Expr, error) {
	to, err := b.typeName(e.Type)
	if err != nil {
		return nil, err
	}
	if a, ok := e.X.(*ast.Array); ok && to.Array {
		return b.arrayOf(s, a, to)
	}
	x, err := b.exprFor(s, e.X, to)
	if err != nil {
		return nil, err
	}
	return b.explicit(x, to, start(e.X), e.Pos())
}

func (b *binder) explicit(x plan.Expr, to types.Type, off, castOff int) (plan.Expr, error) {
	if to.IsComposite() && x.Type().IsRecord() {
		off = castOff // errors of rows are the cast's
	}
	out, ok, err := b.coerce(x, to, fn.CastExplicit, off)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, sqlerr.At(castOff, pgerrcode.CannotCoerce, "cannot cast type %s to %s", x.Type().Base(), to.Base())
	}
	if out.Type() != to {
		out = b.convert(out, nil, to, off)
	}
	return out, nil
}
