package fn

import (
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// numFmt is a template of to_char and to_number for numbers (NUMDesc of
// formatting.c).
type numFmt struct {
	nodes              []numNode
	pre, post          int // digits before and behind the point
	multiN             int // digits behind V
	zeroStart, zeroEnd int
	lsign              lsignPlace
	preLsign           int // digits before S
	zero, decimal, fill, minus, plus, bracket, roman,
	blank, multi, eeee bool
}

// lsignPlace is where S puts the sign.
type lsignPlace uint8

const (
	lsignNone lsignPlace = iota
	lsignPre
	lsignPost
)

// numNode is a keyword, or a character to copy.
type numNode struct{ key, text string }

// numKeys are the keywords, longer ones before their prefixes.
var numKeys = strings.Fields(", . 0 9 B C D EEEE FM G L MI PL PR RN SG SP S TH V")

func numKey(f string) string {
	for _, k := range numKeys {
		switch {
		case strings.HasPrefix(f, k):
			return k
		case strings.HasPrefix(f, strings.ToLower(k)):
			if k == "TH" || k == "RN" {
				return strings.ToLower(k)
			}
			return k
		}
	}
	return ""
}

// parseNumFmt reads a template.
func parseNumFmt(f string) (*numFmt, error) {
	n := &numFmt{}
	char := func(at int) int {
		_, size := utf8.DecodeRuneInString(f[at:])
		n.nodes = append(n.nodes, numNode{text: f[at : at+size]})
		return at + size
	}
	for i := 0; i < len(f); {
		if key := numKey(f[i:]); key != "" {
			if err := n.add(key); err != nil {
				return nil, err
			}
			n.nodes = append(n.nodes, numNode{key: key})
			i += len(key)
			continue
		}
		if f[i] != '"' {
			if strings.HasPrefix(f[i:], `\"`) {
				i++
			}
			i = char(i)
			continue
		}
		for i++; i < len(f) && f[i] != '"'; {
			if f[i] == '\\' && i+1 < len(f) {
				i++
			}
			i = char(i)
		}
		i++
	}
	return n, nil
}

func errNumFmt(format string, args ...any) *sqlerr.Error {
	return sqlerr.New(pgerrcode.SyntaxError, format, args...)
}

// add is NUMDesc_prepare.
func (n *numFmt) add(key string) error {
	if n.eeee && key != "EEEE" {
		return errNumFmt(`"EEEE" must be the last pattern used`)
	}
	switch key {
	case "9", "0":
		return n.digit(key)
	case "B":
		n.blank = n.blank || n.pre == 0 && n.post == 0 && !n.zero
	case "D", ".":
		switch {
		case n.decimal:
			return errNumFmt("multiple decimal points")
		case n.multi:
			return errNumFmt(`cannot use "V" and decimal point together`)
		}
		n.decimal = true
	case "FM":
		n.fill = true
	case "S", "MI", "PL", "SG", "PR":
		return n.signKey(key)
	case "RN", "rn":
		n.roman = true
	case "V":
		if n.decimal {
			return errNumFmt(`cannot use "V" and decimal point together`)
		}
		n.multi = true
	case "EEEE":
		if n.eeee {
			return errNumFmt(`cannot use "EEEE" twice`)
		}
		if n.blank || n.fill || n.lsign != lsignNone || n.bracket || n.minus || n.plus || n.roman || n.multi {
			return errNumFmt(`"EEEE" is incompatible with other formats`).
				WithDetail(`"EEEE" may only be used together with digit and decimal point patterns.`)
		}
		n.eeee = true
	}
	return nil
}

func (n *numFmt) digit(key string) error {
	if n.bracket {
		return errNumFmt(`"%s" must be ahead of "PR"`, key)
	}
	if key == "9" && n.multi {
		n.multiN++
		return nil
	}
	if key == "0" && !n.zero && !n.decimal {
		n.zero, n.zeroStart = true, n.pre+1
	}
	if n.decimal {
		n.post++
	} else {
		n.pre++
	}
	if key == "0" {
		n.zeroEnd = n.pre + n.post
	}
	return nil
}

func (n *numFmt) signKey(key string) error {
	switch key {
	case "S":
		if n.lsign != lsignNone {
			return errNumFmt(`cannot use "S" twice`)
		}
		if n.plus || n.minus || n.bracket {
			return errNumFmt(`cannot use "S" and "PL"/"MI"/"SG"/"PR" together`)
		}
		n.lsign = lsignPost
		if !n.decimal {
			n.lsign, n.preLsign = lsignPre, n.pre
		}
	case "PR":
		if n.lsign != lsignNone || n.plus || n.minus {
			return errNumFmt(`cannot use "PR" and "S"/"PL"/"MI"/"SG" together`)
		}
		n.bracket = true
	default:
		if n.lsign != lsignNone {
			return errNumFmt(`cannot use "S" and "%s" together`, key)
		}
		n.minus = n.minus || key != "PL"
		n.plus = n.plus || key != "MI"
	}
	return nil
}
