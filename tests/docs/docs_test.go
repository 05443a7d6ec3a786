// Package docs holds the pages under docs against the program: every block of
// SQL in them is run with psql, and the block of text that follows must be what
// psql shows.
//
// A page is one empty database, a block one psql session, in the page's order.
// `go test ./tests/docs -rewrite` writes what psql shows into the page.
package docs

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tagd/tests/harness"
)

var rewrite = flag.Bool("rewrite", false, "write what psql shows into the pages")

func TestPages(t *testing.T) {
	if _, err := exec.LookPath("psql"); err != nil {
		harness.Skip(t, "psql is not installed")
	}
	pages, err := filepath.Glob(filepath.Join(harness.Root(), "docs", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, page := range pages {
		t.Run(filepath.Base(page), func(t *testing.T) { checkPage(t, page) })
	}
}

func checkPage(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	srv := harness.Start(t, filepath.Join(t.TempDir(), "docs.db"))
	const open, answer = "\n```sql\n", "\n```\n\n```text\n"
	out, rest := "", string(text)
	for {
		before, after, ok := strings.Cut(rest, open)
		if !ok {
			break
		}
		sql, tail, ok := strings.Cut(after, answer)
		want, tail, ok2 := strings.Cut(tail, "```\n")
		if !ok || !ok2 || strings.Contains(sql, "```") {
			t.Fatalf("a block of SQL is followed by an empty line and a block of text: %.80s", after)
		}
		got := psql(t, srv.URL(), sql+"\n")
		if got != want && !*rewrite {
			t.Errorf("%s\npsql shows:\n%s\nthe page says:\n%s", sql, got, want)
		}
		out += before + open + sql + answer + got + "```\n"
		rest = tail
	}
	if *rewrite {
		if err := os.WriteFile(path, []byte(out+rest), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// psql runs statements and returns what a person sees.
func psql(t *testing.T, url, sql string) string {
	t.Helper()
	cmd := exec.Command("psql", "-X", url)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "PGCLIENTENCODING=UTF8", "PSQLRC=/dev/null")
	cmd.Stdin = strings.NewReader(sql)
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatalf("psql: %v", err)
	}
	var b strings.Builder
	for _, line := range strings.SplitAfter(string(out), "\n") {
		if trimmed := strings.TrimRight(line, " \n"); trimmed != "" || line == "\n" {
			b.WriteString(trimmed + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
