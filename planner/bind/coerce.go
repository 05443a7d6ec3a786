package bind

import (
	"strings"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func unknown(t types.Type) bool { return t.Kind == types.Unknown && !t.Array }

// coerce converts e to a type if that is allowed; ok is false if it is not.
// Untyped literals are read as the type, untyped parameters take it.
func (b *binder) coerce(e plan.Expr, to types.Type, how fn.CastKind, off int) (out plan.Expr, ok bool, err error) {
	if to.Domain() != nil {
		return b.toDomain(e, to, how, off)
	}
	from := e.Type()
	if unknown(from) && !unknown(to) {
		switch x := e.(type) {
		case *plan.Const:
			as := to.Base()
			if to.Kind == types.Interval && !to.Array {
				as = to // the fields decide how a bare number is read
			}
			e, err = b.literal(x, as, off)
		case *plan.Param:
			e = b.setParam(x, to.Base())
		default:
			f, found := fn.FindCast(from, to, how)
			if !found {
				return nil, false, nil
			}
			return b.convert(e, f, to, off), true, nil
		}
		if err == nil && to.Kind == types.Record {
			b.useType(to)
			if _, ok := e.(*plan.Const); !ok {
				off = -1
			}
			e, err = b.held(e, off)
		}
		if err != nil {
			return nil, false, err
		}
		from = e.Type()
	}
	if from.Same(to) && (to.Mod == 0 || from.Mod == to.Mod) {
		return e, true, nil
	}
	if to.IsComposite() && from.IsRecord() && from.Ext == nil {
		return b.toComposite(e, to, how, off)
	}
	f, found := fn.FindCast(from, to, how)
	if !found {
		return nil, false, nil
	}
	x := b.convert(e, f, to, off)
	if to.Kind == types.Record {
		x, err = b.held(x, -1)
	}
	return x, true, err
}

func (b *binder) convert(e plan.Expr, f *fn.Func, to types.Type, off int) plan.Expr {
	if f == nil {
		if c, ok := e.(*plan.Const); ok {
			return plan.NewConst(to, c.V)
		}
		f = relabel(e.Type(), to)
	}
	return plan.NewCall(f, to, off, e)
}

// literal reads an untyped constant as a type; NULL stays NULL.
func (b *binder) literal(c *plan.Const, to types.Type, off int) (plan.Expr, error) {
	if c.V.Null {
		return plan.NewConst(to, c.V), nil
	}
	if to.Kind == types.Any || to.Kind == types.AnyElem || to.Kind == types.AnyArray {
		to = tText
	}
	if at, ok := b.at[c]; ok {
		off = at
	}
	if to.IsReg() {
		b.out.Fresh = true
	}
	d, err := vec.ParseText(to, c.V.S, b.style(), b.now())
	if err != nil {
		return nil, sqlerr.From(err).AtIfNone(off)
	}
	return plan.NewConst(to, d), nil
}

func (b *binder) setParam(p *plan.Param, to types.Type) plan.Expr {
	if t := b.params[p.N-1]; t.Kind != types.Invalid {
		return plan.NewParam(p.N, t)
	}
	b.params[p.N-1] = to
	return plan.NewParam(p.N, to)
}

type relabelKey struct{ from, to types.Type }

var relabels sync.Map // relabelKey -> *fn.Func

// relabel is the cast that only changes the type's name, so that the types of
// plans are exact; one Func for each pair, so that equal casts compare equal.
func relabel(from, to types.Type) *fn.Func {
	k := relabelKey{from, to}
	if f, ok := relabels.Load(k); ok {
		return f.(*fn.Func)
	}
	f, _ := relabels.LoadOrStore(k, &fn.Func{
		Name: to.String(), Args: []types.Type{from}, Ret: to, Strict: true, Cast: true,
		Impl: func(_ *fn.Ctx, args []*vec.Vector, _ int) (*vec.Vector, error) {
			v := *args[0]
			v.Type = to
			return &v, nil
		},
	})
	return f.(*fn.Func)
}

// args coerces the arguments of a resolved function. Conversions without work
// are left out: implementations look at the physical class only.
func (b *binder) args(args []plan.Expr, to []types.Type, offs []int) error {
	for i, a := range args {
		if i >= len(to) || to[i].Kind == types.Any && !unknown(a.Type()) {
			continue
		}
		if !unknown(a.Type()) {
			if f, ok := fn.FindCast(a.Type(), to[i], fn.CastImplicit); ok && f == nil {
				continue
			}
		}
		want := to[i]
		if want.Kind == types.Any {
			want = tText
		}
		x, ok, err := b.coerce(a, want, fn.CastImplicit, offs[i])
		if err != nil {
			return err
		}
		if !ok {
			return sqlerr.At(offs[i], pgerrcode.CannotCoerce, "cannot cast type %s to %s", a.Type().Base(), want.Base())
		}
		args[i] = x
	}
	return nil
}

// cond coerces a condition to boolean; what names the clause.
func (b *binder) cond(e plan.Expr, what string, off int) (plan.Expr, error) {
	x, ok, err := b.coerce(e, tBool, fn.CastImplicit, off)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, sqlerr.At(off, pgerrcode.DatatypeMismatch, "argument of %s must be type boolean, not type %s", what, e.Type().Base())
	}
	return x, nil
}

