package types

import (
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// dtError is DateTimeParseError.
func dtError(e dtErr, p *dtParse, s, typ string) error {
	switch e {
	case dtFieldOverflow:
		return sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date/time field value out of range: \"%s\"", s)
	case dtMDOverflow:
		return sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date/time field value out of range: \"%s\"", s).
			WithHint("Perhaps you need a different \"datestyle\" setting.")
	case dtIntervalOverflow:
		return sqlerr.New(pgerrcode.IntervalFieldOverflow, "interval field value out of range: \"%s\"", s)
	case dtZoneOverflow:
		return sqlerr.New(pgerrcode.InvalidTimeZoneDisplacementValue, "time zone displacement out of range: \"%s\"", s)
	case dtUnknownZone:
		return sqlerr.New(pgerrcode.InvalidParameterValue, "time zone \"%s\" not recognized", p.badZone)
	}
	return sqlerr.New(pgerrcode.InvalidDatetimeFormat, "invalid input syntax for type %s: \"%s\"", typ, s)
}

// parseDateTime lexes and decodes s.
func parseDateTime(s, typ string, st *Style, now time.Time) (*dtParse, error) {
	fields, ok := lexDateTime(s)
	if !ok || len(fields) == 0 {
		return nil, dtError(dtBadFormat, nil, s, typ)
	}
	p, e := decodeDateTime(fields, st, now)
	if e != 0 {
		return nil, dtError(e, p, s, typ)
	}
	return p, nil
}

// ParseDate reads a date in any form that Postgres reads; now is the time that
// 'now', 'today' and their like mean. The result is in days since 2000-01-01.
func ParseDate(s string, st *Style, now time.Time) (int64, error) {
	if d, ok := isoDate(s); ok {
		return d, nil
	}
	p, err := parseDateTime(s, "date", st, now)
	if err != nil {
		return 0, err
	}
	switch p.special {
	case rsEpoch:
		return DaysFromCivil(1970, 1, 1), nil
	case rsLate:
		return DateInfinity, nil
	case rsEarly:
		return DateNegInfinity, nil
	}
	d := DaysFromCivil(p.year, p.mon, p.day)
	if d < minDate || d >= endDate {
		return 0, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date out of range: \"%s\"", s)
	}
	return d, nil
}

// ParseTimestamp reads a timestamp without time zone (a zone in it is ignored).
func ParseTimestamp(s string, st *Style, now time.Time) (int64, error) {
	if d, ok := isoStamp(s); ok {
		return d, nil
	}
	return parseStamp(s, "timestamp", st, now, false)
}

// ParseTimestampTZ reads an instant; without a zone the style's zone counts.
func ParseTimestampTZ(s string, st *Style, now time.Time) (int64, error) {
	if d, ok := isoStamp(s); ok {
		return LocalToUTC(st.Zone, d), nil
	}
	return parseStamp(s, "timestamp with time zone", st, now, true)
}

func parseStamp(s, typ string, st *Style, now time.Time, zoned bool) (int64, error) {
	p, err := parseDateTime(s, typ, st, now)
	if err != nil {
		return 0, err
	}
	switch p.special {
	case rsEpoch:
		return -unixEpoch * MicrosPerSec, nil
	case rsLate:
		return TimestampInfinity, nil
	case rsEarly:
		return TimestampNegInf, nil
	}
	days := DaysFromCivil(p.year, p.mon, p.day)
	// The day decides first, so that the product below cannot overflow.
	// A zone west of UTC may move a reading before the first day into the range.
	ok := days >= minDate-1 && days <= endTimestamp/MicrosPerDay
	v := int64(0)
	if ok {
		v = days*MicrosPerDay + p.timeOfDay()
		if zoned {
			v -= int64(p.off) * MicrosPerSec
		}
		ok = v >= minTimestamp && v < endTimestamp
	}
	if !ok {
		return 0, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "timestamp out of range: \"%s\"", s)
	}
	return v, nil
}
