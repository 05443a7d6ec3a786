// Program pgx runs pgx v5 in its five exec modes, pgxpool, COPY, batches,
// pipelines, registered types and the database/sql driver.
package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib"

	. "tagd/tests/clients/go/steps"
)

var ctx = context.Background()

func connect(change func(*pgx.ConnConfig)) *pgx.Conn {
	cfg, err := pgx.ParseConfig(URL)
	if err != nil {
		panic(err)
	}
	if change != nil {
		change(cfg)
	}
	c, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		panic(err)
	}
	return c
}

// all prints the rows of a query as the driver decodes them.
func all(c interface {
	Query(context.Context, string, ...any) (pgx.Rows, error)
}, text string, args ...any) error {
	rows, err := c.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		vals, err := rows.Values()
		if err != nil {
			return err
		}
		Show(vals)
	}
	if rows.Err() == nil {
		Show(rows.CommandTag().String())
	}
	return rows.Err()
}

func mode(m pgx.QueryExecMode) {
	c := connect(func(cfg *pgx.ConnConfig) { cfg.DefaultQueryExecMode = m })
	defer c.Close(ctx)
	at := func(name string) string { return m.String() + ": " + name }
	Step(at("every type"), func() error { return everyType(c) })
	Step(at("parameters"), func() error { return parameters(c) })
	Step(at("tags"), func() error { return tagRows(c) })
	Step(at("rows into structs"), func() error { return structs(c) })
	Step(at("errors"), func() error { return failures(c) })
	Step(at("batch"), func() error { return batch(c, m) })
	Step(at("transactions"), func() error { return transactions(c) })
}

// everyType reads a value, a NULL and the text of each type.
func everyType(c *pgx.Conn) error {
	for _, t := range Every {
		var v any
		var n any
		var s string
		err := c.QueryRow(ctx, "SELECT "+Literal(t.Value)+"::"+t.Name+", NULL::"+t.Name+", "+Literal(t.Value)+"::"+t.Name+"::text").Scan(&v, &n, &s)
		if err != nil {
			return err
		}
		Show(t.Name, v, n, s)
	}
	return nil
}

// parameters sends a parameter of each Go type and reads its text back.
func parameters(c *pgx.Conn) error {
	moment := time.Date(2024, 2, 29, 1, 2, 3, 456789000, time.UTC)
	for _, a := range []struct {
		t string
		v any
	}{{"bigint", int64(9007199254740993)}, {"smallint", int16(-5)}, {"text", "数'据\\"}, {"boolean", true}, {"double precision", 0.1}, {"real", float32(1.5)},
		{"bytea", []byte{0, 255, 39}}, {"timestamptz", moment}, {"timestamp", moment}, {"date", moment}, {"text[]", []string{"a", "b\"c", ""}}, {"bigint[]", []int64{1, 1 << 60}},
		{"numeric", pgtype.Numeric{Int: nil, NaN: true, Valid: true}}, {"uuid", pgtype.UUID{Bytes: [16]byte{1, 2, 3}, Valid: true}}, {"jsonb", `{"城": 1}`}, {"interval", 90 * time.Minute}, {"text", nil}, {"bigint[]", nil},
		{"date", pgtype.Date{InfinityModifier: pgtype.Infinity, Valid: true}}, {"integer[]", "{{1,2},{3,NULL}}"}} {
		var s *string
		if err := c.QueryRow(ctx, "SELECT ($1::"+a.t+")::text", a.v).Scan(&s); err != nil {
			return fmt.Errorf("%s: %w", a.t, err)
		}
		Show(a.t, s)
	}
	return nil
}

