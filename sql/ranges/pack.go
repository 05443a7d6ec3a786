package ranges

import (
	"encoding/binary"

	"tagd/sql/types"
)

// The bytes of a held range; see the package comment.
const (
	tagEmpty, tagRange = 0, 1
	tagLowest          = 0
	tagBound           = 1
	tagHighest         = 2
)

const signBit = 1 << 63

// Pack returns a range as it is held.
func Pack(t types.Type, r Range) string {
	return string(appendRange(make([]byte, 0, 24), t.Bound().Kind == types.Numeric, r))
}

// PackMulti returns the ranges of a multirange, which are ordered and apart, as they
// are held.
func PackMulti(t types.Type, list []Range) string {
	var b []byte
	for _, r := range list {
		b = appendRange(b, t.Bound().Kind == types.Numeric, r)
	}
	return string(b)
}

func appendRange(dst []byte, numeric bool, r Range) []byte {
	if r.Empty {
		return append(dst, tagEmpty)
	}
	return appendBound(appendBound(append(dst, tagRange), numeric, r.Lower), numeric, r.Upper)
}

func appendBound(dst []byte, numeric bool, b Bound) []byte {
	switch {
	case b.Inf && b.Lower:
		return append(dst, tagLowest)
	case b.Inf:
		return append(dst, tagHighest)
	}
	dst = append(dst, tagBound)
	if numeric {
		d := b.D.AppendBinary(nil)
		dst = append(binary.AppendUvarint(dst, uint64(len(d))), d...)
	} else {
		dst = binary.BigEndian.AppendUint64(dst, uint64(b.I)^signBit)
	}
	if b.Lower != b.Inc {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// Unpack reads what Pack wrote; bytes that are none make an empty range.
func Unpack(t types.Type, s string) Range {
	r, _, _ := cutRange(t.Bound().Kind == types.Numeric, s)
	return r
}

// UnpackMulti reads what PackMulti wrote.
func UnpackMulti(t types.Type, s string) []Range { return AppendTo(nil, t, s) }

// AppendTo appends the ranges of a held range or multirange that are not empty.
func AppendTo(out []Range, t types.Type, s string) []Range {
	for s != "" {
		r, rest, ok := cutRange(t.Bound().Kind == types.Numeric, s)
		if !ok {
			return out
		}
		if s = rest; !r.Empty {
			out = append(out, r)
		}
	}
	return out
}

// cutRange reads the range at the beginning of s.
func cutRange(numeric bool, s string) (r Range, rest string, ok bool) {
	if s == "" {
		return empty, "", false
	}
	if s[0] != tagRange {
		return empty, s[1:], s[0] == tagEmpty
	}
	r.Lower.Lower = true
	if rest, ok = cutBound(numeric, s[1:], &r.Lower); ok {
		rest, ok = cutBound(numeric, rest, &r.Upper)
	}
	if !ok {
		return empty, "", false
	}
	return r, rest, true
}

func cutBound(numeric bool, s string, b *Bound) (rest string, ok bool) {
	if s == "" {
		return "", false
	}
	if s[0] != tagBound {
		b.Inf = true
		return s[1:], true
	}
	n := 8
	if s = s[1:]; numeric {
		size, used := uvarint(s)
		if used <= 0 || size > uint64(len(s)-used) {
			return "", false
		}
		s, n = s[used:], int(size)
	}
	if len(s) < n+1 {
		return "", false
	}
	if numeric {
		d, err := types.ParseBinaryDecimal([]byte(s[:n]))
		if err != nil {
			return "", false
		}
		b.D = d
	} else {
		b.I = int64(beUint64(s) ^ signBit)
	}
	b.Inc = b.Lower == (s[n] == 0)
	return s[n+1:], true
}

func uvarint(s string) (uint64, int) {
	return binary.Uvarint([]byte(s[:min(len(s), binary.MaxVarintLen64)]))
}

func beUint64(s string) (v uint64) {
	for i := range 8 {
		v = v<<8 | uint64(s[i])
	}
	return v
}

// CompareText orders two held values of a range or multirange type whose bytes do
// not.
func CompareText(k types.Kind, a, b string) int {
	if t := types.Of(k); t.IsRange() {
		return Compare(Unpack(t, a), Unpack(t, b))
	} else {
		return CompareMulti(UnpackMulti(t, a), UnpackMulti(t, b))
	}
}

// Key returns bytes that are the same just for equal values of a range or multirange
// type.
func Key(k types.Kind, s string) string {
	if k != types.NumRange && k != types.NumMultirange {
		return s
	}
	list := UnpackMulti(types.Of(k), s)
	if len(list) == 0 {
		return s
	}
	for i := range list {
		list[i].Lower.D, list[i].Upper.D = plain(list[i].Lower.D), plain(list[i].Upper.D)
	}
	return PackMulti(types.Of(k), list)
}

// plain is a number without the zeros at the end of its fraction.
func plain(d types.Decimal) types.Decimal {
	if d.Form != types.Finite || d.Scale <= 0 {
		return d
	}
	if d.Sign() == 0 {
		return types.DecimalOf(0, 0)
	}
	lo, hi := int32(0), d.Scale // the least scale that loses nothing lies in lo..hi
	for lo < hi {
		if mid := (lo + hi) / 2; d.Trunc(mid).Cmp(d) == 0 {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return d.Trunc(lo)
}
