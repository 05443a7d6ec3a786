package charset

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// table maps the characters of an encoding to Unicode and back, see codeOf. Entry 0
// means that there is none.
type table struct {
	to   [1 << 16]uint16 // code point, all in the basic plane
	from [1 << 16]uint16
	long encoding.Encoding // for the four-byte characters; nil: there are none
}

// codeOf is the number of a character of up to three bytes: of two the lead byte is
// in the high half. Three bytes, 0x8f and two others with high bits, lack the last
// one's, which no pair of EUC_JP does.
func codeOf(b []byte) int {
	switch len(b) {
	case 1:
		return int(b[0])
	case 3:
		return int(b[1])<<8 | int(b[2]&0x7f)
	}
	return int(b[0])<<8 | int(b[1])
}

// appendCode is the inverse of codeOf.
func (c *Charset) appendCode(dst []byte, code uint16) []byte {
	switch {
	case code <= 0xff:
		return append(dst, byte(code))
	case code&0x80 == 0 && c.Name == "EUC_JP":
		return append(dst, 0x8f, byte(code>>8), byte(code)|0x80)
	}
	return append(dst, byte(code>>8), byte(code))
}

// differences are where the tables of PostgreSQL 15 are not those of the
// library: a line is an encoding, bytes and code point in hexadecimal, "-" for
// none, and ">" (from bytes), "<" (to bytes) or "=" (both). They were found by
// converting every character on both; a test does so again.
//
//go:embed differences.txt
var differences string

var differencesOf = sync.OnceValue(func() map[string][]string {
	m := map[string][]string{}
	for _, line := range strings.Split(differences, "\n") {
		if name, rest, ok := strings.Cut(line, " "); ok && name != "#" {
			m[name] = append(m[name], rest)
		}
	}
	return m
})

func (c *Charset) table() *table {
	c.once.Do(func() {
		t := &table{}
		c.fill(t)
		for _, line := range differencesOf()[c.Name] {
			t.set(strings.Fields(line))
		}
		if c.Name == "GB18030" {
			t.long = c.enc
		}
		c.t = t
	})
	return c.t
}

// fill takes over the library's table; of several bytes for one code point the
// lowest are written. Where the library has no control characters between 0x80
// and 0x9f for an ISO encoding, Postgres has. Its BIG5 has the standard's rows
// only, without those of Hong Kong.
func (c *Charset) fill(t *table) {
	dec := c.enc.NewDecoder()
	put := func(code int, b []byte) {
		u, err := dec.Bytes(b)
		r, n := utf8.DecodeRune(u)
		if err != nil || n != len(u) || r == utf8.RuneError || r > 0xffff {
			return
		}
		t.to[code] = uint16(r)
		if t.from[r] == 0 {
			t.from[r] = uint16(code)
		}
	}
	for i := 0x80; i < 0x100; i++ {
		if c.size([]byte{byte(i), 0x80}) == 1 {
			put(i, []byte{byte(i)})
			if i < 0xa0 && t.to[i] == 0 && (strings.HasPrefix(c.Name, "LATIN") || strings.HasPrefix(c.Name, "ISO")) {
				t.to[i], t.from[i] = uint16(i), uint16(i)
			}
		}
	}
	for i := 0x8000; i < 0x10000; i++ {
		b := []byte{byte(i >> 8), byte(i)}
		if c.size(b) == 2 && c.valid(b) && (c.Name != "BIG5" || b[0] >= 0xa1 && b[0] <= 0xf9) {
			put(i, b)
		}
		if c.Name == "EUC_JP" && i&0x80 != 0 {
			if b := []byte{0x8f, byte(i >> 8), byte(i)}; c.valid(b) {
				put(codeOf(b), b)
			}
		}
	}
}

// set applies a line of differences: direction, bytes, code point.
func (t *table) set(f []string) {
	num := func(s string) uint16 {
		n, _ := strconv.ParseUint(s, 16, 16)
		return uint16(n)
	}
	code, r := num(f[1]), num(f[2])
	if f[0] != "<" && f[1] != "-" {
		t.to[code] = r
	}
	if f[0] != ">" && f[2] != "-" {
		t.from[r] = code
	}
}
