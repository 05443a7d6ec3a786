package types

import (
	"math/bits"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// A value of inet or cidr is held so that comparing bytes is PostgreSQL's
// network_cmp: by family, network, length of the mask, and the whole address.
//
//	byte 0          family: 2 is IPv4, 3 is IPv6 (PGSQL_AF_INET, PGSQL_AF_INET6)
//	n bytes         the network: the address with the bits right of the mask zero
//	1 byte          bits of the mask
//	n bytes         the address; n is 4 or 16
const (
	FamilyIPv4 = 2
	FamilyIPv6 = 3
)

// IP is an address with its mask, taken apart.
type IP struct {
	Addr []byte // 4 or 16 bytes
	Bits int    // of the mask, at most 8*len(Addr)
}

// Pack is the value as it is held.
func (n IP) Pack() string {
	b := make([]byte, 0, 2+2*len(n.Addr))
	family := byte(FamilyIPv4)
	if len(n.Addr) == 16 {
		family = FamilyIPv6
	}
	b = append(append(append(b, family), n.Network().Addr...), byte(n.Bits))
	return string(append(b, n.Addr...))
}

// UnpackInet takes a held value apart. What is not one, such as the empty value of
// a NULL, is 0.0.0.0/0.
func UnpackInet(s string) IP {
	n := (len(s) - 2) / 2
	if n != 4 && n != 16 {
		return IP{Addr: make([]byte, 4)}
	}
	return IP{Addr: []byte(s[n+2:]), Bits: min(int(s[n+1]), 8*n)}
}

// Network is the address without the bits right of the mask.
func (n IP) Network() IP { return n.mask(func(a, m byte) byte { return a & m }) }

// mask makes an address of each byte and its part of the mask.
func (n IP) mask(f func(a, m byte) byte) IP {
	out := IP{Addr: make([]byte, len(n.Addr)), Bits: n.Bits}
	for i, a := range n.Addr {
		ones := min(max(n.Bits-8*i, 0), 8)
		out.Addr[i] = f(a, ^byte(0xff>>ones))
	}
	return out
}

// Broadcast is the address with all bits right of the mask set.
func (n IP) Broadcast() IP { return n.mask(func(a, m byte) byte { return a | ^m }) }

// Netmask and Hostmask are the mask itself and its complement, as addresses.
func (n IP) Netmask() IP {
	out := n.mask(func(_, m byte) byte { return m })
	out.Bits = 8 * len(n.Addr)
	return out
}

// Hostmask is the complement of Netmask.
func (n IP) Hostmask() IP {
	out := n.mask(func(_, m byte) byte { return ^m })
	out.Bits = 8 * len(n.Addr)
	return out
}

// Common is how many bits two addresses share at their beginning.
func (n IP) Common(o IP) int {
	for i := range min(len(n.Addr), len(o.Addr)) {
		if x := n.Addr[i] ^ o.Addr[i]; x != 0 {
			return 8*i + bits.LeadingZeros8(x)
		}
	}
	return 8 * len(n.Addr)
}

// Contains reports whether o lies in the network of n; equal networks do.
func (n IP) Contains(o IP) bool {
	return len(n.Addr) == len(o.Addr) && n.Bits <= o.Bits && n.Common(o) >= n.Bits
}

// ParseInet reads an address with an optional mask as network_in does; cidr is for
// the type cidr, whose addresses may be short and have no bits right of the mask.
func ParseInet(s string, cidr bool) (string, error) {
	name := "inet"
	if cidr {
		name = "cidr"
	}
	addr, mask, masked := strings.Cut(s, "/")
	var n IP
	ok := false
	if strings.Contains(addr, ":") {
		n.Addr, ok = parseIPv6(addr)
		n.Bits = 128
	} else {
		n.Addr, n.Bits, ok = parseIPv4(addr, cidr, masked)
	}
	if ok && masked {
		v, err := strconv.ParseUint(mask, 10, 8)
		ok = err == nil && int(v) <= 8*len(n.Addr) && (len(mask) == 1 || mask[0] != '0')
		n.Bits = int(v)
	}
	if !ok {
		return "", errSyntax(name, s)
	}
	if cidr && string(n.Network().Addr) != string(n.Addr) {
		return "", sqlerr.New(pgerrcode.InvalidTextRepresentation, "invalid cidr value: \"%s\"", s).WithDetail("Value has bits set to right of mask.")
	}
	return n.Pack(), nil
}

// parseIPv4 reads up to four numbers. Fewer stand for the first ones: of an inet
// only where a mask follows; a cidr takes the length of its class then (RFC 791),
// or of the numbers that there are.
func parseIPv4(s string, cidr, masked bool) (addr []byte, bits int, ok bool) {
	parts := strings.Split(s, ".")
	if len(parts) > 4 || len(parts) < 4 && !masked && !cidr {
		return nil, 0, false
	}
	addr = make([]byte, 4)
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 10, 8)
		if err != nil || p[0] == '+' {
			return nil, 0, false
		}
		addr[i] = byte(v)
	}
	if !cidr || len(parts) == 4 {
		return addr, 32, true
	}
	switch {
	case addr[0] >= 240:
		bits = 32
	case addr[0] >= 224:
		bits = 8
	case addr[0] >= 192:
		bits = 24
	case addr[0] >= 128:
		bits = 16
	default:
		bits = 8
	}
	bits = max(bits, 8*len(parts))
	if bits == 8 && addr[0] == 224 {
		bits = 4 // all of multicast
	}
	return addr, bits, true
}

