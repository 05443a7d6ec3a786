package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// decVarAcc is the variances and standard deviations of integers and numerics,
// exact sums as in numeric_stddev_internal of numeric.c.
type decVarAcc struct {
	x, xx []decSum
	kind  momentKind
}

func (a *decVarAcc) fit(n int) {
	a.x, a.xx = grow(a.x, n), grow(a.xx, n)
}

func (a *decVarAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.fit(max(ngroups, 1))
	v, m := flatArg(args[0])
	for i := 0; i < rows; i++ {
		if bit(v.Nulls, i&m) {
			continue
		}
		g := groupOf(groups, i)
		d := types.Decimal{}
		if v.Dec != nil {
			d = v.Dec[i&m]
		} else {
			d = types.DecimalOf(v.I64[i&m], 0)
		}
		sq, err := d.Mul(d)
		if err != nil {
			return err
		}
		if err := a.x[g].add(d); err != nil {
			return err
		}
		if err := a.xx[g].add(sq); err != nil {
			return err
		}
	}
	return nil
}

func (a *decVarAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	a.fit(ngroups)
	o := src.(*decVarAcc)
	for g := range o.x {
		if g >= len(remap) {
			break
		}
		if err := a.x[remap[g]].merge(&o.x[g]); err != nil {
			return err
		}
		if err := a.xx[remap[g]].merge(&o.xx[g]); err != nil {
			return err
		}
	}
	return nil
}

func (a *decVarAcc) Result(ngroups int) (*vec.Vector, error) {
	a.fit(ngroups)
	v := vec.New(tNum, ngroups)
	for g := 0; g < ngroups; g++ {
		d, ok, err := a.value(g)
		if err != nil {
			return nil, err
		}
		if !ok {
			v.SetNull(g)
			continue
		}
		v.Dec[g] = d
	}
	return v, nil
}

func (a *decVarAcc) value(g int) (types.Decimal, bool, error) {
	n := a.x[g].n
	sample := a.kind == momVarSamp || a.kind == momStdSamp
	if n == 0 || sample && n < 2 {
		return types.Decimal{}, false, nil
	}
	x, err := a.x[g].total()
	if err != nil {
		return x, false, err
	}
	xx, err := a.xx[g].total()
	if err != nil {
		return x, false, err
	}
	if x.Form != types.Finite || xx.Form != types.Finite {
		return types.Decimal{Form: types.NaN}, true, nil
	}
	dn := types.DecimalOf(n, 0)
	nxx, err := dn.Mul(xx)
	if err != nil {
		return x, false, err
	}
	sq, err := x.Mul(x)
	if err != nil {
		return x, false, err
	}
	num, err := nxx.Sub(sq)
	if err != nil {
		return x, false, err
	}
	if num.Sign() <= 0 {
		return types.DecimalOf(0, 0), true, nil
	}
	by := dn
	if sample {
		by = types.DecimalOf(n-1, 0)
	}
	if by, err = dn.Mul(by); err != nil {
		return x, false, err
	}
	r, err := num.Div(by)
	if err == nil && (a.kind == momStdSamp || a.kind == momStdPop) {
		r = decSqrtScale(r, r.Scale)
	}
	return r, true, err
}

func (a *decVarAcc) Bytes() int64 { return int64(cap(a.x)+cap(a.xx)) * 80 }
