package parse

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"tagd/sql/ast"
	"tagd/sql/parse/pgsql"
	"tagd/sql/parse/tidb"
)

// TestSameTree holds the two lowerings together: a text that both grammars read
// with the same meaning gives the same tree, positions aside. The texts are
// testdata/same.txt, the statements of the oracle's files, and those of the
// golden files here. testdata/other.txt lists the texts that the grammars read
// with different meanings, as patterns with the reason.
func TestSameTree(t *testing.T) {
	other := patterns(t, "testdata/other.txt")
	both := 0
	seen := map[string]bool{}
	for _, text := range corpus(t) {
		if seen[text] {
			continue
		}
		seen[text] = true
		raw, err := pgsql.Parse(text)
		if err != nil || len(raw) != 1 {
			continue
		}
		second, err := tidb.Parse(text, 0)
		if err != nil {
			continue
		}
		if why := reason(other, text); why != "" {
			continue
		}
		both++
		first := plain(raw[0].Ast)
		conditions(reflect.ValueOf(first))
		a, b := dump(first), dump(plain(second))
		if a != b {
			t.Errorf("%s\nPostgres's grammar:\n%s\nTiDB's:\n%s", text, a, b)
		}
	}
	t.Logf("%d texts are read alike by both", both)
	if both < 500 {
		t.Errorf("only %d texts are read by both", both)
	}
}

// TestSameList holds that both grammars read every text of same.txt.
func TestSameList(t *testing.T) {
	for _, text := range lines(t, "testdata/same.txt") {
		if _, err := pgsql.Parse(text); err != nil {
			t.Errorf("%s\nPostgres's grammar: %v", text, err)
		}
		if _, err := tidb.Parse(text, 0); err != nil {
			t.Errorf("%s\nTiDB's: %v", text, err)
		}
	}
}

type pattern struct {
	re  *regexp.Regexp
	why string
}

func patterns(t *testing.T, path string) (out []pattern) {
	for _, l := range lines(t, path) {
		re, why, ok := strings.Cut(l, "\t")
		if !ok {
			t.Fatalf("%s: no reason: %s", path, l)
		}
		out = append(out, pattern{regexp.MustCompile("(?is)" + re), why})
	}
	return out
}

func reason(list []pattern, text string) string {
	for _, p := range list {
		if p.re.MatchString(text) {
			return p.why
		}
	}
	return ""
}

func lines(t *testing.T, path string) (out []string) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Split(string(data), "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
	}
	return out
}

// corpus is every text that the test looks at.
func corpus(t *testing.T) []string {
	out := lines(t, "testdata/same.txt")
	files, _ := filepath.Glob("../../tests/oracle/testdata/*.test")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(data), "\n\n") {
			i := strings.Index("\n"+block, "\nquery")
			if i < 0 {
				continue
			}
			_, body, _ := strings.Cut(block[i:], "\n")
			sql, _, _ := strings.Cut(body, "\n----")
			sql, _, _ = strings.Cut(sql, "\n====")
			out = append(out, sql)
		}
	}
	files, _ = filepath.Glob("testdata/*.txt")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(data), "\n====\n") {
			sql, _, _ := strings.Cut(block, "\n----")
			out = append(out, sql)
		}
	}
	return out
}

// plain is a tree without positions: a deep copy in which every At is -1.
func plain(s ast.Stmt) ast.Stmt {
	v := reflect.New(reflect.TypeOf(s).Elem())
	v.Elem().Set(reflect.ValueOf(s).Elem())
	blank(v)
	return v.Interface().(ast.Stmt)
}

// conditions turns integers that stand as conditions into truth values, as the
// second lowering does: Postgres refuses them in the binder.
func conditions(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		switch x := v.Interface().(type) {
		case *ast.Bool:
			for i := range x.Args {
				x.Args[i] = truth(x.Args[i])
			}
		case *ast.Select:
			x.Where, x.Having = truth(x.Where), truth(x.Having)
		case *ast.Update:
			x.Where = truth(x.Where)
		case *ast.Delete:
			x.Where = truth(x.Where)
		case *ast.Join:
			x.On = truth(x.On)
		case *ast.Case:
			for i := range x.Whens {
				if x.X == nil {
					x.Whens[i].Cond = truth(x.Whens[i].Cond)
				}
			}
		}
		conditions(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			conditions(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			conditions(v.Field(i))
		}
	}
}

func truth(x ast.Expr) ast.Expr {
	l, ok := x.(*ast.Literal)
	if !ok || l.Kind != ast.LitInt {
		return x
	}
	return &ast.Literal{At: l.At, Kind: ast.LitBool, Text: fmt.Sprint(strings.Trim(l.Text, "0") != "")}
}

var atType = reflect.TypeOf(ast.At(0))

func blank(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			blank(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			blank(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			// The text of an expression in a definition is made of its tree.
			if name := v.Type().Field(i).Name; strings.HasSuffix(name, "Text") && v.Type() != reflect.TypeOf(ast.Literal{}) && f.Kind() == reflect.String {
				f.SetString("")
				continue
			}
			if f.Type() == atType && f.CanSet() {
				f.SetInt(-1)
				continue
			}
			blank(f)
		}
	}
}
