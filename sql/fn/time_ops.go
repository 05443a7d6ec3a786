package fn

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	dateTime := func(_ *Ctx, d, t int64) (int64, error) {
		ts, err := dateToTS(d)
		if err != nil || infinite(ts) {
			return ts, err
		}
		return checkTimestamp(ts + t)
	}
	dateTimeTZ := func(_ *Ctx, d, t int64) (int64, error) {
		ts, err := dateToTS(d)
		if err != nil || infinite(ts) {
			return ts, err
		}
		micros, off := types.UnpackTimeTZ(t)
		return checkTimestamp(ts + micros - int64(off)*usPerSec)
	}
	op("+", tDate, tTime, tTS, f2(tTS, dateTime))
	op("+", tTime, tDate, tTS, f2(tTS, func(c *Ctx, t, d int64) (int64, error) { return dateTime(c, d, t) }))
	op("+", tDate, tTimeZ, tTZ, f2(tTZ, dateTimeTZ))
	op("+", tTimeZ, tDate, tTZ, f2(tTZ, func(c *Ctx, t, d int64) (int64, error) { return dateTimeTZ(c, d, t) }))
	op("-", tTime, tTime, tIvl, f2(tIvl, func(_ *Ctx, a, b int64) (types.IntervalValue, error) { return types.IntervalValue{Micros: a - b}, nil }))
	add := func(t int64, v types.IntervalValue) int64 { return dayClock(t + v.Micros%usPerDay) }
	sub := func(t int64, v types.IntervalValue) int64 { return dayClock(t - v.Micros%usPerDay) }
	zoned := func(f func(int64, types.IntervalValue) int64) func(int64, types.IntervalValue) int64 {
		return func(t int64, v types.IntervalValue) int64 {
			micros, off := types.UnpackTimeTZ(t)
			return types.PackTimeTZ(f(micros, v), off)
		}
	}
	flip := func(f func(int64, types.IntervalValue) int64) func(types.IntervalValue, int64) int64 {
		return func(v types.IntervalValue, t int64) int64 { return f(t, v) }
	}
	op("+", tTime, tIvl, tTime, f2(tTime, ok2(add)))
	op("+", tIvl, tTime, tTime, f2(tTime, ok2(flip(add))))
	op("-", tTime, tIvl, tTime, f2(tTime, ok2(sub)))
	op("+", tTimeZ, tIvl, tTimeZ, f2(tTimeZ, ok2(zoned(add))))
	op("+", tIvl, tTimeZ, tTimeZ, f2(tTimeZ, ok2(flip(zoned(add)))))
	op("-", tTimeZ, tIvl, tTimeZ, f2(tTimeZ, ok2(zoned(sub))))
	castTimes()
	clockTimes()
	for _, t := range []types.Type{tTime, tTimeZ, tTS, tTZ} {
		overlapsOf(t)
	}
}

// dayClock brings a count of microseconds into one day.
func dayClock(us int64) int64 {
	_, r := floorDiv(us, usPerDay)
	return r
}

func checkTimestamp(t int64) (int64, error) {
	if !types.TimestampInRange(t) {
		return 0, errTimestampRange()
	}
	return t, nil
}

// castTimes registers the casts of time and timetz.
func castTimes() {
	finite := func(to types.Type, f func(c *Ctx, t int64) int64) impl {
		return rows(to, func(r row) (vec.Datum, error) {
			if infinite(r.int(0)) {
				return null, nil
			}
			return dI(f(r.c, r.int(0))), nil
		})
	}
	cast(tTime, tTimeZ, CastImplicit, f1(tTimeZ, func(c *Ctx, t int64) (int64, error) {
		local := utcToLocal(fromGo(c.now()), c.zone())
		day, _ := floorDiv(local, usPerDay)
		at := day*usPerDay + t
		return types.PackTimeTZ(t, int((at-localToUTC(at, c.zone()))/usPerSec)), nil
	}), Stable)
	cast(tTime, tIvl, CastImplicit, f1(tIvl, ok1(func(t int64) types.IntervalValue { return types.IntervalValue{Micros: t} })))
	cast(tTimeZ, tTime, CastAssign, f1(tTime, ok1(func(t int64) int64 { micros, _ := types.UnpackTimeTZ(t); return micros })))
	cast(tTS, tTime, CastAssign, finite(tTime, func(_ *Ctx, t int64) int64 { return dayClock(t) }))
	cast(tTZ, tTime, CastAssign, finite(tTime, func(c *Ctx, t int64) int64 { return dayClock(utcToLocal(t, c.zone())) }), Stable)
	cast(tTZ, tTimeZ, CastAssign, finite(tTimeZ, func(c *Ctx, t int64) int64 {
		local := utcToLocal(t, c.zone())
		return types.PackTimeTZ(dayClock(local), int((local-t)/usPerSec))
	}), Stable)
	cast(tIvl, tTime, CastAssign, f1(tTime, ok1(func(v types.IntervalValue) int64 { return dayClock(v.Micros) })))
}

