package ranges

import (
	"math/rand"
	"strconv"
	"testing"

	"tagd/sql/types"
)

var int4 = types.Of(types.Int4Range)

// set is a multirange as a naive model has it: which of the values -9..9 it
// contains; the first and last stand for all values beyond.
type set [19]bool

func setOf(list []Range) (s set) {
	for i := range s {
		for _, r := range list {
			s[i] = s[i] || r.ContainsValue(Value{I: int64(i - 9)})
		}
	}
	return s
}

func (s set) zip(t set, f func(a, b bool) bool) (out set) {
	for i := range s {
		out[i] = f(s[i], t[i])
	}
	return out
}

// anyRange is a range of bounds between -8 and 8.
func anyRange(r *rand.Rand) Range {
	for {
		bound := func() Bound {
			return Bound{Value: Value{I: int64(r.Intn(17) - 8)}, Inc: r.Intn(2) == 0, Inf: r.Intn(6) == 0}
		}
		if x, err := New(int4, bound(), bound()); err == nil {
			return x
		}
	}
}

func anyMulti(r *rand.Rand) []Range {
	var list []Range
	for range r.Intn(5) {
		list = append(list, anyRange(r))
	}
	return Normal(list)
}

// TestModel compares the algebra with that of sets of values.
func TestModel(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 20000 {
		a, b := anyMulti(r), anyMulti(r)
		sa, sb := setOf(a), setOf(b)
		minus, err := MultiMinus(int4, a, b)
		if err != nil {
			t.Fatal(err)
		}
		same := func(what string, got []Range, want set) {
			if setOf(got) != want || CompareMulti(got, Normal(append([]Range(nil), got...))) != 0 {
				t.Fatalf("%s of %s and %s is %s", what, show(a), show(b), show(got))
			}
		}
		same("union", Normal(append(append([]Range(nil), a...), b...)), sa.zip(sb, func(x, y bool) bool { return x || y }))
		same("difference", minus, sa.zip(sb, func(x, y bool) bool { return x && !y }))
		same("intersection", MultiIntersect(a, b), sa.zip(sb, func(x, y bool) bool { return x && y }))
		common := sa.zip(sb, func(x, y bool) bool { return x && y })
		for what, bad := range map[string]bool{
			"overlap":  MultiOverlapsAny(a, b) != (common != set{}),
			"contain":  MultiContainsAll(a, b) != (common == sb),
			"equality": (CompareMulti(a, b) == 0) != (sa == sb),
			"bytes":    PackMulti(int4, a) < PackMulti(int4, b) != (CompareMulti(a, b) < 0),
			"value":    MultiContainsValue(a, Value{I: 3}) != sa[12],
			"packing":  CompareMulti(UnpackMulti(int4, PackMulti(int4, a)), a) != 0,
		} {
			if bad {
				t.Fatalf("%s of %s and %s", what, show(a), show(b))
			}
		}
	}
}

// TestPairs compares the operators of two ranges with those of sets.
func TestPairs(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for range 20000 {
		a, b := anyRange(r), anyRange(r)
		sa, sb := setOf([]Range{a}), setOf([]Range{b})
		one := func(x Range) set { return setOf([]Range{x}) }
		and := sa.zip(sb, func(x, y bool) bool { return x && y })
		union, errUnion := a.Union(b)
		minus, errMinus := a.Minus(int4, b)
		for what, bad := range map[string]bool{
			"intersection": one(a.Intersect(b)) != and,
			"overlap":      a.Overlaps(b) != (and != set{}),
			"contain":      a.Contains(b) != (and == sb),
			"union":        errUnion == nil && one(union) != sa.zip(sb, func(x, y bool) bool { return x || y }),
			"difference":   errMinus == nil && one(minus) != sa.zip(sb, func(x, y bool) bool { return x && !y }),
			"gap":          (errUnion == nil) != (len(Normal([]Range{a, b})) < 2),
			"order":        Pack(int4, a) < Pack(int4, b) != (Compare(a, b) < 0),
			"before":       a.Before(b) && (a.Overlaps(b) || !b.Merge(a).Contains(a)),
		} {
			if bad {
				t.Fatalf("%s of %s and %s", what, show([]Range{a}), show([]Range{b}))
			}
		}
	}
}

func appendInt(dst []byte, v Value) []byte { return strconv.AppendInt(dst, v.I, 10) }

func show(list []Range) string { return string(AppendMulti(nil, list, appendInt)) }

func parseInt(s string) (v Value, err error) {
	v.I, err = types.ParseInt(s, 32)
	return v, err
}

// FuzzText: what is read is written so that it is read as the same value.
func FuzzText(f *testing.F) {
	for _, s := range []string{"[1,5)", "empty", "(,)", `["1","2"]`, "{[1,2),(5,]}", "{}", `{[\1,"2")}`, "{empty,", "[1,2", `["`, `[\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := Parse(int4, s, parseInt); err == nil {
			again, err := Parse(int4, string(Append(nil, r, appendInt)), parseInt)
			if err != nil || Compare(r, again) != 0 {
				t.Fatalf("%q: %v, %v", s, again, err)
			}
		}
		if list, err := ParseMulti(int4, s, parseInt); err == nil {
			again, err := ParseMulti(int4, show(list), parseInt)
			if err != nil || CompareMulti(list, again) != 0 {
				t.Fatalf("%q: %v, %v", s, again, err)
			}
		}
	})
}

// FuzzBinary: what is received is sent so that it is received as the same value, and
// bytes that nobody has packed do no harm.
func FuzzBinary(f *testing.F) {
	num := types.Of(types.NumRange)
	receive := func(b []byte) (v Value, err error) {
		v.D, err = types.ParseBinaryDecimal(b)
		return v, err
	}
	send := func(dst []byte, v Value) []byte { return v.D.AppendBinary(dst) }
	f.Add([]byte{1})
	f.Add([]byte("\x02\x00\x00\x00\x0a\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0a\x00\x01\x00\x00\x00\x00\x00\x00\x00\x02"))
	f.Add([]byte("\x00\x00\x00\x01\x00\x00\x00\x01\x18"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := ParseBinary(num, b, receive); err == nil {
			again, err := ParseBinary(num, AppendBinary(nil, r, send), receive)
			if err != nil || Compare(r, again) != 0 || Key(types.NumRange, Pack(num, r)) != Key(types.NumRange, Pack(num, again)) {
				t.Fatalf("%x: %v, %v", b, again, err)
			}
		}
		if list, err := ParseBinaryMulti(num, b, receive); err == nil {
			again, err := ParseBinaryMulti(num, AppendBinaryMulti(nil, list, send), receive)
			if err != nil || CompareMulti(list, again) != 0 {
				t.Fatalf("%x: %v, %v", b, again, err)
			}
		}
		Unpack(num, string(b))
		Unpack(int4, string(b))
		CompareText(types.NumMultirange, string(b), string(b))
	})
}
