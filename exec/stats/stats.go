// Package stats counts what sessions do to relations, as PostgreSQL's cumulative
// statistics do: a transaction collects its own counts, and hands them over when
// it ends. Rows that a rolled back transaction wrote count as written, and as
// dead (pgstat_relation.c). It also makes of the values of a column what ANALYZE says
// of it.
package stats

import (
	"sync"
	"sync/atomic"
	"time"
)

// Scan is what readings of one relation or index have counted. Any number of
// goroutines may add to it.
type Scan struct {
	Scans    atomic.Int64
	Returned atomic.Int64 // rows, or entries of an index, that scans gave
	Fetched  atomic.Int64 // rows that were fetched by an index
}

// Key names a relation or an index: the system's have the same OID in every database.
type Key struct{ DB, OID uint32 }

// Rel is what was counted of one relation or index since its counters were reset.
type Rel struct {
	Scans, Returned, Fetched         int64
	Inserted, Updated, Deleted, InIx int64 // InIx: updates that left all keys alone
	Live, Dead                       int64 // rows, by what was counted
	Mods                             int64 // rows changed since the last ANALYZE
	Fresh                            int64 // rows inserted since the last VACUUM
	Vacuumed, Analyzed               time.Time
	Vacuums, Analyzes                int64
	Read, Hit                        int64 // pages, in addition to what the store has counted; may be negative
}

// DB is what was counted of one database. It is safe for concurrent use.
type DB struct {
	Commits, Rollbacks, Deadlocks                  atomic.Int64
	Sessions, Abandoned, Fatal, Killed             atomic.Int64
	TempFiles, TempBytes                           atomic.Int64
	Returned, Fetched, Inserted, Updated, Deleted  atomic.Int64
	SessionTime, ActiveTime, IdleInTransactionTime atomic.Int64 // nanoseconds
	Read, Hit                                      atomic.Int64 // pages, as Rel has them
	reset                                          atomic.Int64 // Unix nanoseconds, 0 for never
}

// fields are the counters in the order in which they are stored.
func (d *DB) fields() []*atomic.Int64 {
	return []*atomic.Int64{&d.Commits, &d.Rollbacks, &d.Deadlocks, &d.Sessions, &d.Abandoned, &d.Fatal, &d.Killed, &d.TempFiles, &d.TempBytes,
		&d.Returned, &d.Fetched, &d.Inserted, &d.Updated, &d.Deleted, &d.SessionTime, &d.ActiveTime, &d.IdleInTransactionTime, &d.Read, &d.Hit, &d.reset}
}

// Reset is when the counters were reset, zero for never.
func (d *DB) Reset() time.Time {
	if n := d.reset.Load(); n != 0 {
		return time.Unix(0, n)
	}
	return time.Time{}
}

// Touch notes that some of the counters were reset.
func (d *DB) Touch(now time.Time) { d.reset.Store(now.UnixNano()) }

// All are the counters of a server. The zero value is ready; it is safe for
// concurrent use.
type All struct {
	mu   sync.Mutex
	rels map[Key]*Rel
	dbs  map[uint32]*DB
	at   map[string]time.Time // of the last reset, by kind
}

// DB returns the counters of a database by its key.
func (a *All) DB(key uint32) *DB {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.dbs == nil {
		a.dbs = map[uint32]*DB{}
	}
	if a.dbs[key] == nil {
		a.dbs[key] = &DB{}
	}
	return a.dbs[key]
}

// Rel returns a copy of the counters of a relation; false if nothing was counted.
func (a *All) Rel(k Key) (Rel, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r := a.rels[k]; r != nil {
		return *r, true
	}
	return Rel{}, false
}

// Copy returns copies of the counters of all relations.
func (a *All) Copy() map[Key]Rel {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make(map[Key]Rel, len(a.rels))
	for k, r := range a.rels {
		out[k] = *r
	}
	return out
}

// Change changes the counters of a relation.
func (a *All) Change(k Key, f func(r *Rel)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(a.rel(k))
}

func (a *All) rel(k Key) *Rel {
	if a.rels == nil {
		a.rels = map[Key]*Rel{}
	}
	r := a.rels[k]
	if r == nil {
		r = &Rel{}
		a.rels[k] = r
	}
	return r
}

// HasDB reports whether anything was counted of a database.
func (a *All) HasDB(key uint32) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.dbs[key] != nil
}

// ResetDB forgets what was counted of a database and its relations.
func (a *All) ResetDB(key uint32, now time.Time) {
	d := a.DB(key)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range d.fields() {
		f.Store(0)
	}
	d.reset.Store(now.UnixNano())
	for k := range a.rels {
		if k.DB == key {
			delete(a.rels, k)
		}
	}
}

// ResetRel forgets what was counted of a relation.
func (a *All) ResetRel(k Key) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.rels, k)
}

// SetResetTime and ResetTime keep when counters of a kind of their own were reset.
func (a *All) SetResetTime(kind string, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.at == nil {
		a.at = map[string]time.Time{}
	}
	a.at[kind] = now
}

// ResetTime is zero for a kind that never was.
func (a *All) ResetTime(kind string) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.at[kind]
}

// Len is the number of relations that something was counted of.
func (a *All) Len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.rels)
}

// Keep forgets the relations and databases that are no more.
func (a *All) Keep(rel func(Key) bool, db func(uint32) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for k := range a.rels {
		if !rel(k) {
			delete(a.rels, k)
		}
	}
	for key := range a.dbs {
		if !db(key) {
			delete(a.dbs, key)
		}
	}
}
