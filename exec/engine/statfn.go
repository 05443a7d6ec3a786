package engine

import (
	"strings"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/exec/pgcatalog"
	"tagd/exec/stats"
	"tagd/sql/sqlerr"
	"tagd/sql/vec"
)

// relCounts are the functions of a relation's counters by their names after
// pg_stat_get_ and pg_stat_get_xact_.
var relCounts = map[string]func(r *stats.Rel) int64{
	"numscans":           func(r *stats.Rel) int64 { return r.Scans },
	"tuples_returned":    func(r *stats.Rel) int64 { return r.Returned },
	"tuples_fetched":     func(r *stats.Rel) int64 { return r.Fetched },
	"tuples_inserted":    func(r *stats.Rel) int64 { return r.Inserted },
	"tuples_updated":     func(r *stats.Rel) int64 { return r.Updated },
	"tuples_deleted":     func(r *stats.Rel) int64 { return r.Deleted },
	"tuples_hot_updated": func(r *stats.Rel) int64 { return r.InIx },
	"live_tuples":        func(r *stats.Rel) int64 { return r.Live },
	"dead_tuples":        func(r *stats.Rel) int64 { return r.Dead },
	"mod_since_analyze":  func(r *stats.Rel) int64 { return r.Mods },
	"ins_since_vacuum":   func(r *stats.Rel) int64 { return r.Fresh },
	"vacuum_count":       func(r *stats.Rel) int64 { return r.Vacuums },
	"analyze_count":      func(r *stats.Rel) int64 { return r.Analyzes },
	"blocks_fetched":     func(r *stats.Rel) int64 { return r.Read + r.Hit },
	"blocks_hit":         func(r *stats.Rel) int64 { return r.Hit },
	// Nothing vacuums or analyzes by itself here.
	"autovacuum_count":  func(*stats.Rel) int64 { return 0 },
	"autoanalyze_count": func(*stats.Rel) int64 { return 0 },
}

// dbCounts are those of a database, by their names after pg_stat_get_db_.
var dbCounts = map[string]func(d *stats.DB) int64{
	"xact_commit":        func(d *stats.DB) int64 { return d.Commits.Load() },
	"xact_rollback":      func(d *stats.DB) int64 { return d.Rollbacks.Load() },
	"tuples_returned":    func(d *stats.DB) int64 { return d.Returned.Load() },
	"tuples_fetched":     func(d *stats.DB) int64 { return d.Fetched.Load() },
	"tuples_inserted":    func(d *stats.DB) int64 { return d.Inserted.Load() },
	"tuples_updated":     func(d *stats.DB) int64 { return d.Updated.Load() },
	"tuples_deleted":     func(d *stats.DB) int64 { return d.Deleted.Load() },
	"temp_files":         func(d *stats.DB) int64 { return d.TempFiles.Load() },
	"temp_bytes":         func(d *stats.DB) int64 { return d.TempBytes.Load() },
	"deadlocks":          func(d *stats.DB) int64 { return d.Deadlocks.Load() },
	"sessions":           func(d *stats.DB) int64 { return d.Sessions.Load() },
	"sessions_abandoned": func(d *stats.DB) int64 { return d.Abandoned.Load() },
	"sessions_fatal":     func(d *stats.DB) int64 { return d.Fatal.Load() },
	"sessions_killed":    func(d *stats.DB) int64 { return d.Killed.Load() },
}

// statFn answers the functions of statistics; ok is false for a name that is not
// among them.
func (s *Session) statFn(name string, args []vec.Datum) (d vec.Datum, ok bool, err error) {
	if rest, is := strings.CutPrefix(name, "pg_stat_get_"); is {
		d, ok = s.statValue(rest, args)
		return d, ok, nil
	}
	return s.statAction(name, args)
}

