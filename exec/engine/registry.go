package engine

import (
	"runtime"
	"sort"
	"sync"
	"time"

	"tagd/exec/roles"
	"tagd/sql/parse"
)

func defaultWorkers() int { return runtime.GOMAXPROCS(0) }

// registry is the set of live sessions.
type registry struct {
	mu  sync.Mutex
	set map[*Session]bool
}

func (r *registry) add(s *Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.set == nil {
		r.set = map[*Session]bool{}
	}
	r.set[s] = true
}

func (r *registry) remove(s *Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.set, s)
}

// activity is what one session is doing.
type activity struct {
	pid   int32
	user  string
	db    string
	app   string
	state string // "active", "idle", "idle in transaction", "idle in transaction (aborted)"
	query string
	since time.Time        // of the state
	began time.Time        // of the query
	tx    time.Time        // of the transaction; zero: there is none
	st    *parse.Statement // the query; nil: its number is not shown
}

// queryID is the number of the statement's shape, nil for none.
func (a *activity) queryID() any {
	if a.st == nil {
		return nil
	}
	return shapeOf(a.st).id
}

// doing is what one session is doing, which others may read.
type doing struct {
	mu sync.Mutex
	a  activity
}

func (d *doing) load() activity {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.a
}

// active notes for pg_stat_activity that a statement begins, now.
func (s *Session) active(st *parse.Statement) (now time.Time) {
	now = s.e.opt.Now()
	s.spend(now)
	a := activity{pid: s.pid, user: s.user, db: s.db, app: s.values["application_name"],
		state: "active", query: st.Whole, since: now, began: now, tx: now}
	if s.tx.on {
		a.tx = s.tx.start
	}
	if s.statements.ids {
		a.st = st
	}
	s.act.mu.Lock()
	s.act.a = a
	s.act.mu.Unlock()
	return now
}

// idle notes that the session waits for its client. The query stays that of the
// last statement.
func (s *Session) idle() {
	now, app := s.e.opt.Now(), s.values["application_name"]
	s.spend(now)
	s.act.mu.Lock()
	defer s.act.mu.Unlock()
	a := &s.act.a
	if a.pid == 0 {
		a.began = now // no statement has run yet
	}
	a.pid, a.user, a.db, a.app, a.since, a.tx = s.pid, s.user, s.db, app, now, time.Time{}
	if s.tx.on {
		a.tx = s.tx.start
	}
	switch {
	case !s.tx.block:
		a.state = "idle"
	case s.tx.aborted:
		a.state = "idle in transaction (aborted)"
	default:
		a.state = "idle in transaction"
	}
}

// list returns what every session does, by PID.
func (r *registry) list() []activity {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]activity, 0, len(r.set))
	for s := range r.set {
		if a := s.act.load(); a.pid != 0 {
			out = append(out, a)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].pid < out[j].pid })
	return out
}

// activities is what sessions do, as the current user may see it: of those of
// other roles neither state nor query (pgstatfuncs.c, pg_stat_get_activity).
func (s *Session) activities(c *catalog) []activity {
	list := s.e.live.list()
	for i := range list {
		r := c.Named(list[i].user)
		if r == nil || !c.HasPrivs(c.user, r.OID) && !c.HasPrivs(c.user, roles.ReadAllStats) {
			list[i].state, list[i].query = "", "<insufficient privilege>"
		}
	}
	return list
}
