// Package limits sends statements that are too deep, too long or without end,
// and asks of each: a right answer or Postgres's code, in bounded time and
// memory, and a connection that goes on.
package limits

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"tagd/tests/harness"
)

// nested is open repeated n times, core, and close repeated n times.
func nested(n int, open, core, end string) string {
	return strings.Repeat(open, n) + core + strings.Repeat(end, n)
}

func list(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(f(i))
	}
	return b.String()
}

var cases = []struct {
	name, sql string
	want      string // the only value of the last row, or an SQLSTATE
}{
	{"64 subqueries", nested(64, "SELECT a + 1 AS a FROM (", "SELECT 0 AS a", ") q"), "64"},
	{"64 scalar subqueries", nested(64, "SELECT (", "SELECT 7", ")"), "7"},
	{"64 correlated levels", "SELECT (" + nested(63, "SELECT (", "SELECT t.a", ")") + ") FROM (SELECT 5 AS a) t", "5"},
	{"64 EXISTS", "SELECT count(*) FROM n WHERE " + nested(64, "EXISTS (SELECT 1 FROM n m WHERE ", "m.a = 3", ")"), "1000"},
	{"64 parentheses in WHERE", "SELECT count(*) FROM n WHERE " + nested(64, "(", "a < 10", ")"), "10"},
	{"64 CASEs", "SELECT " + nested(64, "CASE WHEN true THEN ", "1", " END"), "1"},
	{"100,000 parentheses", "SELECT " + nested(100_000, "(", "1", ")"), "54001"},
	{"100,000 NOTs", "SELECT " + strings.Repeat("NOT ", 100_000) + "true", "54001"},
	{"100,000 subqueries", nested(100_000, "SELECT * FROM (", "SELECT 1", ") q"), "54001"},
	{"100,000 functions", "SELECT " + nested(100_000, "abs(", "1", ")"), "54001"},
	{"100,000 CASEs", "SELECT " + nested(100_000, "CASE WHEN true THEN ", "1", " END"), "54001"},
	{"100,000 arrays", "SELECT " + nested(100_000, "ARRAY[", "1", "]"), "54001"},
	{"1,000 subqueries", nested(1000, "SELECT * FROM (", "SELECT 1 AS a", ") q"), "1|54001"},
	{"a sum of 5,000", "SELECT 0" + strings.Repeat("+1", 5000), "5000|54001"},
	{"an OR of 20,000", "SELECT count(*) FROM n WHERE " + strings.TrimSuffix(strings.Repeat("a = 1 OR ", 20_000), " OR "), "1|54001"},
	{"a UNION of 1,000", strings.TrimSuffix(strings.Repeat("SELECT 1 UNION ALL ", 1000), " UNION ALL "), "1"},
	{"10 MB of values", "SELECT count(*) FROM n WHERE a IN (" + list(1_300_000, func(i int) string { return fmt.Sprint(i + 500) }) + ")", "500"},
	{"a 10 MB literal", "SELECT length('" + strings.Repeat("字", 3_500_000) + "')", "3500000"},
	{"a parameter without type", "SELECT 1 WHERE 1 IN (" + list(70_000, func(i int) string { return fmt.Sprintf("$%d", i+1) }) + ")", "42P02"},
	{"recursion without end, distinct", "WITH RECURSIVE r AS (SELECT 1 AS a UNION SELECT a + 1 FROM r) SELECT count(*) FROM r", "57014|22003"},
	{"recursion without end, all", "WITH RECURSIVE r AS (SELECT 1::int8 AS a UNION ALL SELECT a FROM r) SELECT count(*) FROM r", "57014"},
	{"recursion that doubles", "WITH RECURSIVE r AS (SELECT repeat('x', 1000) AS a UNION ALL SELECT r.a FROM r, generate_series(1, 2)) SELECT count(*) FROM r", "57014|53200|53400"},
	{"a cross join without end", "SELECT count(*) FROM n a, n b, n c, n d, n e WHERE a.a + b.a + c.a + d.a + e.a < 0", "57014"},
	{"a series without end", "SELECT count(*) FROM generate_series(1, 9223372036854775807)", "57014"},
	{"a huge text", "SELECT length(repeat('x', 2000000000))", "54000"},
	{"a huge power", "SELECT length((10::numeric ^ 130000)::text)", "130018|57014"},
	{"a regular expression that backtracks", `SELECT repeat('a', 40) ~ '^(a+)+$b'`, "f"},
	{"two rows of a scalar subquery", "SELECT (SELECT a FROM n WHERE a < 2)", "21000"},
}

// peakMB is the peak resident memory of a process.
func peakMB(t *testing.T, pid int) int {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skipf("no /proc: %v", err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb := 0
			fmt.Sscan(rest, &kb)
			return kb >> 10
		}
	}
	return 0
}

func TestLimits(t *testing.T) {
	srv := harness.Start(t, filepath.Join(t.TempDir(), "t.db"))
	conn := harness.Dial(t, srv.URL())
	conn.Must(t, "CREATE TABLE n (a int PRIMARY KEY)")
	conn.Must(t, "INSERT INTO n SELECT generate_series(0, 999)")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			// What ends shall not be cut short by a busy machine.
			limit := "60s"
			if strings.Contains(c.want, "57014") {
				limit = "2s"
			}
			conn.Must(t, "SET statement_timeout = '"+limit+"'")
			begin := time.Now()
			got := last(conn, c.sql)
			if !strings.Contains("|"+c.want+"|", "|"+got+"|") {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if took := time.Since(begin); took > 60*time.Second {
				t.Errorf("took %v", took)
			}
			if got := last(conn, "SELECT count(*) FROM n"); got != "1000" {
				t.Fatalf("afterwards the connection answers %s", got)
			}
		})
	}
	// Parse trees of 10 MB statements are the largest part of it.
	if mb := peakMB(t, srv.Cmd.Process.Pid); mb > 3000 {
		t.Errorf("peak memory %d MB", mb)
	}
}

// last is the last value of a result, or the SQLSTATE of the error.
func last(c *harness.Conn, sql string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	res, err := c.Raw().Exec(ctx, sql).ReadAll()
	if pe, ok := err.(*pgconn.PgError); ok {
		return pe.Code
	}
	if err != nil {
		return err.Error()
	}
	for i := len(res) - 1; i >= 0; i-- {
		if n := len(res[i].Rows); n > 0 {
			return string(res[i].Rows[n-1][0])
		}
	}
	return "(none)"
}
