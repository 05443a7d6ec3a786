package storage

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// upperKeyer is the keys of an index on upper(s) where n is even, over the columns s
// and n.
type upperKeyer struct{}

func (upperKeyer) Names() []string { return []string{"upper(s)"} }

func (upperKeyer) Keys(cols []*vec.Vector, n int) ([]*vec.Vector, []bool, error) {
	b, in := vec.NewBuilder(types.Of(types.Text), n), make([]bool, n)
	for i := range n {
		d := cols[0].Get(i)
		d.S = strings.ToUpper(d.S)
		b.Append(d)
		in[i] = cols[1].Get(i).I%2 == 0
	}
	return []*vec.Vector{b.Finish()}, in, nil
}

// TestComputedKeys holds rows to an index of an expression over some rows, over
// patches, pages, runs of keys and a file that is opened again.
func TestComputedKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	o := Options{NoBackground: true, Keys: func(*types.Table, int, *types.Exts, func(string) []byte) (table.Keyer, error) {
		return upperKeyer{}, nil
	}}
	db := open(t, path, o)
	create(t, db, &types.Table{Name: "k", Key: -1, Columns: []types.Column{{Name: "s", Type: types.Of(types.Text)}, {Name: "n", Type: types.Of(types.Int8)}},
		Uniques: []types.Unique{{Name: "k_s", Index: true, Cols: []int{0, 1}, Exprs: []types.KeyExpr{{Text: "upper(s)"}}, Where: "n % 2 = 0"}}})
	put := func(s string, n int64) string {
		t.Helper()
		w, err := db.Begin(bg)
		must(t, err)
		defer w.Abort()
		b := &vec.Batch{N: 1, Cols: []*vec.Vector{vec.NewConst(types.Of(types.Text), vec.Datum{S: s}, 1), vec.NewConst(types.Of(types.Int8), vec.Datum{I: n}, 1)}}
		if err = w.Append(bg, "k", b); err == nil {
			err = w.Commit(bg)
		}
		if err == nil {
			return ""
		}
		return sqlerr.From(err).Detail
	}
	const there = "Key (upper(s))=(AB) already exists."
	want := func(got, want string) {
		t.Helper()
		if got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
	want(put("ab", 2), "")
	want(put("Ab", 1), "")
	want(put("aB", 4), there)
	must(t, db.Compact(bg))
	want(put("aB", 4), there)
	var list []string
	for i := range 2 * freshKeys {
		list = append(list, strings.Repeat("x", 1+i%7)+string(rune('a'+i%26))+string(rune(0x4e00+i)))
	}
	b := &vec.Batch{N: len(list), Cols: []*vec.Vector{vec.New(types.Of(types.Text), len(list)), vec.New(types.Of(types.Int8), len(list))}}
	copy(b.Cols[0].Str, list)
	insert(t, db, "k", b)
	want(put(list[9], 8), "Key (upper(s))=("+strings.ToUpper(list[9])+") already exists.")
	must(t, db.Close())
	must(t, Check(path, o.Keys, func(f string) { t.Errorf("check: %s", f) }))
	db = open(t, path, o)
	want(put("aB", 4), there)
	want(put("aB", 3), "")
	must(t, db.Close())
	without := open(t, path, Options{})
	w, err := without.Begin(bg)
	must(t, err)
	if err := w.Append(bg, "k", &vec.Batch{N: 1, Cols: []*vec.Vector{b.Cols[0].Slice(0, 1), b.Cols[1].Slice(0, 1)}}); err == nil {
		t.Fatal("keys that nothing computes are not compared")
	}
	w.Abort()
	must(t, without.Close())
}

// TestCheckDeferrable has Check find equal keys of a deferrable constraint, which the
// executor compares.
func TestCheckDeferrable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.db")
	db := open(t, path, Options{})
	def := pairsDef.Clone()
	def.Name, def.Key, def.KeyName = "d", -1, ""
	def.Uniques = []types.Unique{{Name: "d_id", Cols: []int{0}, Deferrable: true}}
	create(t, db, def)
	insert(t, db, "d", pairs(0, 100, "x"))
	must(t, db.Close())
	check(t, path)
	db = open(t, path, Options{})
	insert(t, db, "d", pairs(50, 1, "y"))
	must(t, db.Close())
	var faults []string
	must(t, Check(path, nil, func(f string) { faults = append(faults, f) }))
	if want := []string{`table "d", column "id", segment 0: Key (id)=(50) of row 100 is in another row, too, against "d_id"`}; !slices.Equal(faults, want) {
		t.Fatalf("%q, want %q", faults, want)
	}
}
