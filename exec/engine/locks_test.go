package engine

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"tagd/sql/session"
)

// peer is a client that other sessions may speak to.
type peer struct {
	*client
	pid  int32
	mu   sync.Mutex
	got  []string
	full bool
	gone bool
}

func (p *peer) PID() int32 { return p.pid }
func (p *peer) Interrupt(end bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = p.gone || end
}

func (p *peer) Notify(n session.Notification) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.full {
		return false
	}
	p.got = append(p.got, n.Channel+"="+n.Payload)
	return true
}

// heard returns what came since the last call.
func (p *peer) heard() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := strings.Join(p.got, " ")
	p.got = nil
	return out
}

func newPeer(t testing.TB, e *Engine, pid int32) *peer {
	p := &peer{client: &client{}, pid: pid}
	s, err := e.Connect(context.Background(), map[string]string{"user": "tagd", "database": "tagd"}, p)
	if err != nil {
		t.Fatal(err)
	}
	p.Session = s
	return p
}

// TestNotify holds that what is notified arrives at commit, once, in order, and not
// when it was undone.
func TestNotify(t *testing.T) {
	e := newEngine(t, Options{})
	a, b := newPeer(t, e, 1), newPeer(t, e, 2)
	defer a.Close()
	defer b.Close()
	a.must(t, "LISTEN x")
	b.must(t, "CREATE TABLE t (a int)")
	b.must(t, "BEGIN; NOTIFY x, '1'; NOTIFY x, '1'; SAVEPOINT s; NOTIFY x, 'no'; ROLLBACK TO s; SELECT pg_notify('x', '2'); INSERT INTO t VALUES (1)")
	if got := a.heard(); got != "" {
		t.Fatal("before commit:", got)
	}
	b.must(t, "COMMIT")
	if got := a.heard(); got != "x=1 x=2" {
		t.Fatal(got)
	}
	b.must(t, "BEGIN; NOTIFY x, '3'; ROLLBACK")
	a.must(t, "NOTIFY x, 'self'")
	b.must(t, "NOTIFY y")
	if got := a.heard(); got != "x=self" {
		t.Fatal(got)
	}
	a.must(t, "BEGIN; UNLISTEN x; LISTEN z; ROLLBACK")
	b.must(t, "NOTIFY x; NOTIFY z")
	if got := a.heard(); got != "x=" {
		t.Fatal(got)
	}
	a.full = true
	b.must(t, "NOTIFY x")
	if !a.gone {
		t.Fatal("a client that does not read stays")
	}
	a.Close()
	b.must(t, "NOTIFY x")
}

// TestAdvisoryLocks holds that waiting ends with the lock, with lock_timeout and
// with the session that has the lock.
func TestAdvisoryLocks(t *testing.T) {
	e := newEngine(t, Options{})
	a, b := newPeer(t, e, 11), newPeer(t, e, 12)
	defer a.Close()
	defer b.Close()
	a.must(t, "SELECT pg_advisory_lock(7)")
	if out := b.show("SET lock_timeout = 20; SELECT pg_advisory_lock_shared(7)", ""); !strings.Contains(out, "55P03") {
		t.Fatal(out)
	}
	b.must(t, "SET lock_timeout = 0")
	done := make(chan string)
	go func() { done <- b.show("SELECT pg_advisory_xact_lock(7)", "") }()
	for !strings.Contains(a.show("SELECT pg_blocking_pids(12)", ""), "{11}") {
		time.Sleep(time.Millisecond)
	}
	if out := a.must(t, "SELECT wait_event_type, wait_event, state FROM pg_stat_activity WHERE pid = 12"); !strings.Contains(out, "Lock | advisory | active") {
		t.Fatal(out)
	}
	a.must(t, "SELECT pg_advisory_unlock(7)")
	if out := <-done; strings.Contains(out, "ERROR") {
		t.Fatal(out)
	}
	b.must(t, "BEGIN; SELECT pg_advisory_xact_lock(8)")
	go func() { done <- a.show("SELECT pg_advisory_lock(8)", "") }()
	time.Sleep(5 * time.Millisecond)
	b.Close()
	<-done
}

