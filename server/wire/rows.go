package wire

import (
	"encoding/binary"
	"slices"
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
	dict   [][]byte // length word and bytes by code, nil: not made yet; nil: none are kept
}

// RowEncoder writes rows of one result. It keeps encoded dictionary entries
// between batches that share their dictionary.
type RowEncoder struct {
	cols   []column
	style  *types.Style
	format Formats
	set    *charset.Charset // the client's; nil: UTF-8
	err    error            // the first value that cannot be written in it
}

// NewRowEncoder returns an encoder for results in the given formats.
func NewRowEncoder(style *types.Style, format Formats) *RowEncoder {
	e := &RowEncoder{}
	e.Reset(style, format)
	return e
}

// Reset makes e, which may be zero, an encoder for another result.
func (e *RowEncoder) Reset(style *types.Style, format Formats) {
	e.Forget()
	e.style, e.format, e.err = style, format, nil
}

// Forget gives back what e keeps of a result that has been sent.
func (e *RowEncoder) Forget() {
	if cap(e.cols) > keptColumns {
		e.cols = nil
	}
	clear(e.cols)
	e.cols = e.cols[:0]
}

// keptColumns is how many columns an encoder keeps room for between results.
const keptColumns = 64

// Formats are format codes of columns or parameters under the rule of Bind: none
// means text, one stands for all.
type Formats []int16

// At is the code of column i.
func (f Formats) At(i int) int16 {
	switch {
	case len(f) == 0:
		return 0
	case len(f) == 1:
		return f[0]
	case i < len(f):
		return f[i]
	}
	return 0
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

// FunctionResult answers a FunctionCall with the only value of v.
func (c *Conn) FunctionResult(v *vec.Vector, style *types.Style, format int16) error {
	e := RowEncoder{style: style, set: c.set}
	c.begin('V')
	c.out = e.value(c.out, &column{binary: format == 1}, v, 0)
	if e.err != nil {
		c.out = c.out[:c.start]
		return e.err
	}
	c.end()
	return nil
}

func (e *RowEncoder) bind(b *vec.Batch) {
	if len(e.cols) != len(b.Cols) {
		e.cols = slices.Grow(e.cols[:0], len(b.Cols))[:len(b.Cols)]
		clear(e.cols)
	}
	for i, v := range b.Cols {
		col := &e.cols[i]
		if v.Dict != nil && (col.v == nil || col.v.Dict != v.Dict) {
			col.dict = nil
			if b.N >= v.Dict.N/rowsPerEntry {
				col.dict = make([][]byte, v.Dict.N)
			}
		}
		col.v, col.binary = v, e.format.At(i) == 1
	}
}

// rowsPerEntry is how much room an encoder makes for entries of a dictionary beside
// the rows of a batch: one row is not worth room for all entries.
const rowsPerEntry = 16

func (e *RowEncoder) append(dst []byte, c *column, i int) []byte {
	if c.v.Dict != nil && c.dict == nil {
		return e.value(dst, c, c.v.Dict, int(c.v.Codes[i]))
	}
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
