package crash

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tagd/tests/harness"
)

// keyStep is a statement, or a transaction, about parents and children; some of them
// fail by the keys.
func keyStep(r *rand.Rand, step int) []string {
	id := r.IntN(400)
	switch r.IntN(8) {
	case 0, 1:
		return []string{fmt.Sprintf("INSERT INTO p SELECT i, 'P' || i FROM generate_series(%d, %d) i ON CONFLICT DO NOTHING", id, id+r.IntN(40))}
	case 2, 3:
		return []string{fmt.Sprintf("INSERT INTO c (id, pid, mail) SELECT %d + i, id, 'M' || %d + i FROM p, generate_series(1, 3) i WHERE id BETWEEN %d AND %d",
			step*1000, step*1000, id, id)}
	case 4:
		return []string{fmt.Sprintf("DELETE FROM p WHERE id BETWEEN %d AND %d", id, id+r.IntN(20))}
	case 5: // children first: the key is looked for at COMMIT, where it may be missing
		last := fmt.Sprintf("INSERT INTO p VALUES (%d, 'late') ON CONFLICT DO NOTHING", 1000+step)
		if r.IntN(3) == 0 {
			last = "SELECT 1"
		}
		return []string{"BEGIN", fmt.Sprintf("INSERT INTO c VALUES (%d, %d, 'late%d')", step*1000, 1000+step, step), last, "COMMIT"}
	case 6:
		return []string{fmt.Sprintf("UPDATE c SET pid = %d, mail = upper(mail) WHERE id %% 7 = %d", id, r.IntN(7))}
	}
	return []string{fmt.Sprintf("UPDATE p SET id = id + 5000 WHERE id = %d", id)}
}

// TestKillForeignKeys kills a server that keeps foreign keys, deferred ones among
// them, and a unique index of an expression: after every restart no child lacks its
// parent and no key is there twice, in the file and by query.
func TestKillForeignKeys(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	data := filepath.Join(t.TempDir(), "k.db")
	srv := harness.Start(t, data)
	c := harness.Dial(t, srv.URL())
	for _, sql := range []string{
		"CREATE TABLE p (id int PRIMARY KEY, name text)",
		"CREATE TABLE c (id int PRIMARY KEY, pid int REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED, mail text)",
		"CREATE UNIQUE INDEX ON c (lower(mail)) WHERE pid IS NOT NULL",
	} {
		c.Must(t, sql)
	}
	step := 0
	for range 4 {
		timer := time.AfterFunc(time.Duration(100+r.IntN(900))*time.Millisecond, srv.Kill)
		for alive := true; alive; {
			step++
			for _, sql := range keyStep(r, step) {
				got := c.Show(sql, harness.Options{})
				if failed := strings.HasPrefix(got, "ERROR"); failed && !strings.Contains(got, "2350") && !strings.Contains(got, "25P02") && !strings.Contains(got, "57P0") {
					t.Fatalf("%s: %s", sql, got)
				} else if !failed && !strings.HasPrefix(got, "-> ") && !strings.Contains(got, "SELECT 1") {
					alive = false
					break
				}
			}
		}
		timer.Stop()
		srv.Kill()
		checkFile(t, data)
		srv = harness.Start(t, data)
		c = harness.Dial(t, srv.URL())
		for _, query := range []string{
			"SELECT c.id FROM c LEFT JOIN p ON p.id = c.pid WHERE c.pid IS NOT NULL AND p.id IS NULL",
			"SELECT lower(mail) FROM c WHERE pid IS NOT NULL GROUP BY 1 HAVING count(*) > 1",
		} {
			if rows := c.Must(t, query); len(rows) > 0 {
				t.Fatalf("%s: %v", query, rows)
			}
		}
	}
	if n := c.Must(t, "SELECT count(*) FROM c")[0][0]; n == "0" {
		t.Error("no child was ever added")
	}
	if err := srv.Stop(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
}
