package types

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// dtErr is one of datetime.h's DTERR_ codes, 0 for none.
type dtErr uint8

const (
	dtBadFormat dtErr = iota + 1
	dtFieldOverflow
	dtMDOverflow
	dtIntervalOverflow
	dtZoneOverflow
	dtUnknownZone
)

// dtParse is the state of DecodeDateTime. Offsets are seconds east of UTC.
type dtParse struct {
	year, mon, day, yday int
	hour, min, sec       int
	usec                 int
	off                  int
	order                string
	fmask                mask
	textMonth, twoDigit  bool
	julian, bc           bool
	ampm                 int
	zone                 *time.Location // a named zone
	abbrev               string         // its abbreviation, when given by that
	special              int            // rsEpoch, rsLate, rsEarly; -1: a date
	label                tokKind        // what the next number is
	badZone              string
	st                   *Style
	now                  time.Time
}

// decodeDateTime is DecodeDateTime: fields in any order become a date and time.
func decodeDateTime(fields []dtField, st *Style, now time.Time) (*dtParse, dtErr) {
	p := &dtParse{st: st, now: now, order: st.DateOrder, special: -1, label: tkNone}
	for i := range fields {
		var tmask mask
		var e dtErr
		f := fields[i].s
		switch fields[i].kind {
		case fDate:
			tmask, e = p.dateField(f)
		case fTime:
			if p.label != tkNone {
				if p.label != tkISOTime {
					return p, dtBadFormat
				}
				p.label = tkNone
			}
			tmask = maskTime
			if e = p.decodeTime(f); e == 0 && p.timeOverflows() {
				e = dtFieldOverflow
			}
		case fTZ:
			tmask = bit(tkTZ)
			p.off, e = decodeZone(f)
		case fNumber:
			tmask, e = p.numberField(f)
		default:
			var skip bool
			tmask, skip, e = p.wordField(fields, i)
			if skip && e == 0 {
				continue
			}
		}
		if e != 0 {
			return p, e
		}
		if tmask&p.fmask != 0 {
			return p, dtBadFormat
		}
		p.fmask |= tmask
	}
	return p, p.finish()
}

// finish checks the whole and settles the zone.
func (p *dtParse) finish() dtErr {
	if p.special >= 0 {
		return 0
	}
	if e := p.validate(); e != 0 {
		return e
	}
	switch {
	case p.ampm != 0 && p.hour > 12:
		return dtFieldOverflow
	case p.ampm == 1 && p.hour == 12:
		p.hour = 0
	case p.ampm == 2 && p.hour != 12:
		p.hour += 12
	}
	if p.fmask&maskDate != maskDate {
		return dtBadFormat
	}
	switch {
	case p.abbrev != "":
		p.off = abbrevOffset(p.zone, p.abbrev, p.local())
	case p.zone != nil:
		if p.fmask&bit(tkDTZMod) != 0 {
			return dtBadFormat
		}
		p.off = offsetAtLocal(p.zone, p.local())
	case p.fmask&bit(tkTZ) == 0:
		if p.fmask&bit(tkDTZMod) != 0 {
			return dtBadFormat
		}
		p.off = offsetAtLocal(p.st.Zone, p.local())
	}
	return 0
}

func offsetAtLocal(z *time.Location, local int64) int {
	return int((local - LocalToUTC(z, local)) / MicrosPerSec)
}

// local is the wall clock reading; far beyond the range it is clamped.
func (p *dtParse) local() int64 {
	days := DaysFromCivil(p.year, p.mon, p.day)
	if days < minDate-1 || days > endTimestamp/MicrosPerDay {
		days = 0
	}
	return days*MicrosPerDay + p.timeOfDay()
}

func (p *dtParse) timeOfDay() int64 {
	return int64(p.hour*3600+p.min*60+p.sec)*MicrosPerSec + int64(p.usec)
}

