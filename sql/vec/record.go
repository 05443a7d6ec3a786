package vec

import (
	"cmp"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Record is a value of type record or of a composite type: a row that knows its
// own types. Records are immutable and may be shared.
type Record struct {
	*RecordDesc
	Fields []Datum
	// Rest are fields of a stored value, as they are stored, that its type did not
	// have when the value was read: what is written again without a look, by a
	// program that does not know the type's meaning, is what was read.
	Rest string
}

// RecordDesc describes the fields of records; one is shared by all rows of an
// expression. Without Names the fields are f1, f2 and so on.
type RecordDesc struct {
	Types []types.Type
	Names []string
}

// Name is the name of field i.
func (d *RecordDesc) Name(i int) string {
	if i < len(d.Names) {
		return d.Names[i]
	}
	return "f" + strconv.Itoa(i+1)
}

// RecordsOf makes the records of the rows of cols, which may have any encoding;
// the result is a flat vector of n values of type t. names may be nil.
func RecordsOf(t types.Type, cols []*Vector, names []string, n int) *Vector {
	desc := &RecordDesc{Names: names, Types: make([]types.Type, len(cols))}
	for k, c := range cols {
		desc.Types[k] = c.Type
	}
	out := New(t, n)
	recs := make([]Record, n)
	fields := make([]Datum, n*len(cols))
	for i := range n {
		f := fields[i*len(cols) : (i+1)*len(cols) : (i+1)*len(cols)]
		for k, c := range cols {
			f[k] = c.Get(i)
		}
		recs[i] = Record{RecordDesc: desc, Fields: f}
		out.Rec[i] = &recs[i]
	}
	return out
}

// FieldAt returns field idx of every record of v as a flat vector of type t;
// NULL where the record is NULL or has no such field.
func FieldAt(v *Vector, idx int, t types.Type) *Vector {
	b := NewBuilder(t, v.N)
	for i := range v.N {
		r := v.Get(i)
		if r.Null || idx >= len(r.R.Fields) {
			b.AppendNull()
			continue
		}
		b.Append(r.R.Fields[idx])
	}
	return b.Finish()
}

// Bytes estimates the memory that r holds.
func (r *Record) Bytes() int64 {
	if r == nil {
		return 0
	}
	n := int64(len(r.Fields)) * 104
	for i := range r.Fields {
		n += int64(len(r.Fields[i].S)) + r.Fields[i].A.Bytes() + r.Fields[i].R.Bytes()
	}
	return n + int64(len(r.Rest)) + 48
}

// Compare orders records field by field, NULL greatest (record_cmp). Fields of
// different types are ordered by their types; see Cmp.
func (r *Record) Compare(s *Record) int {
	for i := 0; i < len(r.Fields) && i < len(s.Fields); i++ {
		a, b := r.Fields[i], s.Fields[i]
		if !r.Types[i].Same(s.Types[i]) {
			if c := cmp.Compare(r.Types[i].OID(), s.Types[i].OID()); c != 0 {
				return c
			}
		}
		switch {
		case a.Null && b.Null:
			continue
		case a.Null:
			return 1
		case b.Null:
			return -1
		}
		if c := Compare(r.Types[i], a, b); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(r.Fields), len(s.Fields))
}

// Cmp is Compare that fails as record_cmp and record_eq do where it comes upon
// fields of different types, or upon the end of one record alone.
func (r *Record) Cmp(s *Record) (int, error) {
	return r.CmpBy(s, func(t types.Type, a, b Datum) (int, error) {
		if t.IsRecord() {
			return a.R.Cmp(b.R)
		}
		return Compare(t, a, b), nil
	})
}

// CmpBy is Cmp by a comparison of fields of its own, which is not asked of NULLs:
// they are equal to each other and greater than everything else.
func (r *Record) CmpBy(s *Record, f func(t types.Type, a, b Datum) (int, error)) (int, error) {
	for i := 0; i < len(r.Fields) && i < len(s.Fields); i++ {
		t, u := r.Types[i], s.Types[i]
		if !t.Same(u) || t.Domain() != u.Domain() {
			return 0, sqlerr.New(pgerrcode.DatatypeMismatch, "cannot compare dissimilar column types %s and %s at record column %d",
				t.Base(), u.Base(), i+1)
		}
		a, b := r.Fields[i], s.Fields[i]
		switch {
		case a.Null && b.Null:
			continue
		case a.Null:
			return 1, nil
		case b.Null:
			return -1, nil
		}
		if c, err := f(t, a, b); c != 0 || err != nil {
			return c, err
		}
	}
	if len(r.Fields) != len(s.Fields) {
		return 0, sqlerr.New(pgerrcode.DatatypeMismatch, "cannot compare record types with different numbers of columns")
	}
	return 0, nil
}

func (r *Record) hash() uint64 {
	h := uint64(len(r.Fields))
	for i, d := range r.Fields {
		h = mix(h, hashAt(NewConst(r.Types[i], d, 1), 0))
	}
	return h
}

// appendRecord is record_out.
func appendRecord(dst []byte, r *Record, st *types.Style) []byte {
	dst = append(dst, '(')
	for i, d := range r.Fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		if d.Null {
			continue
		}
		start := len(dst)
		dst = AppendDatumText(dst, r.Types[i], d, st)
		dst = quoteField(dst, start)
	}
	return append(dst, ')')
}

// quoteField puts dst[start:] in quotes where record_out does.
func quoteField(dst []byte, start int) []byte {
	s := string(dst[start:])
	if s != "" && !strings.ContainsAny(s, "\"\\(), \t\n\r\v\f") {
		return dst
	}
	dst = append(dst[:start], '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			dst = append(dst, s[i])
		}
		dst = append(dst, s[i])
	}
	return append(dst, '"')
}

// appendBinaryRecord is record_send: the number of fields, then the type's OID,
// length and bytes of each.
func appendBinaryRecord(dst []byte, r *Record) []byte {
	be := binary.BigEndian
	dst = be.AppendUint32(dst, uint32(len(r.Fields)))
	for i, d := range r.Fields {
		dst = be.AppendUint32(dst, fieldOID(r.Types[i]))
		if d.Null {
			dst = be.AppendUint32(dst, ^uint32(0))
			continue
		}
		at := len(dst)
		dst = AppendDatumBinary(append(dst, 0, 0, 0, 0), r.Types[i], d)
		be.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	return dst
}
