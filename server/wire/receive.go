package wire

import (
	"encoding/binary"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Message is a client message after startup.
type Message interface{}

// The messages. Those with many fields come as pointers to memory of the Conn, as do
// the bytes of CopyData and Password: these are valid until the next Receive. The
// strings and slices of the others are the receiver's to keep.
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
	// FunctionCall calls a function by its OID. The arguments are read by Args.
	FunctionCall struct {
		OID  uint32
		Err  *sqlerr.Error // of the OID, nil: none
		rest []byte
	}
	// Malformed is a message of a type whose body is not what it must be.
	Malformed struct {
		Type byte
		Err  *sqlerr.Error // 08P01
	}
)

// Receive reads the next message. An error that is a *sqlerr.Error can be told
// to the client before closing; others mean that the connection is gone. A
// message whose body is malformed is Malformed: the next one can be read.
func (c *Conn) Receive() (Message, error) {
	typ, err := c.in.ReadByte()
	if err != nil {
		return nil, err
	}
	if !known(typ) {
		return nil, lost("invalid frontend message type %d", typ)
	}
	head, err := c.in.Peek(4)
	if err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint32(head)) - 4
	_, _ = c.in.Discard(4)
	if n < 0 || n > int64(c.limitOf(typ)) {
		return nil, lost("invalid message length")
	}
	c.last = typ
	body, err := c.readBody(int(n))
	if err != nil {
		return nil, err
	}
	return c.msgs.decode(typ, body), nil
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

// messages is where the messages lie that are received all day: one of each is
// enough. The names that clients use are kept, for they use the same ones again.
type messages struct {
	query     Query
	parse     Parse
	bind      Bind
	describe  Describe
	execute   Execute
	close     Close
	copyData  CopyData
	statement string
	portal    string
}

// decode reads a message's body as exec_simple_query and its kin in PostgreSQL's
// tcop/postgres.c do.
func (c *messages) decode(typ byte, body []byte) Message {
	r := reader{b: body}
	var m Message
	switch typ {
	case 'Q':
		c.query.Text = r.string()
		m = &c.query
	case 'P':
		c.decodeParse(&r)
		m = &c.parse
	case 'B':
		c.decodeBind(&r)
		m = &c.bind
	case 'D':
		c.describe.Kind = r.byte()
		kept := &c.portal
		if c.describe.Kind == 'S' {
			kept = &c.statement
		}
		c.describe.Name = r.name(kept)
		m = &c.describe
	case 'E':
		c.execute = Execute{r.name(&c.portal), uint32(r.int32())}
		m = &c.execute
	case 'C':
		c.close = Close{r.byte(), r.string()}
		m = &c.close
	case 'f':
		m = CopyFail{r.string()}
	case 'H':
		m = Flush{}
	case 'S':
		m = Sync{}
	case 'd':
		c.copyData.Data = body
		return &c.copyData
	case 'c':
		return CopyDone{}
	case 'p':
		return Password{body}
	case 'X':
		return Terminate{}
	case 'F':
		oid := uint32(r.int32())
		return FunctionCall{OID: oid, Err: r.err, rest: r.b}
	}
	if r.end(); r.err != nil {
		return Malformed{typ, r.err}
	}
	return m
}

func (c *messages) decodeParse(r *reader) {
	p := &c.parse
	*p = Parse{Name: r.string(), Text: r.string()}
	if n := r.count(4); n > 0 {
		p.OIDs = make([]uint32, n)
	}
	for i := range p.OIDs {
		p.OIDs[i] = uint32(r.int32())
	}
}

// Call reads the arguments of a FunctionCall one by one: nil is NULL.
type Call struct {
	Formats Formats
	r       reader
}

// Args begins to read the arguments of a function that takes n of them. The
// errors are those of parse_fcall_arguments in PostgreSQL's tcop/fastpath.c.
func (f FunctionCall) Args(n int) (*Call, error) {
	c := &Call{r: reader{b: f.rest}}
	c.Formats = c.r.int16s()
	given := int(c.r.int16())
	switch {
	case c.r.err != nil:
		return nil, c.r.err
	case given != n:
		return nil, sqlerr.New(pgerrcode.ProtocolViolation, "function call message contains %d arguments but function requires %d", given, n)
	case len(c.Formats) > 1 && len(c.Formats) != given:
		return nil, sqlerr.New(pgerrcode.ProtocolViolation, "function call message contains %d argument formats but %d arguments", len(c.Formats), given)
	}
	return c, nil
}

// Next reads the next argument, which is valid until the next Receive.
func (c *Call) Next() ([]byte, error) {
	n := c.r.int32()
	switch {
	case c.r.err != nil:
		return nil, c.r.err
	case n == -1:
		return nil, nil
	case n < 0:
		return nil, sqlerr.New(pgerrcode.ProtocolViolation, "invalid argument size %d in function call message", n)
	}
	b := c.r.take(int(n))
	if c.r.err != nil {
		return nil, c.r.err
	}
	return b, nil
}

// End reads the format of the result, after all arguments.
func (c *Call) End() (format int16, err error) {
	format = c.r.int16()
	if c.r.end(); c.r.err != nil {
		return 0, c.r.err
	}
	return format, nil
}

// SASL splits the first answer to AuthSASL: the mechanism that the client takes
// and its first message.
func (p Password) SASL() (mechanism string, data []byte, ok bool) {
	r := reader{b: p.Data}
	mechanism = r.string()
	if n := r.int32(); n != -1 {
		data = r.take(int(n))
	}
	r.end()
	return mechanism, data, r.err == nil
}
