package ranges

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// blanks are what C's isspace takes for a blank.
const blanks = " \t\n\v\f\r"

func isBlank(c byte) bool { return strings.IndexByte(blanks, c) >= 0 }

// emptyWord is the text of the empty range.
const emptyWord = "empty"

func hasEmptyWord(s string) bool {
	return len(s) >= len(emptyWord) && strings.EqualFold(s[:len(emptyWord)], emptyWord)
}

// Parse is range_in; value is the input function of the bounds.
func Parse(t types.Type, s string, value func(string) (Value, error)) (Range, error) {
	lower, upper, isEmpty, err := scan(s)
	if err != nil || isEmpty {
		return empty, err
	}
	for _, e := range []*end{&lower, &upper} {
		if e.Inf {
			continue
		}
		if e.Value, err = value(e.text); err != nil {
			return Range{}, err
		}
	}
	return New(t, lower.Bound, upper.Bound)
}

// end is a bound whose value is not read yet.
type end struct {
	Bound
	text string
}

func malformed(s, detail string) error {
	return sqlerr.New(pgerrcode.InvalidTextRepresentation, "malformed range literal: \"%s\"", s).WithDetail("%s", detail)
}

// scan is range_parse.
func scan(s string) (lower, upper end, isEmpty bool, err error) {
	bad := func(detail string) (end, end, bool, error) { return end{}, end{}, false, malformed(s, detail) }
	p := strings.TrimLeft(s, blanks)
	if hasEmptyWord(p) {
		if strings.TrimLeft(p[len(emptyWord):], blanks) != "" {
			return bad("Junk after \"empty\" key word.")
		}
		return end{}, end{}, true, nil
	}
	if p == "" || p[0] != '[' && p[0] != '(' {
		return bad("Missing left parenthesis or bracket.")
	}
	lower.Inc = p[0] == '['
	var ok bool
	if p, ok = lower.scan(p[1:]); !ok {
		return bad("Unexpected end of input.")
	}
	if p == "" || p[0] != ',' {
		return bad("Missing comma after lower bound.")
	}
	if p, ok = upper.scan(p[1:]); !ok {
		return bad("Unexpected end of input.")
	}
	switch {
	case p[0] == ',':
		return bad("Too many commas.")
	case strings.TrimLeft(p[1:], blanks) != "":
		return bad("Junk after right parenthesis or bracket.")
	}
	upper.Inc = p[0] == ']'
	return lower, upper, false, nil
}

// scan is range_parse_bound: it reads up to the comma, parenthesis or bracket after
// a bound; ok is false where the text ends before.
func (e *end) scan(s string) (rest string, ok bool) {
	if s != "" && strings.IndexByte(",)]", s[0]) >= 0 {
		e.Inf = true
		return s, true
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case !quoted && (c == ',' || c == ')' || c == ']'):
			e.text = b.String()
			return s[i:], true
		case c == '\\':
			if i++; i == len(s) {
				return "", false
			}
			b.WriteByte(s[i])
		case c == '"' && quoted && i+1 < len(s) && s[i+1] == '"':
			i++
			b.WriteByte('"')
		case c == '"':
			quoted = !quoted
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// Append is range_out; value is the output function of the bounds.
func Append(dst []byte, r Range, value func([]byte, Value) []byte) []byte {
	if r.Empty {
		return append(dst, emptyWord...)
	}
	open, shut := byte('('), byte(')')
	if r.Lower.Inc {
		open = '['
	}
	if r.Upper.Inc {
		shut = ']'
	}
	dst = append(dst, open)
	if !r.Lower.Inf {
		dst = appendQuoted(dst, r.Lower.Value, value)
	}
	dst = append(dst, ',')
	if !r.Upper.Inf {
		dst = appendQuoted(dst, r.Upper.Value, value)
	}
	return append(dst, shut)
}

// appendQuoted writes a bound, in quotes where it has blanks: the only character that
// ranges set apart which bounds of our types have.
func appendQuoted(dst []byte, v Value, value func([]byte, Value) []byte) []byte {
	at := len(dst)
	dst = value(dst, v)
	if strings.IndexByte(string(dst[at:]), ' ') < 0 {
		return dst
	}
	dst = append(dst, 0, '"')
	copy(dst[at+1:], dst[at:len(dst)-2])
	dst[at] = '"'
	return dst
}

// ParseMulti is multirange_in, see Parse.
func ParseMulti(t types.Type, s string, value func(string) (Value, error)) ([]Range, error) {
	var list []Range
	err := scanMulti(s, func(text string) error {
		r, err := Parse(t, text, value)
		list = append(list, r)
		return err
	})
	return Normal(list), err
}

// scanMulti takes the literal of a multirange apart and hands over its ranges. The
// word empty comes as it is; inside of a range, what a backslash stands before and
// blanks are told apart as multirange_in does, which passes over blanks first.
func scanMulti(s string, item func(text string) error) error {
	bad := func(detail string) error {
		return sqlerr.New(pgerrcode.InvalidTextRepresentation, "malformed multirange literal: \"%s\"", s).WithDetail("%s", detail)
	}
	p := strings.TrimLeft(s, blanks)
	if p == "" || p[0] != '{' {
		return bad("Missing left brace.")
	}
	p = strings.TrimLeft(p[1:], blanks)
	for n := 0; ; n++ {
		switch {
		case p == "":
			return bad("Unexpected end of input.")
		case p[0] == '[' || p[0] == '(':
			end := rangeEnd(p)
			if end < 0 {
				return bad("Unexpected end of input.")
			}
			if err := item(p[:end]); err != nil {
				return err
			}
			p = p[end:]
		case p[0] == '}' && n == 0:
			return endMulti(p, bad)
		case hasEmptyWord(p):
			p = p[len(emptyWord):]
		default:
			return bad("Expected range start.")
		}
		p = strings.TrimLeft(p, blanks)
		switch {
		case p == "":
			return bad("Unexpected end of input.")
		case p[0] == '}':
			return endMulti(p, bad)
		case p[0] != ',':
			return bad("Expected comma or end of multirange.")
		}
		p = strings.TrimLeft(p[1:], blanks)
	}
}

func endMulti(p string, bad func(string) error) error {
	if strings.TrimLeft(p[1:], blanks) != "" {
		return bad("Junk after closing right brace.")
	}
	return nil
}

// rangeEnd is the length of the range at the beginning of s, -1 if it does not end.
func rangeEnd(s string) int {
	quoted, escaped := false, false
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case isBlank(c):
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"' && quoted && i+1 < len(s) && s[i+1] == '"':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ']' || c == ')'):
			return i + 1
		}
	}
	return -1
}

// AppendMulti is multirange_out, see Append.
func AppendMulti(dst []byte, list []Range, value func([]byte, Value) []byte) []byte {
	dst = append(dst, '{')
	for i, r := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = Append(dst, r, value)
	}
	return append(dst, '}')
}
