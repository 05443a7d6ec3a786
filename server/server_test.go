package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tagd/sql/scram"
)

func connect(t *testing.T, addr, extra string) (*pgx.Conn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if !strings.Contains(extra, "user=") {
		extra += " user=tagd"
	}
	host, port, _ := net.SplitHostPort(addr)
	c, err := pgx.Connect(ctx, fmt.Sprintf("host=%s port=%s %s", host, port, extra))
	if err == nil {
		t.Cleanup(func() { c.Close(context.Background()) })
	}
	return c, err
}

func code(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return fmt.Sprint(err)
}

func TestPgx(t *testing.T) {
	_, addr := start(t, &fakeEngine{}, Options{})
	ctx := context.Background()
	c, err := connect(t, addr, "sslmode=prefer")
	if err != nil {
		t.Fatal(err)
	}
	if v := c.PgConn().ParameterStatus("server_version"); v != "15.7" {
		t.Errorf("server_version %q", v)
	}
	rows, _ := c.Query(ctx, "rows 10000")
	n, err := 0, error(nil)
	for rows.Next() {
		var i int64
		var s *string
		if err = rows.Scan(&i, &s); err != nil || i != int64(n) || (s == nil) != (n%3 == 2) {
			t.Fatalf("row %d: %d %v %v", n, i, s, err)
		}
		n++
	}
	if rows.Err() != nil || n != 10000 {
		t.Errorf("%d rows, %v", n, rows.Err())
	}
	var i int32
	var s []string
	var at time.Time
	now := time.Date(2024, 2, 29, 1, 2, 3, 4000, time.UTC)
	if err := c.QueryRow(ctx, "echo int4,text[],timestamptz", 7, []string{"男", ""}, now).Scan(&i, &s, &at); err != nil || i != 7 || len(s) != 2 || !at.Equal(now) {
		t.Errorf("%d %q %v %v", i, s, at, err)
	}
	var out strings.Builder
	if tag, err := c.PgConn().CopyTo(ctx, &out, "copyout"); err != nil || tag.RowsAffected() != 3 || out.String() != "a\t1\nb\t2\nc\t3\n" {
		t.Errorf("%v %v %q", tag, err, out.String())
	}
	big := strings.Repeat("x\n", 1<<20)
	if tag, err := c.PgConn().CopyFrom(ctx, strings.NewReader(big), "copyin"); err != nil || tag.RowsAffected() != 1<<20 {
		t.Errorf("%v %v", tag, err)
	}
	var pe *pgconn.PgError
	if _, err := c.Exec(ctx, "fail"); !errors.As(err, &pe) || pe.Hint != "h" || pe.Position != 1 {
		t.Errorf("%+v", pe)
	}
}

func TestCancel(t *testing.T) {
	_, addr := start(t, &fakeEngine{}, Options{})
	c, err := connect(t, addr, "sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		time.Sleep(50 * time.Millisecond)
		_ = c.PgConn().CancelRequest(context.Background())
	}()
	if _, err := c.PgConn().Exec(context.Background(), "sleep").ReadAll(); code(err) != "57014" {
		t.Errorf("%v", err)
	}
	if _, err := c.Exec(context.Background(), "nothing"); err != nil {
		t.Errorf("after the cancel: %v", err)
	}
}

func TestWrongCancelKey(t *testing.T) {
	s, addr := start(t, &fakeEngine{}, Options{})
	c := login(t, addr)
	c.send(t, q("nap")...)
	s.cancel(c.key.ProcessID, c.key.SecretKey+1)
	if got := c.untilReady(1); !strings.Contains(got, "NAP") {
		t.Error(got)
	}
}

func TestPasswords(t *testing.T) {
	v, err := scram.NewVerifier("秘密")
	if err != nil {
		t.Fatal(err)
	}
	_, addr := start(t, &fakeEngine{verifier: map[string]string{"tagd": "", "u": v}}, Options{})
	for _, c := range []struct{ extra, want string }{
		{"user=u password=秘密 sslmode=disable", "<nil>"},
		{"user=u password=no sslmode=disable", "28P01"},
		{"user=tagd sslmode=disable", "<nil>"},
		{"user=nobody password=x sslmode=disable", "28000"},
		{"user=tagd database=absent sslmode=disable", "3D000"},
	} {
		if _, err := connect(t, addr, c.extra); code(err) != c.want {
			t.Errorf("%s: %v, want %s", c.extra, err, c.want)
		}
	}
}

func TestTLS(t *testing.T) {
	_, plain := start(t, &fakeEngine{}, Options{})
	if _, err := connect(t, plain, "sslmode=require"); err == nil {
		t.Error("a client that demands TLS was let in without")
	}
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	_, addr := start(t, &fakeEngine{}, Options{TLS: cfg})
	c, err := connect(t, addr, "sslmode=require")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(context.Background(), "rows 5"); err != nil {
		t.Error(err)
	}
	if _, ok := c.PgConn().Conn().(*tls.Conn); !ok {
		t.Error("not encrypted")
	}
}

func TestTooManyConnections(t *testing.T) {
	e := &fakeEngine{closed: make(chan string, 10)}
	_, addr := start(t, e, Options{MaxConnections: 2})
	a := login(t, addr)
	login(t, addr)
	if _, err := connect(t, addr, "sslmode=disable"); code(err) != "53300" {
		t.Errorf("%v", err)
	}
	a.Close()
	<-e.closed
	time.Sleep(20 * time.Millisecond)
	if _, err := connect(t, addr, "sslmode=disable"); err != nil {
		t.Errorf("after one has gone: %v", err)
	}
}

