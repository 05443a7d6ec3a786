package vec

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// The address families of inet_send: AF_INET, and the number that PostgreSQL
// takes for IPv6 everywhere (PGSQL_AF_INET6 of utils/inet.h).
const (
	familyIPv4 = 2
	familyIPv6 = 3
)

// appendBinaryInet is inet_send of the text of an address; a text that is none
// is sent as it is.
func appendBinaryInet(dst []byte, text string) []byte {
	addr, bits, masked := strings.Cut(text, "/")
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return append(dst, text...)
	}
	n := ip.BitLen()
	if masked {
		if n, err = strconv.Atoi(bits); err != nil {
			return append(dst, text...)
		}
	}
	family := byte(familyIPv6)
	if ip.Is4() {
		family = familyIPv4
	}
	raw := ip.AsSlice()
	return append(append(dst, family, byte(n), 0, byte(len(raw))), raw...)
}

// parseBinaryInet is inet_recv.
func parseBinaryInet(b []byte) (Datum, error) {
	if len(b) < 4 {
		return Datum{}, errNone()
	}
	family, bits, cidr, n := b[0], int(b[1]), b[2], int(b[3])
	size := map[byte]int{familyIPv4: 4, familyIPv6: 16}[family]
	switch {
	case size == 0:
		return Datum{}, badBinary("invalid address family in external \"inet\" value")
	case bits > 8*size:
		return Datum{}, badBinary("invalid bits in external \"inet\" value")
	case cidr > 1 || n != size:
		return Datum{}, badBinary("invalid length in external \"inet\" value")
	case len(b) < 4+n:
		return Datum{}, errNone()
	case len(b) > 4+n:
		return Datum{}, badBinary("incorrect binary data format")
	}
	ip, _ := netip.AddrFromSlice(b[4:])
	text := ip.String()
	if bits < 8*size {
		text += "/" + strconv.Itoa(bits)
	}
	return Datum{S: text}, nil
}

// appendBinaryLSN is pg_lsn_send of the text of a place in the log.
func appendBinaryLSN(dst []byte, text string) []byte {
	high, low, _ := strings.Cut(text, "/")
	h, err1 := strconv.ParseUint(high, 16, 32)
	l, err2 := strconv.ParseUint(low, 16, 32)
	if err1 != nil || err2 != nil {
		return append(dst, text...)
	}
	return binary.BigEndian.AppendUint64(dst, h<<32|l)
}

func parseBinaryLSN(b []byte) Datum {
	v := binary.BigEndian.Uint64(b)
	return Datum{S: fmt.Sprintf("%X/%X", v>>32, uint32(v))}
}
