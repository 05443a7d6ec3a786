package fn

import (
	"math/bits"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/charset"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

func init() {
	def("bit_length", ts{tBytea}, tI4, f1(tI4, ok1(func(s string) int64 { return int64(len(s)) * 8 })))
	def("bit_count", ts{tBytea}, tI8, f1(tI8, ok1(func(s string) int64 {
		n := 0
		for i := range len(s) {
			n += bits.OnesCount8(s[i])
		}
		return int64(n)
	})))
	def("get_byte", ts{tBytea, tI4}, tI4, f2(tI4, getByte))
	def("set_byte", ts{tBytea, tI4, tI4}, tBytea, f3(tBytea, setByte))
	def("get_bit", ts{tBytea, tI8}, tI4, f2(tI4, getBit))
	def("set_bit", ts{tBytea, tI8, tI4}, tBytea, f3(tBytea, setBit))
	for _, n := range []string{"substring", "substr"} {
		def(n, ts{tBytea, tI4}, tBytea, f2(tBytea, func(_ *Ctx, s string, from int64) (string, error) { return cutBytes(s, from, 0, false) }))
		def(n, ts{tBytea, tI4, tI4}, tBytea, f3(tBytea, func(_ *Ctx, s string, from, n int64) (string, error) { return cutBytes(s, from, n, true) }))
	}
	def("overlay", ts{tBytea, tBytea, tI4}, tBytea, rows(tBytea, overlayBytes))
	def("overlay", ts{tBytea, tBytea, tI4, tI4}, tBytea, rows(tBytea, overlayBytes))
	def("position", ts{tBytea, tBytea}, tI4, f2(tI4, ok2(func(s, sub string) int64 { return int64(strings.Index(s, sub) + 1) })))
	for name, side := range map[string]int{"ltrim": 1, "rtrim": 2, "btrim": 3} {
		def(name, ts{tBytea, tBytea}, tBytea, f2(tBytea, ok2(func(s, set string) string { return trimBytes(s, set, side) })))
	}
	def("like", ts{tBytea, tBytea}, tBool, f2(tBool, ok2(func(s, p string) int64 { return b2i(likeBytes(s, p)) })))
	for _, negate := range []bool{false, true} {
		name := map[bool]string{false: "~~", true: "!~~"}[negate]
		op(name, tBytea, tBytea, tBool, f2(tBool, ok2(func(s, p string) int64 { return b2i(likeBytes(s, p) != negate) })))
	}
	def("convert_from", ts{tBytea, tName}, tText, f2(tText, func(_ *Ctx, s, name string) (string, error) { return convertFrom(s, name) }), stable)
	def("convert_to", ts{tText, tName}, tBytea, f2(tBytea, func(_ *Ctx, s, name string) (string, error) { return convertTo(s, name, "destination") }), stable)
	def("convert", ts{tBytea, tName, tName}, tBytea, f3(tBytea, func(_ *Ctx, s, from, to string) (string, error) {
		return convertBytes(s, from, to)
	}), stable)
	def("length", ts{tBytea, tName}, tI4, f2(tI4, func(_ *Ctx, s, name string) (int64, error) {
		c, known := charset.Lookup(name)
		switch {
		case c == nil && known:
			return 0, unsupportedEncoding("from", name)
		case c == nil:
			return 0, sqlerr.New(pgerrcode.InvalidParameterValue, "invalid encoding name \"%s\"", name)
		}
		n, err := c.Count([]byte(s))
		return int64(n), err
	}), stable)
}

func errIndex(i int64, n int) error {
	return sqlerr.New(pgerrcode.ArraySubscriptError, "index %d out of valid range, 0..%d", i, n-1)
}

func getByte(_ *Ctx, s string, i int64) (int64, error) {
	if i < 0 || i >= int64(len(s)) {
		return 0, errIndex(i, len(s))
	}
	return int64(s[i]), nil
}

func setByte(_ *Ctx, s string, i, v int64) (string, error) {
	if i < 0 || i >= int64(len(s)) {
		return "", errIndex(i, len(s))
	}
	b := []byte(s)
	b[i] = byte(v)
	return string(b), nil
}

func getBit(_ *Ctx, s string, i int64) (int64, error) {
	if i < 0 || i >= int64(len(s))*8 {
		return 0, errIndex(i, len(s)*8)
	}
	return int64(s[i/8] >> (i % 8) & 1), nil
}

func setBit(_ *Ctx, s string, i, v int64) (string, error) {
	if i < 0 || i >= int64(len(s))*8 {
		return "", errIndex(i, len(s)*8)
	}
	if v != 0 && v != 1 {
		return "", sqlerr.New(pgerrcode.InvalidParameterValue, "new bit must be 0 or 1")
	}
	b := []byte(s)
	b[i/8] = b[i/8]&^(1<<(i%8)) | byte(v)<<(i%8)
	return string(b), nil
}

// cutBytes is bytea_substring; positions count from 1.
func cutBytes(s string, from, n int64, limited bool) (string, error) {
	end := int64(len(s)) + 1
	if limited {
		if n < 0 {
			return "", sqlerr.New(pgerrcode.SubstringError, "negative substring length not allowed")
		}
		end = min(end, from+n)
	}
	from = max(from, 1)
	if from >= end {
		return "", nil
	}
	return s[from-1 : end-1], nil
}

func overlayBytes(r row) (vec.Datum, error) {
	s, x, from := r.s(0), r.s(1), r.int(2)
	n := int64(len(x))
	if r.n() > 3 {
		n = r.int(3)
	}
	if from <= 0 {
		return null, sqlerr.New(pgerrcode.SubstringError, "negative substring length not allowed")
	}
	head, err := cutBytes(s, 1, from-1, true)
	if err != nil {
		return null, err
	}
	tail, err := cutBytes(s, from+n, 0, false)
	return dS(head + x + tail), err
}

func trimBytes(s, set string, side int) string {
	for side&1 != 0 && s != "" && strings.IndexByte(set, s[0]) >= 0 {
		s = s[1:]
	}
	for side&2 != 0 && s != "" && strings.IndexByte(set, s[len(s)-1]) >= 0 {
		s = s[:len(s)-1]
	}
	return s
}

// likeBytes is LIKE over bytes: % and _ and the backslash are single bytes.
func likeBytes(s, p string) bool {
	star, mark := -1, 0
	i, j := 0, 0
	for i < len(s) {
		switch {
		case j < len(p) && p[j] == '%':
			star, mark = j, i
			j++
			continue
		case j < len(p) && p[j] == '_':
			i, j = i+1, j+1
			continue
		case j+1 < len(p) && p[j] == '\\' && p[j+1] == s[i]:
			i, j = i+1, j+2
			continue
		case j < len(p) && p[j] != '\\' && p[j] == s[i]:
			i, j = i+1, j+1
			continue
		}
		if star < 0 {
			return false
		}
		mark++
		i, j = mark, star+1
	}
	for j < len(p) && p[j] == '%' {
		j++
	}
	return j == len(p)
}

func errEncoding(what, name string) error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, "invalid %s encoding name \"%s\"", what, name)
}

