package wire

import (
	"strings"
	"testing"

	"github.com/jackc/pgproto3/v2"
)

func data(parts ...string) (out msgs) {
	for _, p := range parts {
		out = append(out, &pgproto3.CopyData{Data: []byte(p)})
	}
	return out
}

var copyDone = msgs{&pgproto3.CopyDone{}}

func copyFail(why string) msgs { return msgs{&pgproto3.CopyFail{Message: why}} }

// binaryRows is a COPY in binary format of (int4, text) rows.
const binaryRows = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x00\x02\x00\x00\x00\x04\x00\x00\x00\x07\x00\x00\x00\x03\xe4\xb8\x80" +
	"\x00\x02\x00\x00\x00\x04\x00\x00\x00\x08\xff\xff\xff\xff" + "\xff\xff"

var copies = []transcript{
	{"text out", q("copy t to stdout"), 1},
	{"text out of a query, csv", q("copy (select * from t order by a desc) to stdout (format csv, header)"), 1},
	{"binary out", q("copy t to stdout (format binary)"), 1},
	{"binary out of nothing", q("copy empty to stdout (format binary)"), 1},
	{"text out of nothing", q("copy empty to stdout"), 1},
	{"out, extended", join(all("copy t to stdout"), syn), 1},
	{"out, extended, in chunks", join(parse("", "copy t to stdout"), bind("", ""), execute("", 1), syn), 1},
	{"out, described", join(parse("", "copy t to stdout"), describe('S', ""), syn), 1},
	{"out among statements", q("select 1; copy t (a) to stdout; select 2"), 1},
	{"out that fails", q("copy (select nope from t) to stdout"), 1},
	{"text in", join(q("copy empty from stdin"), data("1\tx\n2", "\t\\N\n"), copyDone, q("select * from empty; delete from empty")), 2},
	{"csv in", join(q("copy empty from stdin (format csv, header)"), data("a,b\n1,\"x,", "\"\"y\"\n"), copyDone, q("select * from empty; delete from empty")), 2},
	{"binary in", join(q("copy empty from stdin (format binary)"), data(binaryRows[:30], binaryRows[30:]), copyDone, q("select * from empty; delete from empty")), 2},
	{"end mark", join(q("copy empty from stdin"), data("1\tx\n\\.\nignored"), copyDone, q("select * from empty; delete from empty")), 2},
	{"in, extended", join(all("copy empty from stdin"), data("1\tx\n"), copyDone, syn, q("delete from empty")), 2},
	{"in, extended, Sync before the data", join(all("copy empty from stdin"), syn, data("1\tx\n"), copyDone, syn, q("delete from empty")), 2},
	{"Flush and Sync inside", join(q("copy empty from stdin"), data("1\tx\n"), flush, syn, data("2\ty\n"), copyDone, q("delete from empty")), 2},
	{"in among statements", join(q("select 1; copy empty from stdin; select count(*) from empty; delete from empty"), data("1\tx\n"), copyDone), 1},
	{"two in a string", join(q("copy empty from stdin; copy empty from stdin; delete from empty"), data("1\tx\n"), copyDone, data("2\tx\n"), copyDone), 1},
	{"fail", join(q("copy empty from stdin"), data("1\tx\n"), copyFail("why not"), q("select * from empty")), 2},
	{"fail, extended", join(all("copy empty from stdin"), data("1\tx\n"), copyFail("why not"), all("select 1"), syn, q("select * from empty")), 2},
	{"fail in a block", join(q("begin; copy empty from stdin"), data("1\tx\n"), copyFail(""), q("commit")), 2},
	{"bad data, the rest is ignored", join(q("copy empty from stdin"), data("x\tx\n", "2\ty\n"), copyDone, q("select * from empty")), 2},
	{"bad data in a block", join(q("begin"), q("copy empty from stdin"), data("1\tx\ty\n"), copyDone, q("commit")), 3},
	{"bad binary signature", join(q("copy empty from stdin (format binary)"), data("PGCOPX\n"), copyDone), 1},
	{"binary without an end", join(q("copy empty from stdin (format binary)"), data(binaryRows[:len(binaryRows)-2]), copyDone, q("delete from empty")), 2},
	{"null in a key", join(q("copy t from stdin"), data("\\N\tx\t1\n"), copyDone), 1},
	{"a key twice", join(q("copy t from stdin"), data("1\tx\t1\n"), copyDone), 1},
	{"a query during it", join(q("copy empty from stdin"), data("1\tx\n"), q("select 1")), 1},
	{"a Parse during it", join(q("copy empty from stdin"), parse("", "select 1"), syn), 1},
	{"a Terminate during it", join(q("copy empty from stdin"), data("1\tx\n"), msgs{&pgproto3.Terminate{}}), 1},
	{"unknown table", q("copy nope from stdin"), 1},
	{"unknown column", q("copy t (nope) from stdin"), 1},
	{"a view is not copied into", q("create view vw as select 1 as a; copy vw to stdout; drop view vw"), 1},
}

func TestCopy(t *testing.T) {
	compare(t, "copy.txt", func(t *testing.T, s server) string { return runAll(t, s, copies) })
}

// TestClientGone holds that a copy whose client goes away leaves nothing, and that
// nobody waits for it.
func TestClientGone(t *testing.T) {
	s := startTagd(t)
	for _, cut := range []string{"1\tx\n", "1\tx\n2\t"} {
		c := s.login(t)
		c.write(t, encode(t, join(q("copy empty from stdin"), data(cut))))
		c.write(t, []byte("d\x00\x00\x10\x00half of a message"))
		c.Close()
		d := s.login(t)
		d.write(t, encode(t, q("insert into empty values (1,'y'); select * from empty; delete from empty")))
		if got := d.read(1); !strings.Contains(got, "DataRow \"1\" \"y\"\n  CommandComplete SELECT 1\n") {
			t.Error(got)
		}
	}
}
