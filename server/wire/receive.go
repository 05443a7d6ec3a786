package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/jackc/pgproto3/v2"
)

// Message is a client message after startup.
type Message interface{}

// The messages. Byte slices and strings of CopyData and Password are valid until
// the next Receive; the rest is the receiver's to keep.
type (
	// Query is a simple query.
	Query struct{ Text string }
	// Parse prepares a statement; OIDs may be fewer than its parameters.
	Parse struct {
		Name, Text string
		OIDs       []uint32
	}
	// Bind makes a portal. A nil parameter is NULL.
	Bind struct {
		Portal, Statement string
		ParamFormats      []int16
		Params            [][]byte
		ResultFormats     []int16
	}
	// Describe asks for a statement's ('S') or portal's ('P') shape.
	Describe struct {
		Kind byte
		Name string
	}
	// Execute runs a portal for at most MaxRows rows (0: all).
	Execute struct {
		Portal  string
		MaxRows uint32
	}
	// Close forgets a statement ('S') or portal ('P').
	Close struct {
		Kind byte
		Name string
	}
	// CopyData is a piece of a copy.
	CopyData struct{ Data []byte }
	// CopyFail ends a copy badly.
	CopyFail struct{ Reason string }
	// Password is any authentication answer.
	Password struct{ Data []byte }
	// CopyDone, Flush, Sync and Terminate have no body.
	CopyDone struct{}
	// Flush asks for the output so far.
	Flush struct{}
	// Sync ends an extended-query series.
	Sync struct{}
	// Terminate says goodbye.
	Terminate struct{}
	// FunctionCall is the retired fast-path call.
	FunctionCall struct{}
)

// Receive reads the next message. An error that is a *sqlerr.Error can be told
// to the client before closing; others mean that the connection is gone.
func (c *Conn) Receive() (Message, error) {
	typ, err := c.in.ReadByte()
	if err != nil {
		return nil, err
	}
	var head [4]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return nil, err
	}
	if !known(typ) {
		return nil, lost("invalid frontend message type %d", typ)
	}
	n := int64(binary.BigEndian.Uint32(head[:])) - 4
	if n < 0 || n > int64(c.limitOf(typ)) {
		return nil, lost("invalid message length")
	}
	c.last = typ
	body, err := c.readBody(int(n))
	if err != nil {
		return nil, err
	}
	m, err := decode(typ, body)
	if err != nil {
		return nil, lost("invalid message format (%c): %v", typ, err)
	}
	return m, nil
}

// limitOf is the longest body of a message type: those that carry only names are
// short (SocketBackend in PostgreSQL's tcop/postgres.c).
func (c *Conn) limitOf(typ byte) int {
	switch typ {
	case 'D', 'E', 'C', 'c', 'H', 'S', 'X':
		return maxStartup
	}
	return c.limit
}

func known(typ byte) bool {
	switch typ {
	case 'Q', 'P', 'B', 'D', 'E', 'C', 'd', 'c', 'f', 'p', 'H', 'S', 'X', 'F':
		return true
	}
	return false
}

// decode reads a message's body. The library's decoders index freely (an empty
// Query body is out of range there), so what they panic on is a malformed message.
func decode(typ byte, body []byte) (m Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, fmt.Errorf("%v", p)
		}
	}()
	switch typ {
	case 'Q':
		var p pgproto3.Query
		err = p.Decode(body)
		m = Query{p.String}
	case 'P':
		var p pgproto3.Parse
		err = p.Decode(body)
		m = Parse{p.Name, p.Query, p.ParameterOIDs}
	case 'B':
		return decodeBind(body)
	case 'D':
		var p pgproto3.Describe
		err = p.Decode(body)
		m = Describe{p.ObjectType, p.Name}
	case 'E':
		var p pgproto3.Execute
		err = p.Decode(body)
		m = Execute{p.Portal, p.MaxRows}
	case 'C':
		var p pgproto3.Close
		err = p.Decode(body)
		m = Close{p.ObjectType, p.Name}
	case 'd':
		m = CopyData{body}
	case 'c':
		m = CopyDone{}
	case 'f':
		var p pgproto3.CopyFail
		err = p.Decode(body)
		m = CopyFail{p.Message}
	case 'p':
		m = Password{body}
	case 'H':
		m = Flush{}
	case 'S':
		m = Sync{}
	case 'X':
		m = Terminate{}
	case 'F':
		m = FunctionCall{}
	}
	return m, err
}

// SASL returns the SASL payload of an authentication answer: the first one
// carries the mechanism's name and a length before it.
func (p Password) SASL(first bool) ([]byte, bool) {
	if !first {
		return p.Data, true
	}
	end := bytes.IndexByte(p.Data, 0)
	if end < 0 || len(p.Data) < end+5 {
		return nil, false
	}
	return p.Data[end+5:], true
}
