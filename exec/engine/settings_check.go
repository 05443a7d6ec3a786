package engine

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must be known on machines without a zone database

	"github.com/jackc/pgerrcode"

	"tagd/sql/charset"
	"tagd/sql/sqlerr"
)

// normalize returns the text that SHOW gives for a value, or Postgres's error.
func (d *setting) normalize(s *Session, v string) (string, error) {
	if d.check != nil {
		return d.check(s, v)
	}
	switch d.kind {
	case setBool:
		b, ok := parseSettingBool(v)
		if !ok {
			return "", sqlerr.New(pgerrcode.InvalidParameterValue, `parameter "%s" requires a Boolean value`, d.shown())
		}
		return onOff(b), nil
	case setEnum:
		for _, e := range d.enum {
			if strings.EqualFold(e, v) {
				return e, nil
			}
		}
		return "", d.invalid(v).WithHint("Available values: %s.", strings.Join(d.enum, ", "))
	case setReal:
		if _, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err != nil {
			return "", d.invalid(v)
		}
		return strings.TrimSpace(v), nil
	case setInt:
		n, err := d.parseInt(v)
		if err != nil {
			return "", err
		}
		return d.showInt(n), nil
	}
	return v, nil
}

func (d *setting) invalid(v string) *sqlerr.Error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, `invalid value for parameter "%s": "%s"`, d.shown(), v)
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

// parseSettingBool reads a Boolean as guc.c does: unique prefixes of true,
// false, yes, no; on, off (two letters at least), 1, 0.
func parseSettingBool(v string) (val, ok bool) {
	v = strings.ToLower(strings.TrimSpace(v))
	prefix := func(w string, least int) bool { return len(v) >= least && strings.HasPrefix(w, v) }
	switch {
	case v == "1" || prefix("true", 1) || prefix("yes", 1) || v == "on":
		return true, true
	case v == "0" || prefix("false", 1) || prefix("no", 1) || prefix("off", 2):
		return false, true
	}
	return false, false
}

// unitScale are the units of guc.c in multiples of the smaller base.
var memUnits = []struct {
	name string
	kb   int64
}{{"TB", 1 << 30}, {"GB", 1 << 20}, {"MB", 1 << 10}, {"kB", 1}}

var timeUnits = []struct {
	name string
	ms   int64
}{{"d", 86400000}, {"h", 3600000}, {"min", 60000}, {"s", 1000}, {"ms", 1}}

// base is what one of the setting's units is in kB or ms; 0 without a unit.
func (d *setting) base() int64 {
	switch d.unit {
	case "kB", "ms":
		return 1
	case "8kB":
		return 8
	case "s":
		return 1000
	}
	return 0
}

func (d *setting) isMem() bool { return strings.HasSuffix(d.unit, "kB") }

// parseInt reads a number with an optional unit into the setting's unit.
func (d *setting) parseInt(v string) (int64, error) {
	t := strings.TrimSpace(v)
	end := 0
	for end < len(t) && strings.ContainsRune("+-.0123456789", rune(t[end])) {
		end++
	}
	f, err := strconv.ParseFloat(t[:end], 64)
	if err != nil {
		return 0, d.invalid(v)
	}
	if unit := strings.TrimSpace(t[end:]); unit != "" {
		k := d.unitFactor(unit)
		if k == 0 {
			e := d.invalid(v)
			switch {
			case d.isMem():
				e = e.WithHint(`Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".`)
			case d.base() != 0:
				e = e.WithHint(`Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".`)
			}
			return 0, e
		}
		f = f * k / float64(d.base())
	}
	f = math.RoundToEven(f)
	if f > math.MaxInt32 || f < math.MinInt32 {
		return 0, d.invalid(v).WithHint("Value exceeds integer range.")
	}
	n := int64(f)
	if n < d.lo || n > d.hi {
		unit := d.unit
		if unit != "" {
			unit = " " + unit
		}
		return 0, sqlerr.New(pgerrcode.InvalidParameterValue, `%d%s is outside the valid range for parameter "%s" (%d .. %d)`,
			n, unit, d.shown(), d.lo, d.hi)
	}
	return n, nil
}

