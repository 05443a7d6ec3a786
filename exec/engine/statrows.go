package engine

import (
	"strings"
	"sync/atomic"

	"github.com/jackc/pgerrcode"

	"tagd/exec/pgcatalog"
	"tagd/exec/roles"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// slruNames are PostgreSQL's caches of transaction states; here there are none.
var slruNames = []string{"CommitTs", "MultiXactMember", "MultiXactOffset", "Notify", "Serial", "Subtrans", "Xact", "other"}

// statRows answers the functions of statistics that return rows; rows may stop
// early, the rest is NULL.
func (s *Session) statRows(name string, args []vec.Datum, emit func(row []vec.Datum) error) error {
	add := func(width int, vals ...any) error {
		row := make([]vec.Datum, width)
		for i := range row {
			if i < len(vals) {
				row[i] = pgcatalog.Datum(vals[i])
			} else {
				row[i] = vec.Datum{Null: true}
			}
		}
		return emit(row)
	}
	zero := int64(0)
	switch name {
	case "pg_stat_statements":
		return s.statementRows(args[0].I != 0, add)
	case "pg_stat_statements_info":
		if err := s.haveStatements("pg_stat_statements_info()"); err != nil {
			return err
		}
		dropped, reset := s.e.statements.Info()
		if reset.IsZero() {
			reset = s.e.started
		}
		return add(2, dropped, stamp(reset))
	case "pg_stat_get_activity":
		return s.activityRows(args[0], add)
	case "pg_stat_get_backend_idset":
		for i := range s.e.live.list() {
			if err := add(1, i+1); err != nil {
				return err
			}
		}
	case "pg_stat_get_progress_info":
		return s.progressRows(args[0].S, add)
	case "pg_stat_get_archiver":
		return add(7, zero, nil, nil, zero, nil, nil, stamp(s.e.resetTime("archiver")))
	case "pg_stat_get_wal":
		return add(9, zero, zero, vec.Datum{D: types.DecimalOf(0, 0)}, zero, zero, zero, 0.0, 0.0, stamp(s.e.resetTime("wal")))
	case "pg_stat_get_recovery_prefetch":
		return add(10, stamp(s.e.resetTime("recovery_prefetch")), zero, zero, zero, zero, zero, zero, zero, zero, zero)
	case "pg_stat_get_slru":
		for _, n := range slruNames {
			if err := add(9, n, zero, zero, zero, zero, zero, zero, zero, stamp(s.e.resetTime("slru "+n))); err != nil {
				return err
			}
		}
	case "pg_stat_get_replication_slot":
		return add(10, args[0], zero, zero, zero, zero, zero, zero, zero, zero)
	case "pg_stat_get_subscription_stats":
		return add(4, args[0], zero, zero)
	case "pg_stat_get_wal_receiver":
		return add(15)
	}
	return nil
}

// activityRows are the rows of pg_stat_get_activity: of one session or, for NULL,
// of all. Of those of other roles neither state nor query is shown.
func (s *Session) activityRows(pid vec.Datum, add func(width int, vals ...any) error) error {
	const width = 30
	c, release := s.catalog()
	defer release()
	dbs := databaseOIDs(c)
	for _, a := range s.activities(c) {
		o := s.e.live.session(a.pid)
		if o == nil || !pid.Null && int64(a.pid) != pid.I {
			continue
		}
		var user any
		if r := c.Named(a.user); r != nil {
			user = r.OID
		}
		if a.state == "" { // another's
			if err := add(width, dbs[a.db], a.pid, user, a.app, nil, a.query); err != nil {
				return err
			}
			continue
		}
		kind, event := s.waitEvent(o, &a)
		var addr any
		port := -1
		if o.from.Addr != "" {
			addr, port = inetOf(o.from.Addr), o.from.Port
		}
		vals := []any{dbs[a.db], a.pid, user, a.app, a.state, cut(a.query), kind, event, stamp(a.tx), stamp(a.began), stamp(o.started), stamp(a.since),
			addr, nil, port, nil, nil, "client backend"}
		if o.from.TLS != "" {
			vals = append(vals, true, o.from.TLS, o.from.Cipher, o.from.Bits, nil, nil, nil)
		} else {
			vals = append(vals, false, nil, nil, nil, nil, nil, nil)
		}
		if err := add(width, append(vals, false, nil, false, nil, a.queryID())...); err != nil {
			return err
		}
	}
	return nil
}

// waitEvent is what a session waits for, nil for nothing.
func (s *Session) waitEvent(o *Session, a *activity) (kind, event any) {
	if w := s.e.locks.waiting(o); w != "" {
		return "Lock", w
	}
	if a.state != "active" {
		return "Client", "ClientRead"
	}
	return nil, nil
}

// backendStat is what a function of a session, by its name after
// pg_stat_get_backend_, says of number n of pg_stat_get_backend_idset.
func (s *Session) backendStat(name string, n int) vec.Datum {
	c, release := s.catalog()
	defer release()
	list := s.activities(c)
	if n < 1 || n > len(list) || s.e.live.session(list[n-1].pid) == nil {
		text := name == "activity" || strings.HasPrefix(name, "wait_event")
		return vec.Datum{Null: !text, S: "<backend information not available>"}
	}
	a := &list[n-1]
	o := s.e.live.session(a.pid)
	switch name {
	case "pid":
		return vec.Datum{I: int64(a.pid)}
	case "dbid":
		return vec.Datum{I: int64(databaseOIDs(c)[a.db])}
	case "userid":
		return vec.Datum{I: int64(o.login)}
	case "activity":
		return vec.Datum{S: cut(a.query)}
	}
	if a.state == "" {
		switch name {
		case "wait_event_type", "wait_event":
			return vec.Datum{S: a.query}
		}
		return vec.Datum{Null: true}
	}
	kind, event := s.waitEvent(o, a)
	switch name {
	case "wait_event_type":
		return pgcatalog.Datum(kind)
	case "wait_event":
		return pgcatalog.Datum(event)
	case "activity_start":
		return stampDatum(a.began)
	case "xact_start":
		return stampDatum(a.tx)
	case "start":
		return stampDatum(o.started)
	case "client_addr":
		if o.from.Addr == "" {
			return vec.Datum{Null: true}
		}
		return inetOf(o.from.Addr)
	case "client_port":
		if o.from.Addr == "" {
			return vec.Datum{I: -1}
		}
		return vec.Datum{I: int64(o.from.Port)}
	}
	return vec.Datum{Null: true}
}

// progress is how far a statement has come that reports it. Any goroutine may read
// and write it.
type progress struct {
	command string // as pg_stat_get_progress_info takes it
	rel     uint32
	params  [20]atomic.Int64
}

// begins reports what the session begins to do with a relation, until progress
// is emptied.
func (s *Session) begins(command string, rel uint32) *progress {
	p := &progress{command: command, rel: rel}
	s.progress.Store(p)
	return p
}

// progressCommands are those that have a view of their progress.
var progressCommands = map[string]bool{"VACUUM": true, "ANALYZE": true, "CLUSTER": true, "CREATE INDEX": true, "BASEBACKUP": true, "COPY": true}

// progressRows are the rows of pg_stat_get_progress_info.
func (s *Session) progressRows(command string, add func(width int, vals ...any) error) error {
	if !progressCommands[command] {
		return sqlerr.New(pgerrcode.InvalidParameterValue, `invalid command name: "%s"`, command)
	}
	c, release := s.catalog()
	defer release()
	dbs := databaseOIDs(c)
	for _, a := range s.e.live.list() {
		o := s.e.live.session(a.pid)
		if o == nil {
			continue
		}
		p := o.progress.Load()
		if p == nil || p.command != command {
			continue
		}
		vals := []any{a.pid, dbs[a.db]}
		if c.HasPrivs(c.user, o.login) || c.HasPrivs(c.user, roles.ReadAllStats) {
			vals = append(vals, p.rel)
			for i := range p.params {
				vals = append(vals, p.params[i].Load())
			}
		}
		if err := add(23, vals...); err != nil {
			return err
		}
	}
	return nil
}
