package storage

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"sync"
	"time"

	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/page"
	"tagd/storage/table"
)

// state is one committed state of the file: immutable once it is published.
type state struct {
	ver       uint64
	data      uint64 // the last version that changed what a reader sees: not a compaction
	nextTable uint32
	nextOID   uint32
	tables    map[string]*tableState
	meta      map[string][]byte
	defs      []*types.Table // of tables, in name order
}

// clone copies the maps; tables are shared until they are changed.
func (s *state) clone() *state {
	c := *s
	c.tables = make(map[string]*tableState, len(s.tables))
	for k, v := range s.tables {
		c.tables[k] = v
	}
	c.meta = make(map[string][]byte, len(s.meta))
	for k, v := range s.meta {
		c.meta[k] = v
	}
	return &c
}

// seal sorts the definitions; the last step before a state is published.
func (s *state) seal() {
	s.defs = make([]*types.Table, 0, len(s.tables))
	for _, t := range s.tables {
		s.defs = append(s.defs, t.def)
	}
	sort.Slice(s.defs, func(i, j int) bool { return s.defs[i].Name < s.defs[j].Name })
}

// tableState is one table in one state.
type tableState struct {
	def   *types.Table
	segs  []*segState
	dicts map[uint32]*dictView // by column ID, for columns that have or had codes
	plain map[uint32]bool      // columns that outgrew their dictionary
	short map[uint32]error     // columns whose dictionary could not be read whole, and why
	runs  []*keyRun            // newest last
	fresh *freshKeyset
	uniq  map[uint32]*uniqueState // indexes of constraints by ID
	rows  int64
	bytes int64
	// changed is the version that changed what a reader sees of it, or the one that
	// was current when the file was opened.
	changed uint64
	defs    *defCache
}

// defCache holds what is derived from a definition; shared by the states that
// have the same definition.
type defCache struct {
	once    sync.Once
	missing []vec.Datum // by position: the value of rows older than the column
	err     error
	mu      sync.Mutex
	keyers  map[int]table.Keyer // of computed keys, by position in Uniques
}

// missingOf returns the value of rows that are older than a column.
func (t *tableState) missingOf(col int) (vec.Datum, error) {
	c := t.defs
	c.once.Do(func() {
		c.missing = make([]vec.Datum, len(t.def.Columns))
		for i := range t.def.Columns {
			col := &t.def.Columns[i]
			c.missing[i].Null = true
			if col.Missing == nil {
				continue
			}
			d, err := vec.ParseText(col.Type, *col.Missing, types.ISO, time.Time{})
			if err != nil {
				c.err = err
			}
			c.missing[i] = d
		}
	})
	return c.missing[col], c.err
}

func (t *tableState) clone() *tableState {
	c := *t
	c.segs = slices.Clone(t.segs)
	c.dicts = make(map[uint32]*dictView, len(t.dicts))
	for k, v := range t.dicts {
		c.dicts[k] = v
	}
	c.plain = make(map[uint32]bool, len(t.plain))
	for k := range t.plain {
		c.plain[k] = true
	}
	c.runs = slices.Clone(t.runs)
	c.uniq = maps.Clone(t.uniq)
	return &c
}

// form is the form that new pages of the column have, and the one that all
// segments have unless some are older than the column's fall from coded to plain.
func (t *tableState) form(col int) table.Form {
	if t.plain[t.def.Columns[col].ID] {
		return table.FormPlain
	}
	return formOf(t.def, col)
}

// dict is the view of a column's dictionary, nil if it has none.
func (t *tableState) dict(col int) *dictView { return t.dicts[t.def.Columns[col].ID] }

// sum adds up rows and bytes; called before a state is published.
func (t *tableState) sum() {
	t.rows, t.bytes = 0, 0
	for _, s := range t.segs {
		t.rows += int64(s.Live)
		t.bytes += s.bytes()
	}
	for _, r := range t.allRuns() {
		t.bytes += r.Bytes
	}
}

// allRuns returns the key runs of all indexes.
func (t *tableState) allRuns() []*keyRun {
	all := slices.Clone(t.runs)
	for _, u := range t.uniq {
		all = append(all, u.runs...)
	}
	return all
}

