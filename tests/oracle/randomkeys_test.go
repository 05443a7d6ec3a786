package oracle

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"tagd/tests/harness"
)

// keyGen makes tables that refer to each other and random changes of their rows.
type keyGen struct{ r *rand.Rand }

func (g *keyGen) pick(list ...string) string { return list[g.r.Intn(len(list))] }

// action is what a foreign key does, and whether it may wait.
func (g *keyGen) action() string {
	out := ""
	for _, on := range []string{" ON DELETE ", " ON UPDATE "} {
		if a := g.pick("", "", "NO ACTION", "RESTRICT", "CASCADE", "CASCADE", "SET NULL", "SET DEFAULT"); a != "" {
			out += on + a
		}
	}
	return out + g.pick("", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED")
}

// schema makes three tables in a chain, one of which also refers to itself.
func (g *keyGen) schema() []string {
	unique := g.pick("", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED")
	return []string{
		"DROP TABLE IF EXISTS kc, kb, ka",
		"CREATE TABLE ka (id int PRIMARY KEY, k text UNIQUE, a int, b int, w int UNIQUE" + unique + ", UNIQUE (a, b))",
		"CREATE TABLE kb (id int PRIMARY KEY, pid int DEFAULT 1 REFERENCES ka" + g.action() + ", k varchar(20) REFERENCES ka(k)" + g.action() +
			", a bigint DEFAULT 1, b smallint DEFAULT 1, up int REFERENCES kb" + g.action() + ", FOREIGN KEY (a, b) REFERENCES ka (a, b)" +
			g.pick("", " MATCH FULL") + g.action() + ")",
		"CREATE TABLE kc (id int PRIMARY KEY, bid int" + g.pick("", " NOT NULL", " DEFAULT 2") + " REFERENCES kb" + g.action() + ", pid int REFERENCES ka" + g.action() +
			", n int CHECK (n < 8))",
		"INSERT INTO ka SELECT g, 'k' || g, g, g % 3, g FROM generate_series(1, 8) g",
		"INSERT INTO kb SELECT g, 1 + g % 8, 'k' || 1 + g % 7, 1 + g % 8, (1 + g % 8) % 3, nullif(g / 2, 0) FROM generate_series(1, 16) g",
		"INSERT INTO kc SELECT g, 1 + g % 16, 1 + g % 8, g % 5 FROM generate_series(1, 24) g",
	}
}

// value is a small number, or NULL now and then.
func (g *keyGen) value(to int) string {
	if g.r.Intn(8) == 0 {
		return "NULL"
	}
	return fmt.Sprint(1 + g.r.Intn(to))
}

func (g *keyGen) text() string {
	if v := g.value(10); v != "NULL" {
		return "'k" + v + "'"
	}
	return "NULL"
}

// change is a statement about one row, or a few.
func (g *keyGen) change() string {
	table := g.pick("ka", "kb", "kb", "kc")
	id := fmt.Sprint(1 + g.r.Intn(20))
	switch g.r.Intn(10) {
	case 0, 1, 2:
		return "DELETE FROM " + table + " WHERE id = " + id
	case 3:
		return "DELETE FROM " + table + " WHERE id IN (" + id + ", " + g.value(20) + ", " + g.value(20) + ")"
	case 4, 5, 6:
		return "UPDATE " + table + " SET " + g.assign(table) + " WHERE id = " + id
	}
	if g.r.Intn(4) == 0 {
		return "INSERT INTO " + table + " VALUES " + g.row(table) + " ON CONFLICT (id) DO UPDATE SET " + g.assign(table)
	}
	rows := g.row(table)
	for range g.r.Intn(3) {
		rows += ", " + g.row(table)
	}
	return "INSERT INTO " + table + " VALUES " + rows + g.pick("", "", "", " ON CONFLICT DO NOTHING")
}

func (g *keyGen) row(table string) string {
	id := fmt.Sprint(1 + g.r.Intn(30))
	switch table {
	case "ka":
		return "(" + strings.Join([]string{id, g.text(), g.value(9), g.value(3), g.value(12)}, ", ") + ")"
	case "kb":
		return "(" + strings.Join([]string{id, g.value(10), g.text(), g.value(9), g.value(3), g.value(20)}, ", ") + ")"
	}
	return "(" + strings.Join([]string{id, g.value(20), g.value(9), g.value(9)}, ", ") + ")"
}

func (g *keyGen) assign(table string) string {
	switch table {
	case "ka":
		return g.pick("id = "+fmt.Sprint(1+g.r.Intn(14)), "k = "+g.text(), "a = "+g.value(9)+", b = "+g.value(3), "b = "+g.value(3), "w = "+g.value(12))
	case "kb":
		return g.pick("id = "+fmt.Sprint(1+g.r.Intn(25)), "pid = "+g.value(10), "k = "+g.text(), "a = "+g.value(9)+", b = "+g.value(3), "up = "+g.value(20),
			"up = "+table+".id", "pid = 1, up = NULL")
	}
	return g.pick("bid = "+g.value(20), "pid = "+g.value(9), "n = "+g.value(9), "pid = bid, bid = pid")
}

// statement is a change or what stands around changes.
func (g *keyGen) statement() string {
	switch g.r.Intn(12) {
	case 0:
		return "BEGIN"
	case 1:
		return g.pick("COMMIT", "COMMIT", "ROLLBACK")
	case 2:
		return g.pick("SAVEPOINT s", "SAVEPOINT s", "ROLLBACK TO s", "RELEASE s", "SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS ALL IMMEDIATE")
	}
	return g.change()
}

// TestRandomKeys makes the same random changes of tables with foreign keys on both
// servers: each must end alike and leave the same rows. Which of several rows an
// error names is not compared, as it goes by the order in which rows are stored.
func TestRandomKeys(t *testing.T) {
	limit, seed, pg, tagd := randomServers(t)
	t.Logf("seed %d", seed)
	n, rounds := 0, 0
	for end := time.Now().Add(limit); time.Now().Before(end) && !t.Failed(); rounds++ {
		g := &keyGen{rand.New(rand.NewSource(seed + int64(rounds)))}
		n += keyRound(t, g, pg, tagd, seed+int64(rounds))
	}
	t.Logf("%d statements over %d schemas", n, rounds)
}

// keyRound makes new tables and changes them; it returns how many statements it ran.
func keyRound(t *testing.T, g *keyGen, pg, tagd *harness.Conn, seed int64) (n int) {
	told := g.schema()
	for _, sql := range told {
		pg.Must(t, sql)
		tagd.Must(t, sql)
	}
	ask := func(sql string) bool {
		want, got := withoutNotices(pg.Show(sql, harness.Options{Sort: true})), withoutNotices(tagd.Show(sql, harness.Options{Sort: true}))
		if wc, gc := stateOf(want), stateOf(got); wc != gc || wc == "" && want != got {
			t.Errorf("seed %d\n%s;\ntagd: %s\nwant: %s", seed, strings.Join(append(told, sql), ";\n"), got, want)
			return false
		}
		return true
	}
	for n = 0; n < 60; n++ {
		sql := g.statement()
		if !ask(sql) {
			break
		}
		told = append(told, sql)
		if !ask("SELECT * FROM ka") || !ask("SELECT * FROM kb") || !ask("SELECT * FROM kc") {
			break
		}
	}
	pg.Show("ROLLBACK", harness.Options{})
	tagd.Show("ROLLBACK", harness.Options{})
	return n
}
