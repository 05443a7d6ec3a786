package engine

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
	"tagd/storage/table"
)

// snapshots are those that transactions have exported, by their identifiers.
type snapshots struct {
	mu   sync.Mutex
	next uint32
	byID map[string]*exported
}

// exported is a snapshot that other transactions may read, until the one that
// exported it ends.
type exported struct {
	snap         table.Snapshot
	db           string
	serializable bool
	readOnly     bool
}

// add keeps x and gives it an identifier.
func (l *snapshots) add(x *exported) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byID == nil {
		l.byID = map[string]*exported{}
	}
	l.next++
	id := fmt.Sprintf("%08X-%08X-1", 3, l.next)
	l.byID[id] = x
	return id
}

// drop forgets snapshots.
func (l *snapshots) drop(ids []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		l.byID[id].snap.Release()
		delete(l.byID, id)
	}
}

// share is an exported snapshot and a reference of its own to its state; nil
// without one.
func (l *snapshots) share(id string) (*exported, table.Snapshot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.byID[id]
	if x == nil {
		return nil, nil
	}
	return x, x.snap.Share()
}

// exportSnapshot is pg_export_snapshot. What the transaction itself has changed is
// no part of it.
func (s *Session) exportSnapshot() (vec.Datum, error) {
	if len(s.tx.saves) > 0 {
		return vec.Datum{}, sqlerr.New(pgerrcode.ActiveSQLTransaction, "cannot export a snapshot from a subtransaction")
	}
	snap, own := s.tx.snap, false
	if snap == nil {
		snap, own = s.e.store.Snapshot(), true // no other session can have committed since it began to write
	}
	if !own {
		snap = snap.Share()
	}
	id := s.e.snapshots.add(&exported{
		snap: snap, db: s.db, serializable: s.values["transaction_isolation"] == "serializable", readOnly: s.tx.readOnly,
	})
	s.tx.exported = append(s.tx.exported, id)
	return vec.Datum{S: id}, nil
}

// importSnapshot is SET TRANSACTION SNAPSHOT (ImportSnapshot of PostgreSQL's
// snapmgr.c).
func (s *Session) importSnapshot(id string) error {
	switch iso := s.values["transaction_isolation"]; {
	case s.tx.used:
		return sqlerr.New(pgerrcode.ActiveSQLTransaction, "SET TRANSACTION SNAPSHOT must be called before any query")
	case iso != "repeatable read" && iso != "serializable":
		return sqlerr.New(pgerrcode.FeatureNotSupported, "a snapshot-importing transaction must have isolation level SERIALIZABLE or REPEATABLE READ")
	}
	x, snap := s.e.snapshots.share(id)
	if x == nil {
		return sqlerr.New(pgerrcode.InvalidParameterValue, "invalid snapshot identifier: \"%s\"", id)
	}
	var err error
	switch {
	case s.values["transaction_isolation"] != "serializable":
	case !x.serializable:
		err = sqlerr.New(pgerrcode.FeatureNotSupported, "a serializable transaction cannot import a snapshot from a non-serializable transaction")
	case x.readOnly && !s.tx.readOnly:
		err = sqlerr.New(pgerrcode.FeatureNotSupported, "a non-read-only serializable transaction cannot import a snapshot from a read-only transaction")
	}
	if err == nil && x.db != s.db {
		err = sqlerr.New(pgerrcode.FeatureNotSupported, "cannot import a snapshot from a different database")
	}
	if err != nil {
		snap.Release()
		return err
	}
	if s.tx.snap != nil {
		s.tx.snap.Release()
	}
	s.tx.snap = snap
	return nil
}

// lateWrite is the Write of a transaction that goes on reading an older state than
// the one it writes on: tables that others have changed since are read as they
// were, and cannot be changed.
type lateWrite struct {
	table.Write
	snap  table.Snapshot
	store table.Store
}

// stale reports whether others have changed a table since the snapshot.
func (w *lateWrite) stale(name string) bool {
	now := w.store.Snapshot()
	defer now.Release()
	return changedSince(w.snap, now, name)
}

func changedSince(then, now table.Snapshot, name string) bool {
	was, had := then.Table(name)
	is, has := now.Table(name)
	return had != has || had && was.Changed() != is.Changed()
}

func (w *lateWrite) fresh(name string) error {
	if w.stale(name) {
		return errConcurrent
	}
	return nil
}

var errConcurrent = sqlerr.New(pgerrcode.SerializationFailure, "could not serialize access due to concurrent update")

// Base is what the transaction reads.
func (w *lateWrite) Base() table.Snapshot { return &mixed{w.Write.Base(), w} }

