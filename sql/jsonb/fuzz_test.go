package jsonb

import (
	"hash/maphash"
	"strings"
	"testing"
)

// FuzzParse: what is accepted has a canonical text that stays as it is, is equal
// to itself by order and hash, and json accepts all that jsonb does.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"b": [1, 2.50, -1e3, null], "a": {"x": true}, "b": "\u4e2d\ud83d\ude00"}`, "[]", `"\u0000"`, "1e", "[[[[", `{"a":`, " 1 ", "tru", "\"\\x\""} {
		f.Add(s)
	}
	seed := maphash.MakeSeed()
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 || strings.ContainsAny(s, "eE") && len(s) > 40 {
			return // exponents make long numbers
		}
		v, err := Parse(s)
		if err != nil {
			return
		}
		if err := Check(s); err != nil {
			t.Fatalf("jsonb accepts %q, json does not: %v", s, err)
		}
		raw, err := ParseRaw(s)
		if err != nil || raw.Src == "" {
			t.Fatalf("raw %q: %v", s, err)
		}
		text := v.Text()
		w, err := Parse(text)
		if err != nil {
			t.Fatalf("%q is shown as %q: %v", s, text, err)
		}
		if again := w.Text(); again != text {
			t.Fatalf("%q is shown as %q and then as %q", s, text, again)
		}
		if Compare(&v, &w) != 0 || v.hash(seed) != w.hash(seed) || !Contains(&v, &w) {
			t.Fatalf("%q is not equal to itself", text)
		}
	})
}

// TestDepth: nesting is bounded, and errors, not the stack, end it.
func TestDepth(t *testing.T) {
	for _, s := range []string{strings.Repeat("[", 100000), strings.Repeat(`{"a":`, 100000)} {
		if _, err := Parse(s); err == nil || !strings.Contains(err.Error(), "stack depth") {
			t.Errorf("deep nesting: %v", err)
		}
	}
	ok := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	if v, err := Parse(ok); err != nil || v.Text() != ok {
		t.Errorf("nesting of %d: %v", MaxDepth, err)
	}
}
