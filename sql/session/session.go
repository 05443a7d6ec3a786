// Package session is the contract between the wire (server) and the engine
// (exec/engine): interfaces and plain structs only.
//
// One Session belongs to one connection and is used by one goroutine at a time.
// Cancellation comes through the context of each call: the server cancels it
// with cause ErrCanceled for a CancelRequest, and the call then returns 57014.
package session

import (
	"context"
	"errors"
	"time"

	"tagd/sql/sqlerr"
	"tagd/sql/types"
	"tagd/sql/vec"
)

// ErrCanceled is the context cause of a CancelRequest, ErrShutdown of a server
// that is going down, ErrTimeout of statement_timeout.
var (
	ErrCanceled = errors.New("canceling statement due to user request")
	ErrShutdown = errors.New("terminating connection due to administrator command")
	ErrTimeout  = errors.New("canceling statement due to statement timeout")
)

// Ender is what can be told to end; End must not block, and any goroutine may
// call it.
type Ender interface{ End(cause error) }

// Work is a context that a call of a Session may come with. It can be told to end
// a thing at less cost than by context.AfterFunc, which is felt where a statement
// takes ten microseconds.
type Work interface {
	context.Context
	// Attach has to.End called, with the cause, when the context ends (at once if
	// it has), until Detach is called with what Attach returned; one at a time, the
	// newest counts.
	Attach(to Ender) (before Ender)
	Detach(before Ender)
}

// Engine makes sessions. It is safe for concurrent use.
type Engine interface {
	// Connect opens a session for a user whose identity the server has already
	// checked. params are the startup parameters (user, database,
	// application_name, options, ...). Unknown database: 3D000.
	Connect(ctx context.Context, params map[string]string, host Host) (Session, error)
	// Verifier returns the stored SCRAM verifier of a role, "" where the role
	// has no password; ok is false for an unknown role.
	Verifier(role string) (verifier string, ok bool)
}

// Host is what a session may ask of its connection. Its methods may be called
// only from inside a Session call, in the caller's goroutine.
type Host interface {
	// Notice sends a notice at once or with the next flush.
	Notice(n *sqlerr.Error)
	// Parameter reports a changed setting that clients are told of
	// (ParameterStatus), e.g. TimeZone.
	Parameter(name, value string)
}

// StatementHost is a Host that can forget prepared statements of the protocol,
// as DEALLOCATE and DISCARD ALL of Postgres do. A session asserts its Host to it.
type StatementHost interface {
	Host
	// Deallocate forgets the statement of a name, all of them for "". It
	// reports whether there was one.
	Deallocate(name string) bool
	// Statement is the named statement that the protocol has prepared, nil
	// without it: EXECUTE runs it, too.
	Statement(name string) Prepared
	// EachStatement calls f for each named statement that the protocol has
	// prepared, with its text, in no order.
	EachStatement(f func(name, text string, p Prepared))
}

// PortalHost is a Host whose portals a session may use: in Postgres every portal
// is a cursor, and every cursor a portal. A session asserts its Host to it.
type PortalHost interface {
	Host
	// Portal is what a portal runs, nil without a portal of the name.
	Portal(name string) Prepared
	// TakePortal hands over a portal, nil without one: it is a cursor of the
	// session from now on, and the host asks the session for it. One that runs
	// at the moment, or that has run and gives no rows, is 55000.
	TakePortal(name string) (*Portal, error)
	// ClosePortal closes a portal and reports whether there was one; the one that
	// runs is 24000.
	ClosePortal(name string) (bool, error)
	// ClosePortals closes all portals except the one that runs.
	ClosePortals()
	// LeaveLevel tells that the savepoints above number level are gone (see
	// CursorOwner.Level): with ended the portals of deeper levels go, but for the
	// one that runs, otherwise they belong to level from now on.
	LeaveLevel(level int, ended bool)
	// EachPortal calls f for each portal, with the text of its statement, in no
	// order.
	EachPortal(f func(name, text string, made time.Time))
}

