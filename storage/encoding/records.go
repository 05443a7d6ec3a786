package encoding

import (
	"tagd/sql/types"
	"tagd/sql/vec"
)

// AppendRecord appends the stored form of a record of the composite type t, for
// each field:
//
//	u32 number of the attribute | u32 length | the value, a vector of one (see PutVector)
//
// Attributes are stored by their numbers, so values need not be written anew when
// their type changes: a field that the type no longer has is in the record's Rest
// when it is read, and one that it has got since is NULL.
func AppendRecord(dst []byte, t types.Type, r *vec.Record) []byte {
	def := t.Ext.Def()
	for i, d := range r.Fields {
		at := i
		if at >= len(def.Attrs) || def.Attrs[at].Name != r.Name(i) {
			if at = def.Attr(r.Name(i)); at < 0 {
				continue // dropped while the value was on its way
			}
		}
		dst = le.AppendUint32(dst, def.Attrs[at].Num)
		start := len(dst)
		dst = PutVector(append(dst, 0, 0, 0, 0), vec.NewConst(def.Attrs[at].Type, d, 1))
		le.PutUint32(dst[start:], uint32(len(dst)-start-4))
	}
	return append(dst, r.Rest...)
}

// ParseRecord reads what AppendRecord wrote as a record that desc describes, which
// is vec.DescOf(t).
func ParseRecord(t types.Type, desc *vec.RecordDesc, b []byte) (*vec.Record, error) {
	attrs := t.Ext.Def().Attrs
	r := &vec.Record{RecordDesc: desc, Fields: make([]vec.Datum, len(desc.Types))}
	for i := range r.Fields {
		r.Fields[i].Null = true
	}
	for i := 0; len(b) > 0; i++ {
		if len(b) < 8 || uint64(le.Uint32(b[4:])) > uint64(len(b)-8) {
			return nil, Corrupt("record is cut short")
		}
		num, n := le.Uint32(b), le.Uint32(b[4:])
		whole, body := b[:8+n], b[8:8+n]
		b = b[8+n:]
		at := attrNumbered(attrs, i, num)
		if at < 0 || at >= len(r.Fields) {
			r.Rest += string(whole)
			continue
		}
		v, rest, err := ParseVector(desc.Types[at], body)
		if err != nil {
			return nil, err
		}
		if v.N != 1 || len(rest) > 0 {
			return nil, Corrupt("record has %d values in a field", v.N)
		}
		r.Fields[at] = v.Get(0)
	}
	return r, nil
}

// attrNumbered finds the attribute of a number, which most often is the i-th; -1
// for none.
func attrNumbered(attrs []types.Attr, i int, num uint32) int {
	if i < len(attrs) && attrs[i].Num == num {
		return i
	}
	for k := range attrs {
		if attrs[k].Num == num {
			return k
		}
	}
	return -1
}

// putRecords writes records as strings.
func putRecords(dst []byte, n int, ix indexer) []byte {
	var data []byte
	for i := range n {
		if !ix.null(i) {
			w, k := ix.at(i)
			data = AppendRecord(data, ix.v.Type, w.Rec[k])
		}
		dst = le.AppendUint32(dst, uint32(len(data)))
	}
	return append(dst, data...)
}

func parseRecords(v *vec.Vector, b []byte) (*vec.Vector, []byte, error) {
	if v.Type.Ext == nil {
		return nil, nil, Corrupt("values of type %s", v.Type)
	}
	raw := &vec.Vector{Type: types.Of(types.Bytea), N: v.N}
	_, rest, err := parseStrings(raw, b)
	if err != nil {
		return nil, nil, err
	}
	desc := vec.DescOf(v.Type)
	v.Rec = make([]*vec.Record, v.N)
	for i, s := range raw.Str {
		if isNull(v.Nulls, i) {
			continue
		}
		if v.Rec[i], err = ParseRecord(v.Type, desc, []byte(s)); err != nil {
			return nil, nil, err
		}
	}
	return v, rest, nil
}
