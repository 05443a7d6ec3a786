package fn

import (
	"crypto/rand"
	"encoding/binary"
	"math"
	"math/bits"
	"sync"
)

// Prng is the generator behind random() and setseed: xoroshiro128** seeded by
// splitmix64, as pg_prng.c has it, so a seed gives PostgreSQL 15's sequence.
// Safe for several goroutines.
type Prng struct {
	mu     sync.Mutex
	s0, s1 uint64
}

// NewPrng returns a generator with an unpredictable seed.
func NewPrng() *Prng {
	var b [8]byte
	rand.Read(b[:])
	p := &Prng{}
	p.seed(binary.LittleEndian.Uint64(b[:]))
	return p
}

// Seed is setseed: f is in [-1, 1].
func (p *Prng) Seed(f float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seed(uint64(int64(float64(1<<52-1) * f)))
}

func (p *Prng) seed(x uint64) {
	next := func() uint64 {
		x += 0x9E3779B97F4A7C15
		v := (x ^ x>>30) * 0xBF58476D1CE4E5B9
		v = (v ^ v>>27) * 0x94D049BB133111EB
		return v ^ v>>31
	}
	p.s0 = next()
	p.s1 = next()
	if p.s0 == 0 && p.s1 == 0 {
		p.s0, p.s1 = 0x5851F42D4C957F2D, 0x14057B7EF767814F
	}
}

// Float64 returns the next value in [0, 1).
func (p *Prng) Float64() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	s0, sx := p.s0, p.s1^p.s0
	v := bits.RotateLeft64(s0*5, 7) * 9
	p.s0 = bits.RotateLeft64(s0, 24) ^ sx ^ sx<<16
	p.s1 = bits.RotateLeft64(sx, 37)
	return math.Ldexp(float64(v>>12), -52)
}
