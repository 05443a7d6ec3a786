package engine

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

func checkTimeZone(_ *Session, v string) (string, error) {
	name, _, err := zone(v)
	return name, err
}

// zone returns the zone that a value of TimeZone means and the value that SHOW
// gives back, as check_timezone of PostgreSQL does: INTERVAL 'text', a number of
// hours east of Greenwich, a zone's name in any letter case, or a POSIX zone, whose
// sign is west.
func zone(v string) (string, *time.Location, error) {
	bad := func() *sqlerr.Error {
		return sqlerr.New(pgerrcode.InvalidParameterValue, `invalid value for parameter "TimeZone": "%s"`, v)
	}
	if len(v) >= 8 && strings.EqualFold(v[:8], "interval") {
		text, ok := strings.CutPrefix(strings.TrimLeft(v[8:], " \t\n\r\f\v"), "'")
		text, quoted := strings.CutSuffix(text, "'")
		if !ok || !quoted {
			return "", nil, bad()
		}
		i, err := types.ParseInterval(text, types.ISO)
		switch {
		case err != nil:
			return "", nil, err
		case i.Months != 0:
			return "", nil, bad().WithDetail("Cannot specify months in time zone interval.")
		case i.Days != 0:
			return "", nil, bad().WithDetail("Cannot specify days in time zone interval.")
		}
		return offsetZone(float64(i.Micros/1e6), bad)
	}
	if hours, err := strconv.ParseFloat(v, 64); !strings.Contains(v, "_") && (err == nil || errors.Is(err, strconv.ErrRange)) {
		return offsetZone(hours*3600, bad)
	}
	if loc, ok := types.LookupZone(v); ok {
		return zoneName(v, loc, bad)
	}
	return "", nil, bad()
}

// zoneName is a named zone: how it is shown, unless its clocks have seconds, as
// those with leap seconds do.
func zoneName(v string, loc *time.Location, bad func() *sqlerr.Error) (string, *time.Location, error) {
	if at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).In(loc); at.Second() != 0 {
		return "", nil, sqlerr.New(pgerrcode.InvalidParameterValue, `time zone "%s" appears to use leap seconds`, v).
			WithDetail("PostgreSQL does not support leap seconds.")
	}
	if strings.EqualFold(v, loc.String()) {
		return loc.String(), loc, nil
	}
	return strings.ToUpper(v), loc, nil
}

// offsetZone is a zone by its seconds east of Greenwich.
func offsetZone(secs float64, bad func() *sqlerr.Error) (string, *time.Location, error) {
	if !(secs > -168*3600 && secs < 168*3600) {
		return "", nil, bad().WithDetail("UTC timezone offset is out of range.")
	}
	east := string(types.AppendZoneOffset(nil, int(secs)))
	west := map[byte]string{'+': "-", '-': "+"}[east[0]] + east[1:]
	return "<" + east + ">" + west, time.FixedZone(east, int(secs)), nil
}
