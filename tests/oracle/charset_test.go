package oracle

import (
	"context"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"tagd/sql/charset"
	"tagd/tests/harness"
)

var differences = flag.String("differences", "", "a file for what the tables of encodings lack, in the form of sql/charset/differences.txt")

// charsets are the encodings that clients may have beside UTF8.
var charsets = strings.Fields(`GBK GB18030 EUC_CN BIG5 EUC_KR UHC EUC_JP SJIS LATIN1 LATIN2 LATIN3 LATIN4 LATIN5 LATIN6 LATIN7 LATIN8 LATIN9
	LATIN10 ISO_8859_5 ISO_8859_6 ISO_8859_7 ISO_8859_8 WIN1250 WIN1251 WIN1252 WIN1253 WIN1254 WIN1255 WIN1256 WIN1257 WIN1258 WIN866 WIN874
	KOI8R KOI8U`)

// conversions are functions that give what a conversion does, or the code of its
// error.
const conversions = `create function enc(r int, e name) returns text language plpgsql as $$
	begin return encode(convert_to(chr(r), e), 'hex'); exception when others then return sqlstate; end$$;
create function decd(b text, e name) returns text language plpgsql as $$
	begin return ascii(convert_from(decode(b, 'hex'), e)); exception when others then return 'E' || sqlstate; end$$`

// threeBytes are three-byte characters of EUC_JP.
const threeBytes = " union all select to_hex(b) from generate_series(x'8fa1a1'::int, x'8ffefe'::int) b"

// TestCharsets compares every character of the basic plane, and every character of up
// to two bytes, or three, with PostgreSQL's conversions.
func TestCharsets(t *testing.T) {
	c := harness.Dial(t, harness.Postgres(t))
	c.Must(t, conversions)
	var found strings.Builder
	for _, name := range charsets {
		set, _ := charset.Lookup(name)
		compareEncode(t, c, set, &found)
		compareDecode(t, c, set, &found)
	}
	if *differences != "" {
		if err := os.WriteFile(*differences, []byte(found.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// list runs a query whose answer is a list.
func list(t *testing.T, c *harness.Conn, sql string) []string {
	t.Helper()
	res := c.Raw().ExecParams(context.Background(), sql, nil, nil, nil, nil).Read()
	if res.Err != nil {
		t.Fatal(res.Err)
	}
	return strings.Split(string(res.Rows[0][0]), ",")
}

func compareEncode(t *testing.T, c *harness.Conn, set *charset.Charset, found *strings.Builder) {
	want := list(t, c, "select string_agg(enc(r, '"+set.Name+"'), ',' order by r) from generate_series(128, 65535) r where r not between 55296 and 57343")
	i := 0
	for r := rune(128); r <= 65535; r++ {
		if r >= 0xd800 && r <= 0xdfff {
			continue
		}
		got := "22P05"
		if b, err := set.Encode(nil, utf8.AppendRune(nil, r)); err == nil {
			got = hex.EncodeToString(b)
		}
		if got != want[i] {
			t.Errorf("%s: %U is %s, want %s", set.Name, r, got, want[i])
			code := "-"
			if want[i] != "22P05" {
				code = shortCode(want[i])
			}
			fmt.Fprintf(found, "%s < %s %x\n", set.Name, code, r)
		}
		i++
	}
}

// shortCode is a character's bytes as the file of differences writes them.
func shortCode(b string) string {
	if len(b) == 6 {
		n, _ := strconv.ParseUint(b[2:], 16, 32)
		return fmt.Sprintf("%x", n&^0x80)
	}
	return strings.TrimLeft(b, "0")
}

func compareDecode(t *testing.T, c *harness.Conn, set *charset.Charset, found *strings.Builder) {
	from := "select to_hex(b) b from generate_series(128, 255) b union all select to_hex(b) from generate_series(32768, 65535) b"
	if set.Name == "EUC_JP" {
		from += threeBytes
	}
	if strings.HasPrefix(set.Name, "LATIN") || strings.HasPrefix(set.Name, "WIN") || strings.HasPrefix(set.Name, "ISO") || strings.HasPrefix(set.Name, "KOI") {
		from = "select to_hex(b) b from generate_series(128, 255) b"
	}
	for _, line := range list(t, c, "select string_agg(b || '=' || decd(b, '"+set.Name+"'), ',' order by length(b), b) from ("+from+") x") {
		b, want, _ := strings.Cut(line, "=")
		raw, _ := hex.DecodeString(b)
		got := "E22021"
		u, _, err := set.Decode(nil, raw, false)
		if err == nil {
			r, _ := utf8.DecodeRune(u)
			got = strconv.Itoa(int(r))
		} else if strings.Contains(err.Error(), "equivalent") {
			got = "E22P05"
		}
		if got == want {
			continue
		}
		t.Errorf("%s: %s is %s, want %s", set.Name, b, got, want)
		r := "-"
		if n, err := strconv.Atoi(want); err == nil {
			r = fmt.Sprintf("%x", n)
		}
		fmt.Fprintf(found, "%s > %s %s\n", set.Name, shortCode(b), r)
	}
}
