package regex

import (
	"errors"
	"testing"
	"unicode/utf8"
)

// FuzzFind holds that no expression and text panic or run on, and that a match
// lies inside the text.
func FuzzFind(f *testing.F) {
	for _, p := range []string{`(a|b)*?c\1`, `(?=x)[[:alpha:]\W-]{2,3}$`, `***=a(`, `(?b)\(a\)\{1,2\}`, `^\m标\M|\y$`, `(a*)*`, `[z-a]`, `\777\x`} {
		f.Add(p, "abcc 标签\nx", uint16(0))
	}
	stop := errors.New("enough")
	f.Fuzz(func(t *testing.T, pattern, text string, flags uint16) {
		if len(pattern) > 60 || len(text) > 200 || !utf8.ValidString(pattern) || !utf8.ValidString(text) { // as all text here is
			return
		}
		re, err := Compile(pattern, Flags(flags))
		if err != nil {
			var e Error
			if !errors.As(err, &e) {
				t.Fatalf("%q: %v", pattern, err)
			}
			return
		}
		n := 0
		m, err := re.Find(text, 0, func() error {
			if n++; n > 20 {
				return stop
			}
			return nil
		})
		if err != nil || m == nil {
			return
		}
		if len(m) != 2*(re.Groups()+1) || m[0] < 0 || m[1] < m[0] || m[1] > len(text) {
			t.Fatalf("%q in %q: %v", pattern, text, m)
		}
		if hit, err := re.Match(text, nil); err == nil && !hit {
			t.Fatalf("%q in %q: found at %v but no match", pattern, text, m)
		}
	})
}
