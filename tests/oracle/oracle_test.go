// Package oracle runs text files of statements on tagd and on PostgreSQL 15 and
// compares everything that a client sees of them.
//
// A file under testdata is a list of cases:
//
//	query [sort] [differs: reason]
//	SQL, any number of lines
//	[==== what a COPY FROM STDIN is sent]
//	----
//	the answer
//	(blank line)
//
// The answer is PostgreSQL's: `go test ./tests/oracle -rewrite` takes it from
// there. A case marked "differs" has tagd's (-rewrite-kept takes those), and the
// reason says why the two are not the same.
package oracle

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagd/tests/harness"
)

var (
	rewrite     = flag.Bool("rewrite", false, "take the answers from PostgreSQL")
	rewriteKept = flag.Bool("rewrite-kept", false, "take the answers of cases that differ from tagd")
)

type testCase struct {
	header, sql, copy, want string
	sort, differs           bool
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
		head, rest, _ := strings.Cut(block, "\n")
		for strings.HasPrefix(head, "#") {
			var next string
			next, rest, _ = strings.Cut(rest, "\n")
			head += "\n" + next
			if !strings.HasPrefix(next, "#") {
				break
			}
		}
		last := head[strings.LastIndexByte(head, '\n')+1:]
		if !strings.HasPrefix(last, "query") {
			t.Fatalf("%s: a case starts with query, not %q", path, last)
		}
		c := testCase{header: head}
		body, want, _ := strings.Cut("\n"+rest, "\n----\n")
		c.want = want + "\n"
		if want == "" {
			body = strings.TrimSuffix(body, "\n----")
		}
		c.sql, c.copy, _ = strings.Cut(strings.TrimPrefix(body, "\n"), "\n====\n")
		if c.copy != "" {
			c.copy += "\n"
		}
		c.differs = strings.Contains(last, "differs:")
		c.sort = strings.Contains(strings.SplitN(last, "differs:", 2)[0], "sort")
		cases = append(cases, c)
	}
	return cases
}

func TestFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	statements, kept := 0, 0
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".test"), func(t *testing.T) {
			cases := parseFile(t, path)
			if !*rewrite {
				a, b := onTagd(t, cases)
				statements, kept = statements+a, kept+b
			}
			if !*rewriteKept {
				againstPostgres(t, cases)
			}
			if *rewrite || *rewriteKept {
				writeFile(t, path, cases)
			}
		})
	}
	t.Logf("%d statements, %d of them differ from PostgreSQL on purpose", statements, kept)
}

// onTagd holds tagd's answers against the file.
func onTagd(t *testing.T, cases []testCase) (statements, kept int) {
	srv := harness.Start(t, filepath.Join(t.TempDir(), "t.db"))
	conn := harness.Dial(t, srv.URL())
	for i := range cases {
		c := &cases[i]
		got := conn.Show(c.sql, harness.Options{Sort: c.sort, Copy: c.copy})
		if c.differs && *rewriteKept {
			c.want = got
		} else if got != c.want {
			t.Errorf("%s\ntagd:\n%swant:\n%s", c.sql, got, c.want)
		}
		statements++
		if c.differs {
			kept++
		}
	}
	return statements, kept
}

// againstPostgres holds the answers in the file against PostgreSQL's.
func againstPostgres(t *testing.T, cases []testCase) {
	t.Run("postgres", func(t *testing.T) {
		conn := harness.Dial(t, harness.Postgres(t))
		for i := range cases {
			c := &cases[i]
			got := conn.Show(c.sql, harness.Options{Sort: c.sort, Copy: c.copy})
			if c.differs {
				continue
			}
			if *rewrite {
				c.want = got
			} else if got != c.want {
				t.Errorf("%s\nPostgreSQL:\n%swant:\n%s", c.sql, got, c.want)
			}
		}
	})
}

func writeFile(t *testing.T, path string, cases []testCase) {
	var b strings.Builder
	for i, c := range cases {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(c.header + "\n" + c.sql + "\n")
		if c.copy != "" {
			b.WriteString("====\n" + c.copy)
		}
		b.WriteString("----\n" + c.want)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