// tagRows asks the tag table: a list, a crosstab, a count of a set tag.
func tagRows(c *pgx.Conn) error {
	if err := all(c, "SELECT id, name, gender, city, age, level, spent, score, ratio, vip, birthday, joined, seen, wakes, ref, hobby, shops, codes, extra, share, note, raw FROM tags WHERE id <= $1 ORDER BY id", int64(9)); err != nil {
		return err
	}
	if err := all(c, "SELECT city, count(*), avg(age), sum(spent), max(joined) FROM tags WHERE gender = $1 AND age BETWEEN $2 AND $3 GROUP BY 1 ORDER BY 1", "女", int16(25), int16(34)); err != nil {
		return err
	}
	return all(c, "SELECT count(*) FROM tags WHERE hobby && $1 AND id > $2", []string{"跑步", "x"}, int64(100))
}

// structs collects rows by the names of their columns.
func structs(c *pgx.Conn) error {
	type user struct {
		ID    int64
		Name  string
		City  *string
		Hobby []string
		Extra map[string]any
		Seen  time.Time
	}
	rows, err := c.Query(ctx, "SELECT id, name, city, hobby, extra, seen FROM tags WHERE id = ANY($1) ORDER BY id", []int64{4, 7, 4999})
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[user])
	for _, u := range list {
		Show(u.ID, u.Name, u.City, u.Hobby, u.Extra, u.Seen)
	}
	return err
}

// failures prints the SQLSTATEs of statements that fail.
func failures(c *pgx.Conn) error {
	for _, q := range []string{"SELECT nope FROM tags", "SELECT 1/0", "SELEC", "SELECT 'x'::int", "INSERT INTO pairs VALUES (1, 'x', 'z')", "INSERT INTO tags (id) VALUES (9999)",
		"INSERT INTO tags (id, name, age) VALUES (9999, 'x', -1)", "INSERT INTO tags (id, name, share) VALUES (9999, 'x', 101)", "INSERT INTO pairs VALUES (1, 'z', 'p')", "SELECT pg_sleep()"} {
		_, err := c.Exec(ctx, q)
		Fails(err)
	}
	_, err := c.Exec(ctx, "SELECT id FROM tags WHERE id = $1", "x")
	Show(err != nil)
	return nil
}

// batch sends several statements at once, then a batch that fails in its middle. Modes
// that describe statements first cannot make a table and use it in one batch.
func batch(c *pgx.Conn, m pgx.QueryExecMode) error {
	b := &pgx.Batch{}
	b.Queue("SELECT count(*) FROM tags WHERE level = $1", 3)
	b.Queue("CREATE TEMP TABLE b (x int)")
	b.Queue("INSERT INTO b VALUES ($1), ($2)", 1, 2)
	b.Queue("SELECT array_agg(x ORDER BY x) FROM b")
	if m == pgx.QueryExecModeCacheStatement || m == pgx.QueryExecModeCacheDescribe || m == pgx.QueryExecModeDescribeExec {
		if _, err := c.Exec(ctx, "CREATE TEMP TABLE IF NOT EXISTS b (x int)"); err != nil {
			return err
		}
		b.QueuedQueries[1].SQL = "TRUNCATE b"
	}
	r := c.SendBatch(ctx, b)
	var n int64
	if err := r.QueryRow().Scan(&n); err != nil {
		return err
	}
	Show(n)
	for range 2 {
		tag, err := r.Exec()
		if err != nil {
			return err
		}
		Show(tag.String())
	}
	var xs []int32
	err := r.QueryRow().Scan(&xs)
	Show(xs)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	bad := &pgx.Batch{}
	bad.Queue("INSERT INTO b VALUES (10)")
	bad.Queue("SELECT 1 / (x - x) FROM b")
	bad.Queue("INSERT INTO b VALUES (11)")
	Fails(c.SendBatch(ctx, bad).Close())
	return all(c, "SELECT count(*), max(x) FROM b")
}

