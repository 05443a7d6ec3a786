package wire

import (
	"regexp"
	"strings"
	"testing"
)

// isolations are statements of several sessions in turn: "A: begin".
var isolations = []struct {
	name  string
	steps string
}{
	{"repeatable read goes on reading what it has read", `A: begin isolation level repeatable read; select a, b from t order by a
B: update t set b = 'B' where a = 1; insert into empty values (1, 'B')
A: select a, b from t order by a; select * from empty
A: insert into kinds values ('A', 1)
A: select a, b from t order by a; select * from empty; select * from kinds
A: commit
A: select a, b from t order by a; select * from empty; select * from kinds
B: delete from empty; delete from kinds; update t set b = '一' where a = 1`},
	{"a row that another one has changed", `A: begin isolation level repeatable read; select count(*) from kinds
B: update t set b = 'B' where a = 1
A: insert into kinds values ('A', 1)
A: update t set b = 'A' where a = 1
A: rollback
A: begin isolation level serializable; select count(*) from kinds
B: update t set b = '一' where a = 1
A: delete from t where a = 1
A: rollback`},
	{"a row lock on what another one has changed", `A: begin isolation level repeatable read; select count(*) from kinds
B: update t set b = 'B' where a = 1
A: select * from t where a = 1 for update
A: rollback
B: update t set b = '一' where a = 1`},
	{"savepoints of repeatable read", `A: begin isolation level repeatable read; select count(*) from empty
B: insert into empty values (1, 'B')
A: savepoint s; insert into kinds values ('A', 1); select count(*) from empty
A: rollback to s; select count(*) from empty; select count(*) from kinds
A: insert into kinds values ('A', 2); commit
A: select * from kinds; delete from kinds; delete from empty`},
	{"a table that another one has made and dropped", `A: begin isolation level repeatable read; select count(*) from empty
B: create table made (a int); insert into made values (1)
A: insert into kinds values ('A', 1)
A: select count(*) from made
A: rollback
B: drop table made`},
	{"an exported snapshot", `A: begin isolation level repeatable read; select count(*) from empty
A: select pg_export_snapshot()
B: insert into empty values (1, 'B')
C: begin isolation level repeatable read; set transaction snapshot '$id'; select count(*) from empty
D: begin isolation level repeatable read read only
D: set transaction snapshot '$id'
D: select count(*) from empty
A: commit
C: select count(*) from empty; commit; select count(*) from empty
D: insert into kinds values ('D', 1)
D: rollback
B: begin isolation level repeatable read; set transaction snapshot '$id'
B: rollback; delete from empty`},
	{"snapshots that cannot be imported", `A: set transaction snapshot 'x'
A: begin; set transaction snapshot 'x'
A: rollback; begin isolation level repeatable read; set transaction snapshot 'x'
A: rollback; begin isolation level repeatable read; set transaction snapshot '00000003-0000001B-1'
A: rollback; begin isolation level repeatable read; select 1
A: set transaction snapshot '00000003-0000001B-1'
A: rollback; begin isolation level repeatable read
A: set local transaction snapshot 'x'
A: rollback; begin; savepoint s; select pg_export_snapshot()
A: rollback; begin isolation level repeatable read
A: select pg_export_snapshot()
B: begin isolation level serializable; set transaction snapshot '$id'
B: rollback
A: rollback; begin isolation level serializable read only
A: select pg_export_snapshot()
B: begin isolation level serializable; set transaction snapshot '$id'
B: rollback; begin isolation level serializable read only; set transaction snapshot '$id'; select 1
B: rollback
A: rollback`},
}

var snapshotID = regexp.MustCompile(`[0-9A-F]{8}-[0-9A-F]{8}-[0-9]+`)

// described are the lines that an error of the first row comes before or behind.
var described = regexp.MustCompile(`(?m)^  RowDescription .*\n`)

func TestIsolation(t *testing.T) {
	compare(t, "isolation.txt", func(t *testing.T, s server) string {
		var b strings.Builder
		for _, c := range isolations {
			sessions, id := map[string]*client{}, "none"
			b.WriteString(c.name + "\n")
			for _, step := range strings.Split(c.steps, "\n") {
				who, sql, _ := strings.Cut(step, ": ")
				if sessions[who] == nil {
					sessions[who] = s.login(t)
				}
				sessions[who].write(t, encode(t, q(strings.ReplaceAll(sql, "$id", id))))
				got := sessions[who].read(1)
				if found := snapshotID.FindString(got); found != "" && strings.Contains(sql, "pg_export_snapshot") {
					id = found
				}
				b.WriteString("  " + who + ": " + sql + "\n" + described.ReplaceAllString(strings.ReplaceAll(got, id, "ID"), ""))
			}
			b.WriteString("\n")
			for _, k := range sessions {
				k.Close()
			}
		}
		return b.String()
	})
}
