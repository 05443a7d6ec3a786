package server

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// start serves a fake engine on a loopback port for the length of a test.
func start(t *testing.T, e *fakeEngine, o Options) (*Server, string) {
	t.Helper()
	if e.verifier == nil {
		e.verifier = map[string]string{"tagd": ""}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(e, o)
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return s, ln.Addr().String()
}

// rawConn is a client that writes messages as told.
type rawConn struct {
	net.Conn
	fe  *pgproto3.Frontend
	key pgproto3.BackendKeyData
}

func dial(t *testing.T, addr string) *rawConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return &rawConn{Conn: c, fe: pgproto3.NewFrontend(pgproto3.NewChunkReader(c), c)}
}

// login starts a session and reads up to the first ReadyForQuery.
func login(t *testing.T, addr string) *rawConn {
	t.Helper()
	c := dial(t, addr)
	c.send(t, &pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersionNumber, Parameters: map[string]string{"user": "tagd"}})
	for {
		switch m := c.recv(t).(type) {
		case *pgproto3.BackendKeyData:
			c.key = *m
		case *pgproto3.ReadyForQuery:
			return c
		case *pgproto3.ErrorResponse:
			t.Fatalf("login: %+v", m)
		}
	}
}

func (c *rawConn) send(t *testing.T, ms ...pgproto3.FrontendMessage) {
	t.Helper()
	var buf []byte
	for _, m := range ms {
		var err error
		if buf, err = m.Encode(buf); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Write(buf); err != nil {
		t.Fatal(err)
	}
}

func (c *rawConn) recv(t *testing.T) pgproto3.BackendMessage {
	t.Helper()
	m, err := c.fe.Receive()
	if err != nil {
		t.Fatalf("receive: %v", err)
	}
	return m
}

// untilReady prints messages up to the n-th ReadyForQuery, or the end.
func (c *rawConn) untilReady(n int) string {
	var b strings.Builder
	for n > 0 {
		m, err := c.fe.Receive()
		if err != nil {
			b.WriteString("  closed\n")
			break
		}
		b.WriteString("  " + show(m) + "\n")
		if _, ok := m.(*pgproto3.ReadyForQuery); ok {
			n--
		}
	}
	return b.String()
}

func show(m pgproto3.BackendMessage) string {
	switch m := m.(type) {
	case *pgproto3.ErrorResponse:
		return fmt.Sprintf("%s %s at %d: %s; detail %q hint %q where %q", m.Severity, m.Code, m.Position, m.Message, m.Detail, m.Hint, m.Where)
	case *pgproto3.NoticeResponse:
		return fmt.Sprintf("%s %s: %s", m.Severity, m.Code, m.Message)
	case *pgproto3.DataRow:
		var vs []string
		for _, v := range m.Values {
			if v == nil {
				vs = append(vs, "NULL")
			} else {
				vs = append(vs, fmt.Sprintf("%q", v))
			}
		}
		return "DataRow " + strings.Join(vs, " ")
	case *pgproto3.RowDescription:
		var vs []string
		for _, f := range m.Fields {
			vs = append(vs, fmt.Sprintf("%s oid %d len %d mod %d format %d", f.Name, f.DataTypeOID, f.DataTypeSize, f.TypeModifier, f.Format))
		}
		return "RowDescription " + strings.Join(vs, ", ")
	}
	j, _ := json.Marshal(m)
	return string(j)
}

type msgs = []pgproto3.FrontendMessage

func series(sql string, rows uint32, formats ...int16) msgs {
	return msgs{&pgproto3.Parse{Query: sql}, &pgproto3.Bind{ResultFormatCodes: formats}, &pgproto3.Describe{ObjectType: 'P'}, &pgproto3.Execute{MaxRows: rows}}
}

func join(parts ...msgs) (out msgs) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func q(sql string) msgs { return msgs{&pgproto3.Query{String: sql}} }

var syn = msgs{&pgproto3.Sync{}}

// transcripts are what a client sends and how many ReadyForQuery to await.
var transcripts = []struct {
	name  string
	send  msgs
	ready int
}{
	{"simple, several statements", q("rows 4; nothing; notice; set TimeZone Asia/Shanghai"), 1},
	{"empty", q(" ; "), 1},
	{"error ends the string", q("nothing; fail; nothing"), 1},
	{"position in characters", q("'男' syntax"), 1},
	{"begin, error, commit", join(q("begin"), q("fail"), q("commit")), 3},
	{"extended", join(series("rows 4", 0), syn), 1},
	{"binary", join(series("rows 1", 0, 1), syn), 1},
	{"format a column", join(series("rows 1", 0, 1, 0), syn), 1},
	{"portal suspended", join(msgs{&pgproto3.Parse{Name: "s", Query: "rows 5"}, &pgproto3.Bind{DestinationPortal: "p", PreparedStatement: "s"},
		&pgproto3.Execute{Portal: "p", MaxRows: 2}, &pgproto3.Execute{Portal: "p", MaxRows: 2}, &pgproto3.Execute{Portal: "p", MaxRows: 2},
		&pgproto3.Close{ObjectType: 'P', Name: "p"}, &pgproto3.Execute{Portal: "p"}}, syn), 1},
	{"portals die with the implicit transaction", join(msgs{&pgproto3.Parse{Query: "rows 5"}, &pgproto3.Bind{DestinationPortal: "p"},
		&pgproto3.Execute{Portal: "p", MaxRows: 2}}, syn, msgs{&pgproto3.Execute{Portal: "p", MaxRows: 2}}, syn), 2},
	{"portals live in a transaction", join(q("begin"), msgs{&pgproto3.Parse{Query: "rows 3"}, &pgproto3.Bind{DestinationPortal: "p"},
		&pgproto3.Execute{Portal: "p", MaxRows: 2}}, syn, msgs{&pgproto3.Execute{Portal: "p", MaxRows: 2}}, syn, q("commit")), 4},
	{"error skips to sync", join(series("fail", 0), series("rows 1", 0), q("rows 1"), syn, series("nothing", 0), syn), 2},
	{"parse error", join(series("syntax", 0), syn), 1},
	{"unknown names", join(msgs{&pgproto3.Bind{PreparedStatement: "x"}}, syn, msgs{&pgproto3.Execute{Portal: "x"}}, syn, msgs{&pgproto3.Describe{ObjectType: 'S', Name: "x"}}, syn,
		msgs{&pgproto3.Close{ObjectType: 'S', Name: "x"}}, syn), 4},
	{"duplicate name", join(msgs{&pgproto3.Parse{Name: "a", Query: "nothing"}, &pgproto3.Parse{Name: "a", Query: "nothing"}}, syn), 1},
	{"deallocate", join(msgs{&pgproto3.Parse{Name: "a", Query: "nothing"}}, syn, q("deallocate a"), q("deallocate a"), msgs{&pgproto3.Parse{Name: "a", Query: "nothing"}}, syn, q("deallocate "),
		msgs{&pgproto3.Bind{PreparedStatement: "a"}}, syn), 6},
	{"empty extended", join(series("", 0), syn), 1},
	{"parameters", join(msgs{&pgproto3.Parse{Query: "echo int4,text,text[]"}, &pgproto3.Describe{ObjectType: 'S'},
		&pgproto3.Bind{ParameterFormatCodes: []int16{1, 0, 0}, Parameters: [][]byte{{0, 0, 0, 42}, []byte("北京"), []byte("{a,NULL,\"b c\"}")}}, &pgproto3.Execute{}}, syn), 1},
	{"null parameter", join(msgs{&pgproto3.Parse{Query: "echo int4"}, &pgproto3.Bind{Parameters: [][]byte{nil}}, &pgproto3.Execute{}}, syn), 1},
	{"bad parameter", join(msgs{&pgproto3.Parse{Query: "echo int4"}, &pgproto3.Bind{Parameters: [][]byte{[]byte("x")}}, &pgproto3.Execute{}}, syn), 1},
	{"too few parameters", join(msgs{&pgproto3.Parse{Query: "echo int4"}, &pgproto3.Bind{}, &pgproto3.Execute{}}, syn), 1},
	{"copy in", join(q("copyin"), msgs{&pgproto3.CopyData{Data: []byte("a\nb")}, &pgproto3.CopyData{Data: []byte("\n")}, &pgproto3.CopyDone{}}), 1},
	{"copy in, extended as libpq sends it", join(series("copyin", 0), syn, msgs{&pgproto3.CopyData{Data: []byte("a\n")}, &pgproto3.CopyDone{}}, syn), 1},
	{"copy fail", join(q("copyin"), msgs{&pgproto3.CopyData{Data: []byte("a\n")}, &pgproto3.CopyFail{Message: "why"}}, q("nothing")), 2},
	{"copy error, the rest is ignored", join(q("badcopy"), msgs{&pgproto3.CopyData{Data: []byte("a\n")}, &pgproto3.CopyData{Data: []byte("a\n")}, &pgproto3.CopyDone{}}, q("nothing")), 2},
	{"copy out", q("copyout"), 1},
	{"copy out, extended", join(series("copyout", 0), syn), 1},
	{"query inside copy in", join(q("copyin"), q("nothing")), 1},
	{"function call", msgs{&pgproto3.FunctionCall{}}, 1},
	{"pipeline", join(series("rows 1", 0), series("nothing", 0), syn, series("fail", 0), syn, series("rows 1", 0), syn), 3},
	{"panic", q("panic"), 1},
	{"password out of place", msgs{&pgproto3.PasswordMessage{Password: "x"}}, 1},
}

func TestTranscripts(t *testing.T) {
	e := &fakeEngine{closed: make(chan string, 100)}
	_, addr := start(t, e, Options{})
	var b strings.Builder
	for _, tr := range transcripts {
		c := login(t, addr)
		c.send(t, tr.send...)
		fmt.Fprintf(&b, "%s\n%s\n", tr.name, c.untilReady(tr.ready))
		c.Close()
		<-e.closed
	}
	const file = "testdata/transcripts.txt"
	if *rewrite {
		_ = os.MkdirAll("testdata", 0o755)
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != b.String() {
		t.Errorf("%s differs (%v); run with -rewrite and read the diff. Got:\n%s", file, err, b.String())
	}
}
