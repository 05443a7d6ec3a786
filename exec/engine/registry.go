package engine

import (
	"runtime"
	"sort"
	"sync"
	"time"

	"tagd/exec/roles"
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
	since time.Time // of the state
	began time.Time // of the query
	tx    time.Time // of the transaction; zero: there is none
}

// list returns what every session does, by PID.
func (r *registry) list() []activity {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]activity, 0, len(r.set))
	for s := range r.set {
		if a := s.act.Load(); a != nil {
			out = append(out, *a)
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
