// Package charset converts between UTF-8, in which everything inside is, and the
// encodings that clients and files may have: Postgres's names for them, its
// rules of what is a valid character, its conversion tables, and its errors
// (22021 for bytes that are no character, 22P05 for a character that the other
// side lacks).
package charset

import (
	"strings"
	"sync"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// Charset is one encoding. Values are shared and safe for concurrent use.
type Charset struct {
	// Name is Postgres's own spelling: "GBK", "LATIN1".
	Name string
	enc  encoding.Encoding // nil: nothing is converted (UTF8, SQL_ASCII)
	// size is the length of the character that starts b, 1 to 4; it may reach
	// past the end of b. valid tells whether b, of that length, is a character.
	size  func(b []byte) int
	valid func(b []byte) bool
	once  sync.Once
	t     *table // made when it is first needed
}

// Converts reports whether text in c has to be converted at all.
func (c *Charset) Converts() bool { return c != nil && c.enc != nil }

// UTF8 is the encoding of everything inside.
var UTF8 = &Charset{Name: "UTF8"}

func one([]byte) int      { return 1 }
func any1([]byte) bool    { return true }
func noNul(b []byte) bool { return b[0] < 0x80 || b[1] != 0 }

// double is the length rule of encodings whose lead bytes have the high bit.
func double(b []byte) int {
	if b[0] >= 0x80 {
		return 2
	}
	return 1
}

// inRows94 is the rule of the EUC family: both bytes are in 0xa1 to 0xfe.
func inRows94(b []byte) bool {
	return b[0] < 0x80 || b[0] >= 0xa1 && b[0] <= 0xfe && b[1] >= 0xa1 && b[1] <= 0xfe
}

// notSpace is pg_gbk_verifychar, pg_big5_verifychar and pg_uhc_verifychar: any
// second byte but NUL, and not the pair that Postgres keeps for invalid text.
func notSpace(b []byte) bool {
	return noNul(b) && !(b[0] == 0x8d && b[1] == 0x20)
}

// sizeEUCJP and validEUCJP follow pg_eucjp_mblen and pg_eucjp_verifychar: beside the
// rows of two bytes there are half-width kana after 0x8e and three bytes after 0x8f.
func sizeEUCJP(b []byte) int {
	if b[0] == 0x8f {
		return 3
	}
	return double(b)
}

func validEUCJP(b []byte) bool {
	in94 := func(c byte) bool { return c >= 0xa1 && c <= 0xfe }
	switch {
	case len(b) == 1:
		return b[0] < 0x80
	case b[0] == 0x8e:
		return b[1] >= 0xa1 && b[1] <= 0xdf
	case len(b) == 3:
		return in94(b[1]) && in94(b[2])
	}
	return in94(b[0]) && in94(b[1])
}

// sizeSJIS and validSJIS follow pg_sjis_mblen and pg_sjis_verifychar.
func sizeSJIS(b []byte) int {
	if b[0] >= 0xa1 && b[0] <= 0xdf {
		return 1
	}
	return double(b)
}

func validSJIS(b []byte) bool {
	if len(b) == 1 {
		return true
	}
	head := b[0] >= 0x81 && b[0] <= 0x9f || b[0] >= 0xe0 && b[0] <= 0xfc
	return head && (b[1] >= 0x40 && b[1] <= 0x7e || b[1] >= 0x80 && b[1] <= 0xfc)
}

// sizeGB18030 and validGB18030 follow pg_gb18030_mblen and pg_gb18030_verifychar.
func sizeGB18030(b []byte) int {
	switch {
	case b[0] < 0x80:
		return 1
	case len(b) > 1 && b[1] >= 0x30 && b[1] <= 0x39:
		return 4
	}
	return 2
}

func validGB18030(b []byte) bool {
	switch len(b) {
	case 1:
		return true
	case 4:
		return b[0] >= 0x81 && b[0] <= 0xfe && b[2] >= 0x81 && b[2] <= 0xfe && b[3] >= 0x30 && b[3] <= 0x39
	}
	return b[0] >= 0x81 && b[0] <= 0xfe && (b[1] >= 0x40 && b[1] <= 0x7e || b[1] >= 0x80 && b[1] <= 0xfe)
}

// charsets are the encodings that are known, by their names in the form that
// clean makes, with the aliases of PostgreSQL's encnames.c.
var charsets = buildCharsets()

func buildCharsets() map[string]*Charset {
	m := map[string]*Charset{}
	add := func(c *Charset, aliases ...string) {
		for _, n := range append(aliases, clean(c.Name)) {
			m[n] = c
		}
	}
	add(UTF8, "unicode")
	add(&Charset{Name: "SQL_ASCII"})
	add(&Charset{Name: "GBK", enc: simplifiedchinese.GBK, size: double, valid: notSpace}, "win936", "windows936")
	add(&Charset{Name: "GB18030", enc: simplifiedchinese.GB18030, size: sizeGB18030, valid: validGB18030})
	add(&Charset{Name: "EUC_CN", enc: simplifiedchinese.GBK, size: double, valid: inRows94})
	add(&Charset{Name: "BIG5", enc: traditionalchinese.Big5, size: double, valid: notSpace}, "win950", "windows950")
	add(&Charset{Name: "EUC_KR", enc: korean.EUCKR, size: double, valid: inRows94})
	add(&Charset{Name: "UHC", enc: korean.EUCKR, size: double, valid: notSpace}, "win949", "windows949")
	add(&Charset{Name: "EUC_JP", enc: japanese.EUCJP, size: sizeEUCJP, valid: validEUCJP})
	add(&Charset{Name: "SJIS", enc: japanese.ShiftJIS, size: sizeSJIS, valid: validSJIS}, "mskanji", "shiftjis", "win932", "windows932")
	single := func(name string, enc encoding.Encoding, aliases ...string) {
		add(&Charset{Name: name, enc: enc, size: one, valid: any1}, aliases...)
	}
	single("LATIN1", charmap.ISO8859_1, "iso88591")
	single("LATIN2", charmap.ISO8859_2, "iso88592")
	single("LATIN3", charmap.ISO8859_3, "iso88593")
	single("LATIN4", charmap.ISO8859_4, "iso88594")
	single("LATIN5", charmap.ISO8859_9, "iso88599")
	single("LATIN6", charmap.ISO8859_10, "iso885910")
	single("LATIN7", charmap.ISO8859_13, "iso885913")
	single("LATIN8", charmap.ISO8859_14, "iso885914")
	single("LATIN9", charmap.ISO8859_15, "iso885915")
	single("LATIN10", charmap.ISO8859_16, "iso885916")
	single("ISO_8859_5", charmap.ISO8859_5)
	single("ISO_8859_6", charmap.ISO8859_6)
	single("ISO_8859_7", charmap.ISO8859_7)
	single("ISO_8859_8", charmap.ISO8859_8)
	single("WIN1250", charmap.Windows1250, "windows1250")
	single("WIN1251", charmap.Windows1251, "windows1251", "win")
	single("WIN1252", charmap.Windows1252, "windows1252")
	single("WIN1253", charmap.Windows1253, "windows1253")
	single("WIN1254", charmap.Windows1254, "windows1254")
	single("WIN1255", charmap.Windows1255, "windows1255")
	single("WIN1256", charmap.Windows1256, "windows1256")
	single("WIN1257", charmap.Windows1257, "windows1257")
	single("WIN1258", charmap.Windows1258, "windows1258", "abc", "tcvn", "tcvn5712", "vscii")
	single("WIN866", charmap.CodePage866, "windows866", "alt")
	single("WIN874", charmap.Windows874, "windows874")
	single("KOI8R", charmap.KOI8R, "koi8")
	single("KOI8U", charmap.KOI8U)
	return m
}

// clean drops what Postgres ignores in the name of an encoding: case and
// everything that is not a letter or digit (clean_encoding_name).
func clean(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteByte(c)
		}
	}
	return b.String()
}

// unconverted are encodings that Postgres knows and that are not converted here.
var unconverted = map[string]bool{"euctw": true, "eucjis2004": true, "johab": true, "muleinternal": true,
	"shiftjis2004": true}

// IsMule reports a name of MULE_INTERNAL, to which and from which UTF8 is not
// converted by PostgreSQL either.
func IsMule(name string) bool { return clean(name) == "muleinternal" }

// Lookup finds an encoding by any of its names, in any spelling; nil if there is
// none. For one that Postgres knows and tagd does not convert, known is true and
// the result nil.
func Lookup(name string) (c *Charset, known bool) {
	k := clean(name)
	if c = charsets[k]; c != nil {
		return c, true
	}
	return nil, unconverted[k]
}
