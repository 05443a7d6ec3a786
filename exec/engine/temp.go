package engine

import (
	"context"
	"maps"
	"sync"
	"time"

	"tagd/exec/objects"
	"tagd/sql/types"
	"tagd/storage/table"
)

// slots gives sessions their numbers, after which their temporary schemas are
// called. A number is taken again only when nothing of the session before is left.
type slots struct {
	mu   sync.Mutex
	used map[uint32]bool
}

// firstSlot is the number of the first session: PostgreSQL's launchers of
// autovacuum and of replication have those before it.
const firstSlot = 3

func (t *slots) take() uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.used == nil {
		t.used = map[uint32]bool{}
	}
	n := uint32(firstSlot)
	for t.used[n] {
		n++
	}
	t.used[n] = true
	return n
}

func (t *slots) give(n uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.used, n)
}

// dropTemp removes the temporary objects of one schema, or with ns 0 those of
// all: what a crash has left behind. There may be none.
func (e *Engine) dropTemp(ctx context.Context, ns uint32) error {
	ours := func(n uint32) bool { return objects.IsTemp(n) && (ns == 0 || n == ns) }
	snap := e.store.Snapshot()
	found := false
	for _, def := range snap.Tables() {
		found = found || ours(def.NS)
	}
	dbs := append([]uint32{0}, databasesOf(snap).oids()...)
	for _, db := range dbs {
		if o, err := e.sets.get(snap, db); err == nil {
			found = found || withoutSchema(o, ours) != nil
		}
	}
	snap.Release()
	if !found {
		return nil
	}
	w, err := e.store.Begin(ctx)
	if err != nil {
		return err
	}
	defer w.Abort()
	if err := e.dropTempIn(w, dbs, ours); err != nil {
		return err
	}
	return w.Commit(ctx)
}

func (e *Engine) dropTempIn(w table.Write, dbs []uint32, ours func(uint32) bool) error {
	for _, def := range append([]*types.Table(nil), w.Base().Tables()...) {
		if ours(def.NS) {
			if err := w.DropTable(def.Path()); err != nil {
				return err
			}
		}
	}
	for _, db := range dbs {
		o, err := e.sets.get(w.Base(), db)
		if err != nil {
			continue // left as it is
		}
		if o = withoutSchema(o, ours); o == nil {
			continue
		}
		b, err := o.Encode()
		if err == nil {
			err = w.SetMeta(objectsKey(db), b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// withoutSchema returns the objects without those of some schemas, nil where
// there are none of them.
func withoutSchema(o *objects.Set, gone func(ns uint32) bool) *objects.Set {
	c := o.Clone()
	n := len(c.Views) + len(c.Sequences) + len(c.Types) + len(c.Indexes)
	maps.DeleteFunc(c.Views, func(_ uint32, v *objects.View) bool { return gone(v.NS) })
	maps.DeleteFunc(c.Sequences, func(_ uint32, v *objects.Sequence) bool { return gone(v.NS) })
	maps.DeleteFunc(c.Types, func(_ uint32, v *objects.Type) bool { return gone(v.NS) })
	maps.DeleteFunc(c.Indexes, func(_ uint32, v *objects.Index) bool { return gone(v.NS) })
	if len(c.Views)+len(c.Sequences)+len(c.Types)+len(c.Indexes) == n {
		return nil
	}
	return c
}

// discardTemp runs DISCARD TEMP: the session goes on with an empty temporary
// schema.
func (s *Session) discardTemp(ctx context.Context) error {
	if s.temp == 0 {
		return nil
	}
	if err := s.lockCatalog(ctx); err != nil {
		return err
	}
	w, err := s.writer(ctx, "DISCARD TEMP")
	if err != nil {
		return err
	}
	ns := s.temp
	if err := s.seal(ctx); err != nil {
		return err
	}
	s.tx.changed = true
	if err := s.e.dropTempIn(w, databasesOf(w.Base()).oids(), func(n uint32) bool { return n == ns }); err != nil {
		return err
	}
	return s.seal(ctx)
}

// closeTemp removes the session's temporary objects and gives its number back.
// Where they cannot be removed now the next start does it, and the number is not
// given out again.
func (s *Session) closeTemp() {
	if s.temp == 0 {
		s.e.slots.give(s.slot)
		return
	}
	ns := s.temp
	s.temp = 0
	drop := func(ctx context.Context) bool {
		if s.e.locks.lock(ctx, s, catalogTag, exclusiveLock, true) != nil {
			return false
		}
		defer s.e.locks.endTx(s, 0)
		err := s.e.dropTemp(ctx, ns)
		if err == nil {
			s.e.slots.give(s.slot)
		}
		return err == nil
	}
	// A long transaction of another session is waited for aside.
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if !drop(ctx) && ctx.Err() != nil {
		go drop(context.Background())
	}
}

// atCommit does what ON COMMIT asks of temporary tables.
func (s *Session) atCommit(ctx context.Context) error {
	if len(s.onCommit) == 0 || s.tx.write == nil {
		return nil
	}
	if err := s.seal(ctx); err != nil {
		return err
	}
	r := s.newRun(nil)
	defer r.close()
	e, err := s.editing(r, s.tx.write)
	if err != nil {
		return err
	}
	var gone []addr
	var emptied []*types.Table
	for oid, what := range s.onCommit {
		def := e.c.byOID(oid)
		switch {
		case def == nil:
			delete(s.onCommit, oid)
		case what == "drop":
			delete(s.onCommit, oid)
			gone = append(gone, addr{class: depRelation, oid: oid})
		default:
			emptied = append(emptied, def)
			if t, ok := e.c.snap.Table(def.Path()); ok && t.Rows() > 0 {
				if err := e.w.Truncate(def.Path()); err != nil {
					return err
				}
				s.truncated(def)
			}
		}
	}
	if err := e.emptiedAtCommit(emptied); err != nil || len(gone) == 0 {
		return err
	}
	g := newGraph(e.c)
	return e.remove(g, g.doomed(gone))
}
