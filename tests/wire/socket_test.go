package wire

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"

	"tagd/tests/harness"
)

var sockets = []transcript{
	{"tcp_keepalives_idle", setting("tcp_keepalives_idle"), 1},
	{"tcp_keepalives_interval", setting("tcp_keepalives_interval"), 1},
	{"tcp_keepalives_count", setting("tcp_keepalives_count"), 1},
	{"tcp_user_timeout", setting("tcp_user_timeout"), 1},
	{"client_connection_check_interval", setting("client_connection_check_interval"), 1},
	{"undone with the transaction", q("begin; set tcp_keepalives_count = 3; show tcp_keepalives_count; rollback; show tcp_keepalives_count"), 1},
	{"pg_settings", q("set tcp_keepalives_idle = '2min'; select name, setting, boot_val, reset_val, source from pg_settings where name like 'tcp%' order by 1"), 1},
}

// setting shows, sets, unsets and breaks a setting.
func setting(name string) msgs {
	return q(strings.ReplaceAll("show X; set X = 50; show X; set X = 0; show X; set X = 60; show X; reset X; show X; set X = 70000; show X; set X = -1", "X", name))
}

func TestSocketSettings(t *testing.T) {
	compare(t, "sockets.txt", func(t *testing.T, s server) string { return runAll(t, s, sockets) })
}

// TestUnixSocket holds that tagd listens on a Unix socket, too, and what is shown there.
func TestUnixSocket(t *testing.T) {
	dir := t.TempDir()
	s := harness.Start(t, filepath.Join(t.TempDir(), "u.db"), "--socket-dir", dir, "--tls-generate")
	path := filepath.Join(dir, ".s.PGSQL."+s.Port())
	dial := func() *client {
		nc, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { nc.Close() })
		_ = nc.SetDeadline(time.Now().Add(20 * time.Second))
		return &client{Conn: nc, fe: pgproto3.NewFrontend(pgproto3.NewChunkReader(nc), nc)}
	}
	c := dial()
	c.write(t, request(sslCode)) // there is none over Unix sockets
	if b := make([]byte, 1); true {
		if _, err := c.Read(b); err != nil || b[0] != 'N' {
			t.Fatalf("%q, %v", b, err)
		}
	}
	c.write(t, user())
	c.read(1)
	c.write(t, encode(t, q(fmt.Sprintf(`show port; show unix_socket_directories; show listen_addresses; set tcp_keepalives_idle = 9; show tcp_keepalives_idle;
		select client_addr, client_port, inet_client_addr() from pg_stat_activity where pid = pg_backend_pid()`))))
	want := fmt.Sprintf("%q %q %q \"0\" NULL \"-1\" NULL", s.Port(), dir, "127.0.0.1")
	if got := rowsOf(c.read(1)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o777 {
		t.Errorf("%v, %v", info, err)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the socket is left behind")
	}
}

// rowsOf are the values of all rows of an answer.
func rowsOf(answer string) string {
	var out []string
	for _, l := range strings.Split(answer, "\n") {
		if v, ok := strings.CutPrefix(l, "  DataRow "); ok {
			out = append(out, v)
		}
	}
	return strings.Join(out, " ")
}

// TestGoneClient holds that client_connection_check_interval ends the statement of a
// client that has gone.
func TestGoneClient(t *testing.T) {
	check := func(t *testing.T, s server) {
		c, other := s.login(t), s.login(t)
		c.write(t, encode(t, join(q("set client_connection_check_interval = 100"), q("select count(*) from generate_series(1,1000000000000)"))))
		c.read(1)
		running := func() string {
			other.write(t, encode(t, q("select count(*) from pg_stat_activity where query like 'select count(*) from generate_series%'")))
			return rowsOf(other.read(1))
		}
		for i := 0; running() != `"1"`; i++ {
			if i > 100 {
				t.Fatal("the statement does not run")
			}
			time.Sleep(20 * time.Millisecond)
		}
		c.Close()
		for i := 0; running() != `"0"`; i++ {
			if i > 100 {
				t.Fatal("the statement goes on")
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	t.Run("tagd", func(t *testing.T) { check(t, startTagd(t)) })
	t.Run("postgres", func(t *testing.T) { check(t, startPostgres(t)) })
}
