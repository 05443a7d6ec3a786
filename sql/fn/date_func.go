package fn

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func clock(name string, ret types.Type, vol opt, f func(c *Ctx) int64) {
	def(name, ts{}, ret, perCall(ret, func(c *Ctx) (vec.Datum, error) { return dI(f(c)), nil }), vol)
}

func init() {
	txStart := func(c *Ctx) int64 { return fromGo(c.now()) }
	for _, n := range []string{"now", "current_timestamp", "transaction_timestamp"} {
		clock(n, tTZ, stable, txStart)
	}
	clock("statement_timestamp", tTZ, stable, func(c *Ctx) int64 {
		if c.StStart.IsZero() {
			return txStart(c)
		}
		return fromGo(c.StStart)
	})
	clock("clock_timestamp", tTZ, volatile, func(*Ctx) int64 { return fromGo(time.Now()) })
	clock("localtimestamp", tTS, stable, func(c *Ctx) int64 { return utcToLocal(txStart(c), c.zone()) })
	clock("current_date", tDate, stable, func(c *Ctx) int64 { return tsToDate(utcToLocal(txStart(c), c.zone())) })
	def("date_trunc", ts{tText, tTS}, tTS, f2(tTS, func(_ *Ctx, u string, t int64) (int64, error) {
		return truncTimestamp(u, t, "timestamp without time zone")
	}))
	def("date_trunc", ts{tText, tTZ}, tTZ, f2(tTZ, func(c *Ctx, u string, t int64) (int64, error) { return truncTZ(u, t, c.zone()) }), stable)
	def("date_trunc", ts{tText, tTZ, tText}, tTZ, f3(tTZ, func(_ *Ctx, u string, t int64, zone string) (int64, error) {
		z, err := findZone(zone)
		if err != nil {
			return 0, err
		}
		return truncTZ(u, t, z)
	}), stable)
	def("date_trunc", ts{tText, tIvl}, tIvl, f2(tIvl, func(_ *Ctx, u string, v types.IntervalValue) (types.IntervalValue, error) { return truncInterval(u, v) }))
	def("isfinite", ts{tDate}, tBool, f1(tBool, ok1(func(d int64) int64 { return b2i(!infiniteDate(d)) })))
	def("isfinite", ts{tTS}, tBool, f1(tBool, ok1(func(t int64) int64 { return b2i(!infinite(t)) })))
	def("isfinite", ts{tTZ}, tBool, f1(tBool, ok1(func(t int64) int64 { return b2i(!infinite(t)) })))
	def("isfinite", ts{tIvl}, tBool, f1(tBool, ok1(func(types.IntervalValue) int64 { return 1 })))
	def("make_date", ts{tI4, tI4, tI4}, tDate, f3(tDate, func(_ *Ctx, y, m, d int64) (int64, error) { return makeDate(y, m, d) }))
	def("make_timestamp", ts{tI4, tI4, tI4, tI4, tI4, tF8}, tTS, rows(tTS, func(r row) (vec.Datum, error) {
		t, err := makeTimestamp(r)
		return dI(t), err
	}))
	def("make_timestamptz", ts{tI4, tI4, tI4, tI4, tI4, tF8}, tTZ, rows(tTZ, func(r row) (vec.Datum, error) {
		t, err := makeTimestamp(r)
		return dI(localToUTC(t, r.c.zone())), err
	}), stable)
	def("make_interval", ts{tI4, tI4, tI4, tI4, tI4, tI4, tF8}, tIvl, rows(tIvl, makeInterval))
	zoned := func(f func(int64, *time.Location) int64) func(*Ctx, string, int64) (int64, error) {
		return func(_ *Ctx, zone string, t int64) (int64, error) {
			z, err := findZone(zone)
			if err != nil {
				return 0, err
			}
			return f(t, z), nil
		}
	}
	def("timezone", ts{tText, tTZ}, tTS, f2(tTS, zoned(utcToLocal)))
	def("timezone", ts{tText, tTS}, tTZ, f2(tTZ, zoned(localToUTC)))
	def("age", ts{tTS, tTS}, tIvl, f2(tIvl, age))
	def("age", ts{tTZ, tTZ}, tIvl, f2(tIvl, func(c *Ctx, a, b int64) (types.IntervalValue, error) {
		return age(c, utcToLocal(a, c.zone()), utcToLocal(b, c.zone()))
	}), stable)
	def("age", ts{tTS}, tIvl, f1(tIvl, func(c *Ctx, b int64) (types.IntervalValue, error) { return age(c, today(c), b) }), stable)
	def("age", ts{tTZ}, tIvl, f1(tIvl, func(c *Ctx, b int64) (types.IntervalValue, error) {
		return age(c, today(c), utcToLocal(b, c.zone()))
	}), stable)
	def("to_timestamp", ts{tF8}, tTZ, f1(tTZ, func(_ *Ctx, f float64) (int64, error) {
		if math.IsInf(f, 1) {
			return types.TimestampInfinity, nil
		}
		if math.IsInf(f, -1) {
			return types.TimestampNegInf, nil
		}
		if math.IsNaN(f) {
			return 0, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "timestamp cannot be NaN")
		}
		us := math.RoundToEven((f + epochDays*86400) * 1e6)
		if !(us >= timestampMinDays*float64(usPerDay) && us < timestampEndDays*float64(usPerDay)) {
			short := *types.ISO
			short.FloatDigits = -9 // C's %g
			return 0, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "timestamp out of range: \"%s\"", types.AppendFloat(nil, f, 64, &short))
		}
		return int64(us), nil
	}))
	def("date_bin", ts{tIvl, tTS, tTS}, tTS, f3(tTS, dateBin))
	def("date_bin", ts{tIvl, tTZ, tTZ}, tTZ, f3(tTZ, dateBin))
}

