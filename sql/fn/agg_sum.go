package fn

import (
	"math"
	"math/big"
	"math/bits"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// grow extends s with zero values to n entries.
func grow[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	if n <= cap(s) {
		return s[:n]
	}
	c := make([]T, n, n+n/4)
	copy(c, s)
	return c
}

// groupOf is the group of row i.
func groupOf(groups []uint32, i int) uint32 {
	if groups == nil {
		return 0
	}
	return groups[i]
}

// at is a row's place in the physical slice of a flat or constant vector.
func flatArg(v *vec.Vector) (*vec.Vector, int) {
	if v.Dict != nil {
		v = v.Flat()
	}
	return v, mask(v)
}

// countAcc is count(*) and count(x).
type countAcc struct{ n []int64 }

func (a *countAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.n = grow(a.n, max(ngroups, 1))
	if len(args) == 0 || !args[0].HasNulls() {
		if groups == nil {
			a.n[0] += int64(rows)
			return nil
		}
		for _, g := range groups[:rows] {
			a.n[g]++
		}
		return nil
	}
	for i := 0; i < rows; i++ {
		if !args[0].IsNull(i) {
			a.n[groupOf(groups, i)]++
		}
	}
	return nil
}

func (a *countAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	a.n = grow(a.n, ngroups)
	for g, n := range src.(*countAcc).n {
		if g < len(remap) {
			a.n[remap[g]] += n
		}
	}
	return nil
}

func (a *countAcc) Result(ngroups int) (*vec.Vector, error) {
	a.n = grow(a.n, ngroups)
	v := vec.New(tI8, ngroups)
	copy(v.I64, a.n)
	return v, nil
}

func (a *countAcc) Bytes() int64 { return int64(cap(a.n)) * 8 }

// int128 is a signed sum.
type int128 struct {
	hi int64
	lo uint64
}

func (s *int128) add(x int64) {
	lo, c := bits.Add64(s.lo, uint64(x), 0)
	s.lo = lo
	s.hi += x>>63 + int64(c)
}

func (s *int128) sum(o int128) {
	lo, c := bits.Add64(s.lo, o.lo, 0)
	s.lo = lo
	s.hi += o.hi + int64(c)
}

func (s int128) int64() (int64, bool) {
	x := int64(s.lo)
	return x, s.hi == x>>63
}

func (s int128) big() *big.Int {
	b := new(big.Int).SetInt64(s.hi)
	b.Lsh(b, 64)
	return b.Add(b, new(big.Int).SetUint64(s.lo))
}

func (s int128) decimal(scale int32) types.Decimal {
	if x, ok := s.int64(); ok {
		return types.DecimalOf(x, scale)
	}
	return types.BigDecimal(s.big(), scale)
}

// intSumAcc is sum and avg of integers.
type intSumAcc struct {
	sum []int128
	n   []int64
	avg bool
	ret types.Type
}

func (a *intSumAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.sum, a.n = grow(a.sum, max(ngroups, 1)), grow(a.n, max(ngroups, 1))
	v, m := flatArg(args[0])
	if groups == nil && v.Nulls == nil && !v.Const && v.Type.Kind != types.Int8 && v.Type.Kind != types.Money {
		s := int64(0) // 2^31 values of 32 bits fit
		for _, x := range v.I64[:rows] {
			s += x
		}
		a.sum[0].add(s)
		a.n[0] += int64(rows)
		return nil
	}
	for i := 0; i < rows; i++ {
		if bit(v.Nulls, i&m) {
			continue
		}
		g := groupOf(groups, i)
		a.sum[g].add(v.I64[i&m])
		a.n[g]++
	}
	return nil
}

func (a *intSumAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	s := src.(*intSumAcc)
	a.sum, a.n = grow(a.sum, ngroups), grow(a.n, ngroups)
	for g := range s.n {
		if g < len(remap) {
			a.sum[remap[g]].sum(s.sum[g])
			a.n[remap[g]] += s.n[g]
		}
	}
	return nil
}

func (a *intSumAcc) Result(ngroups int) (*vec.Vector, error) {
	a.sum, a.n = grow(a.sum, ngroups), grow(a.n, ngroups)
	v := vec.New(a.ret, ngroups)
	for g := 0; g < ngroups; g++ {
		switch {
		case a.n[g] == 0:
			v.SetNull(g)
		case a.avg:
			d, err := a.sum[g].decimal(0).Div(types.DecimalOf(a.n[g], 0))
			if err != nil {
				return nil, err
			}
			v.Dec[g] = d
		case a.ret.Kind == types.Numeric:
			v.Dec[g] = a.sum[g].decimal(0)
		default:
			x, ok := a.sum[g].int64()
			if !ok {
				return nil, errRange(a.ret.String())
			}
			v.I64[g] = x
		}
	}
	return v, nil
}

func (a *intSumAcc) Bytes() int64 { return int64(cap(a.sum))*16 + int64(cap(a.n))*8 }

// decSum sums decimals: machine words at one scale while that works, the rest
// as decimals.
type decSum struct {
	sum   int128
	scale int32
	n     int64
	rest  types.Decimal
	big   bool // rest counts
}

var pow10 = func() (p [19]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return
}()

func (s *decSum) add(d types.Decimal) error {
	s.n++
	if d.Big == nil && d.Form == types.Finite {
		if d.Scale > s.scale {
			if err := s.flush(); err != nil {
				return err
			}
			s.scale = d.Scale
		}
		if k := s.scale - d.Scale; k < 19 {
			if x, over := mulInt(d.Coef, pow10[k]); !over {
				s.sum.add(x)
				return nil
			}
		}
	}
	return s.addRest(d)
}

func (s *decSum) addRest(d types.Decimal) error {
	if !s.big {
		s.rest, s.big = d, true
		return nil
	}
	r, err := s.rest.Add(d)
	s.rest = r
	return err
}

func (s *decSum) flush() error {
	if s.sum == (int128{}) {
		return nil
	}
	d := s.sum.decimal(s.scale)
	s.sum = int128{}
	return s.addRest(d)
}

func (s *decSum) total() (types.Decimal, error) {
	d := s.sum.decimal(s.scale)
	if !s.big {
		return d, nil
	}
	return s.rest.Add(d)
}

func (s *decSum) merge(o *decSum) error {
	if o.n == 0 {
		return nil
	}
	d, err := o.total()
	if err != nil {
		return err
	}
	n := s.n + o.n
	if err := s.add(d); err != nil {
		return err
	}
	s.n = n
	return nil
}

// decSumAcc is sum and avg of numeric.
type decSumAcc struct {
	s   []decSum
	avg bool
}

func (a *decSumAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.s = grow(a.s, max(ngroups, 1))
	v, m := flatArg(args[0])
	for i := 0; i < rows; i++ {
		if bit(v.Nulls, i&m) {
			continue
		}
		if err := a.s[groupOf(groups, i)].add(v.Dec[i&m]); err != nil {
			return err
		}
	}
	return nil
}

func (a *decSumAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	a.s = grow(a.s, ngroups)
	s := src.(*decSumAcc)
	for g := range s.s {
		if g < len(remap) {
			if err := a.s[remap[g]].merge(&s.s[g]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *decSumAcc) Result(ngroups int) (*vec.Vector, error) {
	a.s = grow(a.s, ngroups)
	v := vec.New(tNum, ngroups)
	for g := 0; g < ngroups; g++ {
		if a.s[g].n == 0 {
			v.SetNull(g)
			continue
		}
		d, err := a.s[g].total()
		if err == nil && a.avg {
			d, err = d.Div(types.DecimalOf(a.s[g].n, 0))
		}
		if err != nil {
			return nil, err
		}
		v.Dec[g] = d
	}
	return v, nil
}

func (a *decSumAcc) Bytes() int64 { return int64(cap(a.s)) * 80 }

// momentAcc is sum, avg and the variances of floats: Youngs and Cramer's
// updates, as float8_accum does.
type momentAcc struct {
	m    []moment
	kind momentKind
	ret  types.Type
}

type moment struct{ n, sx, sxx float64 }

type momentKind uint8

const (
	momSum momentKind = iota
	momAvg
	momVarSamp
	momVarPop
	momStdSamp
	momStdPop
)

func (a *momentAcc) Add(groups []uint32, ngroups int, args []*vec.Vector, rows int) error {
	a.m = grow(a.m, max(ngroups, 1))
	v, m := flatArg(args[0])
	for i := 0; i < rows; i++ {
		if bit(v.Nulls, i&m) {
			continue
		}
		if err := a.m[groupOf(groups, i)].add(v.F64[i&m], a.kind, a.ret.Kind == types.Float4); err != nil {
			return err
		}
	}
	return nil
}

func (m *moment) add(x float64, kind momentKind, single bool) error {
	m.n++
	old := m.sx
	m.sx += x
	if single && kind == momSum {
		m.sx = float64(float32(m.sx))
	}
	if math.IsInf(m.sx, 0) && !math.IsInf(x, 0) && !math.IsInf(old, 0) {
		return errOverflow()
	}
	if kind == momSum {
		return nil
	}
	// avg shares float8_accum with the variances and so its overflows.
	if m.n > 1 {
		t := x*m.n - m.sx
		m.sxx += t * t / (m.n * (m.n - 1))
		if math.IsInf(m.sxx, 0) {
			if !math.IsInf(old, 0) && !math.IsInf(x, 0) {
				return errOverflow()
			}
			m.sxx = math.NaN()
		}
	} else if math.IsNaN(x) || math.IsInf(x, 0) {
		m.sxx = math.NaN()
	}
	return nil
}

func (m *moment) merge(o moment, single bool) error {
	switch {
	case o.n == 0:
		return nil
	case m.n == 0:
		*m = o
		return nil
	}
	t := m.sx/m.n - o.sx/o.n
	sxx := m.sxx + o.sxx + m.n*o.n*t*t/(m.n+o.n)
	sx := m.sx + o.sx
	if single {
		sx = float64(float32(sx))
	}
	if math.IsInf(sx, 0) && !math.IsInf(m.sx, 0) && !math.IsInf(o.sx, 0) {
		return errOverflow()
	}
	*m = moment{m.n + o.n, sx, sxx}
	return nil
}

func (a *momentAcc) Merge(src Acc, remap []uint32, ngroups int) error {
	a.m = grow(a.m, ngroups)
	for g, o := range src.(*momentAcc).m {
		if g < len(remap) {
			if err := a.m[remap[g]].merge(o, a.kind == momSum && a.ret.Kind == types.Float4); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *momentAcc) Result(ngroups int) (*vec.Vector, error) {
	a.m = grow(a.m, ngroups)
	v := vec.New(a.ret, ngroups)
	for g := 0; g < ngroups; g++ {
		m := a.m[g]
		sample := a.kind == momVarSamp || a.kind == momStdSamp
		if m.n == 0 || sample && m.n < 2 {
			v.SetNull(g)
			continue
		}
		switch a.kind {
		case momSum:
			v.F64[g] = m.sx
		case momAvg:
			v.F64[g] = m.sx / m.n
		case momVarSamp:
			v.F64[g] = m.sxx / (m.n - 1)
		case momVarPop:
			v.F64[g] = m.sxx / m.n
		case momStdSamp:
			v.F64[g] = math.Sqrt(m.sxx / (m.n - 1))
		case momStdPop:
			v.F64[g] = math.Sqrt(m.sxx / m.n)
		}
	}
	return v, nil
}

func (a *momentAcc) Bytes() int64 { return int64(cap(a.m)) * 24 }
