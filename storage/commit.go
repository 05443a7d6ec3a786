package storage

import (
	"context"
	"maps"
	"slices"
	"time"

	"tagd/storage/kv"
	"tagd/storage/page"
)

// Commit implements table.Write.
func (w *write) Commit(ctx context.Context) error {
	if err := w.Resume(ctx); err != nil {
		w.Abort()
		return err
	}
	if err := w.usable(); err != nil {
		w.Abort()
		return err
	}
	if err := w.commit(ctx); err != nil {
		w.Abort()
		return err
	}
	return nil
}

func (w *write) commit(ctx context.Context) error {
	if w.dirty {
		if err := w.settleAll(ctx); err != nil {
			return err
		}
	} else {
		w.st = w.base.st
	}
	w.finalState()
	cat := &catalogWrite{w: w, chunks: map[*dict][]dictChunk{}, live: map[string]bool{}}
	if err := cat.tables(w.over, w.st); err != nil {
		return err
	}
	cat.metas(w.over, w.st)
	items, err := w.out.finish()
	if err != nil {
		return err
	}
	if !cat.any {
		return w.nothing()
	}
	if err := ctx.Err(); err != nil {
		return err // the last moment
	}
	if err := cat.write(items); err != nil {
		return err
	}
	w.dead = true
	for d, ch := range cat.chunks {
		d.chunks, d.stored = ch, d.len()
	}
	w.db.publish(w.st, garbage{w.st.ver, cat.garbage})
	w.end()
	return nil
}

// finalState makes the state that is to be published: what the Write has changed,
// it has changed now, whenever its steps were.
func (w *write) finalState() {
	st := w.st.clone()
	st.ver = w.ver
	if w.kind != kindCompact {
		st.data = w.ver
		for name, t := range st.tables {
			if t != w.over.tables[name] && t.changed != w.ver {
				c := *t
				c.changed = w.ver
				st.tables[name] = &c
			}
		}
	}
	w.st = st
}

// nothing ends a Write that leaves the state as it was: no new version.
func (w *write) nothing() error {
	if w.out.mu.seq > 0 { // but it put pages into the file
		w.Abort()
		return nil
	}
	w.dead = true
	w.undo(0)
	w.end()
	return nil
}

// settle brings a draft into its final form: everything is in pages or patches
// and the key index is complete and without duplicates.
func (w *write) settle(ctx context.Context, d *draft) error {
	if d.app != nil {
		if err := d.app.finish(); err != nil {
			return err
		}
	}
	if err := w.register(d); err != nil {
		return err
	}
	for _, k := range d.keys {
		if err := w.checkKeys(ctx, d, k); err != nil {
			return err
		}
	}
	if err := w.foldLarge(ctx, d); err != nil {
		return err
	}
	for seg := range d.patches {
		s := d.t.segs[seg]
		if n := s.deletions(w.ver); n > 0 && (s.Live == 0 || n > patchRows && n*patchShare > int(s.N)) {
			if err := w.foldPresent(d, seg); err != nil {
				return err
			}
			if s = d.t.segs[seg]; s.Live == 0 {
				d.empty(seg)
			}
		}
	}
	for _, k := range d.keys {
		if err := w.indexKeys(d, k); err != nil {
			return err
		}
	}
	// Folding has changed what the patches still have to say.
	if err := w.register(d); err != nil {
		return err
	}
	for seg := range d.patches {
		d.dropPatches(seg)
	}
	for seg, p := range d.patches {
		s := d.t.segs[seg]
		n := len(s.Patches)
		if n == 0 || s.Patches[n-1].Ver != w.ver {
			continue
		}
		b := page.Seal(page.Patch, p.encode())
		s.Patches[n-1].Bytes = int64(len(b))
		w.out.put(kv.Small, pageKey(d.t.def.ID, uint32(seg), 0, page.Patch, w.ver), b)
	}
	d.t.sum()
	return nil
}

// deletions is how many rows the version's patch of the segment deletes.
func (s *segState) deletions(ver uint64) int {
	if n := len(s.Patches); n > 0 && s.Patches[n-1].Ver == ver {
		return int(s.Patches[n-1].Dels)
	}
	return 0
}

// catalogWrite collects what the last transaction of a Write does beside pages.
type catalogWrite struct {
	w       *write
	any     bool // there is something to do
	puts    []item
	dels    [][]byte // catalog records
	changed []string // Meta keys
	garbage []byte   // as in the journal
	chunks  map[*dict][]dictChunk
	live    map[string]bool // keys that the Write put and the new state needs
}

func (c *catalogWrite) drop(small bool, key []byte) { c.garbage = appendJournal(c.garbage, small, key) }

