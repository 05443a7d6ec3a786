package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

func newEngine(t testing.TB, o Options) *Engine {
	t.Helper()
	e, err := New(openStore(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// must runs a simple-query string that has to succeed.
func (c *client) must(t testing.TB, sql string) string {
	t.Helper()
	out := c.show(sql, "")
	for _, l := range strings.Split(out, "\n") {
		if len(l) > 6 && l[5] == ' ' && strings.ToUpper(l[:5]) == l[:5] && l[0] >= '0' && l[0] <= '5' && !strings.Contains(l, "|") {
			t.Fatalf("%s\n%s", sql, out)
		}
	}
	return out
}

func TestParameters(t *testing.T) {
	c := newClient(t, newEngine(t, Options{}))
	defer c.Close()
	c.must(t, "CREATE TABLE t (id bigint PRIMARY KEY, name text, tags text[])")
	run := func(sql string, params ...vec.Datum) string {
		ctx := context.Background()
		p, err := c.Prepare(ctx, sql, nil)
		if err != nil {
			t.Fatal(sql, err)
		}
		if len(p.Params()) != len(params) {
			t.Fatal(sql, p.Params())
		}
		res, err := c.Execute(ctx, p, params)
		if err != nil {
			t.Fatal(sql, err)
		}
		defer res.Close()
		out, err := c.rows(ctx, res, "")
		if err != nil {
			t.Fatal(sql, err)
		}
		tag := res.Tag()
		if err := c.Sync(ctx, false); err != nil {
			t.Fatal(sql, err)
		}
		return strings.Join(append(out, tag), "; ")
	}
	i := func(n int64) vec.Datum { return vec.Datum{I: n} }
	s := func(x string) vec.Datum { return vec.Datum{S: x} }
	for _, step := range [][2]string{
		{run("INSERT INTO t VALUES ($1, $2, NULL) RETURNING $1 + 1", i(1<<60), s("甲")), "| ?column?; 1152921504606846977; INSERT 0 1"},
		{run("UPDATE t SET name = name || $1 WHERE id = $2 RETURNING name, $3::int", s("乙"), i(1<<60), i(5)), "| name | int4; 甲乙 | 5; UPDATE 1"},
		{run("INSERT INTO t VALUES ($1) ON CONFLICT (id) DO UPDATE SET name = $2 || t.name WHERE t.id = $3", i(1<<60), s("丙"), i(1<<60)), "INSERT 0 1"},
		{run("SELECT name FROM t WHERE id = $1 LIMIT $2", i(1<<60), i(10)), "| name; 丙甲乙; SELECT 1"},
		{run("DELETE FROM t WHERE name = $1", s("丙甲乙")), "DELETE 1"},
	} {
		if step[0] != step[1] {
			t.Errorf("got %s\nwant %s", step[0], step[1])
		}
	}
}

// A statement that is prepared stays usable while its tables change, as long as
// its columns stay the same.
func TestReplan(t *testing.T) {
	c := newClient(t, newEngine(t, Options{}))
	defer c.Close()
	ctx := context.Background()
	c.must(t, "CREATE TABLE t (id bigint, a text)")
	star, err := c.Prepare(ctx, "SELECT * FROM t", nil)
	if err != nil {
		t.Fatal(err)
	}
	one, _ := c.Prepare(ctx, "SELECT a FROM t", nil)
	_ = c.Sync(ctx, false)
	c.must(t, "ALTER TABLE t ADD COLUMN b int; ")
	if _, err := c.Execute(ctx, star, nil); err == nil || err.Error() != "cached plan must not change result type" {
		t.Error(err)
	}
	_ = c.Sync(ctx, true)
	c.must(t, "DROP TABLE t; CREATE TABLE t (a text)")
	res, err := c.Execute(ctx, one, nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Close()
	_ = c.Sync(ctx, false)
	c.must(t, "DROP TABLE t")
	if _, err := c.Execute(ctx, one, nil); sqlerr.Code(err) != "42P01" {
		t.Error(err)
	}
}

func TestTimeoutAndCancel(t *testing.T) {
	c := newClient(t, newEngine(t, Options{}))
	defer c.Close()
	out := c.show("SET statement_timeout = 30; SELECT count(*) FROM generate_series(1, 100000000000) g", "")
	if !strings.Contains(out, "57014 canceling statement due to statement timeout") {
		t.Error(out)
	}
	c.must(t, "SET statement_timeout = 0")
	ctx, cancel := context.WithCancelCause(context.Background())
	time.AfterFunc(30*time.Millisecond, func() { cancel(session.ErrCanceled) })
	p, err := c.Prepare(ctx, "SELECT count(*) FROM generate_series(1, 100000000000) g", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Execute(ctx, p, nil)
	if err == nil {
		_, err = c.rows(ctx, res, "")
		res.Close()
	}
	if e := sqlerr.From(err); e.Code != "57014" || e.Message != "canceling statement due to user request" {
		t.Error(err)
	}
	_ = c.Sync(context.Background(), true)
	c.must(t, "SELECT 1")
}

// A writer that waits for another gives up at lock_timeout.
func TestLockTimeout(t *testing.T) {
	e := newEngine(t, Options{})
	a, b := newClient(t, e), newClient(t, e)
	defer a.Close()
	defer b.Close()
	a.must(t, "CREATE TABLE t (id bigint)")
	a.must(t, "BEGIN; INSERT INTO t VALUES (1)")
	if out := b.show("SET lock_timeout = 20; INSERT INTO t VALUES (2)", ""); !strings.Contains(out, "55P03 canceling statement due to lock timeout") {
		t.Error(out)
	}
	a.must(t, "COMMIT")
	b.must(t, "INSERT INTO t VALUES (2)")
}

func TestConnect(t *testing.T) {
	e := newEngine(t, Options{})
	ctx := context.Background()
	for _, x := range []struct {
		params map[string]string
		want   string
	}{
		{map[string]string{"user": "tagd"}, ""},
		{map[string]string{"user": "nobody", "database": "tagd"}, "28000"},
		{map[string]string{"user": "tagd", "database": "other"}, "3D000"},
		{map[string]string{"user": "tagd", "options": "-c no_such=1"}, "42704"},
		{map[string]string{"user": "tagd", "options": `-c TimeZone=Asia/Shanghai --work-mem=8MB -c application_name=a\ b`}, ""},
	} {
		s, err := e.Connect(ctx, x.params, &client{})
		if got := sqlerr.Code(err); got != x.want {
			t.Errorf("%v: %v", x.params, err)
		}
		if s == nil {
			continue
		}
		if x.params["options"] != "" {
			if z, m, a := s.Setting("TimeZone"), s.Setting("work_mem"), s.Setting("application_name"); z != "Asia/Shanghai" || m != "8MB" || a != "a b" {
				t.Error(z, m, a)
			}
		}
		s.Close()
	}
	if v, ok := e.Verifier("tagd"); v != "" || !ok {
		t.Error(v, ok)
	}
}

// Readers see each statement's change whole or not at all.
func TestReadersDuringWrites(t *testing.T) {
	e := newEngine(t, Options{})
	w := newClient(t, e)
	defer w.Close()
	w.must(t, "CREATE TABLE t (id bigint PRIMARY KEY, n bigint)")
	w.must(t, "INSERT INTO t SELECT g, 0 FROM generate_series(1, 500) g")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c := newClient(t, e)
			defer c.Close()
			for {
				select {
				case <-stop:
					return
				default:
				}
				out := c.show("SELECT count(*), count(DISTINCT n), min(n) = max(n) FROM t", "")
				if !strings.Contains(out, "500 | 1 | t") {
					t.Error(out)
					return
				}
			}
		}()
	}
	for i := range 40 {
		switch i % 4 {
		case 0, 2:
			w.must(t, "UPDATE t SET n = n + 1")
		case 1:
			w.must(t, "INSERT INTO t SELECT id, n + 1 FROM t ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n")
		case 3:
			w.must(t, "UPDATE t SET id = id + 1000, n = n + 1")
		}
	}
	close(stop)
	wg.Wait()
	if out := w.must(t, "SELECT min(n), max(n) FROM t"); !strings.Contains(out, "40 | 40") {
		t.Error(out)
	}
}

// Random changes against a map.
func TestChangesModel(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := newClient(t, newEngine(t, Options{}))
		c.must(t, "CREATE TABLE t (id bigint PRIMARY KEY, a text, n int)")
		m := map[int64][2]string{}
		for step := range 60 {
			lo := r.Int64N(40)
			hi := lo + r.Int64N(12)
			a := fmt.Sprintf("值%d", r.IntN(5))
			switch r.IntN(6) {
			case 0, 1:
				c.must(t, fmt.Sprintf("INSERT INTO t SELECT g, '%s', %d FROM generate_series(%d, %d) g ON CONFLICT DO NOTHING", a, step, lo, hi))
				for k := lo; k <= hi; k++ {
					if _, ok := m[k]; !ok {
						m[k] = [2]string{a, fmt.Sprint(step)}
					}
				}
			case 2:
				c.must(t, fmt.Sprintf("INSERT INTO t SELECT g, '%s', %d FROM generate_series(%d, %d) g ON CONFLICT (id) DO UPDATE SET a = t.a || EXCLUDED.a WHERE length(t.a) < 6", a, step, lo, hi))
				for k := lo; k <= hi; k++ {
					if old, ok := m[k]; !ok {
						m[k] = [2]string{a, fmt.Sprint(step)}
					} else if len([]rune(old[0])) < 6 {
						m[k] = [2]string{old[0] + a, old[1]}
					}
				}
			case 3:
				c.must(t, fmt.Sprintf("DELETE FROM t WHERE id BETWEEN %d AND %d AND a = '%s'", lo, hi, a))
				for k := lo; k <= hi; k++ {
					if m[k][0] == a {
						delete(m, k)
					}
				}
			case 4:
				c.must(t, fmt.Sprintf("UPDATE t SET n = n + 1000, a = '%s' WHERE id BETWEEN %d AND %d", a, lo, hi))
				for k := lo; k <= hi; k++ {
					if old, ok := m[k]; ok {
						var n int
						fmt.Sscan(old[1], &n)
						m[k] = [2]string{a, fmt.Sprint(n + 1000)}
					}
				}
			case 5:
				c.must(t, fmt.Sprintf("UPDATE t SET id = id + 1000 WHERE id BETWEEN %d AND %d", lo, hi))
				c.must(t, "UPDATE t SET id = id - 1000 WHERE id >= 1000")
			}
			var want strings.Builder
			for k := range int64(60) {
				if v, ok := m[k]; ok {
					fmt.Fprintf(&want, "%d | %s | %s\n", k, v[0], v[1])
				}
			}
			got := c.must(t, "SELECT * FROM t ORDER BY id")
			if got != fmt.Sprintf("| id | a | n\n%sSELECT %d\n", want.String(), len(m)) {
				t.Fatalf("seed %d step %d: got\n%swant\n%s", seed, step, got, want.String())
			}
		}
		c.Close()
	}
}

func TestShownIntegers(t *testing.T) {
	for name, want := range map[string]string{"work_mem": "256MB", "effective_cache_size": "4GB", "statement_timeout": "0", "extra_float_digits": "1"} {
		if got := defaultValues()[name]; got != want {
			t.Error(name, got)
		}
	}
}

// TestTemporarySchemaAgain: the schema of an earlier session with the same number
// is searched as soon as something is made in it.
func TestTemporarySchemaAgain(t *testing.T) {
	e := newEngine(t, Options{})
	for range 2 {
		c := newClient(t, e)
		c.must(t, "CREATE TEMP TABLE own (a int PRIMARY KEY, b int REFERENCES own)")
		c.Close()
	}
}
