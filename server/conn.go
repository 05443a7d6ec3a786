package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgerrcode"

	"tagd/server/wire"
	"tagd/sql/cancel"
	"tagd/sql/session"
	"tagd/sql/sqlerr"
	"tagd/sql/types"
)

// conn is one connection; its state belongs to the goroutine of run but for mu.
type conn struct {
	srv      *Server
	nc       net.Conn
	w        *wire.Conn
	tls      *tls.Conn // nil: not encrypted
	pid, key uint32
	admitted bool

	sess       session.Session
	statements map[string]*statement
	portals    map[string]*portal
	parsed     string            // the text that is being parsed: warnings point into it
	running    *portal           // that Execute is at work on
	told       map[string]string // settings as the client knows them
	changed    map[string]string // settings to tell it of before ReadyForQuery
	broken     error             // the stream of messages cannot be followed any more
	skip       bool              // an extended-protocol error occurred: ignore until Sync
	work       *cancel.Context   // of the message in hand, or for the next one; nil: to be made
	enc        wire.RowEncoder   // of simple queries

	killed atomic.Bool // KILL ends the connection
	limits idleLimits
	// sockets are what options of the socket were before a setting changed them.
	sockets map[string]int
	unwatch func() // ends watch; nil: it does not run

	// mu guards what other goroutines need to interrupt a statement.
	mu struct {
		sync.Mutex
		work  *cancel.Context // nil while idle
		idle  bool
		woken bool // the read deadline has passed only to wake the connection
		// inbox are notifications not yet sent, inboxBytes their size.
		inbox      []session.Notification
		inboxBytes int
	}
}

func newConn(s *Server, nc net.Conn, pid, key uint32) *conn {
	k := &conn{srv: s, nc: nc, w: wire.NewConn(nc), pid: pid, key: key,
		statements: map[string]*statement{}, portals: map[string]*portal{}, changed: map[string]string{}}
	return k
}

// interrupt cancels the running statement and tells whether there was one.
func (k *conn) interrupt(cause error) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.mu.work == nil {
		return false
	}
	k.mu.work.End(cause)
	return true
}

// Interrupt ends the running statement, or with end the connection. See
// session.InterruptHost.
func (k *conn) Interrupt(end bool) {
	if !end {
		k.interrupt(session.ErrCanceled)
		return
	}
	k.killed.Store(true)
	k.interrupt(session.ErrShutdown)
	k.wakeIfIdle()
	// It may also wait for the data of a COPY, or for a client that does not read.
	_ = k.nc.SetReadDeadline(time.Now())
	_ = k.nc.SetWriteDeadline(time.Now().Add(lastWords))
}

// lastWords is how long a connection that is ended may take to tell its client why.
const lastWords = time.Second

// ending reports that the server goes down or the connection was killed.
func (k *conn) ending() bool { return k.killed.Load() || k.srv.closing() }

// wakeIfIdle makes a connection that waits for its client look around.
func (k *conn) wakeIfIdle() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.wake()
}

// wake is wakeIfIdle for those who hold mu.
func (k *conn) wake() {
	if k.mu.idle {
		k.mu.woken = true
		_ = k.nc.SetReadDeadline(time.Now())
	}
}

// begin returns the context of one client message's work; done must be called
// after it.
func (k *conn) begin() context.Context {
	if k.work == nil {
		k.work = &cancel.Context{}
	}
	k.mu.Lock()
	k.mu.work = k.work
	k.mu.Unlock()
	k.unwatch = k.watch()
	return k.work
}

// done ends the work of a message. Its context stays for the next one unless
// somebody has ended it or waits for it.
func (k *conn) done() {
	if k.unwatch != nil {
		k.unwatch()
		k.unwatch = nil
	}
	k.mu.Lock()
	k.mu.work = nil
	k.mu.Unlock()
	if k.work != nil && k.work.Used() {
		k.work.End(context.Canceled)
		k.work = nil
	}
}

// run serves the connection until it ends.
func (k *conn) run() {
	defer k.nc.Close()
	defer func() {
		if p := recover(); p != nil {
			k.srv.Logf("panic on connection %d: %v\n%s", k.pid, p, debug.Stack())
			e := sqlerr.New(pgerrcode.InternalError, "internal error: %v", p)
			e.Severity = "FATAL"
			k.w.Error(e, "")
			_ = k.w.Flush()
		}
		k.end()
	}()
	_ = k.nc.SetDeadline(time.Now().Add(k.srv.opt.AuthTimeout))
	if err := k.startup(); err != nil {
		k.fatal(err)
		return
	}
	_ = k.nc.SetDeadline(time.Time{})
	k.fatal(k.loop())
}

// end gives back what the session holds. After a panic that may panic again.
func (k *conn) end() {
	defer func() {
		if p := recover(); p != nil {
			k.srv.Logf("panic at the end of connection %d: %v\n%s", k.pid, p, debug.Stack())
		}
	}()
	if k.sess == nil {
		return
	}
	defer k.sess.Close()
	k.closePortals()
}

// Logf writes to the server's log.
func (s *Server) Logf(format string, args ...any) { s.opt.Logf(format, args...) }

// fatal tells the client why the connection ends, if that can be told.
func (k *conn) fatal(err error) {
	var e *sqlerr.Error
	switch {
	case err == nil, err == io.EOF, !errors.As(err, &e):
	default:
		if e.Severity == "" {
			c := *e
			c.Severity = "FATAL"
			e = &c
		}
		k.w.Error(e, "")
	}
	_ = k.w.Flush()
}

