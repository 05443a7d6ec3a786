package fn

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for _, t := range []types.Type{tDate, tTS, tTZ} {
		def("date_format", ts{t, tText}, tText, rows(tText, func(r row) (vec.Datum, error) {
			at, ok := local(r, 0)
			if !ok {
				return null, nil
			}
			return dS(formatMySQL(at, r.s(1))), nil
		}), stable)
	}
	def("str_to_date", ts{tText, tText}, tTS, f2(tTS, func(_ *Ctx, s, f string) (int64, error) { return strToDate(s, f) }))
}

// formatMySQL writes a moment by a format of DATE_FORMAT.
func formatMySQL(t int64, f string) string {
	c := toCivil(t)
	var b strings.Builder
	for i := 0; i < len(f); i++ {
		if f[i] != '%' || i+1 == len(f) {
			b.WriteByte(f[i])
			continue
		}
		i++
		b.WriteString(dateWord(c, t, f[i]))
	}
	return b.String()
}

// dateWord is one field of a format.
func dateWord(c civil, t int64, key byte) string {
	day, _ := floorDiv(t, usPerDay)
	two := func(n int64) string { return fmt.Sprintf("%02d", n) }
	h := int64(c.hour())
	h12 := (h+11)%12 + 1
	half := [...]string{"AM", "PM"}[h/12]
	week := func(mode int) (int64, int64) { return weekOf(c, day, mode) }
	switch key {
	case 'a':
		return goTime(t).Weekday().String()[:3]
	case 'b':
		return time.Month(c.m).String()[:3]
	case 'c':
		return strconv.Itoa(c.m)
	case 'D':
		return strconv.Itoa(c.d) + englishOrdinal(c.d)
	case 'd':
		return two(int64(c.d))
	case 'e':
		return strconv.Itoa(c.d)
	case 'f':
		return fmt.Sprintf("%06d", c.micros())
	case 'H':
		return two(h)
	case 'h', 'I':
		return two(h12)
	case 'i':
		return two(int64(c.minute()))
	case 'j':
		return fmt.Sprintf("%03d", day-types.DaysFromCivil(c.y, 1, 1)+1)
	case 'k':
		return strconv.FormatInt(h, 10)
	case 'l':
		return strconv.FormatInt(h12, 10)
	case 'M':
		return time.Month(c.m).String()
	case 'm':
		return two(int64(c.m))
	case 'p':
		return half
	case 'r':
		return fmt.Sprintf("%02d:%02d:%02d %s", h12, c.minute(), c.second(), half)
	case 'S', 's':
		return two(int64(c.second()))
	case 'T':
		return fmt.Sprintf("%02d:%02d:%02d", h, c.minute(), c.second())
	case 'U', 'u', 'V', 'v':
		_, w := week(map[byte]int{'U': 0, 'u': 1, 'V': 2, 'v': 3}[key])
		return two(w)
	case 'W':
		return goTime(t).Weekday().String()
	case 'w':
		return strconv.FormatInt((weekday(day)+1)%7, 10)
	case 'X', 'x':
		y, _ := week(map[byte]int{'X': 2, 'x': 3}[key])
		return fmt.Sprintf("%04d", y)
	case 'Y':
		return fmt.Sprintf("%04d", c.y)
	case 'y':
		return two(int64(c.y % 100))
	}
	return string([]byte{key})
}

func englishOrdinal(n int) string {
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			return "st"
		case 2:
			return "nd"
		case 3:
			return "rd"
		}
	}
	return "th"
}

// dateReader reads a text by a format of STR_TO_DATE.
type dateReader struct {
	s          string // what is left
	c          civil
	pm, am, ok bool
	yearDay    int
}

// strToDate reads a moment; a text that does not fit is an error, as in to_date.
func strToDate(s, f string) (int64, error) {
	r := dateReader{s: s, c: civil{y: 0, m: 1, d: 1}, ok: true}
	for i := 0; i < len(f) && r.ok; i++ {
		switch {
		case f[i] == ' ':
			r.s = strings.TrimLeft(r.s, " ")
		case f[i] == '%' && i+1 < len(f):
			i++
			r.field(f[i])
		default:
			r.ok = strings.HasPrefix(r.s, f[i:i+1])
			r.s = strings.TrimPrefix(r.s, f[i:i+1])
		}
	}
	if !r.ok || strings.TrimSpace(r.s) != "" {
		return 0, errDateFormat(s, f)
	}
	return r.moment()
}

