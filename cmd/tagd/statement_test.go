package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"tagd/server"
)

// talker is a client that allocates nothing: what a statement allocates is the
// server's.
type talker struct {
	t  testing.TB
	nc net.Conn
	in *bufio.Reader
}

// talk serves a new file inside the test and logs in.
func talk(t testing.TB, setup ...string) *talker {
	t.Helper()
	f := serveFlags{data: filepath.Join(t.TempDir(), "t.db"), memory: 512}
	db, eng, err := f.open()
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.New(eng, server.Options{}).Serve(ln) }()
	nc, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close(); ln.Close(); db.Close() })
	c := &talker{t: t, nc: nc, in: bufio.NewReader(nc)}
	c.ask(message(0, "\x00\x03\x00\x00user\x00tagd\x00database\x00tagd\x00\x00"))
	for _, sql := range setup {
		c.ask(message('Q', sql+"\x00"))
	}
	return c
}

// message is one message of the protocol; typ 0 is that of startup.
func message(typ byte, body string) []byte {
	var b []byte
	if typ != 0 {
		b = append(b, typ)
	}
	return append(binary.BigEndian.AppendUint32(b, uint32(len(body)+4)), body...)
}

// ask sends messages and reads up to ReadyForQuery.
func (c *talker) ask(b []byte) {
	if _, err := c.nc.Write(b); err != nil {
		c.t.Fatal(err)
	}
	for {
		head, err := c.in.Peek(5)
		if err != nil {
			c.t.Fatal(err)
		}
		typ, n := head[0], int(binary.BigEndian.Uint32(head[1:]))-4
		_, _ = c.in.Discard(5)
		if typ == 'E' {
			text, _ := io.ReadAll(io.LimitReader(c.in, int64(n)))
			c.t.Fatalf("%q", text)
		}
		_, _ = c.in.Discard(n)
		if typ == 'Z' {
			return
		}
	}
}

// series are the messages that run a statement in the unnamed portal; $1 is the
// text arg, "" for a statement without parameters.
func series(stmt, arg string) []byte {
	params := "\x00\x00"
	if arg != "" {
		params = "\x00\x01" + string(binary.BigEndian.AppendUint32(nil, uint32(len(arg)))) + arg
	}
	b := message('B', "\x00"+stmt+"\x00\x00\x00"+params+"\x00\x00")
	b = append(b, message('D', "P\x00")...)
	b = append(b, message('E', "\x00\x00\x00\x00\x00")...)
	return append(b, message('S', "")...)
}

// question is a statement that clients send again and again.
type question struct {
	name, sql, arg string
	simple         string // for the simple protocol
	// most is how often the server may allocate for it: with a statement kept,
	// parsed each time, and by the simple protocol.
	most [3]float64
}

var questions = []question{
	{"one", "SELECT 1", "", "SELECT 1", [3]float64{14, 18, 14}},
	{"param", "SELECT $1::int + 1", "41", "SELECT 41::int + 1", [3]float64{28, 32, 14}},
	{"key", "SELECT b FROM t WHERE a = $1", "77", "SELECT b FROM t WHERE a = 77", [3]float64{60, 64, 45}},
	{"count", "SELECT count(*) FROM t WHERE b = $1", "x7", "SELECT count(*) FROM t WHERE b = 'x7'", [3]float64{60, 64, 42}},
}

const table = "CREATE TABLE t AS SELECT g AS a, 'x' || g % 100 AS b FROM generate_series(1, 10000) g; ALTER TABLE t ADD PRIMARY KEY (a)"

// each runs f with the messages of every question in each way of asking.
func each(t testing.TB, f func(name string, c *talker, b []byte, most float64)) {
	c := talk(t, strings.Split(table, "; ")...)
	for _, q := range questions {
		parsed := message('P', "\x00"+q.sql+"\x00\x00\x00")
		kept := message('P', q.name+"\x00"+q.sql+"\x00\x00\x00")
		c.ask(append(kept, message('S', "")...))
		f(q.name+"/prepared", c, series(q.name, q.arg), q.most[0])
		f(q.name+"/extended", c, append(parsed, series("", q.arg)...), q.most[1])
		f(q.name+"/simple", c, message('Q', q.simple+"\x00"), q.most[2])
	}
}

// TestStatementAllocations bounds what a small statement costs beside its work: a
// new allocation per statement is seen here before it is seen in a rate.
func TestStatementAllocations(t *testing.T) {
	each(t, func(name string, c *talker, b []byte, most float64) {
		if got := testing.AllocsPerRun(200, func() { c.ask(b) }); got > most {
			t.Errorf("%s: %.0f allocations a statement, at most %.0f", name, got, most)
		}
	})
}

func BenchmarkStatement(b *testing.B) {
	each(b, func(name string, c *talker, msg []byte, _ float64) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.ask(msg)
			}
		})
	})
}
