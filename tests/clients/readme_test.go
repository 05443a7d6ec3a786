package clients

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tagd/tests/harness"
)

// fenced returns the contents of the README's code blocks of a language.
func fenced(t *testing.T, language string) string {
	data, err := os.ReadFile(filepath.Join(harness.Root(), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	in := false
	s := bufio.NewScanner(strings.NewReader(string(data)))
	for s.Scan() {
		line := s.Text()
		switch {
		case strings.HasPrefix(line, "```"):
			in = !in && line == "```"+language
		case in:
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// TestReadme runs what the README tells a newcomer to type, in its order, with
// fewer users.
func TestReadme(t *testing.T) {
	if _, err := exec.LookPath("psql"); err != nil {
		harness.Skip(t, "psql is not installed")
	}
	dir := t.TempDir()
	data := filepath.Join(dir, "demo.db")
	demo := exec.Command(harness.Binary(t), "demo", "--users", "20000", "--data", data, "--load-only")
	if out, err := demo.CombinedOutput(); err != nil {
		t.Fatalf("tagd demo: %v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "members.csv"), []byte(fenced(t, "csv")), 0o644); err != nil {
		t.Fatal(err)
	}
	srv := harness.Start(t, data)
	cmd := exec.Command("psql", "-X", "-v", "ON_ERROR_STOP=1", srv.URL())
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "PGCLIENTENCODING=UTF8")
	cmd.Stdin = strings.NewReader(fenced(t, "psql"))
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "ERROR") {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"成都 |     2 | 1280.50", "UPDATE 1", "ALTER TABLE", "INSERT 0 1", "QUERY PLAN", "(6 rows)"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
