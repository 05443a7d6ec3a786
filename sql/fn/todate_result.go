package fn

import (
	"math"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

func errField(text string) error {
	return sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date/time field value out of range: \"%s\"", text)
}

// readMoment reads text by a template (do_to_timestamp).
func readMoment(text, template string) (*dateTime, error) {
	r := dateScan{s: text}
	if err := r.read(dateNodes(template)); err != nil {
		return nil, err
	}
	m := &dateTime{m: 1, d: 1}
	hh, mi, ss, err := r.clock()
	if err != nil {
		return nil, err
	}
	given := r.yearOf(m)
	if r.j != 0 {
		y, mo, d := types.CivilFromDays(r.j - 2451545)
		m.y, m.m, m.d, given = int64(y), int64(mo), int64(d), true
	}
	if r.ww != 0 {
		if r.calendar == 'i' {
			r.isoDay(m)
			given = true
		} else {
			r.ddd = (r.ww-1)*7 + 1
		}
	}
	if r.w != 0 {
		r.dd = (r.w-1)*7 + 1
	}
	if r.dd != 0 {
		m.d, given = r.dd, true
	}
	if r.mm != 0 {
		m.m, given = r.mm, true
	}
	if r.ddd != 0 && (m.m <= 1 || m.d <= 1) {
		if m.y == 0 && r.bc == 0 {
			return nil, errDateFmt("cannot calculate day of year without year information")
		}
		r.dayOfYear(m)
		given = true
	}
	frac := r.ms*1000 + r.us
	if given && !m.valid() || hh < 0 || hh >= 24 || mi < 0 || mi >= 60 || ss < 0 || ss >= 60 || frac < 0 || frac >= usPerSec {
		return nil, errField(text)
	}
	m.ff = r.ff
	m.us = hh*usPerHr + mi*usPerMin + ss*usPerSec + frac
	if r.tzsign != 0 {
		if r.tzh < 0 || r.tzh > 15 || r.tzm < 0 || r.tzm >= 60 {
			return nil, sqlerr.New(pgerrcode.InvalidTimeZoneDisplacementValue, "time zone displacement out of range: \"%s\"", text)
		}
		m.zoned, m.zone = true, r.tzsign*(r.tzh*3600+r.tzm*60)
	}
	return m, nil
}

// clock is the time of the day.
func (r *dateScan) clock() (hh, mi, ss int64, err error) {
	if x := r.ssss; x != 0 {
		hh, mi, ss = x/3600, x%3600/60, x%60
	}
	if r.ss != 0 {
		ss = r.ss
	}
	if r.mi != 0 {
		mi = r.mi
	}
	if r.hh != 0 {
		hh = r.hh
	}
	if r.clock12 {
		if hh < 1 || hh > 12 {
			return 0, 0, 0, errDateFmt("hour \"%d\" is invalid for the 12-hour clock", hh).
				WithHint("Use the 24-hour clock, or give an hour between 1 and 12.")
		}
		switch {
		case r.pm != 0 && hh < 12:
			hh += 12
		case r.pm == 0 && hh == 12:
			hh = 0
		}
	}
	return hh, mi, ss, nil
}

// yearOf decides the year from year, century and era; false if none was given.
func (r *dateScan) yearOf(m *dateTime) bool {
	switch {
	case r.year != 0 && r.cc != 0 && r.yysz <= 2:
		// The year is one of the given century, which ends with the year 00.
		cc := r.cc
		if r.bc != 0 {
			cc = -cc
		}
		m.y = r.year % 100
		switch {
		case m.y != 0 && cc >= 0:
			m.y += (cc - 1) * 100
		case m.y != 0:
			m.y = (cc+1)*100 - m.y + 1
		case cc >= 0:
			m.y = cc * 100
		default:
			m.y = cc*100 + 1
		}
	case r.year != 0:
		m.y = r.year
		if r.bc != 0 {
			m.y = -m.y
		}
		if m.y < 0 {
			m.y++
		}
	case r.cc != 0:
		cc := r.cc
		if r.bc != 0 {
			cc = -cc
		}
		if m.y = cc*100 + 1; cc >= 0 {
			m.y = (cc-1)*100 + 1
		}
	default:
		return false
	}
	return true
}

// isoWeekStart is the Monday of week 1 of an ISO year, in days.
func isoWeekStart(y int64) int64 {
	jan4 := types.DaysFromCivil(int(y), 1, 4)
	_, wd := floorDiv(jan4+5, 7)
	return jan4 - wd
}

func (m *dateTime) setDays(days int64) {
	y, mo, d := types.CivilFromDays(days)
	m.y, m.m, m.d = int64(y), int64(mo), int64(d)
}

func (r *dateScan) isoDay(m *dateTime) {
	day := isoWeekStart(m.y) + (r.ww-1)*7
	switch {
	case r.d > 1: // Sunday is 1 and ends the week
		day += r.d - 2
	case r.d == 1:
		day += 6
	}
	m.setDays(day)
}

func (r *dateScan) dayOfYear(m *dateTime) {
	if r.calendar == 'i' {
		m.setDays(isoWeekStart(m.y) + r.ddd - 1)
		return
	}
	month, before := int64(1), int64(0)
	for ; month <= 12; month++ {
		n := int64(monthDays(int(m.y), int(month)))
		if r.ddd <= before+n {
			break
		}
		before += n
	}
	if m.m <= 1 {
		m.m = month
	}
	if m.d <= 1 {
		m.d = r.ddd - before
	}
}

// valid is ValidateDate.
func (m *dateTime) valid() bool {
	return m.m >= 1 && m.m <= 12 && m.d >= 1 && m.d <= 31 && m.y >= math.MinInt32 && m.d <= int64(monthDays(int(m.y), int(m.m)))
}
