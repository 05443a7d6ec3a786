package fn

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	def("to_date", ts{tText, tText}, tDate, rows(tDate, func(r row) (vec.Datum, error) {
		m, err := readMoment(r.s(0), r.s(1))
		if err != nil {
			return null, err
		}
		if !validDay(m.y, m.m, m.d) || m.days() >= dateEndDays || m.days() < timestampMinDays {
			return null, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "date out of range: \"%s\"", r.s(0))
		}
		return dI(m.days()), nil
	}), stable)
	def("to_timestamp", ts{tText, tText}, tTZ, rows(tTZ, func(r row) (vec.Datum, error) {
		m, err := readMoment(r.s(0), r.s(1))
		if err != nil {
			return null, err
		}
		if !validDay(m.y, m.m, m.d) {
			return null, errTimestampRange()
		}
		t, err := daysAndMicros(m.days(), m.us)
		if err == nil && m.ff > 0 {
			t = roundMicros(t, m.ff)
		}
		switch {
		case err != nil:
			return null, err
		case m.zoned:
			t -= m.zone * usPerSec
		default:
			t = localToUTC(t, r.c.zone())
		}
		if _, err := daysAndMicros(floorDay(t), 0); err != nil {
			return null, err
		}
		return dI(t), nil
	}), stable)
}

func floorDay(t int64) int64 {
	d, _ := floorDiv(t, usPerDay)
	return d
}

// validDay is IS_VALID_JULIAN.
func validDay(y, m, d int64) bool {
	return (y > -4713 || y == -4713 && m >= 11) && (y < 5874898 || y == 5874898 && m < 6)
}

// dateTime is what a template read: a day, the time of it and perhaps a zone.
type dateTime struct {
	y, m, d int64
	us      int64
	zoned   bool
	zone    int64 // seconds east
	ff      int64 // digits of the fraction that FF asked for, 0: all
}

// roundMicros rounds a timestamp to so many digits of the second, half away from
// zero.
func roundMicros(t, digits int64) int64 {
	unit := pow10[6-digits]
	if t < 0 {
		return -((-t + unit/2) / unit * unit)
	}
	return (t + unit/2) / unit * unit
}

func (m *dateTime) days() int64 { return types.DaysFromCivil(int(m.y), int(m.m), int(m.d)) }

// dateFields are the fields that a template read, 0 for those not given
// (TmFromChar of formatting.c).
type dateFields struct {
	calendar                      byte
	hh, pm, mi, ss, ssss, d       int64
	dd, ddd, mm, ms, year, bc, ww int64
	w, cc, j, us, yysz            int64
	tzsign, tzh, tzm, ff          int64
	clock12                       bool
}

// dateScan reads text by a template (DCH_from_char).
type dateScan struct {
	dateFields
	s         string // what is left
	before    string // what was passed last
	fixed     bool   // FX
	extraSkip int    // characters passed beyond those of the template
}

func errDateFmt(format string, args ...any) *sqlerr.Error {
	return sqlerr.New(pgerrcode.InvalidDatetimeFormat, format, args...)
}

func spaceByte(c byte) bool { return strings.IndexByte(" \t\n\v\f\r", c) >= 0 }

func (r *dateScan) skipSpaces() int {
	n := 0
	for n < len(r.s) && spaceByte(r.s[n]) {
		n++
	}
	r.pass(n)
	return n
}

// pass goes over n bytes.
func (r *dateScan) pass(n int) {
	if n > 0 {
		r.before = r.s[:n]
		r.s = r.s[n:]
	}
}

// passRune goes over one character.
func (r *dateScan) passRune() {
	if r.s != "" {
		_, size := utf8.DecodeRuneInString(r.s)
		r.pass(size)
	}
}

func (r *dateScan) read(nodes []fmtNode) error {
	for i, n := range nodes {
		if r.s == "" {
			break
		}
		if !r.fixed && n.key != "FX" && (n.key != "" || i == 0) {
			r.extraSkip += r.skipSpaces()
		}
		if n.key == "" {
			r.character(n)
			continue
		}
		if c := n.calendar(); c != 0 {
			if r.calendar != 0 && r.calendar != c {
				return errDateFmt("invalid combination of date conventions").
					WithHint("Do not mix Gregorian and ISO week date conventions in a formatting template.")
			}
			r.calendar = c
		}
		if err := r.field(nodes, i); err != nil {
			return err
		}
		if !r.fixed {
			r.extraSkip = r.skipSpaces()
		}
	}
	return nil
}

