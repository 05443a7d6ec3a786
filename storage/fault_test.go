package storage

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/kv"
	"tagd/storage/table"
)

// pairs makes a table t(id bigint primary key, v text, n int) and rows for it.
var pairsDef = &types.Table{Name: "t", Key: 0, KeyName: "t_pkey", Columns: []types.Column{
	{Name: "id", Type: types.Of(types.Int8), NotNull: true}, {Name: "v", Type: types.Of(types.Text)}, {Name: "n", Type: types.Of(types.Int4)},
}}

func pairs(first, n int, v string) *vec.Batch {
	ids, vs, ns := vec.New(types.Of(types.Int8), n), vec.New(types.Of(types.Text), n), vec.New(types.Of(types.Int4), n)
	for i := range n {
		ids.I64[i], vs.Str[i], ns.I64[i] = int64(first+i), fmt.Sprintf("%s%d", v, i%7), int64(first+i)
	}
	return &vec.Batch{N: n, Cols: []*vec.Vector{ids, vs, ns}}
}

func create(t testing.TB, db *DB, def *types.Table) {
	t.Helper()
	w, err := db.Begin(bg)
	must(t, err)
	must(t, w.CreateTable(def))
	must(t, w.Commit(bg))
}

func insert(t testing.TB, db *DB, name string, b *vec.Batch) {
	t.Helper()
	w, err := db.Begin(bg)
	must(t, err)
	must(t, w.Append(bg, name, b))
	must(t, w.Commit(bg))
}

func check(t testing.TB, path string) {
	t.Helper()
	must(t, Check(path, nil, func(f string) { t.Errorf("check: %s", f) }))
}

func rowsOf(t testing.TB, db *DB, name string) int64 {
	t.Helper()
	s := db.Snapshot()
	defer s.Release()
	tab, ok := s.Table(name)
	if !ok {
		t.Fatalf("no table %s", name)
	}
	return tab.Rows()
}

// keysIn counts the keys of a space.
func keysIn(t testing.TB, db *DB, s kv.Space) int {
	n := 0
	must(t, db.kv.View(func(v *kv.View) error {
		return v.Scan(s, nil, func(_, _ []byte) error { n++; return nil })
	}))
	return n
}

// liveKeys counts the page keys that the newest state names.
func liveKeys(db *DB) (pages, small int) {
	for _, t := range db.current().tables {
		c := &catalogWrite{}
		c.dropped(t)
		journalKeys(c.garbage, func(sm bool, _ []byte) {
			if sm {
				small++
			} else {
				pages++
			}
		})
	}
	return
}

func noLeftovers(t testing.TB, db *DB) {
	t.Helper()
	db.collect()
	pages, small := liveKeys(db)
	if p, s, j := keysIn(t, db, kv.Pages), keysIn(t, db, kv.Small), keysIn(t, db, kv.Journal); p != pages || s != small || j != 0 {
		t.Fatalf("file has %d pages, %d small ones and %d journal records; the state names %d and %d", p, s, j, pages, small)
	}
}

func TestSmallInserts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	db := open(t, path, Options{})
	create(t, db, pairsDef)
	for i := range 600 {
		insert(t, db, "t", pairs(i*2, 2, "x"))
	}
	if n := rowsOf(t, db, "t"); n != 1200 {
		t.Fatalf("%d rows", n)
	}
	st := db.current().tables["t"]
	if len(st.segs) != 1 || len(st.segs[0].Patches) > maxPatches+1 {
		t.Fatalf("%d segments, %d patches", len(st.segs), len(st.segs[0].Patches))
	}
	must(t, db.Compact(bg))
	if st = db.current().tables["t"]; len(st.segs[0].Patches) != 0 {
		t.Fatalf("%d patches after compaction", len(st.segs[0].Patches))
	}
	noLeftovers(t, db)
	must(t, db.Close())
	check(t, path)
}

func TestAbortLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db := open(t, path, Options{NoBackground: true})
	create(t, db, pairsDef)
	insert(t, db, "t", pairs(0, 10, "x"))
	w, err := db.Begin(bg)
	must(t, err)
	for i := range 10 {
		must(t, w.Append(bg, "t", pairs(100+i*100000, 100000, fmt.Sprint("y", i))))
	}
	must(t, w.(*write).draft["t"].app.flush())
	must(t, w.(*write).draft["t"].app.wait())
	must(t, w.(*write).out.flush())
	if keysIn(t, db, kv.Journal) == 0 {
		t.Fatal("nothing was spilled")
	}
	w.Abort()
	w.Abort()
	noLeftovers(t, db)
	insert(t, db, "t", pairs(10, 10, "z"))
	if d := db.current().tables["t"].dict(1); d.Len() != 15 {
		t.Fatalf("dictionary has %d codes", d.Len())
	}
	if n := rowsOf(t, db, "t"); n != 20 {
		t.Fatalf("%d rows", n)
	}
	must(t, db.Close())
	check(t, path)
}

func TestDuplicates(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "d.db"), Options{})
	create(t, db, pairsDef)
	insert(t, db, "t", pairs(0, 5, "x"))
	for _, b := range [][]*vec.Batch{{pairs(4, 1, "x")}, {pairs(4, 3, "x")}, {pairs(100, 1, ""), pairs(100, 1, "")}, {pairs(-5, 2, ""), pairs(-4, 1, "")}} {
		w, err := db.Begin(bg)
		must(t, err)
		for _, x := range b {
			if err == nil {
				err = w.Append(bg, "t", x)
			}
		}
		if err == nil {
			err = w.Commit(bg)
		}
		w.Abort()
		if e := sqlerr.From(err); err == nil || e.Code != "23505" || e.Message != `duplicate key value violates unique constraint "t_pkey"` || !strings.HasSuffix(e.Detail, ") already exists.") {
			t.Fatalf("%v", err)
		}
	}
	// A key of a row deleted in the same Write may come again.
	w, err := db.Begin(bg)
	must(t, err)
	must(t, w.Delete(bg, "t", []int64{1, 3}))
	must(t, w.Append(bg, "t", pairs(3, 1, "x")))
	must(t, w.Commit(bg))
	if n := rowsOf(t, db, "t"); n != 4 {
		t.Fatalf("%d rows", n)
	}
	must(t, db.Close())
}

func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.db")
	db := open(t, path, Options{MaxBytes: 48 << 20})
	create(t, db, pairsDef)
	insert(t, db, "t", pairs(0, 1000, "x"))
	w, err := db.Begin(bg)
	must(t, err)
	r := rand.New(rand.NewPCG(1, 1))
	for i := 0; i < 200 && err == nil; i++ {
		b := pairs(1000+i*100000, 100000, "y")
		for k := range b.Cols[1].Str {
			b.Cols[1].Str[k] = fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64())
		}
		err = w.Append(bg, "t", b)
	}
	if err == nil {
		err = w.Commit(bg)
	}
	if sqlerr.Code(err) != "53100" {
		t.Fatalf("got %v", err)
	}
	w.Abort()
	insert(t, db, "t", pairs(1000, 1000, "x"))
	if n := rowsOf(t, db, "t"); n != 2000 {
		t.Fatalf("%d rows", n)
	}
	must(t, db.Close())
	check(t, path)
}

func TestTwoServers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "two.db")
	db := open(t, path, Options{})
	defer db.Close()
	_, err := Open(path, Options{})
	if err == nil || !strings.Contains(err.Error(), "another tagd has this file open") {
		t.Fatalf("got %v", err)
	}
	other := filepath.Join(t.TempDir(), "other")
	must(t, os.WriteFile(other, bytes.Repeat([]byte("not a data file "), 4096), 0o600))
	if _, err := Open(other, Options{}); sqlerr.Code(err) != "XX001" {
		t.Fatalf("a file that is not ours: %v", err)
	}
}

func TestSnapshotsKeepPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	db := open(t, path, Options{})
	create(t, db, pairsDef)
	insert(t, db, "t", pairs(0, 20000, "x"))
	old := db.Snapshot()
	w, err := db.Begin(bg)
	must(t, err)
	ords := make([]int64, 20000)
	for i := range ords {
		ords[i] = int64(i)
	}
	must(t, w.Update(bg, "t", ords, []int{1, 2}, &vec.Batch{N: 20000, Cols: pairs(50000, 20000, "new").Cols[1:]}))
	must(t, w.Commit(bg))
	w, err = db.Begin(bg)
	must(t, err)
	must(t, w.DropTable("t"))
	must(t, w.Commit(bg))
	db.collect()
	tab, _ := old.Table("t")
	seg, err := tab.Segment(0)
	must(t, err)
	v, err := seg.Gather(1, []uint32{3, 19999})
	must(t, err)
	if v.Get(0).S != "x3" || tab.Rows() != 20000 {
		t.Fatalf("old snapshot reads %q", v.Get(0).S)
	}
	old.Release()
	noLeftovers(t, db)
	if p := keysIn(t, db, kv.Pages); p != 0 {
		t.Fatalf("%d pages of a dropped table", p)
	}
	must(t, db.Close())
}

func TestWideTable(t *testing.T) {
	def := &types.Table{Name: "w", Key: 0, KeyName: "w_pkey", Columns: []types.Column{{Name: "id", Type: types.Of(types.Int8)}}}
	for i := range 3000 {
		def.Columns = append(def.Columns, types.Column{Name: fmt.Sprint("c", i), Type: modelTypes[i%4]})
	}
	path := filepath.Join(t.TempDir(), "w.db")
	db := open(t, path, Options{})
	create(t, db, def)
	r := rand.New(rand.NewPCG(3, 3))
	for k := range 3 {
		b := &vec.Batch{N: 20}
		for c := range def.Columns {
			texts := make([]*string, b.N)
			for i := range texts {
				texts[i] = randText(r, def.Columns[c].Type)
				if c == 0 {
					s := fmt.Sprint(k*100 + i)
					texts[i] = &s
				}
			}
			v, _ := column(t, def.Columns[c].Type, texts)
			b.Cols = append(b.Cols, v)
		}
		insert(t, db, "w", b)
	}
	must(t, db.Compact(bg))
	must(t, db.Close())
	start := time.Now()
	db = open(t, path, Options{})
	if n := rowsOf(t, db, "w"); n != 60 || time.Since(start) > 2*time.Second {
		t.Fatalf("%d rows, opened in %v", n, time.Since(start))
	}
	must(t, db.Close())
	def.Columns = make([]types.Column, maxColumns+1)
	if err := checkDef(def); sqlerr.Code(err) != "54011" {
		t.Fatalf("%v", err)
	}
}

// TestFullDictionary loads more distinct values than codes in the middle of a
// segment: the column becomes plain, older pages stay coded.
func TestFullDictionary(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.db")
	db := open(t, path, Options{})
	create(t, db, pairsDef)
	insert(t, db, "t", pairs(0, tailFull, "x"))
	old := db.Snapshot()
	for k := range 2 {
		b := pairs((k+2)*tailFull, 70000, "")
		for i := range b.Cols[1].Str {
			b.Cols[1].Str[i] = fmt.Sprint("distinct ", k, i)
		}
		insert(t, db, "t", b)
	}
	s := db.Snapshot()
	for _, x := range []struct {
		s    table.Snapshot
		form table.Form
	}{{old, table.FormDict}, {s, table.FormPlain}} {
		tab, _ := x.s.Table("t")
		if tab.Form(1) != x.form {
			t.Fatalf("form %d", tab.Form(1))
		}
		seg, err := tab.Segment(0)
		must(t, err)
		v, err := seg.Gather(1, []uint32{8})
		must(t, err)
		if v.Get(0).S != "x1" {
			t.Fatalf("%q", v.Get(0).S)
		}
		x.s.Release()
	}
	w, err := db.Begin(bg)
	must(t, err)
	must(t, w.Update(bg, "t", []int64{8}, []int{1}, &vec.Batch{N: 1, Cols: pairs(0, 1, "quite new").Cols[1:2]}))
	must(t, w.Commit(bg))
	must(t, db.Compact(bg))
	must(t, db.Close())
	check(t, path)
}

