package copyio

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"tagd/sql/session"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// wide is a table like the demo's: ids, low-cardinality text, numbers, dates,
// set columns.
func wide(rows int) (Target, []byte) {
	t := Target{Table: "tags", Style: types.ISO}
	add := func(n string, ty types.Type) { t.Names, t.Types = append(t.Names, n), append(t.Types, ty) }
	add("id", types.Of(types.Int8))
	for i := range 8 {
		add(fmt.Sprint("c", i), types.Of(types.Text))
	}
	for i := range 5 {
		add(fmt.Sprint("i", i), types.Of(types.Int4))
	}
	for i := range 2 {
		add(fmt.Sprint("n", i), types.Type{Kind: types.Numeric, Mod: types.NumericMod(12, 2)})
	}
	add("d0", types.Of(types.Date))
	add("d1", types.Of(types.Date))
	add("ts", types.Of(types.Timestamp))
	add("b", types.Of(types.Bool))
	add("s0", types.Of(types.Text).ArrayOf())
	add("s1", types.Of(types.Text).ArrayOf())
	var b bytes.Buffer
	x := uint64(1)
	rnd := func(n int) int { x = x*6364136223846793005 + 1442695040888963407; return int(x>>33) % n }
	prov := []string{"北京", "上海", "广东", "江苏", "浙江", "四川", "湖北", "河南"}
	hob := []string{"跑步", "电影", "旅行", "美食", "游戏", "音乐"}
	for i := range rows {
		fmt.Fprintf(&b, "%d", 1000000+i*3)
		for range 8 {
			fmt.Fprintf(&b, ",%s%d", prov[rnd(8)], rnd(6))
		}
		for range 5 {
			fmt.Fprintf(&b, ",%d", rnd(10000))
		}
		fmt.Fprintf(&b, ",%d.%02d,%d.%02d", rnd(100000), rnd(100), rnd(1000), rnd(100))
		fmt.Fprintf(&b, ",20%02d-%02d-%02d,2024-%02d-%02d,2024-01-%02d %02d:%02d:%02d,t", rnd(24), rnd(12)+1, rnd(28)+1, rnd(12)+1, rnd(28)+1, rnd(28)+1, rnd(24), rnd(60), rnd(60))
		fmt.Fprintf(&b, ",\"{%s,%s}\",{%s}\n", hob[rnd(6)], hob[rnd(6)], hob[rnd(6)])
	}
	return t, b.Bytes()
}

func BenchmarkReadCSV(b *testing.B) {
	t, data := wide(50000)
	f, _ := ParseOptions(options(map[string]string{"format": "csv"}), true, 0)
	b.SetBytes(int64(len(data)))
	b.ReportMetric(float64(len(data))/50000, "bytes/row")
	for range b.N {
		r, _ := NewReader(f, t)
		n := 0
		each := func(c *Chunk) error {
			rows, err := r.Decode(c)
			if err == nil {
				n += rows.Batch.N
			}
			return err
		}
		for p := data; len(p) > 0; {
			k := min(len(p), 64<<10)
			if err := r.Feed(p[:k], each); err != nil {
				b.Fatal(err)
			}
			p = p[k:]
		}
		if err := r.Finish(each); err != nil || n != 50000 {
			b.Fatal(err, n)
		}
	}
}

func BenchmarkPipeCSV(b *testing.B) {
	t, data := wide(50000)
	f, _ := ParseOptions(options(map[string]string{"format": "csv"}), true, 0)
	b.SetBytes(int64(len(data)))
	for range b.N {
		r, _ := NewReader(f, t)
		p := NewPipe(context.Background(), r, 2, func(*Rows) error { return nil })
		for rest := data; len(rest) > 0; {
			k := min(len(rest), 64<<10)
			if err := p.Write(rest[:k]); err != nil {
				b.Fatal(err)
			}
			rest = rest[k:]
		}
		if err := p.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWriteIDs is the export of a million ids.
func BenchmarkWriteIDs(b *testing.B) {
	v := vec.New(types.Of(types.Int8), 8192)
	for i := range v.I64 {
		v.I64[i] = int64(i) * 1234567
	}
	f, _ := ParseOptions(nil, false, 0)
	w, _ := NewWriter(f, []string{"id"}, []types.Type{v.Type}, types.ISO)
	var c session.CopyChunk
	for range b.N {
		for range 1000000 / 8192 {
			c.Data, c.Ends = c.Data[:0], c.Ends[:0]
			w.Append(&c, &vec.Batch{N: v.N, Cols: []*vec.Vector{v}})
		}
	}
}

func BenchmarkWriteCSV(b *testing.B) {
	t, data := wide(5000)
	f, _ := ParseOptions(options(map[string]string{"format": "csv"}), true, 0)
	_, batches, err := read(f, t, data, chunkSize, 1, func(left int) int { return left })
	if err != nil {
		b.Fatal(err)
	}
	w, _ := NewWriter(f, t.Names, t.Types, types.ISO)
	var c session.CopyChunk
	b.SetBytes(int64(len(data)))
	for range b.N {
		c.Data, c.Ends = c.Data[:0], c.Ends[:0]
		for _, x := range batches {
			w.Append(&c, x)
		}
	}
}
