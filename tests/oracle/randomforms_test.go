package oracle

import (
	"math/rand"
	"os"
	"strings"
	"testing"
	"time"

	"tagd/tests/harness"
)

// TestRandomForms asks random queries of all types in the forms that clients give
// them: as they stand, as a prepared statement whose literals are parameters, and
// through a view, whose definition must be PostgreSQL's to the letter.
func TestRandomForms(t *testing.T) {
	limit, seed, pg, tagd := randomServers(t)
	if *randomSeed == 0 && os.Getenv("TAGD_RANDOM_TIME") == "" {
		seed = 1 // a search for faults begins elsewhere each time, a test does not
	}
	pg.Show("DROP TABLE IF EXISTS tags, orders, crowd, tiny, more CASCADE", harness.Options{})
	for _, sql := range schemaSQL(rand.New(rand.NewSource(seed))) {
		pg.Must(t, sql)
		tagd.Must(t, sql)
	}
	pg.Must(t, "ANALYZE; SET statement_timeout = '5s'")
	t.Logf("seed %d", seed)
	asked, skipped, bad := *randomFrom, 0, 0
	for end := time.Now().Add(limit); time.Now().Before(end) && bad < 40; asked++ {
		s := seed + int64(asked)
		g := &gen{r: rand.New(rand.NewSource(s)), more: true, bind: asked%3 == 1}
		q, forms := g.forms(asked % 3)
		for _, sql := range forms {
			want := withoutNotices(pg.Show(sql, harness.Options{Sort: true}))
			if code := stateOf(want); code == "57014" || code == "53100" {
				skipped++
				break
			}
			got := withoutNotices(tagd.Show(sql, harness.Options{Sort: true}))
			if stateOf(got) != stateOf(want) || stateOf(got) == "" && got != want {
				bad++
				t.Errorf("seed %d\n%s\n%s\n%s", s, q, sql, difference(got, want))
				break
			}
		}
	}
	t.Logf("%d random statements, %d too slow for PostgreSQL, %d differ", asked, skipped, bad)
}

// forms are the statements that ask one random query in a form.
func (g *gen) forms(form int) (q string, list []string) {
	q = g.statement()
	switch form {
	case 1:
		values := ""
		if len(g.args) > 0 {
			values = "(" + strings.Join(g.args, ", ") + ")"
		}
		return q, []string{"DEALLOCATE ALL", "PREPARE q AS " + q, "EXECUTE q" + values}
	case 2:
		return q, []string{"DROP VIEW IF EXISTS v", "CREATE VIEW v AS " + q, "SELECT pg_get_viewdef('v'::regclass)", "SELECT pg_get_viewdef('v'::regclass, true)", "SELECT * FROM v"}
	}
	return "", []string{q}
}
