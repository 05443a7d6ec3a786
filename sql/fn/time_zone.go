package fn

import (
	"math"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// clockNow is the clock; functions that tell the time of the statement do not
// use it.
func clockNow() time.Time { return time.Now() }

func init() {
	def("timezone", ts{tIvl, tTZ}, tTS, f2(tTS, func(_ *Ctx, v types.IntervalValue, t int64) (int64, error) { return shiftZone(v, t, 1) }))
	def("timezone", ts{tIvl, tTS}, tTZ, f2(tTZ, func(_ *Ctx, v types.IntervalValue, t int64) (int64, error) { return shiftZone(v, t, -1) }))
	def("timezone", ts{tIvl, tTimeZ}, tTimeZ, f2(tTimeZ, func(_ *Ctx, v types.IntervalValue, t int64) (int64, error) {
		off, err := zoneInterval(v)
		return moveZone(t, int(off/usPerSec)), err
	}))
	def("timezone", ts{tText, tTimeZ}, tTimeZ, f2(tTimeZ, func(c *Ctx, name string, t int64) (int64, error) {
		z, err := findZone(name)
		if err != nil {
			return 0, err
		}
		return moveZone(t, int(offsetAt(fromGo(c.now()), z)/usPerSec)), nil
	}), stable)
	def("make_time", ts{tI4, tI4, tF8}, tTime, rows(tTime, func(r row) (vec.Datum, error) {
		t, err := makeTime(r.int(0), r.int(1), r.f(2))
		return dI(t), err
	}))
	def("make_timestamptz", ts{tI4, tI4, tI4, tI4, tI4, tF8, tText}, tTZ, rows(tTZ, func(r row) (vec.Datum, error) {
		t, err := makeTimestamp(r)
		if err != nil {
			return null, err
		}
		z, err := numericZone(r.s(6))
		if err != nil {
			return null, err
		}
		return dI(localToUTC(t, z)), nil
	}), stable)
	for n := range 7 {
		args := ts{tI4, tI4, tI4, tI4, tI4, tI4}[:n]
		def("make_interval", args, tIvl, rows(tIvl, makeInterval))
	}
	for _, name := range []string{"extract", "date_part"} {
		ret := tF8
		if name == "extract" {
			ret = tNum
		}
		for _, t := range []types.Type{tTime, tTimeZ} {
			def(name, ts{tText, t}, ret, rows(ret, func(r row) (vec.Datum, error) {
				d, err := extractTime(r.s(0), r.int(1), t)
				if ret.Kind == types.Float8 {
					return dF(d.Float64()), err
				}
				return dD(d), err
			}))
		}
	}
}

// zoneInterval is the offset east of UTC, in microseconds, that an interval is.
func zoneInterval(v types.IntervalValue) (int64, error) {
	if v.Months != 0 || v.Days != 0 {
		return 0, sqlerr.New(pgerrcode.InvalidParameterValue, "interval time zone \"%s\" must not include months or days",
			types.AppendInterval(nil, v, types.ISO))
	}
	return v.Micros / usPerSec * usPerSec, nil
}

func shiftZone(v types.IntervalValue, t, sign int64) (int64, error) {
	if infinite(t) {
		return t, nil
	}
	off, err := zoneInterval(v)
	if err != nil {
		return 0, err
	}
	return checkTimestamp(t + sign*off)
}

// moveZone shows a time with time zone on the clock of another zone.
func moveZone(t int64, off int) int64 {
	micros, old := types.UnpackTimeTZ(t)
	return types.PackTimeTZ(dayClock(micros+int64(off-old)*usPerSec), off)
}

// numericZone is parse_sane_timezone: an offset must have a sign.
func numericZone(s string) (*time.Location, error) {
	if s != "" && s[0]-'0' <= 9 {
		return nil, sqlerr.New(pgerrcode.InvalidParameterValue, "invalid input syntax for type %s: \"%s\"", "numeric time zone", s).
			WithHint("Numeric time zones must have \"-\" or \"+\" as first character.")
	}
	if s != "" && (s[0] == '+' || s[0] == '-') {
		flip := map[byte]string{'+': "-", '-': "+"} // not POSIX's sign here
		if z := fixedZone(flip[s[0]] + s[1:]); z != nil {
			return z, nil
		}
	}
	return findZone(s)
}

func makeTime(h, m int64, s float64) (int64, error) {
	if h < 0 || m < 0 || m > 59 || !(s >= 0 && s <= 60) || h > 24 || h == 24 && (m > 0 || s > 0) {
		return 0, errTimeField(h, m, s)
	}
	return (h*60+m)*usPerMin + int64(math.RoundToEven(s*1e6)), nil
}

func errTimeField(h, m int64, s float64) error {
	return sqlerr.New(pgerrcode.DatetimeFieldOverflow, "time field value out of range: %d:%02d:%02g", h, m, s)
}

// extractTime is time_part and timetz_part.
func extractTime(unit string, t int64, typ types.Type) (types.Decimal, error) {
	u, known := dateUnit(unit)
	micros, off := t, 0
	zoned := typ.Kind == types.TimeTZ
	if zoned {
		micros, off = types.UnpackTimeTZ(t)
	}
	switch {
	case u == "microseconds":
		return whole(micros % usPerMin), nil
	case u == "milliseconds":
		return types.DecimalOf(micros%usPerMin, 3), nil
	case u == "second":
		return types.DecimalOf(micros%usPerMin, 6), nil
	case u == "minute":
		return whole(micros / usPerMin % 60), nil
	case u == "hour":
		return whole(micros / usPerHr), nil
	case u == "epoch":
		return types.DecimalOf(micros-int64(off)*usPerSec, 6), nil
	case zoned && u == "timezone":
		return whole(int64(off)), nil
	case zoned && u == "timezone_hour":
		return whole(int64(off / 3600)), nil
	case zoned && u == "timezone_minute":
		return whole(int64(off % 3600 / 60)), nil
	}
	return types.Decimal{}, errUnit(strings.ToLower(unit), typ.String(), known)
}
