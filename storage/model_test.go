package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

var bg = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		e := sqlerr.From(err)
		t.Fatalf("%v (%s) %s", err, e.Code, e.Detail)
	}
}

func open(t testing.TB, path string, o Options) *DB {
	t.Helper()
	o.NoSync = true
	db, err := Open(path, o)
	must(t, err)
	return db
}

// modelRow is the text of each column by column name; nil is NULL.
type modelRow map[string]*string

// model is a naive table: rows by id.
type model struct {
	def  *types.Table
	rows map[int64]modelRow
}

func (m *model) clone() *model {
	c := &model{def: m.def, rows: make(map[int64]modelRow, len(m.rows))}
	for k, r := range m.rows {
		n := make(modelRow, len(r))
		for f, v := range r {
			n[f] = v
		}
		c.rows[k] = n
	}
	return c
}

var modelTypes = []types.Type{
	{Kind: types.Text}, {Kind: types.Int4}, {Kind: types.Numeric, Mod: types.NumericMod(10, 2)}, {Kind: types.Text, Array: true},
	{Kind: types.Float8}, {Kind: types.Date}, {Kind: types.Bool}, {Kind: types.Bytea}, {Kind: types.TimestampTZ}, {Kind: types.Int8},
	{Kind: types.Numeric}, {Kind: types.Int8, Array: true}, {Kind: types.Float8, Array: true}, {Kind: types.UUID}, {Kind: types.Varchar, Mod: 24},
}

// randText is a random value of a type in text form, nil for NULL.
func randText(r *rand.Rand, t types.Type) *string {
	if r.IntN(6) == 0 {
		return nil
	}
	s := ""
	if t.Array {
		var parts []string
		for range r.IntN(4) {
			if e := randText(r, t.Elem()); e == nil {
				parts = append(parts, "NULL")
			} else {
				parts = append(parts, `"`+*e+`"`)
			}
		}
		s = "{" + strings.Join(parts, ",") + "}"
		return &s
	}
	switch t.Kind {
	case types.Text, types.Varchar:
		s = fmt.Sprintf("值%d", r.IntN(40))
	case types.Int4:
		s = fmt.Sprint(r.Int32() >> r.IntN(31))
	case types.Int8:
		s = fmt.Sprint(int64(r.Uint64()) >> r.IntN(63))
	case types.Numeric:
		s = fmt.Sprintf("%d.%02d", r.IntN(1000000), r.IntN(100))
		if r.IntN(3000) == 0 {
			s = "NaN"
		}
	case types.Float8:
		s = fmt.Sprint(r.NormFloat64())
	case types.Date:
		s = fmt.Sprintf("20%02d-0%d-1%d", r.IntN(30), 1+r.IntN(9), r.IntN(10))
	case types.Bool:
		s = []string{"t", "f"}[r.IntN(2)]
	case types.Bytea:
		s = fmt.Sprintf(`\x%08x`, r.Uint32())
	case types.TimestampTZ:
		s = fmt.Sprintf("20%02d-01-02 03:04:%02d+00", r.IntN(30), r.IntN(60))
	case types.UUID:
		s = fmt.Sprintf("%08x-0000-0000-0000-%012x", r.IntN(9), r.IntN(9))
	}
	return &s
}

// column parses texts into a vector, and gives back the texts as a vector of
// the type prints them.
func column(t testing.TB, typ types.Type, texts []*string) (*vec.Vector, []*string) {
	b := vec.NewBuilder(typ, len(texts))
	out := make([]*string, len(texts))
	for i, s := range texts {
		if s == nil {
			b.AppendNull()
			continue
		}
		d, err := vec.ParseText(typ, *s, types.ISO, time.Time{})
		must(t, err)
		b.Append(d)
		p := string(vec.AppendDatumText(nil, typ, d, types.ISO))
		out[i] = &p
	}
	return b.Finish(), out
}

