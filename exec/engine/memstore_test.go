package engine

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/bitmap"
	"tagd/storage/table"
)

// memStore is a naive table.Store: every column plain, every commit a copy.
type memStore struct {
	mu     sync.Mutex
	now    *memState
	writer chan struct{}
	nextID uint32
	exts   types.Exts
	aside  map[string][]byte
}

type memState struct {
	version uint64
	tabs    map[string]*memTable
	meta    map[string][]byte
}

type memTable struct {
	def  *types.Table
	rows [][]vec.Datum // nil: deleted
}

func newMemStore() *memStore {
	return &memStore{now: &memState{version: 1, tabs: map[string]*memTable{}}, writer: make(chan struct{}, 1), nextID: 16384}
}

func (m *memStore) Close() error { return nil }

func (m *memStore) Exts() *types.Exts { return &m.exts }

func (m *memStore) Pages(uint32) (read, hit int64) { return 0, 0 }

func (m *memStore) Aside(key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.aside[key], nil
}

func (m *memStore) SetAside(key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.aside == nil {
		m.aside = map[string][]byte{}
	}
	m.aside[key] = value
	return nil
}

func (m *memStore) Snapshot() table.Snapshot {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *memStore) Version() uint64 { return m.Snapshot().Version() }

func (m *memStore) Begin(ctx context.Context) (table.Write, error) {
	select {
	case m.writer <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	w := &memWrite{m: m, base: m.now, next: m.now.clone(), mine: true, names: map[string]bool{}}
	return w, nil
}

func (w *memWrite) Version() uint64 { return w.next.version }

func (w *memWrite) Appended(string, []int64) error { return errors.New("not kept here") }

func (s *memState) clone() *memState {
	n := &memState{version: s.version + 1, tabs: map[string]*memTable{}, meta: s.meta}
	for name, t := range s.tabs {
		n.tabs[name] = &memTable{t.def, append([][]vec.Datum(nil), t.rows...)}
	}
	return n
}

func (s *memState) Version() uint64        { return s.version }
func (s *memState) Meta(key string) []byte { return s.meta[key] }
func (s *memState) Release()               {}
func (s *memState) Share() table.Snapshot  { return s }
func (s *memState) Tables() []*types.Table {
	var out []*types.Table
	for _, t := range s.tabs {
		out = append(out, t.def)
	}
	return out
}

func (s *memState) Table(name string) (table.Table, bool) {
	t, ok := s.tabs[name]
	return t, ok
}

func (t *memTable) Def() *types.Table                { return t.def }
func (t *memTable) Segments() int                    { return 1 }
func (t *memTable) Form(int) table.Form              { return table.FormPlain }
func (t *memTable) Dict(int) table.Dict              { return nil }
func (t *memTable) Range(int) (lo, hi int64, _ bool) { return 0, 0, false }
func (t *memTable) Bytes() int64                     { return 0 }
func (t *memTable) IndexBytes(int) int64             { return 0 }
func (t *memTable) Changed() uint64                  { return 0 }
func (t *memTable) RowVersions(context.Context, []int64, []uint64) error {
	return nil
}
func (t *memTable) Rows() (n int64) {
	for _, r := range t.rows {
		if r != nil {
			n++
		}
	}
	return n
}

func (t *memTable) find(d vec.Datum) int64 {
	for i, r := range t.rows {
		if r != nil && vec.Compare(t.def.Columns[t.def.Key].Type, r[t.def.Key], d) == 0 {
			return int64(i)
		}
	}
	return -1
}

func (t *memTable) Lookup(_ context.Context, keys *vec.Vector, ords []int64) error {
	for i := range ords {
		ords[i] = -1
		if !keys.IsNull(i) {
			ords[i] = t.find(keys.Get(i))
		}
	}
	return nil
}

func (t *memTable) LookupUnique(_ context.Context, u int, keys []*vec.Vector, ords []int64) error {
	for i := range ords {
		ords[i] = -1
		for o, r := range t.rows {
			same := r != nil
			for k, c := range t.def.Uniques[u].Cols {
				same = same && !r[c].Null && !keys[k].IsNull(i) && vec.Compare(t.def.Columns[c].Type, r[c], keys[k].Get(i)) == 0
			}
			if same {
				ords[i] = int64(o)
			}
		}
	}
	return nil
}

func (t *memTable) Segment(int) (table.Segment, error) { return memSegment{t}, nil }

type memSegment struct{ t *memTable }

func (s memSegment) Index() int { return 0 }
func (s memSegment) N() int     { return len(s.t.rows) }
func (s memSegment) Live() int  { return int(s.t.Rows()) }
func (s memSegment) Close()     {}

func (s memSegment) Eval(ctx context.Context, e *table.Rows, dst *bitmap.Set) error {
	n := s.N()
	*dst = bitmap.Set{N: n, Words: make([]uint64, (n+bitmap.BlockRows-1)/bitmap.BlockRows*bitmap.BlockWords)}
	for o := range n {
		ok := s.t.rows[o] != nil
		if ok {
			var err error
			if ok, err = s.holds(ctx, e, o); err != nil {
				return err
			}
		}
		if ok {
			dst.Words[o>>6] |= 1 << (o & 63)
			dst.Card[o/bitmap.BlockRows]++
		}
	}
	return nil
}

func (s memSegment) Count(ctx context.Context, e *table.Rows) (int64, error) {
	var set bitmap.Set
	err := s.Eval(ctx, e, &set)
	return int64(set.Count()), err
}

func (s memSegment) holds(ctx context.Context, e *table.Rows, o int) (bool, error) {
	if e == nil {
		return true, nil
	}
	switch e.Op {
	case table.OpAll:
		return true, nil
	case table.OpNone:
		return false, nil
	case table.OpNot:
		ok, err := s.holds(ctx, e.Args[0], o)
		return !ok, err
	case table.OpLeaf:
		return s.leaf(ctx, e.Leaf, o)
	}
	for _, a := range e.Args {
		ok, err := s.holds(ctx, a, o)
		if err != nil || ok == (e.Op == table.OpOr) {
			return ok, err
		}
	}
	return e.Op == table.OpAnd, nil
}

func (s memSegment) leaf(ctx context.Context, l *table.Leaf, o int) (bool, error) {
	switch l.Kind {
	case table.LeafNull:
		return s.t.rows[o][l.Col].Null, nil
	case table.LeafOffsets:
		for _, x := range l.Ords {
			if x == int64(o) {
				return true, nil
			}
		}
		return false, nil
	}
	b := &vec.Batch{N: 1}
	for _, c := range l.Cols {
		v, _ := s.Gather(c, []uint32{uint32(o)})
		b.Cols = append(b.Cols, v)
	}
	var out [1]uint64
	err := l.Func(ctx, b, out[:])
	return out[0]&1 != 0, err
}

func (s memSegment) CountCodes(_ context.Context, _ []int, rs *bitmap.Set, counts []int64) error {
	if rs == nil {
		counts[0] += s.t.Rows()
	} else {
		counts[0] += int64(rs.Count())
	}
	return nil
}

func (s memSegment) Sum(context.Context, int, *bitmap.Set) (table.IntSum, error) {
	return table.IntSum{}, nil
}
func (s memSegment) Codes(int, int, []uint16, uint16, bool) (int, error) { return 0, nil }
func (s memSegment) Ints(int, int, []int64, []uint64) (int, error)       { return 0, nil }
func (s memSegment) Lists(int, int, []uint32, []uint16) (int, []uint16, error) {
	return 0, nil, nil
}

func (s memSegment) Gather(col int, offs []uint32) (*vec.Vector, error) {
	b := vec.NewBuilder(s.t.def.Columns[col].Type, len(offs))
	for _, o := range offs {
		if s.t.rows[o] == nil {
			b.AppendNull()
			continue
		}
		b.Append(s.t.rows[o][col])
	}
	return b.Finish(), nil
}

type memWrite struct {
	m     *memStore
	base  *memState
	next  *memState
	marks []*memState
	done  bool
	mine  bool            // has the turn
	names map[string]bool // of tables that it has changed
}

// Pause gives the turn away at once. See table.Write.
func (w *memWrite) Pause() {
	_ = w.Seal(context.Background())
	w.mine = false
	<-w.m.writer
}

// Resume takes the turn again, on top of what others have committed.
func (w *memWrite) Resume(ctx context.Context) error {
	if w.mine {
		return nil
	}
	select {
	case w.m.writer <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	w.mine = true
	w.base = w.merged(w.base)
	w.next = w.base.clone()
	return nil
}

// merged is the committed state with the Write's own tables of another.
func (w *memWrite) merged(own *memState) *memState {
	w.m.mu.Lock()
	st := w.m.now.clone()
	w.m.mu.Unlock()
	for name := range w.names {
		delete(st.tabs, name)
		if t := own.tabs[name]; t != nil {
			st.tabs[name] = t
		}
	}
	return st
}

func (w *memWrite) Base() table.Snapshot { return w.base }

func (w *memWrite) NewOID() uint32 {
	w.m.nextID++
	return w.m.nextID
}

func (w *memWrite) CreateTable(def *types.Table) error {
	w.m.nextID++
	def.ID, def.NextCol = w.m.nextID, 1
	if def.OID == 0 {
		def.OID = w.NewOID()
	}
	for i := range def.Columns {
		def.Columns[i].ID = def.NextCol
		def.NextCol++
	}
	w.next.tabs[def.Path()] = &memTable{def: def}
	w.names[def.Path()] = true
	return nil
}

func (w *memWrite) AlterTable(name string, def *types.Table) error {
	old := w.next.tabs[name]
	t := &memTable{def: def}
	w.names[name], w.names[def.Path()] = true, true
	from := make([]int, len(def.Columns))
	for i := range def.Columns {
		from[i] = -1
		if def.Columns[i].ID == 0 {
			def.Columns[i].ID = def.NextCol
			def.NextCol++
			continue
		}
		for j := range old.def.Columns {
			if old.def.Columns[j].ID == def.Columns[i].ID {
				from[i] = j
			}
		}
	}
	for _, r := range old.rows {
		if r == nil {
			t.rows = append(t.rows, nil)
			continue
		}
		n := make([]vec.Datum, len(def.Columns))
		for i, f := range from {
			switch {
			case f >= 0:
				n[i] = r[f]
			case def.Columns[i].Missing != nil:
				n[i], _ = vec.ParseText(def.Columns[i].Type, *def.Columns[i].Missing, types.ISO, pgEpoch)
			default:
				n[i] = vec.Datum{Null: true}
			}
		}
		t.rows = append(t.rows, n)
	}
	delete(w.next.tabs, name)
	w.next.tabs[def.Path()] = t
	return nil
}

func (w *memWrite) DropTable(name string) error {
	delete(w.next.tabs, name)
	w.names[name] = true
	return nil
}

func (w *memWrite) Truncate(name string) error {
	w.next.tabs[name].rows = nil
	w.names[name] = true
	return nil
}

func (w *memWrite) SetMeta(key string, value []byte) error { return nil }

func (w *memWrite) Append(_ context.Context, name string, b *vec.Batch) error {
	t := w.next.tabs[name]
	w.names[name] = true
	for i := range b.N {
		row := make([]vec.Datum, len(b.Cols))
		for c, v := range b.Cols {
			row[c] = v.Get(i)
		}
		t.rows = append(t.rows, row)
	}
	return nil
}

func (w *memWrite) Update(_ context.Context, name string, ords []int64, cols []int, b *vec.Batch) error {
	t := w.next.tabs[name]
	w.names[name] = true
	for i, o := range ords {
		row := append([]vec.Datum(nil), t.rows[o]...)
		for j, c := range cols {
			row[c] = b.Cols[j].Get(i)
		}
		t.rows[o] = row
	}
	return nil
}

func (w *memWrite) Delete(_ context.Context, name string, ords []int64) error {
	w.names[name] = true
	for _, o := range ords {
		w.next.tabs[name].rows[o] = nil
	}
	return nil
}

func (w *memWrite) Unchecked() bool { return true }

func (w *memWrite) Mark(ctx context.Context) (table.Mark, error) {
	err := w.Seal(ctx)
	w.marks = append(w.marks, w.base)
	return table.Mark(len(w.marks) - 1), err
}

func (w *memWrite) Restore(m table.Mark) error {
	w.marks = w.marks[:m+1]
	w.base = w.merged(w.marks[m])
	w.next = w.base.clone()
	return nil
}

// Seal finds duplicate keys, as the store does.
func (w *memWrite) Seal(context.Context) error {
	for name, t := range w.next.tabs {
		k := t.def.Key
		for i := range t.rows {
			if k < 0 || t.rows[i] == nil || t.find(t.rows[i][k]) == int64(i) {
				continue
			}
			e := sqlerr.New(pgerrcode.UniqueViolation, `duplicate key value violates unique constraint "%s"`, t.def.KeyName)
			e.Table, e.Constraint = name, t.def.KeyName
			if old := w.base.tabs[name]; old != nil {
				e = e.WithCause(&table.RowError{Table: name, Row: int64(i - len(old.rows))})
			}
			return e.WithDetail("Key (%s)=(%s) already exists.", t.def.Columns[k].Name,
				vec.AppendDatumText(nil, t.def.Columns[k].Type, t.rows[i][k], types.ISO))
		}
	}
	w.base = w.next
	w.next = w.base.clone()
	return nil
}

func (w *memWrite) Commit(ctx context.Context) error {
	if err := errors.Join(w.Resume(ctx), w.Seal(ctx)); err != nil {
		return err
	}
	w.m.mu.Lock()
	w.m.now = w.base
	w.m.mu.Unlock()
	w.Abort()
	return nil
}

func (w *memWrite) Abort() {
	if !w.done {
		w.done = true
		if w.mine {
			<-w.m.writer
		}
	}
}
