package wire

import (
	"strings"
	"testing"
	"time"
)

var timeouts = []transcript{
	{"idle session", q("set idle_session_timeout = '100ms'"), 2},
	{"idle in a block", join(q("set idle_in_transaction_session_timeout = 100"), q("begin")), 3},
	{"idle in a failed block", join(q("set idle_in_transaction_session_timeout = 100"), q("begin; select nope")), 3},
	{"statement", join(q("set statement_timeout = 100"), q("select count(*) from generate_series(1,1000000000000)"), q("show statement_timeout")), 3},
	// The time begins with Parse: on a busy machine it must be enough for what comes
	// before Execute.
	{"statement of a pipeline", join(q("set statement_timeout = 1500"), all("select count(*) from generate_series(1,1000000000000)"), syn), 2},
	{"statement, pg_sleep", join(q("set statement_timeout = 100"), q("select pg_sleep(10)")), 2},
}

func TestTimeouts(t *testing.T) {
	compare(t, "timeouts.txt", func(t *testing.T, s server) string { return runAll(t, s, timeouts) })
}

// TestLockTimeout holds that a statement that waits for another's change gives up.
func TestLockTimeout(t *testing.T) {
	check := func(t *testing.T, s server) {
		a, b := s.login(t), s.login(t)
		a.write(t, encode(t, q("begin; update t set b = 'x' where a = 1")))
		a.read(1)
		b.write(t, encode(t, join(q("set lock_timeout = '100ms'"), q("update t set b = 'y' where a = 1"))))
		if got := b.read(2); !strings.Contains(got, `ERROR 55P03 "canceling statement due to lock timeout"`) {
			t.Error(got)
		}
	}
	t.Run("tagd", func(t *testing.T) { check(t, startTagd(t)) })
	t.Run("postgres", func(t *testing.T) { check(t, startPostgres(t)) })
}

// TestSplitMessages holds that a message may come byte by byte.
func TestSplitMessages(t *testing.T) {
	s := startTagd(t)
	c := s.login(t)
	c.write(t, encode(t, q("set idle_session_timeout = '5s'")))
	c.read(1)
	for _, b := range encode(t, join(all("select $1::text || 'y'", "x"), syn)) {
		c.write(t, []byte{b})
		time.Sleep(time.Millisecond)
	}
	if got := c.read(1); !strings.Contains(got, `DataRow "xy"`) {
		t.Error(got)
	}
}
