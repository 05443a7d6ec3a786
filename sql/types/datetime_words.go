package types

// tokKind is the type of a date token (datetime.h); its value is also the bit
// of the field mask where it is a field.
type tokKind uint8

const (
	tkReserved tokKind = iota
	tkMonth
	tkYear
	tkDay
	tkJulian
	tkTZ
	tkDTZ
	tkDynTZ
	tkIgnore
	tkAMPM
	tkHour
	tkMinute
	tkSecond
	tkMilli
	tkMicro
	tkDOY
	tkDOW
	tkUnits
	tkADBC
	tkAgo
	tkISOTime
	tkDTZMod
	tkUnknown
	tkWeek
	tkDecade
	tkCentury
	tkMillennium
	tkNone // no pending label
)

type mask uint64

func bit(k tokKind) mask { return 1 << k }

const (
	maskDate = mask(1<<tkYear | 1<<tkMonth | 1<<tkDay)
	maskSecs = mask(1<<tkSecond | 1<<tkMilli | 1<<tkMicro)
	maskTime = mask(1<<tkHour|1<<tkMinute) | maskSecs
)

// Values of reserved words.
const (
	rsNow = iota
	rsYesterday
	rsToday
	rsTomorrow
	rsZulu
	rsEpoch
	rsLate
	rsEarly
)

type token struct {
	kind tokKind
	val  int
}

// dateTokens is datetktbl of datetime.c.
var dateTokens = map[string]token{
	"-infinity": {tkReserved, rsEarly}, "infinity": {tkReserved, rsLate},
	"ad": {tkADBC, 0}, "bc": {tkADBC, 1}, "am": {tkAMPM, 1}, "pm": {tkAMPM, 2},
	"allballs": {tkReserved, rsZulu}, "epoch": {tkReserved, rsEpoch}, "now": {tkReserved, rsNow},
	"today": {tkReserved, rsToday}, "tomorrow": {tkReserved, rsTomorrow}, "yesterday": {tkReserved, rsYesterday},
	"at": {tkIgnore, 0}, "on": {tkIgnore, 0},
	"d": {tkUnits, int(tkDay)}, "h": {tkUnits, int(tkHour)}, "m": {tkUnits, int(tkMonth)}, "mm": {tkUnits, int(tkMinute)},
	"s": {tkUnits, int(tkSecond)}, "y": {tkUnits, int(tkYear)}, "j": {tkUnits, int(tkJulian)},
	"jd": {tkUnits, int(tkJulian)}, "julian": {tkUnits, int(tkJulian)},
	"dow": {tkUnits, int(tkDOW)}, "doy": {tkUnits, int(tkDOY)}, "isodow": {tkUnits, int(tkDOW)}, "isoyear": {tkUnits, int(tkUnknown)},
	"dst": {tkDTZMod, 3600}, "t": {tkISOTime, int(tkISOTime)},
	"jan": {tkMonth, 1}, "january": {tkMonth, 1}, "feb": {tkMonth, 2}, "february": {tkMonth, 2},
	"mar": {tkMonth, 3}, "march": {tkMonth, 3}, "apr": {tkMonth, 4}, "april": {tkMonth, 4}, "may": {tkMonth, 5},
	"jun": {tkMonth, 6}, "june": {tkMonth, 6}, "jul": {tkMonth, 7}, "july": {tkMonth, 7},
	"aug": {tkMonth, 8}, "august": {tkMonth, 8}, "sep": {tkMonth, 9}, "sept": {tkMonth, 9}, "september": {tkMonth, 9},
	"oct": {tkMonth, 10}, "october": {tkMonth, 10}, "nov": {tkMonth, 11}, "november": {tkMonth, 11},
	"dec": {tkMonth, 12}, "december": {tkMonth, 12},
	"sun": {tkDOW, 0}, "sunday": {tkDOW, 0}, "mon": {tkDOW, 1}, "monday": {tkDOW, 1},
	"tue": {tkDOW, 2}, "tues": {tkDOW, 2}, "tuesday": {tkDOW, 2}, "wed": {tkDOW, 3}, "weds": {tkDOW, 3}, "wednesday": {tkDOW, 3},
	"thu": {tkDOW, 4}, "thur": {tkDOW, 4}, "thurs": {tkDOW, 4}, "thursday": {tkDOW, 4},
	"fri": {tkDOW, 5}, "friday": {tkDOW, 5}, "sat": {tkDOW, 6}, "saturday": {tkDOW, 6},
}

