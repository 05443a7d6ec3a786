// Command bench measures the numbers that the project promises, end to end, and
// prints them beside the promise. See README.md in this folder.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"tagd/cmd/demodata"
)

var (
	users = flag.Int("users", 10_000_000, "rows of the table")
	dir   = flag.String("dir", "", "folder for the files (default: a temporary one, removed at the end)")
	keep  = flag.Bool("keep", false, "keep the files")
	runs  = flag.Int("runs", 21, "runs of each query; the median counts")
	only  = flag.String("only", "", "queries whose name has this text; skips the loads that are not needed")
)

type row struct {
	what, limit, got string
}

var rows []row

func report(what, limit, format string, args ...any) {
	r := row{what, limit, fmt.Sprintf(format, args...)}
	rows = append(rows, r)
	fmt.Printf("| %s | %s | %s |\n", r.what, r.limit, r.got)
}

func main() {
	flag.Parse()
	if *dir == "" {
		d, err := os.MkdirTemp("", "tagd-bench")
		must(err)
		*dir = d
		if !*keep {
			defer os.RemoveAll(d)
		}
	}
	bin := filepath.Join(*dir, "tagd")
	run("go", "build", "-o", bin, "tagd/cmd/tagd")
	if *wireOnly {
		fmt.Printf("| what | at most | measured |\n|---|---|---|\n")
		wire(bin)
		return
	}
	fmt.Printf("%d users\n\n| what | at most | measured |\n|---|---|---|\n", *users)
	data := filepath.Join(*dir, "bench.db")
	load(bin, data)
	srv := serve(bin, data)
	defer srv.stop()
	if *peers {
		srv.askPeers()
		return
	}
	for _, q := range queries {
		if wants(q.name) {
			srv.measure(q)
		}
	}
	if wants("1,000,000 ids by COPY into psql") {
		srv.export()
	}
	if wants("GROUP BY with 4,000,000 groups") {
		srv.manyGroups()
	}
	if wants("wrapped BI query") {
		srv.wrapped()
	}
	if wants("join of 1M events") {
		srv.join()
	}
	if wants("sort of all rows by a text column") {
		srv.stop() // one server a file
		sortText(bin, data)
	}
	if *only == "" {
		textKeys(bin)
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func run(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	must(cmd.Run())
	return cmd
}

// csvFile writes the demo users as a CSV file once.
func csvFile() string {
	path := filepath.Join(*dir, "users.csv")
	if _, err := os.Stat(path); err == nil {
		return path
	}
	f, err := os.Create(path)
	must(err)
	w := bufio.NewWriterSize(f, 1<<20)
	g := demodata.New(1)
	_, err = w.WriteString(g.Header())
	must(err)
	var buf []byte
	for from := 0; from < *users; from += 4096 {
		buf = g.AppendRows(buf[:0], from, min(from+4096, *users))
		_, err = w.Write(buf)
		must(err)
	}
	must(w.Flush())
	must(f.Close())
	return path
}

func peak(cmd *exec.Cmd) float64 {
	return float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
}

func size(path string) float64 {
	st, err := os.Stat(path)
	must(err)
	return float64(st.Size()) / 1e6
}

// load makes the table and loads the CSV by `tagd load`.
func load(bin, data string) {
	if _, err := os.Stat(data); err == nil {
		return
	}
	csv := csvFile()
	run(bin, "demo", "--users", "0", "--load-only", "--data", data)
	start := time.Now()
	cmd := run(bin, "load", "--data", data, "--table", "tags", csv)
	report("load of the CSV", "15 s", "%.1f s", time.Since(start).Seconds())
	report("peak resident memory of that load", "2,000 MB", "%.0f MB", peak(cmd))
	report("file size", "700 MB", "%.0f MB", size(data))
}

type served struct {
	cmd  *exec.Cmd
	addr string
	conn *pgx.Conn
}

func (s *served) url() string { return "postgres://tagd@" + s.addr + "/tagd?sslmode=disable" }

// serve starts the server and reports the time until its first answer.
func serve(bin, data string) *served {
	start := time.Now()
	s := connect(bin, data)
	var n int64
	must(s.conn.QueryRow(context.Background(), "SELECT count(*) FROM "+tableOf(data)+" WHERE "+firstFilter(data)).Scan(&n))
	report("open "+filepath.Base(data)+" until the first query is answered", "1 s", "%.2f s", time.Since(start).Seconds())
	return s
}

func tableOf(data string) string {
	if strings.Contains(data, "text") {
		return "people"
	}
	return "tags"
}

func firstFilter(data string) string {
	if strings.Contains(data, "text") {
		return "key = 'nobody'"
	}
	return "gender = '女' AND member_level = '金卡'"
}

func (s *served) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

type query struct {
	name, limit, sql string
}

var queries = []query{
	{"count, 3 equality/IN predicates", "1.5 ms", "SELECT count(*) FROM tags WHERE gender = '女' AND member_level IN ('金卡','铂金') AND city = '上海'"},
	{"count, 5 predicates incl. IN-10, set &&, NOT", "6 ms", "SELECT count(*) FROM tags WHERE gender = '女' AND lifecycle IN ('成熟期','衰退期','成长期') AND city IN ('上海','北京','广州','深圳','杭州','成都','武汉','南京','苏州','西安') AND interests && '{瑜伽,美妆}' AND NOT member_level = '普通'"},
	{"count, int range", "8 ms", "SELECT count(*) FROM tags WHERE age BETWEEN 25 AND 34"},
	{"count, decimal range", "8 ms", "SELECT count(*) FROM tags WHERE total_spent >= 500 AND total_spent < 2000.50"},
	{"count, date range", "8 ms", "SELECT count(*) FROM tags WHERE last_purchase >= '2026-01-01' AND last_purchase < '2026-04-01'"},
	{"crosstab 31 x 8, filter of 10-15 %", "8 ms", "SELECT province, rfm_segment, count(*) FROM tags WHERE gender = '女' AND lifecycle = '成熟期' GROUP BY 1, 2"},
	{"crosstab 31 x 8, no filter", "12 ms", "SELECT province, rfm_segment, count(*) FROM tags GROUP BY 1, 2"},
	{"crosstab of a 120-value set x 8 levels", "40 ms", "SELECT v, member_level, count(*) FROM tags, unnest(interests) v GROUP BY 1, 2"},
	{"group by month of a timestamp with avg", "60 ms", "SELECT date_trunc('month', registered_at), avg(total_spent) FROM tags GROUP BY 1"},
	{"sum, avg, median of a decimal by level", "-", "SELECT member_level, sum(total_spent), avg(total_spent), percentile_cont(0.5) WITHIN GROUP (ORDER BY total_spent) FROM tags GROUP BY 1"},
	{"top 100 by two keys, filtered", "40 ms", "SELECT user_id, city, total_spent FROM tags WHERE gender = '女' ORDER BY city, total_spent DESC LIMIT 100"},
	{"top 10 by a decimal, filtered", "-", "SELECT user_id, total_spent FROM tags WHERE gender = '女' ORDER BY total_spent DESC NULLS LAST LIMIT 10"},
	{"one user by id", "-", "SELECT * FROM tags WHERE user_id = 9010000000000004"},
}

// measure reports the median time of a query at a pgx client, all rows read.
func (s *served) measure(q query) {
	ms, n, err := s.median(q.sql)
	if err != nil {
		report(q.name, q.limit, "failed: %v", err)
		return
	}
	report(q.name, q.limit, "%.2f ms (%d rows)", ms, n)
}

// median is the median time of a query's runs after the first two, and its rows.
func (s *served) median(sql string) (ms float64, n int, err error) {
	ctx := context.Background()
	times := make([]float64, 0, *runs)
	begin := time.Now()
	for i := range *runs + 2 {
		if len(times) >= 3 && time.Since(begin) > 5*time.Second {
			break
		}
		start := time.Now()
		r, err := s.conn.Query(ctx, sql)
		must(err)
		n = 0
		for r.Next() {
			n++
		}
		if err := r.Err(); err != nil {
			return 0, 0, err
		}
		if i >= 2 {
			times = append(times, float64(time.Since(start).Microseconds())/1000)
		}
	}
	sort.Float64s(times)
	return times[len(times)/2], n, nil
}

// export drains a tenth of the ids through psql.
func (s *served) export() {
	sql := "COPY (SELECT user_id FROM tags WHERE city_tier = '一线' AND gender = '女' LIMIT 1000000) TO STDOUT"
	var times []float64
	for range 5 {
		start := time.Now()
		run("psql", "-q", "-o", "/dev/null", s.url(), "-c", sql)
		times = append(times, float64(time.Since(start).Milliseconds()))
	}
	sort.Float64s(times)
	report("1,000,000 ids by COPY into psql", "300 ms", "%.0f ms", times[len(times)/2])
}

// manyGroups streams one group per e-mail name and row block.
func (s *served) manyGroups() {
	start := time.Now()
	r, err := s.conn.Query(context.Background(), fmt.Sprintf("SELECT user_id / %d, count(*) FROM tags GROUP BY 1", max(9**users/4_000_000, 1)))
	must(err)
	n := 0
	for r.Next() {
		n++
	}
	outcome := fmt.Sprintf("%d groups in %.1f s", n, time.Since(start).Seconds())
	if err := r.Err(); err != nil {
		outcome = err.Error()
	}
	report("GROUP BY with 4,000,000 groups in 512 MB", "finishes or 53200", "%s", outcome)
}

// textKeys loads as many users under random text keys of 20 characters.
func textKeys(bin string) {
	src := filepath.Join(*dir, "text.csv")
	f, err := os.Create(src)
	must(err)
	w := bufio.NewWriterSize(f, 1<<20)
	g := demodata.New(2)
	var buf []byte
	for from := 0; from < *users; from += 4096 {
		buf = g.AppendTextKeyRows(buf[:0], from, min(from+4096, *users))
		_, err = w.Write(buf)
		must(err)
	}
	must(w.Flush())
	must(f.Close())
	data := filepath.Join(*dir, "text.db")
	_ = os.Remove(data)
	t := connect(bin, data)
	_, err = t.conn.Exec(context.Background(), strings.Replace(demodata.CreateTable("people")[0], "user_id bigint", "key text", 1))
	must(err)
	t.stop()
	start := time.Now()
	run(bin, "load", "--data", data, "--table", "people", "--no-header", src)
	report("the same load with a random text key of 20 characters", "25 s", "%.1f s", time.Since(start).Seconds())
	serve(bin, data).stop()
}

// connect starts the server and opens a connection to it.
func connect(bin, data string, flags ...string) *served {
	s := &served{cmd: exec.Command(bin, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, flags...)...)}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	must(err)
	must(s.cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	must(err)
	s.addr = strings.TrimSpace(line[strings.LastIndex(line, " ")+1:])
	s.conn, err = pgx.Connect(context.Background(), s.url())
	must(err)
	return s
}
