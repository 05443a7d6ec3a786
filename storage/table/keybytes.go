package table

import (
	"encoding/binary"
	"math"
	"strings"

	"tagd/sql/ranges"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Keys of several columns, and of types whose equal values have several forms
// (1.0 and 1.00), are compared as bytes that are the same just for equal keys.
// Their hash is stored: never change them.

// AppendKey appends the bytes of row i of the columns; null: one of them is NULL.
func AppendKey(dst []byte, cols []*vec.Vector, i int) (key []byte, null bool) {
	for _, c := range cols {
		d := c.Get(i)
		if d.Null {
			dst, null = append(dst, 0), true
			continue
		}
		dst = appendKeyValue(append(dst, 1), c.Type, d)
	}
	return dst, null
}

func appendKeyValue(dst []byte, t types.Type, d vec.Datum) []byte {
	switch t.Phys() {
	case types.PhysInt:
		return binary.LittleEndian.AppendUint64(dst, uint64(d.I))
	case types.PhysFloat:
		f := d.F
		switch {
		case f == 0:
			f = 0 // not -0
		case math.IsNaN(f):
			f = math.NaN()
		}
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
	case types.PhysStr:
		if t.Kind == types.BPChar {
			d.S = strings.TrimRight(d.S, " ")
		}
		if t.IsRange() || t.IsMultirange() {
			d.S = ranges.Key(t.Kind, d.S)
		}
		return appendKeyText(dst, d.S)
	case types.PhysDec:
		s := string(d.D.Append(nil))
		if strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		if s == "-0" {
			s = "0"
		}
		return appendKeyText(dst, s)
	case types.PhysIvl:
		const day = 24 * 3600 * 1e6
		days := int64(d.V.Months)*30 + int64(d.V.Days) + d.V.Micros/day
		rest := d.V.Micros % day
		if rest < 0 {
			days, rest = days-1, rest+day
		}
		return binary.AppendVarint(binary.AppendVarint(dst, days), rest)
	case types.PhysRec:
		for i, f := range d.R.Fields {
			dst, _ = AppendKey(dst, []*vec.Vector{vec.NewConst(d.R.Types[i], f, 1)}, 0)
		}
		return dst
	}
	n := 0
	if d.A != nil {
		n = d.A.N
	}
	dst = binary.AppendUvarint(dst, uint64(n))
	for i := range n {
		dst, _ = AppendKey(dst, []*vec.Vector{d.A}, i)
	}
	if d.Dims != nil {
		for i := range d.Dims.Len {
			dst = binary.AppendVarint(binary.AppendVarint(dst, int64(d.Dims.Len[i])), int64(d.Dims.Lower[i]))
		}
	}
	return dst
}

func appendKeyText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}
