package bind

import (
	"slices"

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
	return plan.NewArray(t.ArrayOf(), args), nil // of arrays: one dimension more
}

// arrayOf is ARRAY[...]::t[]: each element is cast, one that is an ARRAY to the
// same type.
func (b *binder) arrayOf(s *scope, e *ast.Array, to types.Type) (plan.Expr, error) {
	args, offs := make([]plan.Expr, len(e.Elems)), make([]int, len(e.Elems))
	for i, x := range e.Elems {
		var err error
		offs[i] = start(x)
		if inner, ok := x.(*ast.Array); ok {
			args[i], err = b.arrayOf(s, inner, to)
		} else if args[i], err = b.exprFor(s, x, to.Elem()); err == nil {
			el := to.Elem()
			if args[i].Type().Array {
				el = to
			}
			args[i], err = b.explicit(args[i], el, offs[i], offs[i])
		}
		if err != nil {
			return nil, err
		}
		if args[i].Type().Array != args[0].Type().Array {
			return nil, sqlerr.At(offs[i], pgerrcode.DatatypeMismatch, "ARRAY types %s and %s cannot be matched",
				args[0].Type().Base(), args[i].Type().Base())
		}
	}
	if len(args) == 0 {
		return plan.NewConst(to, vec.Datum{A: vec.New(to.Elem(), 0)}), nil
	}
	return plan.NewArray(to, args), nil
}

// subscript is x[i][j] or x[lo:hi][lo:hi]: all the subscripts in a row are one
// operation.
func (b *binder) subscript(s *scope, e *ast.Subscript) (plan.Expr, error) {
	subs := []*ast.Subscript{e}
	slice := e.Slice
	for x := e; !x.Apart; {
		inner, ok := x.X.(*ast.Subscript)
		if !ok {
			break
		}
		x = inner
		subs = append(subs, x)
		slice = slice || x.Slice
	}
	slices.Reverse(subs)
	x, err := b.expr(s, subs[0].X)
	if err != nil {
		return nil, err
	}
	if !x.Type().Array {
		if x.Type().Kind == types.JSONB {
			return b.jsonSubscript(s, x, subs)
		}
		if x.Type().Kind == types.Name && len(subs) == 1 && !slice {
			i, err := b.index(s, e.Lo)
			return plan.NewCall(fn.NameSubscript, types.Of(types.Char), e.Pos(), x, i), err
		}
		if x.Type().Kind == types.Point && len(subs) == 1 && !slice {
			i, err := b.index(s, e.Lo)
			return plan.NewCall(fn.PointSubscript, types.Of(types.Float8), e.Pos(), x, i), err
		}
		return nil, sqlerr.At(start(subs[0].X), pgerrcode.DatatypeMismatch, "cannot subscript type %s because it does not support subscripting", x.Type().Base())
	}
	args, given, err := b.bounds(s, subs, slice)
	if err != nil {
		return nil, err
	}
	args = append([]plan.Expr{x}, args...)
	if !slice {
		return plan.NewCall(fn.Subscript, x.Type().Elem(), e.Pos(), args...), nil
	}
	ret := x.Type()
	if ret.IsVector() {
		ret = ret.Elem().ArrayOf()
	}
	return plan.NewCall(fn.Slice(given), ret, e.Pos(), args...), nil
}

// bounds binds the subscripts of an array: an index of each or, among slices, a
// lower and an upper bound, with which of them are given.
func (b *binder) bounds(s *scope, subs []*ast.Subscript, slice bool) (args []plan.Expr, given []bool, err error) {
	if len(subs) > vec.MaxDims {
		return nil, nil, sqlerr.New(pgerrcode.ProgramLimitExceeded, "number of array dimensions (%d) exceeds the maximum allowed (%d)", len(subs), vec.MaxDims)
	}
	for _, sub := range subs {
		bounds := []ast.Expr{sub.Lo}
		if slice {
			bounds = []ast.Expr{sub.Lo, sub.Hi}
			if !sub.Slice { // x[3] among slices is x[1:3]
				bounds = []ast.Expr{nil, sub.Lo}
			}
		}
		for k, bound := range bounds {
			i, err := b.index(s, bound)
			if err != nil {
				return nil, nil, err
			}
			if slice && !sub.Slice && k == 0 {
				i = plan.NewConst(tInt4, vec.Datum{I: 1})
				given = append(given, true)
			} else {
				given = append(given, bound != nil)
			}
			args = append(args, i)
		}
	}
	return args, given, nil
}

