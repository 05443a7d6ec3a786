package engine

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/exec/pgcatalog"
	"tagd/exec/stats"
	"tagd/planner/plan"
	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/parse"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// Session is one client's settings, transaction and SQL-level prepared
// statements. It belongs to one goroutine at a time.
type Session struct {
	e        *Engine
	host     session.Host
	user, db string
	// login is the role that came in, authorized the one of SESSION AUTHORIZATION,
	// current the one of SET ROLE or else authorized.
	login, authorized, current uint32
	loginSuper                 bool
	perms                      []*plan.Perm // of the statement in hand
	named                      [2]string    // the settings that authorized and current were computed from
	// loginSettings are those of ALTER DATABASE and ALTER ROLE ... SET.
	loginSettings map[string]string

	dbOID uint32   // key of the database, see database.OID
	slot  uint32   // its number, see slots
	temp  uint32   // its temporary schema, 0 before there is something in it
	path  []string // the names of search_path
	// seqMu guards what nextval and its kin have given this session.
	seqMu   sync.Mutex
	seqVals map[uint32]int64 // by sequence, for currval
	lastSeq uint32           // the sequence of lastval
	// onCommit are temporary tables by OID that lose their rows ("delete") or go
	// ("drop") at commit.
	onCommit map[uint32]string
	pid      int32
	started  time.Time
	rng      *fn.Prng
	prepared map[string]*sqlPrepared
	cursors  map[string]*cursor
	act      doing
	stmts    int64  // statements that touched keys, see refEvent
	fnBase   fn.Ctx // see fillFn
	who      who
	closed   bool
	// interrupt ends the running statement, or with end the connection; nil where
	// the host cannot. Any goroutine may call it.
	interrupt func(end bool)
	// diagnostics are the notices and the error of the last statement.
	diagnostics []*sqlerr.Error

	values values         // in force now
	reset  values         // what RESET goes back to
	conf   *configuration // what of ALTER SYSTEM they are made of
	// The meaning of values, see derive.
	style       *types.Style
	styleKey    string
	dialect     parse.Dialect
	timeout     time.Duration
	workMem     int64 // bytes
	tempLimit   int64 // bytes, negative: none
	lockTimeout time.Duration
	known       lastKnown
	noBitmaps   bool
	defaultIso  string // of transactions that say nothing
	defaultRO   string // "on": such ones only read

	tx tx
	// news waits for commit, txLocks and waits belong to the engine's locks.
	news       news
	txLocks    []txLock
	txNumber   uint32         // of the transaction, once it has a lock of a table or the turn
	from       session.Remote // where the client is
	counts     *stats.DB      // of the database
	stat       stats.Pending  // what the transaction has counted
	seenMu     sync.Mutex     // guards tx.seen
	progress   atomic.Pointer[progress]
	statements tracks    // what pg_stat_statements counts
	spent      time.Time // until when the session's time is counted
	waits      *waiter
	peer       session.Host // to which others may speak, also when host is silent
	lateMu     sync.Mutex
	late       []*sqlerr.Error // notices of functions
	// lone: the statement in hand is the only one of a simple query, so its
	// implicit transaction ends with it and not at Sync.
	lone    bool
	several bool // it is one of several statements of one message
	split   [1]session.Stmt
	where   string // the CONTEXT of what a block of PL/pgSQL runs, "" outside of one
}

var _ session.Session = (*Session)(nil)

// stmt is one statement of Split.
type stmt struct{ *parse.Statement }

// Text returns the statement's own text.
func (s stmt) Text() string { return s.Statement.Text }

// parse reads a text that a client has sent and tells what the grammar warns of.
func (s *Session) parse(text string) ([]parse.Statement, error) {
	list, err := parse.StatementsIn(text, s.dialect)
	for _, n := range parse.LongNames(text) {
		s.notice(n)
	}
	if err != nil {
		s.diagnostics = nil
		return nil, s.failed(err)
	}
	for i := range list {
		if w := list[i].Warning; w != nil {
			s.notice(w)
		}
	}
	return list, nil
}

