package fn

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	def("to_date", ts{tText, tText}, tDate, rows(tDate, func(r row) (vec.Datum, error) {
		p, err := scanDate(r.s(0), r.s(1))
		if err != nil {
			return null, err
		}
		d, err := p.date(r.s(0))
		return dI(d), err
	}), stable)
	def("to_timestamp", ts{tText, tText}, tTZ, rows(tTZ, func(r row) (vec.Datum, error) {
		p, err := scanDate(r.s(0), r.s(1))
		if err != nil {
			return null, err
		}
		d, err := p.date(r.s(0))
		if err != nil {
			return null, err
		}
		us, err := p.timeOfDay(r.s(0))
		if err != nil {
			return null, err
		}
		t, err := daysAndMicros(d, us)
		if p.hasZone {
			return dI(t - p.zone*usPerSec), err
		}
		return dI(localToUTC(t, r.c.zone())), err
	}), stable)
}

// scanned holds the fields that a template read; zero means not given.
type scanned struct {
	y, m, d, h, mi, s, us int64
	doy, week, isoYear    int64
	isoDay                int64
	hasYear, pm, am, h12  bool
	bc, hasZone           bool
	zone                  int64
	julian, ssss          int64
}

// separator: neither letter nor digit matches the like in templates.
func separator(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// scanDate reads text by a template (formatting.c, DCH_from_char).
func scanDate(text, f string) (*scanned, error) {
	p := &scanned{}
	nodes := parseDateFmt(f)
	for i, n := range nodes {
		if n.key == "" {
			// A separator in the template skips one in the text, if there; text
			// in the template skips as many characters.
			if separator(n.text) {
				text = strings.TrimLeft(text, " ")
				if text != "" && separator(text) {
					_, size := utf8.DecodeRuneInString(text)
					text = text[size:]
				}
				continue
			}
			for range n.text {
				if text != "" {
					_, size := utf8.DecodeRuneInString(text)
					text = text[size:]
				}
			}
			continue
		}
		text = strings.TrimLeft(text, " \t\n")
		if text == "" {
			break
		}
		next := i+1 < len(nodes) && nodes[i+1].key != "" && unicode.IsDigit(firstDigitOf(nodes[i+1].key))
		var err error
		if text, err = p.field(n, text, next && !n.fm); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// firstDigitOf says by '0' that a field is a number, so that two adjacent
// numbers must be cut by width.
func firstDigitOf(key string) rune {
	switch key {
	case "MONTH", "MON", "DAY", "DY", "AM", "PM", "A.M.", "P.M.", "AD", "BC", "A.D.", "B.C.", "RM", "TZ", "TZH", "OF":
		return 'x'
	}
	return '0'
}

var fieldWidth = map[string]int{"HH24": 2, "HH12": 2, "HH": 2, "MI": 2, "SS": 2, "MS": 3, "US": 6, "MM": 2, "DD": 2, "DDD": 3, "YYYY": 4, "YYY": 3,
	"YY": 2, "Y": 1, "IYYY": 4, "IW": 2, "ID": 1, "D": 1, "Q": 1, "WW": 2, "W": 1, "J": 7, "SSSS": 5, "SSSSS": 5, "FF1": 1, "FF2": 2, "FF3": 3,
	"FF4": 4, "FF5": 5, "FF6": 6}

func (p *scanned) field(n fmtNode, text string, fixed bool) (string, error) {
	switch n.key {
	case "MONTH", "MON":
		return p.month(n.key, text)
	case "DAY", "DY":
		i := 0
		for i < len(text) && (text[i]|0x20) >= 'a' && (text[i]|0x20) <= 'z' {
			i++
		}
		return text[i:], nil
	case "AM", "PM", "A.M.", "P.M.":
		return p.meridiem(n.key, text)
	case "AD", "BC", "A.D.", "B.C.":
		if len(text) < len(n.key) {
			return "", nil
		}
		p.bc = (text[0] | 0x20) == 'b'
		return text[len(n.key):], nil
	case "FX":
		return text, nil
	}
	width, ok := fieldWidth[n.key]
	if !ok {
		return "", sqlerr.New(pgerrcode.FeatureNotSupported, "formatting field \"%s\" is not supported for input", n.as)
	}
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' && (!fixed || end < width) && end < 18 {
		end++
	}
	if end == 0 {
		cut := text
		if len([]rune(cut)) > width {
			cut = string([]rune(cut)[:width])
		}
		return "", sqlerr.New(pgerrcode.InvalidDatetimeFormat, "invalid value \"%s\" for \"%s\"", cut, n.as).WithDetail("Value must be an integer.")
	}
	x, _ := strconv.ParseInt(text[:end], 10, 64)
	p.set(n.key, x, end)
	rest := text[end:]
	if n.th != 0 && len(rest) >= 2 {
		rest = rest[2:]
	}
	return rest, nil
}

func (p *scanned) set(key string, x int64, digits int) {
	switch key {
	case "HH24":
		p.h = x
	case "HH12", "HH":
		p.h, p.h12 = x, true
	case "MI":
		p.mi = x
	case "SS":
		p.s = x
	case "MS", "US", "FF1", "FF2", "FF3", "FF4", "FF5", "FF6":
		for ; digits < 6; digits++ {
			x *= 10
		}
		for ; digits > 6; digits-- {
			x /= 10
		}
		p.us = x
	case "SSSS", "SSSSS":
		p.ssss = x
	case "MM":
		p.m = x
	case "DD":
		p.d = x
	case "DDD":
		p.doy = x
	case "YYYY":
		p.y, p.hasYear = x, true
	case "YYY", "YY", "Y":
		if digits < 4 { // the century nearest to 2020 (adjust_partial_year_to_2020)
			switch {
			case x < 70:
				x += 2000
			case x < 100:
				x += 1900
			case x < 520:
				x += 2000
			case x < 1000:
				x += 1000
			}
		}
		p.y, p.hasYear = x, true
	case "IYYY":
		p.isoYear = x
	case "IW":
		p.week = x
	case "ID":
		p.isoDay = x
	case "J":
		p.julian = x
	}
}

func (p *scanned) month(key, text string) (string, error) {
	for i, name := range monthNames {
		if key == "MON" {
			name = name[:3]
		}
		if len(text) >= len(name) && strings.EqualFold(text[:len(name)], name) {
			p.m = int64(i + 1)
			return text[len(name):], nil
		}
	}
	word := text
	if i := strings.IndexByte(word, ' '); i >= 0 {
		word = word[:i]
	}
	return "", sqlerr.New(pgerrcode.InvalidDatetimeFormat, "invalid value \"%s\" for \"%s\"", word, key).
		WithDetail("The given value did not match any of the allowed values for this field.")
}

func (p *scanned) meridiem(key, text string) (string, error) {
	if len(text) < len(key) || (text[0]|0x20) != 'a' && (text[0]|0x20) != 'p' {
		return "", sqlerr.New(pgerrcode.InvalidDatetimeFormat, "invalid value \"%s\" for \"%s\"", text, key).
			WithDetail("The given value did not match any of the allowed values for this field.")
	}
	p.pm, p.am = (text[0]|0x20) == 'p', (text[0]|0x20) == 'a'
	return text[len(key):], nil
}

func errField(text string) error {
	return sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date/time field value out of range: \"%s\"", text)
}

func (p *scanned) date(text string) (int64, error) {
	if p.julian != 0 {
		return p.julian - 2451545, nil
	}
	if p.isoYear != 0 && p.week != 0 {
		jan4 := types.DaysFromCivil(int(p.isoYear), 1, 4)
		_, wd := floorDiv(jan4+5, 7)
		day := max(p.isoDay, 1)
		if p.week > 53 || day > 7 {
			return 0, errField(text)
		}
		return jan4 - wd + (p.week-1)*7 + day - 1, nil
	}
	y, m, d := p.y, max(p.m, 1), max(p.d, 1)
	if !p.hasYear {
		y, p.bc = 1, !p.bc // Postgres's year 0 is 1 BC
	}
	if p.bc {
		y = 1 - y
	}
	if y > 5874897 || m > 12 || p.doy > 366 {
		return 0, errField(text)
	}
	if p.doy > 0 && p.m == 0 && p.d == 0 {
		return types.DaysFromCivil(int(y), 1, 1) + p.doy - 1, nil
	}
	if d > int64(monthDays(int(y), int(m))) {
		return 0, errField(text)
	}
	return types.DaysFromCivil(int(y), int(m), int(d)), nil
}

func (p *scanned) timeOfDay(text string) (int64, error) {
	h := p.h
	if p.h12 || p.pm || p.am {
		if h < 1 || h > 12 {
			return 0, sqlerr.New(pgerrcode.InvalidDatetimeFormat, "hour \"%d\" is invalid for the 12-hour clock", h).
				WithHint("Use the 24-hour clock, or give an hour between 1 and 12.")
		}
		if p.pm && h < 12 {
			h += 12
		} else if p.am && h == 12 {
			h = 0
		}
	}
	if p.ssss > 0 {
		return p.ssss*usPerSec + p.us, nil
	}
	if h > 23 || p.mi > 59 || p.s > 59 {
		return 0, errField(text)
	}
	return h*usPerHr + p.mi*usPerMin + p.s*usPerSec + p.us, nil
}
