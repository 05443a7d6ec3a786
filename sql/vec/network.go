package vec

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// appendBinaryInet is inet_send and cidr_send of a held address: family, bits of
// the mask, whether it is a cidr, length, bytes.
func appendBinaryInet(dst []byte, s string, cidr bool) []byte {
	n := types.UnpackInet(s)
	family, isCIDR := byte(types.FamilyIPv4), byte(0)
	if len(n.Addr) == 16 {
		family = types.FamilyIPv6
	}
	if cidr {
		isCIDR = 1
	}
	return append(append(dst, family, byte(n.Bits), isCIDR, byte(len(n.Addr))), n.Addr...)
}

// parseBinaryInet is inet_recv and cidr_recv; the mark of a cidr is ignored, as
// there.
func parseBinaryInet(b []byte, cidr bool) (Datum, error) {
	name := "inet"
	if cidr {
		name = "cidr"
	}
	if len(b) < 4 {
		return Datum{}, errNone()
	}
	family, bits, n := b[0], int(b[1]), int(b[3])
	size := map[byte]int{types.FamilyIPv4: 4, types.FamilyIPv6: 16}[family]
	switch {
	case size == 0:
		return Datum{}, badBinary("invalid address family in external \"" + name + "\" value")
	case bits > 8*size:
		return Datum{}, badBinary("invalid bits in external \"" + name + "\" value")
	case n != size:
		return Datum{}, badBinary("invalid length in external \"" + name + "\" value")
	case len(b) < 4+n:
		return Datum{}, errNone()
	case len(b) > 4+n:
		return Datum{}, badBinary("incorrect binary data format")
	}
	ip := types.IP{Addr: b[4:], Bits: bits}
	if cidr && string(ip.Network().Addr) != string(ip.Addr) {
		return Datum{}, sqlerr.New(pgerrcode.InvalidBinaryRepresentation, "invalid external \"cidr\" value").WithDetail("Value has bits set to right of mask.")
	}
	return Datum{S: ip.Pack()}, nil
}

// parseBinaryMac is macaddr_recv and macaddr8_recv, which takes 6 bytes too; both
// read byte by byte.
func parseBinaryMac(b []byte, n int) (Datum, error) {
	if n == 8 && len(b) == 6 {
		return Datum{S: types.MacToEUI64(string(b))}, nil
	}
	if len(b) < n {
		return Datum{}, errNone()
	}
	return Datum{S: string(b)}, needLen(b, n)
}
