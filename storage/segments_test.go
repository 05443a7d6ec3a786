package storage

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// segmentsRun changes a table of several segments at random and compares it with
// maps from id to value and version.
type segmentsRun struct {
	t    *testing.T
	r    *rand.Rand
	next int64
	rows map[int64]segmentsRow
	// The keys that the last step has appended, and where the Write says they are.
	ids  *vec.Vector
	ords []int64
}

type segmentsRow struct {
	v   int64
	ver uint64 // of the step that has changed it last
}

func (x *segmentsRun) append(w table.Write, n int) {
	b := &vec.Batch{N: n, Cols: []*vec.Vector{vec.New(types.Of(types.Int8), n), vec.New(types.Of(types.Int8), n)}}
	for i := range n {
		x.next++
		id := x.next
		if x.r.IntN(50) == 0 {
			id = -id // not ascending
		}
		b.Cols[0].I64[i], b.Cols[1].I64[i] = id, x.r.Int64N(1000)
		x.rows[id] = segmentsRow{b.Cols[1].I64[i], w.Version()}
	}
	must(x.t, w.Append(bg, "s", b))
	x.ids, x.ords = b.Cols[0], make([]int64, n)
	must(x.t, w.Appended("s", x.ords))
}

// where returns the ordinals of some of the ids, and the ids in their order.
func (x *segmentsRun) where(w table.Write, share int) (ords, ids []int64) {
	keys := make([]int64, 0, len(x.rows)/share+1)
	all := make([]int64, 0, len(x.rows))
	for id := range x.rows {
		all = append(all, id)
	}
	slices.Sort(all)
	lo := x.r.IntN(len(all) + 1)
	for i := lo; i < len(all) && len(keys) < len(all)/share+1; i++ {
		keys = append(keys, all[i])
	}
	got := make([]int64, len(keys))
	tab, _ := w.Base().Table("s")
	must(x.t, tab.Lookup(bg, &vec.Vector{Type: types.Of(types.Int8), N: len(keys), I64: keys}, got))
	perm := make([]int, len(keys))
	for i := range perm {
		perm[i] = i
	}
	slices.SortFunc(perm, func(a, b int) int { return int(got[a] - got[b]) })
	for _, p := range perm {
		if got[p] < 0 {
			x.t.Fatalf("key %d is not found", keys[p])
		}
		ords, ids = append(ords, got[p]), append(ids, keys[p])
	}
	return ords, ids
}

func (x *segmentsRun) compare(s table.Snapshot) {
	x.t.Helper()
	tab, _ := s.Table("s")
	if x.ids != nil {
		got := make([]int64, len(x.ords))
		must(x.t, tab.Lookup(bg, x.ids, got))
		if !slices.Equal(got, x.ords) {
			x.t.Fatal("appended rows are not where the Write says")
		}
		x.ids = nil
	}
	var sum, count, want int64
	for i := range tab.Segments() {
		seg, err := tab.Segment(i)
		must(x.t, err)
		got, err := seg.Sum(bg, 1, nil)
		must(x.t, err)
		sum, count = sum+int64(got.Lo), count+got.Count
		seg.Close()
	}
	for _, v := range x.rows {
		want += v.v
	}
	if count != int64(len(x.rows)) || tab.Rows() != count || sum != want {
		x.t.Fatalf("%d rows, %d by the sums, want %d; sum %d, want %d", tab.Rows(), count, len(x.rows), sum, want)
	}
	x.compareVersions(tab)
}

// compareVersions compares the versions of all rows.
func (x *segmentsRun) compareVersions(tab table.Table) {
	x.t.Helper()
	keys := vec.New(types.Of(types.Int8), len(x.rows))
	i := 0
	for id := range x.rows {
		keys.I64[i] = id
		i++
	}
	ords, vers := make([]int64, keys.N), make([]uint64, keys.N)
	slices.Sort(keys.I64)
	must(x.t, tab.Lookup(bg, keys, ords))
	must(x.t, tab.RowVersions(bg, ords, vers))
	for i, id := range keys.I64 {
		if vers[i] != x.rows[id].ver {
			x.t.Fatalf("row %d is of version %d, want %d", id, vers[i], x.rows[id].ver)
		}
	}
}