// decided turns an untyped expression that nothing else decides into text.
func (b *binder) decided(e plan.Expr, off int) (plan.Expr, error) {
	if !unknown(e.Type()) {
		return e, nil
	}
	x, _, err := b.coerce(e, tText, fn.CastImplicit, off)
	return x, err
}

// common coerces arms to the type they have together.
func (b *binder) common(es []plan.Expr, offs []int, what string) (types.Type, error) {
	ts := make([]types.Type, len(es))
	for i, e := range es {
		ts[i] = e.Type()
	}
	t, err := fn.CommonType(ts, what, -1)
	if err != nil {
		return t, commonError(ts, offs, what, err)
	}
	for i, e := range es {
		x, ok, err := b.coerce(e, t, fn.CastImplicit, offs[i])
		if err != nil {
			return t, err
		}
		if !ok {
			return t, sqlerr.At(offs[i], pgerrcode.CannotCoerce, "%s could not convert type %s to %s", what, e.Type().Base(), t.Base())
		}
		if t.Mod == 0 && x.Type() != t {
			x = b.convert(x, nil, t, offs[i])
		}
		es[i] = x
	}
	return t, nil
}

// commonError puts the error at the first arm that does not fit.
func commonError(ts []types.Type, offs []int, what string, err error) error {
	for i := 2; i <= len(ts); i++ {
		if _, e := fn.CommonType(ts[:i], what, offs[i-1]); e != nil {
			return e
		}
	}
	return err
}

// assign coerces a value to a column it is stored in.
func (b *binder) assign(e plan.Expr, col *types.Column, off int) (plan.Expr, error) {
	if col.Set {
		var err error
		if e, err = b.setText(e, off); err != nil {
			return nil, err
		}
	}
	x, ok, err := b.coerce(e, col.Type, fn.CastAssign, off)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, sqlerr.At(off, pgerrcode.DatatypeMismatch, "column \"%s\" is of type %s but expression is of type %s",
			col.Name, col.Type.Base(), e.Type().Base()).WithHint("You will need to rewrite or cast the expression.")
	}
	return x, nil
}

// typeName resolves a written type.
func (b *binder) typeName(n ast.TypeName) (types.Type, error) {
	if t, ok, err := UserType(n, b.cat); ok || err != nil {
		b.out.Objects = b.cat.Objects()
		return t, err
	}
	return TypeName(n)
}

// UserType resolves the name of a type that a user has made; ok is false where
// it is none. A name without a schema is a built-in type's first.
func UserType(n ast.TypeName, cat plan.Catalog) (t types.Type, ok bool, err error) {
	if n.Schema == "pg_catalog" {
		return t, false, nil
	}
	if _, builtin := types.TypeNamed(n.Name); builtin && n.Schema == "" {
		return t, false, nil
	}
	if t, ok = cat.Type(n.Schema, n.Name); !ok {
		elem, array := strings.CutPrefix(n.Name, "_")
		if t, ok = cat.Type(n.Schema, elem); !array || !ok || t.Domain() != nil {
			return types.Type{}, false, nil
		}
		n.Dims = 1
	}
	if len(n.Mods) > 0 {
		return t, false, sqlerr.At(n.Pos(), pgerrcode.SyntaxError, "type modifier is not allowed for type \"%s\"", n.Name)
	}
	if n.Dims > 0 {
		if t.Domain() != nil {
			return t, false, sqlerr.Unsupported(n.Pos(), "arrays of domains are not supported")
		}
		t = t.ArrayOf()
	}
	return t, true, nil
}
