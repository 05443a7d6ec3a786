package fn

import (
	"math/big"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

var (
	tInet = types.Of(types.Inet)
	tCIDR = types.Of(types.CIDR)
)

// Operators and functions of network addresses (network.c). A held address
// compares by its bytes; see types.IP.
func init() {
	for r := relEQ; r <= relGE; r++ {
		op(relNames[r], tInet, tInet, tBool, compareStrings(r))
	}
	extremes(tInet)
	containment()
	inetMath()
	inetFuncs()
	cast(tCIDR, tInet, CastImplicit, nil)
	toCIDR := f1(tCIDR, ok1(func(s string) string { return types.UnpackInet(s).Network().Pack() }))
	cast(tInet, tCIDR, CastAssign, toCIDR)
	def("cidr", ts{tInet}, tCIDR, toCIDR)
	show := f1(tText, ok1(showNetwork))
	for _, from := range []types.Type{tInet, tCIDR} {
		for _, to := range []types.Type{tText, tVC, tBP} {
			cast(from, to, CastAssign, show)
		}
	}
}

// extremes registers min and max of a type.
func extremes(t types.Type) {
	for name, top := range map[string]bool{"min": false, "max": true} {
		agg(name, ts{t}, t, func(_ *Ctx, _ []types.Type, ret types.Type) Acc { return &extremeAcc{t: ret, max: top} })
	}
}

// showNetwork is network_show: the mask is always written.
func showNetwork(s string) string { return string(types.AppendInet(nil, s, true)) }

// containment registers the operators of networks within others.
func containment() {
	rel := func(name string, f func(a, b types.IP) bool) {
		op(name, tInet, tInet, tBool, f2(tBool, ok2(func(a, b string) int64 {
			return dB(f(types.UnpackInet(a), types.UnpackInet(b))).I
		})))
	}
	rel(">>=", types.IP.Contains)
	rel("<<=", func(a, b types.IP) bool { return b.Contains(a) })
	rel(">>", func(a, b types.IP) bool { return a.Bits < b.Bits && a.Contains(b) })
	rel("<<", func(a, b types.IP) bool { return b.Bits < a.Bits && b.Contains(a) })
	rel("&&", func(a, b types.IP) bool { return a.Contains(b) || b.Contains(a) })
}

// inetMath registers ~ & | + and -.
func inetMath() {
	prefix("~", tInet, tInet, f1(tInet, ok1(func(s string) string {
		n := types.UnpackInet(s)
		return types.IP{Addr: notBytes(n.Addr), Bits: n.Bits}.Pack()
	})))
	for name, f := range map[string]func(a, b byte) byte{"&": andByte, "|": orByte} {
		verb := map[string]string{"&": "AND", "|": "OR"}[name]
		op(name, tInet, tInet, tInet, f2(tInet, func(_ *Ctx, a, b string) (string, error) {
			x, y := types.UnpackInet(a), types.UnpackInet(b)
			if len(x.Addr) != len(y.Addr) {
				return "", sqlerr.New(pgerrcode.InvalidParameterValue, "cannot %s inet values of different sizes", verb)
			}
			return types.IP{Addr: zipBytes(x.Addr, y.Addr, f), Bits: max(x.Bits, y.Bits)}.Pack(), nil
		}))
	}
	op("+", tInet, tI8, tInet, f2(tInet, func(_ *Ctx, a string, n int64) (string, error) { return addToInet(a, big.NewInt(n)) }))
	op("+", tI8, tInet, tInet, f2(tInet, func(_ *Ctx, n int64, a string) (string, error) { return addToInet(a, big.NewInt(n)) }))
	op("-", tInet, tI8, tInet, f2(tInet, func(_ *Ctx, a string, n int64) (string, error) {
		return addToInet(a, new(big.Int).Neg(big.NewInt(n)))
	}))
	op("-", tInet, tInet, tI8, f2(tI8, subtractInets))
}

func andByte(a, b byte) byte { return a & b }
func orByte(a, b byte) byte  { return a | b }

func notBytes(a []byte) []byte {
	return zipBytes(a, a, func(x, _ byte) byte { return ^x })
}

func zipBytes(a, b []byte, f func(a, b byte) byte) []byte {
	out := make([]byte, min(len(a), len(b)))
	for i := range out {
		out[i] = f(a[i], b[i])
	}
	return out
}

func addToInet(s string, n *big.Int) (string, error) {
	ip := types.UnpackInet(s)
	sum := new(big.Int).Add(new(big.Int).SetBytes(ip.Addr), n)
	if sum.Sign() < 0 || sum.BitLen() > 8*len(ip.Addr) {
		return "", sqlerr.New(pgerrcode.NumericValueOutOfRange, "result is out of range")
	}
	return types.IP{Addr: sum.FillBytes(make([]byte, len(ip.Addr))), Bits: ip.Bits}.Pack(), nil
}

func subtractInets(_ *Ctx, a, b string) (int64, error) {
	x, y := types.UnpackInet(a), types.UnpackInet(b)
	if len(x.Addr) != len(y.Addr) {
		return 0, sqlerr.New(pgerrcode.InvalidParameterValue, "cannot subtract inet values of different sizes")
	}
	diff := new(big.Int).Sub(new(big.Int).SetBytes(x.Addr), new(big.Int).SetBytes(y.Addr))
	if !diff.IsInt64() {
		return 0, sqlerr.New(pgerrcode.NumericValueOutOfRange, "result is out of range")
	}
	return diff.Int64(), nil
}

// inetFuncs registers the functions that take addresses apart.
func inetFuncs() {
	ip := func(name string, ret types.Type, f func(types.IP) types.IP) {
		def(name, ts{tInet}, ret, f1(ret, ok1(func(s string) string { return f(types.UnpackInet(s)).Pack() })))
	}
	ip("broadcast", tInet, types.IP.Broadcast)
	ip("netmask", tInet, types.IP.Netmask)
	ip("hostmask", tInet, types.IP.Hostmask)
	ip("network", tCIDR, types.IP.Network)
	def("masklen", ts{tInet}, tI4, f1(tI4, ok1(func(s string) int64 { return int64(types.UnpackInet(s).Bits) })))
	def("family", ts{tInet}, tI4, f1(tI4, ok1(func(s string) int64 {
		if len(types.UnpackInet(s).Addr) == 4 {
			return 4
		}
		return 6
	})))
	def("host", ts{tInet}, tText, f1(tText, ok1(func(s string) string { return string(types.UnpackInet(s).AppendHost(nil)) })))
	def("text", ts{tInet}, tText, f1(tText, ok1(showNetwork)))
	def("abbrev", ts{tInet}, tText, f1(tText, ok1(func(s string) string { return string(types.AppendInet(nil, s, false)) })))
	def("abbrev", ts{tCIDR}, tText, f1(tText, ok1(func(s string) string { return string(types.AppendShortCIDR(nil, s)) })))
	for _, t := range []types.Type{tInet, tCIDR} {
		def("set_masklen", ts{t, tI4}, t, f2(t, func(_ *Ctx, s string, bits int64) (string, error) {
			n := types.UnpackInet(s)
			if bits == -1 {
				bits = int64(8 * len(n.Addr))
			}
			if bits < 0 || bits > int64(8*len(n.Addr)) {
				return "", sqlerr.New(pgerrcode.InvalidParameterValue, "invalid mask length: %d", bits)
			}
			n.Bits = int(bits)
			if t == tCIDR {
				n = n.Network()
			}
			return n.Pack(), nil
		}))
	}
	def("inet_same_family", ts{tInet, tInet}, tBool, f2(tBool, ok2(func(a, b string) int64 { return dB(len(a) == len(b)).I })))
	def("inet_merge", ts{tInet, tInet}, tCIDR, f2(tCIDR, func(_ *Ctx, a, b string) (string, error) {
		x, y := types.UnpackInet(a), types.UnpackInet(b)
		if len(x.Addr) != len(y.Addr) {
			return "", sqlerr.New(pgerrcode.InvalidParameterValue, "cannot merge addresses from different families")
		}
		x.Bits = min(x.Bits, y.Bits, x.Common(y))
		return x.Network().Pack(), nil
	}))
	def("hashinet", ts{tInet}, tI4, rows(tI4, func(r row) (vec.Datum, error) {
		return dI(int64(int32(hashBytes(string(hashedInet(r.s(0))), 0)))), nil
	}))
}

// hashedInet is what hashinet takes: family, mask and address.
func hashedInet(s string) []byte {
	n := types.UnpackInet(s)
	family := byte(types.FamilyIPv4)
	if len(n.Addr) == 16 {
		family = types.FamilyIPv6
	}
	return append([]byte{family, byte(n.Bits)}, n.Addr...)
}
