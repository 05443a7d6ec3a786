package fn

import (
	"math"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

const (
	usPerSec = int64(1000000)
	usPerMin = 60 * usPerSec
	usPerHr  = 60 * usPerMin
	usPerDay = 24 * usPerHr
	// timestampEndDays is 294277-01-01 and timestampMinDays 4714-11-24 BC in days
	// since 2000-01-01: the range of timestamps (datatype/timestamp.h).
	timestampEndDays = 109203528 - 2451545
	timestampMinDays = -2451545
	dateEndDays      = 2147483494 - 2451545 // 5874898-01-01
	// epochDays is 1970-01-01 in days since 2000-01-01.
	epochDays = -10957
)

var pgEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func errTimestampRange() error {
	return sqlerr.New(pgerrcode.DatetimeFieldOverflow, "timestamp out of range")
}

func errDateRange() error {
	return sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date out of range")
}

func errIntervalRange() error {
	return sqlerr.New(pgerrcode.DatetimeFieldOverflow, "interval out of range")
}

func floorDiv(a, b int64) (q, r int64) {
	q, r = a/b, a%b
	if r < 0 {
		q, r = q-1, r+b
	}
	return q, r
}

func infinite(t int64) bool { return t == types.TimestampInfinity || t == types.TimestampNegInf }

func infiniteDate(d int64) bool { return d == types.DateInfinity || d == types.DateNegInfinity }

// goTime is the instant of a timestamp in UTC.
func goTime(us int64) time.Time {
	s, f := floorDiv(us, usPerSec)
	return time.Unix(s-epochDays*86400, f*1000).UTC()
}

// fromGo is the timestamp of an instant.
func fromGo(t time.Time) int64 {
	return (t.Unix()+epochDays*86400)*usPerSec + int64(t.Nanosecond()/1000)
}

// offsetAt is the zone's offset in microseconds east of UTC at an instant.
func offsetAt(us int64, z *time.Location) int64 {
	_, off := goTime(us).In(z).Zone()
	return int64(off) * usPerSec
}

// utcToLocal shows an instant on a zone's clock.
func utcToLocal(us int64, z *time.Location) int64 {
	if infinite(us) {
		return us
	}
	return us + offsetAt(us, z)
}

// localToUTC reads a zone's clock.
func localToUTC(us int64, z *time.Location) int64 {
	if infinite(us) || us > math.MaxInt64-2*usPerDay || us < math.MinInt64+2*usPerDay {
		return us
	}
	return types.LocalToUTC(z, us)
}

// civil is a broken-down timestamp.
type civil struct {
	y, m, d int
	us      int64 // of the day
}

func toCivil(ts int64) civil {
	day, us := floorDiv(ts, usPerDay)
	y, m, d := types.CivilFromDays(day)
	return civil{y, m, d, us}
}

func (c civil) hour() int     { return int(c.us / usPerHr) }
func (c civil) minute() int   { return int(c.us / usPerMin % 60) }
func (c civil) second() int   { return int(c.us / usPerSec % 60) }
func (c civil) micros() int64 { return c.us % usPerSec }

func (c civil) timestamp() (int64, error) {
	days := types.DaysFromCivil(c.y, c.m, c.d)
	return daysAndMicros(days, c.us)
}

func daysAndMicros(days, us int64) (int64, error) {
	if days < timestampMinDays || days >= timestampEndDays {
		return 0, errTimestampRange()
	}
	return days*usPerDay + us, nil
}

func monthDays(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// addMonths moves a date by months; the day is cut to the month's last.
func addMonths(c civil, months int64) civil {
	q, r := floorDiv(int64(c.m-1)+months, 12)
	c.y += int(q)
	c.m = int(r) + 1
	if n := monthDays(c.y, c.m); c.d > n {
		c.d = n
	}
	return c
}

// addInterval is timestamp_pl_interval.
func addInterval(ts int64, v types.IntervalValue) (int64, error) {
	if infinite(ts) {
		return ts, nil
	}
	if v.Months != 0 {
		var err error
		if ts, err = addMonths(toCivil(ts), int64(v.Months)).timestamp(); err != nil {
			return 0, err
		}
	}
	if v.Days != 0 {
		day, us := floorDiv(ts, usPerDay)
		var err error
		if ts, err = daysAndMicros(day+int64(v.Days), us); err != nil {
			return 0, err
		}
	}
	s := ts + v.Micros
	if (ts^s)&(v.Micros^s) < 0 {
		return 0, errTimestampRange()
	}
	if d, _ := floorDiv(s, usPerDay); d < timestampMinDays || d >= timestampEndDays {
		return 0, errTimestampRange()
	}
	return s, nil
}

// addIntervalTZ is timestamptz_pl_interval: months and days move the local
// clock, the rest is exact time.
func addIntervalTZ(ts int64, v types.IntervalValue, z *time.Location) (int64, error) {
	if infinite(ts) {
		return ts, nil
	}
	if v.Months != 0 || v.Days != 0 {
		local, err := addInterval(utcToLocal(ts, z), types.IntervalValue{Months: v.Months, Days: v.Days})
		if err != nil {
			return 0, err
		}
		ts = localToUTC(local, z)
	}
	return addInterval(ts, types.IntervalValue{Micros: v.Micros})
}

func negInterval(v types.IntervalValue) (types.IntervalValue, error) {
	if v.Months == math.MinInt32 || v.Days == math.MinInt32 || v.Micros == math.MinInt64 {
		return v, errIntervalRange()
	}
	return types.IntervalValue{Months: -v.Months, Days: -v.Days, Micros: -v.Micros}, nil
}

func sumInterval(a, b types.IntervalValue) (types.IntervalValue, error) {
	m, d := int64(a.Months)+int64(b.Months), int64(a.Days)+int64(b.Days)
	us := a.Micros + b.Micros
	if m != int64(int32(m)) || d != int64(int32(d)) || (a.Micros^us)&(b.Micros^us) < 0 {
		return a, errIntervalRange()
	}
	return types.IntervalValue{Months: int32(m), Days: int32(d), Micros: us}, nil
}

// mulInterval is interval_mul: fractions of months become days of 30, fractions
// of days become time.
func mulInterval(v types.IntervalValue, f float64) (types.IntervalValue, error) {
	months, days := float64(v.Months)*f, float64(v.Days)*f
	if math.IsNaN(months) || math.Abs(months) > math.MaxInt32 || math.IsNaN(days) || math.Abs(days) > math.MaxInt32 {
		return v, errIntervalRange()
	}
	return spreadInterval(v, math.Trunc(months), math.Trunc(days), months-math.Trunc(months), days-math.Trunc(days), float64(v.Micros)*f)
}

// spreadInterval cascades the remainders down, as interval_mul and interval_div
// both do.
func spreadInterval(v types.IntervalValue, months, days, monthRem, dayRem, us float64) (types.IntervalValue, error) {
	monthDays := tsRound(monthRem * 30)
	secs := tsRound((dayRem + monthDays - math.Trunc(monthDays)) * 86400)
	if math.Abs(secs) >= 86400 {
		days += math.Trunc(secs / 86400)
		secs -= math.Trunc(secs/86400) * 86400
	}
	days += math.Trunc(monthDays)
	r := math.RoundToEven(us + secs*1e6)
	if math.IsNaN(r) || math.Abs(r) >= 1<<63 || math.Abs(days) > math.MaxInt32 {
		return v, errIntervalRange()
	}
	return types.IntervalValue{Months: int32(months), Days: int32(days), Micros: int64(r)}, nil
}

// tsRound is TSROUND of timestamp.h.
func tsRound(f float64) float64 { return math.RoundToEven(f*1e6) / 1e6 }

func divInterval(v types.IntervalValue, f float64) (types.IntervalValue, error) {
	if f == 0 {
		return v, errDivZero()
	}
	months, days := float64(v.Months)/f, float64(v.Days)/f
	return spreadInterval(v, math.Trunc(months), math.Trunc(days), months-math.Trunc(months), days-math.Trunc(days), float64(v.Micros)/f)
}

func justifyHours(v types.IntervalValue) (types.IntervalValue, error) {
	q := v.Micros / usPerDay
	d := int64(v.Days) + q
	us := v.Micros - q*usPerDay
	if d > 0 && us < 0 {
		us, d = us+usPerDay, d-1
	} else if d < 0 && us > 0 {
		us, d = us-usPerDay, d+1
	}
	if d != int64(int32(d)) {
		return v, errIntervalRange()
	}
	return types.IntervalValue{Months: v.Months, Days: int32(d), Micros: us}, nil
}

func justifyDays(v types.IntervalValue) (types.IntervalValue, error) {
	q := v.Days / 30
	m, d := int64(v.Months)+int64(q), v.Days-q*30
	if m > 0 && d < 0 {
		d, m = d+30, m-1
	} else if m < 0 && d > 0 {
		d, m = d-30, m+1
	}
	if m != int64(int32(m)) {
		return v, errIntervalRange()
	}
	return types.IntervalValue{Months: int32(m), Days: d, Micros: v.Micros}, nil
}

func justifyInterval(v types.IntervalValue) (types.IntervalValue, error) {
	v, err := justifyHours(v)
	if err != nil {
		return v, err
	}
	if v, err = justifyDays(v); err != nil {
		return v, err
	}
	m, d, us := v.Months, v.Days, v.Micros
	if m > 0 && (d < 0 || d == 0 && us < 0) {
		d, m = d+30, m-1
	} else if m < 0 && (d > 0 || d == 0 && us > 0) {
		d, m = d-30, m+1
	}
	if d > 0 && us < 0 {
		us, d = us+usPerDay, d-1
	} else if d < 0 && us > 0 {
		us, d = us-usPerDay, d+1
	}
	return types.IntervalValue{Months: m, Days: d, Micros: us}, nil
}
