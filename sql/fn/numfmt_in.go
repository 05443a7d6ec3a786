package fn

import (
	"strings"
	"unicode/utf8"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// numIn reads one number by a template.
type numIn struct {
	*numFmt
	in        string
	at        int
	sign      byte // ' ' until one was read
	digits    []byte
	pre, post int // digits read
	point     bool
}

// toNumber is to_number.
func toNumber(r row) (vec.Datum, error) {
	if r.s(1) == "" {
		return null, nil
	}
	f, err := parseNumFmt(r.s(1))
	if err != nil {
		return null, err
	}
	switch {
	case f.eeee:
		return null, notByUs(`"EEEE" not supported for input`)
	case f.roman:
		return null, notByUs(`"RN" not supported for input`)
	}
	n := numIn{numFmt: f, in: r.s(0), sign: ' '}
	for _, node := range f.nodes {
		if n.done() {
			break
		}
		if node.key == "" {
			_, size := utf8.DecodeRuneInString(n.in[n.at:])
			n.at += size
		} else if n.key(node.key) {
			n.at++
		}
	}
	text := string(n.sign) + strings.TrimSuffix(string(n.digits), ".")
	d, err := types.ParseDecimal(text)
	if err != nil {
		return null, err
	}
	p, s := f.pre+f.multiN+n.post, n.post
	t := tNum
	if t.Mod = types.NumericMod(p, s); t.Mod >= 4 {
		if d, err = d.Fit(t); err != nil {
			return null, err
		}
	}
	if f.multi {
		k, err := powDec(r.c, types.DecimalOf(10, 0), types.DecimalOf(int64(-f.multiN), 0))
		if err != nil {
			return null, err
		}
		d, err = d.Mul(k)
		return dD(d), err
	}
	return dD(d), nil
}

func (n *numIn) done() bool { return n.at >= len(n.in) }

// skip passes characters that are no part of a number.
func (n *numIn) skip(count int) {
	for ; count > 0 && !n.done() && strings.IndexByte("0123456789.,+-", n.in[n.at]) < 0; count-- {
		_, size := utf8.DecodeRuneInString(n.in[n.at:])
		n.at += size
	}
}

// key reads what a keyword asks for; true moves on by one byte.
func (n *numIn) key(key string) bool {
	c := n.in[n.at]
	switch key {
	case "9", "0", ".", "D":
		n.number(key)
		return true
	case ",", "G":
		return !n.fill && c == ','
	case "L":
		n.skip(1)
	case "TH", "th":
		if n.sign != '-' && !n.decimal {
			n.skip(2)
		}
	case "MI", "PL", "SG":
		if c == '-' && key != "PL" || c == '+' && key != "MI" {
			n.sign = c
			return true
		}
		n.skip(1)
	}
	return false
}

func digitByte(c byte) bool { return c >= '0' && c <= '9' }

// number is NUM_numpart_from_char: a digit or the point, with a sign before the
// first or behind the last.
func (n *numIn) number(key string) {
	if n.in[n.at] == ' ' {
		if n.at++; n.done() {
			return
		}
	}
	if n.sign == ' ' && (key == "0" || key == "9") && n.pre+n.post == 0 {
		n.signBefore()
	}
	if n.done() {
		return
	}
	read := false
	switch c := n.in[n.at]; {
	case digitByte(c):
		if n.point && n.post == n.numFmt.post {
			return
		}
		n.digits = append(n.digits, c)
		if n.point {
			n.post++
		} else {
			n.pre++
		}
		read = true
	case n.decimal && !n.point && c == '.':
		n.digits = append(n.digits, c)
		n.point, read = true, true
	}
	if n.sign == ' ' && n.pre+n.post > 0 {
		n.signBehind(read)
	}
}

func (n *numIn) signBefore() {
	c := n.in[n.at]
	lpre := n.lsign == lsignPre
	switch {
	case c == '-' || !lpre && n.bracket && c == '<':
		n.sign = '-'
	case c == '+':
		n.sign = '+'
	default:
		return
	}
	n.at++
}

func (n *numIn) signBehind(read bool) {
	if n.lsign != lsignNone {
		if read && n.at+1 < len(n.in) {
			if c := n.in[n.at+1]; c == '-' || c == '+' {
				n.at++
				n.sign = c
			}
		}
		return
	}
	if c := n.in[n.at]; !read && (n.plus || n.minus) && (c == '-' || c == '+') {
		n.sign = c
	}
}
