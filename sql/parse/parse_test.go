package parse

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"tagd/sql/sqlerr"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// TestGolden reads testdata/*.txt: statements between lines of "----", each
// followed by its tree or its error.
func TestGolden(t *testing.T) {
	for _, name := range []string{"query", "change", "define", "utility", "error"} {
		t.Run(name, func(t *testing.T) {
			file := "testdata/" + name + ".txt"
			old, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, block := range strings.Split(strings.TrimRight(string(old), "\n"), "\n====\n") {
				sql, _, _ := strings.Cut(block, "\n----")
				if b.Len() > 0 {
					b.WriteString("====\n")
				}
				b.WriteString(sql + "\n----\n" + outcome(sql))
			}
			if *rewrite {
				os.WriteFile(file, []byte(b.String()), 0o644)
			} else if b.String() != string(old) {
				t.Errorf("%s differs; run with -rewrite and read the diff. Got:\n%s", file, b.String())
			}
		})
	}
}

func outcome(sql string) string {
	st, err := parseAll(sql, Auto)
	if err != nil {
		e := sqlerr.From(err)
		return fmt.Sprintf("%s at %d: %s\n", e.Code, sqlerr.CharPos(sql, e.Pos), e.Message)
	}
	var b strings.Builder
	for _, s := range st {
		if len(st) > 1 {
			fmt.Fprintf(&b, "%q at %d: ", s.Text, s.Off)
		}
		b.WriteString(dump(s.Ast))
	}
	return b.String()
}

// TestDeep holds that no text, however it nests, reaches the C stack's end.
func TestDeep(t *testing.T) {
	const n = 100000
	rep := strings.Repeat
	for _, c := range []struct {
		text string
		code string
	}{
		{"SELECT " + rep("(", 900) + "1" + rep(")", 900), ""},
		{"SELECT 1" + rep("+1", 900), ""},
		{"SELECT 1" + rep(" and true", n), ""},
		{"SELECT a in (1" + rep(",1", n) + ")", ""},
		{"SELECT " + rep("(", n) + "1", "54001"},
		{"SELECT 1" + rep("+1", n), "54001"},
		{"SELECT " + rep("not ", n) + "true", "54001"},
		{"SELECT " + rep("- ", n) + "1", "54001"},
		{"SELECT 1" + rep(" union all select 1,1", n), "54001"},
		{"SELECT " + rep("case when true then ", n) + "1", "54001"},
		{"SELECT * from a " + rep("join a using (x) ", n), "54001"},
		{"SELECT a" + rep("::int", n), "54001"},
		{"SELECT E'\\'' " + rep("||'x'", n), "54001"},
		{"SELECT $a$'$a$ " + rep("||'x'", n), "54001"},
		{"SELECT /* ' */ 1" + rep("*1", n), "54001"},
		{"SELECT a " + rep("between 1 and not a ", n), "54001"},
		{rep("explain ", n) + "select 1", "54001"},
	} {
		_, err := parseAll(c.text, Auto)
		if got := sqlerr.Code(err); got != c.code {
			t.Errorf("%.40s: code %q, want %q", c.text, got, c.code)
		}
	}
}

func TestExpr(t *testing.T) {
	for text, ok := range map[string]bool{
		"1 + 2": true, "age > 0 AND age < 150": true, "'北京'::text": true, "ARRAY[]::text[]": true,
		"1 FROM t": false, "1, 2": false, "1 AS x": false, "": false, "1; DROP TABLE t": false, "DISTINCT a": false,
	} {
		if _, err := Expr(text); (err == nil) != ok {
			t.Errorf("Expr(%q): %v", text, err)
		}
	}
	if e, _ := Expr("a + b"); e.Pos() != 2 {
		t.Errorf("position %d, want 2", e.Pos())
	}
}

func TestText(t *testing.T) {
	for text, code := range map[string]string{"select 1\x00": "22021", "select '\xff'": "22021", "": "", "  -- x\n;;": ""} {
		if _, err := Statements(text); sqlerr.Code(err) != code {
			t.Errorf("%q: %v, want code %q", text, err, code)
		}
	}
}

func TestCache(t *testing.T) {
	c := newCache(10 * weight("select 10"))
	for i := range 100 {
		c.put(fmt.Sprintf("select %d", i%50), nil)
	}
	if c.used > c.limit || len(c.byKey) != c.order.Len() || c.order.Len() == 0 {
		t.Errorf("%d of %d bytes, %d entries, %d in order", c.used, c.limit, len(c.byKey), c.order.Len())
	}
	if _, ok := c.get("select 49"); !ok {
		t.Error("the newest entry is gone")
	}
}

func FuzzStatements(f *testing.F) {
	f.Add("SELECT a FROM t WHERE b = '男' GROUP BY 1")
	f.Add("COPY t FROM STDIN (FORMAT csv)")
	f.Add("SHOW TABLES")
	f.Add("select $$ ' $$, e'\\'', U&'\\0041' uescape '!', a.*, (b).c[1:2] -- x")
	f.Fuzz(func(t *testing.T, text string) {
		st, err := Statements(text)
		if err == nil {
			for _, s := range st {
				if s.Off < 0 || text[s.Off:s.Off+len(s.Text)] != s.Text {
					t.Errorf("span %d+%d is not %q", s.Off, len(s.Text), s.Text)
				}
			}
		} else if e := sqlerr.From(err); e.Code == "XX000" || e.Pos > len(text)+1 {
			t.Errorf("error %v, code %s, position %d of %d", err, e.Code, e.Pos, len(text))
		}
	})
}
