package wire

import (
	"strings"
	"testing"
	"time"
)

// keyWaits are statements of two sessions about foreign keys: "B> sql" is sent and
// has to wait, "B<" reads its answer.
var keyWaits = []struct {
	name  string
	steps string
}{
	{"a child waits for its parent's end", `A: create table kp (id int primary key); create table kc (id int, pid int references kp); insert into kp values (1), (2), (3), (4), (5)
A: begin; delete from kp where id = 1
B> insert into kc values (1, 1)
A: commit
B<
B: select * from kc`},
	{"a parent that stays", `A: begin; delete from kp where id = 2
B> insert into kc values (2, 2)
A: rollback
B<
B: select * from kc`},
	{"a parent that is to go waits for a child", `A: begin; insert into kc values (3, 3)
B> delete from kp where id = 3
A: commit
B<
A: select id from kp order by id`},
	{"a child that does not come", `A: begin; insert into kc values (4, 4)
B> delete from kp where id = 4
A: rollback
B<
A: select id from kp order by id`},
	{"a parent's key that changes", `A: begin; update kp set id = 50 where id = 5
B> insert into kc values (5, 5)
A: commit
B<
B: insert into kc values (5, 50)`},
	{"children that go with their parent", `A: create table kd (id int, pid int references kp on delete cascade); insert into kp values (7); insert into kd values (1, 7), (2, 7)
A: begin; delete from kp where id = 7
B> update kd set id = id + 10 where pid = 7
A: commit
B<
B: select * from kd`},
	{"a parent that comes in time", `A: begin; insert into kp values (8)
B> insert into kp values (8)
A: commit
B<
B: insert into kc values (8, 8)`},
	{"keys at the end of the transaction", `A: create table ke (id int, pid int references kp deferrable initially deferred)
A: begin; insert into ke values (1, 90)
A: commit
A: begin; insert into ke values (1, 90); insert into kp values (90); commit
A: begin; delete from kp where id = 90
B> insert into ke values (2, 90)
A: commit
B<
A: begin; delete from ke; delete from kp where id = 90; commit
A: select * from ke`},
	{"the end", `A: drop table kc, kd, ke, kp`},
}

// TestKeyWaits compares the waiting of children and parents for each other with
// PostgreSQL's.
func TestKeyWaits(t *testing.T) {
	compare(t, "keywaits.txt", func(t *testing.T, s server) string {
		var b strings.Builder
		for _, c := range keyWaits {
			sessions := map[byte]*client{'A': s.login(t), 'B': s.login(t)}
			b.WriteString(c.name + "\n")
			for _, step := range strings.Split(c.steps, "\n") {
				k, sql := sessions[step[0]], strings.TrimSpace(step[2:])
				if sql != "" {
					k.write(t, encode(t, q(sql)))
				}
				got := ""
				switch step[1] {
				case '>':
					if got = k.read(quiet); got == "" {
						got = "  (waits)\n"
					}
				default:
					_ = k.SetReadDeadline(time.Now().Add(20 * time.Second))
					got = k.read(1)
				}
				b.WriteString("  " + step + "\n" + described.ReplaceAllString(got, ""))
			}
			b.WriteString("\n")
			for _, k := range sessions {
				k.Close()
			}
		}
		return b.String()
	})
}
