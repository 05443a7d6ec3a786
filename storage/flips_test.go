package storage

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// flipsDef has a column of every form, a key that does not ascend and a UNIQUE
// constraint of two columns.
var flipsDef = &types.Table{Name: "f", Key: 0, KeyName: "f_pkey", Columns: []types.Column{
	{Name: "id", Type: types.Of(types.Int8), NotNull: true},
	{Name: "city", Type: types.Of(types.Text)},
	{Name: "tags", Type: types.Type{Kind: types.Text, Array: true}},
	{Name: "n", Type: types.Of(types.Int4)},
	{Name: "f", Type: types.Of(types.Float8)},
	{Name: "d", Type: types.Of(types.Numeric)},
	{Name: "u", Type: types.Of(types.Text)},
}, Uniques: []types.Unique{{Name: "f_u", Cols: []int{6, 3}}}}

// flipsFile makes a file with every kind of page: base pages, patches, a present
// page, deletions in a patch, key runs and dictionaries.
func flipsFile(t *testing.T, path string) {
	db := open(t, path, Options{NoBackground: true})
	create(t, db, flipsDef)
	r := rand.New(rand.NewPCG(7, 7))
	batch := func(n, salt int) *vec.Batch {
		b := &vec.Batch{N: n}
		for c := range flipsDef.Columns {
			texts := make([]*string, n)
			for i := range texts {
				texts[i] = randText(r, flipsDef.Columns[c].Type)
				s := fmt.Sprint((i*7919+salt)%1_000_003, strings.Repeat("号", c/6))
				if c == 0 || c == 6 {
					texts[i] = &s
				}
			}
			v, _ := column(t, flipsDef.Columns[c].Type, texts)
			b.Cols = append(b.Cols, v)
		}
		return b
	}
	insert(t, db, "f", batch(4400, 0))
	change := func(lo, n, step int64) {
		w, err := db.Begin(bg)
		must(t, err)
		var ords []int64
		for i := range n {
			ords = append(ords, lo+i*step)
		}
		must(t, w.Delete(bg, "f", ords))
		must(t, w.Commit(bg))
	}
	change(10, 1000, 2)
	must(t, db.Compact(bg))
	change(11, 30, 2)
	insert(t, db, "f", batch(20, 500_000))
	w, err := db.Begin(bg)
	must(t, err)
	b := batch(3, 0)
	must(t, w.Update(bg, "f", []int64{5, 7, 9}, []int{1, 2, 4, 5}, &vec.Batch{N: 3, Cols: []*vec.Vector{b.Cols[1], b.Cols[2], b.Cols[4], b.Cols[5]}}))
	must(t, w.Commit(bg))
	db.collect()
	must(t, db.Close())
}

// flipAnswers asks everything that pages answer; an error's text stands for the
// answer. Every error must be XX001 and name the table.
func flipAnswers(t *testing.T, path string) []string {
	db, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		if sqlerr.Code(err) != "XX001" {
			t.Fatal(err)
		}
		return nil
	}
	defer db.Close()
	s := db.Snapshot()
	defer s.Release()
	tab, ok := s.Table("f")
	if !ok {
		return nil // its record is damaged: the log says so
	}
	var out []string
	tell := func(answer string, err error) {
		if err != nil {
			e := sqlerr.From(err)
			if e.Code != "XX001" || !strings.Contains(e.Message, `table "f"`) {
				t.Fatalf("%v (%s)", err, e.Code)
			}
			answer = "XX001"
		}
		out = append(out, answer)
	}
	seg, err := tab.Segment(0)
	if err != nil {
		tell("", err)
		return out
	}
	defer seg.Close()
	live := bitmap.NewSet(seg.N())
	err = seg.Eval(bg, &table.Rows{Op: table.OpAll}, live)
	tell(fmt.Sprint(seg.N(), seg.Live(), live.Count()), err)
	vers := make([]uint64, seg.N())
	all := make([]int64, seg.N())
	for i := range all {
		all[i] = int64(i)
	}
	err = tab.RowVersions(bg, all, vers)
	tell(fmt.Sprint(vers), err)
	for c := range flipsDef.Columns {
		v, err := seg.Gather(c, live.Offsets(nil, 0, seg.N()))
		var text []byte
		for i := 0; err == nil && i < v.N; i++ {
			if v.IsNull(i) {
				text = append(text, 1)
			} else {
				text = append(v.AppendText(text, i, types.ISO), 0)
			}
		}
		tell(string(text), err)
		n, err := seg.Count(bg, &table.Rows{Op: table.OpLeaf, Leaf: &table.Leaf{Kind: table.LeafNull, Col: c}})
		tell(fmt.Sprint(n), err)
		flipForms(tab, seg, c, tell)
	}
	keys, _ := column(t, types.Of(types.Int8), []*string{ptr("7919"), ptr("15838"), ptr("-5"), ptr("500000"), ptr("79190")})
	ords := make([]int64, keys.N)
	err = tab.Lookup(bg, keys, ords)
	tell(fmt.Sprint(ords), err)
	return out
}

