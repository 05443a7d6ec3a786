package types

import (
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

func errDateSyntax(typ, s string) error {
	return sqlerr.New(pgerrcode.InvalidDatetimeFormat, "invalid input syntax for type %s: \"%s\"", typ, s)
}

// ParseDate reads a date in any form that Postgres reads; now is the time that
// 'now', 'today' and their like mean. The result is in days since 2000-01-01.
func ParseDate(s string, st *Style, now time.Time) (int64, error) {
	if d, ok := isoDate(s); ok {
		return d, nil
	}
	return 0, errDateSyntax("date", s)
}

// ParseTimestamp reads a timestamp without time zone (a zone in it is ignored).
func ParseTimestamp(s string, st *Style, now time.Time) (int64, error) {
	if d, ok := isoStamp(s); ok {
		return d, nil
	}
	return 0, errDateSyntax("timestamp", s)
}

// ParseTimestampTZ reads an instant; without a zone the style's zone counts.
func ParseTimestampTZ(s string, st *Style, now time.Time) (int64, error) {
	if d, ok := isoStamp(s); ok {
		return LocalToUTC(st.Zone, d), nil
	}
	return 0, errDateSyntax("timestamp with time zone", s)
}