func (x *segmentsRun) change(w table.Write) {
	x.ids = nil
	switch k := x.r.IntN(8); {
	case k < 2:
		x.append(w, 1+x.r.IntN(300))
	case k < 3:
		x.append(w, tailFull+x.r.IntN(1000))
	case k < 6:
		ords, ids := x.where(w, []int{2, 30, 20000}[x.r.IntN(3)])
		b := &vec.Batch{N: len(ords), Cols: []*vec.Vector{vec.New(types.Of(types.Int8), len(ords))}}
		for i, id := range ids {
			b.Cols[0].I64[i] = x.r.Int64N(1000)
			x.rows[id] = segmentsRow{b.Cols[0].I64[i], w.Version()}
		}
		must(x.t, w.Update(bg, "s", ords, []int{1}, b))
	default:
		ords, ids := x.where(w, []int{3, 100, 20000}[x.r.IntN(3)])
		for _, id := range ids {
			delete(x.rows, id)
		}
		must(x.t, w.Delete(bg, "s", ords))
	}
}

func TestSegments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	db := open(t, path, Options{})
	create(t, db, &types.Table{Name: "s", Key: 0, KeyName: "s_pkey", Columns: []types.Column{
		{Name: "id", Type: types.Of(types.Int8)}, {Name: "v", Type: types.Of(types.Int8)}}})
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	x := &segmentsRun{t: t, r: rand.New(rand.NewPCG(seed, 1)), rows: map[int64]segmentsRow{}}
	for range 3 {
		w, err := db.Begin(bg)
		must(t, err)
		x.append(w, tailFull+100)
		must(t, w.Commit(bg))
	}
	for range 12 {
		x.step(db)
	}
	must(t, db.Compact(bg))
	must(t, db.Close())
	check(t, path)
	db = open(t, path, Options{})
	snap := db.Snapshot()
	x.compare(snap)
	snap.Release()
	must(t, db.Close())
}

// step is one Write of some steps, perhaps gone back to a mark, perhaps aborted.
func (x *segmentsRun) step(db *DB) {
	w, err := db.Begin(bg)
	must(x.t, err)
	before := clone(x.rows)
	var marked map[int64]segmentsRow
	var m table.Mark
	for i := range 1 + x.r.IntN(4) {
		x.change(w)
		must(x.t, w.Seal(bg))
		x.compare(w.Base())
		switch {
		case i == 0:
			m, err = w.Mark(bg)
			must(x.t, err)
			marked = clone(x.rows)
		case x.r.IntN(3) == 0:
			must(x.t, w.Restore(m))
			x.rows = clone(marked)
			x.compare(w.Base())
		}
	}
	if x.r.IntN(4) == 0 {
		w.Abort()
		x.rows = before
	} else {
		must(x.t, w.Commit(bg))
	}
	s := db.Snapshot()
	x.compare(s)
	s.Release()
}

func clone(m map[int64]segmentsRow) map[int64]segmentsRow {
	c := make(map[int64]segmentsRow, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// TestRestoreAfterFailure fails a step and goes on from a mark, with a full disk,
// too.
func TestRestoreAfterFailure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.db")
	db := open(t, path, Options{MaxBytes: 48 << 20, NoBackground: true})
	create(t, db, pairsDef)
	w, err := db.Begin(bg)
	must(t, err)
	must(t, w.Append(bg, "t", pairs(0, 1000, "x")))
	m, err := w.Mark(bg)
	must(t, err)
	must(t, w.Append(bg, "t", pairs(-5, 6, "")))
	if err := w.Seal(bg); sqlerr.Code(err) != "23505" {
		t.Fatal(err)
	}
	if err := w.Append(bg, "t", pairs(5000, 1, "")); err == nil {
		t.Fatal("a failed write goes on")
	}
	must(t, w.Restore(m))
	r := rand.New(rand.NewPCG(1, 1))
	for i := 0; i < 200 && err == nil; i++ {
		b := pairs(1000+i*100000, 100000, "y")
		for k := range b.Cols[1].Str {
			b.Cols[1].Str[k] = fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64())
		}
		err = w.Append(bg, "t", b)
	}
	if err == nil {
		err = w.Seal(bg)
	}
	if sqlerr.Code(err) != "53100" {
		t.Fatalf("got %v", err)
	}
	must(t, w.Restore(m))
	must(t, w.Append(bg, "t", pairs(1000, 1000, "z")))
	must(t, w.Commit(bg))
	if n := rowsOf(t, db, "t"); n != 2000 {
		t.Fatalf("%d rows", n)
	}
	db.collect()
	noLeftovers(t, db)
	must(t, db.Close())
	check(t, path)
}