func today(c *Ctx) int64 {
	return tsToDate(utcToLocal(fromGo(c.now()), c.zone())) * usPerDay
}

// findZone finds a time zone by abbreviation, name or offset.
func findZone(name string) (*time.Location, error) {
	if off, ok := types.LookupAbbrev(name, fromGo(time.Now())); ok {
		return time.FixedZone(strings.ToUpper(name), off), nil
	}
	if z, ok := types.LookupZone(name); ok {
		return z, nil
	}
	if z := fixedZone(strings.ToLower(name)); z != nil {
		return z, nil
	}
	return nil, sqlerr.New(pgerrcode.InvalidParameterValue, "time zone \"%s\" not recognized", name)
}

// fixedZone reads an offset; "+08" is POSIX's, west of
// Greenwich, as Postgres reads it in AT TIME ZONE.
func fixedZone(s string) *time.Location {
	name := strings.TrimLeft(s, "abcdefghijklmnopqrstuvwxyz")
	if prefix := s[:len(s)-len(name)]; prefix != "" && prefix != "utc" && prefix != "gmt" {
		return nil
	}
	if len(name) < 2 || name[0] != '+' && name[0] != '-' {
		return nil
	}
	secs, unit := 0, 3600
	for _, part := range strings.Split(name[1:], ":") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || unit == 0 || unit < 3600 && n > 59 {
			return nil
		}
		secs += n * unit
		unit /= 60
	}
	if secs > 167*3600 {
		return nil
	}
	if name[0] == '+' {
		secs = -secs
	}
	return time.FixedZone(s, secs)
}

func errUnit(unit, typ string, known bool) error {
	if known {
		return notByUs("unit \"%s\" not supported for type %s", unit, typ)
	}
	return sqlerr.New(pgerrcode.InvalidParameterValue, "unit \"%s\" not recognized for type %s", unit, typ)
}

// truncUnit is dateUnit without the fields that only extract knows.
func truncUnit(s string) (string, bool) {
	u, ok := dateUnit(s)
	switch u {
	case "epoch", "dow", "isodow", "doy", "isoyear", "julian":
		return "", false
	}
	return u, ok
}

// truncTimestamp is date_trunc of a timestamp.
func truncTimestamp(unit string, t int64, typ string) (int64, error) {
	u, known := truncUnit(unit)
	if !known {
		return 0, errUnit(strings.ToLower(unit), typ, false)
	}
	if infinite(t) {
		return t, nil
	}
	c := toCivil(t)
	switch u {
	case "microseconds":
		return t, nil
	case "milliseconds":
		c.us -= c.us % 1000
	case "second":
		c.us -= c.us % usPerSec
	case "minute":
		c.us -= c.us % usPerMin
	case "hour":
		c.us -= c.us % usPerHr
	case "day":
		c.us = 0
	case "week":
		day, _ := floorDiv(t, usPerDay)
		_, wd := floorDiv(day+5, 7) // 2000-01-01 was a Saturday: Monday is 0
		return daysAndMicros(day-wd, 0)
	case "month":
		c.d, c.us = 1, 0
	case "quarter":
		c.m, c.d, c.us = (c.m-1)/3*3+1, 1, 0
	case "year":
		c.m, c.d, c.us = 1, 1, 0
	case "decade":
		if c.y > 0 {
			c.y = c.y / 10 * 10
		} else {
			c.y = -((8 - (c.y - 1)) / 10) * 10
		}
		c.m, c.d, c.us = 1, 1, 0
	case "century":
		if c.y > 0 {
			c.y = (c.y+99)/100*100 - 99
		} else {
			c.y = -((99-(c.y-1))/100)*100 + 1
		}
		c.m, c.d, c.us = 1, 1, 0
	case "millennium":
		if c.y > 0 {
			c.y = (c.y+999)/1000*1000 - 999
		} else {
			c.y = -((999-(c.y-1))/1000)*1000 + 1
		}
		c.m, c.d, c.us = 1, 1, 0
	default:
		return 0, errUnit(strings.ToLower(unit), typ, true)
	}
	return c.timestamp()
}