// deltaTokens is deltatktbl of datetime.c: units of intervals.
var deltaTokens = map[string]token{
	"@": {tkIgnore, 0}, "ago": {tkAgo, 0},
	"c": {tkUnits, int(tkCentury)}, "cent": {tkUnits, int(tkCentury)}, "centuries": {tkUnits, int(tkCentury)}, "century": {tkUnits, int(tkCentury)},
	"d": {tkUnits, int(tkDay)}, "day": {tkUnits, int(tkDay)}, "days": {tkUnits, int(tkDay)},
	"dec": {tkUnits, int(tkDecade)}, "decade": {tkUnits, int(tkDecade)}, "decades": {tkUnits, int(tkDecade)}, "decs": {tkUnits, int(tkDecade)},
	"h": {tkUnits, int(tkHour)}, "hour": {tkUnits, int(tkHour)}, "hours": {tkUnits, int(tkHour)}, "hr": {tkUnits, int(tkHour)}, "hrs": {tkUnits, int(tkHour)},
	"m": {tkUnits, int(tkMinute)}, "min": {tkUnits, int(tkMinute)}, "mins": {tkUnits, int(tkMinute)}, "minute": {tkUnits, int(tkMinute)}, "minutes": {tkUnits, int(tkMinute)},
	"microsecon": {tkUnits, int(tkMicro)}, "us": {tkUnits, int(tkMicro)}, "usec": {tkUnits, int(tkMicro)}, "usecond": {tkUnits, int(tkMicro)}, "useconds": {tkUnits, int(tkMicro)}, "usecs": {tkUnits, int(tkMicro)},
	"millisecon": {tkUnits, int(tkMilli)}, "ms": {tkUnits, int(tkMilli)}, "msec": {tkUnits, int(tkMilli)}, "msecond": {tkUnits, int(tkMilli)}, "mseconds": {tkUnits, int(tkMilli)}, "msecs": {tkUnits, int(tkMilli)},
	"mil": {tkUnits, int(tkMillennium)}, "mils": {tkUnits, int(tkMillennium)}, "millennia": {tkUnits, int(tkMillennium)}, "millennium": {tkUnits, int(tkMillennium)},
	"mon": {tkUnits, int(tkMonth)}, "mons": {tkUnits, int(tkMonth)}, "month": {tkUnits, int(tkMonth)}, "months": {tkUnits, int(tkMonth)},
	"s": {tkUnits, int(tkSecond)}, "sec": {tkUnits, int(tkSecond)}, "second": {tkUnits, int(tkSecond)}, "seconds": {tkUnits, int(tkSecond)}, "secs": {tkUnits, int(tkSecond)},
	"w": {tkUnits, int(tkWeek)}, "week": {tkUnits, int(tkWeek)}, "weeks": {tkUnits, int(tkWeek)},
	"y": {tkUnits, int(tkYear)}, "year": {tkUnits, int(tkYear)}, "years": {tkUnits, int(tkYear)}, "yr": {tkUnits, int(tkYear)}, "yrs": {tkUnits, int(tkYear)},
}

// clipToken cuts a word to TOKMAXLEN, as the tables are searched.
func clipToken(s string) string {
	if len(s) > 10 {
		return s[:10]
	}
	return s
}

func dateToken(s string) (token, bool) {
	t, ok := dateTokens[clipToken(s)]
	return t, ok
}
