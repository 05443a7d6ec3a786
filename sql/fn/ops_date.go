package fn

import (
	"tagd/sql/types"
)

func init() {
	op("+", tDate, tI4, tDate, f2(tDate, dateAdd))
	op("+", tI4, tDate, tDate, f2(tDate, func(c *Ctx, n, d int64) (int64, error) { return dateAdd(c, d, n) }))
	op("-", tDate, tI4, tDate, f2(tDate, func(c *Ctx, d, n int64) (int64, error) { return dateAdd(c, d, -n) }))
	op("-", tDate, tDate, tI4, f2(tI4, func(_ *Ctx, a, b int64) (int64, error) {
		if infiniteDate(a) || infiniteDate(b) {
			return 0, errInfiniteDates()
		}
		return a - b, nil
	}))
	intervalSum("+", func(v types.IntervalValue) (types.IntervalValue, error) { return v, nil })
	intervalSum("-", negInterval)
	op("+", tIvl, tTS, tTS, f2(tTS, func(_ *Ctx, v types.IntervalValue, t int64) (int64, error) { return addInterval(t, v) }))
	op("+", tIvl, tTZ, tTZ, f2(tTZ, func(c *Ctx, v types.IntervalValue, t int64) (int64, error) { return addIntervalTZ(t, v, c.zone()) }), stable)
	op("+", tIvl, tDate, tTS, f2(tTS, func(_ *Ctx, v types.IntervalValue, d int64) (int64, error) { return datePlus(d, v) }))
	op("-", tTS, tTS, tIvl, f2(tIvl, subTimestamps))
	op("-", tTZ, tTZ, tIvl, f2(tIvl, subTimestamps))
	op("+", tIvl, tIvl, tIvl, f2(tIvl, func(_ *Ctx, a, b types.IntervalValue) (types.IntervalValue, error) { return sumInterval(a, b) }))
	op("-", tIvl, tIvl, tIvl, f2(tIvl, func(_ *Ctx, a, b types.IntervalValue) (types.IntervalValue, error) {
		b, err := negInterval(b)
		if err != nil {
			return a, err
		}
		return sumInterval(a, b)
	}))
	prefix("-", tIvl, tIvl, f1(tIvl, func(_ *Ctx, v types.IntervalValue) (types.IntervalValue, error) { return negInterval(v) }))
	op("*", tIvl, tF8, tIvl, f2(tIvl, func(_ *Ctx, v types.IntervalValue, f float64) (types.IntervalValue, error) { return mulInterval(v, f) }))
	op("*", tF8, tIvl, tIvl, f2(tIvl, func(_ *Ctx, f float64, v types.IntervalValue) (types.IntervalValue, error) { return mulInterval(v, f) }))
	op("/", tIvl, tF8, tIvl, f2(tIvl, func(_ *Ctx, v types.IntervalValue, f float64) (types.IntervalValue, error) { return divInterval(v, f) }))
	for name, f := range map[string]func(types.IntervalValue) (types.IntervalValue, error){"justify_hours": justifyHours, "justify_days": justifyDays, "justify_interval": justifyInterval} {
		def(name, ts{tIvl}, tIvl, f1(tIvl, func(_ *Ctx, v types.IntervalValue) (types.IntervalValue, error) { return f(v) }))
	}
}

// intervalSum registers date, timestamp and timestamptz + or - interval.
func intervalSum(name string, sign func(types.IntervalValue) (types.IntervalValue, error)) {
	op(name, tTS, tIvl, tTS, f2(tTS, func(_ *Ctx, t int64, v types.IntervalValue) (int64, error) {
		v, err := sign(v)
		if err != nil {
			return 0, err
		}
		return addInterval(t, v)
	}))
	op(name, tTZ, tIvl, tTZ, f2(tTZ, func(c *Ctx, t int64, v types.IntervalValue) (int64, error) {
		v, err := sign(v)
		if err != nil {
			return 0, err
		}
		return addIntervalTZ(t, v, c.zone())
	}), stable)
	op(name, tDate, tIvl, tTS, f2(tTS, func(_ *Ctx, d int64, v types.IntervalValue) (int64, error) {
		v, err := sign(v)
		if err != nil {
			return 0, err
		}
		return datePlus(d, v)
	}))
}

func datePlus(d int64, v types.IntervalValue) (int64, error) {
	t, err := dateToTS(d)
	if err != nil {
		return 0, err
	}
	return addInterval(t, v)
}

func dateAdd(_ *Ctx, d, n int64) (int64, error) {
	if infiniteDate(d) {
		return d, nil
	}
	r := d + n
	if r < timestampMinDays || r >= dateEndDays {
		return 0, errDateRange()
	}
	return r, nil
}

// subTimestamps is timestamp_mi: days of 24 hours and the rest.
func subTimestamps(_ *Ctx, a, b int64) (types.IntervalValue, error) {
	if infinite(a) || infinite(b) {
		return types.IntervalValue{}, errInfiniteTimestamps()
	}
	return justifyHours(types.IntervalValue{Micros: a - b})
}
