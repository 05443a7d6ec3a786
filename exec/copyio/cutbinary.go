package copyio

import (
	"encoding/binary"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
)

// binarySignature starts every binary COPY stream.
const binarySignature = "PGCOPY\n\xff\r\n\x00"

// binaryCut is the cutter's state in binary format.
type binaryCut struct {
	started bool
	field   bool // scanned stands at a field, not at a tuple
	fields  int  // that the tuple says it has
	left    int  // those of them still to come
	want    int  // fields that a tuple has to have
	rows    int64
}

// taken returns and clears the number of tuples up to the last cut.
func (b *binaryCut) taken() int64 {
	n := b.rows
	b.rows = 0
	return n
}

func (b *binaryCut) finish(rest int, line int64) error {
	switch {
	case !b.started && rest < len(binarySignature):
		return sqlerr.New(pgerrcode.BadCopyFileFormat, "COPY file signature not recognized")
	case !b.started:
		return sqlerr.New(pgerrcode.BadCopyFileFormat, "invalid COPY file header (missing flags)")
	case b.field && b.fields != b.want: // the rest cannot be understood
		return &cutError{errFieldCount(b.fields, b.want), line}
	case rest > 0 || b.field:
		return sqlerr.New(pgerrcode.BadCopyFileFormat, "unexpected EOF in COPY data")
	}
	return nil // the trailer may be missing, as in Postgres
}

func errFieldCount(n, want int) *sqlerr.Error {
	return sqlerr.New(pgerrcode.BadCopyFileFormat, "row field count is %d, expected %d", n, want)
}

// scanBinary walks over tuples by their length words.
func (c *cutter) scanBinary() error {
	if !c.bin.started {
		if ok, err := c.binaryHeader(); !ok {
			return err
		}
	}
	be := binary.BigEndian
	for {
		b := c.buf[c.scanned:]
		if c.bin.field {
			if len(b) < 4 {
				return nil
			}
			n := int(int32(be.Uint32(b)))
			if n < -1 {
				return &cutError{sqlerr.New(pgerrcode.BadCopyFileFormat, "invalid field size"), c.line + c.bin.rows}
			}
			if n = max(n, 0); len(b)-4 < n {
				return nil
			}
			c.scanned += 4 + n
			c.bin.left--
		} else {
			if len(b) < 2 {
				return nil
			}
			n := int(int16(be.Uint16(b)))
			if n == -1 {
				c.done = true
				if len(b) > 2 {
					return sqlerr.New(pgerrcode.BadCopyFileFormat, "received copy data after EOF marker")
				}
				c.buf = c.buf[:c.scanned]
				return nil
			}
			c.scanned += 2
			c.bin.field, c.bin.fields, c.bin.left = true, n, max(n, 0)
		}
		if c.bin.left == 0 {
			c.bin.field = false
			c.bin.rows++
			c.cut = c.scanned
		}
	}
}

// binaryHeader drops signature, flags and extension from buf; ok is false when
// more bytes are needed.
func (c *cutter) binaryHeader() (ok bool, err error) {
	n := len(binarySignature)
	if len(c.buf) < n+8 {
		if len(c.buf) >= n && string(c.buf[:n]) != binarySignature {
			return false, sqlerr.New(pgerrcode.BadCopyFileFormat, "COPY file signature not recognized")
		}
		return false, nil
	}
	if string(c.buf[:n]) != binarySignature {
		return false, sqlerr.New(pgerrcode.BadCopyFileFormat, "COPY file signature not recognized")
	}
	flags, ext := binary.BigEndian.Uint32(c.buf[n:]), int32(binary.BigEndian.Uint32(c.buf[n+4:]))
	switch {
	case flags&(1<<16) != 0:
		return false, sqlerr.New(pgerrcode.BadCopyFileFormat, "invalid COPY file header (WITH OIDS)")
	case flags>>16 != 0:
		return false, sqlerr.New(pgerrcode.BadCopyFileFormat, "unrecognized critical flags in COPY file header")
	case ext < 0:
		return false, sqlerr.New(pgerrcode.BadCopyFileFormat, "invalid COPY file header (missing length)")
	case len(c.buf) < n+8+int(ext):
		return false, nil
	}
	c.buf = c.buf[n+8+int(ext):]
	c.bin.started = true
	return true, nil
}
