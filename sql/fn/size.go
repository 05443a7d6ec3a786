package fn

import (
	"crypto/sha256"
	"crypto/sha512"
	"math/big"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	def("sha224", ts{tBytea}, tBytea, f1(tBytea, ok1(func(s string) string { h := sha256.Sum224([]byte(s)); return string(h[:]) })))
	def("sha384", ts{tBytea}, tBytea, f1(tBytea, ok1(func(s string) string { h := sha512.Sum384([]byte(s)); return string(h[:]) })))
	def("sha512", ts{tBytea}, tBytea, f1(tBytea, ok1(func(s string) string { h := sha512.Sum512([]byte(s)); return string(h[:]) })))
	def("pg_size_pretty", ts{tNum}, tText, rows(tText, func(r row) (vec.Datum, error) {
		if r.d(0).Form != types.Finite {
			return dS(r.d(0).String() + " PB"), nil
		}
		return dS(sizePrettyDec(r.d(0))), nil
	}))
	def("pg_size_bytes", ts{tText}, tI8, f1(tI8, func(_ *Ctx, s string) (int64, error) { return sizeBytes(s) }))
	def("pg_column_size", ts{tAny}, tI4, rows(tI4, func(r row) (vec.Datum, error) { return dI(int64(columnSize(r))), nil }), stable)
}

var sizeUnits = []string{"bytes", "kB", "MB", "GB", "TB", "PB"}

// sizePrettyDec is pg_size_pretty of numeric: as for bigint, without its limits.
func sizePrettyDec(d types.Decimal) string {
	if d.Cmp(types.DecimalOf(10*1024, 0)) < 0 && d.Cmp(types.DecimalOf(-10*1024, 0)) > 0 {
		return d.String() + " bytes"
	}
	n := decBig(d.Trunc(0))
	shift := func(k int64) { n.Quo(n, big.NewInt(k)) }
	shift(512) // keep one more bit, for rounding
	for i, u := range sizeUnits[1:] {
		if n.CmpAbs(big.NewInt(2*10*1024-1)) < 0 || i == len(sizeUnits)-2 {
			half := big.NewInt(1)
			if n.Sign() < 0 {
				half.Neg(half)
			}
			return n.Quo(n.Add(n, half), big.NewInt(2)).String() + " " + u
		}
		shift(1024)
	}
	return ""
}

// sizeBytes is pg_size_bytes: a number with a unit.
func sizeBytes(s string) (int64, error) {
	t := strings.TrimLeft(s, identBlanks)
	i := 0
	if i < len(t) && (t[i] == '-' || t[i] == '+') {
		i++
	}
	digits := func() (n int) {
		for i < len(t) && t[i] >= '0' && t[i] <= '9' {
			i++
			n++
		}
		return n
	}
	n := digits()
	if i < len(t) && t[i] == '.' {
		i++
		n += digits()
	}
	if n == 0 {
		return 0, sqlerr.New(pgerrcode.InvalidParameterValue, "invalid size: \"%s\"", s)
	}
	if i < len(t) && (t[i] == 'e' || t[i] == 'E') {
		save := i
		if i++; i < len(t) && (t[i] == '-' || t[i] == '+') {
			i++
		}
		if digits() == 0 {
			i = save
		}
	}
	d, err := types.ParseDecimal(t[:i])
	if err != nil {
		return 0, err
	}
	if unit := strings.Trim(t[i:], identBlanks); unit != "" {
		mult := int64(-1)
		for k, u := range sizeUnits {
			if strings.EqualFold(u, unit) {
				mult = int64(1) << (10 * k)
			}
		}
		if mult < 0 {
			return 0, sqlerr.New(pgerrcode.InvalidParameterValue, "invalid size: \"%s\"", s).WithDetail("Invalid size unit: \"%s\".", unit).
				WithHint("Valid units are \"bytes\", \"kB\", \"MB\", \"GB\", \"TB\", and \"PB\".")
		}
		if mult > 1 {
			if d, err = d.Mul(types.DecimalOf(mult, 0)); err != nil {
				return 0, err
			}
		}
	}
	return decToInt(d, tI8)
}

// columnSize is pg_column_size of a value that was never stored: what
// PostgreSQL's in-memory form of it takes.
func columnSize(r row) int {
	t := r.t(0)
	if t.Array {
		child, lo, hi := r.arr(0)
		return arraySize(child, lo, hi)
	}
	return valueSize(r.args[0], r.i)
}

// StoredSize is how many bytes value i of a column, which is not NULL, takes in a row
// of PostgreSQL's: up to 126 bytes of a value of any length have a header of one byte.
func StoredSize(v *vec.Vector, i int) int {
	if n := v.Type.Len(); n > 0 {
		return int(n)
	}
	var n int
	if v.Type.Array {
		d := v.Get(i)
		n = 16
		if d.A != nil {
			n = arraySize(d.A, 0, d.A.N)
		}
	} else {
		n = valueSize(v, i)
	}
	if n-3 <= 127 {
		return n - 3
	}
	return n
}

// fixedSizes are the lengths of fixed-length types.
var fixedSizes = map[types.Kind]int{types.Bool: 1, types.Int2: 2, types.Int4: 4, types.Int8: 8, types.Float4: 4, types.Float8: 8, types.Date: 4,
	types.Timestamp: 8, types.TimestampTZ: 8, types.UUID: 16, types.Interval: 16, types.Oid: 4, types.Name: 64, types.Char: 1, types.Void: 4,
	types.Money: 8, types.Point: 16, types.LSeg: 32, types.Box: 32, types.Line: 24, types.Circle: 24}

func valueSize(v *vec.Vector, i int) int {
	if n, ok := fixedSizes[v.Type.Kind]; ok {
		return n
	}
	d := v.Get(i)
	if v.Type.Kind == types.Numeric {
		if d.D.Form != types.Finite {
			return 6
		}
		if d.D.Sign() == 0 {
			return 6
		}
		digits, weight := base10000(d.D)
		for len(digits) > 0 && digits[len(digits)-1] == 0 {
			digits = digits[:len(digits)-1]
		}
		if d.D.Scale > 63 || weight > 63 || weight < -64 {
			return 8 + 2*len(digits)
		}
		return 6 + 2*len(digits)
	}
	return 4 + len(d.S)
}

func arraySize(child *vec.Vector, lo, hi int) int {
	if lo == hi {
		return 16
	}
	n, nulls := 24, false
	align := 4
	switch child.Type.Kind {
	case types.Int8, types.Float8, types.Timestamp, types.TimestampTZ, types.Interval:
		align = 8
	case types.Bool, types.UUID, types.Name, types.Char:
		align = 1
	case types.Int2:
		align = 2
	}
	body := 0
	for i := lo; i < hi; i++ {
		if child.IsNull(i) {
			nulls = true
			continue
		}
		body = (body+align-1)/align*align + valueSize(child, i)
	}
	body = (body + align - 1) / align * align
	if nulls {
		n = (n + (hi-lo+7)/8 + 7) / 8 * 8
	}
	return n + body
}
