package fn

import (
	"math/bits"

	"tagd/sql/ranges"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func init() {
	hash := func(name string, t types.Type, f func(r row, seed uint64, wide bool) uint64) {
		def(name, ts{t}, tI4, rows(tI4, func(r row) (vec.Datum, error) { return dI(int64(int32(f(r, 0, false)))), nil }))
		def(name+"_extended", ts{t, tI8}, tI8, rows(tI8, func(r row) (vec.Datum, error) {
			return dI(int64(f(r, uint64(r.int(1)), true))), nil
		}))
	}
	hash("hash_range", tRange, func(r row, seed uint64, wide bool) uint64 {
		return hashRange(r.t(0), ranges.Unpack(r.t(0), r.s(0)), seed, wide)
	})
	hash("hash_multirange", tRanges, func(r row, seed uint64, wide bool) uint64 {
		h := uint64(1)
		for _, x := range ranges.UnpackMulti(r.t(0), r.s(0)) {
			h = h<<5 - h + hashRange(r.t(0), x, seed, wide)
		}
		return h
	})
}

// hashRange is hash_range, or with wide hash_range_extended.
func hashRange(t types.Type, r ranges.Range, seed uint64, wide bool) uint64 {
	h := hashWord(uint32(r.Flags()), seed)
	if !r.Empty && !r.Lower.Inf {
		h ^= hashBound(t.Bound(), r.Lower.Value, seed)
	}
	if wide {
		h = h<<1&0xfffffffefffffffe | h>>31&0x100000001
	} else {
		h = uint64(bits.RotateLeft32(uint32(h), 1))
	}
	if !r.Empty && !r.Upper.Inf {
		h ^= hashBound(t.Bound(), r.Upper.Value, seed)
	}
	return h
}

func hashBound(t types.Type, v ranges.Value, seed uint64) uint64 {
	switch t.Kind {
	case types.Numeric:
		return hashNumeric(v.D, seed)
	case types.Int4, types.Date:
		return hashWord(uint32(v.I), seed)
	}
	return hashLong(v.I, seed)
}
