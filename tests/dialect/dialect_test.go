// Package dialect runs statements in MySQL's dialect, which PostgreSQL cannot
// read, on tagd.
//
// A file under testdata is a list of cases, each file with an empty database:
//
//	both        a statement that PostgreSQL runs, too: what the pairs stand on
//	pair [sort] a statement, a line "====", and the statement of Postgres that
//	            must give the same types and rows: on tagd and on PostgreSQL 15
//	query [sort] a statement whose answer was looked at by hand
//
// followed by "----" and the answer of tagd; -rewrite takes the answers anew.
package dialect

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tagd/tests/harness"
)

var rewrite = flag.Bool("rewrite", false, "take the answers from tagd")

type testCase struct {
	head, kind, sql, same, want string
	sort                        bool
}

func parseFile(t *testing.T, path string) (cases []testCase) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(data), "\n\n") {
		block = strings.Trim(block, "\n")
		if block == "" {
			continue
		}
		c := testCase{}
		rest := block
		for {
			var line string
			line, rest, _ = strings.Cut(rest, "\n")
			c.head += line + "\n"
			if !strings.HasPrefix(line, "#") {
				words := strings.Fields(line)
				c.kind, c.sort = words[0], len(words) > 1 && words[1] == "sort"
				break
			}
		}
		body, want, _ := strings.Cut("\n"+rest, "\n----\n")
		body = strings.TrimPrefix(strings.TrimSuffix(body, "\n----"), "\n")
		c.want = want + "\n"
		c.sql, c.same, _ = strings.Cut(body, "\n====\n")
		if (c.kind == "pair") != (c.same != "") || c.kind != "pair" && c.kind != "query" && c.kind != "both" {
			t.Fatalf("%s: a case of kind %q with %q", path, c.kind, c.sql)
		}
		cases = append(cases, c)
	}
	return cases
}

func TestFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	n := 0
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".test"), func(t *testing.T) {
			cases := parseFile(t, path)
			n += len(cases)
			onTagd(t, cases)
			if *rewrite {
				writeFile(t, path, cases)
			}
		})
	}
	t.Logf("%d statements", n)
}

func onTagd(t *testing.T, cases []testCase) {
	srv := harness.Start(t, filepath.Join(t.TempDir(), "t.db"))
	conn := harness.Dial(t, srv.URL())
	for i := range cases {
		c := &cases[i]
		got := conn.Show(c.sql, harness.Options{Sort: c.sort})
		if c.same != "" {
			if same := conn.Show(c.same, harness.Options{Sort: c.sort}); typesAndRows(same) != typesAndRows(got) {
				t.Errorf("%s\ngives:\n%s%s\ngives:\n%s", c.sql, got, c.same, same)
			}
		}
		if *rewrite {
			c.want = got
		} else if got != c.want {
			t.Errorf("%s\ntagd:\n%swant:\n%s", c.sql, got, c.want)
		}
	}
}

// TestPairs runs the Postgres side of the pairs on PostgreSQL.
func TestPairs(t *testing.T) {
	url := harness.Postgres(t)
	files, _ := filepath.Glob("testdata/*.test")
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".test"), func(t *testing.T) {
			conn := harness.Dial(t, url)
			conn.Must(t, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
			for _, c := range parseFile(t, path) {
				sql := c.same
				if c.kind == "both" {
					sql = c.sql
				}
				if sql == "" {
					continue
				}
				if got := conn.Show(sql, harness.Options{Sort: c.sort}); typesAndRows(got) != typesAndRows(c.want) {
					t.Errorf("%s\nPostgreSQL:\n%swant:\n%s", sql, got, c.want)
				}
			}
		})
	}
}

var columnName = regexp.MustCompile(`(^| \| )[^|]*:(\d+)`)

// typesAndRows is an answer without the names of its columns and without the
// places of errors, which are in other texts.
func typesAndRows(answer string) string {
	first, rest, _ := strings.Cut(answer, "\n")
	if strings.HasPrefix(first, "ERROR") {
		return regexp.MustCompile(` at \d+:`).ReplaceAllString(first, ":") + "\n" + rest
	}
	if !strings.HasPrefix(first, "->") && !strings.HasPrefix(first, "NOTICE") {
		first = columnName.ReplaceAllString(first, "$1$2")
	}
	return first + "\n" + rest
}

func writeFile(t *testing.T, path string, cases []testCase) {
	var b strings.Builder
	for i, c := range cases {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(c.head + c.sql + "\n")
		if c.same != "" {
			b.WriteString("====\n" + c.same + "\n")
		}
		b.WriteString("----\n" + c.want)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
