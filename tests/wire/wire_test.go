// Package wire sends the same messages to tagd and to PostgreSQL 15 and holds
// tagd's answers, message by message, to PostgreSQL's. The answers are kept in
// testdata, so that the tests run where PostgreSQL is not installed, too; -rewrite
// writes PostgreSQL's anew.
package wire

import (
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"

	"tagd/tests/harness"
)

var rewrite = flag.Bool("rewrite", false, "write testdata anew, by PostgreSQL's answers")

// fixture is what both servers have before the cases run.
const fixture = `create table t (a int primary key, b text not null, c numeric(8,2));
insert into t values (1,'一',1.50),(2,'two',null),(3,'三',-3);
create table empty (a int primary key, b text);
create table kinds (k text primary key, n int8);
create table logs (k text, n int8);
create type pair as (a int, b text);
create domain small as int check (value < 100);
create type deep as (a text, p pair, ps pair[], n small)`

// server is one of the two that are compared.
type server struct{ addr, user string }

// startPostgres starts PostgreSQL 15 with the fixture.
func startPostgres(t *testing.T) server {
	u, err := url.Parse(harness.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	s := server{u.Host, "tagd"}
	s.prepare(t)
	return s
}

func startTagd(t *testing.T, args ...string) server {
	s := server{harness.Start(t, filepath.Join(t.TempDir(), "w.db"), args...).Addr, "tagd"}
	s.prepare(t)
	return s
}

func (s server) prepare(t *testing.T) {
	c := s.login(t)
	defer c.Close()
	c.write(t, encode(t, q(fixture)))
	if got := c.read(1); strings.Contains(got, "Error") {
		t.Fatal(got)
	}
}

// client is a connection whose messages are written and read one by one.
type client struct {
	net.Conn
	fe  *pgproto3.Frontend
	key pgproto3.BackendKeyData
}

func (s server) dial(t *testing.T) *client {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return &client{Conn: c, fe: pgproto3.NewFrontend(pgproto3.NewChunkReader(c), c)}
}

func (s server) login(t *testing.T) *client {
	t.Helper()
	c := s.dial(t)
	c.write(t, startupPacket(3<<16, "user", s.user, "database", "tagd"))
	for {
		m, err := c.fe.Receive()
		if err != nil {
			t.Fatal(err)
		}
		switch m := m.(type) {
		case *pgproto3.BackendKeyData:
			c.key = *m
		case *pgproto3.ReadyForQuery:
			return c
		case *pgproto3.ErrorResponse:
			t.Fatalf("login: %+v", m)
		}
	}
}

func (c *client) write(t *testing.T, b []byte) {
	t.Helper()
	if _, err := c.Write(b); err != nil {
		t.Fatal(err)
	}
}

// quiet reads until the server says nothing more; for what ends without
// ReadyForQuery.
const quiet = -1

// read prints messages up to the n-th ReadyForQuery, the end of the connection,
// or silence.
func (c *client) read(n int) string {
	var b strings.Builder
	for n != 0 {
		if n == quiet {
			_ = c.SetReadDeadline(time.Now().Add(400 * time.Millisecond))
		}
		m, err := c.fe.Receive()
		if err != nil {
			if !os.IsTimeout(err) {
				b.WriteString("  closed\n")
			} else if n != quiet {
				b.WriteString("  no answer\n")
			}
			break
		}
		b.WriteString("  " + show(m) + "\n")
		if _, ok := m.(*pgproto3.ReadyForQuery); ok && n > 0 {
			n--
		}
	}
	return b.String()
}

// compare runs every case on tagd and holds the answers to the golden file, and
// the file to PostgreSQL where that is installed.
func compare(t *testing.T, file string, run func(t *testing.T, s server) string, args ...string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *rewrite {
		if err := os.WriteFile(path, []byte(run(t, startPostgres(t))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("tagd", func(t *testing.T) { differences(t, string(want), run(t, startTagd(t, args...))) })
	if !*rewrite {
		t.Run("postgres", func(t *testing.T) { differences(t, string(want), run(t, startPostgres(t))) })
	}
}

// differences reports the cases whose answers are not the ones wanted.
func differences(t *testing.T, want, got string) {
	w, g := cases(want), cases(got)
	for name, answer := range w {
		if g[name] != answer {
			t.Errorf("%s\nwant\n%sgot\n%s", name, answer, g[name])
		}
	}
	if len(w) != len(g) {
		t.Errorf("%d cases in the file, %d ran", len(w), len(g))
	}
}

func cases(text string) map[string]string {
	out := map[string]string{}
	for _, c := range strings.Split(strings.TrimSpace(text), "\n\n") {
		name, answer, _ := strings.Cut(c, "\n")
		out[name] = answer + "\n"
	}
	return out
}

type msgs = []pgproto3.FrontendMessage

func encode(t testing.TB, ms msgs) []byte {
	t.Helper()
	var b []byte
	var err error
	for _, m := range ms {
		if b, err = m.Encode(b); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func show(m pgproto3.BackendMessage) string {
	switch m := m.(type) {
	case *pgproto3.ErrorResponse:
		return "Error " + showReport((*pgproto3.NoticeResponse)(m))
	case *pgproto3.NoticeResponse:
		return "Notice " + showReport(m)
	case *pgproto3.DataRow:
		return "DataRow" + showValues(m.Values)
	case *pgproto3.RowDescription:
		s := "RowDescription"
		for _, f := range m.Fields {
			table := "-"
			if f.TableOID != 0 {
				table = "table"
			}
			s += fmt.Sprintf(" (%s %s.%d oid %d len %d mod %d format %d)", f.Name, table, f.TableAttributeNumber, f.DataTypeOID, f.DataTypeSize, f.TypeModifier, f.Format)
		}
		return s
	case *pgproto3.CommandComplete:
		return "CommandComplete " + string(m.CommandTag)
	case *pgproto3.ReadyForQuery:
		return "Ready " + string(m.TxStatus)
	case *pgproto3.ParameterDescription:
		return fmt.Sprintf("ParameterDescription %v", m.ParameterOIDs)
	case *pgproto3.ParameterStatus:
		return "ParameterStatus " + m.Name + "=" + m.Value
	case *pgproto3.CopyData:
		return fmt.Sprintf("CopyData %q", m.Data)
	case *pgproto3.BackendKeyData:
		return "BackendKeyData"
	case *pgproto3.NotificationResponse:
		return fmt.Sprintf("Notification %s %q", m.Channel, m.Payload)
	}
	return strings.TrimPrefix(fmt.Sprintf("%+v", m), "&") + " " + strings.TrimPrefix(fmt.Sprintf("%T", m), "*pgproto3.")
}

func showReport(m *pgproto3.NoticeResponse) string {
	s := fmt.Sprintf("%s/%s %s %q", m.Severity, m.SeverityUnlocalized, m.Code, m.Message)
	for _, f := range []struct{ name, value string }{{"detail", m.Detail}, {"hint", m.Hint}, {"where", m.Where}, {"schema", m.SchemaName},
		{"table", m.TableName}, {"column", m.ColumnName}, {"type", m.DataTypeName}, {"constraint", m.ConstraintName}, {"internal", m.InternalQuery}} {
		if f.value != "" {
			s += fmt.Sprintf(" %s %q", f.name, f.value)
		}
	}
	if m.Position != 0 {
		s += fmt.Sprintf(" at %d", m.Position)
	}
	return s
}

func showValues(vs [][]byte) string {
	s := ""
	for _, v := range vs {
		if v == nil {
			s += " NULL"
		} else {
			s += fmt.Sprintf(" %q", v)
		}
	}
	return s
}
