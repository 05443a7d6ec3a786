package fn

import (
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// fmtNode is one node of a date template: a field or one character.
type fmtNode struct {
	key  string // canonical upper case; "" for a character
	as   string // the keyword as PostgreSQL's table has it, with its case
	text string // the character
	kind charKind
	fm   bool // FM: no padding
	tm   bool // TM: names of the locale, which are English and not padded
	th   byte // 't' or 'T': ordinal suffix
}

// charKind says what a character of a template matches when text is read.
type charKind uint8

const (
	charPlain charKind = iota
	charSpace
	charSeparator
)

// dateKeys are the keywords in the order in which they are tried.
var dateKeys = strings.Fields(`A.D. A.M. AD AM B.C. BC CC DAY DDD DD DY D FF1 FF2 FF3 FF4 FF5 FF6 FX HH24 HH12 HH IDDD ID IW IYYY IYY IY I
	J MI MM MONTH MON MS OF P.M. PM Q RM SSSSS SSSS SS TZH TZM TZ US WW W Y,YYY YYYY YYY YY Y`)

// keptCase are the keywords whose lower case is a keyword of its own.
var keptCase = map[string]bool{"A.D.": true, "A.M.": true, "AD": true, "AM": true, "B.C.": true, "BC": true, "DAY": true, "DY": true, "MONTH": true,
	"MON": true, "P.M.": true, "PM": true, "RM": true, "TZ": true}

// dateFmt is a template with its nodes, which nobody changes.
type dateFmt struct {
	text  string
	nodes []fmtNode
}

// lastDateFmt is the template read last: the rows of a column nearly always have
// the same one, and cutting it costs more than to fill it in.
var lastDateFmt atomic.Pointer[dateFmt]

// maxKeptFmt bounds the template that is kept, in bytes.
const maxKeptFmt = 1024

// dateNodes are the nodes of a template; they are shared.
func dateNodes(f string) []fmtNode {
	if last := lastDateFmt.Load(); last != nil && last.text == f {
		return last.nodes
	}
	if len(f) > maxKeptFmt {
		return parseDateFmt(f)
	}
	f = strings.Clone(f) // f may lie in a larger buffer
	next := &dateFmt{text: f, nodes: parseDateFmt(f)}
	lastDateFmt.Store(next)
	return next.nodes
}

// parseDateFmt cuts a template into nodes. Keywords are upper or lower case as a
// whole, or capitalised for names. A prefix before something else is lost.
func parseDateFmt(f string) []fmtNode {
	var out []fmtNode
	char := func(i int, plain bool) int {
		_, size := utf8.DecodeRuneInString(f[i:])
		n := fmtNode{text: f[i : i+size]}
		switch c := f[i]; {
		case plain:
		case separatorByte(c):
			n.kind = charSeparator
		case strings.IndexByte(" \t\n\v\f\r", c) >= 0:
			n.kind = charSpace
		}
		out = append(out, n)
		return i + size
	}
	for i := 0; i < len(f); {
		var n fmtNode
		switch {
		case hasAny(f[i:], "FM", "fm"):
			n.fm = true
			i += 2
		case hasAny(f[i:], "TM", "tm"):
			n.tm = true
			i += 2
		}
		if i >= len(f) {
			break
		}
		if n.key, n.as = dateKey(f[i:]); n.key != "" {
			i += len(n.key)
			switch {
			case hasAny(f[i:], "TH", "th"):
				n.th = f[i]
				i += 2
			case hasAny(f[i:], "SP"):
				i += 2
			}
			out = append(out, n)
			continue
		}
		if f[i] != '"' {
			if strings.HasPrefix(f[i:], `\"`) {
				i++
			}
			i = char(i, false)
			continue
		}
		for i++; i < len(f) && f[i] != '"'; {
			if f[i] == '\\' && i+1 < len(f) {
				i++
			}
			i = char(i, true)
		}
		i++
	}
	return out
}

func hasAny(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// separatorByte tells printable ASCII that is neither letter nor digit.
func separatorByte(c byte) bool {
	return c > 0x20 && c < 0x7f && !(c|0x20 >= 'a' && c|0x20 <= 'z') && !digitByte(c)
}

func dateKey(f string) (key, as string) {
	for _, k := range dateKeys {
		if len(f) < len(k) {
			continue
		}
		w := f[:len(k)]
		switch {
		case w == k:
			return k, k
		case w == strings.ToLower(k):
			return k, w
		case (k == "DAY" || k == "DY" || k == "MONTH" || k == "MON") && w == k[:1]+strings.ToLower(k[1:]):
			return k, w
		}
	}
	return "", ""
}

// digits tells the fields that are numbers.
func (n fmtNode) digits() bool {
	switch n.key {
	case "", "A.D.", "A.M.", "AD", "AM", "B.C.", "BC", "DAY", "DY", "FX", "MONTH", "MON", "OF", "P.M.", "PM", "RM", "TZH", "TZ":
		return false
	}
	return true
}

// calendar tells which way of dating a field belongs to: 'i' for ISO weeks, 'g'
// for the Gregorian calendar, 0 for either.
func (n fmtNode) calendar() byte {
	switch n.key {
	case "IDDD", "ID", "IW", "IYYY", "IYY", "IY", "I":
		return 'i'
	case "DDD", "DD", "D", "MM", "MONTH", "MON", "RM", "WW", "W", "Y,YYY", "YYYY", "YYY", "YY", "Y":
		return 'g'
	}
	return 0
}

// name is the keyword as errors name it: of most, the upper case alone is known.
func (n fmtNode) name() string { return n.as }

var (
	monthNames = strings.Fields("January February March April May June July August September October November December")
	dayNames   = strings.Fields("Sunday Monday Tuesday Wednesday Thursday Friday Saturday")
	romanMonth = strings.Fields("I II III IV V VI VII VIII IX X XI XII")
)
