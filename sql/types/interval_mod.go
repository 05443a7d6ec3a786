package types

// Bits of the fields in an interval's modifier (INTERVAL_MASK of timestamp.h);
// fullRange is an interval without a restriction.
const (
	ivMonth   = 1 << 1
	ivYear    = 1 << 2
	ivDay     = 1 << 3
	ivHour    = 1 << 10
	ivMinute  = 1 << 11
	ivSecond  = 1 << 12
	fullRange = 0x7fff
)

// IntervalMod returns the modifier of an interval: fields is Postgres's mask of
// fields, 0 for all, precision the digits of the seconds' fraction, -1 for all.
func IntervalMod(fields, precision int) int32 {
	if fields == 0 {
		fields = fullRange
	}
	if precision < 0 {
		if fields == fullRange {
			return 0
		}
		precision = 0xffff
	}
	return int32(fields<<16 | precision)
}

// intervalFields spells a mask of fields, with a blank in front.
func intervalFields(fields int32) string {
	switch fields {
	case ivYear:
		return " year"
	case ivMonth:
		return " month"
	case ivDay:
		return " day"
	case ivHour:
		return " hour"
	case ivMinute:
		return " minute"
	case ivSecond:
		return " second"
	case ivYear | ivMonth:
		return " year to month"
	case ivDay | ivHour:
		return " day to hour"
	case ivDay | ivHour | ivMinute:
		return " day to minute"
	case ivDay | ivHour | ivMinute | ivSecond:
		return " day to second"
	case ivHour | ivMinute:
		return " hour to minute"
	case ivHour | ivMinute | ivSecond:
		return " hour to second"
	case ivMinute | ivSecond:
		return " minute to second"
	}
	return ""
}

// unitOf is the unit of a number that has none, by the fields asked for.
func unitOf(fields int32) tokKind {
	switch {
	case fields == fullRange || fields == 0 || fields&ivSecond != 0:
		return tkSecond
	case fields&ivMinute != 0:
		return tkMinute
	case fields&ivHour != 0:
		return tkHour
	case fields&ivDay != 0:
		return tkDay
	case fields&ivMonth != 0:
		return tkMonth
	case fields&ivYear != 0:
		return tkYear
	}
	return tkSecond
}

// FitInterval is AdjustIntervalForTypmod: fields below the smallest one of the
// modifier are cut, seconds rounded to its precision.
func FitInterval(v IntervalValue, mod int32) IntervalValue {
	if mod == 0 {
		return v
	}
	switch f := mod >> 16; {
	case f == fullRange || f&ivSecond != 0:
	case f&ivMinute != 0:
		v.Micros = v.Micros / MicrosPerMin * MicrosPerMin
	case f&ivHour != 0:
		v.Micros = v.Micros / MicrosPerHour * MicrosPerHour
	case f&ivDay != 0:
		v.Micros = 0
	case f&ivMonth != 0:
		v.Micros, v.Days = 0, 0
	case f&ivYear != 0:
		v.Micros, v.Days, v.Months = 0, 0, v.Months/12*12
	}
	if p := mod & 0xffff; p <= 6 {
		v.Micros = RoundMicros(v.Micros, int(p))
	}
	return v
}
