package storage

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/kv"
	"tagd/storage/table"
)

// write implements table.Write. It is a row of steps, each with a version of its
// own and the state it made, of which the last one is published; see steps.go.
type write struct {
	db        *DB
	committed *snapshot  // what the Write started from: it keeps that and all later states in the file
	over      *state     // the committed state that base is made from
	own       *changes   // what base has changed of it
	paused    bool       // it may lose the turn, or has; its owner sets this
	parked    bool       // another Write has had the turn since it was given away
	mu        sync.Mutex // held by who seals the Write for its owner, and against that one
	base      *snapshot  // the newest sealed state
	out       *output
	kind      string          // for the version log
	metas     map[string]bool // Meta keys that were ever changed
	steps     []step          // sealed ones
	marks     []mark
	dead      bool

	// The step in hand.
	ver   uint64
	st    *state // the state being made; its tables are drafts' once touched
	r     *reader
	lens  map[*dict]int     // dictionaries at its start
	draft map[string]*draft // by name
	dirty bool              // it has changed something
	err   error             // a failure after which it can only be undone
}

// draft is a table that the Write changes.
type draft struct {
	t        *tableState
	base     *tableState // nil for a new table
	app      *appender
	patches  map[int]*patch
	own      map[int]bool  // segments that are the draft's own copies
	rewrit   map[int]bool  // segments with base pages of this Write
	keys     []*draftIndex // keys appended, by index, the primary key's first; of it those that do not ascend
	ranges   []appendRange
	appended int64 // rows
	maxKey   int64 // of all integer keys so far
	hasKey   bool
	nextRun  uint32 // number of the next key run chunk
	bytes    int64  // of buffered updates
}

// Begin implements table.Store.
func (db *DB) Begin(ctx context.Context) (table.Write, error) { return db.begin(ctx, "write") }

func (db *DB) begin(ctx context.Context, kind string) (*write, error) {
	if db.opts.ReadOnly {
		return nil, sqlerr.New(pgerrcode.ReadOnlySQLTransaction, "the data file is open for reading only")
	}
	if err := db.take(ctx); err != nil {
		return nil, err
	}
	db.retryLeftovers()
	w := &write{db: db, committed: db.snapshot(), kind: kind, metas: map[string]bool{}}
	w.base, w.over, w.own = w.committed, w.committed.st, &changes{}
	w.out = &output{db: db}
	w.newStep()
	w.out.ver = w.ver
	return w, nil
}

// Base implements table.Write.
func (w *write) Base() table.Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.parked && w.usable() == nil {
		_ = w.refresh() // its next use says what is wrong
	}
	return unowned{w.base}
}

// Version implements table.Write.
func (w *write) Version() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ver
}

// unowned is a snapshot that someone else releases.
type unowned struct{ *snapshot }

// Release implements table.Snapshot.
func (unowned) Release() {}

// usable says why the Write cannot go on, if so.
func (w *write) usable() error {
	if w.dead {
		return sqlerr.New(pgerrcode.InternalError, "the write has ended")
	}
	return w.err
}

// fail keeps an error after which the Write is in no state to be committed.
func (w *write) fail(err error) error {
	if err != nil && w.err == nil {
		w.err = err
	}
	return err
}

// table returns the draft of the named table.
func (w *write) table(name string) (*draft, error) {
	if err := w.usable(); err != nil {
		return nil, err
	}
	if d := w.draft[name]; d != nil {
		return d, nil
	}
	t := w.st.tables[name]
	if t == nil {
		return nil, sqlerr.New(pgerrcode.UndefinedTable, "relation \"%s\" does not exist", name)
	}
	for _, err := range t.short {
		return nil, err
	}
	for _, s := range t.segs {
		if s.err != nil {
			return nil, s.err
		}
	}
	if err := w.claim(t.def); err != nil {
		return nil, err
	}
	d := newDraft(t.clone())
	d.base = t
	for _, v := range t.dicts {
		w.lens[v.d] = v.d.len()
	}
	d.findMaxKey()
	w.st.tables[name] = d.t
	w.draft[name] = d
	w.dirty = true
	return d, nil
}

func newDraft(t *tableState) *draft {
	return &draft{t: t, patches: map[int]*patch{}, own: map[int]bool{}, rewrit: map[int]bool{}}
}

// findMaxKey finds the highest of all integer keys.
func (d *draft) findMaxKey() {
	k := d.t.def.Key
	if k < 0 {
		return
	}
	for _, s := range d.t.segs {
		if c := s.col(d.t.def.Columns[k].ID); c.Has && (!d.hasKey || c.Max > d.maxKey) {
			d.hasKey, d.maxKey = true, c.Max
		}
		if s.Asc > 0 && s.AscMax > d.maxKey {
			d.hasKey, d.maxKey = true, s.AscMax
		}
	}
}

// seg returns a segment for changing.
func (d *draft) seg(i int) *segState {
	if !d.own[i] {
		d.t.segs[i] = d.t.segs[i].clone()
		d.own[i] = true
	}
	return d.t.segs[i]
}

