package storage

import (
	"context"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/storage/table"
)

// A Write is made in steps, so that a transaction reads what it has written and
// goes back to a savepoint. A step works like a small Write of its own: it has a
// version, writes pages under it, and sealing makes an immutable state, which
// the next step starts from. None of these states is published but the last, by
// one transaction that compares it with the committed state the Write started
// from. Until then sealed pages stay in memory (output), and go to the file, in
// the journal, only when there are too many: a small transaction waits for the
// disk once. What a step wrote and a later one superseded or undid is never
// written, or is garbage of the commit if it was.

// step is what must be known of a sealed step to undo it.
type step struct {
	before *snapshot     // the state that it started from
	lens   map[*dict]int // dictionaries when it started
}

// mark is a state to go back to: how many steps were sealed, and the Write's base
// after them with what it is made from.
type mark struct {
	steps int
	base  *snapshot
	over  *state
	own   *changes
}

// newStep starts a step on top of the base.
func (w *write) newStep() {
	w.ver = w.db.next.Add(1) - 1
	w.st = w.base.st.clone()
	w.st.ver = w.ver
	w.lens, w.draft, w.dirty, w.err = map[*dict]int{}, map[string]*draft{}, false, nil
	drafts := w.draft
	w.r = &reader{db: w.db, out: w.out, own: w.ver, meta: func(key string) []byte { return w.st.meta[key] }, draft: func(tab uint32, seg int) *patch {
		for _, d := range drafts {
			if d.t.def.ID == tab {
				return d.patches[seg]
			}
		}
		return nil
	}}
}

// Seal implements table.Write.
func (w *write) Seal(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seal(ctx)
}

func (w *write) seal(ctx context.Context) error {
	if err := w.usable(); err != nil || !w.dirty {
		return err
	}
	if err := w.settleAll(ctx); err != nil {
		return w.fail(err)
	}
	if err := w.out.drain(); err != nil { // a full disk is this step's error
		return w.fail(err)
	}
	w.steps = append(w.steps, step{w.base, w.lens})
	w.base = &snapshot{db: w.db, st: w.st, out: w.out}
	w.own = changesOf(w.over, w.st, w.metas)
	w.newStep()
	return nil
}

// settleAll brings the step's state into the form in which it can be read.
func (w *write) settleAll(ctx context.Context) error {
	for _, d := range w.draft {
		if err := w.settle(ctx, d); err != nil {
			return err
		}
	}
	if w.kind != kindCompact {
		w.st.data = w.ver
		for _, d := range w.draft {
			d.t.changed = w.ver
		}
	}
	w.st.seal()
	return nil
}

// Unchecked implements table.Write.
func (w *write) Unchecked() bool {
	for _, d := range w.draft {
		// A full disk is to be the error of the step that needs the room.
		if d.unchecked() || d.appended > patchRows {
			return true
		}
	}
	return false
}

// Mark implements table.Write.
func (w *write) Mark(ctx context.Context) (table.Mark, error) {
	if err := w.Seal(ctx); err != nil {
		return 0, err
	}
	w.marks = append(w.marks, mark{len(w.steps), w.base, w.over, w.own})
	return table.Mark(len(w.marks) - 1), nil
}

// Restore implements table.Write.
func (w *write) Restore(m table.Mark) error {
	if w.dead || m < 0 || int(m) >= len(w.marks) {
		return sqlerr.New(pgerrcode.InternalError, "the write has no such mark")
	}
	to := w.marks[m]
	w.marks = w.marks[:m+1]
	w.mu.Lock()
	defer w.mu.Unlock()
	w.undo(to.steps)
	w.out.restore(to.base.st.ver)
	w.unclaim(to.own)
	if to.over == w.db.current() {
		w.base, w.over, w.own = to.base, to.over, to.own
		w.newStep()
		return nil
	}
	w.err = nil
	return w.fail(w.rebase(to.own))
}

// undo takes the step in hand and all sealed ones but the first n back, as far as
// memory goes.
func (w *write) undo(n int) {
	for _, d := range w.draft {
		if d.app != nil {
			d.app.stop()
		}
	}
	cut := func(lens map[*dict]int) {
		for d, n := range lens {
			d.truncate(n)
		}
	}
	cut(w.lens)
	for i := len(w.steps) - 1; i >= n; i-- {
		cut(w.steps[i].lens)
	}
	w.steps = w.steps[:n]
}