func (p *dtParse) timeOverflows() bool {
	if p.hour < 0 || p.hour > 24 || p.min < 0 || p.min >= 60 || p.sec < 0 || p.sec > 60 || p.usec < 0 || p.usec > 1000000 {
		return true
	}
	return p.timeOfDay() > MicrosPerDay
}

// number reads the digits at the start of s; rest is what follows.
func number(s string) (v int, rest string, e dtErr) {
	n := 0
	if n < len(s) && (s[n] == '-' || s[n] == '+') {
		n++
	}
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	x, err := strconv.ParseInt(s[:n], 10, 32)
	if err != nil {
		if ne, ok := err.(*strconv.NumError); ok && ne.Err == strconv.ErrRange {
			return 0, s[n:], dtFieldOverflow
		}
		return 0, s, 0
	}
	return int(x), s[n:], 0
}

// fraction reads .ffff as microseconds, rounded; ok is false for anything else.
func fraction(s string) (usec int, ok bool) {
	if s == "" || s[0] != '.' {
		return 0, false
	}
	if len(s) == 1 {
		return 0, true
	}
	for i := 1; i < len(s); i++ {
		if !isDigit(s[i]) {
			return 0, false
		}
	}
	f, _ := strconv.ParseFloat("0"+s, 64)
	return int(math.RoundToEven(f * 1e6)), true
}

// decodeTime reads h:m[:s[.f]], or m:s.f.
func (p *dtParse) decodeTime(s string) (e dtErr) {
	var rest string
	if p.hour, rest, e = number(s); e != 0 {
		return e
	}
	if rest == "" || rest[0] != ':' {
		return dtBadFormat
	}
	if p.min, rest, e = number(rest[1:]); e != 0 {
		return e
	}
	p.sec, p.usec = 0, 0
	ok := true
	switch {
	case rest == "":
	case rest[0] == '.':
		p.usec, ok = fraction(rest)
		p.sec, p.min, p.hour = p.min, p.hour, 0
	case rest[0] == ':':
		if p.sec, rest, e = number(rest[1:]); e != 0 {
			return e
		}
		if rest != "" {
			p.usec, ok = fraction(rest)
		}
	default:
		ok = false
	}
	if !ok {
		return dtBadFormat
	}
	if p.hour < 0 || p.min < 0 || p.min > 59 || p.sec < 0 || p.sec > 60 || p.usec > 1000000 {
		return dtFieldOverflow
	}
	return 0
}

// decodeZone reads +hh[:mm[:ss]] or +hhmm into seconds east of UTC.
func decodeZone(s string) (off int, e dtErr) {
	if s == "" || s[0] != '+' && s[0] != '-' {
		return 0, dtBadFormat
	}
	h, rest, e := number(s[1:])
	m, sec := 0, 0
	if e == 0 && rest != "" && rest[0] == ':' {
		if m, rest, e = number(rest[1:]); e == 0 && rest != "" && rest[0] == ':' {
			sec, rest, e = number(rest[1:])
		}
	} else if rest == "" && len(s) > 3 {
		h, m = h/100, h%100
	}
	if e != 0 || h < 0 || h > 15 || m < 0 || m > 59 || sec < 0 || sec > 59 {
		return 0, dtZoneOverflow
	}
	if rest != "" {
		return 0, dtBadFormat
	}
	off = h*3600 + m*60 + sec
	if s[0] == '-' {
		off = -off
	}
	return off, 0
}

