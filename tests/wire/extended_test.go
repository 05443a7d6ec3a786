package wire

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/jackc/pgproto3/v2"
)

// The messages of a client, by short names.

func q(sql string) msgs { return msgs{&pgproto3.Query{String: sql}} }

func parse(name, sql string, oids ...uint32) msgs {
	return msgs{&pgproto3.Parse{Name: name, Query: sql, ParameterOIDs: oids}}
}

// bind binds text parameters; the string "NULL" is null.
func bind(portal, stmt string, params ...string) msgs {
	return msgs{&pgproto3.Bind{DestinationPortal: portal, PreparedStatement: stmt, Parameters: values(params)}}
}

func values(list []string) [][]byte {
	var out [][]byte
	for _, p := range list {
		if p == "NULL" {
			out = append(out, nil)
		} else {
			out = append(out, []byte(p))
		}
	}
	return out
}

// bindf binds with formats of the parameters and of the results.
func bindf(in, out []int16, params ...string) msgs {
	return msgs{&pgproto3.Bind{ParameterFormatCodes: in, ResultFormatCodes: out, Parameters: values(params)}}
}

func execute(portal string, rows uint32) msgs {
	return msgs{&pgproto3.Execute{Portal: portal, MaxRows: rows}}
}

func describe(kind byte, name string) msgs {
	return msgs{&pgproto3.Describe{ObjectType: kind, Name: name}}
}

func closing(kind byte, name string) msgs {
	return msgs{&pgproto3.Close{ObjectType: kind, Name: name}}
}

func join(parts ...msgs) (out msgs) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// all is the series of one unnamed statement, without Sync.
func all(sql string, params ...string) msgs {
	return join(parse("", sql), bind("", "", params...), describe('P', ""), execute("", 0))
}

var (
	syn   = msgs{&pgproto3.Sync{}}
	flush = msgs{&pgproto3.Flush{}}
)

// raw is a message of any bytes.
type raw struct {
	pgproto3.FrontendMessage
	typ  byte
	body string
}

func (r raw) Encode(dst []byte) ([]byte, error) {
	dst = append(dst, r.typ)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(r.body)+4))
	return append(dst, r.body...), nil
}

func rawMsg(typ byte, body string) msgs { return msgs{raw{typ: typ, body: body}} }

type transcript struct {
	name  string
	send  msgs
	ready int // how many ReadyForQuery to await; quiet: until silence
}

// Names of more than 63 bytes.
var (
	long    = strings.Repeat("name", 17)
	chinese = strings.Repeat("表", 30)
)

// series is the number of rows that portals are cut from.
const series = "select g from generate_series(1,5) g"