// transactions begins transactions of each kind, with a savepoint.
func transactions(c *pgx.Conn) error {
	tx, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, "CREATE TABLE txt (id int PRIMARY KEY)"); err != nil {
		return err
	}
	sub, err := tx.Begin(ctx)
	if err != nil {
		return err
	}
	if _, err = sub.Exec(ctx, "INSERT INTO txt VALUES ($1), ($1)", 1); err == nil {
		return errors.New("two equal keys")
	}
	Fails(err)
	Show(string(c.PgConn().TxStatus()))
	if err := sub.Rollback(ctx); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "INSERT INTO txt VALUES ($1)", 2); err != nil {
		return err
	}
	if err := all(tx, "SELECT * FROM txt"); err != nil {
		return err
	}
	if err := tx.Rollback(ctx); err != nil {
		return err
	}
	_, err = c.Exec(ctx, "SELECT * FROM txt")
	Fails(err)
	ro, err := c.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly, DeferrableMode: pgx.Deferrable, IsoLevel: pgx.Serializable})
	if err != nil {
		return err
	}
	_, err = ro.Exec(ctx, "CREATE TABLE no (x int)")
	Fails(err)
	Fails(ro.Commit(ctx))
	return nil
}

func types(c *pgx.Conn) {
	Step("registered types", func() error {
		if _, err := c.Exec(ctx, "CREATE TABLE visits (id int PRIMARY KEY, g grade, gs grade[], p percent)"); err != nil {
			return err
		}
		for _, name := range []string{"grade", "_grade", "percent"} {
			t, err := c.LoadType(ctx, name)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			c.TypeMap().RegisterType(t)
			Show(name, fmt.Sprintf("%T", t.Codec))
		}
		list, err := c.LoadTypes(ctx, []string{"grade", "_grade", "percent"})
		if err != nil {
			return err
		}
		for _, t := range list {
			Show(t.Name, fmt.Sprintf("%T", t.Codec))
		}
		if _, err := c.Exec(ctx, "INSERT INTO visits VALUES (1, $1, $2, $3)", "VIP", []string{"新客", "老客"}, 99); err != nil {
			return err
		}
		n, err := c.CopyFrom(ctx, pgx.Identifier{"visits"}, []string{"id", "g", "gs", "p"}, pgx.CopyFromRows([][]any{{2, "老客", []string{"VIP"}, 5}, {3, nil, nil, nil}}))
		Show(n)
		if err != nil {
			return err
		}
		_, err = c.CopyFrom(ctx, pgx.Identifier{"visits"}, []string{"id", "p"}, pgx.CopyFromRows([][]any{{4, 500}}))
		Fails(err)
		_, err = c.CopyFrom(ctx, pgx.Identifier{"visits"}, []string{"id", "g"}, pgx.CopyFromRows([][]any{{4, "金"}}))
		Fails(err)
		return all(c, "SELECT * FROM visits ORDER BY id")
	})
	Step("ranges and multiranges", func() error { return ranges(c) })
	Step("all columns with registered types", func() error { return all(c, "SELECT * FROM tags WHERE id IN (1, 2, 3) ORDER BY id") })
}

