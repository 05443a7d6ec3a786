package jsonpath

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"tagd/sql/jsonb"
	"tagd/sql/sqlerr"
)

// FuzzPath: a path that is accepted has a canonical text that is accepted and
// stays as it is; evaluation ends with items or an error that has a code.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"$", "strict $.a[*] ? (@.b > 1 && exists (@.c))", `$.**{1 to last}."x\u4e2d".size()`, "-$[last - 1, 0 to 2] * (2 + 3.5e1)",
		`$ ? (@ like_regex "^a" flag "i" || !(@ starts with $v))`, "($ == 1).type()", "$.keyvalue().id", "((@", "1..e", "/*"} {
		f.Add(s, `{"a": [{"b": 2, "c": null}, 1.5, "x"]}`)
	}
	f.Fuzz(func(t *testing.T, s, doc string) {
		if len(s) > 300 || len(doc) > 1000 || !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 { // as all texts are
			return
		}
		p, err := Parse(s)
		if err != nil {
			coded(t, err)
			return
		}
		text := p.String()
		if again, err := Canonical(text); err != nil || again != text {
			t.Fatalf("%q is shown as %q, and that as %q, %v", s, text, again, err)
		}
		v, err := jsonb.Parse(doc)
		if err != nil {
			coded(t, err)
			return
		}
		steps := 0
		stop := sqlerr.New("57014", "enough")
		if _, err := p.Query(&v, &jsonb.Value{Kind: jsonb.Object}, func() error {
			if steps++; steps > 100 {
				return stop
			}
			return nil
		}); err != nil {
			coded(t, err)
		}
	})
}

func coded(t *testing.T, err error) {
	var p PathError
	var e *sqlerr.Error
	if !errors.As(err, &p) && !errors.As(err, &e) {
		t.Fatalf("error without a code: %v", err)
	}
}
