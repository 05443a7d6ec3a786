package fn

import (
	"math"
	"strconv"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

func errTypeRange(t types.Type) error {
	return sqlerr.New(pgerrcode.NumericValueOutOfRange, "%s out of range", t.String())
}

func init() {
	ints := []types.Type{tI2, tI4, tI8}
	for i, a := range ints {
		for j, b := range ints {
			if i < j {
				cast(a, b, CastImplicit, nil)
			} else if i > j {
				cast(a, b, CastAssign, f1(b, func(_ *Ctx, x int64) (int64, error) { return fitInt(x, b) }))
			}
		}
		cast(a, tNum, CastImplicit, f1(tNum, ok1(func(x int64) types.Decimal { return types.DecimalOf(x, 0) })))
		cast(tNum, a, CastAssign, f1(a, func(_ *Ctx, d types.Decimal) (int64, error) { return decToInt(d, a) }))
		for _, f := range []types.Type{tF4, tF8} {
			single := f == tF4
			cast(a, f, CastImplicit, f1(f, ok1(func(x int64) float64 { return intToFloat(x, single) })))
			cast(f, a, CastAssign, f1(a, func(_ *Ctx, x float64) (int64, error) { return floatToInt(x, a) }))
		}
	}
	cast(tNum, tF8, CastImplicit, f1(tF8, func(_ *Ctx, d types.Decimal) (float64, error) { return decToFloat(d, 64) }))
	cast(tNum, tF4, CastImplicit, f1(tF4, func(_ *Ctx, d types.Decimal) (float64, error) { return decToFloat(d, 32) }))
	cast(tF4, tF8, CastImplicit, nil)
	cast(tF8, tF4, CastAssign, f1(tF4, func(_ *Ctx, x float64) (float64, error) { return narrowFloat(x) }))
	cast(tF8, tNum, CastAssign, f1(tNum, func(_ *Ctx, x float64) (types.Decimal, error) { return types.DecimalFromFloat(x, 64) }))
	cast(tF4, tNum, CastAssign, f1(tNum, func(_ *Ctx, x float64) (types.Decimal, error) { return types.DecimalFromFloat(x, 32) }))
	cast(tBool, tI4, CastExplicit, nil)
	cast(tI4, tBool, CastExplicit, f1(tBool, ok1(func(x int64) int64 { return b2i(x != 0) })))
	cast(tI2, tOid, CastImplicit, f1(tOid, ok1(func(x int64) int64 { return int64(uint32(x)) })))
	cast(tI4, tOid, CastImplicit, f1(tOid, ok1(func(x int64) int64 { return int64(uint32(x)) })))
	cast(tI8, tOid, CastImplicit, f1(tOid, func(_ *Ctx, x int64) (int64, error) {
		if x < 0 || x > math.MaxUint32 {
			return 0, sqlerr.New(pgerrcode.NumericValueOutOfRange, "OID out of range")
		}
		return x, nil
	}))
	cast(tOid, tI8, CastAssign, nil)
	cast(tOid, tI4, CastAssign, f1(tI4, ok1(func(x int64) int64 { return int64(int32(uint32(x))) })))
	boolText := f1(tText, ok1(func(x int64) string { return strconv.FormatBool(x != 0) }))
	cast(tBool, tText, CastAssign, boolText)
	cast(tBool, types.Of(types.Varchar), CastAssign, boolText)
	vc := types.Of(types.Varchar)
	cast(vc, tText, CastImplicit, nil)
	cast(tText, vc, CastImplicit, nil)
	cast(tName, tText, CastImplicit, nil)
	cast(tName, vc, CastAssign, nil)
	nameCut := f1(tName, ok1(cutName))
	cast(tText, tName, CastImplicit, nameCut)
	cast(vc, tName, CastImplicit, nameCut)
	cast(tChar, tText, CastImplicit, nil)
	cast(tText, tChar, CastAssign, f1(tChar, ok1(firstByte)))
	cast(vc, tChar, CastAssign, f1(tChar, ok1(firstByte)))
	cast(tChar, tI4, CastExplicit, f1(tI4, ok1(func(s string) int64 {
		if s == "" {
			return 0
		}
		return int64(int8(s[0]))
	})))
}

// cutName cuts to NAMEDATALEN-1 bytes on a character boundary.
func cutName(s string) string {
	if len(s) < 64 {
		return s
	}
	cut := 63
	for cut > 0 && s[cut]&0xc0 == 0x80 {
		cut--
	}
	return s[:cut]
}

func firstByte(s string) string {
	if s == "" {
		return s
	}
	return s[:1]
}

func fitInt(x int64, t types.Type) (int64, error) {
	if lim := intLimit(t); x > lim || x < -lim-1 {
		return 0, errTypeRange(t)
	}
	return x, nil
}

func decToInt(d types.Decimal, t types.Type) (int64, error) {
	switch d.Form {
	case types.NaN:
		return 0, notByUs("cannot convert NaN to %s", t.String())
	case types.Infinity, types.NegInfinity:
		return 0, notByUs("cannot convert infinity to %s", t.String())
	}
	x, ok := d.Int64()
	if !ok {
		return 0, errTypeRange(t)
	}
	return fitInt(x, t)
}

func intToFloat(x int64, single bool) float64 {
	if single {
		return float64(float32(x))
	}
	return float64(x)
}

// floatToInt rounds half to even, as rint does.
func floatToInt(x float64, t types.Type) (int64, error) {
	r := math.RoundToEven(x)
	lim := float64(intLimit(t)) + 1 // for int8 the sum is 2^63 already
	if t.Kind == types.Int8 {
		lim = 1 << 63
	}
	if !(r < lim && r >= -lim) {
		return 0, errTypeRange(t)
	}
	return int64(r), nil
}

func decToFloat(d types.Decimal, bits int) (float64, error) {
	switch d.Form {
	case types.NaN:
		return math.NaN(), nil
	case types.Infinity:
		return math.Inf(1), nil
	case types.NegInfinity:
		return math.Inf(-1), nil
	}
	return types.ParseFloat(d.String(), bits)
}

func narrowFloat(x float64) (float64, error) {
	r := float64(float32(x))
	if math.IsInf(r, 0) && !math.IsInf(x, 0) {
		return 0, errOverflow()
	}
	if r == 0 && x != 0 {
		return 0, errUnderflow()
	}
	return r, nil
}
