package storage

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/kv"
	"tagd/storage/page"
	"tagd/storage/segment"
	"tagd/storage/table"
)

// snapshot implements table.Snapshot.
type snapshot struct {
	db       *DB
	st       *state
	out      *output // of the Write whose sealed state this is, nil: committed
	released atomic.Bool
}

// Version implements table.Snapshot.
func (s *snapshot) Version() uint64 { return s.st.data }

// Tables implements table.Snapshot.
func (s *snapshot) Tables() []*types.Table { return s.st.defs }

// Table implements table.Snapshot.
func (s *snapshot) Table(name string) (table.Table, bool) {
	t, ok := s.st.tables[name]
	if !ok {
		return nil, false
	}
	return &tableView{r: &reader{db: s.db, out: s.out}, t: t}, true
}

// Meta implements table.Snapshot.
func (s *snapshot) Meta(key string) []byte { return s.st.meta[key] }

// Share implements table.Snapshot.
func (s *snapshot) Share() table.Snapshot {
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	s.db.mu.refs[s.st.ver]++
	return &snapshot{db: s.db, st: s.st}
}

// Release implements table.Snapshot; releasing twice is harmless.
func (s *snapshot) Release() {
	if !s.released.Swap(true) {
		s.db.release(s.st.ver)
	}
}

// tableView implements table.Table.
type tableView struct {
	r *reader
	t *tableState
}

// Changed implements table.Table.
func (v *tableView) Changed() uint64 { return v.t.changed }

// Def implements table.Table.
func (v *tableView) Def() *types.Table { return v.t.def }

// Rows implements table.Table.
func (v *tableView) Rows() int64 { return v.t.rows }

// Segments implements table.Table.
func (v *tableView) Segments() int { return len(v.t.segs) }

// Form implements table.Table.
func (v *tableView) Form(col int) table.Form {
	if v.t.short[v.t.def.Columns[col].ID] != nil {
		return table.FormPlain
	}
	return v.t.form(col)
}

// Bytes implements table.Table.
func (v *tableView) Bytes() int64 { return v.t.bytes }

// IndexBytes implements table.Table.
func (v *tableView) IndexBytes(u int) (n int64) {
	runs := v.t.runs
	if u >= 0 {
		runs = nil
		if s := v.t.uniq[v.t.def.Uniques[u].ID]; s != nil {
			runs = s.runs
		}
	}
	for _, r := range runs {
		n += r.Bytes
	}
	return n
}

// Dict implements table.Table.
func (v *tableView) Dict(col int) table.Dict {
	if f := v.Form(col); f != table.FormDict && f != table.FormSet {
		return nil
	}
	if d := v.t.dict(col); d != nil {
		return d
	}
	return nil
}

// Range implements table.Table.
func (v *tableView) Range(col int) (lo, hi int64, ok bool) {
	if v.t.form(col) != table.FormInt {
		return 0, 0, false
	}
	var all colState
	for _, s := range v.t.segs {
		if s.Live == 0 {
			continue
		}
		c := s.col(v.t.def.Columns[col].ID)
		all.widen(c.Has, c.Min, c.Max)
		if c.N < s.N { // rows older than the column, perhaps
			if m, ok := v.t.missingInt(col); ok {
				all.widen(true, m, m)
			}
		}
	}
	return all.Min, all.Max, all.Has
}

// missingInt is the value of rows that are older than a FormInt column.
func (t *tableState) missingInt(col int) (int64, bool) {
	d, err := t.missingOf(col)
	if err != nil || d.Null {
		return 0, false
	}
	typ := t.def.Columns[col].Type
	if typ.Phys() == types.PhysDec {
		_, scale, _ := typ.Precision()
		return d.D.Unscaled(int32(scale))
	}
	return d.I, true
}

// Segment implements table.Table.
func (v *tableView) Segment(i int) (table.Segment, error) { return v.r.segment(v.t, i) }

func (r *reader) segment(t *tableState, i int) (*segment.Segment, error) {
	if i < 0 || i >= len(t.segs) {
		return nil, sqlerr.New(pgerrcode.InternalError, "table %q has no segment %d", t.def.Name, i)
	}
	s := t.segs[i]
	if s.err != nil {
		return nil, place(t, -1, i, s.err)
	}
	p, err := r.present(t, i)
	if err != nil {
		return nil, err
	}
	return segment.New(t.def, i, int(s.N), p, &source{r: r, t: t, seg: i})
}

// source gives one open segment its pages.
type source struct {
	r    *reader
	t    *tableState
	seg  int
	cols []srcCol // those that were asked for
}

type srcCol struct {
	pos    int
	cs     colState
	col    segment.Column
	merged *merged
	err    error
}

// Column implements segment.Source.
func (s *source) Column(col int) segment.Column { return s.get(col).col }

func (s *source) get(col int) *srcCol {
	if i := slices.IndexFunc(s.cols, func(c srcCol) bool { return c.pos == col }); i >= 0 {
		return &s.cols[i]
	}
	c := srcCol{pos: col, cs: s.t.segs[s.seg].col(s.t.def.Columns[col].ID)}
	switch {
	case c.cs.version() == 0:
		c.col = baseColumn(s.t, col, table.FormPlain)
		d, err := s.t.missingOf(col)
		c.col.Missing, c.err = &d, err
	case c.cs.Last > c.cs.Ver:
		c.merged, c.err = s.r.mergedColumn(s.t, s.seg, col)
		if c.err == nil {
			c.col = baseColumn(s.t, col, c.merged.form)
		} else {
			c.col = baseColumn(s.t, col, s.t.form(col))
		}
	default:
		c.col = baseColumn(s.t, col, c.cs.Form)
	}
	s.cols = append(s.cols, c)
	return &s.cols[len(s.cols)-1]
}

// Page implements segment.Source.
func (s *source) Page(col int, kind page.Kind) ([]byte, error) {
	c := s.get(col)
	switch {
	case c.err != nil:
		return nil, c.err
	case c.merged != nil:
		return c.merged.pages[kind], nil
	case !hasKind(&c.cs, kind):
		return nil, nil
	}
	b, err := s.r.body(kv.Pages, s.t.def.ID, uint32(s.seg), c.cs.ID, kind, c.cs.Ver)
	return b, place(s.t, col, s.seg, err)
}

// Lookup implements table.Table.
func (v *tableView) Lookup(ctx context.Context, keys *vec.Vector, ords []int64) error {
	if v.t.def.Key < 0 {
		for i := range ords {
			ords[i] = -1
		}
		return ctx.Err()
	}
	return v.r.lookup(ctx, v.t, v.t.index(-1), []*vec.Vector{keys}, ords)
}

// LookupUnique implements table.Table.
func (v *tableView) LookupUnique(ctx context.Context, u int, keys []*vec.Vector, ords []int64) error {
	return v.r.lookup(ctx, v.t, v.t.index(u), keys, ords)
}
