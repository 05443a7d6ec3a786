package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// The request codes that stand in place of a protocol version.
const (
	codeCancel = 80877102
	codeSSL    = 80877103
	codeGSS    = 80877104
)

// StartupKind is what the first packet of a connection asks for.
type StartupKind uint8

// The kinds of first packet.
const (
	StartSession StartupKind = iota
	StartTLS
	StartGSS
	StartCancel
)

// Startup is the first packet of a connection.
type Startup struct {
	Kind     StartupKind
	Minor    int               // protocol 3.Minor
	Params   map[string]string // StartSession
	Unknown  []string          // protocol options (_pq_.x) that we do not have
	PID, Key uint32            // StartCancel
}

// ErrHTTP is returned for a connection that speaks HTTP.
var ErrHTTP = errors.New("an HTTP request on the Postgres port")

// ErrTold ends a connection whose client has been told why.
var ErrTold = errors.New("the client has been told")

// ReadStartup reads a first packet; there may be several (TLS, then a session).
// noTLS and noGSS say that such a request is none any more: the one has come
// already, or the other was granted.
func (c *Conn) ReadStartup(noTLS, noGSS bool) (*Startup, error) {
	head, err := c.in.Peek(4)
	if err != nil {
		return nil, err
	}
	if isHTTP(head) {
		return nil, ErrHTTP
	}
	n := int(binary.BigEndian.Uint32(head))
	if n < 8 || n > maxStartup {
		return nil, lost("invalid length of startup packet")
	}
	body, err := c.readBody(n)
	if err != nil {
		return nil, err
	}
	code := binary.BigEndian.Uint32(body[4:])
	switch {
	case code == codeSSL && !noTLS:
		return &Startup{Kind: StartTLS}, nil
	case code == codeGSS && !noGSS:
		return &Startup{Kind: StartGSS}, nil
	case code == codeCancel:
		if n != 16 {
			return nil, io.ErrUnexpectedEOF // who cancels is not told anything
		}
		return &Startup{Kind: StartCancel, PID: binary.BigEndian.Uint32(body[8:]), Key: binary.BigEndian.Uint32(body[12:])}, nil
	}
	if code>>16 != 3 {
		return nil, c.unsupported(code)
	}
	return parseStartup(body[8:], int(code&0xffff))
}

// unsupported is the error of a version that is not spoken here. Protocols 1 and 2
// knew only a text in place of the fields of an error, and it is all they get.
func (c *Conn) unsupported(code uint32) error {
	e := sqlerr.New(pgerrcode.FeatureNotSupported, "unsupported frontend protocol %d.%d: server supports 3.0 to 3.0", code>>16, code&0xffff)
	e.Severity = "FATAL"
	if major := code >> 16; major == 1 || major == 2 {
		c.raw('E')
		c.string("FATAL:  " + e.Message + "\n")
		return errors.Join(ErrTold, c.Flush())
	}
	return e
}

func isHTTP(head []byte) bool {
	switch string(head) {
	case "GET ", "POST", "HEAD", "PUT ", "OPTI", "DELE", "CONN":
		return true
	}
	return false
}

func parseStartup(b []byte, minor int) (*Startup, error) {
	s := &Startup{Minor: minor, Params: map[string]string{}}
	for len(b) > 0 && b[0] != 0 {
		var pair [2]string
		for i := range pair {
			end := bytes.IndexByte(b, 0)
			if end < 0 {
				return nil, lost("invalid startup packet layout: expected terminator as last byte")
			}
			pair[i] = string(b[:end])
			b = b[end+1:]
		}
		if strings.HasPrefix(pair[0], "_pq_.") {
			s.Unknown = append(s.Unknown, pair[0])
			continue
		}
		s.Params[pair[0]] = pair[1]
	}
	if len(b) != 1 {
		return nil, lost("invalid startup packet layout: expected terminator as last byte")
	}
	return s, nil
}

// Answer writes the one byte that answers a TLS or GSS request.
func (c *Conn) Answer(b byte) error {
	c.raw(b)
	return c.Flush()
}

// RefuseHTTP answers an HTTP request in its own words.
func (c *Conn) RefuseHTTP() {
	const text = "This is tagd: it speaks the PostgreSQL protocol, not HTTP. Connect with psql or a Postgres driver.\n"
	_, _ = io.WriteString(c.net, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"+text)
}

// Negotiate tells the client that only protocol 3.0 and no protocol option is
// spoken here.
func (c *Conn) Negotiate(unknown []string) {
	c.begin('v')
	c.int32(3 << 16) // PG_PROTOCOL_LATEST, as SendNegotiateProtocolVersion writes it
	c.int32(int32(len(unknown)))
	for _, name := range unknown {
		c.string(name)
	}
	c.end()
}
