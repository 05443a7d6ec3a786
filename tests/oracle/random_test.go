package oracle

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tagd/tests/harness"
)

var (
	randomTime = flag.Duration("random-time", 5*time.Second, "how long to ask random queries (TAGD_RANDOM_TIME)")
	randomSeed = flag.Int64("random-seed", 0, "where to begin; 0: anywhere (the seed is printed)")
	randomFrom = flag.Int("random-from", 0, "which statement of the seed to begin with")
	randomPG   = flag.String("random-pg", "", "a PostgreSQL 15 to ask instead of a private one; its database is filled")
)

// ways are the settings under which tagd must answer the same.
var ways = []string{
	"SET enable_bitmapscan = on; SET work_mem = '256MB'",
	"SET enable_bitmapscan = off; SET work_mem = '256MB'",
	"SET enable_bitmapscan = on; SET work_mem = '64kB'",
}

// randomServers are the servers of a random test, how long it runs and its seed.
func randomServers(t *testing.T) (limit time.Duration, seed int64, pg, tagd *harness.Conn) {
	limit = *randomTime
	if d, err := time.ParseDuration(os.Getenv("TAGD_RANDOM_TIME")); err == nil {
		limit = d
	}
	seed = *randomSeed
	if seed == 0 {
		seed = time.Now().UnixNano() & 0xffffff
	}
	url := *randomPG
	if url == "" {
		url = harness.Postgres(t)
	}
	srv := harness.Start(t, filepath.Join(t.TempDir(), "t.db"))
	return limit, seed, harness.Dial(t, url), harness.Dial(t, srv.URL())
}

// TestRandom asks both servers random queries over random tables until the time
// is up. Statement k of a seed is the same in every run.
func TestRandom(t *testing.T) {
	limit, seed, pg, tagd := randomServers(t)
	for _, table := range []string{"tags", "orders", "crowd", "tiny", "more"} {
		pg.Show("DROP TABLE IF EXISTS "+table, harness.Options{})
	}
	for _, sql := range schemaSQL(rand.New(rand.NewSource(seed))) {
		pg.Must(t, sql)
		tagd.Must(t, sql)
	}
	pg.Must(t, "ANALYZE; SET statement_timeout = '5s'")
	t.Logf("seed %d", seed)
	asked, skipped, bad := 0, 0, 0
	for end := time.Now().Add(limit); time.Now().Before(end); asked++ {
		s := seed + int64(asked)
		g := &gen{r: rand.New(rand.NewSource(s))}
		sql := g.statement()
		want := withoutNotices(pg.Show(sql, harness.Options{Sort: true}))
		if code := stateOf(want); code == "57014" || code == "53100" {
			skipped++
			continue
		}
		if got, way := disagrees(tagd, sql, want); got != "" {
			bad++
			t.Errorf("seed %d (%s)\n%s\n%s", s, way, sql, difference(got, want))
			if bad >= 20 {
				break
			}
		}
	}
	t.Logf("%d random statements, %d too slow for PostgreSQL, %d differ", asked, skipped, bad)
}

// disagrees returns tagd's answer and the settings under which it is not want.
func disagrees(tagd *harness.Conn, sql, want string) (got, way string) {
	for _, way := range ways {
		tagd.Show(way, harness.Options{})
		got := withoutNotices(tagd.Show(sql, harness.Options{Sort: true}))
		if stateOf(got) != stateOf(want) || stateOf(got) == "" && got != want {
			return got, way
		}
	}
	return "", ""
}

// stateOf is the SQLSTATE of an answer, "" if it is no error.
func stateOf(answer string) string {
	for _, line := range strings.Split(answer, "\n") {
		if rest, ok := strings.CutPrefix(line, "ERROR "); ok {
			return rest[:min(5, len(rest))]
		}
		if strings.HasPrefix(line, "LOST") {
			return "LOST"
		}
	}
	return ""
}

// withoutNotices drops what is only said.
func withoutNotices(answer string) string {
	var b strings.Builder
	for _, line := range strings.SplitAfter(answer, "\n") {
		if !strings.HasPrefix(line, "NOTICE: ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// difference shows the lines that only one of two answers has; of two long lines
// where they part.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(g) == len(w) {
		for i := range g {
			at := 0
			for at < min(len(g[i]), len(w[i])) && g[i][at] == w[i][at] {
				at++
			}
			if g[i] != w[i] && at > 200 {
				from := at - 100
				return fmt.Sprintf("tagd ...%.250q\nwant ...%.250q\n", g[i][from:], w[i][from:])
			}
		}
	}
	count := map[string]int{}
	for _, l := range strings.Split(want, "\n") {
		count[l]++
	}
	for _, l := range strings.Split(got, "\n") {
		count[l]--
	}
	var b strings.Builder
	n := 0
	for l, k := range count {
		if k != 0 {
			if n++; n > 12 {
				b.WriteString("...\n")
				break
			}
			fmt.Fprintf(&b, "%+d tagd: %s\n", -k, l)
		}
	}
	return b.String()
}
