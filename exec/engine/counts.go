package engine

import (
	"slices"
	"time"

	"tagd/exec/pgcatalog"
	"tagd/exec/stats"
	"tagd/sql/types"
	"tagd/storage/table"
)

// depth is how many subtransactions are open.
func (s *Session) depth() int { return len(s.tx.saves) }

// inserted counts rows that were added to a table.
func (s *Session) inserted(def *types.Table, n int) {
	s.stat.Changed(def.OID, s.depth(), int64(n), 0, 0, 0)
}

// truncated counts that a table was emptied.
func (s *Session) truncated(def *types.Table) { s.stat.Truncated(def.OID, s.depth()) }

// spend counts the time since the session was last looked at as spent in the state
// that it has had.
func (s *Session) spend(now time.Time) {
	d := int64(now.Sub(s.spent))
	s.spent = now
	s.counts.SessionTime.Add(d)
	switch state := s.act.a.state; { // which nobody else changes
	case state == "active":
		s.counts.ActiveTime.Add(d)
	case state != "idle" && state != "":
		s.counts.IdleInTransactionTime.Add(d)
	}
}

// statsKey names the counters in the file while no server runs.
const statsKey = "statistics"

// statementsKey names those of pg_stat_statements.
const statementsKey = "statements"

// loadStats takes over the counters of the last clean shutdown.
func (e *Engine) loadStats() error {
	b, err := e.store.Aside(statsKey)
	if err == nil && b != nil {
		e.counts.Decode(b)
	}
	if err == nil {
		b, err = e.store.Aside(statementsKey)
	}
	if err == nil && b != nil {
		e.statements.Decode(b, e.maxStatements)
	}
	return err
}

// dropStats removes what loadStats has read, as soon as there is something to
// count: after a crash there is nothing to take over.
func (e *Engine) dropStats() {
	for _, key := range []string{statsKey, statementsKey} {
		if b, err := e.store.Aside(key); err == nil && b != nil {
			_ = e.store.SetAside(key, nil) // in a file that cannot be written it stays good
		}
	}
}

// saveStats writes the counters down, with what the store has counted.
func (e *Engine) saveStats() error {
	snap := e.store.Snapshot()
	defer snap.Release()
	e.forgetGone(snap)
	for _, def := range snap.Tables() {
		read, hit := e.store.Pages(def.ID)
		if read+hit == 0 {
			continue
		}
		e.counts.Change(stats.Key{DB: def.DB, OID: def.OID}, func(r *stats.Rel) { r.Read, r.Hit = r.Read+read, r.Hit+hit })
		db := e.counts.DB(def.DB)
		db.Read.Add(read)
		db.Hit.Add(hit)
	}
	for _, kind := range []string{"archiver", "bgwriter", "recovery_prefetch", "wal"} {
		if e.counts.ResetTime(kind).IsZero() {
			e.counts.SetResetTime(kind, e.started)
		}
	}
	b, err := e.counts.Encode()
	if err == nil {
		err = e.store.SetAside(statsKey, b)
	}
	if err == nil && settingByName["pg_stat_statements.save"].def == "on" {
		if b, err = e.statements.Encode(); err == nil {
			err = e.store.SetAside(statementsKey, b)
		}
	}
	return err
}

// boundStats keeps the counters from growing with relations that come and go.
func (e *Engine) boundStats() {
	if n := int64(e.counts.Len()); n < 1000 || n < 2*e.statsLen.Load() {
		return
	}
	snap := e.store.Snapshot()
	defer snap.Release()
	e.forgetGone(snap)
	e.statsLen.Store(int64(e.counts.Len()))
}

// forgetGone drops the counters of relations and databases that are no more.
func (e *Engine) forgetGone(snap table.Snapshot) {
	have := map[stats.Key]bool{}
	for _, def := range snap.Tables() {
		have[stats.Key{DB: def.DB, OID: def.OID}] = true
		if def.Key >= 0 {
			have[stats.Key{DB: def.DB, OID: pgcatalog.ConstraintIndexOID(def, def.KeyName)}] = true
		}
	}
	dbs := map[uint32]bool{}
	for _, d := range databasesOf(snap).list {
		dbs[d.OID] = true
	}
	e.columns.keep(e.store, func(oid uint32) bool {
		return slices.ContainsFunc(snap.Tables(), func(t *types.Table) bool { return t.OID == oid })
	})
	system := func(oid uint32) bool { _, _, ok := pgcatalog.RelationPlace(oid); return ok }
	e.counts.Keep(func(k stats.Key) bool { return have[k] || dbs[k.DB] && system(k.OID) }, func(key uint32) bool { return dbs[key] })
}

// Counted returns the counters of a table's scans, or of its primary key's. See
// op.Host.
func (r *run) Counted(def *types.Table, key bool) *stats.Scan {
	if key {
		return r.s.stat.Scan(pgcatalog.ConstraintIndexOID(def, def.KeyName))
	}
	return r.s.stat.Scan(def.OID)
}
