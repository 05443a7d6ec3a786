package dialect

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"tagd/tests/harness"
)

// TestKill ends a running statement and then the connection from another one.
func TestKill(t *testing.T) {
	srv := harness.Start(t, filepath.Join(t.TempDir(), "t.db"))
	a, b := harness.Dial(t, srv.URL()), harness.Dial(t, srv.URL())
	id := a.Must(t, "SELECT pg_backend_pid()")[0][0]
	run := func(sql string) chan error {
		done := make(chan error, 1)
		go func() {
			_, err := a.Raw().Exec(context.Background(), sql).ReadAll()
			done <- err
		}()
		return done
	}
	const slow = "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b"
	done := run(slow)
	waitFor(t, func() bool { return process(t, b, id) == "Query" })
	b.Must(t, "KILL QUERY "+id)
	expect(t, done, "57014")
	if got := a.Must(t, "SELECT 1")[0][0]; got != "1" {
		t.Errorf("after KILL QUERY: %s", got)
	}
	done = run(slow)
	waitFor(t, func() bool { return process(t, b, id) == "Query" })
	b.Must(t, "KILL "+id)
	expect(t, done, "57P01")
	// An idle connection goes, too.
	c := harness.Dial(t, srv.URL())
	id = c.Must(t, "SELECT pg_backend_pid()")[0][0]
	b.Must(t, "KILL CONNECTION "+id)
	waitFor(t, func() bool { return process(t, b, id) == "" })
}

// process is what a connection does by SHOW PROCESSLIST, "" if it is gone.
func process(t *testing.T, c *harness.Conn, id string) string {
	for _, row := range c.Must(t, "SHOW PROCESSLIST") {
		if row[0] == id {
			return row[4]
		}
	}
	return ""
}

func waitFor(t *testing.T, ready func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ready(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
	}
}

func expect(t *testing.T, done chan error, code string) {
	t.Helper()
	select {
	case err := <-done:
		var pe *pgconn.PgError
		if !errors.As(err, &pe) || pe.Code != code {
			t.Errorf("%v, want %s", err, code)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("the statement goes on, want %s", code)
	}
}
