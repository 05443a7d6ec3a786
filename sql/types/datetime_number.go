package types

import (
	"strconv"
	"strings"
)

// numberField handles a plain number.
func (p *dtParse) numberField(f string) (mask, dtErr) {
	if p.label != tkNone {
		return p.labelled(f)
	}
	dot := strings.IndexByte(f, '.')
	switch {
	case dot >= 0 && p.fmask&maskDate == 0:
		return p.decodeDate(f)
	case dot > 2:
		return p.numberRun(f, p.fmask)
	case len(f) >= 6 && (p.fmask&maskDate == 0 || p.fmask&maskTime == 0):
		return p.numberRun(f, p.fmask)
	}
	return p.decodeNumber(f, p.fmask)
}

// labelled handles a number after a word that says what it is.
func (p *dtParse) labelled(f string) (mask, dtErr) {
	v, rest, e := number(f)
	if e != 0 {
		return 0, e
	}
	label := p.label
	p.label = tkNone
	if rest != "" && (rest[0] != '.' || label != tkJulian && label != tkISOTime && label != tkSecond) {
		return 0, dtBadFormat
	}
	switch label {
	case tkYear:
		p.year = v
	case tkMonth:
		if p.fmask&bit(tkMonth) != 0 && p.fmask&bit(tkHour) != 0 {
			p.min = v
			return bit(tkMinute), 0
		}
		p.mon = v
	case tkDay:
		p.day = v
	case tkHour:
		p.hour = v
	case tkMinute:
		p.min = v
	case tkSecond:
		p.sec = v
		if rest != "" {
			var ok bool
			if p.usec, ok = fraction(rest); !ok {
				return 0, dtBadFormat
			}
			return maskSecs, 0
		}
	case tkJulian:
		if v < 0 {
			return 0, dtFieldOverflow
		}
		p.setJulian(v)
		if rest == "" {
			return maskDate, 0
		}
		frac, err := strconv.ParseFloat(rest, 64)
		if err != nil {
			return 0, dtBadFormat
		}
		p.setTime(int64(frac * float64(MicrosPerDay)))
		return maskDate | maskTime, 0
	case tkISOTime:
		m, e := p.numberRun(f, p.fmask|maskDate)
		if e == 0 && m != maskTime {
			e = dtBadFormat
		}
		return m, e
	default:
		return 0, dtBadFormat
	}
	return bit(label), 0
}

func (p *dtParse) setTime(t int64) {
	p.hour, p.min = int(t/MicrosPerHour), int(t/MicrosPerMin%60)
	p.sec, p.usec = int(t/MicrosPerSec%60), int(t%MicrosPerSec)
}

// decodeNumber is DecodeNumber: a single field of a date by its place.
func (p *dtParse) decodeNumber(s string, fmask mask) (mask, dtErr) {
	v, rest, e := number(s)
	if e != 0 {
		return 0, e
	}
	if len(rest) == len(s) {
		return 0, dtBadFormat
	}
	if rest != "" {
		if rest[0] != '.' {
			return 0, dtBadFormat
		}
		if len(s)-len(rest) > 2 {
			return p.numberRun(s, fmask|maskDate)
		}
		var ok bool
		if p.usec, ok = fraction(rest); !ok {
			return 0, dtBadFormat
		}
	}
	if len(s) == 3 && fmask&maskDate == bit(tkYear) && v >= 1 && v <= 366 {
		p.yday = v
		return bit(tkDOY) | bit(tkMonth) | bit(tkDay), 0
	}
	return p.placeNumber(s, v, fmask)
}

// placeNumber decides by what is already known.
func (p *dtParse) placeNumber(s string, v int, fmask mask) (mask, dtErr) {
	const y, m, d = mask(1 << tkYear), mask(1 << tkMonth), mask(1 << tkDay)
	var kind mask
	switch fmask & maskDate {
	case 0:
		switch {
		case len(s) >= 3 || p.order == "YMD":
			kind = y
		case p.order == "DMY":
			kind = d
		default:
			kind = m
		}
	case y, d:
		kind = m
	case m:
		kind = d
		if p.textMonth && (len(s) >= 3 || p.order == "YMD") {
			kind = y
		}
	case y | m:
		if p.textMonth && len(s) >= 3 && p.twoDigit {
			p.day, p.year, p.twoDigit = p.year, v, false // the first number was the day
			return d, 0
		}
		kind = d
	case m | d:
		kind = y
	case y | m | d:
		return p.numberRun(s, fmask)
	default:
		return 0, dtBadFormat
	}
	switch kind {
	case y:
		p.year, p.twoDigit = v, len(s) <= 2
	case m:
		p.mon = v
	default:
		p.day = v
	}
	return kind, 0
}

// numberRun is DecodeNumberField: digits run together, 20240105 or 040506.
func (p *dtParse) numberRun(s string, fmask mask) (mask, dtErr) {
	if i := strings.IndexByte(s, '.'); i >= 0 {
		var ok bool
		if p.usec, ok = fraction(s[i:]); !ok {
			return 0, dtBadFormat
		}
		s = s[:i]
	} else if fmask&maskDate != maskDate && len(s) >= 6 {
		n := len(s)
		y, _, e := number(s[:n-4])
		if e != 0 {
			return 0, e
		}
		p.year = y
		p.mon, _, _ = number(s[n-4 : n-2])
		p.day, _, _ = number(s[n-2:])
		p.twoDigit = n == 6 || p.twoDigit
		return maskDate, 0
	}
	if fmask&maskTime != maskTime {
		switch len(s) {
		case 6:
			p.hour, _, _ = number(s[:2])
			p.min, _, _ = number(s[2:4])
			p.sec, _, _ = number(s[4:])
			return maskTime, 0
		case 4:
			p.hour, _, _ = number(s[:2])
			p.min, _, _ = number(s[2:])
			p.sec = 0
			return maskTime, 0
		}
	}
	return 0, dtBadFormat
}