// ranges stores ranges, by parameters and by COPY, and reads them in both formats.
func ranges(c *pgx.Conn) error {
	if _, err := c.Exec(ctx, "CREATE TABLE booked (id int PRIMARY KEY, seats int4range, price numrange, during tstzrange, off datemultirange, parts int4range[])"); err != nil {
		return err
	}
	seats := pgtype.Range[pgtype.Int4]{Lower: pgtype.Int4{Int32: 1, Valid: true}, Upper: pgtype.Int4{Int32: 4, Valid: true}, LowerType: pgtype.Inclusive, UpperType: pgtype.Inclusive, Valid: true}
	during := pgtype.Range[pgtype.Timestamptz]{Lower: pgtype.Timestamptz{Time: time.Date(2024, 1, 1, 10, 0, 0, 0, time.UTC), Valid: true}, LowerType: pgtype.Exclusive, UpperType: pgtype.Unbounded, Valid: true}
	day := func(d int) pgtype.Date {
		return pgtype.Date{Time: time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC), Valid: true}
	}
	off := pgtype.Multirange[pgtype.Range[pgtype.Date]]{{Lower: day(1), Upper: day(5), LowerType: pgtype.Inclusive, UpperType: pgtype.Exclusive, Valid: true},
		{Lower: day(7), LowerType: pgtype.Inclusive, UpperType: pgtype.Unbounded, Valid: true}}
	empty := pgtype.Range[pgtype.Int4]{LowerType: pgtype.Empty, UpperType: pgtype.Empty, Valid: true}
	if _, err := c.Exec(ctx, "INSERT INTO booked VALUES (1, $1, $2, $3, $4, $5)", seats, "[1.50,2.0]", during, off, []pgtype.Range[pgtype.Int4]{seats, empty}); err != nil {
		return err
	}
	n, err := c.CopyFrom(ctx, pgx.Identifier{"booked"}, []string{"id", "seats", "off"}, pgx.CopyFromRows([][]any{{2, empty, off}, {3, nil, nil}}))
	Show(n)
	if err != nil {
		return err
	}
	for _, m := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		if err := all(c, "SELECT id, seats, price, during, parts, seats && $1, range_merge(seats, $1), off FROM booked WHERE seats @> 2 OR isempty(seats) OR seats IS NULL ORDER BY id", m, seats); err != nil {
			return err
		}
		if err := all(c, "SELECT range_agg(seats), range_intersect_agg(during), lower(off) FROM booked GROUP BY off ORDER BY 3", m); err != nil {
			return err
		}
	}
	var back pgtype.Range[pgtype.Int4]
	var multi pgtype.Multirange[pgtype.Range[pgtype.Date]]
	if err := c.QueryRow(ctx, "SELECT seats, off FROM booked WHERE id = 1").Scan(&back, &multi); err != nil {
		return err
	}
	Show(back, multi)
	_, err = c.Exec(ctx, "INSERT INTO booked (id, seats) VALUES (9, $1)", "[9,1)")
	Fails(err)
	_, err = c.Exec(ctx, "DROP TABLE booked")
	return err
}

func copies(c *pgx.Conn) {
	Step("CopyFrom", func() error {
		if _, err := c.Exec(ctx, "CREATE TABLE cp (id bigint PRIMARY KEY, s text, n numeric(12,3), f float8, b bool, d date, ts timestamptz, u uuid, t text[], i int[], j jsonb, raw bytea)"); err != nil {
			return err
		}
		day := time.Date(2024, 2, 29, 12, 0, 0, 123456000, time.UTC)
		n, err := c.CopyFrom(ctx, pgx.Identifier{"cp"}, []string{"id", "s", "n", "f", "b", "d", "ts", "u", "t", "i", "j", "raw"}, pgx.CopyFromSlice(20000, func(i int) ([]any, error) {
			if i%7 == 0 {
				return []any{int64(i), nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil}, nil
			}
			return []any{int64(i), fmt.Sprintf("名%d", i), fmt.Sprintf("%d.125", i), float64(i) / 3, i%2 == 0, day.AddDate(0, 0, i%400), day.Add(time.Duration(i) * time.Second), [16]byte{1, byte(i)},
				[]string{"a", fmt.Sprint(i % 5)}, []int32{int32(i), -1}, map[string]any{"k": i % 3}, []byte{byte(i), 0}}, nil
		}))
		Show(n)
		if err != nil {
			return err
		}
		_, err = c.CopyFrom(ctx, pgx.Identifier{"cp"}, []string{"id"}, pgx.CopyFromRows([][]any{{int64(30000)}, {int64(5)}}))
		Fails(err)
		_, err = c.CopyFrom(ctx, pgx.Identifier{"cp"}, []string{"id"}, pgx.CopyFromSlice(10, func(i int) ([]any, error) {
			return []any{int64(40000 + i)}, map[bool]error{true: errors.New("given up")}[i == 5]
		}))
		Show(err != nil)
		if err := all(c, "SELECT count(*), count(s), sum(n), sum(i[1]), max(ts), min(d), sum(f)::numeric(20,3) FROM cp"); err != nil {
			return err
		}
		return all(c, "SELECT * FROM cp WHERE id < 4 ORDER BY id")
	})
	Step("COPY TO and FROM as streams", func() error {
		for _, q := range []string{"COPY (SELECT id, s, t, n FROM cp WHERE id < 5 ORDER BY id) TO STDOUT", "COPY (SELECT id, s, t FROM cp WHERE id < 5 ORDER BY id) TO STDOUT (FORMAT csv, HEADER, QUOTE '''')"} {
			var out bytes.Buffer
			tag, err := c.PgConn().CopyTo(ctx, &out, q)
			if err != nil {
				return err
			}
			Show(tag.String(), out.String())
		}
		var out bytes.Buffer
		if _, err := c.PgConn().CopyTo(ctx, &out, "COPY (SELECT * FROM cp WHERE id < 50 ORDER BY id) TO STDOUT (FORMAT binary)"); err != nil {
			return err
		}
		Show(out.Bytes())
		if _, err := c.Exec(ctx, "CREATE TABLE cp2 (LIKE cp)"); err != nil {
			return err
		}
		tag, err := c.PgConn().CopyFrom(ctx, &out, "COPY cp2 FROM STDIN (FORMAT binary)")
		if err != nil {
			return err
		}
		Show(tag.String())
		_, err = c.PgConn().CopyFrom(ctx, strings.NewReader("1\tx\ty\n"), "COPY cp2 (id, s) FROM STDIN")
		Fails(err)
		_, err = c.PgConn().CopyFrom(ctx, io.MultiReader(strings.NewReader("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"), strings.NewReader("\x00\x05")), "COPY cp2 (id, s) FROM STDIN (FORMAT binary)")
		Fails(err)
		return all(c, "SELECT count(*), sum(n) FROM cp2")
	})
}