// readAll reads every live row with its ordinal.
func readAll(t testing.TB, tab table.Table) (map[int64]modelRow, map[int64]int64, int) {
	rows, ords, n := map[int64]modelRow{}, map[int64]int64{}, 0
	def := tab.Def()
	for i := range tab.Segments() {
		seg, err := tab.Segment(i)
		must(t, err)
		live := bitmap.NewSet(seg.N())
		must(t, seg.Eval(bg, &table.Rows{Op: table.OpAll}, live))
		if live.Count() != seg.Live() {
			t.Fatalf("segment %d: %d live, says %d", i, live.Count(), seg.Live())
		}
		offs := live.Offsets(nil, 0, seg.N())
		n += len(offs)
		if len(offs) == 0 {
			seg.Close()
			continue
		}
		got := make([]modelRow, len(offs))
		for k := range got {
			got[k] = modelRow{}
		}
		for c := range def.Columns {
			v, err := seg.Gather(c, offs)
			must(t, err)
			for k := range offs {
				if v.IsNull(k) {
					got[k][def.Columns[c].Name] = nil
					continue
				}
				s := string(v.AppendText(nil, k, types.ISO))
				got[k][def.Columns[c].Name] = &s
				if c == 0 {
					id := v.Get(k)
					idv := id.I
					if def.Columns[0].Type.Kind == types.Text {
						fmt.Sscanf(id.S, "user-%d", &idv)
					}
					rows[idv] = got[k]
					ords[idv] = int64(i)*bitmap.SegmentRows + int64(offs[k])
				}
			}
		}
		seg.Close()
	}
	return rows, ords, n
}

func show(r modelRow) string {
	var parts []string
	for k, v := range r {
		if v == nil {
			parts = append(parts, k+"=NULL")
		} else {
			parts = append(parts, k+"="+*v)
		}
	}
	sort.Strings(parts)
	return strings.Join(parts, " ")
}

func (m *model) compare(t testing.TB, s table.Snapshot) map[int64]int64 {
	t.Helper()
	tab, ok := s.Table(m.def.Name)
	if !ok {
		t.Fatal("no table")
	}
	rows, ords, n := readAll(t, tab)
	if n != len(m.rows) || tab.Rows() != int64(n) || len(rows) != n {
		t.Fatalf("version %d: %d rows (%d ids), table says %d, want %d", s.Version(), n, len(rows), tab.Rows(), len(m.rows))
	}
	for id, want := range m.rows {
		got := rows[id]
		for i := range m.def.Columns {
			name := m.def.Columns[i].Name
			g, w := got[name], want[name]
			if (g == nil) != (w == nil) || g != nil && *g != *w {
				t.Fatalf("version %d row %d column %s:\n got %s\nwant %s", s.Version(), id, name, show(got), show(want))
			}
		}
	}
	return ords
}

// keyText is the key of a row.
func keyText(def *types.Table, id int64) *string {
	s := fmt.Sprint(id)
	if def.Columns[0].Type.Kind == types.Text {
		s = fmt.Sprintf("user-%d", id)
	}
	return &s
}

type modelRun struct {
	t    *testing.T
	r    *rand.Rand
	path string
	db   *DB
	m    *model
	next int64
	held []heldSnap
	name string // of the table
	// shared: other runs change other tables of the file at the same time, and the
	// Writes give their turn away between operations.
	shared bool
}

type heldSnap struct {
	s table.Snapshot
	m *model
}