// truncTZ truncates on a zone's clock; units below a day keep the offset.
func truncTZ(unit string, t int64, z *time.Location) (int64, error) {
	if infinite(t) {
		return truncTimestamp(unit, t, "timestamp with time zone")
	}
	local, err := truncTimestamp(unit, utcToLocal(t, z), "timestamp with time zone")
	if err != nil {
		return 0, err
	}
	switch u, _ := dateUnit(unit); u {
	case "hour", "minute", "second", "milliseconds", "microseconds":
		return local - offsetAt(t, z), nil
	}
	return localToUTC(local, z), nil
}

func truncInterval(unit string, v types.IntervalValue) (types.IntervalValue, error) {
	u, known := truncUnit(unit)
	if !known {
		return v, errUnit(strings.ToLower(unit), "interval", false)
	}
	months := func(n int32) types.IntervalValue { return types.IntervalValue{Months: v.Months / n * n} }
	switch u {
	case "millennium":
		return months(12000), nil
	case "century":
		return months(1200), nil
	case "decade":
		return months(120), nil
	case "year":
		return months(12), nil
	case "quarter":
		return months(3), nil
	case "month":
		return months(1), nil
	case "day":
		v.Micros = 0
	case "hour":
		v.Micros -= v.Micros % usPerHr
	case "minute":
		v.Micros -= v.Micros % usPerMin
	case "second":
		v.Micros -= v.Micros % usPerSec
	case "milliseconds":
		v.Micros -= v.Micros % 1000
	case "microseconds":
	case "week":
		return v, errUnit(strings.ToLower(unit), "interval", true).(*sqlerr.Error).WithDetail("Months usually have fractional weeks.")
	default:
		return v, errUnit(strings.ToLower(unit), "interval", true)
	}
	return v, nil
}

func makeDate(y, m, d int64) (int64, error) {
	bc := y < 0
	yy := y
	if bc {
		yy = y + 1
	}
	if y == 0 || m < 1 || m > 12 || d < 1 || y > 6000000 || y < -5000 || d > int64(monthDays(int(yy), int(m))) {
		return 0, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date field value out of range: %d-%02d-%02d", y, m, d)
	}
	days := types.DaysFromCivil(int(yy), int(m), int(d))
	if days < timestampMinDays || days >= dateEndDays {
		return 0, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date out of range: %d-%02d-%02d", y, m, d)
	}
	return days, nil
}

func makeTimestamp(r row) (int64, error) {
	day, err := makeDate(r.int(0), r.int(1), r.int(2))
	if err != nil {
		return 0, err
	}
	h, m, s := r.int(3), r.int(4), r.f(5)
	if h < 0 || m < 0 || m > 59 || !(s >= 0 && s <= 60) || h > 24 || h == 24 && (m > 0 || s > 0) {
		return 0, errTimeField(h, m, s)
	}
	return daysAndMicros(day, 0+(h*60+m)*usPerMin+int64(math.RoundToEven(s*1e6)))
}

func makeInterval(r row) (vec.Datum, error) {
	arg := func(k int) int64 {
		if k >= r.n() {
			return 0
		}
		return r.int(k)
	}
	secs := 0.0
	if r.n() > 6 {
		secs = r.f(6)
	}
	months := arg(0)*12 + arg(1)
	days := arg(2)*7 + arg(3)
	if math.IsInf(secs, 0) || math.IsNaN(secs) { // the others wrap around, as there
		return null, errIntervalRange()
	}
	us := arg(4)*usPerHr + arg(5)*usPerMin + int64(math.RoundToEven(secs*1e6))
	return dV(types.IntervalValue{Months: int32(months), Days: int32(days), Micros: us}), nil
}

// age is timestamp_age: years, months and days by the calendar.
func age(_ *Ctx, a, b int64) (types.IntervalValue, error) {
	if infinite(a) || infinite(b) {
		return types.IntervalValue{}, errTimestampRange()
	}
	neg := a < b
	x, y := toCivil(a), toCivil(b)
	us, d, m, yr := x.us-y.us, x.d-y.d, x.m-y.m, x.y-y.y
	if neg {
		us, d, m, yr = -us, -d, -m, -yr
	}
	if us < 0 {
		us += usPerDay
		d--
	}
	for d < 0 {
		if neg {
			d += monthDays(x.y, x.m)
		} else {
			d += monthDays(y.y, y.m)
		}
		m--
	}
	for m < 0 {
		m += 12
		yr--
	}
	v := types.IntervalValue{Months: int32(yr*12 + m), Days: int32(d), Micros: us}
	if neg {
		return negInterval(v)
	}
	return v, nil
}

func dateBin(_ *Ctx, v types.IntervalValue, t, origin int64) (int64, error) {
	if infinite(t) {
		return t, nil
	}
	if infinite(origin) {
		return 0, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "origin out of range")
	}
	if v.Months != 0 {
		return 0, notByUs("timestamps cannot be binned into intervals containing months or years")
	}
	days := int64(v.Days) * usPerDay
	stride := days + v.Micros
	if days/usPerDay != int64(v.Days) || v.Micros > 0 != (stride > days) && v.Micros != 0 {
		return 0, errIntervalRange()
	}
	if stride <= 0 {
		return 0, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "stride must be greater than zero")
	}
	_, rem := floorDiv(t-origin, stride)
	return t - rem, nil
}
