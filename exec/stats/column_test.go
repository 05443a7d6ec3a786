package stats

import (
	"math/rand"
	"testing"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// TestSampleOfAll holds a sample of a part against the numbers of all: frequencies
// are near (the estimate of Haas and Stokes is too low for equally frequent values), bounds ascend, and nothing is common that is not more frequent than the
// rest.
func TestSampleOfAll(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	const total, part = 200_000, 30_000
	b := vec.NewBuilder(types.Of(types.Int4), part)
	for range part {
		n := int64(rng.Intn(50_000))
		switch p := rng.Float64(); {
		case p < 0.3:
			n = -1
		case p < 0.4:
			n = -2
		}
		b.Append(vec.Datum{I: n, Null: n == -2})
	}
	v := b.Finish()
	c := RunsOf(v, 100, total, func(int) int { return 4 }).Column()
	if c.NullFrac < 0.09 || c.NullFrac > 0.11 || c.Width != 4 {
		t.Errorf("null_frac %v, width %v", c.NullFrac, c.Width)
	}
	distinct := float64(c.Distinct)
	if distinct < 0 {
		distinct *= -total
	}
	if distinct < 20_000 || distinct > 60_000 {
		t.Errorf("n_distinct %v of 50001", distinct)
	}
	if len(c.Slots) != 3 || c.Slots[0].Kind != KindMCV || c.Slots[0].Values[0] != "-1" || len(c.Slots[0].Values) > 3 {
		t.Fatalf("slots %+v", c.Slots)
	}
	if f := c.Slots[0].Numbers[0]; f < 0.28 || f > 0.32 {
		t.Errorf("frequency %v of 0.3", f)
	}
	if n := len(c.Slots[1].Values); n != 101 {
		t.Errorf("%d bounds", n)
	}
}

// TestWideValuesAreLeftOut holds that a column of only too wide values has a width and
// no values.
func TestWideValuesAreLeftOut(t *testing.T) {
	b := vec.NewBuilder(types.Of(types.Text), 2)
	b.Append(vec.Datum{S: "a"})
	b.Append(vec.Datum{S: "b"})
	c := RunsOf(b.Finish(), 100, 2, func(int) int { return 5000 }).Column()
	if c.Width != 5000 || c.Distinct != -1 || c.Slots != nil {
		t.Errorf("%+v", c)
	}
}
