package roles

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tagd/tests/harness"
)

var (
	randomTime  = flag.Duration("random-time", 4*time.Second, "how long to run random statements (TAGD_RANDOM_TIME)")
	randomSeed  = flag.Int64("random-seed", 1, "where to begin; 0: anywhere (the seed is printed)")
	randomSteps = flag.Int("random-steps", 400, "how many statements; 0: as many as there is time for")
)

// dice makes random statements about roles and privileges.
type dice struct{ *rand.Rand }

func (d dice) of(list ...string) string { return list[d.Intn(len(list))] }

// some is a random part of a list, one element at least.
func (d dice) some(list ...string) string {
	var out []string
	for _, i := range d.Perm(len(list))[:1+d.Intn(min(3, len(list)))] {
		out = append(out, list[i])
	}
	return strings.Join(out, ", ")
}

// maybe is text in one of n cases.
func (d dice) maybe(n int, text string) string {
	if d.Intn(n) == 0 {
		return text
	}
	return ""
}

var roleNames = []string{"r0", "r1", "r2", "r3", "r4"}

func (d dice) role() string { return d.of(roleNames...) }

func (d dice) grantee() string {
	return d.of(d.role(), d.role(), d.role(), "public", "current_user", "tagd")
}

func (d dice) table() string {
	return d.of("t0", "t0", "t1", "s0.t2", "v0", "new0", "new1", "s0.new2")
}

// target is privileges with what they are on.
func (d dice) target() string {
	cols := func() string { return " (" + d.some("a", "b", "c") + ")" }
	switch d.Intn(10) {
	case 0, 1, 2:
		return d.of("all", d.some("select", "insert", "update", "delete", "truncate", "references", "trigger")) + " on " + d.some(d.table(), d.table())
	case 3, 4:
		return d.some("select"+cols(), "insert"+cols(), "update"+cols(), "references"+cols()) + " on " + d.table()
	case 5:
		return d.of("all", d.some("usage", "select", "update")) + " on sequence q0"
	case 6:
		return d.of("all", "execute") + " on function " + d.of("ascii(text)", "ascii", "pg_ls_dir(text)")
	case 7:
		return d.of("all", d.some("usage", "create")) + " on schema " + d.some("s0", "public")
	case 8:
		return d.of("all", d.some("create", "temp", "connect")) + " on database tagd"
	}
	return d.of("all", d.some("select", "insert", "update")) + " on all tables in schema " + d.of("s0", "public")
}

func (d dice) grant() string {
	if d.Intn(2) == 0 {
		return "grant " + d.target() + " to " + d.some(d.grantee(), d.grantee()) + d.maybe(3, " with grant option") + d.maybe(8, " granted by "+d.role())
	}
	return "revoke " + d.maybe(4, "grant option for ") + d.target() + " from " + d.some(d.grantee(), d.grantee()) + d.maybe(8, " granted by "+d.role()) +
		d.maybe(2, " cascade")
}

func (d dice) membership() string {
	if d.Intn(3) > 0 {
		return "grant " + d.some(d.role(), d.role()) + " to " + d.some(d.role(), d.role()) + d.maybe(3, " with admin option")
	}
	return "revoke " + d.maybe(4, "admin option for ") + d.role() + " from " + d.some(d.role(), d.role()) + d.maybe(3, " cascade")
}

func (d dice) defaults() string {
	head := "alter default privileges " + d.maybe(2, "for role "+d.some(d.role(), d.role())+" ") + d.maybe(3, "in schema "+d.of("s0", "public")+" ")
	what := d.of(d.of("all", d.some("select", "insert", "update"))+" on tables", d.of("all", "usage")+" on sequences", d.of("all", "execute")+" on functions",
		d.of("all", "usage")+" on types", d.of("all", d.some("usage", "create"))+" on schemas")
	if d.Intn(3) > 0 {
		return head + "grant " + what + " to " + d.some(d.grantee(), d.grantee()) + d.maybe(4, " with grant option")
	}
	return head + "revoke " + d.maybe(4, "grant option for ") + what + " from " + d.some(d.grantee(), d.grantee()) + d.maybe(3, " cascade")
}