// colState is one column of one segment.
type colState struct {
	ID    uint32      `json:"id"`
	Ver   uint64      `json:"v,omitempty"`  // version of the base pages; 0: the column has none here
	N     uint32      `json:"n,omitempty"`  // ordinals that the base pages cover
	Form  table.Form  `json:"f,omitempty"`  // of the base pages
	Kinds []page.Kind `json:"k,omitempty"`  // pages that there are
	Bytes int64       `json:"b,omitempty"`  // their size
	Last  uint64      `json:"p,omitempty"`  // version of the last patch that touches the column
	Has   bool        `json:"h,omitempty"`  // FormInt: there are bounds
	Min   int64       `json:"lo,omitempty"` // bounds of the values, perhaps wider than the live rows'
	Max   int64       `json:"hi,omitempty"`
}

// version names the column's content.
func (c *colState) version() uint64 { return max(c.Ver, c.Last) }

// widen takes bounds in.
func (c *colState) widen(has bool, lo, hi int64) {
	switch {
	case !has:
	case !c.Has:
		c.Has, c.Min, c.Max = true, lo, hi
	default:
		c.Min, c.Max = min(c.Min, lo), max(c.Max, hi)
	}
}

// patchRef is a patch that is still needed.
type patchRef struct {
	Ver   uint64   `json:"v"`
	Cols  []uint32 `json:"c,omitempty"` // column IDs that it has values of
	Upto  uint32   `json:"u,omitempty"` // or: all columns with an ID below (appended rows)
	Dels  uint32   `json:"d,omitempty"` // rows that it deletes
	Rows  uint32   `json:"r,omitempty"` // rows that it appends
	Bytes int64    `json:"b,omitempty"`
}

func (p *patchRef) has(id uint32) bool {
	return id < p.Upto || slices.Contains(p.Cols, id)
}

// segState is one segment of a table in one state. Cols is sorted by ID.
type segState struct {
	N    uint32 `json:"n"`           // ordinals given out
	Live uint32 `json:"l"`           // of them live
	Asc  uint32 `json:"a,omitempty"` // keys of the first Asc ordinals ascend, and are above those of all earlier segments
	Idx  uint32 `json:"x,omitempty"` // keys of ordinals in [Asc, Idx) are in key runs, later ones are fresh
	// Bounds of the first Asc keys.
	AscMin int64 `json:"am,omitempty"`
	AscMax int64 `json:"ax,omitempty"`
	// Present is the version of the present page, 0: all rows below its time lived.
	Present  uint64     `json:"pv,omitempty"`
	PresentB int64      `json:"pb,omitempty"`
	LastDel  uint64     `json:"pd,omitempty"` // version of the last patch that deletes
	Cols     []colState `json:"c,omitempty"`
	Patches  []patchRef `json:"p,omitempty"`

	err error // the record cannot be read: every use of the segment fails with it
}

func (s *segState) clone() *segState {
	c := *s
	c.Cols = slices.Clone(s.Cols)
	c.Patches = slices.Clone(s.Patches)
	return &c
}

func (s *segState) find(id uint32) (int, bool) {
	return slices.BinarySearchFunc(s.Cols, id, func(c colState, id uint32) int { return cmp.Compare(c.ID, id) })
}

// col returns the column's state; a column without pages and patches has one
// with versions 0.
func (s *segState) col(id uint32) colState {
	if i, ok := s.find(id); ok {
		return s.Cols[i]
	}
	return colState{ID: id}
}

// colMut returns the column's state for changing; s must be the caller's own.
func (s *segState) colMut(id uint32) *colState {
	i, ok := s.find(id)
	if !ok {
		s.Cols = slices.Insert(s.Cols, i, colState{ID: id})
	}
	return &s.Cols[i]
}

func (s *segState) presentVersion() uint64 { return max(s.Present, s.LastDel) }

func (s *segState) bytes() int64 {
	n := s.PresentB
	for i := range s.Cols {
		n += s.Cols[i].Bytes
	}
	for i := range s.Patches {
		n += s.Patches[i].Bytes
	}
	return n
}

// needed reports whether some column of cols, or the present bitmap, still
// needs the patch.
func (s *segState) needed(p *patchRef, cols []types.Column) bool {
	if p.Dels > 0 && s.Present < p.Ver || s.needsBorn(p) {
		return true
	}
	for i := range cols {
		if id := cols[i].ID; p.has(id) && s.col(id).Ver < p.Ver {
			return true
		}
	}
	return false
}
