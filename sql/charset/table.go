package charset

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// table maps the one- and two-byte characters of an encoding, lead byte in the
// high half, to Unicode and back. Entry 0 means that there is none.
type table struct {
	to   [1 << 16]uint16 // code point, all in the basic plane
	from [1 << 16]uint16
	long encoding.Encoding // for the four-byte characters; nil: there are none
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
	if c.size([]byte{0x80, 0x80}) == 1 {
		for i := 0x80; i < 0x100; i++ {
			put(i, []byte{byte(i)})
			if i < 0xa0 && t.to[i] == 0 && (strings.HasPrefix(c.Name, "LATIN") || strings.HasPrefix(c.Name, "ISO")) {
				t.to[i], t.from[i] = uint16(i), uint16(i)
			}
		}
		return
	}
	for i := 0x8000; i < 0x10000; i++ {
		b := []byte{byte(i >> 8), byte(i)}
		if c.size(b) == 2 && c.valid(b) && (c.Name != "BIG5" || b[0] >= 0xa1 && b[0] <= 0xf9) {
			put(i, b)
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
