package types

import "time"

// DaysFromCivil returns the days from 2000-01-01 to a day of the proleptic
// Gregorian calendar. y is astronomical: 0 is 1 BC. m is 1..12; d may be beyond
// the month, counting on. Algorithm: Howard Hinnant, days_from_civil.
func DaysFromCivil(y, m, d int) int64 {
	if m <= 2 {
		y--
	}
	era := floorDiv(int64(y), 400)
	yoe := int64(y) - era*400
	mp := int64((m + 9) % 12)
	doy := (153*mp+2)/5 + int64(d) - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 730425 // 730425: 0000-03-01 to 2000-01-01
}

// CivilFromDays is the inverse of DaysFromCivil.
func CivilFromDays(days int64) (y, m, d int) {
	days += 730425
	era := floorDiv(days, 146097)
	doe := days - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = int(doy - (153*mp+2)/5 + 1)
	m = int(mp + 3)
	if m > 12 {
		m -= 12
	}
	y = int(yoe + era*400)
	if m <= 2 {
		y++
	}
	return y, m, d
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// Microseconds in units of time.
const (
	MicrosPerSec  = int64(1e6)
	MicrosPerMin  = 60 * MicrosPerSec
	MicrosPerHour = 60 * MicrosPerMin
	MicrosPerDay  = 24 * MicrosPerHour
)

// unixEpoch is 2000-01-01 in seconds since 1970.
const unixEpoch = 946684800

// Limits of timestamps: 4714-11-24 BC to 294277-01-01 (timestamp.h).
const (
	minTimestamp = -211813488000000000
	endTimestamp = 9223371331200000000
)

// minDate is 4714-11-24 BC and endDate 5874898-01-01 (date.h).
const (
	minDate = -2451545
	endDate = 2145031949
)

// ZoneOffset returns the seconds east of UTC, the abbreviation and whether
// summer time holds in zone at an instant (microseconds since 2000 UTC).
func ZoneOffset(zone *time.Location, micros int64) (off int, abbrev string, dst bool) {
	t := InstantTime(micros).In(zone)
	abbrev, off = t.Zone()
	return off, abbrev, t.IsDST()
}

// InstantTime returns an instant (microseconds since 2000 UTC) as a time.Time.
func InstantTime(micros int64) time.Time {
	sec := floorDiv(micros, MicrosPerSec)
	return time.Unix(sec+unixEpoch, (micros-sec*MicrosPerSec)*1000)
}

// InstantMicros is the inverse of InstantTime, to the microsecond.
func InstantMicros(t time.Time) int64 {
	return (t.Unix()-unixEpoch)*MicrosPerSec + int64(t.Nanosecond()/1000)
}

// LocalToUTC turns a wall clock reading in zone (microseconds since 2000, as if
// UTC) into an instant as DetermineTimeZoneOffset does: a reading that summer
// time skips counts by the offset before the change, an ambiguous one is the
// standard-time one.
func LocalToUTC(zone *time.Location, local int64) int64 {
	before, _, _ := ZoneOffset(zone, local-MicrosPerDay)
	after, _, _ := ZoneOffset(zone, local+MicrosPerDay)
	if before == after {
		// Also the usual case. A zone that changes twice within two days is read
		// by the offset around it.
		return local - int64(before)*MicrosPerSec
	}
	a := local - int64(before)*MicrosPerSec
	b := local - int64(after)*MicrosPerSec
	offA, _, _ := ZoneOffset(zone, a)
	offB, _, dstB := ZoneOffset(zone, b)
	okA, okB := offA == before, offB == after
	switch {
	case okA && okB: // ambiguous: standard time wins, else the later offset
		if _, _, dstA := ZoneOffset(zone, a); !dstA && dstB {
			return a
		}
		return b
	case okB:
		return b
	}
	return a // okA, or skipped by a spring forward
}

// UTCToLocal returns the wall clock reading in zone at an instant.
func UTCToLocal(zone *time.Location, micros int64) int64 {
	if zone == time.UTC {
		return micros
	}
	off, _, _ := ZoneOffset(zone, micros)
	return micros + int64(off)*MicrosPerSec
}

// DateInRange reports whether days is a date that Postgres can hold.
func DateInRange(days int64) bool {
	return days >= minDate && days < endDate || days == DateInfinity || days == DateNegInfinity
}

// TimestampInRange reports whether micros is a timestamp that Postgres can hold.
func TimestampInRange(micros int64) bool {
	return micros >= minTimestamp && micros < endTimestamp || micros == TimestampInfinity || micros == TimestampNegInf
}
