package crash

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tagd/tests/harness"
)

// turnBlock is a transaction of writer i that adds rows to its own table, counts
// them in its counter and in one that all share; what it does after a savepoint it
// undoes.
func turnBlock(r *rand.Rand, i int) []string {
	n := 1 + r.IntN(30)
	list := []string{"BEGIN", fmt.Sprintf("INSERT INTO rows%d SELECT 'v' || g, g FROM generate_series(1, %d) g", i, n)}
	if r.IntN(2) == 0 {
		list = append(list, "SAVEPOINT s", fmt.Sprintf("DELETE FROM rows%d WHERE n %% 2 = 0", i), fmt.Sprintf("UPDATE total SET n = n + 1000 WHERE i = %d", i), "ROLLBACK TO s")
	}
	if r.IntN(3) == 0 {
		list = append(list, fmt.Sprintf("CREATE TABLE made%d (a int)", i), fmt.Sprintf("DROP TABLE made%d", i))
	}
	list = append(list, fmt.Sprintf("UPDATE counter%d SET n = n + %d", i, n), fmt.Sprintf("SELECT count(*) FROM rows%d", r.IntN(turnWriters)),
		fmt.Sprintf("UPDATE total SET n = n + %d", n), "COMMIT")
	if r.IntN(6) == 0 {
		list[len(list)-1] = "ROLLBACK"
	}
	return list
}

const turnWriters = 5

// TestKillTurns kills a server in which several transactions are open that have
// changed different tables: after every restart each is there whole or not at all,
// and none that was answered is gone.
func TestKillTurns(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	data := filepath.Join(t.TempDir(), "k.db")
	srv := harness.Start(t, data)
	c := harness.Dial(t, srv.URL())
	c.Must(t, "CREATE TABLE total AS SELECT 1 AS i, 0 AS n")
	for i := range turnWriters {
		c.Must(t, fmt.Sprintf("CREATE TABLE rows%d (v text, n int)", i))
		c.Must(t, fmt.Sprintf("CREATE TABLE counter%d AS SELECT 0 AS n", i))
	}
	var answered atomic.Int64
	r := rand.New(rand.NewPCG(seed, 100))
	for round := range 4 {
		timer := time.AfterFunc(time.Duration(200+r.IntN(1200))*time.Millisecond, srv.Kill)
		var wg sync.WaitGroup
		for i := range turnWriters {
			k := harness.Dial(t, srv.URL())
			wr := rand.New(rand.NewPCG(seed, uint64(round*turnWriters+i)))
			wg.Go(func() {
				for turnsUntilGone(t, k, turnBlock(wr, i), &answered) {
				}
			})
		}
		wg.Wait()
		timer.Stop()
		srv.Kill()
		checkFile(t, data)
		srv = harness.Start(t, data)
		c = harness.Dial(t, srv.URL())
		sum := "SELECT 0"
		for i := range turnWriters {
			sum += fmt.Sprintf(" + (SELECT n FROM counter%d)", i)
			if rows := c.Must(t, fmt.Sprintf("SELECT n, (SELECT count(*) FROM rows%d) FROM counter%d WHERE n <> (SELECT count(*) FROM rows%d)", i, i, i)); len(rows) > 0 {
				t.Fatalf("writer %d: %v", i, rows)
			}
		}
		rows := c.Must(t, "SELECT n, ("+sum+") FROM total")
		if rows[0][0] != rows[0][1] {
			t.Fatalf("counters: %v", rows)
		}
	}
	t.Logf("%d transactions were committed", answered.Load())
	if answered.Load() == 0 {
		t.Error("no transaction was committed")
	}
	if err := srv.Stop(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
}

// turnsUntilGone runs a block; false: the server has gone.
func turnsUntilGone(t *testing.T, c *harness.Conn, list []string, answered *atomic.Int64) bool {
	for _, sql := range list {
		got := c.Show(sql, harness.Options{})
		switch {
		case strings.HasPrefix(got, "ERROR") && strings.Contains(got, "40P01"):
			return c.Show("ROLLBACK", harness.Options{}) != ""
		case strings.HasPrefix(got, "ERROR") && !strings.Contains(got, "57P0"):
			t.Errorf("%s: %s", sql, got)
			return false
		case !strings.Contains(got, "-> "):
			return false
		}
		if sql == "COMMIT" {
			answered.Add(1)
		}
	}
	return true
}
