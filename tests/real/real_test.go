// Package real answers questions over real data on tagd and on PostgreSQL 15
// and compares them: purchases turned into RFM tags, grocery baskets as set
// tags, a marketing campaign. The data lies in the folder that TAGD_REAL_DATA
// names (see its README); it is not part of the repository.
package real

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"tagd/tests/harness"
)

// open returns the named data file's lines.
func open(t *testing.T, name string) []string {
	dir := os.Getenv("TAGD_REAL_DATA")
	if dir == "" {
		harness.Skip(t, "TAGD_REAL_DATA does not name the folder of the real data")
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		lines = append(lines, strings.TrimRight(s.Text(), "\r"))
	}
	return lines
}

// both runs statements on tagd and PostgreSQL and compares what they show.
func both(t *testing.T, statements []statement) {
	srv := harness.Start(t, filepath.Join(t.TempDir(), "t.db"))
	ours, theirs := harness.Dial(t, srv.URL()), harness.Dial(t, harness.Postgres(t))
	for _, s := range statements {
		o := harness.Options{Sort: s.copy == "", Copy: s.copy}
		got, want := ours.Show(s.sql, o), theirs.Show(s.sql, o)
		if got != want {
			t.Errorf("%s\ntagd:\n%.3000s\nPostgreSQL:\n%.3000s", s.sql, got, want)
		}
		if strings.HasPrefix(want, "ERROR") {
			t.Errorf("%s\n%s", s.sql, want)
		}
	}
}

type statement struct{ sql, copy string }

func list(text string) (out []statement) {
	for _, s := range strings.Split(text, ";\n") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, statement{sql: s})
		}
	}
	return out
}

func TestCDNOW(t *testing.T) {
	var b strings.Builder
	for _, line := range open(t, "cdnow_master.txt") {
		if f := strings.Fields(line); len(f) == 4 {
			fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", f[0], f[1], f[2], f[3])
		}
	}
	s := list(`CREATE TABLE orders (user_id bigint, at date, items int, amount numeric(10,2))`)
	s = append(s, statement{"COPY orders FROM STDIN", b.String()})
	s = append(s, list(`
SELECT count(*), count(DISTINCT user_id), sum(amount), min(at), max(at), avg(items) FROM orders;
SELECT date_trunc('month', at) AS m, count(*), sum(amount), count(DISTINCT user_id) FROM orders GROUP BY 1;
CREATE TABLE tags (user_id bigint PRIMARY KEY, recency int, frequency bigint, monetary numeric(12,2), first_buy date, segment text);
INSERT INTO tags (user_id, recency, frequency, monetary, first_buy) SELECT user_id, DATE '2022-07-01' - max(at), count(*), sum(amount), min(at) FROM orders GROUP BY user_id ON CONFLICT (user_id) DO UPDATE SET recency = EXCLUDED.recency, frequency = EXCLUDED.frequency, monetary = EXCLUDED.monetary;
SELECT count(*), sum(recency), sum(frequency), sum(monetary) FROM tags;
UPDATE tags SET segment = CASE WHEN recency <= 200 THEN 1 ELSE 0 END::text || CASE WHEN frequency >= 3 THEN 1 ELSE 0 END::text || CASE WHEN monetary >= 100 THEN 1 ELSE 0 END::text;
UPDATE tags SET segment = CASE segment WHEN '111' THEN '重要价值' WHEN '101' THEN '重要发展' WHEN '011' THEN '重要保持' WHEN '001' THEN '重要挽留' WHEN '110' THEN '一般价值' WHEN '100' THEN '一般发展' WHEN '010' THEN '一般保持' ELSE '一般挽留' END;
SELECT segment, count(*), avg(monetary), max(frequency), min(recency) FROM tags GROUP BY segment;
SELECT segment, date_trunc('month', first_buy) AS cohort, count(*) FROM tags GROUP BY 1, 2;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY monetary), percentile_disc(0.9) WITHIN GROUP (ORDER BY frequency) FROM tags;
SELECT count(*) FROM tags WHERE segment IN ('重要价值', '重要发展') AND monetary BETWEEN 100.5 AND 500;
SELECT user_id, monetary FROM tags WHERE monetary > 1000 ORDER BY monetary DESC, user_id LIMIT 50;
DELETE FROM tags WHERE frequency = 1 AND monetary < 10;
SELECT count(*), sum(monetary) FROM tags;
INSERT INTO tags (user_id, recency, frequency, monetary, first_buy) SELECT user_id, DATE '2022-07-01' - max(at), count(*), sum(amount), min(at) FROM orders GROUP BY user_id ON CONFLICT (user_id) DO NOTHING;
SELECT segment, count(*), sum(frequency) FROM tags GROUP BY ROLLUP (segment);
COPY (SELECT * FROM tags WHERE segment = '重要挽留') TO STDOUT (FORMAT csv);
`)...)
	both(t, s)
}

