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
	integer := rows(tText, func(r row) (vec.Datum, error) { return formatNumber(types.DecimalOf(r.int(0), 0), r.s(1)) })
	def("to_char", ts{tI4, tText}, tText, integer, stable)
	def("to_char", ts{tI8, tText}, tText, integer, stable)
	def("to_char", ts{tNum, tText}, tText, rows(tText, func(r row) (vec.Datum, error) { return formatNumber(r.d(0), r.s(1)) }), stable)
	float := func(bits int) impl {
		return rows(tText, func(r row) (vec.Datum, error) {
			f := r.f(0)
			if math.IsInf(f, 0) || math.IsNaN(f) {
				return null, unsupported("to_char of infinity and NaN")
			}
			d, err := types.ParseDecimal(strconv.FormatFloat(f, 'f', -1, bits))
			if err != nil {
				return null, err
			}
			return formatNumber(d, r.s(1))
		})
	}
	def("to_char", ts{tF8, tText}, tText, float(64), stable)
	def("to_char", ts{tF4, tText}, tText, float(32), stable)
	def("to_number", ts{tText, tText}, tNum, rows(tNum, toNumber), stable)
}

func unsupported(what string) error {
	return sqlerr.New(pgerrcode.FeatureNotSupported, "%s is not supported", what)
}

// numFmt is NUMDesc of formatting.c.
type numFmt struct {
	nodes              []string // keywords, or literals behind a zero byte
	pre, post          int
	zeroStart, zeroEnd int
	lsign              int // 0 none, 1 before, 2 after
	preLsign           int
	zero, decimal, fill, minus, plus,
	bracket, roman bool
}

// numKeys are the keywords, longest first.
var numKeys = strings.Fields("EEEE FM MI PL PR RN SG SP TH th , . 0 9 B C D G L S V")

func parseNumFmt(f string) (*numFmt, error) {
	n := &numFmt{}
	for i := 0; i < len(f); {
		if f[i] == '"' {
			var b strings.Builder
			for i++; i < len(f) && f[i] != '"'; i++ {
				if f[i] == '\\' && i+1 < len(f) {
					i++
				}
				b.WriteByte(f[i])
			}
			i++
			n.nodes = append(n.nodes, "\x00"+b.String())
			continue
		}
		key := ""
		for _, k := range numKeys {
			if strings.HasPrefix(f[i:], k) || k != "TH" && k != "th" && strings.HasPrefix(f[i:], strings.ToLower(k)) {
				key = k
				break
			}
		}
		if key == "" {
			_, size := utf8.DecodeRuneInString(f[i:])
			n.nodes = append(n.nodes, "\x00"+f[i:i+size])
			i += size
			continue
		}
		i += len(key)
		if err := n.add(key); err != nil {
			return nil, err
		}
		n.nodes = append(n.nodes, key)
	}
	return n, nil
}

// add is NUMDesc_prepare.
func (n *numFmt) add(key string) error {
	bad := func(msg string) error { return sqlerr.New(pgerrcode.SyntaxError, "%s", msg) }
	switch key {
	case "9":
		if n.bracket {
			return bad(`"9" must be ahead of "PR"`)
		}
		if n.decimal {
			n.post++
		} else {
			n.pre++
		}
	case "0":
		if n.bracket {
			return bad(`"0" must be ahead of "PR"`)
		}
		if !n.zero && !n.decimal {
			n.zero, n.zeroStart = true, n.pre+1
		}
		if n.decimal {
			n.post++
		} else {
			n.pre++
		}
		n.zeroEnd = n.pre + n.post
	case "D", ".":
		if n.decimal {
			return bad("multiple decimal points")
		}
		n.decimal = true
	case "FM":
		n.fill = true
	case "S":
		if n.lsign != 0 {
			return bad(`cannot use "S" twice`)
		}
		if n.plus || n.minus || n.bracket {
			return bad(`cannot use "S" and "PL"/"MI"/"SG"/"PR" together`)
		}
		n.lsign, n.preLsign = 1, n.pre
		if n.decimal {
			n.lsign = 2
		}
	case "MI", "PL", "SG":
		if n.lsign != 0 {
			return bad(`cannot use "S" and "` + key + `" together`)
		}
		n.minus = n.minus || key != "PL"
		n.plus = n.plus || key != "MI"
	case "PR":
		if n.lsign != 0 || n.plus || n.minus {
			return bad(`cannot use "PR" and "S"/"PL"/"MI"/"SG" together`)
		}
		n.bracket = true
	case "RN":
		n.roman = true
	case "V", "EEEE", "SP", "C", "B":
		return unsupported(`number format "` + key + `"`)
	}
	return nil
}

