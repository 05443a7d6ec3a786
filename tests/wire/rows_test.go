package wire

import "testing"

// division fails in its third row.
const division = "select 10/(3-g) from generate_series(1,5) g"

// failing are statements that fail in their middle, or before they begin: what the
// client has been sent of them, and at which message of the extended protocol they
// fail.
var failing = []transcript{
	{"rows before an error", q(division), 1},
	{"rows before an error, extended", join(all(division), syn), 1},
	{"rows before an error, one at a time", join(q("begin"), parse("", division), bind("p", ""), execute("p", 1), execute("p", 1), execute("p", 1), syn, q("rollback")), 3},
	{"an error in the first row", q("select 1/(g-1) from generate_series(1,3) g"), 1},
	{"an error behind the limit", q(division + " limit 2"), 1},
	{"an error in a condition behind the limit", q("select g from generate_series(1,5) g where 1/(3-g) < 5 limit 2"), 1},
	{"errors in a condition and in a column", q("select 1/(g-2) from generate_series(1,5) g where 1/(4-g) < 5"), 1},
	{"an error in a column that needs no rows of VALUES", q("select 1/a from (values (1),(2),(0)) v(a)"), 1},
	{"an error in a subquery", q("select (select 10/(3-g)) from generate_series(1,5) g"), 1},
	{"an error behind EXISTS", q("select exists(" + division + ")"), 1},
	{"an error in RETURNING", q("insert into kinds values ('r',1),('s',0) returning 1/n"), 1},
	{"an error in a cursor", join(q("begin; declare c cursor for "+division), q("fetch 2 from c"), q("fetch 1 from c"), q("rollback")), 4},
	{"an error in a FETCH of more", join(q("begin; declare c cursor for "+division), q("fetch 5 from c"), q("rollback")), 3},
	{"an error in COPY", q("copy (" + division + ") to stdout"), 1},
	{"an error in COPY, binary", q("copy (" + division + ") to stdout (format binary)"), 1},
	{"an error in COPY of constants", q("copy (select 1/0) to stdout"), 1},
	{"more than one row of a subquery", q("select (select a from t)"), 1},
	{"a constant error", q("select 1/0"), 1},
	{"a constant error, extended", join(all("select 1/0"), syn), 1},
	{"a constant error described", join(parse("ce", "select 1/0"), describe('S', "ce"), syn, bind("", "ce"), syn), 2},
	{"a constant error nobody reaches", q("select case when g > 0 then g else 1/0 end from generate_series(1,2) g"), 1},
	{"a constant error in COALESCE", q("select coalesce(g, 1/0) from generate_series(1,2) g"), 1},
	{"a constant error in AND", q("select g from generate_series(1,2) g where g > 5 and 1/0 = 1"), 1},
	{"a constant error behind LIMIT 0", q("select 1/0 limit 0"), 1},
	{"a constant error of no rows", join(q("update empty set a = 1/0"), q("delete from empty where a = 1/0")), 2},
	{"a constant error that is not needed", q("select a from (select 1 as a, 1/0 as b) s; with s as (select 1/0) select 2; select exists(select 1/0)"), 1},
	{"a constant error in a cursor", join(q("begin"), q("declare c cursor for select 1/0"), q("rollback")), 3},
	{"a constant error explained", q("explain select 1/0"), 1},
	{"a constant error prepared", join(q("prepare pe as select 1/0"), q("execute pe")), 2},
	{"a constant error in a subquery", join(all("select (select 1/0)"), syn), 1},
	{"a constant error in INSERT", join(all("insert into empty values (1/0)"), syn), 1},
	{"a constant error of text", join(all("select 'x'::text::int"), syn), 1},
	{"an error of text that depends on settings", join(all("select 'x'::text::date"), syn), 1},
	{"an error in an array of text", join(all("select '{x}'::text::int[]"), syn), 1},
	{"an error that is not constant", join(all("select 1/(random()*0)::int"), syn), 1},
	{"an error of a parameter", join(parse("ep", "select 1/$1::int"), bind("", "ep", "0"), syn, bind("", "ep", "1"), execute("", 0), syn), 2},
	{"an error of a parameter shown", join(q("set log_parameter_max_length_on_error = -1"), parse("", "select 1/$1::int, $2::text"), bind("", "", "0", "abc"), syn), 2},
	{"an error that parameters keep away", join(append([]msgs{parse("ek", "select case when $1 then 1 else 1/0 end"), syn}, times(7, join(bind("", "ek", "t"), execute("", 0), syn))...)...), 8},
	{"an error that arguments keep away", join(append([]msgs{q("prepare ek(bool) as select case when $1 then 1 else 1/0 end")}, times(7, q("execute ek(true)"))...)...), 8},
	{"an error of parameters in COALESCE", join(parse("ec", "select coalesce($1, 1/$2::int)"), bind("", "ec", "4", "0"), execute("", 0), syn, bind("", "ec", "NULL", "0"), syn), 2},
	{"an error of a parameter in LIMIT", join(parse("", "select 1 limit 1/$1::int"), bind("", "", "0"), syn), 1},
	{"cancel of oneself", join(q("select 1; select pg_cancel_backend(pg_backend_pid()); select 2"), q("select 3")), 2},
	{"cancel of oneself, extended", join(all("select pg_cancel_backend(pg_backend_pid())"), syn, q("select 3")), 2},
	{"cancel of oneself in a block", join(q("begin"), q("select pg_cancel_backend(pg_backend_pid())"), q("select 1"), q("rollback")), 4},
	{"cancel of oneself in a row", q("select g, pg_cancel_backend(pg_backend_pid()) from generate_series(1,3) g"), 1},
	{"cancel of oneself in INSERT", join(q("insert into kinds select pg_cancel_backend(pg_backend_pid())::text, 1"), q("select * from kinds")), 2},
	{"cancel of oneself in DO", q("do $$begin perform pg_cancel_backend(pg_backend_pid()); raise notice 'x'; end$$"), 1},
	{"cancel of nobody", q("select pg_cancel_backend(0)"), 1},
	{"end of oneself", join(q("select pg_terminate_backend(pg_backend_pid())"), q("select 1")), 1},
	{"end of oneself, extended", join(all("select pg_terminate_backend(pg_backend_pid())"), syn), 1},
	{"end of oneself in a row of a block", join(q("begin"), q("select g, pg_terminate_backend(pg_backend_pid()) from generate_series(1,3) g")), 2},
	{"end of oneself, waited for", q("select pg_terminate_backend(pg_backend_pid(), 100)"), 1},
	{"end of nobody, waited for", join(q("select pg_terminate_backend(0, 100)"), q("select pg_terminate_backend(0, -1)")), 2},
	{"effects row by row", join(q("create temp sequence s; select nextval('s'), nextval('s') from generate_series(1,3)"), q("select setseed(0.5)"), q("select g, random(), random() from generate_series(1,3) g")), 3},
	{"a timeout in a row", join(q("set statement_timeout = 300"), q("select g, pg_sleep(0.2) from generate_series(1,5) g")), 2},
}

// times repeats messages.
func times(n int, m msgs) []msgs {
	out := make([]msgs, n)
	for i := range out {
		out[i] = m
	}
	return out
}

func TestFailing(t *testing.T) {
	compare(t, "failing.txt", func(t *testing.T, s server) string { return runAll(t, s, failing) })
}
