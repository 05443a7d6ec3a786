package wire

import (
	"strings"
	"testing"
	"time"
)

// TestTerminate holds that pg_terminate_backend ends a session wherever it waits for
// its client: to read what it is sent, to send what a COPY asks for, or to say what
// it wants.
func TestTerminate(t *testing.T) {
	s, _ := startCrowd(t)
	states := map[string]string{
		"slow reader":         "select repeat('x', 1000) from generate_series(1,10000000)",
		"slow reader of copy": "copy (select repeat('x', 1000) from generate_series(1,10000000)) to stdout",
		"copy in":             "copy empty from stdin",
		"idle in transaction": "begin; insert into empty values (5, 'x')",
		"failed transaction":  "begin; select 1/0",
	}
	killer := s.login(t)
	for name, sql := range states {
		t.Run(name, func(t *testing.T) {
			c := s.login(t)
			c.write(t, encode(t, q(sql)))
			time.Sleep(300 * time.Millisecond)
			count := "select count(*) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'"
			killer.write(t, encode(t, q("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'")))
			if got := killer.read(1); !strings.Contains(got, `DataRow "t"`) {
				t.Fatal(got)
			}
			for i := 0; ; i++ {
				killer.write(t, encode(t, q(count)))
				if strings.Contains(killer.read(1), `DataRow "0"`) {
					break
				}
				if i == 20 {
					t.Fatal("the session is still there")
				}
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
}
