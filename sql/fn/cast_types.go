package fn

import (
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Rows of pg_cast for char(n), the oid types and bit strings.
func init() {
	trim := f1(tText, ok1(trimBlanks))
	cast(tBP, tText, CastImplicit, trim)
	cast(tBP, tVC, CastImplicit, trim)
	cast(tBP, tName, CastImplicit, f1(tName, ok1(func(s string) string { return clipName(trimBlanks(s)) })))
	cast(tBP, tChar, CastAssign, f1(tChar, ok1(firstByte)))
	cast(tText, tBP, CastImplicit, nil)
	cast(tVC, tBP, CastImplicit, nil)
	cast(tName, tBP, CastAssign, nil)
	cast(tChar, tBP, CastAssign, nil)
	cast(tBool, tBP, CastAssign, convs[convKey{types.Bool, types.Text}].f)
	regCasts()
	cast(tBit, tVBit, CastImplicit, nil)
	cast(tVBit, tBit, CastImplicit, nil)
	for _, t := range []struct {
		t     types.Type
		width int
	}{{tI4, 32}, {tI8, 64}} {
		cast(t.t, tBit, CastExplicit, f1(tBit, ok1(func(v int64) string { return intBits(v, t.width, t.width) })))
		cast(tBit, t.t, CastExplicit, f1(t.t, func(_ *Ctx, s string) (int64, error) { return bitsInt(s, t.t, t.width) }))
	}
}

func trimBlanks(s string) string { return strings.TrimRight(s, " ") }

// clipName cuts a name to 63 bytes at a character border.
func clipName(s string) string {
	for len(s) > 63 {
		n := 63
		for n > 0 && s[n]&0xc0 == 0x80 {
			n--
		}
		s = s[:n]
	}
	return s
}

// regCasts are the casts between oid, integers and the reg types.
func regCasts() {
	toOid := convs[convKey{types.Int8, types.Oid}].f
	for k := types.RegClass; k <= types.RegDictionary; k++ {
		t := types.Of(k)
		cast(tOid, t, CastImplicit, nil)
		cast(t, tOid, CastImplicit, nil)
		cast(tI8, t, CastImplicit, toOid)
		wrap := f1(t, ok1(func(x int64) int64 { return int64(uint32(x)) }))
		cast(tI4, t, CastImplicit, wrap)
		cast(tI2, t, CastImplicit, wrap)
		cast(t, tI8, CastAssign, nil)
		cast(t, tI4, CastAssign, convs[convKey{types.Oid, types.Int4}].f)
	}
	proc, procedure := types.Of(types.RegProc), types.Of(types.RegProcedure)
	cast(proc, procedure, CastImplicit, nil)
	cast(procedure, proc, CastImplicit, nil)
	class := types.Of(types.RegClass)
	cast(tText, class, CastImplicit, parseImpl(class), Stable)
	cast(tVC, class, CastImplicit, parseImpl(class), Stable)
}

// intBits writes the last n bits of a number of width bits, its sign repeated in
// front.
func intBits(v int64, width, n int) string {
	b := make([]byte, n)
	for i := range b {
		at := n - 1 - i
		if at >= width {
			at = width - 1
		}
		b[i] = '0' + byte(v>>at&1)
	}
	return string(b)
}

func bitsInt(s string, t types.Type, width int) (int64, error) {
	if len(s) > width {
		return 0, sqlerr.New(pgerrcode.NumericValueOutOfRange, "%s out of range", t)
	}
	var v int64
	for i := range len(s) {
		v = v<<1 | int64(s[i]-'0')
	}
	if width == 32 {
		v = int64(int32(v))
	}
	return v, nil
}