// Split parses a simple-query string. See session.Session.
func (s *Session) Split(_ context.Context, text string) ([]session.Stmt, error) {
	list, err := s.parse(text)
	if err != nil {
		return nil, err
	}
	out := s.split[:0]
	if len(list) > 1 {
		out = make([]session.Stmt, 0, len(list))
	}
	for i := range list {
		out = append(out, stmt{&list[i]})
	}
	s.lone, s.several = len(list) == 1, len(list) > 1
	return out, nil
}

// Prepare parses and binds one statement of the extended protocol.
func (s *Session) Prepare(_ context.Context, text string, oids []uint32) (session.Prepared, error) {
	s.lone, s.several = false, false
	list, err := s.parse(text)
	if err != nil {
		return nil, err
	}
	switch len(list) {
	case 0:
		return &prepared{}, nil
	case 1:
	default:
		return nil, s.failed(sqlerr.New(pgerrcode.SyntaxError, "cannot insert multiple commands into a prepared statement"))
	}
	given := make([]types.Type, len(oids))
	for i, o := range oids {
		if o == 0 || o == types.Of(types.Unknown).OID() {
			continue
		}
		t, ok := s.typeByOID(o)
		if !ok {
			return nil, s.failed(sqlerr.New(pgerrcode.InternalError, "cache lookup failed for type %d", o))
		}
		given[i] = t
	}
	p, err := s.prepareParams(&list[0], given)
	if err != nil {
		return nil, s.failed(err)
	}
	return p, nil
}

// PrepareStmt binds one statement of Split.
func (s *Session) PrepareStmt(_ context.Context, st session.Stmt) (session.Prepared, error) {
	p, err := s.prepareAlone(st.(stmt).Statement)
	if err != nil {
		return nil, s.failed(err)
	}
	return p, nil
}

// prepareAlone plans a statement that is given no parameters.
func (s *Session) prepareAlone(of *parse.Statement) (*prepared, error) {
	p, err := s.prepare(of, nil)
	if err == nil && len(p.Params()) > 0 {
		return nil, noParams(of)
	}
	return p, err
}

// noParams is the error of a parameter where none can be given.
func noParams(st *parse.Statement) error {
	at, n := paramAt(st.Ast)
	return sqlerr.At(at, pgerrcode.UndefinedParameter, "there is no parameter $%d", n)
}

// Sync ends a series of statements. See session.Session.
func (s *Session) Sync(ctx context.Context, failed bool) error {
	err := s.sync(ctx, failed)
	s.idle()
	return err
}

func (s *Session) sync(ctx context.Context, failed bool) error {
	if failed && s.tx.block && !s.tx.aborted {
		s.failTx() // the server's own errors are errors of the block, too
	}
	if !s.tx.on || s.tx.block {
		s.pause()
		return nil
	}
	if failed || s.tx.aborted {
		s.rollback()
		return nil
	}
	return s.commit(ctx)
}

// Tx is the state after the last call.
func (s *Session) Tx() session.Tx {
	switch {
	case !s.tx.block:
		return session.TxIdle
	case s.tx.aborted:
		return session.TxFailed
	}
	return session.TxOpen
}

// Setting returns the current value of a setting, "" if there is none.
func (s *Session) Setting(name string) string {
	v, _ := s.value(strings.ToLower(name))
	return v
}

// Format returns the output style of the current settings.
func (s *Session) Format() *types.Style { return s.style }

// Close ends the session.
func (s *Session) Close() {
	if s.closed {
		return
	}
	s.closed = true
	s.host = silentHost{}
	s.rollback()
	s.closeCursors()
	s.closeTemp()
	s.unlistenAll()
	s.e.locks.endSession(s)
	s.e.live.remove(s)
}

// silentHost is the host of a session that is gone.
type silentHost struct{}

func (silentHost) Notice(*sqlerr.Error)     {}
func (silentHost) Parameter(string, string) {}

