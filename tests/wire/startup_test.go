package wire

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// startupPacket is the first packet of a session: a version and pairs.
func startupPacket(version uint32, pairs ...string) []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 4), version)
	for _, s := range pairs {
		b = append(append(b, s...), 0)
	}
	b = append(b, 0)
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}

// request is a first packet of a code and nothing or little more.
func request(code uint32, more ...uint32) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+4*len(more)))
	b = binary.BigEndian.AppendUint32(b, code)
	for _, m := range more {
		b = binary.BigEndian.AppendUint32(b, m)
	}
	return b
}

const (
	v3        = 3 << 16
	sslCode   = 80877103
	gssCode   = 80877104
	cancelled = 80877102
)

func user(pairs ...string) []byte {
	return startupPacket(v3, append([]string{"user", "tagd", "database", "tagd"}, pairs...)...)
}

// starts are first packets; what is asked for afterwards shows the settings. Not
// among them: GSS encryption, which PostgreSQL of Debian has, lengths out of
// range, where it closes without a word, and protocol 2.0 (see TestOldProtocol).
var starts = []struct {
	name  string
	steps [][]byte // each is answered before the next
	show  string   // settings to ask for, by names with commas
}{
	{"plain", [][]byte{user()}, ""},
	{"SSL refused, then a session", [][]byte{request(sslCode), user()}, ""},
	{"SSL twice", [][]byte{request(sslCode), request(sslCode)}, ""},
	{"cancel for nobody", [][]byte{request(cancelled, 9, 9)}, ""},
	{"cancel cut", [][]byte{request(cancelled, 9)}, ""},
	{"cancel without a body", [][]byte{request(cancelled)}, ""},
	{"protocol 3.2", [][]byte{startupPacket(3<<16|2, "user", "tagd", "database", "tagd")}, ""},
	{"protocol 3.99", [][]byte{startupPacket(3<<16|99, "user", "tagd", "database", "tagd")}, ""},
	{"protocol 3.0 with options", [][]byte{user("_pq_.a", "1", "_pq_.b.c", "")}, ""},
	{"protocol 3.1 with options", [][]byte{startupPacket(3<<16|1, "user", "tagd", "database", "tagd", "_pq_.x", "y")}, ""},
	{"protocol 4.0", [][]byte{startupPacket(4<<16, "user", "tagd")}, ""},
	{"protocol 1234.0", [][]byte{startupPacket(1234 << 16)}, ""},
	{"protocol 0.0", [][]byte{startupPacket(0)}, ""},
	{"no user", [][]byte{startupPacket(v3, "database", "tagd")}, ""},
	{"empty user", [][]byte{startupPacket(v3, "user", "", "database", "tagd")}, ""},
	{"unknown user", [][]byte{startupPacket(v3, "user", "nobody", "database", "tagd")}, ""},
	{"no database is the user's", [][]byte{startupPacket(v3, "user", "tagd")}, "application_name"},
	{"unknown database", [][]byte{startupPacket(v3, "user", "tagd", "database", "nope")}, ""},
	{"no terminator", [][]byte{[]byte("\x00\x00\x00\x11\x00\x03\x00\x00user\x00tagd")}, ""},
	{"bytes after the terminator", [][]byte{[]byte("\x00\x00\x00\x14\x00\x03\x00\x00user\x00tagd\x00\x00x")}, ""},
	{"a name without a value", [][]byte{[]byte("\x00\x00\x00\x0e\x00\x03\x00\x00user\x00\x00")}, ""},
	{"settings", [][]byte{user("client_encoding", "'utf-8'", "DateStyle", "german", "TIMEZONE", "asia/shanghai", "search_path", "a, \"B c\"", "statement_timeout", "1min",
		"application_name", "n\u00e4me\x01", "extra_float_digits", "3")}, "client_encoding,datestyle,timezone,search_path,statement_timeout,application_name,extra_float_digits"},
	{"options", [][]byte{user("options", `-c statement_timeout=5s  --idle-session-timeout=7000 -csearch_path=x,\ y -c application_name=a\\b\ c`)}, "statement_timeout,idle_session_timeout,search_path,application_name"},
	{"options after settings", [][]byte{user("application_name", "given", "options", "-c application_name=option")}, "application_name"},
	{"options: -d -e -f", [][]byte{user("options", "-e -c work_mem=1MB")}, "work_mem,datestyle"},
	{"options: no value", [][]byte{user("options", "-c work_mem")}, ""},
	{"options: no value, long", [][]byte{user("options", "--work-mem")}, ""},
	{"options: nothing after -c", [][]byte{user("options", "-c")}, ""},
	{"options: unknown switch", [][]byte{user("options", "-y")}, ""},
	{"options: a word", [][]byte{user("options", "word")}, ""},
	{"options: unknown setting", [][]byte{user("options", "-c nope=1")}, ""},
	{"options: bad value", [][]byte{user("options", "-c work_mem=x")}, ""},
	{"options: custom setting", [][]byte{user("options", "-c my.thing=1")}, "my.thing"},
	{"unknown setting", [][]byte{user("nope", "1")}, ""},
	{"setting of the server", [][]byte{user("port", "1")}, ""},
	{"internal setting", [][]byte{user("server_version", "1")}, ""},
	{"bad encoding", [][]byte{user("client_encoding", "nope")}, ""},
	{"bad date style", [][]byte{user("DateStyle", "nope")}, ""},
	{"bad zone", [][]byte{user("TimeZone", "nope")}, ""},
	{"encoding LATIN1", [][]byte{user("client_encoding", "iso-8859-1")}, "client_encoding"},
	{"encoding GBK", [][]byte{user("client_encoding", "GBK")}, "client_encoding"},
	{"encoding SQL_ASCII", [][]byte{user("client_encoding", "sqlascii")}, "client_encoding"},
	{"replication off", [][]byte{user("replication", "off")}, "application_name"},
	{"replication of what", [][]byte{user("replication", "what")}, ""},
	{"a setting twice", [][]byte{user("application_name", "one", "application_name", "two")}, "application_name"},
	{"default_transaction_read_only", [][]byte{user("options", "-c default_transaction_read_only=on")}, "transaction_read_only"},
}