func (d dice) owner() string {
	switch d.Intn(8) {
	case 0, 1, 2:
		return "alter table " + d.table() + " owner to " + d.role()
	case 3:
		return "alter " + d.of("sequence q0", "schema s0", "view v0") + " owner to " + d.role()
	case 4:
		return "alter role " + d.role() + " " + d.of("inherit", "noinherit", "createrole", "nocreaterole", "inherit", "createdb", "connection limit 3", "superuser")
	case 5:
		return "reassign owned by " + d.role() + " to " + d.role()
	}
	return "alter role " + d.role() + " nosuperuser"
}

// sample is a statement that needs privileges.
func (d dice) sample() string {
	t := d.table()
	switch d.Intn(16) {
	case 0:
		return "select * from " + t + " where false"
	case 1:
		return "select " + d.some("a", "b", "c") + " from " + t + " where " + d.of("a", "b", "c") + " = 1 and false"
	case 2:
		return "insert into " + t + "(" + d.some("a", "b", "c") + ") select 1 where false"
	case 3:
		return "update " + t + " set " + d.of("a", "b", "c") + " = " + d.of("1", "a", "b") + " where " + d.of("false", "a = 7", "c = 7")
	case 4:
		return "delete from " + t + " where " + d.of("false", "a = 7")
	case 5:
		return "truncate " + d.of("t1", "new0")
	case 6:
		return "select ascii('x')"
	case 7:
		return "select count(*) from (select nextval('q0')) x"
	case 8:
		return "create table " + d.of("new0", "new1", "s0.new2") + "(a int, b int, c int)"
	case 9:
		return "drop table " + d.of("new0", "new1", "s0.new2")
	case 10:
		return "lock table " + d.of("t0", "t1", "new0") + " in " + d.of("access share", "row exclusive", "exclusive") + " mode"
	case 11:
		return "select count(*) from " + t + " where false"
	case 12:
		return "comment on table " + t + " is 'x'"
	case 13:
		return "create schema sn"
	case 14:
		return "insert into " + t + "(a) values (1) returning " + d.of("a", "b")
	}
	return "drop schema sn"
}

// statement is a random statement of the current user's. DROP OWNED is none of them:
// PostgreSQL 15 leaves what others than the owner have granted to the role, which is
// a fault of it.
func (d dice) statement() string {
	switch d.Intn(10) {
	case 0, 1, 2, 3:
		return d.grant()
	case 4:
		return d.membership()
	case 5:
		return d.defaults()
	case 6:
		return d.owner()
	}
	return d.sample()
}

var randomSetup = []string{
	"create role r0 login; create role r1 login; create role r2 login; create role r3 login noinherit; create role r4 login createrole",
	"create schema s0",
	"create table t0(a int, b int, c int); create table t1(a int, b int, c int); create table s0.t2(a int, b int, c int)",
	"create view v0 as select a, b, c from t0",
	"create sequence q0",
	"alter table t1 owner to r0; alter view v0 owner to r1; alter schema s0 owner to r3; grant create on schema public to r0, r1",
}

