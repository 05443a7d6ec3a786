package spill

import (
	"math"
	"math/rand"
	"os"
	"strings"
	"syscall"
	"testing"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

func datum(r *rand.Rand, t types.Type, depth int) vec.Datum {
	if r.Intn(5) == 0 {
		return vec.Datum{Null: true}
	}
	if t.Array {
		b := vec.NewBuilder(t.Elem(), 0)
		n := r.Intn(4)
		for range n {
			b.Append(datum(r, t.Elem(), depth))
		}
		d := vec.Datum{A: b.Finish()}
		if n > 0 && r.Intn(3) == 0 {
			d.Dims = &vec.ArrayDims{Len: []int32{1, int32(n)}, Lower: []int32{-3, 2}}
		}
		return d
	}
	switch t.Phys() {
	case types.PhysInt:
		return vec.Datum{I: r.Int63() - 1<<62}
	case types.PhysFloat:
		return vec.Datum{F: []float64{math.NaN(), math.Inf(-1), 0, -1.5, 1e300}[r.Intn(5)]}
	case types.PhysDec:
		d, _ := types.ParseDecimal([]string{"0", "-1.50", "NaN", "-Infinity", "123456789012345678901234567890.12", "-99999999999999999999999"}[r.Intn(6)])
		return vec.Datum{D: d}
	case types.PhysIvl:
		return vec.Datum{V: types.IntervalValue{Months: int32(r.Uint32()), Days: -3, Micros: r.Int63()}}
	case types.PhysRec:
		ts := []types.Type{types.Of(types.Int4), types.Of(types.Text).ArrayOf()}
		return vec.Datum{R: &vec.Record{RecordDesc: &vec.RecordDesc{Types: ts}, Fields: []vec.Datum{datum(r, ts[0], 1), datum(r, ts[1], 1)}}}
	}
	return vec.Datum{S: []string{"", "a", "用户标签", "\x00\xff"}[r.Intn(4)]}
}

var columns = []types.Type{types.Of(types.Int8), types.Of(types.Bool), types.Of(types.Float8), types.Of(types.Text), types.Of(types.Numeric),
	types.Of(types.Interval), types.Of(types.Text).ArrayOf(), types.Of(types.Int4).ArrayOf(), types.Of(types.Numeric).ArrayOf(), types.Of(types.Record)}

func column(r *rand.Rand, t types.Type, n int) *vec.Vector {
	b := vec.NewBuilder(t, n)
	for range n {
		b.Append(datum(r, t, 0))
	}
	v := b.Finish()
	switch r.Intn(5) {
	case 0:
		return vec.NewConst(t, v.Get(0), n)
	case 1:
		codes := make([]uint32, n)
		for i := range codes {
			codes[i] = uint32(r.Intn(n))
		}
		return vec.NewDict(v, codes)
	case 2:
		return nil
	}
	return v
}

func text(b *vec.Batch) []string {
	var out []string
	for i := range b.N {
		for _, c := range b.Cols {
			switch {
			case c == nil:
				out = append(out, "-")
			case c.IsNull(i):
				out = append(out, "NULL")
			default:
				out = append(out, string(c.AppendText(nil, i, types.ISO)))
			}
		}
	}
	return out
}

// TestRoundTrip writes batches of every type and encoding and reads them back,
// in order and at random.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	budget := &Budget{}
	f, err := Create(t.TempDir(), budget)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]string
	var at []int64
	for range 60 {
		n := 1 + r.Intn(200)
		b := &vec.Batch{N: n}
		for _, typ := range columns {
			b.Cols = append(b.Cols, column(r, typ, n))
		}
		pos, err := f.Write(b)
		if err != nil {
			t.Fatal(err)
		}
		want, at = append(want, text(b)), append(at, pos)
	}
	check := func(i int, pos int64) int64 {
		b, next, err := f.ReadAt(pos)
		if err != nil {
			t.Fatal(err)
		}
		got := text(b)
		for k := range got {
			if got[k] != want[i][k] {
				t.Fatalf("batch %d value %d: %q, want %q", i, k, got[k], want[i][k])
			}
		}
		return next
	}
	pos := int64(0)
	for i := range want {
		pos = check(i, pos)
	}
	if b, _, err := f.ReadAt(pos); b != nil || err != nil {
		t.Fatal(b, err)
	}
	for range 30 {
		i := r.Intn(len(at))
		check(i, at[i])
	}
	f.Close()
	f.Close()
	if budget.used.Load() != 0 || budget.Written() == 0 {
		t.Errorf("%d bytes are left of %d", budget.used.Load(), budget.Written())
	}
}

func TestBudget(t *testing.T) {
	f, err := Create(t.TempDir(), &Budget{Limit: 100 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 100 {
		if _, err = f.Write(&vec.Batch{N: 1000, Cols: []*vec.Vector{vec.New(types.Of(types.Int8), 1000)}}); err != nil {
			break
		}
	}
	if sqlerr.Code(err) != "53400" {
		t.Error(err)
	}
}

// TestFullDisk checks the codes of failed writes.
func TestFullDisk(t *testing.T) {
	for err, want := range map[error]string{syscall.ENOSPC: "53100", syscall.EIO: "58030", syscall.EMFILE: "53000"} {
		e := ioError("write to", &os.PathError{Op: "write", Path: "/tmp/x", Err: err})
		if sqlerr.Code(e) != want || strings.Contains(e.Error(), "/tmp/x") {
			t.Error(err, e)
		}
	}
}

// FuzzBatch decodes any bytes: an error or a batch, never a panic.
func FuzzBatch(f *testing.F) {
	r := rand.New(rand.NewSource(1))
	rs := &refs{}
	for range 5 {
		b := &vec.Batch{N: 7}
		for _, typ := range columns {
			b.Cols = append(b.Cols, column(r, typ, 7))
		}
		f.Add(rs.appendBatch(nil, b))
	}
	f.Fuzz(func(t *testing.T, data []byte) { _, _ = rs.batch(data) })
}
