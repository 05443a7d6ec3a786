package engine

import (
	"context"
	"maps"
	"slices"

	"tagd/exec/objects"
	"tagd/sql/ast"
	"tagd/sql/types"
	"tagd/storage/table"
)

// Who changes what. A transaction locks the tables that it changes until it ends,
// and before it defines anything the catalog: others wait for it there. The right
// to write itself (writerTag) is a turn that goes from statement to statement: a
// session takes it after its locks and gives it back when its client is answered,
// so that nobody waits for a transaction that has nothing to do with his.

// catalogTag is the right to define objects.
var catalogTag = lockTag{kind: txKind, class: 1}

// tableTag is the right to change a table's rows or, shared, to rely on its keys.
func tableTag(oid uint32) lockTag { return lockTag{kind: txKind, class: 1259, obj: oid} }

// wants are the tables that a statement locks, by OID.
type wants map[uint32]lockMode

// change adds a table whose rows are changed, with those that foreign keys make it
// rely on and those that their actions change.
func (w wants) change(c *catalog, def *types.Table) {
	if m, ok := w[def.OID]; ok && m == exclusiveLock || objects.IsTemp(def.NS) {
		return
	}
	w[def.OID] = exclusiveLock
	for i := range def.Refs {
		w.rely(def.Refs[i].Table)
	}
	for _, f := range c.referring(def.OID) {
		if changesRows(f.key.OnDelete) || changesRows(f.key.OnUpdate) {
			w.change(c, f.def)
		}
	}
}

func (w wants) rely(oid uint32) {
	if _, ok := w[oid]; !ok {
		w[oid] = shareLock
	}
}

func changesRows(action string) bool { return action == "c" || action == "n" || action == "d" }

// lockAll takes the locks, in the order of OIDs; noWait: or none of those that
// others have, and ok is false.
func (s *Session) lockAll(ctx context.Context, w wants, noWait bool) (ok bool, err error) {
	for _, oid := range slices.Sorted(maps.Keys(w)) {
		if ok, err = s.lockOne(ctx, tableTag(oid), w[oid], noWait); !ok {
			return false, err
		}
	}
	return true, nil
}

// lockOne takes a lock of the transaction. Who must wait for it does so without the
// turn to write.
func (s *Session) lockOne(ctx context.Context, t lockTag, m lockMode, noWait bool) (bool, error) {
	if s.e.locks.holds(s, t, m) {
		return true, nil
	}
	if ok, err := s.e.locks.tryLock(s, t, m, true); ok || err != nil || noWait {
		return ok, err
	}
	s.pause()
	err := s.waiting(ctx, func(ctx context.Context) error { return s.e.locks.lock(ctx, s, t, m, true) })
	return err == nil, err
}

// waiting calls what waits before a statement has begun, by the clock of
// statement_timeout.
func (s *Session) waiting(ctx context.Context, wait func(context.Context) error) error {
	r := s.newRun(nil)
	defer r.close()
	defer r.attach(ctx)()
	return r.err(wait(r.ctx))
}

// acquire takes what a planned statement needs to change rows: its locks, then the
// turn. If it had to wait for them, or others have committed since it was planned,
// it is looked at again.
func (s *Session) acquire(ctx context.Context, p *prepared) error {
	pl := p.plan
	if p.inner != nil {
		pl = p.inner.plan
	}
	defs := pl.Facts.Changed
	if len(defs) == 0 || s.tx.readOnly {
		return nil
	}
	if err := s.lockDefs(ctx, defs); err != nil {
		return err
	}
	w, err := s.writer(ctx, "")
	if err != nil {
		return err
	}
	if p.seen && p.version == w.Base().Version() {
		return nil
	}
	if err := s.refresh(p); err != nil {
		return err
	}
	return s.permitted(p)
}

func (s *Session) lockDefs(ctx context.Context, defs []*types.Table) error {
	c, release := s.catalog()
	w := wants{}
	for _, def := range defs {
		w.change(c, def)
	}
	release()
	_, err := s.lockAll(ctx, w, false)
	return err
}