// numOut is NUMProc of formatting.c: the state of one number being written.
type numOut struct {
	*numFmt
	out       []byte
	number    string
	at        int // place in number
	last      int // last relevant decimal, -1: none
	sign      byte
	signWrote bool
	spaces    int // out_pre_spaces
	curr      int
	count     int
	numIn     bool
}

func formatNumber(d types.Decimal, f string) (vec.Datum, error) {
	n, err := parseNumFmt(f)
	if err != nil {
		return null, err
	}
	if d.Form != types.Finite {
		return null, unsupported("to_char of infinity and NaN")
	}
	o := &numOut{numFmt: n, sign: '+', last: -1}
	if n.roman {
		x, ok := d.Int64()
		return dS(roman(x, ok, n.fill)), nil
	}
	text := d.Round(int32(n.post)).String()
	if text[0] == '-' {
		o.sign, text = '-', text[1:]
	}
	whole := strings.IndexByte(text, '.')
	if whole < 0 {
		whole = len(text)
	}
	switch {
	case whole < n.pre:
		o.spaces = n.pre - whole
	case whole > n.pre:
		text = strings.Repeat("#", n.pre) + "." + strings.Repeat("#", n.post)
	}
	o.number = text
	o.prepare()
	for _, k := range n.nodes {
		o.node(k)
	}
	return dS(string(o.out)), nil
}

// prepare is the first half of NUM_processor.
func (o *numOut) prepare() {
	if o.zeroStart > 0 {
		o.zeroStart--
	}
	if o.plus || o.minus {
		o.signWrote = !(o.plus && !o.minus)
	} else {
		if o.sign != '-' && o.fill {
			o.bracket = false
		}
		o.signWrote = o.sign == '+' && o.fill && o.lsign == 0
		if o.lsign == 1 && o.pre == o.preLsign {
			o.lsign = 2
		}
	}
	o.count = o.post + o.pre - 1
	if o.fill && o.decimal {
		o.last = lastRelevant(o.number)
		if o.last >= 0 && o.zeroEnd > o.spaces {
			o.last = max(o.last, min(len(o.number)-1, o.zeroEnd-o.spaces))
		}
	}
	if !o.signWrote && o.spaces == 0 {
		o.count++
	}
}

// lastRelevant is the last digit after the point that is not 0, or the point.
func lastRelevant(s string) int {
	p := strings.IndexByte(s, '.')
	if p < 0 {
		return -1
	}
	last := p
	for i := p + 1; i < len(s); i++ {
		if s[i] != '0' {
			last = i
		}
	}
	return last
}

func (o *numOut) put(s string) { o.out = append(o.out, s...) }

func (o *numOut) node(k string) {
	switch k {
	case "9", "0", "D", ".":
		o.digit(k)
	case ",", "G":
		switch {
		case o.numIn:
			o.put(",")
		case !o.fill:
			o.put(" ")
		}
	case "L":
		o.put(" ")
	case "TH", "th":
		if o.number[0] != '#' && o.sign != '-' && !o.decimal {
			o.put(ordinal(o.number, k[0]))
		}
	case "MI":
		if o.sign == '-' {
			o.put("-")
		} else if !o.fill {
			o.put(" ")
		}
	case "PL":
		if o.sign == '+' {
			o.put("+")
		} else if !o.fill {
			o.put(" ")
		}
	case "SG":
		o.put(string(o.sign))
	default:
		if k[0] == 0 {
			o.put(k[1:])
		}
	}
}

