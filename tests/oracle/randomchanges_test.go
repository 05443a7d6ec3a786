package oracle

import (
	"fmt"
	"math/rand"
	"os"
	"strings"
	"testing"
	"time"

	"tagd/tests/harness"
)

// aliased are the columns of a table under an alias.
func aliased(table, alias string) []column {
	var out []column
	for _, c := range baseTables[table] {
		out = append(out, column{alias + "." + c.name, c.k})
	}
	return out
}

// sets are assignments to columns of a table that are no key.
func (g *gen) sets(table string, scope []column) string {
	cols := baseTables[table]
	var list []string
	for _, c := range cols[1:] {
		if g.r.Intn(3) == 0 {
			list = append(list, c.name+" = "+g.assigned(scope, c.k))
		}
	}
	if len(list) == 0 {
		c := cols[len(cols)-1]
		list = append(list, c.name+" = "+g.assigned(scope, c.k))
	}
	return strings.Join(list, ", ")
}

// assigned is a value of a type that has a length or precision in its column.
func (g *gen) assigned(scope []column, k kind) string {
	x := g.expr(scope, k, 1)
	switch k {
	case kNum:
		return "(" + x + ") % 1000"
	case kInt:
		return "(" + x + ") % 100"
	case kText:
		return "left(" + x + ", 5)"
	case kVar, kChar:
		return "(" + x + ")::" + string(k)
	}
	return x
}

// row is a list of values for a table's columns: id for the first one.
func (g *gen) row(table, id string, scope []column) string {
	list := []string{id}
	for _, c := range baseTables[table][1:] {
		list = append(list, g.assigned(scope, c.k))
	}
	return strings.Join(list, ", ")
}

// returning is a RETURNING clause, at times.
func (g *gen) returning(scope []column) string {
	if g.r.Intn(2) == 0 {
		return ""
	}
	return " RETURNING " + pickOf(g.r, "*", g.expr(scope, kInt, 1)+" AS r1, "+g.expr(scope, kText, 1)+" AS r2")
}

