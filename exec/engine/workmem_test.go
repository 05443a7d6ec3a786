package engine

import (
	"strings"
	"testing"
)

// TestSmallWorkMem holds queries that keep rows to the same answers when they have
// hardly any memory, and sees that they went to disk.
func TestSmallWorkMem(t *testing.T) {
	e, err := New(openStore(t), Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, e)
	defer c.Close()
	for _, q := range []struct {
		sql    string
		spills bool
	}{
		{"with recursive r(n, s) as (select g, 'x' || g from generate_series(1, 40) g union select (n * 7 + k) % 9001, 'x' || ((n * 7 + k) % 9001) from r, generate_series(1, 3) k) select count(*), sum(n), min(s), max(s) from r", true},
		{"with recursive r(n) as (select null::int union select coalesce(n, 0) + 1 from r where n is null or n < 300) select count(*), sum(n) from r", false},
		{"select count(*), sum(b), min(a) from (select distinct on (g % 9000) g % 9000 a, g b from generate_series(1, 30000) g) x", true},
		{"select count(*), sum(b), sum(s) from (select distinct on (a) a, b, length(repeat('y', b % 7)) s from (select (g * 37) % 9000 a, g b from generate_series(1, 30000) g) y order by a desc, b) x", true},
		{"select count(*), sum(b) from (select distinct on (a, c) a, c, b from (select nullif(g % 7, 3) a, g b, 1.0 + g % 2 c from generate_series(1, 30000) g) y order by c, a nulls first, b desc) x", true},
		{"select count(*), sum(g) from generate_series(1, 20000) g where g * 2 not in (select h from generate_series(1, 30000, 3) h)", true},
		{"select count(*), count(x), sum(x) from (select nullif(g % 9000, 7) x from generate_series(1, 20000) g) l where x not in (select h from generate_series(1, 30000, 3) h)", true},
		{"select count(*), sum(g) from generate_series(1, 20000) g where g not in (select nullif(h, 29998) from generate_series(1, 30000, 3) h)", false},
	} {
		c.show("set work_mem = '256MB'", "")
		want := c.show(q.sql, "")
		c.show("set work_mem = '64kB'", "")
		if got := c.show(q.sql, ""); got != want || strings.Contains(got, "42601") {
			t.Errorf("%s\n%s\nwant\n%s", q.sql, got, want)
		}
		if told := c.show("explain (analyze, costs off, timing off) "+q.sql, ""); q.spills && !strings.Contains(told, "Spilled: ") {
			t.Errorf("%s\nwrites nothing:\n%s", q.sql, told)
		}
	}
}
