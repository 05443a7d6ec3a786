package charset

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// Decode appends b, text in c, to dst as UTF-8. With part, a character that the
// end of b cuts short is left over: n is the number of bytes that were read;
// without it that is an error. After an error dst has what stands before it.
func (c *Charset) Decode(dst, b []byte, part bool) (out []byte, n int, err error) {
	if !c.Converts() {
		return append(dst, b...), len(b), nil
	}
	t := c.table()
	for n < len(b) {
		if x := b[n]; x < 0x80 && x != 0 {
			dst = append(dst, x)
			n++
			continue
		}
		rest := b[n:]
		size := c.size(rest)
		if part && (size > len(rest) || size > 1 && len(rest) == 1) {
			break
		}
		if rest[0] == 0 || size > len(rest) || !c.valid(rest[:size]) {
			return dst, n, invalid(c.Name, rest[:min(size, len(rest))])
		}
		r := t.decode(rest[:size])
		if r == 0 {
			return dst, n, lacking(c.Name, rest[:size], "UTF8")
		}
		dst = utf8.AppendRune(dst, r)
		n += size
	}
	return dst, n, nil
}

// Count is the number of characters of b, which need not be characters of Unicode.
func (c *Charset) Count(b []byte) (int, error) {
	switch {
	case c == UTF8:
		return utf8.RuneCount(b), CheckUTF8(string(b))
	case !c.Converts():
		return len(b), nil
	}
	count := 0
	for len(b) > 0 {
		size := c.size(b)
		if b[0] == 0 || size > len(b) || !c.valid(b[:size]) {
			return 0, invalid(c.Name, b[:min(size, len(b))])
		}
		count, b = count+1, b[size:]
	}
	return count, nil
}

// decode returns the code point of a character, 0 if there is none.
func (t *table) decode(b []byte) rune {
	if len(b) < 4 {
		return rune(t.to[codeOf(b)])
	}
	u, err := t.long.NewDecoder().Bytes(b)
	if r, n := utf8.DecodeRune(u); err == nil && n == len(u) && (r != utf8.RuneError || string(b) == "\x84\x31\xa4\x37") {
		return r
	}
	return 0
}

// Encode appends s, valid UTF-8, to dst in c.
func (c *Charset) Encode(dst, s []byte) ([]byte, error) {
	if !c.Converts() {
		return append(dst, s...), nil
	}
	t := c.table()
	for i := 0; i < len(s); {
		if s[i] < 0x80 {
			dst = append(dst, s[i])
			i++
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		code := uint16(0)
		if r <= 0xffff {
			code = t.from[r]
		}
		switch {
		case code > 0:
			dst = c.appendCode(dst, code)
		default:
			if t.long == nil {
				return dst, lacking("UTF8", s[i:i+size], c.Name)
			}
			e, err := t.long.NewEncoder().Bytes(s[i : i+size])
			if err != nil || len(e) != 4 {
				return dst, lacking("UTF8", s[i:i+size], c.Name)
			}
			dst = append(dst, e...)
		}
		i += size
	}
	return dst, nil
}

// spell writes bytes as Postgres does in these errors: 0xe5 0xad 0x97.
func spell(b []byte) string {
	parts := make([]string, len(b))
	for i, c := range b {
		parts[i] = fmt.Sprintf("0x%02x", c)
	}
	return strings.Join(parts, " ")
}

func invalid(name string, b []byte) *sqlerr.Error {
	return sqlerr.New(pgerrcode.CharacterNotInRepertoire, "invalid byte sequence for encoding \"%s\": %s", name, spell(b))
}

func lacking(from string, b []byte, to string) *sqlerr.Error {
	return sqlerr.New(pgerrcode.UntranslatableCharacter,
		"character with byte sequence %s in encoding \"%s\" has no equivalent in encoding \"%s\"", spell(b), from, to)
}

// Stream decodes text that arrives in pieces split anywhere. It is for one
// goroutine.
type Stream struct {
	c    *Charset
	rest []byte // the start of a character that is not complete yet, under 4 bytes
	out  []byte
}

// NewStream returns a stream of text in c.
func NewStream(c *Charset) *Stream { return &Stream{c: c} }

// Next returns the next piece as UTF-8; valid until the following call.
func (s *Stream) Next(p []byte) ([]byte, error) {
	if len(s.rest) > 0 {
		p = append(s.rest, p...)
	}
	out, n, err := s.c.Decode(s.out[:0], p, true)
	s.out = out
	s.rest = append([]byte(nil), p[n:]...)
	return out, err
}

// End reports a character that the end of the stream has cut short.
func (s *Stream) End() error {
	if len(s.rest) == 0 {
		return nil
	}
	return invalid(s.c.Name, s.rest)
}