func pipelines(c *pgx.Conn) {
	Step("pipeline", func() error {
		p := c.PgConn().StartPipeline(ctx)
		p.SendPrepare("p1", "SELECT $1::bigint + 1 AS n", nil)
		p.SendQueryPrepared("p1", [][]byte{[]byte("41")}, nil, nil)
		p.SendQueryParams("SELECT $1 || 'y'", [][]byte{[]byte("x")}, nil, nil, nil)
		if err := p.Sync(); err != nil {
			return err
		}
		p.SendQueryParams("SELECT 1/(a - a) FROM pairs WHERE a = $1", [][]byte{[]byte("1")}, nil, nil, nil)
		p.SendQueryParams("SELECT 'skipped'", nil, nil, nil, nil)
		if err := p.Sync(); err != nil {
			return err
		}
		p.SendQueryPrepared("p1", [][]byte{{0, 0, 0, 0, 0, 0, 0, 9}}, []int16{1}, []int16{1})
		p.SendFlushRequest()
		if err := p.Flush(); err != nil {
			return err
		}
		if err := p.Sync(); err != nil {
			return err
		}
		for syncs := 0; syncs < 3; {
			r, err := p.GetResults()
			switch r := r.(type) {
			case *pgconn.ResultReader:
				got := r.Read()
				Show(len(got.FieldDescriptions), got.Rows, got.CommandTag.String(), got.Err)
			case *pgconn.StatementDescription:
				Show(r.Name, r.ParamOIDs, len(r.Fields))
			case *pgconn.PipelineSync:
				Show("sync")
				syncs++
			default:
				Show("result", err)
				if err == nil {
					return p.Close()
				}
			}
		}
		return p.Close()
	})
}

func sessions() {
	Step("notices", notices)
	Step("runtime parameters", runtimeParams)
	Step("cancel by context", cancelByContext)
	Step("pool", pool)
	Step("database/sql", databaseSQL)
}

