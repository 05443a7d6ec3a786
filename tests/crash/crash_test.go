// Package crash kills a loading and updating server at any instant and checks
// that each statement is there whole or not at all.
package crash

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tagd/tests/harness"
)

// model is what the table must hold: batch -> rows, and the value of each batch.
type model struct {
	rows  map[int]int
	value map[int]int
}

func (m model) clone() model {
	c := model{map[int]int{}, map[int]int{}}
	for k, v := range m.rows {
		c.rows[k], c.value[k] = v, m.value[k]
	}
	return c
}

// print is the answer that SELECT batch, count(*), sum(v) would give.
func (m model) print() string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(m.rows)) {
		if n := m.rows[k]; n > 0 {
			fmt.Fprintf(&b, "%d:%d:%d ", k, n, n*m.value[k])
		}
	}
	return b.String()
}

// op is one statement and what it does to the model.
type op struct {
	sql, copy string
	apply     func(m model)
	undone    bool // goes with a savepoint or the whole block: the model stays as it is
}

// nextBlock returns the statements of a step: one, or a transaction block with
// savepoints, of which only some last. A step has ten batch numbers of its own, since
// a batch's number makes its keys.
func nextBlock(r *rand.Rand, m model, step int) []op {
	if r.IntN(3) > 0 {
		return []op{nextOp(r, m, step*10)}
	}
	list := []op{{sql: "BEGIN"}}
	m = m.clone()
	for i := range 2 + r.IntN(3) {
		undo := r.IntN(3) == 0
		if r.IntN(2) == 0 || undo {
			list = append(list, op{sql: "SAVEPOINT s"})
		}
		o := nextOp(r, m, step*10+i)
		o.undone = undo
		list = append(list, o)
		if undo {
			list = append(list, op{sql: "ROLLBACK TO s"})
			continue
		}
		o.apply(m)
	}
	end := "COMMIT"
	if r.IntN(5) == 0 {
		end = "ROLLBACK"
		for i := range list {
			list[i].undone = true
		}
	}
	return append(list, op{sql: end})
}

// run runs the statements of a step and applies those that last to m; false if the
// server has gone. ended: the last one was sent, so that it may have happened.
func run(t *testing.T, c *harness.Conn, list []op, m model) (ended, ok bool) {
	t.Helper()
	for i, o := range list {
		if o.apply != nil && !o.undone {
			o.apply(m)
		}
		if got := c.Show(o.sql, harness.Options{Copy: o.copy}); !strings.HasPrefix(got, "-> ") {
			if strings.HasPrefix(got, "ERROR") && !strings.Contains(got, "57P0") {
				t.Fatalf("%s: %s", o.sql, got)
			}
			return i == len(list)-1, false
		}
	}
	return true, true
}

func nextOp(r *rand.Rand, m model, step int) op {
	batches := make([]int, 0, len(m.rows))
	for k, n := range m.rows {
		if n > 0 {
			batches = append(batches, k)
		}
	}
	switch k := r.IntN(10); {
	case k < 4 || len(batches) == 0:
		n := 1 + r.IntN(3)
		if r.IntN(3) == 0 {
			n = 20000 + r.IntN(40000)
		}
		return loadOp(step, n)
	case k < 8:
		b := batches[r.IntN(len(batches))]
		return op{sql: fmt.Sprintf("UPDATE t SET v = %d, s = array_append(s, 'x%d') WHERE batch = %d", step, step%7, b),
			apply: func(m model) { m.value[b] = step }}
	case k < 9:
		b := batches[r.IntN(len(batches))]
		return op{sql: fmt.Sprintf("DELETE FROM t WHERE batch = %d", b), apply: func(m model) { m.rows[b] = 0 }}
	}
	return op{sql: fmt.Sprintf("UPDATE t SET v = %d", step), apply: func(m model) {
		for k := range m.value {
			m.value[k] = step
		}
	}}
}

func loadOp(step, n int) op {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d,%d,%d,城市%d,\"{a%d,b}\"\n", step*1000000+i, step, step, i%50, i%9)
	}
	return op{sql: "COPY t FROM STDIN (FORMAT csv)", copy: b.String(),
		apply: func(m model) { m.rows[step], m.value[step] = n, step }}
}

func TestKill(t *testing.T) {
	rounds := 6
	if v, err := strconv.Atoi(os.Getenv("TAGD_CRASH_ROUNDS")); err == nil {
		rounds = v
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	data := filepath.Join(t.TempDir(), "t.db")
	srv := harness.Start(t, data)
	c := harness.Dial(t, srv.URL())
	c.Must(t, "CREATE TABLE t (id bigint PRIMARY KEY, batch int, v int, city text, s text[])")
	m, step := model{map[int]int{}, map[int]int{}}, 0
	for round := range rounds {
		timer := time.AfterFunc(time.Duration(100+r.IntN(1500))*time.Millisecond, srv.Kill)
		var before, after model
		for {
			step++
			before, after = m, m.clone()
			ended, ok := run(t, c, nextBlock(r, m, step), after)
			if !ended {
				after = before
			}
			if !ok {
				break
			}
			m = after
		}
		timer.Stop()
		srv.Kill()
		checkFile(t, data)
		srv = harness.Start(t, data)
		c = harness.Dial(t, srv.URL())
		m = recount(t, c, round, before, after)
	}
	if err := c.Raw().Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := srv.Stop(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
}

// recount compares the table with both states that it may be in.
func recount(t *testing.T, c *harness.Conn, round int, before, after model) model {
	t.Helper()
	for _, query := range []string{
		"SELECT batch, count(*), sum(v) FROM t GROUP BY batch ORDER BY batch",
		"SELECT batch, count(city), sum(v) FROM (SELECT * FROM t) x WHERE id >= 0 GROUP BY batch ORDER BY batch",
	} {
		var b strings.Builder
		for _, row := range c.Must(t, query) {
			b.WriteString(strings.Join(row, ":") + " ")
		}
		switch b.String() {
		case after.print():
			before = after
		case before.print():
			after = before
		default:
			t.Fatalf("round %d: the table is in neither state\ngot    %s\nbefore %s\nafter  %s", round, b.String(), before.print(), after.print())
		}
	}
	return after
}

func checkFile(t *testing.T, data string) {
	t.Helper()
	if out, err := exec.Command(harness.Binary(t), "check", "--data", data).CombinedOutput(); err != nil {
		t.Fatalf("tagd check: %v\n%s", err, out)
	}
}
