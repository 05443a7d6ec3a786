package engine

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/exec/objects"
	"tagd/exec/roles"
	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/storage/table"
)

// tx is a session's transaction. The zero value is none.
type tx struct {
	on         bool // a transaction runs, implicit or a block
	block      bool // begun by BEGIN
	aborted    bool
	readOnly   bool
	frozen     bool // repeatable read, serializable: one snapshot for all
	used       bool // a statement has run in it
	start      time.Time
	began      values                // settings to go back to on rollback
	keep       values                // settings that stay after commit: without SET LOCAL
	snap       table.Snapshot        // what all statements read, if frozen
	exported   []string              // the snapshots that others may import
	readTables map[*types.Table]bool // what a serializable transaction has read
	write      table.Write           // nil before the first change
	locked     *locked               // the same without what a frozen transaction adds
	turn       bool                  // it has the turn to write
	saves      []savepoint
	open       []*query                // results that are not read to their end
	defs       map[string]*types.Table // definitions that the statement in hand has changed; nil: dropped
	roles      *roles.Set              // the roles as the statement in hand has changed them; nil: not
	objs       *objects.Set            // the database's objects as the statement in hand has changed them; nil: not
	changed    bool                    // objects were changed
	labels     []types.NoLabel         // labels that it has added to enum types
	retyped    bool                    // types were given a meaning that a rollback takes back
	reshaped   bool                    // definitions of tables were changed
	late       []*refEvent             // checks of keys that wait for COMMIT, in their order
	deferral   deferral                // SET CONSTRAINTS
	seen       seenStats
}

// forget takes a result out of the open ones.
func (t *tx) forget(q *query) {
	if i := slices.Index(t.open, q); i >= 0 {
		t.open = slices.Delete(t.open, i, i+1)
	}
}

// begin starts a transaction if none runs.
func (s *Session) begin() {
	if s.tx.on {
		return
	}
	iso, ro := s.defaultIso, s.defaultRO
	start := s.act.load().tx // the statement's, as pg_stat_activity has it
	if start.IsZero() {
		start = s.e.opt.Now()
	}
	s.tx = tx{
		on: true, open: s.tx.open, start: start, began: s.values, keep: s.values,
		frozen: iso == "repeatable read" || iso == "serializable", readOnly: ro == "on",
	}
	if s.values["transaction_isolation"] != iso || s.values["transaction_read_only"] != ro {
		next := maps.Clone(s.values)
		next["transaction_isolation"], next["transaction_read_only"] = iso, ro
		s.values = next
	}
}

// snapshot returns the state that the next statement reads, and what to call
// when it has been read.
func (s *Session) snapshot() (table.Snapshot, func()) {
	snap, own := s.reads()
	if own {
		return snap, snap.Release
	}
	return snap, func() {}
}

// reads is snapshot where every allocation counts: the caller must release one
// that is its own.
func (s *Session) reads() (snap table.Snapshot, own bool) {
	switch {
	case s.tx.write != nil:
		return s.tx.write.Base(), false // with all that earlier statements did
	case s.tx.snap != nil:
		return s.tx.snap, false
	}
	snap = s.e.store.Snapshot()
	if s.tx.on && s.tx.frozen {
		s.tx.snap = snap
		return snap, false
	}
	return snap, true
}

// version is the Version of what the next statement reads; false where the
// transaction has changes of its own, for which no number stands.
func (s *Session) version() (uint64, bool) {
	switch {
	case s.tx.write != nil:
		return 0, false
	case s.tx.snap != nil:
		return s.tx.snap.Version(), true
	}
	return s.e.store.Version(), true
}