// state is what both servers are asked for after every few statements.
var state = []string{
	"select oid::regclass::text, relacl, pg_get_userbyid(relowner) from pg_class where relnamespace in (select oid from pg_namespace where nspname in ('public', 's0')) and relkind in ('r', 'v', 'S') order by 1",
	"select attrelid::regclass::text, attname, attacl from pg_attribute where attacl is not null and attrelid >= 16384 order by 1, 2",
	"select nspname, nspacl, pg_get_userbyid(nspowner) from pg_namespace where nspname in ('public', 's0', 'sn') order by 1",
	"select datacl from pg_database where datname = 'tagd'",
	"select proname, proacl, pg_get_userbyid(proowner) from pg_proc where oid in ('ascii(text)'::regprocedure, 'pg_ls_dir(text)'::regprocedure) order by 1",
	"select pg_get_userbyid(defaclrole), coalesce(defaclnamespace::regnamespace::text, ''), defaclobjtype, defaclacl from pg_default_acl order by 1, 2, 3",
	"select pg_get_userbyid(roleid), pg_get_userbyid(member), pg_get_userbyid(grantor), admin_option from pg_auth_members where roleid >= 16384 order by 1, 2",
	"select r.rolname, c.oid::regclass::text, string_agg(p, ' ' order by p) from pg_roles r, pg_class c, unnest('{select,insert,update,delete,truncate,references,trigger,select with grant option,update with grant option}'::text[]) p where r.rolname like 'r_' and c.relname in ('t0', 't1', 't2', 'v0', 'new0') and has_table_privilege(r.rolname, c.oid, p) group by 1, 2 order by 1, 2",
	"select r.rolname, a, string_agg(p, ' ' order by p) from pg_roles r, unnest('{a,b,c}'::text[]) a, unnest('{select,insert,update,references,insert with grant option}'::text[]) p where r.rolname like 'r_' and has_column_privilege(r.rolname, 't0', a, p) group by 1, 2 order by 1, 2",
	"select r.rolname, has_any_column_privilege(r.rolname, 't0', 'select'), has_schema_privilege(r.rolname, 's0', 'usage'), has_schema_privilege(r.rolname, 'public', 'create'), has_database_privilege(r.rolname, 'tagd', 'create'), has_database_privilege(r.rolname, 'tagd', 'temp with grant option'), has_function_privilege(r.rolname, 'pg_ls_dir(text)', 'execute'), has_sequence_privilege(r.rolname, 'q0', 'usage') from pg_roles r where r.rolname like 'r_' order by 1",
	"select a.rolname, b.rolname, pg_has_role(a.rolname, b.oid, 'usage'), pg_has_role(a.rolname, b.oid, 'member'), pg_has_role(a.rolname, b.oid, 'usage with admin option') from pg_roles a, pg_roles b where a.rolname like 'r_' and b.rolname like 'r_' order by 1, 2",
	"select grantor, grantee, table_name, column_name, privilege_type, is_grantable from information_schema.column_privileges where table_name in ('t0', 't1') order by 1, 2, 3, 4, 5, 6",
	"select grantor, grantee, table_name, privilege_type, is_grantable, with_hierarchy from information_schema.table_privileges where table_name in ('t0', 't1', 't2', 'v0') order by 1, 2, 3, 4, 5",
}

// TestRandomPrivileges runs random statements about roles and privileges on both
// servers: each must have the same outcome, and all that tells of privileges must
// stay equal.
func TestRandomPrivileges(t *testing.T) {
	limit, seed := *randomTime, *randomSeed
	if d, err := time.ParseDuration(os.Getenv("TAGD_RANDOM_TIME")); err == nil {
		limit = d
	}
	if seed == 0 {
		seed = time.Now().UnixNano() & 0xffffff
	}
	pg := harness.Dial(t, harness.Postgres(t))
	tagd := harness.Dial(t, harness.Start(t, filepath.Join(t.TempDir(), "t.db")).URL())
	for _, sql := range randomSetup {
		pg.Must(t, sql)
		tagd.Must(t, sql)
	}
	d := dice{rand.New(rand.NewSource(seed))}
	end, n := time.Now().Add(limit), 0
	var log []string
	for ; n < *randomSteps || *randomSteps == 0 && time.Now().Before(end); n++ {
		user, body := d.of("tagd", d.role(), d.role(), d.role()), d.statement()
		if strings.Contains(body, " on all tables ") {
			user = "tagd" // others are told of what they may not do in no certain order
		}
		sql := fmt.Sprintf("begin; set local session authorization %s; %s; commit", user, body)
		log = append(log, sql)
		want := pg.Show(sql, harness.Options{})
		pg.Show("rollback", harness.Options{})
		got := tagd.Show(sql, harness.Options{})
		tagd.Show("rollback", harness.Options{})
		if want != got {
			t.Fatalf("seed %d, statement %d\n%s\ntagd:\n%s\nPostgreSQL:\n%s\nbefore it:\n%s", seed, n, sql, got, want, last(log))
		}
		if n%5 > 0 {
			continue
		}
		for _, q := range state {
			if want, got := pg.Show(q, harness.Options{}), tagd.Show(q, harness.Options{}); want != got {
				t.Fatalf("seed %d, statement %d\n%s\n%s\nbefore it:\n%s", seed, n, q, lines(got, want), last(log))
			}
		}
	}
	t.Logf("%d statements, seed %d", n, seed)
}

// last are the last statements.
func last(log []string) string { return strings.Join(log[max(0, len(log)-8):], "\n") }

// lines are those lines of two answers that only one of them has.
func lines(got, want string) string {
	var b strings.Builder
	only := func(who, a, other string) {
		have := map[string]int{}
		for _, l := range strings.Split(other, "\n") {
			have[l]++
		}
		for _, l := range strings.Split(a, "\n") {
			if have[l]--; have[l] < 0 {
				b.WriteString(who + l + "\n")
			}
		}
	}
	only("tagd: ", got, want)
	only("want: ", want, got)
	return b.String()
}