// lockNames takes what a definition needs: the catalog, and the tables that it
// names, with their neighbours by foreign keys. Tables that it comes to otherwise
// (CASCADE) it locks when it changes them.
func (s *Session) lockNames(ctx context.Context, u ast.Stmt) error {
	changed, relied := namedTables(u)
	if changed == nil && relied == nil || s.tx.readOnly {
		return nil
	}
	if err := s.waiting(ctx, s.lockCatalog); err != nil {
		return err
	}
	c, release := s.catalog()
	w := wants{}
	for _, n := range changed {
		if r := c.findIndex(n.Schema, n.Name); r != nil && r.def != nil {
			w.change(c, r.def)
			for _, f := range c.referring(r.def.OID) {
				w.change(c, f.def)
			}
		}
	}
	for _, n := range relied {
		if r := c.find(n.Schema, n.Name); r != nil && r.def != nil {
			w.change(c, r.def) // its definition is looked at, its rows are read
		}
	}
	release()
	_, err := s.lockAll(ctx, w, false)
	return err
}

// lockCatalog takes the right to define objects.
func (s *Session) lockCatalog(ctx context.Context) error {
	if s.e.locks.holds(s, catalogTag, exclusiveLock) {
		return nil
	}
	s.pause()
	return s.e.locks.lock(ctx, s, catalogTag, exclusiveLock, true)
}

// namedTables are the tables that a definition changes and those that its foreign
// keys refer to; nil, nil: it is none that has to do with tables.
func namedTables(u ast.Stmt) (changed, relied []ast.Name) {
	refs := func(list []ast.Constraint) {
		for i := range list {
			if list[i].Refs != nil {
				relied = append(relied, list[i].Refs.Table)
			}
		}
	}
	switch u := u.(type) {
	case *ast.AlterTable:
		changed = []ast.Name{u.Name}
		for i := range u.Actions {
			a := &u.Actions[i]
			if a.Constraint != nil {
				refs([]ast.Constraint{*a.Constraint})
			}
			if a.Def != nil {
				refs(a.Def.Constraints)
			}
		}
	case *ast.CreateTable:
		changed = []ast.Name{u.Name}
		refs(u.Constraints)
		for i := range u.Columns {
			refs(u.Columns[i].Constraints)
		}
	case *ast.Drop:
		changed = u.Names
	case *ast.Truncate:
		changed = u.Names
	case *ast.CreateIndex:
		changed = []ast.Name{u.Table}
	case *ast.Rename:
		changed = []ast.Name{u.Name}
	case *ast.SetSchema:
		changed = []ast.Name{u.Name}
	case *ast.SetOwner:
		changed = []ast.Name{u.Name}
	case *ast.Refresh:
		changed = []ast.Name{u.Name}
	}
	return changed, relied
}

// locked is the Write of a session: it locks a table that a definition has come to
// before it is changed. All others are locked before the turn is taken.
type locked struct {
	table.Write
	s   *Session
	ctx context.Context // of the statement in hand
}

func (w *locked) lock(name string) error {
	t, ok := w.Write.Base().Table(name)
	if !ok || objects.IsTemp(t.Def().NS) {
		return nil // it is new
	}
	tag := tableTag(t.Def().OID)
	if w.s.e.locks.holds(w.s, tag, exclusiveLock) {
		return nil
	}
	return w.s.e.locks.lock(w.ctx, w.s, tag, exclusiveLock, true)
}

// AlterTable changes a definition. See table.Write.
func (w *locked) AlterTable(name string, def *types.Table) error {
	if err := w.lock(name); err != nil {
		return err
	}
	return w.Write.AlterTable(name, def)
}

// DropTable removes a table. See table.Write.
func (w *locked) DropTable(name string) error {
	if err := w.lock(name); err != nil {
		return err
	}
	return w.Write.DropTable(name)
}

// Truncate empties a table. See table.Write.
func (w *locked) Truncate(name string) error {
	if err := w.lock(name); err != nil {
		return err
	}
	return w.Write.Truncate(name)
}
