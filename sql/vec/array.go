package vec

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// maxElems is MaxArraySize of array.h.
const maxElems = 134217727

func badArray(s, detail string) *sqlerr.Error {
	e := sqlerr.New(pgerrcode.InvalidTextRepresentation, "malformed array literal: \"%s\"", s)
	if detail != "" {
		e.Detail = detail
	}
	return e
}

// parseVector is int2vectorin and oidvectorin: numbers with blanks between them.
func parseVector(t types.Type, s string, st *types.Style, now time.Time) (Datum, error) {
	b := NewBuilder(t.Elem(), 4)
	for _, f := range strings.Fields(s) {
		d, err := ParseText(t.Elem(), f, st, now)
		if err != nil {
			return Datum{}, err
		}
		b.Append(d)
	}
	a := b.Finish()
	return Datum{A: a, Dims: ShapeOf([]int32{int32(a.N)}, []int32{0})}, nil
}

// parseArray is array_in. Lists of one dimension take the short way.
func parseArray(t types.Type, s string, st *types.Style, now time.Time) (Datum, error) {
	if t.IsVector() {
		return parseVector(t, s, st, now)
	}
	b := NewBuilder(t.Elem(), 4)
	add := func(item string, null bool) error {
		if null {
			b.AppendNull()
			return nil
		}
		d, err := ParseText(t.Elem(), item, st, now)
		if err == nil {
			b.Append(d)
		}
		return err
	}
	err := ScanArray(s, add)
	if err == ErrNested {
		b = NewBuilder(t.Elem(), 4)
		var dims *ArrayDims
		if dims, err = scanNested(s, add); err == nil {
			return Datum{A: b.Finish(), Dims: dims}, nil
		}
	}
	if err != nil {
		return Datum{}, err
	}
	return Datum{A: b.Finish()}, nil
}

// ErrNested is what ScanArray answers for an array of several dimensions or
// with a lower bound other than 1.
var ErrNested = errors.New("array is not a list")

// ScanArray reads an array literal of one dimension and hands over its items,
// unquoted; they share memory with s where nothing was escaped.
func ScanArray(s string, item func(text string, null bool) error) error {
	whole := s
	t := strings.TrimLeft(s, arrayBlanks)
	want := -1
	if t != "" && t[0] == '[' {
		var err error
		if t, want, err = arrayBounds(t, s); err != nil {
			return err
		}
	}
	if t == "" || t[0] != '{' {
		return badArray(s, "Array value must start with \"{\" or dimension information.")
	}
	s = t // from here on errors show the literal without what stood before it
	a := arrayScanner{whole: s, rest: strings.TrimLeft(t[1:], arrayBlanks)}
	n := 0
	if a.rest != "" && a.rest[0] == '}' {
		a.rest = a.rest[1:]
	} else {
		for more := true; more; n++ {
			text, null, last, err := a.next()
			if err != nil {
				return err
			}
			if err := item(text, null); err != nil {
				return err
			}
			more = !last
		}
	}
	if trimBlank(a.rest) != "" {
		return badArray(s, "Junk after closing right brace.")
	}
	if want >= 0 && want != n {
		return badArray(whole, "Specified array dimensions do not match array contents.")
	}
	return nil
}

const arrayBlanks = " \t\n\r\v\f"

func trimBlank(s string) string { return strings.Trim(s, arrayBlanks) }

// arrayBounds reads [lo:hi]= or [n]= and returns what follows and the length.
func arrayBounds(t, whole string) (string, int, error) {
	l, h, dims := 1, 0, 0
	for t != "" && t[0] == '[' {
		dims++
		lo, rest := boundDigits(t[1:])
		hi := lo
		if lo == "" {
			return "", 0, badArray(whole, "\"[\" must introduce explicitly-specified array dimensions.")
		}
		l = 1
		if rest != "" && rest[0] == ':' {
			l, _ = strconv.Atoi(lo)
			if hi, rest = boundDigits(rest[1:]); hi == "" {
				return "", 0, badArray(whole, "Missing array dimension value.")
			}
		}
		if rest == "" || rest[0] != ']' {
			return "", 0, badArray(whole, "Missing \"]\" after array dimensions.")
		}
		if h, _ = strconv.Atoi(hi); h < l {
			return "", 0, sqlerr.New(pgerrcode.ArraySubscriptError, "upper bound cannot be less than lower bound")
		}
		t = strings.TrimLeft(rest[1:], arrayBlanks)
	}
	if t == "" || t[0] != '=' {
		return "", 0, badArray(whole, "Missing \"=\" after array dimensions.")
	}
	if t = strings.TrimLeft(t[1:], arrayBlanks); t == "" || t[0] != '{' {
		return "", 0, badArray(whole, "Array contents must start with \"{\".")
	}
	if dims > 1 || l != 1 {
		return "", 0, ErrNested
	}
	return t, h, nil
}

// boundDigits cuts the digits and signs at the start of s.
func boundDigits(s string) (digits, rest string) {
	n := 0
	for n < len(s) && (s[n]-'0' <= 9 || s[n] == '-' || s[n] == '+') {
		n++
	}
	return s[:n], s[n:]
}

type arrayScanner struct{ whole, rest string }

