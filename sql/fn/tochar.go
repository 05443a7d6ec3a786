package fn

import (
	"fmt"
	"strconv"
	"strings"

	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	def("to_char", ts{tTS, tText}, tText, rows(tText, func(r row) (vec.Datum, error) {
		if infinite(r.int(0)) || r.s(1) == "" {
			return null, nil
		}
		return formatDate(stampOf(r.int(0)), r.s(1))
	}), stable)
	def("to_char", ts{tTZ, tText}, tText, rows(tText, func(r row) (vec.Datum, error) {
		t := r.int(0)
		if infinite(t) || r.s(1) == "" {
			return null, nil
		}
		s := stampOf(utcToLocal(t, r.c.zone()))
		name, off := goTime(t).In(r.c.zone()).Zone()
		s.zone, s.off = name, off
		return formatDate(s, r.s(1))
	}), stable)
	def("to_char", ts{tIvl, tText}, tText, rows(tText, func(r row) (vec.Datum, error) {
		if r.s(1) == "" {
			return null, nil
		}
		return formatDate(stampOfInterval(r.v(0)), r.s(1))
	}), stable)
}

// stamp is what a template can show.
type stamp struct {
	civil
	h        int64
	days     int64 // since 2000-01-01
	interval bool
	zone     string
	off      int
}

func stampOf(t int64) stamp {
	d, _ := floorDiv(t, usPerDay)
	c := toCivil(t)
	return stamp{civil: c, h: int64(c.hour()), days: d}
}

func stampOfInterval(v types.IntervalValue) stamp {
	return stamp{civil: civil{y: int(v.Months / 12), m: int(v.Months % 12), d: int(v.Days), us: v.Micros % usPerHr}, h: v.Micros / usPerHr,
		days: int64(v.Days), interval: true}
}

func (s *stamp) minute() int64 { return s.us / usPerMin % 60 }
func (s *stamp) second() int64 { return s.us / usPerSec % 60 }
func (s *stamp) frac() int64   { return s.us % usPerSec }

// year as shown: 1 BC is 1.
func (s *stamp) year() int64 {
	if !s.interval && s.y <= 0 {
		return int64(1 - s.y)
	}
	return int64(s.y)
}

func (s *stamp) hour12() int64 {
	h := s.h % 12
	if h == 0 {
		return 12
	}
	return h
}

func formatDate(s stamp, f string) (vec.Datum, error) {
	var b strings.Builder
	for _, n := range dateNodes(f) {
		if n.key == "" {
			b.WriteString(n.text)
			continue
		}
		if s.interval && ofCalendar(n.key) {
			return null, errDateFmt("invalid format specification for an interval value").
				WithHint("Intervals are not tied to specific calendar dates.")
		}
		b.WriteString(s.field(n))
	}
	return dS(b.String()), nil
}

// ofCalendar tells the fields that an interval does not have.
func ofCalendar(key string) bool {
	switch key {
	case "TZ", "TZH", "TZM", "OF", "A.D.", "B.C.", "AD", "BC", "MONTH", "MON", "DAY", "DY", "D", "ID":
		return true
	}
	return false
}

// number writes a field padded to width, with its ordinal suffix.
func (n fmtNode) number(x int64, width int) string {
	t := strconv.FormatInt(x, 10)
	if !n.fm {
		neg := x < 0
		if neg {
			t = t[1:]
		}
		if len(t) < width {
			t = strings.Repeat("0", width-len(t)) + t
		}
		if neg {
			t = "-" + t
		}
	}
	return t + ordinal(t, n.th)
}

// ordinal is the English suffix for a number's text.
func ordinal(t string, th byte) string {
	if th == 0 || t == "" {
		return ""
	}
	s := "th"
	if len(t) < 2 || t[len(t)-2] != '1' {
		switch t[len(t)-1] {
		case '1':
			s = "st"
		case '2':
			s = "nd"
		case '3':
			s = "rd"
		}
	}
	if th == 'T' {
		return strings.ToUpper(s)
	}
	return s
}

// word writes a name in the keyword's case, padded to width without FM.
func (n fmtNode) word(w string, width int) string {
	switch {
	case n.as == strings.ToUpper(n.as):
		w = strings.ToUpper(w)
	case n.as == strings.ToLower(n.as):
		w = strings.ToLower(w)
	}
	if !n.fm && !n.tm && len(w) < width {
		w += strings.Repeat(" ", width-len(w))
	}
	return w
}

func (s *stamp) field(n fmtNode) string {
	switch n.key {
	case "HH24":
		return n.number(s.h, 2)
	case "HH12", "HH":
		return n.number(s.hour12(), 2)
	case "MI":
		return n.number(s.minute(), 2)
	case "SS":
		return n.number(s.second(), 2)
	case "MS", "US", "FF1", "FF2", "FF3", "FF4", "FF5", "FF6":
		w := 6
		switch {
		case n.key == "MS":
			w = 3
		case n.key != "US":
			w = int(n.key[2] - '0')
		}
		return n.cNumber(s.frac()/pow10[6-w], w)
	case "SSSS", "SSSSS":
		return n.number(s.h*3600+s.minute()*60+s.second(), 0)
	case "AM", "PM", "A.M.", "P.M.":
		w := "AM"
		if h := s.h % 24; h >= 12 {
			w = "PM"
		}
		if strings.Contains(n.key, ".") {
			w = w[:1] + "." + w[1:] + "."
		}
		return n.word(w, 0)
	case "AD", "BC", "A.D.", "B.C.":
		w := "AD"
		if s.y <= 0 && !s.interval {
			w = "BC"
		}
		if strings.Contains(n.key, ".") {
			w = w[:1] + "." + w[1:] + "."
		}
		return n.word(w, 0)
	case "TZ":
		if n.as == "tz" {
			return strings.ToLower(s.zone)
		}
		return s.zone
	case "TZH", "TZM", "OF":
		return s.offset(n)
	case "FX":
		return ""
	}
	return s.dateField(n)
}