func TestStartup(t *testing.T) {
	compare(t, "startup.txt", func(t *testing.T, s server) string {
		var b strings.Builder
		for _, st := range starts {
			c := s.dial(t)
			fmt.Fprintln(&b, st.name)
			for i, step := range st.steps {
				c.write(t, step)
				last := i == len(st.steps)-1
				if code := binary.BigEndian.Uint32(step[4:]); code == sslCode || code == gssCode {
					one := make([]byte, 1)
					_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
					n, _ := c.Read(one)
					fmt.Fprintf(&b, "  answer %q\n", one[:n])
				} else if last {
					b.WriteString(withoutVersion(c.read(1)))
				}
			}
			for _, name := range strings.Split(st.show, ",") {
				if name != "" {
					c.write(t, encode(t, q("select current_setting('"+name+"')")))
					b.WriteString(c.read(1))
				}
			}
			b.WriteString("\n")
			c.Close()
		}
		return b.String()
	})
}

// TestOldProtocol holds what clients of protocol 2.0 are told, in its own words.
func TestOldProtocol(t *testing.T) {
	const want = "EFATAL:  unsupported frontend protocol 2.0: server supports 3.0 to 3.0\n\x00"
	check := func(t *testing.T, s server) {
		c := s.dial(t)
		c.write(t, startupPacket(2<<16))
		if got, err := io.ReadAll(c); string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
	}
	t.Run("tagd", func(t *testing.T) { check(t, startTagd(t)) })
	t.Run("postgres", func(t *testing.T) { check(t, startPostgres(t)) })
}

// withoutVersion leaves out the minor release, in which the two differ.
func withoutVersion(s string) string {
	lines := strings.SplitAfter(s, "\n")
	for i, l := range lines {
		if strings.Contains(l, "server_version=15.") {
			lines[i] = "  ParameterStatus server_version=15\n"
		}
	}
	return strings.Join(lines, "")
}