// clockTimes registers the functions that tell the time of day.
func clockTimes() {
	local := func(c *Ctx) (int64, int) {
		utc := fromGo(c.now())
		l := utcToLocal(utc, c.zone())
		return dayClock(l), int((l - utc) / usPerSec)
	}
	zoned := func(c *Ctx) int64 { return types.PackTimeTZ(local(c)) }
	plain := func(c *Ctx) int64 { t, _ := local(c); return t }
	stamp := func(c *Ctx) int64 { return fromGo(c.now()) }
	for name, k := range map[string]struct {
		t types.Type
		f func(c *Ctx) int64
	}{
		"current_time": {tTimeZ, zoned}, "localtime": {tTime, plain}, "current_timestamp": {tTZ, stamp},
		"localtimestamp": {tTS, func(c *Ctx) int64 { return utcToLocal(stamp(c), c.zone()) }},
	} {
		if funcs[name] == nil {
			clock(name, k.t, stable, k.f)
		}
		def(name, ts{tI4}, k.t, rows(k.t, func(r row) (vec.Datum, error) {
			t := k.t.WithWireMod(int32(min(max(r.int(0), 0), 6)))
			return dI(vec.FitStamp(t, k.f(r.c))), nil
		}), stable)
	}
	def("timeofday", ts{}, tText, perCall(tText, func(c *Ctx) (vec.Datum, error) {
		return dS(clockNow().In(c.zone()).Format("Mon Jan 02 15:04:05.000000 2006 MST")), nil
	}), volatile)
}

// overlapsOf registers (a, b) OVERLAPS (c, d): ends may be lengths instead, but
// for timetz.
func overlapsOf(t types.Type) {
	for _, e1 := range []types.Type{t, tIvl} {
		for _, e2 := range []types.Type{t, tIvl} {
			if t.Kind == types.TimeTZ && (e1.Kind == types.Interval || e2.Kind == types.Interval) {
				continue
			}
			opts := []opt{nullable}
			if t.Kind == types.TimestampTZ && (e1.Kind == types.Interval || e2.Kind == types.Interval) {
				opts = append(opts, stable)
			}
			def("overlaps", ts{t, e1, t, e2}, tBool, rowsN(tBool, func(r row) (vec.Datum, error) { return overlap(r, t) }), opts...)
		}
	}
}

// overlap is overlaps_timestamp: NULL ends are unknown, and intervals hold
// their start but not their end.
func overlap(r row, t types.Type) (vec.Datum, error) {
	var v [4]int64
	var n [4]bool
	for k := range v {
		if n[k] = r.null(k); n[k] {
			continue
		}
		if r.t(k).Kind != types.Interval {
			v[k] = r.int(k)
			continue
		}
		if n[k] = n[k-1]; n[k] {
			continue
		}
		end, err := addLength(r.c, t, v[k-1], r.v(k))
		if err != nil {
			return null, err
		}
		v[k] = end
	}
	order := func(i int) bool { // start before end; a NULL start is swapped away
		switch {
		case n[i] && n[i+1]:
			return false
		case n[i]:
			v[i], n[i], n[i+1] = v[i+1], false, true
		case !n[i+1] && v[i] > v[i+1]:
			v[i], v[i+1] = v[i+1], v[i]
		}
		return true
	}
	if !order(0) || !order(2) {
		return null, nil
	}
	if v[0] == v[2] {
		if n[1] || n[3] {
			return null, nil
		}
		return dB(true), nil
	}
	a, b := 0, 2
	if v[0] < v[2] {
		a, b = 2, 0
	}
	// Interval b starts first.
	if n[b+1] {
		return null, nil
	}
	if v[a] < v[b+1] {
		return dB(true), nil
	}
	if n[a+1] {
		return null, nil
	}
	return dB(false), nil
}

func addLength(c *Ctx, t types.Type, start int64, v types.IntervalValue) (int64, error) {
	switch t.Kind {
	case types.Time:
		return dayClock(start + v.Micros%usPerDay), nil
	case types.TimestampTZ:
		return addIntervalTZ(start, v, c.zone())
	}
	return addInterval(start, v)
}
