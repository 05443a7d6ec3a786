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
	"fmt"
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
	pg := ""
	if harness.HavePostgres() && !*rewriteKept {
		pg = harness.Postgres(t)
	}
	statements, kept, wrong := 0, 0, 0
	var list []keptCase
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".test")
		cases := parseFile(t, path)
		t.Run(name, func(t *testing.T) {
			if !*rewrite {
				wrong += onTagd(t, cases)
			}
			if !*rewriteKept {
				t.Run("postgres", func(t *testing.T) { againstPostgres(t, pg, cases) })
			}
			if *rewrite || *rewriteKept {
				writeFile(t, path, cases)
			}
		})
		statements += len(cases)
		for _, c := range cases {
			if c.differs {
				kept++
				list = append(list, keptCase{name, c})
			}
		}
	}
	checkList(t, list)
	fmt.Printf("%d statements, %d differences outside the list (%d kept on purpose, see DIFFERENCES.md)\n", statements, wrong, kept)
}

// keptCase is a case whose answer is not PostgreSQL's, on purpose.
type keptCase struct {
	file string
	c    testCase
}

// checkList holds DIFFERENCES.md against the cases that are marked "differs".
func checkList(t *testing.T, list []keptCase) {
	var b strings.Builder
	b.WriteString("# Where tagd answers otherwise than PostgreSQL 15, on purpose\n\n" +
		"Made from the cases marked `differs` in testdata; `go test ./tests/oracle -rewrite-kept` writes it.\n\n" +
		"| file | statement | reason |\n|---|---|---|\n")
	for _, k := range list {
		_, reason, _ := strings.Cut(k.c.header, "differs:")
		sql := strings.Join(strings.Fields(k.c.sql), " ")
		if len([]rune(sql)) > 100 {
			sql = string([]rune(sql)[:97]) + "..."
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", k.file, strings.ReplaceAll(sql, "|", "\\|"), strings.TrimSpace(reason))
	}
	const path = "DIFFERENCES.md"
	if *rewrite || *rewriteKept {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, _ := os.ReadFile(path)
	if string(have) != b.String() {
		t.Errorf("%s is not what the cases say; go test ./tests/oracle -rewrite-kept writes it", path)
	}
}

// onTagd holds tagd's answers against the file and counts the wrong ones.
func onTagd(t *testing.T, cases []testCase) (wrong int) {
	srv := harness.Start(t, filepath.Join(t.TempDir(), "t.db"))
	conn := harness.Dial(t, srv.URL())
	for i := range cases {
		c := &cases[i]
		got := conn.Show(c.sql, harness.Options{Sort: c.sort, Copy: c.copy})
		if c.differs && *rewriteKept {
			c.want = got
		} else if got != c.want {
			t.Errorf("%s\ntagd:\n%swant:\n%s", c.sql, got, c.want)
			wrong++
		}
	}
	return wrong
}

// againstPostgres holds the answers in the file against PostgreSQL's, in a
// fresh database of the server at url.
func againstPostgres(t *testing.T, url string, cases []testCase) {
	if url == "" {
		harness.Skip(t, "PostgreSQL 15 is not installed")
	}
	harness.Fresh(t, url)
	conn := harness.Dial(t, url)
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