func TestHTTP(t *testing.T) {
	_, addr := start(t, &fakeEngine{}, Options{})
	c := dial(t, addr)
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	b, _ := io.ReadAll(c)
	if !strings.HasPrefix(string(b), "HTTP/1.1 400") || !strings.Contains(string(b), "PostgreSQL protocol") {
		t.Errorf("%q", b)
	}
}

// TestStartupPackets holds the answers to odd first packets.
func TestStartupPackets(t *testing.T) {
	_, addr := start(t, &fakeEngine{}, Options{AuthTimeout: 2 * time.Second})
	for _, c := range []struct{ name, send, want string }{
		{"GSS", "\x00\x00\x00\x08\x04\xd2\x16\x30", "N"},
		{"TLS", "\x00\x00\x00\x08\x04\xd2\x16\x2f", "N"},
		{"version 2", "\x00\x00\x00\x08\x00\x02\x00\x00", "E"},
		{"version 3.2", "\x00\x00\x00\x13\x00\x03\x00\x02user\x00tagd\x00\x00", "v"},
		{"no user", "\x00\x00\x00\x09\x00\x03\x00\x00\x00", "E"},
		{"no end", "\x00\x00\x00\x0d\x00\x03\x00\x00user\x00", "E"},
		{"huge", "\xff\xff\xff\xff\x00\x03\x00\x00", "E"},
		{"cancel for nobody", "\x00\x00\x00\x10\x04\xd2\x16\x2e\x00\x00\x00\x09\x00\x00\x00\x09", ""},
	} {
		k := dial(t, addr)
		_, _ = io.WriteString(k, c.send)
		got := make([]byte, 1)
		n, _ := k.Read(got)
		if string(got[:n]) != c.want {
			t.Errorf("%s: answer %q, want %q", c.name, got[:n], c.want)
		}
	}
}

func TestUnknownMessage(t *testing.T) {
	_, addr := start(t, &fakeEngine{}, Options{})
	for _, raw := range []string{"!\x00\x00\x00\x04", "Q\x00\x00\x00\x00", "Q\xff\xff\xff\xff", "B\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x01\xff\xff\xff\xfe"} {
		c := login(t, addr)
		_, _ = io.WriteString(c, raw)
		if got := c.untilReady(1); !strings.Contains(got, "FATAL 08P01") || !strings.Contains(got, "closed") {
			t.Errorf("%q: %s", raw, got)
		}
	}
}

func TestIdleTimeout(t *testing.T) {
	_, addr := start(t, &fakeEngine{}, Options{})
	for _, c := range []struct{ tx, setting, want string }{
		{"nothing", "idle_session_timeout", "57P05"},
		{"begin", "idle_in_transaction_session_timeout", "25P03"},
	} {
		k := login(t, addr)
		k.send(t, q(c.tx)...)
		k.send(t, q("set "+c.setting+" 30ms")...)
		if got := k.untilReady(3); !strings.Contains(got, "FATAL "+c.want) {
			t.Errorf("%s: %s", c.setting, got)
		}
	}
}

func TestAuthTimeout(t *testing.T) {
	_, addr := start(t, &fakeEngine{}, Options{AuthTimeout: 30 * time.Millisecond})
	c := dial(t, addr)
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestShutdown(t *testing.T) {
	s, addr := start(t, &fakeEngine{}, Options{})
	idle, busy, stuck, silent := login(t, addr), login(t, addr), login(t, addr), dial(t, addr)
	busy.send(t, q("nap")...)
	stuck.send(t, q("sleep")...)
	time.Sleep(30 * time.Millisecond)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	if got := idle.untilReady(1); !strings.Contains(got, "FATAL 57P01") {
		t.Errorf("idle: %s", got)
	}
	if got := busy.untilReady(2); !strings.Contains(got, "NAP") || !strings.Contains(got, "FATAL 57P01") {
		t.Errorf("busy: %s", got)
	}
	if got := stuck.untilReady(2); !strings.Contains(got, "57014") {
		t.Errorf("stuck: %s", got)
	}
	if _, err := silent.Read(make([]byte, 1)); err == nil {
		t.Error("a connection without a startup packet stayed")
	}
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("still listening")
	}
}

// TestPanicClosesOne holds that a panic ends its own connection only.
func TestPanicClosesOne(t *testing.T) {
	logged := make(chan string, 10)
	_, addr := start(t, &fakeEngine{}, Options{Logf: func(f string, a ...any) { logged <- fmt.Sprintf(f, a...) }})
	other, bad := login(t, addr), login(t, addr)
	bad.send(t, q("panic")...)
	if got := bad.untilReady(1); !strings.Contains(got, "XX000") {
		t.Error(got)
	}
	if l := <-logged; !strings.Contains(l, "as told") {
		t.Errorf("logged %q", l)
	}
	other.send(t, &pgproto3.Query{String: "nothing"})
	if got := other.untilReady(1); !strings.Contains(got, "NOTHING") {
		t.Error(got)
	}
}

func TestParseMillis(t *testing.T) {
	for s, want := range map[string]time.Duration{"0": 0, "": 0, "500ms": 500 * time.Millisecond, "5s": 5 * time.Second, "2min": 2 * time.Minute, "1h": time.Hour, "1d": 24 * time.Hour, "7": 7 * time.Millisecond} {
		if got := parseMillis(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}
