package fn

import (
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
		return dS(formatDate(stampOf(r.int(0)), r.s(1))), nil
	}), stable)
	def("to_char", ts{tTZ, tText}, tText, rows(tText, func(r row) (vec.Datum, error) {
		t := r.int(0)
		if infinite(t) || r.s(1) == "" {
			return null, nil
		}
		s := stampOf(utcToLocal(t, r.c.zone()))
		name, off := goTime(t).In(r.c.zone()).Zone()
		s.zone, s.off = name, off
		return dS(formatDate(s, r.s(1))), nil
	}), stable)
	def("to_char", ts{tIvl, tText}, tText, rows(tText, func(r row) (vec.Datum, error) {
		if r.s(1) == "" {
			return null, nil
		}
		return dS(formatDate(stampOfInterval(r.v(0)), r.s(1))), nil
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

func formatDate(s stamp, f string) string {
	var b strings.Builder
	for _, n := range parseDateFmt(f) {
		if n.key == "" {
			b.WriteString(n.text)
			continue
		}
		b.WriteString(s.field(n))
	}
	return b.String()
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
	if !n.fm && len(w) < width {
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
	case "MS", "FF3":
		return n.number(s.frac()/1000, 3)
	case "US", "FF6":
		return n.number(s.frac(), 6)
	case "FF1", "FF2", "FF4", "FF5":
		w := int(n.key[2] - '0')
		return n.number(s.frac()/pow10[6-w], w)
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
		return s.offset(n.key)
	case "FX":
		return ""
	}
	return s.dateField(n)
}

func (s *stamp) offset(key string) string {
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
	case key == "TZH":
		return sign + h
	case key == "TZM":
		return m
	case m != "00":
		return sign + h + ":" + m
	}
	return sign + h
}

func (s *stamp) dateField(n fmtNode) string {
	_, dow := floorDiv(s.days+6, 7)
	iy, iw := isoWeek(s.days)
	doy := int64(0)
	if !s.interval {
		doy = s.days - types.DaysFromCivil(s.y, 1, 1) + 1
	} else {
		doy = int64(s.y)*360 + int64(s.m)*30 + int64(s.d)
	}
	switch n.key {
	case "Y,YYY":
		t := n.number(s.year(), 4)
		return t[:len(t)-3] + "," + t[len(t)-3:]
	case "YYYY":
		return n.number(s.year(), 4)
	case "YYY":
		return n.number(s.year()%1000, 3)
	case "YY":
		return n.number(s.year()%100, 2)
	case "Y":
		return n.number(s.year()%10, 1)
	case "IYYY":
		return n.number(iy, 4)
	case "IYY":
		return n.number(iy%1000, 3)
	case "IY":
		return n.number(iy%100, 2)
	case "I":
		return n.number(iy%10, 1)
	case "MONTH", "MON", "RM":
		return s.monthName(n)
	case "MM":
		return n.number(int64(s.m), 2)
	case "DAY":
		return n.word(dayNames[dow], 9)
	case "DY":
		return n.word(dayNames[dow][:3], 0)
	case "DDD":
		return n.number(doy, 3)
	case "IDDD":
		return n.number((iw-1)*7+(dow+6)%7+1, 3)
	case "DD":
		return n.number(int64(s.d), 2)
	case "D":
		return n.number(dow+1, 1)
	case "ID":
		return n.number((dow+6)%7+1, 1)
	case "WW":
		return n.number((doy-1)/7+1, 2)
	case "W":
		return n.number(int64(s.d-1)/7+1, 1)
	case "IW":
		return n.number(iw, 2)
	case "Q":
		return n.number(int64(s.m-1)/3+1, 1)
	case "CC":
		if s.interval {
			return n.number(int64(s.y)/100, 2)
		}
		c := calendarField("century", s.y, s.m, s.d, s.days)
		return n.number(c, 2)
	}
	return n.number(s.days+2451545, 0) // J
}

func (s *stamp) monthName(n fmtNode) string {
	if s.m < 1 || s.m > 12 {
		return ""
	}
	switch n.key {
	case "MONTH":
		return n.word(monthNames[s.m-1], 9)
	case "MON":
		return n.word(monthNames[s.m-1][:3], 0)
	}
	return n.word(romanMonth[s.m-1], 4)
}
