package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// ResolveSpread chooses the overload for a call whose last argument is VARIADIC
// array: the array's elements are the arguments. The Func that it returns takes
// the array itself. lastOff is the array's place.
func ResolveSpread(name string, args []types.Type, off, lastOff int) (*Func, []types.Type, types.Type, error) {
	last := len(args) - 1
	spread := append(ts(nil), args...)
	switch {
	case args[last].Array:
		spread[last] = args[last].Elem()
	case !isUnknown(args[last]):
		return nil, nil, types.Type{}, sqlerr.At(lastOff, pgerrcode.DatatypeMismatch, "VARIADIC argument must be an array")
	}
	takes := func(f *Func) bool { return f.Variadic && len(f.Args) == len(args) }
	f, to, ret, err := resolveAmong(takes, name, spread, off)
	if err != nil {
		return nil, nil, types.Type{}, noFunction(name, args, off, nil)
	}
	to = append(ts(nil), to...)
	to[last] = to[last].ArrayOf()
	g := *f
	g.Args, g.Ret, g.Variadic, g.Strict = to, ret, false, false
	g.Impl = func(c *Ctx, in []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(in, n)
		b := vec.NewBuilder(ret, m)
		for i := range m {
			d, err := spreadRow(c, f, ret, row{c, in, i})
			if err != nil {
				return nil, err
			}
			b.Append(d)
		}
		return finish(b.Finish(), m, n), nil
	}
	return &g, to, ret, nil
}

// spreadRow calls f for one row; a NULL array makes a NULL.
func spreadRow(c *Ctx, f *Func, ret types.Type, r row) (vec.Datum, error) {
	last := r.n() - 1
	if r.null(last) {
		return null, nil
	}
	args := make([]*vec.Vector, 0, last+4)
	for k := range last {
		args = append(args, vec.NewConst(r.t(k), r.get(k), 1))
	}
	v, lo, hi := r.arr(last)
	for i := lo; i < hi; i++ {
		args = append(args, vec.NewConst(r.t(last).Elem(), v.Get(i), 1))
	}
	for _, a := range args {
		if f.Strict && a.IsNull(0) {
			return null, nil
		}
	}
	out, err := f.Impl(c, args, 1)
	if err != nil {
		return null, err
	}
	return out.Get(0), nil
}
