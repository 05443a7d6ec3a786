package segment

import (
	"context"
	"math/rand"
	"sync"
	"testing"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/page"
	"tagd/storage/table"
)

// fuzzWorld is a small world whose pages may be damaged, made once.
var fuzzWorld = sync.OnceValue(func() *world {
	return newWorld(&testing.B{}, rand.New(rand.NewSource(1)), 1500, 0.1)
})

// ask puts every question to a column whatever its form; only errors and
// panics matter.
func ask(s *Segment, c int, tw *twin) error {
	ctx := context.Background()
	var first error
	keep := func(err error) {
		if first == nil && err != nil {
			first = err
		}
	}
	set := bitmap.NewSet(s.n)
	half := make([]uint64, 160)
	for i := range half {
		half[i] = 0xaaaaaaaaaaaaaaaa
	}
	full := make([]uint64, 160)
	for i := range full {
		full[i] = ^uint64(0)
	}
	kind := map[table.Form]table.LeafKind{table.FormDict: table.LeafCodes, table.FormSet: table.LeafAny,
		table.FormInt: table.LeafRange, table.FormFloat: table.LeafFloat, table.FormPlain: table.LeafNull}[tw.in.Form]
	for _, codes := range [][]uint64{{1}, {2}, half, full[:1]} {
		e := &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: kind, Col: c, Codes: codes, Lo: -3, Hi: 1 << 40, FHi: 1}}
		keep(s.Eval(ctx, e, set))
		_, err := s.Count(ctx, &table.Rows{Op: table.OpNot, Args: []*table.Rows{e}})
		keep(err)
	}
	_, err := s.Count(ctx, &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafNull, Col: c}})
	keep(err)
	set = bitmap.NewSet(s.n)
	set.AddRange(100, 300)
	for _, rs := range []*bitmap.Set{nil, set} {
		switch tw.in.Form {
		case table.FormDict, table.FormSet:
			counts := make([]int64, tw.col.Dict.Len()*s.dictLen(0))
			keep(s.CountCodes(ctx, []int{c}, rs, counts))
			if c != 0 {
				keep(s.CountCodes(ctx, []int{0, c}, rs, counts))
			}
		case table.FormInt:
			_, err := s.Sum(ctx, c, rs)
			keep(err)
		}
	}
	keep(readAll(s, c, tw))
	return first
}

func (s *Segment) dictLen(c int) int { return s.src.Column(c).Dict.Len() }

// readAll reads a column by blocks, by offsets and as a whole.
func readAll(s *Segment, c int, tw *twin) error {
	n := s.n
	var err error
	switch tw.in.Form {
	case table.FormDict:
		_, err = s.Codes(c, 0, make([]uint16, bitmap.BlockRows), 1, false)
	case table.FormInt:
		_, err = s.Ints(c, 0, make([]int64, bitmap.BlockRows), make([]uint64, bitmap.BlockWords))
	case table.FormSet:
		_, _, err = s.Lists(c, 0, make([]uint32, bitmap.BlockRows+1), nil)
	}
	if _, e := s.Gather(c, []uint32{0, 5, 5, uint32(n - 1)}); e != nil {
		err = e
	}
	if _, e := Decode(tw.in.Type, tw.col, n, func(k page.Kind) ([]byte, error) { return s.src.Page(c, k) }); e != nil {
		err = e
	}
	return err
}

// damaged is a world with one page replaced.
type damaged struct {
	*world
	col  int
	kind page.Kind
	body []byte
}

func (d *damaged) Page(c int, k page.Kind) ([]byte, error) {
	if c == d.col && k == d.kind {
		return d.body, nil
	}
	return d.world.Page(c, k)
}

// FuzzPages replaces bytes of a page (as if its checksum were right): answers
// may be wrong, but nothing panics, and errors are XX001.
func FuzzPages(f *testing.F) {
	w := fuzzWorld()
	for c, tw := range w.cols {
		for k := range tw.pgs {
			for _, at := range []uint16{0, 3, 4, 9, 17, 40, 300} {
				f.Add(uint8(c), uint8(k), at, []byte{0xff}, uint16(0))
				f.Add(uint8(c), uint8(k), at, []byte{0x01, 0x80}, uint16(at))
			}
		}
	}
	f.Fuzz(func(t *testing.T, c, k uint8, at uint16, with []byte, cut uint16) {
		w := fuzzWorld()
		col, kind := int(c)%len(w.cols), page.Kind(k)
		tw := w.cols[col]
		if tw.pgs[kind] == nil {
			return
		}
		body := append([]byte(nil), tw.pgs[kind]...)
		for i, x := range with {
			if p := int(at) + i; p < len(body) {
				body[p] ^= x
			}
		}
		if cut > 0 {
			body = body[:max(0, len(body)-int(cut))]
		}
		s, err := New(w.def, 3, w.n, nil, &damaged{w, col, kind, body})
		if err != nil {
			t.Fatal(err)
		}
		if err := ask(s, col, tw); err != nil && sqlerr.Code(err) != "XX001" {
			t.Fatalf("%s %v: %v", tw.name, kind, err)
		}
		page.Describe(page.Seal(kind, body))
	})
}

func TestFaultNamesThePlace(t *testing.T) {
	w := fuzzWorld()
	s, err := New(w.def, 3, w.n, nil, &damaged{w, 1, page.Codes, nil})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Gather(1, []uint32{0})
	if got, want := err.Error(), `table "tags", column "dict12", segment 3: the codes page is missing`; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	if _, err := New(&types.Table{Name: "tags"}, 1, 7, []byte("short"), w); sqlerr.Code(err) != "XX001" {
		t.Fatal(err)
	}
	var v *vec.Vector
	if v, err = s.Gather(0, []uint32{0}); err != nil || v.N != 1 {
		t.Fatal("the rest does not work", err)
	}
}
