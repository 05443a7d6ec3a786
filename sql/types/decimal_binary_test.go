package types

import (
	"math"
	"math/rand"
	"slices"
	"testing"
)

// TestSmallDigits holds the digits of small numbers to those by big integers.
func TestSmallDigits(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 200000 {
		c := r.Int63() >> r.Intn(63)
		switch r.Intn(6) {
		case 0:
			c = c / 10000 * 10000
		case 1:
			c = []int64{0, 1, 9999, 10000, 100000000, math.MaxInt64}[r.Intn(6)]
		}
		if r.Intn(2) == 0 {
			c = -c
		}
		d := DecimalOf(c, int32(r.Intn(17)))
		var room [16]uint16
		got, w := d.smallDigits(&room)
		want, ww := d.base10000()
		if !slices.Equal(got, want) || w != ww {
			t.Fatalf("%d e-%d: %v at %d, want %v at %d", c, d.Scale, got, w, want, ww)
		}
	}
}
