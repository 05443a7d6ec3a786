package engine

import (
	"context"
	"maps"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/sql/ast"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/storage/table"
)

// tx is a session's transaction. The zero value is none.
type tx struct {
	on       bool // a transaction runs, implicit or a block
	block    bool // begun by BEGIN
	aborted  bool
	readOnly bool
	frozen   bool // repeatable read, serializable: one snapshot for all
	used     bool // a statement has run in it
	start    time.Time
	began    values // settings to go back to on rollback
	keep     values // settings that stay after commit: without SET LOCAL
	snap     table.Snapshot
	write    table.Write
	touched  map[string]touch        // tables changed by write, by path
	defs     map[string]*types.Table // their definitions; nil: dropped
}

// touch says how an open Write has changed a table.
type touch struct{ schema, rows bool }

func (t *tx) open() bool { return t.on }

// begin starts a transaction if none runs.
func (s *Session) begin() {
	if s.tx.on {
		return
	}
	iso, ro := s.values["default_transaction_isolation"], s.values["default_transaction_read_only"]
	s.tx = tx{
		on: true, start: s.e.opt.Now(), began: s.values, keep: s.values,
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
	switch {
	case s.tx.write != nil:
		return s.tx.write.Base(), func() {}
	case s.tx.snap != nil:
		return s.tx.snap, func() {}
	}
	snap := s.e.store.Snapshot()
	if s.tx.on && s.tx.frozen {
		s.tx.snap = snap
		return snap, func() {}
	}
	return snap, snap.Release
}

// writer returns the transaction's Write, begun when first needed. what is the
// statement's name for the error of a read-only transaction.
func (s *Session) writer(ctx context.Context, what string) (table.Write, error) {
	if s.tx.readOnly {
		return nil, sqlerr.New(pgerrcode.ReadOnlySQLTransaction, "cannot execute %s in a read-only transaction", what)
	}
	if s.tx.write != nil {
		return s.tx.write, nil
	}
	wait := ctx
	if s.lockTimeout > 0 {
		var cancel context.CancelFunc
		wait, cancel = context.WithTimeoutCause(ctx, s.lockTimeout, errLockTimeout)
		defer cancel()
	}
	w, err := s.e.store.Begin(wait)
	if err != nil {
		if wait.Err() != nil && ctx.Err() == nil {
			return nil, errLockTimeout
		}
		return nil, err
	}
	if s.tx.snap != nil {
		if w.Base().Version() != s.tx.snap.Version() {
			w.Abort()
			return nil, sqlerr.New(pgerrcode.SerializationFailure, "could not serialize access due to concurrent update")
		}
		s.tx.snap.Release()
		s.tx.snap = nil
	}
	s.tx.write, s.tx.touched, s.tx.defs = w, map[string]touch{}, map[string]*types.Table{}
	return w, nil
}

var errLockTimeout = sqlerr.New(pgerrcode.LockNotAvailable, "canceling statement due to lock timeout")

// mayRead refuses to read a table that the open transaction has changed.
func (s *Session) mayRead(def *types.Table) error {
	if s.tx.write == nil {
		return nil
	}
	if _, ok := s.tx.touched[def.Path()]; ok {
		return sqlerr.Unsupported(-1, `cannot read table "%s" after changing it in the same transaction`, def.Name).
			WithHint("Commit first, or make the change and the reading one statement.")
	}
	return nil
}

// mayAlter refuses to change the definition of a table whose rows the open
// transaction has changed.
func (s *Session) mayAlter(def *types.Table) error {
	if s.tx.write != nil && s.tx.touched[def.Path()].rows {
		return sqlerr.Unsupported(-1, `cannot change the definition of table "%s" after changing its rows in the same transaction`, def.Name).
			WithHint("Commit first.")
	}
	return nil
}

func (s *Session) touch(name string, t touch) {
	old := s.tx.touched[name]
	s.tx.touched[name] = touch{old.schema || t.schema, old.rows || t.rows}
}

// dropWrite gives up the open Write.
func (s *Session) dropWrite() {
	if s.tx.write != nil {
		s.tx.write.Abort()
		s.tx.write, s.tx.touched, s.tx.defs = nil, nil, nil
	}
}

// end leaves the transaction with the given settings.
func (s *Session) end(v values) {
	s.dropWrite()
	if s.tx.snap != nil {
		s.tx.snap.Release()
	}
	s.tx = tx{}
	s.replace(v)
}

// rollback ends the transaction and undoes it.
func (s *Session) rollback() {
	if s.tx.on {
		s.end(s.tx.began)
	}
}

// commit ends the transaction and makes its changes visible; after an error
// nothing of it is.
func (s *Session) commit(ctx context.Context) error {
	if !s.tx.on {
		return nil
	}
	w := s.tx.write
	if w == nil {
		s.end(s.tx.keep)
		return nil
	}
	s.tx.write = nil
	if err := w.Commit(ctx); err != nil {
		w.Abort()
		s.end(s.tx.began)
		return err
	}
	s.end(s.tx.keep)
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