// TestBitFlips damages each stored page in turn: Check finds it, reading the
// column is XX001, the others can be read.
func TestBitFlips(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.db")
	db := open(t, path, Options{})
	create(t, db, pairsDef)
	insert(t, db, "t", pairs(0, 9000, "x"))
	db.collect()
	must(t, db.Close())
	clean, err := os.ReadFile(path)
	must(t, err)
	r := rand.New(rand.NewPCG(5, 5))
	var at []int
	for i := 0; i+4 < len(clean); i++ {
		if string(clean[i:i+4]) == "TGPG" {
			at = append(at, i)
		}
	}
	if len(at) < 5 {
		t.Fatalf("%d pages", len(at))
	}
	for _, off := range at {
		bad := bytes.Clone(clean)
		bad[off+24+r.IntN(16)] ^= 1 << r.IntN(8)
		must(t, os.WriteFile(path, bad, 0o600))
		var faults []string
		if err := Check(path, nil, func(f string) { faults = append(faults, f) }); err != nil || len(faults) == 0 {
			t.Fatalf("page at %d: %v %v", off, err, faults)
		}
		readSome(t, path)
	}
	// Anything at all: an error or right, never a panic.
	for range 60 {
		bad := bytes.Clone(clean)
		for range 1 + r.IntN(3) {
			bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
		}
		if r.IntN(6) == 0 {
			bad = bad[:r.IntN(len(bad))]
		}
		must(t, os.WriteFile(path, bad, 0o600))
		_ = Check(path, nil, func(string) {})
	}
}

// readSome opens a damaged file and reads its columns: each works or is XX001.
func readSome(t *testing.T, path string) {
	t.Helper()
	db, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		if sqlerr.Code(err) != "XX001" {
			t.Fatal(err)
		}
		return
	}
	defer db.Close()
	s := db.Snapshot()
	defer s.Release()
	tab, ok := s.Table("t")
	if !ok {
		return
	}
	bad := 0
	for c := range 3 {
		seg, err := tab.Segment(0)
		if err == nil {
			_, err = seg.Gather(c, []uint32{1, 5000})
		}
		var e *sqlerr.Error
		if err != nil && (!errors.As(err, &e) || e.Code != "XX001" || !strings.Contains(e.Message, `table "t"`)) {
			t.Fatalf("column %d: %v", c, err)
		}
		if err != nil {
			bad++
		}
	}
	if bad > 1 {
		t.Fatalf("one damaged page spoils %d columns", bad)
	}
}

// TestKilled kills itself again and again at any instant of loads, updates and
// deletes, and finds what was committed and nothing else.
func TestKilled(t *testing.T) {
	if path := os.Getenv("TAGD_KILLED"); path != "" {
		killedChild(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "kill.db")
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 7))
	for round := range 8 {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestKilled$")
		cmd.Env = append(os.Environ(), "TAGD_KILLED="+path)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		time.AfterFunc(time.Duration(60+r.IntN(500))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		last := ""
		for sc := bufio.NewScanner(out); sc.Scan(); {
			if strings.HasPrefix(sc.Text(), "done ") {
				last = sc.Text()
			}
		}
		_ = cmd.Wait() // it was killed
		var want int
		fmt.Sscanf(last, "done %d", &want)
		db := open(t, path, Options{NoBackground: true})
		var got int
		fmt.Sscanf(string(db.Snapshot().Meta("step")), "%d", &got)
		if last != "" && got != want && got != want+1 {
			t.Fatalf("round %d: %d commits were answered, %d are there", round, want, got)
		}
		if db.current().tables["t"] != nil {
			killedVerify(t, db, got)
		}
		noLeftovers(t, db)
		must(t, db.Close())
		check(t, path)
	}
}

