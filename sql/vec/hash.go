package vec

import (
	"hash/maphash"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"tagd/sql/jsonb"
	"tagd/sql/ranges"
	"tagd/sql/types"
)

// hashSeed makes hashes differ between processes, so that nobody can prepare
// keys that collide. Hashes are never stored.
var hashSeed = maphash.MakeSeed()

const (
	nullHash = 0x9e3779b97f4a7c15
	nanHash  = 0x7ff8000000000001
	mixMul   = 0xff51afd7ed558ccd // murmur3's fmix64
)

// mix folds h into a row's seed.
func mix(seed, h uint64) uint64 {
	hi, lo := bits.Mul64(seed^h^nullHash, mixMul)
	return hi ^ lo ^ bits.RotateLeft64(seed, 23)
}

// Hash combines the hash of each value of v into seed in place; seed has at
// least v.N entries. Equal values have equal hashes whatever the encoding.
func Hash(v *Vector, seed []uint64) {
	seed = seed[:v.N]
	if v.Dict != nil {
		h := hashes(v.Dict)
		for i, c := range v.Codes[:v.N] {
			seed[i] = mix(seed[i], h[c])
		}
		return
	}
	if v.Const {
		h := hashes(v.flatOne())[0]
		for i := range seed {
			seed[i] = mix(seed[i], h)
		}
		return
	}
	if v.I64 != nil && v.Nulls == nil {
		for i, x := range v.I64[:v.N] {
			seed[i] = mix(seed[i], hashInt(x))
		}
		return
	}
	for i := range seed {
		seed[i] = mix(seed[i], hashAt(v, i))
	}
}

func hashes(v *Vector) []uint64 {
	h := make([]uint64, v.N)
	for i := range h {
		h[i] = hashAt(v, i)
	}
	return h
}

func hashInt(x int64) uint64 {
	u := uint64(x) * mixMul
	return u ^ u>>32
}

// hashAt hashes value i of a vector of any encoding.
func hashAt(v *Vector, i int) uint64 {
	v, i = v.at(i)
	if v.Nulls != nil && v.Nulls[i>>6]>>(uint(i)&63)&1 != 0 {
		return nullHash
	}
	switch v.Type.Phys() {
	case types.PhysInt:
		return hashInt(v.I64[i])
	case types.PhysFloat:
		return hashFloat(v.F64[i])
	case types.PhysStr:
		return hashString(v.Type.Kind, v.Str[i])
	case types.PhysDec:
		return hashDecimal(v.Dec[i])
	case types.PhysIvl:
		hi, lo := IntervalSpan(v.Ivl[i])
		return mix(hashInt(hi), lo)
	case types.PhysArr:
		h := uint64(v.Off[i+1] - v.Off[i])
		for k := v.Off[i]; k < v.Off[i+1]; k++ {
			h = mix(h, hashAt(v.Child, int(k)))
		}
		return h
	case types.PhysRec:
		return v.Rec[i].hash()
	}
	return 0
}

// hashString hashes a value by the equality of its type.
func hashString(k types.Kind, s string) uint64 {
	switch k {
	case types.BPChar:
		s = strings.TrimRight(s, " ")
	case types.JSONB:
		return jsonb.Hash(s, hashSeed)
	case types.NumRange, types.NumMultirange:
		s = ranges.Key(k, s)
	}
	return maphash.String(hashSeed, s)
}

func hashFloat(f float64) uint64 {
	switch {
	case f != f:
		return nanHash
	case f == 0:
		return 0
	}
	return hashInt(int64(math.Float64bits(f)))
}

// hashDecimal hashes the number without its trailing zeros.
func hashDecimal(d types.Decimal) uint64 {
	if d.Form != types.Finite {
		return nanHash + uint64(d.Form)
	}
	if d.Big == nil {
		c, s := d.Coef, d.Scale
		if c == 0 {
			return 0
		}
		for c%10 == 0 {
			c /= 10
			s--
		}
		return mix(hashInt(c), uint64(s))
	}
	text := d.Big.Append(nil, 10)
	n := len(text)
	for text[n-1] == '0' {
		n--
	}
	s := d.Scale - int32(len(text)-n)
	if short, err := strconv.ParseInt(string(text[:n]), 10, 64); err == nil {
		return mix(hashInt(short), uint64(s))
	}
	return mix(maphash.Bytes(hashSeed, text[:n]), uint64(s))
}
