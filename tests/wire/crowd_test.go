package wire

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"

	"tagd/tests/harness"
)

// rss is the resident memory of a process in MB.
func rss(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skipf("no /proc: %v", err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb >> 10
}

func startCrowd(t *testing.T, args ...string) (server, *harness.Tagd) {
	d := harness.Start(t, filepath.Join(t.TempDir(), "c.db"), args...)
	s := server{d.Addr, "tagd"}
	s.prepare(t)
	return s, d
}

// TestIdleConnections holds that 1,000 idle connections cost less than 60 MB.
func TestIdleConnections(t *testing.T) {
	s, d := startCrowd(t, "--max-connections", "1100")
	for range 20 { // what the first ones cost once
		c := s.login(t)
		c.write(t, encode(t, q("select 1")))
		c.read(1)
		c.Close()
	}
	before := rss(t, d.Cmd.Process.Pid)
	for range 1000 {
		c := s.login(t)
		c.write(t, encode(t, q("select 1")))
		if got := c.read(1); !strings.Contains(got, `DataRow "1"`) {
			t.Fatal(got)
		}
	}
	after := rss(t, d.Cmd.Process.Pid)
	t.Logf("%d MB, with 1,000 connections %d MB", before, after)
	if after-before >= 60 {
		t.Errorf("1,000 idle connections cost %d MB", after-before)
	}
}

// TestBusyConnections holds that 500 connections that all run queries get right
// answers in bounded memory.
func TestBusyConnections(t *testing.T) {
	s, d := startCrowd(t, "--max-connections", "600")
	var wg sync.WaitGroup
	start := make(chan bool)
	for i := range 500 {
		c := s.login(t)
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-start
			for round := range 10 {
				n := 1000 + (i*7+round)%500
				sql := fmt.Sprintf("select count(*), sum(g), '%d' from generate_series(1,%d) g", i, n)
				b, _ := (&pgproto3.Query{String: sql}).Encode(nil)
				if _, err := c.Write(b); err != nil {
					t.Error(err)
					return
				}
				want := fmt.Sprintf("DataRow %q %q %q\n", fmt.Sprint(n), fmt.Sprint(n*(n+1)/2), fmt.Sprint(i))
				if got := c.read(1); !strings.Contains(got, want) {
					t.Errorf("%s: %s", sql, got)
					return
				}
			}
		}()
	}
	close(start)
	wg.Wait()
	if mb := rss(t, d.Cmd.Process.Pid); mb > 400 {
		t.Errorf("%d MB", mb)
	}
}

// TestCancelQuickly holds that a CancelRequest ends a statement within 100 ms.
func TestCancelQuickly(t *testing.T) {
	s := startTagd(t)
	c := s.login(t)
	best := time.Hour
	for range 5 {
		c.write(t, encode(t, q("select count(*) from generate_series(1,10000000) a, generate_series(1,1000) b where a + b < 0")))
		time.Sleep(100 * time.Millisecond)
		k := s.dial(t)
		from := time.Now()
		k.write(t, request(cancelled, c.key.ProcessID, c.key.SecretKey))
		if got := c.read(1); !strings.Contains(got, `57014 "canceling statement due to user request"`) {
			t.Fatal(got)
		}
		best = min(best, time.Since(from))
		k.Close()
	}
	if best > 100*time.Millisecond {
		t.Errorf("the quickest of five took %v", best)
	}
}

// TestFlood holds that connections that never log in are bounded in number and in
// time, and do not keep those out that do once they are gone.
func TestFlood(t *testing.T) {
	s, d := startCrowd(t, "--max-connections", "10", "--authentication-timeout", "700ms")
	var flood []*client
	for i := range 200 {
		c := s.dial(t)
		switch i % 3 {
		case 0: // says nothing
		case 1:
			c.write(t, []byte("\x00\x00\x27\x00\x00\x03\x00\x00user\x00"))
		case 2:
			c.write(t, request(sslCode))
		}
		flood = append(flood, c)
	}
	gone := time.Now().Add(3 * time.Second)
	for _, c := range flood {
		_ = c.SetReadDeadline(gone)
		one := make([]byte, 1)
		for {
			if _, err := c.Read(one); os.IsTimeout(err) {
				t.Fatal("a connection that does not log in stays")
			} else if err != nil {
				break
			}
		}
	}
	c := s.login(t)
	c.write(t, encode(t, q("select 1")))
	if got := c.read(1); !strings.Contains(got, `DataRow "1"`) {
		t.Error(got)
	}
	if mb := rss(t, d.Cmd.Process.Pid); mb > 200 {
		t.Errorf("%d MB", mb)
	}
}

// TestSlowReader holds that a client that asks for much and reads nothing holds no
// memory and keeps nobody waiting, and goes when it is cancelled.
func TestSlowReader(t *testing.T) {
	s, d := startCrowd(t)
	slow := s.login(t)
	slow.write(t, encode(t, q("select repeat('x', 1000) from generate_series(1,10000000)")))
	copying := s.login(t)
	copying.write(t, encode(t, q("copy (select repeat('x', 1000) from generate_series(1,10000000)) to stdout")))
	time.Sleep(300 * time.Millisecond)
	before := rss(t, d.Cmd.Process.Pid)
	c := s.login(t)
	for range 20 {
		c.write(t, encode(t, q("insert into empty values (1,'x'); delete from empty")))
		if got := c.read(1); !strings.Contains(got, "DELETE 1") {
			t.Fatal(got)
		}
	}
	time.Sleep(300 * time.Millisecond)
	if after := rss(t, d.Cmd.Process.Pid); after > before+50 || after > 300 {
		t.Errorf("%d MB, then %d MB", before, after)
	}
}

// TestReservedSlots holds what the last connections are for.
func TestReservedSlots(t *testing.T) {
	s, _ := startCrowd(t, "--max-connections", "4", "--reserved-connections", "2")
	c := s.login(t)
	c.write(t, encode(t, q("create role wire_plain login")))
	if got := c.read(1); strings.Contains(got, "Error") {
		t.Fatal(got)
	}
	plain := func() string {
		c := s.dial(t)
		c.write(t, startupPacket(v3, "user", "wire_plain", "database", "tagd"))
		return c.read(1)
	}
	if got := plain(); !strings.Contains(got, "Ready I") {
		t.Fatal(got)
	}
	if got := plain(); !strings.Contains(got, `FATAL 53300 "remaining connection slots are reserved for non-replication superuser connections"`) {
		t.Error(got)
	}
	time.Sleep(50 * time.Millisecond)
	s.login(t)
	s.login(t)
	d := s.dial(t)
	d.write(t, user())
	if got := d.read(1); !strings.Contains(got, `FATAL 53300 "sorry, too many clients already"`) {
		t.Error(got)
	}
}