// statValue is the value of a function of statistics by its name after pg_stat_get_.
func (s *Session) statValue(name string, args []vec.Datum) (d vec.Datum, ok bool) {
	if rest, is := strings.CutPrefix(name, "db_"); is {
		return s.dbStat(rest, uint32(args[0].I)), true
	}
	if rest, is := strings.CutPrefix(name, "backend_"); is {
		return s.backendStat(rest, int(args[0].I)), true
	}
	if rest, is := strings.CutPrefix(name, "xact_"); is {
		if strings.HasPrefix(rest, "function_") {
			return vec.Datum{Null: true}, true // no function is counted: all are the server's own
		}
		r := s.stat.Now(uint32(args[0].I))
		return vec.Datum{I: relCounts[rest](&r)}, true
	}
	if f := relCounts[name]; f != nil {
		r := s.relStat(uint32(args[0].I))
		return vec.Datum{I: f(&r)}, true
	}
	at := func(t time.Time) (vec.Datum, bool) { return stampDatum(t), true }
	switch name {
	case "function_calls", "function_total_time", "function_self_time":
		return vec.Datum{Null: true}, true
	case "last_vacuum_time":
		return at(s.relStat(uint32(args[0].I)).Vacuumed)
	case "last_analyze_time":
		return at(s.relStat(uint32(args[0].I)).Analyzed)
	case "last_autovacuum_time", "last_autoanalyze_time":
		return vec.Datum{Null: true}, true
	case "bgwriter_requested_checkpoints":
		return vec.Datum{I: s.e.checkpoints.Load()}, true
	case "bgwriter_stat_reset_time":
		return at(s.e.resetTime("bgwriter"))
	case "snapshot_timestamp":
		return at(s.tx.seen.at)
	case "buf_alloc":
		read, _ := s.pages(nil)
		return vec.Datum{I: read}, true
	}
	// The others are about a write-ahead log and its checkpoints: there is none.
	return vec.Datum{}, strings.HasPrefix(name, "bgwriter_") || strings.HasPrefix(name, "buf_") || strings.HasPrefix(name, "checkpoint_")
}

// stampDatum is a timestamptz, NULL for the zero time.
func stampDatum(t time.Time) vec.Datum {
	if t.IsZero() {
		return vec.Datum{Null: true}
	}
	return vec.Datum{I: t.Sub(pgEpoch).Microseconds()}
}

// resetTime is when counters of a kind were reset: when the file was first served,
// at the latest.
func (e *Engine) resetTime(kind string) time.Time {
	if t := e.counts.ResetTime(kind); !t.IsZero() {
		return t
	}
	return e.started
}

// seenStats are the counters that a transaction has looked at: it goes on seeing
// them as they were (stats_fetch_consistency).
type seenStats struct {
	rels map[stats.Key]stats.Rel
	all  bool      // they are those of all relations
	at   time.Time // when they were taken, if all
}

// relStat is what was counted of a relation or an index, as the transaction sees it.
func (s *Session) relStat(oid uint32) stats.Rel {
	s.seenMu.Lock()
	defer s.seenMu.Unlock()
	k := stats.Key{DB: s.dbOID, OID: oid}
	mode := s.values["stats_fetch_consistency"]
	if mode == "snapshot" && !s.tx.seen.all && s.tx.block {
		s.tx.seen = seenStats{rels: s.e.counts.Copy(), all: true, at: s.e.opt.Now()}
	}
	r, ok := s.tx.seen.rels[k]
	if ok && mode != "none" {
		return r
	}
	if !s.tx.seen.all || mode == "none" {
		r, _ = s.e.counts.Rel(k)
	}
	c, release := s.catalog()
	if def := c.byOID(oid); def != nil {
		read, hit := s.e.store.Pages(def.ID)
		r.Read, r.Hit = r.Read+read, r.Hit+hit
	}
	release()
	if s.tx.block && mode != "none" {
		if s.tx.seen.rels == nil {
			s.tx.seen.rels = map[stats.Key]stats.Rel{}
		}
		if !s.tx.seen.all {
			s.tx.seen.rels[k] = r
		}
	}
	return r
}

// dbStat is a counter of a database by its name after pg_stat_get_db_.
func (s *Session) dbStat(name string, oid uint32) vec.Datum {
	c, release := s.catalog()
	defer release()
	var db *database
	for _, x := range databasesOf(c.snap).list {
		if pgcatalog.DatabaseOID(x.OID) == oid {
			db = x
		}
	}
	if name == "numbackends" {
		n := int64(0)
		for _, a := range s.e.live.list() {
			if db != nil && a.db == db.Name {
				n++
			}
		}
		return vec.Datum{I: n}
	}
	if db == nil || !s.e.counts.HasDB(db.OID) {
		null := strings.HasSuffix(name, "_reset_time") || strings.HasPrefix(name, "checksum_")
		return vec.Datum{Null: null}
	}
	d := s.e.counts.DB(db.OID)
	if f := dbCounts[name]; f != nil {
		return vec.Datum{I: f(d)}
	}
	switch name {
	case "blocks_fetched", "blocks_hit":
		read, hit := s.pages(db)
		if read, hit = read+d.Read.Load(), hit+d.Hit.Load(); name == "blocks_hit" {
			read = 0
		}
		return vec.Datum{I: read + hit}
	case "session_time":
		return milliseconds(d.SessionTime.Load())
	case "active_time":
		return milliseconds(d.ActiveTime.Load())
	case "idle_in_transaction_time":
		return milliseconds(d.IdleInTransactionTime.Load())
	case "stat_reset_time":
		return stampDatum(d.Reset())
	case "checksum_failures", "checksum_last_failure": // NULL without data_checksums
		return vec.Datum{Null: true}
	}
	return vec.Datum{}
}

