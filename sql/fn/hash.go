package fn

import (
	"encoding/binary"
	"math"
	"math/bits"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// The hash functions of PostgreSQL's hashfn.c (Bob Jenkins' lookup3 as changed
// there) on a little-endian machine: the same values, so that splits made in
// PostgreSQL can be made again.

func hashMix(a, b, c uint32) (uint32, uint32, uint32) {
	a -= c
	a ^= bits.RotateLeft32(c, 4)
	c += b
	b -= a
	b ^= bits.RotateLeft32(a, 6)
	a += c
	c -= b
	c ^= bits.RotateLeft32(b, 8)
	b += a
	a -= c
	a ^= bits.RotateLeft32(c, 16)
	c += b
	b -= a
	b ^= bits.RotateLeft32(a, 19)
	a += c
	c -= b
	c ^= bits.RotateLeft32(b, 4)
	b += a
	return a, b, c
}

func hashFinal(a, b, c uint32) (uint32, uint32) {
	c ^= b
	c -= bits.RotateLeft32(b, 14)
	a ^= c
	a -= bits.RotateLeft32(c, 11)
	b ^= a
	b -= bits.RotateLeft32(a, 25)
	c ^= b
	c -= bits.RotateLeft32(b, 16)
	a ^= c
	a -= bits.RotateLeft32(c, 4)
	b ^= a
	b -= bits.RotateLeft32(a, 14)
	c ^= b
	c -= bits.RotateLeft32(b, 24)
	return b, c
}

func hashStart(n int, seed uint64) (a, b, c uint32) {
	a = 0x9e3779b9 + uint32(n) + 3923095
	b, c = a, a
	if seed != 0 {
		a += uint32(seed >> 32)
		b += uint32(seed)
		a, b, c = hashMix(a, b, c)
	}
	return a, b, c
}

// hashBytes is hash_bytes_extended; its low half is hash_bytes when seed is 0.
func hashBytes(s string, seed uint64) uint64 {
	a, b, c := hashStart(len(s), seed)
	k := []byte(s)
	for ; len(k) >= 12; k = k[12:] {
		a += binary.LittleEndian.Uint32(k)
		b += binary.LittleEndian.Uint32(k[4:])
		c += binary.LittleEndian.Uint32(k[8:])
		a, b, c = hashMix(a, b, c)
	}
	// The rest, with the lowest byte of c left for the length.
	var tail [12]byte
	copy(tail[:], k)
	a += binary.LittleEndian.Uint32(tail[:])
	b += binary.LittleEndian.Uint32(tail[4:])
	c += binary.LittleEndian.Uint32(tail[8:]) << 8
	b, c = hashFinal(a, b, c)
	return uint64(b)<<32 | uint64(c)
}

// hashWord is hash_bytes_uint32_extended.
func hashWord(x uint32, seed uint64) uint64 {
	a, b, c := hashStart(4, seed)
	b, c = hashFinal(a+x, b, c)
	return uint64(b)<<32 | uint64(c)
}

// hashLong folds an int8 so that it hashes as the equal int4 does.
func hashLong(x int64, seed uint64) uint64 {
	lo, hi := uint32(x), uint32(x>>32)
	if x < 0 {
		hi = ^hi
	}
	return hashWord(lo^hi, seed)
}

func hashFloat(f float64, seed uint64) uint64 {
	switch {
	case f == 0:
		return seed
	case f != f:
		return hashBytes("\x00\x00\x00\x00\x00\x00\xf8\x7f", seed)
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], math.Float64bits(f))
	return hashBytes(string(b[:]), seed)
}

func init() {
	hashed("hashint2", tI2, func(d vec.Datum, s uint64) uint64 { return hashWord(uint32(d.I), s) })
	hashed("hashint4", tI4, func(d vec.Datum, s uint64) uint64 { return hashWord(uint32(d.I), s) })
	hashed("hashint8", tI8, func(d vec.Datum, s uint64) uint64 { return hashLong(d.I, s) })
	hashed("hashoid", tOid, func(d vec.Datum, s uint64) uint64 { return hashWord(uint32(d.I), s) })
	hashed("hashfloat4", tF4, func(d vec.Datum, s uint64) uint64 { return hashFloat(d.F, s) })
	hashed("hashfloat8", tF8, func(d vec.Datum, s uint64) uint64 { return hashFloat(d.F, s) })
	hashed("hash_numeric", tNum, func(d vec.Datum, s uint64) uint64 { return hashNumeric(d.D, s) })
	hashed("timestamp_hash", tTS, func(d vec.Datum, s uint64) uint64 { return hashLong(d.I, s) })
	for name, t := range map[string]types.Type{"hashtext": tText, "hashname": tName, "uuid_hash": tUUID} {
		hashed(name, t, func(d vec.Datum, s uint64) uint64 { return hashBytes(d.S, s) })
	}
}

// hashed registers a hash function and its extended form with a seed.
func hashed(name string, t types.Type, f func(vec.Datum, uint64) uint64) {
	def(name, ts{t}, tI4, rows(tI4, func(r row) (vec.Datum, error) {
		return dI(int64(int32(f(r.get(0), 0)))), nil
	}))
	ext := name + "extended"
	if name == "hash_numeric" || name == "timestamp_hash" || name == "uuid_hash" {
		ext = name + "_extended"
	}
	def(ext, ts{t, tI8}, tI8, rows(tI8, func(r row) (vec.Datum, error) {
		return dI(int64(f(r.get(0), uint64(r.int(1))))), nil
	}))
}

// hashNumeric hashes the base-10000 digits without zeros at both ends and then
// the weight, as hash_numeric does.
func hashNumeric(d types.Decimal, seed uint64) uint64 {
	if d.Form != types.Finite {
		return seed
	}
	if d.Sign() == 0 {
		if seed != 0 {
			return seed - 1
		}
		return ^uint64(0)
	}
	digits, weight := base10000(d)
	for digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	raw := make([]byte, 2*len(digits))
	for i, x := range digits {
		binary.LittleEndian.PutUint16(raw[2*i:], x)
	}
	return hashBytes(string(raw), seed) ^ uint64(int64(weight))
}

// base10000 are the digits of a numeric as PostgreSQL stores them, and the power
// of 10000 of the first.
func base10000(d types.Decimal) (digits []uint16, weight int) {
	text := decBig(d.Abs()).String()
	weight = decWeight(d)
	// The last digit's group ends at a multiple of four places after the point.
	for pad := (4 - int(d.Scale)%4) % 4; pad > 0; pad-- {
		text += "0"
	}
	for len(text)%4 != 0 {
		text = "0" + text
	}
	for i := 0; i < len(text); i += 4 {
		var x uint16
		for _, c := range []byte(text[i : i+4]) {
			x = x*10 + uint16(c-'0')
		}
		digits = append(digits, x)
	}
	return digits, weight
}
