package engine

import (
	"context"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/storage/table"
)

// savepoint is a state of a transaction to go back to.
type savepoint struct {
	name   string
	marked bool // the transaction had changed something: mark is what it had done
	mark   table.Mark
	values values // the settings then
	keep   values
	notes  int // what NOTIFY and LISTEN had asked for
	steps  int
	locks  int // the locks of the transaction
	late   []*refEvent
	defers deferral
}

// savepoint runs SAVEPOINT.
func (s *Session) savepoint(ctx context.Context, name string) (*command, error) {
	if s.tx.aborted {
		return nil, errAborted
	}
	sp := savepoint{name: name, values: s.values, keep: s.tx.keep,
		notes: len(s.news.notes), steps: len(s.news.steps), locks: len(s.txLocks), late: s.tx.late, defers: s.tx.deferral}
	if s.tx.write != nil {
		var err error
		if _, err = s.writer(ctx, "SAVEPOINT"); err != nil {
			return nil, err
		}
		if sp.mark, err = s.tx.write.Mark(ctx); err != nil {
			return nil, err
		}
		sp.marked = true
	}
	s.tx.used = true
	s.tx.saves = append(s.tx.saves, sp)
	return tag("SAVEPOINT"), nil
}

// findSavepoint returns the position of the newest savepoint of a name.
func (s *Session) findSavepoint(name string) (int, error) {
	for i := len(s.tx.saves) - 1; i >= 0; i-- {
		if s.tx.saves[i].name == name {
			return i, nil
		}
	}
	return 0, sqlerr.New(pgerrcode.InvalidSavepointSpecification, `savepoint "%s" does not exist`, name)
}

// release runs RELEASE: what was done since stays, and belongs to the level
// outside.
func (s *Session) release(name string) (*command, error) {
	if s.tx.aborted {
		return nil, errAborted
	}
	i, err := s.findSavepoint(name)
	if err != nil {
		return nil, err
	}
	s.tx.saves = s.tx.saves[:i]
	s.stat.Release(i + 1)
	for _, q := range s.tx.open {
		q.level = min(q.level, i)
	}
	s.leaveLevel(i, false)
	return tag("RELEASE"), nil
}

// rollbackTo runs ROLLBACK TO: what was done since is undone, and the savepoint
// stays.
func (s *Session) rollbackTo(name string) (*command, error) {
	i, err := s.findSavepoint(name)
	if err != nil {
		return nil, err
	}
	sp := s.tx.saves[i]
	s.stopOpen(errPortalGone, i+1)
	s.leaveLevel(i, true)
	s.tx.saves = s.tx.saves[:i+1]
	s.stat.Undo(i + 1)
	s.tx.defs = nil
	switch {
	case !sp.marked:
		s.dropWrite()
	default:
		if err := s.tx.write.Restore(sp.mark); err != nil {
			return nil, err
		}
	}
	s.tx.aborted, s.tx.late, s.tx.deferral = false, sp.late, sp.defers
	if s.tx.retyped || s.tx.reshaped {
		s.republish()
	}
	s.news.cut(sp.notes, sp.steps)
	s.e.locks.endTx(s, sp.locks)
	s.tx.keep = sp.keep
	s.replace(sp.values)
	return tag("ROLLBACK"), nil
}