func milliseconds(ns int64) vec.Datum { return vec.Datum{F: float64(ns) / 1e6} }

// pages adds up what the store has counted of the tables of a database; nil: of
// all.
func (s *Session) pages(db *database) (read, hit int64) {
	snap, release := s.snapshot()
	defer release()
	for _, def := range snap.Tables() {
		if db == nil || def.DB == db.OID {
			r, h := s.e.store.Pages(def.ID)
			read, hit = read+r, hit+h
		}
	}
	return read, hit
}

// statAction runs the functions that reset statistics, and their kin.
func (s *Session) statAction(name string, args []vec.Datum) (d vec.Datum, ok bool, err error) {
	now := s.e.opt.Now()
	switch name {
	case "pg_stat_statements_reset":
		return vec.Datum{}, true, s.resetStatements(args, now)
	case "pg_stat_reset":
		s.resetDB(now)
	case "pg_stat_reset_single_table_counters":
		s.resetRel(uint32(args[0].I), now)
	case "pg_stat_reset_single_function_counters", "pg_stat_force_next_flush": // counts are handed over at once
	case "pg_stat_clear_snapshot":
		s.seenMu.Lock()
		s.tx.seen = seenStats{}
		s.seenMu.Unlock()
	case "pg_stat_reset_shared":
		switch target := args[0].S; target {
		case "archiver", "bgwriter", "recovery_prefetch", "wal":
			s.e.counts.SetResetTime(target, now)
		default:
			err = sqlerr.New(pgerrcode.InvalidParameterValue, `unrecognized reset target: "%s"`, target).
				WithHint(`Target must be "archiver", "bgwriter", "recovery_prefetch", or "wal".`)
		}
	case "pg_stat_reset_slru":
		for _, n := range slruNames {
			if args[0].Null || args[0].S == n {
				s.e.counts.SetResetTime("slru "+n, now)
			}
		}
	case "pg_stat_reset_replication_slot":
		if !args[0].Null {
			err = sqlerr.New(pgerrcode.InvalidParameterValue, `replication slot "%s" does not exist`, args[0].S)
		}
	case "pg_stat_reset_subscription_stats":
	case "pg_stat_have_stats":
		return s.haveStats(args)
	default:
		return vec.Datum{}, false, nil
	}
	return vec.Datum{}, true, err
}

// haveStats is pg_stat_have_stats.
func (s *Session) haveStats(args []vec.Datum) (vec.Datum, bool, error) {
	switch kind := args[0].S; kind {
	case "archiver", "bgwriter", "checkpointer", "slru", "wal":
		return boolDatum(true), true, nil
	case "database":
		key := uint32(args[1].I)
		if key == pgcatalog.DatabaseOID(0) {
			key = 0
		}
		return boolDatum(s.e.counts.HasDB(key)), true, nil
	case "relation":
		db := uint32(args[1].I)
		if db == pgcatalog.DatabaseOID(0) {
			db = 0
		}
		_, ok := s.e.counts.Rel(stats.Key{DB: db, OID: uint32(args[2].I)})
		return boolDatum(ok), true, nil
	case "function", "replslot", "subscription":
		return boolDatum(false), true, nil
	default:
		return vec.Datum{}, true, sqlerr.New(pgerrcode.InvalidParameterValue, `invalid statistics kind: "%s"`, kind)
	}
}

// resetDB is pg_stat_reset: what the store has counted until now counts no more.
func (s *Session) resetDB(now time.Time) {
	s.e.counts.ResetDB(s.dbOID, now)
	snap, release := s.snapshot()
	defer release()
	for _, def := range snap.Tables() {
		if def.DB != s.dbOID {
			continue
		}
		read, hit := s.e.store.Pages(def.ID)
		s.counts.Read.Add(-read)
		s.counts.Hit.Add(-hit)
		if read+hit != 0 {
			s.e.counts.Change(stats.Key{DB: s.dbOID, OID: def.OID}, func(r *stats.Rel) { r.Read, r.Hit = -read, -hit })
		}
	}
}

// resetRel is pg_stat_reset_single_table_counters.
func (s *Session) resetRel(oid uint32, now time.Time) {
	k := stats.Key{DB: s.dbOID, OID: oid}
	s.e.counts.ResetRel(k)
	c, release := s.catalog()
	defer release()
	if def := c.byOID(oid); def != nil {
		if read, hit := s.e.store.Pages(def.ID); read+hit != 0 {
			s.e.counts.Change(k, func(r *stats.Rel) { r.Read, r.Hit = -read, -hit })
		}
	}
	s.counts.Touch(now)
}
