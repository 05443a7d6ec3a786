package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"sync"

	"tagd/exec/pgcatalog"
	"tagd/exec/stats"
	"tagd/sql/fn"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// columnStats keeps what ANALYZE has found, by the OIDs of tables. In the file it
// stands aside: it belongs to no version.
type columnStats struct {
	mu sync.Mutex
	m  map[uint32][]*stats.Column
}

func columnsKey(oid uint32) string { return fmt.Sprintf("columns/%d", oid) }

// of is what is known of a table's columns, shared and read-only.
func (k *columnStats) of(st table.Store, oid uint32) []*stats.Column {
	k.mu.Lock()
	defer k.mu.Unlock()
	if list, ok := k.m[oid]; ok {
		return list
	}
	var list []*stats.Column
	if b, err := st.Aside(columnsKey(oid)); err == nil && b != nil {
		_ = json.Unmarshal(b, &list) // what cannot be read is not known
	}
	if k.m == nil {
		k.m = map[uint32][]*stats.Column{}
	}
	k.m[oid] = list
	return list
}

// put replaces it.
func (k *columnStats) put(st table.Store, oid uint32, list []*stats.Column) error {
	b, err := json.Marshal(list)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.m == nil {
		k.m = map[uint32][]*stats.Column{}
	}
	k.m[oid] = list
	return st.SetAside(columnsKey(oid), b)
}

// keep forgets the tables that are no more.
func (k *columnStats) keep(st table.Store, have func(oid uint32) bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for oid, list := range k.m {
		if have(oid) {
			continue
		}
		delete(k.m, oid)
		if list != nil {
			_ = st.SetAside(columnsKey(oid), nil) // costs room only
		}
	}
}

// sampleRows is how many rows are read for each value that is kept (std_typanalyze).
const sampleRows = 300

// analysis is the reading of one table.
type analysis struct {
	ctx    context.Context
	def    *types.Table
	tab    table.Table
	segs   []table.Segment
	offs   [][]uint32 // of the rows that are read, by segment
	rows   int        // how many these are
	live   int        // of the table
	target int
}

// columns reads a table's columns, those of names or all, and keeps what it finds.
func (v *vacuuming) columns(def *types.Table, names []string) error {
	t, ok := v.c.snap.Table(def.Path())
	if !ok || t.Rows() == 0 {
		return nil
	}
	target, _ := strconv.Atoi(v.s.values["default_statistics_target"])
	a := &analysis{ctx: v.ctx, def: def, tab: t, target: max(1, target)}
	defer a.close()
	if err := a.choose(); err != nil {
		return err
	}
	old := v.s.e.columns.of(v.s.e.store, def.OID)
	var list []*stats.Column
	for i := range def.Columns {
		col := &def.Columns[i]
		if len(names) > 0 && !slices.Contains(names, col.Name) {
			for _, c := range old {
				if c.ID == col.ID {
					list = append(list, c)
				}
			}
			continue
		}
		c, err := a.column(i)
		if err != nil {
			return err
		}
		if c != nil {
			c.ID = col.ID
			list = append(list, c)
		}
	}
	return v.s.e.columns.put(v.s.e.store, def.OID, list)
}

func (a *analysis) close() {
	for _, s := range a.segs {
		s.Close()
	}
}

// choose finds the rows to read: all of a small table, else a random sample in the
// order of the rows.
func (a *analysis) choose() error {
	for i := range a.tab.Segments() {
		seg, err := a.tab.Segment(i)
		if err != nil {
			return err
		}
		a.segs = append(a.segs, seg)
		a.live += seg.Live()
	}
	a.rows = min(a.live, sampleRows*a.target)
	ranks := make([]int, 0, a.rows)
	for n := range a.live { // Knuth's algorithm S: each set of rows is as likely
		if rand.IntN(a.live-n) < a.rows-len(ranks) {
			ranks = append(ranks, n)
		}
	}
	first := 0
	for _, seg := range a.segs {
		var all bitmap.Set
		if err := seg.Eval(a.ctx, &table.Rows{Op: table.OpAll}, &all); err != nil {
			return err
		}
		live := all.Offsets(nil, 0, all.N)
		k := sort.SearchInts(ranks, first+len(live))
		offs := make([]uint32, k)
		for i, r := range ranks[:k] {
			offs[i] = live[r-first]
		}
		a.offs = append(a.offs, offs)
		ranks, first = ranks[k:], first+len(live)
	}
	return nil
}

