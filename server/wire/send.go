package wire

import (
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// AuthOK, and the SASL messages, are the server's side of authentication.
func (c *Conn) AuthOK() { c.auth(0, nil) }

// AuthCleartext asks for the password as it is.
func (c *Conn) AuthCleartext() { c.auth(3, nil) }

// AuthSASL offers mechanisms.
func (c *Conn) AuthSASL(mechanisms ...string) {
	var b []byte
	for _, m := range mechanisms {
		b = append(append(b, m...), 0)
	}
	c.auth(10, append(b, 0))
}

// AuthSASLContinue carries a challenge.
func (c *Conn) AuthSASLContinue(data []byte) { c.auth(11, data) }

// AuthSASLFinal carries the server's proof.
func (c *Conn) AuthSASLFinal(data []byte) { c.auth(12, data) }

func (c *Conn) auth(code int32, data []byte) {
	c.begin('R')
	c.int32(code)
	c.raw(data...)
	c.end()
}

// KeyData tells the client what a CancelRequest must name.
func (c *Conn) KeyData(pid, key uint32) {
	c.begin('K')
	c.int32(int32(pid))
	c.int32(int32(key))
	c.end()
}

// Parameter reports a setting.
func (c *Conn) Parameter(name, value string) {
	c.begin('S')
	c.string(name)
	c.string(value)
	c.end()
}

// Ready says that the next statement may come.
func (c *Conn) Ready(tx session.Tx) {
	c.begin('Z')
	c.raw(byte(tx))
	c.end()
}

// Complete ends a statement with its command tag.
func (c *Conn) Complete(tag string) {
	c.begin('C')
	c.string(tag)
	c.end()
}

// The answers without a body.
func (c *Conn) ParseComplete() { c.simple('1') }

// BindComplete answers Bind.
func (c *Conn) BindComplete() { c.simple('2') }

// CloseComplete answers Close.
func (c *Conn) CloseComplete() { c.simple('3') }

// NoData answers Describe for statements without rows.
func (c *Conn) NoData() { c.simple('n') }

// PortalSuspended ends an Execute that reached its row limit.
func (c *Conn) PortalSuspended() { c.simple('s') }

// EmptyQuery answers an empty statement.
func (c *Conn) EmptyQuery() { c.simple('I') }

// CopyDone ends COPY OUT.
func (c *Conn) CopyDone() { c.simple('c') }

// CopyIn and CopyOut open a copy of some columns.
func (c *Conn) CopyIn(columns int, binary bool) { c.copyResponse('G', columns, binary) }

// CopyOut opens a COPY TO.
func (c *Conn) CopyOut(columns int, binary bool) { c.copyResponse('H', columns, binary) }

func (c *Conn) copyResponse(typ byte, columns int, binary bool) {
	format := 0
	if binary {
		format = 1
	}
	c.begin(typ)
	c.raw(byte(format))
	c.int16(columns)
	for range columns {
		c.int16(format)
	}
	c.end()
}

// CopyRows sends a chunk of COPY OUT rows, a message a row, as Postgres does.
func (c *Conn) CopyRows(chunk *session.CopyChunk) error {
	from := int32(0)
	for _, end := range chunk.Ends {
		c.begin('d')
		c.raw(chunk.Data[from:end]...)
		c.end()
		from = end
	}
	return c.err
}

// Params describes a statement's parameters; those of a domain are the domain's,
// unlike the columns of one.
func (c *Conn) Params(ts []types.Type) {
	c.begin('t')
	c.int16(len(ts))
	for _, t := range ts {
		if d := t.Domain(); d != nil {
			c.int32(int32(d.OID))
		} else {
			c.int32(int32(t.OID()))
		}
	}
	c.end()
}

// Columns describes rows; format gives each column's format code.
func (c *Conn) Columns(cols []session.Column, format Formats) {
	c.begin('T')
	c.int16(len(cols))
	for i, col := range cols {
		c.string(col.Name)
		c.int32(int32(col.TableID))
		c.int16(int(col.Attr))
		c.int32(int32(col.Type.OID()))
		c.int16(int(col.Type.Len()))
		c.int32(col.Type.WireMod())
		c.int16(int(format.At(i)))
	}
	c.end()
}

// Notification sends what another session, or this one, has told with NOTIFY.
func (c *Conn) Notification(n session.Notification) {
	c.begin('A')
	c.int32(n.PID)
	c.string(n.Channel)
	c.string(n.Payload)
	c.end()
}

// Error sends an ErrorResponse, Notice a NoticeResponse. text is the statement
// that positions refer to.
func (c *Conn) Error(e *sqlerr.Error, text string) { c.report('E', "ERROR", e, text) }

// Notice sends a notice; text is as in Error.
func (c *Conn) Notice(e *sqlerr.Error, text string) { c.report('N', "NOTICE", e, text) }

func (c *Conn) report(typ byte, severity string, e *sqlerr.Error, text string) {
	if e.Severity != "" {
		severity = e.Severity
	}
	c.begin(typ)
	field := func(code byte, value string) {
		if value != "" {
			c.raw(code)
			c.string(value)
		}
	}
	field('S', severity)
	field('V', severity)
	field('C', e.Code)
	field('M', e.Message)
	field('D', e.Detail)
	field('H', e.Hint)
	if pos := sqlerr.CharPos(text, e.Pos); pos > 0 && text != "" {
		field('P', itoa(pos))
	}
	if pos := sqlerr.CharPos(e.InternalQuery, e.InternalPos); pos > 0 {
		field('p', itoa(pos))
	}
	field('q', e.InternalQuery)
	field('W', e.Where)
	field('s', e.Schema)
	field('t', e.Table)
	field('c', e.Column)
	field('d', e.DataType)
	field('n', e.Constraint)
	field('R', e.Routine)
	c.raw(0)
	c.end()
}