func (x *modelRun) ids(n int) []int64 {
	all := make([]int64, 0, len(x.m.rows))
	for id := range x.m.rows {
		all = append(all, id)
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	x.r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

// value is a random value of a column for a new row; of the columns u1 and u2 one
// that no other row has.
func (x *modelRun) value(c *types.Column, id int64) *string {
	s := fmt.Sprint(id, "号")
	switch {
	case c.Name == "u1":
	case c.Name == "u2" && x.r.IntN(5) == 0:
		return nil
	case c.Name == "u2":
		s = fmt.Sprint(id, ".", strings.Repeat("0", x.r.IntN(3)), "0")
	default:
		return randText(x.r, c.Type)
	}
	return &s
}

// uniques are random constraints that the columns u1 and u2 meet.
func uniques(r *rand.Rand, def *types.Table) []types.Unique {
	var out []types.Unique
	u1, u2 := def.Column("u1"), def.Column("u2")
	if r.IntN(2) == 0 {
		out = append(out, types.Unique{Name: "u_one", Cols: []int{u1}})
	}
	if r.IntN(2) == 0 {
		out = append(out, types.Unique{Name: "u_two", Cols: []int{u2}})
	}
	if r.IntN(2) == 0 {
		out = append(out, types.Unique{Name: "u_all", Cols: []int{1 + r.IntN(len(def.Columns)-1), u1}, NullsSame: true})
	}
	return out
}

// inUnique reports whether a column is part of a constraint.
func inUnique(def *types.Table, col int) bool {
	for i := range def.Uniques {
		if slices.Contains(def.Uniques[i].Cols, col) {
			return true
		}
	}
	return false
}

func (x *modelRun) append(w table.Write, m *model, n int) {
	cols := make([][]*string, len(m.def.Columns))
	var ids []int64
	for range n {
		id := x.next
		x.next++
		if x.r.IntN(3) == 0 {
			id = -x.r.Int64N(1 << 40)
		}
		if m.rows[id] != nil {
			continue
		}
		ids = append(ids, id)
		m.rows[id] = modelRow{}
		cols[0] = append(cols[0], keyText(m.def, id))
		for c := 1; c < len(cols); c++ {
			cols[c] = append(cols[c], x.value(&m.def.Columns[c], id))
		}
	}
	b := &vec.Batch{N: len(ids)}
	for c := range cols {
		v, texts := column(x.t, m.def.Columns[c].Type, cols[c])
		b.Cols = append(b.Cols, v)
		for k, id := range ids {
			m.rows[id][m.def.Columns[c].Name] = texts[k]
		}
	}
	must(x.t, w.Append(bg, x.name, b))
}

func (x *modelRun) update(w table.Write, m *model, ords map[int64]int64, n int) {
	type ro struct{ id, ord int64 }
	var rows []ro
	for _, id := range x.ids(n) {
		if m.rows[id] != nil { // not deleted in this write
			rows = append(rows, ro{id, ords[id]})
		}
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].ord < rows[j].ord })
	var set []int
	for c := 1; c < len(m.def.Columns); c++ {
		if x.r.IntN(3) == 0 && !inUnique(m.def, c) {
			set = append(set, c)
		}
	}
	os := make([]int64, len(rows))
	for i := range rows {
		os[i] = rows[i].ord
	}
	b := &vec.Batch{N: len(rows)}
	for _, c := range set {
		texts := make([]*string, len(rows))
		for i := range texts {
			texts[i] = randText(x.r, m.def.Columns[c].Type)
		}
		v, out := column(x.t, m.def.Columns[c].Type, texts)
		b.Cols = append(b.Cols, v)
		for i, row := range rows {
			m.rows[row.id][m.def.Columns[c].Name] = out[i]
		}
	}
	must(x.t, w.Update(bg, x.name, os, set, b))
}

func (x *modelRun) delete(w table.Write, m *model, ords map[int64]int64, n int) {
	var os []int64
	for _, id := range x.ids(n) {
		if m.rows[id] != nil {
			os = append(os, ords[id])
			delete(m.rows, id)
		}
	}
	sort.Slice(os, func(i, j int) bool { return os[i] < os[j] })
	must(x.t, w.Delete(bg, x.name, os))
}

func (x *modelRun) alter(w table.Write, m *model) {
	def := m.def.Clone()
	if c := 1 + x.r.IntN(len(def.Columns)-1); x.r.IntN(3) == 0 {
		def.Uniques = uniques(x.r, def)
	} else if len(def.Columns) > 3 && x.r.IntN(2) == 0 && !inUnique(def, c) && def.Columns[c].Name[0] != 'u' {
		for i := range def.Uniques {
			for k := range def.Uniques[i].Cols {
				if def.Uniques[i].Cols[k] > c {
					def.Uniques[i].Cols[k]--
				}
			}
		}
		name := def.Columns[c].Name
		def.Columns = append(def.Columns[:c], def.Columns[c+1:]...)
		for _, r := range m.rows {
			delete(r, name)
		}
	} else {
		typ := modelTypes[x.r.IntN(len(modelTypes))]
		c := types.Column{Name: fmt.Sprintf("a%d", x.r.Uint32()), Type: typ, Missing: randText(x.r, typ)}
		def.Columns = append(def.Columns, c)
		_, out := column(x.t, typ, []*string{c.Missing})
		for _, r := range m.rows {
			r[c.Name] = out[0]
		}
	}
	must(x.t, w.AlterTable(x.name, def))
	m.def = def
}