func ptr(s string) *string { return &s }

// flipForms asks the questions of a column's bulk form.
func flipForms(tab table.Table, seg table.Segment, c int, tell func(string, error)) {
	leaf := func(l table.Leaf) {
		n, err := seg.Count(bg, &table.Rows{Op: table.OpLeaf, Leaf: &l})
		tell(fmt.Sprint(n), err)
	}
	switch tab.Form(c) {
	case table.FormDict, table.FormSet:
		kind := table.LeafCodes
		if tab.Form(c) == table.FormSet {
			kind = table.LeafAny
		}
		n := tab.Dict(c).Len()
		leaf(table.Leaf{Kind: kind, Col: c, Codes: []uint64{0b10110}})
		counts := make([]int64, n)
		err := seg.CountCodes(bg, []int{c}, nil, counts)
		tell(fmt.Sprint(counts), err)
	case table.FormInt:
		leaf(table.Leaf{Kind: table.LeafRange, Col: c, Lo: 100, Hi: 500_000})
		sum, err := seg.Sum(bg, c, nil)
		tell(fmt.Sprint(sum), err)
	case table.FormFloat:
		leaf(table.Leaf{Kind: table.LeafFloat, Col: c, FLo: -1, FHi: 1})
	}
}

// TestFlipsNeverLie damages every stored page, in its header and at several
// places of its body: each answer is the right one or XX001.
func TestFlipsNeverLie(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.db")
	flipsFile(t, path)
	want := flipAnswers(t, path)
	for i, a := range want {
		if a == "XX001" {
			t.Fatalf("answer %d of the clean file", i)
		}
	}
	clean, err := os.ReadFile(path)
	must(t, err)
	r := rand.New(rand.NewPCG(9, 9))
	pages, found := 0, 0
	for off := 0; off+64 < len(clean); off++ {
		if string(clean[off:off+4]) != "TGPG" {
			continue
		}
		pages++
		for _, at := range []int{r.IntN(24), 24 + r.IntN(40)} {
			bad := bytes.Clone(clean)
			bad[off+at] ^= 1 << r.IntN(8)
			must(t, os.WriteFile(path, bad, 0o600))
			got := flipAnswers(t, path)
			if len(got) == 0 || len(got) == 1 && got[0] == "XX001" {
				found++
				continue // nothing of it could be read
			}
			if tainted := compareAnswers(t, off, got, want); tainted {
				found++
			}
		}
	}
	if pages < 20 || found < pages {
		t.Fatalf("%d pages, %d faults noticed", pages, found)
	}
}

// compareAnswers fails on a wrong answer; it reports whether some were XX001.
func compareAnswers(t *testing.T, off int, got, want []string) (tainted bool) {
	if len(got) != len(want) {
		// A column whose dictionary is damaged has another form: only what both
		// were asked is compared, by its place from the start.
		return true
	}
	for i := range got {
		if got[i] == "XX001" {
			tainted = true
		} else if got[i] != want[i] {
			t.Fatalf("page at %d: answer %d is\n%.200s\nnot\n%.200s", off, i, got[i], want[i])
		}
	}
	return tainted
}
