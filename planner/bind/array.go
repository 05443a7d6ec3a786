package bind

import (
	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func (b *binder) array(s *scope, e *ast.Array) (plan.Expr, error) {
	if len(e.Elems) == 0 {
		return nil, sqlerr.At(e.Pos(), pgerrcode.IndeterminateDatatype, "cannot determine type of empty array").
			WithHint("Explicitly cast to the desired type, for example ARRAY[]::integer[].")
	}
	args, offs, err := b.exprs(s, e.Elems)
	if err != nil {
		return nil, err
	}
	t, err := b.common(args, offs, "ARRAY")
	if err != nil {
		return nil, err
	}
	if t.Array {
		return nil, sqlerr.Unsupported(e.Pos(), "arrays of more than one dimension are not supported")
	}
	return plan.NewArray(t.ArrayOf(), args), nil
}

// arrayOf is ARRAY[...]::t[]: each element is cast.
func (b *binder) arrayOf(s *scope, e *ast.Array, to types.Type) (plan.Expr, error) {
	args, offs, err := b.exprs(s, e.Elems)
	if err != nil {
		return nil, err
	}
	for i, a := range args {
		if a.Type().Array {
			return nil, sqlerr.Unsupported(e.Pos(), "arrays of more than one dimension are not supported")
		}
		if args[i], err = b.explicit(a, to.Elem(), offs[i], offs[i]); err != nil {
			return nil, err
		}
	}
	if len(args) == 0 {
		return plan.NewConst(to, vec.Datum{A: vec.New(to.Elem(), 0)}), nil
	}
	return plan.NewArray(to, args), nil
}

// subscript is x[i] or x[lo:hi].
func (b *binder) subscript(s *scope, e *ast.Subscript) (plan.Expr, error) {
	x, err := b.expr(s, e.X)
	if err != nil {
		return nil, err
	}
	if !x.Type().Array {
		return nil, sqlerr.At(e.Pos(), pgerrcode.DatatypeMismatch, "cannot subscript type %s because it does not support subscripting", x.Type().Base())
	}
	lo, err := b.index(s, e.Lo)
	if err != nil {
		return nil, err
	}
	if !e.Slice {
		return plan.NewCall(fn.Subscript, x.Type().Elem(), e.Pos(), x, lo), nil
	}
	hi, err := b.index(s, e.Hi)
	if err != nil {
		return nil, err
	}
	return plan.NewCall(fn.Slice, x.Type(), e.Pos(), x, lo, hi), nil
}

// index binds a subscript; one that is left out is NULL.
func (b *binder) index(s *scope, e ast.Expr) (plan.Expr, error) {
	if e == nil {
		return plan.NewConst(tInt4, vec.Datum{Null: true}), nil
	}
	i, err := b.expr(s, e)
	if err != nil {
		return nil, err
	}
	i, ok, err := b.coerce(i, tInt4, fn.CastAssign, start(e))
	if err == nil && !ok {
		err = sqlerr.At(start(e), pgerrcode.DatatypeMismatch, "array subscript must have type integer")
	}
	return i, err
}

func (b *binder) anyAll(s *scope, e *ast.AnyAll) (plan.Expr, error) {
	l, err := b.expr(s, e.L)
	if err != nil {
		return nil, err
	}
	r, err := b.expr(s, e.R)
	if err != nil {
		return nil, err
	}
	elem := r.Type()
	if !unknown(elem) {
		if !elem.Array {
			return nil, sqlerr.At(e.Pos(), pgerrcode.WrongObjectType, "op ANY/ALL (array) requires array on right side")
		}
		elem = elem.Elem()
	}
	name := e.Name
	if name == "!=" {
		name = "<>"
	}
	f, to, ret, err := fn.ResolveOp(name, l.Type(), elem, e.Pos())
	if err != nil {
		return nil, err
	}
	if !ret.Same(tBool) {
		return nil, sqlerr.At(e.Pos(), pgerrcode.WrongObjectType, "op ANY/ALL (array) requires operator to yield boolean")
	}
	args := []plan.Expr{l, r}
	if err := b.args(args, []types.Type{to[0], to[1].ArrayOf()}, []int{start(e.L), start(e.R)}); err != nil {
		return nil, err
	}
	return plan.NewAnyAll(f, e.All, args[0], args[1], e.Pos()), nil
}

func (b *binder) in(s *scope, e *ast.In) (plan.Expr, error) {
	if row, ok := e.X.(*ast.Row); ok {
		return b.rowIn(s, e, row)
	}
	x, err := b.expr(s, e.X)
	if err != nil {
		return nil, err
	}
	list, offs, err := b.exprs(s, e.List)
	if err != nil {
		return nil, err
	}
	ts := []types.Type{x.Type()}
	for _, l := range list {
		ts = append(ts, l.Type())
	}
	t, err := fn.CommonType(ts, "IN", -1)
	if err != nil || t.Array {
		return b.inByOr(e, x, list, offs)
	}
	xt := x.Type()
	if unknown(xt) {
		xt = t
	}
	f, to, _, err := fn.ResolveOp("=", xt, t.Base(), e.Pos())
	if err != nil {
		return nil, err
	}
	for i, l := range list {
		// By way of the common type, so that a literal is read as that.
		c, ok, err := b.coerce(l, t.Base(), fn.CastImplicit, offs[i])
		if err != nil {
			return nil, err
		}
		if !ok {
			return b.inByOr(e, x, list, offs)
		}
		list[i] = c
		if err := b.args(list[i:i+1], to[1:], offs[i:]); err != nil {
			return nil, err
		}
	}
	xs := []plan.Expr{x}
	if err := b.args(xs, to[:1], []int{start(e.X)}); err != nil {
		return nil, err
	}
	return plan.NewIn(xs[0], list, f, e.Not), nil
}

// inByOr compares item by item where the list has no common type.
func (b *binder) inByOr(e *ast.In, x plan.Expr, list []plan.Expr, offs []int) (plan.Expr, error) {
	var parts []plan.Expr
	for i, l := range list {
		c, err := b.apply("=", x, l, e.Pos(), start(e.X), offs[i])
		if err != nil {
			return nil, err
		}
		parts = append(parts, c)
	}
	out := plan.NewOr(parts...)
	if e.Not {
		return plan.NewNot(out), nil
	}
	return out, nil
}
