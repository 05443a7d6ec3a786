package types

import (
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// ParseInterval reads an interval: Postgres's own form, the verbose and the SQL
// standard one, and ISO 8601 (P1Y2M3DT4H5M6S).
func ParseInterval(s string, st *Style) (IntervalValue, error) { return ParseIntervalMod(s, 0, st) }

// ParseIntervalMod is ParseInterval of an interval with a modifier: it decides
// the unit of a bare number and what is kept.
func ParseIntervalMod(s string, mod int32, st *Style) (IntervalValue, error) {
	p := &intervalParse{fields: mod >> 16}
	e := dtBadFormat
	if fields, ok := lexDateTime(s); ok && len(fields) > 0 {
		e = p.decode(fields, st)
	}
	if e == dtBadFormat {
		if iso := (&intervalParse{}); iso.decodeISO(s) {
			p, e = iso, 0
		}
	}
	if e == dtFieldOverflow {
		e = dtIntervalOverflow
	}
	if e != 0 {
		return IntervalValue{}, dtError(e, nil, s, "interval")
	}
	v, err := p.value()
	return FitInterval(v, mod), err
}

// intervalParse is struct pg_itm_in with what DecodeInterval keeps beside it.
type intervalParse struct {
	year, mon, day int64
	usec           int64
	over           bool  // some sum did not fit
	fields         int32 // of the modifier, 0 for none
	neg            bool  // every number is negated (sql_standard's leading sign)
}

// value is itmin2interval.
func (p *intervalParse) value() (IntervalValue, error) {
	months := p.year*12 + p.mon
	if p.over || months != int64(int32(months)) || p.day != int64(int32(p.day)) || p.year != int64(int32(p.year)) {
		return IntervalValue{}, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "interval out of range")
	}
	return IntervalValue{Months: int32(months), Days: int32(p.day), Micros: p.usec}, nil
}

// add adds v*scale to a part; false when that does not fit an int (an int64 for
// microseconds).
func (p *intervalParse) add(to *int64, v, scale int64) bool {
	r := v * scale
	if v != 0 && (r/v != scale || v == math.MinInt64 && scale == -1) {
		return false
	}
	sum := *to + r
	if (*to^sum)&(r^sum) < 0 || to != &p.usec && sum != int64(int32(sum)) {
		return false
	}
	*to = sum
	return true
}

// addMicros is AdjustFractMicroseconds: frac*scale rounded to the nearest
// microsecond.
func (p *intervalParse) addMicros(frac float64, scale int64) bool {
	frac *= float64(scale)
	us := int64(frac)
	switch rest := frac - float64(us); {
	case rest > 0.5:
		us++
	case rest < -0.5:
		us--
	}
	return p.add(&p.usec, us, 1)
}

// addDays is AdjustFractDays.
func (p *intervalParse) addDays(frac float64, scale int64) bool {
	if frac == 0 {
		return true
	}
	frac *= float64(scale)
	whole := int64(frac)
	return p.add(&p.day, whole, 1) && p.addMicros(frac-float64(whole), MicrosPerDay)
}

// addMonths is AdjustFractYears.
func (p *intervalParse) addMonths(frac float64, scale int64) bool {
	return p.add(&p.mon, int64(math.RoundToEven(frac*float64(scale)*12)), 1)
}

// decode is DecodeInterval: from right to left, so that a unit is known before
// its number.
func (p *intervalParse) decode(fields []dtField, st *Style) dtErr {
	p.neg = st.IntervalStyle == "sql_standard" && fields[0].s[0] == '-'
	for _, f := range fields[1:] {
		if f.s[0] == '-' || f.s[0] == '+' {
			p.neg = false
		}
	}
	unit, before := tkNone, false
	var fmask mask
	for i := len(fields) - 1; i >= 0; i-- {
		f := fields[i]
		var m mask
		var e dtErr
		switch f.kind {
		case fString, fSpecial:
			t, ok := deltaTokens[clipToken(f.s)]
			if !ok {
				return dtBadFormat
			}
			switch t.kind {
			case tkUnits:
				unit = tokKind(t.val)
			case tkAgo:
				before, unit = true, tkNone
			}
			continue
		case fTime:
			m, e = p.clock(f.s)
			unit = tkDay
		case fTZ:
			if strings.IndexByte(f.s, ':') >= 0 {
				if m, e = p.clock(f.s); e == 0 {
					unit = tkDay
					break
				}
			}
			m, unit, e = p.number(f.s, unit)
		default:
			m, unit, e = p.number(f.s, unit)
		}
		if e != 0 {
			return e
		}
		if m&fmask != 0 {
			return dtBadFormat
		}
		fmask |= m
	}
	if fmask == 0 {
		return dtBadFormat
	}
	if before {
		if p.usec == math.MinInt64 {
			return dtFieldOverflow
		}
		p.year, p.mon, p.day, p.usec = -p.year, -p.mon, -p.day, -p.usec
	}
	return 0
}

