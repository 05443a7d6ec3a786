package types

import (
	"fmt"
	"math/rand"
	"testing"
	"time"
)

// TestISOTimestampTZ: what the fast road reads is what the ordinary one reads;
// what it leaves alone may be anything.
func TestISOTimestampTZ(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	taken := 0
	for range 100000 {
		s := fmt.Sprintf("%04d-%02d-%02d %02d:%02d:%02d", 1+r.Intn(9998), 1+r.Intn(12), 1+r.Intn(29), r.Intn(24), r.Intn(60), r.Intn(60))
		if r.Intn(3) == 0 {
			s += fmt.Sprintf(".%0*d", 1+r.Intn(6), r.Intn(10))
		}
		switch r.Intn(5) {
		case 0, 1:
			s += fmt.Sprintf("%c%02d", "+-"[r.Intn(2)], r.Intn(17))
		case 2:
			s += fmt.Sprintf("%c%02d:%02d", "+-"[r.Intn(2)], r.Intn(16), r.Intn(61))
		case 3:
			b := []byte(s + "+08")
			b[r.Intn(len(b))] = ":+-. 0"[r.Intn(6)]
			s = string(b)
		}
		x, ok := ISOTimestampTZ(s)
		if !ok {
			continue
		}
		taken++
		want, err := ParseTimestampTZ(s, ISO, time.Time{})
		if err != nil || want != x {
			t.Fatalf("%q: %d, the ordinary road says %d, %v", s, x, want, err)
		}
	}
	if taken < 40000 {
		t.Errorf("only %d took the fast road", taken)
	}
}
