// Package objects tests what several sessions see of each other's objects and
// what is left of them when the file is opened again. A file under testdata is a
// list of steps:
//
//	A: SQL, any number of lines
//	----
//	the answer to session A
//	(blank line)
//
// "A@postgres" is a session in another database; the steps "A: \q" (the session
// ends), "restart" and "kill" have no answer. Go test with -rewrite takes the
// answers of tagd.
package objects

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tagd/tests/harness"
)

var rewrite = flag.Bool("rewrite", false, "take the answers of tagd")

// tempNumber is what differs from run to run.
var tempNumber = regexp.MustCompile(`pg_temp_\d+`)

type world struct {
	t     *testing.T
	srv   *harness.Tagd
	conns map[string]*harness.Conn
}

func (w *world) conn(name string) *harness.Conn {
	if c := w.conns[name]; c != nil {
		return c
	}
	url := w.srv.URL()
	if _, db, ok := strings.Cut(name, "@"); ok {
		url = strings.Replace(url, "/tagd?", "/"+db+"?", 1)
	}
	c := harness.Dial(w.t, url)
	w.conns[name] = c
	return c
}

// end forgets a session; it is gone when the server says so.
func (w *world) end(name string) {
	if c := w.conns[name]; c != nil {
		_ = c.Raw().Close(context.Background())
		delete(w.conns, name)
		time.Sleep(200 * time.Millisecond)
	}
}

func (w *world) again(kill bool) {
	if kill {
		w.srv.Kill()
	}
	w.conns = map[string]*harness.Conn{}
	if !kill {
		if err := w.srv.Stop(); err != nil {
			w.t.Fatal(err)
		}
	}
	w.srv = harness.Start(w.t, w.srv.Data)
}

func (w *world) step(head string) (answer string) {
	switch head {
	case "restart", "kill":
		w.again(head == "kill")
		return ""
	}
	name, sql, _ := strings.Cut(head, ": ")
	if sql == `\q` {
		w.end(name)
		return ""
	}
	return tempNumber.ReplaceAllString(w.conn(name).Show(sql, harness.Options{}), "pg_temp_N")
}

func TestSessions(t *testing.T) {
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".test"), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			w := &world{t: t, srv: harness.Start(t, filepath.Join(t.TempDir(), "t.db")), conns: map[string]*harness.Conn{}}
			var out []string
			for _, block := range strings.Split(strings.TrimSpace(string(data)), "\n\n") {
				head, want, _ := strings.Cut(block+"\n", "\n----\n")
				head = strings.TrimSpace(head)
				got := w.step(head)
				out = append(out, strings.TrimSpace(head+"\n----\n"+got)+"\n")
				if !*rewrite && got != want {
					t.Errorf("%s\ngot:\n%swant:\n%s", head, got, want)
				}
			}
			if *rewrite {
				if err := os.WriteFile(path, []byte(strings.Join(out, "\n")), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