// dateField handles a field that looks like a date: it may also be a zone, or a
// time with a zone.
func (p *dtParse) dateField(f string) (mask, dtErr) {
	if p.label == tkJulian {
		day, rest, e := number(f)
		if e != 0 {
			return 0, e
		}
		p.setJulian(day)
		p.label = tkNone
		p.off, e = decodeZone(rest)
		return maskDate | maskTime | bit(tkTZ), e
	}
	if p.label == tkNone && p.fmask&(bit(tkMonth)|bit(tkDay)) != bit(tkMonth)|bit(tkDay) {
		return p.decodeDate(f)
	}
	if !isDigit(f[0]) && p.label == tkNone {
		z, ok := LookupZone(f)
		if !ok {
			p.badZone = f
			return 0, dtUnknownZone
		}
		p.zone = z
		return bit(tkTZ), 0
	}
	if p.label != tkNone {
		if p.label != tkISOTime {
			return 0, dtBadFormat
		}
		p.label = tkNone
	}
	i := strings.IndexByte(f, '-')
	if p.fmask&maskTime == maskTime || i < 0 {
		return 0, dtBadFormat
	}
	var e dtErr
	if p.off, e = decodeZone(f[i:]); e != 0 {
		return 0, e
	}
	m, e := p.numberRun(f[:i], p.fmask)
	return m | bit(tkTZ), e
}

func (p *dtParse) setJulian(day int) {
	p.year, p.mon, p.day = CivilFromDays(int64(day) - 2451545)
	p.julian = true
}

// decodeDate is DecodeDate: a date with delimiters.
func (p *dtParse) decodeDate(f string) (mask, dtErr) {
	fields, ok := dateParts(f)
	if !ok {
		return 0, dtBadFormat
	}
	fmask, tmask := p.fmask, mask(0)
	p.textMonth = false
	for i, s := range fields {
		if !isAlpha(s[0]) {
			continue
		}
		t, ok := dateToken(s)
		if ok && t.kind == tkIgnore {
			continue
		}
		if !ok || t.kind != tkMonth || fmask&bit(tkMonth) != 0 {
			return 0, dtBadFormat
		}
		p.mon, p.textMonth = t.val, true
		fmask |= bit(tkMonth)
		tmask |= bit(tkMonth)
		fields[i] = ""
	}
	for _, s := range fields {
		if s == "" {
			continue
		}
		m, e := p.decodeNumber(s, fmask)
		if e != 0 {
			return 0, e
		}
		if m&fmask != 0 {
			return 0, dtBadFormat
		}
		fmask |= m
		tmask |= m
	}
	if fmask&^(bit(tkDOY)|bit(tkTZ)) != maskDate {
		return 0, dtBadFormat
	}
	return tmask, 0
}

// dateParts cuts a date into runs of digits and of letters; whatever byte comes
// after a run is dropped, as DecodeDate does.
func dateParts(f string) (parts []string, ok bool) {
	for i := 0; i < len(f); i++ {
		for i < len(f) && !isAlnum(f[i]) {
			i++
		}
		if i == len(f) {
			return nil, false
		}
		start, class := i, isAlpha
		if isDigit(f[i]) {
			class = isDigit
		}
		for i < len(f) && class(f[i]) {
			i++
		}
		parts = append(parts, f[start:i])
	}
	return parts, true
}

// validate is ValidateDate.
func (p *dtParse) validate() dtErr {
	if p.fmask&bit(tkYear) != 0 && !p.julian {
		switch {
		case p.bc:
			if p.year <= 0 {
				return dtFieldOverflow
			}
			p.year = 1 - p.year
		case p.twoDigit:
			if p.year < 0 {
				return dtFieldOverflow
			}
			if p.year < 70 {
				p.year += 2000
			} else if p.year < 100 {
				p.year += 1900
			}
		case p.year <= 0:
			return dtFieldOverflow
		}
	}
	if p.fmask&bit(tkDOY) != 0 {
		p.year, p.mon, p.day = CivilFromDays(DaysFromCivil(p.year, 1, 1) + int64(p.yday) - 1)
	}
	if p.fmask&bit(tkMonth) != 0 && (p.mon < 1 || p.mon > 12) {
		return dtMDOverflow
	}
	if p.fmask&bit(tkDay) != 0 && (p.day < 1 || p.day > 31) {
		return dtMDOverflow
	}
	if p.fmask&maskDate == maskDate && p.day > daysIn(p.year, p.mon) {
		return dtFieldOverflow
	}
	return 0
}
