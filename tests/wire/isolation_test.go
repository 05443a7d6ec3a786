package wire

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// isolations are statements of several sessions in turn: "A: begin". "A?: update" is
// one that waits for a lock; "A!" is its answer.
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
	{"two that change different tables", `A: begin; create table history (a int)
B: begin; insert into logs values ('B', 1)
A: insert into history values (1)
B: select count(*) from logs; insert into logs values ('B', 2)
A: insert into history values (2); select count(*) from logs; commit
B: select count(*) from history; commit
A: select count(*) from history; select count(*) from logs; drop table history; delete from logs`},
	{"what others commit is seen between changes", `A: begin; insert into logs values ('A', 1)
B: insert into empty values (1, 'B')
A: select count(*) from empty; insert into logs select b, a from empty; select * from logs
B: update empty set b = 'BB'; insert into empty values (2, 'C')
A: declare c cursor for select * from empty order by a; fetch 1 from c
B: delete from empty
A: fetch all from c; select count(*) from empty; insert into logs values ('A', 3); select * from logs order by 1, 2
A: rollback
A: select count(*) from logs`},
	{"one row that two change", `A: begin; update t set b = 'A' where a = 1
B?: update t set b = b || 'B' where a = 1
A: update t set b = b || 'a' where a = 1; commit
B!
A: select b from t where a = 1
A: begin; update t set b = 'x' where a = 1
B?: update t set b = b || 'C' where a = 1
A: rollback
B!
A: select b from t where a = 1; update t set b = '一' where a = 1`},
	{"a savepoint gives back what was changed after it", `A: begin; insert into logs values ('A', 1); savepoint s; update t set b = 'A' where a = 1
B?: update t set b = b || 'B' where a = 1
A: rollback to s
B!
A: select b from t where a = 1; update t set b = b || 'A' where a = 1; savepoint s; select 1/0
B: insert into empty values (1, 'B')
A: rollback to s; select count(*) from empty; commit
A: select b from t where a = 1; select * from logs; update t set b = '一' where a = 1; delete from logs; delete from empty`},
	{"a failed statement gives back its table", `A: begin; insert into logs values ('A', 1); savepoint s; update t set b = (1 / (a - a))::text where a = 1
B: update t set b = 'B' where a = 1
A: rollback to s; select b from t where a = 1; update t set b = '一' where a = 1; rollback
B: update t set b = '一' where a = 1`},
	{"definitions wait for rows, and rows for definitions", `A: begin; insert into logs values ('A', 1)
B?: alter table logs add c int default 7
A: insert into logs values ('A', 2); commit
B!
A: select * from logs; begin; alter table logs drop column c; alter table logs add d text default 'd'
B?: insert into logs values ('B', 3)
A: commit
B!
A: select * from logs; alter table logs drop column d; delete from logs`},
	{"a table that goes while another one waits for it", `A: create table gone (a int)
A: begin; drop table gone
B?: insert into gone values (1)
A: commit
B!`},
	{"foreign keys", `A: create table par (id int primary key, v int); create table chi (p int references par); create table chj (p int references par); create table cas (p int references par on delete cascade); insert into par values (1), (2), (3)
A: begin; insert into chi values (1)
C: begin; insert into chj values (1); commit
B?: delete from par where id = 1
A: delete from chj; commit
B!
A: begin; delete from par where id = 2
B?: insert into chi values (2)
A: commit
B!
A: begin; insert into cas values (3)
B?: delete from par where id = 3
A: commit
B!
A: select count(*) from cas; select * from par; drop table chi, chj, cas, par`},
	{"one key that two insert", `A: create table keyed (id int primary key, v text)
A: begin; insert into keyed values (1, 'A')
B?: insert into keyed values (1, 'B')
A: commit
B!
A: begin; insert into keyed values (2, 'A')
B?: insert into keyed values (2, 'B') on conflict (id) do update set v = keyed.v || excluded.v
A: commit
B!
A: begin; insert into keyed values (3, 'A')
B?: insert into keyed values (3, 'B')
A: rollback
B!
A: select * from keyed order by id; drop table keyed`},
	{"row locks and locks of tables", `A: begin; select b from t where a = 1 for share
B: begin; select b from t where a = 1 for share nowait; rollback
B: begin; select b from t where a = 1 for update nowait
B: rollback
B?: update t set b = 'B' where a = 1
A: commit
B!
A: begin; select b from t where a = 1 for update
B?: select b from t where a = 1 for update
A: update t set b = '一' where a = 1; commit
B!
A: begin; lock table t
B: begin; lock table t in exclusive mode nowait
B: rollback
B?: update t set b = 'B' where a = 1
A: commit
B!
A: update t set b = '一' where a = 1`},
	{"repeatable read that has changed something", `A: begin isolation level repeatable read; insert into logs values ('A', 1)
B: insert into empty values (1, 'B'); update t set b = 'B' where a = 2
A: select count(*) from empty; select b from t where a = 2; insert into logs values ('A', 2)
A: select * from logs; update t set b = 'A' where a = 2
A: rollback
A: begin isolation level repeatable read; select count(*) from empty
B: update t set b = 'two' where a = 2
A: insert into logs select b, a from t where a = 2; select * from logs; commit
A: select count(*) from empty; delete from empty; delete from logs`},
	{"what waits for a change that fails at its commit", `A: create table late (id int primary key deferrable initially deferred)
A: begin; insert into late values (1), (1)
B?: insert into late values (1)
A: commit
B!
A: select * from late; drop table late`},
	{"temporary tables and objects of two", `A: begin; create temp table own (a int); insert into own values (1)
B: begin; insert into logs values ('B', 1)
A: insert into own select n from logs; insert into empty values (1, 'A'); commit
B: insert into logs values ('B', 2); commit
A: select count(*) from own; select count(*) from logs; drop table own; delete from logs; delete from empty`},
	{"copies and COPY of two", `A: begin; insert into logs select 'A', i from generate_series(1, 100) i
B: begin; insert into empty select i, 'B' from generate_series(1, 100) i
A: delete from logs where n > 50; insert into logs select 'A', i from generate_series(1, 10) i
B: delete from empty where a > 30; select count(*) from logs
A: commit
B: select count(*) from logs; insert into empty select 1000 + n, k from logs where n > 40; commit
A: select count(*), sum(a) from empty; select count(*), sum(n) from logs; delete from empty; delete from logs`},
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
				if waited, ok := strings.CutSuffix(who, "!"); ok {
					b.WriteString("  " + step + "\n" + described.ReplaceAllString(sessions[waited].read(1), ""))
					continue
				}
				who, waits := strings.CutSuffix(who, "?")
				if sessions[who] == nil {
					sessions[who] = s.login(t)
				}
				if waits {
					sessions[who].write(t, encode(t, q(sql)))
					b.WriteString("  " + who + ": " + sql + "\n  " + s.waits(t) + "\n")
					continue
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

// waits looks until a session waits for a lock.
func (s server) waits(t *testing.T) string {
	k := s.login(t)
	defer k.Close()
	for range 500 {
		k.write(t, encode(t, q("select 'waits' from pg_stat_activity where wait_event_type = 'Lock'")))
		if strings.Contains(k.read(1), "waits") {
			return "waits"
		}
		time.Sleep(10 * time.Millisecond)
	}
	return "does not wait"
}