// unsupportedEncoding is the error of an encoding that PostgreSQL knows: it has no
// conversion between UTF8 and MULE_INTERNAL either.
func unsupportedEncoding(direction, name string) error {
	switch {
	case !charset.IsMule(name):
		return sqlerr.New(pgerrcode.FeatureNotSupported, "conversion %s encoding \"%s\" is not supported", direction, name)
	case direction == "to":
		return noConversion("UTF8", "MULE_INTERNAL")
	}
	return noConversion("MULE_INTERNAL", "UTF8")
}

func noConversion(from, to string) error {
	return sqlerr.New(pgerrcode.UndefinedFunction, "default conversion function for encoding \"%s\" to \"%s\" does not exist", from, to)
}

// directly are the conversions that PostgreSQL has between two encodings neither of
// which is UTF8, in alphabetic order of the two.
var directly = map[[2]string]bool{
	{"KOI8R", "WIN1251"}: true, {"KOI8R", "WIN866"}: true, {"WIN1251", "WIN866"}: true, {"ISO_8859_5", "KOI8R"}: true,
	{"ISO_8859_5", "WIN1251"}: true, {"ISO_8859_5", "WIN866"}: true, {"EUC_JP", "SJIS"}: true, {"LATIN2", "WIN1250"}: true,
}

// convertBytes is convert.
func convertBytes(s, from, to string) (string, error) {
	f, known := charset.Lookup(from)
	if f == nil && !known {
		return "", errEncoding("source", from)
	}
	t, known := charset.Lookup(to)
	switch {
	case t == nil && !known:
		return "", errEncoding("destination", to)
	case f == nil || t == nil:
	case f == t, !t.Converts() && t != charset.UTF8:
		_, err := f.Count([]byte(s))
		return s, err
	case !f.Converts() && f != charset.UTF8:
		_, err := t.Count([]byte(s))
		return s, err
	case f != charset.UTF8 && t != charset.UTF8 && !directly[[2]string{min(f.Name, t.Name), max(f.Name, t.Name)}]:
		if _, err := f.Count([]byte(s)); err != nil {
			return "", err
		}
		return "", noConversion(f.Name, t.Name)
	}
	u, err := convertFrom(s, from)
	if err != nil {
		return "", err
	}
	return convertTo(u, to, "destination")
}

// convertFrom reads bytes in an encoding as text.
func convertFrom(s, name string) (string, error) {
	c, known := charset.Lookup(name)
	switch {
	case c == nil && known:
		return "", unsupportedEncoding("from", name)
	case c == nil:
		return "", errEncoding("source", name)
	}
	out, _, err := c.Decode(nil, []byte(s), false)
	if err != nil {
		return "", err
	}
	return string(out), charset.CheckUTF8(string(out))
}

// convertTo writes text in an encoding.
func convertTo(s, name, what string) (string, error) {
	c, known := charset.Lookup(name)
	switch {
	case c == nil && known:
		return "", unsupportedEncoding("to", name)
	case c == nil:
		return "", errEncoding(what, name)
	case !c.Converts():
		return s, nil
	}
	out, err := c.Encode(nil, []byte(s))
	return string(out), err
}