func (c *catalogWrite) record(key []byte, v any) error {
	b, err := record(v)
	if err == nil {
		c.puts = append(c.puts, item{kv.Catalog, key, b})
	}
	return err
}

// tables collects the records of the tables in which two states differ, and what
// is left behind.
func (c *catalogWrite) tables(old, now *state) error {
	was := map[uint32]*tableState{}
	for name, t := range old.tables {
		if now.tables[name] != t {
			was[t.def.ID] = t
			c.any = true
		}
	}
	for name, t := range now.tables {
		if old.tables[name] == t {
			continue
		}
		c.any = true
		if err := c.table(was[t.def.ID], t); err != nil {
			return err
		}
		delete(was, t.def.ID)
	}
	for _, t := range was {
		c.dropped(t)
	}
	return nil
}

// metas collects the Meta values in which two states differ.
func (c *catalogWrite) metas(old, now *state) {
	for name := range c.w.metas {
		if !sameMeta(old.meta[name], now.meta[name]) {
			c.changed, c.any = append(c.changed, name), true
		}
	}
}

// table collects the records of a changed table and what it leaves behind; base
// is nil for a new one.
func (c *catalogWrite) table(base, t *tableState) error {
	dicts := c.dicts(t)
	if base == nil || len(dicts) > 0 || !sameRecord(base, t) {
		r := tableRecordOf(t)
		r.Dicts = nil
		for i := range t.def.Columns {
			id := t.def.Columns[i].ID
			v := t.dicts[id]
			if v == nil {
				continue
			}
			ch := v.d.chunks
			if n, ok := dicts[id]; ok {
				ch = n
			}
			if len(ch) > 0 {
				r.Dicts = append(r.Dicts, dictRecord{Col: id, Chunks: ch})
			}
		}
		if err := c.record(keyTable(t.def.ID), r); err != nil {
			return err
		}
	}
	for i, s := range t.segs {
		var old *segState
		if base != nil && i < len(base.segs) {
			old = base.segs[i]
		}
		if s == old {
			continue
		}
		if err := c.record(keySegment(t.def.ID, uint32(i)), s); err != nil {
			return err
		}
		c.needs(t.def.ID, uint32(i), s)
		if old != nil {
			c.superseded(t.def.ID, uint32(i), old, s)
		}
	}
	runs := t.allRuns()
	for _, r := range runs {
		c.needsRun(t.def.ID, r)
	}
	if base == nil {
		return nil
	}
	for _, r := range base.allRuns() {
		if !slices.Contains(runs, r) {
			c.dropRun(t.def.ID, r)
		}
	}
	for id, v := range base.dicts {
		if t.dicts[id] == nil {
			c.dropDict(t.def.ID, id, v.d.chunks)
		}
	}
	return nil
}

// sameRecord reports whether two states of a table have the same table record,
// dictionaries aside.
func sameRecord(a, b *tableState) bool {
	return a.def == b.def && len(a.segs) == len(b.segs) && slices.Equal(a.runs, b.runs) && maps.Equal(a.plain, b.plain) &&
		maps.EqualFunc(a.uniq, b.uniq, func(x, y *uniqueState) bool { return slices.Equal(x.runs, y.runs) && slices.Equal(x.idx, y.idx) })
}

// need notes a key that the new state needs, if the Write has put it.
func (c *catalogWrite) need(ver uint64, key []byte) {
	if ver >= c.w.out.ver {
		c.live[string(key)] = true
	}
}

// needs notes the keys of a segment.
func (c *catalogWrite) needs(tab, seg uint32, s *segState) {
	for i := range s.Cols {
		for _, k := range s.Cols[i].Kinds {
			c.need(s.Cols[i].Ver, pageKey(tab, seg, s.Cols[i].ID, k, s.Cols[i].Ver))
		}
	}
	c.need(s.Present, pageKey(tab, seg, presentCol, page.Present, s.Present))
	for i := range s.Patches {
		c.need(s.Patches[i].Ver, pageKey(tab, seg, 0, page.Patch, s.Patches[i].Ver))
	}
}

func (c *catalogWrite) needsRun(tab uint32, r *keyRun) {
	for i := range r.Chunks + 1 {
		c.need(r.Ver, pageKey(tab, segRun, r.First+i, page.Keys, r.Ver))
	}
}

// maxChunks is how many chunks a dictionary is stored in before it is written as
// one.
const maxChunks = 48