func (r *dateReader) moment() (int64, error) {
	hour := r.c.us / usPerHr
	if r.pm && hour < 12 {
		r.c.us += 12 * usPerHr
	} else if r.am && hour == 12 {
		r.c.us -= 12 * usPerHr
	}
	if r.yearDay > 0 {
		return daysAndMicros(types.DaysFromCivil(r.c.y, 1, 1)+int64(r.yearDay)-1, r.c.us)
	}
	day, err := makeDate(int64(r.c.y), int64(r.c.m), int64(r.c.d))
	if err != nil {
		return 0, err
	}
	return daysAndMicros(day, r.c.us)
}

// number reads up to width digits of lo to hi.
func (r *dateReader) number(width, lo, hi int) int {
	n := 0
	for n < width && n < len(r.s) && r.s[n] >= '0' && r.s[n] <= '9' {
		n++
	}
	v, err := strconv.Atoi(r.s[:n])
	r.s = r.s[n:]
	if err != nil || v < lo || v > hi {
		r.ok = false
	}
	return v
}

// word reads one of some names, or with short their first three letters.
func (r *dateReader) word(name func(int) string, lo, hi int, short bool) int {
	for i := lo; i <= hi; i++ {
		w := name(i)
		if short {
			w = w[:3]
		}
		if len(r.s) >= len(w) && strings.EqualFold(r.s[:len(w)], w) {
			r.s = r.s[len(w):]
			return i
		}
	}
	r.ok = false
	return lo
}

func (r *dateReader) field(key byte) {
	if key != '%' {
		r.s = strings.TrimLeft(r.s, " ")
	}
	months := func(i int) string { return time.Month(i).String() }
	days := func(i int) string { return time.Weekday(i).String() }
	switch key {
	case 'Y':
		r.c.y = r.number(4, 0, 9999)
	case 'y':
		if r.c.y = 2000 + r.number(2, 0, 99); r.c.y > 2069 {
			r.c.y -= 100
		}
	case 'm', 'c':
		r.c.m = r.number(2, 1, 12)
	case 'd', 'e':
		r.c.d = r.number(2, 1, 31)
	case 'D':
		r.c.d = r.number(2, 1, 31)
		r.s = r.s[min(2, len(r.s)):]
	case 'j':
		r.yearDay = r.number(3, 1, 366)
	case 'M', 'b':
		r.c.m = r.word(months, 1, 12, key == 'b')
	case 'W', 'a':
		r.word(days, 0, 6, key == 'a')
	case 'H', 'k':
		r.c.us += int64(r.number(2, 0, 23)) * usPerHr
	case 'h', 'I', 'l':
		r.c.us += int64(r.number(2, 1, 12)) * usPerHr
	case 'i':
		r.c.us += int64(r.number(2, 0, 59)) * usPerMin
	case 'S', 's':
		r.c.us += int64(r.number(2, 0, 59)) * usPerSec
	case 'f':
		n := len(r.s)
		v := r.number(6, 0, 999999)
		for n -= len(r.s); n < 6; n++ {
			v *= 10
		}
		r.c.us += int64(v)
	case 'p':
		half := strings.ToUpper(r.s[:min(2, len(r.s))])
		r.am, r.pm = half == "AM", half == "PM"
		r.ok = r.ok && (r.am || r.pm)
		r.s = r.s[min(2, len(r.s)):]
	case 'T':
		for i, k := range []byte("H:i:S") {
			if i%2 == 0 {
				r.field(k)
			} else {
				r.ok = r.ok && strings.HasPrefix(r.s, ":")
				r.s = strings.TrimPrefix(r.s, ":")
			}
		}
	case '%':
		r.ok = strings.HasPrefix(r.s, "%")
		r.s = strings.TrimPrefix(r.s, "%")
	default:
		r.ok = false
	}
}
