package types

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// ParseBytea reads the hex (\x...) and the escape form of bytea.
func ParseBytea(s string) (string, error) {
	if strings.HasPrefix(s, `\x`) {
		return parseHexBytea(s[2:])
	}
	if strings.IndexByte(s, '\\') < 0 {
		return s, nil
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		switch {
		case i+1 < len(s) && s[i+1] == '\\':
			out = append(out, '\\')
			i++
		case i+3 < len(s) && s[i+1]-'0' <= 3 && s[i+2]-'0' <= 7 && s[i+3]-'0' <= 7:
			out = append(out, (s[i+1]-'0')<<6|(s[i+2]-'0')<<3|(s[i+3]-'0'))
			i += 3
		default:
			return "", sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid input syntax for type bytea")
		}
	}
	return string(out), nil
}

func parseHexBytea(t string) (string, error) {
	out := make([]byte, 0, len(t)/2)
	for i := 0; i < len(t); i++ {
		if isSpace(t[i]) {
			continue
		}
		h := unhex(t[i])
		if h > 15 {
			return "", badHex(t[i:])
		}
		i++
		if i == len(t) {
			return "", sqlerr.New(pgerrcode.InvalidParameterValue, "invalid hexadecimal data: odd number of digits")
		}
		l := unhex(t[i])
		if l > 15 {
			return "", badHex(t[i:])
		}
		out = append(out, h<<4|l)
	}
	return string(out), nil
}

// badHex names the whole character that t starts with.
func badHex(t string) error {
	for _, r := range t {
		t = string(r)
		break
	}
	return sqlerr.New(pgerrcode.InvalidParameterValue, "invalid hexadecimal digit: \"%s\"", t)
}

// AppendBytea appends raw bytes as bytea_output asks.
func AppendBytea(dst []byte, raw string, st *Style) []byte {
	if !st.ByteaEscape {
		dst = append(dst, '\\', 'x')
		for i := 0; i < len(raw); i++ {
			dst = append(dst, hexDigits[raw[i]>>4], hexDigits[raw[i]&15])
		}
		return dst
	}
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\\':
			dst = append(dst, '\\', '\\')
		case c < 0x20 || c > 0x7e:
			dst = append(dst, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
