package copyio

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"tagd/sql/ast"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// randomBatch makes n rows of every column type in mixed encodings.
func randomBatch(r *rand.Rand, t Target, n int) *vec.Batch {
	words := []string{"", "a", "中文", `\N`, `\.`, "x\ty", "q\"q", "l1\nl2", "c\rr", `b\s`, "NULL", ",", " pad "}
	b := &vec.Batch{N: n}
	for _, ty := range t.Types {
		bl := vec.NewBuilder(ty, n)
		for range n {
			if r.Intn(5) == 0 {
				bl.AppendNull()
				continue
			}
			var d vec.Datum
			switch {
			case ty.Array:
				e := vec.NewBuilder(ty.Elem(), 3)
				for range r.Intn(4) {
					if r.Intn(6) == 0 {
						e.AppendNull()
					} else {
						e.Append(vec.Datum{S: words[r.Intn(len(words))]})
					}
				}
				d.A = e.Finish()
			case ty.Kind == types.Numeric:
				d.D = types.DecimalOf(int64(r.Intn(2000000)-1000000), 2)
			case ty.Kind == types.Float8:
				d.F = r.NormFloat64()
			case ty.Kind == types.Bool:
				d.I = int64(r.Intn(2))
			case ty.Kind == types.Varchar:
				d.S = words[r.Intn(3)]
			case ty.Kind == types.Text:
				d.S = words[r.Intn(len(words))]
			default:
				d.I = int64(r.Intn(20000) - 5000)
			}
			bl.Append(d)
		}
		v := bl.Finish()
		if r.Intn(2) == 0 {
			codes := make([]uint32, n)
			for i := range codes {
				codes[i] = uint32(r.Intn(n))
			}
			v = vec.NewDict(v, codes)
		}
		b.Cols = append(b.Cols, v)
	}
	return b
}

func texts(b *vec.Batch) [][]*string {
	var rows [][]*string
	for i := range b.N {
		row := make([]*string, len(b.Cols))
		for c, v := range b.Cols {
			if !v.IsNull(i) {
				s := string(v.AppendText(nil, i, types.ISO))
				row[c] = &s
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// TestRoundTrip writes random batches in many formats and reads them back,
// split anywhere.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewSource(9))
	tg := target([]string{"id", "age", "name", "amt", "d", "hobby", "ok", "f", "v", "ts"})
	formats := []map[string]string{
		{"format": "text"}, {"format": "csv"}, {"format": "binary"}, {"format": "csv", "header": "true"},
		{"format": "csv", "quote": "''''", "delimiter": "';'"}, {"format": "csv", "escape": `'\'`}, {"format": "csv", "null": "'nil'"},
		{"format": "text", "delimiter": "'|'", "null": "'nil'"}, {"format": "text", "header": "true", "null": "'-'"},
	}
	for round := range 60 {
		m := formats[round%len(formats)]
		f, err := ParseOptions(options(m), true, 0)
		if err != nil {
			t.Fatal(m, err)
		}
		b := randomBatch(r, tg, r.Intn(60)+1)
		w, _ := NewWriter(f, tg.Names, tg.Types, types.ISO)
		var c session.CopyChunk
		w.Begin(&c)
		w.AppendRows(&c, b, 0, b.N/2)
		w.AppendRows(&c, b, b.N/2, b.N)
		w.End(&c)
		rows, _, err := read(f, tg, c.Data, r.Intn(500)+1, 2, func(int) int { return r.Intn(100) + 1 })
		if got, want := show(rows, err), show(texts(b), nil); got != want {
			t.Fatalf("%v\n%q\n got %s\nwant %s", m, c.Data, got, want)
		}
	}
}

func TestOptionErrors(t *testing.T) {
	opt := func(nv ...string) (o []ast.Option) {
		for i := 0; i < len(nv); i += 2 {
			o = append(o, ast.Option{Name: nv[i], Value: []string{nv[i+1]}, At: ast.At(10 * i)})
		}
		return o
	}
	for _, c := range []struct {
		opts []ast.Option
		want string
	}{
		{opt("format", "xml"), `22023 COPY format "xml" not recognized @1`},
		{opt("format", "csv", "format", "csv"), "42601 conflicting or redundant options @21"},
		{opt("bogus", "1"), `42601 option "bogus" not recognized @1`},
		{opt("delimiter", "ab"), "0A000 COPY delimiter must be a single one-byte character @0"},
		{opt("delimiter", "a"), `22023 COPY delimiter cannot be "a" @0`},
		{opt("quote", "'"), "0A000 COPY quote available only in CSV mode @0"},
		{opt("format", "binary", "delimiter", ","), "42601 cannot specify DELIMITER in BINARY mode @0"},
		{opt("format", "binary", "header", "on"), "0A000 cannot specify HEADER in BINARY mode @0"},
		{opt("format", "csv", "delimiter", `"`), "22023 COPY delimiter and quote must be different @0"},
		{opt("format", "csv", "null", "a,b"), "0A000 COPY delimiter must not appear in the NULL specification @0"},
		{opt("header", "perhaps"), `42601 header requires a Boolean value or "match" @0`},
		{opt("encoding", "johab"), `0A000 COPY in encoding "johab" is not supported @1`},
		{opt("encoding", "nonsense"), `22023 argument to option "encoding" must be a valid encoding name @1`},
	} {
		_, err := ParseOptions(c.opts, true, 0)
		e := sqlerr.From(err)
		if got := fmt.Sprintf("%s %s @%d", e.Code, e.Message, e.Pos); got != c.want {
			t.Errorf("%v: %s, want %s", c.opts, got, c.want)
		}
	}
}

// TestBinaryFaults feeds damaged binary streams.
func TestBinaryFaults(t *testing.T) {
	tg := target([]string{"id", "name"})
	f, _ := ParseOptions(options(map[string]string{"format": "binary"}), true, 0)
	var c session.CopyChunk
	w, _ := NewWriter(f, tg.Names, tg.Types, types.ISO)
	w.Begin(&c)
	b := randomBatch(rand.New(rand.NewSource(4)), tg, 20)
	w.Append(&c, b)
	w.End(&c)
	r := rand.New(rand.NewSource(5))
	for range 3000 {
		d := append([]byte(nil), c.Data[:r.Intn(len(c.Data)+1)]...)
		if len(d) > 0 && r.Intn(2) == 0 {
			d[r.Intn(len(d))] ^= 1 << r.Intn(8)
		}
		_, _, err := read(f, tg, d, r.Intn(200)+1, 1, func(left int) int { return r.Intn(50) + 1 })
		if err != nil && sqlerr.Code(err) == "XX000" {
			t.Fatal(err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range goldenCases(f) {
		f.Add(string(latin1(c.Data)), c.Opts["format"] == "csv", uint8(7))
	}
	f.Fuzz(func(t *testing.T, s string, csv bool, size uint8) {
		m := map[string]string{"format": "text"}
		if csv {
			m["format"] = "csv"
		}
		if size > 200 {
			m["header"] = "true"
		}
		fm, err := ParseOptions(options(m), true, 0)
		if err != nil {
			t.Fatal(err)
		}
		tg := target([]string{"name", "hobby"})
		if strings.Count(s, "\n") > 50 {
			tg = target([]string{"name"})
		}
		a, _, err1 := read(fm, tg, []byte(s), chunkSize, 1, func(left int) int { return left })
		b, _, err2 := read(fm, tg, []byte(s), int(size)+1, 1, func(left int) int { return int(size)%13 + 1 })
		if show(a, err1) != show(b, err2) {
			t.Fatalf("whole %s\nsplit %s", show(a, err1), show(b, err2))
		}
	})
}