// parseIPv6 reads groups of hexadecimal digits, "::" for some zero groups, and an
// IPv4 address for the last two.
func parseIPv6(s string) ([]byte, bool) {
	head, tail, short := strings.Cut(s, "::")
	a, ok := ipv6Groups(head, !short)
	if !ok {
		return nil, false
	}
	if !short {
		return a, len(a) == 16
	}
	b, ok := ipv6Groups(tail, true)
	if !ok || len(a)+len(b) > 14 {
		return nil, false
	}
	return append(append(a, make([]byte, 16-len(a)-len(b))...), b...), true
}

// ipv6Groups reads groups with colons between them; last tells that the last one
// may be an IPv4 address.
func ipv6Groups(s string, last bool) (out []byte, ok bool) {
	if s == "" {
		return nil, true
	}
	parts := strings.Split(s, ":")
	for i, p := range parts {
		if last && i == len(parts)-1 && strings.Contains(p, ".") {
			v4, _, ok := parseIPv4(p, false, false)
			return append(out, v4...), ok
		}
		v, err := strconv.ParseUint(p, 16, 16)
		if err != nil || len(p) > 4 {
			return nil, false
		}
		out = append(out, byte(v>>8), byte(v))
	}
	return out, len(out) <= 16
}

// AppendInet appends the text of a held inet or cidr; a full mask is left out of
// an inet.
func AppendInet(dst []byte, s string, cidr bool) []byte {
	n := UnpackInet(s)
	dst = n.AppendHost(dst)
	if cidr || n.Bits < 8*len(n.Addr) {
		dst = strconv.AppendInt(append(dst, '/'), int64(n.Bits), 10)
	}
	return dst
}

// AppendHost appends the address without its mask.
func (n IP) AppendHost(dst []byte) []byte {
	if len(n.Addr) == 4 {
		return appendIPv4(dst, n.Addr)
	}
	words := n.words()
	at, run := zeroRun(words)
	for i := 0; i < 8; i++ {
		if run > 1 && i == at {
			dst = append(dst, ':')
			if i += run - 1; i == 7 {
				dst = append(dst, ':')
			}
			continue
		}
		if i > 0 {
			dst = append(dst, ':')
		}
		// An IPv4 address within (inet_net_ntop.c).
		if i == 6 && at == 0 && (run == 6 || run == 7 && words[7] != 1 || run == 5 && words[5] == 0xffff) {
			return appendIPv4(dst, n.Addr[12:])
		}
		dst = strconv.AppendUint(dst, uint64(words[i]), 16)
	}
	return dst
}

func appendIPv4(dst, a []byte) []byte {
	for i, b := range a {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = strconv.AppendUint(dst, uint64(b), 10)
	}
	return dst
}

// zeroRun is the first of the longest runs of zero words.
func zeroRun(words []uint16) (at, run int) {
	at = -1
	for i := 0; i < len(words); i++ {
		n := 0
		for i+n < len(words) && words[i+n] == 0 {
			n++
		}
		if n > run {
			at, run = i, n
		}
		i += n
	}
	return at, run
}

// AppendShortCIDR appends a cidr as abbrev shows it: without the parts that the
// mask leaves out.
func AppendShortCIDR(dst []byte, s string) []byte {
	n := UnpackInet(s)
	switch {
	case len(n.Addr) == 4:
		dst = appendIPv4(dst, n.Addr[:max((n.Bits+7)/8, 1)])
	case n.Bits == 0:
		dst = append(dst, "::"...)
	default:
		dst = appendShortIPv6(dst, n)
	}
	return strconv.AppendInt(append(dst, '/'), int64(n.Bits), 10)
}

// appendShortIPv6 is inet_cidr_ntop_ipv6 (inet_cidr_ntop.c): the words up to the
// mask, at least two.
func appendShortIPv6(dst []byte, n IP) []byte {
	words := n.words()[:max((n.Bits+15)/16, 2)]
	at, run := zeroRun(words)
	v4 := run != len(words) && at == 0 && (run == 6 || run == 5 && words[5] == 0xffff || run == 7 && n.Addr[14] != 0 && n.Addr[15] != 1)
	start := len(dst)
	for i, w := range words {
		switch {
		case i >= at && i < at+run:
			if i == at {
				dst = append(dst, ':')
			}
			if i == len(words)-1 {
				dst = append(dst, ':')
			}
		case v4 && i > 5:
			dst = append(dst, ":."[i-6])
			dst = strconv.AppendUint(dst, uint64(w>>8), 10)
			if i != 7 || n.Bits > 120 {
				dst = strconv.AppendUint(append(dst, '.'), uint64(w&0xff), 10)
			}
		default:
			if len(dst) > start {
				dst = append(dst, ':')
			}
			dst = strconv.AppendUint(dst, uint64(w), 16)
		}
	}
	return dst
}

// words are the 16-bit parts of an IPv6 address.
func (n IP) words() []uint16 {
	out := make([]uint16, 8)
	for i := range out {
		out[i] = uint16(n.Addr[2*i])<<8 | uint16(n.Addr[2*i+1])
	}
	return out
}
