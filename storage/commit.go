package storage

import (
	"context"
	"slices"
	"time"

	"tagd/storage/kv"
	"tagd/storage/page"
)

// Commit implements table.Write.
func (w *write) Commit(ctx context.Context) error {
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
	for _, d := range w.draft {
		if err := w.settle(ctx, d); err != nil {
			return err
		}
	}
	if len(w.draft) == 0 && len(w.gone) == 0 && len(w.metas) == 0 {
		w.dead = true
		_, err := w.out.finish()
		w.end()
		return err // nothing happened: no new version
	}
	cat := &catalogWrite{w: w, chunks: map[*dict][]dictChunk{}}
	for _, d := range w.draft {
		if err := cat.table(d); err != nil {
			return err
		}
	}
	for _, t := range w.gone {
		cat.dropped(t)
	}
	items, err := w.out.finish()
	if err != nil {
		return err
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
	w.st.seal()
	w.db.publish(w.st, garbage{w.ver, cat.garbage})
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
	if err := w.checkKeys(ctx, d); err != nil {
		return err
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
	if err := w.indexKeys(d); err != nil {
		return err
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
	puts    []item
	dels    [][]byte // catalog records
	garbage []byte   // as in the journal
	chunks  map[*dict][]dictChunk
}

func (c *catalogWrite) drop(small bool, key []byte) { c.garbage = appendJournal(c.garbage, small, key) }

func (c *catalogWrite) record(key []byte, v any) error {
	b, err := record(v)
	if err == nil {
		c.puts = append(c.puts, item{kv.Catalog, key, b})
	}
	return err
}

// table collects the records of a changed table and what it leaves behind.
func (c *catalogWrite) table(d *draft) error {
	t := d.t
	dicts := c.dicts(t)
	if d.dirty || len(dicts) > 0 || d.base == nil || len(d.base.segs) != len(t.segs) || !slices.Equal(d.base.runs, t.runs) {
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
		if !d.own[i] {
			continue
		}
		if err := c.record(keySegment(t.def.ID, uint32(i)), s); err != nil {
			return err
		}
		if d.base != nil && i < len(d.base.segs) {
			c.superseded(t.def.ID, uint32(i), d.base.segs[i], s)
		}
	}
	if d.base == nil {
		return nil
	}
	for _, r := range d.base.runs {
		if !slices.Contains(t.runs, r) {
			c.dropRun(t.def.ID, r)
		}
	}
	for id, v := range d.base.dicts {
		if t.dicts[id] == nil {
			c.dropDict(t.def.ID, id, v.d.chunks)
		}
	}
	return nil
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
		c.puts = append(c.puts, item{kv.Small, pageKey(t.def.ID, segDict, id, page.Dict, c.w.ver), p})
		ch = append(ch, dictChunk{Ver: c.w.ver, Len: d.len()})
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
	for _, r := range t.runs {
		c.dropRun(tab, r)
	}
	for id, v := range t.dicts {
		c.dropDict(tab, id, v.d.chunks)
	}
}

// write runs the transaction that is the commit.
func (c *catalogWrite) write(items []item) error {
	w := c.w
	err := c.record(keyDB, dbRecord{Format: formatVersion, Version: w.ver, NextTable: w.st.nextTable, NextOID: w.st.nextOID})
	if err == nil {
		err = c.record(keyVersion(w.ver), logRecord{Time: time.Now().UTC(), Kind: w.kind})
	}
	if err != nil {
		return err
	}
	if len(c.garbage) > 0 {
		c.puts = append(c.puts, item{kv.Journal, keyGarbage(w.ver), c.garbage})
	}
	if w.ver > maxLog {
		c.dels = append(c.dels, keyVersion(w.ver-maxLog))
	}
	return w.db.kv.Write(func(b *kv.Batch) error {
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
		for name := range w.metas {
			if err := putMeta(b, name, w.st.meta[name]); err != nil {
				return err
			}
		}
		for i := range w.out.mu.seq {
			if err := b.Delete(kv.Journal, keyPending(w.ver, i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func putMeta(b *kv.Batch, name string, value []byte) error {
	if value == nil {
		return b.Delete(kv.Catalog, keyMeta(name))
	}
	return b.Put(kv.Catalog, keyMeta(name), value)
}