// Portal is a portal of the protocol as a session takes it over.
type Portal struct {
	Text    string // of its statement
	Of      Prepared
	Params  []vec.Datum
	Formats []int16
	Made    time.Time
	// Result is nil before the first Execute. Rest are rows of it that have been
	// read and not sent, nil: none; Sent counts those that were, and Done tells
	// that the end was met.
	Result Result
	Rest   *vec.Batch
	Sent   int64
	Done   bool
}

// CursorOwner is a Session whose cursors the protocol can use as portals.
type CursorOwner interface {
	Session
	// Cursor describes the rows of an open cursor, and their formats as Bind gave
	// them; false if there is none.
	Cursor(name string) (cols []Column, formats []int16, ok bool)
	// RunCursor reads up to max further rows of a cursor, all for 0.
	RunCursor(ctx context.Context, name string, max uint32) (Result, error)
	// Level is the number of savepoints that are set: what a new portal ends with.
	Level() int
	// CloseCursor closes a cursor if there is one.
	CloseCursor(name string)
}

// ParamChecker is a Session that holds the values of parameters to their domains,
// as the input functions of Postgres's domains do.
type ParamChecker interface {
	Session
	// CheckParam checks a value of a domain.
	CheckParam(ctx context.Context, t types.Type, d vec.Datum) error
}

// Planner is a Session that can tell at Bind whether planning a statement meets an
// error, as that of a constant expression.
type Planner interface {
	Session
	Plan(p Prepared, params []vec.Datum) error
}

// FunctionCaller is a Session that answers the protocol's function call.
type FunctionCaller interface {
	Session
	// Function finds the function of an OID, which the user must be allowed to call.
	Function(ctx context.Context, oid uint32) (*Function, error)
	// Call calls it with a value for each argument.
	Call(ctx context.Context, f *Function, args []vec.Datum) (vec.Datum, error)
}

// Function is a function that the protocol can call.
type Function struct {
	OID    uint32
	Name   string
	Args   []Argument
	Ret    types.Type
	Strict bool // a NULL argument gives NULL without a call
}

// Argument is one of a Function. Err is why no value can be given, nil: one can.
type Argument struct {
	Type types.Type
	Err  error
}

// BinaryRows is a Result whose rows a simple query sends in the binary format, as
// those of a FETCH from a BINARY cursor.
type BinaryRows interface{ BinaryRows() bool }

// StatementOwner is a Session whose statements of PREPARE the protocol can use,
// as Postgres has one name space for both.
type StatementOwner interface {
	Session
	// Named is the statement of a name, nil without it.
	Named(name string) Prepared
	// Forget drops it.
	Forget(name string)
}

// InterruptHost is a Host whose connection another session may end, as KILL does.
// Interrupt may be called from any goroutine: it cancels the running statement
// (57014), and with end the connection goes (57P01).
type InterruptHost interface {
	Host
	Interrupt(end bool)
}

// PeerHost is a Host that other sessions may speak to: its methods may be called
// from any goroutine, also while its own session is at work, and never block.
type PeerHost interface {
	InterruptHost
	// PID is the number that the client was told of (BackendKeyData): what
	// pg_backend_pid() returns. No other live connection has it.
	PID() int32
	// Notify queues a NotificationResponse. It is sent when the session is
	// outside a transaction block: at once to an idle client, otherwise before
	// the next ReadyForQuery, so a session need not hold back what it sends to
	// itself. False means that the queue of this client is full and nothing
	// was queued.
	Notify(n Notification) bool
}

// RemoteHost is a Host that knows where its client is.
type RemoteHost interface {
	Host
	Remote() Remote
}

// Remote is where a client is. Addr is empty for a local socket, TLS, the version
// of the protocol, without encryption. LocalAddr and LocalPort are the server's end.
type Remote struct {
	Addr        string
	Port        int
	LocalAddr   string
	LocalPort   int
	TLS, Cipher string
	Bits        int
}

// SocketHost is a Host whose client has a socket that settings are about. Their names
// are those of the settings, values have the settings' units.
type SocketHost interface {
	Host
	// SetSocket sets an option, for 0 to what it was at first.
	SetSocket(name string, value int)
	// Socket is the option that is in force.
	Socket(name string) int
}