// AlterTable, DropTable, Truncate, Append, Update and Delete change only tables
// that nobody else has.
func (w *lateWrite) AlterTable(name string, def *types.Table) error {
	if err := w.fresh(name); err != nil {
		return err
	}
	return w.Write.AlterTable(name, def)
}

// DropTable removes a table. See table.Write.
func (w *lateWrite) DropTable(name string) error {
	if err := w.fresh(name); err != nil {
		return err
	}
	return w.Write.DropTable(name)
}

// Truncate empties a table. See table.Write.
func (w *lateWrite) Truncate(name string) error {
	if err := w.fresh(name); err != nil {
		return err
	}
	return w.Write.Truncate(name)
}

// Append adds rows. See table.Write.
func (w *lateWrite) Append(ctx context.Context, name string, b *vec.Batch) error {
	if err := w.fresh(name); err != nil {
		return err
	}
	return w.Write.Append(ctx, name, b)
}

// Update changes rows. See table.Write.
func (w *lateWrite) Update(ctx context.Context, name string, ords []int64, cols []int, b *vec.Batch) error {
	if err := w.fresh(name); err != nil {
		return err
	}
	return w.Write.Update(ctx, name, ords, cols, b)
}

// Delete removes rows. See table.Write.
func (w *lateWrite) Delete(ctx context.Context, name string, ords []int64) error {
	if err := w.fresh(name); err != nil {
		return err
	}
	return w.Write.Delete(ctx, name, ords)
}

// mixed is the state of a Write in which the tables that others have changed are
// as in the transaction's snapshot.
type mixed struct {
	table.Snapshot
	w *lateWrite
}

// Table returns a table's rows. See table.Snapshot.
func (m *mixed) Table(name string) (table.Table, bool) {
	if m.w.stale(name) {
		if was, had := m.w.snap.Table(name); had {
			return was, true
		}
		if is, has := m.Snapshot.Table(name); has {
			return noRows{is}, true
		}
	}
	return m.Snapshot.Table(name)
}

// noRows is a table that another transaction has made: its rows came later than
// the snapshot.
type noRows struct{ table.Table }

func (noRows) Rows() int64                    { return 0 }
func (noRows) Segments() int                  { return 0 }
func (noRows) Bytes() int64                   { return 0 }
func (noRows) Range(int) (int64, int64, bool) { return 0, 0, false }

// Lookup finds nothing. See table.Table.
func (noRows) Lookup(_ context.Context, _ *vec.Vector, ords []int64) error {
	for i := range ords {
		ords[i] = -1
	}
	return nil
}

// LookupUnique finds nothing. See table.Table.
func (n noRows) LookupUnique(ctx context.Context, _ int, _ []*vec.Vector, ords []int64) error {
	return n.Lookup(ctx, nil, ords)
}

// Tables lists the definitions. See table.Snapshot.
func (m *mixed) Tables() []*types.Table {
	list := m.Snapshot.Tables()
	out := make([]*types.Table, len(list))
	for i, def := range list {
		out[i] = def
		if was, had := m.w.snap.Table(def.Path()); had && m.w.stale(def.Path()) {
			out[i] = was.Def()
		}
	}
	return out
}

// lockable refuses a row lock on tables that others have changed since the
// transaction's snapshot.
func (s *Session) lockable(list []*types.Table) error {
	now := s.e.store.Snapshot()
	defer now.Release()
	for _, def := range list {
		if changedSince(s.tx.snap, now, def.Path()) {
			return errConcurrent
		}
	}
	return nil
}

// serial holds a serializable transaction that writes to what it has read: had
// another one changed that since, the two might not be in any order.
func (s *Session) serial() error {
	w, ok := s.tx.write.(*lateWrite)
	if !ok || s.values["transaction_isolation"] != "serializable" {
		return nil
	}
	for def := range s.tx.readTables {
		if w.stale(def.Path()) {
			return sqlerr.New(pgerrcode.SerializationFailure, "could not serialize access due to read/write dependencies among transactions").
				WithDetail("Reason code: Canceled on identification as a pivot, during commit attempt.").
				WithHint("The transaction might succeed if retried.")
		}
	}
	return nil
}

// noteReads notes the tables that a statement of a serializable transaction reads.
func (s *Session) noteReads(list []*types.Table) {
	if !s.tx.frozen || len(list) == 0 || s.values["transaction_isolation"] != "serializable" {
		return
	}
	if s.tx.readTables == nil {
		s.tx.readTables = map[*types.Table]bool{}
	}
	for _, def := range list {
		s.tx.readTables[def] = true
	}
}
