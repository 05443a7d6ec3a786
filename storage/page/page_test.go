package page

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/encoding"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files")

// samples are a page of each kind, from fixed rows.
func samples() [][]byte {
	n := 70000
	codes, ints, floats := make([]uint32, n), make([]int64, n), make([]float64, 100)
	nulls, off := make([]uint64, (n+63)/64), make([]int32, 101)
	for i := range n {
		codes[i] = uint32(i*i%7 + i/40000)
		ints[i] = int64(i%1000) * 1000
		if i%9 == 0 {
			nulls[i>>6] |= 1 << (i & 63)
		}
	}
	for i := range 100 {
		off[i+1] = off[i] + int32(i%3)
	}
	inv := encoding.NewInvBuilder(20)
	inv.Add(codes[:bitmap.BlockRows], nil)
	inv.Add(codes[bitmap.BlockRows:], nil)
	text := vec.New(types.Of(types.Text), 2000)
	text.Str[7] = "上海"
	return [][]byte{
		Seal(Codes, encoding.PutCodes(nil, codes)), Seal(Inverted, inv.Put(nil)), Seal(Packed, encoding.PutPacked(nil, ints, nulls)),
		Seal(Slices, encoding.PutSlices(nil, ints, nulls)), Seal(Floats, encoding.PutFloats(nil, floats, nulls)),
		Seal(Plain, encoding.PutPlain(nil, text)), Seal(Lists, encoding.PutLists(nil, off, codes[:off[100]], nil)),
		Seal(Present, encoding.PutPresent(nil, n, nulls)), Seal(Keys, []byte("laid out by the store")),
		Seal(Codes, []byte("short")),
	}
}

func TestDescribe(t *testing.T) {
	var out strings.Builder
	for _, p := range samples() {
		out.WriteString(Describe(p))
		out.WriteByte('\n')
	}
	name := filepath.Join("testdata", "describe.txt")
	if *rewrite {
		os.MkdirAll("testdata", 0o755)
		if err := os.WriteFile(name, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil || string(want) != out.String() {
		t.Fatalf("%v; got\n%s", err, out.String())
	}
}

// TestEveryBitCounts flips bits of a page: each flip is found.
func TestEveryBitCounts(t *testing.T) {
	p := Seal(Codes, []byte("sixteen bytes.."))
	for i := range len(p) * 8 {
		q := append([]byte(nil), p...)
		q[i/8] ^= 1 << (i % 8)
		if _, _, err := Open(q); sqlerr.Code(err) != "XX001" {
			t.Fatalf("bit %d: %v", i, err)
		}
	}
	for i := range p {
		if _, _, err := Open(p[:i]); err == nil {
			t.Fatalf("%d bytes of %d pass", i, len(p))
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, p := range samples() {
		f.Add(p[:min(len(p), 2000)])
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		Open(p)
		for k := range Kind(NumKinds) {
			Describe(Seal(k, p))
		}
	})
}
