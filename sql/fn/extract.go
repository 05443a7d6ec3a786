package fn

import (
	"math"
	"strings"
	"time"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// dateUnits are the spellings of deltatktbl and datetktbl (datetime.c).
var dateUnits = map[string]string{}

func init() {
	for unit, names := range map[string]string{
		"microseconds": "microseconds microsecond microsec microsecs us usec useconds usecs",
		"milliseconds": "milliseconds millisecond millisecon millisec millisecs ms msec msecs mseconds msecond",
		"second":       "second seconds s sec secs", "minute": "minute minutes m min mins", "hour": "hour hours h hr hrs",
		"day": "day days d", "week": "week weeks w", "month": "month months mon mons", "quarter": "quarter qtr",
		"year": "year years y yr yrs", "decade": "decade decades dec decs", "century": "century centuries c cent",
		"millennium": "millennium millennia mil mils", "epoch": "epoch", "dow": "dow", "isodow": "isodow", "doy": "doy",
		"isoyear": "isoyear", "julian": "julian", "timezone": "timezone", "timezone_hour": "timezone_hour timezone_h", "timezone_minute": "timezone_minute timezone_m",
	} {
		for _, n := range strings.Fields(names) {
			dateUnits[n] = unit
		}
	}
	for _, name := range []string{"extract", "date_part"} {
		num := name == "extract"
		ret := tF8
		if num {
			ret = tNum
		}
		out := func(d types.Decimal, special float64, err error) (vec.Datum, error) {
			switch {
			case err != nil:
				return null, err
			case math.IsNaN(special):
				return null, nil
			case special != 0 && num:
				form := types.Infinity
				if special < 0 {
					form = types.NegInfinity
				}
				return dD(types.Decimal{Form: form}), nil
			case special != 0:
				return dF(special), nil
			case num:
				return dD(d), nil
			}
			return dF(d.Float64()), nil
		}
		def(name, ts{tText, tTS}, ret, rows(ret, func(r row) (vec.Datum, error) {
			d, s, err := extractTS(r.s(0), r.int(1), nil, "timestamp without time zone")
			return out(d, s, err)
		}))
		def(name, ts{tText, tTZ}, ret, rows(ret, func(r row) (vec.Datum, error) {
			d, s, err := extractTS(r.s(0), r.int(1), r.c.zone(), "timestamp with time zone")
			return out(d, s, err)
		}), stable)
		def(name, ts{tText, tDate}, ret, rows(ret, func(r row) (vec.Datum, error) {
			if num {
				d, s, err := extractDate(r.s(0), r.int(1))
				return out(d, s, err)
			}
			t, err := dateToTS(r.int(1))
			if err != nil {
				return null, err
			}
			d, s, err := extractTS(r.s(0), t, nil, "timestamp without time zone")
			return out(d, s, err)
		}))
		def(name, ts{tText, tIvl}, ret, rows(ret, func(r row) (vec.Datum, error) {
			d, err := extractIvl(r.s(0), r.v(1))
			return out(d, 0, err)
		}))
	}
}

func dateUnit(s string) (string, bool) {
	if u, ok := dateUnits[s]; ok {
		return u, true
	}
	u, ok := dateUnits[strings.ToLower(strings.TrimSpace(s))]
	return u, ok
}

func whole(n int64) types.Decimal { return types.DecimalOf(n, 0) }

// specialField is the value of a field of an infinite date: monotonic fields are
// infinite, the others NULL (NaN here).
func specialField(u string, positive bool) float64 {
	switch u {
	case "year", "decade", "century", "millennium", "julian", "isoyear", "epoch":
		if positive {
			return math.Inf(1)
		}
		return math.Inf(-1)
	}
	return math.NaN()
}

// extractDate is extract_date: fields of time are not supported.
func extractDate(unit string, d int64) (types.Decimal, float64, error) {
	u, known := dateUnit(unit)
	switch u {
	case "microseconds", "milliseconds", "second", "minute", "hour", "timezone", "timezone_hour", "timezone_minute":
		return types.Decimal{}, 0, errUnit(strings.ToLower(unit), "date", true)
	}
	if !known {
		return types.Decimal{}, 0, errUnit(strings.ToLower(unit), "date", false)
	}
	if infiniteDate(d) {
		return types.Decimal{}, specialField(u, d > 0), nil
	}
	switch u {
	case "julian":
		return whole(d + 2451545), 0, nil
	case "epoch":
		return whole((d - epochDays) * 86400), 0, nil
	}
	y, m, day := types.CivilFromDays(d)
	return whole(calendarField(u, y, m, day, d)), 0, nil
}

// extractTS is timestamp_part; zone is nil for a timestamp without time zone.
func extractTS(unit string, t int64, zone *time.Location, typ string) (types.Decimal, float64, error) {
	u, known := dateUnit(unit)
	if !known {
		return types.Decimal{}, 0, errUnit(strings.ToLower(unit), typ, false)
	}
	if infinite(t) {
		return types.Decimal{}, specialField(u, t > 0), nil
	}
	if u == "epoch" {
		return epochOf(t)
	}
	if zone != nil {
		off := offsetAt(t, zone) / usPerSec
		switch u {
		case "timezone":
			return whole(off), 0, nil
		case "timezone_hour":
			return whole(off / 3600), 0, nil
		case "timezone_minute":
			return whole(off % 3600 / 60), 0, nil
		}
		t = utcToLocal(t, zone)
	}
	c := toCivil(t)
	switch u {
	case "microseconds":
		return whole(c.us % usPerMin), 0, nil
	case "milliseconds":
		return types.DecimalOf(c.us%usPerMin, 3), 0, nil
	case "second":
		return types.DecimalOf(c.us%usPerMin, 6), 0, nil
	case "minute":
		return whole(int64(c.minute())), 0, nil
	case "hour":
		return whole(int64(c.hour())), 0, nil
	case "timezone", "timezone_hour", "timezone_minute":
		return types.Decimal{}, 0, errUnit(strings.ToLower(unit), typ, true)
	}
	day, _ := floorDiv(t, usPerDay)
	if u == "julian" {
		frac, err := whole(c.us).Div(whole(usPerDay))
		if err != nil {
			return frac, 0, err
		}
		d, err := whole(day + 2451545).Add(frac)
		return d, 0, err
	}
	return whole(calendarField(u, c.y, c.m, c.d, day)), 0, nil
}

// epochOf is seconds since 1970 with six digits.
func epochOf(t int64) (types.Decimal, float64, error) {
	shift := int64(epochDays) * usPerDay
	if t < math.MaxInt64+shift {
		return types.DecimalOf(t-shift, 6), 0, nil
	}
	d, err := types.DecimalOf(t, 6).Sub(types.DecimalOf(shift, 6))
	return d, 0, err
}

// calendarField is a field that depends on the date alone.
func calendarField(u string, y, m, d int, day int64) int64 {
	yy := int64(y)
	switch u {
	case "day":
		return int64(d)
	case "month":
		return int64(m)
	case "quarter":
		return int64((m-1)/3 + 1)
	case "week":
		_, w := isoWeek(day)
		return w
	case "isoyear":
		iy, _ := isoWeek(day)
		if iy <= 0 {
			iy--
		}
		return iy
	case "dow":
		_, wd := floorDiv(day+6, 7)
		return wd
	case "isodow":
		_, wd := floorDiv(day+5, 7)
		return wd + 1
	case "doy":
		return day - types.DaysFromCivil(y, 1, 1) + 1
	case "decade":
		if yy >= 0 {
			return yy / 10
		}
		return -((8 - (yy - 1)) / 10)
	case "century":
		if yy > 0 {
			return (yy + 99) / 100
		}
		return -((99 - (yy - 1)) / 100)
	case "millennium":
		if yy > 0 {
			return (yy + 999) / 1000
		}
		return -((999 - (yy - 1)) / 1000)
	}
	if yy <= 0 { // year: 1 BC is -1
		return yy - 1
	}
	return yy
}

// isoWeek is the ISO 8601 year (astronomical) and week of a day.
func isoWeek(day int64) (year, week int64) {
	_, wd := floorDiv(day+5, 7)
	thursday := day - wd + 3
	y, _, _ := types.CivilFromDays(thursday)
	return int64(y), (thursday-types.DaysFromCivil(y, 1, 1))/7 + 1
}

func extractIvl(unit string, v types.IntervalValue) (types.Decimal, error) {
	u, known := dateUnit(unit)
	if !known {
		return types.Decimal{}, errUnit(strings.ToLower(unit), "interval", false)
	}
	years, months := int64(v.Months/12), int64(v.Months%12)
	switch u {
	case "microseconds":
		return whole(v.Micros % usPerMin), nil
	case "milliseconds":
		return types.DecimalOf(v.Micros%usPerMin, 3), nil
	case "second":
		return types.DecimalOf(v.Micros%usPerMin, 6), nil
	case "minute":
		return whole(v.Micros / usPerMin % 60), nil
	case "hour":
		return whole(v.Micros / usPerHr), nil
	case "day":
		return whole(int64(v.Days)), nil
	case "month":
		return whole(months), nil
	case "quarter":
		return whole(months/3 + 1), nil
	case "year":
		return whole(years), nil
	case "decade":
		return whole(years / 10), nil
	case "century":
		return whole(years / 100), nil
	case "millennium":
		return whole(years / 1000), nil
	case "epoch":
		// A year counts 365.25 days here (timestamp.h, DAYS_PER_YEAR).
		secs := (years*1461+months*120+int64(v.Days)*4)*21600 + 0
		return types.DecimalOf(secs, 0).Add(types.DecimalOf(v.Micros, 6))
	}
	return types.Decimal{}, errUnit(strings.ToLower(unit), "interval", true)
}
