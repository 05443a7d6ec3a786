package fn

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

func init() {
	def("encode", ts{tBytea, tText}, tText, rows(tText, encode))
	def("decode", ts{tText, tText}, tBytea, rows(tBytea, decode))
}

func encode(r row) (vec.Datum, error) {
	s := r.s(0)
	switch strings.ToLower(r.s(1)) {
	case "hex":
		return dS(hex.EncodeToString([]byte(s))), nil
	case "base64":
		e := base64.StdEncoding.EncodeToString([]byte(s))
		var b strings.Builder
		for len(e) > 76 {
			b.WriteString(e[:76] + "\n")
			e = e[76:]
		}
		return dS(b.String() + e), nil
	case "escape":
		var b strings.Builder
		for i := range len(s) {
			switch c := s[i]; {
			case c == 0 || c >= 0x80:
				fmt.Fprintf(&b, "\\%03o", c)
			case c == '\\':
				b.WriteString(`\\`)
			default:
				b.WriteByte(c)
			}
		}
		return dS(b.String()), nil
	}
	return null, errCoding(r.s(1))
}

func errCoding(name string) error {
	return sqlerr.New(pgerrcode.InvalidParameterValue, "unrecognized encoding: \"%s\"", name)
}

func decode(r row) (vec.Datum, error) {
	var s string
	var err error
	switch strings.ToLower(r.s(1)) {
	case "hex":
		s, err = decodeHex(r.s(0))
	case "base64":
		s, err = decodeBase64(r.s(0))
	case "escape":
		s, err = decodeEscape(r.s(0))
	default:
		err = errCoding(r.s(1))
	}
	return dS(s), err
}

// firstChar is the whole character that s starts with.
func firstChar(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// decodeHex is hex_decode: blanks may stand between the pairs.
func decodeHex(s string) (string, error) {
	var out []byte
	digit := func(i int) (byte, error) {
		v := strings.IndexByte("0123456789abcdef", s[i]|0x20)
		if s[i] >= '0' && s[i] <= '9' {
			v = int(s[i] - '0')
		} else if v < 10 {
			return 0, sqlerr.New(pgerrcode.InvalidParameterValue, "invalid hexadecimal digit: \"%s\"", firstChar(s[i:]))
		}
		return byte(v), nil
	}
	for i := 0; i < len(s); i++ {
		if isBlank(s[i]) {
			continue
		}
		hi, err := digit(i)
		if err != nil {
			return "", err
		}
		if i++; i >= len(s) {
			return "", sqlerr.New(pgerrcode.InvalidParameterValue, "invalid hexadecimal data: odd number of digits")
		}
		lo, err := digit(i)
		if err != nil {
			return "", err
		}
		out = append(out, hi<<4|lo)
	}
	return string(out), nil
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// decodeBase64 is pg_base64_decode.
func decodeBase64(s string) (string, error) {
	var out []byte
	var buf uint32
	pos, end := 0, 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isBlank(c) {
			continue
		}
		b := 0
		if c == '=' {
			if end == 0 {
				switch pos {
				case 2:
					end = 1
				case 3:
					end = 2
				default:
					return "", sqlerr.New(pgerrcode.InvalidParameterValue, "unexpected \"=\" while decoding base64 sequence")
				}
			}
		} else if b = strings.IndexByte(base64Alphabet, c); b < 0 {
			return "", sqlerr.New(pgerrcode.InvalidParameterValue, "invalid symbol \"%s\" found while decoding base64 sequence", firstChar(s[i:]))
		}
		buf = buf<<6 | uint32(b)
		if pos++; pos == 4 {
			out = append(out, byte(buf>>16))
			if end == 0 || end > 1 {
				out = append(out, byte(buf>>8))
			}
			if end == 0 || end > 2 {
				out = append(out, byte(buf))
			}
			buf, pos = 0, 0
		}
	}
	if pos != 0 {
		return "", sqlerr.New(pgerrcode.InvalidParameterValue, "invalid base64 end sequence").
			WithHint("Input data is missing padding, is truncated, or is otherwise corrupted.")
	}
	return string(out), nil
}

// decodeEscape is esc_decode.
func decodeEscape(s string) (string, error) {
	var out []byte
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\':
			out = append(out, s[i])
		case i+3 < len(s) && s[i+1]-'0' <= 3 && s[i+2]-'0' <= 7 && s[i+3]-'0' <= 7:
			out = append(out, (s[i+1]-'0')<<6|(s[i+2]-'0')<<3|(s[i+3]-'0'))
			i += 3
		case i+1 < len(s) && s[i+1] == '\\':
			out = append(out, '\\')
			i++
		default:
			return "", sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid input syntax for type bytea")
		}
	}
	return string(out), nil
}
