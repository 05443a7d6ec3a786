package fn

import "strings"

// plainNumbers are the fields that are one number of the keyword's length, or of
// the length given.
var plainNumbers = map[string]struct {
	width int
	dest  func(f *dateFields) *int64
}{
	"HH24": {2, func(f *dateFields) *int64 { return &f.hh }}, "HH12": {2, func(f *dateFields) *int64 { return &f.hh }},
	"HH": {2, func(f *dateFields) *int64 { return &f.hh }}, "MI": {2, func(f *dateFields) *int64 { return &f.mi }},
	"SS": {2, func(f *dateFields) *int64 { return &f.ss }}, "SSSS": {4, func(f *dateFields) *int64 { return &f.ssss }},
	"SSSSS": {5, func(f *dateFields) *int64 { return &f.ssss }}, "MM": {2, func(f *dateFields) *int64 { return &f.mm }},
	"DDD": {3, func(f *dateFields) *int64 { return &f.ddd }}, "IDDD": {3, func(f *dateFields) *int64 { return &f.ddd }},
	"DD": {2, func(f *dateFields) *int64 { return &f.dd }}, "D": {1, func(f *dateFields) *int64 { return &f.d }},
	"WW": {2, func(f *dateFields) *int64 { return &f.ww }}, "IW": {2, func(f *dateFields) *int64 { return &f.ww }},
	"CC": {2, func(f *dateFields) *int64 { return &f.cc }}, "W": {1, func(f *dateFields) *int64 { return &f.w }},
	"J": {1, func(f *dateFields) *int64 { return &f.j }}, "Q": {1, nil},
}

// field reads field i of the template.
func (r *dateScan) field(nodes []fmtNode, i int) error {
	n := nodes[i]
	if p, ok := plainNumbers[n.key]; ok {
		var dest *int64
		if p.dest != nil {
			dest = p.dest(&r.dateFields)
		}
		if n.key == "HH" || n.key == "HH12" {
			r.clock12 = true
		}
		if _, err := r.number(nodes, i, p.width, dest); err != nil {
			return err
		}
		r.suffix(n)
		return nil
	}
	switch n.key {
	case "FX":
		r.fixed = true
	case "A.M.", "P.M.":
		r.clock12 = true
		return r.parity(n, &r.pm, "a.m.", "p.m.", "A.M.", "P.M.")
	case "AM", "PM":
		r.clock12 = true
		return r.parity(n, &r.pm, "am", "pm", "AM", "PM")
	case "A.D.", "B.C.":
		return r.parity(n, &r.bc, "a.d.", "b.c.", "A.D.", "B.C.")
	case "AD", "BC":
		return r.parity(n, &r.bc, "ad", "bc", "AD", "BC")
	case "MS", "US", "FF1", "FF2", "FF3", "FF4", "FF5", "FF6":
		return r.fraction(nodes, i)
	case "TZ", "OF":
		return notByUs("formatting field \"%s\" is only supported in to_char", n.name())
	case "TZH", "TZM":
		return r.zone(nodes, i)
	case "MONTH", "MON", "RM", "DAY", "DY":
		return r.word(n)
	case "ID":
		if _, err := r.number(nodes, i, 1, &r.d); err != nil {
			return err
		}
		if r.d++; r.d > 7 {
			r.d = 1
		}
		r.suffix(n)
	default:
		return r.yearField(nodes, i)
	}
	return nil
}

// suffix passes the two characters of an ordinal's ending.
func (r *dateScan) suffix(n fmtNode) {
	if n.th != 0 {
		r.passRune()
		r.passRune()
	}
}

// parity reads one of two words: 0 for the first, 1 for the second.
func (r *dateScan) parity(n fmtNode, dest *int64, words ...string) error {
	v, err := r.one(n, words)
	if err != nil {
		return err
	}
	return n.set(dest, int64(v%2))
}

func (r *dateScan) fraction(nodes []fmtNode, i int) error {
	n := nodes[i]
	dest, width, full := &r.us, 6, 6
	switch {
	case n.key == "MS":
		dest, width, full = &r.ms, 3, 3
	case n.key != "US":
		width = int(n.key[2] - '0')
		r.ff = int64(width)
	}
	used, err := r.number(nodes, i, width, dest)
	if err != nil {
		return err
	}
	for ; used < full; used++ {
		*dest *= 10
	}
	r.suffix(n)
	return nil
}

// zone reads TZH or TZM. A minus may have been taken for a separator.
func (r *dateScan) zone(nodes []fmtNode, i int) error {
	if nodes[i].key == "TZM" {
		if r.tzsign == 0 {
			r.tzsign = 1
		}
		_, err := r.number(nodes, i, 2, &r.tzm)
		return err
	}
	switch c := r.s[0]; {
	case c == '+' || c == '-' || c == ' ':
		r.tzsign = 1
		if c == '-' {
			r.tzsign = -1
		}
		r.pass(1)
	case r.extraSkip > 0 && strings.HasSuffix(r.before, "-"):
		r.tzsign = -1
	default:
		r.tzsign = 1
	}
	_, err := r.number(nodes, i, 2, &r.tzh)
	return err
}

// romansDown are the months in roman numerals in the order of their search.
var romansDown = strings.Fields("xii xi x ix viii vii vi v iv iii ii i")

func short(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n[:3]
	}
	return out
}

func (r *dateScan) word(n fmtNode) error {
	switch n.key {
	case "RM":
		v, err := r.one(n, romansDown)
		if err != nil {
			return err
		}
		return n.set(&r.mm, int64(12-v))
	case "MONTH", "MON":
		names := monthNames
		if n.key == "MON" {
			names = short(names)
		}
		v, err := r.one(n, names)
		if err != nil {
			return err
		}
		return n.set(&r.mm, int64(v+1))
	}
	names := dayNames
	if n.key == "DY" {
		names = short(names)
	}
	v, err := r.one(n, names)
	if err != nil {
		return err
	}
	if err := n.set(&r.d, int64(v)); err != nil {
		return err
	}
	r.d++
	return nil
}

// yearField reads a year of four digits or fewer.
func (r *dateScan) yearField(nodes []fmtNode, i int) error {
	n := nodes[i]
	if n.key == "Y,YYY" {
		return r.yearWithComma(n)
	}
	width := len(n.key)
	used, err := r.number(nodes, i, width, &r.year)
	if err != nil {
		return err
	}
	if width < 4 && used < 4 {
		r.year = partialYear(r.year)
	}
	r.yysz = int64(width)
	r.suffix(n)
	return nil
}

func (r *dateScan) yearWithComma(n fmtNode) error {
	bad := errDateFmt("invalid input string for \"Y,YYY\"")
	k, used, over := cInt(r.s)
	if used == 0 || over || used >= len(r.s) || r.s[used] != ',' {
		return bad
	}
	rest := r.s[used+1:]
	lead := 0
	for lead < len(rest) && spaceByte(rest[lead]) {
		lead++
	}
	y, used2, _ := cInt(rest[lead:min(len(rest), lead+3)])
	if used2 == 0 {
		return bad
	}
	if err := n.set(&r.year, y+k*1000); err != nil {
		return err
	}
	r.yysz = 4
	r.pass(used + 1 + lead + used2)
	r.suffix(n)
	return nil
}

// partialYear takes a year of less than four digits for the one nearest to 2020.
func partialYear(y int64) int64 {
	switch {
	case y < 70:
		return y + 2000
	case y < 100:
		return y + 1900
	case y < 520:
		return y + 2000
	case y < 1000:
		return y + 1000
	}
	return y
}
