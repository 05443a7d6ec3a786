package kernel

import (
	"errors"

	"github.com/jackc/pgerrcode"

	"tagd/planner/plan"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

func (ev *Evaluator) call(x *plan.Call, b *vec.Batch) (*vec.Vector, error) {
	args := make([]*vec.Vector, len(x.Args))
	for i, a := range x.Args {
		v, err := ev.Eval(a, b)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	v, err := ev.apply(x.F, args, b.N)
	if err != nil {
		return nil, place(err, x.Off)
	}
	if v.Type != x.T {
		c := *v
		c.Type = x.T
		v = &c
	}
	return v, nil
}

// place gives an error its position in the statement where Postgres would: what
// goes wrong with values at run time has none, what we do not support has.
func place(err error, off int) error {
	var e *sqlerr.Error
	if errors.As(err, &e) && e.Code == pgerrcode.FeatureNotSupported {
		return e.AtIfNone(off)
	}
	return err
}

// apply calls f on arguments in any encoding. Arguments that share their codes
// are evaluated once per dictionary entry.
func (ev *Evaluator) apply(f *fn.Func, args []*vec.Vector, n int) (*vec.Vector, error) {
	if f.Volatility != fn.Volatile {
		if codes, size := sharedCodes(args); codes != nil && size <= n {
			over := make([]*vec.Vector, len(args))
			for i, a := range args {
				over[i] = a
				if a.Dict != nil {
					over[i] = a.Dict
				} else {
					c := *a
					c.N = size
					over[i] = &c
				}
			}
			if v, err := invoke(ev.c, f, over, size); err == nil {
				return rewrap(v, codes, n), nil
			}
		}
	}
	flat := make([]*vec.Vector, len(args))
	for i, a := range args {
		flat[i] = a
		// Over constants alone an implementation may answer once, but effects are had
		// for every row.
		if a.Dict != nil || i == 0 && a.Const && n > 1 && f.Volatility == fn.Volatile {
			flat[i] = a.Flat()
		}
	}
	return invoke(ev.c, f, flat, n)
}

// sharedCodes returns the codes if every argument that is not constant is a
// dictionary vector with these same codes and equally long dictionaries.
func sharedCodes(args []*vec.Vector) (codes []uint32, size int) {
	for _, a := range args {
		if a.Const {
			continue
		}
		if a.Dict == nil || len(a.Codes) == 0 {
			return nil, 0
		}
		if codes == nil {
			codes, size = a.Codes, a.Dict.N
			continue
		}
		if &codes[0] != &a.Codes[0] || len(codes) != len(a.Codes) || size != a.Dict.N {
			return nil, 0
		}
	}
	return codes, size
}

// invoke calls f on flat and constant arguments and sees to strictness.
func invoke(c *fn.Ctx, f *fn.Func, args []*vec.Vector, n int) (*vec.Vector, error) {
	if !f.Strict {
		return f.Impl(c, args, n)
	}
	for _, a := range args {
		if a.Const && a.Nulls != nil && a.Nulls[0]&1 != 0 {
			return vec.NewConst(f.Ret, vec.Datum{Null: true}, n), nil
		}
	}
	nulls := fn.StrictNulls(args, n)
	v, err := f.Impl(c, args, n)
	if err != nil || nulls == nil {
		return v, err
	}
	return withNulls(v, nulls, n), nil
}

// withNulls returns v with more NULLs.
func withNulls(v *vec.Vector, nulls []uint64, n int) *vec.Vector {
	if v.Const {
		v = v.Flat()
	}
	if v.Nulls != nil && len(nulls) > 0 && &v.Nulls[0] == &nulls[0] {
		return v
	}
	c := *v
	c.Nulls = make([]uint64, (n+63)/64)
	for i := range c.Nulls {
		if i < len(nulls) {
			c.Nulls[i] = nulls[i]
		}
		if i < len(v.Nulls) {
			c.Nulls[i] |= v.Nulls[i]
		}
	}
	return &c
}