// clock reads [+-]h:m[:s[.f]] or m:s.f.
func (p *intervalParse) clock(s string) (mask, dtErr) {
	neg := p.neg
	if s[0] == '+' || s[0] == '-' {
		neg = neg || s[0] == '-'
		s = s[1:]
	}
	h, rest, ok := digits64(s)
	if !ok {
		return 0, dtFieldOverflow
	}
	if rest == "" || rest[0] != ':' {
		return 0, dtBadFormat
	}
	// The hour is unbounded; the rest obeys the rules of times of day.
	var t dtParse
	if e := t.decodeTime("0" + rest); e != 0 {
		return 0, e
	}
	if strings.Count(rest, ":") == 1 && (strings.IndexByte(rest, '.') >= 0 || p.fields == ivMinute|ivSecond) { // m:s.f
		if h > 59 {
			return 0, dtFieldOverflow
		}
		if strings.IndexByte(rest, '.') < 0 {
			t.sec = t.min
		}
		t.min, h = int(h), 0
	}
	us := int64(t.min*60+t.sec)*MicrosPerSec + int64(t.usec)
	if neg {
		h, us = -h, -us
	}
	if !p.add(&p.usec, h, MicrosPerHour) || !p.add(&p.usec, us, 1) {
		return 0, dtFieldOverflow
	}
	return maskTime, 0
}

// digits64 reads the digits at the start of s.
func digits64(s string) (v int64, rest string, ok bool) {
	n := 0
	if n < len(s) && (s[n] == '-' || s[n] == '+') {
		n++
	}
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	if n == 0 || n == 1 && !isDigit(s[0]) {
		return 0, s, true
	}
	v, err := strconv.ParseInt(s[:n], 10, 64)
	return v, s[n:], err == nil
}

// number reads a number in a unit, or SQL's years-months.
func (p *intervalParse) number(s string, unit tokKind) (mask, tokKind, dtErr) {
	if unit == tkNone {
		unit = unitOf(p.fields)
	}
	v, rest, ok := digits64(s)
	if !ok {
		return 0, unit, dtFieldOverflow
	}
	minus := s[0] == '-'
	frac := 0.0
	switch {
	case rest == "":
	case rest[0] == '-':
		m, tail, ok := digits64(rest[1:])
		if !ok || m < 0 || m >= 12 {
			return 0, unit, dtFieldOverflow
		}
		if tail != "" {
			return 0, unit, dtBadFormat
		}
		if minus {
			m = -m
		}
		unit = tkMonth
		if v > math.MaxInt32 || v < math.MinInt32 {
			return 0, unit, dtFieldOverflow
		}
		v = v*12 + m
	case rest[0] == '.':
		var good bool
		if frac, good = fractionFloat(rest); !good {
			return 0, unit, dtBadFormat
		}
		if minus {
			frac = -frac
		}
	default:
		return 0, unit, dtBadFormat
	}
	if p.neg && !minus || p.neg && minus && v > 0 {
		v, frac = -v, -frac
	}
	m := bit(unit)
	if unit == tkSecond && frac != 0 {
		m = maskSecs
	}
	if known, ok := p.addUnit(unit, v, frac); !known {
		return 0, unit, dtBadFormat
	} else if !ok {
		return 0, unit, dtFieldOverflow
	}
	if unit == tkHour {
		unit = tkDay // what stands before the hours
	}
	return m, unit, 0
}

// fractionFloat is ParseFraction.
func fractionFloat(s string) (float64, bool) {
	if len(s) == 1 {
		return 0, true
	}
	for i := 1; i < len(s); i++ {
		if !isDigit(s[i]) {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat("0"+s, 64)
	return f, err == nil
}

// addUnit adds v + frac units; known is false for what is no unit of time.
func (p *intervalParse) addUnit(unit tokKind, v int64, frac float64) (known, ok bool) {
	switch unit {
	case tkMicro:
		return true, p.add(&p.usec, v, 1) && p.addMicros(frac, 1)
	case tkMilli:
		return true, p.add(&p.usec, v, 1000) && p.addMicros(frac, 1000)
	case tkSecond:
		return true, p.add(&p.usec, v, MicrosPerSec) && p.addMicros(frac, MicrosPerSec)
	case tkMinute:
		return true, p.add(&p.usec, v, MicrosPerMin) && p.addMicros(frac, MicrosPerMin)
	case tkHour:
		return true, p.add(&p.usec, v, MicrosPerHour) && p.addMicros(frac, MicrosPerHour)
	case tkDay:
		return true, p.add(&p.day, v, 1) && p.addMicros(frac, MicrosPerDay)
	case tkWeek:
		return true, p.add(&p.day, v, 7) && p.addDays(frac, 7)
	case tkMonth:
		return true, p.add(&p.mon, v, 1) && p.addDays(frac, 30)
	case tkYear:
		return true, p.add(&p.year, v, 1) && p.addMonths(frac, 1)
	case tkDecade:
		return true, p.add(&p.year, v, 10) && p.addMonths(frac, 10)
	case tkCentury:
		return true, p.add(&p.year, v, 100) && p.addMonths(frac, 100)
	case tkMillennium:
		return true, p.add(&p.year, v, 1000) && p.addMonths(frac, 1000)
	}
	return false, false
}