func (x *modelRun) reopen() {
	for _, h := range x.held {
		h.m.compare(x.t, h.s)
		h.s.Release()
	}
	x.held = nil
	must(x.t, x.db.Close())
	x.db = open(x.t, x.path, Options{CacheBytes: 1 << 20 << x.r.IntN(6)})
}

func (x *modelRun) step() {
	snap := x.db.Snapshot()
	ords := x.m.compare(x.t, snap)
	x.lookups(snap, ords)
	if x.r.IntN(4) == 0 && len(x.held) < 3 {
		x.held = append(x.held, heldSnap{snap, x.m.clone()})
	} else {
		snap.Release()
	}
	w, err := x.db.Begin(bg)
	must(x.t, err)
	defer w.Abort() // of a run that fails: others wait for the turn
	if !x.shared && w.Base().Version() != x.db.current().data {
		x.t.Fatal("base is not the newest")
	}
	// Compaction may have moved on since snap, but never moves rows.
	committed := x.m
	m := x.m.clone()
	var marks []modelMark
	for range []int{1, 1, 2, 3, 6}[x.r.IntN(5)] {
		altered := x.ops(w, &m, ords)
		x.yield(w)
		if !altered && x.r.IntN(4) == 0 {
			continue // the next operations address the same base
		}
		must(x.t, w.Seal(bg))
		x.yield(w)
		m, ords = x.sealed(w, m)
		switch k := x.r.IntN(4); {
		case k == 0 && x.r.IntN(2) == 0:
			mk, err := w.Mark(bg)
			must(x.t, err)
			marks = append(marks, modelMark{mk, m.clone()})
		case k == 1 && len(marks) > 0:
			x.ops(w, &m, ords) // lost, too
			i := x.r.IntN(len(marks))
			x.restore(w, marks[i].mark)
			m, ords = x.sealed(w, marks[i].m.clone())
			marks = marks[:i+1]
		}
	}
	x.m = committed
	if x.shared && x.r.IntN(2) == 0 {
		w.Pause()
	}
	if x.r.IntN(5) == 0 {
		w.Abort()
	} else {
		must(x.t, w.Commit(bg))
		m.def = x.db.current().tables[x.name].def
		x.m = m
	}
	switch x.r.IntN(12) {
	case 0:
		if !x.shared {
			x.reopen()
		}
	case 1:
		must(x.t, x.db.Compact(bg))
	case 2:
		if len(x.held) > 0 {
			x.held[0].m.compare(x.t, x.held[0].s)
			x.held[0].s.Release()
			x.held = x.held[1:]
		}
	}
}

// yield lets other Writes of a shared file have the turn.
func (x *modelRun) yield(w table.Write) {
	if !x.shared {
		return
	}
	w.Pause()
	if x.r.IntN(2) == 0 {
		time.Sleep(time.Duration(x.r.IntN(500)) * time.Microsecond)
	}
	must(x.t, w.Resume(bg))
}

// restore goes back to a mark, with the turn or without.
func (x *modelRun) restore(w table.Write, m table.Mark) {
	if !x.shared || x.r.IntN(2) == 0 {
		must(x.t, w.Restore(m))
		return
	}
	w.Pause()
	must(x.t, w.Restore(m))
	must(x.t, w.Resume(bg))
}

// modelMark is a mark of a Write and what the table was then.
type modelMark struct {
	mark table.Mark
	m    *model
}

// sealed compares the Write's base with the model and makes it what the next
// operations address.
func (x *modelRun) sealed(w table.Write, m *model) (*model, map[int64]int64) {
	tab, _ := w.Base().Table(x.name)
	m.def = tab.Def()
	x.m = m.clone()
	return m, m.compare(x.t, w.Base())
}

