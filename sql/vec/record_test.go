package vec

import (
	"cmp"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tagd/sql/types"
)

// compositeType makes a composite type with attributes a, b, c and so on.
func compositeType(attrs ...types.Type) types.Type {
	e := &types.Ext{OID: uint32(20000 + len(attrs))}
	d := types.ExtDef{Name: "t"}
	for i, t := range attrs {
		d.Attrs = append(d.Attrs, types.Attr{Num: uint32(i + 1), Name: string(rune('a' + i)), Type: t})
	}
	e.SetDef(d)
	return types.Type{Kind: types.Record, Ext: e}
}

var (
	pairType = compositeType(types.Of(types.Int4), types.Of(types.Text))
	deepType = compositeType(types.Of(types.Text), pairType, pairType.ArrayOf())
)

// FuzzRecord reads any text as a composite value: what is read is written and read
// back as the same value, in both formats, and nothing panics.
func FuzzRecord(f *testing.F) {
	for _, s := range []string{"(1,x)", "(,)", `("",)`, `(" 1 ","a ""b"" \c")`, "(1,x", "1,x)", "(1)", "(1,2,3)", " (1,x) ", "(1,x) y", `(1,"`, `(1,\`,
		`(x,"(1,y)","{""(2,z)"",NULL}")`, `("a,b","(,)",{})`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, typ := range []types.Type{pairType, deepType, deepType.ArrayOf()} {
			d, err := ParseText(typ, s, types.ISO, time.Time{})
			if err != nil {
				continue
			}
			text := string(AppendDatumText(nil, typ, d, types.ISO))
			again, err := ParseText(typ, text, types.ISO, time.Time{})
			if err != nil || !Same(typ, d, again) {
				t.Fatalf("%q is shown as %q, which reads as %v, %v", s, text, again, err)
			}
			again, err = ParseBinary(typ, AppendDatumBinary(nil, typ, d))
			if err != nil || !Same(typ, d, again) {
				t.Fatalf("%q came back from binary as %v, %v", s, again, err)
			}
		}
	})
}

// FuzzRecordBinary reads any bytes as a composite value.
func FuzzRecordBinary(f *testing.F) {
	for _, s := range []string{`(x,"(1,y)","{""(2,z)"",NULL}")`, "(,,)"} {
		d, _ := ParseText(deepType, s, types.ISO, time.Time{})
		f.Add(AppendDatumBinary(nil, deepType, d))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ParseBinary(deepType, b)
		if err == nil && string(AppendDatumBinary(nil, deepType, d)) != string(b) {
			// An array's flags and the text of an empty one have several forms.
			again, err := ParseBinary(deepType, AppendDatumBinary(nil, deepType, d))
			if err != nil || !Same(deepType, d, again) {
				t.Fatalf("%x reads as %v, which is written as %v, %v", b, d, again, err)
			}
		}
	})
}

// Records are ordered field by field with NULL greatest, and equal ones have the
// same hash.
func TestRecordOrder(t *testing.T) {
	type pair struct {
		a     int64
		aNull bool
		b     string
		bNull bool
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	one := func() pair {
		return pair{rnd.Int64N(3), rnd.IntN(4) == 0, strings.Repeat("x", rnd.IntN(3)), rnd.IntN(4) == 0}
	}
	datum := func(p pair) Datum {
		return Datum{R: &Record{RecordDesc: DescOf(pairType), Fields: []Datum{{Null: p.aNull, I: p.a}, {Null: p.bNull, S: p.b}}}}
	}
	field := func(an, bn bool, c int) int {
		switch {
		case an && bn:
			return 0
		case an:
			return 1
		case bn:
			return -1
		}
		return c
	}
	for range 2000 {
		p, q := one(), one()
		want := field(p.aNull, q.aNull, cmp.Compare(p.a, q.a))
		if want == 0 {
			want = field(p.bNull, q.bNull, cmp.Compare(p.b, q.b))
		}
		x, y := datum(p), datum(q)
		got, err := x.R.Cmp(y.R)
		if got != want || err != nil || Compare(pairType, x, y) != want {
			t.Fatalf("%v and %v: %d, %v, not %d", p, q, got, err, want)
		}
		h := []uint64{0, 0}
		Hash(NewConst(pairType, x, 1), h[:1])
		Hash(NewConst(pairType, y, 1), h[1:])
		if want == 0 && h[0] != h[1] {
			t.Fatalf("%v and %v are equal and have hashes %x", p, q, h)
		}
	}
}
