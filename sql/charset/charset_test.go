package charset

import (
	"bytes"
	"flag"
	"fmt"
	"hash/crc32"
	"os"
	"sort"
	"strings"
	"testing"
	"unicode/utf8"

	"tagd/sql/sqlerr"
)

var rewrite = flag.Bool("rewrite", false, "write the golden file anew")

func each(f func(c *Charset)) {
	var names []string
	byName := map[string]*Charset{}
	for _, c := range charsets {
		if c.Converts() && byName[c.Name] == nil {
			byName[c.Name] = c
			names = append(names, c.Name)
		}
	}
	sort.Strings(names)
	for _, n := range names {
		f(byName[n])
	}
}

// TestTables holds the tables to those that were compared, character by
// character and both ways, with PostgreSQL 15's.
func TestTables(t *testing.T) {
	var b strings.Builder
	each(func(c *Charset) {
		tab := c.table()
		h, n := crc32.NewIEEE(), 0
		for i, r := range tab.to {
			if r != 0 {
				n++
			}
			fmt.Fprintf(h, "%x %x\n", r, tab.from[i])
		}
		fmt.Fprintf(&b, "%s %d %08x\n", c.Name, n, h.Sum32())
	})
	const path = "testdata/tables.golden"
	if *rewrite {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, _ := os.ReadFile(path)
	if b.String() != string(want) {
		t.Errorf("the tables have changed:\n%s", b.String())
	}
}

func TestRoundTrip(t *testing.T) {
	each(func(c *Charset) {
		for r := rune(1); r <= 0x2ffff; r++ {
			if r > 0xffff {
				r += 96 // of the other planes a sample
			}
			u := utf8.AppendRune(nil, r)
			if !utf8.Valid(u) || r == utf8.RuneError {
				continue
			}
			e, err := c.Encode(nil, u)
			if err != nil {
				if sqlerr.Code(err) != "22P05" {
					t.Fatalf("%s %U: %v", c.Name, r, err)
				}
				continue
			}
			if c.Name == "GBK" && r == '€' {
				continue // Postgres writes 0x80, which it does not read
			}
			// Bytes may stand for another code point when read back, but it must be
			// one that is written the same way.
			d, _, err := c.Decode(nil, e, false)
			again, err2 := c.Encode(nil, d)
			if err != nil || err2 != nil || !bytes.Equal(e, again) {
				t.Fatalf("%s %U: % x is read as %q (%v), written as % x (%v)", c.Name, r, e, d, err, again, err2)
			}
		}
	})
}

// TestStream splits text at every byte.
func TestStream(t *testing.T) {
	text := "标签,体系\n客户 ABC 100%\n"
	each(func(c *Charset) {
		raw, err := c.Encode(nil, []byte(text))
		if err != nil {
			return
		}
		for cut := range raw {
			s := NewStream(c)
			a, err1 := s.Next(raw[:cut])
			got := string(a)
			b, err2 := s.Next(raw[cut:])
			got += string(b)
			if err1 != nil || err2 != nil || s.End() != nil || got != text {
				t.Fatalf("%s cut at %d: %q %v %v", c.Name, cut, got, err1, err2)
			}
		}
	})
	gbk, _ := Lookup("GBK")
	s := NewStream(gbk)
	if out, err := s.Next([]byte{'a', 0xb1}); string(out) != "a" || err != nil || s.End() == nil {
		t.Errorf("half a character: %q, %v, %v", out, err, s.End())
	}
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{"utf-8": "UTF8", "UNICODE": "UTF8", "'gbk": "GBK", "GB-18030": "GB18030", "iso 8859-1": "LATIN1",
		"Windows_1252": "WIN1252", "big5": "BIG5", "sql_ascii": "SQL_ASCII", "johab": "known", "klingon": "unknown"} {
		c, known := Lookup(in)
		got := "unknown"
		switch {
		case c != nil:
			got = c.Name
		case known:
			got = "known"
		}
		if got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("GBK", []byte("\xb1\xea\xc7\xa9"))
	f.Add("GB18030", []byte("\x84\x31\xa4\x37\x95\x32\x82\x36"))
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		c, _ := Lookup(name)
		if c == nil || !c.Converts() {
			return
		}
		out, n, err := c.Decode(nil, b, false)
		if !utf8.Valid(out) || n > len(b) || err == nil && n != len(b) {
			t.Fatalf("%q: %q, %d of %d, %v", name, out, n, len(b), err)
		}
		_, _ = c.Encode(nil, out) // characters that can only be read exist
	})
}
