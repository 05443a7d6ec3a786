package types

import (
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// ParseBits reads a bit string: 0s and 1s, with a b before them or not, or an x
// and hexadecimal digits; the modifier of t must fit. The value is its 0s and 1s.
func ParseBits(t Type, s string) (string, error) {
	out, hex := s, false
	if s != "" && (s[0]|0x20 == 'b' || s[0]|0x20 == 'x') {
		out, hex = s[1:], s[0]|0x20 == 'x'
	}
	for i := 0; i < len(out); i++ {
		kind := "binary"
		if hex {
			kind = "hexadecimal"
		}
		if hex && unhex(out[i]) > 15 || !hex && out[i] != '0' && out[i] != '1' {
			r, _ := utf8.DecodeRuneInString(out[i:])
			return "", sqlerr.New(pgerrcode.InvalidTextRepresentation, "\"%c\" is not a valid %s digit", r, kind)
		}
	}
	if hex {
		out = hexBits(out)
	}
	return FitBits(t, out, false)
}

func hexBits(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		h := unhex(s[i])
		for k := 3; k >= 0; k-- {
			b.WriteByte('0' + h>>k&1)
		}
	}
	return b.String()
}

// FitBits applies the length of bit(n) and bit varying(n); an explicit cast cuts
// and fills up with zeros.
func FitBits(t Type, s string, explicit bool) (string, error) {
	n := int(t.Mod)
	switch {
	case n <= 0 || len(s) == n || t.Kind == VarBit && len(s) < n:
		return s, nil
	case explicit && len(s) > n:
		return s[:n], nil
	case explicit:
		return s + strings.Repeat("0", n-len(s)), nil
	case t.Kind == VarBit:
		return "", sqlerr.New(pgerrcode.StringDataRightTruncationDataException, "bit string too long for type bit varying(%d)", n)
	}
	return "", sqlerr.New(pgerrcode.StringDataLengthMismatch, "bit string length %d does not match type bit(%d)", len(s), n)
}
