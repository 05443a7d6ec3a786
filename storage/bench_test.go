package storage

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"tagd/sql/types"
	"tagd/sql/vec"
)

// benchDef is a table like the demo's: 22 columns, most of them tags.
func benchDef(key types.Kind) *types.Table {
	def := &types.Table{Name: "b", Key: 0, KeyName: "b_pkey"}
	add := func(name string, t types.Type) { def.Columns = append(def.Columns, types.Column{Name: name, Type: t}) }
	add("id", types.Of(key))
	for i := range 12 {
		add(fmt.Sprintf("tag%d", i), types.Of(types.Text))
	}
	for i := range 3 {
		add(fmt.Sprintf("n%d", i), types.Of(types.Int4))
	}
	add("spent", types.Type{Kind: types.Numeric, Mod: types.NumericMod(12, 2)})
	add("day", types.Of(types.Date))
	add("seen", types.Of(types.Timestamp))
	add("member", types.Of(types.Bool))
	add("likes", types.Type{Kind: types.Text, Array: true})
	add("cats", types.Type{Kind: types.Text, Array: true})
	return def
}

// benchDicts are the dictionaries of the text columns.
func benchDicts() []*vec.Vector {
	var ds []*vec.Vector
	for _, k := range []int{3, 5, 8, 8, 10, 31, 337, 40, 6, 4, 120, 20, 120, 300} {
		b := vec.NewBuilder(types.Of(types.Text), k)
		for i := range k {
			b.Append(vec.Datum{S: fmt.Sprintf("标签值%d", i)})
		}
		ds = append(ds, b.Finish())
	}
	return ds
}

func benchBatch(r *rand.Rand, def *types.Table, ds []*vec.Vector, first, n int) *vec.Batch {
	b := &vec.Batch{N: n}
	coded := func(d *vec.Vector, n int) *vec.Vector {
		codes := make([]uint32, n)
		for i := range codes {
			codes[i] = uint32(r.IntN(d.N))
		}
		return vec.NewDict(d, codes)
	}
	nd := 0
	for c := range def.Columns {
		t := def.Columns[c].Type
		var v *vec.Vector
		switch {
		case c == 0 && t.Kind == types.Text:
			v = vec.New(t, n)
			for i := range v.Str {
				v.Str[i] = fmt.Sprintf("%010x%010x", r.Uint64N(1<<40), first+i)
			}
		case c == 0:
			v = vec.New(t, n)
			for i := range v.I64 {
				v.I64[i] = int64(first+i) * 3
			}
		case t.Array:
			d := ds[nd]
			nd++
			v = &vec.Vector{Type: t, N: n, Off: []int32{0}}
			for range n {
				v.Off = append(v.Off, v.Off[len(v.Off)-1]+int32(r.IntN(6)))
			}
			v.Child = coded(d, int(v.Off[n]))
		case t.Kind == types.Text:
			v = coded(ds[nd], n)
			nd++
		case t.Kind == types.Numeric:
			v = vec.New(t, n)
			for i := range v.Dec {
				v.Dec[i] = types.DecimalOf(int64(r.Uint32()>>7), 2)
			}
		default:
			v = vec.New(t, n)
			m := map[types.Kind]int64{types.Int4: 1000, types.Date: 3650, types.Timestamp: 3e8, types.Bool: 2}[t.Kind]
			for i := range v.I64 {
				v.I64[i] = r.Int64N(m)
				if t.Kind == types.Timestamp {
					v.I64[i] *= 1e6
				}
			}
		}
		b.Cols = append(b.Cols, v)
	}
	return b
}

// benchRows is how many rows the load benchmarks load: TAGD_BENCH_ROWS, or 1M.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("TAGD_BENCH_ROWS")); err == nil {
		return n
	}
	return 1 << 20
}

func benchLoad(b *testing.B, key types.Kind) {
	r := rand.New(rand.NewPCG(1, 2))
	def, ds := benchDef(key), benchDicts()
	// The same few batches over and over, with other keys: making values is not
	// what is measured.
	var batches []*vec.Batch
	for i := range 8 {
		batches = append(batches, benchBatch(r, def, ds, i*vec.MaxBatch, vec.MaxBatch))
	}
	for range b.N {
		path := filepath.Join(b.TempDir(), "b.db")
		db, err := Open(path, Options{})
		must(b, err)
		w, err := db.Begin(bg)
		must(b, err)
		must(b, w.CreateTable(def))
		rows := benchRows()
		var keys time.Duration
		start := time.Now()
		for n, i := 0, 0; n < rows; n, i = n+vec.MaxBatch, i+1 {
			t0 := time.Now()
			bt := *batches[i%len(batches)]
			bt.Cols = append([]*vec.Vector(nil), bt.Cols...)
			small := &types.Table{Columns: def.Columns[:1]}
			bt.Cols[0] = benchBatch(r, small, ds, n, vec.MaxBatch).Cols[0]
			keys += time.Since(t0)
			must(b, w.Append(bg, "b", &bt))
		}
		must(b, w.Commit(bg))
		took := time.Since(start) - keys
		st := db.Stats()
		b.ReportMetric(float64(st.Rows)/took.Seconds()/1e6, "Mrows/s")
		b.ReportMetric(float64(st.FileBytes)/1e6, "MB")
		must(b, db.Close())
		start = time.Now()
		db, err = Open(path, Options{})
		must(b, err)
		b.ReportMetric(time.Since(start).Seconds()*1e3, "open-ms")
		lookups(b, db, batches[0].Cols[0])
		must(b, db.Close())
	}
}

func lookups(b *testing.B, db *DB, keys *vec.Vector) {
	s := db.Snapshot()
	defer s.Release()
	tab, _ := s.Table("b")
	ords := make([]int64, keys.N)
	start := time.Now()
	must(b, tab.Lookup(bg, keys, ords))
	b.ReportMetric(time.Since(start).Seconds()*1e3, "first-lookup-ms")
	start = time.Now()
	for range 3 {
		must(b, tab.Lookup(bg, keys, ords))
	}
	b.ReportMetric(float64(time.Since(start).Nanoseconds())/3/float64(keys.N), "lookup-ns")
}

func BenchmarkLoadInt(b *testing.B)  { benchLoad(b, types.Int8) }
func BenchmarkLoadText(b *testing.B) { benchLoad(b, types.Text) }
