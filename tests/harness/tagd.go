// Package harness starts what the tests of this folder talk to: the tagd
// program itself, as a process, and a private PostgreSQL 15.
package harness

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// CI reports whether a missing tool is a failure instead of a skip.
func CI() bool { return os.Getenv("TAGD_CI") != "" }

// Skip skips the test with a reason, or fails it under TAGD_CI.
func Skip(t testing.TB, format string, args ...any) {
	t.Helper()
	if CI() {
		t.Fatalf("TAGD_CI is set and so this may not be skipped: "+format, args...)
	}
	t.Skipf(format, args...)
}

// Root is the top folder of the repository.
var Root = sync.OnceValue(func() string {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		panic(err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
})

var build = sync.OnceValues(func() (string, error) {
	sweep()
	dir, err := os.MkdirTemp("", binDir)
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "tagd")
	args := []string{"build", "-o", bin}
	if os.Getenv("TAGD_TEST_RACE") != "" {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "./cmd/tagd")...)
	cmd.Dir = Root()
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return bin, nil
})

// binDir begins the names of the folders of built programs. Nothing runs at the end
// of a test process, so a folder stays until a later process sweeps it.
const binDir = "tagd-test-bin"

// sweep removes the programs of test processes that have ended: no test runs for
// an hour.
func sweep() {
	old, _ := filepath.Glob(filepath.Join(os.TempDir(), binDir+"*"))
	for _, dir := range old {
		if i, err := os.Stat(dir); err == nil && time.Since(i.ModTime()) > time.Hour {
			os.RemoveAll(dir)
		}
	}
}

// Binary builds the tagd program once for a test run and returns its path.
func Binary(t testing.TB) string {
	t.Helper()
	bin, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// Tagd is a running server process.
type Tagd struct {
	Addr string // host:port
	Data string
	Cmd  *exec.Cmd
	log  *syncBuffer
	// wait reaps the process once, whoever asks first: exec.Cmd.Wait may be
	// called by one goroutine only, and a test's timer kills beside the test.
	wait func() error
}

var serving = regexp.MustCompile(`serves .* on (\S+:\d+)`)

// Start serves a data file (created if need be) on a free port until the test
// ends or Stop or Kill is called.
func Start(t testing.TB, data string, args ...string) *Tagd {
	t.Helper()
	s := &Tagd{Data: data, log: &syncBuffer{}}
	s.Cmd = exec.Command(Binary(t), append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, args...)...)
	s.Cmd.Stderr = s.log
	out, err := s.Cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.wait = sync.OnceValue(s.Cmd.Wait)
	t.Cleanup(func() { s.Kill() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := serving.FindStringSubmatch(lines.Text()); m != nil {
			s.Addr = m[1]
			go func() {
				for lines.Scan() {
				}
			}()
			return s
		}
	}
	t.Fatalf("tagd did not start: %s", s.Log())
	return nil
}

// URL is the connection string of the server.
func (s *Tagd) URL() string { return "postgres://tagd@" + s.Addr + "/tagd?sslmode=disable" }

// Host and Port are the parts of Addr.
func (s *Tagd) Host() string { return s.Addr[:strings.LastIndexByte(s.Addr, ':')] }

// Port is the port of Addr.
func (s *Tagd) Port() string { return s.Addr[strings.LastIndexByte(s.Addr, ':')+1:] }

// Log is what the server wrote to standard error.
func (s *Tagd) Log() string { return s.log.String() }

// Kill ends the process as kill -9 does. It may be called twice, also at once;
// it returns when the process is gone.
func (s *Tagd) Kill() {
	_ = s.Cmd.Process.Kill() // an error says that it has ended already
	_ = s.wait()
}

// Stop asks the process to drain and waits for a clean exit.
func (s *Tagd) Stop() error {
	if err := s.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- s.wait() }()
	select {
	case err := <-done:
		return err
	case <-time.After(20 * time.Second):
		_ = s.Cmd.Process.Kill()
		return errors.New("the server did not stop within 20 s")
	}
}

type syncBuffer struct {
	mu  sync.Mutex
	buf strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
