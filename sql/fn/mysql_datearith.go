package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	for name, neg := range map[string]bool{"adddate": false, "subdate": true, "date_add": false, "date_sub": true} {
		addMoment(name, neg)
	}
	for _, a := range []types.Type{tDate, tTS, tTZ} {
		for _, b := range []types.Type{tDate, tTS, tTZ} {
			def("datediff", ts{a, b}, tI4, rows(tI4, dateDiff), stable)
			def("timestampdiff", ts{tText, a, b}, tI8, rows(tI8, timestampDiff), stable)
		}
	}
	def("timediff", ts{tTS, tTS}, tIvl, f2(tIvl, func(_ *Ctx, a, b int64) (types.IntervalValue, error) {
		if infinite(a) || infinite(b) {
			return types.IntervalValue{}, errTimestampRange()
		}
		return types.IntervalValue{Micros: a - b}, nil
	}))
	def("timediff", ts{tTZ, tTZ}, tIvl, f2(tIvl, func(_ *Ctx, a, b int64) (types.IntervalValue, error) {
		if infinite(a) || infinite(b) {
			return types.IntervalValue{}, errTimestampRange()
		}
		return types.IntervalValue{Micros: a - b}, nil
	}))
	clock("unix_timestamp", tI8, stable, func(c *Ctx) int64 {
		s, _ := floorDiv(fromGo(c.now()), usPerSec)
		return s - epochDays*86400
	})
	def("unix_timestamp", ts{tDate}, tNum, rows(tNum, unixTimestamp), stable)
	def("unix_timestamp", ts{tTS}, tNum, rows(tNum, unixTimestamp), stable)
	def("unix_timestamp", ts{tTZ}, tNum, rows(tNum, unixTimestamp), stable)
	def("from_unixtime", ts{tNum}, tTS, f1(tTS, fromUnix), stable)
	def("from_unixtime", ts{tNum, tText}, tText, f2(tText, func(c *Ctx, d types.Decimal, f string) (string, error) {
		t, err := fromUnix(c, d)
		return formatMySQL(t, f), err
	}), stable)
	def("convert_tz", ts{tTS, tText, tText}, tTS, f3(tTS, func(_ *Ctx, t int64, from, to string) (int64, error) {
		a, err := zoneOf(from)
		if err != nil {
			return 0, err
		}
		b, err := zoneOf(to)
		if err != nil {
			return 0, err
		}
		return utcToLocal(localToUTC(t, a), b), nil
	}), stable)
}

// addMoment registers ADDDATE and its kin. Under adddate and subdate a date
// stays a date, so its interval must be of whole days; under date_add and
// date_sub it becomes a timestamp, as date + interval does.
func addMoment(name string, neg bool) {
	signed := func(v types.IntervalValue) (types.IntervalValue, error) {
		if neg {
			return negInterval(v)
		}
		return v, nil
	}
	stay := name == "adddate" || name == "subdate"
	ret := tTS
	if stay {
		ret = tDate
	}
	def(name, ts{tDate, tIvl}, ret, f2(ret, func(_ *Ctx, d int64, v types.IntervalValue) (int64, error) {
		v, err := signed(v)
		if err != nil {
			return 0, err
		}
		t, err := datePlus(d, v)
		if err != nil || !stay {
			return t, err
		}
		if v.Micros%usPerDay != 0 {
			return 0, sqlerr.New(pgerrcode.InvalidParameterValue, "%s of a date takes whole days", name)
		}
		if infiniteDate(d) {
			return d, nil
		}
		return tsToDate(t), nil
	}))
	def(name, ts{tTS, tIvl}, tTS, f2(tTS, func(_ *Ctx, t int64, v types.IntervalValue) (int64, error) {
		v, err := signed(v)
		if err != nil {
			return 0, err
		}
		return addInterval(t, v)
	}))
	def(name, ts{tTZ, tIvl}, tTZ, f2(tTZ, func(c *Ctx, t int64, v types.IntervalValue) (int64, error) {
		v, err := signed(v)
		if err != nil {
			return 0, err
		}
		return addIntervalTZ(t, v, c.zone())
	}), stable)
	if stay {
		def(name, ts{tDate, tI4}, tDate, f2(tDate, func(c *Ctx, d, n int64) (int64, error) {
			if neg {
				n = -n
			}
			return dateAdd(c, d, n)
		}))
	}
}

// dateDiff counts days from midnight to midnight.
func dateDiff(r row) (vec.Datum, error) {
	a, ok := localDay(r, 0)
	b, ok2 := localDay(r, 1)
	if !ok || !ok2 {
		return null, nil
	}
	return dI(a - b), nil
}

// timestampDiff counts the whole units from the first moment to the second.
func timestampDiff(r row) (vec.Datum, error) {
	a, ok := local(r, 1)
	b, ok2 := local(r, 2)
	if !ok || !ok2 {
		return null, nil
	}
	step := map[string]int64{"microsecond": 1, "second": usPerSec, "minute": usPerMin, "hour": usPerHr, "day": usPerDay, "week": 7 * usPerDay}
	if n := step[r.s(0)]; n > 0 {
		return dI((b - a) / n), nil
	}
	months := map[string]int64{"month": 1, "quarter": 3, "year": 12}[r.s(0)]
	if months == 0 {
		return null, sqlerr.New(pgerrcode.InvalidParameterValue, `unit "%s" not recognized`, r.s(0))
	}
	sign := int64(1)
	if a > b {
		a, b, sign = b, a, -1
	}
	x, y := toCivil(a), toCivil(b)
	n := int64(y.y-x.y)*12 + int64(y.m-x.m)
	if y.d < x.d || y.d == x.d && y.us < x.us {
		n--
	}
	return dI(sign * (n / months)), nil
}

// unixTimestamp is the seconds since 1970, with a fraction where there is one.
func unixTimestamp(r row) (vec.Datum, error) {
	t, ok := local(r, 0)
	if !ok {
		return null, nil
	}
	us := localToUTC(t, r.c.zone())
	if r.t(0).Kind == types.TimestampTZ {
		us = r.int(0)
	}
	s, f := floorDiv(us, usPerSec)
	s -= epochDays * 86400
	if f == 0 {
		return dD(types.DecimalOf(s, 0)), nil
	}
	return dD(types.DecimalOf(s*usPerSec+f, 6)), nil
}

// fromUnix is a timestamp on the session's clock.
func fromUnix(c *Ctx, d types.Decimal) (int64, error) {
	us, ok := d.Round(6).Unscaled(6)
	if !ok || us > 1<<61 || us < -(1<<61) {
		return 0, errTimestampRange()
	}
	us += epochDays * usPerDay
	if day, _ := floorDiv(us, usPerDay); day < timestampMinDays || day >= timestampEndDays {
		return 0, errTimestampRange()
	}
	return utcToLocal(us, c.zone()), nil
}
