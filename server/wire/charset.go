package wire

import (
	"tagd/sql/charset"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// SetCharset makes what follows, in both directions, text in the client's
// encoding; nil is UTF-8. Binary values of text types are converted, too, as in
// PostgreSQL.
func (c *Conn) SetCharset(set *charset.Charset) {
	c.set = nil
	if set.Converts() {
		c.set = set
	}
}

// encoded is s for the client. Names and messages with characters that the
// client's encoding lacks have "?" for them: an error about an error would help
// nobody. Values go through RowEncoder.value, which does report them.
func (c *Conn) encoded(s string) string {
	if c.set == nil {
		return s
	}
	out, err := c.set.Encode(nil, []byte(s))
	if err == nil {
		return string(out)
	}
	out = out[:0]
	for _, r := range s {
		next, err := c.set.Encode(out, []byte(string(r)))
		if err != nil {
			next = append(out, '?')
		}
		out = next
	}
	return string(out)
}

// Converts reports whether the client's encoding is another than UTF-8.
func (c *Conn) Converts() bool { return c.set != nil }

// Decoded is text that the client has sent, as UTF-8. What is not valid in the
// client's encoding is 22021, what UTF-8 lacks 22P05.
func (c *Conn) Decoded(s string) (string, error) {
	if c.set == nil {
		return s, charset.CheckUTF8(s)
	}
	out, _, err := c.set.Decode(nil, []byte(s), false)
	return string(out), err
}

// translate rewrites the value that was appended to dst at position at in the
// client's encoding: everything in text format, and character types in binary.
func (e *RowEncoder) translate(dst []byte, at int, t types.Type, bin bool) []byte {
	if bin && !characters(t) {
		return dst
	}
	raw := append([]byte(nil), dst[at:]...)
	if bin && t.Array {
		for _, c := range raw {
			if c >= 0x80 {
				e.fail(sqlerr.Unsupported(-1, "binary arrays of text can only be sent to clients with client_encoding UTF8"))
				break
			}
		}
		return dst
	}
	out, err := e.set.Encode(dst[:at], raw)
	if err != nil {
		e.fail(err)
	}
	return out
}

func (e *RowEncoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// characters tells whether the binary form of a type is text.
func characters(t types.Type) bool {
	switch t.Kind {
	case types.Text, types.Varchar, types.Name, types.Unknown:
		return true
	}
	return false
}

// DecodedParam is the bytes of a parameter, in text format or of a character
// type, as UTF-8.
func (c *Conn) DecodedParam(raw []byte, t types.Type, bin bool) ([]byte, error) {
	switch {
	case c.set == nil && !bin && !characters(t):
		return raw, charset.CheckUTF8(string(raw)) // that of text is checked with its value
	case c.set == nil || bin && (!characters(t) || t.Array):
		return raw, nil
	}
	out, _, err := c.set.Decode(nil, raw, false)
	return out, err
}
