package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

var (
	wireOnly = flag.Bool("wire", false, "measure what clients do all day instead (needs pgbench, psql and pg_dump)")
	beside   = flag.String("postgres", "", "host:port of a PostgreSQL 15 to measure beside, with -wire (user tagd, database postgres)")
)

// wire measures statements that cost nothing but the protocol, beside PostgreSQL,
// and the catalog as clients read it.
func wire(bin string) {
	s := connect(bin, filepath.Join(*dir, "wire.db"), "--max-connections", "1200")
	defer s.stop()
	for _, mode := range []string{"simple", "extended", "prepared"} {
		s.pgbench(mode)
	}
	s.describe()
	s.dump()
	s.cancel()
	s.idle()
}

// rounds is how often the two servers are measured in turn: the best of each
// counts, since what disturbs a run only makes it slower.
const rounds = 5

func (s *served) pgbench(mode string) {
	script := filepath.Join(*dir, "select.sql")
	must(os.WriteFile(script, []byte("SELECT 1;\n"), 0o644))
	var ours, theirs float64
	for range rounds {
		ours = max(ours, tps(mode, script, s.addr, "tagd"))
		if *beside != "" {
			theirs = max(theirs, tps(mode, script, *beside, "postgres"))
		}
	}
	got := fmt.Sprintf("%.0f/s", ours)
	if theirs > 0 {
		got += fmt.Sprintf(", PostgreSQL %.0f/s: %.0f %%", theirs, 100*ours/theirs)
	}
	report("SELECT 1 by pgbench, 8 clients, "+mode, "70 % of PostgreSQL's rate at least", "%s", got)
}

// tps is the rate of one run of pgbench.
func tps(mode, script, addr, db string) float64 {
	host, port, _ := strings.Cut(addr, ":")
	out, err := exec.Command("pgbench", "-n", "-h", host, "-p", port, "-U", "tagd", "-c", "8", "-j", "2", "-T", "2", "-M", mode, "-f", script, db).CombinedOutput()
	if err != nil {
		must(fmt.Errorf("pgbench: %w\n%s", err, out))
	}
	_, rest, _ := strings.Cut(string(out), "tps = ")
	rate, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	must(err)
	return rate
}

// best is the shortest of some runs of a program.
func best(name string, args ...string) time.Duration {
	least := time.Hour
	for range rounds {
		start := time.Now()
		cmd := exec.Command(name, args...)
		cmd.Stderr = os.Stderr
		_, err := cmd.Output()
		must(err)
		least = min(least, time.Since(start))
	}
	return least
}

func (s *served) exec(sql string) {
	_, err := s.conn.Exec(context.Background(), sql)
	must(err)
}

// describe is psql's \d of a table of 3,000 columns, psql's own start included.
func (s *served) describe() {
	var b strings.Builder
	b.WriteString("CREATE TABLE wide (user_id bigint PRIMARY KEY")
	for i := range 2999 {
		fmt.Fprintf(&b, ", tag_%d %s", i, []string{"text", "int", "text[]", "numeric(10,2)", "date"}[i%5])
	}
	s.exec(b.String() + ")")
	report(`psql's \d of a table of 3,000 columns`, "150 ms", "%d ms", best("psql", s.url(), "-X", "-c", `\d wide`).Milliseconds())
}

// dump is pg_dump -s of 200 tables.
func (s *served) dump() {
	for i := range 200 {
		s.exec(fmt.Sprintf("CREATE TABLE dump_%d (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'x', tags text[], n numeric(10,2) CHECK (n > 0), at timestamptz)", i))
	}
	report("pg_dump -s of 200 tables", "3 s", "%.2f s", best("pg_dump", "-s", s.url()).Seconds())
}

// cancel is the time from a CancelRequest to the error of a statement over
// 10,000,000 rows.
func (s *served) cancel() {
	s.exec("CREATE TABLE ten AS SELECT g AS id, g % 1000 AS n FROM generate_series(1, 10000000) g")
	worst := time.Duration(0)
	for range rounds {
		done := make(chan error, 1)
		go func() {
			_, err := s.conn.Exec(context.Background(), "SELECT count(*) FROM ten a JOIN ten b ON a.n = b.n WHERE a.id + b.id < 0")
			done <- err
		}()
		time.Sleep(300 * time.Millisecond)
		start := time.Now()
		must(s.conn.PgConn().CancelRequest(context.Background()))
		if err := <-done; err == nil || !strings.Contains(err.Error(), "57014") {
			must(fmt.Errorf("the statement was not canceled: %v", err))
		}
		worst = max(worst, time.Since(start))
	}
	report("CancelRequest ends a join of 10M rows", "100 ms", "%d ms, the slowest of %d", worst.Milliseconds(), rounds)
}

// idle is what 1,000 connections cost that have asked something once.
func (s *served) idle() {
	before := s.resident()
	for range 1000 {
		c, err := pgx.Connect(context.Background(), s.url())
		must(err)
		defer c.Close(context.Background())
		_, err = c.Exec(context.Background(), "SELECT 1")
		must(err)
	}
	report("1,000 idle connections", "60 MB", "%.0f MB", s.resident()-before)
}

// resident is the server's resident memory in MB.
func (s *served) resident() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	must(err)
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	must(err)
	return float64(kb) / 1024
}
