package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tagd/exec/engine"
	wired "tagd/server"
	"tagd/storage"
)

// pipes is a listener of connections in memory.
type pipes struct{ next chan net.Conn }

func (p *pipes) Accept() (net.Conn, error) {
	c, ok := <-p.next
	if !ok {
		return nil, errors.New("closed")
	}
	return c, nil
}
func (p *pipes) Close() error   { return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// local is a pipe that says it comes from this machine, as a role without a
// password must.
type local struct {
	net.Conn
	closed chan bool
}

// Close tells that the server has done with it.
func (l local) Close() error {
	defer func() { l.closed <- true }()
	return l.Conn.Close()
}

func (local) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// faults are what the server has logged of panics and internal errors.
type faults struct {
	sync.Mutex
	lines []string
}

func (f *faults) logf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if strings.Contains(text, "panic") {
		f.Lock()
		f.lines = append(f.lines, text)
		f.Unlock()
	}
}

func (f *faults) take() string {
	f.Lock()
	defer f.Unlock()
	out := strings.Join(f.lines, "\n")
	f.lines = nil
	return out
}

// FuzzMessages feeds a server in this process with what a client might send, before
// it has logged in and afterwards: it may answer or close, but not panic and not
// hang.
func FuzzMessages(f *testing.F) {
	db, err := storage.Open(filepath.Join(f.TempDir(), "f.db"), storage.Options{Keys: engine.Keyer})
	if err != nil {
		f.Fatal(err)
	}
	eng, err := engine.New(db, engine.Options{MemPerQuery: 16 << 20, Workers: 1})
	if err != nil {
		f.Fatal(err)
	}
	var seen faults
	ln := &pipes{make(chan net.Conn)}
	srv := wired.New(eng, wired.Options{Logf: seen.logf, MaxConnections: 1000, Superuser: engine.Superuser})
	go srv.Serve(ln)
	f.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = srv.Shutdown(ctx)
		close(ln.next)
		_ = db.Close()
	})
	for _, list := range [][]transcript{transcripts, copies} {
		for _, tr := range list {
			f.Add(encode(f, tr.send), true)
		}
	}
	for _, st := range starts {
		f.Add(st.steps[len(st.steps)-1], false)
	}
	f.Add(append(request(cancelled, 1, 2), user()...), false)
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), false)
	first := user("options", "-c statement_timeout=100")
	f.Fuzz(func(t *testing.T, in []byte, loggedIn bool) {
		here, there := net.Pipe()
		over := local{there, make(chan bool, 2)}
		ln.next <- over
		_ = here.SetDeadline(time.Now().Add(10 * time.Second))
		gone := make(chan error, 1)
		go func() {
			_, err := io.Copy(io.Discard, here)
			gone <- err
		}()
		if loggedIn {
			_, _ = here.Write(first)
		}
		_, err := here.Write(in)
		if errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the server reads nothing: %v", err)
		}
		_ = here.Close()
		<-gone
		select {
		case <-over.closed:
		case <-time.After(10 * time.Second):
			t.Error("the connection hangs")
		}
		if what := seen.take(); what != "" {
			t.Error(what)
		}
	})
}