// receive waits for the next message, as an idle connection. Only the wait for
// its first byte can be woken, so that no half of a message is lost.
func (k *conn) receive() (wire.Message, error) {
	if k.w.Buffered() {
		return k.w.Receive()
	}
	late := k.idleLimit()
	for {
		if err := k.await(late); err != nil {
			return nil, err
		}
		if k.w.Buffered() {
			break
		}
		if err := k.deliver(); err != nil {
			return nil, err
		}
	}
	m, err := k.w.Receive()
	if late != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, late.err
		}
		_ = k.nc.SetReadDeadline(time.Time{})
	}
	return m, err
}

// await returns when the client has sent something or another goroutine has
// woken the connection. late is the limit of being idle; nil: none.
func (k *conn) await(late *idleLimit) error {
	var deadline time.Time
	if late != nil {
		deadline = late.at
	}
	k.mu.Lock()
	if late != nil || k.mu.woken {
		_ = k.nc.SetReadDeadline(deadline)
	}
	k.mu.woken = false
	k.mu.idle = true
	waiting := len(k.mu.inbox) > 0 && k.sess.Tx() == session.TxIdle
	k.mu.Unlock()
	var err error
	if !waiting && !k.ending() {
		k.w.Shrink()
		err = k.w.Await()
	}
	k.mu.Lock()
	k.mu.idle = false
	woken := k.mu.woken
	if woken {
		_ = k.nc.SetReadDeadline(deadline)
		k.mu.woken = false
	}
	k.mu.Unlock()
	switch {
	case k.ending():
		return shuttingDown()
	case woken && errors.Is(err, os.ErrDeadlineExceeded):
		return nil
	case late != nil && errors.Is(err, os.ErrDeadlineExceeded):
		return late.err
	}
	return err
}

// loop handles messages until Terminate or an error that ends the connection.
func (k *conn) loop() error {
	for {
		m, err := k.receive()
		if err != nil {
			return err
		}
		if k.skip {
			switch m.(type) {
			case wire.Sync, wire.Terminate:
			default:
				continue
			}
		}
		m, garbled := k.decoded(m)
		switch m := m.(type) {
		case wire.Terminate:
			return nil
		case *wire.Query:
			err = k.simple(m.Text, garbled)
		case wire.Sync:
			err = k.sync()
		case wire.Flush:
			err = k.w.Flush()
		case *wire.CopyData, wire.CopyDone, wire.CopyFail:
			// What a client still sends of a copy that has failed.
		case wire.FunctionCall:
			err = k.functionCall(m)
		case wire.Password:
			return fatalProtocol("invalid frontend message type %d", 'p')
		case wire.Malformed:
			err = k.malformed(m)
		default:
			err = k.extended(m, garbled)
		}
		if err == nil {
			err = k.broken
		}
		if err != nil {
			return err
		}
	}
}

// malformed reports a message that cannot be read. After one of the extended
// protocol the rest up to Sync is skipped.
func (k *conn) malformed(m wire.Malformed) error {
	switch m.Type {
	case 'Q', 'S':
		return k.simple("", m.Err)
	case 'f':
		return nil // what a client still sends of a copy that has failed
	}
	k.report(m.Err, "")
	k.skip = true
	return nil
}

func fatalProtocol(format string, args ...any) error {
	e := sqlerr.New(pgerrcode.ProtocolViolation, format, args...)
	e.Severity = "FATAL"
	return e
}

// report sends a statement's error; one without a code is a bug and is logged.
func (k *conn) report(err error, text string) {
	e := sqlerr.From(err)
	if e.Code == pgerrcode.InternalError {
		k.srv.Logf("internal error: %v in %.500q", err, text)
	}
	k.w.Error(e, text)
	if e.Severity == "FATAL" {
		k.broken = io.EOF // the client knows why the connection ends: nothing more is said
	}
}

// Notice and Parameter make the connection a session.Host.
func (k *conn) Notice(n *sqlerr.Error) {
	if n.Pos > 0 {
		k.w.Notice(n, k.parsed)
		return
	}
	k.w.Notice(n, "")
}

// Parameter reports a changed setting before the next ReadyForQuery, as
// PostgreSQL does since 14; that of the encoding holds at once.
func (k *conn) Parameter(name, value string) {
	k.changed[name] = value
	if name == "client_encoding" {
		k.clientEncoding(value)
	}
}

// Deallocate makes it a session.StatementHost. Portals keep their statement.
func (k *conn) Deallocate(name string) bool {
	if name == "" {
		found := len(k.statements) > 0
		clear(k.statements)
		return found
	}
	_, ok := k.statements[name]
	delete(k.statements, name)
	return ok
}

// Statement is one that Parse has made, nil without it.
func (k *conn) Statement(name string) session.Prepared {
	if s := k.statements[name]; s != nil && name != "" {
		return s.p
	}
	return nil
}

// EachStatement lists those that Parse has made under a name.
func (k *conn) EachStatement(f func(name, text string, p session.Prepared)) {
	for name, s := range k.statements {
		if name != "" {
			f(name, s.text, s.p)
		}
	}
}

// sendChanged tells the client of the settings that are not what it knows, in
// the order of their names.
func (k *conn) sendChanged() {
	if len(k.changed) == 0 {
		return
	}
	for _, name := range reported {
		if v, ok := k.changed[name]; ok && k.told[name] != v {
			k.told[name] = v
			k.w.Parameter(name, v)
		}
	}
	clear(k.changed)
}

// formatOf are the format codes of a result's columns as Bind gives them.
func formatOf(codes []int16) wire.Formats { return wire.Formats(codes) }

// style is how the session's values are written.
func (k *conn) style() *types.Style { return k.sess.Format() }

var _ session.StatementHost = (*conn)(nil)
