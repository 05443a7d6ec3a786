package regex

import (
	"sort"
	"unicode"
)

// span is an inclusive range of characters.
type span struct{ lo, hi rune }

// charSet is a sorted list of ranges that do not touch.
type charSet []span

const maxChar = 0x7ffffffe

// tidy sorts and joins ranges.
func (c charSet) tidy() charSet {
	sort.Slice(c, func(i, j int) bool { return c[i].lo < c[j].lo })
	var out charSet
	for _, s := range c {
		if n := len(out); n > 0 && s.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, s.hi)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// not is the complement; c is tidy.
func (c charSet) not() charSet {
	var out charSet
	next := rune(0)
	for _, s := range c {
		if s.lo > next {
			out = append(out, span{next, s.lo - 1})
		}
		next = s.hi + 1
	}
	if next <= maxChar {
		out = append(out, span{next, maxChar})
	}
	return out
}

// has reports whether x is in a tidy set.
func (c charSet) has(x rune) bool {
	i := sort.Search(len(c), func(i int) bool { return c[i].hi >= x })
	return i < len(c) && c[i].lo <= x
}

// withCases adds the other cases of every character.
func (c charSet) withCases(f Flags) charSet {
	out := append(charSet(nil), c...)
	limit := rune(127)
	if f&Unicode != 0 {
		limit = 0x1ffff // no letter beyond has cases
	}
	for _, s := range c {
		for x := s.lo; x <= min(s.hi, limit); x++ {
			if y := lower(x, f); y != x {
				out = append(out, span{y, y})
			}
			if y := upper(x, f); y != x {
				out = append(out, span{y, y})
			}
		}
	}
	return out.tidy()
}

func lower(c rune, f Flags) rune {
	if f&Unicode != 0 {
		return unicode.ToLower(c)
	}
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func upper(c rune, f Flags) rune {
	if f&Unicode != 0 {
		return unicode.ToUpper(c)
	}
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

// asciiClasses are the classes of the C locale.
var asciiClasses = map[string]charSet{
	"alnum": {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}, "alpha": {{'A', 'Z'}, {'a', 'z'}}, "ascii": {{0, 127}},
	"blank": {{'\t', '\t'}, {' ', ' '}}, "cntrl": {{0, 31}, {127, 159}}, "digit": {{'0', '9'}}, "graph": {{33, 126}},
	"lower": {{'a', 'z'}}, "print": {{32, 126}}, "punct": {{33, 47}, {58, 64}, {91, 96}, {123, 126}},
	"space": {{9, 13}, {' ', ' '}}, "upper": {{'A', 'Z'}}, "xdigit": {{'0', '9'}, {'A', 'F'}, {'a', 'f'}},
	"word": {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}},
}

// unicodeClasses are the classes that ICU's locales widen.
var unicodeClasses = map[string][]*unicode.RangeTable{
	"alnum": {unicode.L, unicode.Nl, unicode.Other_Alphabetic, unicode.Nd}, "alpha": {unicode.L, unicode.Nl, unicode.Other_Alphabetic},
	"digit": {unicode.Nd}, "lower": {unicode.Ll, unicode.Other_Lowercase}, "upper": {unicode.Lu, unicode.Other_Uppercase},
	"punct": {unicode.P}, "space": {unicode.White_Space},
	"graph": {unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Cf, unicode.Co},
	"print": {unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Cf, unicode.Co, unicode.Zs},
}

// class is a named class, nil if there is none of the name.
func class(name string, f Flags) charSet {
	if f&ICase != 0 && (name == "upper" || name == "lower") {
		name = "alpha"
	}
	set, ok := asciiClasses[name]
	if !ok {
		return nil
	}
	tables := unicodeClasses[name]
	if name == "word" {
		tables = unicodeClasses["alnum"]
	}
	if f&Unicode == 0 || tables == nil {
		return set
	}
	out := append(charSet(nil), set...)
	for _, t := range tables {
		for _, r := range t.R16 {
			out = out.addStep(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			out = out.addStep(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return out.tidy()
}

func (c charSet) addStep(lo, hi, step rune) charSet {
	if step == 1 {
		return append(c, span{lo, hi})
	}
	for x := lo; x <= hi; x += step {
		c = append(c, span{x, x})
	}
	return c
}

// collating are the POSIX names of characters.
var collating = map[string]rune{
	"NUL": 0, "SOH": 1, "STX": 2, "ETX": 3, "EOT": 4, "ENQ": 5, "ACK": 6, "BEL": 7, "alert": 7, "BS": 8, "backspace": 8, "HT": 9, "tab": 9,
	"LF": 10, "newline": 10, "VT": 11, "vertical-tab": 11, "FF": 12, "form-feed": 12, "CR": 13, "carriage-return": 13, "SO": 14, "SI": 15,
	"DLE": 16, "DC1": 17, "DC2": 18, "DC3": 19, "DC4": 20, "NAK": 21, "SYN": 22, "ETB": 23, "CAN": 24, "EM": 25, "SUB": 26, "ESC": 27,
	"IS4": 28, "FS": 28, "IS3": 29, "GS": 29, "IS2": 30, "RS": 30, "IS1": 31, "US": 31, "space": ' ', "exclamation-mark": '!',
	"quotation-mark": '"', "number-sign": '#', "dollar-sign": '$', "percent-sign": '%', "ampersand": '&', "apostrophe": '\'',
	"left-parenthesis": '(', "right-parenthesis": ')', "asterisk": '*', "plus-sign": '+', "comma": ',', "hyphen": '-', "hyphen-minus": '-',
	"period": '.', "full-stop": '.', "slash": '/', "solidus": '/', "zero": '0', "one": '1', "two": '2', "three": '3', "four": '4',
	"five": '5', "six": '6', "seven": '7', "eight": '8', "nine": '9', "colon": ':', "semicolon": ';', "less-than-sign": '<',
	"equals-sign": '=', "greater-than-sign": '>', "question-mark": '?', "commercial-at": '@', "left-square-bracket": '[',
	"backslash": '\\', "reverse-solidus": '\\', "right-square-bracket": ']', "circumflex": '^', "circumflex-accent": '^',
	"underscore": '_', "low-line": '_', "grave-accent": '`', "left-brace": '{', "left-curly-bracket": '{', "vertical-line": '|',
	"right-brace": '}', "right-curly-bracket": '}', "tilde": '~', "DEL": 127,
}
