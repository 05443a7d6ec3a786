package wire

import (
	"bytes"
	"encoding/binary"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// reader takes fields off a message body; the first error stays. The texts of
// the errors are those of PostgreSQL's libpq/pqformat.c.
type reader struct {
	b   []byte
	err *sqlerr.Error
}

func (r *reader) fail(text string) {
	if r.err == nil {
		r.err = sqlerr.New(pgerrcode.ProtocolViolation, "%s", text)
	}
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.fail("insufficient data left in message")
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) string() string {
	end := bytes.IndexByte(r.b, 0)
	if end < 0 {
		r.fail("invalid string in message")
		return ""
	}
	s := string(r.take(end))
	r.take(1)
	return s
}

// name is string without an allocation where it is the same as kept, which it
// becomes.
func (r *reader) name(kept *string) string {
	end := bytes.IndexByte(r.b, 0)
	if r.err != nil || end < 0 || string(r.b[:end]) != *kept {
		*kept = r.string()
		return *kept
	}
	r.b = r.b[end+1:]
	return *kept
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail("no data left in message")
		return 0
	}
	return r.take(1)[0]
}

// end holds that nothing is left.
func (r *reader) end() {
	if len(r.b) > 0 {
		r.fail("invalid message format")
	}
}

func (r *reader) int16() int16 {
	if b := r.take(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (r *reader) int32() int32 {
	if b := r.take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

// count is the length of a list whose entries take at least size bytes each.
func (r *reader) count(size int) int {
	n := int(uint16(r.int16()))
	if n*size > len(r.b) {
		r.fail("insufficient data left in message")
		return 0
	}
	return n
}

func (r *reader) int16s() []int16 {
	n := r.count(2)
	if n == 0 {
		return nil
	}
	out := make([]int16, n)
	for i := range out {
		out[i] = r.int16()
	}
	return out
}

// decodeBind reads a Bind. The values of its parameters share one allocation.
func (c *messages) decodeBind(r *reader) {
	b := &c.bind
	*b = Bind{Portal: r.name(&c.portal), Statement: r.name(&c.statement), ParamFormats: r.int16s()}
	if n := r.count(4); n > 0 {
		b.Params = make([][]byte, n)
		r.b = bytes.Clone(r.b)
	}
	for i := range b.Params {
		n := r.int32()
		if n == -1 {
			continue
		}
		ok := r.err == nil
		b.Params[i] = r.take(int(n))
		if ok && r.err != nil {
			r.err = r.err.WithWhere("%s", paramWhere(b.Portal, i))
		}
	}
	b.ResultFormats = r.int16s()
}

// paramWhere is the context of an error in a parameter, counted from zero.
func paramWhere(portal string, i int) string {
	if portal == "" {
		return "unnamed portal parameter $" + itoa(i+1)
	}
	return "portal \"" + portal + "\" parameter $" + itoa(i+1)
}