// writer returns the transaction's Write with the turn to use it. what is the
// statement's name for the error of a read-only transaction.
func (s *Session) writer(ctx context.Context, what string) (table.Write, error) {
	if s.tx.readOnly {
		return nil, sqlerr.New(pgerrcode.ReadOnlySQLTransaction, "cannot execute %s in a read-only transaction", what)
	}
	if s.tx.turn {
		s.tx.locked.ctx = ctx
		return s.tx.write, nil
	}
	if s.tx.frozen && s.tx.snap == nil { // what it reads is what there was before it waited
		s.tx.snap = s.e.store.Snapshot()
	}
	ok, err := s.e.locks.tryLock(s, writerTag, exclusiveLock, false)
	if !ok && err == nil {
		err = s.waiting(ctx, func(ctx context.Context) error { return s.e.locks.lock(ctx, s, writerTag, exclusiveLock, false) })
	}
	if err != nil {
		return nil, err
	}
	if s.tx.write == nil {
		err = s.beginWrite(ctx)
	} else {
		err = s.tx.write.Resume(ctx)
	}
	if err != nil {
		s.e.locks.unlock(s, writerTag, exclusiveLock)
		return nil, err
	}
	s.tx.turn, s.tx.locked.ctx = true, ctx
	return s.tx.write, nil
}

// beginWrite opens the store's Write when the session has the turn.
func (s *Session) beginWrite(ctx context.Context) error {
	wait := ctx
	if s.lockTimeout > 0 {
		var cancel context.CancelFunc
		wait, cancel = context.WithTimeoutCause(ctx, s.lockTimeout, errLockTimeout)
		defer cancel()
	}
	w, err := s.e.store.Begin(wait)
	if err != nil {
		if wait.Err() != nil && ctx.Err() == nil {
			return errLockTimeout
		}
		return err
	}
	s.tx.locked = &locked{Write: w, s: s}
	s.tx.write = s.tx.locked
	if s.tx.snap != nil {
		s.tx.write = &lateWrite{s.tx.locked, s.tx.snap, s.e.store}
	}
	return nil
}

// pause gives the turn to others while the session waits for its client, or for
// another session.
func (s *Session) pause() {
	if s.tx.turn {
		s.tx.write.Pause()
		s.giveTurn()
	}
}

func (s *Session) giveTurn() {
	if s.tx.turn {
		s.tx.turn = false
		s.e.locks.unlock(s, writerTag, exclusiveLock)
	}
}

var errLockTimeout = sqlerr.New(pgerrcode.LockNotAvailable, "canceling statement due to lock timeout")

// seal makes what the open Write has done so far part of what the transaction
// reads.
func (s *Session) seal(ctx context.Context) error {
	s.tx.defs, s.tx.objs, s.tx.roles = nil, nil, nil
	if s.tx.write == nil {
		return nil
	}
	return s.tx.write.Seal(ctx)
}

// endStep ends a statement that has changed something. One that only appends rows
// stays open for more of its kind, unless it has keys that only sealing compares.
func (s *Session) endStep(ctx context.Context, appends bool) error {
	if s.tx.write == nil || s.lone && !s.tx.block {
		return s.finishLone(ctx)
	}
	if appends && !s.tx.write.Unchecked() {
		return nil
	}
	return s.seal(ctx)
}

// define records a definition that the statement in hand has changed, for the
// rest of it; nil: dropped.
func (s *Session) define(path string, def *types.Table) {
	if s.tx.defs == nil {
		s.tx.defs = map[string]*types.Table{}
	}
	s.tx.defs[path], s.tx.reshaped = def, true
}

// dropWrite gives up the open Write.
func (s *Session) dropWrite() {
	s.tx.defs, s.tx.objs, s.tx.roles = nil, nil, nil
	if s.tx.write != nil {
		s.tx.write.Abort()
		s.tx.write, s.tx.locked = nil, nil
	}
	s.giveTurn()
}

// failTx marks the transaction as failed. Its changes are given up at once,
// unless a savepoint may bring some of them back.
func (s *Session) failTx() {
	s.tx.aborted, s.tx.defs, s.tx.objs, s.tx.roles = true, nil, nil, nil
	s.stopOpen(errAborted, len(s.tx.saves))
	defer s.failLocks()
	s.failSettings()
	for i := len(s.tx.saves) - 1; i >= 0; i-- {
		if s.tx.saves[i].marked { // so that others may have what was changed since
			_ = s.tx.write.Restore(s.tx.saves[i].mark) // the rollback does it again
			return
		}
	}
	s.dropWrite()
}