// ops does one or two random changes that address the rows ords of x.m; altered:
// the last one was of the definition, and the base is another now.
func (x *modelRun) ops(w table.Write, mp **model, ords map[int64]int64) (altered bool) {
	big := []int{3, 50, 400, 6000}[x.r.IntN(4)]
	for range 1 + x.r.IntN(2) {
		m := *mp
		switch k := x.r.IntN(12); {
		case k < 5:
			x.append(w, m, 1+x.r.IntN(big))
		case k < 8:
			x.update(w, m, ords, 1+x.r.IntN(big))
		case k < 10:
			x.delete(w, m, ords, 1+x.r.IntN(big))
		case k == 10:
			must(x.t, w.SetMeta("k"+x.name, []byte(fmt.Sprint(x.next))))
		case x.r.IntN(3) == 0:
			must(x.t, w.Seal(bg))
			m, _ = x.sealed(w, m)
			x.alterOrTruncate(w, m)
			must(x.t, w.Seal(bg))
			*mp, _ = x.sealed(w, m)
			return true
		}
	}
	return false
}

func (x *modelRun) alterOrTruncate(w table.Write, m *model) {
	if x.r.IntN(4) == 0 {
		must(x.t, w.Truncate(x.name))
		m.rows = map[int64]modelRow{}
		return
	}
	x.alter(w, m)
}

func (x *modelRun) lookups(s table.Snapshot, ords map[int64]int64) {
	if x.m.def.Key < 0 {
		return
	}
	var texts []*string
	var want []int64
	for _, id := range x.ids(200) {
		texts, want = append(texts, keyText(x.m.def, id)), append(want, ords[id])
	}
	for range 20 {
		id := x.r.Int64N(1 << 41)
		if _, ok := ords[id]; !ok {
			texts, want = append(texts, keyText(x.m.def, id)), append(want, -1)
		}
	}
	texts, want = append(texts, nil), append(want, -1)
	keys, _ := column(x.t, x.m.def.Columns[0].Type, texts)
	got := make([]int64, keys.N)
	tab, _ := s.Table(x.name)
	must(x.t, tab.Lookup(bg, keys, got))
	for i := range got {
		if got[i] != want[i] {
			x.t.Fatalf("lookup of %v: row %d, want %d", texts[i], got[i], want[i])
		}
	}
	x.duplicates()
	x.uniqueTwice()
}

// uniqueTwice checks that a UNIQUE constraint finds a stored value.
func (x *modelRun) uniqueTwice() {
	ids := x.ids(1)
	if len(ids) == 0 || len(x.m.def.Uniques) == 0 || x.r.IntN(3) != 0 {
		return
	}
	u := x.m.def.Uniques[x.r.IntN(len(x.m.def.Uniques))]
	b := &vec.Batch{N: 1}
	var key []string
	for c := range x.m.def.Columns {
		name := x.m.def.Columns[c].Name
		text := x.value(&x.m.def.Columns[c], 1<<50+x.next)
		if slices.Contains(u.Cols, c) {
			if text = x.m.rows[ids[0]][name]; text == nil && !u.NullsSame {
				return
			}
		}
		if c == 0 {
			text = keyText(x.m.def, 1<<50+x.next)
		}
		v, _ := column(x.t, x.m.def.Columns[c].Type, []*string{text})
		b.Cols = append(b.Cols, v)
	}
	for _, c := range u.Cols {
		if text := x.m.rows[ids[0]][x.m.def.Columns[c].Name]; text != nil {
			key = append(key, *text)
		} else {
			key = append(key, "null")
		}
	}
	w, err := x.db.Begin(bg)
	must(x.t, err)
	defer w.Abort()
	err = w.Append(bg, x.name, b)
	if err == nil {
		err = w.Seal(bg)
	}
	e := sqlerr.From(err)
	if u.Name == "u_all" && e.Constraint == "u_one" {
		return // which it implies
	}
	if err == nil || e.Code != "23505" || e.Constraint != u.Name || !strings.HasSuffix(e.Detail, ")=("+strings.Join(key, ", ")+") already exists.") {
		x.t.Fatalf("duplicate in %s: %v %+v, want %v", u.Name, err, e, key)
	}
}

