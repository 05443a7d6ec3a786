package engine

import (
	"runtime"
	"sort"
	"sync"
	"time"
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
