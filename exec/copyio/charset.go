package copyio

import "tagd/sql/session"

// Err is the first character that the file's encoding lacks, nil if every row
// so far could be written.
func (w *Writer) Err() error { return w.err }

// translate rewrites the rows of c from row on in the file's encoding.
func (w *Writer) translate(c *session.CopyChunk, row int) {
	from := int32(0)
	if row > 0 {
		from = c.Ends[row-1]
	}
	raw := append(w.tmp[:0], c.Data[from:]...)
	c.Data = c.Data[:from]
	base := from
	for i := row; i < len(c.Ends); i++ {
		end := c.Ends[i]
		out, err := w.set.Encode(c.Data, raw[from-base:end-base])
		if err != nil && w.err == nil {
			w.err = err
		}
		c.Data, c.Ends[i], from = out, int32(len(out)), end
	}
	w.tmp = raw
}
