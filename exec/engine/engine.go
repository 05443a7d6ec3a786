// Package engine is where all parts meet: it parses, plans and runs the
// statements of sessions over a store. It implements sql/session.
//
// A session runs one statement at a time. Readers work on snapshots and wait for
// nobody. A changing statement locks its tables (writelock.go) and opens a Write
// of the store, which the session keeps until its transaction ends: at once for a
// lone statement of a simple query, at Sync for a series of them, at COMMIT for a
// block, which gives the turn to write to others whenever it waits for its client.
// Each statement of a transaction
// seals what it has done (table.Write.Seal), so that the next one reads it; a
// savepoint is a mark of the Write to go back to.
package engine

import (
	"context"
	"maps"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/exec/op"
	"tagd/exec/stats"
	"tagd/sql/fn"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/storage/table"
)

// Database and Superuser are what a new file has.
const (
	Database  = "tagd"
	Superuser = "tagd"
)

// Options of an engine. The zero value is usable.
type Options struct {
	MemPerQuery int64  // bytes a statement may hold; 0: 512 MB
	MemTotal    int64  // bytes all statements together may hold; 0: four times MemPerQuery
	Workers     int    // goroutines per statement; 0: GOMAXPROCS
	Version     string // tagd's own version, shown by version()
	// Shown are values of settings that the server was started with, by their names
	// in lower case.
	Shown map[string]string
	// Door is how the server lets clients in, for pg_hba_file_rules to show.
	Door Door
	// Now is the clock; nil: time.Now. For tests.
	Now func() time.Time
}

// Engine makes sessions over one store. It is safe for concurrent use.
type Engine struct {
	store         table.Store
	opt           Options
	mem           *op.Account // the server-wide account, parent of every statement's
	plans         *planCache
	pids          atomic.Int32
	sets          setCache
	roles         roleCache
	seqs          counters
	slots         slots
	started       time.Time
	locks         locks
	counts        stats.All
	statements    stats.Statements // what pg_stat_statements shows
	maxStatements int
	columns       columnStats // what ANALYZE has found
	channels      channels
	checkpoints   atomic.Int64 // that were asked for
	statsLen      atomic.Int64 // how many counters there were when those of dropped relations went
	statsKept     sync.Once    // what loadStats has read is removed from the file
	live          registry     // the sessions, for pg_stat_activity and SHOW PROCESSLIST
	// snapshots are those that transactions have exported.
	snapshots snapshots
	conf      systemConf
}

// New returns an engine over an open store, which stays the caller's to close.
func New(s table.Store, o Options) (*Engine, error) {
	if o.MemPerQuery <= 0 {
		o.MemPerQuery = 512 << 20
	}
	if o.MemTotal <= 0 {
		o.MemTotal = 4 * o.MemPerQuery
	}
	if o.Workers <= 0 {
		o.Workers = defaultWorkers()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	e := &Engine{store: s, opt: o, mem: op.NewAccount(o.MemTotal, nil, nil), plans: newPlanCache(), started: o.Now()}
	if err := e.dropTemp(noContext, 0); err != nil && sqlerr.Code(err) != pgerrcode.ReadOnlySQLTransaction {
		return nil, err
	}
	if err := e.startConf(); err != nil {
		return nil, err
	}
	e.publishTypes()
	e.maxStatements, _ = strconv.Atoi(settingByName["pg_stat_statements.max"].def)
	return e, e.loadStats()
}

// Show adds to Options.Shown what is known only when the server listens. No session
// may have begun.
func (e *Engine) Show(values map[string]string) {
	all := maps.Clone(values)
	maps.Copy(all, e.opt.Shown)
	e.opt.Shown = all
}

// Connect opens a session. See session.Engine.
func (e *Engine) Connect(_ context.Context, params map[string]string, host session.Host) (session.Session, error) {
	user := params["user"]
	if user == "" {
		return nil, fatal(pgerrcode.InvalidAuthorizationSpecification, "no PostgreSQL user name specified in startup packet")
	}
	db := params["database"]
	if db == "" {
		db = user
	}
	l, err := e.admit(user, db)
	if err != nil {
		return nil, err
	}
	s := &Session{
		e: e, host: host, peer: host, user: user, db: db, dbOID: l.db.OID, loginSettings: l.settings,
		login: l.role.OID, loginSuper: l.role.Super, authorized: l.role.OID, current: l.role.OID,
		pid:      e.pids.Add(1),
		started:  e.opt.Now(),
		rng:      fn.NewPrng(),
		prepared: map[string]*sqlPrepared{},
	}
	if err := s.initSettings(params); err != nil {
		return nil, err
	}
	if h, ok := host.(session.InterruptHost); ok {
		s.interrupt = h.Interrupt
	}
	if h, ok := host.(session.PeerHost); ok {
		s.pid = h.PID()
	}
	if h, ok := host.(session.RemoteHost); ok {
		s.from = h.Remote()
	}
	s.fnBase = s.newFnBase()
	e.statsKept.Do(e.dropStats)
	s.counts, s.spent = e.counts.DB(s.dbOID), s.started
	s.counts.Sessions.Add(1)
	s.slot = e.slots.take()
	e.live.add(s)
	return s, nil
}

func fatal(code, format string, args ...any) *sqlerr.Error {
	err := sqlerr.New(code, format, args...)
	err.Severity = "FATAL"
	return err
}