func (s *stamp) offset(n fmtNode) string {
	sign, off := "+", s.off
	if off < 0 {
		sign, off = "-", -off
	}
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	h, m := two(off/3600), two(off%3600/60)
	switch {
	case n.key == "TZH":
		return sign + h
	case n.key == "TZM":
		return m
	}
	if n.fm {
		h = strconv.Itoa(off / 3600)
	}
	switch {
	case m != "00":
		return sign + h + ":" + m
	}
	return sign + h
}

func (s *stamp) dateField(n fmtNode) string {
	_, dow := floorDiv(s.days+6, 7)
	iy, iw, iday := s.isoDate()
	neg := int(b2i(s.year() < 0)) // of an interval
	doy := int64(0)
	if !s.interval {
		doy = s.days - types.DaysFromCivil(s.y, 1, 1) + 1
	} else {
		doy = int64(s.y)*360 + int64(s.m)*30 + int64(s.d)
	}
	switch n.key {
	case "Y,YYY":
		k := s.year() / 1000
		t := strconv.FormatInt(k, 10) + "," + fmtNode{}.cNumber(s.year()-k*1000, 3)
		return t + ordinal(t, n.th)
	case "YYYY":
		return n.cNumber(s.year(), n.width(4+neg))
	case "YYY":
		return n.cNumber(s.year()%1000, n.width(3+neg))
	case "YY":
		return n.cNumber(s.year()%100, n.width(2+neg))
	case "Y":
		return n.cNumber(s.year()%10, 1)
	case "IYYY":
		return n.cNumber(iy, n.width(4+neg))
	case "IYY":
		return n.cNumber(iy%1000, n.width(3+neg))
	case "IY":
		return n.cNumber(iy%100, n.width(2+neg))
	case "I":
		return n.cNumber(iy%10, 1)
	case "MONTH", "MON", "RM":
		return s.monthName(n)
	case "MM":
		return n.number(int64(s.m), 2)
	case "DAY":
		return n.word(dayNames[dow], 9)
	case "DY":
		return n.word(dayNames[dow][:3], 0)
	case "DDD":
		return n.cNumber(doy, n.width(3))
	case "IDDD":
		return n.cNumber(iday, n.width(3))
	case "DD":
		return n.cNumber(int64(s.d), n.width(2))
	case "D":
		return n.number(dow+1, 1)
	case "ID":
		return n.number((dow+6)%7+1, 1)
	case "WW":
		return n.cNumber((doy-1)/7+1, n.width(2))
	case "W":
		return n.number(int64(s.d-1)/7+1, 1)
	case "IW":
		return n.cNumber(iw, n.width(2))
	case "Q":
		if s.m == 0 {
			return ""
		}
		return n.number(int64(s.m-1)/3+1, 1)
	case "CC":
		if s.interval {
			return n.number(int64(s.y)/100, 2)
		}
		c := calendarField("century", s.y, s.m, s.d, s.days)
		return n.number(c, 2)
	}
	return n.cNumber(julian(int64(s.y), int64(s.m), int64(s.d)), 0) // J
}

func (s *stamp) monthName(n fmtNode) string {
	if n.key == "RM" {
		return s.romanMonth(n)
	}
	if s.m < 1 || s.m > 12 {
		return ""
	}
	if n.key == "MONTH" {
		return n.word(monthNames[s.m-1], 9)
	}
	return n.word(monthNames[s.m-1][:3], 0)
}

// romanMonth is RM; an interval's months may be negative, -1 is December, and
// whole years count as 12 or 1 of them.
func (s *stamp) romanMonth(n fmtNode) string {
	m := s.m
	switch {
	case m == 0 && s.y == 0:
		return ""
	case m == 0 && s.y > 0:
		m = 12
	case m == 0:
		m = 1
	case m < 0:
		m += 13
	}
	n.tm = false // has no meaning here
	return n.word(romanMonth[m-1], 4)
}

// julian is date2j, which takes any month and day.
func julian(y, m, d int64) int64 {
	if m > 2 {
		m, y = m+1, y+4800
	} else {
		m, y = m+13, y+4799
	}
	c := y / 100
	return y*365 - 32167 + y/4 - c + c/4 + 7834*m/256 + d
}

// isoStart is the Julian day of the first day of an ISO year.
func isoStart(y int64) int64 {
	day4 := julian(y, 1, 4)
	_, back := floorDiv(day4, 7)
	return day4 - back
}

// isoDate is the ISO year as shown, the week and the day of the year, by the
// rules of date2isoweek, which also an interval is put through.
func (s *stamp) isoDate() (year, week, day int64) {
	y := int64(s.y)
	j := julian(y, int64(s.m), int64(s.d))
	if j < isoStart(y) {
		y--
	}
	week = (j-isoStart(y))/7 + 1
	if week >= 52 && j >= isoStart(int64(s.y)+1) {
		y = int64(s.y) + 1
		week = (j-isoStart(y))/7 + 1
	}
	day = j - isoStart(y) + 1
	if year = y; y <= 0 && !s.interval {
		year = 1 - y
	}
	return year, week, day
}

// width is a field's width, 0 with FM.
func (n fmtNode) width(w int) int {
	if n.fm {
		return 0
	}
	return w
}

// cNumber is C's %0*d, whose width counts a minus.
func (n fmtNode) cNumber(x int64, width int) string {
	t := fmt.Sprintf("%0*d", width, x)
	return t + ordinal(t, n.th)
}
