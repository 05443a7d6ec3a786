package copyio

import (
	"strconv"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// fast reports whether a field may take a fast road: plain text in the chunk,
// not NULL by flag. The NULL marker itself never parses as a number, a date or
// a boolean, or else the slow road sees it first.
func (d *decoder) fast(sp span) bool { return sp.len&(spanExtra|spanNull) == 0 }

// slow converts field i of a column by the input function; false: stop.
func (d *decoder) slow(c, i int, sp span, v *vec.Vector) bool {
	if d.null(sp, c) {
		v.SetNull(i)
		return true
	}
	x, err := d.parse(v.Type, d.text(sp))
	if err != nil {
		d.fail(i, c, err)
		return false
	}
	v.Set(i, x)
	return true
}

// nullParses tells whether the NULL marker could be read as a value, so that
// every field must be compared with it first.
func (d *decoder) nullParses() bool {
	return d.r.f.Null != "" && d.r.f.Null != `\N`
}

var intLimits = map[types.Kind]int64{types.Int2: 1<<15 - 1, types.Int4: 1<<31 - 1, types.Int8: 1<<63 - 1}

func (d *decoder) ints(c int, v *vec.Vector) {
	if d.nullParses() {
		d.any(c, v)
		return
	}
	limit := intLimits[v.Type.Kind]
	s := d.s
	for i := range v.I64 {
		sp := d.spans[i*d.nc+c]
		if d.fast(sp) {
			if x, ok := plainInt(s[sp.off : sp.off+sp.len&spanLen]); ok && x <= limit && x >= -limit {
				v.I64[i] = x
				continue
			}
		}
		if !d.slow(c, i, sp, v) {
			return
		}
	}
}

// plainInt reads up to 18 digits with a minus sign.
func plainInt(t string) (int64, bool) {
	neg := false
	if len(t) > 1 && t[0] == '-' {
		neg, t = true, t[1:]
	}
	if len(t) == 0 || len(t) > 18 {
		return 0, false
	}
	var x int64
	for i := 0; i < len(t); i++ {
		c := t[i] - '0'
		if c > 9 {
			return 0, false
		}
		x = x*10 + int64(c)
	}
	if neg {
		x = -x
	}
	return x, true
}

var pow10 = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
	1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

func (d *decoder) decimals(c int, v *vec.Vector) {
	if d.nullParses() {
		d.any(c, v)
		return
	}
	p, scale, fixed := v.Type.Precision()
	if fixed && (p > 18 || scale < 0 || scale > p) {
		d.any(c, v)
		return
	}
	for i := range v.Dec {
		sp := d.spans[i*d.nc+c]
		if d.fast(sp) {
			if x, ok := plainDecimal(d.s[sp.off : sp.off+sp.len&spanLen]); ok {
				up := scale - int(x.Scale)
				switch {
				case !fixed:
					v.Dec[i] = x
					continue
				case up >= 0 && x.Coef < pow10[p-up] && x.Coef > -pow10[p-up]:
					v.Dec[i] = types.DecimalOf(x.Coef*pow10[up], int32(scale))
					continue
				}
			}
		}
		if !d.slow(c, i, sp, v) {
			return
		}
	}
}

// plainDecimal reads up to 18 digits with a minus sign and a point inside.
func plainDecimal(t string) (types.Decimal, bool) {
	neg := false
	if len(t) > 1 && t[0] == '-' {
		neg, t = true, t[1:]
	}
	if len(t) == 0 || len(t) > 19 {
		return types.Decimal{}, false
	}
	var x int64
	point := -1
	for i := 0; i < len(t); i++ {
		if c := t[i] - '0'; c <= 9 {
			x = x*10 + int64(c)
		} else if t[i] == '.' && point < 0 && i > 0 {
			point = i
		} else {
			return types.Decimal{}, false
		}
	}
	if neg {
		x = -x
	}
	if point < 0 {
		return types.DecimalOf(x, 0), len(t) <= 18
	}
	return types.DecimalOf(x, int32(len(t)-1-point)), true
}

func (d *decoder) dates(c int, v *vec.Vector) {
	if d.nullParses() {
		d.any(c, v)
		return
	}
	read := types.ISODate
	switch v.Type.Kind {
	case types.Timestamp:
		read = types.ISOTimestamp
	case types.TimestampTZ:
		read = types.ISOTimestampTZ
	}
	var last string // runs of equal dates are common in sorted files
	var lastVal int64
	for i := range v.I64 {
		sp := d.spans[i*d.nc+c]
		if d.fast(sp) {
			t := d.s[sp.off : sp.off+sp.len&spanLen]
			if t == last && t != "" {
				v.I64[i] = lastVal
				continue
			}
			if x, ok := read(t); ok {
				v.I64[i], last, lastVal = x, t, x
				continue
			}
		}
		if !d.slow(c, i, sp, v) {
			return
		}
	}
}

func (d *decoder) bools(c int, v *vec.Vector) {
	if d.nullParses() {
		d.any(c, v)
		return
	}
	for i := range v.I64 {
		sp := d.spans[i*d.nc+c]
		if d.fast(sp) {
			switch d.s[sp.off : sp.off+sp.len&spanLen] {
			case "t", "true", "1":
				v.I64[i] = 1
				continue
			case "f", "false", "0":
				continue
			}
		}
		if !d.slow(c, i, sp, v) {
			return
		}
	}
}

func (d *decoder) floats(c int, v *vec.Vector) {
	if d.nullParses() {
		d.any(c, v)
		return
	}
	bits := 64
	if v.Type.Kind == types.Float4 {
		bits = 32 // a double between would round twice
	}
	for i := range v.F64 {
		sp := d.spans[i*d.nc+c]
		if d.fast(sp) {
			t := d.s[sp.off : sp.off+sp.len&spanLen]
			if x, ok := plainDecimal(t); ok && x.Coef != 0 && bits == 64 {
				v.F64[i] = x.Float64()
				continue
			}
			if len(t) > 0 && (t[0]-'0' <= 9 || t[0] == '-') && len(t) < 40 && simpleFloat(t) {
				if f, err := strconv.ParseFloat(t, bits); err == nil && f != 0 {
					v.F64[i] = f
					continue
				}
			}
		}
		if !d.slow(c, i, sp, v) {
			return
		}
	}
}

// simpleFloat tells whether t has only the characters of a decimal number.
func simpleFloat(t string) bool {
	for i := 0; i < len(t); i++ {
		if c := t[i]; c-'0' > 9 && c != '.' && c != '-' && c != '+' && c|0x20 != 'e' {
			return false
		}
	}
	return true
}
