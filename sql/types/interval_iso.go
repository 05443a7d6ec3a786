package types

import (
	"math"
	"strconv"
	"strings"
)

// isoUnits are the designators of ISO 8601 before and after the T.
var isoUnits = [2]map[byte]tokKind{
	{'Y': tkYear, 'M': tkMonth, 'W': tkWeek, 'D': tkDay},
	{'H': tkHour, 'M': tkMinute, 'S': tkSecond},
}

// decodeISO is DecodeISO8601Interval: with designators, or the alternative
// forms PYYYY-MM-DDThh:mm:ss and PYYYYMMDDThhmmss.
func (p *intervalParse) decodeISO(s string) bool {
	if len(s) < 2 || s[0] != 'P' {
		return false
	}
	date, clock, hasTime := strings.Cut(s[1:], "T")
	if isoAlternative(date) || date == "" && isoAlternative(clock) {
		return p.isoDates(date) && (!hasTime || p.isoClock(clock))
	}
	return p.isoPart(date, 0) && (!hasTime || p.isoPart(clock, 1))
}

// isoAlternative tells a part without designators.
func isoAlternative(s string) bool {
	return s != "" && isDigit(s[len(s)-1])
}

func (p *intervalParse) isoPart(s string, part int) bool {
	for s != "" {
		n := strings.IndexAny(s, "YMWDHS")
		if n < 0 {
			return false
		}
		unit, known := isoUnits[part][s[n]]
		v, frac, ok := isoNumber(s[:n])
		if !known || !ok {
			return false
		}
		if _, ok := p.addUnit(unit, v, frac); !ok {
			p.over = true
		}
		s = s[n+1:]
	}
	return true
}

// isoNumber reads a decimal number and splits it.
func isoNumber(s string) (whole int64, frac float64, ok bool) {
	if s == "" || strings.ContainsAny(s, "xXpPnNiI_") {
		return 0, 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) > 1e15 {
		return 0, 0, false
	}
	w := math.Trunc(f)
	return int64(w), f - w, true
}

func (p *intervalParse) isoDates(s string) bool {
	if s == "" {
		return true
	}
	parts := strings.Split(s, "-")
	if len(parts) == 1 && len(s) == 8 {
		parts = []string{s[:4], s[4:6], s[6:]}
	}
	return p.isoList(parts, tkYear, tkMonth, tkDay)
}

func (p *intervalParse) isoClock(s string) bool {
	if s == "" {
		return true
	}
	parts := strings.Split(s, ":")
	if len(parts) == 1 && len(s) >= 6 && strings.IndexByte(s, '.') != 2 {
		parts = []string{s[:2], s[2:4], s[4:]}
	}
	return p.isoList(parts, tkHour, tkMinute, tkSecond)
}

func (p *intervalParse) isoList(parts []string, units ...tokKind) bool {
	if len(parts) > len(units) {
		return false
	}
	for i, t := range parts {
		v, frac, ok := isoNumber(t)
		if !ok {
			return false
		}
		if _, ok := p.addUnit(units[i], v, frac); !ok {
			p.over = true
		}
	}
	return true
}