// change is a statement that changes one of the tables whose first column is a key.
func (g *gen) change() string {
	g.ctes, g.args = nil, nil
	table := pickOf(g.r, "tags", "tags", "crowd", "more")
	other := pickOf(g.r, "crowd", "tags", "more")
	t, o := aliased(table, "t"), aliased(other, "o")
	both := append(append([]column(nil), t...), o...)
	key := "t." + baseTables[table][0].name + " = o." + baseTables[other][0].name
	switch g.r.Intn(12) {
	case 0, 1:
		return "UPDATE " + table + " AS t SET " + g.sets(table, t) + " WHERE " + g.cond(t, 2) + g.returning(t)
	case 2, 3:
		return "UPDATE " + table + " AS t SET " + g.sets(table, both) + " FROM " + other + " AS o WHERE " + key + " AND " + g.cond(both, 1) + g.returning(both)
	case 4:
		return "DELETE FROM " + table + " AS t WHERE t.id % 7 = " + fmt.Sprint(g.r.Intn(7)) + " AND " + g.cond(t, 2) + g.returning(t)
	case 5:
		return "DELETE FROM " + table + " AS t USING " + other + " AS o WHERE " + key + " AND t.id % 5 = " + fmt.Sprint(g.r.Intn(5)) + " AND " + g.cond(both, 1) + g.returning(both)
	case 6, 7:
		from := "generate_series(" + fmt.Sprint(g.r.Intn(200)) + ", " + fmt.Sprint(g.r.Intn(60)+150) + ", " + fmt.Sprint(g.r.Intn(5)+1) + ") AS o(k)"
		conflict := pickOf(g.r, " ON CONFLICT DO NOTHING", " ON CONFLICT (id) DO NOTHING", "", " ON CONFLICT (id) DO UPDATE SET "+g.sets(table, append(aliased(table, "t"), aliased(table, "excluded")...)),
			" ON CONFLICT (id) DO UPDATE SET "+g.sets(table, aliased(table, "excluded"))+" WHERE "+g.cond(append(aliased(table, "t"), aliased(table, "excluded")...), 1))
		return "INSERT INTO " + table + " AS t SELECT " + g.row(table, "o.k", []column{{"o.k", kInt}}) + " FROM " + from + conflict + g.returning(t)
	case 8, 9:
		return "MERGE INTO " + table + " AS t USING (SELECT * FROM " + other + " AS o WHERE " + g.cond(o, 1) + ") AS o ON " + key + g.arms(table, t, o, both)
	case 10:
		return "WITH gone AS (DELETE FROM " + table + " AS t WHERE t.id % 9 = " + fmt.Sprint(g.r.Intn(9)) + " RETURNING *) INSERT INTO " + table + " AS t SELECT " +
			g.row(table, "-gone.id - 1", aliased(table, "gone")) + " FROM gone ON CONFLICT DO NOTHING" + g.returning(t)
	}
	return pickOf(g.r, "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "ROLLBACK TO s", "RELEASE s")
}

// arms are those of a MERGE.
func (g *gen) arms(table string, t, o, both []column) string {
	s := ""
	for range 1 + g.r.Intn(3) {
		and := ""
		if g.r.Intn(2) == 0 {
			and = " AND " + g.cond(both, 1)
		}
		switch g.r.Intn(4) {
		case 0:
			s += " WHEN MATCHED" + and + " THEN " + pickOf(g.r, "DELETE", "DO NOTHING")
		case 1, 2:
			s += " WHEN MATCHED" + and + " THEN UPDATE SET " + g.sets(table, both)
		default:
			if and != "" {
				and = " AND " + g.cond(o, 1)
			}
			s += " WHEN NOT MATCHED" + and + " THEN " + pickOf(g.r, "DO NOTHING", "INSERT VALUES ("+g.row(table, "o.id", o)+")")
		}
		if and == "" {
			break // what comes after it cannot be reached
		}
	}
	return s
}

// TestRandomChanges makes random changes on both servers: each must return the same
// rows and leave the same tables.
func TestRandomChanges(t *testing.T) {
	limit, seed, pg, tagd := randomServers(t)
	if *randomSeed == 0 && os.Getenv("TAGD_RANDOM_TIME") == "" {
		seed = 1
	}
	t.Logf("seed %d", seed)
	n, rounds := 0, 0
	for end := time.Now().Add(limit); time.Now().Before(end) && !t.Failed(); rounds++ {
		g := &gen{r: rand.New(rand.NewSource(seed + int64(rounds))), more: rounds%2 == 1}
		n += changeRound(t, g, pg, tagd, seed+int64(rounds))
	}
	t.Logf("%d statements in %d rounds", n, rounds)
}

// changeRound makes the tables anew and changes them; it returns how often.
func changeRound(t *testing.T, g *gen, pg, tagd *harness.Conn, seed int64) (n int) {
	for _, sql := range append([]string{"ROLLBACK", "DROP TABLE IF EXISTS tags, orders, crowd, tiny, more CASCADE"}, schemaSQL(g.r)...) {
		pg.Show(sql, harness.Options{})
		tagd.Show(sql, harness.Options{})
	}
	pg.Must(t, "SET statement_timeout = '5s'")
	same := func(sql string, told []string) bool {
		want, got := withoutNotices(pg.Show(sql, harness.Options{Sort: true})), withoutNotices(tagd.Show(sql, harness.Options{Sort: true}))
		if stateOf(want) == "57014" {
			return false
		}
		if stateOf(got) != stateOf(want) || stateOf(got) == "" && got != want {
			t.Errorf("seed %d\n%s;\n%s\n%s", seed, strings.Join(told, ";\n"), sql, difference(got, want))
		}
		return !t.Failed()
	}
	var told []string
	for n = 0; n < 30; n++ {
		sql := g.change()
		if !same(sql, told) {
			return n
		}
		told = append(told, sql)
		for _, table := range []string{"tags", "crowd", "more"} {
			if !same("SELECT * FROM "+table, told) {
				return n
			}
		}
	}
	return n
}
