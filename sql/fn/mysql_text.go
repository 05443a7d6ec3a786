package fn

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	text1("lcase", strings.ToLower)
	text1("ucase", strings.ToUpper)
	hash := func(b []byte) string { return hex.EncodeToString(b) }
	for _, name := range []string{"sha", "sha1"} {
		text1(name, func(s string) string { h := sha1.Sum([]byte(s)); return hash(h[:]) })
	}
	def("sha2", ts{tText, tI4}, tText, rows(tText, func(r row) (vec.Datum, error) {
		b := []byte(r.s(0))
		switch r.int(1) {
		case 224:
			h := sha256.Sum224(b)
			return dS(hash(h[:])), nil
		case 0, 256:
			h := sha256.Sum256(b)
			return dS(hash(h[:])), nil
		case 384:
			h := sha512.Sum384(b)
			return dS(hash(h[:])), nil
		case 512:
			h := sha512.Sum512(b)
			return dS(hash(h[:])), nil
		}
		return null, nil
	}))
	text1("to_base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) })
	def("find_in_set", ts{tText, tText}, tI4, f2(tI4, ok2(findInSet)))
	def("find_in_set", ts{tText, tTexts}, tI4, rows(tI4, findInArray))
	for _, t := range []types.Type{tText, tI8, tNum, tF8} {
		def("field", ts{t, t}, tI4, rowsN(tI4, field), nullable, variadic)
	}
	def("elt", ts{tI4, tText}, tText, rowsN(tText, func(r row) (vec.Datum, error) {
		if r.null(0) || r.int(0) < 1 || r.int(0) >= int64(r.n()) || r.null(int(r.int(0))) {
			return null, nil
		}
		return dS(r.s(int(r.int(0)))), nil
	}), nullable, variadic)
	def("instr", ts{tText, tText}, tI4, f2(tI4, ok2(func(s, sub string) int64 { return locate(sub, s, 1) })))
	def("locate", ts{tText, tText}, tI4, f2(tI4, ok2(func(sub, s string) int64 { return locate(sub, s, 1) })))
	def("locate", ts{tText, tText, tI4}, tI4, rows(tI4, func(r row) (vec.Datum, error) { return dI(locate(r.s(0), r.s(1), r.int(2))), nil }))
	def("mid", ts{tText, tI4}, tText, rows(tText, mid))
	def("mid", ts{tText, tI4, tI4}, tText, rows(tText, mid))
	def("substring_index", ts{tText, tText, tI4}, tText, f3(tText, func(_ *Ctx, s, sep string, n int64) (string, error) {
		return substringIndex(s, sep, n), nil
	}))
	def("space", ts{tI4}, tText, f1(tText, func(_ *Ctx, n int64) (string, error) {
		if n >= maxText {
			return "", errTooLarge()
		}
		return strings.Repeat(" ", int(max(n, 0))), nil
	}))
	def("strcmp", ts{tText, tText}, tI4, f2(tI4, ok2(func(a, b string) int64 { return int64(strings.Compare(a, b)) })))
	def("insert", ts{tText, tI4, tI4, tText}, tText, rows(tText, insertText))
	def("json_unquote", ts{tText}, tText, f1(tText, ok1(unquoteJSON)))
}

// findInSet is the place of a word in a list with commas, 0 if it is not there.
func findInSet(s, list string) int64 {
	if strings.Contains(s, ",") || list == "" {
		return 0
	}
	for i, w := range strings.Split(list, ",") {
		if w == s {
			return int64(i) + 1
		}
	}
	return 0
}

// findInArray is the same for a set column.
func findInArray(r row) (vec.Datum, error) {
	child, lo, hi := r.arr(1)
	for i := lo; i < hi; i++ {
		if !child.IsNull(i) && child.Get(i).S == r.s(0) {
			return dI(int64(i - lo + 1)), nil
		}
	}
	return dI(0), nil
}

// field is the place of the first value among the others; NULL is never found.
func field(r row) (vec.Datum, error) {
	if r.null(0) {
		return dI(0), nil
	}
	x := r.get(0)
	for k := 1; k < r.n(); k++ {
		if !r.null(k) && vec.Compare(r.t(0), x, r.get(k)) == 0 {
			return dI(int64(k)), nil
		}
	}
	return dI(0), nil
}

// locate is the place of sub in s in characters, from place on.
func locate(sub, s string, from int64) int64 {
	if from < 1 || from > int64(utf8.RuneCountInString(s))+1 {
		return 0
	}
	skip := runeAt(s, from-1)
	i := strings.Index(s[skip:], sub)
	if i < 0 {
		return 0
	}
	return int64(utf8.RuneCountInString(s[:skip+i])) + 1
}

// mid is MySQL's SUBSTRING: a negative place counts from the end, place 0 and a
// negative length give nothing.
func mid(r row) (vec.Datum, error) {
	s, from := r.s(0), r.int(1)
	if n := int64(utf8.RuneCountInString(s)); from < 0 {
		if from += n + 1; from < 1 {
			return dS(""), nil
		}
	}
	if from == 0 {
		return dS(""), nil
	}
	rest := s[runeAt(s, from-1):]
	if r.n() > 2 {
		if r.int(2) <= 0 {
			return dS(""), nil
		}
		rest = rest[:runeAt(rest, r.int(2))]
	}
	return dS(rest), nil
}

// substringIndex is what stands before the n-th separator, or for a negative n
// behind the n-th from the end.
func substringIndex(s, sep string, n int64) string {
	if sep == "" || n == 0 {
		return ""
	}
	if n > 0 {
		at := 0
		for ; n > 0; n-- {
			i := strings.Index(s[at:], sep)
			if i < 0 {
				return s
			}
			at += i + len(sep)
		}
		return s[:at-len(sep)]
	}
	at := len(s)
	for ; n < 0; n++ {
		i := strings.LastIndex(s[:at], sep)
		if i < 0 {
			return s
		}
		at = i
	}
	return s[at+len(sep):]
}

// insertText is INSERT(s, place, length, new): s with a part replaced.
func insertText(r row) (vec.Datum, error) {
	s, from, n := r.s(0), r.int(1), r.int(2)
	have := int64(utf8.RuneCountInString(s))
	if from < 1 || from > have {
		return dS(s), nil
	}
	lo, hi := runeAt(s, from-1), len(s)
	if n >= 0 && from-1+n < have {
		hi = runeAt(s, from-1+n)
	}
	return dS(s[:lo] + r.s(3) + s[hi:]), nil
}