// patch returns the Write's patch of a segment.
func (d *draft) patch(i int) *patch {
	p := d.patches[i]
	if p == nil {
		p = &patch{}
		d.patches[i] = p
	}
	return p
}

// CreateTable implements table.Write.
func (w *write) CreateTable(def *types.Table) error {
	if err := w.usable(); err != nil {
		return err
	}
	if w.st.tables[def.Path()] != nil {
		return sqlerr.New(pgerrcode.DuplicateTable, "relation \"%s\" already exists", def.Name)
	}
	if len(w.st.tables) >= maxTables {
		return sqlerr.New(pgerrcode.ProgramLimitExceeded, "a file can have at most %d tables", maxTables)
	}
	if err := checkDef(def); err != nil {
		return err
	}
	def = def.Clone()
	def.ID, def.NextCol = w.newTableID(), 1
	if def.OID == 0 {
		def.OID = w.NewOID()
	}
	for i := range def.Columns {
		def.Columns[i].ID = def.NextCol
		def.NextCol++
	}
	for i := range def.Uniques {
		def.Uniques[i].ID = def.NextCol
		def.NextCol++
	}
	w.newTable(def)
	return nil
}

func (w *write) newTable(def *types.Table) *draft {
	t := &tableState{def: def, dicts: map[uint32]*dictView{}, plain: map[uint32]bool{}, uniq: map[uint32]*uniqueState{}, fresh: &freshKeyset{ready: true}, defs: &defCache{}}
	addDicts(t)
	d := newDraft(t)
	w.dirty = true
	w.st.tables[def.Path()] = t
	w.draft[def.Path()] = d
	return d
}

// AlterTable implements table.Write.
func (w *write) AlterTable(name string, def *types.Table) error {
	d, err := w.table(name)
	if err != nil {
		return err
	}
	if err := checkDef(def); err != nil {
		return err
	}
	if def.Path() != name && w.st.tables[def.Path()] != nil {
		return sqlerr.New(pgerrcode.DuplicateTable, "relation \"%s\" already exists", def.Name)
	}
	if d.app != nil || len(d.patches) > 0 {
		return sqlerr.Unsupported(-1, "changing the definition of table \"%s\" after its rows in one transaction", name)
	}
	old := d.t.def
	def = def.Clone()
	def.ID, def.OID, def.NextCol = old.ID, old.OID, max(old.NextCol, def.NextCol)
	for i := range def.Columns {
		if def.Columns[i].ID == 0 {
			def.Columns[i].ID = def.NextCol
			def.NextCol++
		}
	}
	var added []int // indexes to be built
	for i := range def.Uniques {
		if def.Uniques[i].ID == 0 {
			def.Uniques[i].ID = def.NextCol
			def.NextCol++
			if !def.Uniques[i].Deferrable {
				added = append(added, i)
			}
		}
	}
	if d.alterKey(old, def) {
		added = append(added, -1)
	}
	d.t.def, d.t.defs = def, &defCache{}
	d.dropColumns()
	addDicts(d.t)
	if err := w.internMissing(d); err != nil {
		return w.fail(err)
	}
	for _, u := range added {
		if err := w.buildIndex(w.db.ctx, d, u); err != nil {
			return w.fail(err)
		}
	}
	d.findMaxKey()
	delete(w.st.tables, name)
	delete(w.draft, name)
	w.st.tables[def.Path()] = d.t
	w.draft[def.Path()] = d
	return nil
}

// alterKey drops the index of a key that a new definition does not have: the key
// with its column, or alone; its text column then stays plain. It reports
// whether there is a new key, whose index is to be built.
func (d *draft) alterKey(old, def *types.Table) (added bool) {
	if old.Key >= 0 && (def.Key < 0 || old.Columns[old.Key].ID != def.Columns[def.Key].ID) {
		id := old.Columns[old.Key].ID
		if formOf(old, old.Key) == table.FormPlain {
			d.t.plain[id] = true
		}
		d.t.runs, d.t.fresh = nil, &freshKeyset{ready: true}
		for i := range d.t.segs {
			s := d.seg(i)
			s.Asc, s.Idx = 0, s.N
		}
		d.hasKey = false
	}
	if def.Key < 0 || old.Key >= 0 && old.Columns[old.Key].ID == def.Columns[def.Key].ID {
		return false
	}
	for i := range d.t.segs {
		s := d.seg(i)
		s.Asc, s.Idx = 0, 0
	}
	return true
}