// character passes what a character of the template stands for.
func (r *dateScan) character(n fmtNode) {
	switch {
	case r.fixed:
		r.passRune()
	case n.kind != charPlain:
		r.extraSkip--
		if spaceByte(r.s[0]) || separatorByte(r.s[0]) {
			r.pass(1)
			r.extraSkip++
		}
	case r.extraSkip > 0:
		r.extraSkip--
	default:
		r.passRune()
	}
}

// set gives a field its value, which may not contradict another.
func (n fmtNode) set(dest *int64, v int64) error {
	if *dest != 0 && *dest != v {
		return errDateFmt("conflicting values for \"%s\" field in formatting string", n.name()).
			WithDetail("This value contradicts a previous setting for the same field type.")
	}
	*dest = v
	return nil
}

// one finds the word of a list that the text begins with.
func (r *dateScan) one(n fmtNode, list []string) (int, error) {
	for i, w := range list {
		if len(r.s) >= len(w) && strings.EqualFold(r.s[:len(w)], w) {
			r.pass(len(w))
			return i, nil
		}
	}
	word := r.s
	if i := strings.IndexAny(word, " \t\n\f\r\v"); i >= 0 {
		word = word[:i]
	}
	return 0, errDateFmt("invalid value \"%s\" for \"%s\"", word, n.name()).
		WithDetail("The given value did not match any of the allowed values for this field.")
}

// wide tells whether the field may take all digits there are: it has FM, or no
// digit follows in the template.
func wide(nodes []fmtNode, i int) bool {
	if nodes[i].fm || nodes[i].th != 0 || i+1 == len(nodes) {
		return true
	}
	next := nodes[i+1]
	if next.key != "" {
		return !next.digits()
	}
	return len(next.text) != 1 || !digitByte(next.text[0])
}

// number reads an integer of a width and returns the characters that it took.
func (r *dateScan) number(nodes []fmtNode, i, width int, dest *int64) (int, error) {
	n := nodes[i]
	start := len(r.s)
	r.skipSpaces()
	cut := r.s[:min(len(r.s), width)]
	from := cut
	if wide(nodes, i) {
		from = r.s
	} else if len(r.s) < width {
		return 0, errDateFmt("source string too short for \"%s\" formatting field", n.name()).
			WithDetail("Field requires %d characters, but only %d remain.", width, len(r.s)).
			WithHint("If your source string is not fixed-width, try using the \"FM\" modifier.")
	}
	v, used, over := cInt(from)
	if !wide(nodes, i) && used > 0 && used < width {
		return 0, errDateFmt("invalid value \"%s\" for \"%s\"", cut, n.name()).
			WithDetail("Field requires %d characters, but only %d could be parsed.", width, used).
			WithHint("If your source string is not fixed-width, try using the \"FM\" modifier.")
	}
	if used == 0 {
		return 0, errDateFmt("invalid value \"%s\" for \"%s\"", cut, n.name()).WithDetail("Value must be an integer.")
	}
	r.pass(used)
	if over || v != int64(int32(v)) {
		return 0, sqlerr.New(pgerrcode.DatetimeFieldOverflow, "value for \"%s\" in source string is out of range", n.name()).
			WithDetail("Value must be in the range %d to %d.", math.MinInt32, math.MaxInt32)
	}
	taken := start - len(r.s)
	if dest != nil {
		if err := n.set(dest, v); err != nil {
			return 0, err
		}
	}
	return taken, nil
}

// cInt is C's strtol: the value and the bytes that it takes.
func cInt(s string) (v int64, used int, over bool) {
	i := 0
	for i < len(s) && spaceByte(s[i]) {
		i++
	}
	start := i
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	first := i
	for i < len(s) && digitByte(s[i]) {
		i++
	}
	if i == first {
		return 0, 0, false
	}
	v, err := strconv.ParseInt(strings.TrimPrefix(s[start:i], "+"), 10, 64)
	return v, i, err != nil
}
