package types

// pairs holds 00..99 for two-digit output.
var pairs = func() (p [200]byte) {
	for i := range 100 {
		p[2*i], p[2*i+1] = byte('0'+i/10), byte('0'+i%10)
	}
	return p
}()

func append2(dst []byte, v int) []byte { return append(dst, pairs[2*v], pairs[2*v+1]) }

// appendYear appends a year of at least four digits; y is astronomical, BC
// years show their positive number.
func appendYear(dst []byte, y int) []byte {
	if y <= 0 {
		y = 1 - y
	}
	if y > 9999 {
		var b [12]byte
		i := len(b)
		for ; y > 0; y /= 10 {
			i--
			b[i] = byte('0' + y%10)
		}
		return append(dst, b[i:]...)
	}
	return append2(append2(dst, y/100), y%100)
}

var (
	monthAbbrev = [...]string{"", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	dayAbbrev   = [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
)

// AppendDate appends a date (days since 2000-01-01).
func AppendDate(dst []byte, days int64, st *Style) []byte {
	switch days {
	case DateInfinity:
		return append(dst, "infinity"...)
	case DateNegInfinity:
		return append(dst, "-infinity"...)
	}
	y, m, d := CivilFromDays(days)
	switch st.DateStyle {
	case "SQL":
		dst = appendDayMonth(dst, m, d, '/', st.DateOrder == "DMY")
		dst = appendYear(append(dst, '/'), y)
	case "German":
		dst = appendDayMonth(dst, m, d, '.', true)
		dst = appendYear(append(dst, '.'), y)
	case "Postgres":
		dst = appendDayMonth(dst, m, d, '-', st.DateOrder == "DMY")
		dst = appendYear(append(dst, '-'), y)
	default:
		dst = appendYear(dst, y)
		dst = append2(append(dst, '-'), m)
		dst = append2(append(dst, '-'), d)
	}
	return appendBC(dst, y)
}

func appendBC(dst []byte, y int) []byte {
	if y <= 0 {
		return append(dst, " BC"...)
	}
	return dst
}

func appendDayMonth(dst []byte, m, d int, sep byte, dayFirst bool) []byte {
	if dayFirst {
		m, d = d, m
	}
	return append2(append(append2(dst, m), sep), d)
}

// AppendTimestamp appends a timestamp without time zone.
func AppendTimestamp(dst []byte, micros int64, st *Style) []byte {
	return appendStamp(dst, micros, st, nil)
}

// AppendTimestampTZ appends an instant as the style's zone shows it.
func AppendTimestampTZ(dst []byte, micros int64, st *Style) []byte {
	if micros == TimestampInfinity || micros == TimestampNegInf {
		return appendStamp(dst, micros, st, nil)
	}
	off, abbrev, _ := ZoneOffset(st.Zone, micros)
	return appendStamp(dst, micros+int64(off)*MicrosPerSec, st, &zoneShown{off, abbrev})
}

type zoneShown struct {
	off    int
	abbrev string
}

func appendStamp(dst []byte, micros int64, st *Style, z *zoneShown) []byte {
	switch micros {
	case TimestampInfinity:
		return append(dst, "infinity"...)
	case TimestampNegInf:
		return append(dst, "-infinity"...)
	}
	days := floorDiv(micros, MicrosPerDay)
	tod := micros - days*MicrosPerDay
	y, m, d := CivilFromDays(days)
	switch st.DateStyle {
	case "SQL":
		dst = appendDayMonth(dst, m, d, '/', st.DateOrder == "DMY")
		dst = appendYear(append(dst, '/'), y)
	case "German":
		dst = appendDayMonth(dst, m, d, '.', true)
		dst = appendYear(append(dst, '.'), y)
	case "Postgres":
		return appendPostgresStamp(dst, y, m, d, days, tod, st, z)
	default:
		dst = appendYear(dst, y)
		dst = append2(append(dst, '-'), m)
		dst = append2(append(dst, '-'), d)
		dst = appendTime(append(dst, ' '), tod)
		if z != nil {
			dst = AppendZoneOffset(dst, z.off)
		}
		return appendBC(dst, y)
	}
	dst = appendTime(append(dst, ' '), tod)
	return appendBC(appendZoneName(dst, z), y)
}

func appendPostgresStamp(dst []byte, y, m, d int, days, tod int64, st *Style, z *zoneShown) []byte {
	dst = append(dst, dayAbbrev[((days+6)%7+7)%7]...) // 2000-01-01 was a Saturday
	dst = append(dst, ' ')
	if st.DateOrder == "DMY" {
		dst = append(append(append2(dst, d), ' '), monthAbbrev[m]...)
	} else {
		dst = append2(append(append(dst, monthAbbrev[m]...), ' '), d)
	}
	dst = appendTime(append(dst, ' '), tod)
	dst = appendYear(append(dst, ' '), y)
	return appendBC(appendZoneName(dst, z), y)
}

// appendZoneName shows the abbreviation; zones without one have their offset
// for it, as "+0545".
func appendZoneName(dst []byte, z *zoneShown) []byte {
	switch {
	case z == nil:
		return dst
	case z.abbrev == "":
		return AppendZoneOffset(append(dst, ' '), z.off)
	}
	return append(append(dst, ' '), z.abbrev...)
}

// AppendZoneOffset appends seconds east of UTC as +08, +05:30 or -00:01:15.
func AppendZoneOffset(dst []byte, off int) []byte {
	sign := byte('+')
	if off < 0 {
		sign, off = '-', -off
	}
	dst = append(dst, sign)
	if off >= 100*3600 {
		dst = append(dst, '1')
	}
	dst = append2(dst, off/3600%100)
	if off%3600 != 0 {
		dst = append2(append(dst, ':'), off/60%60)
	}
	if off%60 != 0 {
		dst = append2(append(dst, ':'), off%60)
	}
	return dst
}

// appendTime appends hh:mm:ss and the fraction without trailing zeros.
func appendTime(dst []byte, tod int64) []byte {
	sec := int(tod / MicrosPerSec)
	dst = append2(dst, sec/3600)
	dst = append2(append(dst, ':'), sec/60%60)
	dst = append2(append(dst, ':'), sec%60)
	return appendFraction(dst, int(tod%MicrosPerSec))
}

func appendFraction(dst []byte, micros int) []byte {
	if micros == 0 {
		return dst
	}
	dst = append(dst, '.')
	for div := 100000; micros > 0; div /= 10 {
		dst = append(dst, byte('0'+micros/div))
		micros %= div
	}
	return dst
}
