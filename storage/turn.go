package storage

import (
	"context"
	"maps"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// Several Writes may be open, one has the turn: only it has a step in hand, and
// only it commits. A Write gives its turn away between the statements of a
// transaction (Pause) and takes it again for the next one (Resume), on top of what
// others have committed meanwhile. So the versions of a table's pages ascend as if
// there were one Write: no step begins before the last one is sealed.
//
// What a Write has changed is its own until it ends: a table or a Meta value that
// another open Write has changed is refused to it, and it is on those who begin
// Writes to wait for each other before, in an order without circles.

// turn is who may write.
type turn struct {
	token chan struct{} // holds the turn when nobody has it

	mu      sync.Mutex
	waiters int
	idle    *write            // has the turn, and gives it to whoever comes
	tables  map[uint32]*write // tables by ID that open Writes have changed
	metas   map[string]*write // Meta values
}

func newTurn() *turn {
	t := &turn{token: make(chan struct{}, 1), tables: map[uint32]*write{}, metas: map[string]*write{}}
	t.token <- struct{}{}
	return t
}

// take waits for the turn. A Write that holds it without need is sealed.
func (db *DB) take(ctx context.Context) error {
	t := db.turn
	t.mu.Lock()
	if w := t.idle; w != nil {
		t.idle = nil
		t.mu.Unlock()
		w.park()
		return db.open()
	}
	t.waiters++
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		t.waiters--
		t.mu.Unlock()
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-db.ctx.Done():
		return errClosed()
	case <-t.token:
		return db.open()
	}
}

// open gives a turn back that has come too late.
func (db *DB) open() error {
	if db.ctx.Err() != nil {
		db.turn.token <- struct{}{}
		return errClosed()
	}
	return nil
}

// Pause implements table.Write.
func (w *write) Pause() {
	if w.dead || w.paused {
		return
	}
	w.paused = true
	t := w.db.turn
	t.mu.Lock()
	if t.waiters == 0 {
		t.idle = w
		t.mu.Unlock()
		return
	}
	t.mu.Unlock()
	w.park()
	t.token <- struct{}{}
}

// park seals the step in hand, so that others may go on from what is committed. An
// error is the owner's to see, at its next use of the Write.
func (w *write) park() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parked = true
	if w.usable() == nil {
		_ = w.fail(safely(func() error { return w.seal(w.db.ctx) })) // a panic would lose the turn
	}
}

// Resume implements table.Write.
func (w *write) Resume(ctx context.Context) error {
	if w.dead {
		return w.usable()
	}
	if !w.paused {
		return nil
	}
	t := w.db.turn
	t.mu.Lock()
	if t.idle == w {
		t.idle, w.paused = nil, false
		t.mu.Unlock()
		return nil
	}
	t.mu.Unlock()
	if err := w.db.take(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.paused, w.parked = false, false
	return w.refresh()
}

// refresh goes on from the newest committed state with the Write's own changes
// over it. The Write has the turn and no changes in the step in hand.
func (w *write) refresh() error {
	if w.err != nil || w.db.current() == w.over {
		return nil // a failed step waits for Restore
	}
	if err := w.rebase(w.own); err != nil {
		return w.fail(err)
	}
	return nil
}

// rebase starts a step from the newest committed state with changes over it.
func (w *write) rebase(own *changes) error {
	over := w.db.current()
	st, err := own.over(over, w.db.next.Add(1)-1)
	if err != nil {
		return err
	}
	w.over, w.own = over, own
	w.base = &snapshot{db: w.db, st: st, out: w.out}
	w.newStep()
	return nil
}

// leave ends the Write's part in the turns: what it has changed is free, and the
// turn is, if it has it.
func (w *write) leave() {
	w.unclaim(&changes{})
	t := w.db.turn
	t.mu.Lock()
	has := !w.paused
	if t.idle == w {
		t.idle, has = nil, true
	}
	t.mu.Unlock()
	if has {
		t.token <- struct{}{}
	}
}

// claim makes a table the Write's own until it ends.
func (w *write) claim(def *types.Table) error {
	t := w.db.turn
	t.mu.Lock()
	defer t.mu.Unlock()
	if owner := t.tables[def.ID]; owner != nil && owner != w {
		return sqlerr.New(pgerrcode.LockNotAvailable, "table \"%s\" is being changed by another transaction", def.Name)
	}
	t.tables[def.ID] = w
	return nil
}

func (w *write) claimMeta(key string) error {
	t := w.db.turn
	t.mu.Lock()
	defer t.mu.Unlock()
	if owner := t.metas[key]; owner != nil && owner != w {
		return sqlerr.New(pgerrcode.LockNotAvailable, "the objects of the database are being changed by another transaction")
	}
	t.metas[key] = w
	return nil
}

// unclaim gives back all that is not among the changes.
func (w *write) unclaim(but *changes) {
	ids := map[uint32]bool{}
	for _, o := range but.tables {
		for _, t := range [...]*tableState{o.was, o.now} {
			if t != nil {
				ids[t.def.ID] = true
			}
		}
	}
	t := w.db.turn
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.tables, func(id uint32, owner *write) bool { return owner == w && !ids[id] })
	maps.DeleteFunc(t.metas, func(key string, owner *write) bool {
		_, kept := but.metas[key]
		return owner == w && !kept
	})
}

// claimed reports whether an open Write has changed the table.
func (db *DB) claimed(id uint32) bool {
	db.turn.mu.Lock()
	defer db.turn.mu.Unlock()
	return db.turn.tables[id] != nil
}
