package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// The rows about relations: a wrapped query beside the bare one, a join with an
// event table, a sort beyond the memory of a query.

const (
	bareQuery    = "SELECT city, count(*) FROM tags WHERE gender = '女' GROUP BY city ORDER BY 2 DESC LIMIT 1000"
	wrappedQuery = "SELECT city, COUNT(*) FROM (SELECT * FROM tags) AS virtual_table WHERE gender = '女' GROUP BY city ORDER BY 2 DESC LIMIT 1000"
	joinQuery    = "SELECT t.city, t.gender, count(*), sum(o.amount) FROM orders o JOIN tags t ON t.user_id = o.user_id GROUP BY 1, 2"
)

// wrapped compares a query as BI tools write it with the bare one.
func (s *served) wrapped() {
	bare, n, err := s.median(bareQuery)
	must(err)
	wrap, m, err := s.median(wrappedQuery)
	if err != nil {
		report("wrapped BI query / bare", "110 %", "failed: %v", err)
		return
	}
	report("wrapped BI query / bare", "110 %", "%.2f / %.2f ms, %.0f %% (%d, %d rows)", wrap, bare, 100*wrap/bare, m, n)
}

// join joins a tenth of the users' last orders, in an event table, to the users.
func (s *served) join() {
	ctx := context.Background()
	var rows int64
	if err := s.conn.QueryRow(ctx, "SELECT count(*) FROM orders").Scan(&rows); err != nil {
		for _, sql := range []string{
			"CREATE TABLE orders (user_id bigint NOT NULL, amount numeric(10,2), day date)",
			"INSERT INTO orders SELECT user_id, (total_spent / 20)::numeric(10,2), last_purchase FROM tags WHERE user_id % 10 = 3",
			"SELECT count(*) FROM orders",
		} {
			_, err := s.conn.Exec(ctx, sql)
			must(err)
		}
	}
	ms, n, err := s.median(joinQuery)
	if err != nil {
		report("join of 1M events with GROUP BY 2 tags", "400 ms", "failed: %v", err)
		return
	}
	report("join of 1M events with GROUP BY 2 tags", "400 ms", "%.0f ms (%d rows)", ms, n)
}

// sortText sorts all rows by a text column out to the client with 256 MB a query.
func sortText(bin, data string) {
	s := connect(bin, data, "--query-memory", "256")
	defer s.stop()
	start := time.Now()
	r, err := s.conn.Query(context.Background(), "SELECT email, user_id FROM tags ORDER BY email")
	must(err)
	n, last := 0, ""
	for r.Next() {
		if v := r.RawValues()[0]; v != nil {
			if string(v) < last {
				must(fmt.Errorf("%q comes after %q", v, last))
			}
			last = string(v)
		}
		n++
	}
	outcome := fmt.Sprintf("%d rows in %.1f s", n, time.Since(start).Seconds())
	if err := r.Err(); err != nil {
		outcome = err.Error()
	}
	report("sort of all rows by a text column in 256 MB", "finishes", "%s", outcome)
}

// wants reports whether -only asks for a row.
func wants(name string) bool { return strings.Contains(name, *only) }