// duplicates checks that a key that is there cannot be appended.
func (x *modelRun) duplicates() {
	ids := x.ids(1)
	if len(ids) == 0 || x.r.IntN(4) != 0 {
		return
	}
	w, err := x.db.Begin(bg)
	must(x.t, err)
	defer w.Abort()
	b := &vec.Batch{N: 1}
	for c := range x.m.def.Columns {
		text := randText(x.r, x.m.def.Columns[c].Type)
		if c == 0 {
			text = keyText(x.m.def, ids[0])
		}
		v, _ := column(x.t, x.m.def.Columns[c].Type, []*string{text})
		b.Cols = append(b.Cols, v)
	}
	err = w.Append(bg, x.name, b)
	if err == nil {
		err = w.Commit(bg)
	}
	var e *sqlerr.Error
	want := fmt.Sprintf("Key (id)=(%s) already exists.", *keyText(x.m.def, ids[0]))
	if !errors.As(err, &e) || e.Code != "23505" || e.Detail != want || e.Constraint != "m_pkey" {
		x.t.Fatalf("duplicate key %d: %v %+v", ids[0], err, e)
	}
}

// modelTable is a random table.
func modelTable(r *rand.Rand, seed uint64) *types.Table {
	def := &types.Table{Name: "m", Key: 0, KeyName: "m_pkey"}
	key := types.Of(types.Int8)
	switch seed % 3 {
	case 1:
		key = types.Of(types.Text)
	case 2:
		if r.IntN(2) == 0 {
			def.Key = -1
		}
	}
	def.Columns = append(def.Columns, types.Column{Name: "id", Type: key, NotNull: true})
	for i, k := range r.Perm(len(modelTypes))[:5] {
		def.Columns = append(def.Columns, types.Column{Name: fmt.Sprintf("c%d", i), Type: modelTypes[k]})
	}
	def.Columns = append(def.Columns, types.Column{Name: "u1", Type: types.Of(types.Text)}, types.Column{Name: "u2", Type: types.Of(types.Numeric)})
	def.Uniques = uniques(r, def)
	return def
}

// newModel makes a run's table.
func newModel(t *testing.T, seed uint64, path string, db *DB, name string) *modelRun {
	r := rand.New(rand.NewPCG(seed, 1))
	x := &modelRun{t: t, r: r, path: path, db: db, next: 1, name: name}
	def := modelTable(r, seed)
	def.Name = name
	w, err := db.Begin(bg)
	must(t, err)
	must(t, w.CreateTable(def))
	must(t, w.Commit(bg))
	x.m = &model{def: db.current().tables[name].def, rows: map[int64]modelRow{}}
	return x
}

func runModel(t *testing.T, seed uint64, steps int) {
	path := filepath.Join(t.TempDir(), "m.db")
	x := newModel(t, seed, path, open(t, path, Options{}), "m")
	for range steps {
		x.step()
	}
	x.reopen()
	x.m.compare(t, x.db.Snapshot())
	must(t, x.db.Close())
	must(t, Check(path, nil, func(f string) { t.Errorf("check: %s", f) }))
}

// TestModelTurns runs models of several tables of one file at once: their Writes
// are open at the same time.
func TestModelTurns(t *testing.T) {
	seeds := uint64(2)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "m.db")
			db := open(t, path, Options{})
			var wg sync.WaitGroup
			var runs []*modelRun
			for i := range uint64(4) {
				x := newModel(t, seed*10+i, path, db, fmt.Sprint("m", i))
				x.shared = true
				runs = append(runs, x)
			}
			for _, x := range runs {
				wg.Go(func() {
					for range 6 {
						x.step()
					}
				})
			}
			wg.Wait()
			must(t, db.Compact(bg))
			for _, x := range runs {
				for _, h := range x.held {
					h.m.compare(t, h.s)
					h.s.Release()
				}
			}
			must(t, db.Close())
			must(t, Check(path, nil, func(f string) { t.Errorf("check: %s", f) }))
			db = open(t, path, Options{})
			snap := db.Snapshot()
			for _, x := range runs {
				x.m.compare(t, snap)
			}
			snap.Release()
			must(t, db.Close())
		})
	}
}

func TestModel(t *testing.T) {
	seeds := uint64(4)
	if os.Getenv("TAGD_CI") != "" {
		seeds = 12
	}
	if testing.Short() { // the race detector slows it tenfold
		seeds = 2
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { runModel(t, seed, 10) })
	}
}
