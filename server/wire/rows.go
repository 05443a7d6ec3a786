package wire

import (
	"encoding/binary"
	"strconv"

	"tagd/sql/charset"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func itoa(n int) string { return strconv.Itoa(n) }

// column is one result column of a batch with the encoded forms of its
// dictionary, each made when it is first met.
type column struct {
	v      *vec.Vector
	binary bool
	dict   [][]byte // length word and bytes by code; nil: not made yet
}

// RowEncoder writes rows of one result. It keeps encoded dictionary entries
// between batches that share their dictionary.
type RowEncoder struct {
	cols   []column
	style  *types.Style
	format func(i int) int16
	set    *charset.Charset // the client's; nil: UTF-8
	err    error            // the first value that cannot be written in it
}

// NewRowEncoder returns an encoder for results in the given formats.
func NewRowEncoder(style *types.Style, format func(i int) int16) *RowEncoder {
	return &RowEncoder{style: style, format: format}
}

var null = []byte{0xff, 0xff, 0xff, 0xff}

// Rows sends rows [from, to) of a batch as DataRow messages.
func (c *Conn) Rows(e *RowEncoder, b *vec.Batch, from, to int) error {
	e.bind(b)
	e.set = c.set
	for i := from; i < to; i++ {
		c.begin('D')
		c.int16(len(e.cols))
		for k := range e.cols {
			c.out = e.append(c.out, &e.cols[k], i)
		}
		if e.err != nil {
			c.out = c.out[:c.start]
			return e.err
		}
		c.end()
		if c.err != nil {
			return c.err
		}
	}
	return c.err
}

func (e *RowEncoder) bind(b *vec.Batch) {
	if len(e.cols) != len(b.Cols) {
		e.cols = make([]column, len(b.Cols))
	}
	for i, v := range b.Cols {
		col := &e.cols[i]
		if v.Dict != nil && (col.v == nil || col.v.Dict != v.Dict) {
			col.dict = make([][]byte, v.Dict.N)
		}
		col.v, col.binary = v, e.format(i) == 1
	}
}

func (e *RowEncoder) append(dst []byte, c *column, i int) []byte {
	if c.v.Dict != nil {
		code := c.v.Codes[i]
		if c.dict[code] == nil {
			c.dict[code] = e.value(nil, c, c.v.Dict, int(code))
		}
		return append(dst, c.dict[code]...)
	}
	return e.value(dst, c, c.v, i)
}

func (e *RowEncoder) value(dst []byte, c *column, v *vec.Vector, i int) []byte {
	if v.IsNull(i) {
		return append(dst, null...)
	}
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	if c.binary {
		dst = v.AppendBinary(dst, i)
	} else {
		dst = v.AppendText(dst, i, e.style)
	}
	if e.set != nil {
		dst = e.translate(dst, at+4, v.Type, c.binary)
	}
	binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}
