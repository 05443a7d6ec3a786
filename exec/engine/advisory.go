package engine

import (
	"context"
	"strings"

	"github.com/jackc/pgerrcode"

	"tagd/exec/pgcatalog"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// sessionFn answers the functions that are about sessions: locks, notifications
// and signals. ok is false for a name that is not among them.
func (s *Session) sessionFn(ctx context.Context, name string, args []vec.Datum) (d vec.Datum, ok bool, err error) {
	if strings.HasPrefix(name, "pg_stat_") {
		return s.statFn(name, args)
	}
	switch name {
	case "pg_cancel_backend":
		d, err = s.signal(int32(args[0].I), false)
		return d, true, err
	case "pg_terminate_backend":
		d, err = s.terminate(ctx, args)
		return d, true, err
	case "pg_reload_conf":
		s.e.reload()
		return vec.Datum{I: 1}, true, nil
	case "pg_notify":
		return vec.Datum{}, true, s.notify(args[0].S, args[1].S)
	case "pg_listening_channels":
		return s.e.channels.listening(s), true, nil
	case "pg_notification_queue_usage":
		// What is notified is handed to the clients at commit: no queue is shared.
		return vec.Datum{}, true, nil
	case "pg_blocking_pids", "pg_safe_snapshot_blocking_pids":
		return s.e.blocking(name, int32(args[0].I)), true, nil
	}
	if !strings.HasPrefix(name, "pg_advisory_") && !strings.HasPrefix(name, "pg_try_advisory_") {
		return vec.Datum{}, false, nil
	}
	d, err = s.advisory(ctx, name, args)
	return d, true, err
}

// blocking is pg_blocking_pids.
func (e *Engine) blocking(name string, pid int32) vec.Datum {
	var pids []int32
	if s := e.live.session(pid); s != nil && name == "pg_blocking_pids" {
		pids = e.locks.blockedBy(s)
	}
	v := vec.New(types.Of(types.Int4), len(pids))
	for i, p := range pids {
		v.I64[i] = int64(p)
	}
	return vec.Datum{A: v}
}

// session finds a session by its PID, nil if there is none.
func (r *registry) session(pid int32) *Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.set {
		if s.pid == pid {
			return s
		}
	}
	return nil
}

// advisoryTag is the tag of a key: a bigint, or two integers.
func (s *Session) advisoryTag(args []vec.Datum) lockTag {
	t := lockTag{kind: "advisory", db: pgcatalog.DatabaseOID(s.dbOID)}
	if len(args) == 1 {
		t.class, t.obj, t.sub = uint32(uint64(args[0].I)>>32), uint32(args[0].I), 1
		return t
	}
	t.class, t.obj, t.sub = uint32(args[0].I), uint32(args[1].I), 2
	return t
}

// advisory runs the functions of advisory locks.
func (s *Session) advisory(ctx context.Context, name string, args []vec.Datum) (vec.Datum, error) {
	k := &s.e.locks
	if name == "pg_advisory_unlock_all" {
		k.endSession(s)
		return vec.Datum{}, nil
	}
	t, m := s.advisoryTag(args), exclusiveLock
	if strings.HasSuffix(name, "_shared") {
		m = shareLock
	}
	tx := strings.Contains(name, "_xact_")
	switch {
	case strings.Contains(name, "_unlock"):
		ok := k.unlock(s, t, m)
		if !ok {
			w := sqlerr.New(pgerrcode.Warning, "you don't own a lock of type %s", lockModeNames[m])
			w.Severity = "WARNING"
			s.later(w)
		}
		return boolDatum(ok), nil
	case strings.HasPrefix(name, "pg_try_"):
		ok, err := k.tryLock(s, t, m, tx)
		return boolDatum(ok), err
	}
	return vec.Datum{}, k.lock(ctx, s, t, m, tx)
}

// later keeps a notice that a function has, perhaps beside others, until the
// session's own goroutine can send it.
func (s *Session) later(n *sqlerr.Error) {
	s.lateMu.Lock()
	defer s.lateMu.Unlock()
	s.late = append(s.late, n)
}

// sendLate sends the notices that functions had.
func (s *Session) sendLate() {
	s.lateMu.Lock()
	list := s.late
	s.late = nil
	s.lateMu.Unlock()
	for _, n := range list {
		s.notice(n)
	}
}
