// Package clients runs the statements of the main job through stock clients.
package clients

import (
	"bytes"
	"context"
	"database/sql"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/lib/pq"

	"tagd/tests/harness"
)

const schema = `CREATE TABLE u (id bigint PRIMARY KEY, city text, age smallint, spent numeric(10,2), score double precision,
	ok boolean, day date, at timestamp, seen timestamptz, ref uuid, tags text[], nums int[], big bigint[])`

const csv = `1,北京,30,12.50,0.25,t,2024-02-29,2024-02-29 01:02:03.5,2024-02-29 01:02:03+00,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,"{跑步,""a,b""}","{1,2}",{9007199254740993}
9007199254740993,上海,,-0.01,1e10,f,,,,,{},,
3,,18,,,,1999-12-31,,,,,,
`

func start(t *testing.T) *harness.Tagd {
	srv := harness.Start(t, filepath.Join(t.TempDir(), "t.db"))
	c := harness.Dial(t, srv.URL())
	c.Must(t, schema)
	if got := c.Show("COPY u FROM STDIN (FORMAT csv)", harness.Options{Copy: csv}); got != "-> COPY 3\n" {
		t.Fatal(got)
	}
	return srv
}

func TestPgx(t *testing.T) {
	srv := start(t)
	ctx := context.Background()
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe,
		pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		t.Run(mode.String(), func(t *testing.T) {
			cfg, err := pgx.ParseConfig(srv.URL())
			if err != nil {
				t.Fatal(err)
			}
			cfg.DefaultQueryExecMode = mode
			conn, err := pgx.ConnectConfig(ctx, cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(ctx)
			pgxReads(t, conn)
		})
	}
}

func pgxReads(t *testing.T, conn *pgx.Conn) {
	ctx := context.Background()
	var (
		id          int64
		city        *string
		age         *int16
		score       *float64
		ok          *bool
		day, at, ts *time.Time
		tags        []string
		big         []int64
	)
	err := conn.QueryRow(ctx, "SELECT id, city, age, score, ok, day, at, seen, tags, big FROM u WHERE id = $1", int64(1)).
		Scan(&id, &city, &age, &score, &ok, &day, &at, &ts, &tags, &big)
	if err != nil {
		t.Fatal(err)
	}
	if *city != "北京" || *age != 30 || *score != 0.25 || !*ok || len(tags) != 2 || tags[1] != "a,b" || big[0] != 9007199254740993 {
		t.Errorf("row 1: %v %v %v %v %v %v", *city, *age, *score, *ok, tags, big)
	}
	if want := time.Date(2024, 2, 29, 1, 2, 3, 500000000, time.UTC); !at.Equal(want) || !ts.Equal(want.Truncate(time.Second)) {
		t.Errorf("times %v %v", at, ts)
	}
	var n int64
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM u WHERE id = $1 OR city = $2", int64(9007199254740993), "北京").Scan(&n); err != nil || n != 2 {
		t.Errorf("count %d, %v", n, err)
	}
	var spent float64
	if err := conn.QueryRow(ctx, "SELECT sum(spent)::float8 FROM u").Scan(&spent); err != nil || math.Abs(spent-12.49) > 1e-9 {
		t.Errorf("sum %v, %v", spent, err)
	}
	_, err = conn.Exec(ctx, "SELECT nope FROM u")
	if err == nil || !strings.Contains(err.Error(), "42703") {
		t.Errorf("unknown column: %v", err)
	}
	if _, err := conn.Exec(ctx, "UPDATE u SET tags = array_append(tags, $1) WHERE id = $2", "新", int64(3)); err != nil {
		t.Error(err)
	}
}

func TestPgxCopyAndCancel(t *testing.T) {
	srv := start(t)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE TABLE c (id bigint PRIMARY KEY, name text, tags text[])"); err != nil {
		t.Fatal(err)
	}
	n, err := conn.CopyFrom(ctx, pgx.Identifier{"c"}, []string{"id", "name", "tags"}, pgx.CopyFromSlice(5000, func(i int) ([]any, error) {
		return []any{int64(i), "名", []string{"a", "b"}}, nil
	}))
	if err != nil || n != 5000 {
		t.Fatalf("copied %d, %v", n, err)
	}
	limited, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err = conn.Exec(limited, "SELECT pg_sleep(30)")
	if err == nil || time.Since(start) > 5*time.Second {
		t.Errorf("pg_sleep was not canceled: %v after %v", err, time.Since(start))
	}
}

