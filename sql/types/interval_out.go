package types

import "strconv"

// AppendInterval appends an interval in the style's IntervalStyle.
func AppendInterval(dst []byte, v IntervalValue, st *Style) []byte {
	p := splitInterval(v)
	switch st.IntervalStyle {
	case "iso_8601":
		return p.iso8601(dst)
	case "sql_standard":
		return p.sqlStandard(dst)
	case "postgres_verbose":
		return p.verbose(dst)
	}
	return p.postgres(dst)
}

// intervalParts is an interval broken up as struct pg_itm is: every part has
// the sign of the field it comes from.
type intervalParts struct {
	year, mon, day int64
	hour, min, sec int64
	usec           int64
}

func splitInterval(v IntervalValue) intervalParts {
	p := intervalParts{year: int64(v.Months / 12), mon: int64(v.Months % 12), day: int64(v.Days)}
	t := v.Micros
	p.hour = t / MicrosPerHour
	t %= MicrosPerHour
	p.min = t / MicrosPerMin
	t %= MicrosPerMin
	p.sec, p.usec = t/MicrosPerSec, t%MicrosPerSec
	return p
}

func abs64(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// appendSec appends seconds and their fraction without sign; pad: two digits.
func (p intervalParts) appendSec(dst []byte, pad bool) []byte {
	s := int(abs64(p.sec))
	if pad {
		dst = append2(dst, s)
	} else {
		dst = strconv.AppendInt(dst, int64(s), 10)
	}
	return appendFraction(dst, int(abs64(p.usec)))
}

func (p intervalParts) hms(dst []byte) []byte {
	h := abs64(p.hour)
	if h < 10 {
		dst = append(dst, '0')
	}
	dst = strconv.AppendInt(dst, h, 10)
	dst = append2(append(dst, ':'), int(abs64(p.min)))
	return p.appendSec(append(dst, ':'), true)
}

func (p intervalParts) timeNegative() bool {
	return p.hour < 0 || p.min < 0 || p.sec < 0 || p.usec < 0
}

func (p intervalParts) hasTime() bool { return p.hour|p.min|p.sec|p.usec != 0 }

// postgres is EncodeInterval's INTSTYLE_POSTGRES: 1 year 2 mons -3 days +04:05:06.
func (p intervalParts) postgres(dst []byte) []byte {
	zero, before := true, false
	add := func(v int64, unit string) {
		if v == 0 {
			return
		}
		if !zero {
			dst = append(dst, ' ')
		}
		if before && v > 0 {
			dst = append(dst, '+')
		}
		dst = strconv.AppendInt(dst, v, 10)
		dst = append(append(dst, ' '), unit...)
		if v != 1 {
			dst = append(dst, 's')
		}
		before = v < 0
		zero = false
	}
	add(p.year, "year")
	add(p.mon, "mon")
	add(p.day, "day")
	if !zero && !p.hasTime() {
		return dst
	}
	if !zero {
		dst = append(dst, ' ')
	}
	if p.timeNegative() {
		dst = append(dst, '-')
	} else if before {
		dst = append(dst, '+')
	}
	return p.hms(dst)
}

// iso8601 is INTSTYLE_ISO_8601: P1Y2M3DT4H5M6S.
func (p intervalParts) iso8601(dst []byte) []byte {
	if p == (intervalParts{}) {
		return append(dst, "PT0S"...)
	}
	add := func(v int64, unit byte) {
		if v != 0 {
			dst = append(strconv.AppendInt(dst, v, 10), unit)
		}
	}
	dst = append(dst, 'P')
	add(p.year, 'Y')
	add(p.mon, 'M')
	add(p.day, 'D')
	if p.hasTime() {
		dst = append(dst, 'T')
	}
	add(p.hour, 'H')
	add(p.min, 'M')
	if p.sec != 0 || p.usec != 0 {
		if p.sec < 0 || p.usec < 0 {
			dst = append(dst, '-')
		}
		dst = append(p.appendSec(dst, false), 'S')
	}
	return dst
}

// sqlStandard is INTSTYLE_SQL_STANDARD: 1-2, 3 4:05:06, or all with signs.
func (p intervalParts) sqlStandard(dst []byte) []byte {
	neg := p.year < 0 || p.mon < 0 || p.day < 0 || p.timeNegative()
	pos := p.year > 0 || p.mon > 0 || p.day > 0 || p.hour > 0 || p.min > 0 || p.sec > 0 || p.usec > 0
	ym, day, tm := p.year|p.mon != 0, p.day != 0, p.hasTime()
	if !ym && !day && !tm {
		return append(dst, '0')
	}
	sign := func(neg bool) {
		if neg {
			dst = append(dst, '-')
		} else {
			dst = append(dst, '+')
		}
	}
	clock := func() {
		dst = strconv.AppendInt(dst, abs64(p.hour), 10)
		dst = append2(append(dst, ':'), int(abs64(p.min)))
		dst = p.appendSec(append(dst, ':'), true)
	}
	if neg && pos || ym && (day || tm) { // not standard: force all signs
		sign(p.year < 0 || p.mon < 0)
		dst = strconv.AppendInt(dst, abs64(p.year), 10)
		dst = append(strconv.AppendInt(append(dst, '-'), abs64(p.mon), 10), ' ')
		sign(p.day < 0)
		dst = append(strconv.AppendInt(dst, abs64(p.day), 10), ' ')
		sign(p.timeNegative())
		clock()
		return dst
	}
	if neg {
		dst = append(dst, '-')
	}
	switch {
	case ym:
		dst = strconv.AppendInt(dst, abs64(p.year), 10)
		return strconv.AppendInt(append(dst, '-'), abs64(p.mon), 10)
	case day:
		dst = append(strconv.AppendInt(dst, abs64(p.day), 10), ' ')
	}
	clock()
	return dst
}

// verbose is INTSTYLE_POSTGRES_VERBOSE: @ 1 year 2 mons ago.
func (p intervalParts) verbose(dst []byte) []byte {
	dst = append(dst, '@')
	zero, before := true, false
	add := func(v int64, unit string) {
		if v == 0 {
			return
		}
		if zero {
			before = v < 0
			v = abs64(v)
		} else if before {
			v = -v
		}
		dst = strconv.AppendInt(append(dst, ' '), v, 10)
		dst = append(append(dst, ' '), unit...)
		if v != 1 {
			dst = append(dst, 's')
		}
		zero = false
	}
	add(p.year, "year")
	add(p.mon, "mon")
	add(p.day, "day")
	add(p.hour, "hour")
	add(p.min, "min")
	if p.sec != 0 || p.usec != 0 {
		dst = append(dst, ' ')
		if p.sec < 0 || p.sec == 0 && p.usec < 0 {
			if zero {
				before = true
			} else if !before {
				dst = append(dst, '-')
			}
		} else if before {
			dst = append(dst, '-')
		}
		dst = append(p.appendSec(dst, false), " sec"...)
		if abs64(p.sec) != 1 || p.usec != 0 {
			dst = append(dst, 's')
		}
		zero = false
	}
	if zero {
		dst = append(dst, " 0"...)
	}
	if before {
		dst = append(dst, " ago"...)
	}
	return dst
}