func TestGroceries(t *testing.T) {
	baskets := map[string][]string{}
	for _, line := range open(t, "groceries.csv")[1:] {
		if f := strings.SplitN(line, ",", 3); len(f) == 3 {
			baskets[f[0]] = append(baskets[f[0]], `"`+strings.ReplaceAll(f[2], `"`, `\"`)+`"`)
		}
	}
	members := make([]string, 0, len(baskets))
	for m := range baskets {
		members = append(members, m)
	}
	sort.Strings(members)
	var b strings.Builder
	for _, m := range members {
		fmt.Fprintf(&b, "%s\t{%s}\n", m, strings.Join(baskets[m], ","))
	}
	s := list(`CREATE TABLE members (id int PRIMARY KEY, items text[])`)
	s = append(s, statement{"COPY members FROM STDIN", b.String()})
	s = append(s, list(`
SELECT count(*), sum(cardinality(items)), max(cardinality(items)) FROM members;
SELECT v, count(*), count(DISTINCT id) FROM members, unnest(items) v GROUP BY v;
SELECT count(*) FROM members WHERE 'whole milk' = ANY (items) AND NOT items && '{beer,bottled beer}';
SELECT count(*) FROM members WHERE items @> ARRAY['whole milk', 'rolls/buns'];
SELECT id FROM members WHERE items <@ ARRAY['whole milk', 'soda', 'yogurt', 'sausage', 'rolls/buns'];
SELECT cardinality(items) AS n, count(*) FROM members GROUP BY 1;
UPDATE members SET items = array_append(items, '新品') WHERE 'soda' = ANY (items);
SELECT v, count(*) FROM members, unnest(items) v WHERE '新品' = ANY (items) GROUP BY v ORDER BY 2 DESC, 1 LIMIT 20;
UPDATE members SET items = array_remove(items, 'whole milk') WHERE cardinality(items) > 10;
SELECT count(*) FROM members WHERE 'whole milk' = ANY (items);
SELECT count(*) FROM members WHERE items = '{}' OR items IS NULL;
`)...)
	both(t, s)
}

func TestCampaign(t *testing.T) {
	lines := open(t, "marketing_campaign.tsv")
	head := strings.Split(strings.TrimPrefix(lines[0], "\ufeff"), ";")
	var cols []string
	for _, h := range head {
		typ := "int"
		switch h {
		case "ID":
			typ = "int PRIMARY KEY"
		case "Education", "Marital_Status":
			typ = "text"
		case "Dt_Customer":
			typ = "date"
		case "Income":
			typ = "numeric(10,2)"
		}
		cols = append(cols, h+" "+typ)
	}
	if !strings.Contains(lines[1], ";") || !strings.Contains(lines[1], "-") {
		t.Fatalf("unexpected line %q", lines[1])
	}
	body := strings.Join(lines[1:], "\n") + "\n"
	s := list("SET DateStyle = 'ISO, DMY';\nCREATE TABLE c (" + strings.Join(cols, ", ") + ")")
	s = append(s, statement{"COPY c FROM STDIN (FORMAT csv, DELIMITER ';')", body})
	s = append(s, list(`
SELECT count(*), count(income), avg(income), min(dt_customer), max(dt_customer) FROM c;
SELECT education, marital_status, count(*), avg(income), sum(response) FROM c GROUP BY 1, 2;
SELECT education, count(*) FILTER (WHERE response = 1), round(100.0 * avg(response), 2) FROM c GROUP BY education;
SELECT education, marital_status, count(*), grouping(education, marital_status) FROM c GROUP BY CUBE (education, marital_status);
SELECT count(*) FROM c WHERE income IS NULL OR income > 80000 AND NOT marital_status IN ('Single', 'Divorced');
SELECT year_birth / 10 * 10 AS decade, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY income) FROM c GROUP BY 1;
SELECT date_trunc('quarter', dt_customer) AS q, sum(mntwines), avg(recency) FROM c GROUP BY 1;
SELECT id, income FROM c ORDER BY income DESC NULLS LAST, id LIMIT 10;
SELECT DISTINCT education FROM c;
SELECT width_bucket(income, 0, 100000, 10) AS b, count(*) FROM c GROUP BY 1;
`)...)
	both(t, s)
}
