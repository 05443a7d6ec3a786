package encoding

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// composite makes a composite type of attributes with the numbers 1, 2, ...
func composite(oid uint32, attrs ...types.Type) types.Type {
	e := &types.Ext{OID: oid}
	d := types.ExtDef{Name: fmt.Sprintf("c%d", oid)}
	for i, t := range attrs {
		d.Attrs = append(d.Attrs, types.Attr{Num: uint32(i + 1), Name: fmt.Sprintf("a%d", i+1), Type: t})
	}
	e.SetDef(d)
	return types.Type{Kind: types.Record, Ext: e}
}

func text(t *testing.T, typ types.Type, s string) vec.Datum {
	t.Helper()
	d, err := vec.ParseText(typ, s, types.ISO, time.Time{})
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return d
}

func shown(typ types.Type, d vec.Datum) string {
	if d.Null {
		return "NULL"
	}
	return string(vec.AppendDatumText(nil, typ, d, types.ISO))
}

// Records of all classes of values, nested and in arrays, come back as they were,
// also among NULLs and from dictionary and constant vectors.
func TestRecordsRoundTrip(t *testing.T) {
	in := composite(1, types.Of(types.Int4), types.Of(types.Text))
	typ := composite(2, types.Of(types.Int8), types.Of(types.Numeric), types.Of(types.Float8), types.Of(types.Interval), in, in.ArrayOf(),
		types.Of(types.Text).ArrayOf(), types.Of(types.Bool))
	values := []string{
		`(,,,,,,,)`,
		`(1,2.50,-0.5,"1 day 02:00:00","(7,x)","{""(1,y)"",NULL,""(,)""}","{a,NULL}",t)`,
		`(-9223372036854775808,123456789012345678901234567890.5,NaN,"-1 mons","(,)",{},"{{1,2},{3,4}}",f)`,
		`(0,0,Infinity,00:00:00,"(5,""a """"q"""" \\\\"")",,,)`,
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 50 {
		b := vec.NewBuilder(typ, 0)
		for range rnd.IntN(40) {
			if k := rnd.IntN(len(values) + 1); k == len(values) {
				b.AppendNull()
			} else {
				b.Append(text(t, typ, values[k]))
			}
		}
		v := b.Finish()
		if round%3 == 1 && v.N > 0 {
			codes := make([]uint32, rnd.IntN(30))
			for i := range codes {
				codes[i] = uint32(rnd.IntN(v.N))
			}
			v = vec.NewDict(v, codes)
		} else if round%3 == 2 && v.N > 0 {
			v = vec.NewConst(typ, v.Get(0), 5)
		}
		got, rest, err := ParseVector(typ, PutVector(nil, v))
		if err != nil || len(rest) > 0 || got.N != v.N {
			t.Fatalf("%v, %d bytes left, %d values of %d", err, len(rest), got.N, v.N)
		}
		for i := range v.N {
			if a, b := shown(typ, v.Get(i)), shown(typ, got.Get(i)); a != b {
				t.Fatalf("%s came back as %s", a, b)
			}
		}
	}
}

// Stored records follow their type: added attributes are NULL, dropped ones are
// gone, and nothing is lost by who does not know the type.
func TestRecordsFollowTheirType(t *testing.T) {
	typ := composite(1, types.Of(types.Int4), types.Of(types.Text), types.Of(types.Date))
	d := text(t, typ, "(1,x,2024-02-03)")
	stored := AppendRecord(nil, typ, d.R)

	unknown := types.Type{Kind: types.Record, Ext: &types.Ext{OID: 1}}
	r, err := ParseRecord(unknown, vec.DescOf(unknown), stored)
	if err != nil || len(r.Fields) != 0 {
		t.Fatal(r, err)
	}
	if again := AppendRecord(nil, unknown, r); string(again) != string(stored) {
		t.Fatalf("%x was written again as %x", stored, again)
	}

	attrs := typ.Ext.Def().Attrs
	typ.Ext.SetDef(types.ExtDef{Name: "c1", Attrs: []types.Attr{attrs[0], attrs[2], {Num: 4, Name: "new", Type: types.Of(types.Bool)}}})
	if r, err = ParseRecord(typ, vec.DescOf(typ), stored); err != nil {
		t.Fatal(err)
	}
	if got := shown(typ, vec.Datum{R: r}); got != "(1,2024-02-03,)" {
		t.Error(got)
	}
}

// Damaged records are errors, never panics.
func TestRecordsDamaged(t *testing.T) {
	typ := composite(2, types.Of(types.Int8), composite(1, types.Of(types.Text)).ArrayOf())
	stored := AppendRecord(nil, typ, text(t, typ, `(5,"{(q),NULL}")`).R)
	for i := range stored {
		if _, err := ParseRecord(typ, vec.DescOf(typ), stored[:i]); err == nil && i != 0 && i != 8+8+8 {
			t.Errorf("a record cut to %d bytes of %d was read", i, len(stored))
		}
		for bit := range 8 {
			bad := append([]byte(nil), stored...)
			bad[i] ^= 1 << bit
			_, _ = ParseRecord(typ, vec.DescOf(typ), bad)
		}
	}
}