var transcripts = []transcript{
	{"Sync alone", syn, 1},
	{"two Syncs", join(syn, syn), 2},
	{"Flush alone", flush, quiet},
	{"Flush without Sync", join(all("select 1"), flush), quiet},
	{"Flush before Sync", join(all("select 1"), flush, syn), 1},
	{"empty query", q(""), 1},
	{"empty queries", q(" ; ;; -- c\n/* d */"), 1},
	{"empty extended", join(all(""), syn), 1},
	{"empty extended, statement described", join(parse("", " "), describe('S', ""), syn), 1},
	{"several statements", q("select 1 as a; select '二' as b; set application_name = 'x'; begin; commit"), 1},
	{"an error ends the string", q("select 1; select 1/0; select 2"), 1},
	{"syntax error in a string runs nothing", q("select 1; selec 2"), 1},
	{"implicit transaction of a string", join(q("insert into kinds values ('i',1); insert into kinds values ('i',2)"), q("select * from kinds")), 2},
	{"failed block", join(q("begin"), q("select 1/0"), q("select 1"), q("commit")), 4},
	{"BEGIN inside a string", join(q("select 1; begin; select 2"), q("rollback")), 2},
	{"COMMIT inside a string", join(q("insert into kinds values ('c',1); commit; select 1/0"), q("select * from kinds"), q("delete from kinds")), 3},
	{"ROLLBACK without a block", q("rollback"), 1},
	{"statement described before Bind", join(parse("s", "select a, b, c from t where a = $1"), describe('S', "s"), bind("", "s", "1"), describe('P', ""), execute("", 0), syn), 1},
	{"statement without rows described", join(parse("", "insert into empty values ($1,$2)"), describe('S', ""), syn), 1},
	{"inferred parameters", join(parse("", "select $1 + 1, $2 || 'x', $3::date, $4 = any(array[1,2]), lower($5), coalesce($6, 1.5)"), describe('S', ""), syn), 1},
	{"parameters of OID 0 and unknown", join(parse("", "select $1 + 1.5, $2::int8", 0, 705), describe('S', ""), syn), 1},
	{"parameters given", join(parse("", "select $1, $2", 20, 1043), describe('S', ""), syn), 1},
	{"parameter never typed", join(parse("", "select $1"), describe('S', ""), bind("", "", "x"), execute("", 0), syn), 1},
	{"parameter of an unused number", join(parse("", "select $2::int"), syn), 1},
	{"parameter without use is given", join(parse("", "select $2::int", 23), describe('S', ""), syn), 1},
	{"parameter conflicts", join(parse("", "select $1::int, $1::date"), syn), 1},
	{"more OIDs than parameters", join(parse("", "select 1", 23, 25), describe('S', ""), bind("", "", "1", "x"), execute("", 0), syn), 1},
	{"parameter in a simple query", q("select $1"), 1},
	{"parameters of COPY", join(parse("", "copy (select $1::int) to stdout"), describe('S', ""), syn, bind("", "", "1"), syn, parse("", "copy (select $1) to stdout", 23), bind("", "", "1"), execute("", 0), syn, q("copy (select $1) to stdout")), 4},
	{"COPY is looked at when it runs", join(parse("", "copy nope to stdout"), describe('S', ""), bind("", ""), syn, execute("", 0), syn, parse("", "copy t (a) to stdout"), bind("", ""), execute("", 0), syn), 3},
	{"parameters of CREATE TABLE AS", join(parse("", "create temp table ctp as select $1::int + 1 as a, $2 as b"), describe('S', ""), bind("", "", "1", "x"), execute("", 0), syn, q("select * from ctp")), 2},
	{"parameters in definitions", join(all("create temp table dp (a int default $1)"), syn, all("create temp table dp (a int check (a > $1))"), syn, all("create index on t (a) where a = $1"), syn, all("create view vp as select $1::int"), syn, parse("", "create materialized view vp as select $1::int"), syn), 5},
	{"long names", join(q("select 1 as "+long+"A; select 2 as \""+long+"\""), q("create temp table "+chinese+" (x"+chinese+" int); select * from "+chinese), q("select 1 as "+long[:63]+", '"+long+"' -- "+long), q("select "+long+" "+long+" from")), 4},
	{"a long name in Parse", join(all("select 1 as "+chinese), syn), 1},
	{"a long name without notices", q("set client_min_messages = warning; select 1 as " + long), 1},
	{"more arguments than there may be", join(q("select concat("+strings.Repeat("1,", 100)+"1)"), q("select nope("+strings.Repeat("1,", 100)+"1)"), q("select length(concat("+strings.Repeat("1,", 99)+"1))")), 3},
	{"columns of an index", q("create temp table ix (a int); create index on ix (" + strings.Repeat("a,", 32) + "a)"), 1},
	{"deeply nested", q("select " + strings.Repeat("1+", 20000) + "1"), 1},
	{"bad text in a number", join(parse("", "select $1::int"), bind("", "", "1\xff"), syn, bind("", "", "1\x00"), syn), 2},
	{"names of bad text", join(parse("a\xff", "select 1"), syn, bind("p\xe4\xb8", ""), syn, bind("", "s\xff"), syn, describe('S', "\xff"), syn, execute("\xff", 0), syn, closing('P', "\xff"), syn), 6},
	{"nothing as text", q("select 'x'::void, pg_sleep(0)::varchar, pg_sleep(0)::text, 'x'::void::varchar(3)"), 1},
	{"null parameters", join(parse("", "select $1::int, $2::text"), bind("", "", "NULL", "NULL"), execute("", 0), syn), 1},
	{"text parameter malformed", join(parse("", "select $1::int"), bind("", "", "x"), execute("", 0), syn), 1},
	{"text parameter malformed, named portal", join(parse("", "select $1::int"), bind("p", "", "x"), syn), 1},
	{"binary parameter too short", join(parse("", "select $1::int"), bindf([]int16{1}, nil, "ab"), syn), 1},
	{"binary parameter too long", join(parse("", "select $1::int"), bindf([]int16{1}, nil, "abcdef"), syn), 1},
	{"binary parameter of bad text", join(parse("", "select $1::text"), bindf([]int16{1}, nil, "a\xff"), syn), 1},
	{"text parameter of bad text", join(parse("", "select $1::text"), bindf(nil, nil, "a\xff"), syn), 1},
	{"query of bad text", q("select 'a\xff'"), 1},
	{"parse of bad text", join(parse("", "select 'a\xe4\xb8'"), syn), 1},
	{"too few parameters", join(parse("s2", "select $1::int"), bind("", "s2"), syn), 1},
	{"too many parameters", join(parse("", "select 1"), bind("", "", "x"), syn), 1},
	{"format codes: one for all", join(parse("", "select $1::int, $2::int"), bindf([]int16{1}, []int16{1}, "\x00\x00\x00\x01", "\x00\x00\x00\x02"), describe('P', ""), execute("", 0), syn), 1},
	{"format codes: each", join(parse("", "select $1::int, $2::int"), bindf([]int16{1, 0}, []int16{0, 1}, "\x00\x00\x00\x01", "2"), describe('P', ""), execute("", 0), syn), 1},
	{"format codes: wrong number of parameters'", join(parse("", "select $1::int, $2::int, $3::int"), bindf([]int16{1, 0}, nil, "1", "2", "3"), syn), 1},
	{"format codes: wrong number of results'", join(parse("", "select 1, 2, 3"), bindf(nil, []int16{1, 0}), describe('P', ""), execute("", 0), syn), 1},
	{"format codes: unknown of a parameter", join(parse("", "select $1::int"), bindf([]int16{2}, nil, "1"), syn), 1},
	{"format codes: unknown of a result", join(parse("", "select 1"), bindf(nil, []int16{2}), describe('P', ""), execute("", 0), syn), 1},
	{"format codes of a command", join(parse("", "set application_name = 'y'"), bindf(nil, []int16{1}), execute("", 0), syn), 1},
	{"statement exists already", join(parse("dup", "select 1"), syn, parse("dup", "select 2"), syn), 2},
	{"statement replaced when unnamed", join(parse("", "select 1"), parse("", "select 2"), bind("", ""), execute("", 0), syn), 1},
	{"no such statement", join(bind("", "nope"), syn), 1},
	{"no such unnamed statement", join(q("select 1"), bind("", ""), syn), 2},
	{"no such statement described", join(describe('S', "nope"), syn), 1},
	{"no such portal described", join(describe('P', "nope"), syn), 1},
	{"no such unnamed portal", join(describe('P', ""), syn), 1},
	{"no such portal executed", join(execute("nope", 0), syn), 1},
	{"close of what is not", join(closing('S', "nope"), closing('P', "nope"), closing('S', ""), syn), 1},
	{"close of a statement", join(parse("cl", "select 1"), closing('S', "cl"), bind("", "cl"), syn), 1},
	{"close of what kind", join(closing('X', "a"), syn), 1},
	{"describe of what kind", join(describe('X', "a"), syn), 1},
	{"portal exists already", join(parse("", "select 1"), bind("p", ""), bind("p", ""), syn), 1},
	{"a query destroys the unnamed statement", join(parse("", "select 1"), syn, q("select 2"), bind("", ""), syn), 3},
	{"a query destroys the unnamed portal", join(q("begin"), all("select 1"), flush, q("select 2"), execute("", 0), syn, q("rollback")), 4},
	{"portal suspended", join(parse("", series), bind("p", ""), execute("p", 2), execute("p", 2), execute("p", 2), execute("p", 2), syn), 1},
	{"portal suspended at its end", join(parse("", series), bind("p", ""), execute("p", 5), execute("p", 5), execute("p", 1), syn), 1},
	{"portal run to its end", join(parse("", series), bind("p", ""), execute("p", 0), execute("p", 0), syn), 1},
	{"portals open at once", join(parse("ps", series), bind("p1", "ps"), bind("p2", "ps"), execute("p1", 1), execute("p2", 2), execute("p1", 1), closing('P', "p1"), execute("p2", 0), execute("p1", 0), syn), 1},
	{"portals end with Sync", join(parse("", series), bind("p", ""), execute("p", 2), syn, execute("p", 2), syn), 2},
	{"portals live on in a block", join(q("begin"), parse("", series), bind("p", ""), execute("p", 2), syn, execute("p", 2), syn, q("commit"), execute("p", 2), syn), 5},
	{"portal of a command twice", join(parse("", "insert into empty values (9,'x')"), bind("p", ""), execute("p", 0), execute("p", 0), syn, q("delete from empty")), 2},
	{"portal of RETURNING with a limit", join(parse("", "insert into empty values (1,'a'),(2,'b'),(3,'c') returning a"), bind("p", ""), execute("p", 2), execute("p", 2), syn, q("select * from empty; delete from empty")), 2},
	{"portal of SHOW", join(all("show datestyle"), syn), 1},
	{"portal of EXPLAIN with a limit", join(parse("", "values (1),(2)"), bind("p", ""), execute("p", 1), execute("p", 1), execute("p", 1), syn), 1},
	{"negative row limit", join(parse("", series), bind("p", ""), execute("p", 0xffffffff), syn), 1},
	{"portal moved and fetched by SQL", join(q("begin"), parse("", series), bind("p", ""), execute("p", 1), syn, q("move 1 from p"), q("fetch 1 from p"), execute("p", 1), describe('P', "p"), execute("p", 0), syn, q("fetch 1 from p"), q("fetch backward 1 from p"), closing('P', "p"), syn, q("fetch p")), 9},
	{"portal that has not run fetched by SQL", join(q("begin"), parse("", series), bind("p", ""), syn, q("fetch 2 from p; fetch all from p; fetch p; move 0 from p; move backward all from p"), q("rollback")), 4},
	{"portal fetched in its own formats", join(q("begin"), parse("", series), msgs{&pgproto3.Bind{DestinationPortal: "p", ResultFormatCodes: []int16{1}}}, execute("p", 1), syn, q("fetch 1 from p"), describe('P', "p"), execute("p", 1), syn, all("fetch 1 from p"), parse("", "fetch 1 from p"), bindf(nil, []int16{1}), describe('P', ""), execute("", 0), syn), 5},
	{"portal that is done fetched by SQL", join(q("begin"), parse("", series), bind("p", ""), execute("p", 0), syn, q("fetch p; move p"), execute("p", 0), syn), 4},
	{"portal of RETURNING fetched by SQL", join(q("begin"), parse("", "insert into empty values (1,'a'),(2,'b'),(3,'c') returning a"), bind("p", ""), execute("p", 1), syn, q("fetch 1 from p"), execute("p", 5), syn, q("fetch p"), q("rollback")), 6},
	{"portal of a command fetched by SQL", join(q("begin"), parse("", "insert into empty values (1,'a')"), bind("p", ""), syn, q("fetch p"), q("rollback"), q("begin"), parse("", "insert into empty values (1,'a')"), bind("p", ""), execute("p", 0), syn, q("fetch p"), q("rollback")), 8},
	{"portal that fetches itself", join(q("begin"), parse("", "fetch 1 from p"), bind("p", ""), execute("p", 0), syn, q("rollback")), 3},
	{"portal that closes itself", join(q("begin"), parse("", "close p"), bind("p", ""), execute("p", 0), syn, q("rollback")), 3},
	{"portals closed by SQL", join(q("begin"), parse("", series), bind("p", ""), bind("r", ""), execute("p", 1), syn, q("close p"), execute("p", 1), syn, q("rollback; begin"), parse("", series), bind("p", ""), bind("r", ""), syn, q("close all"), describe('P', "r"), syn), 8},
	{"portals closed by the protocol are gone for SQL", join(q("begin; declare c cursor for select 1"), closing('P', "c"), syn, q("fetch c")), 3},
	{"names of portals and cursors", join(q("begin; declare c cursor for values (1)"), parse("", series), bind("c", ""), syn, q("rollback; begin"), parse("", series), bind("p", ""), syn, q("declare p cursor for select 1"), q("rollback"), parse("", "declare d cursor for select 1"), bind("d", ""), syn, q("begin"), parse("", "declare d cursor for select 1"), bind("d", ""), execute("d", 0), syn, q("rollback")), 9},
	{"cursor of SQL run by the protocol", join(q("begin; declare c cursor for "+series), describe('P', "c"), execute("c", 2), execute("c", 3), execute("c", 1), syn, q("fetch c; fetch backward 2 from c"), execute("c", 0), execute("c", 0), syn, q("select 1/0"), execute("c", 0), syn, describe('P', "c"), syn), 6},
	{"cursor held after its transaction", join(q("begin; declare c cursor with hold for "+series+"; fetch c; commit"), describe('P', "c"), execute("c", 2), syn, q("fetch c"), execute("c", 0), syn, closing('P', "c"), syn, q("fetch c"), execute("c", 0), syn), 7},
	{"binary cursor", join(q("begin; declare c binary cursor for select * from (values (1,'x',1.5),(2,'y',2.5)) v(a,b,c); fetch c; move 0 in c"), describe('P', "c"), execute("c", 1), syn, q("declare d binary cursor for select 258"), all("fetch d"), syn, q("move c; fetch backward c")), 5},
	{"pg_cursors lists portals", join(q("begin; declare c binary scroll cursor for values (1),(2)"), parse("", series), bind("p", ""), execute("p", 1), all("select name, statement, is_holdable, is_binary, is_scrollable from pg_cursors order by 1"), syn, q("fetch p; select name, statement, is_holdable, is_binary, is_scrollable from pg_cursors order by 1")), 3},
	{"portals end with their transaction", join(q("begin"), parse("", series), bind("p", ""), bind("r", ""), execute("r", 1), syn, q("fetch p"), all("commit"), describe('P', "p"), syn, describe('P', "r"), syn), 5},
	{"settings of a failed block", q("set datestyle = german; begin; set datestyle = iso; set application_name = 'x'; savepoint s; set application_name = 'y'; select 1/0"), 1},
	{"settings of a failed block without a savepoint", join(q("set application_name = 'a'"), q("begin; set application_name = 'x'; set timezone = 'Asia/Tokyo'"), q("select 1/0"), q("rollback")), 4},
	{"portals of a savepoint", join(q("begin; savepoint s"), parse("s1", series), bind("p", "s1"), bind("r", "s1"), execute("r", 1), syn, q("rollback to s"), describe('P', "p"), syn, q("rollback to s"), describe('P', "r"), syn, q("rollback; begin"), bind("p", "s1"), execute("p", 1), syn, q("savepoint s; fetch p; rollback to s; fetch p")), 9},
	{"an error skips to Sync", join(all("select nope"), all("select 1"), q("select 3"), syn, all("select 2"), syn), 2},
	{"an error in Parse", join(parse("", "selec 1"), bind("", ""), syn), 1},
	{"two statements in Parse", join(parse("", "select 1; select 2"), syn), 1},
	{"pipeline", join(all("select 1"), all("select 2"), syn, all("select 3"), syn), 2},
	{"implicit transaction of a pipeline", join(all("insert into kinds values ('p',1)"), all("insert into kinds values ('p',2)"), syn, q("select * from kinds")), 2},
	{"pipeline with a block", join(all("begin"), all("insert into kinds values ('b',1)"), all("rollback"), all("select count(*) from kinds"), syn), 1},
	{"pipeline that commits in its middle", join(all("insert into kinds values ('m',1)"), all("commit"), all("select nope"), syn, q("select * from kinds; delete from kinds")), 2},
	{"BEGIN after a statement of a pipeline", join(all("insert into kinds values ('x',1)"), all("begin"), syn, q("rollback"), q("select * from kinds")), 3},
	{"in a failed block", join(q("begin; select 1/0"), all("select 1"), syn, parse("", "rollback"), bind("", ""), execute("", 0), syn), 3},
	{"statement in a failed block", join(parse("fb", "select 1"), syn, q("begin; select 1/0"), bind("", "fb"), syn, describe('S', "fb"), syn, q("rollback")), 5},
	{"cached plan changes its result", join(q("create table ch (a int)"), parse("ch", "select * from ch"), bind("", "ch"), execute("", 0), syn, q("alter table ch add b int"), bind("", "ch"), execute("", 0), syn, describe('S', "ch"), syn, q("drop table ch")), 6},
	{"cached plan of a dropped table", join(q("create table dr (a int)"), parse("dr", "select a from dr"), syn, q("drop table dr"), bind("", "dr"), execute("", 0), syn), 4},
	{"parameters of domains", join(q("create domain pct as int check (value between 0 and 100); create domain must as text not null"), parse("pd", "select $1::pct, $2::must"), bind("", "pd", "101", "x"), syn, bind("q", "pd", "1", "NULL"), syn, msgs{&pgproto3.Bind{PreparedStatement: "pd", ParameterFormatCodes: []int16{1}, Parameters: [][]byte{{0, 0, 0, 101}, []byte("x")}}}, syn, bind("", "pd", "x", "x"), syn, bind("", "pd", "100", ""), execute("", 0), syn, q("prepare sq as select $1::pct; select parameter_types from pg_prepared_statements order by name; drop domain pct, must")), 7},
	{"parameters shown on error", join(q("set log_parameter_max_length_on_error = 7"), parse("ps", "select 1/(g-$1), $2::text, $3::text from generate_series(0,1) g"), bind("", "ps", "0", "it's", "NULL"), execute("", 0), syn, bind("p", "ps", "0", "一二三四", ""), execute("p", 0), syn, bind("", "ps", "abcdefghij", "x", "y"), syn, q("set log_parameter_max_length_on_error = -1"), bind("", "ps", "abcdefghij", "x", "y"), syn, bind("", "ps", "0", "abcdefghijkl", "y"), execute("", 0), syn), 7},
	{"statement of the protocol run by SQL", join(parse("mix", "select $1::int + 1"), syn, q("execute mix(41)"), q("deallocate mix"), bind("", "mix", "1"), syn), 4},
	{"statement of SQL bound by the protocol", join(q("prepare sq(int) as select $1 + 1"), describe('S', "sq"), bind("", "sq", "1"), execute("", 0), closing('S', "sq"), syn, q("execute sq(1)")), 3},
	{"deallocate all", join(parse("da", "select 1"), syn, q("deallocate all"), bind("", "da"), syn), 3},
	{"discard all", join(parse("ds", "select 1"), syn, q("discard all"), bind("", "ds"), syn), 3},
	{"settings are reported", q("set client_encoding = 'latin1'; set datestyle = german; set timezone = 'asia/shanghai'; set intervalstyle = iso_8601; set application_name = 'n\u00e4'; set standard_conforming_strings = on; reset all"), 1},
	{"settings go back", join(q("begin; set local timezone = 'Asia/Tokyo'"), q("rollback"), q("set local timezone = 'Asia/Tokyo'")), 3},
	{"an error's fields", join(q("insert into t values (1,'x')"), q("insert into t values (9,null)"), q("insert into t values ('x','x')"), q("select nope from t"), q("select * from nope"), q("select '\u4e00' || nope('x')")), 6},
	{"a notice", q("drop table if exists nope; create table if not exists t (a int)"), 1},
	{"unknown message", rawMsg('!', ""), 1},
	{"message without a terminator", rawMsg('Q', "select 1"), 1},
	{"Parse cut", join(rawMsg('P', "\x00select 1\x00\x00\x01"), syn), 1},
	{"Parse with more", join(rawMsg('P', "\x00select 1\x00\x00\x00\x00"), syn), 1},
	{"Bind cut", join(parse("", "select $1::int"), rawMsg('B', "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x09a"), syn), 1},
	{"Bind with a negative length", join(parse("", "select $1::int"), rawMsg('B', "\x00\x00\x00\x00\x00\x01\xff\xff\xff\xfea\x00\x00"), syn), 1},
	{"Execute cut", join(rawMsg('E', "\x00\x00\x00"), syn), 1},
	{"Sync with a body", rawMsg('S', "x"), 1},
	{"Describe without a body", join(rawMsg('D', ""), syn), 1},
	{"a password out of place", rawMsg('p', "x\x00"), 1},
	{"copy messages out of place", join(msgs{&pgproto3.CopyData{Data: []byte("x")}, &pgproto3.CopyDone{}, &pgproto3.CopyFail{Message: "y"}}, q("select 1")), 1},
	{"terminate", msgs{&pgproto3.Terminate{}}, 1},
}

func TestTranscripts(t *testing.T) {
	compare(t, "extended.txt", func(t *testing.T, s server) string { return runAll(t, s, transcripts) })
}

// runAll runs each case on a connection of its own.
func runAll(t *testing.T, s server, list []transcript) string {
	var b strings.Builder
	for _, tr := range list {
		c := s.login(t)
		c.write(t, encode(t, tr.send))
		b.WriteString(tr.name + "\n" + c.read(tr.ready) + "\n")
		c.Close()
	}
	return b.String()
}