// dropColumns forgets the pages of columns that the definition no longer has.
func (d *draft) dropColumns() {
	has := map[uint32]bool{bornCol: true}
	for i := range d.t.def.Columns {
		has[d.t.def.Columns[i].ID] = true
	}
	for id := range d.t.dicts {
		if !has[id] {
			delete(d.t.dicts, id)
		}
	}
	for id := range d.t.plain {
		if !has[id] {
			delete(d.t.plain, id)
		}
	}
	for id := range d.t.uniq {
		if !slices.ContainsFunc(d.t.def.Uniques, func(u types.Unique) bool { return u.ID == id }) {
			delete(d.t.uniq, id)
		}
	}
	for i, s := range d.t.segs {
		gone := false
		for k := range s.Cols {
			gone = gone || !has[s.Cols[k].ID]
		}
		if !gone {
			continue
		}
		s = d.seg(i)
		kept := s.Cols[:0]
		for _, c := range s.Cols {
			if has[c.ID] {
				kept = append(kept, c)
			}
		}
		s.Cols = kept
		d.dropPatches(i)
	}
}

// dropPatches forgets the patches of a segment that nothing needs any more.
func (d *draft) dropPatches(i int) {
	s := d.seg(i)
	kept := s.Patches[:0]
	for k := range s.Patches {
		if s.needed(&s.Patches[k], d.t.def.Columns) {
			kept = append(kept, s.Patches[k])
		}
	}
	s.Patches = kept
}

// internMissing gives the values of rows older than their column a code.
func (w *write) internMissing(d *draft) error {
	for i := range d.t.def.Columns {
		c := &d.t.def.Columns[i]
		f := d.t.form(i)
		if c.Missing == nil || f == table.FormPlain || f == table.FormFloat {
			continue
		}
		m, err := d.t.missingOf(i)
		if err != nil {
			return err
		}
		if f == table.FormInt {
			if m.D.Form != types.Finite {
				d.t.plain[c.ID] = true // NaN
			}
			continue
		}
		dv := d.t.dict(i)
		if _, ok := w.lens[dv.d]; !ok {
			w.lens[dv.d] = dv.d.len()
		}
		if err := newColBuf(c.Type, f, dv.d).appendVec(vec.NewConst(c.Type, m, 1), 0, 1); err != nil {
			return err
		}
		d.t.dicts[c.ID] = dv.d.view()
	}
	return nil
}

// DropTable implements table.Write.
func (w *write) DropTable(name string) error {
	d, err := w.table(name)
	if err != nil {
		return err
	}
	if d.app != nil {
		d.app.stop()
	}
	delete(w.st.tables, name)
	delete(w.draft, name)
	w.dirty = true
	return nil
}

// Truncate implements table.Write: the table starts anew under another ID.
func (w *write) Truncate(name string) error {
	d, err := w.table(name)
	if err != nil {
		return err
	}
	def := d.t.def.Clone()
	if err := w.DropTable(name); err != nil {
		return err
	}
	def.ID = w.newTableID()
	for i := range def.Columns {
		def.Columns[i].Missing = nil // no row is older than its column now
	}
	w.newTable(def)
	return nil
}

// NewOID implements table.Write.
func (w *write) NewOID() uint32 {
	oid := max(w.st.nextOID, w.db.given.oid) // an OID of a Write that was given up is not given out again
	w.st.nextOID, w.db.given.oid = oid+1, oid+1
	return oid
}

// newTableID gives out an ID that no other open Write has given out.
func (w *write) newTableID() uint32 {
	id := max(w.st.nextTable, w.db.given.table)
	w.st.nextTable, w.db.given.table = id+1, id+1
	return id
}

// SetMeta implements table.Write.
func (w *write) SetMeta(key string, value []byte) error {
	if err := w.usable(); err != nil {
		return err
	}
	if len(value) > maxMeta || len(key) > 1024 {
		return sqlerr.New(pgerrcode.ProgramLimitExceeded, "value of %q is too large: %d bytes, limit %d", strings.ToValidUTF8(key, "?"), len(value), maxMeta)
	}
	if err := w.claimMeta(key); err != nil {
		return err
	}
	w.metas[key], w.dirty = true, true
	if value == nil {
		delete(w.st.meta, key)
	} else {
		w.st.meta[key] = append([]byte{}, value...)
	}
	return nil
}

// Abort implements table.Write.
func (w *write) Abort() {
	if w.dead {
		return
	}
	w.mu.Lock() // someone may be sealing it
	w.dead = true
	w.mu.Unlock()
	w.undo(0)
	_, _ = w.out.finish() // its error is why we are here, or does not matter any more
	w.out.mu.Lock()
	left := leftover{list: w.out.mu.list}
	for i := range w.out.mu.seq {
		left.records = append(left.records, keyPending(w.out.ver, i))
	}
	w.out.mu.Unlock()
	if len(left.records) > 0 {
		w.db.left.Lock()
		w.db.left.list = append(w.db.left.list, left)
		w.db.left.Unlock()
		w.db.retryLeftovers()
	}
	w.end()
}

// end gives the turn to the next writer.
func (w *write) end() {
	w.committed.Release()
	w.leave()
}

// spaceOf is where pages of a kind are kept.
func spaceOf(small bool) kv.Space {
	if small {
		return kv.Small
	}
	return kv.Pages
}
