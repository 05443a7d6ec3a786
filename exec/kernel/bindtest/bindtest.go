// Package bindtest binds expressions written as SQL text for the tests of the
// executor's packages, over columns they name themselves. It is just enough
// binding for that; the real one is planner/bind, which those tests must not
// depend on.
package bindtest

import (
	"strconv"
	"testing"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/parse"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

type binder struct {
	cols map[string]plan.Col
}

// Expr binds a text; cols are the columns by name. A text that does not parse
// fails t; an error of names or types is returned.
func Expr(t testing.TB, text string, cols map[string]plan.Col) (plan.Expr, error) {
	t.Helper()
	e, err := parse.Expr(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	b := &binder{cols}
	x, err := b.expr(e)
	if err == nil && x.Type().Kind == types.Unknown {
		x, err = b.cast(x, types.Of(types.Text), fn.CastImplicit, -1)
	}
	return x, err
}

func (b *binder) list(es []ast.Expr) ([]plan.Expr, []types.Type, error) {
	var xs []plan.Expr
	var ts []types.Type
	for _, e := range es {
		x, err := b.expr(e)
		if err != nil {
			return nil, nil, err
		}
		xs, ts = append(xs, x), append(ts, x.Type())
	}
	return xs, ts, nil
}

func (b *binder) cast(x plan.Expr, to types.Type, how fn.CastKind, off int) (plan.Expr, error) {
	if x.Type() == to {
		return x, nil
	}
	f, ok := fn.FindCast(x.Type(), to, how)
	if !ok {
		return nil, sqlerr.At(off, "42846", "cannot cast type %s to %s", x.Type().String(), to.String())
	}
	if f == nil {
		f = &fn.Func{Name: "relabel", Strict: true, Ret: to, Impl: func(_ *fn.Ctx, a []*vec.Vector, _ int) (*vec.Vector, error) { return a[0], nil }}
	}
	return withType(&plan.Call{F: f, Args: []plan.Expr{x}, Off: off}, to), nil
}

func (b *binder) call(f *fn.Func, co []types.Type, ret types.Type, xs []plan.Expr, off int) (plan.Expr, error) {
	c := &plan.Call{F: f, Off: off}
	for i, x := range xs {
		y, err := b.cast(x, co[i], fn.CastImplicit, off)
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, y)
	}
	return withType(c, ret), nil
}

func withType(c *plan.Call, t types.Type) *plan.Call {
	c.T = t
	return c
}

func (b *binder) common(xs []plan.Expr, ts []types.Type, what string, off int) ([]plan.Expr, types.Type, error) {
	t, err := fn.CommonType(ts, what, off)
	if err != nil {
		return nil, t, err
	}
	for i := range xs {
		if xs[i], err = b.cast(xs[i], t, fn.CastImplicit, off); err != nil {
			return nil, t, err
		}
	}
	return xs, t, nil
}

func (b *binder) expr(e ast.Expr) (plan.Expr, error) {
	switch x := e.(type) {
	case *ast.Literal:
		return literal(x), nil
	case *ast.Column:
		c, ok := b.cols[x.Parts[len(x.Parts)-1]]
		if !ok {
			return nil, sqlerr.At(x.Pos(), "42703", "column %q does not exist", x.Parts[0])
		}
		return &c, nil
	case *ast.Op:
		var l plan.Expr
		var lt types.Type
		var xs []plan.Expr
		if x.L != nil {
			var err error
			if l, err = b.expr(x.L); err != nil {
				return nil, err
			}
			lt = l.Type()
			xs = append(xs, l)
		}
		r, err := b.expr(x.R)
		if err != nil {
			return nil, err
		}
		f, co, ret, err := fn.ResolveOp(x.Name, lt, r.Type(), x.Pos())
		if err != nil {
			return nil, err
		}
		return b.call(f, co, ret, append(xs, r), x.Pos())
	case *ast.Func:
		xs, ts, err := b.list(x.Args)
		if err != nil {
			return nil, err
		}
		name := x.Name[len(x.Name)-1]
		if name == "coalesce" {
			xs, t, err := b.common(xs, ts, "COALESCE", x.Pos())
			return coalesceOf(t, xs), err
		}
		f, co, ret, err := fn.ResolveFunc(name, ts, x.Pos())
		if err != nil {
			return nil, err
		}
		return b.call(f, co, ret, xs, x.Pos())
	case *ast.Cast:
		y, err := b.expr(x.X)
		if err != nil {
			return nil, err
		}
		k, ok := types.TypeNamed(x.Type.Name)
		if !ok {
			return nil, sqlerr.At(x.Pos(), "42704", "type %q does not exist", x.Type.Name)
		}
		t := types.Type{Kind: k, Array: x.Type.Dims > 0}
		if len(x.Type.Mods) > 0 {
			m := mods(x.Type.Mods)
			if k == types.Numeric {
				t.Mod = types.NumericMod(m[0], append(m, 0)[1])
			} else {
				t.Mod = int32(m[0] + 4)
			}
		}
		return b.cast(y, t, fn.CastExplicit, x.Pos())
	case *ast.Array:
		xs, ts, err := b.list(x.Elems)
		if err != nil {
			return nil, err
		}
		xs, t, err := b.common(xs, ts, "ARRAY", x.Pos())
		return arrayOf(t.Base().ArrayOf(), xs), err
	}
	return b.logic(e)
}

func mods(es []ast.Expr) []int {
	var out []int
	for _, e := range es {
		n, _ := strconv.Atoi(e.(*ast.Literal).Text)
		out = append(out, n)
	}
	return out
}

func (b *binder) logic(e ast.Expr) (plan.Expr, error) {
	switch x := e.(type) {
	case *ast.Bool:
		xs, _, err := b.list(x.Args)
		if err != nil {
			return nil, err
		}
		for i := range xs {
			if xs[i], err = b.cast(xs[i], types.Of(types.Bool), fn.CastImplicit, x.Pos()); err != nil {
				return nil, err
			}
		}
		return boolOf(x.Kind, xs), nil
	case *ast.IsTest:
		y, err := b.expr(x.X)
		return isOf(y, plan.Is(x.What), x.Not), err
	case *ast.In:
		xs, ts, err := b.list(append([]ast.Expr{x.X}, x.List...))
		if err != nil {
			return nil, err
		}
		xs, t, err := b.common(xs, ts, "IN", x.Pos())
		if err != nil {
			return nil, err
		}
		return inOf(xs[0], xs[1:], fn.Equality(t), x.Not), nil
	case *ast.AnyAll:
		l, err := b.expr(x.L)
		if err != nil {
			return nil, err
		}
		r, err := b.expr(x.R)
		if err != nil {
			return nil, err
		}
		if r.Type().Kind == types.Unknown {
			if r, err = b.cast(r, l.Type().ArrayOf(), fn.CastImplicit, x.Pos()); err != nil {
				return nil, err
			}
		}
		f, co, _, err := fn.ResolveOp(x.Name, l.Type(), r.Type().Elem(), x.Pos())
		if err != nil {
			return nil, err
		}
		if l, err = b.cast(l, co[0], fn.CastImplicit, x.Pos()); err != nil {
			return nil, err
		}
		if r, err = b.cast(r, co[1].ArrayOf(), fn.CastImplicit, x.Pos()); err != nil {
			return nil, err
		}
		return anyOf(f, x.All, l, r, x.Pos()), nil
	case *ast.Case:
		return b.caseExpr(x)
	}
	return nil, sqlerr.Unsupported(e.Pos(), "%T", e)
}

func (b *binder) caseExpr(x *ast.Case) (plan.Expr, error) {
	var conds, thens []plan.Expr
	var ts []types.Type
	for _, w := range x.Whens {
		c, err := b.expr(w.Cond)
		if err != nil {
			return nil, err
		}
		t, err := b.expr(w.Then)
		if err != nil {
			return nil, err
		}
		conds, thens, ts = append(conds, c), append(thens, t), append(ts, t.Type())
	}
	if x.Else != nil {
		t, err := b.expr(x.Else)
		if err != nil {
			return nil, err
		}
		thens, ts = append(thens, t), append(ts, t.Type())
	}
	thens, t, err := b.common(thens, ts, "CASE", x.Pos())
	return caseOf(t, conds, thens), err
}

func literal(x *ast.Literal) plan.Expr {
	switch x.Kind {
	case ast.LitNull:
		return constOf(types.Of(types.Unknown), vec.Datum{Null: true})
	case ast.LitBool:
		i := int64(0)
		if x.Text == "true" {
			i = 1
		}
		return constOf(types.Of(types.Bool), vec.Datum{I: i})
	case ast.LitInt:
		n, _ := strconv.ParseInt(x.Text, 10, 64)
		k := types.Int8
		if n == int64(int32(n)) {
			k = types.Int4
		}
		return constOf(types.Of(k), vec.Datum{I: n})
	case ast.LitDecimal:
		d, _ := types.ParseDecimal(x.Text)
		return constOf(types.Of(types.Numeric), vec.Datum{D: d})
	}
	return constOf(types.Of(types.Unknown), vec.Datum{S: x.Text})
}

func constOf(t types.Type, d vec.Datum) plan.Expr { c := &plan.Const{V: d}; c.T = t; return c }

func coalesceOf(t types.Type, xs []plan.Expr) plan.Expr {
	c := &plan.Coalesce{Args: xs}
	c.T = t
	return c
}

func arrayOf(t types.Type, xs []plan.Expr) plan.Expr {
	c := &plan.Array{Elems: xs}
	c.T = t
	return c
}

func boolOf(k ast.BoolKind, xs []plan.Expr) plan.Expr {
	t := plan.T(types.Of(types.Bool))
	switch k {
	case ast.And:
		a := &plan.And{Args: xs}
		a.T = t.T
		return a
	case ast.Or:
		a := &plan.Or{Args: xs}
		a.T = t.T
		return a
	}
	a := &plan.Not{X: xs[0]}
	a.T = t.T
	return a
}

func isOf(x plan.Expr, what plan.Is, not bool) plan.Expr {
	c := &plan.IsTest{X: x, What: what, Negate: not}
	c.T = types.Of(types.Bool)
	return c
}

func inOf(x plan.Expr, list []plan.Expr, eq *fn.Func, not bool) plan.Expr {
	c := &plan.In{X: x, List: list, Eq: eq, Negate: not}
	c.T = types.Of(types.Bool)
	return c
}

func anyOf(f *fn.Func, all bool, l, r plan.Expr, off int) plan.Expr {
	c := &plan.AnyAll{Op: f, All: all, L: l, R: r, Off: off}
	c.T = types.Of(types.Bool)
	return c
}

func caseOf(t types.Type, conds, thens []plan.Expr) plan.Expr {
	c := &plan.Case{}
	c.T = t
	for i, k := range conds {
		c.Whens = append(c.Whens, plan.When{Cond: k, Then: thens[i]})
	}
	if len(thens) > len(conds) {
		c.Else = thens[len(conds)]
	}
	return c
}