// read gathers the chosen values of a column.
func (a *analysis) read(col int) (*vec.Vector, error) {
	b := vec.NewBuilder(a.def.Columns[col].Type, a.rows)
	for i, seg := range a.segs {
		if len(a.offs[i]) == 0 {
			continue
		}
		v, err := seg.Gather(col, a.offs[i])
		if err != nil {
			return nil, err
		}
		for j := range v.N {
			b.Append(v.Get(j))
		}
	}
	return b.Finish(), a.ctx.Err()
}

// column analyzes one column.
func (a *analysis) column(col int) (*stats.Column, error) {
	v, err := a.read(col)
	if err != nil {
		return nil, err
	}
	width := func(i int) int { return fn.StoredSize(v, i) }
	s := stats.RunsOf(v, a.target, float64(a.live), width)
	if eq, _, _ := pgcatalog.ScalarOperators(v.Type); eq == 0 {
		s.Runs, s.Wide = nil, 0 // nothing is known but how many there are
		c := s.Column()
		c.Distinct = 0
		return c, nil
	}
	if a.rows < a.live && a.tab.Form(col) == table.FormDict {
		if err := a.count(col, s); err != nil {
			return nil, err
		}
	}
	c := s.Column()
	if v.Type.Array {
		c.Slots = append(c.Slots, stats.Elements(v, a.target, width)...)
	}
	return c, nil
}

// count takes the exact numbers of a dictionary's codes in place of the sample's.
func (a *analysis) count(col int, s *stats.Sample) error {
	values := a.tab.Dict(col).Values()
	counts := make([]int64, a.tab.Dict(col).Len())
	for _, seg := range a.segs {
		if err := seg.CountCodes(a.ctx, []int{col}, nil, counts); err != nil {
			return err
		}
	}
	s.Runs, s.Nulls, s.Wide, s.Bytes, s.Rows = nil, int(counts[0]), 0, 0, a.live
	for code, n := range counts {
		if code == 0 || n == 0 {
			continue
		}
		s.Bytes += int(n) * fn.StoredSize(values, code)
		s.Runs = append(s.Runs, stats.Run{V: values.Get(code), Count: int(n)})
	}
	sort.Slice(s.Runs, func(i, j int) bool { return vec.Compare(s.Type, s.Runs[i].V, s.Runs[j].V) < 0 })
	return nil
}

// statisticSlots is how many slots pg_statistic has.
const statisticSlots = 5

// statisticRows are the rows of pg_statistic: what is known of columns that still
// have the type that they had.
func (s *Session) statisticRows(c *catalog, add func(...any)) {
	for _, def := range c.tables() {
		list := s.e.columns.of(s.e.store, def.OID)
		for i := range def.Columns {
			col := &def.Columns[i]
			for _, st := range list {
				if st.ID == col.ID && st.Type == col.Type.OID() {
					add(statisticRow(def.OID, i+1, col.Type, st)...)
				}
			}
		}
	}
}

func statisticRow(rel uint32, attr int, t types.Type, c *stats.Column) []any {
	row := []any{rel, attr, false, float64(c.NullFrac), int(c.Width), float64(c.Distinct)}
	slots := make([]stats.Slot, statisticSlots)
	copy(slots, c.Slots)
	var ops, colls, numbers, values []any
	for _, slot := range slots {
		row = append(row, int(slot.Kind))
		op, coll := slotOperator(t, slot.Kind)
		ops, colls = append(ops, op), append(colls, coll)
		if slot.Numbers == nil {
			numbers = append(numbers, nil)
		} else {
			numbers = append(numbers, realArray(slot.Numbers))
		}
		if slot.Values == nil {
			values = append(values, nil)
		} else {
			text := vec.AppendDatumText(nil, types.Of(types.Text).ArrayOf(), textArray(slot.Values), types.ISO)
			values = append(values, string(text))
		}
	}
	return slices.Concat(row, ops, colls, numbers, values)
}

// slotOperator is the operator that a kind of statistics is about, with the collation.
func slotOperator(t types.Type, kind int16) (op, coll uint32) {
	of := t
	if kind == stats.KindElements || kind == stats.KindCounts {
		of = t.Elem()
	}
	eq, lt, coll := pgcatalog.ScalarOperators(of)
	if t.Array {
		_, _, coll = pgcatalog.ScalarOperators(t.Elem())
	}
	switch kind {
	case 0:
		return 0, 0
	case stats.KindHistogram, stats.KindCorrelation:
		return lt, coll
	}
	return eq, coll
}

// realArray makes a value of type real[].
func realArray(list []float32) vec.Datum {
	v := vec.New(types.Of(types.Float4), len(list))
	for i, x := range list {
		v.F64[i] = float64(x)
	}
	return vec.Datum{A: v}
}
