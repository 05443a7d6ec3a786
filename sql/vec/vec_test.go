package vec

import (
	"math"
	"math/rand"
	"testing"

	"tagd/sql/types"
)

var allTypes = []types.Type{
	types.Of(types.Bool), types.Of(types.Int8), types.Of(types.Float8), types.Of(types.Numeric), types.Of(types.Text),
	types.Of(types.Date), types.Of(types.TimestampTZ), types.Of(types.UUID), types.Of(types.Interval), types.Of(types.Bytea),
	types.Of(types.Text).ArrayOf(), types.Of(types.Int4).ArrayOf(), types.Of(types.Numeric).ArrayOf(),
}

func randomDatum(r *rand.Rand, t types.Type) Datum {
	if r.Intn(6) == 0 {
		return Datum{Null: true}
	}
	if t.Array {
		b := NewBuilder(t.Elem(), 0)
		for range r.Intn(4) {
			b.Append(randomDatum(r, t.Elem()))
		}
		return Datum{A: b.Finish()}
	}
	switch t.Phys() {
	case types.PhysInt:
		if t.Kind == types.Bool {
			return Datum{I: int64(r.Intn(2))}
		}
		return Datum{I: int64(r.Intn(20) - 10)}
	case types.PhysFloat:
		return Datum{F: []float64{0, math.Copysign(0, -1), 1.5, math.NaN(), math.Inf(1), -2}[r.Intn(6)]}
	case types.PhysDec:
		d, _ := types.ParseDecimal([]string{"1", "1.0", "1.00", "-3.5", "NaN", "0", "0.00", "1e30", "10e29", "123456789012345678901234567890.5", "Infinity", "-Infinity"}[r.Intn(12)])
		return Datum{D: d}
	case types.PhysIvl:
		return Datum{V: []types.IntervalValue{{Months: 1}, {Days: 30}, {Micros: 30 * types.MicrosPerDay}, {Days: -1}, {Micros: -1}}[r.Intn(5)]}
	}
	if t.Kind == types.UUID {
		return Datum{S: string([]byte{byte(r.Intn(3)), 15: 0})}
	}
	return Datum{S: []string{"", "a", "b", "NULL", `x"y\`, "中文", "{,}"}[r.Intn(7)]}
}

// encodings returns the same values flat, as a dictionary, sliced and gathered.
func encodings(r *rand.Rand, t types.Type, ds []Datum) map[string]*Vector {
	b := NewBuilder(t, 0)
	for _, d := range ds {
		b.Append(d)
	}
	flat := b.Finish()
	perm := r.Perm(len(ds))
	codes := make([]uint32, len(ds))
	back := make([]int32, len(ds))
	shuffled := NewBuilder(t, 0)
	for to, from := range perm {
		shuffled.AppendFrom(flat, from)
		codes[from] = uint32(to)
		back[from] = int32(to)
	}
	dict := shuffled.Finish()
	twice := Concat(t, []*Vector{flat, flat})
	out := map[string]*Vector{"flat": flat, "dict": NewDict(dict, codes), "slice": twice.Slice(len(ds), 2*len(ds)),
		"gather": dict.Gather(back), "dict flat": NewDict(dict, codes).Flat(),
		"sliced dict": Concat(t, []*Vector{NewDict(dict, codes), NewDict(dict, codes)}).Slice(len(ds), 2*len(ds))}
	if flat.Child != nil && flat.Child.N > 0 {
		c := *flat
		idx := make([]uint32, c.Child.N)
		for i := range idx {
			idx[i] = uint32(i)
		}
		c.Child = NewDict(c.Child, idx)
		out["dict child"] = &c
	}
	return out
}

func same(t types.Type, a, b Datum) bool {
	return a.Null == b.Null && (a.Null || Compare(t, a, b) == 0)
}

func TestEncodingsAgree(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, typ := range allTypes {
		for range 30 {
			ds := make([]Datum, r.Intn(150)+1)
			for i := range ds {
				ds[i] = randomDatum(r, typ)
			}
			encs := encodings(r, typ, ds)
			want := make([]uint64, len(ds))
			Hash(encs["flat"], want)
			for name, v := range encs {
				checkVector(t, name, typ, v, ds, want)
			}
		}
	}
}

func checkVector(t *testing.T, name string, typ types.Type, v *Vector, ds []Datum, want []uint64) {
	t.Helper()
	if v.N != len(ds) {
		t.Fatalf("%s %s: %d values, want %d", typ, name, v.N, len(ds))
	}
	h := make([]uint64, v.N)
	Hash(v, h)
	nulls := false
	for i, d := range ds {
		nulls = nulls || d.Null
		if !same(typ, v.Get(i), d) || v.IsNull(i) != d.Null {
			t.Fatalf("%s %s: value %d is %v, want %v", typ, name, i, v.Get(i), d)
		}
		if h[i] != want[i] {
			t.Fatalf("%s %s: hash of value %d differs", typ, name, i)
		}
		if !d.Null {
			a := string(v.AppendText(nil, i, types.ISO))
			if b := string(AppendDatumText(nil, typ, d, types.ISO)); a != b {
				t.Fatalf("%s %s: text %q, want %q", typ, name, a, b)
			}
			bin, err := ParseBinary(typ, v.AppendBinary(nil, i))
			if err != nil || !same(typ, bin, d) {
				t.Fatalf("%s %s: binary: %v %v, want %v", typ, name, bin, err, d)
			}
		}
	}
	if v.HasNulls() != nulls {
		t.Fatalf("%s %s: HasNulls %v", typ, name, !nulls)
	}
	for i := range ds {
		j := (i * 7) % len(ds)
		if !ds[i].Null && !ds[j].Null {
			c := Compare(typ, ds[i], ds[j])
			if CompareAt(v, i, v, j) != c || EqualAt(v, i, v, j) != (c == 0) || c == 0 && h[i] != h[j] {
				t.Fatalf("%s %s: order of %v and %v", typ, name, ds[i], ds[j])
			}
		}
	}
}

func TestConst(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for _, typ := range allTypes {
		for range 20 {
			d := randomDatum(r, typ)
			ds := make([]Datum, 70)
			for i := range ds {
				ds[i] = d
			}
			c := NewConst(typ, d, 70)
			want := make([]uint64, 70)
			Hash(c.Flat(), want)
			checkVector(t, "const", typ, c, ds, want)
			checkVector(t, "const flat", typ, c.Flat(), ds, want)
			checkVector(t, "const slice", typ, c.Slice(3, 13), ds[:10], want[:10])
		}
	}
}

func TestGatherOuter(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	for _, typ := range allTypes {
		ds := make([]Datum, 20)
		for i := range ds {
			ds[i] = randomDatum(r, typ)
		}
		encs := encodings(r, typ, ds)
		encs["const"] = NewConst(typ, ds[0], 20)
		idx := []int32{-1, 3, -1, 0, 19, 7, -1}
		for name, v := range encs {
			g := v.Gather(idx)
			for i, j := range idx {
				if j < 0 && !g.IsNull(i) || j >= 0 && !same(typ, g.Get(i), v.Get(int(j))) {
					t.Fatalf("%s %s: gathered %d", typ, name, i)
				}
			}
		}
		if g := New(typ, 0).Gather([]int32{-1, -1}); g.N != 2 || !g.IsNull(0) || !g.IsNull(1) {
			t.Fatalf("%s: outer gather of nothing", typ)
		}
	}
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{"1", "{a,\"b\"}", "2024-01-05 10:20:30+08", "1 day", "P1Y", "NaN", "[1:2]={a,b}", "J5", "\\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1000 {
			return
		}
		for k := types.Bool; k < types.Void; k++ {
			for _, typ := range []types.Type{types.Of(k), types.Of(k).ArrayOf()} {
				d, err := ParseText(typ, s, types.ISO, types.InstantTime(0))
				if err != nil {
					continue
				}
				out := string(AppendDatumText(nil, typ, d, types.ISO))
				if k == types.Char && len(out) > 1 {
					continue
				}
				again, err := ParseText(typ, out, types.ISO, types.InstantTime(0))
				if err != nil || !typ.Array && k != types.Interval && Compare(typ, d, again) != 0 {
					t.Fatalf("%s %q: %q: %v", typ, s, out, err)
				}
			}
		}
	})
}

func FuzzParseBinary(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 'a'})
	f.Add([]byte{0, 1, 0, 0, 0, 0, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		for k := types.Bool; k < types.Void; k++ {
			for _, typ := range []types.Type{types.Of(k), types.Of(k).ArrayOf()} {
				if d, err := ParseBinary(typ, b); err == nil {
					AppendDatumText(nil, typ, d, types.ISO)
				}
			}
		}
	})
}
