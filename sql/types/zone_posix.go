package types

import (
	"encoding/binary"
	"strings"
	"time"
)

// posixRules is when summer time begins and ends where a POSIX zone does not say
// it: the second Sunday of March and the first of November, as in PostgreSQL.
const posixRules = ",M3.2.0,M11.1.0"

// posixZone reads a POSIX TZ value: a name (which PostgreSQL allows to be empty),
// an offset that is positive west of Greenwich, and perhaps a name of summer time
// with its own offset and rules (EST5EDT, <+03>-3, CET-1CEST,M3.5.0,M10.5.0/3).
// The location is named by the value in upper case, as SHOW gives it back.
func posixZone(s string) (*time.Location, bool) {
	up := strings.ToUpper(s)
	std, rest, ok := posixName(up)
	if !ok || rest == "" {
		return nil, false
	}
	west, rest, ok := posixOffset(rest)
	if !ok {
		return nil, false
	}
	if rest == "" {
		return time.FixedZone(std, -west), true
	}
	summer, rest, ok := posixName(rest)
	if !ok || summer == "" {
		return nil, false
	}
	dst := west - 3600
	if rest != "" && rest[0] != ',' {
		if dst, rest, ok = posixOffset(rest); !ok {
			return nil, false
		}
	}
	if rest == "" {
		rest = posixRules
	}
	if len(rest) < 2 || !strings.ContainsRune("MJ0123456789", rune(rest[1])) {
		return nil, false
	}
	z, err := time.LoadLocationFromTZData(up, posixData(std, summer, west, dst, rest))
	return z, err == nil
}

// posixName splits the name off, which is <quoted> or runs to the first character
// of an offset or a rule.
func posixName(s string) (name, rest string, ok bool) {
	if strings.HasPrefix(s, "<") {
		name, rest, ok = strings.Cut(s[1:], ">")
		return name, rest, ok
	}
	n := strings.IndexAny(s, "0123456789,-+")
	if n < 0 {
		n = len(s)
	}
	return s[:n], s[n:], true
}

// posixOffset reads hours, minutes and seconds west of Greenwich.
func posixOffset(s string) (west int, rest string, ok bool) {
	sign := 1
	if s[0] == '-' {
		sign = -1
	}
	if s[0] == '-' || s[0] == '+' {
		s = s[1:]
	}
	for i, unit := range [3]int{3600, 60, 1} {
		if i > 0 {
			if !strings.HasPrefix(s, ":") {
				break
			}
			s = s[1:]
		}
		n := 0
		for n < len(s) && isDigit(s[n]) {
			n++
		}
		if n == 0 || n > 3 {
			return 0, "", false
		}
		v := 0
		for _, c := range []byte(s[:n]) {
			v = v*10 + int(c-'0')
		}
		if i == 0 && v > 167 || i > 0 && v > 59 {
			return 0, "", false
		}
		west, s = west+v*unit, s[n:]
	}
	return sign * west, s, true
}

// posixData is a time zone file (RFC 8536) with one change long ago and the rules
// in its last line, from which Go computes the others. Go wants names of three
// letters there, so that both are written in angle brackets.
func posixData(std, summer string, west, dst int, rules string) []byte {
	names := std + "\x00" + summer + "\x00"
	header := func(changes, kinds, chars int) []byte {
		b := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []int{0, 0, 0, changes, kinds, chars} {
			b = binary.BigEndian.AppendUint32(b, uint32(n))
		}
		return b
	}
	b := append(header(0, 1, 1), make([]byte, 7)...) // the part of version 1, which nobody reads
	b = append(b, header(1, 2, len(names))...)
	b = binary.BigEndian.AppendUint64(b, 1<<63) // the change: at the beginning of time
	b = append(b, 0)
	b = append(binary.BigEndian.AppendUint32(b, uint32(-west)), 0, 0)
	b = append(binary.BigEndian.AppendUint32(b, uint32(-dst)), 1, byte(len(std)+1))
	b = append(b, names...)
	b = AppendZoneOffset(append(b, "\n<"+std+">"...), west)
	b = AppendZoneOffset(append(b, "<"+summer+">"...), dst)
	return append(b, rules+"\n"...)
}