// dicts writes the chunks of dictionaries that have grown and returns the new
// lists of chunks by column.
func (c *catalogWrite) dicts(t *tableState) map[uint32][]dictChunk {
	out := map[uint32][]dictChunk{}
	for id, v := range t.dicts {
		d := v.d
		if d.len() == d.stored {
			continue
		}
		from, ch := d.stored, slices.Clone(d.chunks)
		if len(ch) >= maxChunks {
			c.dropDict(t.def.ID, id, ch)
			from, ch = 1, nil
		}
		vals := d.values(from, d.len())
		p := page.Seal(page.Dict, appendVector(nil, vals, 0, vals.N))
		c.puts = append(c.puts, item{kv.Small, pageKey(t.def.ID, segDict, id, page.Dict, c.w.st.ver), p})
		ch = append(ch, dictChunk{Ver: c.w.st.ver, Len: d.len()})
		out[id] = ch
		c.chunks[d] = ch
	}
	return out
}

func (c *catalogWrite) dropDict(tab, col uint32, chunks []dictChunk) {
	for _, ch := range chunks {
		c.drop(true, pageKey(tab, segDict, col, page.Dict, ch.Ver))
	}
}

func (c *catalogWrite) dropRun(tab uint32, r *keyRun) {
	for i := range r.Chunks + 1 {
		c.drop(false, pageKey(tab, segRun, r.First+i, page.Keys, r.Ver))
	}
}

// superseded drops what segment record s no longer has of old; s nil: everything.
func (c *catalogWrite) superseded(tab, seg uint32, old, s *segState) {
	for i := range old.Cols {
		o := &old.Cols[i]
		if o.Ver == 0 || s != nil && s.col(o.ID).Ver == o.Ver {
			continue
		}
		for _, k := range o.Kinds {
			c.drop(false, pageKey(tab, seg, o.ID, k, o.Ver))
		}
	}
	if old.Present != 0 && (s == nil || s.Present != old.Present) {
		c.drop(false, pageKey(tab, seg, presentCol, page.Present, old.Present))
	}
	for i := range old.Patches {
		v := old.Patches[i].Ver
		if s == nil || !slices.ContainsFunc(s.Patches, func(p patchRef) bool { return p.Ver == v }) {
			c.drop(true, pageKey(tab, seg, 0, page.Patch, v))
		}
	}
}

// dropped drops a whole table.
func (c *catalogWrite) dropped(t *tableState) {
	tab := t.def.ID
	c.dels = append(c.dels, keyTable(tab))
	for i, s := range t.segs {
		c.dels = append(c.dels, keySegment(tab, uint32(i)))
		c.superseded(tab, uint32(i), s, nil)
	}
	for _, r := range t.allRuns() {
		c.dropRun(tab, r)
	}
	for id, v := range t.dicts {
		c.dropDict(tab, id, v.d.chunks)
	}
}

// write runs the transaction that is the commit. items are the pages that are not
// in the file yet.
func (c *catalogWrite) write(items []item) error {
	w, ver := c.w, c.w.st.ver
	err := c.record(keyDB, dbRecord{Format: formatVersion, Version: ver, NextTable: w.st.nextTable, NextOID: w.st.nextOID})
	if err == nil {
		err = c.record(keyVersion(ver), logRecord{Time: time.Now().UTC(), Kind: w.kind})
	}
	if err != nil {
		return err
	}
	journalKeys(w.out.mu.list, func(small bool, key []byte) {
		if !c.live[string(key)] {
			c.drop(small, key)
		}
	})
	items = slices.DeleteFunc(items, func(it item) bool { return !c.live[string(it.key)] })
	if len(c.garbage) > 0 {
		c.puts = append(c.puts, item{kv.Journal, keyGarbage(ver), c.garbage})
	}
	for v := w.over.ver + 1; v <= ver; v++ {
		if v > maxLog {
			c.dels = append(c.dels, keyVersion(v-maxLog))
		}
	}
	return w.db.kv.Write(func(b *kv.Batch) error { return c.batch(b, items) })
}

func (c *catalogWrite) batch(b *kv.Batch, items []item) error {
	for _, list := range [][]item{items, c.puts} {
		for i := range list {
			if err := b.Put(list[i].space, list[i].key, list[i].value); err != nil {
				return err
			}
		}
	}
	for _, k := range c.dels {
		if err := b.Delete(kv.Catalog, k); err != nil {
			return err
		}
	}
	for _, name := range c.changed {
		if err := putMeta(b, name, c.w.st.meta[name]); err != nil {
			return err
		}
	}
	for i := range c.w.out.mu.seq {
		if err := b.Delete(kv.Journal, keyPending(c.w.out.ver, i)); err != nil {
			return err
		}
	}
	return nil
}

func putMeta(b *kv.Batch, name string, value []byte) error {
	if value == nil {
		return b.Delete(kv.Catalog, keyMeta(name))
	}
	return b.Put(kv.Catalog, keyMeta(name), value)
}