func (o *numOut) cur() byte {
	if o.at < len(o.number) {
		return o.number[o.at]
	}
	return 0
}

func (o *numOut) lastIsPoint() bool { return o.last >= 0 && o.number[o.last] == '.' }

// predecSpace is IS_PREDEC_SPACE: 0.1 by 9.9 is " .1".
func (o *numOut) predecSpace() bool {
	return !o.zero && o.at == 0 && o.number[0] == '0' && o.post != 0
}

// digit is NUM_numpart_to_char.
func (o *numOut) digit(k string) {
	o.numIn = false
	if !o.signWrote && (o.curr >= o.spaces || o.zero && o.zeroStart == o.curr) && (!o.predecSpace() || o.lastIsPoint()) {
		o.leadSign()
	}
	switch {
	case o.curr < o.spaces && (o.zeroStart > o.curr || !o.zero):
		if !o.fill {
			o.put(" ")
		}
	case o.zero && o.curr < o.spaces && o.zeroStart <= o.curr:
		o.put("0")
		o.numIn = true
	default:
		switch c := o.cur(); {
		case c == '.':
			if o.last < 0 || !o.lastIsPoint() || o.fill {
				o.put(".")
			}
		case o.last >= 0 && o.at > o.last && k != "0":
		case o.predecSpace():
			if !o.fill {
				o.put(" ")
			} else if o.lastIsPoint() {
				o.put("0")
			}
		case c != 0:
			o.put(string(c))
			o.numIn = true
		}
		o.at++
	}
	end := o.count
	if o.spaces > 0 {
		end++
	}
	if o.decimal {
		end++
	}
	if o.last >= 0 && o.last == o.at {
		end = o.curr
	}
	if o.curr+1 == end {
		if o.signWrote && o.bracket {
			if o.sign == '+' {
				o.put(" ")
			} else {
				o.put(">")
			}
		} else if o.lsign == 2 {
			o.put(string(o.sign))
		}
	}
	o.curr++
}

func (o *numOut) leadSign() {
	switch {
	case o.lsign != 0:
		if o.lsign == 1 {
			o.put(string(o.sign))
			o.signWrote = true
		}
	case o.bracket:
		if o.sign == '+' {
			o.put(" ")
		} else {
			o.put("<")
		}
		o.signWrote = true
	case o.sign == '+':
		if !o.fill {
			o.put(" ")
		}
		o.signWrote = true
	default:
		o.put("-")
		o.signWrote = true
	}
}

func roman(x int64, ok, fill bool) string {
	if !ok || x < 1 || x > 3999 {
		return strings.Repeat("#", 15)
	}
	var b strings.Builder
	for i, v := range []int64{1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1} {
		for ; x >= v; x -= v {
			b.WriteString([]string{"M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"}[i])
		}
	}
	if fill {
		return b.String()
	}
	return strings.Repeat(" ", 15-b.Len()) + b.String()
}

// toNumber reads a number by a template: digits, sign and point count, group
// separators are passed over.
func toNumber(r row) (vec.Datum, error) {
	n, err := parseNumFmt(r.s(1))
	if err != nil {
		return null, err
	}
	if n.roman {
		return null, unsupported(`"RN" for input`)
	}
	var b strings.Builder
	neg, point := false, false
	digits := 0
	for _, c := range r.s(0) {
		switch {
		case c == '-' || c == '<':
			neg = true
		case c >= '0' && c <= '9':
			if point && digits >= n.post {
				continue
			}
			if point {
				digits++
			}
			b.WriteRune(c)
		case c == '.' && n.decimal && !point:
			point = true
			b.WriteByte('.')
		}
	}
	s := strings.TrimSuffix(b.String(), ".")
	if s == "" {
		return null, sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid input syntax for type numeric: \"%s\"", r.s(0))
	}
	if neg {
		s = "-" + s
	}
	d, err := types.ParseDecimal(s)
	return dD(d), err
}