// unitFactor is what one unit is in kB or ms; 0 for an unknown one.
func (d *setting) unitFactor(unit string) float64 {
	if d.isMem() {
		if unit == "B" {
			return 1.0 / 1024
		}
		for _, u := range memUnits {
			if u.name == unit {
				return float64(u.kb)
			}
		}
		return 0
	}
	if d.base() == 0 {
		return 0
	}
	if unit == "us" {
		return 0.001
	}
	for _, u := range timeUnits {
		if u.name == unit {
			return float64(u.ms)
		}
	}
	return 0
}

// showInt writes a value with the largest unit that divides it.
func (d *setting) showInt(n int64) string {
	base := d.base()
	if base == 0 || n <= 0 {
		return strconv.FormatInt(n, 10)
	}
	v := n * base
	if d.isMem() {
		for _, u := range memUnits {
			if v%u.kb == 0 {
				return fmt.Sprintf("%d%s", v/u.kb, u.name)
			}
		}
	}
	for _, u := range timeUnits {
		if v%u.ms == 0 {
			return fmt.Sprintf("%d%s", v/u.ms, u.name)
		}
	}
	return strconv.FormatInt(n, 10)
}

// The checks of single settings.

// checkASCII: characters outside ASCII become "?", as check_application_name.
func checkASCII(_ *Session, v string) (string, error) {
	b := []byte(v)
	for i, c := range b {
		if c < 32 || c > 126 {
			b[i] = '?'
		}
	}
	return string(b), nil
}

func checkEncoding(_ *Session, v string) (string, error) {
	set, known := charset.Lookup(v)
	switch {
	case set != nil:
		return set.Name, nil
	case known:
		return "", sqlerr.Unsupported(-1, `conversion between %s and UTF8 is not supported`, strings.ToUpper(v))
	}
	return "", sqlerr.New(pgerrcode.InvalidParameterValue, `invalid value for parameter "client_encoding": "%s"`, v)
}

func checkAlwaysOn(_ *Session, v string) (string, error) {
	if b, ok := parseSettingBool(v); ok && b {
		return "on", nil
	}
	return "", sqlerr.Unsupported(-1, "standard_conforming_strings cannot be turned off")
}

func checkAlwaysOff(_ *Session, v string) (string, error) {
	if b, ok := parseSettingBool(v); ok && !b {
		return "off", nil
	}
	return "", sqlerr.Unsupported(-1, "transform_null_equals cannot be turned on")
}

func checkRole(s *Session, v string) (string, error) {
	if v == "none" {
		return v, nil
	}
	in := s.rolesNow()
	r := in.Named(v)
	switch {
	case r == nil:
		return "", sqlerr.New(pgerrcode.InvalidParameterValue, `role "%s" does not exist`, v)
	case !in.IsMember(s.authorized, r.OID):
		return "", sqlerr.New(pgerrcode.InsufficientPrivilege, `permission denied to set role "%s"`, v)
	}
	return v, nil
}

// checkAuthorization holds SET SESSION AUTHORIZATION to superusers, by the role
// that came in.
func checkAuthorization(s *Session, v string) (string, error) {
	r := s.rolesNow().Named(v)
	switch {
	case r == nil:
		return "", sqlerr.New(pgerrcode.InvalidParameterValue, `role "%s" does not exist`, v)
	case r.OID != s.login && !s.loginSuper:
		return "", sqlerr.New(pgerrcode.InsufficientPrivilege, `permission denied to set session authorization "%s"`, v)
	}
	return v, nil
}

// checkSearchPath accepts any list: schemas that do not exist are skipped.
func checkSearchPath(_ *Session, v string) (string, error) { return v, nil }