// notices prints the notices of statements.
func notices() error {
	c := connect(func(cfg *pgx.ConnConfig) {
		cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { Show(n.Severity, n.Code, n.Message, n.Detail, n.Hint) }
	})
	defer c.Close(ctx)
	for _, q := range []string{"DROP TABLE IF EXISTS nope", "CREATE TABLE IF NOT EXISTS pairs (x int)", "ROLLBACK"} {
		if _, err := c.Exec(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// runtimeParams starts a session with settings of its own.
func runtimeParams() error {
	c := connect(func(cfg *pgx.ConnConfig) {
		cfg.RuntimeParams["application_name"] = "go 程序"
		cfg.RuntimeParams["search_path"] = "crm"
		cfg.RuntimeParams["timezone"] = "Asia/Shanghai"
		cfg.RuntimeParams["statement_timeout"] = "200"
	})
	defer c.Close(ctx)
	for _, p := range []string{"server_encoding", "client_encoding", "application_name", "is_superuser", "session_authorization", "DateStyle", "IntervalStyle", "TimeZone", "integer_datetimes", "standard_conforming_strings",
		"default_transaction_read_only", "in_hot_standby"} {
		Show(p, c.PgConn().ParameterStatus(p))
	}
	_, err := c.Exec(ctx, "SELECT pg_sleep(30)")
	Fails(err)
	return all(c, "SELECT count(*), current_schema(), timestamptz '2024-01-01 00:00:00+00'::text FROM orders")
}

// cancelByContext ends a long statement by a CancelRequest.
func cancelByContext() error {
	c := connect(func(cfg *pgx.ConnConfig) {
		cfg.BuildContextWatcherHandler = func(p *pgconn.PgConn) ctxwatch.Handler {
			return &pgconn.CancelRequestContextWatcherHandler{Conn: p, CancelRequestDelay: 0, DeadlineDelay: 10 * time.Second}
		}
	})
	defer c.Close(ctx)
	limited, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err := c.Exec(limited, "SELECT count(*) FROM generate_series(1, 100000000000)")
	Fails(err)
	Show(time.Since(begin) < 5*time.Second)
	return all(c, "SELECT 1")
}

// pool runs more statements than a pool has connections.
func pool() error {
	cfg, err := pgxpool.ParseConfig(URL)
	if err != nil {
		return err
	}
	cfg.MaxConns = 4
	p, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer p.Close()
	var wg sync.WaitGroup
	got := make([]int64, 60)
	for i := range got {
		wg.Go(func() {
			if err := p.QueryRow(ctx, "SELECT count(*) FROM tags WHERE level = $1 AND age > $2", int32(i%9), int16(i)).Scan(&got[i]); err != nil {
				Show(err)
			}
		})
	}
	wg.Wait()
	Show(got)
	return p.Ping(ctx)
}

// databaseSQL reads rows and their types by the standard library.
func databaseSQL() error {
	db, err := sql.Open("pgx", URL)
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Query("SELECT id, name, city, spent, seen, raw, vip FROM tags WHERE id < $1 ORDER BY id", 6)
	if err != nil {
		return err
	}
	defer rows.Close()
	ts, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	for _, t := range ts {
		l, hasL := t.Length()
		pr, sc, has := t.DecimalSize()
		Show(t.Name(), t.DatabaseTypeName(), t.ScanType().String(), l, hasL, pr, sc, has)
	}
	for rows.Next() {
		var id int64
		var name string
		var city, spent sql.NullString
		var seen sql.NullTime
		var raw []byte
		var vip sql.NullBool
		if err := rows.Scan(&id, &name, &city, &spent, &seen, &raw, &vip); err != nil {
			return err
		}
		Show(id, name, city.String, city.Valid, spent.String, seen.Time, raw, vip.Bool, vip.Valid)
	}
	return rows.Err()
}

func main() {
	for _, m := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe,
		pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		mode(m)
	}
	c := connect(nil)
	defer c.Close(ctx)
	types(c)
	copies(c)
	pipelines(c)
	sessions()
}
