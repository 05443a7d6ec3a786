package wire

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"

	"github.com/jackc/pgerrcode"

	"tagd/sql/charset"
	"tagd/sql/sqlerr"
)

const (
	// flushAt is the size at which the output buffer is written to the socket.
	flushAt = 64 << 10
	// maxStartup is MAX_STARTUP_PACKET_LENGTH, maxBody the largest message that
	// Postgres reads (PQ_LARGE_MESSAGE_LIMIT), both from PostgreSQL's
	// libpq/pqcomm.h; maxAuth is its limit for messages before authentication.
	maxStartup = 10000
	maxBody    = 1<<30 - 1
	maxAuth    = 65535
	// readStep bounds what is allocated ahead of the bytes that really arrive.
	readStep = 1 << 20
	// idleBuffer is what an idle connection keeps of its buffers.
	idleBuffer = 16 << 10
)

// Conn is a connection's framing.
type Conn struct {
	net   net.Conn
	in    *bufio.Reader
	out   []byte
	start int // of the message being written
	err   error
	limit int
	last  byte // type of the message read last
	body  []byte
	msgs  messages
	set   *charset.Charset // the client's encoding; nil: UTF-8
}

// NewConn frames a network connection. Until Authenticated is called only short
// messages are read.
func NewConn(c net.Conn) *Conn {
	return &Conn{net: c, in: bufio.NewReaderSize(c, 8<<10), limit: maxAuth}
}

// Net is the connection below, replaced by Secure.
func (c *Conn) Net() net.Conn { return c.net }

// Authenticated lifts the limit on message bodies to Postgres's own.
func (c *Conn) Authenticated() { c.limit = maxBody }

// Buffered reports whether input is waiting that has been read already.
func (c *Conn) Buffered() bool { return c.in.Buffered() > 0 }

// Shrink gives back the buffers of large messages, before waiting for a client
// that may not come back for hours.
func (c *Conn) Shrink() {
	if cap(c.out) > idleBuffer && len(c.out) == 0 {
		c.out = nil
	}
	if cap(c.body) > idleBuffer {
		c.body = nil
	}
}

// Await returns when there is input, or with the error of the wait: a deadline
// that passes here loses nothing.
func (c *Conn) Await() error {
	_, err := c.in.Peek(1)
	return err
}

// Secure continues on another connection, the TLS one over the first.
func (c *Conn) Secure(tls net.Conn) {
	c.net = tls
	c.in.Reset(tls)
}

// Last is the type byte of the message that Receive returned last.
func (c *Conn) Last() byte { return c.last }

// Flush writes what is buffered. The first error stays: later writes do nothing.
func (c *Conn) Flush() error {
	if c.err == nil && len(c.out) > 0 {
		_, c.err = c.net.Write(c.out)
	}
	if cap(c.out) > 16*flushAt {
		c.out = nil // after one huge row
	}
	c.out = c.out[:0]
	return c.err
}

// lost is the error after which the stream cannot be followed any more.
func lost(format string, args ...any) error {
	e := sqlerr.New(pgerrcode.ProtocolViolation, format, args...)
	e.Severity = "FATAL"
	return e
}

// readBody reads n bytes, growing as they arrive, so that a claimed length
// allocates nothing. The result is valid until the next call.
func (c *Conn) readBody(n int) ([]byte, error) {
	buf := c.body[:0]
	for len(buf) < n {
		step := min(n-len(buf), readStep)
		from := len(buf)
		if cap(buf) < from+step {
			grown := make([]byte, from, min(n, 2*(from+step)))
			copy(grown, buf)
			buf = grown
		}
		buf = buf[:from+step]
		if _, err := io.ReadFull(c.in, buf[from:]); err != nil {
			return nil, err
		}
	}
	if cap(buf) <= 4*readStep {
		c.body = buf
	} else {
		c.body = nil
	}
	return buf, nil
}

// begin starts a message of a type; end fills in its length.
func (c *Conn) begin(typ byte) {
	c.start = len(c.out)
	c.out = append(c.out, typ, 0, 0, 0, 0)
}

func (c *Conn) end() {
	binary.BigEndian.PutUint32(c.out[c.start+1:], uint32(len(c.out)-c.start-1))
	if len(c.out) >= flushAt {
		_ = c.Flush()
	}
}

func (c *Conn) int16(v int)     { c.out = binary.BigEndian.AppendUint16(c.out, uint16(v)) }
func (c *Conn) int32(v int32)   { c.out = binary.BigEndian.AppendUint32(c.out, uint32(v)) }
func (c *Conn) string(s string) { c.out = append(append(c.out, c.encoded(s)...), 0) }
func (c *Conn) simple(typ byte) { c.begin(typ); c.end() }
func (c *Conn) raw(b ...byte)   { c.out = append(c.out, b...) }