// killedChild commits steps for ever. Step k sets n to k in every row and
// appends rows.
func killedChild(t *testing.T, path string) {
	db, err := Open(path, Options{})
	must(t, err)
	if db.current().tables["t"] == nil {
		create(t, db, pairsDef)
	}
	var step int
	fmt.Sscanf(string(db.Snapshot().Meta("step")), "%d", &step)
	for {
		w, err := db.Begin(bg)
		must(t, err)
		step++
		must(t, killedStep(w, db, step))
		must(t, w.SetMeta("step", []byte(fmt.Sprint(step))))
		must(t, w.Commit(bg))
		fmt.Printf("done %d\n", step)
	}
}

func killedStep(w table.Write, db *DB, step int) error {
	r := rand.New(rand.NewPCG(uint64(step), 11))
	tab, _ := w.Base().Table("t")
	n := int(tab.Rows())
	if n > 60000 {
		return w.Truncate("t")
	}
	ords := make([]int64, n)
	b := &vec.Batch{N: n, Cols: []*vec.Vector{vec.New(types.Of(types.Int4), n)}}
	for i := range ords {
		ords[i], b.Cols[0].I64[i] = int64(i), int64(step)
	}
	if n > 0 {
		if err := w.Update(bg, "t", ords, []int{2}, b); err != nil {
			return err
		}
	}
	more := pairs(step*100000, []int{1, 3, 200, 9000}[r.IntN(4)], "v")
	for i := range more.Cols[2].I64 {
		more.Cols[2].I64[i] = int64(step)
	}
	return w.Append(bg, "t", more)
}

func killedVerify(t *testing.T, db *DB, step int) {
	t.Helper()
	s := db.Snapshot()
	defer s.Release()
	tab, _ := s.Table("t")
	rows, _, _ := readAll(t, tab)
	for id, row := range rows {
		if *row["n"] != fmt.Sprint(step) {
			t.Fatalf("row %d has n %s after step %d", id, *row["n"], step)
		}
	}
}

func TestBeginWaits(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "w.db"), Options{NoBackground: true})
	w, err := db.Begin(bg)
	must(t, err)
	ctx, cancel := context.WithTimeout(bg, 20*time.Millisecond)
	defer cancel()
	if _, err := db.Begin(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	w.Abort()
	must(t, db.Close())
	if _, err := db.Begin(bg); sqlerr.Code(err) != "57P01" {
		t.Fatalf("got %v", err)
	}
}

func FuzzPatch(f *testing.F) {
	d := newDict(types.Of(types.Text))
	b := newColBuf(types.Of(types.Text), table.FormDict, d)
	must(f, b.appendVec(pairs(0, 3, "x").Cols[1], 0, 3))
	p := &patch{rows: 0, dels: []uint32{1, 5}, cols: []patchCol{{id: 2, offs: []uint32{1, 2, 9}, buf: b}}}
	f.Add(p.encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := decodePatch(b, 1<<20)
		if err != nil {
			return
		}
		for i := range p.cols {
			for _, typ := range modelTypes {
				_, _ = p.values(&p.cols[i], newColBuf(typ, table.FormPlain, nil))
			}
		}
	})
}

// flush puts everything into the file.
func (o *output) flush() error {
	o.mu.Lock()
	items := o.takeLocked()
	o.mu.Unlock()
	done := make(chan struct{})
	o.ch <- outBatch{items, done}
	<-done
	return o.err()
}
