package fn

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

func errInfiniteDates() error {
	return sqlerr.New(pgerrcode.DatetimeFieldOverflow, "cannot subtract infinite dates")
}

func errInfiniteTimestamps() error {
	return sqlerr.New(pgerrcode.DatetimeFieldOverflow, "cannot subtract infinite timestamps")
}

func init() {
	cast(tDate, tTS, CastImplicit, f1(tTS, func(_ *Ctx, d int64) (int64, error) { return dateToTS(d) }))
	cast(tDate, tTZ, CastImplicit, f1(tTZ, func(c *Ctx, d int64) (int64, error) {
		t, err := dateToTS(d)
		return localToUTC(t, c.zone()), err
	}), Stable)
	cast(tTS, tDate, CastAssign, f1(tDate, ok1(tsToDate)))
	cast(tTZ, tDate, CastAssign, f1(tDate, func(c *Ctx, t int64) (int64, error) { return tsToDate(utcToLocal(t, c.zone())), nil }), Stable)
	cast(tTS, tTZ, CastImplicit, f1(tTZ, func(c *Ctx, t int64) (int64, error) { return localToUTC(t, c.zone()), nil }), Stable)
	cast(tTZ, tTS, CastAssign, f1(tTS, func(c *Ctx, t int64) (int64, error) { return utcToLocal(t, c.zone()), nil }), Stable)
}

func dateToTS(d int64) (int64, error) {
	switch d {
	case types.DateInfinity:
		return types.TimestampInfinity, nil
	case types.DateNegInfinity:
		return types.TimestampNegInf, nil
	}
	if d >= timestampEndDays {
		return 0, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date out of range for timestamp")
	}
	return d * usPerDay, nil
}

func tsToDate(t int64) int64 {
	switch t {
	case types.TimestampInfinity:
		return types.DateInfinity
	case types.TimestampNegInf:
		return types.DateNegInfinity
	}
	d, _ := floorDiv(t, usPerDay)
	return d
}
