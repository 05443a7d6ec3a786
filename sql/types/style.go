package types

import "time"

// Style is how values are written as text: the settings DateStyle, IntervalStyle,
// TimeZone, extra_float_digits and bytea_output.
type Style struct {
	DateStyle     string // "ISO", "SQL", "German" or "Postgres"
	DateOrder     string // "MDY", "DMY" or "YMD": also how ambiguous input is read
	IntervalStyle string // "postgres", "postgres_verbose", "sql_standard", "iso_8601"
	Zone          *time.Location
	ZoneName      string
	FloatDigits   int // extra_float_digits, -15..3; 1 and up: shortest exact form
	ByteaEscape   bool
	// RegName and RegOID turn the oids of the reg types into names and back; a
	// name that is not known is an error. With nil the reg types are numbers.
	RegName func(k Kind, oid uint32) (string, bool)
	RegOID  func(k Kind, name string) (uint32, error)
}

// ISO is the style of a fresh session. Read-only.
var ISO = &Style{DateStyle: "ISO", DateOrder: "MDY", IntervalStyle: "postgres", Zone: time.UTC, ZoneName: "UTC", FloatDigits: 1}
