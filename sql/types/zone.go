package types

import (
	_ "embed"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones must not depend on the machine
)

// zoneAbbrevs is PostgreSQL 15's timezonesets/Default: an abbreviation in lower
// case, and either its seconds east of UTC (and D for summer time) or the zone
// whose rules give it.
//
//go:embed zoneabbrevs.txt
var zoneAbbrevs string

// zoneNames is the list of zones in Go's own zoneinfo.zip, for looking them up
// in any case as Postgres does.
//
//go:embed zonenames.txt
var zoneNames string

type abbrev struct {
	off  int
	dst  bool
	zone string // not "": the offset depends on the date
}

var abbrevs = sync.OnceValue(func() map[string]abbrev {
	m := map[string]abbrev{}
	for _, l := range strings.Split(strings.TrimSpace(zoneAbbrevs), "\n") {
		f := strings.Fields(l)
		if off, err := strconv.Atoi(f[1]); err == nil {
			m[f[0]] = abbrev{off: off, dst: len(f) > 2}
		} else {
			m[f[0]] = abbrev{zone: f[1]}
		}
	}
	return m
})

var zonesByLower = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, n := range strings.Fields(zoneNames) {
		m[strings.ToLower(n)] = n
	}
	return m
})

var zoneCache sync.Map // lower-case name -> *time.Location

// ZoneNames returns the names of all zones, in order.
func ZoneNames() []string { return strings.Fields(zoneNames) }

// LookupZone finds a zone by its IANA name in any case, or by a POSIX form
// such as EST5, UTC+3 or <+08>-8 (whose sign is west positive). The name of the
// location is its canonical spelling.
func LookupZone(name string) (*time.Location, bool) {
	low := strings.ToLower(name)
	if z, ok := zoneCache.Load(low); ok {
		return z.(*time.Location), true
	}
	if n, ok := zonesByLower()[low]; ok {
		z, err := time.LoadLocation(n)
		if n == "UTC" {
			z = time.UTC
		}
		if err != nil {
			return nil, false
		}
		zoneCache.Store(low, z)
		return z, true
	}
	return posixZone(name)
}

// LookupAbbrev finds a time zone abbreviation of Postgres's default set: the
// seconds east of UTC that it means at a wall clock reading (microseconds since
// 2000).
func LookupAbbrev(name string, local int64) (off int, ok bool) {
	a, ok := abbrevs()[strings.ToLower(name)]
	if !ok {
		return 0, false
	}
	if a.zone == "" {
		return a.off, true
	}
	z, ok := LookupZone(a.zone)
	if !ok {
		return 0, false
	}
	return abbrevOffset(z, name, local), true
}

// abbrevOffset is DetermineTimeZoneAbbrevOffset: what the abbreviation means in
// the zone at that time, or else the zone's own offset.
func abbrevOffset(z *time.Location, name string, local int64) int {
	utc := LocalToUTC(z, local)
	off, got, _ := ZoneOffset(z, utc)
	if strings.EqualFold(got, name) {
		return off
	}
	// The zone uses the abbreviation at another time of that year perhaps.
	for _, days := range []int64{-182, 182} {
		if o, n, _ := ZoneOffset(z, utc+days*MicrosPerDay); strings.EqualFold(n, name) {
			return o
		}
	}
	return off
}

func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool { return c-'0' <= 9 }
func isAlnum(c byte) bool { return isAlpha(c) || isDigit(c) }

// EachZoneAbbrev gives the abbreviations of zones in upper case, in order, with
// their seconds east of UTC at a time. Those of zones are as pg_timezone_abbrevs
// computes them.
func EachZoneAbbrev(at time.Time, f func(abbrev string, offset int, dst bool)) {
	list := abbrevs()
	names := make([]string, 0, len(list))
	for n := range list {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		a := list[n]
		if loc, ok := LookupZone(a.zone); ok && a.zone != "" {
			_, a.off = at.In(loc).Zone()
			a.dst = at.In(loc).IsDST()
		}
		f(strings.ToUpper(n), a.off, a.dst)
	}
}