// failSettings brings back the settings as they were at the last savepoint, or at
// the start of the transaction: clients are told at once.
func (s *Session) failSettings() {
	v := s.tx.began
	if n := len(s.tx.saves); n > 0 {
		v = s.tx.saves[n-1].values
	}
	s.replace(v)
}

// failLocks gives back the locks that were taken since the last savepoint.
func (s *Session) failLocks() {
	n := 0
	if len(s.tx.saves) > 0 {
		n = s.tx.saves[len(s.tx.saves)-1].locks
	}
	s.e.locks.endTx(s, n)
}

// stopOpen ends open results that began within savepoint number level, or at a
// deeper one: they give err from now on.
func (s *Session) stopOpen(err error, level int) {
	for i := len(s.tx.open) - 1; i >= 0; i-- {
		if i >= len(s.tx.open) {
			continue // a cursor has taken the portal out that it was made of
		}
		if q := s.tx.open[i]; q.level >= level {
			q.stop(err) // which takes it out
		}
	}
}

var errPortalGone = sqlerr.New(pgerrcode.InvalidCursorName, "the portal has ended with its transaction")

// end leaves the transaction with the given settings.
func (s *Session) end(v values) {
	s.stopOpen(errPortalGone, 0)
	s.leaveLevel(-1, true)
	s.dropWrite()
	if s.tx.retyped || s.tx.reshaped {
		s.e.publishTypes() // as they were
	}
	if s.tx.snap != nil {
		s.tx.snap.Release()
	}
	if len(s.tx.exported) > 0 {
		s.e.snapshots.drop(s.tx.exported)
	}
	s.tx = tx{open: s.tx.open[:0]}
	s.stat.End(&s.e.counts, s.dbOID, s.counts, false)
	s.news.cut(0, 0)
	s.e.locks.endTx(s, 0)
	s.e.locks.endNumber(s)
	s.replace(v)
}

// committed leaves a transaction whose changes are visible.
func (s *Session) committed() {
	s.counts.Commits.Add(1)
	s.stat.End(&s.e.counts, s.dbOID, s.counts, true)
	s.end(s.tx.keep)
}

// rollback ends the transaction and undoes it.
func (s *Session) rollback() {
	if s.tx.on {
		s.counts.Rollbacks.Add(1)
		s.end(s.tx.began)
	}
}

// commit ends the transaction and makes its changes visible; after an error
// nothing of it is.
func (s *Session) commit(ctx context.Context) error {
	if !s.tx.on {
		return nil
	}
	if s.tx.write != nil {
		if _, err := s.writer(ctx, "COMMIT"); err != nil {
			s.end(s.tx.began)
			return err
		}
	}
	if err := s.fireLate(ctx, true); err != nil {
		s.end(s.tx.began)
		return err
	}
	if err := s.holdCursors(ctx); err != nil {
		s.end(s.tx.began)
		return err
	}
	w := s.tx.write
	if w == nil {
		s.publish()(true)
		s.committed()
		return nil
	}
	s.stopOpen(errPortalGone, 0)
	if err := s.atCommit(ctx); err != nil {
		s.end(s.tx.began)
		return err
	}
	if err := s.serial(); err != nil {
		s.end(s.tx.began)
		return err
	}
	s.tx.write = nil
	sent := s.publish()
	err := w.Commit(ctx)
	s.giveTurn()
	sent(err == nil)
	if err != nil {
		w.Abort()
		s.end(s.tx.began)
		return err
	}
	if s.tx.changed || s.tx.reshaped {
		s.e.publishTypes()
		s.e.boundStats()
		s.tx.retyped, s.tx.reshaped = false, false
	}
	s.committed()
	return nil
}

// finishLone commits the implicit transaction of a lone statement, so that its
// tag is sent only when its change is there.
func (s *Session) finishLone(ctx context.Context) error {
	if s.lone && s.tx.on && !s.tx.block {
		return s.commit(ctx)
	}
	return nil
}