// deadlock lets b wait for a and then a for b: a must be told, with the line that says
// what it waits for, b must go on, and nothing may stay locked.
func deadlock(t *testing.T, e *Engine, a, b *peer, waits, closes, line string) {
	t.Helper()
	done := make(chan string)
	go func() { done <- b.show(waits, "") }()
	for e.locks.waiting(b.Session.(*Session)) == "" {
		time.Sleep(time.Millisecond)
	}
	if out := a.show(closes, ""); !strings.Contains(out, "40P01") || !strings.Contains(out, line) {
		t.Fatal(out)
	}
	if out := <-done; !strings.Contains(out, "INSERT 0 1") {
		t.Fatal(out)
	}
	a.must(t, "ROLLBACK")
	b.must(t, "COMMIT")
	if len(e.locks.by) != 0 || e.locks.num != 0 {
		t.Fatal("locks are left", e.locks.by)
	}
}

// TestDeadlock holds that circles are seen: through an advisory lock and a table, and
// through two tables.
func TestDeadlock(t *testing.T) {
	e := newEngine(t, Options{})
	a, b := newPeer(t, e, 21), newPeer(t, e, 22)
	defer a.Close()
	defer b.Close()
	a.must(t, "CREATE TABLE t (a int); CREATE TABLE u (a int)")
	a.must(t, "BEGIN; INSERT INTO t VALUES (1)")
	b.must(t, "BEGIN; SELECT pg_advisory_xact_lock(1)")
	deadlock(t, e, a, b, "INSERT INTO t VALUES (2)", "SELECT pg_advisory_xact_lock(1)",
		"Process 21 waits for ExclusiveLock on advisory lock [5,0,1,1]; blocked by process 22.")
	a.must(t, "BEGIN; INSERT INTO t VALUES (1)")
	b.must(t, "BEGIN; INSERT INTO u VALUES (1)")
	deadlock(t, e, a, b, "INSERT INTO t VALUES (2)", "INSERT INTO u VALUES (2)", "Process 21 waits for ShareLock on transaction")
	if out := a.must(t, "SELECT count(*) FROM t, u"); !strings.Contains(out, "2") { // t: 2, 2; u: 1
		t.Fatal(out)
	}
}

// TestTurnTimeouts holds that a statement that waits for another one's end keeps to
// its timeouts, and changes nothing.
func TestTurnTimeouts(t *testing.T) {
	e := newEngine(t, Options{})
	a, b := newPeer(t, e, 21), newPeer(t, e, 22)
	defer a.Close()
	defer b.Close()
	a.must(t, "CREATE TABLE t (a int)")
	busy := a.Session.(*Session)
	if ok, err := e.locks.tryLock(busy, writerTag, exclusiveLock, false); !ok {
		t.Fatal(err)
	}
	for setting, code := range map[string]string{"statement_timeout": "57014", "lock_timeout": "55P03"} {
		b.must(t, "SET "+setting+" = 20")
		if out := b.show("INSERT INTO t VALUES (1)", ""); !strings.Contains(out, code) {
			t.Fatal(setting, out)
		}
		b.must(t, "RESET "+setting)
	}
	e.locks.unlock(busy, writerTag, exclusiveLock)
	b.must(t, "INSERT INTO t VALUES (2)")
	if out := b.must(t, "SELECT sum(a) FROM t"); !strings.Contains(out, "2") {
		t.Fatal(out)
	}
}

// TestForUpdate holds that rows that one session has locked are not changed by
// another until its transaction ends.
func TestForUpdate(t *testing.T) {
	e := newEngine(t, Options{})
	a, b := newPeer(t, e, 31), newPeer(t, e, 32)
	defer a.Close()
	defer b.Close()
	a.must(t, "CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
	a.must(t, "BEGIN; SELECT * FROM t FOR UPDATE")
	if out := b.show("SELECT * FROM t FOR UPDATE NOWAIT", ""); !strings.Contains(out, `55P03 could not obtain lock on row in relation "t"`) {
		t.Fatal(out)
	}
	done := make(chan string)
	go func() { done <- b.show("UPDATE t SET a = a + 10", "") }()
	a.must(t, "UPDATE t SET a = 2; COMMIT")
	<-done
	if out := a.must(t, "SELECT a FROM t"); !strings.Contains(out, "12") {
		t.Fatal(out)
	}
}
