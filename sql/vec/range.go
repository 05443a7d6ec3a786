package vec

import (
	"time"

	"tagd/sql/ranges"
	"tagd/sql/types"
)

// boundOf and datumOf change the two forms of a bound into each other.
func boundOf(d Datum) ranges.Value { return ranges.Value{I: d.I, D: d.D} }
func datumOf(v ranges.Value) Datum { return Datum{I: v.I, D: v.D} }

// parseRange is the input function of range and multirange types.
func parseRange(t types.Type, s string, st *types.Style, now time.Time) (Datum, error) {
	bound := t.Bound()
	value := func(text string) (ranges.Value, error) {
		d, err := ParseText(bound, text, st, now)
		return boundOf(d), err
	}
	if t.IsRange() {
		r, err := ranges.Parse(t, s, value)
		return Datum{S: ranges.Pack(t, r)}, err
	}
	list, err := ranges.ParseMulti(t, s, value)
	return Datum{S: ranges.PackMulti(t, list)}, err
}

// parseBinaryRange is the receive function of range and multirange types.
func parseBinaryRange(t types.Type, b []byte) (Datum, error) {
	bound := t.Bound()
	value := func(b []byte) (ranges.Value, error) {
		d, err := ParseBinary(bound, b)
		return boundOf(d), err
	}
	if t.IsRange() {
		r, err := ranges.ParseBinary(t, b, value)
		return Datum{S: ranges.Pack(t, r)}, err
	}
	list, err := ranges.ParseBinaryMulti(t, b, value)
	return Datum{S: ranges.PackMulti(t, list)}, err
}

// appendRange is the output function of range and multirange types.
func appendRange(dst []byte, t types.Type, s string, st *types.Style) []byte {
	bound := t.Bound()
	value := func(dst []byte, v ranges.Value) []byte { return AppendDatumText(dst, bound, datumOf(v), st) }
	if t.IsRange() {
		return ranges.Append(dst, ranges.Unpack(t, s), value)
	}
	return ranges.AppendMulti(dst, ranges.UnpackMulti(t, s), value)
}

// appendBinaryRange is the send function of range and multirange types.
func appendBinaryRange(dst []byte, t types.Type, s string) []byte {
	bound := t.Bound()
	value := func(dst []byte, v ranges.Value) []byte { return AppendDatumBinary(dst, bound, datumOf(v)) }
	if t.IsRange() {
		return ranges.AppendBinary(dst, ranges.Unpack(t, s), value)
	}
	return ranges.AppendBinaryMulti(dst, ranges.UnpackMulti(t, s), value)
}
