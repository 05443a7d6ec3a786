package fn

import (
	"math"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// then composes two conversions; either may be nil.
func then(f, g impl) impl {
	if f == nil {
		return g
	}
	if g == nil {
		return f
	}
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		v, err := f(c, args, n)
		if err != nil {
			return nil, err
		}
		if v.Nulls == nil {
			v.Nulls = StrictNulls(args, n)
		}
		return g(c, []*vec.Vector{v}, n)
	}
}

// parseImpl reads text as a type, through its input function. The modifier is
// not applied here but by modImpl.
func parseImpl(to types.Type) impl {
	to = to.Base()
	if to.Phys() == types.PhysStr && !to.Array {
		switch to.Kind {
		case types.Text, types.Varchar, types.Unknown:
			return nil
		}
	}
	return rows(to, func(r row) (vec.Datum, error) {
		return vec.ParseText(to, r.s(0), r.c.style(), r.c.now())
	})
}

// outputImpl writes a value as text.
func outputImpl(to types.Type) impl {
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		m := span(args, n)
		out := vec.New(to, m)
		out.Nulls = StrictNulls(args, m)
		st := c.style()
		var buf []byte
		for i := range out.Str {
			if bit(out.Nulls, i) {
				continue
			}
			buf = args[0].AppendText(buf[:0], i, st)
			out.Str[i] = string(buf)
		}
		return finish(out, m, n), nil
	}
}

// arrayConv lifts an element conversion to arrays.
func arrayConv(f impl, to types.Type) impl {
	return func(c *Ctx, args []*vec.Vector, n int) (*vec.Vector, error) {
		a := args[0]
		out := *a
		out.Type = to.Base()
		child := a.Child
		if child == nil || child.N == 0 {
			out.Child = vec.New(to.Elem().Base(), 0)
			return &out, nil
		}
		child = child.Flat()
		v, err := f(c, []*vec.Vector{child}, child.N)
		if err != nil {
			return nil, err
		}
		nv := *v
		if nv.Nulls == nil {
			nv.Nulls = child.Nulls
		}
		if nv.Const {
			nv = *nv.Flat()
		}
		nv.Type = to.Elem().Base()
		out.Child = &nv
		return &out, nil
	}
}

// modImpl applies a type modifier: varchar(n) and numeric(p,s), also inside
// arrays. An explicit cast to varchar(n) cuts silently, others fail with 22001.
func modImpl(to types.Type, explicit bool) impl {
	if to.Array {
		if f := modImpl(to.Elem(), explicit); f != nil {
			return arrayConv(f, to)
		}
		return nil
	}
	switch {
	case to.Kind == types.BPChar && to.MaxLen() > 0:
		return f1(to, func(_ *Ctx, s string) (string, error) { return vec.FitChar(to, s, explicit) })
	case to.Kind == types.Bit || to.Kind == types.VarBit:
		return f1(to, func(_ *Ctx, s string) (string, error) { return types.FitBits(to, s, explicit) })
	case to.Kind == types.Interval:
		return f1(to, func(_ *Ctx, v types.IntervalValue) (types.IntervalValue, error) {
			return types.FitInterval(v, to.Mod), nil
		})
	case to.SubSecond() >= 0:
		return f1(to, func(_ *Ctx, v int64) (int64, error) { return vec.FitStamp(to, v), nil })
	case to.MaxLen() > 0:
		limit := to.MaxLen()
		return f1(to, func(_ *Ctx, s string) (string, error) { return fitVarchar(s, limit, explicit) })
	case to.Kind == types.Numeric:
		if p, s, ok := to.Precision(); ok {
			return f1(to, func(_ *Ctx, d types.Decimal) (types.Decimal, error) { return fitNumeric(d, p, s) })
		}
	}
	return nil
}

func fitVarchar(s string, limit int, explicit bool) (string, error) {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s, nil
	}
	cut := 0
	for i := 0; i < limit; i++ {
		_, size := utf8.DecodeRuneInString(s[cut:])
		cut += size
	}
	if !explicit {
		for _, b := range []byte(s[cut:]) {
			if b != ' ' {
				return "", sqlerr.New(pgerrcode.StringDataRightTruncationDataException, "value too long for type character varying(%d)", limit)
			}
		}
	}
	return s[:cut], nil
}

// fitNumeric is apply_typmod of numeric.c.
func fitNumeric(d types.Decimal, p, s int) (types.Decimal, error) {
	if d.Form == types.NaN {
		return d, nil
	}
	bad := func(detail string, args ...any) (types.Decimal, error) {
		return d, sqlerr.New(pgerrcode.NumericValueOutOfRange, "numeric field overflow").WithDetail(detail, args...)
	}
	if d.Form != types.Finite {
		return bad("A field with precision %d, scale %d cannot hold an infinite value.", p, s)
	}
	r := d.Round(int32(s))
	if decDigits(r) > p+int(r.Scale)-s {
		if p == s {
			return bad("A field with precision %d, scale %d must round to an absolute value less than 1.", p, s)
		}
		return bad("A field with precision %d, scale %d must round to an absolute value less than 10^%d.", p, s, p-s)
	}
	return r, nil
}

// decDigits counts the digits of the coefficient, 0 for zero.
func decDigits(d types.Decimal) int {
	if d.Big != nil {
		// log10(2) from the bit length is exact up to one; settle it by comparing.
		n := int(float64(d.Big.BitLen()-1)*math.Log10(2)) + 1
		if d.Big.CmpAbs(bigPow10(int32(n))) >= 0 {
			n++
		}
		return n
	}
	n := 0
	for c := d.Coef; c != 0; c /= 10 {
		n++
	}
	return n
}
