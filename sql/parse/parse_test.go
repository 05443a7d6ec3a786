package parse

import (
	"fmt"
	"strings"
	"testing"
)

func TestTmp(t *testing.T) {
	for _, s := range []string{
		"SELECT a, count(*) FROM tags t WHERE 城市 = '北京' AND age BETWEEN 25 AND 34 AND x IN (1,2) GROUP BY 1, ROLLUP(a,(b,c)) ORDER BY 2 DESC LIMIT ALL",
		"create table t(id bigint primary key, n numeric(10,2) default 1+2 check (n > 0 and n < '张'), h text[] not null)",
		"SELECT '北京' FORM x y", "SELECT 'abc", "SELECT $1 + ", "SELECT 99999999999, 9223372036854775808, -1",
		"SELECT '北京", "SET TRANSACTION READ ONLY", "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
		"copy t (a,b) from stdin with (format csv, header match, force_null (a,b), delimiter '|'); select 1 ; ; ",
		"CREATE VIEW v AS SELECT 1","SELECT extract(year from d), trim(both 'x' from y), d at time zone 'x', a like 'x' escape '!', current_timestamp(3)",
		"update t set (a,b)=(1,2), c=default where current of x", "SELECT h[1], h[2:3], (x).y, count(*) filter (where a) over (partition by b rows 1 preceding) from unnest(h) with ordinality u(v)",
	} {
		st, err := Statements(s)
		fmt.Println("===", s)
		if err != nil {
			fmt.Printf("ERR %#v\n", err)
			continue
		}
		for _, x := range st {
			fmt.Printf("%q %d\n%s", x.Text, x.Off, dump(x.Ast))
		}
	}
}

func TestDeep(t *testing.T) {
	for _, s := range []string{
		"SELECT " + strings.Repeat("(", 900) + "1" + strings.Repeat(")", 900),
		"SELECT " + strings.Repeat("(", 100000) + "1",
		"SELECT 1" + strings.Repeat("+1", 900),
		"SELECT 1" + strings.Repeat("+1", 100000),
		"SELECT 1" + strings.Repeat("+1", 1000000),
		"SELECT " + strings.Repeat("not ", 100000) + "true",
		"SELECT " + strings.Repeat("- ", 1000000) + "1",
		"SELECT 1" + strings.Repeat(" union all select 1", 100000),
		"SELECT 1" + strings.Repeat(" and true", 100000),
		"SELECT " + strings.Repeat("case when true then ", 100000) + "1",
		"SELECT * from a " + strings.Repeat("join a using (x) ", 100000),
		"SELECT a" + strings.Repeat("::int", 100000),
		"SELECT a in (1" + strings.Repeat(",1", 100000) + ")",
		strings.Repeat("explain ", 100000)+"select 1",
		"SELECT a" + strings.Repeat(".b", 100000),
	} {
		_, err := Statements(s)
		fmt.Println(len(s), s[:min(len(s),30)], err)
	}
}
