package copyio

import (
	"encoding/binary"

	"tagd/sql/charset"
	"tagd/sql/session"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Writer formats batches as rows of COPY TO. It is for one goroutine.
type Writer struct {
	f     Format
	names []string
	cols  []types.Type
	st    *types.Style
	force []bool
	marks [256]bool // bytes that text must escape, or that make CSV quote
	cache []dictCache
	tmp   []byte
	ints  bool             // integers never need escapes or quotes in this format
	set   *charset.Charset // nil: UTF-8
	err   error            // the first row that cannot be written in set
}

// dictCache is the formatted text of each entry of a column's dictionary.
type dictCache struct {
	dict *vec.Vector
	data []byte
	ends []int32 // -1 before the entry is formatted
	offs []int32
}

// NewWriter returns a writer for columns with these names and types.
func NewWriter(f Format, names []string, cols []types.Type, st *types.Style) (*Writer, error) {
	w := &Writer{f: f, names: names, cols: cols, st: st, force: make([]bool, len(cols)), cache: make([]dictCache, len(cols))}
	for i := range w.force {
		w.force[i] = f.ForceQuoteAll
	}
	for _, n := range f.ForceQuote {
		i := indexOf(names, n)
		if i < 0 {
			return nil, invalidColumn("FORCE_QUOTE column \"%s\" not referenced by COPY", n)
		}
		w.force[i] = true
	}
	if f.Kind == CSV {
		for _, c := range []byte{f.Delim, f.Quote, '\n', '\r'} {
			w.marks[c] = true
		}
	} else {
		for _, c := range []byte{f.Delim, '\\', '\b', '\f', '\n', '\r', '\t', '\v'} {
			w.marks[c] = true
		}
	}
	w.ints = w.intsPlain()
	if f.Charset.Converts() {
		if f.Kind == Binary {
			return nil, errBinaryCharset(f.Charset)
		}
		w.set = f.Charset
	}
	return w, nil
}

// intsPlain tells whether no integer can hold a byte that the format marks, or
// look like NULL.
func (w *Writer) intsPlain() bool {
	for _, c := range []byte("-0123456789") {
		if w.marks[c] || f0(w.f.Null) == c {
			return false
		}
	}
	return w.f.Kind != Binary
}

// f0 returns the first byte of s, 0 if it has none.
func f0(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

// Begin appends what stands before the rows: the header line or the binary
// signature; nothing otherwise.
func (w *Writer) Begin(c *session.CopyChunk) {
	switch {
	case w.f.Kind == Binary:
		// Postgres sends the header together with the first tuple.
		c.Data = append(c.Data, binarySignature...)
		c.Data = append(c.Data, 0, 0, 0, 0, 0, 0, 0, 0)
		return
	case w.f.Header != NoHeader:
		for i, n := range w.names {
			if i > 0 {
				c.Data = append(c.Data, w.f.Delim)
			}
			if w.f.Kind == CSV {
				c.Data = w.csvText(c.Data, []byte(n), false)
			} else {
				c.Data = w.escape(c.Data, []byte(n))
			}
		}
		c.Data = append(c.Data, '\n')
	default:
		return
	}
	c.Ends = append(c.Ends, int32(len(c.Data)))
	if w.set != nil {
		w.translate(c, 0)
	}
}

// End appends what stands after the rows: the binary trailer.
func (w *Writer) End(c *session.CopyChunk) {
	if w.f.Kind == Binary {
		c.Data = append(c.Data, 0xff, 0xff)
		c.Ends = append(c.Ends, int32(len(c.Data)))
	}
}

// Append appends the rows of b to c, whose slices the caller may truncate and
// reuse.
func (w *Writer) Append(c *session.CopyChunk, b *vec.Batch) { w.AppendRows(c, b, 0, b.N) }

// AppendRows is Append of rows lo..hi of b.
func (w *Writer) AppendRows(c *session.CopyChunk, b *vec.Batch, lo, hi int) {
	if w.set != nil {
		defer w.translate(c, len(c.Ends))
	}
	if w.f.Kind == Binary {
		w.binaryRows(c, b, lo, hi)
		return
	}
	if len(b.Cols) == 1 && len(w.cols) == 1 && w.oneIntColumn(c, b.Cols[0], lo, hi) {
		return
	}
	for i, v := range b.Cols {
		w.prepare(i, v)
	}
	data, ends := c.Data, c.Ends
	for r := lo; r < hi; r++ {
		for i, v := range b.Cols {
			if i > 0 {
				data = append(data, w.f.Delim)
			}
			data = w.field(data, i, v, r, hi-lo)
		}
		data = append(data, '\n')
		ends = append(ends, int32(len(data)))
	}
	c.Data, c.Ends = data, ends
}

// prepare empties a column's cache when it shows another dictionary.
func (w *Writer) prepare(i int, v *vec.Vector) {
	if v.Dict == nil || w.cache[i].dict == v.Dict {
		return
	}
	k := &w.cache[i]
	k.dict, k.data = v.Dict, k.data[:0]
	k.ends = append(k.ends[:0], make([]int32, v.Dict.N)...)
	k.offs = append(k.offs[:0], make([]int32, v.Dict.N)...)
	for j := range k.ends {
		k.ends[j] = -1
	}
}

// field appends one field, from the cache in a dictionary column.
func (w *Writer) field(dst []byte, i int, v *vec.Vector, r, rows int) []byte {
	if v.Dict != nil && len(w.cache[i].data) < 1<<20 {
		k := &w.cache[i]
		code := v.Codes[r]
		if k.ends[code] < 0 {
			k.offs[code] = int32(len(k.data))
			k.data = w.value(k.data, i, v.Dict, int(code))
			k.ends[code] = int32(len(k.data))
		}
		return append(dst, k.data[k.offs[code]:k.ends[code]]...)
	}
	return w.value(dst, i, v, r)
}

// value appends the text of one value in the format.
func (w *Writer) value(dst []byte, i int, v *vec.Vector, r int) []byte {
	if v.IsNull(r) {
		return append(dst, w.f.Null...)
	}
	if w.ints {
		switch v.Type {
		case types.Of(types.Int2), types.Of(types.Int4), types.Of(types.Int8):
			if !w.force[i] {
				p, j := place(v, r)
				return AppendInt(dst, p.I64[j])
			}
		}
	}
	start := len(dst)
	dst = v.AppendText(dst, r, w.st)
	if w.f.Kind == CSV {
		return w.csvTail(dst, start, w.force[i])
	}
	return w.escapeTail(dst, start)
}

// place returns where value r of v is held.
func place(v *vec.Vector, r int) (*vec.Vector, int) {
	switch {
	case v.Dict != nil:
		return v.Dict, int(v.Codes[r])
	case v.Const:
		return v, 0
	}
	return v, r
}

// escapeTail escapes dst[start:] for text format.
func (w *Writer) escapeTail(dst []byte, start int) []byte {
	for i := start; i < len(dst); i++ {
		if w.marks[dst[i]] {
			w.tmp = append(w.tmp[:0], dst[i:]...)
			return w.escape(dst[:i], w.tmp)
		}
	}
	return dst
}

// escape appends s with the escapes of text format.
func (w *Writer) escape(dst, s []byte) []byte {
	for _, c := range s {
		if w.marks[c] {
			dst = append(dst, '\\')
			switch c {
			case '\b':
				c = 'b'
			case '\f':
				c = 'f'
			case '\n':
				c = 'n'
			case '\r':
				c = 'r'
			case '\t':
				c = 't'
			case '\v':
				c = 'v'
			}
		}
		dst = append(dst, c)
	}
	return dst
}

// csvTail quotes dst[start:] where CSV needs it.
func (w *Writer) csvTail(dst []byte, start int, force bool) []byte {
	need := force || string(dst[start:]) == w.f.Null
	if !need {
		need = w.csvNeeds(dst[start:])
	}
	if !need {
		return dst
	}
	w.tmp = append(w.tmp[:0], dst[start:]...)
	return w.csvText(dst[:start], w.tmp, true)
}

// csvNeeds tells whether a field must be quoted (CopyAttributeOutCSV).
func (w *Writer) csvNeeds(s []byte) bool {
	if len(w.cols) == 1 && string(s) == `\.` {
		return true // alone on a line it would be the end marker
	}
	for _, c := range s {
		if w.marks[c] {
			return true
		}
	}
	return false
}

// csvText appends s, quoted if it must be or needs to be.
func (w *Writer) csvText(dst, s []byte, must bool) []byte {
	if !must && string(s) != w.f.Null && !w.csvNeeds(s) {
		return append(dst, s...)
	}
	dst = append(dst, w.f.Quote)
	for _, c := range s {
		if c == w.f.Quote || c == w.f.Escape {
			dst = append(dst, w.f.Escape)
		}
		dst = append(dst, c)
	}
	return append(dst, w.f.Quote)
}

func (w *Writer) binaryRows(c *session.CopyChunk, b *vec.Batch, lo, hi int) {
	data, ends := c.Data, c.Ends
	be := binary.BigEndian
	for r := lo; r < hi; r++ {
		data = be.AppendUint16(data, uint16(len(b.Cols)))
		for _, v := range b.Cols {
			if v.IsNull(r) {
				data = append(data, 0xff, 0xff, 0xff, 0xff)
				continue
			}
			at := len(data)
			data = v.AppendBinary(append(data, 0, 0, 0, 0), r)
			be.PutUint32(data[at:], uint32(len(data)-at-4))
		}
		ends = append(ends, int32(len(data)))
	}
	c.Data, c.Ends = data, ends
}