// transaction runs BEGIN, COMMIT, ROLLBACK and their kin.
func (s *Session) transaction(ctx context.Context, t *ast.Transaction, text string) (*command, error) {
	switch t.Kind {
	case "BEGIN":
		if s.tx.block {
			s.warning(pgerrcode.ActiveSQLTransaction, "there is already a transaction in progress")
		} else {
			s.begin()
			s.tx.block = true
		}
		if err := s.txModes(t.Options); err != nil {
			return nil, err
		}
		if strings.HasPrefix(strings.ToUpper(strings.TrimSpace(text)), "START") {
			return tag("START TRANSACTION"), nil
		}
		return tag("BEGIN"), nil
	case "COMMIT":
		if !s.tx.block {
			return s.noBlock(ctx, t, "COMMIT")
		}
		failed := s.tx.aborted
		next := s.chained(t)
		if failed {
			s.rollback()
		} else if err := s.commit(ctx); err != nil {
			return nil, err
		}
		next()
		if failed {
			return tag("ROLLBACK"), nil
		}
		return tag("COMMIT"), nil
	case "ROLLBACK":
		if !s.tx.block {
			return s.noBlock(ctx, t, "ROLLBACK")
		}
		next := s.chained(t)
		s.rollback()
		next()
		return tag("ROLLBACK"), nil
	}
	if strings.Contains(t.Kind, "PREPARE") {
		return s.twoPhase(t)
	}
	if !s.tx.block {
		what := t.Kind
		if what != "SAVEPOINT" {
			what = strings.TrimSuffix(what, " TO") + " TO SAVEPOINT"
			if t.Kind == "RELEASE" {
				what = "RELEASE SAVEPOINT"
			}
		}
		return nil, sqlerr.New(pgerrcode.NoActiveSQLTransaction, "%s can only be used in transaction blocks", what)
	}
	switch t.Kind {
	case "SAVEPOINT":
		return s.savepoint(ctx, t.Name)
	case "RELEASE":
		return s.release(t.Name)
	case "ROLLBACK TO":
		return s.rollbackTo(t.Name)
	}
	return nil, sqlerr.Unsupported(t.Pos(), "%s is not supported", t.Kind)
}

// noBlock is COMMIT or ROLLBACK outside a block: a warning, and the implicit
// transaction of the series ends.
func (s *Session) noBlock(ctx context.Context, t *ast.Transaction, what string) (*command, error) {
	if t.Chain {
		return nil, sqlerr.New(pgerrcode.NoActiveSQLTransaction, "%s AND CHAIN can only be used in transaction blocks", what)
	}
	s.warning(pgerrcode.NoActiveSQLTransaction, "there is no transaction in progress")
	if what == "COMMIT" {
		return tag(what), s.commit(ctx)
	}
	s.rollback()
	return tag(what), nil
}

// chained returns what begins the next block of AND CHAIN.
func (s *Session) chained(t *ast.Transaction) func() {
	if !t.Chain {
		return func() {}
	}
	frozen, ro := s.tx.frozen, s.tx.readOnly
	iso := s.values["transaction_isolation"]
	return func() {
		s.begin()
		s.tx.block, s.tx.frozen, s.tx.readOnly = true, frozen, ro
		next := maps.Clone(s.values)
		next["transaction_isolation"], next["transaction_read_only"] = iso, onOff(ro)
		s.values = next
	}
}

// txModes applies ISOLATION LEVEL, READ ONLY and DEFERRABLE.
func (s *Session) txModes(opts []ast.Option) error {
	for _, o := range opts {
		v := ""
		if len(o.Value) > 0 {
			v = strings.ToLower(o.Value[0])
		}
		name := o.Name
		switch name {
		case "isolation level", "isolation_level":
			name = "transaction_isolation"
		case "read only", "read_only":
			name = "transaction_read_only"
			if v == "" {
				v = "on"
			}
		case "read write":
			name, v = "transaction_read_only", "off"
		case "deferrable":
			name = "transaction_deferrable"
			if v == "" {
				v = "on"
			}
		case "not deferrable":
			name, v = "transaction_deferrable", "off"
		}
		switch name {
		case "transaction_read_only", "transaction_deferrable":
			if b, ok := parseSettingBool(v); ok {
				v = onOff(b)
			}
		}
		if err := s.set(name, v, true); err != nil {
			return err
		}
	}
	return nil
}