// checkDateStyle reads a style, an order or both.
func checkDateStyle(s *Session, v string) (string, error) {
	style, order := "ISO", "MDY"
	if s != nil {
		if cur := s.values["datestyle"]; cur != "" {
			style, order, _ = strings.Cut(cur, ", ")
		}
	}
	for _, w := range strings.Split(v, ",") {
		switch strings.ToUpper(strings.TrimSpace(w)) {
		case "ISO":
			style = "ISO"
		case "SQL":
			style = "SQL"
		case "POSTGRES":
			style = "Postgres"
		case "GERMAN":
			style = "German"
			order = "DMY"
		case "MDY", "US", "NONEURO", "NONEUROPEAN":
			order = "MDY"
		case "DMY", "EURO", "EUROPEAN":
			order = "DMY"
		case "YMD":
			order = "YMD"
		case "DEFAULT":
			style, order = "ISO", "MDY"
		default:
			return "", sqlerr.New(pgerrcode.InvalidParameterValue, `invalid value for parameter "DateStyle": "%s"`, v).
				WithDetail("Unrecognized key word: \"%s\".", strings.ToLower(strings.TrimSpace(w)))
		}
	}
	return style + ", " + order, nil
}

func checkTimeZone(_ *Session, v string) (string, error) {
	name, _, err := zone(v)
	if err != nil {
		return "", sqlerr.New(pgerrcode.InvalidParameterValue, `invalid value for parameter "TimeZone": "%s"`, v)
	}
	return name, nil
}

// zone returns the zone that a TimeZone value names and its shown name: an IANA
// name in any letter case, a number of hours, an offset as SQL writes it (+08:00
// east) or as SHOW gives it back (<+08>-08).
func zone(v string) (string, *time.Location, error) {
	v = strings.TrimSpace(v)
	if up := strings.ToUpper(v); up == "UTC" || up == "GMT" || up == "Z" || up == "ZULU" || up == "DEFAULT" || up == "LOCAL" {
		if up != "GMT" {
			up = "UTC"
		}
		return up, time.FixedZone(up, 0), nil
	}
	if name, loc, ok := offsetZone(v); ok {
		return name, loc, nil
	}
	for _, name := range []string{v, titleZone(v), strings.ToUpper(v)} {
		if name == "" || name == "Local" {
			continue
		}
		if loc, err := time.LoadLocation(name); err == nil {
			return name, loc, nil
		}
	}
	return "", nil, fmt.Errorf("unknown zone")
}

// titleZone writes asia/shanghai as Asia/Shanghai.
func titleZone(v string) string {
	b := []byte(strings.ToLower(v))
	up := true
	for i, c := range b {
		if up && c >= 'a' && c <= 'z' {
			b[i] = c - 32
		}
		up = c == '/' || c == '_' || c == '-'
	}
	return string(b)
}

// offsetZone reads "8", "-3.5", "+08:00", "<+08>-08".
func offsetZone(v string) (string, *time.Location, bool) {
	if strings.HasPrefix(v, "<") {
		i := strings.IndexByte(v, '>')
		if i < 0 {
			return "", nil, false
		}
		v = v[1:i]
	}
	t, sign := v, 1
	switch {
	case strings.HasPrefix(t, "-"):
		t, sign = t[1:], -1
	case strings.HasPrefix(t, "+"):
		t = t[1:]
	}
	if t == "" || t[0] < '0' || t[0] > '9' {
		return "", nil, false
	}
	h, m, colon := strings.Cut(t, ":")
	hours, err := strconv.ParseFloat(h, 64)
	mins := 0
	if err == nil && colon {
		mins, err = strconv.Atoi(m)
	}
	if err != nil || hours > 167 || mins < 0 || mins > 59 {
		return "", nil, false
	}
	secs := sign * (int(math.Round(hours*3600)) + mins*60)
	east := fmtOffset(secs)
	return "<" + east + ">" + fmtOffset(-secs), time.FixedZone(east, secs), true
}

func fmtOffset(secs int) string {
	sign := "+"
	if secs < 0 {
		sign, secs = "-", -secs
	}
	s := fmt.Sprintf("%s%02d", sign, secs/3600)
	if secs%3600 != 0 {
		s += fmt.Sprintf(":%02d", secs/60%60)
	}
	return s
}
