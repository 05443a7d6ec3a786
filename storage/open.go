package storage

import (
	"context"
	"os"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgerrcode"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/storage/kv"
	"tagd/storage/table"
)

// Options are for Open. The zero value is right for production.
type Options struct {
	// CacheBytes bounds the pages kept in memory; 0: a quarter of the machine's
	// memory, 2 GB at most.
	CacheBytes int64
	// NoSync does not wait for the disk: for tests.
	NoSync bool
	// ReadOnly refuses Begin and runs nothing in the background.
	ReadOnly bool
	// NoBackground leaves out compaction after commits: for tests of it.
	NoBackground bool
	// MaxBytes bounds the file, 0: no bound. Tests make a full disk with it.
	MaxBytes int
	// Keys computes the keys of unique indexes of expressions and of some rows only;
	// without it tables that have such ones cannot be changed.
	Keys table.NewKeyer
	// Logf is told of faults and of work in the background; nil: nobody.
	Logf func(format string, args ...any)
}

// DB is an open data file: it implements table.Store.
type DB struct {
	kv    *kv.DB
	opts  Options
	cache *cache
	exts  *types.Exts
	turn  *turn

	next atomic.Uint64 // the version of the next step of a Write: none is given out twice
	// given are the next OID and table ID that no Write has given out since Open;
	// they belong to whoever has the turn.
	given struct{ oid, table uint32 }
	left  struct {
		sync.Mutex
		list []leftover // what aborted Writes have left in the file
	}

	version atomic.Uint64 // see Version

	// mu guards what follows; it is never held across I/O.
	mu struct {
		sync.Mutex
		cur     *state
		refs    map[uint64]int // snapshots by version
		garbage []garbage      // ascending version: what can go when older snapshots have
		closed  bool
	}
	collecting sync.Mutex // held by the one who removes garbage

	wake   chan struct{} // capacity 1: there may be work in the background
	ctx    context.Context
	cancel context.CancelFunc
	bg     sync.WaitGroup
}

var _ table.Store = (*DB)(nil)

// leftover is what an aborted Write has put into the file: keys, as in the
// journal, and the journal records that list them.
type leftover struct {
	list    []byte
	records [][]byte
}

// garbage is what a commit made superfluous.
type garbage struct {
	ver  uint64
	list []byte // as in the journal
}

// Open opens or creates a data file. It is ready at once: nothing is rebuilt.
func Open(path string, o Options) (*DB, error) {
	if o.Logf == nil {
		o.Logf = func(string, ...any) {}
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = defaultCache()
	}
	k, err := kv.Open(path, kv.Options{ReadOnly: o.ReadOnly, NoSync: o.NoSync, MaxBytes: o.MaxBytes})
	if err != nil {
		return nil, err
	}
	db := &DB{kv: k, opts: o, cache: newCache(o.CacheBytes), exts: &types.Exts{}, turn: newTurn(), wake: make(chan struct{}, 1)}
	db.ctx, db.cancel = context.WithCancel(context.Background())
	db.mu.refs = map[uint64]int{}
	if err := db.start(); err != nil {
		k.Close()
		return nil, err
	}
	return db, nil
}

func (db *DB) start() error {
	var st *state
	var leftovers []byte
	var records [][]byte
	err := db.kv.View(func(v *kv.View) error {
		l := loader{v: v, exts: db.exts, fault: func(err error) { db.opts.Logf("storage: %v", err) }}
		var err error
		if st, err = l.load(); err != nil {
			return err
		}
		// What a version before the crash wrote or superseded: nobody needs it.
		return v.Scan(kv.Journal, nil, func(k, list []byte) error {
			leftovers = append(leftovers, list...)
			records = append(records, append([]byte(nil), k...))
			return nil
		})
	})
	if err != nil {
		return err
	}
	db.mu.cur = st
	db.next.Store(st.ver + 1)
	db.version.Store(st.data)
	if db.opts.ReadOnly {
		return nil
	}
	// Pages of a version that was never committed must be gone before that
	// version's number is given out again.
	if err := db.removeKeys(leftovers, records); err != nil {
		return err
	}
	if !db.opts.NoBackground {
		db.bg.Add(1)
		go db.background()
		db.nudge()
	}
	return nil
}

// defaultCache is a quarter of the machine's memory, 2 GB at most.
func defaultCache() int64 {
	const most = 2 << 30
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return most
	}
	var kb int64
	for i := 0; i < len(b) && b[i] != '\n'; i++ {
		if b[i] >= '0' && b[i] <= '9' {
			kb = kb*10 + int64(b[i]-'0')
		}
	}
	return min(max(kb<<10/4, 64<<20), most)
}

// Close implements table.Store.
func (db *DB) Close() error {
	db.mu.Lock()
	if db.mu.closed {
		db.mu.Unlock()
		return nil
	}
	db.mu.closed = true
	db.mu.Unlock()
	db.cancel()
	db.bg.Wait()
	return db.kv.Close()
}

// errClosed is what calls after Close get.
func errClosed() error { return sqlerr.New(pgerrcode.AdminShutdown, "the data file is closed") }

// Snapshot implements table.Store.
func (db *DB) Snapshot() table.Snapshot { return db.snapshot() }

// Version implements table.Store.
func (db *DB) Version() uint64 { return db.version.Load() }

func (db *DB) snapshot() *snapshot {
	db.mu.Lock()
	defer db.mu.Unlock()
	st := db.mu.cur
	db.mu.refs[st.ver]++
	return &snapshot{db: db, st: st}
}

// release gives a snapshot's version back.
func (db *DB) release(ver uint64) {
	db.mu.Lock()
	if db.mu.refs[ver]--; db.mu.refs[ver] <= 0 {
		delete(db.mu.refs, ver)
	}
	n := len(db.mu.garbage)
	db.mu.Unlock()
	if n > 0 {
		db.nudge()
	}
}

// nudge wakes the background.
func (db *DB) nudge() {
	select {
	case db.wake <- struct{}{}:
	default:
	}
}

// current is the newest state, without a reference: for looking at numbers only.
func (db *DB) current() *state {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.mu.cur
}

// publish makes a committed state the current one.
func (db *DB) publish(st *state, g garbage) {
	db.mu.Lock()
	db.mu.cur = st
	db.version.Store(st.data)
	if len(g.list) > 0 {
		db.mu.garbage = append(db.mu.garbage, g)
	}
	db.mu.Unlock()
	db.nudge()
}

// Stats are figures for people.
type Stats struct {
	Version    uint64
	FileBytes  int64 // size of the file
	LiveBytes  int64 // of the pages of the newest state
	CacheBytes int64
	Tables     int
	Rows       int64
	Snapshots  int // that are held
}

// Stats returns the present figures.
func (db *DB) Stats() Stats {
	st := db.current()
	s := Stats{Version: st.ver, FileBytes: db.kv.Size(), CacheBytes: db.cache.bytes(), Tables: len(st.tables)}
	for _, t := range st.tables {
		s.Rows += t.rows
		s.LiveBytes += t.bytes
	}
	db.mu.Lock()
	for _, n := range db.mu.refs {
		s.Snapshots += n
	}
	db.mu.Unlock()
	return s
}
