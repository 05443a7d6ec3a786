package engine

import "testing"

// TestAlterSystem holds that what ALTER SYSTEM sets takes effect for running and new
// sessions when it is asked for, what needs a restart after one, and that a session
// keeps what it has set itself.
func TestAlterSystem(t *testing.T) {
	store := openStore(t)
	start := func() *Engine {
		e, err := New(store, Options{Shown: map[string]string{"port": "7"}})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := start()
	a, b := newPeer(t, e, 1), newPeer(t, e, 2)
	shows := func(p *peer, name, want string) {
		t.Helper()
		p.must(t, "SELECT 1")
		if got := p.Setting(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	first := a.Setting("max_wal_senders")
	b.must(t, "SET work_mem = '2MB'")
	for _, sql := range []string{"SET work_mem = '64MB'", "SET statement_timeout = 5000", "SET max_wal_senders = 77", "SET port = 8"} {
		a.must(t, "ALTER SYSTEM "+sql)
	}
	shows(a, "statement_timeout", "0")
	a.must(t, "SELECT pg_reload_conf()")
	shows(a, "statement_timeout", "5s")
	shows(a, "work_mem", "64MB")
	shows(b, "work_mem", "2MB")
	b.must(t, "RESET work_mem")
	shows(b, "work_mem", "64MB")
	b.must(t, "BEGIN")
	a.must(t, "ALTER SYSTEM RESET work_mem")
	a.must(t, "SELECT pg_reload_conf()")
	shows(b, "work_mem", "64MB")
	b.must(t, "COMMIT")
	shows(b, "work_mem", bootValues()["work_mem"])
	shows(a, "max_wal_senders", first)
	c := newPeer(t, start(), 3)
	shows(c, "max_wal_senders", "77")
	shows(c, "statement_timeout", "5s")
	shows(c, "port", "7")
}
