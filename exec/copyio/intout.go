package copyio

import (
	"github.com/jackc/pgerrcode"

	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func invalidColumn(format string, args ...any) error {
	return sqlerr.New(pgerrcode.InvalidColumnReference, format, args...)
}

// pairs holds 00..99.
var pairs = func() (p [200]byte) {
	for i := range 100 {
		p[2*i], p[2*i+1] = byte('0'+i/10), byte('0'+i%10)
	}
	return p
}()

// AppendInt appends a decimal number, two digits at a time.
func AppendInt(dst []byte, v int64) []byte {
	var b [20]byte
	i := len(b)
	u := uint64(v)
	if v < 0 {
		u = -u
	}
	for u >= 100 {
		q := u / 100
		k := (u - q*100) * 2
		i -= 2
		b[i], b[i+1] = pairs[k], pairs[k+1]
		u = q
	}
	if u >= 10 {
		i -= 2
		b[i], b[i+1] = pairs[2*u], pairs[2*u+1]
	} else {
		i--
		b[i] = byte('0' + u)
	}
	if v < 0 {
		i--
		b[i] = '-'
	}
	return append(dst, b[i:]...)
}

// oneIntColumn is the export of ids: one integer column without NULLs in a
// format whose marks cannot meet a digit.
func (w *Writer) oneIntColumn(c *session.CopyChunk, v *vec.Vector, lo, hi int) bool {
	if v.Dict != nil || v.Const || v.Nulls != nil || v.Type.Array || w.force[0] || !w.ints {
		return false
	}
	switch v.Type.Kind {
	case types.Int2, types.Int4, types.Int8:
	default:
		return false
	}
	data, ends := c.Data, c.Ends
	for _, x := range v.I64[lo:hi] {
		data = append(AppendInt(data, x), '\n')
		ends = append(ends, int32(len(data)))
	}
	c.Data, c.Ends = data, ends
	return true
}
