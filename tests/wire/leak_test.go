package wire

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// open counts the open files of a process, most of which are connections.
func open(t *testing.T, pid int) int {
	t.Helper()
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Skipf("no /proc: %v", err)
	}
	return len(list)
}

// TestAborted holds that clients that go away, at whatever stage, leave neither a
// connection nor memory nor a session behind.
func TestAborted(t *testing.T) {
	s, d := startCrowd(t, "--max-connections", "50")
	login := func(then ...string) func() {
		return func() {
			c := s.login(t)
			for _, sql := range then {
				c.write(t, encode(t, q(sql)))
			}
			if len(then) > 0 {
				time.Sleep(2 * time.Millisecond)
			}
			c.Close()
		}
	}
	raw := func(b []byte) func() {
		return func() {
			c := s.dial(t)
			if len(b) > 0 {
				c.write(t, b)
			}
			c.Close()
		}
	}
	stages := []func(){
		raw(nil), raw([]byte("\x00\x00")), raw([]byte("\x00\x00\x27\x00\x00\x03\x00\x00user\x00")), raw(request(sslCode)), raw([]byte("GET / HTTP/1.1\r\n\r\n")),
		raw(user()), raw(request(cancelled, 1, 2)),
		login(), login("begin; insert into empty values (1, 'x')"), login("copy empty from stdin"), login("copy (select generate_series(1, 1000000)) to stdout"),
		login("select repeat('x', 1000) from generate_series(1, 100000)"), login("begin; declare c cursor with hold for select generate_series(1, 100000); commit; fetch 1 c"),
		login("listen x; select pg_advisory_lock(7)"), login("create temp table gone (a int); insert into gone values (1)"), login("prepare p as select 1; begin; savepoint a; select 1/0"),
	}
	round := func(n int) {
		for range n {
			for _, f := range stages {
				f()
			}
		}
	}
	round(3) // what the first ones cost once
	time.Sleep(500 * time.Millisecond)
	files, memory := open(t, d.Cmd.Process.Pid), rss(t, d.Cmd.Process.Pid)
	round(60)
	c := s.login(t)
	count := "select count(*), (select count(*) from pg_locks where locktype = 'advisory'), (select count(*) from pg_class where relname = 'gone') " +
		"from pg_stat_activity where backend_type = 'client backend'"
	got := ""
	for range 50 {
		c.write(t, encode(t, q(count)))
		if got = c.read(1); strings.Contains(got, `DataRow "1" "0" "0"`) && open(t, d.Cmd.Process.Pid) <= files+1 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !strings.Contains(got, `DataRow "1" "0" "0"`) {
		t.Errorf("left behind: %s", got)
	}
	if n := open(t, d.Cmd.Process.Pid); n > files+1 {
		t.Errorf("%d open files, then %d", files, n)
	}
	if mb := rss(t, d.Cmd.Process.Pid); mb > memory+40 {
		t.Errorf("%d MB, then %d MB", memory, mb)
	}
}
