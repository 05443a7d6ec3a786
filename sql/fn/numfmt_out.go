package fn

import (
	"fmt"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// numOut writes one number by a template (NUMProc of formatting.c).
type numOut struct {
	*numFmt
	out       []byte
	sign      byte
	number    string
	at        int // place in number
	last      int // of the last digit that FM keeps, -1: all
	spaces    int // digits of the template before the number's
	curr      int // digits of the template so far
	count     int // of its last digit
	signWrote bool
	inNumber  bool
}

// write formats n; the template belongs to this call alone.
func (f *numFmt) write(n numText) (vec.Datum, error) {
	o := &numOut{numFmt: f, sign: n.sign, number: n.text, last: -1, spaces: n.pre}
	o.prepare()
	for _, node := range f.nodes {
		if node.key == "" {
			o.out = append(o.out, node.text...)
		} else if err := o.key(node.key); err != nil {
			return null, err
		}
	}
	text, _, _ := strings.Cut(string(o.out), "\x00") // roman numerals have no sign to write
	return dS(text), nil
}

func (o *numOut) prepare() {
	if o.zeroStart > 0 {
		o.zeroStart--
	}
	if o.roman {
		*o.numFmt = numFmt{nodes: o.nodes, fill: o.fill, roman: true, zeroStart: o.zeroStart, zeroEnd: o.zeroEnd, multiN: o.multiN}
		o.spaces = 0
	}
	if o.plus || o.minus {
		o.signWrote = !(o.plus && !o.minus)
	} else {
		if o.sign != '-' && o.fill {
			o.bracket = false
		}
		o.signWrote = o.sign == '+' && o.fill && o.lsign == lsignNone
		if o.lsign == lsignPre && o.pre == o.preLsign {
			o.lsign = lsignPost
		}
	}
	o.count = o.post + o.pre - 1
	if o.fill && o.decimal {
		o.findLast()
	}
	if !o.signWrote && o.spaces == 0 {
		o.count++
	}
}

// findLast finds the last digit that counts: 12.0500 ends with 5, 12.000 with
// the point; zeros that the template asks for stay.
func (o *numOut) findLast() {
	point := strings.IndexByte(o.number, '.')
	if point < 0 {
		return
	}
	o.last = point
	for i := point + 1; i < len(o.number); i++ {
		if o.number[i] != '0' {
			o.last = i
		}
	}
	if o.zeroEnd > o.spaces {
		o.last = max(o.last, min(len(o.number)-1, o.zeroEnd-o.spaces))
	}
}

// char is a byte of the number, 0 behind its end.
func (o *numOut) char(i int) byte {
	if i < len(o.number) {
		return o.number[i]
	}
	return 0
}

// lastIsPoint: the fraction has nothing that counts.
func (o *numOut) lastIsPoint() bool { return o.last >= 0 && o.char(o.last) == '.' }

// bare tells a leading 0 that is left out: 0.1 as .1.
func (o *numOut) bare() bool {
	return !o.zero && o.at == 0 && o.char(0) == '0' && o.post != 0
}

func (o *numOut) put(s string) { o.out = append(o.out, s...) }

func (o *numOut) key(key string) error {
	switch key {
	case "9", "0", ".", "D":
		o.digit(key)
	case ",", "G":
		if o.inNumber {
			o.put(",")
		} else if !o.fill {
			o.put(" ")
		}
	case "L":
		o.put(" ")
	case "RN", "rn":
		text := o.number
		if key == "rn" {
			text = strings.ToLower(text)
		}
		if o.fill {
			o.put(text)
		} else {
			o.put(fmt.Sprintf("%15s", text))
		}
	case "TH", "th":
		return o.ordinal(key)
	case "MI", "PL":
		want := byte('-')
		if key == "PL" {
			want = '+'
		}
		if o.sign == want {
			o.put(string(want))
		} else if !o.fill {
			o.put(" ")
		}
	case "SG":
		o.out = append(o.out, o.sign)
	}
	return nil
}

func (o *numOut) ordinal(key string) error {
	if o.roman || o.char(0) == '#' || o.sign == '-' || o.decimal {
		return nil
	}
	n := len(o.number)
	last := o.number[n-1]
	if last < '0' || last > '9' {
		return sqlerr.New(pgerrcode.InvalidTextRepresentation, "\"%s\" is not a number", o.number)
	}
	end := "th"
	if n < 2 || o.number[n-2] != '1' {
		switch last {
		case '1':
			end = "st"
		case '2':
			end = "nd"
		case '3':
			end = "rd"
		}
	}
	if key == "TH" {
		end = strings.ToUpper(end)
	}
	o.put(end)
	return nil
}

// digit is NUM_numpart_to_char.
func (o *numOut) digit(key string) {
	if o.roman {
		return
	}
	o.inNumber = false
	if !o.signWrote && (o.curr >= o.spaces || o.zero && o.zeroStart == o.curr) && (!o.bare() || o.lastIsPoint()) {
		o.leadingSign()
	}
	switch {
	case o.curr < o.spaces && (o.zeroStart > o.curr || !o.zero):
		if !o.fill {
			o.put(" ")
		}
	case o.zero && o.curr < o.spaces:
		o.put("0")
		o.inNumber = true
	default:
		o.numberChar(key)
		if o.at < len(o.number) {
			o.at++
		}
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
		o.trailingSign()
	}
	o.curr++
}

// numberChar writes the next byte of the number.
func (o *numOut) numberChar(key string) {
	switch {
	case o.char(o.at) == '.':
		if !o.lastIsPoint() || o.fill {
			o.put(".")
		}
	case o.last >= 0 && o.at > o.last && key != "0":
	case o.bare():
		if !o.fill {
			o.put(" ")
		} else if o.lastIsPoint() {
			o.put("0")
		}
	default:
		o.out = append(o.out, o.char(o.at))
		o.inNumber = true
	}
}

func (o *numOut) leadingSign() {
	switch {
	case o.lsign != lsignNone:
		if o.lsign == lsignPre {
			o.out = append(o.out, o.sign)
			o.signWrote = true
		}
		return
	case o.bracket:
		if o.sign == '+' {
			o.put(" ")
		} else {
			o.put("<")
		}
	case o.sign == '+':
		if !o.fill {
			o.put(" ")
		}
	case o.sign == '-':
		o.put("-")
	default:
		return
	}
	o.signWrote = true
}

func (o *numOut) trailingSign() {
	switch {
	case o.signWrote && o.bracket:
		if o.sign == '+' {
			o.put(" ")
		} else {
			o.put(">")
		}
	case o.lsign == lsignPost:
		o.out = append(o.out, o.sign)
	}
}