// jsonSubscript is x[key][index] of jsonb: texts and integers, as in #>.
func (b *binder) jsonSubscript(s *scope, x plan.Expr, subs []*ast.Subscript) (plan.Expr, error) {
	path, _, err := b.jsonSteps(s, subs, start(subs[0].X))
	return plan.NewCall(fn.JSONSubscript, types.Of(types.JSONB), subs[0].Pos(), x, path), err
}

// jsonSteps binds the subscripts of the jsonb at off to an array of texts; first
// reports whether the first of them is an integer.
func (b *binder) jsonSteps(s *scope, subs []*ast.Subscript, off int) (steps plan.Expr, first bool, err error) {
	path := make([]plan.Expr, len(subs))
	for i, sub := range subs {
		if sub.Slice {
			at := off
			if sub.Lo != nil {
				at = start(sub.Lo)
			}
			if sub.Hi != nil {
				at = start(sub.Hi)
			}
			return nil, false, sqlerr.At(at, pgerrcode.DatatypeMismatch, "jsonb subscript does not support slices")
		}
		k, err := b.expr(s, sub.Lo)
		if err != nil {
			return nil, false, err
		}
		at := start(sub.Lo)
		t := tText
		if !unknown(k.Type()) {
			_, isInt := fn.FindCast(k.Type(), tInt4, fn.CastImplicit)
			_, isText := fn.FindCast(k.Type(), tText, fn.CastImplicit)
			switch {
			case !isInt && !isText:
				return nil, false, sqlerr.At(at, pgerrcode.DatatypeMismatch, "subscript type %s is not supported", k.Type().Base()).
					WithHint("jsonb subscript must be coercible to either integer or text.")
			case isInt && isText:
				return nil, false, sqlerr.At(at, pgerrcode.DatatypeMismatch, "subscript type %s is not supported", k.Type().Base()).
					WithHint("jsonb subscript must be coercible to only one type, integer or text.")
			case isInt:
				t, first = tInt4, first || i == 0
			}
		}
		if k, _, err = b.coerce(k, t, fn.CastImplicit, at); err != nil {
			return nil, false, err
		}
		if path[i], _, err = b.coerce(k, tText, fn.CastExplicit, at); err != nil {
			return nil, false, err
		}
	}
	return plan.NewArray(tText.ArrayOf(), path), first, nil
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
	list, offs, err := b.inList(s, e.List)
	if err != nil {
		return nil, err
	}
	ts := append(make([]types.Type, 0, 1+len(list)), x.Type())
	for _, l := range list {
		if t := l.Type(); t != ts[len(ts)-1] || len(ts) == 1 { // a type once is enough
			ts = append(ts, t)
		}
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
		if c, ok := l.(*plan.Const); ok && t.Base() == to[1] {
			if same := c.T == to[1]; same || to[1] == tInt8 && c.T == tInt4 || to[1] == tText && unknown(c.T) { // at no cost
				if !same {
					list[i] = plan.NewConst(to[1], c.V)
				}
				continue
			}
		}
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

// inList binds the items of IN. Of constants the places are not noted one by one where
// there are many: offs has them.
func (b *binder) inList(s *scope, es []ast.Expr) (list []plan.Expr, offs []int, err error) {
	const many = 100
	if len(es) < many {
		return b.exprs(s, es)
	}
	list, offs = make([]plan.Expr, len(es)), make([]int, len(es))
	for i, e := range es {
		l, ok := e.(*ast.Literal)
		if !ok {
			return b.exprs(s, es)
		}
		if list[i], err = constant(l); err != nil {
			return nil, nil, err
		}
		offs[i] = l.Pos()
	}
	return list, offs, nil
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
