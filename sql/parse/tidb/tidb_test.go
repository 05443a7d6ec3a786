package tidb_test

import (
	"strings"
	"sync"
	"testing"

	"tagd/sql/parse/tidb"
	"tagd/sql/sqlerr"
)

// TestDeep holds that no text, however it nests, overflows the stack of the
// grammar's visitor or of the lowering.
func TestDeep(t *testing.T) {
	const n = 100000
	rep := strings.Repeat
	for _, c := range []struct{ text, code string }{
		{"SELECT " + rep("(", 900) + "1" + rep(")", 900), ""},
		{"SELECT " + rep("(", 400) + "1" + rep(")", 400), ""},
		{"SELECT 1" + rep("+1", 900), ""},
		{"SELECT 1" + rep("+1", 2000), "54001"},
		{"SELECT a = 1" + rep(" and b = 2", 20000), ""},
		{"SELECT a in (1" + rep(",1", n) + ")", ""},
		{"SELECT 1" + rep(" and true", n), "54001"},
		{"SELECT " + rep("(", n) + "1" + rep(")", n), "54001"},
		{"SELECT 1" + rep("+1", n), "54001"},
		{"SELECT " + rep("not ", n) + "true", "54001"},
		{"SELECT " + rep("- ", n) + "1", "54001"},
		{"SELECT 1" + rep(" union all select 1", n), "54001"},
		{"SELECT " + rep("case when true then ", n) + "1" + rep(" end", n), "54001"},
		{"SELECT * from a " + rep("join a using (x) ", n), "54001"},
		{"SELECT * from a" + rep(", a", n/4), "54001"},
		{"SELECT * from a" + rep(", a", 900), ""},
		{"SELECT " + rep("(select ", n) + "1" + rep(")", n), "54001"},
		{"SELECT 'a' " + rep("||'x'", n), "54001"},
		{rep("explain ", n) + "select 1", "54001"},
		{"INSERT INTO t VALUES (1,2)" + rep(",(1,2)", n), ""},
	} {
		_, err := tidb.Parse(c.text, 0)
		if got := sqlerr.Code(err); got != c.code {
			t.Errorf("%.40s (%d bytes): code %q, want %q: %v", c.text, len(c.text), got, c.code, err)
		}
	}
}

// TestConcurrent holds that parsers are not shared: many goroutines read texts
// at once (the race detector watches in CI) and each gets its own tree.
func TestConcurrent(t *testing.T) {
	texts := []string{"SELECT `a`, b FROM t LIMIT 1, 2", "SELECT `x` FROM", "INSERT IGNORE INTO t VALUES (1)", "SHOW TABLES LIKE 'x'", "SELECT E'x'"}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 200 {
				text := texts[(g+i)%len(texts)]
				_, err := tidb.Parse(text, 0)
				if bad := strings.HasSuffix(text, "FROM") || strings.Contains(text, "E'"); bad != (err != nil) {
					t.Errorf("%s: %v", text, err)
				}
			}
		}()
	}
	wg.Wait()
}

// TestMarked holds which texts are MySQL's by their looks.
func TestMarked(t *testing.T) {
	for text, want := range map[string]bool{
		"SELECT `a`": true, "SELECT '`a`'": false, "SELECT 1 -- `a`": false, "SELECT \"`a`\"": false, "SELECT @@version": true, "SELECT a @@ b": false,
		"SELECT @@ a": false, "SELECT E'`' || `a`": false, "SELECT $$`a`$$": false, "SELECT /* `a` */ 1": false, "SET @@x = 1": true,
	} {
		if got := tidb.Marked(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// TestPositions holds places of errors: in the text of the whole, in bytes.
func TestPositions(t *testing.T) {
	for text, want := range map[string]int{
		"SELECT `a`, SLEEP(1)": 12, "SELECT '中文', SLEEP(1)": 17, "SELECT a FROM t PARTITION (p)": 14, "SELECT 1 FROM": 13,
		"UPDATE t SET a = 1 LIMIT 1": 19, "SELECT ?": 7,
	} {
		_, err := tidb.Parse(text, 100)
		if e := sqlerr.From(err); e.Pos != want+101 {
			t.Errorf("%s: position %d, want %d: %v", text, e.Pos-101, want, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"SELECT `a`, COUNT(*) c FROM t x JOIN (SELECT 1) y USING (id) WHERE a IN (1,2) AND b LIKE 'x' GROUP BY a WITH ROLLUP HAVING c > 1 LIMIT 5,10",
		"INSERT INTO t (a) VALUES (1) AS new ON DUPLICATE KEY UPDATE a = new.a + VALUES(a)", "REPLACE t SET a = DEFAULT",
		"CREATE TABLE t (a ENUM('x') COMMENT \"y\", b SET('z') DEFAULT 'z', c DECIMAL(3,1) UNSIGNED, KEY (a)) CHARSET=utf8mb4",
		"ALTER TABLE t CHANGE a b INT AFTER c, COMMENT 'x'", "SHOW FULL COLUMNS FROM t LIKE 'x' ", "SELECT DATE_ADD(a, INTERVAL '1 2' DAY_HOUR) IS NOT TRUE",
		"SELECT JSON_EXTRACT(a, '$.b[0].\"c\"') -> '$'", "UPDATE a, b SET a.x = 1 WHERE a.y <=> b.y", "DELETE x FROM t x, u", "SELECT GROUP_CONCAT(DISTINCT a ORDER BY b SEPARATOR ';')",
		"(SELECT 1) UNION (SELECT 2 INTERSECT SELECT 3) ORDER BY 1", "WITH RECURSIVE x (a) AS (SELECT 1) SELECT ROW_NUMBER() OVER (PARTITION BY a ROWS 1 PRECEDING) FROM x FULL JOIN y",
		"SET @@a = 1", "SELECT @@x, $1, CAST(a AS CHAR(3)), (1,2) = (a,b), CASE WHEN 1 THEN 2 END", "KILL 5", "SELECT 1 /*!40001 , 2 */ # c\n-- d\n", "SELECT 'a' 'b', x'1f', 0b1, .5, 1e9",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		tidb.OnPanic(func(v any) { t.Errorf("%q: panic %v", text, v) })
		spans, ok := tidb.Split(text)
		if !ok {
			return
		}
		for _, s := range spans {
			if s.Off < 0 || s.Len <= 0 || s.Off+s.Len > len(text) {
				t.Fatalf("span %v of %q", s, text)
			}
			if _, err := tidb.Parse(text[s.Off:s.Off+s.Len], s.Off); err != nil {
				if e := sqlerr.From(err); e.Code == "XX000" || e.Pos > len(text)+1 {
					t.Errorf("%q: %v, code %s at %d", text, err, e.Code, e.Pos)
				}
			}
		}
	})
}
