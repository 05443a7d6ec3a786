package types

// isoDate reads exactly YYYY-MM-DD: the form that files hold.
func isoDate(s string) (int64, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	y1, ok1 := two(s[0], s[1])
	y2, ok2 := two(s[2], s[3])
	m, ok3 := two(s[5], s[6])
	d, ok4 := two(s[8], s[9])
	y := y1*100 + y2
	if !(ok1 && ok2 && ok3 && ok4) || y == 0 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	return DaysFromCivil(y, m, d), true
}

// isoStamp reads exactly YYYY-MM-DD HH:MM:SS[.f{1,6}]; a T may stand for the
// blank.
func isoStamp(s string) (int64, bool) {
	if len(s) < 19 || len(s) > 26 || s[10] != ' ' && s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	days, ok := isoDate(s[:10])
	h, ok1 := two(s[11], s[12])
	m, ok2 := two(s[14], s[15])
	sec, ok3 := two(s[17], s[18])
	if !(ok && ok1 && ok2 && ok3) || h > 23 || m > 59 || sec > 59 {
		return 0, false
	}
	frac := int64(0)
	if len(s) > 19 {
		if s[19] != '.' || len(s) == 20 {
			return 0, false
		}
		for i := 20; i < 26; i++ {
			frac *= 10
			if i < len(s) {
				if s[i]-'0' > 9 {
					return 0, false
				}
				frac += int64(s[i] - '0')
			}
		}
	}
	return days*MicrosPerDay + int64(h*3600+m*60+sec)*MicrosPerSec + frac, true
}

// two reads two digits.
func two(a, b byte) (int, bool) {
	a -= '0'
	b -= '0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

var monthDays = [...]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func isLeap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func daysIn(y, m int) int {
	if m == 2 && isLeap(y) {
		return 29
	}
	return monthDays[m]
}

// ISODate reads exactly YYYY-MM-DD; ok is false for anything else.
func ISODate(s string) (days int64, ok bool) { return isoDate(s) }

// ISOTimestamp reads exactly YYYY-MM-DD HH:MM:SS[.ffffff]; ok is false for
// anything else, valid or not.
func ISOTimestamp(s string) (micros int64, ok bool) { return isoStamp(s) }

// ISOTimestampTZ reads exactly YYYY-MM-DD HH:MM:SS[.ffffff] with an offset of
// +HH or +HH:MM, or -; ok is false for anything else, valid or not.
func ISOTimestampTZ(s string) (micros int64, ok bool) {
	at := len(s) - 3
	minutes := 0
	if len(s) > 25 && s[at] == ':' {
		m, good := two(s[at+1], s[at+2])
		if !good || m > 59 {
			return 0, false
		}
		minutes, at = m, at-3
	}
	if at < 19 || s[at] != '+' && s[at] != '-' {
		return 0, false
	}
	h, good := two(s[at+1], s[at+2])
	if !good || h > 15 {
		return 0, false
	}
	off := int64(h*3600+minutes*60) * MicrosPerSec
	if s[at] == '-' {
		off = -off
	}
	x, ok := isoStamp(s[:at])
	return x - off, ok
}