func TestLibPQ(t *testing.T) {
	srv := start(t)
	db, err := sql.Open("postgres", srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT id, city, tags FROM u WHERE age > $1 OR age IS NULL ORDER BY id", 20)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		var city sql.NullString
		var tags sql.NullString
		if err := rows.Scan(&id, &city, &tags); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil || len(ids) != 2 || ids[1] != 9007199254740993 {
		t.Errorf("ids %v, %v", ids, err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("INSERT INTO u (id, city) VALUES ($1, $2)", 77, "西安"); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.QueryRow("SELECT count(*) FROM u WHERE id = 77").Scan(&n); err != nil || n != 0 {
		t.Errorf("after rollback: %d, %v", n, err)
	}
}

func TestPsql(t *testing.T) {
	if _, err := exec.LookPath("psql"); err != nil {
		harness.Skip(t, "psql is not installed")
	}
	srv := start(t)
	script := `\pset null NULL
SELECT city, count(*) FROM u GROUP BY city ORDER BY city;
SELECT city, ok, count(*) AS n FROM u WHERE city IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2 \crosstabview
\copy (SELECT id FROM u ORDER BY id) TO STDOUT CSV HEADER
SELECT id FROM u WHERE id = 3 \gset got_
\echo :got_id
SELECT nope FROM u;
SELECT 1 AS one \gdesc
SELECT * FROM u WHERE id = 1 \gx
`
	out, err := psql(srv, script)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"北京 |     1", "NULL |     1", "9007199254740993", "(3 rows)", "column \"nope\" does not exist",
		"LINE 1: SELECT nope FROM u;", "one    | integer", "tags  | {跑步,\"a,b\"}", "\n3\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func psql(srv *harness.Tagd, script string) (string, error) {
	cmd := exec.Command("psql", "-X", srv.URL())
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "PGCLIENTENCODING=UTF8")
	cmd.Stdin = strings.NewReader(script)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

const psycopg2Script = `
import sys, psycopg2, datetime, decimal
conn = psycopg2.connect(sys.argv[1])
cur = conn.cursor()
cur.execute("SELECT id, city, age, spent, ok, day, seen, tags, nums FROM u WHERE id = %s", (1,))
row = cur.fetchone()
assert row[0] == 1 and row[1] == "北京" and row[2] == 30, row
assert row[3] == decimal.Decimal("12.50") and row[4] is True and row[5] == datetime.date(2024, 2, 29), row
assert row[7] == ["跑步", "a,b"] and row[8] == [1, 2], row
cur.execute("SELECT count(*) FROM u WHERE tags && %s", (["跑步"],))
assert cur.fetchone() == (1,)
try:
    cur.execute("SELECT nope FROM u")
    assert False
except psycopg2.errors.UndefinedColumn:
    conn.rollback()
cur.execute("INSERT INTO u (id, city) VALUES (%s, %s) RETURNING id", (500, "成都"))
assert cur.fetchone() == (500,)
conn.commit()
import io
cur.copy_expert("COPY u (id, city) FROM STDIN WITH CSV", io.StringIO("600,重庆\n601,\n"))
conn.commit()
out = io.StringIO()
cur.copy_expert("COPY (SELECT id, city FROM u WHERE id BETWEEN 500 AND 700 ORDER BY id) TO STDOUT WITH CSV", out)
assert out.getvalue() == "500,成都\n600,重庆\n601,\n", out.getvalue()
print("passed")
`

func TestPsycopg2(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import psycopg2").Run(); err != nil {
		harness.Skip(t, "psycopg2 is not installed for %s", python)
	}
	srv := start(t)
	out, err := exec.Command(python, "-c", psycopg2Script, srv.URL()).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "passed") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestDeallocate: DEALLOCATE and DISCARD ALL reach the protocol's statements.
func TestDeallocate(t *testing.T) {
	srv := start(t)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, end := range []string{"DEALLOCATE q", "DEALLOCATE ALL", "DISCARD ALL"} {
		if _, err := conn.PgConn().Prepare(ctx, "q", "SELECT count(*) FROM u WHERE city = $1", nil); err != nil {
			t.Fatalf("before %s: %v", end, err)
		}
		if _, err := conn.PgConn().Exec(ctx, end).ReadAll(); err != nil {
			t.Errorf("%s: %v", end, err)
		}
	}
}
