// Package roles tests who may do what. A file under testdata is a list of steps:
//
//	role: SQL, any number of lines
//	----
//	PostgreSQL's answer to a session of the role
//	(blank line)
//
// A role has one session, which "role: \q" ends. Go test with -rewrite takes the
// answers of a private PostgreSQL 15; without it they are held against tagd's.
package roles

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tagd/tests/harness"
)

var rewrite = flag.Bool("rewrite", false, "take the answers of PostgreSQL 15")

// world is a server with the sessions of its roles.
type world struct {
	t     *testing.T
	url   string // of the superuser tagd
	conns map[string]*harness.Conn
}

func (w *world) step(head string) string {
	role, sql, _ := strings.Cut(head, ": ")
	if sql == `\q` {
		if c := w.conns[role]; c != nil {
			_ = c.Raw().Close(context.Background())
			delete(w.conns, role)
			time.Sleep(100 * time.Millisecond)
		}
		return ""
	}
	c := w.conns[role]
	if c == nil {
		c = harness.Dial(w.t, strings.Replace(w.url, "//tagd@", "//"+role+"@", 1))
		w.conns[role] = c
	}
	return c.Show(sql, harness.Options{})
}

func (w *world) close() {
	for _, c := range w.conns {
		_ = c.Raw().Close(context.Background())
	}
}

func TestFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".test"), func(t *testing.T) { file(t, path) })
	}
}

func file(t *testing.T, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, conns: map[string]*harness.Conn{}}
	defer w.close()
	if *rewrite {
		w.url = harness.Postgres(t)
	} else {
		w.url = harness.Start(t, filepath.Join(t.TempDir(), "t.db")).URL()
	}
	var out []string
	for _, block := range strings.Split(strings.TrimSpace(string(data)), "\n\n") {
		head, want, _ := strings.Cut(block+"\n", "\n----\n")
		head = strings.TrimSpace(head)
		got := w.step(head)
		out = append(out, strings.TrimSpace(head+"\n----\n"+got)+"\n")
		if !*rewrite && strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%s\ngot:\n%swant:\n%s", head, got, want)
		}
	}
	if *rewrite {
		if err := os.WriteFile(path, []byte(strings.Join(out, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
