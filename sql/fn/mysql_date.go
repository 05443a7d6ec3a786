package fn

import (
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// day0 is 2000-01-01 in days since the year 0, as TO_DAYS counts them.
const day0 = 730485

// ofMoment registers a function of a date, a timestamp and a timestamptz, which
// is looked at on the session's clock. f gets a timestamp; infinite ones are
// NULL.
func ofMoment(name string, ret types.Type, f func(c *Ctx, t int64) (vec.Datum, error)) {
	finite := func(c *Ctx, t int64) (vec.Datum, error) {
		if infinite(t) {
			return null, nil
		}
		return f(c, t)
	}
	def(name, ts{tDate}, ret, rows(ret, func(r row) (vec.Datum, error) {
		if infiniteDate(r.int(0)) {
			return null, nil
		}
		return f(r.c, r.int(0)*usPerDay)
	}))
	def(name, ts{tTS}, ret, rows(ret, func(r row) (vec.Datum, error) { return finite(r.c, r.int(0)) }))
	def(name, ts{tTZ}, ret, rows(ret, func(r row) (vec.Datum, error) { return finite(r.c, utcToLocal(r.int(0), r.c.zone())) }), stable)
}

// part registers a function that takes one number out of a moment.
func part(name string, f func(civil, int64) int64) {
	ofMoment(name, tI4, func(_ *Ctx, t int64) (vec.Datum, error) {
		day, _ := floorDiv(t, usPerDay)
		return dI(f(toCivil(t), day)), nil
	})
}

func init() {
	part("year", func(c civil, _ int64) int64 { return int64(c.y) })
	part("quarter", func(c civil, _ int64) int64 { return int64(c.m-1)/3 + 1 })
	part("month", func(c civil, _ int64) int64 { return int64(c.m) })
	part("day", func(c civil, _ int64) int64 { return int64(c.d) })
	part("dayofmonth", func(c civil, _ int64) int64 { return int64(c.d) })
	part("hour", func(c civil, _ int64) int64 { return int64(c.hour()) })
	part("minute", func(c civil, _ int64) int64 { return int64(c.minute()) })
	part("second", func(c civil, _ int64) int64 { return int64(c.second()) })
	part("microsecond", func(c civil, _ int64) int64 { return c.micros() })
	part("dayofyear", func(c civil, day int64) int64 { return day - types.DaysFromCivil(c.y, 1, 1) + 1 })
	part("weekday", func(_ civil, day int64) int64 { return weekday(day) })
	part("dayofweek", func(_ civil, day int64) int64 { return (weekday(day)+1)%7 + 1 })
	part("to_days", func(_ civil, day int64) int64 { return day + day0 })
	part("week", func(c civil, day int64) int64 { _, w := weekOf(c, day, 0); return w })
	part("weekofyear", func(c civil, day int64) int64 { _, w := weekOf(c, day, 3); return w })
	part("yearweek", func(c civil, day int64) int64 { y, w := weekOf(c, day, 2); return y*100 + w })
	ofMoment("dayname", tText, func(_ *Ctx, t int64) (vec.Datum, error) { return dS(goTime(t).Weekday().String()), nil })
	ofMoment("monthname", tText, func(_ *Ctx, t int64) (vec.Datum, error) { return dS(time.Month(toCivil(t).m).String()), nil })
	ofMoment("last_day", tDate, func(_ *Ctx, t int64) (vec.Datum, error) {
		c := toCivil(t)
		return dI(types.DaysFromCivil(c.y, c.m, monthDays(c.y, c.m))), nil
	})
	ofMoment("to_seconds", tI8, func(_ *Ctx, t int64) (vec.Datum, error) {
		s, _ := floorDiv(t, usPerSec)
		return dI(s + day0*86400), nil
	})
	def("time_to_sec", ts{tIvl}, tI8, f1(tI8, ok1(func(v types.IntervalValue) int64 { return (int64(v.Days)*usPerDay + v.Micros) / usPerSec })))
	def("sec_to_time", ts{tI8}, tIvl, f1(tIvl, ok1(func(n int64) types.IntervalValue { return types.IntervalValue{Micros: n * usPerSec} })))
	def("from_days", ts{tI4}, tDate, f1(tDate, func(c *Ctx, n int64) (int64, error) { return dateAdd(c, 0, n-day0) }))
	def("makedate", ts{tI4, tI4}, tDate, rows(tDate, func(r row) (vec.Datum, error) {
		if r.int(1) <= 0 {
			return null, nil
		}
		first, err := makeDate(r.int(0), 1, 1)
		if err != nil {
			return null, err
		}
		d, err := dateAdd(r.c, first, r.int(1)-1)
		return dI(d), err
	}))
	for name, start := range map[string]int{"week": 0, "yearweek": 2} {
		for _, t := range []types.Type{tDate, tTS, tTZ} {
			def(name, ts{t, tI4}, tI4, rows(tI4, func(r row) (vec.Datum, error) {
				day, ok := localDay(r, 0)
				if !ok {
					return null, nil
				}
				y, w := weekOf(toCivil(day*usPerDay), day, int(r.int(1)&7)|start)
				if name == "yearweek" {
					w += y * 100
				}
				return dI(w), nil
			}), stable)
		}
	}
	clock("curdate", tDate, stable, func(c *Ctx) int64 { return tsToDate(utcToLocal(fromGo(c.now()), c.zone())) })
	clock("utc_date", tDate, stable, func(c *Ctx) int64 { return tsToDate(fromGo(c.now())) })
	clock("utc_timestamp", tTS, stable, func(c *Ctx) int64 { return fromGo(c.now()) })
	clock("sysdate", tTS, volatile, func(c *Ctx) int64 { return utcToLocal(fromGo(time.Now()), c.zone()) })
	clock("curtime", tTime, stable, func(c *Ctx) int64 { return toCivil(utcToLocal(fromGo(c.now()), c.zone())).us })
	clock("utc_time", tTime, stable, func(c *Ctx) int64 { return toCivil(fromGo(c.now())).us })
}

// weekday counts from Monday, 0; day is in days since 2000-01-01, a Saturday.
func weekday(day int64) int64 {
	_, w := floorDiv(day+5, 7)
	return w
}

// local is argument k, a date, timestamp or timestamptz, as a timestamp on the
// session's clock; false for an infinite one.
func local(r row, k int) (int64, bool) {
	t := r.int(k)
	switch r.t(k).Kind {
	case types.Date:
		return t * usPerDay, !infiniteDate(t)
	case types.TimestampTZ:
		return utcToLocal(t, r.c.zone()), !infinite(t)
	}
	return t, !infinite(t)
}

func localDay(r row, k int) (int64, bool) {
	t, ok := local(r, k)
	day, _ := floorDiv(t, usPerDay)
	return day, ok
}

// weekOf is calc_week of MySQL (my_time.cc): bit 1 of mode makes weeks begin on
// Monday, bit 2 counts from 1 to 53 with the weeks of other years, bit 4 (turned
// around for weeks from Sunday) says that the first week begins in the year.
func weekOf(c civil, day int64, mode int) (year, week int64) {
	if mode&1 == 0 {
		mode ^= 4
	}
	monday, inYear, whole := mode&1 != 0, mode&2 != 0, mode&4 != 0
	yearDays := func(y int64) int64 { return types.DaysFromCivil(int(y)+1, 1, 1) - types.DaysFromCivil(int(y), 1, 1) }
	year = int64(c.y)
	first := types.DaysFromCivil(c.y, 1, 1)
	wd := weekday(first)
	if !monday {
		wd = (wd + 1) % 7
	}
	late := func() bool { return whole && wd != 0 || !whole && wd >= 4 }
	if c.m == 1 && int64(c.d) <= 7-wd {
		if !inYear && late() {
			return year, 0
		}
		inYear = true
		year--
		n := yearDays(year)
		first -= n
		wd = (wd + 53*7 - n) % 7
	}
	days := day - (first - wd)
	if late() {
		days = day - (first + 7 - wd)
	}
	if inYear && days >= 52*7 {
		wd = (wd + yearDays(year)) % 7
		if !whole && wd < 4 || whole && wd == 0 {
			return year + 1, 1
		}
	}
	return year, days/7 + 1
}

func errDateFormat(s, f string) error {
	return sqlerr.New(pgerrcode.InvalidDatetimeFormat, `"%s" does not fit the format "%s"`, s, f)
}

// zoneOf reads a zone as MySQL does: +08:00 is east of Greenwich.
func zoneOf(name string) (*time.Location, error) {
	if t := strings.TrimSpace(name); len(t) > 1 && (t[0] == '+' || t[0] == '-') {
		flip := map[byte]string{'+': "-", '-': "+"}
		return findZone(flip[t[0]] + t[1:])
	}
	return findZone(name)
}
