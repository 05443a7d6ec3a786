package types

import (
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// macForms are the ways to write a macaddr beside numbers with colons or hyphens.
var macForms = regexp.MustCompile(`^[0-9A-Fa-f]{6}[:-]?[0-9A-Fa-f]{6}$|^[0-9A-Fa-f]{4}([.-])[0-9A-Fa-f]{4}[.-][0-9A-Fa-f]{4}$`)

// ParseMac reads a hardware address of 6 bytes: six numbers with colons or hyphens
// between them, two halves, three groups with points or hyphens, or twelve digits.
// The value is held as its bytes.
func ParseMac(s string) (string, error) {
	t := trimSpace(s)
	for _, sep := range []string{":", "-"} {
		if parts := strings.Split(t, sep); len(parts) == 6 {
			return macNumbers(s, parts)
		}
	}
	if !macForms.MatchString(t) {
		return "", errSyntax("macaddr", s)
	}
	b, err := hex.DecodeString(strings.NewReplacer(":", "", "-", "", ".", "").Replace(t))
	if err != nil {
		return "", errSyntax("macaddr", s)
	}
	return string(b), nil
}

func macNumbers(s string, parts []string) (string, error) {
	var out [6]byte
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 16, 64)
		switch {
		case err != nil:
			return "", errSyntax("macaddr", s)
		case v > 255:
			return "", sqlerr.New(pgerrcode.NumericValueOutOfRange, "invalid octet value in \"macaddr\" value: \"%s\"", s)
		}
		out[i] = byte(v)
	}
	return string(out[:]), nil
}

// ParseMac8 reads a hardware address of 8 bytes, or of 6 with FF and FE put in the
// middle (EUI-64): pairs of digits, after any of which the same separator may stand.
func ParseMac8(s string) (string, error) {
	t := trimSpace(s)
	var out []byte
	sep := byte(0)
	for t != "" {
		if len(t) < 2 {
			return "", errSyntax("macaddr8", s)
		}
		b, err := hex.DecodeString(t[:2])
		if err != nil || len(out) == 8 {
			return "", errSyntax("macaddr8", s)
		}
		out, t = append(out, b...), t[2:]
		if t == "" || strings.IndexByte(":-.", t[0]) < 0 {
			continue
		}
		if sep == 0 {
			sep = t[0]
		}
		if t[0] != sep || len(t) == 1 {
			return "", errSyntax("macaddr8", s)
		}
		t = t[1:]
	}
	switch len(out) {
	case 6:
		return MacToEUI64(string(out)), nil
	case 8:
		return string(out), nil
	}
	return "", errSyntax("macaddr8", s)
}

// MacToEUI64 makes an address of 8 bytes of one of 6.
func MacToEUI64(s string) string {
	n := min(3, len(s))
	return s[:n] + "\xff\xfe" + s[n:]
}

// AppendMac appends pairs of digits with colons.
func AppendMac(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	for i := range len(s) {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, hex[s[i]>>4], hex[s[i]&15])
	}
	return dst
}

// MacFromEUI64 is the address of 6 bytes within one of 8.
func MacFromEUI64(s string) (string, error) {
	if len(s) != 8 || s[3:5] != "\xff\xfe" {
		return "", sqlerr.New(pgerrcode.NumericValueOutOfRange, "macaddr8 data out of range to convert to macaddr").
			WithHint("Only addresses that have FF and FE as values in the 4th and 5th bytes from the left, for example xx:xx:xx:ff:fe:xx:xx:xx, are eligible to be converted from macaddr8 to macaddr.")
	}
	return s[:3] + s[5:], nil
}