// next reads one item and the comma or brace after it.
func (a *arrayScanner) next() (text string, null, last bool, err error) {
	r := strings.TrimLeft(a.rest, arrayBlanks)
	if r == "" {
		return "", false, false, badArray(a.whole, "Unexpected end of input.")
	}
	switch r[0] {
	case '{':
		return "", false, false, ErrNested
	case '"':
		text, r, err = a.quoted(r[1:])
	default:
		text, null, r, err = a.bare(r)
	}
	if err != nil {
		return "", false, false, err
	}
	r = strings.TrimLeft(r, arrayBlanks)
	if r == "" {
		return "", false, false, badArray(a.whole, "Unexpected end of input.")
	}
	switch r[0] {
	case ',':
		a.rest = r[1:]
		return text, null, false, nil
	case '}':
		a.rest = r[1:]
		return text, null, true, nil
	case '"':
		return "", false, false, badArray(a.whole, "Unexpected array element.")
	}
	return "", false, false, badArray(a.whole, "Unexpected array element.")
}

// quoted reads up to the closing quote.
func (a *arrayScanner) quoted(r string) (text, rest string, err error) {
	var buf []byte
	start := 0
	for i := 0; i < len(r); i++ {
		switch r[i] {
		case '"':
			if buf == nil {
				return r[:i], r[i+1:], nil
			}
			return string(append(buf, r[start:i]...)), r[i+1:], nil
		case '\\':
			buf = append(buf, r[start:i]...)
			if buf == nil {
				buf = []byte{}
			}
			i++
			start = i
		}
	}
	return "", "", badArray(a.whole, "Unexpected end of input.")
}

// bare reads an unquoted item, up to a comma or brace, without blanks around.
func (a *arrayScanner) bare(r string) (text string, null bool, rest string, err error) {
	end := strings.IndexAny(r, ",{}\"\\")
	if end < 0 {
		return "", false, "", badArray(a.whole, "Unexpected end of input.")
	}
	if r[end] == '\\' {
		return a.bareEscaped(r)
	}
	text = strings.TrimRight(r[:end], arrayBlanks)
	switch {
	case r[end] == '{':
		return "", false, "", badArray(a.whole, "Unexpected \"{\" character.")
	case r[end] == '"':
		return "", false, "", badArray(a.whole, "Unexpected array element.")
	case text == "" && r[end] == '}':
		return "", false, "", badArray(a.whole, "Unexpected \"}\" character.")
	case text == "":
		return "", false, "", badArray(a.whole, "Unexpected \",\" character.")
	}
	return text, strings.EqualFold(text, "null"), r[end:], nil
}

// bareEscaped is bare with backslashes; such an item is never NULL, and escaped
// blanks at its end stay.
func (a *arrayScanner) bareEscaped(r string) (text string, null bool, rest string, err error) {
	var buf []byte
	keep := 0
	for i := 0; i < len(r); i++ {
		switch c := r[i]; c {
		case '\\':
			i++
			if i < len(r) {
				buf = append(buf, r[i])
				keep = len(buf)
			}
		case ',', '}':
			return string(buf[:keep]), false, r[i:], nil
		case '{', '"':
			return "", false, "", badArray(a.whole, "Unexpected array element.")
		default:
			buf = append(buf, c)
			if strings.IndexByte(arrayBlanks, c) < 0 {
				keep = len(buf)
			}
		}
	}
	return "", false, "", badArray(a.whole, "Unexpected end of input.")
}

// appendArray is array_out of elements lo..hi of child.
func appendArray(dst []byte, child *Vector, lo, hi int, dims *ArrayDims, st *types.Style) []byte {
	if dims == nil || lo == hi {
		dst = append(dst, '{')
		dst = appendElems(dst, child, lo, hi, ',', st)
		return append(dst, '}')
	}
	dst = dims.appendBounds(dst)
	at := lo
	var level func(k int)
	level = func(k int) {
		dst = append(dst, '{')
		for i := range dims.Len[k] {
			if i > 0 {
				dst = append(dst, ',')
			}
			if k+1 < len(dims.Len) {
				level(k + 1)
				continue
			}
			dst = appendElem(dst, child, at, st)
			at++
		}
		dst = append(dst, '}')
	}
	level(0)
	return dst
}

// appendElems writes the elements of a list.
func appendElems(dst []byte, child *Vector, lo, hi int, sep byte, st *types.Style) []byte {
	for i := lo; i < hi; i++ {
		if i > lo {
			dst = append(dst, sep)
		}
		dst = appendElem(dst, child, i, st)
	}
	return dst
}

func appendElem(dst []byte, child *Vector, i int, st *types.Style) []byte {
	if child.IsNull(i) {
		return append(dst, "NULL"...)
	}
	start := len(dst)
	dst = child.AppendText(dst, i, st)
	if needsQuote(dst[start:]) {
		dst = quoteTail(dst, start)
	}
	return dst
}

// needsQuote tells items that array_out puts in quotes.
func needsQuote(b []byte) bool {
	if len(b) == 0 || len(b) == 4 && strings.EqualFold(string(b), "null") {
		return true
	}
	for _, c := range b {
		switch c {
		case '"', '\\', '{', '}', ',', ' ', '\t', '\n', '\r', '\v', '\f':
			return true
		}
	}
	return false
}

// quoteTail puts dst[start:] in quotes in place.
func quoteTail(dst []byte, start int) []byte {
	extra := 2
	for _, c := range dst[start:] {
		if c == '"' || c == '\\' {
			extra++
		}
	}
	end := len(dst)
	for range extra {
		dst = append(dst, '"')
	}
	w := len(dst) - 2
	for r := end - 1; r >= start; r-- {
		dst[w] = dst[r]
		w--
		if dst[r] == '"' || dst[r] == '\\' {
			dst[w] = '\\'
			w--
		}
	}
	dst[start], dst[len(dst)-1] = '"', '"'
	return dst
}
