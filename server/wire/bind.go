package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
)

var errShort = errors.New("insufficient data left in message")

// reader takes fields off a message body; the first error stays.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.err = errShort
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) string() string {
	end := bytes.IndexByte(r.b, 0)
	if end < 0 {
		r.err = errors.New("invalid string in message")
		return ""
	}
	s := string(r.take(end))
	r.take(1)
	return s
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
		r.err = errShort
		return 0
	}
	return n
}

func (r *reader) int16s() []int16 {
	out := make([]int16, r.count(2))
	for i := range out {
		out[i] = r.int16()
	}
	return out
}

// decodeBind reads a Bind. pgproto3's own decoder panics on a negative length,
// and this message comes once per execution.
func decodeBind(body []byte) (Message, error) {
	r := reader{b: body}
	b := Bind{Portal: r.string(), Statement: r.string(), ParamFormats: r.int16s()}
	b.Params = make([][]byte, r.count(4))
	for i := range b.Params {
		if n := r.int32(); n != -1 {
			b.Params[i] = append([]byte{}, r.take(int(n))...)
		}
	}
	b.ResultFormats = r.int16s()
	if r.err == nil && len(r.b) > 0 {
		r.err = errors.New("invalid message format")
	}
	return b, r.err
}
