package engine

import (
	"math"
	"slices"
	"strconv"
	"strings"

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
		return d.word(v)
	case setReal:
		n, err := d.parseReal(v)
		if err != nil {
			return "", err
		}
		return d.showReal(n), nil
	case setInt:
		n, err := d.parseInt(v)
		if err != nil {
			return "", err
		}
		return d.showInt(n), nil
	}
	return v, nil
}

// word finds one of the setting's words; those with on and off also take the
// other ways to write a Boolean.
func (d *setting) word(v string) (string, error) {
	for _, e := range d.enum {
		if strings.EqualFold(e, v) {
			return e, nil
		}
	}
	other := map[string]string{"true": "on", "yes": "on", "1": "on", "false": "off", "no": "off", "0": "off", "debug": "debug2"}[strings.ToLower(v)]
	if other != "" && slices.Contains(d.enum, other) {
		return other, nil
	}
	return "", d.invalid(v).WithHint("Available values: %s.", strings.Join(d.enum, ", "))
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

// A unit of guc.c as a multiple of the byte or the millisecond, largest first.
type guUnit struct {
	name string
	size float64
}

var memUnits = []guUnit{{"TB", 1 << 40}, {"GB", 1 << 30}, {"MB", 1 << 20}, {"kB", 1 << 10}, {"B", 1}}

var timeUnits = []guUnit{{"d", 86400000}, {"h", 3600000}, {"min", 60000}, {"s", 1000}, {"ms", 1}, {"us", 0.001}}

// units are those that the setting takes, and what its own is; nil and 0 for a
// setting without unit.
func (d *setting) units() ([]guUnit, float64) {
	switch d.unit {
	case "":
		return nil, 0
	case "8kB":
		return memUnits, 8 << 10
	}
	for _, list := range [][]guUnit{memUnits, timeUnits} {
		for _, u := range list {
			if u.name == d.unit {
				return list, u.size
			}
		}
	}
	return nil, 0
}

// parseNumber reads a number with an optional unit into the setting's unit.
func (d *setting) parseNumber(v string) (float64, error) {
	t := strings.TrimSpace(v)
	end := 0
	for end < len(t) && (strings.ContainsRune("+-.0123456789", rune(t[end])) || end > 0 && t[end]|32 == 'e' && end+1 < len(t) &&
		strings.ContainsRune("+-0123456789", rune(t[end+1]))) {
		end++
	}
	f, err := strconv.ParseFloat(t[:end], 64)
	if strings.HasPrefix(t, "0x") {
		var n int64
		n, err = strconv.ParseInt(t, 0, 64)
		f, end = float64(n), len(t)
	}
	if err != nil {
		return 0, d.invalid(v)
	}
	name := strings.TrimSpace(t[end:])
	if name == "" {
		return f, nil
	}
	list, own := d.units()
	for _, u := range list {
		if u.name == name {
			return f * u.size / own, nil
		}
	}
	e := d.invalid(v)
	switch {
	case own == 0:
	case &list[0] == &memUnits[0]:
		e = e.WithHint(`Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".`)
	default:
		e = e.WithHint(`Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".`)
	}
	return 0, e
}

// parseInt reads the value of an integer.
func (d *setting) parseInt(v string) (int64, error) {
	f, err := d.parseNumber(v)
	if err != nil {
		return 0, err
	}
	f = math.RoundToEven(f)
	if f > math.MaxInt32 || f < math.MinInt32 {
		return 0, d.invalid(v).WithHint("Value exceeds integer range.")
	}
	if f < d.lo || f > d.hi {
		return 0, d.outside(strconv.FormatInt(int64(f), 10), strconv.FormatInt(int64(d.lo), 10), strconv.FormatInt(int64(d.hi), 10))
	}
	return int64(f), nil
}

// parseReal reads the value of a real.
func (d *setting) parseReal(v string) (float64, error) {
	f, err := d.parseNumber(v)
	if err != nil {
		return 0, err
	}
	if f < d.lo || f > d.hi {
		return 0, d.outside(formatG(f), formatG(d.lo), formatG(d.hi))
	}
	return f, nil
}

func (d *setting) outside(v, lo, hi string) error {
	unit := d.unit
	if unit != "" {
		unit = " " + unit
	}
	return sqlerr.New(pgerrcode.InvalidParameterValue, `%s%s is outside the valid range for parameter "%s" (%s .. %s)`, v, unit, d.shown(), lo, hi)
}

// formatG writes a number as C's %g does.
func formatG(f float64) string {
	exp := 0
	if f != 0 {
		exp = int(math.Floor(math.Log10(math.Abs(f))))
	}
	if exp < -4 || exp >= 6 {
		mant, e, _ := strings.Cut(strconv.FormatFloat(f, 'e', 5, 64), "e")
		if strings.Contains(mant, ".") {
			mant = strings.TrimRight(strings.TrimRight(mant, "0"), ".")
		}
		return mant + "e" + e
	}
	s := strconv.FormatFloat(f, 'f', max(5-exp, 0), 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// showInt writes a value with the largest unit that divides it.
func (d *setting) showInt(n int64) string {
	list, own := d.units()
	if own == 0 || n <= 0 {
		return strconv.FormatInt(n, 10)
	}
	for _, u := range list {
		if v := float64(n) * own / u.size; v == math.Trunc(v) && v >= 1 {
			return strconv.FormatInt(int64(v), 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10) + d.unit
}

// showReal is showInt for a real.
func (d *setting) showReal(f float64) string {
	list, own := d.units()
	if own == 0 || f <= 0 {
		return formatG(f)
	}
	for _, u := range list {
		if v := f * own / u.size; v == math.Trunc(v) && v >= 1 {
			return formatG(v) + u.name
		}
	}
	return formatG(f) + d.unit
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
		return "", sqlerr.New(pgerrcode.FeatureNotSupported, `invalid value for parameter "client_encoding": "%s"`, v).
			WithDetail("Conversion between %s and UTF8 is not supported.", strings.ToUpper(v))
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
