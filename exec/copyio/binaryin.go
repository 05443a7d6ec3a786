package copyio

import (
	"encoding/binary"
	"unsafe"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// decodeBinary turns a chunk of whole tuples into rows. The cutter has already
// walked over their lengths.
func (d *decoder) decodeBinary() (*Rows, error) {
	b := unsafe.Slice(unsafe.StringData(d.s), len(d.s))
	cols := make([]*vec.Builder, d.nc)
	for i, t := range d.r.t.Types {
		cols[i] = vec.NewBuilder(t, 256)
	}
	n := 0
	for ; len(b) > 0; n++ {
		fields := int(int16(binary.BigEndian.Uint16(b)))
		b = b[2:]
		where := whereLine(d.r.t.Table, d.first+int64(n))
		if fields != d.nc {
			return nil, errFieldCount(fields, d.nc).WithWhere("%s", where)
		}
		for c := range cols {
			l := int(int32(binary.BigEndian.Uint32(b)))
			b = b[4:]
			if l < 0 {
				cols[c].AppendNull()
				continue
			}
			x, err := vec.ParseBinary(d.r.t.Types[c], b[:l])
			if err != nil {
				e := *sqlerr.From(err)
				if e.Code == pgerrcode.ProtocolViolation && l >= 0 {
					e.Message = "insufficient data left in message"
				}
				e.Where = where + ", column " + d.r.t.Names[c]
				return nil, &e
			}
			cols[c].Append(x)
			b = b[l:]
		}
	}
	batch := &vec.Batch{N: n, Cols: make([]*vec.Vector, d.nc)}
	for i := range cols {
		batch.Cols[i] = cols[i].Finish()
	}
	return &Rows{Batch: batch, table: d.r.t.Table, first: d.first}, nil
}
