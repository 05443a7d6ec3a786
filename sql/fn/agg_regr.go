package fn

import (
	"math"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// regrKind is one of the aggregates of two columns.
type regrKind uint8

const (
	regrCount regrKind = iota
	regrSXX
	regrSYY
	regrSXY
	regrAvgX
	regrAvgY
	regrR2
	regrSlope
	regrIntercept
	covarPop
	covarSamp
	corr
)

func init() {
	for name, kind := range map[string]regrKind{"regr_sxx": regrSXX, "regr_syy": regrSYY, "regr_sxy": regrSXY, "regr_avgx": regrAvgX,
		"regr_avgy": regrAvgY, "regr_r2": regrR2, "regr_slope": regrSlope, "regr_intercept": regrIntercept, "covar_pop": covarPop,
		"covar_samp": covarSamp, "corr": corr} {
		agg(name, ts{tF8, tF8}, tF8, func(*Ctx, []types.Type, types.Type) Acc { return &regrAcc{kind: kind} })
	}
	agg("regr_count", ts{tF8, tF8}, tI8, func(*Ctx, []types.Type, types.Type) Acc { return &regrAcc{kind: regrCount} })
}

// regrAcc sums pairs by Youngs and Cramer's updates, as float8_regr_accum does.
// The first argument is Y.
type regrAcc struct {
	s    []regrSums
	kind regrKind
}

type regrSums struct{ n, sx, sxx, sy, syy, sxy float64 }

func (a *regrAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.s = grow(a.s, max(ngroups, 1))
	yv, ym := flatArg(args[0])
	xv, xm := flatArg(args[1])
	for i := 0; i < rows; i++ {
		if bit(yv.Nulls, i&ym) || bit(xv.Nulls, i&xm) {
			continue
		}
		s := &a.s[groupOf(groups, i)]
		if a.kind == regrCount {
			s.n++
		} else if err := s.add(xv.F64[i&xm], yv.F64[i&ym]); err != nil {
			return err
		}
	}
	return nil
}

func special(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }

func (s *regrSums) add(x, y float64) error {
	old := *s
	s.n++
	s.sx += x
	s.sy += y
	if old.n == 0 {
		if special(x) {
			s.sxx, s.sxy = math.NaN(), math.NaN()
		}
		if special(y) {
			s.syy, s.sxy = math.NaN(), math.NaN()
		}
		return nil
	}
	tx, ty := x*s.n-s.sx, y*s.n-s.sy
	scale := 1 / (s.n * old.n)
	s.sxx += tx * tx * scale
	s.syy += ty * ty * scale
	s.sxy += tx * ty * scale
	return s.check(&old, math.IsInf(x, 0), math.IsInf(y, 0))
}

// check finds sums of finite values that became infinite; a moment that is so
// for another reason is NaN.
func (s *regrSums) check(old *regrSums, xInf, yInf bool) error {
	inf := func(f float64) bool { return math.IsInf(f, 0) }
	xFine, yFine := !inf(old.sx) && !xInf, !inf(old.sy) && !yInf
	if (inf(s.sx) || inf(s.sxx)) && xFine || (inf(s.sy) || inf(s.syy)) && yFine || inf(s.sxy) && xFine && yFine {
		return errOverflow()
	}
	for _, m := range []*float64{&s.sxx, &s.syy, &s.sxy} {
		if inf(*m) {
			*m = math.NaN()
		}
	}
	return nil
}

func (a *regrAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	a.s = grow(a.s, ngroups)
	for g, o := range src.(*regrAcc).s {
		if g < len(remap) {
			if err := a.s[remap[g]].merge(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// merge is float8_regr_combine.
func (s *regrSums) merge(o regrSums) error {
	switch {
	case o.n == 0:
		return nil
	case s.n == 0:
		*s = o
		return nil
	}
	old := *s
	tx, ty := s.sx/s.n-o.sx/o.n, s.sy/s.n-o.sy/o.n
	k := s.n * o.n / (s.n + o.n)
	*s = regrSums{s.n + o.n, s.sx + o.sx, s.sxx + o.sxx + k*tx*tx, s.sy + o.sy, s.syy + o.syy + k*ty*ty, s.sxy + o.sxy + k*tx*ty}
	return s.check(&old, math.IsInf(o.sx, 0), math.IsInf(o.sy, 0))
}

func (a *regrAcc) Result(ngroups int) (*vec.Vector, error) {
	a.s = grow(a.s, max(ngroups, 1))
	if a.kind == regrCount {
		v := vec.New(tI8, ngroups)
		for g := range v.I64 {
			v.I64[g] = int64(a.s[g].n)
		}
		return v, nil
	}
	v := vec.New(tF8, ngroups)
	for g := range v.F64 {
		f, ok := a.s[g].value(a.kind)
		if !ok {
			v.SetNull(g)
			continue
		}
		v.F64[g] = f
	}
	return v, nil
}

// value is the result; ok is false for NULL.
func (s *regrSums) value(kind regrKind) (f float64, ok bool) {
	if s.n < 1 || kind == covarSamp && s.n < 2 {
		return 0, false
	}
	switch kind {
	case regrSXX:
		return s.sxx, true
	case regrSYY:
		return s.syy, true
	case regrSXY:
		return s.sxy, true
	case regrAvgX:
		return s.sx / s.n, true
	case regrAvgY:
		return s.sy / s.n, true
	case covarPop:
		return s.sxy / s.n, true
	case covarSamp:
		return s.sxy / (s.n - 1), true
	case corr:
		return s.sxy / math.Sqrt(s.sxx*s.syy), s.sxx != 0 && s.syy != 0
	case regrSlope:
		return s.sxy / s.sxx, s.sxx != 0
	case regrIntercept:
		return (s.sy - s.sx*s.sxy/s.sxx) / s.n, s.sxx != 0
	}
	if s.syy == 0 { // regrR2
		return 1, s.sxx != 0
	}
	return s.sxy * s.sxy / (s.sxx * s.syy), s.sxx != 0
}

func (a *regrAcc) Bytes() int64 { return int64(cap(a.s)) * 48 }