// Notification is what NOTIFY sends. PID is the sender's.
type Notification struct {
	PID              int32
	Channel, Payload string
}

// Tx is the transaction state that ReadyForQuery shows.
type Tx byte

// The states.
const (
	TxIdle   Tx = 'I'
	TxOpen   Tx = 'T'
	TxFailed Tx = 'E'
)

// Column describes one result column for RowDescription.
type Column struct {
	Name    string
	Type    types.Type
	TableID uint32 // OID of the table it is a plain column of, or 0
	Attr    int16  // its number there, 1-based, or 0
}

// Session is one client's state: settings, prepared statements are the server's
// business (by name), transactions the session's.
type Session interface {
	// Split parses a simple-query string into its statements. An empty string
	// gives none. A syntax error is 42601 with a position in the whole text.
	Split(ctx context.Context, text string) ([]Stmt, error)
	// Prepare parses and binds one statement (extended protocol). paramOIDs may
	// be shorter than the parameters, 0 means "infer". More than one statement
	// is 42601. Empty text gives a Prepared whose Empty() is true.
	Prepare(ctx context.Context, text string, paramOIDs []uint32) (Prepared, error)
	// PrepareStmt binds one statement of Split, without parameters.
	PrepareStmt(ctx context.Context, s Stmt) (Prepared, error)
	// Check holds that a prepared statement may be bound now: in a failed
	// transaction most may not (25P02), and after a change of what it reads it is
	// bound again, see Prepared.
	Check(ctx context.Context, p Prepared) error
	// Execute starts a prepared statement with its parameters. The result must
	// be closed before the next call on the session unless it is a portal: a
	// result of rows may stay open beside others until its transaction ends.
	Execute(ctx context.Context, p Prepared, params []vec.Datum) (Result, error)
	// Sync ends the implicit transaction of an extended-protocol series (or of
	// a simple-query string); failed tells whether an error occurred in it.
	Sync(ctx context.Context, failed bool) error
	// Tx is the state after the last call.
	Tx() Tx
	// Setting returns the current value of a setting, "" if there is none.
	Setting(name string) string
	// Format returns the output style that the current settings ask for.
	Format() *types.Style
	// Close ends the session; an open transaction is rolled back.
	Close()
}

// Stmt is one parsed statement, opaque to the server. Text is its own text.
type Stmt interface{ Text() string }

// Prepared is one bound statement. It stays usable when the schema changes: the
// session binds it again (0A000 "cached plan must not change result type" when
// its columns would differ).
type Prepared interface {
	Empty() bool
	Params() []types.Type // of $1, $2, ...
	Columns() []Column    // nil for statements that return no rows
}

// Result is a running statement; exactly one of the four shapes.
type Result interface {
	// Kind tells the shape.
	Kind() ResultKind
	// Columns describes rows (KindRows); for copies only its length counts.
	Columns() []Column
	// Next returns the next batch of rows, nil at the end. The batch is valid
	// until the following call. Batches may have any number of rows.
	Next(ctx context.Context) (*vec.Batch, error)
	// NextCopy returns the next run of formatted COPY OUT rows, nil at the end.
	NextCopy(ctx context.Context) (*CopyChunk, error)
	// CopyData feeds COPY IN with bytes split anywhere; they may be reused after
	// the call.
	CopyData(ctx context.Context, p []byte) error
	// CopyDone ends COPY IN well and commits it; CopyFail ends it with the
	// client's reason and stores nothing (57014).
	CopyDone(ctx context.Context) error
	CopyFail(ctx context.Context, reason string) error
	// CopyBinary reports whether a copy is in binary format.
	CopyBinary() bool
	// Tag is the command tag, complete after the end (e.g. "SELECT 5").
	Tag() string
	// Close releases everything, also before the end. It may be called twice.
	Close()
}

// ResultKind is the shape of a Result.
type ResultKind uint8

// The shapes.
const (
	KindCommand ResultKind = iota // done: only Tag matters
	KindRows
	KindCopyIn
	KindCopyOut
)

// CopyChunk is a run of COPY OUT rows: row i ends before Data[Ends[i]].
type CopyChunk struct {
	Data []byte
	Ends []int32
}