// notice sends a notice unless client_min_messages hides it.
func (s *Session) notice(n *sqlerr.Error) {
	if s.where != "" {
		n = within(n, s.where)
	}
	s.remember(n)
	level := s.values["client_min_messages"]
	if level == "error" || level == "warning" && n.Severity != "WARNING" {
		return
	}
	s.host.Notice(n)
}

func (s *Session) warning(code, format string, args ...any) {
	n := sqlerr.New(code, format, args...)
	n.Severity = "WARNING"
	s.notice(n)
}

// failed marks the transaction as failed and returns err.
func (s *Session) failed(err error) error {
	if err != nil {
		err = s.unsafeLabel(s.hideKey(err))
		e := sqlerr.From(err)
		if e.Object != 0 && e.Schema == "" {
			named := *e
			named.Schema = s.schemaOf(e.Object)
			e, err = &named, &named
		}
		s.remember(e)
	}
	if err != nil && s.tx.on {
		s.failTx()
	}
	return err
}

// schemaOf is the schema of a table or a type, "" for none.
func (s *Session) schemaOf(oid uint32) string {
	c, release := s.catalog()
	defer release()
	if def := c.byOID(oid); def != nil {
		return c.nsName(def.NS)
	}
	if t := c.objs.Types[oid]; t != nil {
		return c.nsName(t.NS)
	}
	return ""
}

// typeByOID is a built-in type or a user's.
func (s *Session) typeByOID(oid uint32) (types.Type, bool) {
	if t, ok := types.TypeByOID(oid); ok {
		return t, true
	}
	c, release := s.catalog()
	defer release()
	return c.typeByOID(oid)
}

// typeByOID is that for a catalog at hand.
func (c *catalog) typeByOID(oid uint32) (types.Type, bool) {
	if t, ok := types.TypeByOID(oid); ok {
		return t, true
	}
	for _, t := range c.objs.Types {
		if t.OID != oid && (t.ArrayOID != oid || oid == 0) {
			continue
		}
		u, ok := c.typeOf(t)
		if t.OID != oid {
			u = u.ArrayOf()
		}
		return u, ok
	}
	rel, array, ok := pgcatalog.RowTypeRelation(oid)
	if !ok {
		return types.Type{}, false
	}
	t, ok := c.RowType(rel)
	if array {
		t = t.ArrayOf()
	}
	return t, ok
}

// fnCtx is what functions may ask of the session. ctx is the statement's.
func (s *Session) fnCtx(ctx context.Context) *fn.Ctx {
	c := &fn.Ctx{}
	s.fillFn(c, ctx)
	return c
}

// fillFn is fnCtx in a place that is there.
func (s *Session) fillFn(c *fn.Ctx, ctx context.Context) {
	*c = s.fnBase
	now, who := s.e.opt.Now(), s.names()
	c.Context, c.Style, c.TxStart, c.StStart = ctx, s.style, now, now
	if s.tx.on {
		c.TxStart = s.tx.start
	}
	c.User, c.SessionUser = who.user, who.session
}

// newFnBase is what is the same for all statements of the session.
func (s *Session) newFnBase() fn.Ctx {
	return fn.Ctx{
		DB: s.db, PID: s.pid, Setting: s.examine, SetSetting: s.set, Random: s.rng.Float64, SetSeed: s.rng.Seed,
		Ask: func(ctx context.Context, name string, args []vec.Datum) (vec.Datum, error) {
			if d, ok, err := s.sessionFn(ctx, name, args); ok {
				return d, err
			}
			return s.askCatalog(name, args)
		},
		AskRows: s.statRows,
	}
}

// isTxEnd reports the statements that a failed transaction accepts.
func isTxEnd(a ast.Stmt) bool {
	t, ok := a.(*ast.Transaction)
	return ok && (t.Kind == "COMMIT" || strings.HasPrefix(t.Kind, "ROLLBACK"))
}

var errAborted = sqlerr.New(pgerrcode.InFailedSQLTransaction,
	"current transaction is aborted, commands ignored until end of transaction block")

var _ vec.Datum
